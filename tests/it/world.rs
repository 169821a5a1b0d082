//! A small world for stories: an engine on its own database, a clock that stands until it is moved,
//! counted ids, and the people of a ward.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use app::ports::{Clock, Ids, LookAtEnds, Scope, Store};
use app::tokens::{self, Grant};
use app::view::{DossierName, View};
use app::{Caller, Engine, Error, Parts, RequestIdentity};
use chrono::{NaiveDateTime, TimeDelta};
use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::dossier::acts::RequestSupplement;
use domain::dossier::acts::{Advance, Resolve, ReturnResult, SupplementItem};
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::private::{Person, Words};
use domain::dossier::{Channel, Command, Reception, Submission};
use domain::id::{ActorId, ProcedureCode, RequestId, UnitCode};
use domain::role::Role;
use domain::time::{Instant, VIETNAM};
use store::{Durability, Options, SeaStore};

use crate::backend::{Backend, TestDatabase};

/// Phường Minh Xuân, and phường Nông Tiến next to it.
pub const WARD: &str = "H60.02215";
pub const OTHER_WARD: &str = "H60.02212";
pub const PROVINCE: &str = "H60";

/// 3 working days; an officer appraises, a leader signs.
pub const THREE_DAYS: &str = "1.004873";

/// The installation's secret.
pub const SECRET: &[u8] = b"a secret of the tests";

/// A clock that stands until it is moved.
pub struct StandingClock(Mutex<Instant>);

impl StandingClock {
    pub fn at(now: Instant) -> Self {
        Self(Mutex::new(now))
    }

