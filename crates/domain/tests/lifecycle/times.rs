//! Where a dossier's time went, in the desk's words.

use chrono::TimeDelta;
use domain::deadline::Length;
use domain::dossier::times::{Span, SpentOn, Split, Times};
use domain::dossier::{Dossier, Status};
use domain::time::Instant;

use crate::desk::{at, wall};
use crate::story::Story;

/// 3 working days from Monday 3 August, so due on Thursday the 6th; papers restart the count.
const REGISTRATION: &str = "1.004873";

fn times(story: &Story, now: &str) -> Times {
    Times::of(&story.records, story.calendars_at(u32::MAX), at(now)).expect("a history")
}

fn hours(time: Option<TimeDelta>) -> String {
    time.map_or_else(
        || "?".into(),
        |time| format!("{}:{:02}", time.num_hours(), time.num_minutes() % 60),
    )
}

fn span(span: &Span) -> String {
    let part = match &span.part {
        SpentOn::Desk => "desk".to_owned(),
        SpentOn::Office { step: Some(step) } => format!("at {step}"),
        SpentOn::Office { step: None } => "in the offices".to_owned(),
        SpentOn::Papers => "papers".to_owned(),
        SpentOn::Payment => "payment".to_owned(),
        SpentOn::Result => "result".to_owned(),
        SpentOn::Leg { number } => format!("leg {number}"),
        SpentOn::Consultation { number } => format!("question {number}"),
    };
    let to = if span.ongoing {
        "now".to_owned()
    } else {
        wall(span.to)
    };
    format!(
        "{part} of {}: {} to {to}, {}",
        span.unit,
        wall(span.from),
        hours(span.working)
    )
}

fn sum(all: impl IntoIterator<Item = Option<TimeDelta>>) -> Option<TimeDelta> {
    all.into_iter().sum()
}

fn split(split: Split) -> String {
    format!(
        "own {}, citizen {}, others {}",
        hours(split.own),
        hours(split.citizen),
        hours(split.others)
    )
}

#[test]
fn a_life_is_told_span_by_span_without_a_gap() {
    let story = Story::told(
        REGISTRATION,
        "3 Aug 10:00 submitted; 3 Aug 11:00 accepted; 3 Aug 14:00 goes to appraise; \
         3 Aug 15:00 papers requested; 5 Aug 09:00 papers complete; 5 Aug 10:00 goes to sign; \
         5 Aug 11:00 resolved; 6 Aug 08:30 returned",
    );
    let told: Vec<_> = times(&story, "1 Sep 10:00")
        .spans
        .iter()
        .map(span)
        .collect();
    assert_eq!(
        told,
        [
            "desk of H60.02215: Mon 3 Aug 10:00 to Mon 3 Aug 14:00, 2:00",
            "at appraise of H60.02215: Mon 3 Aug 14:00 to Mon 3 Aug 15:00, 1:00",
            "papers of H60.02215: Mon 3 Aug 15:00 to Wed 5 Aug 09:00, 11:00",
            "at appraise of H60.02215: Wed 5 Aug 09:00 to Wed 5 Aug 10:00, 1:00",
            "at sign of H60.02215: Wed 5 Aug 10:00 to Wed 5 Aug 11:00, 1:00",
            "result of H60.02215: Wed 5 Aug 11:00 to Thu 6 Aug 08:30, 5:00",
        ]
    );
}

#[test]
fn what_goes_on_counts_until_now_and_what_has_ended_no_longer() {
    let mut story = Story::told(REGISTRATION, "3 Aug 10:00 received");
    let told =
        |story: &Story, now| -> Vec<String> { times(story, now).spans.iter().map(span).collect() };
    assert_eq!(
        told(&story, "3 Aug 14:00"),
        ["desk of H60.02215: Mon 3 Aug 10:00 to now, 2:00"]
    );
    story.goes_on("3 Aug 14:00 withdrawn");
    let once = ["desk of H60.02215: Mon 3 Aug 10:00 to Mon 3 Aug 14:00, 2:00"];
    assert_eq!(told(&story, "3 Aug 14:00"), once);
    assert_eq!(told(&story, "3 Sep 14:00"), once);
}

