//! Units over time: which unit succeeded which, and on which day.
//!
//! A unit is its agency identifier. A unit that keeps it through a merger is the same unit under
//! another name; a unit that loses it has heirs. If a unit was divided, its main heir gets the
//! dossiers, unless somebody chooses another heir.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use chrono::NaiveDate;

use crate::id::UnitCode;

/// How much of a unit an heir gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    Whole,
    /// Some of it; other heirs take the rest.
    Part,
}

impl Share {
    /// The word in data: `whole` or `part`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Share::Whole => "whole",
            Share::Part => "part",
        }
    }
}

/// One line of a table of successors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// The unit until the day before.
    pub old: UnitCode,
    /// The unit that has it from the day on; `old` itself if it goes on.
    pub new: UnitCode,
    /// How much of `old` it is.
    pub share: Share,
    /// Whether `new` takes over the dossiers of `old`.
    pub main: bool,
}

/// Who takes over from a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heirs {
    main: UnitCode,
    all: Vec<(UnitCode, Share)>,
}

impl Heirs {
    /// The heir that takes over the dossiers.
    #[must_use]
    pub fn main(&self) -> &UnitCode {
        &self.main
    }

    /// Every heir, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = &(UnitCode, Share)> {
        self.all.iter()
    }

    /// Whether several heirs share it.
    #[must_use]
    pub fn is_divided(&self) -> bool {
        self.all.len() > 1
    }

    fn contains(&self, unit: &UnitCode) -> bool {
        self.all.iter().any(|(heir, _)| heir == unit)
    }
}

/// All take-overs of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    day: NaiveDate,
    heirs: BTreeMap<UnitCode, Heirs>,
}

/// Why take-overs contradict each other. `at` is the place of the faulty line, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLineage {
    /// The same pair occurs twice.
    #[error("{old} goes to {new} twice")]
    Twice {
        /// See [`InvalidLineage`].
        at: usize,
        /// The unit that is taken over.
        old: UnitCode,
        /// Its heir.
        new: UnitCode,
    },
    /// A unit goes as a whole to one heir and also to others.
    #[error("{old} goes to {new} as a whole, yet it has other successors too")]
    MoreThanWhole {
        /// See [`InvalidLineage`].
        at: usize,
        /// The unit that is taken over.
        old: UnitCode,
        /// The heir of the whole.
        new: UnitCode,
    },
    /// A unit goes in part to one heir, and no heir has the rest.
    #[error("{old} goes to {new} in part, and the rest of it to nobody")]
    LessThanWhole {
        /// See [`InvalidLineage`].
        at: usize,
        /// The unit that is taken over.
        old: UnitCode,
        /// Its only heir.
        new: UnitCode,
    },
    /// A unit has two main heirs.
    #[error("{old} has two default successors, {first} and {second}")]
    TwoMains {
        /// See [`InvalidLineage`].
        at: usize,
        /// The unit that is taken over.
        old: UnitCode,
        /// The one that comes first.
        first: UnitCode,
        /// The other one.
        second: UnitCode,
    },
    /// A unit has no main heir.
    #[error("{old} has no default successor")]
    NoMain {
        /// See [`InvalidLineage`].
        at: usize,
        /// The unit that is taken over.
        old: UnitCode,
    },
    /// An heir is itself given up on the same day.
    #[error("{old} goes to {new}, which is itself given up that day: name the one that stays")]
    Chain {
        /// See [`InvalidLineage`].
        at: usize,
        /// The unit that is taken over.
        old: UnitCode,
        /// Its heir, which does not stay.
        new: UnitCode,
    },
    /// Units take over from each other in a circle.
    #[error("{} take over from each other in a circle", Listed(.units))]
    Cycle {
        /// See [`InvalidLineage`].
        at: usize,
        /// The units of the circle.
        units: Vec<UnitCode>,
    },
}

struct Listed<'a>(&'a [UnitCode]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, unit) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { ", " };
            write!(f, "{between}{unit}")?;
        }
        Ok(())
    }
}

impl InvalidLineage {
    /// The place of the faulty line, from 0.
    #[must_use]
    pub fn at(&self) -> usize {
        match self {
            Self::Twice { at, .. }
            | Self::MoreThanWhole { at, .. }
            | Self::LessThanWhole { at, .. }
            | Self::TwoMains { at, .. }
            | Self::NoMain { at, .. }
            | Self::Chain { at, .. }
            | Self::Cycle { at, .. } => *at,
        }
    }
}

