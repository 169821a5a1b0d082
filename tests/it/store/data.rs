//! Dossiers for the store's tests, with fixed ids and times, built from events as the writing lane
//! does.

use ::store::{Options, SeaStore};
use app::ports::{
    Batch, Change, CommitError, Entry, Key, LookAtEnds, NumberWanted, Secrets, WriteBatches,
};
use chrono::{NaiveDate, TimeDelta};
use domain::code::AnyCode;
use domain::deadline::Cutoff;
use domain::dossier::acts::advance::Advanced;
use domain::dossier::acts::assign::Assigned;
use domain::dossier::acts::receive::Received;
use domain::dossier::acts::submit::Submitted;
use domain::dossier::private::{Content, Person, Private, Salt};
use domain::dossier::{Channel, Circumstances, Dossier, Event, Interest, Record};
use domain::id::{ActorId, CaseId, DossierId, ProcedureCode, ProvinceCode, RequestId, UnitCode};
use domain::procedure::{ClockPolicy, Kind};
use domain::role::Role;
use domain::tally;
use domain::time::{self, Instant};

use crate::backend::{Backend, TestDatabase};

/// A store with its own database.
pub struct TestStore {
    pub store: SeaStore,
    pub url: String,
    on: Backend,
    _database: TestDatabase,
}

impl std::ops::Deref for TestStore {
    type Target = SeaStore;

    fn deref(&self) -> &SeaStore {
        &self.store
    }
}

impl TestStore {
    /// Commits changes and returns the dossiers as written.
    pub async fn write(&self, changes: Vec<Change>) -> Vec<Dossier> {
        self.commit(Batch { changes }).await.unwrap().dossiers
    }

    /// Commits changes that clash, and returns the clashes.
    pub async fn clash(&self, changes: Vec<Change>) -> Vec<Key> {
        match self.commit(Batch { changes }).await {
            Err(CommitError::Clash { dossiers }) => dossiers,
            other => panic!("expected a clash, not {other:?}"),
        }
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}")).await
    }

    /// The single number that a statement returns.
    pub async fn number(&self, sql: &str) -> i64 {
        use sea_orm::{ConnectionTrait, Statement};
        let sql = format!("SELECT CAST(({sql}) AS bigint)");
        let db = self.raw().await;
        let row = db
            .query_one_raw(Statement::from_string(self.on.dialect(), sql))
            .await
            .unwrap()
            .unwrap();
        db.close().await.unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Waits until the feed shows every commit. A file shows it at once. A server shows it once no
    /// older transaction is open, including those of other tests.
    pub async fn settled(&self) {
        let last = self.number("SELECT coalesce(max(seq), 0) FROM event").await;
        for _ in 0..1_000 {
            let head = self.feed_head().await.unwrap();
            if head.last >= u64::try_from(last).unwrap() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the feed stands still before place {last}");
    }

    /// A connection that bypasses the store.
    pub async fn raw(&self) -> sea_orm::DatabaseConnection {
        sea_orm::Database::connect(&self.url).await.unwrap()
    }
}

pub async fn a_store(on: Backend) -> TestStore {
    let database = on.database().await;
    let url = database.url.clone();
    let store = SeaStore::open(&url, Options::default()).await.unwrap();
    TestStore {
        store,
        url,
        on,
        _database: database,
    }
}

pub fn province() -> ProvinceCode {
    ProvinceCode::parse("08").unwrap()
}

pub const WARD: &str = "H60.02215";
pub const OTHER_WARD: &str = "H60.02218";

pub fn unit(code: &str) -> UnitCode {
    UnitCode::parse(code).unwrap()
}

pub fn code(text: &str) -> AnyCode {
    AnyCode::parse(text).unwrap()
}

pub fn actor() -> ActorId {
    ActorId::parse("nv-an").unwrap()
}

/// A day of November 2026. Most tests play on Saturday the 21st.
pub fn day(of_november: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, of_november).unwrap()
}

