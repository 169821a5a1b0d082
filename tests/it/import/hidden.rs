//! Nobody sees an import before it is complete. An interrupted run continues, and a second run adds
//! nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::Error;
use app::feed::FeedItem;
use app::import::{
    Archive, Begun, End, Import, NewImport, Origin, Outcome, Piece, Plan, Stopped, Viewing, run,
};
use app::ports::{
    Batch, CommitError, Committed, Ids, List, Loaded, RatingsWanted, ReadTx, ReportWanted, Scope,
    Search, Store, StoreError, Wanted, WorklistPage, WriteBatches,
};
use app::tokens::{self, Grant};
use async_trait::async_trait;
use chrono::TimeDelta;
use domain::catalogue::Fault;
use domain::code::AnyCode;
use domain::dossier::acts::{RateDossier, Withdraw};
use domain::dossier::private::Words;
use domain::dossier::{Command, Dossier, ImportNumber, RatingMethod, Record, Score};
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::import::{Gathering, Map, TextRow};
use domain::procedure::Kind;
use domain::role::Role;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::{Options, SeaStore};

use super::command::motcua;
use crate::backend::{Backend, TestDatabase};
use crate::calling::Json;
use crate::port::{Port, Settings, soon};
use crate::streams::listener::next_line;
use crate::world::{
    NumberedIds, OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, catalogue, moment, unit, who,
};

const MAP: &str = r#"
source = "old-desk"
province = "08"
zone = "Asia/Ho_Chi_Minh"
[cases]
case = "id"
code = "code"
received = "in"
due = "due"
resolved = "out"
[otherwise]
unit = "H60.02215"
procedure = "1.004873"
"#;

pub struct Desk {
    store: Arc<SeaStore>,
    _database: Option<TestDatabase>,
}

impl Desk {
    async fn on(on: Backend) -> Self {
        let database = on.database().await;
        let store = SeaStore::open(&database.url, Options::default())
            .await
            .unwrap();
        Self {
            store: Arc::new(store),
            _database: Some(database),
        }
    }

    /// Another process on the database of a world.
    pub async fn beside(world: &World) -> Self {
        let store = SeaStore::open(&world.url, Options::default()).await;
        Self {
            store: Arc::new(store.unwrap()),
            _database: None,
        }
    }

    pub async fn run(&self, rows: u32) -> Outcome {
        self.try_run(rows, usize::MAX).await.unwrap()
    }

    /// Imports, and breaks off after so many pieces.
    async fn try_run(&self, rows: u32, pieces: usize) -> Result<Outcome, Stopped> {
        self.try_plan(plan(rows), pieces).await
    }

    pub async fn try_plan(&self, plan: Plan, pieces: usize) -> Result<Outcome, Stopped> {
        let ids: Arc<dyn Ids> = Arc::new(NumberedIds::default());
        let archive = self.breaks_off_after(pieces);
        let elapsed = || Duration::ZERO;
        run(&archive, plan, ids, &elapsed, &mut |_progress| {}).await
    }

    /// The store, which writes so many pieces of an import.
    pub fn breaks_off_after(&self, pieces: usize) -> Cut {
        Cut {
            store: Arc::clone(&self.store),
            left: AtomicUsize::new(pieces),
        }
    }

    /// How many ratings are counted.
    async fn ratings(&self) -> u32 {
        let wanted = RatingsWanted {
            scope: Scope::Province(ProvinceCode::parse("08").unwrap()),
            kind: Kind::Procedure,
            from: moment("2026-08-01 00:00"),
            until: moment("2026-09-01 00:00"),
            as_of: moment("2027-01-01 00:00"),
        };
        let rated = self.read().await.ratings(&wanted).await.unwrap();
        rated.iter().map(|rated| rated.count).sum()
    }

    async fn read(&self) -> Box<dyn ReadTx> {
        self.store.read().await.unwrap()
    }

    /// All dossiers that a list shows.
    async fn listed(&self, scope: &Scope) -> Vec<Dossier> {
        let list = List::all(scope.clone(), None, 1_000);
        self.read().await.list(&list).await.unwrap()
    }