#[test]
fn legs_and_questions_run_beside_the_main_line_each_in_its_own_hours() {
    let story = Story::told(
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 08:00 goes to appraise; 3 Aug 09:00 leg to H60.02212 within 1wd; \
         3 Aug 10:00 lead leg to H60.02215 within 2wd; 3 Aug 10:00 question to H60.02212 within 8wh; \
         4 Aug 09:00 leg done: 1",
    );
    let times = times(&story, "4 Aug 10:00");
    let told: Vec<_> = times.spans.iter().map(span).collect();
    assert_eq!(
        told,
        [
            "at appraise of H60.02215: Mon 3 Aug 08:00 to now, 9:30",
            "leg 1 of H60.02212: Mon 3 Aug 09:00 to Tue 4 Aug 09:00, 7:30",
            "leg 2 of H60.02215: Mon 3 Aug 10:00 to now, 7:30",
            "question 1 of H60.02212: Mon 3 Aug 10:00 to now, 7:30",
        ]
    );
    let sums: Vec<_> = (times.units.iter())
        .map(|unit| {
            format!(
                "{}: office {}, legs {}, questions {}",
                unit.unit,
                hours(unit.office),
                hours(unit.legs),
                hours(unit.consultations)
            )
        })
        .collect();
    assert_eq!(
        sums,
        [
            "H60.02215: office 9:30, legs 7:30, questions 0:00",
            "H60.02212: office 0:00, legs 7:30, questions 7:30",
        ]
    );
}

#[test]
fn each_moment_of_processing_has_one_who_was_to_move() {
    let story = Story::told(
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; \
         3 Aug 10:00 leg to H60.02212 within 1wd; 3 Aug 11:00 question to H60.00691 within 1wd; \
         3 Aug 14:00 leg done: 1; 3 Aug 15:00 answer to 1; 4 Aug 08:00 papers requested; \
         4 Aug 10:00 papers complete; 4 Aug 11:00 goes to sign; 4 Aug 11:30 resolved",
    );
    let times = times(&story, "1 Sep 10:00");
    // Others from 10:00 to 15:00 without the noon break, the citizen 2 hours, the ward the rest.
    assert_eq!(
        split(times.processing),
        "own 6:00, citizen 2:00, others 3:00"
    );
    assert_eq!(split(times.late), "own 0:00, citizen 0:00, others 0:00");
}

#[test]
fn the_ward_does_not_wait_for_itself() {
    let story = Story::told(
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 08:00 lead leg to H60.02215 within 1wd",
    );
    let times = times(&story, "3 Aug 10:00");
    assert_eq!(
        split(times.processing),
        "own 2:00, citizen 0:00, others 0:00"
    );
}

#[test]
fn lateness_is_split_by_who_was_to_move_after_the_due_time() {
    let mut story = Story::told(
        "1.004873 as no-stop",
        "3 Aug 10:00 received; 3 Aug 10:00 goes to appraise; \
         5 Aug 10:00 leg to H60.02212 within 3wd; 7 Aug 10:00 leg done: 1; \
         7 Aug 14:00 papers requested",
    );
    assert_eq!(wall(story.dossier().due().expect("due")), "Thu 6 Aug 17:00");
    assert_eq!(
        split(times(&story, "7 Aug 16:00").late),
        "own 2:00, citizen 2:00, others 2:30"
    );
    story.goes_on("7 Aug 16:00 papers complete; 7 Aug 16:30 goes to sign; 7 Aug 17:00 resolved");
    assert_eq!(
        split(times(&story, "1 Sep 10:00").late),
        "own 3:00, citizen 2:00, others 2:30"
    );
}

#[test]
fn while_the_clock_stands_nothing_is_late() {
    let story = Story::told(
        REGISTRATION,
        "3 Aug 10:00 received; 3 Aug 10:00 goes to appraise; 5 Aug 10:00 papers requested",
    );
    assert_eq!(
        split(times(&story, "20 Aug 10:00").late),
        "own 0:00, citizen 0:00, others 0:00"
    );
}

#[test]
fn the_wait_for_the_citizen_is_told_in_the_unit_of_the_limit() {
    for (limit, expected) in [
        ("10wd", Some(Length::WorkingDays(4))),
        ("40wh", Some(Length::OpenTime(TimeDelta::minutes(33 * 60)))),
        ("30d", Some(Length::CalendarDays(6))),
        ("1mo", Some(Length::CalendarDays(6))),
        ("240h", Some(Length::Elapsed(TimeDelta::hours(149)))),
    ] {
        let story = Story::told(
            &format!("1.013226 within {limit} as no-stop"),
            "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete",
        );
        assert_eq!(times(&story, "1 Sep 10:00").waited, expected, "{limit}");
    }
    let submitted = Story::told(
        REGISTRATION,
        "3 Aug 10:00 submitted; 3 Aug 11:00 papers requested",
    );
    assert_eq!(
        times(&submitted, "5 Aug 10:00").waited,
        None,
        "no clock runs before reception"
    );
}

