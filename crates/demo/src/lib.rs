//! A made-up Tuyên Quang with some months of history.
//!
//! The use cases that a desk calls build it, under a simulated clock and from a fixed seed.
//! Everything in it is invented.

mod arrivals;
mod cast;
pub mod chance;
mod clock;
mod digital;
mod failure;
mod fate;
mod flags;
mod life;
mod officials;
pub mod people;
mod place;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use app::access::Caller;
use app::ports::{Ids, Store};
use app::tokens::{self, Grant};
use app::view::{DossierName, View};
use app::{Engine, Parts, RequestIdentity};
use chrono::TimeDelta;
use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::{Channel, Reception, Submission};
use domain::id::{ActorId, RequestId, UnitCode};
use domain::role::Role;
use domain::time::{self, Instant};
use domain::unit::Unit;
use store::{Durability, Options, SeaStore};

use arrivals::{Arrival, Place};
use chance::{Chance, ChanceIds};
use clock::{NOW, SimulatedClock};
use fate::{Fate, Overdue};
use flags::Flags;
use life::{Life, Next};
use place::{PROVINCE, WARD, province_code};

pub use failure::Failure;
pub use life::required;

const SEED: u64 = 0x7f4a_7c15_2026_1121;

/// How far back the made-up history goes.
const DAYS: i64 = 110;

/// About how many dossiers the shown ward has in these months: some 350 a month.
const DOSSIERS_OF_WARD: usize = 1_350;

/// About how many dossiers all other units have together.
const DOSSIERS_OF_OTHERS: usize = 2_400;

/// How many days pass before the first forecast.
const LEARNED: i64 = 45;

/// Acts within one window go into one batch; without it the demo would commit once an act.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// A made-up province, ready to serve.
pub struct Demo {
    /// A token for each role: role, unit, secret.
    pub tokens: Vec<(Role, UnitCode, String)>,
    /// How many dossiers there are.
    pub dossiers: usize,
}

/// Builds the province in an empty database, as of a moment.
///
/// The secrets of the tokens come from `ids`; everything else follows from the moment.
pub async fn build(
    database: &str,
    catalogue: Arc<Catalogue>,
    secret: &[u8],
    now: Instant,
    ids: &dyn Ids,
) -> Result<Demo, Failure> {
    let broken = |error| Failure::work("cannot build the demo", error);
    store::migrate(database, false).await.map_err(broken)?;
    let store = SeaStore::open(
        database,
        Options {
            durability: Durability::Scratch,
            readers: 2,
            ..Options::default()
        },
    )
    .await
    .map_err(broken)?;
    let store = Arc::new(store);
    let engine = Engine::start(Parts {
        store: Arc::clone(&store) as Arc<dyn Store>,
        catalogue: Arc::clone(&catalogue),
        clock: Arc::new(SimulatedClock::default()),
        ids: Arc::new(ChanceIds::new(SEED)),
        secret: secret.to_vec(),
        queue: 4_096,
    });
    let dossiers = Province::new(&engine, &catalogue)?.live(now).await?;
    let tokens = ready_tokens(store.as_ref(), &catalogue, now, ids).await?;
    let closed = store.close().await;
    closed.map_err(|error| Failure::work("cannot close the demo", error))?;
    Ok(Demo { tokens, dossiers })
}

/// One token a role, at the shown ward; the roles above units get one for the whole province.
async fn ready_tokens(
    store: &SeaStore,
    catalogue: &Catalogue,
    now: Instant,
    ids: &dyn Ids,
) -> Result<Vec<(Role, UnitCode, String)>, Failure> {
    let province = province_code();
    let ward = catalogue
        .units
        .in_province(&province)
        .find(|unit| unit.name == WARD)
        .map(|unit| unit.code.clone());
    let whole = catalogue
        .units
        .province(&province)
        .map(|unit| unit.code.clone());
    let (Some(ward), Some(whole)) = (ward, whole) else {
        return Err(missing(WARD));
    };
    officials::introduce(store, &ward, &whole, now).await?;
    let mut tokens = Vec::new();
    for role in Role::ALL {
        let unit = match role {
            Role::Receptionist | Role::Officer | Role::Leader | Role::Chairman => &ward,
            Role::Province | Role::Portal | Role::Auditor | Role::Admin => &whole,
            // A citizen comes with a receipt.
            Role::Citizen => continue,
        };
        let grant = Grant {
            actor: ActorId::parse(&format!("demo-{role}")).expect("role names are ids"),
            role,
            province: province.clone(),
            units: vec![unit.clone()],
            lasts: TimeDelta::days(30),
        };
        let issued = tokens::issue(store, ids, now, grant)
            .await
            .map_err(|error| Failure::work("cannot make the demo's tokens", error))?;
        tokens.push((role, unit.clone(), issued.secret));
    }
    Ok(tokens)
}

