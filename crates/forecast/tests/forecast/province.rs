//! A made-up province, steady or slowing down. Most of its limits end on the same day.

use chrono::{Datelike, Months, NaiveDate};
use domain::limit::Limit;
use domain::time::{Instant, day_start};
use forecast::log::{Case, Event, Log};

use crate::basis::{Chance, date, office};

/// The province over two years. `slower` is the factor by which all work slows down from a month
/// after [`Province::first`]; 1 in a steady world.
pub struct Province {
    pub log: Log,
    /// The first day of the month in which half of the dossiers have begun.
    pub first: NaiveDate,
}

impl Province {
    pub fn new(seed: u64, dossiers: u64, slower: f64) -> Province {
        let never = day_start(date(2028, 12, 31));
        let still = world(seed, dossiers, 1.0, never);
        let middle = still.cases[still.cases.len() / 2].start.date_naive();
        let first = middle.with_day(1).unwrap();
        let from = day_start(first + Months::new(1));
        let log = world(seed, dossiers, slower, from);
        Province { log, first }
    }
}

/// Limits in working days, and how many of ten dossiers have each; 0 means the same day.
const LIMITS: [(u16, u64); 4] = [(0, 5), (3, 2), (10, 2), (20, 1)];

/// A number of dossiers from 1 April 2024, equally many each day. From a moment on all work takes
/// `slower` times as long.
fn world(seed: u64, dossiers: u64, slower: f64, from: Instant) -> Log {
    let office = office();
    let a_day = dossiers / 500;
    let mut chance = Chance(seed);
    let begins = office
        .position(domain::time::day_start(date(2024, 4, 1)))
        .unwrap();
    let cases = (0..dossiers).map(|number| {
        let mut pick = chance.below(10);
        let kind = LIMITS.iter().position(|(_, of_ten)| {
            let is_it = pick < *of_ten;
            pick = pick.saturating_sub(*of_ten);
            is_it
        });
        let kind = kind.unwrap_or(0);
        let days = LIMITS[kind].0;
        let position = begins + number as f64 / a_day as f64;
        let start = office.moment_of(position).unwrap();
        let limit = if days == 0 {
            Limit::SameDay
        } else {
            Limit::WorkingDays(days)
        };
        let due = office.due(start, limit).unwrap();
        let allowance = (office.position(due).unwrap() - position).max(0.05);
        let pace = if start < from { 1.0 } else { slower };
        // Three steps, each with a skewed duration; one dossier in six is hard.
        let hard = if chance.below(6) == 0 { 2.2 } else { 0.8 };
        let mut passed = 0.0;
        let mut events = vec![Event {
            activity: 0,
            at: start,
        }];
        for step in 1..=3 {
            let unit = (chance.below(10_000) as f64 + 1.0) / 10_001.0;
            passed += allowance * 0.17 * hard * pace * -unit.ln();
            events.push(Event {
                activity: step,
                at: office.moment_of(position + passed).unwrap(),
            });
        }
        let end = events.pop().map(|event| event.at);
        Case {
            id: format!("{number:06}"),
            types: vec!["field".to_owned(), format!("procedure {kind}")],
            start,
            end,
            deadline: Some(due),
            events,
            unit: format!("ward {}", number % 7),
            unit_kind: "ward".to_owned(),
            ..Case::default()
        }
    });
    Log {
        activities: ["desk", "checked", "signed"].map(str::to_owned).to_vec(),
        cases: cases.collect(),
    }
}