    /// How many dossiers each view shows: list, worklist, search, report, code.
    async fn seen(&self, scope: &Scope) -> [usize; 5] {
        let read = self.read().await;
        let worklist = WorklistPage::all(scope.clone(), None, 1_000);
        let search = Search {
            scope: scope.clone(),
            code: Some("H60.02215-2608".into()),
            tail: None,
            case: None,
            name: None,
            phone: None,
            limit: 1_000,
        };
        let report = ReportWanted {
            scope: scope.clone(),
            counts: None,
            from: moment("2026-08-01 00:00"),
            until: moment("2026-09-01 00:00"),
            as_of: moment("2027-01-01 00:00"),
            only_apart: false,
        };
        let code = AnyCode::parse("H60.02215-260802-0001").unwrap();
        let by_code = match read
            .by_code(&ProvinceCode::parse("08").unwrap(), &code)
            .await
            .unwrap()
        {
            Some(key) => usize::from(read.dossier(&key).await.unwrap().is_some()),
            None => 0,
        };
        [
            self.listed(scope).await.len(),
            read.worklist(&worklist).await.unwrap().len(),
            read.search(&search).await.unwrap().len(),
            read.report_ids(&report, None, 1_000).await.unwrap().len(),
            by_code,
        ]
    }
}

/// A plan with so many dossiers; every third is pending.
fn plan(rows: u32) -> Plan {
    plan_by(MAP, rows)
}

fn plan_by(text: &str, rows: u32) -> Plan {
    let map = Map::parse(&domain::catalogue::SourceFile {
        path: "map.toml".into(),
        text: text.into(),
    });
    let map = map.unwrap();
    let now = moment("2026-08-20 10:00");
    let creates = map.creates.texts(&map.source, &map.province, &catalogue());
    let catalogue = Arc::new(catalogue().with(&creates).unwrap());
    let mut gathering = Gathering::new(&map, &catalogue, now);
    let header = ["id", "code", "in", "due", "out"].map(ToOwned::to_owned);
    gathering.begin_cases("list.csv", &row(1, &header)).unwrap();
    for number in 1..=rows {
        let day = 1 + number % 15;
        let out = if number % 3 == 0 {
            String::new()
        } else {
            format!("2026-08-{:02} 16:00", day + 2)
        };
        gathering.case(&row(
            u64::from(number) + 1,
            &[
                format!("old-{number}"),
                format!("H60.02215-2608{day:02}-{number:04}"),
                format!("2026-08-{day:02} 09:00"),
                format!("2026-08-{:02}", day + 3),
                out,
            ],
        ));
    }
    let gathered = gathering.done();
    assert_eq!(gathered.refusals, []);
    Plan {
        cases: gathered.cases,
        map: Arc::new(map),
        catalogue,
        creates,
        files: format!("{rows:064}"),
        actor: ActorId::parse("importer").unwrap(),
        now,
        update: false,
        // Several pieces even of so few.
        piece: 10,
    }
}

/// A row of a file.
pub fn row(line: u64, cells: &[String]) -> TextRow {
    let mut row = TextRow::default();
    let mut ends = Vec::new();
    let mut text = String::new();
    for cell in cells {
        text.push_str(cell);
        ends.push(text.len());
    }
    row.fill(line, &text, &ends);
    row
}

