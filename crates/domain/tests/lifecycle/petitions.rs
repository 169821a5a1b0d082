//! Petitions (*phản ánh hiện trường*) concern a place.

use domain::dossier::contents::CircumstancesGiven;
use domain::dossier::private::{Content, Words};
use domain::dossier::{Channel, Dossier, Record, Refusal};
use domain::id::ProcedureCode;
use domain::role::Role;

use crate::desk::{self, at};
use crate::story::{Deed, Story};

const PETITION: &str = "x-phan-anh-hien-truong";

/// A petition about a place in the neighbouring ward, submitted or received.
fn about_a_place(head: &str, submitted: bool) -> (Story, Result<(), Refusal>) {
    let mut story = Story::of(head);
    let circumstances = CircumstancesGiven {
        incident_area: Some(desk::unit("H60.02212")),
        incident_place: Words::new("trước cửa nhà số 5, ngõ Mẫu"),
        ..CircumstancesGiven::default()
    };
    let papers = desk::required(&story.procedure);
    let deed = if submitted {
        let mut submission = story.submission(Channel::Online, papers);
        submission.content.circumstances = circumstances;
        Deed::Submit(submission)
    } else {
        let mut reception = story.reception(Channel::Desk, papers);
        reception.content.circumstances = circumstances;
        Deed::Receive(reception)
    };
    let done = story.tries(Role::Receptionist, at("3 Aug 10:00"), None, &deed);
    (story, done)
}

#[test]
fn the_commune_of_an_incident_is_in_the_event_and_its_place_is_only_committed_to() {
    for submitted in [true, false] {
        let (mut story, done) = about_a_place(PETITION, submitted);
        done.expect("a petition");
        if submitted {
            story.goes_on("3 Aug 11:00 accepted");
        }
        let incident = story.dossier().circumstances.incident.clone();
        let incident = incident.expect("kept, also by who accepts it");
        assert_eq!(incident.area, Some(desk::unit("H60.02212")));
        let place = incident.place.expect("committed to");
        let kept = (story.private.iter()).find(|kept| kept.item == "1.incident_place");
        let Content::Words(words) = &kept.expect("kept apart").content else {
            panic!("expected words")
        };
        let again = desk::salt().commit("1.incident_place", words.as_str().as_bytes());
        assert_eq!(again, place);
        for record in &story.records {
            let bytes = String::from_utf8(record.to_bytes()).expect("UTF-8");
            assert!(!bytes.contains("Mẫu"), "{bytes}");
            assert_eq!(Record::from_bytes(bytes.as_bytes()).expect("read"), *record);
        }
        let row = serde_json::to_string(story.dossier()).expect("JSON");
        assert!(row.contains("H60.02212") && !row.contains("Mẫu"), "{row}");
    }
}

#[test]
fn a_procedure_is_about_no_place() {
    for submitted in [true, false] {
        let (story, done) = about_a_place("1.004873", submitted);
        let procedure = ProcedureCode::parse("1.004873").expect("a code");
        assert_eq!(done, Err(Refusal::NotAPetition { procedure }));
        assert!(story.records.is_empty() && story.private.is_empty());
    }
}

#[test]
fn a_dossier_about_no_place_is_kept_in_the_same_bytes_as_before_there_were_any() {
    let story = Story::told(PETITION, "3 Aug 10:00 received");
    let bytes = String::from_utf8(story.records[0].to_bytes()).expect("UTF-8");
    assert!(!bytes.contains("incident"), "{bytes}");
    let row = serde_json::to_string(story.dossier()).expect("JSON");
    assert!(!row.contains("incident"), "{row}");
    let read: Dossier = serde_json::from_str(&row).expect("read");
    assert_eq!(&read, story.dossier());
}
