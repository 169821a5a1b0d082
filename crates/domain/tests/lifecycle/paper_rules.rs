//! Papers that no desk scans, and papers that a database replaces.

use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::dossier::acts::{RequestSupplement, SupplementItem};
use domain::dossier::private::Words;
use domain::dossier::{Channel, Command, Event, Paper, PaperCopy};
use domain::id::ComponentCode;
use domain::procedure::DataFailure;
use domain::role::Role;

use crate::desk;
use crate::story::{Deed, Story};

fn scanned(component: &str) -> Paper {
    Paper {
        component: desk::component(component),
        copy: PaperCopy::Original,
        count: 1,
        file: Some(desk::file("bản quét", 81_234)),
        reuse: None,
    }
}

/// A reception of certification on a day with these papers.
fn certified(day: &str, papers: Vec<Paper>) -> Result<Story, &'static str> {
    let mut story = Story::of("2.000884");
    let all = desk::required(&story.procedure);
    let mut reception = story.reception(Channel::Desk, all);
    reception.content.papers = papers;
    let receive = Deed::Receive(reception);
    let received = story.tries(Role::Receptionist, desk::at(day), None, &receive);
    received.map(|()| story).map_err(|refusal| refusal.reason())
}

#[test]
fn a_paper_that_is_only_shown_is_not_scanned_and_may_be_noted() {
    let shown = scanned("giay-to-tuy-than");
    let refused = certified("3 Aug 10:00", vec![shown.clone()]).err();
    assert_eq!(refused, Some("PAPER_NOT_SCANNED"));
    let noted = Paper {
        file: None,
        ..shown
    };
    let story = certified("3 Aug 10:00", vec![noted]).expect("received");
    assert_eq!(story.dossier().digitised(), 0);
}

#[test]
fn nobody_misses_a_paper_that_a_database_replaces_since_its_day() {
    // Resolution 66.7 is of 15 November 2025.
    let received = |day: &str| {
        let mut story = Story::of("1.013225");
        let papers = ["don-de-nghi", "ban-ve"].map(desk::component);
        let reception = story.reception(Channel::Desk, papers.to_vec());
        let receive = Deed::Receive(reception);
        let received = story.tries(Role::Receptionist, desk::at(day), None, &receive);
        received.map_err(|refusal| refusal.reason())
    };
    assert_eq!(received("3 Nov 2025 10:00"), Err("COMPONENTS_MISSING"));
    assert_eq!(received("17 Nov 2025 10:00"), Ok(()));
}

#[test]
fn a_replaced_paper_is_asked_for_with_the_reason_why_the_data_cannot_be_had() {
    let mut story = Story::told("1.013225", "3 Aug 10:00 received");
    let mut ask = |component: &str, data_failure| {
        let ask = RequestSupplement {
            items: vec![SupplementItem {
                component: Some(desk::component(component)),
                note: Words::default(),
                data_failure,
            }],
            reason: Words::new("hồ sơ thiếu"),
            respond_by: None,
            exception: None,
        };
        let deed = Deed::Act(Command::RequestSupplement(ask));
        let asked = story.tries(Role::Receptionist, desk::at("3 Aug 14:00"), None, &deed);
        asked.map_err(|refusal| refusal.reason())
    };
    assert_eq!(ask("giay-to-dat", None), Err("REPLACED_BY_DATA"));
    assert_eq!(ask("giay-to-dat", Some(DataFailure::Absent)), Ok(()));
    let Some(Event::SupplementRequested(asked)) = story.records.last().map(|it| &it.event) else {
        panic!("papers were asked for");
    };
    assert_eq!(asked.items[0].data_failure, Some(DataFailure::Absent));
}

#[test]
fn a_wrong_rule_of_papers_is_refused_by_line() {
    let head = "procedure,component,rule,value,from,until,mark,source\n";
    for (line, reason) in [
        (
            "1.004873,giay-la,not-scanned,shown,2026-01-01,,statute,văn bản",
            "component: no version of 1.004873 has a component giay-la",
        ),
        (
            "1.004873,to-khai,not-scanned,wet,2026-01-01,,statute,văn bản",
            "value: `wet` is unknown; expected one of shown, verification, secret",
        ),
        (
            "1.004873,to-khai,burnt,shown,2026-01-01,,statute,văn bản",
            "rule: `burnt` is unknown; expected one of not-scanned, replaced-by",
        ),
        (
            "1.004873,to-khai,replaced-by,CSDLQG.DANCU,2026-01-01,2025-01-01,statute,văn bản",
            "until: expected a day not before 2026-01-01",
        ),
        (
            "1.004873,to-khai,replaced-by,CSDLQG.DANCU,2026-01-01,,statute,",
            "source: expected the document that says so",
        ),
    ] {
        let faults = with_rules(&format!("{head}{line}\n")).expect_err(line);
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(told, [format!("intake/papers.csv:2: {reason}")]);
    }
    let once = "1.004873,to-khai,not-scanned,shown,2026-01-01,,statute,văn bản\n";
    let other = "1.004873,to-khai,replaced-by,CSDLQG.DANCU,2026-01-01,,statute,văn bản\n";
    assert!(with_rules(&format!("{head}{once}{other}")).is_ok());
    let faults = with_rules(&format!("{head}{once}{once}")).expect_err("twice");
    assert_eq!(faults[0].line, 3, "{faults:?}");
}

#[test]
fn every_shipped_rule_of_papers_names_a_paper_of_the_version_of_its_first_day() {
    let catalogue = desk::catalogue();
    for rule in &catalogue.papers.0 {
        let versions = catalogue.procedures.versions(&rule.procedure);
        let has = |code: &ComponentCode| {
            let mut all = versions.iter().flat_map(|version| &version.components);
            all.any(|component| component.code == *code)
        };
        assert!(has(&rule.component), "{rule:?}");
    }
}

fn with_rules(text: &str) -> Result<Catalogue, Vec<Fault>> {
    desk::catalogue().with(&[SourceFile {
        path: "intake/papers.csv".into(),
        text: text.into(),
    }])
}