/// So many minutes after 08:00 on 21 November 2026, plus a microsecond.
pub fn at(minutes: i64) -> Instant {
    time::day_start(day(21))
        + TimeDelta::hours(8)
        + TimeDelta::minutes(minutes)
        + TimeDelta::microseconds(1)
}

pub fn id(number: u64) -> DossierId {
    DossierId::new(1_795_000_000_000 + number, 0, number)
}

pub fn key(number: u64) -> Key {
    (province(), id(number))
}

pub fn request(number: u64) -> RequestId {
    RequestId::parse(&format!("5f0c2d9e-7f35-4e57-9d3f-{number:012x}")).unwrap()
}

pub fn content(number: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// A dossier to receive; its id and its request id derive from its number.
#[derive(Clone)]
pub struct ADossier {
    number: u64,
    request: u64,
    province: ProvinceCode,
    receiving: UnitCode,
    resolving: UnitCode,
    procedure: &'static str,
    channel: Channel,
    received: Instant,
    recorded: Instant,
    due: Option<Instant>,
    day: NaiveDate,
    person: Option<String>,
    applicant: Person,
}

pub fn a_dossier(number: u64) -> ADossier {
    ADossier {
        number,
        request: number,
        province: province(),
        receiving: unit(WARD),
        resolving: unit(WARD),
        procedure: "1.001193",
        channel: Channel::Desk,
        received: at(0),
        recorded: at(0),
        due: Some(at(600)),
        day: day(21),
        person: None,
        applicant: Person {
            name: "Mẫu Thị Đặng".into(),
            phone: "0900 000 001".into(),
            ..Person::default()
        },
    }
}

impl ADossier {
    pub fn request(mut self, number: u64) -> Self {
        self.request = number;
        self
    }

    pub fn in_province(mut self, code: &str) -> Self {
        self.province = ProvinceCode::parse(code).unwrap();
        self
    }

    pub fn at(mut self, code: &str) -> Self {
        self.receiving = unit(code);
        self.resolving = unit(code);
        self
    }

    pub fn resolved_by(mut self, code: &str) -> Self {
        self.resolving = unit(code);
        self
    }

    pub fn procedure(mut self, code: &'static str) -> Self {
        self.procedure = code;
        self
    }

    pub fn by(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// Sets the moment of reception and of its record.
    pub fn received(mut self, at: Instant) -> Self {
        self.received = at;
        self.recorded = at;
        self
    }

    pub fn recorded(mut self, at: Instant) -> Self {
        self.recorded = at;
        self
    }

    pub fn due(mut self, due: Option<Instant>) -> Self {
        self.due = due;
        self
    }

    pub fn on(mut self, day: NaiveDate) -> Self {
        self.day = day;
        self
    }

    pub fn of(mut self, person: &str) -> Self {
        self.person = Some(person.to_owned());
        self
    }

    pub fn named(mut self, name: &str, phone: &str) -> Self {
        self.applicant.name = name.to_owned();
        self.applicant.phone = phone.to_owned();
        self
    }

    /// A reception at the desk, which needs a number.
    pub fn received_change(&self) -> Change {
        let event = Event::Received(Received {
            circumstances: Circumstances::default(),
            code: None,
            external_codes: Vec::new(),
            procedure: ProcedureCode::parse(self.procedure).unwrap(),
            procedure_version: 1,
            case: CaseId::parse("standard").unwrap(),
            procedure_kind: Kind::Procedure,
            channel: self.channel,
            assisted_by: None,
            applicant: Some(self.salt().commit("applicant", &self.applicant.to_bytes())),
            components: Vec::new(),
            papers: Vec::new(),
            receiving: self.receiving.clone(),
            resolving: self.resolving.clone(),
            returning: self.receiving.clone(),
            limit: Some("3wd".parse().unwrap()),
            policy: ClockPolicy::ShiftDue,
            cutoff: Cutoff::None,
            transit: None,
            due: self.due,
            provisional: false,
            hand_over_by: None,
            imported: None,
            offline_number: None,
            offline_entered: None,
            incomplete: None,
        });
        let mut change = self.change(event);
        change.number = Some(NumberWanted {
            unit: self.receiving.clone(),
            day: self.day,
        });
        change.pin_hash = Some("pin".into());
        change
    }

    /// A submission by a portal under its code.
    pub fn submitted_change(&self, portal_code: &str) -> Change {
        let event = Event::Submitted(Submitted {
            circumstances: Circumstances::default(),
            code: code(portal_code),
            external_codes: Vec::new(),
            procedure: ProcedureCode::parse(self.procedure).unwrap(),
            procedure_version: 1,
            case: CaseId::parse("standard").unwrap(),
            procedure_kind: Kind::Procedure,
            mirrored: None,
            channel: Channel::Online,
            assisted_by: None,
            applicant: self.salt().commit("applicant", &self.applicant.to_bytes()),
            components: Vec::new(),
            papers: Vec::new(),
            receiving: self.receiving.clone(),
            resolving: self.resolving.clone(),
            returning: self.receiving.clone(),
            answer_due: self.due,
        });
        let mut change = self.change(event);
        change.codes = vec![code(portal_code)];
        change
    }

    fn change(&self, event: Event) -> Change {
        let record = Record {
            province: self.province.clone(),
            dossier: id(self.number),
            version: 1,
            event_time: self.received,
            record_time: self.recorded,
            actor: actor(),
            role: Role::Receptionist,
            unit: self.receiving.clone(),
            request_id: request(self.request),
            event,
        };
        let dossier = Dossier::fold([&record]).unwrap();
        Change {
            tallies: tally::difference(None, &dossier),
            interest: Interest::of(&dossier),
            interest_before: Vec::new(),
            dossier,
            before: 0,
            entries: vec![Entry {
                record,
                content: content(self.request),
                part: 0,
            }],
            number: None,
            block_number: None,
            portal_number: None,
            alone: Vec::new(),
            codes: Vec::new(),
            released: Vec::new(),
            secrets: Some(Secrets {
                salt: self.salt(),
                person: self.person.clone(),
                namesake: None,
            }),
            pin_hash: None,
            private: vec![Private {
                item: "applicant".into(),
                content: Content::Person(self.applicant.clone()),
            }],
        }
    }

    fn salt(&self) -> Salt {
        Salt::new([u8::try_from(self.number % 256).unwrap(); 16])
    }
}

/// The change by which a request adds events to a dossier.
pub fn next(dossier: &Dossier, request_number: u64, now: Instant, events: Vec<Event>) -> Change {
    let mut after = dossier.clone();
    let mut entries = Vec::new();
    for (part, event) in events.into_iter().enumerate() {
        let record = Record {
            province: dossier.province.clone(),
            dossier: dossier.id,
            version: after.version + 1,
            event_time: now,
            record_time: now,
            actor: actor(),
            role: Role::Officer,
            unit: dossier.resolving.clone(),
            request_id: request(request_number),
            event,
        };
        after = after.apply(&record);
        entries.push(Entry {
            record,
            content: content(request_number),
            part: u16::try_from(part).unwrap(),
        });
    }
    Change {
        tallies: tally::difference(Some(dossier), &after),
        interest: Interest::of(&after),
        interest_before: Interest::of(dossier),
        before: dossier.version,
        dossier: after,
        entries,
        number: None,
        block_number: None,
        portal_number: None,
        alone: Vec::new(),
        codes: Vec::new(),
        released: Vec::new(),
        secrets: None,
        pin_hash: None,
        private: Vec::new(),
    }
}

pub fn advanced() -> Event {
    Event::Advanced(Advanced {
        step: None,
        assignee: Some(actor()),
    })
}

pub fn assigned(to: &str) -> Event {
    Event::Assigned(Assigned {
        assignee: ActorId::parse(to).unwrap(),
    })
}
