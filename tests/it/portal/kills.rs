//! Random histories, a portal that fails in every way it can, and a server that is killed in between:
//! in the end the portal has exactly what happened.
//!
//! `MOTCUA_PORTAL_DOSSIERS` and `MOTCUA_PORTAL_KILLS` say how many: 300 and 3 without them.

use std::time::{Duration, Instant};

use portal::simulate::{Faults, Simulator};
use store::{Options, SeaStore};
use tokio::task::JoinSet;

use super::comparing::{comes_to_agree, expected};
use super::people::People;
use super::ways::{Remote, number};
use crate::backend::Backend;
use crate::faults::program::{How, Program};
use crate::world::catalogue;

/// How many people work at the same time.
const AT_ONCE: usize = 12;

on_both!(a_portal_that_fails_in_every_way_has_in_the_end_exactly_what_happened);

async fn a_portal_that_fails_in_every_way_has_in_the_end_exactly_what_happened(on: Backend) {
    let dossiers = number("MOTCUA_PORTAL_DOSSIERS", 300);
    let kills = number("MOTCUA_PORTAL_KILLS", 3);
    let database = on.database().await;
    let folder = tempfile::tempdir().unwrap();
    let faults =
        Faults::parse("slow=5,500=30,cut=20,duplicate=20,session=20,exists=50,lost=30,skew=20");
    let simulator = Simulator::new(faults.unwrap(), 17);
    let remote = Remote::over(&simulator).await;
    let how = How::configured(&remote.configuration(folder.path()));
    let start = || Program::serve(&database.url, folder.path(), &how);
    let options = Options::default();
    let store = SeaStore::open(&database.url, options).await.unwrap();
    let people = People::of(&store).await;
    let begun = Instant::now();
    let mut server = start();
    people.go_to(&server.address);
    let mut lives = JoinSet::new();
    let mut next = 0;
    for kill in 0..=kills {
        // The dossiers are spread over the kills; the last stretch ends with all of them.
        let until = dossiers * (kill + 1) / (kills + 1);
        while next < until {
            while lives.len() >= AT_ONCE {
                lives.join_next().await.unwrap().unwrap();
            }
            let people = people.clone();
            lives.spawn(async move { people.live(next).await });
            next += 1;
        }
        if kill < kills {
            server.kill();
            server = start();
            people.go_to(&server.address);
        }
    }
    while let Some(lived) = lives.join_next().await {
        lived.unwrap();
    }
    let lived = begun.elapsed();
    let must = expected(&store, &catalogue()).await;
    assert_eq!(must.rows.len() as u64, dossiers);
    let patience = Duration::from_secs(60 + dossiers / 10);
    let ledger = || simulator.ledger();
    comes_to_agree("in the end", ledger, &must, patience).await;
    let rows: usize = must.rows.values().map(Vec::len).sum();
    let counts = simulator.ledger().counts;
    println!(
        "{on:?}: {dossiers} dossiers, {rows} rows, {kills} kills; lived {:.1} s, agreed after \
         {:.1} s; {counts:?}",
        lived.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
    );
    for fault in portal::simulate::Fault::ALL {
        assert!(
            counts.faults.contains_key(fault.as_str()),
            "{fault:?} never happened: the test is too easy"
        );
    }
    // Nothing is left, and nothing comes after.
    remote.is_all_delivered(&store).await;
    drop(server);
    store.close().await.unwrap();
}