/// The export of a world as a plan, with one dossier in each piece.
async fn exported(world: &World) -> Plan {
    let map = Map::parse(&domain::catalogue::SourceFile {
        path: "map.toml".into(),
        text: "source = \"motcua-08\"\nprovince = \"08\"\nzone = \"Asia/Ho_Chi_Minh\"\n\
               [events]\ncase = \"dossier\"\nfacts = \"facts\"\n"
            .into(),
    });
    let map = map.unwrap();
    let (now, catalogue) = (moment("2026-11-20 10:00"), catalogue());
    let mut gathering = Gathering::new(&map, &catalogue, now);
    let header = ["dossier", "facts"].map(ToOwned::to_owned);
    gathering
        .begin_events("events.csv", &row(1, &header))
        .unwrap();
    let desk = Desk::beside(world).await;
    for dossier in desk.listed(&scopes()[0]).await {
        let key = (dossier.province.clone(), dossier.id);
        for bytes in desk.read().await.record_bytes(&key).await.unwrap() {
            let facts = String::from_utf8(bytes).unwrap();
            gathering.event(&row(2, &[dossier.id.to_string(), facts]));
        }
    }
    let gathered = gathering.done();
    assert_eq!(gathered.refusals, []);
    Plan {
        cases: gathered.cases,
        map: Arc::new(map),
        catalogue,
        creates: Vec::new(),
        files: format!("{:064}", 1),
        actor: ActorId::parse("importer").unwrap(),
        now,
        update: false,
        piece: 1,
    }
}

/// A store that fails after so many pieces.
pub struct Cut {
    store: Arc<SeaStore>,
    left: AtomicUsize,
}

impl Cut {
    /// Fails from the last write on.
    fn wears_out(&self) -> Result<(), CommitError> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(CommitError::Store(gone()));
        }
        self.left.store(left - 1, Ordering::Relaxed);
        Ok(())
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the process was killed".into())
}

#[async_trait]
impl WriteBatches for Cut {
    async fn load(&self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        self.store.load(wanted).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.wears_out()?;
        self.store.commit(batch).await
    }
}

#[async_trait]
impl Archive for Cut {
    async fn begin_import(&self, new: &NewImport) -> Result<Begun, StoreError> {
        self.store.begin_import(new).await
    }

    async fn origins(
        &self,
        province: &ProvinceCode,
        source: &str,
        names: &[&str],
    ) -> Result<HashMap<Box<str>, Origin>, StoreError> {
        self.store.origins(province, source, names).await
    }

    async fn keep_digests(
        &self,
        province: &ProvinceCode,
        source: &str,
        digests: &[(&str, u64)],
    ) -> Result<(), StoreError> {
        self.wears_out().map_err(|_| gone())?;
        self.store.keep_digests(province, source, digests).await
    }

    async fn code_holders(
        &self,
        province: &ProvinceCode,
        codes: &[AnyCode],
    ) -> Result<HashMap<AnyCode, Dossier>, StoreError> {
        self.store.code_holders(province, codes).await
    }

    async fn write_import(&self, piece: Piece) -> Result<bool, CommitError> {
        self.wears_out()?;
        self.store.write_import(piece).await
    }

    async fn finish_import(&self, end: &End) -> Result<Import, StoreError> {
        self.store.finish_import(end).await
    }

    async fn record_viewing(&self, viewing: &Viewing) -> Result<(), StoreError> {
        self.store.record_viewing(viewing).await
    }
}

fn scopes() -> [Scope; 3] {
    let province = ProvinceCode::parse("08").unwrap();
    let units = |codes: &[&str]| {
        let codes = codes.iter().map(|code| UnitCode::parse(code).unwrap());
        Scope::Units(province.clone(), codes.collect())
    };
    [
        Scope::Province(province.clone()),
        units(&["H60.02215"]),
        units(&["H60.02212", "H60.02215"]),
    ]
}

on_every_database!(nobody_sees_an_import_before_it_is_finished);

async fn nobody_sees_an_import_before_it_is_finished(on: Backend) {
    let desk = Desk::on(on).await;
    let cut = desk.try_run(30, 2).await;
    assert!(matches!(cut, Err(Stopped::Commit(_))));
    for scope in scopes() {
        assert_eq!(desk.seen(&scope).await, [0; 5], "{scope:?}");
    }
    let outcome = desk.run(30).await;
    assert!(outcome.resumed > 0 && outcome.resumed < 30, "{outcome:?}");
    assert_eq!(outcome.resumed + outcome.dossiers, 30);
    for scope in scopes() {
        assert_eq!(desk.seen(&scope).await, [30, 10, 30, 30, 1], "{scope:?}");
    }
}

