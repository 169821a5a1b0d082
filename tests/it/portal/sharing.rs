//! Several processes and several remotes: one works for a remote at a time, and one that is away costs
//! the others nothing.

use std::sync::Arc;
use std::time::Duration;

use app::ports::Store;
use app::{Engine, Parts};
use portal::simulate::{Fault, Faults, Simulator};
use server::clock::{SystemClock, SystemIds};
use store::{Options, SeaStore};
use tokio::task::JoinSet;

use super::comparing::{comes_to_agree, expected};
use super::people::People;
use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::faults::program::{How, Program};
use crate::world::catalogue;

/// An engine with the time of day.
async fn engine(url: &str) -> (Arc<Engine>, Arc<SeaStore>) {
    let store = Arc::new(SeaStore::open(url, Options::default()).await.unwrap());
    let engine = Engine::start(Parts {
        store: Arc::clone(&store) as Arc<dyn Store>,
        catalogue: catalogue(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secret: crate::world::SECRET.to_vec(),
        queue: 1_024,
    });
    (engine, store)
}

on_servers!(
    two_processes_share_the_work_and_the_second_goes_on_where_the_first_was_cut,
    flavor = "multi_thread"
);

async fn two_processes_share_the_work_and_the_second_goes_on_where_the_first_was_cut(on: Backend) {
    let database = on.database().await;
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new(Faults::all(10).answering_in(5), 3);
    let remote = Remote::over(&simulator).await;
    let server = Program::serve(&database.url, folder.path(), &How::default());
    let (first, _first_store) = engine(&database.url).await;
    let (second, store) = engine(&database.url).await;
    let people = People::of(&store).await;
    people.go_to(&server.address);
    let one = Working::beside(&first, remote.settings(""), "one");
    let two = Working::beside(&second, remote.settings(""), "two");
    let mut lives = JoinSet::new();
    for number in 0..60 {
        let people = people.clone();
        lives.spawn(async move { people.live(number).await });
        if lives.len() >= 8 {
            lives.join_next().await.unwrap().unwrap();
        }
        if number == 30 {
            one.cut().await;
            break;
        }
    }
    for number in 31..60 {
        let people = people.clone();
        lives.spawn(async move { people.live(number).await });
        if lives.len() >= 8 {
            lives.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(lived) = lives.join_next().await {
        lived.unwrap();
    }
    let must = expected(&store, &catalogue()).await;
    let ledger = || simulator.ledger();
    comes_to_agree("both together", ledger, &must, Duration::from_secs(60)).await;
    remote.is_all_delivered(&store).await;
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_that_is_away_costs_the_others_nothing_and_drains_without_a_storm() {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let (away, there) = (
        Simulator::new(Faults::only(Fault::Broken, 1_000), 3),
        Simulator::new(Faults::default(), 3),
    );
    let (of_away, of_there) = (Remote::over(&away).await, Remote::over(&there).await);
    let file = of_away.configuration(folder.path());
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += &std::fs::read_to_string(of_there.configuration(folder.path()))
        .unwrap()
        .replace("\"cong\"", "\"bo\"");
    std::fs::write(&file, text).unwrap();
    let server = Program::serve(&database.url, folder.path(), &How::configured(&file));
    let store = SeaStore::open(&database.url, Options::default())
        .await
        .unwrap();
    let people = People::of(&store).await;
    people.go_to(&server.address);
    let mut lives = JoinSet::new();
    for number in 0..60 {
        let people = people.clone();
        lives.spawn(async move { people.live(number).await });
    }
    while let Some(lived) = lives.join_next().await {
        lived.unwrap();
    }
    let must = expected(&store, &catalogue()).await;
    let soon = Duration::from_secs(20);
    comes_to_agree("the one that is there", || there.ledger(), &must, soon).await;
    let asked = away.ledger().counts.requests;
    assert!(asked < 100, "{asked} calls at a door that is shut");
    assert!(away.ledger().dossiers.is_empty());
    // It comes back: everything arrives, and no parcel was given up for its absence.
    away.fail(Faults::default());
    comes_to_agree("the one that was away", || away.ledger(), &must, soon).await;
    of_away.is_all_delivered(&store).await;
    // A look-up, the dossier and one call for its rows, and the last two once more where the feed's
    // pages part a history: not two for each event.
    let calls = away.ledger().counts.requests - asked;
    let most = 5 * must.rows.len() as u64 + 20;
    assert!(
        calls <= most,
        "{calls} calls for {} dossiers",
        must.rows.len()
    );
}

/// `cargo test --release --workspace --test it -- --ignored --nocapture as_fast_as`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; it says nothing on a busy machine"]
async fn updates_go_out_as_fast_as_a_portal_answers() {
    const DOSSIERS: usize = 2_000;
    let database = Backend::Sqlite.database().await;
    let (engine, store) = engine(&database.url).await;
    let simulator = Simulator::new(Faults::default().answering_in(20), 3);
    let remote = Remote::over(&simulator).await;
    let mut settings = remote.settings("");
    settings.parallel = 64;
    settings.timeout_seconds = 10;
    settings.lease_seconds = 60;
    let working = Working::begin(&engine, settings.clone(), "one");
    let clerk = crate::world::who(domain::role::Role::Receptionist, crate::world::WARD);
    let procedure = crate::world::procedure_code(crate::world::THREE_DAYS);
    let mut views = Vec::new();
    for number in 0..DOSSIERS {
        let reception = crate::world::at_the_desk(crate::world::WARD, crate::world::THREE_DAYS);
        let identity = crate::world::identity(number as u64, "");
        let received = engine.receive(&clerk, identity, &procedure, reception);
        views.push(received.await.unwrap());
    }
    let rows = || simulator.rows();
    while rows() < DOSSIERS {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    working.stop().await;
    let mut acts = JoinSet::new();
    for (number, view) in views.into_iter().enumerate() {
        let (engine, clerk) = (Arc::clone(&engine), clerk.clone());
        acts.spawn(async move {
            let advance = domain::dossier::Command::Advance(domain::dossier::acts::Advance {
                step: view.next_steps.first().cloned(),
                assignee: None,
            });
            let identity = crate::world::identity((DOSSIERS + number) as u64, "");
            let name = app::view::DossierName::Id(view.dossier.id);
            let etag = view.dossier.etag();
            let done = engine.command(&clerk, identity, &name, &etag, advance);
            done.await.map(drop).unwrap();
        });
        if acts.len() >= 64 {
            acts.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = acts.join_next().await {
        done.unwrap();
    }
    // A new worker asks before it tells: three calls an update.
    let begun = std::time::Instant::now();
    let working = Working::begin(&engine, settings, "two");
    while rows() < 2 * DOSSIERS {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let told = begun.elapsed();
    println!(
        "{DOSSIERS} updates told in {told:.2?}: {:.0} a second",
        DOSSIERS as f64 / told.as_secs_f64()
    );
    working.stop().await;
    drop(store);
}
