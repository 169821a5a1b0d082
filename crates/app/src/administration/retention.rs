//! How long it is kept who looked at personal values. The log of changes stays for good.

use chrono::Months;
use domain::id::ProvinceCode;
use domain::time::{self, Instant};

use crate::engine::Engine;
use crate::error::Error;

/// How many viewings go in one transaction, so that no writer waits for long.
const PIECE: u32 = 1_000;

/// The moment before which viewings go, if they are kept for so many months; none beyond what a calendar can tell.
#[must_use]
pub fn viewings_since(now: Instant, months: u32) -> Option<Instant> {
    let day = time::local_day(now).checked_sub_months(Months::new(months))?;
    Some(time::instant(day, chrono::NaiveTime::MIN))
}

impl Engine {
    /// Lets the viewings of all provinces go that are older than so many months. Returns how many went.
    ///
    /// The last one of a province stays, because the next is numbered after it.
    pub async fn forget_viewings(&self, months: u32) -> Result<u64, Error> {
        let Some(since) = viewings_since(self.now(), months) else {
            return Ok(0);
        };
        let mut gone = 0;
        for province in self.context.catalogues.provinces() {
            gone += self.forget_viewings_of(&province, since).await?;
        }
        Ok(gone)
    }

    async fn forget_viewings_of(
        &self,
        province: &ProvinceCode,
        since: Instant,
    ) -> Result<u64, Error> {
        let mut gone = 0;
        loop {
            let went = self.context.store.forget_viewed(province, since, PIECE);
            let went = went.await?;
            gone += went;
            if went < u64::from(PIECE) {
                return Ok(gone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_back_from_the_beginning_of_a_local_day() {
        // 01:00 on 31 March in Vietnam.
        let now: Instant = "2027-03-30T18:00:00Z".parse().unwrap();
        let since = |months| viewings_since(now, months).map(time::rfc3339);
        assert_eq!(since(1).as_deref(), Some("2027-02-28T00:00:00+07:00"));
        assert_eq!(since(24).as_deref(), Some("2025-03-31T00:00:00+07:00"));
        assert_eq!(since(u32::MAX), None);
    }
}