on_every_database!(what_citizens_said_counts_with_the_whole_import_and_not_before);

async fn what_citizens_said_counts_with_the_whole_import_and_not_before(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    for _ in 0..3 {
        let received = world.receive(WARD, THREE_DAYS).await;
        let reason = Words::default();
        let withdraw = Command::Withdraw(Withdraw { reason });
        let clerk = Role::Receptionist;
        let withdrawn = world.act(&received, clerk, withdraw).await.unwrap();
        let rate = Command::Rate(RateDossier {
            score: Score::new(4).unwrap(),
            method: RatingMethod::Device,
            comment: Words::default(),
        });
        world.act(&withdrawn, clerk, rate).await.unwrap();
    }
    let desk = Desk::on(on).await;
    let cut = desk.try_plan(exported(&world).await, 2).await;
    assert!(matches!(cut, Err(Stopped::Commit(_))), "{cut:?}");
    assert_eq!(desk.ratings().await, 0);
    let outcome = desk.try_plan(exported(&world).await, usize::MAX).await;
    assert_eq!(outcome.unwrap().resumed, 2);
    assert_eq!(desk.ratings().await, 3);
}

/// The secret of a token for a chairman of a unit that the shipped catalogue does not have.
async fn token_of(world: &World, made: &str) -> String {
    let grant = Grant {
        actor: ActorId::parse("chairman-of-the-new").unwrap(),
        role: Role::Chairman,
        province: who(Role::Chairman, PROVINCE).province,
        units: vec![unit(made)],
        lasts: TimeDelta::days(1),
    };
    let (ids, now) = (server::clock::SystemIds, world.engine.now());
    let issued = tokens::issue(world.store.as_ref(), &ids, now, grant).await;
    issued.unwrap().secret
}

on_every_database!(what_an_import_creates_is_there_with_its_dossiers_and_not_before);

async fn what_an_import_creates_is_there_with_its_dossiers_and_not_before(on: Backend) {
    let world = World::on(on, "2026-08-20 10:00").await;
    let desk = Desk::beside(&world).await;
    let creating = || {
        let text = format!(
            "{MAP}\n[[new_unit]]\ncode = \"H60.99001\"\nstatistics_code = \"99001\"\n\
             name = \"Phòng Mẫu\"\nfrom = 2010-01-01\n\
             [[new_procedure]]\ncode = \"x-mau\"\nname = \"Thủ tục mẫu\"\nfield = \"Mẫu\"\n\
             from = 2010-01-01\n"
        )
        .replace("unit = \"H60.02215\"", "unit = \"H60.99001\"")
        .replace("procedure = \"1.004873\"", "procedure = \"x-mau\"");
        plan_by(&text, 30)
    };
    let json = Json::over(&world);
    let token = world.token(Role::Province, PROVINCE).await;
    let shown = async || {
        world.engine.refresh_catalogue().await.unwrap();
        let unit = json!({ "name": "H60.99001" });
        let unit = json.call(&token, "GetUnit", &unit).await.http.as_u16();
        let procedure = json!({ "name": "x-mau" });
        let procedure = json.call(&token, "GetProcedure", &procedure).await;
        let documents = json.call(&token, "ListDocuments", &json!({})).await;
        (
            unit,
            procedure.http.as_u16(),
            documents.json["documents"].clone(),
        )
    };
    let cut = desk.try_plan(creating(), 1).await;
    assert!(matches!(cut, Err(Stopped::Commit(_))), "{cut:?}");
    assert_eq!(shown().await, (404, 404, json!([])));

    let finished = desk.try_plan(creating(), usize::MAX).await.unwrap();
    assert!(finished.resumed > 0, "{finished:?}");
    // A request right after the import sees the dossiers, although nobody has told this process of
    // their procedure.
    let fifty = json!({ "page_size": 50 });
    let list = json.call(&token, "ListDossiers", &fifty).await.good();
    assert_eq!(list["dossiers"].as_array().unwrap().len(), 30);
    let (found_unit, procedure, documents) = shown().await;
    assert_eq!((found_unit, procedure), (200, 200));
    // Whoever is to work there gets a token from the command, by either code of the unit.
    for code in ["H60.99001", "99001"] {
        let to = ["--unit", code, "--database", &world.url];
        let words = [&["token", "--actor", "binh", "--role", "officer"], &to[..]].concat();
        motcua(&words).await.unwrap();
    }
    let tokens = world.store.read().await.unwrap().tokens().await.unwrap();
    let made = tokens
        .iter()
        .filter(|token| token.units == [unit("H60.99001")]);
    assert_eq!(made.count(), 2);
    // And a token of the unit opens its dossiers.
    let there = token_of(&world, "H60.99001").await;
    let list = json.call(&there, "ListDossiers", &fifty).await.good();
    assert_eq!(list["dossiers"].as_array().unwrap().len(), 30);
    let worklist = json.call(&there, "ListWorklist", &fifty).await.good();
    assert_eq!(worklist["dossiers"].as_array().unwrap().len(), 10);
    assert_eq!(documents.as_array().unwrap().len(), 2);
    let again = desk.try_plan(creating(), usize::MAX).await.unwrap();
    assert!(again.before);
    assert_eq!(shown().await.2, documents);
}

