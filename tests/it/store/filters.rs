//! What a server reads for a page does not grow with the past, whatever the page is filtered by. The
//! server says how much each statement has read: `auto_explain` writes the plan as it was carried out.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use ::store::{Options, SeaStore};
use app::ports::{Assignee, DossierFilter, List, Scope, Search, Sieve, Store, WorklistPage};
use domain::dossier::{Channel, OpenMark, Status};
use domain::id::{ActorId, ProcedureCode, StepId};
use domain::time::Instant;
use sea_orm::ConnectionTrait;

use super::data::{province, unit};
use crate::backend::Backend;
use crate::cluster;

const DOSSIERS: i64 = 60_000;
const OPEN: i64 = 1_000;

/// A count looks at 5,000 dossiers of a unit, which has every fourth; a page at 2,000.
const MOST: f64 = 21_000.0;

#[tokio::test]
async fn a_server_reads_a_bounded_number_of_rows_for_a_page_whatever_it_is_filtered_by() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let server = cluster::a_server_of_its_own();
    let db = server.connect("postgres").await;
    // The server knows the settings of a module only where it is loaded.
    db.execute_unprepared("LOAD 'auto_explain'").await.unwrap();
    for setting in [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_analyze = on",
        "auto_explain.log_timing = off",
        // Otherwise a table as small as this one is read whole.
        "enable_seqscan = off",
    ] {
        let set = format!("ALTER SYSTEM SET {setting}");
        db.execute_unprepared(&set).await.unwrap();
    }
    db.execute_unprepared("SELECT pg_reload_conf()")
        .await
        .unwrap();
    db.execute_unprepared("CREATE DATABASE filters")
        .await
        .unwrap();
    let url = server.url("filters");
    ::store::migrate(&url, false).await.unwrap();
    let filled = server.connect("filters").await;
    let past = DOSSIERS - OPEN;
    let fill = format!(
        "INSERT INTO dossier (province, id, version, begun, received, ended, due, last_event, \
             first_record, last_record, status, procedure, channel, resolving, fold, overdue_from, \
             precedence, step, assignee) \
         SELECT '08', '01' || lpad(x::text, 24, '0'), 1, x, x, \
             CASE WHEN x > {past} THEN 9223372036854775807 ELSE x + 10 END, x + 20, x, x, x, \
             CASE WHEN x > {past} THEN 4 ELSE 10 END, \
             CASE WHEN x % 2 = 0 THEN '1.000001' ELSE '1.000002' END, 'desk', '0000' || (x % 4), '', \
             9223372036854775807, x + 20, CASE WHEN x > {past} THEN 'appraise' ELSE '' END, \
             CASE WHEN x % 3 = 0 THEN 'nv-an' ELSE '' END \
         FROM generate_series(1, {DOSSIERS}) x; \
         INSERT INTO interest (province, unit, dossier, roles, open, due, precedence) \
         SELECT province, resolving, id, 7, CASE WHEN status = 4 THEN 1 ELSE 0 END, due, precedence \
         FROM dossier; \
         INSERT INTO personal (province, dossier, item, kind, value, name_key) \
         SELECT province, id, 'applicant', 'person', '{{}}', 'nguyen van an' FROM dossier"
    );
    filled.execute_unprepared(&fill).await.unwrap();
    filled
        .execute_unprepared("VACUUM ANALYZE dossier")
        .await
        .unwrap();
    filled
        .execute_unprepared("VACUUM ANALYZE interest")
        .await
        .unwrap();
    filled
        .execute_unprepared("VACUUM ANALYZE personal")
        .await
        .unwrap();
    filled.close().await.unwrap();
    let store = SeaStore::open(&url, Options::default()).await.unwrap();
    let mut log = Log::at(&server.log().await);
    let mut wide = BTreeMap::new();
    let mut plans = 0;
    let mut weigh = |log: &mut Log, asked: &dyn std::fmt::Debug, bound: f64| {
        for plan in log.more().split("LOG:  duration:").skip(1) {
            plans += 1;
            let most = plan.lines().map(rows_read).fold(0.0, f64::max);
            if most > bound {
                let (_, statement) = plan.split_once("Query Text:").unwrap_or_default();
                let statement = statement.lines().next().unwrap_or_default().to_owned();
                let told = || format!("{most} rows: {asked:?}\n{plan}");
                wide.entry(statement).or_insert_with(told);
            }
        }
    };
    log.more();
    for scope in scopes() {
        for first in barren() {
            for second in broad() {
                let list = List {
                    filter: and(&first, &second),
                    ..List::all(scope.clone(), None, 51)
                };
                let read = store.read().await.unwrap();
                assert!(read.stretch(&list).await.unwrap().dossiers.is_empty());
                assert_eq!(read.count(&list).await.unwrap().number, 0);
                drop(read);
                weigh(&mut log, &list, MOST);
            }
            let asked = WorklistPage {
                filter: first,
                ..WorklistPage::all(scope.clone(), None, 51)
            };
            let read = store.read().await.unwrap();
            assert!(read.worklist(&asked).await.unwrap().is_empty());
            assert_eq!(read.pending(&asked).await.unwrap(), 0);
            drop(read);
            weigh(&mut log, &asked, MOST);
        }
        for mark in OpenMark::ALL {
            let sieve = Sieve {
                mark: Some(mark),
                ..Sieve::default()
            };
            let asked = WorklistPage {
                sieves: vec![sieve],
                ..WorklistPage::all(scope.clone(), None, 51)
            };
            let read = store.read().await.unwrap();
            assert!(read.worklist(&asked).await.unwrap().is_empty());
            drop(read);
            weigh(&mut log, &asked, MOST);
        }
    }
    // Whoever searches a name in a ward reads the ward's dossiers and no other's.
    let search = Search {
        scope: Scope::Units(province(), vec![unit("00001")]),
        code: None,
        tail: None,
        case: None,
        name: Some("tran".to_owned()),
        phone: None,
        limit: 50,
    };
    let read = store.read().await.unwrap();
    assert!(read.search(&search).await.unwrap().is_empty());
    drop(read);
    weigh(
        &mut log,
        &search,
        f64::from(u32::try_from(DOSSIERS).unwrap()) / 4.0 + 1.0,
    );
    store.close().await.unwrap();
    assert!(plans > 500, "{plans} plans were written");
    let shown: Vec<String> = wide.into_values().collect();
    assert!(
        shown.is_empty(),
        "{} of {plans}:\n{}",
        shown.len(),
        shown.join("\n")
    );
}

