//! Units that wait for a lock which another process holds, and go on beside the lane.
//!
//! A process that was stopped in the middle of a transaction keeps what it has locked until the server
//! ends that transaction. The lane does not wait for it: the commands of a batch that was held go on unit
//! by unit, each for itself, and what comes for such a unit meanwhile goes behind them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The units that are dealt with beside the lane, each with what came for it since.
pub(super) struct Aside<T> {
    units: Mutex<HashMap<String, Vec<T>>>,
}

impl<T> Aside<T> {
    /// Nobody is held.
    pub fn new() -> Self {
        Self {
            units: Mutex::default(),
        }
    }

    /// Keeps the commands of units that are dealt with here, and returns the others.
    pub fn keep(&self, batch: Vec<T>, unit: impl Fn(&T) -> &str) -> Vec<T> {
        let mut units = self.locked();
        if units.is_empty() {
            return batch;
        }
        let mut others = Vec::with_capacity(batch.len());
        for command in batch {
            match units.get_mut(unit(&command)) {
                Some(waiting) => waiting.push(command),
                None => others.push(command),
            }
        }
        others
    }

    /// Takes commands that were held, and returns them by unit. What comes for these units is kept from
    /// now on.
    pub fn take(&self, held: Vec<T>, unit: impl Fn(&T) -> &str) -> HashMap<String, Vec<T>> {
        let mut groups: HashMap<String, Vec<T>> = HashMap::new();
        for command in held {
            let unit = unit(&command).to_owned();
            groups.entry(unit).or_default().push(command);
        }
        let mut units = self.locked();
        for unit in groups.keys() {
            units.entry(unit.clone()).or_default();
        }
        groups
    }

    /// What a unit goes on with: what is still held, and behind it what came since. None when that is
    /// all, and the unit goes through the lane again.
    pub fn next(&self, unit: &str, mut held: Vec<T>) -> Option<Vec<T>> {
        let mut units = self.locked();
        held.extend(units.get_mut(unit).map(std::mem::take).unwrap_or_default());
        if held.is_empty() {
            units.remove(unit);
            return None;
        }
        Some(held)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Vec<T>>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Command = (&'static str, u32);

    fn unit(command: &Command) -> &str {
        command.0
    }

    #[test]
    fn what_comes_for_a_held_unit_goes_behind_it_and_others_go_through() {
        let aside = Aside::new();
        assert_eq!(aside.keep(vec![("a", 1)], unit), [("a", 1)]);
        let groups = aside.take(vec![("a", 1), ("b", 2), ("a", 3)], unit);
        assert_eq!(groups["a"], [("a", 1), ("a", 3)]);
        assert_eq!(groups["b"], [("b", 2)]);
        assert_eq!(aside.keep(vec![("a", 4), ("c", 5)], unit), [("c", 5)]);
        assert_eq!(
            aside.next("a", vec![("a", 3)]),
            Some(vec![("a", 3), ("a", 4)])
        );
        assert_eq!(aside.next("a", Vec::new()), None);
        assert_eq!(aside.next("b", Vec::new()), None);
        assert_eq!(
            aside.keep(vec![("a", 6), ("b", 7)], unit),
            [("a", 6), ("b", 7)]
        );
    }
}