on_every_database!(a_row_is_the_fold_of_its_events_and_each_event_is_its_bytes);

async fn a_row_is_the_fold_of_its_events_and_each_event_is_its_bytes(on: Backend) {
    let desk = Desk::on(on).await;
    desk.run(30).await;
    let read = desk.read().await;
    for dossier in desk.listed(&scopes()[0]).await {
        let key = (dossier.province.clone(), dossier.id);
        let records = read.records(&key).await.unwrap();
        assert_eq!(Dossier::fold(&records), Some(dossier.clone()));
        let bytes = read.record_bytes(&key).await.unwrap();
        let again: Vec<Vec<u8>> = records.iter().map(Record::to_bytes).collect();
        assert_eq!(bytes, again);
        let imported = dossier.imported.unwrap();
        assert!(imported.case.starts_with("old-"), "{}", imported.case);
        assert_eq!(records[0].record_time, moment("2026-08-20 10:00"));
        assert_eq!(Some(records[0].event_time), dossier.received);
    }
}

on_both!(a_second_run_adds_nothing);

async fn a_second_run_adds_nothing(on: Backend) {
    let desk = Desk::on(on).await;
    desk.run(30).await;
    let before = desk.listed(&scopes()[0]).await;
    let again = desk.run(30).await;
    assert!(again.before);
    assert_eq!((again.dossiers, again.known), (0, 30));
    assert_eq!(desk.listed(&scopes()[0]).await, before);
}

on_both!(a_longer_list_adds_what_is_new);

async fn a_longer_list_adds_what_is_new(on: Backend) {
    let desk = Desk::on(on).await;
    desk.run(30).await;
    let longer = desk.run(33).await;
    assert_eq!((longer.dossiers, longer.known), (3, 30));
    assert_eq!(longer.changed, []);
    assert_eq!(desk.listed(&scopes()[0]).await.len(), 33);
}

on_both!(a_code_that_a_dossier_has_is_refused_with_its_holder);

async fn a_code_that_a_dossier_has_is_refused_with_its_holder(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    let live = world.receive(WARD, THREE_DAYS).await;
    let desk = Desk::beside(&world).await;
    let first = desk.run(30).await;
    assert_eq!(first.dossiers, 29);
    let [refused] = &first.refusals[..] else {
        panic!("{:?}", first.refusals)
    };
    assert_eq!((refused.file.as_str(), refused.line), ("list.csv", 3));
    assert_eq!(
        refused.reason,
        format!(
            "code H60.02215-260803-0002 belongs to dossier {} (received here) already; `old-2` is \
             left out",
            live.dossier.id
        )
    );
    // The same list, imported under the name of another system.
    let other = plan_by(&MAP.replace("old-desk", "other-desk"), 30);
    let again = desk.try_plan(other, usize::MAX).await.unwrap();
    assert_eq!((again.dossiers, again.refusals.len()), (0, 30));
    let named = |fault: &Fault| fault.reason.contains("(import 1, `old-1`)");
    assert!(again.refusals.iter().any(named), "{:?}", again.refusals);
    assert_eq!(desk.listed(&scopes()[0]).await.len(), 31);
}

