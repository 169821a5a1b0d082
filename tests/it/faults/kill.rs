//! Repeated `kill -9` in the middle of thirty-two calls.
//!
//! `MOTCUA_KILLS` sets how often; the default is 50. The seed is fixed, so each kill follows the
//! same number of answers. The kernel still cuts the process at a different place each time.

use super::audit::{Auditor, Whose};
use super::office::{CALLERS, Office};
use super::program::{How, Program};
use super::seeded::Seeded;
use crate::backend::Backend;

/// How often the server is killed.
fn kills() -> u64 {
    let asked = std::env::var("MOTCUA_KILLS").ok();
    asked.map_or(50, |number| {
        number.parse().expect("MOTCUA_KILLS is a number")
    })
}

on_both!(what_was_answered_before_a_kill_is_there_after_it_and_nothing_is_there_twice);

async fn what_was_answered_before_a_kill_is_there_after_it_and_nothing_is_there_twice(on: Backend) {
    let database = on.database().await;
    let folder = tempfile::tempdir().unwrap();
    let start = || Program::serve(&database.url, folder.path(), &How::default());
    let mut office = Office::open(&database.url, CALLERS).await;
    let auditor = Auditor::of(&database.url).await.unwrap();
    let mut seeded = Seeded(0x6b69_6c6c);
    let (mut unanswered, mut written, mut audited) = (0, 0, 0);
    let mut server = start();
    for kill in 1..=kills() {
        // The previous round's answers must survive too, so the audit includes them.
        let before = office.ledger.count();
        let working = office.work(&server.address).await;
        office.reach(before + 1 + seeded.below(80)).await;
        server.kill();
        office.gather(working).await;
        let left = office.unanswered();
        unanswered += left.len();
        server = start();
        written += auditor.written(&office.actors(), &left).await.len();
        let found = if kill % 25 == 0 {
            let all = office.ledger.since(0);
            auditor.look(Whose::All(&all)).await.unwrap()
        } else {
            let round = office.ledger.since(audited);
            auditor.look(Whose::Of(&round)).await.unwrap()
        };
        found.assert_clean(&format!("kill {kill}"));
        audited = before;
    }
    // Each caller learns the fate of its last request, and makes one more call.
    office.work_for(&server.address, 64).await;
    assert_eq!(office.unanswered(), [""; 0], "every request is settled");
    let answers = office.ledger.since(0);
    let found = auditor.look(Whose::All(&answers)).await.unwrap();
    found.assert_clean("in the end");
    let told: std::collections::BTreeSet<_> = answers
        .iter()
        .map(|answer| answer.request.clone())
        .collect();
    assert_eq!(told.len(), answers.len(), "nobody was answered twice");
    assert_eq!(
        found.requests, told,
        "nothing was done that nobody asked for"
    );
    let kills = kills();
    println!(
        "{on:?}: {kills} kills, {} acknowledged, {unanswered} unanswered, {written} of them \
         written; {} dossiers, {} events; 0 lost",
        answers.len(),
        found.dossiers,
        found.events
    );
    assert!(
        unanswered as u64 * 2 >= kills,
        "{unanswered} unanswered: too light a load"
    );
    drop(server);
    auditor.close().await;
}
