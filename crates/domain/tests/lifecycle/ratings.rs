//! Citizens' ratings: given once, after the end, and moving nothing.

use domain::dossier::acts::rate::Rated;
use domain::dossier::{Action, private::Words};
use domain::dossier::{Event, RatingMethod, Refusal, Score, Status, allowed_actions};
use domain::role::Role;

use crate::desk;
use crate::story::{self, Deed, Story};

const LAW: &str = "1.004873";

fn rates() -> Deed {
    Deed::Act(story::command("rated 2").expect("known"))
}

#[test]
fn a_citizen_rates_after_every_end_and_never_before_it() {
    let received = "3 Aug 10:00 received";
    let processing = format!("{received}; 4 Aug 08:00 goes to appraise");
    let resolved = format!("{processing}; 4 Aug 09:00 goes to sign; 5 Aug 09:00 resolved");
    for (history, may) in [
        ("3 Aug 10:00 submitted".to_owned(), false),
        (
            "3 Aug 10:00 submitted; 3 Aug 11:00 refused".to_owned(),
            true,
        ),
        (received.to_owned(), false),
        (processing.clone(), false),
        (format!("{received}; 4 Aug 08:00 withdrawn"), true),
        (format!("{received}; 4 Aug 08:00 stopped"), true),
        // The citizen does not have the result yet.
        (resolved.clone(), false),
        (format!("{resolved}; 6 Aug 09:00 returned"), true),
    ] {
        let mut story = Story::told(LAW, &history);
        let before = story.dossier().clone();
        let button = allowed_actions(&before, &story.procedure, Role::Receptionist);
        assert_eq!(button.contains(&Action::Rate), may, "{history}");
        let done = story.tries(Role::Receptionist, desk::at("7 Aug 09:00"), None, &rates());
        assert_eq!(done.is_ok(), may, "{history}: {done:?}");
        if may {
            let after = story.dossier();
            assert_eq!((&after.state, after.ended), (&before.state, before.ended));
            assert_eq!(after.clock, before.clock);
        } else {
            assert!(matches!(done, Err(Refusal::WrongState { .. })), "{history}");
        }
    }
}

#[test]
fn the_first_rating_stays() {
    let mut story = Story::told(
        LAW,
        "3 Aug 10:00 received; 4 Aug 08:00 withdrawn; 5 Aug 09:00 rated 5",
    );
    let rating = story.dossier().rating.expect("it was rated");
    assert_eq!(
        (rating.score, rating.method, rating.at),
        (
            Score::new(5).expect("a score"),
            RatingMethod::Device,
            desk::at("5 Aug 09:00")
        )
    );
    let again = story.tries(Role::Portal, desk::at("6 Aug 09:00"), None, &rates());
    assert_eq!(
        again,
        Err(Refusal::AlreadyRated {
            at: desk::at("5 Aug 09:00")
        })
    );
    assert_eq!(story.dossier().rating, Some(rating));
    assert_eq!(story.dossier().status(), Status::Withdrawn);
}

#[test]
fn a_comment_on_a_rating_is_stored_apart_and_an_empty_one_is_not_stored() {
    let told = "3 Aug 10:00 received; 4 Aug 08:00 withdrawn; 5 Aug 09:00 rated 1";
    let story = Story::told(LAW, told);
    let record = story.records.last().expect("rated");
    let Event::Rated(Rated {
        comment: Some(comment),
        ..
    }) = &record.event
    else {
        panic!("{:?}", record.event);
    };
    let written = Words::new("cán bộ hướng dẫn tận tình");
    assert_eq!(
        *comment,
        desk::salt().commit("3.comment", written.as_str().as_bytes())
    );
    let bytes = String::from_utf8(record.to_bytes()).expect("JSON");
    assert!(!bytes.contains("tận tình"), "{bytes}");
}