/// The province during the simulation.
struct Province<'a> {
    engine: &'a Arc<Engine>,
    catalogue: &'a Catalogue,
    units: Vec<&'a Unit>,
    slowness: Vec<f64>,
    /// The shown ward: its index, and its overdue dossiers.
    ward: usize,
    overdue: Overdue,
    chance: Chance,
    requests: u64,
    submissions: u32,
    flags: Flags,
}

/// A dossier on which somebody will act.
struct Open {
    view: View,
    fate: Fate,
    unit: usize,
}

/// An act to come: its moment, a running number that fixes the order, and its index.
type Waiting = Reverse<(Instant, u64, usize)>;

enum Act {
    Arrive(Arrival),
    Go(Box<Open>, Box<Next>),
}

impl<'a> Province<'a> {
    fn new(engine: &'a Arc<Engine>, catalogue: &'a Catalogue) -> Result<Self, Failure> {
        let mut chance = Chance::new(SEED);
        let units: Vec<&Unit> = catalogue.units.in_province(&province_code()).collect();
        if units.is_empty() {
            return Err(Failure::Input(format!(
                "the catalogue has no units of province {PROVINCE}"
            )));
        }
        let ward = units
            .iter()
            .position(|unit| unit.name == WARD)
            .ok_or_else(|| missing(WARD))?;
        // One unit in eight is slow.
        let mut slowness: Vec<f64> = units
            .iter()
            .map(|_| if chance.happens(0.125) { 2.5 } else { 0.7 })
            .collect();
        slowness[ward] = 1.0;
        Ok(Self {
            engine,
            catalogue,
            units,
            slowness,
            ward,
            overdue: Overdue::default(),
            chance,
            requests: 0,
            submissions: 0,
            flags: Flags::default(),
        })
    }

    /// Simulates the months up to now, and returns the number of dossiers.
    async fn live(mut self, now: Instant) -> Result<usize, Failure> {
        let today = time::local_day(now);
        let first = today - TimeDelta::days(DAYS);
        let mut arrivals = cast::arrivals(self.catalogue, self.ward, now);
        for (place, about) in [
            (Place::Ward(self.ward), DOSSIERS_OF_WARD),
            (Place::Units(&self.units), DOSSIERS_OF_OTHERS),
        ] {
            let days = (first, today);
            let chance = &mut self.chance;
            arrivals.extend(arrivals::arrivals(
                self.catalogue,
                &place,
                days,
                about,
                chance,
            ));
        }
        arrivals.sort_by_key(|arrival| arrival.at);
        let mut acts: Vec<Option<Act>> = Vec::with_capacity(arrivals.len() * 8);
        let mut queue: BinaryHeap<Waiting> = BinaryHeap::new();
        for arrival in arrivals {
            queue.push(Reverse((arrival.at, acts.len() as u64, acts.len())));
            acts.push(Some(Act::Arrive(arrival)));
        }
        let mut dossiers = 0;
        while let Some(Reverse((start, _, _))) = queue.peek().copied() {
            let mut together = Vec::new();
            while let Some(Reverse((at, _, index))) = queue.peek().copied() {
                if at >= start + WINDOW || at > now {
                    break;
                }
                queue.pop();
                let act = acts[index].take().expect("each act waits once");
                together.push((at, act));
            }
            if together.is_empty() {
                break;
            }
            let arrive = |(_, act): &&(Instant, Act)| matches!(act, Act::Arrive(_));
            dossiers += together.iter().filter(arrive).count();
            if start - TimeDelta::days(LEARNED) >= time::day_start(first) {
                self.flags.keep_up(self.engine, start).await?;
            }
            for (at, open) in self.act(together).await? {
                let next = self.next(at, &open);
                if let Some(next) = next {
                    queue.push(Reverse((next.at, acts.len() as u64, acts.len())));
                    acts.push(Some(Act::Go(Box::new(open), Box::new(next))));
                }
            }
        }
        self.flags.catch_up(self.engine, now).await?;
        Ok(dossiers)
    }

    fn draw(&mut self, arrival: &Arrival) -> Fate {
        let day = time::local_day(arrival.at);
        let procedure = self
            .catalogue
            .procedures
            .in_force(&arrival.procedure, day)
            .expect("arrivals come for what is in force");
        Fate::draw(&mut self.chance, procedure, self.slowness[arrival.unit])
    }

    fn next(&mut self, now: Instant, open: &Open) -> Option<Next> {
        let resolving = &open.view.dossier.resolving;
        let ward = &self.units[self.ward].code;
        let is_ward = resolving == ward;
        let beside = self.units[(self.ward + 7) % self.units.len()];
        let mut life = Life {
            now,
            fate: open.fate,
            calendar: self.catalogue.calendars.for_unit(resolving.as_str()),
            chance: &mut self.chance,
            neighbour: if is_ward { &beside.code } else { ward },
            ward: is_ward.then_some(&mut self.overdue),
        };
        life.next(&open.view)
    }