/// Why a choice cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongChoice {
    /// The table gives the unit to no heir.
    #[error("{old} has no successor in the table")]
    NotTakenOver {
        /// The unit.
        old: UnitCode,
    },
    /// The table gives it to others.
    #[error("{new} is no successor of {old}; expected one of {}", Listed(.expected))]
    NoHeir {
        /// The unit that is taken over.
        old: UnitCode,
        /// The one that was chosen.
        new: UnitCode,
        /// Those that the table names.
        expected: Vec<UnitCode>,
    },
}

impl Succession {
    /// Collects the take-overs of a day.
    ///
    /// Errors: every contradiction, by line.
    pub fn new(day: NaiveDate, takeovers: &[Takeover]) -> Result<Self, Vec<InvalidLineage>> {
        let mut lines: BTreeMap<&UnitCode, Vec<(usize, &Takeover)>> = BTreeMap::new();
        for (at, takeover) in takeovers.iter().enumerate() {
            lines.entry(&takeover.old).or_default().push((at, takeover));
        }
        let mut wrong = Vec::new();
        let mut heirs = BTreeMap::new();
        for (old, lines) in &lines {
            if let Some(found) = heirs_of(old, lines, &mut wrong) {
                heirs.insert((*old).clone(), found);
            }
        }
        let succession = Self { day, heirs };
        if wrong.is_empty() {
            succession.refuse_circles(&lines, &mut wrong);
        }
        wrong.sort_by_key(InvalidLineage::at);
        if wrong.is_empty() {
            Ok(succession)
        } else {
            Err(wrong)
        }
    }

    /// The same succession with other main heirs for some divided units.
    ///
    /// Errors: the first choice that the table does not offer.
    pub fn choosing(
        mut self,
        choices: impl IntoIterator<Item = (UnitCode, UnitCode)>,
    ) -> Result<Self, WrongChoice> {
        for (old, new) in choices {
            let Some(heirs) = self.heirs.get_mut(&old) else {
                return Err(WrongChoice::NotTakenOver { old });
            };
            if !heirs.contains(&new) {
                let expected = heirs.all.iter().map(|(heir, _)| heir.clone()).collect();
                return Err(WrongChoice::NoHeir { old, new, expected });
            }
            heirs.main = new;
        }
        Ok(self)
    }

    /// The same succession, with the lines of another table of that day for the units that it
    /// names.
    #[must_use]
    pub fn corrected_by(mut self, other: Self) -> Self {
        self.heirs.extend(other.heirs);
        self
    }

    /// The first day of the new units.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The heirs of a unit; none for a unit that the table does not name.
    #[must_use]
    pub fn heirs(&self, old: &UnitCode) -> Option<&Heirs> {
        self.heirs.get(old)
    }

    /// Every unit that is taken over, with its heirs, by identifier.
    pub fn iter(&self) -> impl Iterator<Item = (&UnitCode, &Heirs)> {
        self.heirs.iter()
    }

    /// The unit that has, from the day on, the dossiers that a unit had the day before.
    #[must_use]
    pub fn successor<'a>(&'a self, unit: &'a UnitCode) -> &'a UnitCode {
        self.heirs.get(unit).map_or(unit, |heirs| &heirs.main)
    }

    /// The unit that has dossiers which a unit has had since a day. A unit that ends passes on all
    /// its dossiers, whenever they came; a unit that goes on passes on what it had before.
    #[must_use]
    pub fn successor_since<'a>(&'a self, unit: &'a UnitCode, since: NaiveDate) -> &'a UnitCode {
        if since < self.day || self.ends(unit) {
            self.successor(unit)
        } else {
            unit
        }
    }

    /// Whether a unit exists no more from the day on.
    #[must_use]
    pub fn ends(&self, unit: &UnitCode) -> bool {
        self.heirs
            .get(unit)
            .is_some_and(|heirs| !heirs.contains(unit))
    }

