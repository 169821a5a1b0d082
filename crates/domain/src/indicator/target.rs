//! Targets (*chỉ tiêu*) beside what was reached: met or missed, by how much, and with how much to spare.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::column::{Value, find};
use super::columns::{II06A, MEMO};
use super::rate::Rate;
use super::statistics::UnitStatistics;
use crate::catalogue::{Catalogue, Fault};
use crate::procedure::{Kind, OnlineLevel, Procedure};

/// What units are to reach.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What it is called in data.
    pub id: String,
    /// Which units it is for.
    pub whose: Whose,
    /// The first day for which it holds.
    pub from: NaiveDate,
    /// The last day for which it holds.
    pub to: NaiveDate,
    /// Its name.
    pub name: String,
    /// The least rate, from 0 to 1.
    pub at_least: f64,
    /// What is counted: a count of the reports, or a sum of some. None where dossiers do not say it.
    #[serde(default)]
    pub of: Option<String>,
    /// Of how many.
    #[serde(default)]
    pub per: Option<String>,
    /// Who said so.
    pub source: String,
}

/// Which units a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Communes, wards and special zones.
    Commune,
    /// Every unit.
    Any,
}

/// Why targets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTarget {
    /// They are not written as they should be.
    #[error("the targets cannot be read")]
    Text(#[from] toml::de::Error),
    /// One names a count that no report has.
    #[error("the target `{id}` counts `{name}`, which no report has")]
    Count {
        /// The target.
        id: String,
        /// The name.
        name: String,
    },
}

/// What was reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reached {
    /// The target's id.
    pub target: String,
    /// Its name.
    pub name: String,
    /// The least rate.
    pub at_least: f64,
    /// Who said so.
    pub source: String,
    /// Whether dossiers say it.
    pub computable: bool,
    /// What was reached; none where dossiers do not say it.
    pub actual: Option<Rate>,
    /// Whether it was met; none without anything to judge.
    pub met: Option<bool>,
    /// By how much, as a difference of rates; below 0 when missed.
    pub margin: Option<f64>,
    /// How many more that miss it (late ones, for instance) it can bear; none when it is missed.
    pub to_spare: Option<u32>,
}

/// How many procedures of a catalogue can be done online.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CatalogueFigures {
    /// All.
    pub procedures: u32,
    /// Of these, as a whole.
    pub procedures_fully_online: u32,
    /// Of these, in part.
    pub procedures_partly_online: u32,
}

