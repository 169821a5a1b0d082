//! Sums of tallies equal the counts from reading every history.

use std::collections::BTreeMap;

use domain::dossier::{Dossier, Record};
use domain::id::UnitCode;
use domain::indicator::{Period, Report, Tally};
use domain::tally::{self, Counts, Tallies};
use domain::time::local_day;

use crate::desk;
use crate::mirrors::MIRRORED;
use crate::random::Random;
use crate::rates::{histories, some_period, tallied};
use crate::story::Story;

/// The content of a database: the tallies, updated event by event, and the dossiers.
struct Kept {
    tallies: Tallies,
    dossiers: Vec<Dossier>,
}

fn kept(histories: &[Vec<Record>]) -> Kept {
    let mut tallies = Tallies::new();
    let mut dossiers = Vec::new();
    for records in histories {
        let mut row: Option<Dossier> = None;
        for record in records {
            let next = match row.clone() {
                None => Dossier::begin(record).expect("a history begins with a beginning"),
                Some(row) => row.apply(record),
            };
            tally::add(&mut tallies, tally::difference(row.as_ref(), &next));
            row = Some(next);
        }
        dossiers.extend(row);
    }
    Kept { tallies, dossiers }
}

fn summed(kept: &Kept, period: &Period, histories: &[Vec<Record>]) -> Report {
    let mut sums: BTreeMap<UnitCode, (Counts, BTreeMap<_, Counts>)> = BTreeMap::new();
    for (place, counts) in &kept.tallies {
        let (before, within) = sums.entry(place.unit.clone()).or_default();
        if place.day < period.from {
            *before += *counts;
        } else if place.day <= period.to {
            *within.entry(place.channel).or_default() += *counts;
        }
    }
    let is_late = |dossier: &&Dossier| {
        !tally::stands_apart(dossier)
            && dossier.ended.is_none_or(|ended| ended >= period.ends())
            && tally::overdue_from(dossier).is_some_and(|from| from < period.judged_at())
    };
    let mut units = BTreeMap::new();
    for (unit, (before, within)) in &sums {
        let of_unit = |dossier: &&Dossier| dossier.resolving == *unit;
        let late = kept.dossiers.iter().filter(is_late).filter(of_unit).count();
        let tally = Tally::from_sums(before, within, u32::try_from(late).expect("a few"));
        units.insert(unit.clone(), (String::new(), tally));
    }
    for (dossier, records) in kept.dossiers.iter().zip(histories) {
        if let Some(then) = period
            .counted(records)
            .filter(|_| tally::stands_apart(dossier))
        {
            let (_, tally) = units.entry(then.resolving.clone()).or_default();
            tally.add(&then, period);
        }
    }
    units.retain(|_, (_, tally)| *tally != Tally::default());
    Report::new(period, units)
}

#[test]
fn sums_of_tallies_are_what_reading_every_history_counts() {
    let histories = histories();
    let kept = kept(&histories);
    let mut random = Random::of(61);
    for _ in 0..60 {
        let period = Period {
            as_of: desk::at("31 Dec 2035 12:00"),
            ..some_period(&mut random)
        };
        let (_, mut read) = tallied(&histories, &period);
        let nothing = Report::new(&period, BTreeMap::<&str, _>::new()).total;
        read.units.retain(|row| {
            let counted = (row.carried_over, row.received, row.mirrored);
            counted != (nothing.carried_over, nothing.received, nothing.mirrored)
        });
        assert_eq!(summed(&kept, &period, &histories), read, "{period:?}");
    }
}

#[test]
fn a_clock_that_stood_past_the_due_time_is_late_from_when_it_runs_again() {
    // 3 working days from Tuesday end on Friday the 7th. No working time passes from Friday evening
    // to Saturday morning, so the stop adds none.
    let story = Story::told(
        "1.013225 within 3wd",
        "4 Aug 10:00 received; 7 Aug 16:00 papers requested; 8 Aug 09:00 papers complete",
    );
    let dossier = story.dossier();
    assert_eq!(
        dossier.due(),
        Some(desk::at("7 Aug 17:00")),
        "the stop counts no working day"
    );
    assert_eq!(tally::overdue_from(dossier), Some(desk::at("8 Aug 09:00")));
    let running = Story::told("1.013225 within 3wd", "4 Aug 10:00 received");
    assert_eq!(
        tally::overdue_from(running.dossier()),
        Some(desk::at("8 Aug 00:00")),
        "in time until the day is over"
    );
    let standing = Story::told(
        "1.013225 within 3wd",
        "3 Aug 10:00 received; 6 Aug 16:00 papers requested",
    );
    assert_eq!(tally::overdue_from(standing.dossier()), None);
}

#[test]
fn a_mirror_whose_end_was_told_late_is_pending_until_it_was_told() {
    // On the 5th its system reports an end on the 3rd. On the 4th nobody knew of it.
    let story = Story::told(
        MIRRORED,
        "1 Aug 10:00 submitted; 2 Aug 08:00 said 4; 5 Aug 09:00 said 9 by Hệ thống khác; \
         6 Aug 09:00 said 9 as of 3 Aug 09:00",
    );
    let day = |text| local_day(desk::at(text));
    let histories = vec![story.records];
    for (date, pending) in [("4 Aug 12:00", 1), ("5 Aug 12:00", 0)] {
        let period = Period {
            from: day(date),
            to: day(date),
            as_of: desk::at("31 Dec 2026 12:00"),
        };
        let (_, read) = tallied(&histories, &period);
        assert_eq!(read.total.mirrored, pending, "{date}");
        let sums = summed(&kept(&histories), &period, &histories);
        assert_eq!(sums.total, read.total, "{date}");
    }
}