    fn refuse_circles(
        &self,
        lines: &BTreeMap<&UnitCode, Vec<(usize, &Takeover)>>,
        wrong: &mut Vec<InvalidLineage>,
    ) {
        let mut in_a_circle = BTreeSet::new();
        for (old, lines) in lines {
            // Divided units that go on may swap dossiers, so such a pair is no circle.
            let circle = self.circle_from(old);
            let circle = circle.filter(|circle| circle.iter().any(|unit| self.ends(unit)));
            if let Some(circle) = circle {
                if circle.iter().all(|unit| in_a_circle.insert(unit.clone())) {
                    let (at, _) = lines[0];
                    wrong.push(InvalidLineage::Cycle { at, units: circle });
                }
                continue;
            }
            for (at, takeover) in lines {
                if takeover.new != takeover.old && self.ends(&takeover.new) {
                    wrong.push(InvalidLineage::Chain {
                        at: *at,
                        old: takeover.old.clone(),
                        new: takeover.new.clone(),
                    });
                }
            }
        }
    }

    /// The units met on the way from a unit along main heirs back to it.
    fn circle_from(&self, start: &UnitCode) -> Option<Vec<UnitCode>> {
        let mut circle = vec![start.clone()];
        let mut unit = start;
        loop {
            let next = self.successor(unit);
            if next == start {
                return (circle.len() > 1).then_some(circle);
            }
            if circle.contains(next) {
                return None;
            }
            circle.push(next.clone());
            unit = next;
        }
    }
}

fn heirs_of(
    old: &UnitCode,
    lines: &[(usize, &Takeover)],
    wrong: &mut Vec<InvalidLineage>,
) -> Option<Heirs> {
    let before = wrong.len();
    let mut all: Vec<(UnitCode, Share)> = Vec::with_capacity(lines.len());
    let mut main: Option<&UnitCode> = None;
    for (at, takeover) in lines {
        let (at, old, new) = (*at, old.clone(), takeover.new.clone());
        if all.iter().any(|(heir, _)| *heir == new) {
            wrong.push(InvalidLineage::Twice { at, old, new });
            continue;
        }
        match (takeover.share, lines.len()) {
            (Share::Whole, 1) | (Share::Part, 2..) => {}
            (Share::Whole, _) => wrong.push(InvalidLineage::MoreThanWhole {
                at,
                old: old.clone(),
                new: new.clone(),
            }),
            (Share::Part, _) => wrong.push(InvalidLineage::LessThanWhole {
                at,
                old: old.clone(),
                new: new.clone(),
            }),
        }
        match main {
            Some(first) if takeover.main => wrong.push(InvalidLineage::TwoMains {
                at,
                old,
                first: first.clone(),
                second: new,
            }),
            None if takeover.main => main = Some(&takeover.new),
            Some(_) | None => {}
        }
        all.push((takeover.new.clone(), takeover.share));
    }
    let Some(main) = main else {
        wrong.push(InvalidLineage::NoMain {
            at: lines[0].0,
            old: old.clone(),
        });
        return None;
    };
    (wrong.len() == before).then(|| Heirs {
        main: main.clone(),
        all,
    })
}

/// All known successions, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    successions: Vec<Succession>,
    /// For each heir: the ended units whose main heir it is, with the day.
    inherited: HashMap<UnitCode, Vec<(NaiveDate, UnitCode)>>,
    /// For each succession: by heir, the units of which it has a share.
    origins: Vec<HashMap<UnitCode, Vec<UnitCode>>>,
}

impl Lineage {
    /// Sorts the successions by day.
    #[must_use]
    pub fn new(mut successions: Vec<Succession>) -> Self {
        successions.sort_by_key(Succession::day);
        let mut inherited: HashMap<UnitCode, Vec<(NaiveDate, UnitCode)>> = HashMap::new();
        for known in &successions {
            for (old, heirs) in known.iter().filter(|(old, _)| known.ends(old)) {
                let known = (known.day, old.clone());
                inherited.entry(heirs.main.clone()).or_default().push(known);
            }
        }
        let origins = successions.iter().map(origins).collect();
        Self {
            successions,
            inherited,
            origins,
        }
    }