impl CatalogueFigures {
    /// Counts procedures.
    pub fn of<'a>(procedures: impl Iterator<Item = &'a Procedure>) -> Self {
        let mut figures = Self::default();
        for procedure in procedures.filter(|it| it.kind == Kind::Procedure) {
            figures.procedures += 1;
            match procedure.online {
                OnlineLevel::Full => figures.procedures_fully_online += 1,
                OnlineLevel::Partial => figures.procedures_partly_online += 1,
                OnlineLevel::Information | OnlineLevel::Unknown => {}
            }
        }
        figures
    }

    fn get(&self, name: &str) -> Option<u32> {
        match name {
            "procedures" => Some(self.procedures),
            "procedures_fully_online" => Some(self.procedures_fully_online),
            "procedures_partly_online" => Some(self.procedures_partly_online),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    target: Vec<Target>,
}

impl Target {
    /// Reads targets, as `catalogue/targets/targets.toml` has them.
    pub fn read(text: &str) -> Result<Vec<Self>, InvalidTarget> {
        let targets = toml::from_str::<File>(text)?.target;
        let (unit, figures) = (UnitStatistics::default(), CatalogueFigures::default());
        for target in &targets {
            for sum in target.of.iter().chain(&target.per) {
                for name in names(sum) {
                    if count(name, &unit, &figures).is_none() {
                        return Err(InvalidTarget::Count {
                            id: target.id.clone(),
                            name: name.to_owned(),
                        });
                    }
                }
            }
        }
        Ok(targets)
    }

    /// The targets of a catalogue: those of its folder `targets`, or the shipped ones where it has none.
    ///
    /// Errors: the file that cannot be used, and why.
    pub fn of(catalogue: &Catalogue) -> Result<Vec<Self>, Fault> {
        let mut targets = Vec::new();
        for file in catalogue.texts("targets") {
            targets.extend(Self::read(&file.text).map_err(|wrong| match wrong {
                InvalidTarget::Text(error) => Fault::toml(file, &error),
                InvalidTarget::Count { .. } => Fault {
                    file: file.path.clone(),
                    line: 1,
                    reason: wrong.to_string(),
                },
            })?);
        }
        if targets.is_empty() {
            targets = Self::shipped();
        }
        Ok(targets)
    }

    /// The targets that the product ships.
    #[must_use]
    pub fn shipped() -> Vec<Self> {
        let text = include_str!("../../../../catalogue/targets/targets.toml");
        Self::read(text).expect("a test reads the shipped targets")
    }

    /// Whether it holds for a unit in a period.
    #[must_use]
    pub fn holds(&self, is_commune: bool, from: NaiveDate, to: NaiveDate) -> bool {
        let whose = match self.whose {
            Whose::Commune => is_commune,
            Whose::Any => true,
        };
        whose && self.from <= from && to <= self.to
    }

    /// What a unit reached.
    #[must_use]
    pub fn reached(&self, unit: &UnitStatistics, figures: &CatalogueFigures) -> Reached {
        let sum = |sum: &Option<String>| {
            let names = names(sum.as_deref()?);
            names
                .map(|name| count(name, unit, figures))
                .sum::<Option<u32>>()
        };
        let actual = sum(&self.of)
            .zip(sum(&self.per))
            .map(|(num, den)| Rate::new(num, den));
        let judged = actual.and_then(|actual| Some((actual, actual.rate?)));
        let met = judged.map(|(_, rate)| rate >= self.at_least);
        Reached {
            target: self.id.clone(),
            name: self.name.clone(),
            at_least: self.at_least,
            source: self.source.clone(),
            computable: self.of.is_some(),
            actual,
            met,
            margin: judged.map(|(_, rate)| rounded(rate - self.at_least)),
            to_spare: judged
                .filter(|_| met == Some(true))
                .map(|(actual, _)| self.to_spare(&actual)),
        }
    }

    /// How many more that count below and not above the line keep the rate at its least.
    fn to_spare(&self, actual: &Rate) -> u32 {
        let bears =
            |more: u32| f64::from(actual.num) / f64::from(actual.den + more) >= self.at_least;
        let mut more = 0;
        // A target above 0 is missed before the denominator has grown by the numerator over it.
        let most = (f64::from(actual.num) / self.at_least.max(0.01)).ceil();
        while bears(more + 1) && f64::from(more) < most {
            more += 1;
        }
        more
    }
}

/// To a millionth, so that a difference of rates is read back as it was written.
fn rounded(difference: f64) -> f64 {
    (difference * 1e6).round() / 1e6
}

fn names(sum: &str) -> impl Iterator<Item = &str> {
    sum.split('+').map(str::trim)
}

fn count(name: &str, unit: &UnitStatistics, figures: &CatalogueFigures) -> Option<u32> {
    let counted = |value: Value<'_>| match value {
        Value::Count(count) => Some(count),
        Value::Rate(rate) => Some(rate.num),
        Value::Text(_) | Value::Flag(_) | Value::Number(_) => None,
    };
    let row = unit.row();
    let form = find(&II06A, name).and_then(|column| counted((column.value)(&row)));
    let memo = find(&MEMO, name).and_then(|column| counted((column.value)(&unit.memos)));
    form.or(memo).or_else(|| figures.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_time() -> Target {
        let mut shipped = Target::shipped().into_iter();
        let found = shipped.find(|target| target.id == "province-on-time");
        found.expect("it is shipped")
    }

    #[test]
    fn a_target_says_how_many_more_late_ones_it_bears() {
        let target = on_time();
        assert_eq!(target.to_spare(&Rate::new(95, 100)), 0);
        assert_eq!(target.to_spare(&Rate::new(96, 100)), 1);
        assert_eq!(target.to_spare(&Rate::new(100, 100)), 5);
    }

    #[test]
    fn nothing_to_judge_is_neither_met_nor_missed() {
        let nothing = UnitStatistics::default();
        for target in Target::shipped() {
            let reached = target.reached(&nothing, &CatalogueFigures::default());
            assert_eq!(reached.met, None, "{}", target.id);
            assert_eq!(reached.to_spare, None);
            assert_eq!(reached.computable, target.of.is_some());
        }
    }

    #[test]
    fn a_target_that_counts_what_no_report_has_is_refused_by_name() {
        let text = include_str!("../../../../catalogue/targets/targets.toml");
        let wrong = text.replace("early + on_due", "early + lucky");
        let refused = Target::read(&wrong).expect_err("no report counts luck");
        assert!(refused.to_string().contains("lucky"), "{refused}");
        let of = "2026-01-01".parse().expect("a day");
        let after = "2031-01-01".parse().expect("a day");
        let first = &Target::shipped()[0];
        assert!(first.holds(true, of, of) && !first.holds(false, of, of));
        assert!(!first.holds(true, of, after), "no longer");
    }
}
