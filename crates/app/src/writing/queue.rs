//! The waiting commands of the lane: bounded, fair between units, finishing work before beginning.

use std::collections::VecDeque;

/// The urgency of a command. Commands that finish work go first, because a citizen waits for them;
/// commands that begin work can wait longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A result is ready or returned, or a dossier ends.
    Finishing,
    /// Everything in between.
    Going,
    /// A new dossier begins, or a job runs.
    Beginning,
}

const CLASSES: [Class; 3] = [Class::Finishing, Class::Going, Class::Beginning];

/// Waiting commands, by class and unit.
///
/// **Admission.** A unit may have as many commands waiting as there are free places (twice as many
/// for commands that do not begin work). A flood from one unit therefore stops at half of the
/// places, a flood from many units earlier, and a unit with few commands always finds a place:
/// dynamic thresholds, Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998.
///
/// **Order.** Class by class, and within a class one command of each unit in turn. A quarter of
/// each take is reserved for the less urgent classes, so that no command waits for ever.
#[derive(Debug)]
pub(super) struct Queue<T> {
    places: usize,
    held: usize,
    waiting: [VecDeque<Unit<T>>; 3],
}

/// The waiting commands of one unit, oldest first; never empty.
#[derive(Debug)]
struct Unit<T> {
    code: Box<str>,
    commands: VecDeque<T>,
}

impl<T> Queue<T> {
    /// An empty queue with this many places.
    pub fn new(places: usize) -> Self {
        Self {
            places,
            held: 0,
            waiting: Default::default(),
        }
    }

    /// Admits a command, or returns it if there is no place for it.
    pub fn admit(&mut self, unit: &str, class: Class, command: T) -> Result<(), T> {
        let free = self.places - self.held;
        let share = match class {
            Class::Finishing | Class::Going => 2 * free,
            Class::Beginning => free,
        };
        if free == 0 || self.held_by(unit) >= share {
            return Err(command);
        }
        self.held += 1;
        let units = &mut self.waiting[class as usize];
        match units.iter_mut().find(|known| *known.code == *unit) {
            Some(known) => known.commands.push_back(command),
            None => units.push_back(Unit {
                code: unit.into(),
                commands: VecDeque::from([command]),
            }),
        }
        Ok(())
    }

    /// Takes at most this many, the most urgent first.
    pub fn take(&mut self, most: usize) -> Vec<T> {
        let mut taken = Vec::with_capacity(most.min(self.held));
        for (rank, class) in CLASSES.into_iter().enumerate() {
            let later: usize = CLASSES[rank + 1..]
                .iter()
                .map(|class| self.held_in(*class))
                .sum();
            // A quarter of the batch stays for the less urgent classes, as far as these have
            // commands waiting.
            let kept = later.min(most / 4);
            self.take_in_turn(class, most - kept, &mut taken);
        }
        self.held -= taken.len();
        taken
    }

    /// Takes one command of each unit in turn, until `taken` has `until` commands.
    fn take_in_turn(&mut self, class: Class, until: usize, taken: &mut Vec<T>) {
        let units = &mut self.waiting[class as usize];
        while taken.len() < until
            && let Some(mut unit) = units.pop_front()
        {
            taken.extend(unit.commands.pop_front());
            if !unit.commands.is_empty() {
                units.push_back(unit);
            }
        }
    }

    fn held_by(&self, unit: &str) -> usize {
        let units = self.waiting.iter().flatten();
        units
            .filter(|known| *known.code == *unit)
            .map(|known| known.commands.len())
            .sum()
    }

    fn held_in(&self, class: Class) -> usize {
        let units = self.waiting[class as usize].iter();
        units.map(|unit| unit.commands.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Class::{Beginning, Finishing, Going};
    use super::*;

    /// Lets in as many as there is place for, and says how many that was.
    fn flood(queue: &mut Queue<String>, name: &str, class: Class) -> usize {
        (0..10_000)
            .take_while(|number| queue.admit(name, class, format!("{name}{number}")).is_ok())
            .count()
    }

    #[test]
    fn one_unit_at_a_time_has_all_that_waits_in_order() {
        let mut queue = Queue::new(10);
        for number in 1..=4 {
            queue.admit("A", Going, number).unwrap();
        }
        assert_eq!(queue.take(3), [1, 2, 3]);
        assert_eq!(queue.take(3), [4]);
        assert_eq!(queue.take(3), Vec::<i32>::new());
    }

    #[test]
    fn a_flood_leaves_places_for_every_other_unit() {
        let mut queue = Queue::new(100);
        assert_eq!(flood(&mut queue, "A", Beginning), 50);
        assert_eq!(flood(&mut queue, "B", Beginning), 25);
        assert_eq!(flood(&mut queue, "C", Beginning), 13);
        queue.admit("D", Beginning, "one".to_owned()).unwrap();
    }

    #[test]
    fn what_finishes_work_is_let_in_where_new_work_is_not() {
        let mut queue = Queue::new(100);
        flood(&mut queue, "A", Beginning);
        let again =
            |class, queue: &mut Queue<String>| queue.admit("A", class, "x".to_owned()).is_ok();
        assert!(!again(Beginning, &mut queue));
        assert!(again(Finishing, &mut queue));
        assert!(again(Going, &mut queue));
    }

    #[test]
    fn no_flood_of_any_kind_passes_the_bound() {
        for class in CLASSES {
            for places in [1, 2, 7, 64] {
                let mut queue = Queue::new(places);
                let mut held = 0;
                for name in ["A", "B", "C", "D", "E", "F", "G"] {
                    held += flood(&mut queue, name, class);
                }
                assert!(
                    (1..=places).contains(&held),
                    "{class:?}: {held} of {places}"
                );
                assert_eq!(queue.take(usize::MAX).len(), held);
                assert!(flood(&mut queue, "A", class) > 0, "places come back");
            }
        }
    }

    #[test]
    fn units_are_taken_in_turn_however_much_one_of_them_has() {
        let mut queue = Queue::new(1_000);
        flood(&mut queue, "A", Beginning);
        for name in ["B", "C"] {
            queue.admit(name, Beginning, format!("{name}0")).unwrap();
        }
        assert_eq!(queue.take(4), ["A0", "B0", "C0", "A1"]);
    }

    #[test]
    fn a_unit_keeps_its_turn_from_one_taking_to_the_next() {
        let mut queue = Queue::new(100);
        for name in ["A", "B", "C"] {
            for number in 0..2 {
                queue.admit(name, Going, format!("{name}{number}")).unwrap();
            }
        }
        assert_eq!(queue.take(2), ["A0", "B0"]);
        assert_eq!(queue.take(2), ["C0", "A1"]);
        assert_eq!(queue.take(2), ["B1", "C1"]);
    }

    #[test]
    fn the_urgent_go_first_and_the_others_are_never_left_out() {
        let mut queue = Queue::new(1_000);
        for (class, name) in [(Beginning, "b"), (Going, "g"), (Finishing, "f")] {
            for number in 0..20 {
                queue
                    .admit(&name.to_uppercase(), class, format!("{name}{number}"))
                    .unwrap();
            }
        }
        let taken = queue.take(16);
        let count = |name: char| taken.iter().filter(|one| one.starts_with(name)).count();
        assert_eq!((count('f'), count('g'), count('b')), (12, 0, 4));
        assert!(taken[0].starts_with('f'), "{taken:?}");
        // With nothing urgent all of it is for the others.
        queue.take(24);
        let rest = queue.take(100);
        assert_eq!(rest.len(), 20);
    }
}
