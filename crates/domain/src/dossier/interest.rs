//! The units involved in a dossier, what each must meet, and the dossier's place in each worklist.

use super::Dossier;
use crate::id::UnitCode;
use crate::time::Instant;

/// The place of an open dossier in a worklist; the least comes first.
///
/// It does not depend on *now*, so an index can hold the order. Of two running clocks, the one due
/// first is always the more overdue or has the less working time left, at any moment and in the
/// hours of any one calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
    /// A clock runs.
    Running {
        /// Until when.
        due: Instant,
    },
    /// Nothing is to be met.
    Undated,
    /// The clock stands while the office waits for the citizen. The longest wait comes first.
    Standing {
        /// Since when.
        since: Instant,
    },
}

impl Precedence {
    /// The first key after all running clocks: far beyond the microseconds of any date.
    pub const UNDATED: i64 = 1 << 61;
    /// The first key of standing clocks.
    pub const STANDING: i64 = 1 << 62;

    /// The precedence as a number, in the same order.
    #[must_use]
    pub fn key(self) -> i64 {
        match self {
            Precedence::Running { due } => due.timestamp_micros(),
            Precedence::Undated => Self::UNDATED,
            Precedence::Standing { since } => Self::STANDING + since.timestamp_micros(),
        }
    }

    /// The precedence of a dossier's own clock, or of its wait for the desk's answer.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Self {
        let standing = dossier.clock.as_ref().and_then(|clock| clock.standing);
        match standing.filter(|_| dossier.status().is_open()) {
            Some(standing) => Precedence::Standing {
                since: standing.since,
            },
            None => Self::by(dossier.due()),
        }
    }

    /// The precedence for these units: that of the most urgent thing which any of them still has to
    /// do.
    #[must_use]
    pub fn for_units(dossier: &Dossier, units: &[UnitCode]) -> Self {
        Interest::of(dossier)
            .into_iter()
            .filter(|interest| interest.open && units.contains(&interest.unit))
            .map(|interest| interest.precedence)
            .min()
            .unwrap_or(Precedence::Undated)
    }

    fn by(due: Option<Instant>) -> Self {
        due.map_or(Precedence::Undated, |due| Precedence::Running { due })
    }
}

/// A unit's interest in a dossier. Worklists and access both read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// The unit.
    pub unit: UnitCode,
    /// The unit's roles in the dossier: [`Interest::RECEIVING`] and so on, as a sum of bits.
    pub roles: u8,
    /// Whether the unit still has work to do.
    pub open: bool,
    /// What the unit must meet; a dossier with none sorts last.
    pub due: Option<Instant>,
    /// The dossier's place in the unit's worklist.
    pub precedence: Precedence,
}

impl Interest {
    /// Its desk took the dossier in.
    pub const RECEIVING: u8 = 1;
    /// It decides the dossier.
    pub const RESOLVING: u8 = 2;
    /// Its desk gives the result back.
    pub const RETURNING: u8 = 4;
    /// It has a leg of the dossier.
    pub const LEG: u8 = 8;
    /// It has a consultation about the dossier.
    pub const CONSULTED: u8 = 16;
    /// Somebody there holds its papers.
    pub const HOLDING: u8 = 32;

    /// The interests of all units involved in a dossier, by unit.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Vec<Interest> {
        let mut all: Vec<Interest> = Vec::with_capacity(1);
        let holder = dossier.custody.holder.as_ref();
        let main = [
            (&dossier.receiving, Self::RECEIVING),
            (&dossier.resolving, Self::RESOLVING),
            (&dossier.returning, Self::RETURNING),
        ];
        let holding = holder.map(|holder| (&holder.party.unit, Self::HOLDING));
        let main = main
            .into_iter()
            .chain(holding)
            .map(|(unit, roles)| Interest {
                unit: unit.clone(),
                roles,
                open: dossier.status().is_open(),
                due: dossier.due(),
                precedence: Precedence::of(dossier),
            });
        let part = |unit: &UnitCode, roles, open, due| Interest {
            unit: unit.clone(),
            roles,
            open,
            due: Some(due),
            precedence: Precedence::Running { due },
        };
        let legs = dossier.legs.iter();
        let legs =
            legs.map(|leg| part(&leg.unit, Self::LEG, leg.ended(dossier).is_none(), leg.due));
        let asked = dossier.consultations.iter().map(|asked| {
            let open = asked.ended(dossier).is_none();
            part(&asked.unit, Self::CONSULTED, open, asked.due)
        });
        for one in main.chain(legs).chain(asked) {
            match all.iter_mut().find(|known| known.unit == one.unit) {
                Some(known) => known.add(&one),
                None => all.push(one),
            }
        }
        all
    }

    /// Adds another role of the unit. The earliest time of an open role wins; if no role is open,
    /// the time of the dossier itself comes before those of its parts.
    fn add(&mut self, other: &Interest) {
        self.roles |= other.roles;
        self.due = match (self.open, other.open) {
            (true, false) => self.due,
            (false, true) => other.due,
            (true, true) => match (self.due, other.due) {
                (Some(one), Some(two)) => Some(Ord::min(one, two)),
                (one, two) => one.or(two),
            },
            (false, false) => self.due.or(other.due),
        };
        self.precedence = match (self.open, other.open) {
            (true, false) | (false, false) => self.precedence,
            (false, true) => other.precedence,
            (true, true) => Ord::min(self.precedence, other.precedence),
        };
        self.open |= other.open;
    }
}
