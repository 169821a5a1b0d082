//! The rates of units over a period: counted, and as rows of a report.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::period::Period;
use super::rate::Rate;
use super::verdict::{Finish, is_late, judge};
use crate::dossier::{Channel, Dossier, Status};
use crate::procedure::Kind;
use crate::tally::{Counts, Measure};
use crate::time::{self, Instant};

/// Below this many judged dossiers a rate says little.
pub const SMALL: u32 = 10;

/// What is counted for a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Received before the period and not ended before it.
    pub carried_over: u32,
    /// Received in the period, online.
    pub received_online: u32,
    /// Received in the period, at a desk.
    pub received_desk: u32,
    /// Received in the period, by post.
    pub received_post: u32,
    /// Ended in the period before the due day (or instant).
    pub early: u32,
    /// Ended on the due day (or at the due instant).
    pub on_due: u32,
    /// Ended after the due day (or instant).
    pub late: u32,
    /// Received in the period without a due time.
    pub no_due_received: u32,
    /// Ended in the period without a due time.
    pub no_due: u32,
    /// Not ended, without a due time; among those in time.
    pub no_due_pending: u32,
    /// Not ended, and not overdue.
    pub pending_in_time: u32,
    /// Not ended, and overdue.
    pub pending_late: u32,
    /// Of those ended: withdrawn by the citizen.
    pub withdrawn: u32,
    /// Of those ended: stopped by the agency after receipt.
    pub refused_after_receipt: u32,
    /// Mirrors of another system's dossiers, in none of the other numbers.
    pub mirrored: u32,
    /// Of those counted, carried over or received: with a correction in force.
    pub corrected: u32,
    in_time_766: u32,
    in_time_original: u32,
}

impl Tally {
    /// Counts a dossier in the state it had at the period's end.
    ///
    /// Petitions, dossiers never received, and those of other periods count nowhere.
    pub fn add(&mut self, dossier: &Dossier, period: &Period) {
        if dossier.kind == Kind::Petition {
            return;
        }
        if dossier.mirrored.is_some() {
            self.mirrored += u32::from(dossier.ended.is_none_or(|at| at >= period.begins()));
            return;
        }
        let Some(received) = dossier.received.filter(|at| *at < period.ends()) else {
            return;
        };
        if dossier.ended.is_some_and(|at| at < period.begins()) {
            return;
        }
        if received < period.begins() {
            self.carried_over += 1;
        } else {
            match dossier.channel {
                Channel::Desk => self.received_desk += 1,
                Channel::Online => self.received_online += 1,
                Channel::Post => self.received_post += 1,
            }
            self.no_due_received += u32::from(dossier.due().is_none());
        }
        self.corrected += u32::from(dossier.corrections.in_force().next().is_some());
        match dossier.ended {
            Some(ended) => self.add_ended(dossier, ended),
            None => {
                if is_late(dossier, period.judged_at()) {
                    self.pending_late += 1;
                } else {
                    self.pending_in_time += 1;
                    self.no_due_pending += u32::from(dossier.due().is_none());
                }
            }
        }
    }

    fn add_ended(&mut self, dossier: &Dossier, ended: Instant) {
        match dossier.status() {
            Status::Withdrawn => self.withdrawn += 1,
            Status::Stopped => self.refused_after_receipt += 1,
            Status::Submitted
            | Status::Received
            | Status::Refused
            | Status::Processing
            | Status::SupplementRequested
            | Status::PaymentRequested
            | Status::Resolved
            | Status::Returned => {}
        }
        let Some(judged) = judge(dossier, ended) else {
            self.no_due += 1;
            return;
        };
        match judged.finish {
            Finish::Early => self.early += 1,
            Finish::OnDue => self.on_due += 1,
            Finish::Late => self.late += 1,
        }
        self.in_time_766 += u32::from(judged.in_time_766);
        self.in_time_original += u32::from(judged.in_time_original);
    }

    /// The numbers of a unit from sums of its tallies.
    ///
    /// `before` and `within` are the sums over the days before and in the period, `overdue` says
    /// how many of those pending at its end were late.
    #[must_use]
    pub fn from_sums(before: &Counts, within: &BTreeMap<Channel, Counts>, overdue: u32) -> Self {
        let mut all = Counts::default();
        for counts in within.values() {
            all += *counts;
        }
        let received = |channel| {
            let counts = within.get(&channel).copied().unwrap_or_default();
            number(counts.get(Measure::Received))
        };
        let in_all = |measure| number(all.get(measure));
        let carried_over = before.get(Measure::Received) - before.ended();
        let pending = carried_over + all.get(Measure::Received) - all.ended();
        let no_due =
            |counts: &Counts| counts.get(Measure::NoDueReceived) - counts.get(Measure::NoDue);
        Self {
            carried_over: number(carried_over),
            received_online: received(Channel::Online),
            received_desk: received(Channel::Desk),
            received_post: received(Channel::Post),
            early: in_all(Measure::Early),
            on_due: in_all(Measure::OnDue),
            late: in_all(Measure::Late),
            no_due_received: in_all(Measure::NoDueReceived),
            no_due: in_all(Measure::NoDue),
            no_due_pending: number(no_due(before) + no_due(&all)),
            pending_in_time: number(pending - i64::from(overdue)),
            pending_late: overdue,
            withdrawn: in_all(Measure::Withdrawn),
            refused_after_receipt: in_all(Measure::Stopped),
            mirrored: number(
                before.get(Measure::MirrorBegun) - before.get(Measure::MirrorEnded)
                    + all.get(Measure::MirrorBegun),
            ),
            // A corrected dossier stands apart.
            corrected: 0,
            in_time_766: in_all(Measure::InTime766),
            in_time_original: in_all(Measure::InTimeOriginal),
        }
    }

