//! Look-ups and PINs of the public: how many a peer may make, and how wrong PINs slow it down.
//!
//! Nothing is ever shut. A wrong PIN counts against the peer that sent it and the dossier it was
//! sent for, so that nobody can keep the holder of a receipt out; each further one makes that peer
//! wait longer before the next is looked at, and the right PIN, once looked at, gets in. Only
//! dossiers that exist are remembered, so that invented codes fill no memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use domain::id::DossierId;
use domain::time::Instant;

use crate::error::Error;
use crate::security::{self, Event};

/// Wrong PINs that cost nothing: a citizen mistypes.
const FREE: u32 = 5;

/// The first wait, doubled with each further wrong PIN.
const FIRST_WAIT_S: i64 = 2;

/// The longest wait. A peer gets 1,440 tries a day at most; a PIN has a thousand million values.
const LONGEST_WAIT_S: i64 = 60;

/// Wrong PINs of all peers together, from which on a peer has one free try instead of five: many
/// peers that guess in turn are one.
const CROWD: u32 = 50;

/// After so long without a wrong PIN all is forgiven.
const MEMORY: TimeDelta = TimeDelta::minutes(15);

/// How many peers and dossiers are remembered, of each kind; beyond, the oldest are forgiven.
const REMEMBERED: usize = 50_000;

/// Look-ups a minute that a peer may make unless the operator says otherwise.
const LOOKUPS_PER_MINUTE: u32 = 60;

/// What peers did lately. In memory: a restart forgives.
#[derive(Debug)]
pub(crate) struct PinAttempts {
    per_minute: AtomicU32,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_peer: HashMap<(DossierId, IpAddr), Wrong>,
    by_dossier: HashMap<DossierId, Wrong>,
    lookups: HashMap<IpAddr, Allowance>,
}

/// Wrong PINs, and when the last one came.
#[derive(Debug, Clone, Copy)]
struct Wrong {
    count: u32,
    last: Instant,
}

/// Look-ups that a peer has left, in thousandths, and as of when.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    left: i64,
    last: Instant,
}

impl Default for PinAttempts {
    fn default() -> Self {
        Self {
            per_minute: AtomicU32::new(LOOKUPS_PER_MINUTE),
            known: Mutex::default(),
        }
    }
}

impl PinAttempts {
    /// Sets how many look-ups a minute a peer may make.
    pub fn allow_per_minute(&self, lookups: u32) {
        self.per_minute.store(lookups.max(1), Ordering::Relaxed);
    }

    /// Takes one look-up from what the peer may make.
    pub fn look(&self, peer: IpAddr, now: Instant) -> Result<(), Error> {
        let per_minute = i64::from(self.per_minute.load(Ordering::Relaxed));
        let full = per_minute * 1_000;
        let mut known = self.known();
        make_room(&mut known.lookups, |allowance| allowance.last, now);
        let allowance = known.lookups.entry(network(peer)).or_insert(Allowance {
            left: full,
            last: now,
        });
        let passed_ms = (now - allowance.last).num_milliseconds().clamp(0, 60_000);
        allowance.left = (allowance.left + passed_ms * per_minute / 60).min(full);
        allowance.last = now;
        if allowance.left >= 1_000 {
            allowance.left -= 1_000;
            return Ok(());
        }
        let missing_ms = (1_000 - allowance.left) * 60 / per_minute;
        security::note(Event::LookupSlowed, Some(peer));
        Err(wait(missing_ms.div_euclid(1_000) + 1))
    }

    /// Whether a PIN of the peer is looked at now.
    pub fn check(&self, dossier: DossierId, peer: IpAddr, now: Instant) -> Result<(), Error> {
        let known = self.known();
        let recent = |wrong: &&Wrong| now - wrong.last < MEMORY;
        let crowd = known.by_dossier.get(&dossier).filter(recent);
        let free = match crowd {
            Some(wrong) if wrong.count >= CROWD => 1,
            Some(_) | None => FREE,
        };
        let own = known.by_peer.get(&(dossier, network(peer))).filter(recent);
        let Some(over) = own.and_then(|own| Some((own.count.checked_sub(free)?, own.last))) else {
            return Ok(());
        };
        let (over, last) = over;
        let wait_s = (FIRST_WAIT_S << over.min(5)).min(LONGEST_WAIT_S);
        let left_ms = (last + TimeDelta::seconds(wait_s) - now).num_milliseconds();
        if left_ms <= 0 {
            return Ok(());
        }
        security::note(Event::PinSlowed, Some(peer));
        Err(wait((left_ms + 999) / 1_000))
    }

    /// Notes a wrong PIN for a dossier that exists.
    pub fn wrong(&self, dossier: DossierId, peer: IpAddr, now: Instant) {
        security::note(Event::PinRefused, Some(peer));
        let mut known = self.known();
        make_room(&mut known.by_peer, |wrong| wrong.last, now);
        make_room(&mut known.by_dossier, |wrong| wrong.last, now);
        count(&mut known.by_peer, (dossier, network(peer)), now);
        count(&mut known.by_dossier, dossier, now);
    }

