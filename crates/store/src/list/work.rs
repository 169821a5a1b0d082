//! What SQLite does for a page, a count or a report does not grow with the past, or with what others did.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::ports::{Assignee, DossierFilter, List, ReportWanted, Scope, Sieve, WorklistPage};
use domain::dossier::{Channel, OpenMark, Status};
use domain::id::{ActorId, ProcedureCode, ProvinceCode, StepId, UnitCode};
use domain::time::Instant;
use migrations::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait;

use super::{count, stretch};
use crate::executor::Executor;
use crate::page;
use crate::report;
use crate::tally::overdue;

/// So many dossiers are open in every province of these tests.
const OPEN: u64 = 1_000;

/// How often SQLite's machine tells that it goes on.
const STEPS: u32 = 100;

struct Province {
    db: DatabaseConnection,
    steps: Arc<AtomicU64>,
    statements: AtomicU64,
}

impl Province {
    /// A province with so many dossiers, the latest of them open, shared by four wards.
    async fn with(dossiers: u64) -> Self {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let ended = dossiers - OPEN;
        let fill = format!(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {dossiers}) \
             INSERT INTO dossier (province, id, version, begun, received, ended, due, last_event, \
                 first_record, last_record, status, procedure, channel, resolving, fold, \
                 overdue_from, precedence, step, assignee) \
             SELECT '08', '01' || printf('%024d', x), 1, x, x, \
                 iif(x > {ended}, 9223372036854775807, x + 10), x + 20, x, x, x, \
                 iif(x > {ended}, 4, 10), iif(x % 2 = 0, '1.000001', '1.000002'), 'desk', \
                 '0000' || (x % 4), '', x + 20, x + 20, \
                 iif(x > {ended}, 'appraise', ''), iif(x % 3 = 0, 'nv-an', '') FROM n; \
             INSERT INTO interest (province, unit, dossier, roles, open, due, precedence) \
             SELECT province, resolving, id, 7, status = 4, due, precedence FROM dossier"
        );
        // No statistics: the engine never lets SQLite keep any, and plans differ by them.
        db.execute_unprepared(&fill).await.unwrap();
        let steps = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&steps);
        let pool = db.get_sqlite_connection_pool();
        let mut connection = pool.acquire().await.unwrap();
        let mut handle = connection.lock_handle().await.unwrap();
        handle.set_progress_handler(STEPS.cast_signed(), move || {
            counted.fetch_add(STEPS.into(), Ordering::Relaxed);
            true
        });
        drop(handle);
        drop(connection);
        Self {
            db,
            steps,
            statements: AtomicU64::new(0),
        }
    }

    fn executor(&self) -> Executor<'_, DatabaseConnection> {
        Executor {
            connection: &self.db,
            statements: &self.statements,
        }
    }

    /// The steps of one page of a list, and of its count. No dossier passes.
    async fn lists(&self, list: &List) -> [u64; 2] {
        self.steps.store(0, Ordering::Relaxed);
        let page = stretch(&self.executor(), list).await.unwrap();
        assert!(page.dossiers.is_empty());
        let of_page = self.steps.swap(0, Ordering::Relaxed);
        let counted = count(&self.executor(), list).await.unwrap();
        assert_eq!(counted.number, 0);
        [of_page, self.steps.load(Ordering::Relaxed)]
    }

    /// The steps of counting what is open.
    async fn counted(&self, asked: &WorklistPage) -> u64 {
        self.steps.store(0, Ordering::Relaxed);
        let counted = page::pending(&self.executor(), asked).await.unwrap();
        assert!(counted > 0 && counted <= OPEN);
        self.steps.load(Ordering::Relaxed)
    }

    /// The same of a worklist.
    async fn worklists(&self, asked: &WorklistPage) -> [u64; 2] {
        self.steps.store(0, Ordering::Relaxed);
        let rows = page::worklist(&self.executor(), asked).await.unwrap();
        assert!(rows.is_empty());
        let of_page = self.steps.swap(0, Ordering::Relaxed);
        let counted = page::pending(&self.executor(), asked).await.unwrap();
        assert_eq!(counted, 0);
        [of_page, self.steps.load(Ordering::Relaxed)]
    }

    /// The steps of finding the dossiers of a report of the first ward, with so many wards of its kin.
    async fn reported(&self, kin: usize) -> u64 {
        let units = (0..=kin).map(|number| UnitCode::parse(&format!("0000{number}")).unwrap());
        let units: Vec<UnitCode> = units.collect();
        let wanted = ReportWanted {
            counts: Some(units[0].clone()),
            scope: Scope::Units(ProvinceCode::parse("08").unwrap(), units),
            from: at(1),
            until: at(i64::from(u32::MAX)),
            as_of: at(i64::from(u32::MAX)),
            only_apart: false,
        };
        self.steps.store(0, Ordering::Relaxed);
        let found = report::ids(&self.executor(), &wanted, None, u32::MAX).await;
        assert_eq!(found.unwrap().len(), 1_500);
        self.steps.load(Ordering::Relaxed)
    }
}