    pub fn set(&self, now: Instant) {
        *self.0.lock().unwrap() = now;
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// Ids from a counter instead of chance.
#[derive(Default)]
pub struct NumberedIds(AtomicU64);

impl NumberedIds {
    /// Counts from a number, if others count too.
    pub fn from(number: u64) -> Self {
        Self(AtomicU64::new(number))
    }
}

impl Ids for NumberedIds {
    fn random(&self) -> [u8; 16] {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        u128::from(number)
            .wrapping_mul(0x0001_0001_0001_0001_0001_0001_0001_0001)
            .to_be_bytes()
    }
}

/// The shipped catalogue, parsed once for all tests.
pub fn catalogue() -> Arc<Catalogue> {
    static CATALOGUE: OnceLock<Arc<Catalogue>> = OnceLock::new();
    Arc::clone(CATALOGUE.get_or_init(|| Arc::new(server::catalogue::read(None).unwrap())))
}

/// An engine with its own database.
pub struct World {
    pub engine: Arc<Engine>,
    pub store: Arc<SeaStore>,
    pub clock: Arc<StandingClock>,
    pub url: String,
    requests: AtomicU64,
    _database: TestDatabase,
}

/// Waits until the feed of a store shows so many events.
pub async fn feed_settles(store: &SeaStore, events: usize) {
    let scope = Scope::Province(who(Role::Portal, PROVINCE).province);
    for _ in 0..1_000 {
        let end = store.feed_head().await.unwrap().last;
        let read = store.read().await.unwrap();
        if read.feed(&scope, 0, end, 1_000).await.unwrap().len() >= events {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the feed never shows {events} events");
}

impl World {
    /// A new world on SQLite, at a local time such as `2026-08-03 10:00`.
    pub async fn at(local: &str) -> Self {
        Self::on(Backend::Sqlite, local).await
    }

    /// A new world on a database, at a local time.
    pub async fn on(backend: Backend, local: &str) -> Self {
        Self::over(backend.database().await, local).await
    }

    /// A new world on a database that a test has made.
    pub async fn over(database: TestDatabase, local: &str) -> Self {
        let url = database.url.clone();
        let options = Options {
            durability: Durability::Full,
            readers: 4,
            ..Options::default()
        };
        let store = Arc::new(SeaStore::open(&url, options).await.unwrap());
        let clock = Arc::new(StandingClock(Mutex::new(moment(local))));
        let engine = Engine::start(Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            catalogue: catalogue(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: Arc::new(NumberedIds::default()),
            secret: SECRET.to_vec(),
            queue: 1_024,
        });
        Self {
            engine,
            store,
            clock,
            url,
            requests: AtomicU64::new(0),
            _database: database,
        }
    }

    /// Waits until the feed shows every answered write; on a server, other transactions may delay
    /// it.
    pub async fn feed_settles(&self, events: usize) {
        feed_settles(&self.store, events).await;
    }

    /// Moves the clock to a local time.
    pub fn set(&self, local: &str) {
        *self.clock.0.lock().unwrap() = moment(local);
    }

    /// Moves the clock to a moment.
    pub fn move_to(&self, at: Instant) {
        *self.clock.0.lock().unwrap() = at;
    }

    /// Moves the clock on.
    pub fn pass(&self, time: TimeDelta) {
        *self.clock.0.lock().unwrap() += time;
    }

    /// A fresh request identity.
    pub fn identity(&self) -> RequestIdentity {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        identity(number, "")
    }

    /// Somebody hands a dossier in at a ward's desk.
    pub async fn receive(&self, ward: &str, procedure: &str) -> View {
        let reception = at_the_desk(ward, procedure);
        let clerk = who(Role::Receptionist, ward);
        self.engine
            .receive(
                &clerk,
                self.identity(),
                &procedure_code(procedure),
                reception,
            )
            .await
            .unwrap()
    }

    /// A portal submits a dossier for a ward.
    pub async fn submit(&self, ward: &str, procedure: &str, code: &str) -> View {
        let portal = who(Role::Portal, PROVINCE);
        let submission = Submission {
            receiving: unit(ward),
            portal_code: AnyCode::parse(code).unwrap(),
            submitted: None,
            channel: Channel::Online,
            content: contents(procedure),
        };
        self.engine
            .submit(
                &portal,
                self.identity(),
                &procedure_code(procedure),
                submission,
            )
            .await
            .unwrap()
    }

    /// Somebody of the dossier's ward acts on it in its present version.
    pub async fn act(&self, view: &View, role: Role, command: Command) -> Result<View, Error> {
        let caller = who(role, view.dossier.resolving.as_str());
        let name = DossierName::Id(view.dossier.id);
        self.engine
            .command(
                &caller,
                self.identity(),
                &name,
                &view.dossier.etag(),
                command,
            )
            .await
    }

    /// Advances to the next step of the procedure.
    pub async fn advance(&self, view: &View, role: Role) -> View {
        let step = view.next_steps.first().cloned();
        self.act(
            view,
            role,
            Command::Advance(Advance {
                step,
                assignee: None,
            }),
        )
        .await
        .unwrap()
    }

    /// Takes a dossier at a desk through to the citizen.
    pub async fn finish(&self, view: View) -> View {
        self.finish_by(view, Channel::Desk).await
    }

    /// The same, with the way on which the result goes.
    pub async fn finish_by(&self, view: View, channel: Channel) -> View {
        let mut view = view;
        loop {
            let step = view
                .dossier
                .state
                .step()
                .and_then(|id| view.procedure.step(id));
            match step {
                Some(step) if step.finish => break,
                Some(step) => view = self.advance(&view, step.role).await,
                None => view = self.advance(&view, Role::Receptionist).await,
            }
        }
        let resolved = self
            .act(
                &view,
                Role::Chairman,
                Command::Resolve(Resolve {
                    results: Vec::new(),
                }),
            )
            .await
            .unwrap();
        let back = Command::Return(ReturnResult {
            receiver: None,
            proxy: false,
            channel,
        });
        self.act(&resolved, Role::Receptionist, back).await.unwrap()
    }

    /// A token for a role at a unit.
    pub async fn token(&self, role: Role, unit: &str) -> String {
        let caller = who(role, unit);
        let grant = Grant {
            actor: caller.actor,
            role,
            province: caller.province,
            units: caller.units,
            lasts: TimeDelta::days(400),
        };
        let ids = server::clock::SystemIds;
        tokens::issue(self.store.as_ref(), &ids, self.clock.now(), grant)
            .await
            .unwrap()
            .secret
    }
}

/// A local time such as `2026-08-03 10:00`.
pub fn moment(local: &str) -> Instant {
    NaiveDateTime::parse_from_str(&format!("{local}:00"), "%Y-%m-%d %H:%M:%S")
        .unwrap_or_else(|_| panic!("{local} is not like 2026-08-03 10:00"))
        .and_local_timezone(VIETNAM)
        .unwrap()
        .to_utc()
}

pub fn unit(code: &str) -> UnitCode {
    UnitCode::parse(code).unwrap()
}

pub fn procedure_code(code: &str) -> ProcedureCode {
    ProcedureCode::parse(code).unwrap()
}

/// Somebody of a unit, in whichever province.
pub fn who(role: Role, unit_code: &str) -> Caller {
    let found = catalogue()
        .units
        .find(unit_code)
        .cloned()
        .expect("the catalogue has the unit");
    Caller {
        token: "test".into(),
        actor: ActorId::parse(&format!("{role}-{unit_code}")).unwrap(),
        role,
        also: Vec::new(),
        province: found.province,
        units: vec![unit(unit_code)],
        former: Vec::new(),
    }
}

/// A request identity with this number and content.
pub fn identity(number: u64, content: &str) -> RequestIdentity {
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    RequestIdentity {
        request_id: RequestId::parse(&id).unwrap(),
        content: content.as_bytes().to_vec(),
    }
}

/// The contents of an invented applicant's dossier.
pub fn contents(procedure: &str) -> Contents {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 8, 3).unwrap();
    let catalogue = catalogue();
    let found = catalogue
        .procedures
        .find(procedure, day)
        .expect("the catalogue has it");
    Contents {
        case: None,
        applicant: Person {
            name: "Nguyễn Văn Mẫu".into(),
            ..Person::default()
        },
        assisted_by: None,
        components: found
            .components
            .iter()
            .filter(|component| component.required)
            .map(|component| component.code.clone())
            .collect(),
        papers: Vec::new(),
        external_codes: Vec::new(),
        resolving: None,
        returning: None,
        duplicate_intended: false,
        circumstances: CircumstancesGiven::default(),
    }
}

/// The same contents, received at a desk.
pub fn at_the_desk(ward: &str, procedure: &str) -> Reception {
    Reception {
        receiving: unit(ward),
        channel: Channel::Desk,
        content: contents(procedure),
    }
}

/// A request for one paper.
pub fn ask_for_papers() -> Command {
    Command::RequestSupplement(RequestSupplement {
        items: vec![SupplementItem {
            component: None,
            note: Words::new("Trích lục ghi chú ly hôn"),
            data_failure: None,
        }],
        reason: Words::new("Tờ khai ghi đã ly hôn"),
        respond_by: None,
        exception: None,
    })
}
