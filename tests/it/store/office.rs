//! What an office decides at run time: texts of the catalogue, and jobs.

use app::ports::{
    Document, DocumentState, Job, Proposal, Store, Verdict, WriteCatalogue, WriteJobs,
};
use domain::id::{ActorId, DossierId};
use domain::role::Role;

use crate::backend::Backend;

use super::data::{a_store, actor, at, province};

fn a_proposal(text: &str) -> Proposal {
    Proposal {
        province: province(),
        path: "calendar/national.csv".into(),
        text: text.into(),
        reason: "thông báo 12/TB".into(),
        author: actor(),
        at: at(1),
    }
}

fn verdict(number: u64, publish: bool) -> Verdict {
    Verdict {
        province: province(),
        number,
        publish,
        by: ActorId::parse("chairman-1").unwrap(),
        at: at(2),
    }
}

on_every_database!(texts_are_numbered_by_province_and_read_as_they_were_proposed);

async fn texts_are_numbered_by_province_and_read_as_they_were_proposed(on: Backend) {
    let store = a_store(on).await;
    let one = store.propose(&a_proposal("một")).await.unwrap();
    let two = store.propose(&a_proposal("hai")).await.unwrap();
    assert_eq!((one.number, two.number), (1, 2));
    assert_ne!(one.hash, two.hash);
    let read = store.read().await.unwrap();
    assert_eq!(read.documents(&province()).await.unwrap(), [one, two]);
    assert!(read.editions().await.unwrap().is_empty());
}

on_every_database!(a_text_is_decided_once);

async fn a_text_is_decided_once(on: Backend) {
    let store = a_store(on).await;
    for text in ["một", "hai"] {
        store.propose(&a_proposal(text)).await.unwrap();
    }
    assert!(store.decide(&verdict(1, true)).await.unwrap());
    assert!(!store.decide(&verdict(1, false)).await.unwrap());
    assert!(store.decide(&verdict(2, false)).await.unwrap());
    assert!(!store.decide(&verdict(3, true)).await.unwrap());
    let read = store.read().await.unwrap();
    let states: Vec<DocumentState> = (read.documents(&province()).await.unwrap().into_iter())
        .map(|Document { state, .. }| state)
        .collect();
    let (by, at) = (ActorId::parse("chairman-1").unwrap(), at(2));
    assert_eq!(
        states,
        [
            DocumentState::Published { by: by.clone(), at },
            DocumentState::Rejected { by, at }
        ]
    );
    assert_eq!(read.editions().await.unwrap()[&province()], 1);
}

on_every_database!(
    two_who_propose_at_once_get_two_numbers,
    flavor = "multi_thread"
);

async fn two_who_propose_at_once_get_two_numbers(on: Backend) {
    let store = a_store(on).await;
    let proposals: Vec<Proposal> = (0..4).map(|n| a_proposal(&format!("text {n}"))).collect();
    let numbered =
        futures::future::join_all(proposals.iter().map(|proposal| store.propose(proposal))).await;
    let mut numbers: Vec<u64> = numbered
        .into_iter()
        .map(|document| document.unwrap().number)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4]);
}

fn a_job(place: Option<u64>, seen: u64) -> Job {
    Job {
        province: province(),
        id: "merge-1".into(),
        kind: "units_merge".into(),
        spec: "{}".into(),
        actor: actor(),
        role: Role::Admin,
        begun: at(1),
        place: place.map(|birth| DossierId::new(birth, 0, 0)),
        seen,
        changed: 1,
        ended: None,
    }
}

on_every_database!(a_jobs_progress_never_goes_back_and_its_end_stays);

async fn a_jobs_progress_never_goes_back_and_its_end_stays(on: Backend) {
    let store = a_store(on).await;
    let kept = async || {
        let read = store.read().await.unwrap();
        read.job(&province(), "merge-1").await.unwrap().unwrap()
    };
    for job in [a_job(None, 1), a_job(Some(7), 8), a_job(Some(5), 6)] {
        store.keep_job(&job).await.unwrap();
    }
    assert_eq!(
        kept().await,
        a_job(Some(7), 8),
        "the one behind is passed over"
    );
    let done = Job {
        ended: Some(at(9)),
        ..a_job(Some(7), 8)
    };
    store.keep_job(&done).await.unwrap();
    store.keep_job(&a_job(Some(9), 20)).await.unwrap();
    assert_eq!(kept().await, done);
    let read = store.read().await.unwrap();
    assert_eq!(read.jobs(&province()).await.unwrap(), [done]);
    assert_eq!(read.job(&province(), "another").await.unwrap(), None);
}
