//! A ward's dossiers over a period, and short ways to read the numbers.

use chrono::NaiveDate;
use domain::indicator::{Period, Rate, Row, Tally};

use crate::desk;
use crate::story::Story;

/// A period of days in 2026, reported long after.
pub fn period(from: &str, to: &str) -> Period {
    Period {
        from: day(from),
        to: day(to),
        as_of: desk::at("31 Dec 2030 12:00"),
    }
}

pub fn august() -> Period {
    period("1 Aug", "31 Aug")
}

/// The same period, by what was recorded at a moment.
pub fn as_of(period: Period, moment: &str) -> Period {
    Period {
        as_of: desk::at(moment),
        ..period
    }
}

fn day(text: &str) -> NaiveDate {
    domain::time::local_day(desk::at(&format!("{text} 12:00")))
}

/// The row of a unit with exactly these dossiers.
pub fn row_of(stories: &[Story], period: &Period) -> Row {
    let mut tally = Tally::default();
    for story in stories {
        if let Some(dossier) = period.state_of(&story.records) {
            tally.add(&dossier, period);
        }
    }
    Row::new("H60.02215".into(), "Phường Minh Xuân".into(), &tally)
}

/// The row of one dossier.
pub fn row(head: &str, history: &str, period: &Period) -> Row {
    row_of(&[Story::told(head, history)], period)
}

/// All numbers of a row that are not 0, in the order of the contract.
pub fn counts(row: &Row) -> String {
    let all = [
        ("carried over", row.carried_over),
        ("online", row.received_online),
        ("desk", row.received_desk),
        ("post", row.received_post),
        ("early", row.early),
        ("on due", row.on_due),
        ("late", row.late),
        ("no due", row.no_due),
        ("pending in time", row.pending_in_time),
        ("pending late", row.pending_late),
        ("withdrawn", row.withdrawn),
        ("refused after receipt", row.refused_after_receipt),
        ("mirrored", row.mirrored),
    ];
    let told: Vec<_> = all
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| {
            if count == 1 {
                name.into()
            } else {
                format!("{count} {name}")
            }
        })
        .collect();
    told.join(", ")
}

/// A rate in words: `1 of 3`.
pub fn of(rate: Rate) -> String {
    format!("{} of {}", rate.num, rate.den)
}
