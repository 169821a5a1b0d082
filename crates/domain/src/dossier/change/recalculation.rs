//! What a published calendar does to the due times of a dossier.
//!
//! The effective due time moves only later, because the office keeps what it promised, and an
//! overdue dossier stays overdue. The legal due time beside it holds what the calendar alone gives.
//! Source: docs/decisions/007.

use serde::{Deserialize, Serialize};

use super::parts::Parts;
use crate::calendar::Calendars;
use crate::dossier::Dossier;
use crate::dossier::acts::act::{Fact, Told, Written};
use crate::dossier::clock::{Clock, Moved};
use crate::dossier::counting::Legal;
use crate::procedure::Procedure;
use crate::time::Instant;

/// Why a dossier keeps a due time that the calendar would have moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unmoved {
    /// The calendar gives an earlier time than the citizen was promised.
    Promised,
    /// It was already overdue when the calendar was published.
    Overdue,
}

impl Unmoved {
    /// The word used in answers: `promised`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Unmoved::Promised => "promised",
            Unmoved::Overdue => "overdue",
        }
    }
}

/// The document that published a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its number, as an office quotes it.
    pub document: String,
    /// SHA-256 of its text, in hexadecimal.
    pub hash: String,
    /// When the first outage began that it announced; none if it announced days or hours.
    pub outage: Option<Instant>,
    /// When it was approved. A dossier that was overdue by then stays overdue.
    pub approved: Instant,
}

impl Publication {
    /// The moment at which a dossier has to be overdue to stay so: the approval, or the beginning of an
    /// outage, because what an outage made late is not late.
    #[must_use]
    pub fn judged(&self) -> Instant {
        self.outage.unwrap_or(self.approved)
    }
}

/// What a calendar does to one dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalculation {
    /// What the unit had to meet.
    pub before: Option<Instant>,
    /// The new effective due time; never earlier than the old one.
    pub after: Option<Instant>,
    /// What the calendar alone would give.
    pub legal: Option<Instant>,
    /// The date last told to the citizen.
    pub promised: Option<Instant>,
    /// Why `after` differs from what the calendar gives.
    pub kept: Option<Unmoved>,
    /// Whether the new due time rests on a provisional day.
    pub provisional: bool,
    /// The new due times of legs, consultations and papers.
    pub parts: Parts,
    moved: Option<Moved>,
    answer_due: Option<Instant>,
}

impl Recalculation {
    /// The fact that says so.
    #[must_use]
    pub fn fact(&self, publication: &Publication) -> Recalculated {
        let received = self.answer_due.is_none();
        Recalculated {
            document: publication.document.clone(),
            hash: publication.hash.clone(),
            outage: publication.outage.is_some(),
            legal_due: self.legal.filter(|_| received),
            moved: self.moved.clone(),
            answer_due: self.answer_due,
            parts: self.parts.clone(),
        }
    }
}

/// Compares a dossier's due times with those of a calendar published at a moment, which is
/// [`Publication::judged`].
///
/// None if nothing differs, if the dossier has ended, or if another system decides it. After
/// applying the event, a second comparison gives none.
#[must_use]
pub fn recalculate(
    dossier: &Dossier,
    legal: &Legal,
    calendars: &Calendars,
    published: Instant,
) -> Option<Recalculation> {
    if dossier.ended.is_some() || dossier.mirrored.is_some() {
        return None;
    }
    let Some(clock) = &dossier.clock else {
        return unanswered(dossier, legal, published);
    };
    let parts = Parts::moved_by(dossier, calendars, published);
    match received(clock, legal, published) {
        Some(own) => Some(Recalculation { parts, ..own }),
        None if parts.is_empty() => None,
        None => Some(Recalculation {
            parts,
            ..unmoved(clock, published)
        }),
    }
}