    /// Every succession, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Succession> {
        self.successions.iter()
    }

    /// The succession of a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&Succession> {
        self.successions.iter().find(|known| known.day == day)
    }

    /// The unit that has, on `today`, the dossiers that a unit has had since a day.
    #[must_use]
    pub fn successor<'a>(
        &'a self,
        unit: &'a UnitCode,
        since: NaiveDate,
        today: NaiveDate,
    ) -> &'a UnitCode {
        self.successions
            .iter()
            .filter(|known| known.day <= today)
            .fold(unit, |unit, known| known.successor_since(unit, since))
    }

    /// The unit that does the work of a unit on a day: the unit itself while it exists, then the
    /// last in the line of its main heirs.
    #[must_use]
    pub fn working<'a>(&'a self, unit: &'a UnitCode, today: NaiveDate) -> &'a UnitCode {
        self.successions
            .iter()
            .filter(|known| known.day <= today)
            .fold(unit, |unit, known| {
                if known.ends(unit) {
                    known.successor(unit)
                } else {
                    unit
                }
            })
    }

    /// A unit, every unit that it succeeded and every unit that succeeded it, also in part.
    #[must_use]
    pub fn kin(&self, unit: &UnitCode) -> BTreeSet<UnitCode> {
        let mut kin = BTreeSet::from([unit.clone()]);
        for origins in self.origins.iter().rev() {
            let before = kin.iter().filter_map(|heir| origins.get(heir)).flatten();
            let before: Vec<UnitCode> = before.cloned().collect();
            kin.extend(before);
        }
        for known in &self.successions {
            let after: Vec<_> = kin
                .iter()
                .filter_map(|unit| known.heirs(unit))
                .flat_map(Heirs::iter)
                .map(|(heir, _)| heir.clone())
                .collect();
            kin.extend(after);
        }
        kin
    }

    /// The units that ended by a day and whose work a unit does, by identifier.
    #[must_use]
    pub fn predecessors(&self, unit: &UnitCode, today: NaiveDate) -> BTreeSet<UnitCode> {
        let mut found = BTreeSet::new();
        let mut heirs = vec![unit];
        while let Some(heir) = heirs.pop() {
            let ended = self.inherited.get(heir).into_iter().flatten();
            for (_, old) in ended.filter(|(day, _)| *day <= today) {
                if found.insert(old.clone()) {
                    heirs.push(old);
                }
            }
        }
        found
    }
}

/// The units of which each heir of a succession has a share.
fn origins(known: &Succession) -> HashMap<UnitCode, Vec<UnitCode>> {
    let mut origins: HashMap<UnitCode, Vec<UnitCode>> = HashMap::new();
    for (old, heirs) in known.iter() {
        for (heir, _) in heirs.iter() {
            origins.entry(heir.clone()).or_default().push(old.clone());
        }
    }
    origins
}

