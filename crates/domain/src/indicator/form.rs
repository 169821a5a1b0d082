//! The cells of a row of form II.06a (*tình hình, kết quả giải quyết thủ tục hành chính*).

use super::period::Period;
use super::seen::Seen;
use super::verdict::{Finish, is_due_by_day, is_late};
use crate::dossier::Channel;

/// A column of the form, by its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// (3)
    Total,
    /// (4)
    ReceivedOnline,
    /// (5)
    ReceivedDirect,
    /// (6)
    CarriedOver,
    /// (7)
    Resolved,
    /// (8)
    Early,
    /// (9)
    OnDue,
    /// (10)
    Late,
    /// (11)
    Pending,
    /// (12)
    PendingInTime,
    /// (13)
    PendingLate,
}

impl Cell {
    /// How many there are.
    pub const COUNT: usize = 11;
}

/// The sums of the form: a cell, and those that add up to it.
pub const SUMS: [(Cell, &[Cell]); 4] = [
    (
        Cell::Total,
        &[
            Cell::ReceivedOnline,
            Cell::ReceivedDirect,
            Cell::CarriedOver,
        ],
    ),
    (Cell::Total, &[Cell::Resolved, Cell::Pending]),
    (Cell::Resolved, &[Cell::Early, Cell::OnDue, Cell::Late]),
    (Cell::Pending, &[Cell::PendingInTime, Cell::PendingLate]),
];

/// How the form writes them.
const IDENTITIES: [&str; SUMS.len()] = [
    "(3) = (4) + (5) + (6)",
    "(3) = (7) + (11)",
    "(7) = (8) + (9) + (10)",
    "(11) = (12) + (13)",
];

/// A row of the form: a number for each of its columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cells([u32; Cell::COUNT]);

impl Cells {
    /// What a counted dossier adds to a row.
    pub(super) fn of(seen: &Seen, period: &Period) -> Self {
        let mut cells = Self::default();
        let dossier = &seen.dossier;
        cells.count(Cell::Total);
        let came = dossier.received.filter(|at| *at >= period.begins());
        cells.count(match (came, dossier.channel) {
            (None, _) => Cell::CarriedOver,
            (Some(_), Channel::Online) => Cell::ReceivedOnline,
            (Some(_), Channel::Desk | Channel::Post) => Cell::ReceivedDirect,
        });
        let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
        match (dossier.ended, due) {
            (Some(ended), Some(due)) => {
                cells.count(Cell::Resolved);
                cells.count(match Finish::of(ended, due, is_due_by_day(dossier)) {
                    Finish::Early => Cell::Early,
                    Finish::OnDue => Cell::OnDue,
                    Finish::Late => Cell::Late,
                });
            }
            _ => {
                cells.count(Cell::Pending);
                cells.count(if is_late(dossier, period.judged_at()) {
                    Cell::PendingLate
                } else {
                    Cell::PendingInTime
                });
            }
        }
        cells
    }

    /// The number in a column.
    #[must_use]
    pub fn get(&self, cell: Cell) -> u32 {
        self.0[cell as usize]
    }

    fn count(&mut self, cell: Cell) {
        self.0[cell as usize] += 1;
    }

    /// Adds another row.
    pub fn merge(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(&other.0) {
            *own += more;
        }
    }

    /// The identities of the form that do not hold; none ever, or the form is wrong.
    #[must_use]
    pub fn broken(&self) -> Vec<&'static str> {
        let sum = |parts: &[Cell]| parts.iter().map(|part| self.get(*part)).sum::<u32>();
        SUMS.iter()
            .zip(IDENTITIES)
            .filter(|((whole, parts), _)| self.get(*whole) != sum(parts))
            .map(|(_, identity)| identity)
            .collect()
    }

    /// Each cell holds its own place, for tests of who reads which.
    #[cfg(test)]
    pub(super) fn numbered() -> Self {
        let mut place = 0..;
        Self(std::array::from_fn(|_| place.next().unwrap_or_default()))
    }
}
