//! Properties of the report numbers over many dossiers, for any period and any moment of the
//! report.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use domain::dossier::{Channel, Dossier, Event, Record};
use domain::id::UnitCode;
use domain::indicator::{Period, Report, Row, Tally};
use domain::procedure::{Kind, Procedure};
use domain::time::{Instant, local_day};

use crate::desk;
use crate::random::{Random, Walk, sequences};

/// The histories of all dossiers of all wards.
pub fn histories() -> Vec<Vec<Record>> {
    let procedures: Vec<Procedure> = desk::all_shipped();
    sequences()
        .filter_map(|number| {
            let mut walk = Walk::new(number, &procedures);
            while let Some(attempt) = walk.next() {
                let recorded = Some(attempt.recorded);
                // A refused command leaves nothing behind, so nothing is counted.
                let _ = walk
                    .story
                    .tries(attempt.role, attempt.now, recorded, &attempt.deed);
                if let Some(now) = walk.expiry() {
                    walk.story.window_ends(now);
                }
                if let Some((published, days)) = walk.publication() {
                    let outages = walk.outages();
                    walk.story.published(published, &days, &outages);
                }
                if let Some((now, succession)) = walk.merger() {
                    walk.story.units_merge(now, &succession);
                }
            }
            let records = walk.story.records;
            (!records.is_empty()).then_some(records)
        })
        .collect()
}

fn some_day(random: &mut Random) -> NaiveDate {
    local_day(desk::at("1 Jul 2025 12:00")) + TimeDelta::days(random.below(1_000) as i64)
}

pub fn some_period(random: &mut Random) -> Period {
    let from = some_day(random);
    let to = from + TimeDelta::days(random.below(95) as i64);
    let as_of = if random.often(50) {
        desk::at("31 Dec 2030 12:00")
    } else {
        domain::time::day_start(from) + TimeDelta::minutes(random.below(150 * 24 * 60) as i64)
    };
    Period { from, to, as_of }
}

/// The numbers of each unit by channel, and of each unit in total.
pub fn tallied(
    histories: &[Vec<Record>],
    period: &Period,
) -> (BTreeMap<(UnitCode, Channel), Tally>, Report) {
    let mut slices: BTreeMap<(UnitCode, Channel), Tally> = BTreeMap::new();
    let mut units: BTreeMap<UnitCode, (String, Tally)> = BTreeMap::new();
    for records in histories {
        let Some(dossier) = period.counted(records) else {
            continue;
        };
        let slice = (dossier.resolving.clone(), dossier.channel);
        slices.entry(slice).or_default().add(&dossier, period);
        units
            .entry(dossier.resolving.clone())
            .or_default()
            .1
            .add(&dossier, period);
    }
    (slices, Report::new(period, units))
}

fn adds_up(row: &Row, told: &str) {
    let pending = row.pending_in_time + row.pending_late;
    assert_eq!(
        row.carried_over + row.received,
        row.resolved + pending,
        "{told}: {row:?}"
    );
    assert_eq!(
        row.received,
        row.received_online + row.received_desk + row.received_post
    );
    assert_eq!(
        row.resolved,
        row.early + row.on_due + row.late + row.no_due,
        "{told}"
    );
    assert_eq!(row.in_time, row.early + row.on_due);
    assert!(row.corrected <= row.carried_over + row.received, "{told}");
    assert!(
        row.withdrawn + row.refused_after_receipt <= row.resolved,
        "{told}"
    );
    for rate in [
        row.in_time_rate,
        row.in_time_rate_766,
        row.in_time_rate_original,
    ] {
        assert_eq!(rate.den, row.resolved - row.no_due, "{told}");
        assert!(rate.num <= rate.den);
        assert_eq!(rate.rate.is_none(), rate.den == 0);
    }
}

/// A count by hand: the events of the period, one by one.
#[derive(Default, PartialEq, Eq, Debug)]
struct Pencil {
    received: u32,
    resolved: u32,
    pending: u32,
}

fn pencilled(histories: &[Vec<Record>], period: &Period) -> Pencil {
    let mut pencil = Pencil::default();
    for records in histories {
        let petition = match &records[0].event {
            Event::Submitted(facts) => facts.procedure_kind == Kind::Petition,
            Event::Received(facts) => facts.procedure_kind == Kind::Petition,
            _ => unreachable!("a history begins with a beginning"),
        };
        let seen = |at: Instant, record: &Record| {
            record.event_time < at && record.record_time <= period.as_of
        };
        let first = |kinds: &[&str]| {
            let mut all = records
                .iter()
                .filter(|record| kinds.contains(&record.event.kind()));
            all.find(|record| seen(period.ends(), record))
                .map(|record| record.event_time)
        };
        let Some(received) = first(&["received"]).filter(|_| !petition) else {
            continue;
        };
        let ended = first(&["resolved", "withdrawn", "stopped", "expired"]);
        pencil.received += u32::from(received >= period.begins());
        match ended {
            // An end that another system put before the reception counts at the reception.
            Some(at) => pencil.resolved += u32::from(at.max(received) >= period.begins()),
            None => pencil.pending += 1,
        }
    }
    pencil
}

