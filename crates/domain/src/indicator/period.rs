//! The period of a report, and how a dossier stood at its end.

use chrono::NaiveDate;

use crate::dossier::{Dossier, Record};
use crate::time::{self, Instant};

/// A period of local days, both inclusive, looked at from a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Only what had been recorded by then counts.
    pub as_of: Instant,
}

impl Period {
    /// The first moment of the period.
    #[must_use]
    pub fn begins(&self) -> Instant {
        time::day_start(self.from)
    }

    /// The first moment after the period.
    #[must_use]
    pub fn ends(&self) -> Instant {
        time::day_start(self.to.succ_opt().unwrap_or(self.to))
    }

    /// The moment at which what is pending is judged: the period's end, or now if that is
    /// earlier, for a dossier due this afternoon is not late this morning.
    #[must_use]
    pub fn judged_at(&self) -> Instant {
        Ord::min(self.ends(), self.as_of)
    }

    /// The dossier as it stood at the period's end.
    ///
    /// What another system wrote need not be in order of time: each event counts by its own.
    #[must_use]
    pub fn state_of(&self, records: &[Record]) -> Option<Dossier> {
        let ends = self.ends();
        Dossier::fold(
            records
                .iter()
                .filter(|record| record.event_time < ends && record.record_time <= self.as_of),
        )
    }

    /// The dossier as it is counted: as it stood at the period's end, with the corrections
    /// that were approved since, as far as that had been recorded by `as_of`.
    ///
    /// A correction comes after the fact, mostly after the period. It moves no number that a
    /// rate is made of, so it may be counted beside them whenever it came.
    #[must_use]
    pub fn counted(&self, records: &[Record]) -> Option<Dossier> {
        let mut dossier = self.state_of(records)?;
        let known = records
            .iter()
            .take_while(|record| record.record_time <= self.as_of);
        if let Some(since) = Dossier::fold(known) {
            dossier.corrections = since.corrections;
        }
        Some(dossier)
    }
}
