//! How many look-ups a minute the public may make from one address.
//!
//! Each process counts for itself, which costs nothing. Where several may write to one database, a process
//! also tells the database of each tenth of a minute's look-ups that an address has made, and hears
//! what the others have told. So few look-ups cost no write, and many at several processes are as
//! many as at one: no process can let pass more than a tenth that the others do not know of.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use domain::time::{self, Instant};

use crate::error::Error;
use crate::keys::Keys;
use crate::pin_attempts::{make_room, network, wait};
use crate::ports::Store;
use crate::security::{self, Event};

/// Look-ups a minute that an address may make unless the operator says otherwise.
const PER_MINUTE: u32 = 60;

/// Which part of a minute's look-ups a process lets pass before it tells the others.
const UNTOLD: u32 = 10;

/// What addresses did lately.
#[derive(Debug)]
pub(crate) struct LookupLimit {
    per_minute: AtomicU32,
    known: Mutex<HashMap<IpAddr, Allowance>>,
}

/// Look-ups that an address has left, in thousandths, and as of when.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    left: i64,
    last: Instant,
    /// Those that no other process knows of.
    untold: u32,
    /// Until when the others have let it use everything up.
    used_up: Instant,
}

impl Default for LookupLimit {
    fn default() -> Self {
        Self {
            per_minute: AtomicU32::new(PER_MINUTE),
            known: Mutex::default(),
        }
    }
}

impl LookupLimit {
    /// Sets how many look-ups a minute an address may make.
    pub fn allow_per_minute(&self, lookups: u32) {
        self.per_minute.store(lookups.max(1), Ordering::Relaxed);
    }

    /// Takes one look-up from what the address may make, here and at all other processes.
    pub async fn look(
        &self,
        store: &dyn Store,
        keys: &Keys,
        peer: IpAddr,
        now: Instant,
    ) -> Result<(), Error> {
        let Some(untold) = self.look_here(peer, now)? else {
            return Ok(());
        };
        let per_minute = self.per_minute.load(Ordering::Relaxed);
        let minute = TimeDelta::minutes(1);
        let cost = minute / i32::try_from(per_minute).unwrap_or(i32::MAX);
        let cost = cost * i32::try_from(untold).unwrap_or(i32::MAX);
        let visitor = keys.visitor(time::local_day(now), network(peer));
        let busy = match store.count_lookups(&visitor, cost, now).await {
            Ok(Some(busy)) => busy,
            Ok(None) => return Ok(()),
            Err(error) => {
                // The limit of this process holds.
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "look-ups could not be counted for other processes");
                return Ok(());
            }
        };
        let free = busy - minute;
        if free <= now {
            return Ok(());
        }
        if let Some(allowance) = self.known().get_mut(&network(peer)) {
            allowance.used_up = free;
        }
        Err(slowed(peer, free - now))
    }

    /// The same of this process alone; how many look-ups the others are to be told of, if it is time.
    fn look_here(&self, peer: IpAddr, now: Instant) -> Result<Option<u32>, Error> {
        let per_minute = self.per_minute.load(Ordering::Relaxed);
        let rate = i64::from(per_minute);
        let full = rate * 1_000;
        let mut known = self.known();
        make_room(&mut known, |allowance| allowance.last, now);
        let allowance = known.entry(network(peer)).or_insert(Allowance {
            left: full,
            last: now,
            untold: 0,
            used_up: now,
        });
        let passed_ms = (now - allowance.last).num_milliseconds().clamp(0, 60_000);
        allowance.left = (allowance.left + passed_ms * rate / 60).min(full);
        allowance.last = now;
        if allowance.left == full {
            // Whoever has been away for a minute begins anew.
            allowance.untold = 0;
        }
        if allowance.left < 1_000 {
            let missing_ms = (1_000 - allowance.left) * 60 / rate;
            return Err(slowed(peer, TimeDelta::milliseconds(missing_ms)));
        }
        if allowance.used_up > now {
            return Err(slowed(peer, allowance.used_up - now));
        }
        allowance.left -= 1_000;
        allowance.untold += 1;
        let is_time = allowance.untold > per_minute / UNTOLD;
        Ok(is_time.then(|| std::mem::take(&mut allowance.untold)))
    }

    fn known(&self) -> MutexGuard<'_, HashMap<IpAddr, Allowance>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn slowed(peer: IpAddr, left: TimeDelta) -> Error {
    security::note(Event::LookupSlowed, Some(peer));
    wait(left.num_milliseconds().div_euclid(1_000) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn an_address_looks_up_so_often_a_minute_and_others_are_not_held() {
        let limit = LookupLimit::default();
        limit.allow_per_minute(30);
        for _ in 0..30 {
            limit.look_here(peer(1), START).unwrap();
        }
        let told = limit.look_here(peer(1), START).unwrap_err();
        assert!(matches!(told, Error::TooMany { seconds: 3 }), "{told}");
        assert!(limit.look_here(peer(2), START).is_ok());
        let later = START + TimeDelta::seconds(2);
        assert!(limit.look_here(peer(1), later).is_ok());
    }

    #[test]
    fn a_line_of_the_sixth_version_is_one_address_whatever_it_takes() {
        let limit = LookupLimit::default();
        limit.allow_per_minute(1);
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let look = |address: &str| limit.look_here(at(address), START);
        look("2001:db8:1:2::1").unwrap();
        assert!(look("2001:db8:1:2:ffff::9").is_err());
        assert!(look("2001:db8:1:3::1").is_ok());
        look("192.0.2.1").unwrap();
        assert!(look("::ffff:192.0.2.1").is_err());
    }

    #[test]
    fn the_others_are_told_of_each_tenth_and_of_no_look_up_twice() {
        let limit = LookupLimit::default();
        let told = (0..14).map(|_| limit.look_here(peer(1), START).unwrap());
        let told: Vec<Option<u32>> = told.collect();
        let few = [None; 6];
        assert_eq!(told, [&few[..], &[Some(7)], &few, &[Some(7)]].concat());
    }
}
