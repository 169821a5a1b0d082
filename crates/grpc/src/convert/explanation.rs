//! Explained due times, for the wire.

use app::preview::Preview;
use domain::calendar::{DayKind, SpecialDay};
use domain::deadline::Language;
use domain::deadline::explain::{Counted, DayLine, Explanation, Reason};

use super::time::{duration, timestamp};
use crate::proto;
use crate::proto::explanation as part;

/// Draws a preview.
pub fn preview(preview: &Preview) -> proto::PreviewDueResponse {
    proto::PreviewDueResponse {
        limit: preview
            .limit
            .map(|limit| limit.to_string())
            .unwrap_or_default(),
        due_time: preview.due.map(|due| timestamp(due.at)),
        provisional: preview.due.is_some_and(|due| due.provisional),
        explanation: preview.explanation.as_ref().map(explanation),
    }
}

/// Draws an explanation.
pub fn explanation(explanation: &Explanation) -> proto::Explanation {
    proto::Explanation {
        receive_time: Some(timestamp(explanation.received)),
        start_time: Some(timestamp(explanation.starts)),
        arrive_time: explanation.arrival.map(|it| timestamp(it.at)),
        arrival_expected: explanation.arrival.is_some_and(|it| it.expected),
        counted_from_time: Some(timestamp(explanation.counted_from)),
        days: explanation.days.iter().map(day).collect(),
        lines_vi: explanation.lines(Language::Vietnamese),
        lines_en: explanation.lines(Language::English),
    }
}

fn day(line: &DayLine) -> part::Day {
    let (counted_day, counted_time) = match line.counted {
        None => (0, None),
        Some(Counted::Day(number)) => (number, None),
        Some(Counted::OpenTime(time)) => (0, Some(duration(time))),
    };
    let special = special(&line.reason);
    part::Day {
        date: line.date.to_string(),
        counted_day,
        counted_time,
        reason: reason(&line.reason).into(),
        display_name: special.map(|day| day.name.clone()).unwrap_or_default(),
        source: special.map(|day| day.source.clone()).unwrap_or_default(),
        provisional: special.is_some_and(|day| day.provisional),
    }
}

fn special(reason: &Reason) -> Option<&SpecialDay> {
    match reason {
        Reason::Special(day) => Some(day),
        Reason::Receipt
        | Reason::AfterCutOff
        | Reason::AfterClosing
        | Reason::Working
        | Reason::Weekend => None,
    }
}

fn reason(reason: &Reason) -> part::day::Reason {
    match reason {
        Reason::Receipt => part::day::Reason::Receipt,
        Reason::AfterCutOff => part::day::Reason::AfterCutOff,
        Reason::AfterClosing => part::day::Reason::AfterClosing,
        Reason::Working => part::day::Reason::Working,
        Reason::Weekend => part::day::Reason::Weekend,
        Reason::Special(day) => match day.kind {
            DayKind::Holiday => part::day::Reason::Holiday,
            DayKind::SwapOff => part::day::Reason::SwapOff,
            DayKind::Compensatory => part::day::Reason::Compensatory,
            DayKind::MakeUp => part::day::Reason::MakeUp,
        },
    }
}
