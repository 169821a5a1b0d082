//! Beside the one-stop product that a province already runs: what it says is here on day one and stays current,
//! a list that somebody exports brings the same, and what cannot be is listed.

use std::sync::Arc;
use std::time::Duration;

use app::import::{Archive, Outcome, Plan};
use app::ports::{FindingKind, List, Scope, Store, SystemReading};
use chrono::TimeDelta;
use domain::catalogue::SourceFile;
use domain::dossier::Dossier;
use domain::id::ProvinceCode;
use domain::import::{Gathering, Map};
use domain::role::Role;
use portal::outbound::Process;
use portal::reading::{ReaderSettings, SearchMap, SystemReader};
use portal::simulate::{Faults, Simulator, TOKENS};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::ways::Remote;
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::import::hidden::{Desk, row};
use crate::port::{Settings, Site, soon};
use crate::world::{OTHER_WARD, PROVINCE, WARD, World, unit, who};

/// What the product calls the wards.
pub const AGENCY: &str = "6160e6b1a8a75a0b1c8d0001";
const OTHER_AGENCY: &str = "6160e6b1a8a75a0b1c8d0002";

const SEARCH: &str = include_str!("../../../catalogue/readers/igate.toml");
const LIST: &str = include_str!("../../../catalogue/imports/igate.toml");

/// A dossier as the product answers it.
#[derive(Clone, Copy)]
pub struct There {
    pub code: &'static str,
    pub applied: &'static str,
    pub due: &'static str,
    pub status: &'static str,
    pub completed: &'static str,
}

/// An open one, received on Monday 3 August. By the law it is due on Thursday.
pub const PENDING: There = There {
    code: "H60.02215-260803-0001",
    applied: "2026-08-03T09:00:00.000+0700",
    due: "2026-08-06T17:00:00.000+0700",
    status: "Đang xử lý",
    completed: "",
};

impl There {
    pub fn row(self) -> Value {
        let filled = |text: &str| {
            if text.is_empty() {
                Value::Null
            } else {
                json!(text)
            }
        };
        json!({
            "id": "6160e6b1a8a75a0b1c8d9999", "code": self.code,
            "applicant": { "data": { "fullname": "NGUYỄN VĂN MẪU", "phoneNumber": "0900000123" } },
            "procedure": { "code": "1.004873", "translate": [{ "name": "Xác nhận tình trạng hôn nhân" }] },
            "statusCurrentTask": self.status, "applyMethod": { "name": "Trực tuyến" },
            "appliedDate": self.applied, "appointmentDate": filled(self.due),
            "completedDate": filled(self.completed), "updatedDate": self.applied,
        })
    }

    /// The same in a list that somebody exports.
    fn cells(self) -> Vec<String> {
        let plain = |text: &str| text.get(..16).unwrap_or_default().replace('T', " ");
        let cells = [
            "1",
            "Trực tuyến",
            self.code,
            "NGUYỄN VĂN MẪU",
            &plain(self.applied),
            &plain(self.due),
            "1.004873",
            self.status,
            &plain(self.completed),
            "02215",
        ];
        cells.map(ToOwned::to_owned).to_vec()
    }
}

/// The maps that are shipped, with another text in the search.
fn maps(changed: &[(&str, &str)]) -> (SearchMap, Map) {
    let mut search = SEARCH.to_owned();
    for (from, to) in changed {
        assert!(search.contains(from), "{from}");
        search = search.replace(from, to);
    }
    let list = Map::parse(&SourceFile {
        path: "igate.toml".to_owned(),
        text: LIST.to_owned(),
    });
    (SearchMap::parse(&search).unwrap(), list.unwrap())
}

fn settings(remote: &Remote, more: &str) -> ReaderSettings {
    let address = &remote.address;
    let text = format!(
        "name = \"igate\"\nprovince = \"08\"\naddress = \"{address}\"\n\
         token_address = \"{address}{TOKENS}\"\nuser = \"motcua\"\nrows_a_page = 2\n\
         timeout_seconds = 1\nfirst_pause_ms = 1\ntries = 40\nevery_seconds = 60\n{more}\n\
         [units]\n\"{AGENCY}\" = \"02215\"\n\"{OTHER_AGENCY}\" = \"{OTHER_WARD}\"\n"
    );
    let settings: ReaderSettings = toml::from_str(&text).unwrap();
    settings.check().unwrap();
    settings
}

/// A reader of the simulated product.
pub fn reader(world: &World, remote: &Remote) -> SystemReader {
    reader_with(world, settings(remote, ""), &[])
}