    /// Forgives a peer that knew the PIN.
    pub fn right(&self, dossier: DossierId, peer: IpAddr) {
        self.known().by_peer.remove(&(dossier, network(peer)));
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known
            .lock()
            .expect("no panic happens while it is held")
    }
}

fn wait(seconds: i64) -> Error {
    Error::TooMany {
        seconds: u32::try_from(seconds).unwrap_or(1).max(1),
    }
}

fn count<K: Eq + Hash>(counted: &mut HashMap<K, Wrong>, key: K, now: Instant) {
    let wrong = counted.entry(key).or_insert(Wrong {
        count: 0,
        last: now,
    });
    if now - wrong.last >= MEMORY {
        wrong.count = 0;
    }
    wrong.count = wrong.count.saturating_add(1);
    wrong.last = now;
}

/// Forgets what is old when there is too much, and the older half of it if all of it is new.
fn make_room<K: Clone + Eq + Hash, V>(
    kept: &mut HashMap<K, V>,
    last: impl Fn(&V) -> Instant,
    now: Instant,
) {
    if kept.len() < REMEMBERED {
        return;
    }
    kept.retain(|_, value| now - last(value) < MEMORY);
    if kept.len() >= REMEMBERED {
        let mut moments: Vec<Instant> = kept.values().map(&last).collect();
        let middle = moments.len() / 2;
        let (_, middle, _) = moments.select_nth_unstable(middle);
        let middle = *middle;
        kept.retain(|_, value| last(value) > middle);
    }
}

/// What counts as one peer: an address, and of the sixth version the network that a line is given.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn dossier(number: u64) -> DossierId {
        DossierId::new(1, 2, number)
    }

    #[test]
    fn wrong_pins_slow_down_the_peer_that_sends_them_and_nobody_else() {
        let attempts = PinAttempts::default();
        for _ in 0..5 {
            attempts.check(dossier(1), peer(1), START).unwrap();
            attempts.wrong(dossier(1), peer(1), START);
        }
        let told = attempts.check(dossier(1), peer(1), START).unwrap_err();
        assert!(matches!(told, Error::TooMany { seconds: 2 }), "{told}");
        assert!(attempts.check(dossier(1), peer(2), START).is_ok());
        assert!(attempts.check(dossier(2), peer(1), START).is_ok());

        let later = START + TimeDelta::seconds(2);
        assert!(
            attempts.check(dossier(1), peer(1), later).is_ok(),
            "slower, and not shut"
        );
        attempts.wrong(dossier(1), peer(1), later);
        let told = attempts.check(dossier(1), peer(1), later).unwrap_err();
        assert!(matches!(told, Error::TooMany { seconds: 4 }), "{told}");
        for _ in 0..20 {
            attempts.wrong(dossier(1), peer(1), later);
        }
        let told = attempts.check(dossier(1), peer(1), later).unwrap_err();
        assert!(matches!(told, Error::TooMany { seconds: 60 }), "{told}");
        attempts.right(dossier(1), peer(1));
        assert!(attempts.check(dossier(1), peer(1), later).is_ok());
    }

    #[test]
    fn many_peers_that_guess_in_turn_have_one_free_try_each() {
        let attempts = PinAttempts::default();
        for last in 0..50 {
            attempts.wrong(dossier(1), peer(last), START);
        }
        assert!(
            attempts.check(dossier(1), peer(200), START).is_ok(),
            "the holder's first try is looked at whatever others do"
        );
        attempts.wrong(dossier(1), peer(200), START);
        assert!(attempts.check(dossier(1), peer(200), START).is_err());
        let forgiven = START + MEMORY;
        assert!(attempts.check(dossier(1), peer(200), forgiven).is_ok());
    }

    #[test]
    fn a_peer_looks_up_so_often_a_minute_and_others_are_not_held() {
        let attempts = PinAttempts::default();
        attempts.allow_per_minute(30);
        for _ in 0..30 {
            attempts.look(peer(1), START).unwrap();
        }
        let told = attempts.look(peer(1), START).unwrap_err();
        assert!(matches!(told, Error::TooMany { seconds: 3 }), "{told}");
        assert!(attempts.look(peer(2), START).is_ok());
        assert!(
            attempts
                .look(peer(1), START + TimeDelta::seconds(2))
                .is_ok()
        );
    }

    #[test]
    fn a_line_of_the_sixth_version_is_one_peer_whatever_address_it_takes() {
        let attempts = PinAttempts::default();
        attempts.allow_per_minute(1);
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        attempts.look(at("2001:db8:1:2::1"), START).unwrap();
        assert!(attempts.look(at("2001:db8:1:2:ffff::9"), START).is_err());
        assert!(attempts.look(at("2001:db8:1:3::1"), START).is_ok());
        attempts.look(at("192.0.2.1"), START).unwrap();
        assert!(attempts.look(at("::ffff:192.0.2.1"), START).is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded_and_a_flood_forgives_the_oldest() {
        let mut kept: HashMap<u32, Wrong> = (0..50_000)
            .map(|number| {
                let last = START + TimeDelta::milliseconds(i64::from(number));
                (number, Wrong { count: 9, last })
            })
            .collect();
        make_room(&mut kept, |wrong| wrong.last, START);
        assert!(kept.len() < 25_001 && kept.contains_key(&49_999));
    }
}