    /// Lets people act at the same time, each at its own simulated moment.
    async fn act(&mut self, acts: Vec<(Instant, Act)>) -> Result<Vec<(Instant, Open)>, Failure> {
        let mut running = Vec::with_capacity(acts.len());
        for (at, act) in acts {
            let (unit, fate) = match &act {
                Act::Arrive(arrival) => {
                    let fate = arrival.fate.unwrap_or_else(|| self.draw(arrival));
                    (arrival.unit, fate)
                }
                Act::Go(open, _) => (open.unit, open.fate),
            };
            let doing = self.doing(at, act);
            running.push(async move { (at, unit, fate, doing.await) });
        }
        let mut open = Vec::with_capacity(running.len());
        for (at, unit, fate, done) in futures::future::join_all(running).await {
            let view = done.map_err(|error| Failure::work("cannot build the demo", error))?;
            open.push((at, Open { view, fate, unit }));
        }
        Ok(open)
    }

    fn doing(
        &mut self,
        at: Instant,
        act: Act,
    ) -> impl Future<Output = Result<View, app::Error>> + use<> {
        self.requests += 1;
        let identity = RequestIdentity {
            request_id: request_id(self.requests),
            content: Vec::new(),
        };
        let engine = Arc::clone(self.engine);
        let what = match act {
            Act::Arrive(arrival) => self.arrival(&arrival),
            Act::Go(open, next) => {
                let dossier = open.view.dossier;
                let unit = match next.role {
                    Role::Officer | Role::Leader | Role::Chairman => &dossier.resolving,
                    _ => &self.units[open.unit].code,
                };
                let caller = caller(unit, next.role);
                What::Go(
                    caller,
                    DossierName::Id(dossier.id),
                    dossier.etag(),
                    next.command,
                )
            }
        };
        NOW.scope(at, async move {
            match what {
                What::Receive(caller, procedure, reception) => {
                    engine
                        .receive(&caller, identity, &procedure, reception)
                        .await
                }
                What::Submit(caller, procedure, submission) => {
                    engine
                        .submit(&caller, identity, &procedure, submission)
                        .await
                }
                What::Go(caller, name, etag, command) => {
                    engine
                        .command(&caller, identity, &name, &etag, command)
                        .await
                }
            }
        })
    }

    fn arrival(&mut self, arrival: &Arrival) -> What {
        let unit = self.units[arrival.unit];
        let day = time::local_day(arrival.at);
        let procedure = self
            .catalogue
            .procedures
            .in_force(&arrival.procedure, day)
            .expect("arrivals come for what is in force");
        let number = usize::try_from(self.requests).unwrap_or_default();
        let helped = self.chance.happens(0.08);
        let content = Contents {
            case: None,
            applicant: people::person(&mut self.chance, number, &unit.name),
            assisted_by: helped
                .then(|| ActorId::parse("to-cong-nghe-so").expect("letters and dashes are an id")),
            components: life::required(procedure),
            papers: digital::papers(
                (procedure, &self.catalogue.papers, day),
                arrival.channel,
                self.requests,
            ),
            external_codes: Vec::new(),
            resolving: None,
            returning: None,
            duplicate_intended: false,
            circumstances: CircumstancesGiven::default(),
        };
        let receiving = unit.code.clone();
        let code = arrival.procedure.clone();
        match arrival.channel {
            Channel::Online => {
                self.submissions += 1;
                let portal_code =
                    format!("G22.99-{}-{:06}", day.format("%y%m%d"), self.submissions);
                let portal_code = AnyCode::parse(&portal_code).expect("it has a portal's shape");
                let submission = Submission {
                    receiving,
                    portal_code,
                    submitted: None,
                    channel: Channel::Online,
                    content,
                };
                What::Submit(caller(&unit.code, Role::Portal), code, submission)
            }
            Channel::Desk | Channel::Post => {
                let reception = Reception {
                    receiving,
                    channel: arrival.channel,
                    content,
                };
                What::Receive(caller(&unit.code, Role::Receptionist), code, reception)
            }
        }
    }
}

enum What {
    Receive(Caller, domain::id::ProcedureCode, Reception),
    Submit(Caller, domain::id::ProcedureCode, Submission),
    Go(Caller, DossierName, String, domain::dossier::Command),
}

fn caller(unit: &UnitCode, role: Role) -> Caller {
    let actor = format!("{role}-{unit}");
    Caller {
        token: "demo".into(),
        actor: ActorId::parse(&actor).expect("roles and identifiers are ids"),
        role,
        also: Vec::new(),
        province: province_code(),
        units: vec![unit.clone()],
        former: Vec::new(),
    }
}

fn missing(what: &str) -> Failure {
    Failure::Input(format!(
        "the demo needs {what} and province {PROVINCE} in the catalogue"
    ))
}

fn request_id(number: u64) -> RequestId {
    RequestId::parse(&format!("00000000-0000-4000-8000-{number:012x}"))
        .expect("twelve digits end a UUID")
}