on_both!(a_dossier_is_found_by_the_end_of_its_code_and_by_what_it_was_called_before);

async fn a_dossier_is_found_by_the_end_of_its_code_and_by_what_it_was_called_before(on: Backend) {
    let world = World::on(on, "2026-08-20 10:00").await;
    Desk::beside(&world).await.run(30).await;
    let live = world.receive(WARD, THREE_DAYS).await.dossier.label();
    for (text, role, expected) in [
        ("old-7", Role::Receptionist, vec!["H60.02215-260808-0007"]),
        // A role that may not see names can still search by old codes.
        (" OLD-7 ", Role::Auditor, vec!["H60.02215-260808-0007"]),
        ("0007", Role::Receptionist, vec!["H60.02215-260808-0007"]),
        ("260808-0007", Role::Auditor, vec!["H60.02215-260808-0007"]),
        ("260809-0007", Role::Auditor, vec![]),
        (&live[4..], Role::Receptionist, vec![live.as_str()]),
        (
            "old-3",
            Role::Receptionist,
            vec!["H60.02215-260801-0030", "H60.02215-260804-0003"],
        ),
        ("old-x", Role::Receptionist, vec![]),
    ] {
        let found = world
            .engine
            .search(&who(role, WARD), text, 0)
            .await
            .unwrap();
        let mut found: Vec<_> = found.iter().map(|view| view.dossier.label()).collect();
        found.sort();
        assert_eq!(found, expected, "{text}");
    }
}

on_both!(another_list_waits_until_the_broken_one_is_finished);

async fn another_list_waits_until_the_broken_one_is_finished(on: Backend) {
    let desk = Desk::on(on).await;
    desk.try_run(30, 1).await.unwrap_err();
    let refused = desk.try_run(33, usize::MAX).await.unwrap_err();
    assert!(matches!(refused, Stopped::Unfinished { .. }), "{refused}");
    desk.run(30).await;
    assert_eq!(desk.run(33).await.dossiers, 3);
}

on_both!(two_that_write_the_same_import_write_it_once);

async fn two_that_write_the_same_import_write_it_once(on: Backend) {
    let desk = Desk::on(on).await;
    let (one, other) = tokio::join!(desk.try_run(30, usize::MAX), desk.try_run(30, usize::MAX));
    let finished = [&one, &other].iter().filter(|run| run.is_ok()).count();
    assert!(finished >= 1, "{one:?} {other:?}");
    assert_eq!(desk.listed(&scopes()[0]).await.len(), 30);
}

on_both!(a_number_that_was_imported_is_not_given_again);

async fn a_number_that_was_imported_is_not_given_again(on: Backend) {
    let world = World::on(on, "2026-08-20 10:00").await;
    let desk = Desk {
        store: Arc::clone(&world.store),
        _database: Some(Backend::Sqlite.empty().await),
    };
    // On the fifteenth the list has numbers up to 29.
    desk.run(30).await;
    let db = sea_orm::Database::connect(&world.url).await.unwrap();
    let last = "SELECT CAST(max(last) AS bigint) FROM counter WHERE day = 20260815";
    let last = sea_orm::Statement::from_string(on.dialect(), last);
    let row = db.query_one_raw(last).await.unwrap().unwrap();
    assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 29);
}

on_every_database!(the_feed_shows_one_entry_whose_events_are_read_by_its_name);

