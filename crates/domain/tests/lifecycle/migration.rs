//! Running dossiers move to another version of their procedure.

use domain::dossier::change::migration::{Break, StepMap};
use domain::dossier::change::replay::replay;
use domain::procedure::Procedure;

use crate::desk::{self, at, step};
use crate::story::Story;

type Change<'a> = &'a dyn Fn(&mut Procedure);

/// A dossier at the tax office; the steps are appraise, tax, register, sign.
fn at_the_tax_office() -> Story {
    Story::told(
        "1.013831",
        "3 Aug 10:00 received; 4 Aug 08:00 goes to appraise; 5 Aug 08:00 goes to tax",
    )
}

/// The next version, with something changed.
fn changed(story: &Story, change: impl FnOnce(&mut Procedure)) -> Procedure {
    let mut new = story.procedure.clone();
    new.version = 2;
    new.from = new.from.succ_opt().expect("a day follows");
    change(&mut new);
    new
}

fn without_step(new: &mut Procedure, id: &str) {
    new.steps.retain(|step| step.id.as_str() != id);
    for step in &mut new.steps {
        step.next.retain(|next| next.as_str() != id);
    }
}

fn found(story: &Story, new: &Procedure, map: &StepMap) -> Vec<String> {
    let found = replay(story.dossier(), &story.records, new, map);
    found
        .iter()
        .map(|found| format!("{}: {}", found.reason(), found.message()))
        .collect()
}

#[test]
fn a_version_that_changes_only_times_breaks_nothing() {
    let story = at_the_tax_office();
    let new = changed(&story, |new| new.cases[0].limit = "8wd".parse().ok());
    assert_eq!(found(&story, &new, &StepMap::new()), [""; 0]);
}

#[test]
fn what_a_new_version_would_break_is_listed_before_it_is_published() {
    let story = at_the_tax_office();
    let rows: [(Change, &[&str]); 5] = [
        (
            &|new| without_step(new, "tax"),
            &[
                "STEP_GONE: step tax is gone",
                "MOVE_NOT_ALLOWED: version 3 went to step tax, which did not follow",
            ],
        ),
        (
            &|new| new.steps[0].next = vec![step("register")],
            &["MOVE_NOT_ALLOWED: version 3 went to step tax, which did not follow"],
        ),
        (
            &|new| new.steps.rotate_left(1),
            &["MOVE_NOT_ALLOWED: version 2 went to step appraise, which did not follow"],
        ),
        (
            &|new| new.cases[0].id = domain::id::CaseId::parse("other").expect("a case"),
            &["CASE_GONE: case standard is gone"],
        ),
        (
            &|new| new.components.truncate(1),
            &[
                "COMPONENT_GONE: component giay-chung-nhan is gone",
                "COMPONENT_GONE: component van-ban-chuyen-quyen is gone",
            ],
        ),
    ];
    for (change, expected) in rows {
        let new = changed(&story, change);
        assert_eq!(found(&story, &new, &StepMap::new()), expected);
    }
}

#[test]
fn a_dossier_goes_over_to_the_step_that_takes_the_place_of_its_own() {
    let mut story = at_the_tax_office();
    let before = story.dossier().clone();
    let new = changed(&story, |new| without_step(new, "tax"));
    let now = at("6 Aug 08:00");
    let barred = story.goes_over(now, new.clone(), &StepMap::new());
    let gone = Break::StepGone {
        step: Some(step("tax")),
    };
    assert_eq!(barred, Err(vec![gone]));
    assert_eq!(story.dossier(), &before, "nothing was written");

    let map = StepMap::from([(Some(step("tax")), step("register"))]);
    assert_eq!(story.goes_over(now, new, &map), Ok(()));
    let after = story.dossier();
    assert_eq!(after.procedure_version, 2);
    assert_eq!(after.state.step(), Some(&step("register")));
    assert_eq!(after.clock, before.clock, "no due time changes");
    story.goes_on("7 Aug 08:00 goes to sign; 7 Aug 09:00 goes to tax [STEP_NOT_NEXT]");
}

#[test]
fn a_dossier_that_waits_for_papers_comes_back_to_the_step_of_its_new_version() {
    let mut story = at_the_tax_office();
    story.goes_on("6 Aug 08:00 papers requested");
    let new = changed(&story, |new| without_step(new, "tax"));
    let map = StepMap::from([(Some(step("tax")), step("register"))]);
    assert_eq!(story.goes_over(at("6 Aug 09:00"), new, &map), Ok(()));
    assert_eq!(story.status(), "5 Yêu cầu bổ sung giấy tờ");
    story.goes_on("7 Aug 08:00 papers complete; 7 Aug 09:00 goes to sign");
}

#[test]
fn a_dossier_of_a_procedure_without_steps_is_given_one_only_when_it_is_named() {
    let mut outline = desk::shipped("1.013831");
    outline.steps.clear();
    let mut story = Story::new(outline);
    story.goes_on("3 Aug 10:00 received; 4 Aug 08:00 handed over");
    let mut new = desk::shipped("1.013831");
    new.version = 2;
    let now = at("5 Aug 08:00");
    let barred = story.goes_over(now, new.clone(), &StepMap::new());
    assert_eq!(barred, Err(vec![Break::StepGone { step: None }]));
    let map = StepMap::from([(None, step("appraise"))]);
    assert_eq!(story.goes_over(now, new, &map), Ok(()));
    assert_eq!(story.dossier().state.step(), Some(&step("appraise")));
}

#[test]
fn what_has_ended_or_belongs_to_another_system_stays_where_it_is() {
    let mut ended = at_the_tax_office();
    ended.goes_on("6 Aug 08:00 withdrawn");
    let new = changed(&ended, |_| {});
    let over = ended.goes_over(at("7 Aug 08:00"), new, &StepMap::new());
    assert_eq!(over, Err(vec![Break::Ended]));

    let mut story = at_the_tax_office();
    let new = changed(&story, |new| {
        new.authority = domain::procedure::Authority::Mirrored {
            system: "hệ thống mẫu".into(),
        };
    });
    let over = story.goes_over(at("7 Aug 08:00"), new, &StepMap::new());
    assert_eq!(over, Err(vec![Break::AuthorityMoved]));
}
