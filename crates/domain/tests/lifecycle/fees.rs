//! Fees, independent of the state: requested or not, paid in one or several parts, refunded.

use domain::dossier::acts::RefundPayment;
use domain::dossier::private::Words;
use domain::dossier::{Command, FeeState, PaymentMethod, Refusal, Status};
use domain::role::Role;

use crate::desk;
use crate::story::{Deed, Story};

fn told(history: &str) -> Story {
    Story::told("1.013225 within 10wd", history)
}

#[test]
fn a_fee_paid_at_the_desk_without_a_request_moves_neither_state_nor_clock() {
    let before = told("3 Aug 10:00 received");
    let after = told("3 Aug 10:00 received; 3 Aug 10:05 paid");
    let dossier = after.dossier();
    assert_eq!(dossier.status(), Status::Received);
    assert_eq!(after.due_times(), before.due_times());
    assert_eq!(dossier.fee_state(), FeeState::Paid);
    assert_eq!(dossier.fee_paid_vnd, 50_000);
    assert_eq!(dossier.fee_method, Some(PaymentMethod::Cash));
    let kinds: Vec<_> = (after.records.iter())
        .map(|record| record.event.kind())
        .collect();
    assert_eq!(kinds, ["received", "fee_paid"]);
}

#[test]
fn the_fee_goes_from_due_to_paid_to_given_back() {
    let history = "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise";
    for (more, state) in [
        ("", FeeState::Nothing),
        ("; 5 Aug 09:00 payment requested", FeeState::Due),
        (
            "; 5 Aug 09:00 payment requested; 6 Aug 09:00 paid",
            FeeState::Paid,
        ),
        (
            "; 5 Aug 09:00 payment requested; 6 Aug 09:00 paid; 6 Aug 10:00 refunded",
            FeeState::Refunded,
        ),
        (
            "; 5 Aug 09:00 paid; 5 Aug 10:00 paid; 6 Aug 10:00 refunded",
            FeeState::Paid,
        ),
    ] {
        let story = told(&format!("{history}{more}"));
        assert_eq!(story.dossier().fee_state(), state, "{more}");
    }
}

#[test]
fn what_was_paid_can_be_given_back_after_the_end_and_no_more_than_that() {
    let mut story = told("3 Aug 10:00 received; 3 Aug 10:05 paid; 4 Aug 09:00 withdrawn");
    let give_back = |amount_vnd| {
        Deed::Act(Command::RefundPayment(RefundPayment {
            amount_vnd,
            reason: Words::new("công dân rút hồ sơ"),
        }))
    };
    let (chairman, at) = (Role::Chairman, desk::at("5 Aug 09:00"));
    let refused = story.tries(chairman, at, None, &give_back(50_001));
    assert_eq!(refused, Err(Refusal::RefundTooLarge { kept_vnd: 50_000 }));
    for amount in [20_000, 30_000] {
        story
            .tries(chairman, at, None, &give_back(amount))
            .expect("it was paid");
    }
    assert_eq!(story.dossier().fee_state(), FeeState::Refunded);
    assert_eq!(story.dossier().status(), Status::Withdrawn);
    let refused = story.tries(chairman, at, None, &give_back(1));
    assert_eq!(refused, Err(Refusal::RefundTooLarge { kept_vnd: 0 }));
}

#[test]
fn a_part_of_what_was_asked_for_leaves_the_rest_due_and_the_dossier_waiting() {
    let history = "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; \
                   5 Aug 09:00 payment requested; 5 Aug 10:00 paid 1";
    let mut story = Story::told("1.013831", history);
    let dossier = story.dossier();
    assert_eq!(dossier.status(), Status::PaymentRequested);
    assert_eq!(dossier.fee_state(), FeeState::Due);
    assert_eq!(
        (dossier.fee_paid_vnd, dossier.fee_open_vnd),
        (1, Some(49_999))
    );
    let standing = dossier.clock.as_ref().and_then(|clock| clock.standing);
    assert!(
        standing.is_some(),
        "the clock stands until all of it is there"
    );

    story.goes_on("6 Aug 09:00 paid 50000 [PAYMENT_TOO_LARGE]; 6 Aug 10:00 paid 49999");
    let dossier = story.dossier();
    assert_eq!(dossier.status(), Status::Processing);
    assert_eq!(dossier.fee_state(), FeeState::Paid);
    assert_eq!((dossier.fee_paid_vnd, dossier.fee_open_vnd), (50_000, None));
}
