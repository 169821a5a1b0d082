//! What a dossier adds to the tallies of its unit, so that a report need not look at it.
//!
//! A tally holds, for a unit, a channel and a local day, how many dossiers were received and how
//! many ended in which way. Sums over days answer what a period asks: whoever was received
//! before it and had not ended is carried over, and whoever was received by its end and has not
//! ended is pending. Which of the pending are late is asked of the dossiers themselves, through
//! [`overdue_from`].
//!
//! This works for a dossier whose past no longer changes: received once, ended once, always with
//! the same unit. One to which more happened stands apart, and its history is read instead.

use std::collections::BTreeMap;
use std::ops::{AddAssign, SubAssign};

use chrono::NaiveDate;

use crate::dossier::{Channel, Dossier, Status};
use crate::id::UnitCode;
use crate::indicator::Finish;
use crate::indicator::in_time_until;
use crate::procedure::Kind;
use crate::time::{self, Instant};

/// Where something is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The unit that decides the dossier.
    pub unit: UnitCode,
    /// How it was handed in.
    pub channel: Channel,
    /// The local day.
    pub day: NaiveDate,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Received that day.
    Received,
    /// Of those received: without a due time.
    NoDueReceived,
    /// Ended that day, before the due day (or instant).
    Early,
    /// Ended that day, on the due day (or at the due instant).
    OnDue,
    /// Ended that day, after the due day (or instant).
    Late,
    /// Ended that day, without a due time.
    NoDue,
    /// Of those ended: withdrawn by the citizen.
    Withdrawn,
    /// Of those ended: stopped by the agency after receipt.
    Stopped,
    /// Of those ended: in time by the index of Decision 766/QĐ-TTg.
    InTime766,
    /// Of those ended: in time by the first promise.
    InTimeOriginal,
    /// A mirror began that day.
    MirrorBegun,
    /// A mirror ended that day.
    MirrorEnded,
}

impl Measure {
    /// Every measure, in the order of [`Counts`].
    pub const ALL: [Measure; 12] = [
        Measure::Received,
        Measure::NoDueReceived,
        Measure::Early,
        Measure::OnDue,
        Measure::Late,
        Measure::NoDue,
        Measure::Withdrawn,
        Measure::Stopped,
        Measure::InTime766,
        Measure::InTimeOriginal,
        Measure::MirrorBegun,
        Measure::MirrorEnded,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::Received => "received",
            Measure::NoDueReceived => "no_due_received",
            Measure::Early => "early",
            Measure::OnDue => "on_due",
            Measure::Late => "late",
            Measure::NoDue => "no_due",
            Measure::Withdrawn => "withdrawn",
            Measure::Stopped => "stopped",
            Measure::InTime766 => "in_time_766",
            Measure::InTimeOriginal => "in_time_original",
            Measure::MirrorBegun => "mirror_begun",
            Measure::MirrorEnded => "mirror_ended",
        }
    }
}

/// A number for each measure. Negative where something is taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts(pub [i64; Measure::ALL.len()]);

impl Counts {
    /// The number of one measure.
    #[must_use]
    pub fn get(&self, measure: Measure) -> i64 {
        self.0[measure as usize]
    }

    /// How many ended.
    #[must_use]
    pub fn ended(&self) -> i64 {
        [
            Measure::Early,
            Measure::OnDue,
            Measure::Late,
            Measure::NoDue,
        ]
        .into_iter()
        .map(|measure| self.get(measure))
        .sum()
    }

    fn one(measure: Measure) -> Self {
        let mut counts = Self::default();
        counts.0[measure as usize] = 1;
        counts
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }
}

impl SubAssign for Counts {
    fn sub_assign(&mut self, other: Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own -= other;
        }
    }
}

/// Counts by place.
pub type Tallies = BTreeMap<Place, Counts>;

/// Whether a dossier's past can no longer be told from its present state, so that its history
/// must be read for a report; or whether it was corrected, which is counted beside.
#[must_use]
pub fn stands_apart(dossier: &Dossier) -> bool {
    dossier.moved
        || dossier.due_moved_late
        || dossier.corrections.in_force().next().is_some()
        || dossier.mirror.reopened()
        || dossier.mirror.ended_belatedly
}

