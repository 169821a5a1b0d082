//! PINs of the public: how wrong ones slow a peer down.
//!
//! Nothing is ever shut. A wrong PIN counts against the peer that sent it and the dossier it was
//! sent for, so that nobody can keep the holder of a receipt out; each further one makes that peer
//! wait longer before the next is looked at, and the right PIN, once looked at, gets in. Only
//! dossiers that exist are remembered, so that invented codes fill no memory.
//!
//! Wrong PINs are counted in the database, for all processes together and across a restart. Whoever
//! sends the right one costs no write unless their address had sent a wrong one before.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::time::Instant;

use crate::error::Error;
use crate::keys::Keys;
use crate::ports::{Key, PinTries, Store, WrongPin, WrongPins};
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

/// How long wrong PINs are collected before they are written, so that a flood of them makes some forty
/// transactions a second and not one each.
const COLLECTED: Duration = Duration::from_millis(25);

/// What peers did lately.
#[derive(Debug, Default)]
pub(crate) struct PinAttempts {
    /// Wrong PINs that no process but this one can see yet.
    unwritten: Mutex<HashMap<(Key, String), PinTries>>,
    writing: tokio::sync::Mutex<()>,
}

/// Who presents a proof, and for which dossier.
#[derive(Debug, Clone)]
pub(crate) struct Presenter {
    dossier: Key,
    /// The address, and the hash by which the database knows it.
    address: IpAddr,
    peer: String,
}

/// The peer that stands for all peers of a dossier.
const ALL: &str = "";

impl PinAttempts {
    /// Whether a proof is looked at now, by what is counted in the database.
    pub fn check(
        &self,
        presenter: &Presenter,
        counted: WrongPins,
        now: Instant,
    ) -> Result<(), Error> {
        let recent = |tries: &PinTries| now - tries.last < MEMORY;
        let unwritten = self.unwritten();
        let with = |peer: &str, counted: Option<PinTries>| {
            let here = unwritten.get(&(presenter.dossier.clone(), peer.to_owned()));
            let both = [counted, here.copied()].into_iter().flatten();
            both.filter(recent).reduce(PinTries::and)
        };
        let free = match with(ALL, counted.all) {
            Some(tries) if tries.count >= CROWD => 1,
            Some(_) | None => FREE,
        };
        let own = with(&presenter.peer, counted.own);
        let Some((over, last)) = own.and_then(|own| Some((own.count.checked_sub(free)?, own.last)))
        else {
            return Ok(());
        };
        let wait_s = (FIRST_WAIT_S << over.min(5)).min(LONGEST_WAIT_S);
        let left_ms = (last + TimeDelta::seconds(wait_s) - now).num_milliseconds();
        if left_ms <= 0 {
            return Ok(());
        }
        security::note(Event::PinSlowed, Some(presenter.address));
        Err(wait((left_ms + 999) / 1_000))
    }