fn reader_with(world: &World, settings: ReaderSettings, changed: &[(&str, &str)]) -> SystemReader {
    let archive = Arc::clone(&world.store) as Arc<dyn Archive>;
    let process = Process {
        name: "a process of the tests".to_owned(),
        alone: false,
    };
    let engine = Arc::clone(&world.engine);
    let maps = maps(changed);
    let reader = SystemReader::new(engine, archive, settings, maps, "a secret", process);
    reader.unwrap()
}

/// The dossiers that a list shows, in the order of their codes.
async fn listed(world: &World) -> Vec<Dossier> {
    let province = ProvinceCode::parse("08").unwrap();
    let list = List::all(Scope::Province(province), None, 1_000);
    let read = world.store.read().await.unwrap();
    let mut dossiers = read.list(&list).await.unwrap();
    dossiers.sort_by_key(Dossier::label);
    dossiers
}

/// How many imports there were.
async fn imports(world: &World) -> usize {
    let province = ProvinceCode::parse("08").unwrap();
    let read = world.store.read().await.unwrap();
    read.imports(&province, 0, u64::MAX >> 1)
        .await
        .unwrap()
        .len()
}

/// How many dossiers came new, took something over, and stayed as they were.
fn brought((outcome, reading): &(Outcome, SystemReading)) -> (u64, u64, u64) {
    assert_eq!(reading.added, outcome.dossiers);
    (reading.added, reading.updated, reading.known)
}

on_both!(a_product_in_use_is_here_on_day_one_and_stays_current);

async fn a_product_in_use_is_here_on_day_one_and_stays_current(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let second = There {
        code: "H60.02215-260803-0002",
        applied: "2026-08-03T10:00:00.000+0700",
        status: "Đã có kết quả",
        completed: "2026-08-05T08:00:00.000+0700",
        ..PENDING
    };
    let waiting = There {
        code: "H60.02215-260805-0003",
        applied: "2026-08-05T09:30:00.000+0700",
        status: "Chờ tiếp nhận",
        due: "",
        ..PENDING
    };
    let elsewhere = There {
        code: "H60.02212-260804-0001",
        applied: "2026-08-04T09:00:00.000+0700",
        due: "2026-08-07T17:00:00.000+0700",
        ..PENDING
    };
    for there in [PENDING, second, waiting] {
        simulator.product_has(AGENCY, there.row());
    }
    simulator.product_has(OTHER_AGENCY, elsewhere.row());
    let reader = reader(&world, &remote);
    assert_eq!(brought(&reader.read().await.unwrap()), (3, 0, 0));

    // Due times, warnings and rates are there without a hand of the desk.
    let dossiers = listed(&world).await;
    let codes: Vec<String> = dossiers.iter().map(Dossier::label).collect();
    assert_eq!(codes, [elsewhere.code, PENDING.code, second.code]);
    assert_eq!(
        dossiers[1].due(),
        Some(crate::world::moment("2026-08-06 17:00"))
    );
    assert_eq!(dossiers[0].resolving, unit(OTHER_WARD));
    assert!(dossiers.iter().all(|dossier| dossier.mirrored.is_none()));
    let wire = Json(Site::over(&world.engine, &Settings::default()).router);
    let token = world.token(Role::Chairman, WARD).await;
    world.set("2026-08-07 09:00");
    let late = json!({ "only": ["WORKLIST_FILTER_OVERDUE"] });
    let worklist = wire.call(&token, "ListWorklist", &late).await.good();
    assert_eq!(
        worklist["dossiers"].as_array().unwrap().len(),
        1,
        "{worklist}"
    );
    assert_eq!(worklist["dossiers"][0]["code"], PENDING.code);
    let asked = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let rates = wire.call(&token, "GetRates", &asked).await.good();
    assert_eq!(rates["total"]["received"], 2, "{rates}");

    // The same answer once more leaves no trace.
    let before = imports(&world).await;
    assert_eq!(brought(&reader.read().await.unwrap()), (0, 0, 3));
    assert_eq!(imports(&world).await, before);

    // What moves there moves here: an end, another date, a reception.
    let ended = There {
        status: "Đã trả kết quả",
        completed: "2026-08-07T08:30:00.000+0700",
        ..PENDING
    };
    let later = There {
        due: "2026-08-11T17:00:00.000+0700",
        ..elsewhere
    };
    let received = There {
        status: "Đã tiếp nhận",
        due: "2026-08-10T17:00:00.000+0700",
        ..waiting
    };
    simulator.product_has(AGENCY, ended.row());
    simulator.product_has(AGENCY, received.row());
    simulator.product_has(OTHER_AGENCY, later.row());
    assert_eq!(brought(&reader.read().await.unwrap()), (1, 2, 1));
    let dossiers = listed(&world).await;
    assert_eq!(dossiers.len(), 4);
    assert_eq!(
        dossiers[0].due(),
        Some(crate::world::moment("2026-08-11 17:00"))
    );
    assert_eq!(
        dossiers[1].ended,
        Some(crate::world::moment("2026-08-07 08:30"))
    );
    let worklist = wire.call(&token, "ListWorklist", &late).await.good();
    assert_eq!(worklist["dossiers"], json!([]), "{worklist}");

    // A list that somebody exports brings nothing that was not here.
    let exported = [ended, second, received];
    let outcome = exported_list(&world, &exported).await;
    assert_eq!((outcome.dossiers, outcome.updated), (0, 0));
    assert_eq!(outcome.known, 3);
    assert_eq!(outcome.left, []);
    assert_eq!(listed(&world).await, dossiers);
    assert_eq!(
        crate::verify::differences(&world).await,
        Vec::<String>::new()
    );
}