fn at(micros: i64) -> Instant {
    Instant::from_timestamp_micros(micros).unwrap()
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
            procedures: Some(vec![
                rare.clone(),
                ProcedureCode::parse("1.000008").unwrap(),
            ]),
            ..none.clone()
        },
        DossierFilter {
            decided_by: Some(UnitCode::parse("H60.02216").unwrap()),
            ended_from: Some(at(1)),
            ..none.clone()
        },
        DossierFilter {
            received_by: Some(UnitCode::parse("H60.02216").unwrap()),
            received_from: Some(at(1)),
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
            assignee: ActorId::parse("nv-binh").ok().map(Assignee::Person),
            ..none
        },
    ]
}

/// Conditions that many pass, or the latest.
fn broad(dossiers: u64) -> Vec<DossierFilter> {
    let none = DossierFilter::default();
    let last = i64::try_from(dossiers).unwrap();
    vec![
        none.clone(),
        DossierFilter {
            statuses: vec![Status::Processing],
            ..none.clone()
        },
        DossierFilter {
            statuses: vec![Status::Processing, Status::Returned],
            ..none.clone()
        },
        DossierFilter {
            procedure: ProcedureCode::parse("1.000001").ok(),
            ..none.clone()
        },
        DossierFilter {
            channel: Some(Channel::Desk),
            ..none.clone()
        },
        DossierFilter {
            assignee: ActorId::parse("nv-an").ok().map(Assignee::Person),
            ..none.clone()
        },
        DossierFilter {
            assignee: Some(Assignee::Nobody),
            ..none.clone()
        },
        DossierFilter {
            elsewhere: Some(false),
            ..none.clone()
        },
        DossierFilter {
            received_from: Some(at(1)),
            received_until: Some(at(last)),
            ..none.clone()
        },
        DossierFilter {
            ended_from: Some(at(1)),
            ..none.clone()
        },
        DossierFilter {
            decided_by: UnitCode::parse("00001").ok(),
            ended_from: Some(at(last - 100)),
            ..none.clone()
        },
        DossierFilter {
            decided_by: UnitCode::parse("00001").ok(),
            received_from: Some(at(1)),
            ..none.clone()
        },
        DossierFilter {
            changed_since: Some(at(last - 500)),
            ..none.clone()
        },
        DossierFilter {
            changed_since: Some(at(2)),
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

fn scopes() -> [Scope; 3] {
    let province = || ProvinceCode::parse("08").unwrap();
    let unit = |code| UnitCode::parse(code).unwrap();
    [
        Scope::Province(province()),
        Scope::Units(province(), vec![unit("00001")]),
        Scope::Units(province(), vec![unit("00001"), unit("00002")]),
    ]
}

/// Three times the past may cost a few levels of an index more, and nothing else.
fn is_as_much(small: u64, large: u64) -> bool {
    large <= small + small / 4 + 2_000
}

#[tokio::test]
async fn three_times_the_past_costs_no_list_more_whatever_it_is_filtered_by() {
    let few = 24_000;
    let (small, large) = (Province::with(few).await, Province::with(3 * few).await);
    let mut growing = Vec::new();
    for scope in scopes() {
        for first in barren() {
            for number in 0..broad(few).len() {
                let of = |dossiers: u64| {
                    let filter = and(&first, &broad(dossiers)[number]);
                    List {
                        filter,
                        ..List::all(scope.clone(), None, 51)
                    }
                };
                let few_steps = small.lists(&of(few)).await;
                let many_steps = large.lists(&of(3 * few)).await;
                for (what, (few_steps, many_steps)) in ["page", "count"]
                    .iter()
                    .zip(few_steps.into_iter().zip(many_steps))
                {
                    if !is_as_much(few_steps, many_steps) {
                        growing.push(format!(
                            "{what} {few_steps} → {many_steps}: {scope:?} {:?}",
                            of(few).filter
                        ));
                    }
                }
            }
        }
    }
    assert!(
        growing.is_empty(),
        "{}\n{}",
        growing.len(),
        growing.join("\n")
    );
}

#[tokio::test]
async fn three_times_the_past_costs_no_worklist_more_whatever_it_is_filtered_by() {
    let few = 24_000;
    let (small, large) = (Province::with(few).await, Province::with(3 * few).await);
    let marked = OpenMark::ALL.map(|mark| Sieve {
        mark: Some(mark),
        ..Sieve::default()
    });
    let submitted = Sieve {
        statuses: &[Status::Submitted],
        ..Sieve::default()
    };
    let sieves = marked.into_iter().chain([submitted]).map(Some);
    let mut growing = Vec::new();
    for scope in scopes() {
        // What is open is counted without the past.
        let mut all = WorklistPage::all(scope.clone(), None, 51);
        all.filter.elsewhere = Some(false);
        let few_steps = small.counted(&all).await;
        let many_steps = large.counted(&all).await;
        if !is_as_much(few_steps, many_steps) {
            growing.push(format!("{few_steps} → {many_steps}: {all:?}"));
        }
        let filters = barren().into_iter().map(|filter| (filter, None));
        let judged = sieves
            .clone()
            .map(|sieve| (DossierFilter::default(), sieve));
        for (filter, sieve) in filters.chain(judged) {
            let asked = WorklistPage {
                filter,
                sieves: sieve.into_iter().collect(),
                ..WorklistPage::all(scope.clone(), None, 51)
            };
            let few_steps = small.worklists(&asked).await;
            let many_steps = large.worklists(&asked).await;
            for (few_steps, many_steps) in few_steps.into_iter().zip(many_steps) {
                if !is_as_much(few_steps, many_steps) {
                    growing.push(format!("{few_steps} → {many_steps}: {asked:?}"));
                }
            }
        }
    }
    assert!(
        growing.is_empty(),
        "{}\n{}",
        growing.len(),
        growing.join("\n")
    );
}

#[tokio::test]
async fn three_times_the_past_costs_the_overdue_of_a_unit_and_its_predecessors_no_more() {
    let few = 24_000;
    let units = ["00001", "00002", "00003"].map(|code| UnitCode::parse(code).unwrap());
    let scope = Scope::Units(ProvinceCode::parse("08").unwrap(), units.to_vec());
    let mut steps = Vec::new();
    for dossiers in [few, 3 * few] {
        let province = Province::with(dossiers).await;
        let now = at(dossiers.cast_signed() + 100);
        let found = overdue(&province.executor(), &scope, now, now).await;
        assert_eq!(found.unwrap().values().sum::<u32>(), 750);
        steps.push(province.steps.load(Ordering::Relaxed));
    }
    assert!(is_as_much(steps[0], steps[1]), "{steps:?}");
}

#[tokio::test]
async fn a_report_of_one_ward_does_not_read_what_always_was_its_kins() {
    let province = Province::with(6_000).await;
    let (alone, with_kin) = (province.reported(0).await, province.reported(3).await);
    assert!(
        with_kin < alone * 11 / 10,
        "{with_kin} steps with three of its kin, {alone} without"
    );
}
