//! The cut-off of a version and what follows when the citizen does not answer.

use toml::Spanned;

use super::file::Reading;
use crate::deadline::Cutoff;
use crate::limit::Limit;
use crate::procedure::{Case, Mark, OnExpiry};

/// A cell that may be absent, its mark, and where it comes from.
type Sourced<'a, T> = (Option<&'a Spanned<T>>, Option<&'a Spanned<Mark>>, &'a str);

/// The cut-off; it must not contradict the limit of a case.
pub(super) fn cutoff(
    reading: &mut Reading<'_>,
    (given, mark, source): Sourced<'_, String>,
    cases: &[Case],
) -> Cutoff {
    let Some(given) = given else {
        refuse_stray(reading, "cutoff", mark);
        return Cutoff::None;
    };
    let cutoff: Cutoff = reading.parse("cutoff", given).unwrap_or_default();
    confirmed(reading, "cutoff", given, mark, source);
    let same_day = |case: &&Case| {
        let limits = case.limits_by_channel.values().chain(&case.limit);
        limits.into_iter().any(|limit| *limit == Limit::SameDay)
    };
    if cutoff == Cutoff::LastHour
        && let Some(case) = cases.iter().find(same_day)
    {
        let reason = format!(
            "cutoff: {cutoff} contradicts the limit same-day of case {}, whose own cut-off is 15:00",
            case.id
        );
        reading.fault(&given.span(), reason);
    }
    cutoff
}

/// What follows the end of the window for supplements; it needs a window.
pub(super) fn expiry(
    reading: &mut Reading<'_>,
    (given, mark, source): Sourced<'_, OnExpiry>,
    has_window: bool,
) -> OnExpiry {
    let Some(given) = given else {
        refuse_stray(reading, "expiry", mark);
        return OnExpiry::Wait;
    };
    confirmed(reading, "on_expiry", given, mark, source);
    if !has_window {
        let reason = "on_expiry: nothing can expire without a supplement_window";
        reading.fault(&given.span(), reason);
    }
    *given.get_ref()
}

/// The mark of a cell that may be absent.
pub(super) fn mark_of(mark: Option<&Spanned<Mark>>) -> Mark {
    mark.map_or(Mark::Unknown, |mark| *mark.get_ref())
}

/// Refuses a cell without a mark or a source.
fn confirmed<T>(
    reading: &mut Reading<'_>,
    what: &str,
    given: &Spanned<T>,
    mark: Option<&Spanned<Mark>>,
    source: &str,
) {
    if mark_of(mark) == Mark::Unknown {
        let reason = format!("{what} is given, so its mark must say how sure it is");
        reading.fault(&given.span(), reason);
    } else if source.trim().is_empty() {
        reading.fault(
            &given.span(),
            format!("{what} has no source beside its mark"),
        );
    }
}

fn refuse_stray(reading: &mut Reading<'_>, what: &str, mark: Option<&Spanned<Mark>>) {
    if let Some(mark) = mark {
        let reason = format!("{what}_mark is given, but nothing that it could mark");
        reading.fault(&mark.span(), reason);
    }
}