/// Imports a list with the columns in another order, and more of them.
async fn exported_list(world: &World, there: &[There]) -> Outcome {
    let plan = list_plan(world, there);
    Desk::beside(world)
        .await
        .try_plan(plan, usize::MAX)
        .await
        .unwrap()
}

fn list_plan(world: &World, there: &[There]) -> Plan {
    let known = world.engine.catalogue(&ProvinceCode::parse("08").unwrap());
    let map = maps(&[]).1.resolve(&known).unwrap();
    let now = world.engine.now();
    let mut gathering = Gathering::new(&map, &known, now);
    let titles = [
        "STT",
        "Hình thức nộp",
        "Mã hồ sơ",
        "Người nộp",
        "Ngày nộp",
        "Ngày hẹn trả",
        "Thủ tục",
        "Trạng thái",
        "Ngày hoàn thành",
        "Đơn vị",
    ];
    let header = row(1, &titles.map(ToOwned::to_owned));
    gathering.begin_cases("danh-sach.xlsx", &header).unwrap();
    for (line, one) in (2..).zip(there) {
        gathering.case(&row(line, &one.cells()));
    }
    let gathered = gathering.done();
    assert_eq!(gathered.refusals, []);
    Plan {
        map: Arc::new(map),
        catalogue: known,
        creates: Vec::new(),
        files: domain::digest::hex(&domain::digest::sha256(now.to_rfc3339().as_bytes())),
        actor: domain::id::ActorId::parse("importer").unwrap(),
        now,
        piece: 2,
        update: true,
        cases: gathered.cases,
    }
}

on_both!(a_list_that_was_imported_first_is_followed_by_the_reader);

async fn a_list_that_was_imported_first_is_followed_by_the_reader(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    assert_eq!(exported_list(&world, &[PENDING]).await.dossiers, 1);
    let before = listed(&world).await;
    simulator.product_has(AGENCY, PENDING.row());
    assert_eq!(
        brought(&reader(&world, &remote).read().await.unwrap()),
        (0, 0, 1)
    );
    assert_eq!(listed(&world).await, before);
}

on_both!(whatever_fails_between_every_dossier_is_read_once);

async fn whatever_fails_between_every_dossier_is_read_once(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 7);
    let remote = Remote::over(&simulator).await;
    for number in 1..=30 {
        let mut row = PENDING.row();
        row["code"] = json!(format!("H60.02215-260803-{number:04}"));
        simulator.product_has(AGENCY, row);
    }
    // A slow answer costs a second and a half, so it has its own test.
    let faults = "500=120,cut=120,duplicate=120,session=120,lost=120,exists=50,skew=50";
    simulator.fail(Faults::parse(faults).unwrap());
    let (_, reading) = reader(&world, &remote).read().await.unwrap();
    assert_eq!(
        (reading.added, reading.failed),
        (30, 0),
        "{:?}",
        reading.findings
    );
    assert_eq!(reading.findings, []);
    let met = simulator.ledger().counts.faults;
    assert!(met.len() >= 5, "{met:?}");
    assert_eq!(listed(&world).await.len(), 30);
}

on_both!(a_unit_that_is_not_answered_holds_no_other_up);

