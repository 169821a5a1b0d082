//! Electronic results: the records of their files and signatures.

use domain::dossier::acts::Resolve;
use domain::dossier::{Command, Dossier, Event, Record};
use domain::role::Role;

use crate::desk;
use crate::story::{Deed, Story};

const COPIES: &str = "2.000815";

fn resolved(results: u64) -> Story {
    let mut story = Story::told(COPIES, "3 Aug 08:00 received");
    let resolve = Deed::Act(Command::Resolve(Resolve {
        results: (0..results).map(desk::signed_result).collect(),
    }));
    story
        .tries(Role::Chairman, desk::at("3 Aug 09:00"), None, &resolve)
        .expect("resolved");
    story
}

#[test]
fn the_files_of_a_result_stay_with_the_dossier_when_the_citizen_has_it() {
    let mut story = resolved(2);
    let returned = Deed::Act(crate::story::command("returned").expect("known"));
    story
        .tries(Role::Chairman, desk::at("3 Aug 10:00"), None, &returned)
        .expect("returned");
    let files = [desk::signed_result(0), desk::signed_result(1)];
    assert_eq!(story.dossier().results, files);
    let read: Vec<Record> = (story.records.iter())
        .map(|record| Record::from_bytes(&record.to_bytes()).expect("it reads back"))
        .collect();
    assert_eq!(read, story.records);
    assert_eq!(Dossier::fold(&read).as_ref(), Some(story.dossier()));
}

#[test]
fn a_result_on_paper_alone_has_the_bytes_that_it_always_had() {
    let story = resolved(0);
    let record = story.records.last().expect("resolved");
    assert!(matches!(record.event, Event::Resolved { .. }));
    let bytes = String::from_utf8(record.to_bytes()).expect("JSON");
    assert!(bytes.contains(r#""event":{"kind":"resolved"},"#), "{bytes}");
    let row = serde_json::to_string(story.dossier()).expect("JSON");
    assert!(!row.contains("\"results\""), "{row}");
}
