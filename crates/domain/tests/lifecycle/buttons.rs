//! The acts that desk software offers as buttons are exactly those that the lifecycle permits.

use domain::dossier::acts::{Accept, Advance, RefundPayment};
use domain::dossier::correction::Corrected;
use domain::dossier::mirror::{self, Claim};
use domain::dossier::private::Words;
use domain::dossier::{
    Acting, Action, Command, Dossier, Event, Refusal, Status, Term, allowed_actions,
};
use domain::id::Reference;
use domain::role::Role;
use domain::time::{Instant, day_start, local_day};

use crate::desk;
use crate::random::Walk;
use crate::story::{self, Deed, Story};

/// Asserts that an act without a button fails, and that an act with one works with good arguments.
pub fn buttons_agree(walk: &mut Walk, dossier: &Dossier, now: Instant, told: &str) {
    let role = *walk.random.pick(&Role::ALL);
    let buttons = allowed_actions(dossier, &walk.story.procedure, role);
    let acting = desk::acting(role, &walk.story.unit);
    assert!(
        !buttons.contains(&Action::Submit),
        "{told}: it is there already"
    );
    for action in &Action::ALL[1..] {
        let told = format!("{told}: {action} by {role} at {:?}", dossier.state);
        if buttons.contains(action) {
            works_if_used_well(&walk.story, &acting, *action, now, &told);
        } else {
            for command in [
                walk.command(*action, dossier),
                well_meant(&walk.story, *action),
            ] {
                let done = walk.story.weighs(&acting, now, &Deed::Act(command));
                // A message of another system is never refused; it may be disbelieved, or not new.
                let works = match &done {
                    Ok(decided) if *action == Action::RecordMirrored => {
                        let believed = |event: &Event| matches!(event, Event::MirroredStatus(_));
                        decided.events.iter().any(believed)
                    }
                    done => done.is_ok(),
                };
                assert!(!works, "{told} is not offered, but works");
            }
        }
    }
}

fn works_if_used_well(story: &Story, acting: &Acting, action: Action, now: Instant, told: &str) {
    // Another person takes over from whoever proposed a correction or permitted a request.
    let other = Acting {
        actor: desk::actor("nv-khac"),
        ..acting.clone()
    };
    let acting = if [Action::DecideCorrection, Action::RequestSupplement].contains(&action) {
        &other
    } else {
        acting
    };
    let weighs = |at: Instant, command: Command| story.weighs(acting, at, &Deed::Act(command));
    let works = |done: &Result<_, Refusal>| matches!(done, Ok(_) | Err(Refusal::Calendar(_)));
    let done = weighs(now, well_meant(story, action));
    if works(&done) {
        return;
    }
    if action == Action::Correct {
        // The applicant's correction may already be open. Then nothing else prevents the act.
        assert!(
            matches!(done, Err(Refusal::CorrectionOpen { .. })),
            "{told}: {done:?}"
        );
        return;
    }
    assert_eq!(action, Action::Extend, "{told} is offered, but: {done:?}");
    // Either verification is left, or a late apology on the due day.
    let due = story.dossier().due().expect("offered only with a due time");
    let verified = weighs(now, story::verification());
    let apologised = weighs(day_start(local_day(due)), well_meant(story, action));
    assert!(works(&verified) || works(&apologised), "{told}: {done:?}");
}

/// A term that does not depend on a calendar.
fn a_day(dossier: &Dossier) -> Term {
    Term::By(dossier.last + chrono::TimeDelta::days(1))
}

/// The command of an act with the best possible arguments.
fn well_meant(story: &Story, action: Action) -> Command {
    let dossier = story.dossier();
    match action {
        Action::Submit | Action::Receive => Command::Receive(Accept {
            components: desk::required(&story.procedure),
            papers: Vec::new(),
            accept_incomplete: Words::default(),
        }),
        Action::RequestSupplement => story::papers_requested(true),
        Action::Advance => Command::Advance(Advance {
            step: domain::dossier::next_steps(dossier, &story.procedure)
                .first()
                .cloned(),
            assignee: None,
        }),
        Action::Extend => {
            let due = dossier.due().unwrap_or(dossier.last);
            story::apology(due + chrono::TimeDelta::days(20))
        }
        Action::Refuse => story::command("refused").expect("known"),
        Action::RecordSupplement => story::command("papers complete").expect("known"),
        Action::Transfer => {
            let elsewhere = ["H60.02212", desk::WARD]
                .into_iter()
                .find(|unit| *unit != dossier.resolving.as_str());
            let words = format!("sent on to {}", elsewhere.expect("one of two"));
            story::command(&words).expect("known")
        }
        Action::HandOver => {
            let holder = dossier.custody.holder.as_ref();
            story::papers_to(holder.map(|it| it.party.actor.as_str()), "nv-somebody-new")
        }
        Action::Assign => story::command("given to somebody").expect("known"),
        Action::RequestPayment => story::command("payment requested").expect("known"),
        Action::RecordPayment => {
            let open = dossier.fee_open_vnd.unwrap_or(50_000);
            story::command(&format!("paid {open}")).expect("known")
        }
        Action::RefundPayment => Command::RefundPayment(RefundPayment {
            amount_vnd: dossier.fee_kept_vnd(),
            reason: Words::new("thu nhầm"),
        }),
        Action::Arrive => story::command("arrived").expect("known"),
        Action::Remind => story::command("reminded").expect("known"),
        Action::PermitSupplement => story::command("one more permitted").expect("known"),
        Action::Withdraw => story::command("withdrawn").expect("known"),
        Action::Stop => story::command("stopped").expect("known"),
        Action::OpenLeg => story::leg_opened(desk::WARD, false, a_day(dossier)),
        Action::CloseLeg => {
            let open = dossier.open_legs().next().map_or(1, |leg| leg.number);
            story::command(&format!("leg done: {open}")).expect("known")
        }
        Action::OpenConsultation => story::asked(desk::WARD, a_day(dossier)),
        Action::CloseConsultation => {
            let open = dossier.open_consultations().next();
            let open = open.map_or(1, |asked| asked.number);
            story::command(&format!("answer to {open}")).expect("known")
        }
        Action::Resolve => story::command("resolved").expect("known"),
        Action::Return => story::command("returned").expect("known"),
        Action::Rate => story::command("rated 3").expect("known"),
        Action::Correct => story::correction(Corrected::Applicant(desk::a_citizen())),
        Action::DecideCorrection => {
            let open = dossier.corrections.open().next();
            story::decided(open.map_or(1, |open| open.number), true)
        }
        Action::RecordMirrored => Command::RecordMirrored(Claim {
            system: story.authority(),
            reference: Reference::parse("BCA-2026/0002").expect("a reference"),
            status: *mirror::follows(dossier)
                .first()
                .unwrap_or(&Status::Returned),
            at: dossier.last,
            due: None,
        }),
        Action::SettleConflict => {
            let open = dossier.mirror.open().next().map_or(1, |it| it.number);
            story::command(&format!("settled {open}")).expect("known")
        }
    }
}
