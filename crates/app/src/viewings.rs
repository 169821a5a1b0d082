//! Who saw personal values: on pages, in lists and over the wire.
//!
//! A commit for each look would make a page as dear as a write. So looks wait in memory for a moment and
//! are written together; the same look by the same person is noted once an hour. A process that is
//! killed loses the looks of its last moment; one that is told to stop loses none.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use domain::id::ActorId;
use domain::time::Instant;

use crate::access::Caller;
use crate::ports::{AccessEventKind, Viewed};

/// How long the same look is not noted again: a clerk opens a dossier many times while at it.
const ONCE_IN: TimeDelta = TimeDelta::hours(1);

/// How many looks are remembered; beyond, all are forgotten, and each is noted once more.
const REMEMBERED: usize = 50_000;

/// Who looked lately, and what of it is not written yet.
#[derive(Default)]
pub(crate) struct Viewings(Mutex<Looks>);

/// A look, by which it is known again.
type Look = (ActorId, AccessEventKind, String);

#[derive(Default)]
struct Looks {
    lately: HashMap<Look, Instant>,
    unwritten: Vec<Viewed>,
}

impl Viewings {
    /// Notes a look, unless the same one was noted within the hour.
    pub fn note(&self, caller: &Caller, kind: AccessEventKind, detail: String, now: Instant) {
        let mut looks = self.lock();
        let look = (caller.actor.clone(), kind, detail.clone());
        let last = looks.lately.get(&look);
        if last.is_some_and(|last| now - *last < ONCE_IN) {
            return;
        }
        if looks.lately.len() >= REMEMBERED {
            looks.lately.clear();
        }
        looks.lately.insert(look, now);
        looks.unwritten.push(Viewed {
            province: caller.province.clone(),
            at: now,
            actor: caller.actor.clone(),
            kind,
            token: caller.token_id().map(str::to_owned),
            detail,
        });
    }

    /// What is not written yet; whoever takes it writes it or gives it back.
    pub fn take(&self) -> Vec<Viewed> {
        std::mem::take(&mut self.lock().unwritten)
    }

    /// Takes back what could not be written.
    pub fn give_back(&self, unwritten: Vec<Viewed>) {
        self.lock().unwritten.extend(unwritten);
    }

    fn lock(&self) -> MutexGuard<'_, Looks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{ProvinceCode, UnitCode};
    use domain::role::Role;

    use super::*;

    fn caller(actor: &str) -> Caller {
        Caller {
            token: format!("account {actor}"),
            actor: ActorId::parse(actor).unwrap(),
            role: Role::Officer,
            also: Vec::new(),
            province: ProvinceCode::parse("08").unwrap(),
            units: vec![UnitCode::parse("H60.02215").unwrap()],
            former: Vec::new(),
        }
    }

    #[test]
    fn the_same_look_of_the_same_person_is_noted_once_an_hour() {
        let viewings = Viewings::default();
        let began = Instant::from_timestamp_micros(1_790_000_000_000_000).unwrap();
        let look = |actor: &str, code: &str, minutes: i64| {
            let at = began + TimeDelta::minutes(minutes);
            let kind = AccessEventKind::PersonalViewed;
            viewings.note(&caller(actor), kind, code.to_owned(), at);
            viewings.take().len()
        };
        assert_eq!(look("lan", "a", 0), 1);
        assert_eq!(look("lan", "a", 59), 0, "still at it");
        assert_eq!(look("hoa", "a", 59), 1, "somebody else");
        assert_eq!(look("lan", "b", 59), 1, "another dossier");
        assert_eq!(look("lan", "a", 60), 1, "an hour later");
    }
}