/// A recalculation that keeps the dossier's own due times while those of other units move.
fn unmoved(clock: &Clock, published: Instant) -> Recalculation {
    let due = clock.effective_due;
    let kept = match (clock.legal_due() == due, clock.is_overdue(published)) {
        (true, _) => None,
        (false, true) => Some(Unmoved::Overdue),
        (false, false) => Some(Unmoved::Promised),
    };
    Recalculation {
        before: due,
        after: due,
        legal: clock.legal_due(),
        promised: clock.promised_due,
        kept,
        provisional: clock.provisional,
        parts: Parts::default(),
        moved: None,
        answer_due: None,
    }
}

fn received(clock: &Clock, law: &Legal, published: Instant) -> Option<Recalculation> {
    // A due time that came from another system follows no calendar of ours.
    let (legal, _) = (law.due?, clock.limit?);
    let (before, told) = (clock.effective_due?, clock.promised_due);
    let overdue = clock.is_overdue(published);
    let after = if overdue {
        before
    } else {
        Ord::max(before, legal)
    };
    let promised = if overdue {
        told
    } else {
        Ord::max(told, law.promised)
    };
    let provisional = if after == legal {
        law.provisional
    } else {
        clock.provisional
    };
    let moves = (after, promised, provisional) != (before, told, clock.provisional);
    if !moves && clock.legal_due() == Some(legal) {
        return None;
    }
    let kept = match (overdue, after == legal) {
        (_, true) => None,
        (true, false) => Some(Unmoved::Overdue),
        (false, false) => Some(Unmoved::Promised),
    };
    let new = crate::deadline::Due {
        at: after,
        provisional,
    };
    let retold = promised.filter(|_| promised != told);
    Some(Recalculation {
        before: Some(before),
        after: Some(after),
        legal: Some(legal),
        promised,
        kept,
        provisional,
        parts: Parts::default(),
        moved: moves.then(|| Moved::to(new, retold, Some(legal))),
        answer_due: None,
    })
}

/// For a submission that waits for the desk's answer: nobody has promised a date yet.
fn unanswered(dossier: &Dossier, law: &Legal, published: Instant) -> Option<Recalculation> {
    let (before, legal) = (dossier.answer_due?, law.answer_due?);
    if legal <= before || published > before {
        return None;
    }
    Some(Recalculation {
        before: Some(before),
        after: Some(legal),
        legal: Some(legal),
        promised: None,
        kept: None,
        provisional: false,
        parts: Parts::default(),
        moved: None,
        answer_due: Some(legal),
    })
}

/// A published calendar gave other due times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recalculated {
    /// The document that published the calendar, by its number.
    pub document: String,
    /// SHA-256 of that document's text, in hexadecimal.
    pub hash: String,
    /// Whether the document announced outages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outage: bool,
    /// The due time that the calendar gives for the events so far; none before reception or without
    /// a limit.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub legal_due: Option<Instant>,
    /// How the due times moved; none if the dossier keeps the old ones.
    pub moved: Option<Moved>,
    /// The new time by which the desk must answer a submission, if it moved.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub answer_due: Option<Instant>,
    /// How the due times of legs, questions and papers moved.
    #[serde(default, skip_serializing_if = "Parts::is_empty")]
    pub parts: Parts,
}

impl Fact for Recalculated {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        if let (true, Some(moved)) = (self.outage, &self.moved) {
            to.outages += 1;
            to.note_late_move(moved.effective_due, by.at);
        }
        to.answer_due = self.answer_due.or(to.answer_due);
        to.move_due(self.moved.as_ref());
        if let Some(clock) = &mut to.clock {
            clock.legal_due = self
                .legal_due
                .filter(|legal| Some(*legal) != clock.effective_due);
        }
        self.parts.apply_to(to);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        self.moved.as_ref()?.promised_due?;
        if self.outage {
            return Told::of(
                "Hẹn lại ngày trả vì sự cố hệ thống đã được thông báo",
                "New date, because of an announced outage",
            );
        }
        Told::of(
            "Hẹn lại ngày trả theo lịch làm việc mới",
            "New date, by a new calendar",
        )
    }
}