/// How many rows a node of a plan has read, those that it left out too.
fn rows_read(line: &str) -> f64 {
    let number = |after: &str| {
        let (_, text) = line.split_once(after)?;
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        text[..end.unwrap_or(text.len())].parse::<f64>().ok()
    };
    if let Some(left_out) = number("Rows Removed by Filter: ") {
        return left_out;
    }
    match line.split_once("(actual ") {
        Some((node, actual)) if node.contains(" Scan ") => {
            let rows = actual.split_once("rows=").map_or("", |(_, rest)| rest);
            let rows: f64 = rows
                .split([' ', ')'])
                .next()
                .unwrap_or("")
                .parse()
                .unwrap_or(0.0);
            rows * number("loops=").unwrap_or(1.0)
        }
        Some(_) | None => 0.0,
    }
}

#[test]
fn the_rows_of_a_plan_are_read_from_its_lines() {
    let scan = "->  Index Scan using a on b (cost=0.4..8 rows=9 width=4) (actual rows=3 loops=40)";
    assert!((rows_read(scan) - 120.0).abs() < 0.1);
    assert!((rows_read("  Rows Removed by Filter: 59000") - 59_000.0).abs() < 0.1);
    assert!(rows_read("Limit  (cost=0.4..8 rows=9 width=4) (actual rows=3 loops=1)") < 0.1);
}

