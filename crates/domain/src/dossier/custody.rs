//! Who holds the papers of a dossier, since when, and when they must go on.

use serde::{Deserialize, Serialize};

use crate::id::{ActorId, ComponentCode, UnitCode};
use crate::time::Instant;

/// A person at a unit, as giver or receiver of papers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Party {
    /// The person.
    pub actor: ActorId,
    /// The unit.
    pub unit: UnitCode,
}

/// Who has the papers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The person and unit.
    #[serde(flatten)]
    pub party: Party,
    /// Since when.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub since: Instant,
}

/// One line of the control slip (form 06, *phiếu kiểm soát quá trình giải quyết hồ sơ*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyChange {
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
    /// Who gave.
    pub from: Party,
    /// Who took.
    pub to: Party,
    /// Which papers; the whole dossier when none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentCode>,
    /// Which of them are originals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<ComponentCode>,
    /// Whether paper changed hands, and not the electronic dossier alone.
    pub on_paper: bool,
    /// Whether the hand-over missed its due time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

/// The chain of custody. Empty for a dossier without papers that nobody handed over.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 18 (by when), Art. 21 (who lost it), Art. 39 (the slip).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// Who has it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// When the papers must reach the deciding unit; none if no hand-over is due.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub hand_over_by: Option<Instant>,
    /// Whether a hand-over was ever late, or never made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Every hand-over, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<CustodyChange>,
}

impl Custody {
    /// Whether no papers are recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a hand-over was late, or an open one is late now.
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.late || self.hand_over_by.is_some_and(|by| now > by)
    }

    /// Papers came to somebody.
    pub(super) fn begin(&mut self, party: Party, at: Instant, by: Instant) {
        self.holder = Some(Holder { party, since: at });
        self.hand_over_by = Some(by);
    }

    /// The papers must go to another unit than before.
    pub(super) fn redirect(&mut self, at: Instant, by: Option<Instant>) {
        self.close(at);
        self.hand_over_by = by;
    }

    /// No hand-over is due any more. One that was due and not made counts as missed.
    pub(super) fn close(&mut self, at: Instant) {
        self.late = self.is_late(at);
        self.hand_over_by = None;
    }

    /// The papers changed hands; `was_due` says whether this was the due hand-over.
    pub(super) fn pass(&mut self, line: CustodyChange, was_due: bool) {
        if was_due {
            self.close(line.at);
        }
        self.holder = Some(Holder {
            party: line.to.clone(),
            since: line.at,
        });
        self.chain.push(line);
    }
}