#[test]
fn past_the_published_days_the_spans_stay_and_their_working_time_is_not_guessed() {
    let story = Story::told(REGISTRATION, "3 Aug 10:00 received");
    let times = times(&story, "4 Feb 2029 10:00");
    assert_eq!(times.spans[0].working, None);
    assert_eq!(times.units[0].desk, None);
    assert_eq!(times.processing.own, None);
    assert_eq!(
        times.processing.citizen,
        Some(TimeDelta::zero()),
        "nothing was waited for, whatever the calendar"
    );
}

/// Properties of the times of any life, at its end and at a moment in between.
pub fn times_agree(story: &Story, now: Instant) {
    let calendars = story.calendars_at(u32::MAX);
    let times = Times::of(&story.records, calendars, now).expect("a history");
    let dossier = story.dossier();
    let (main, beside): (Vec<&Span>, Vec<&Span>) =
        (times.spans.iter()).partition(|span| span.part.is_main_line());
    if dossier.mirrored.is_some() {
        // Its own system tells when, and may reopen what it had closed, which leaves a gap.
        assert!(main.windows(2).all(|pair| pair[0].to <= pair[1].from));
        return;
    }
    for pair in main.windows(2) {
        assert_eq!(pair[0].to, pair[1].from, "neither a gap nor an overlap");
    }
    for span in &times.spans {
        assert!(span.from <= span.to, "{span:?}");
        let calendar = calendars.for_unit(span.unit.as_str());
        assert_eq!(
            span.working,
            calendar.open_time_between(span.from, span.to).ok()
        );
    }
    let first = story.records[0].event_time;
    let goes_on = |dossier: &Dossier| {
        !matches!(
            dossier.status(),
            Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned
        )
    };
    let ongoing = goes_on(dossier);
    // An end from another system may lie before earlier records.
    let mut before = (1..=story.records.len()).filter_map(|n| Dossier::fold(&story.records[..n]));
    let closed = before.find(|dossier| !goes_on(dossier));
    let last = closed.map_or(now, |dossier| dossier.last);
    if first < last {
        assert_eq!(main.first().map(|span| span.from), Some(first));
        assert_eq!(main.last().map(|span| span.to), Some(last));
        let goes_on = main.last().map(|span| span.ongoing);
        assert!(goes_on == Some(ongoing) || now == dossier.last);
    } else {
        assert!(main.is_empty(), "nothing lasted");
    }
    assert_eq!(
        beside.len(),
        dossier.legs.len() + dossier.consultations.len()
    );

    let spent = sum(times.spans.iter().map(|span| span.working));
    let by_unit = sum(times.units.iter().flat_map(|unit| {
        [
            unit.desk,
            unit.office,
            unit.citizen,
            unit.result,
            unit.legs,
            unit.consultations,
        ]
    }));
    assert_eq!(spent, by_unit, "each span is somebody's");

    let split = |split: Split| sum([split.own, split.citizen, split.others]);
    let Some(received) = dossier.received else {
        assert_eq!(split(times.processing), Some(TimeDelta::zero()));
        return;
    };
    let end = dossier.ended.unwrap_or(now);
    let processed = sum(main.iter().map(|span| {
        let calendar = calendars.for_unit(span.unit.as_str());
        let (from, to) = (Ord::max(span.from, received), Ord::min(span.to, end));
        let time = calendar.open_time_between(from, to).ok();
        if from < to {
            time
        } else {
            Some(TimeDelta::zero())
        }
    }));
    assert_eq!(
        split(times.processing),
        processed,
        "each moment counts once"
    );
    let clock = dossier.clock.as_ref().expect("received");
    let due = clock.effective_due.filter(|_| clock.standing.is_none());
    if due.is_none_or(|due| end <= due) {
        assert_eq!(split(times.late), Some(TimeDelta::zero()), "it is not late");
    }
    assert!(split(times.late) <= split(times.processing) || split(times.processing).is_none());
}