async fn a_unit_that_is_not_answered_holds_no_other_up(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    simulator.product_has(AGENCY, PENDING.row());
    let few = settings(&remote, "most_pages = 1");
    for number in 1..=3 {
        let mut row = PENDING.row();
        row["code"] = json!(format!("H60.02212-260803-{number:04}"));
        simulator.product_has(OTHER_AGENCY, row);
    }
    let (_, reading) = reader_with(&world, few, &[]).read().await.unwrap();
    assert_eq!((reading.added, reading.failed, reading.whole), (3, 1, None));
    assert_eq!(reading.findings[0].kind, FindingKind::NoAnswer);
    let words = &reading.findings[0].words;
    assert!(
        words.contains("H60.02212") && words.contains("most_pages"),
        "{words}"
    );
    // A product that is away altogether is an answer, too, and the next reading brings everything.
    simulator.fail(Faults::only(portal::simulate::Fault::Broken, 1_000));
    let hasty = settings(&remote, "").clone();
    let hasty = ReaderSettings { tries: 2, ..hasty };
    let (_, away) = reader_with(&world, hasty, &[]).read().await.unwrap();
    assert_eq!((away.rows, away.failed), (0, 2));
    assert!(
        away.findings[0].words.contains("HTTP 500"),
        "{:?}",
        away.findings
    );
    simulator.fail(Faults::default());
    let (_, reading) = reader(&world, &remote).read().await.unwrap();
    assert_eq!((reading.added, reading.failed), (1, 0));
    assert_eq!(reading.whole, Some(world.engine.now()));
}

on_both!(a_reading_that_was_cut_is_gone_on_with_by_the_next);

async fn a_reading_that_was_cut_is_gone_on_with_by_the_next(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    for number in 1..=5 {
        let mut row = PENDING.row();
        row["code"] = json!(format!("H60.02215-260803-{number:04}"));
        simulator.product_has(AGENCY, row);
    }
    let reader = reader(&world, &remote);
    let mut heard = reader.hear(None).await.unwrap();
    heard.plan.piece = 1;
    let desk = Desk::beside(&world).await;
    let broken = desk.breaks_off_after(2);
    (world.engine.take_over(&broken, heard.plan))
        .await
        .unwrap_err();
    assert_eq!(listed(&world).await.len(), 0, "nobody sees a part");
    world.pass(TimeDelta::minutes(5));
    let (_, reading) = reader.read().await.unwrap();
    assert_eq!((reading.added, reading.known), (3, 2));
    assert_eq!(listed(&world).await.len(), 5);
    // An import of somebody else is theirs to go on with.
    let mut other = list_plan(
        &world,
        &[There {
            code: "H60.02215-260803-0009",
            ..PENDING
        }],
    );
    other.piece = 1;
    desk.try_plan(other, 0).await.unwrap_err();
    simulator.product_has(
        AGENCY,
        There {
            code: "H60.02215-260803-0006",
            ..PENDING
        }
        .row(),
    );
    let refused = reader.read().await.unwrap_err();
    assert!(refused.contains("was not finished"), "{refused}");
}

on_both!(what_contradicts_the_record_or_a_desk_here_is_listed_and_changes_nothing);

async fn what_contradicts_the_record_or_a_desk_here_is_listed_and_changes_nothing(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let ended = There {
        code: "H60.02215-260803-0002",
        status: "Đã có kết quả",
        completed: "2026-08-05T08:00:00.000+0700",
        ..PENDING
    };
    simulator.product_has(AGENCY, PENDING.row());
    simulator.product_has(AGENCY, ended.row());
    let reader = reader(&world, &remote);
    reader.read().await.unwrap();
    // A desk here takes the pending one back, and the product opens the ended one again.
    let wire = Json(Site::over(&world.engine, &Settings::default()).router);
    let desk = world.token(Role::Receptionist, WARD).await;
    let open = &listed(&world).await[0];
    let withdrawn = json!({
        "name": format!("dossiers/{}", open.id), "etag": open.etag(), "request_id": fresh_id(),
        "reason": "công dân rút",
    });
    wire.call(&desk, "WithdrawDossier", &withdrawn).await.good();
    let before = listed(&world).await;
    simulator.product_has(
        AGENCY,
        There {
            due: "2026-08-12T17:00:00.000+0700",
            ..PENDING
        }
        .row(),
    );
    simulator.product_has(
        AGENCY,
        There {
            status: "Đang xử lý",
            completed: "",
            ..ended
        }
        .row(),
    );
    let odd = There {
        code: "H60.02215-260803-0003",
        status: "Chờ ký số",
        ..PENDING
    };
    simulator.product_has(AGENCY, odd.row());
    let (_, reading) = reader.read().await.unwrap();
    let kinds: Vec<FindingKind> = reading.findings.iter().map(|one| one.kind).collect();
    assert!(
        kinds.contains(&FindingKind::MovedHere),
        "{:?}",
        reading.findings
    );
    assert!(
        kinds.contains(&FindingKind::Contradicts),
        "{:?}",
        reading.findings
    );
    assert!(
        kinds.contains(&FindingKind::Unlisted),
        "{:?}",
        reading.findings
    );
    assert_eq!((reading.added, reading.updated), (1, 0));
    assert_eq!(listed(&world).await[..2], before[..]);
    // Whoever looks after the province sees it, and nobody's name.
    let token = world.token(Role::Admin, PROVINCE).await;
    let told = wire.call(&token, "ListReadings", &json!({})).await.good();
    let shown = &told["readings"][0];
    assert_eq!(shown["system"], "igate");
    assert_eq!(
        shown["findings"].as_array().unwrap().len(),
        reading.findings.len()
    );
    assert!(!told.to_string().contains("MẪU"), "{told}");
}

