//! Silence of an agency that was asked (Decree 217/2026/NĐ-CP, Art. 54).

use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::dossier::acts::consultation::ConsentedBySilence;

use crate::desk;
use crate::story::Story;

/// A house, received under the decree, with one question to the province.
const ASKED: &str = "3 Aug 10:00 received; 4 Aug 10:00 question to H60.02212 within 2wd";

#[test]
fn no_opinion_in_time_counts_as_consent_from_the_due_time_on() {
    let mut story = Story::told("1.013225 version 2", ASKED);
    let asked = &story.dossier().consultations[0];
    assert!(asked.silence_consents);
    assert_eq!(desk::wall(asked.due), "Thu 6 Aug 17:00");
    assert_eq!(
        story.silence_ends(desk::at("6 Aug 17:00")),
        None,
        "not before"
    );

    let consented = story.silence_ends(desk::at("7 Aug 07:31"));
    assert_eq!(consented, Some(ConsentedBySilence { numbers: vec![1] }));
    let dossier = story.dossier();
    let asked = &dossier.consultations[0];
    assert_eq!((asked.consented, asked.answered), (true, None));
    assert_eq!(asked.ended(dossier), Some(asked.due));
    assert!(!asked.is_late(dossier, desk::at("30 Aug 08:00")));
    assert_eq!(dossier.open_consultations().count(), 0);
    assert_eq!(story.silence_ends(desk::at("10 Aug 08:00")), None, "once");
    story.goes_on("10 Aug 08:00 answer to 1 [CONSULTATION_NOT_OPEN]");
}

#[test]
fn an_opinion_that_is_recorded_before_the_consent_is_an_opinion_and_late_if_it_is() {
    let mut story = Story::told("1.013225 version 2", ASKED);
    story.goes_on("6 Aug 17:00 answer to 1");
    assert_eq!(story.silence_ends(desk::at("10 Aug 08:00")), None);
    assert!(!story.dossier().consultations[0].consented);

    let mut late = Story::told("1.013225 version 2", ASKED);
    late.goes_on("6 Aug 17:01 answer to 1");
    assert_eq!(late.silence_ends(desk::at("10 Aug 08:00")), None);
    let dossier = late.dossier();
    assert!(dossier.consultations[0].is_late(dossier, desk::at("10 Aug 08:00")));
}

#[test]
fn silence_says_nothing_before_the_time_of_the_law_in_other_procedures_and_before_the_decree() {
    for (head, history) in [
        // The law gives two working days; whoever asks for an answer in one may wish for it.
        (
            "1.013225 version 2",
            "3 Aug 10:00 received; 4 Aug 10:00 question to H60.02212 within 1wd",
        ),
        (
            "1.013228 version 2",
            "3 Aug 10:00 received; 4 Aug 10:00 question to H60.02212 within 2wd",
        ),
        (
            "1.013225",
            "3 Jun 10:00 received; 4 Aug 10:00 question to H60.02212 within 2wd",
        ),
    ] {
        let mut story = Story::told(head, history);
        assert!(!story.dossier().consultations[0].silence_consents, "{head}");
        assert_eq!(story.silence_ends(desk::at("10 Aug 08:00")), None, "{head}");
    }
    let mut longer = Story::told(
        "1.013225 version 2",
        "3 Aug 10:00 received; 4 Aug 10:00 question to H60.02212 within 3wd",
    );
    assert_eq!(longer.silence_ends(desk::at("7 Aug 17:00")), None);
    assert!(longer.silence_ends(desk::at("7 Aug 17:01")).is_some());
}

#[test]
fn a_dossier_that_ended_before_needs_no_consent() {
    let mut story = Story::told("1.013225 version 2", ASKED);
    story.goes_on("5 Aug 10:00 withdrawn");
    assert_eq!(story.silence_ends(desk::at("10 Aug 08:00")), None);
}

#[test]
fn a_wrong_line_is_refused_with_its_place() {
    let head = "procedure,within,silence,from,until,mark,source\n";
    for (line, reason) in [
        (
            "9.999999,2wd,consent,2026-07-01,,statute,văn bản",
            "procedure: 9.999999 is no procedure of the catalogue",
        ),
        (
            "1.013225,2wd,refusal,2026-07-01,,statute,văn bản",
            "silence: `refusal` is unknown; expected one of consent, nothing",
        ),
        (
            "1.013225,2wd,consent,2026-07-01,2026-06-30,statute,văn bản",
            "until: expected a day not before 2026-07-01",
        ),
        (
            "1.013225,2wd,consent,2026-07-01,,statute,",
            "source: expected the document that says so",
        ),
    ] {
        let faults = with_rules(&format!("{head}{line}\n")).expect_err(line);
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(told, [format!("intake/opinions.csv:2: {reason}")]);
    }
    let once = "1.013225,2wd,consent,2026-07-01,,statute,văn bản\n";
    let faults = with_rules(&format!("{head}{once}{once}")).expect_err("twice");
    assert_eq!(
        faults[0].to_string(),
        "intake/opinions.csv:3: 1.013225 has such a rule already from 2026-07-01 until now"
    );
}

fn with_rules(text: &str) -> Result<Catalogue, Vec<Fault>> {
    desk::catalogue().with(&[SourceFile {
        path: "intake/opinions.csv".into(),
        text: text.into(),
    }])
}
