//! An interrupted job continues where it was, and ends as if nothing had happened.

use std::sync::Arc;

use app::publication::carrying::Followed;
use app::{Engine, Parts};
use tokio::sync::Semaphore;
use tokio::sync::mpsc;

use super::{OFF_6_AUGUST, calendar_with, carried_out, dossier, of_the_province, propose};
use crate::backend::Backend;
use crate::held_store::HeldStore;
use crate::port::soon;
use crate::world::{NumberedIds, THREE_DAYS, WARD, World, catalogue, moment};

on_both!(a_job_that_is_killed_between_two_commits_is_finished_by_the_next_process);

async fn a_job_that_is_killed_between_two_commits_is_finished_by_the_next_process(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mut ids = Vec::new();
    for _ in 0..300 {
        ids.push(world.receive(WARD, THREE_DAYS).await.dossier.id);
    }
    let text = calendar_with(&[OFF_6_AUGUST]);
    let number = propose(&world, "calendar/national.csv", text).await.number;
    let mai = of_the_province("mai");

    // The process completes one commit and then hangs before the next.
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let open = Arc::new(Semaphore::new(1));
    let held = HeldStore {
        store: world.store.clone(),
        arrived,
        open,
    };
    let doomed = Engine::start(Parts {
        store: Arc::new(held),
        catalogue: catalogue(),
        clock: world.clock.clone(),
        ids: Arc::new(NumberedIds::default()),
        secret: b"a secret of the tests".to_vec(),
        queue: 1_024,
    });
    doomed.approve_document(&mai, number).await.unwrap();
    let working = doomed.clone();
    let now = world.engine.now();
    let working = tokio::spawn(async move {
        let mut followed = Followed::default();
        working.carry_out_jobs(&mut followed, now).await
    });
    soon("the first commit", arrivals.recv()).await.unwrap();
    soon("the second commit", arrivals.recv()).await.unwrap();
    working.abort();
    drop(doomed);

    let done = async |world: &World| {
        let mut done = 0;
        for id in &ids {
            done += usize::from(dossier(world, *id).await.version == 2);
        }
        done
    };
    let before = done(&world).await;
    assert!(
        (1..300).contains(&before),
        "{before} are done when it is cut"
    );
    carried_out(&world).await;
    for id in &ids {
        let moved = dossier(&world, *id).await;
        assert_eq!(moved.version, 2, "one event each, no more");
        assert_eq!(moved.due(), Some(moment("2026-08-07 17:00")));
    }
    let job = world.engine.job(&mai, "calendar-1").await.unwrap();
    assert!(job.ended.is_some());
    assert_eq!((job.seen, job.changed), (300, 300));
}

#[tokio::test]
async fn a_publication_whose_process_ended_before_the_job_was_ordered_is_carried_out() {
    use app::ports::{Verdict, WriteCatalogue};

    let world = World::at("2026-08-03 10:00").await;
    let id = world.receive(WARD, THREE_DAYS).await.dossier.id;
    let text = calendar_with(&[OFF_6_AUGUST]);
    let document = propose(&world, "calendar/national.csv", text).await;
    let mai = of_the_province("mai");
    let verdict = Verdict {
        province: mai.province.clone(),
        number: document.number,
        publish: true,
        by: mai.actor.clone(),
        at: world.engine.now(),
    };
    assert!(world.store.decide(&verdict).await.unwrap());
    carried_out(&world).await;
    assert_eq!(
        dossier(&world, id).await.due(),
        Some(moment("2026-08-07 17:00"))
    );
}
