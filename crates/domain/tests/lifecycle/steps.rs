//! The steps inside processing: the procedure's data defines them, and the lifecycle enforces them.

use domain::dossier::acts::{Advance, Resolve};
use domain::dossier::{Action, Command, Refusal, State, allowed_actions, next_steps};
use domain::id::StepId;
use domain::procedure::{Authority, Procedure};
use domain::role::Role;

use crate::desk::{self, at, step};
use crate::story::{Deed, Story};

fn goes_to(id: &str) -> Deed {
    Deed::Act(Command::Advance(Advance {
        step: Some(step(id)),
        assignee: None,
    }))
}

#[test]
fn a_dossier_walks_only_the_moves_that_the_procedure_draws() {
    // appraise > inspect > (consult >) sign, and back from sign to appraise.
    let mut story = Story::told("1.013225", "3 Aug 08:00 received");
    for (to, result) in [
        ("inspect", Err("STEP_NOT_NEXT")),
        ("sign", Err("STEP_NOT_NEXT")),
        ("nowhere", Err("STEP_NOT_NEXT")),
        ("appraise", Ok(())),
        ("appraise", Err("STEP_NOT_NEXT")),
        ("sign", Err("STEP_NOT_NEXT")),
        ("inspect", Ok(())),
        ("appraise", Err("STEP_NOT_NEXT")),
        ("consult", Ok(())),
        ("inspect", Err("STEP_NOT_NEXT")),
        ("sign", Ok(())),
        ("appraise", Ok(())),
        ("inspect", Ok(())),
        ("sign", Ok(())),
    ] {
        let done = story.tries(Role::Chairman, at("4 Aug 08:00"), None, &goes_to(to));
        assert_eq!(done.map_err(|refusal| refusal.reason()), result, "to {to}");
    }
    story.goes_on("5 Aug 08:00 resolved; 5 Aug 09:00 returned");
}

#[test]
fn a_refusal_says_which_steps_would_have_followed() {
    let mut story = Story::told(
        "1.013225",
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise",
    );
    story.goes_on("3 Aug 10:00 goes to inspect");
    let next = vec![step("consult"), step("sign")];
    assert_eq!(
        story.tries(Role::Officer, at("4 Aug 08:00"), None, &goes_to("appraise")),
        Err(Refusal::StepNotNext {
            step: Some(step("appraise")),
            next: next.clone()
        })
    );
    let unsaid = Deed::Act(Command::Advance(Advance {
        step: None,
        assignee: None,
    }));
    assert_eq!(
        story.tries(Role::Officer, at("4 Aug 08:00"), None, &unsaid),
        Err(Refusal::StepNotNext {
            step: None,
            next: next.clone()
        })
    );
    assert_eq!(
        story.tries(
            Role::Officer,
            at("4 Aug 08:00"),
            None,
            &Deed::Act(Command::Resolve(Resolve {
                results: Vec::new()
            }))
        ),
        Err(Refusal::StepNotFinal {
            step: step("inspect"),
            next
        })
    );
}

#[test]
fn a_step_belongs_to_its_role_and_to_those_who_stand_in_for_it() {
    // Procedure 1.013992: three steps of an officer, and a last one of the chairman.
    let officers_step = "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise";
    let leaders_step = "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; \
                        3 Aug 10:00 goes to inspect; 3 Aug 11:00 goes to sign";
    let chairmans_step = "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; \
                          3 Aug 10:00 goes to land-office; 3 Aug 11:00 goes to tax; \
                          3 Aug 14:00 goes to sign";
    for (code, history, role_of_step, deed, may) in [
        (
            "1.013225",
            officers_step,
            Role::Officer,
            goes_to("inspect"),
            &[Role::Officer, Role::Leader, Role::Chairman][..],
        ),
        (
            "1.013225",
            leaders_step,
            Role::Leader,
            Deed::Act(Command::Resolve(Resolve {
                results: Vec::new(),
            })),
            &[Role::Leader, Role::Chairman],
        ),
        (
            "1.013225",
            leaders_step,
            Role::Leader,
            goes_to("appraise"),
            &[Role::Leader, Role::Chairman],
        ),
        (
            "1.013992",
            chairmans_step,
            Role::Chairman,
            Deed::Act(Command::Resolve(Resolve {
                results: Vec::new(),
            })),
            &[Role::Chairman],
        ),
    ] {
        for role in Role::ALL {
            let mut story = Story::told(code, history);
            let action = match &deed {
                Deed::Act(command) => command.action(),
                Deed::Submit(_) | Deed::Receive(_) => unreachable!("commands alone are listed"),
            };
            let button = allowed_actions(story.dossier(), &story.procedure, role).contains(&action);
            assert_eq!(
                button,
                may.contains(&role),
                "{code}: the button {action} for {role}"
            );
            let at_step = story.dossier().state.step().cloned().expect("at a step");
            match story.tries(role, at("4 Aug 08:00"), None, &deed) {
                Ok(()) => assert!(may.contains(&role), "{code}: {action} by {role}"),
                Err(refusal) => {
                    assert!(
                        !may.contains(&role),
                        "{code}: {action} by {role}: {refusal:?}"
                    );
                    let other = Refusal::StepOfOtherRole {
                        step: at_step,
                        role: role_of_step,
                    };
                    assert_eq!(refusal, other);
                }
            }
        }
    }
}