/// A log that grows, read once.
struct Log(std::fs::File);

impl Log {
    fn at(path: &Path) -> Self {
        Self(std::fs::File::open(path).unwrap())
    }

    fn more(&mut self) -> String {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn scopes() -> [Scope; 3] {
    [
        Scope::Province(province()),
        Scope::Units(province(), vec![unit("00001")]),
        Scope::Units(province(), vec![unit("00001"), unit("00002")]),
    ]
}

fn at(micros: i64) -> Instant {
    Instant::from_timestamp_micros(micros).unwrap()
}

fn person(id: &str) -> Option<Assignee> {
    ActorId::parse(id).ok().map(Assignee::Person)
}

/// Conditions that no dossier passes.
fn barren() -> Vec<DossierFilter> {
    let none = DossierFilter::default();
    let rare = ProcedureCode::parse("1.000009").unwrap();
    vec![
        DossierFilter {
            statuses: vec![Status::Refused],
            ..none.clone()
        },
        DossierFilter {
            procedure: Some(rare.clone()),
            ..none.clone()
        },
        DossierFilter {
            procedures: Some(vec![rare, ProcedureCode::parse("1.000008").unwrap()]),
            ..none.clone()
        },
        DossierFilter {
            channel: Some(Channel::Post),
            ..none.clone()
        },
        DossierFilter {
            step: StepId::parse("nowhere").ok(),
            ..none.clone()
        },
        DossierFilter {
            assignee: person("nv-binh"),
            ..none
        },
    ]
}

/// Conditions that many pass, or the latest.
fn broad() -> Vec<DossierFilter> {
    let none = DossierFilter::default();
    vec![
        none.clone(),
        DossierFilter {
            statuses: vec![Status::Processing, Status::Returned],
            ..none.clone()
        },
        DossierFilter {
            procedure: ProcedureCode::parse("1.000001").ok(),
            ..none.clone()
        },
        DossierFilter {
            assignee: person("nv-an"),
            ..none.clone()
        },
        DossierFilter {
            assignee: Some(Assignee::Nobody),
            elsewhere: Some(false),
            ..none.clone()
        },
        DossierFilter {
            received_from: Some(at(1)),
            received_until: Some(at(DOSSIERS)),
            ..none.clone()
        },
        DossierFilter {
            decided_by: Some(unit("00001")),
            received_from: Some(at(1)),
            ..none.clone()
        },
        DossierFilter {
            ended_from: Some(at(1)),
            ..none.clone()
        },
        DossierFilter {
            changed_since: Some(at(DOSSIERS - 500)),
            ..none
        },
    ]
}

/// Both conditions; the first one's where both have one.
fn and(one: &DossierFilter, other: &DossierFilter) -> DossierFilter {
    let either = |one: &Vec<Status>, other: &Vec<Status>| match one.is_empty() {
        true => other.clone(),
        false => one.clone(),
    };
    DossierFilter {
        statuses: either(&one.statuses, &other.statuses),
        procedure: one.procedure.clone().or(other.procedure.clone()),
        procedures: one.procedures.clone().or(other.procedures.clone()),
        channel: one.channel.or(other.channel),
        step: one.step.clone().or(other.step.clone()),
        assignee: one.assignee.clone().or(other.assignee.clone()),
        received_from: one.received_from.or(other.received_from),
        received_until: one.received_until.or(other.received_until),
        received_by: one.received_by.clone().or(other.received_by.clone()),
        decided_by: one.decided_by.clone().or(other.decided_by.clone()),
        ended_from: one.ended_from.or(other.ended_from),
        ended_until: one.ended_until.or(other.ended_until),
        changed_since: one.changed_since.or(other.changed_since),
        elsewhere: one.elsewhere.or(other.elsewhere),
    }
}