impl<'a> IntoIterator for &'a Lineage {
    type Item = &'a Succession;
    type IntoIter = std::slice::Iter<'a, Succession>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn code(text: &str) -> UnitCode {
        UnitCode::parse(text).expect("an identifier")
    }

    /// `A>B` the whole, `A/B` a part, `A*B` the part of the main heir.
    fn table(lines: &[&str]) -> Vec<Takeover> {
        lines
            .iter()
            .map(|line| {
                let at = line.find(['>', '/', '*']).expect("a sign between");
                let (sign, old, new) = (&line[at..=at], &line[..at], &line[at + 1..]);
                Takeover {
                    old: code(old),
                    new: code(new),
                    share: if sign == ">" {
                        Share::Whole
                    } else {
                        Share::Part
                    },
                    main: sign != "/",
                }
            })
            .collect()
    }

    fn succession(on: &str, lines: &[&str]) -> Succession {
        Succession::new(day(on), &table(lines)).expect("sound")
    }

    fn reasons(lines: &[&str]) -> Vec<(usize, String)> {
        let wrong = Succession::new(day("2025-07-01"), &table(lines)).expect_err("refused");
        wrong
            .iter()
            .map(|wrong| (wrong.at(), wrong.to_string()))
            .collect()
    }

    #[test]
    fn what_belonged_to_a_unit_goes_to_its_main_heir_and_to_nobody_else() {
        let known = succession("2025-07-01", &["A>X", "B*X", "B/Y", "X>X"]);
        for (old, new) in [("A", "X"), ("B", "X"), ("X", "X"), ("Z", "Z")] {
            assert_eq!(*known.successor(&code(old)), code(new), "{old}");
        }
        assert!(known.ends(&code("A")) && known.ends(&code("B")));
        assert!(!known.ends(&code("X")) && !known.ends(&code("Z")));
        let heirs = known.heirs(&code("B")).expect("taken over");
        assert!(heirs.is_divided());
        assert_eq!(heirs.iter().count(), 2);
    }

    #[test]
    fn a_choice_is_one_of_the_heirs_of_the_table() {
        let known = succession("2025-07-01", &["A>X", "B*X", "B/Y"]);
        let chosen = known
            .clone()
            .choosing([(code("B"), code("Y"))])
            .expect("an heir");
        assert_eq!(*chosen.successor(&code("B")), code("Y"));
        for (old, new, reason) in [
            ("B", "Z", "Z is no successor of B; expected one of X, Y"),
            ("A", "Y", "Y is no successor of A; expected one of X"),
            ("Z", "X", "Z has no successor in the table"),
        ] {
            let wrong = known.clone().choosing([(code(old), code(new))]);
            assert_eq!(wrong.expect_err("refused").to_string(), reason);
        }
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused_by_line_and_reason() {
        for (lines, at, reason) in [
            (&["A*X", "A/Y", "A/X"][..], 2, "A goes to X twice"),
            (
                &["A>X", "A/Y"],
                0,
                "A goes to X as a whole, yet it has other successors too",
            ),
            (
                &["B>X", "A*X"],
                1,
                "A goes to X in part, and the rest of it to nobody",
            ),
            (&["A*X", "A*Y"], 1, "A has two default successors, X and Y"),
            (&["B>X", "A/X", "A/Y"], 1, "A has no default successor"),
            (
                &["A>B", "B>X"],
                0,
                "A goes to B, which is itself given up that day: name the one that stays",
            ),
            (
                &["A>B", "B>A"],
                0,
                "A, B take over from each other in a circle",
            ),
            (
                &["A>B", "B>C", "C>A"],
                0,
                "A, B, C take over from each other in a circle",
            ),
        ] {
            let told = reasons(lines);
            assert!(
                told.contains(&(at, reason.to_owned())),
                "{lines:?}: {told:?}"
            );
        }
    }

    #[test]
    fn two_divided_units_that_go_on_may_swap_what_is_theirs() {
        let known = succession("2025-07-01", &["A/A", "A*B", "B/B", "B*A"]);
        assert_eq!(*known.successor(&code("A")), code("B"));
        assert_eq!(*known.successor(&code("B")), code("A"));
        assert!(!known.ends(&code("A")));
    }

    #[test]
    fn successions_follow_each_other_by_day_and_reach_only_what_was_before_them() {
        let lineage = Lineage::new(vec![
            succession("2027-03-01", &["X>Z"]),
            succession("2025-07-01", &["A>X", "B*X", "B/B"]),
        ]);
        let at = |unit: &str, since: &str, today: &str| {
            lineage
                .successor(&code(unit), day(since), day(today))
                .to_string()
        };
        assert_eq!(at("A", "2025-06-30", "2025-06-30"), "A");
        assert_eq!(at("A", "2025-06-30", "2025-07-01"), "X");
        assert_eq!(at("A", "2025-06-30", "2027-03-01"), "Z");
        assert_eq!(at("B", "2025-06-30", "2025-07-01"), "X");
        assert_eq!(
            at("B", "2025-07-01", "2025-07-01"),
            "B",
            "what B got under its new shape stays with it"
        );
        assert_eq!(
            at("A", "2025-07-02", "2025-07-02"),
            "X",
            "what came to a unit that was no more goes to its heir too"
        );
        assert_eq!(*lineage.working(&code("A"), day("2026-01-01")), code("X"));
        assert_eq!(*lineage.working(&code("B"), day("2026-01-01")), code("B"));
        let before = |unit: &str, today: &str| {
            let unit = code(unit);
            let found = lineage.predecessors(&unit, day(today));
            found
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        let kin = |unit: &str| {
            let kin = lineage.kin(&code(unit));
            kin.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!((kin("A").as_str(), kin("Y").as_str()), ("A X Z", "Y"));
        assert_eq!(kin("X"), "A B X Z");
        assert_eq!(before("X", "2026-01-01"), "A");
        assert_eq!(before("Z", "2027-03-01"), "A X");
        assert_eq!(before("X", "2025-06-30"), "");
    }
}