on_both!(a_date_that_is_not_the_laws_is_listed_with_the_arithmetic);

async fn a_date_that_is_not_the_laws_is_listed_with_the_arithmetic(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    simulator.product_has(AGENCY, PENDING.row());
    let generous = There {
        code: "H60.02215-260803-0002",
        due: "2026-08-10T17:00:00.000+0700",
        ..PENDING
    };
    // The same day at another hour is the same date.
    let noon = There {
        code: "H60.02215-260803-0003",
        due: "2026-08-06T11:30:00.000+0700",
        ..PENDING
    };
    simulator.product_has(AGENCY, generous.row());
    simulator.product_has(AGENCY, noon.row());
    reader(&world, &remote).read().await.unwrap();
    let wire = Json(Site::over(&world.engine, &Settings::default()).router);
    let token = world.token(Role::Auditor, PROVINCE).await;
    let asked = json!({ "unit": WARD });
    let listed = wire.call(&token, "ListDueDifferences", &asked).await.good();
    let all = listed["differences"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{listed}");
    assert_eq!(all[0]["code"], generous.code);
    assert_eq!(all[0]["given_time"], "2026-08-10T10:00:00Z");
    assert_eq!(all[0]["law_time"], "2026-08-06T10:00:00Z");
    assert_eq!(all[0]["limit"], "3wd");
    let lines = all[0]["explanation"]["lines_vi"].as_array().unwrap();
    assert!(lines.len() > 2, "{lines:?}");
    let other = wire
        .call(&token, "ListDueDifferences", &json!({ "unit": OTHER_WARD }))
        .await;
    assert_eq!(other.good()["differences"], json!([]));
}

on_both!(a_reader_reads_when_it_is_time_and_asks_for_what_is_new);

async fn a_reader_reads_when_it_is_time_and_asks_for_what_is_new(on: Backend) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    simulator.product_has(AGENCY, PENDING.row());
    let often = ReaderSettings {
        every_seconds: 1,
        ..settings(&remote, "")
    };
    let since = [("# since = \"updated-from\"", "since = \"updated-from\"")];
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(reader_with(&world, often.clone(), &since).run(stopped));
    let admin = who(Role::Admin, PROVINCE);
    let read_at = async |rows: u64| {
        soon("the reading", async {
            loop {
                let readings = world.engine.readings(&admin).await.unwrap();
                if let Some(last) = readings.first()
                    && last.reading.begun == world.engine.now()
                {
                    assert_eq!(last.reading.rows, rows);
                    assert!(!last.late);
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    };
    read_at(1).await;
    let asked = simulator.ledger().counts.requests;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(simulator.ledger().counts.requests, asked, "it is not time");
    // The next reading asks for what has changed since, with some time to spare.
    let newer = There {
        code: "H60.02215-260805-0002",
        applied: "2026-08-05T09:45:00.000+0700",
        due: "2026-08-10T17:00:00.000+0700",
        ..PENDING
    };
    simulator.product_has(AGENCY, newer.row());
    world.pass(TimeDelta::seconds(30));
    read_at(1).await;
    assert_eq!(listed(&world).await.len(), 2);
    // A day later everything is asked for.
    world.pass(TimeDelta::days(1));
    read_at(2).await;
    stop.send_replace(true);
    running.await.unwrap();
    // Whoever has stopped reading is late.
    world.pass(TimeDelta::hours(1));
    assert!(world.engine.readings(&admin).await.unwrap()[0].late);
    let status = world.engine.portal_status(&admin).await.unwrap();
    assert!(
        status.is_empty(),
        "a product that is read is no remote: {status:?}"
    );
}