    /// Adds another unit's numbers.
    pub fn merge(&mut self, other: &Tally) {
        self.carried_over += other.carried_over;
        self.received_online += other.received_online;
        self.received_desk += other.received_desk;
        self.received_post += other.received_post;
        self.early += other.early;
        self.on_due += other.on_due;
        self.late += other.late;
        self.no_due_received += other.no_due_received;
        self.no_due += other.no_due;
        self.no_due_pending += other.no_due_pending;
        self.pending_in_time += other.pending_in_time;
        self.pending_late += other.pending_late;
        self.withdrawn += other.withdrawn;
        self.refused_after_receipt += other.refused_after_receipt;
        self.mirrored += other.mirrored;
        self.corrected += other.corrected;
        self.in_time_766 += other.in_time_766;
        self.in_time_original += other.in_time_original;
    }
}

/// A count, which is never below zero.
fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

/// A unit's row. The names are a contract.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// The unit's agency identifier; empty in the total.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Received before the period and not ended before it.
    pub carried_over: u32,
    /// Received in the period.
    pub received: u32,
    /// Of those, online.
    pub received_online: u32,
    /// Of those, at a desk.
    pub received_desk: u32,
    /// Of those, by post.
    pub received_post: u32,
    /// Ended in the period.
    pub resolved: u32,
    /// Of those, before the due day.
    pub early: u32,
    /// Of those, on the due day.
    pub on_due: u32,
    /// Of those, after the due day.
    pub late: u32,
    /// Early or on the due day.
    pub in_time: u32,
    /// Not ended, and not overdue.
    pub pending_in_time: u32,
    /// Not ended, and overdue.
    pub pending_late: u32,
    /// Of those resolved: withdrawn by the citizen.
    pub withdrawn: u32,
    /// Of those resolved: stopped after receipt.
    pub refused_after_receipt: u32,
    /// Of those resolved: without a due time. In no rate of time.
    pub no_due: u32,
    /// Of those received: without a due time. In the online rate, as all that are received.
    pub no_due_received: u32,
    /// Of those pending in time: without a due time, so that they cannot be late.
    pub no_due_pending: u32,
    /// Mirrors, in none of the other numbers.
    pub mirrored: u32,
    /// Of those carried over or received: with a correction in force. Judged by what was
    /// recorded first all the same.
    pub corrected: u32,
    /// By II.06a.
    pub in_time_rate: Rate,
    /// By the index of Decision 766.
    pub in_time_rate_766: Rate,
    /// Against the first promise.
    pub in_time_rate_original: Rate,
    /// Received online of all received.
    pub online_rate: Rate,
    /// Too few judged dossiers for a rate to say much.
    pub small: bool,
}

impl Row {
    /// A unit's row from its numbers.
    #[must_use]
    pub fn new(unit: String, name: String, tally: &Tally) -> Self {
        let received = tally.received_online + tally.received_desk + tally.received_post;
        let in_time = tally.early + tally.on_due;
        let judged = in_time + tally.late;
        Self {
            unit,
            name,
            carried_over: tally.carried_over,
            received,
            received_online: tally.received_online,
            received_desk: tally.received_desk,
            received_post: tally.received_post,
            resolved: judged + tally.no_due,
            early: tally.early,
            on_due: tally.on_due,
            late: tally.late,
            in_time,
            pending_in_time: tally.pending_in_time,
            pending_late: tally.pending_late,
            withdrawn: tally.withdrawn,
            refused_after_receipt: tally.refused_after_receipt,
            no_due: tally.no_due,
            no_due_received: tally.no_due_received,
            no_due_pending: tally.no_due_pending,
            mirrored: tally.mirrored,
            corrected: tally.corrected,
            in_time_rate: Rate::new(in_time, judged),
            in_time_rate_766: Rate::new(tally.in_time_766, judged),
            in_time_rate_original: Rate::new(tally.in_time_original, judged),
            online_rate: Rate::new(tally.received_online, received),
            small: judged < SMALL,
        }
    }
}

/// The rates of units over a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What had been recorded by then, RFC 3339 at +07:00.
    pub as_of: String,
    /// A row a unit, by identifier.
    pub units: Vec<Row>,
    /// All of them together.
    pub total: Row,
}

impl Report {
    /// A report from the numbers of units, or of whatever else its rows are, with their names.
    #[must_use]
    pub fn new<K: std::fmt::Display>(
        period: &Period,
        tallies: BTreeMap<K, (String, Tally)>,
    ) -> Self {
        let mut total = Tally::default();
        let units = tallies
            .into_iter()
            .map(|(unit, (name, tally))| {
                total.merge(&tally);
                Row::new(unit.to_string(), name, &tally)
            })
            .collect();
        Self {
            from: period.from,
            to: period.to,
            as_of: time::rfc3339(period.as_of),
            units,
            total: Row::new(String::new(), "Tổng cộng".into(), &total),
        }
    }
}
