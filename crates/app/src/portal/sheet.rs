//! What was received and resolved by unit and day, here and at another system: how far they are apart.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use domain::id::{DossierId, ProvinceCode, UnitCode};
use domain::time;
use serde::{Deserialize, Serialize};

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::Compared;

/// How many days a sheet has at most.
const MOST_DAYS: i64 = 366;

/// A unit and the day on which its dossiers were received.
pub type SheetKey = (UnitCode, NaiveDate);

/// The dossiers of a unit that were received on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetLine {
    /// How many there are here.
    pub here: Counts,
    /// How many the other system has.
    pub there: Counts,
    /// How many have another status there, or are not there: it is late.
    pub differ: u64,
    /// The longest that an event took from here to there.
    pub slowest: TimeDelta,
    /// How many had an event that took longer than systems may take.
    pub late: u64,
}

/// How many dossiers stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Received.
    pub received: u64,
    /// Ended: with a result, or without.
    pub ended: u64,
}

impl Counts {
    /// Those that have not ended.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.received - self.ended
    }

    fn merge(&mut self, other: &Self) {
        self.received += other.received;
        self.ended += other.ended;
    }

    fn add(&mut self, status: u8) {
        self.received += 1;
        // 1, 2, 4, 5 and 6 are open: submitted, received, processing, and waiting.
        self.ended += u64::from(!matches!(status, 1 | 2 | 4 | 5 | 6));
    }
}

/// The dossiers of some days, beside what another system has of them.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// By unit and day.
    pub lines: BTreeMap<SheetKey, SheetLine>,
    /// Those that differ.
    pub differ: Vec<DossierId>,
}

impl Sheet {
    /// Counts. An event may take `within` from here to there.
    #[must_use]
    pub fn of(all: &[Compared], within: TimeDelta) -> Self {
        let mut sheet = Self::default();
        for one in all {
            let key = (one.unit.clone(), time::local_day(one.received));
            let line = sheet.lines.entry(key).or_default();
            line.here.add(one.status);
            if let Some(there) = &one.there {
                line.there.add(there.status);
                line.slowest = line.slowest.max(there.slowest);
                line.late += u64::from(there.slowest > within);
            }
            if one.there.as_ref().map(|there| there.status) != Some(one.status) {
                line.differ += 1;
                sheet.differ.push(one.dossier);
            }
        }
        sheet
    }

    /// All lines together.
    #[must_use]
    pub fn sum(&self) -> SheetLine {
        let mut sum = SheetLine::default();
        for line in self.lines.values() {
            sum.here.merge(&line.here);
            sum.there.merge(&line.there);
            sum.differ += line.differ;
            sum.slowest = sum.slowest.max(line.slowest);
            sum.late += line.late;
        }
        sum
    }

    /// Of how many dossiers the other system has acknowledged the reception, and how many there are: item
    /// 1.4 of Decision 766/QĐ-TTg, as far as our side knows it. The index takes the greater of both sides'
    /// counts as the denominator, and ours is never the smaller one.
    #[must_use]
    pub fn acknowledged(&self) -> (u64, u64) {
        let sum = self.sum();
        (sum.there.received, sum.here.received)
    }
}

impl Engine {
    /// The dossiers that were received from a day to another, beside what a remote has of them.
    pub async fn portal_sheet(
        &self,
        caller: &Caller,
        remote: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Sheet, Error> {
        access::check_province(caller, Method::GetExchangeSheet)?;
        if to < from || (to - from).num_days() > MOST_DAYS {
            return Err(Error::invalid(
                "to",
                "must not be before `from`, and at most 366 days after it",
            ));
        }
        self.sheet(&caller.province, remote, from, to).await
    }

    /// The same, for whoever keeps it.
    pub(super) async fn sheet(
        &self,
        province: &ProvinceCode,
        remote: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Sheet, Error> {
        let from = time::day_start(from);
        let until = time::day_start(to + TimeDelta::days(1));
        let read = self.context.store.read().await?;
        let all = read.compared(province, remote, from, until).await?;
        Ok(Sheet::of(&all, self.sync_within(province)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::There;

    #[test]
    fn what_is_not_there_or_stands_elsewhere_differs_and_what_took_long_is_late() {
        let at = time::instant(
            NaiveDate::from_ymd_opt(2026, 8, 3).unwrap(),
            chrono::NaiveTime::from_hms_opt(10, 0, 0).unwrap(),
        );
        let one = |number, status, there: Option<(u8, i64)>| Compared {
            dossier: DossierId::new(1, 0, number),
            unit: UnitCode::parse("H60.02215").unwrap(),
            received: at,
            status,
            there: there.map(|(status, minutes)| There {
                status,
                first: at,
                slowest: TimeDelta::minutes(minutes),
            }),
        };
        let all = [
            one(1, 10, Some((10, 1))),
            one(2, 4, Some((2, 11))),
            one(3, 9, None),
        ];
        let sheet = Sheet::of(&all, TimeDelta::minutes(10));
        let line = sheet.lines.values().next().unwrap();
        assert_eq!(
            (line.here.received, line.here.ended, line.here.pending()),
            (3, 2, 1)
        );
        assert_eq!(
            (line.there.received, line.there.ended, line.there.pending()),
            (2, 1, 1)
        );
        assert_eq!((line.differ, line.late), (2, 1));
        assert_eq!(
            sheet.differ,
            [DossierId::new(1, 0, 2), DossierId::new(1, 0, 3)]
        );
        assert_eq!(sheet.acknowledged(), (2, 3));
    }
}
