//! Several processes on one server, and the mistakes that only several can make. A process here is
//! an engine with its own connections.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::ports::Store;
use app::{Engine, Error, Parts};
use chrono::TimeDelta;
use domain::dossier::Refusal;
use domain::role::Role;
use futures::future::{join, join3};
use sea_orm::{ConnectionTrait, Database, TransactionOptions, TransactionTrait};
use serde_json::json;
use store::{Options, Patience, SeaStore};
use tracing_subscriber::util::SubscriberInitExt;

use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{
    NumberedIds, OTHER_WARD, PROVINCE, SECRET, StandingClock, THREE_DAYS, WARD, World, at_the_desk,
    catalogue, moment, procedure_code, who,
};

/// Another process on the database of a world, with its own clock.
pub struct Process {
    pub engine: Arc<Engine>,
    pub store: Arc<SeaStore>,
    pub clock: Arc<StandingClock>,
}

impl Process {
    pub async fn beside(world: &World, local: &str) -> Self {
        Self::on(&world.url, local).await
    }

    /// A process on a database, by a clock of its own.
    pub async fn on(url: &str, local: &str) -> Self {
        let options = Options {
            patience: Patience::ForCallers,
            ..Options::default()
        };
        let store = Arc::new(SeaStore::open(url, options).await.unwrap());
        let clock = Arc::new(StandingClock::at(moment(local)));
        // Numbers apart from those of every other process.
        static STARTED: AtomicU64 = AtomicU64::new(1);
        let ids = NumberedIds::from(STARTED.fetch_add(1, Ordering::Relaxed) * 10_000);
        let engine = Engine::start(Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            catalogue: catalogue(),
            clock: clock.clone(),
            ids: Arc::new(ids),
            secret: SECRET.to_vec(),
            queue: 1_024,
        });
        Self {
            engine,
            store,
            clock,
        }
    }
}

/// Receives a dossier at the ward.
pub async fn receive(engine: &Engine, world: &World, id_number: &str) -> Result<(), Error> {
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    reception.content.applicant.id_number = id_number.into();
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(THREE_DAYS);
    engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .map(drop)
}

on_servers!(
    the_same_person_at_two_processes_at_once_has_one_dossier,
    flavor = "multi_thread"
);

async fn the_same_person_at_two_processes_at_once_has_one_dossier(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let other = Process::beside(&world, "2026-08-03 10:00").await;
    for turn in 0..30 {
        let person = format!("0010900{turn:05}");
        let (here, there) = join(
            receive(&world.engine, &world, &person),
            receive(&other.engine, &world, &person),
        )
        .await;
        let taken = [&here, &there]
            .into_iter()
            .filter(|one| one.is_ok())
            .count();
        assert_eq!(taken, 1, "{here:?} {there:?}");
        let refused = here.err().or(there.err()).unwrap();
        assert!(
            matches!(
                refused,
                Error::Refused {
                    refusal: Refusal::PossibleDuplicate { .. },
                    ..
                }
            ),
            "{refused:?}"
        );
    }
}

on_servers!(a_process_whose_clock_is_behind_the_others_writes_nothing);

async fn a_process_whose_clock_is_behind_the_others_writes_nothing(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let other = Process::beside(&world, "2026-08-03 10:00").await;
    receive(&other.engine, &world, "").await.unwrap();
    world.pass(TimeDelta::seconds(40));
    receive(&world.engine, &world, "").await.unwrap();
    let refused = receive(&other.engine, &world, "").await.unwrap_err();
    assert!(matches!(refused, Error::ClockBehind { .. }), "{refused:?}");
    other.clock.set(world.engine.now());
    receive(&other.engine, &world, "").await.unwrap();
}

/// Collects what this thread logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

on_servers!(a_transaction_of_another_database_on_the_server_holds_no_feed_up);

async fn a_transaction_of_another_database_on_the_server_holds_no_feed_up(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let elsewhere = on.database().await;
    let stranger = Database::connect(&elsewhere.url).await.unwrap();
    let open = stranger
        .begin_with_options(TransactionOptions::default())
        .await
        .unwrap();
    open.execute_unprepared("CREATE TEMPORARY TABLE x ()")
        .await
        .unwrap();
    receive(&world.engine, &world, "").await.unwrap();
    let province = who(Role::Province, PROVINCE);
    let page = world.engine.feed(&province, "", 0).await.unwrap();
    assert_eq!((page.entries.len(), page.done), (1, true));
    assert_eq!(page.held_since, None);
    open.rollback().await.unwrap();
}

on_servers!(a_transaction_that_stays_open_keeps_the_feed_back_and_is_told);

async fn a_transaction_that_stays_open_keeps_the_feed_back_and_is_told(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let wire = Json::over(&world);
    let token = world.token(Role::Province, PROVINCE).await;
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false);
    let _logged = lines.with_writer(move || writer.clone()).set_default();
    let hand = Database::connect(&world.url).await.unwrap();
    let open = hand
        .begin_with_options(TransactionOptions::default())
        .await
        .unwrap();
    open.execute_unprepared("SELECT pg_current_xact_id()")
        .await
        .unwrap();
    let whole = json!({});
    let page = wire.call(&token, "ListEvents", &whole).await.good();
    assert_eq!(page["done"], true, "nothing waits behind it: {page}");
    receive(&world.engine, &world, "").await.unwrap();
    let began = Instant::now();
    let held = loop {
        let page = wire.call(&token, "ListEvents", &whole).await.good();
        assert_eq!(page["events"], json!([]), "{page}");
        if !page["held_since_time"].is_null() {
            break page;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "nobody is told");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(held["done"], false);
    let said = log.text();
    assert!(
        said.contains("holds the feed up") && said.contains("idle in transaction"),
        "{said}"
    );
    open.commit().await.unwrap();
    let page = wire.call(&token, "ListEvents", &whole).await.good();
    assert_eq!(page["events"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&page["done"], &page["held_since_time"]),
        (&json!(true), &json!(null))
    );
}

on_servers!(
    a_ward_that_another_process_holds_keeps_no_other_ward_waiting,
    flavor = "multi_thread"
);

async fn a_ward_that_another_process_holds_keeps_no_other_ward_waiting(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let hand = Database::connect(&world.url).await.unwrap();
    let holds = hand
        .begin_with_options(TransactionOptions::default())
        .await
        .unwrap();
    let lock =
        format!("SELECT pg_advisory_xact_lock(hashtextextended('motcua counter 08 {WARD}', 0))");
    holds.execute_unprepared(&lock).await.unwrap();
    let began = Instant::now();
    let at = |ward: &'static str| {
        let world = &world;
        async move {
            let received = world.receive(ward, THREE_DAYS).await;
            (received.dossier.label(), began.elapsed())
        }
    };
    let mut held = std::pin::pin!(at(WARD));
    // Requests that arrived together with the ward's, and requests that arrive while it waits.
    let others = async {
        let mut all = Vec::new();
        for _ in 0..3 {
            let three = (at(OTHER_WARD), at(OTHER_WARD), at(OTHER_WARD));
            let (one, two, three) = join3(three.0, three.1, three.2).await;
            all.extend([one, two, three]);
        }
        all
    };
    let mut others = std::pin::pin!(others);
    let served = tokio::select! {
        biased;
        early = &mut held => panic!("the request was not held: {early:?}"),
        served = &mut others => served,
    };
    let last = served.iter().map(|(_, took)| *took).max().unwrap();
    assert!(last < Duration::from_secs(2), "{served:?}");
    holds.rollback().await.unwrap();
    let (label, _) = held.await;
    assert!(label.ends_with("-0001"), "{label}");
}