#[test]
fn an_outline_is_handed_over_once_and_resolved_without_steps() {
    let outlines: Vec<_> = desk::all_shipped()
        .into_iter()
        .filter(|procedure| procedure.is_outline() && procedure.authority == Authority::Ours)
        // The agencies of a linked one have to finish first.
        .filter(|procedure| procedure.legs.is_empty())
        .collect();
    assert!(outlines.len() > 20, "most shipped procedures are outlines");
    for procedure in outlines {
        let code = procedure.code.clone();
        let mut story = Story::new(procedure);
        story.goes_on(
            "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise [STEP_NOT_NEXT]; \
                       3 Aug 09:00 handed over; 3 Aug 10:00 handed over [STEP_NOT_NEXT]",
        );
        let again = Deed::Act(Command::Advance(Advance {
            step: None,
            assignee: None,
        }));
        let refusal = story.tries(Role::Officer, at("3 Aug 10:00"), None, &again);
        let refusal = refusal.expect_err("there is nowhere to go");
        assert_eq!(refusal.message_en(), "no step follows here");
        assert_eq!(refusal.message_vi(), "Không có bước tiếp theo nào từ đây.");
        assert_eq!(
            story.dossier().state,
            State::Processing { step: None },
            "{code}"
        );
        for role in Role::ALL {
            let buttons = allowed_actions(story.dossier(), &story.procedure, role);
            assert!(
                !buttons.contains(&Action::Advance),
                "{code}: there is nowhere to go"
            );
            assert!(buttons.contains(&Action::Resolve), "{code}");
        }
        story.goes_on("3 Aug 11:00 resolved; 3 Aug 14:00 returned");
    }
}

#[test]
fn every_shipped_process_can_be_walked_from_the_desk_to_the_citizen_by_its_own_roles() {
    let mut walked = 0;
    for procedure in desk::all_shipped() {
        if procedure.is_outline() {
            continue;
        }
        let path = shortest_way(&procedure);
        let mut story = Story::new(procedure);
        story.goes_on("3 Aug 08:00 received");
        let mut role = Role::Receptionist;
        for id in path {
            assert!(next_steps(story.dossier(), &story.procedure).contains(&id));
            let onward = Deed::Act(Command::Advance(Advance {
                step: Some(id.clone()),
                assignee: None,
            }));
            story
                .tries(role, at("3 Aug 09:00"), None, &onward)
                .expect("a step of that role");
            role = story.procedure.step(&id).expect("a step").role;
        }
        let others = story.dossier().open_legs().filter(|leg| !leg.lead);
        let others: Vec<_> = others.map(|leg| leg.number).collect();
        for number in others {
            story.goes_on(&format!("3 Aug 09:30 leg done: {number}"));
        }
        let resolve = Deed::Act(Command::Resolve(Resolve {
            results: Vec::new(),
        }));
        story
            .tries(role, at("3 Aug 10:00"), None, &resolve)
            .expect("the last step finishes");
        story.goes_on("3 Aug 11:00 returned");
        walked += 1;
    }
    assert_eq!(walked, 34, "procedures with steps");
}

/// The shortest way from the first step to a final one.
fn shortest_way(procedure: &Procedure) -> Vec<StepId> {
    let first = procedure.first_step().expect("steps").id.clone();
    let mut ways = vec![vec![first]];
    loop {
        let finished = ways.iter().find(|way| {
            let last = way.last().and_then(|id| procedure.step(id));
            last.is_some_and(|step| step.finish)
        });
        if let Some(way) = finished {
            return way.clone();
        }
        ways = ways
            .into_iter()
            .flat_map(|way| {
                let last = procedure
                    .step(way.last().expect("a way has steps"))
                    .expect("a step");
                last.next
                    .iter()
                    .map(|next| [way.as_slice(), std::slice::from_ref(next)].concat())
                    .collect::<Vec<_>>()
            })
            .collect();
        assert!(
            ways.len() < 1_000,
            "{} has no way to a finish",
            procedure.code
        );
    }
}

#[test]
fn giving_a_dossier_to_a_person_moves_neither_step_nor_clock() {
    let mut story = Story::told(
        "1.013225",
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise",
    );
    let (state, since, due) = (
        story.dossier().state.clone(),
        story.dossier().since,
        story.due_times(),
    );
    story.goes_on("4 Aug 08:00 given to somebody");
    assert_eq!(story.dossier().assignee, Some(desk::actor("nv-binh")));
    assert_eq!(story.dossier().state, state);
    assert_eq!(story.dossier().since, since, "time at the step goes on");
    assert_eq!(story.due_times(), due);
}