async fn the_feed_shows_one_entry_whose_events_are_read_by_its_name(on: Backend) {
    let world = World::on(on, "2026-08-20 10:00").await;
    let desk = Desk {
        store: Arc::clone(&world.store),
        _database: Some(Backend::Sqlite.empty().await),
    };
    let portal = who(Role::Portal, PROVINCE);
    world.receive(WARD, THREE_DAYS).await;
    desk.try_run(30, 2).await.unwrap_err();
    world.feed_settles(1).await;
    let before = world.engine.feed(&portal, "", 200).await.unwrap();
    assert_eq!(before.entries.len(), 1, "nothing of a broken import");
    let number = ImportNumber::new(1).unwrap();
    let unfinished = world.engine.import_events(&portal, number, "", 10).await;
    assert!(matches!(unfinished, Err(Error::NotFound { .. })));

    let finished = desk.run(30).await.import.unwrap();
    world.receive(WARD, "1.013225").await;
    world.feed_settles(2).await;
    let feed = world.engine.feed(&portal, "", 200).await.unwrap();
    let told: Vec<&str> = feed
        .entries
        .iter()
        .map(|entry| match &entry.item {
            FeedItem::Event(record) => record.event.kind(),
            FeedItem::ImportCompleted(import) => {
                assert_eq!(import.as_ref(), &finished);
                "import_completed"
            }
        })
        .collect();
    assert_eq!(told, ["received", "import_completed", "received"]);
    // With pages of one entry, the cursors lead past the import.
    let mut cursor = String::new();
    for kind in &told {
        let page = world.engine.feed(&portal, &cursor, 1).await.unwrap();
        assert_eq!(page.entries.len(), 1, "{kind}");
        cursor = page.next;
    }
    assert!(
        world
            .engine
            .feed(&portal, &cursor, 1)
            .await
            .unwrap()
            .entries
            .is_empty()
    );

    // Page by page, each imported event comes once.
    let mut cursor = String::new();
    let mut events = Vec::new();
    loop {
        let page = world
            .engine
            .import_events(&portal, number, &cursor, 7)
            .await
            .unwrap();
        for entry in page.entries {
            match entry.item {
                FeedItem::Event(record) => events.push((record.dossier, record.version)),
                FeedItem::ImportCompleted(_) => panic!("an import within an import"),
            }
        }
        cursor = page.next;
        if page.done {
            break;
        }
    }
    assert_eq!(events.len() as u64, finished.events);
    events.sort();
    events.dedup();
    assert_eq!(events.len() as u64, finished.events);
    // A ward without a part in them sees the entry of the import, and none of its events.
    let other = who(Role::Chairman, OTHER_WARD);
    let page = world
        .engine
        .import_events(&other, number, "", 200)
        .await
        .unwrap();
    assert!(page.entries.is_empty() && page.done);
}

on_every_database!(a_stream_hears_of_an_import_that_another_process_finished);

async fn a_stream_hears_of_an_import_that_another_process_finished(on: Backend) {
    let world = World::on(on, "2026-08-20 10:00").await;
    let watchful = Settings {
        services: grpc::serve::Settings {
            poll: Duration::from_millis(20),
            ..grpc::serve::Settings::default()
        },
        ..Settings::default()
    };
    let port = Port::with(&world.engine, watchful, |router| router).await;
    let token = world.token(Role::Portal, PROVINCE).await;
    let asked = json!({ "after": "now" });
    let answer = soon("an answer", port.post(&token, "WatchEvents", &asked)).await;
    let (mut body, mut rest) = (answer.into_body(), Vec::new());

    let other = Desk::beside(&world).await;
    other.run(30).await;
    let heard = soon("the import", next_line(&mut body, &mut rest)).await;
    assert_eq!(heard["event"]["kind"], "import_completed", "{heard}");
    assert_eq!(heard["import_name"], "imports/1");

    // The feed shows one entry for the whole import; later events follow it.
    world.receive(WARD, THREE_DAYS).await;
    let heard = soon("a reception", next_line(&mut body, &mut rest)).await;
    assert_eq!(heard["event"]["kind"], "received", "{heard}");
}