#[test]
fn received_is_resolved_and_pending_for_every_period_unit_and_channel() {
    let histories = histories();
    let mut random = Random::of(766);
    let mut counted = Pencil::default();
    for _ in 0..60 {
        let period = some_period(&mut random);
        let told = format!("{} to {} as of {}", period.from, period.to, period.as_of);
        let (slices, report) = tallied(&histories, &period);
        let mut by_slices = Tally::default();
        for ((unit, channel), tally) in &slices {
            let row = Row::new(unit.to_string(), channel.to_string(), tally);
            adds_up(&row, &format!("{told}, {unit} {channel}"));
            by_slices.merge(tally);
        }
        for row in &report.units {
            adds_up(row, &told);
        }
        adds_up(&report.total, &told);
        let whole = Row::new(String::new(), report.total.name.clone(), &by_slices);
        assert_eq!(
            whole, report.total,
            "{told}: channels add up to units, units to the total"
        );

        let pencil = pencilled(&histories, &period);
        let total = &report.total;
        let pending = total.pending_in_time + total.pending_late;
        let counts = Pencil {
            received: total.received,
            resolved: total.resolved,
            pending,
        };
        assert_eq!(counts, pencil, "{told}");
        counted.received += pencil.received;
        counted.resolved += pencil.resolved;
        counted.pending += pencil.pending;
    }
    assert!(counted.received > 500 && counted.resolved > 300 && counted.pending > 1_000);
}

#[test]
fn what_is_pending_at_the_end_of_a_period_is_carried_over_into_the_next() {
    let histories = histories();
    let mut random = Random::of(2026);
    for _ in 0..20 {
        let mut this = some_period(&mut random);
        let next_from = this.to.succ_opt().expect("a day");
        let mut next = Period {
            from: next_from,
            to: next_from + TimeDelta::days(30),
            as_of: this.as_of,
        };
        if random.often(50) {
            this.as_of = desk::at("31 Dec 2030 12:00");
            next.as_of = this.as_of;
        }
        let (_, before) = tallied(&histories, &this);
        let (_, after) = tallied(&histories, &next);
        let pending = before.total.pending_in_time + before.total.pending_late;
        assert_eq!(
            after.total.carried_over, pending,
            "{} to {}",
            this.from, this.to
        );
    }
}

#[test]
fn a_report_as_of_a_moment_never_changes_by_what_is_recorded_later() {
    let histories = histories();
    let mut random = Random::of(118);
    let mut later_records = 0;
    for _ in 0..20 {
        let mut period = some_period(&mut random);
        period.as_of = domain::time::day_start(period.to) + TimeDelta::hours(30);
        let known_then: Vec<Vec<Record>> = histories
            .iter()
            .map(|records| {
                let known = records
                    .iter()
                    .filter(|record| record.record_time <= period.as_of);
                known.cloned().collect()
            })
            .collect();
        let then = tallied(&known_then, &period);
        let now = tallied(&histories, &period);
        assert_eq!(then, now, "{} to {}", period.from, period.to);
        later_records += histories.iter().map(Vec::len).sum::<usize>()
            - known_then.iter().map(Vec::len).sum::<usize>();
    }
    assert!(later_records > 10_000, "much was recorded later");
}

#[test]
fn an_event_recorded_late_changes_the_report_only_for_those_who_look_later() {
    let histories = histories();
    let mut differing = 0;
    let mut random = Random::of(42);
    for _ in 0..20 {
        let mut period = some_period(&mut random);
        period.as_of = period.ends();
        let (_, at_once) = tallied(&histories, &period);
        period.as_of = desk::at("31 Dec 2030 12:00");
        let (_, later) = tallied(&histories, &period);
        differing += u32::from(at_once.total != later.total);
    }
    assert!(
        differing > 5,
        "backdated events are found out by whoever looks later"
    );
}

/// The fold at the end of a life decides whether it is settled; the cut at a period's end folds
/// less.
#[test]
fn the_state_at_the_end_of_a_period_is_a_prefix_of_the_history() {
    let histories = histories();
    let mut random = Random::of(7);
    for records in histories.iter().take(500) {
        let period = some_period(&mut random);
        let cut = period.state_of(records);
        let version = cut.as_ref().map_or(0, |dossier| dossier.version) as usize;
        assert_eq!(cut, Dossier::fold(&records[..version]));
        let shown = |record: &Record| {
            record.event_time < period.ends() && record.record_time <= period.as_of
        };
        assert!(records[..version].iter().all(shown));
        assert!(records.get(version).is_none_or(|next| !shown(next)));
    }
}