/// Since when a dossier is, was or will be overdue in reports: past its due day, or its due time for a
/// limit in hours, the clock running.
///
/// None for one that never was, that counts in no rate, or whose clock stands. Once overdue, a dossier
/// that does not stand apart stays so until it ends; so at any moment it was overdue exactly if that moment is
/// later than this and not later than its end.
#[must_use]
pub fn overdue_from(dossier: &Dossier) -> Option<Instant> {
    if dossier.kind == Kind::Petition || dossier.mirrored.is_some() {
        return None;
    }
    let clock = dossier
        .clock
        .as_ref()
        .filter(|clock| clock.standing.is_none())?;
    // Another system may have promised a time before the reception; nobody was late until then.
    let runs = clock.resumed.max(dossier.received);
    let until = in_time_until(dossier)?;
    let from = Ord::max(until, runs.unwrap_or(Instant::MIN_UTC));
    dossier
        .ended
        .is_none_or(|ended| from < ended)
        .then_some(from)
}

/// What changes in the tallies when a dossier that stood as `before`, or was not there, stands as
/// `now`: what it adds, and what is taken back.
#[must_use]
pub fn difference(before: Option<&Dossier>, now: &Dossier) -> Tallies {
    let mut tallies = Tallies::new();
    for (place, counts) in before.map(added).unwrap_or_default() {
        *tallies.entry(place).or_default() -= counts;
    }
    for (place, counts) in added(now) {
        *tallies.entry(place).or_default() += counts;
    }
    tallies.retain(|_, counts| *counts != Counts::default());
    tallies
}

/// Adds tallies to others; what comes to nothing is left out.
pub fn add(tallies: &mut Tallies, more: Tallies) {
    for (place, counts) in more {
        let sum = tallies.entry(place.clone()).or_default();
        *sum += counts;
        if *sum == Counts::default() {
            tallies.remove(&place);
        }
    }
}

/// What a dossier adds as it stands.
fn added(dossier: &Dossier) -> Vec<(Place, Counts)> {
    if dossier.kind == Kind::Petition || stands_apart(dossier) {
        return Vec::new();
    }
    let on = |at: Instant, counts| {
        let place = Place {
            unit: dossier.resolving.clone(),
            channel: dossier.channel,
            day: time::local_day(at),
        };
        (place, counts)
    };
    let (began, ended) = if dossier.mirrored.is_some() {
        let one = Counts::one;
        (
            dossier.begun().map(|at| on(at, one(Measure::MirrorBegun))),
            dossier.ended.map(|at| on(at, one(Measure::MirrorEnded))),
        )
    } else {
        let Some(received) = dossier.received else {
            return Vec::new();
        };
        let mut reception = Counts::one(Measure::Received);
        reception.0[Measure::NoDueReceived as usize] = i64::from(dossier.due().is_none());
        (
            Some(on(received, reception)),
            dossier.ended.map(|at| on(at, end_of(dossier, at))),
        )
    };
    began.into_iter().chain(ended).collect()
}

/// How a dossier that was received has ended.
fn end_of(dossier: &Dossier, ended: Instant) -> Counts {
    let mut counts = Counts::default();
    let mut is = |measure: Measure, so: bool| counts.0[measure as usize] = i64::from(so);
    is(Measure::Withdrawn, dossier.status() == Status::Withdrawn);
    is(Measure::Stopped, dossier.status() == Status::Stopped);
    let judged = crate::indicator::judge(dossier, ended);
    is(Measure::NoDue, judged.is_none());
    if let Some(judged) = judged {
        is(Measure::Early, judged.finish == Finish::Early);
        is(Measure::OnDue, judged.finish == Finish::OnDue);
        is(Measure::Late, judged.finish == Finish::Late);
        is(Measure::InTime766, judged.in_time_766);
        is(Measure::InTimeOriginal, judged.in_time_original);
    }
    counts
}