    /// Counts a wrong PIN for a dossier that exists. When it returns, every process knows of it.
    pub async fn wrong(&self, store: &dyn Store, presenter: &Presenter, now: Instant) {
        security::note(Event::PinRefused, Some(presenter.address));
        let own = (presenter.dossier.clone(), presenter.peer.clone());
        {
            let mut unwritten = self.unwritten();
            make_room(&mut unwritten, |tries| tries.last, now);
            let all = (presenter.dossier.clone(), ALL.to_owned());
            for key in [all, own.clone()] {
                let one = PinTries {
                    count: 1,
                    last: now,
                };
                let tries = unwritten.remove(&key).map_or(one, |tries| tries.and(one));
                unwritten.insert(key, tries);
            }
        }
        let _alone = self.writing.lock().await;
        // Whoever had the lock before may have written this one too.
        if !self.unwritten().contains_key(&own) {
            return;
        }
        tokio::time::sleep(COLLECTED).await;
        let taken = self.unwritten().clone();
        let wrong: Vec<WrongPin> = taken
            .iter()
            .map(|((dossier, peer), tries)| WrongPin {
                dossier: dossier.clone(),
                peer: peer.clone(),
                tries: *tries,
            })
            .collect();
        if let Err(error) = store.count_wrong_pins(&wrong, now - MEMORY).await {
            // They go on counting in this process.
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "wrong PINs could not be counted for other processes");
            return;
        }
        // Those that came during the writing stay.
        let mut unwritten = self.unwritten();
        for (key, written) in taken {
            if let Some(tries) = unwritten.get_mut(&key) {
                tries.count = tries.count.saturating_sub(written.count);
                if tries.count == 0 {
                    unwritten.remove(&key);
                }
            }
        }
    }

    /// Forgives a peer that knew the PIN.
    pub async fn right(&self, store: &dyn Store, presenter: &Presenter, counted: WrongPins) {
        let own = (presenter.dossier.clone(), presenter.peer.clone());
        self.unwritten().remove(&own);
        if counted.own.is_none() {
            return;
        }
        let forgiven = store.forgive_pins(&presenter.dossier, &presenter.peer);
        if let Err(error) = forgiven.await {
            // The count ends by itself.
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "wrong PINs could not be forgiven");
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, HashMap<(Key, String), PinTries>> {
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Presenter {
    /// Somebody at an address who presents a proof for a dossier.
    pub fn new(keys: &Keys, dossier: Key, address: IpAddr) -> Self {
        Self {
            peer: keys.peer(dossier.1, network(address)),
            dossier,
            address,
        }
    }

    /// What the database knows the peer by.
    pub fn peer(&self) -> &str {
        &self.peer
    }
}

impl PinTries {
    /// These and others together.
    fn and(self, others: Self) -> Self {
        Self {
            count: self.count.saturating_add(others.count),
            last: Ord::max(self.last, others.last),
        }
    }
}

pub(crate) fn wait(seconds: i64) -> Error {
    Error::TooMany {
        seconds: u32::try_from(seconds).unwrap_or(1).max(1),
    }
}

/// Forgets what is old when there is too much, and the older half of it if all of it is new.
pub(crate) fn make_room<K: Clone + Eq + Hash, V>(
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
pub(crate) fn network(peer: IpAddr) -> IpAddr {
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
    use domain::id::{DossierId, ProvinceCode};

    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn presenter(dossier: u64, last: u8) -> Presenter {
        let province = ProvinceCode::parse("08").unwrap();
        let key = (province, DossierId::new(1, 2, dossier));
        Presenter::new(&Keys::new(b"a secret"), key, peer(last))
    }

    fn tries(count: u32, last: Instant) -> Option<PinTries> {
        Some(PinTries { count, last })
    }

    #[test]
    fn each_further_wrong_pin_makes_a_peer_wait_longer_and_shuts_nobody_out() {
        let attempts = PinAttempts::default();
        let told = |count: u32, now: Instant| {
            let counted = WrongPins {
                own: tries(count, START),
                all: tries(count, START),
            };
            attempts.check(&presenter(1, 1), counted, now)
        };
        assert!(told(4, START).is_ok());
        for (count, expected) in [(5, 2), (6, 4), (7, 8), (40, 60)] {
            let told = told(count, START).unwrap_err();
            assert!(
                matches!(told, Error::TooMany { seconds } if seconds == expected),
                "{told}"
            );
        }
        assert!(
            told(5, START + TimeDelta::seconds(2)).is_ok(),
            "slower, and not shut"
        );
        assert!(told(40, START + MEMORY).is_ok(), "forgiven in the end");
    }

    #[test]
    fn many_peers_that_guess_in_turn_have_one_free_try_each() {
        let attempts = PinAttempts::default();
        let crowd = |own: Option<PinTries>| WrongPins {
            own,
            all: tries(50, START),
        };
        assert!(
            attempts
                .check(&presenter(1, 200), crowd(None), START)
                .is_ok(),
            "the holder's first try is looked at whatever others do"
        );
        let once = crowd(tries(1, START));
        assert!(attempts.check(&presenter(1, 200), once, START).is_err());
        let forgiven = START + MEMORY;
        assert!(attempts.check(&presenter(1, 200), once, forgiven).is_ok());
    }

    #[test]
    fn an_address_is_kept_as_a_hash_that_differs_from_dossier_to_dossier() {
        let known = [presenter(1, 1), presenter(1, 2), presenter(2, 1)].map(|one| one.peer);
        assert_ne!(known[0], known[1]);
        assert_ne!(known[0], known[2]);
        assert!(
            known
                .iter()
                .all(|peer| peer.len() == 32 && !peer.contains("192"))
        );
    }

    #[test]
    fn what_is_remembered_is_bounded_and_a_flood_forgives_the_oldest() {
        let mut kept: HashMap<u32, PinTries> = (0..50_000)
            .map(|number| {
                let last = START + TimeDelta::milliseconds(i64::from(number));
                (number, PinTries { count: 9, last })
            })
            .collect();
        make_room(&mut kept, |wrong| wrong.last, START);
        assert!(kept.len() < 25_001 && kept.contains_key(&49_999));
    }
}
