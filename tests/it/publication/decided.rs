//! A second person decides about a text, once, and only about the text they have read.

use app::Error;
use app::page::PageQuery;
use app::ports::DocumentState;
use app::publication::{Draft, Obstacle};

use super::{
    OFF_6_AUGUST, WORKED_8_AUGUST, calendar_with, carried_out, of_the_province, propose, publish,
    shipped,
};
use crate::backend::Backend;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, moment, who};

fn obstacle(result: Result<app::ports::Document, Error>) -> Obstacle {
    match result {
        Err(Error::Publication(obstacle)) => obstacle,
        other => panic!("{other:?}"),
    }
}

on_both!(who_proposes_a_text_does_not_approve_it);

async fn who_proposes_a_text_does_not_approve_it(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let text = calendar_with(&[OFF_6_AUGUST]);
    let document = propose(&world, "calendar/national.csv", text.clone()).await;
    let number = document.number;
    let (lan, mai) = (of_the_province("lan"), of_the_province("mai"));
    let same = world.engine.approve_document(&lan, number).await;
    assert_eq!(obstacle(same), Obstacle::SamePerson { number });
    let view = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(view.dossier.due(), Some(moment("2026-08-06 17:00")));

    let again = propose(&world, "calendar/national.csv", text).await;
    assert_eq!(again, document, "the same text is not proposed twice");
    let approved = world.engine.approve_document(&mai, number).await.unwrap();
    let again = world.engine.approve_document(&mai, number).await.unwrap();
    assert_eq!(again, approved, "asked again, answered the same");
    let late = world
        .engine
        .approve_document(&of_the_province("tuan"), number)
        .await;
    let decided = Obstacle::Decided {
        number,
        decided: "published",
    };
    assert_eq!(obstacle(late), decided);
    let late = world.engine.reject_document(&mai, number).await;
    assert_eq!(obstacle(late), decided);
}

#[tokio::test]
async fn a_text_that_was_turned_down_never_comes_into_force() {
    let world = World::at("2026-08-03 10:00").await;
    let text = calendar_with(&[OFF_6_AUGUST]);
    let number = propose(&world, "calendar/national.csv", text).await.number;
    let (lan, mai) = (of_the_province("lan"), of_the_province("mai"));
    let rejected = world.engine.reject_document(&lan, number).await.unwrap();
    assert!(matches!(rejected.state, DocumentState::Rejected { .. }));
    let decided = Obstacle::Decided {
        number,
        decided: "rejected",
    };
    let approved = world.engine.approve_document(&mai, number).await;
    assert_eq!(obstacle(approved), decided);
    carried_out(&world).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(view.dossier.due(), Some(moment("2026-08-06 17:00")));
    let jobs = world.engine.jobs(&mai, &PageQuery::default()).await;
    assert!(jobs.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_text_from_before_another_publication_would_undo_it_and_is_proposed_anew() {
    let world = World::at("2026-08-03 10:00").await;
    let one = calendar_with(&[OFF_6_AUGUST]);
    let number = propose(&world, "calendar/national.csv", one).await.number;
    let two = calendar_with(&[WORKED_8_AUGUST]);
    publish(&world, "calendar/national.csv", two).await;
    let mai = of_the_province("mai");
    let outdated = world.engine.approve_document(&mai, number).await;
    assert_eq!(obstacle(outdated).reason(), "DOCUMENT_OUTDATED");
    // Hours are another text, so the decision does not touch them.
    let hours = format!(
        "{}\n{WARD},2026-08-01,07:30-11:30,QĐ 1/2026\n",
        shipped("calendar/hours.csv").trim_end()
    );
    publish(&world, "calendar/hours.csv", hours).await;
}

#[tokio::test]
async fn every_fault_of_a_text_is_told_with_its_line() {
    let world = World::at("2026-08-03 10:00").await;
    let lan = of_the_province("lan");
    let lines = shipped("calendar/national.csv").lines().count();
    let long = calendar_with(&[
        "2026-08-09,holiday,Lễ,CV 1,confirmed",
        "hôm qua,holiday,a,b,confirmed",
    ]);
    let short: String = shipped("calendar/national.csv")
        .lines()
        .filter(|line| !line.starts_with("2027"))
        .map(|line| format!("{line}\n"))
        .collect::<String>()
        + "2026-12-31,last_day,,,confirmed\n";
    let rows: [(&str, String, &str, String); 5] = [
        (
            "calendar/national.csv",
            long,
            "text",
            format!("line {}: ", lines + 2),
        ),
        (
            "calendar/national.csv",
            short,
            "text",
            "the days until 2027-12-31 are in use; keep them".into(),
        ),
        (
            "calendar/national.csv",
            "nonsense".into(),
            "text",
            "line 1: ".into(),
        ),
        (
            "units/communes.csv",
            "x".into(),
            "path",
            "expected calendar/national.csv".into(),
        ),
        (
            "procedures/../x.toml",
            "x".into(),
            "path",
            "expected calendar/national.csv".into(),
        ),
    ];
    for (path, text, field, expected) in rows {
        let draft = Draft {
            path: path.into(),
            text,
            reason: "thử".into(),
        };
        let Err(Error::Invalid(wrong)) = world.engine.propose_document(&lan, draft).await else {
            panic!("{path} is refused");
        };
        let told: Vec<_> = wrong
            .iter()
            .map(|wrong| format!("{}: {}", wrong.field, wrong.problem))
            .collect();
        let expected = format!("{field}: {expected}");
        assert!(
            told.iter().any(|told| told.starts_with(&expected)),
            "{told:?}"
        );
    }
    let documents = world.engine.documents(&lan, &PageQuery::default()).await;
    assert!(documents.unwrap().items.is_empty(), "nothing is half there");
}

#[tokio::test]
async fn a_text_belongs_to_one_province() {
    let world = World::at("2026-08-03 10:00").await;
    let number = publish(
        &world,
        "calendar/national.csv",
        calendar_with(&[OFF_6_AUGUST]),
    )
    .await
    .number;
    let mut elsewhere = who(domain::role::Role::Admin, PROVINCE);
    elsewhere.province = domain::id::ProvinceCode::parse("01").unwrap();
    let error = world.engine.document(&elsewhere, number).await.unwrap_err();
    assert_eq!(error.reason(), "NOT_FOUND");
    let error = world
        .engine
        .job(&elsewhere, "calendar-1")
        .await
        .unwrap_err();
    assert_eq!(error.reason(), "NOT_FOUND");
}
