//! The agencies a dossier may belong to: provinces, their centres, communes.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{ProvinceCode, UnitCode};

/// What kind of agency a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A province or a city under the central government (*tỉnh, thành phố*).
    Province,
    /// The provincial one-stop centre (*Trung tâm Phục vụ hành chính công cấp tỉnh*).
    ProvincialCentre,
    /// A commune, ward or special zone (*xã, phường, đặc khu*).
    Commune,
}

/// One agency, as it is from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The agency identifier (*mã định danh cơ quan*); may be a placeholder, see the file.
    pub code: UnitCode,
    /// The statistics code: two digits for a province, five otherwise.
    ///
    /// A centre has none of its own and carries `00000` behind its province's identifier.
    pub statistics_code: String,
    /// The name, in Unicode NFC.
    pub name: String,
    /// The kind of agency.
    pub kind: UnitKind,
    /// The province it lies in; for a province, itself.
    pub province: ProvinceCode,
    /// The first day it exists under this code and name; none if unknown.
    pub from: Option<NaiveDate>,
    /// The last day it exists; none while no end is known.
    pub until: Option<NaiveDate>,
    /// Its earlier names under the same code, oldest first.
    pub formerly: Vec<Former>,
}

/// An earlier name of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// The name.
    pub name: String,
    /// The last day it bore it.
    pub until: NaiveDate,
}

impl Unit {
    /// Whether it exists on a day. The first day of an ended unit is unknown, so such a unit counts
    /// as having always existed before its end.
    #[must_use]
    pub fn exists_on(&self, day: NaiveDate) -> bool {
        self.until.is_none_or(|until| day <= until)
            && (self.from.is_none_or(|from| from <= day)
                || self.formerly.iter().any(|former| day <= former.until))
    }

    /// Whether it exists on any of the days from `first` to `last`.
    #[must_use]
    pub fn exists_between(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.exists_on(first)
            || self.exists_on(last)
            || (self.from.is_some_and(|from| (first..=last).contains(&from)))
    }

    /// What it was called on a day.
    #[must_use]
    pub fn name_on(&self, day: NaiveDate) -> &str {
        self.formerly
            .iter()
            .find(|former| day <= former.until)
            .map_or(&self.name, |former| &former.name)
    }
}

/// Why a list of units contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUnits {
    /// Two units share an agency identifier.
    #[error("unit {code} is listed twice: `{first}` and `{second}`")]
    Twice {
        /// The identifier.
        code: UnitCode,
        /// The name of the unit listed first.
        first: String,
        /// The name of the unit listed second.
        second: String,
    },
    /// Two units share a statistics code at the same time.
    #[error("statistics code {code} belongs to both {first} and {second}")]
    SharedStatistics {
        /// The statistics code.
        code: String,
        /// The unit listed first.
        first: UnitCode,
        /// The unit listed second.
        second: UnitCode,
    },
    /// A unit names a province that is not among the units.
    #[error("unit {unit} lies in province {province}, which is not listed")]
    NoProvince {
        /// The unit.
        unit: UnitCode,
        /// The province it names.
        province: ProvinceCode,
    },
}

impl InvalidUnits {
    /// The unit whose line is at fault.
    #[must_use]
    pub fn unit(&self) -> &UnitCode {
        match self {
            Self::Twice { code, .. } => code,
            Self::SharedStatistics { second, .. } => second,
            Self::NoProvince { unit, .. } => unit,
        }
    }
}

/// Every unit, looked up in constant time.
#[derive(Clone, Default)]
pub struct Units {
    all: Vec<Unit>,
    by_code: HashMap<UnitCode, usize>,
    by_statistics: HashMap<String, Vec<usize>>,
    provinces: HashMap<ProvinceCode, Members>,
}

#[derive(Clone, Default)]
struct Members {
    province: Option<usize>,
    below: Vec<usize>,
    ended: Vec<usize>,
    /// The level-one identifiers that only ended units have.
    former: Vec<UnitCode>,
}

impl Units {
    /// Indexes the units, sorted by identifier.
    ///
    /// Two units with the same identifier are one unit under two names, if the first ended before
    /// the second began.
    ///
    /// Errors: the first pair that cannot stand together, see [`InvalidUnits`].
    pub fn new(mut all: Vec<Unit>) -> Result<Self, InvalidUnits> {
        all.sort_by(|a, b| {
            let end = |unit: &Unit| unit.until.unwrap_or(NaiveDate::MAX);
            a.code.cmp(&b.code).then_with(|| end(a).cmp(&end(b)))
        });
        let all = join_periods(all)?;
        let mut units = Self::default();
        for (at, unit) in all.iter().enumerate() {
            units.by_code.insert(unit.code.clone(), at);
            let members = units.provinces.entry(unit.province.clone()).or_default();
            match (unit.kind, unit.until) {
                (UnitKind::Province, _) => members.province = Some(at),
                (UnitKind::ProvincialCentre | UnitKind::Commune, None) => members.below.push(at),
                (UnitKind::ProvincialCentre | UnitKind::Commune, Some(_)) => {
                    members.ended.push(at);
                    let level_one = unit.code.level_one();
                    if !members
                        .former
                        .iter()
                        .any(|known| known.as_str() == level_one)
                    {
                        members.former.extend(UnitCode::parse(level_one).ok());
                    }
                }
            }
            let own_statistics = match unit.kind {
                UnitKind::Province | UnitKind::Commune => true,
                UnitKind::ProvincialCentre => false,
            };
            if own_statistics {
                let bearers = units
                    .by_statistics
                    .entry(unit.statistics_code.clone())
                    .or_default();
                if let Some(first) = bearers.iter().find(|at| meet(&all[**at], unit)) {
                    return Err(InvalidUnits::SharedStatistics {
                        code: unit.statistics_code.clone(),
                        first: all[*first].code.clone(),
                        second: unit.code.clone(),
                    });
                }
                bearers.push(at);
            }
        }
        for unit in &all {
            if units.provinces[&unit.province].province.is_none() {
                return Err(InvalidUnits::NoProvince {
                    unit: unit.code.clone(),
                    province: unit.province.clone(),
                });
            }
        }
        for members in units.provinces.values_mut() {
            let own = members.province.map(|at| &all[at].code);
            members.former.retain(|former| Some(former) != own);
        }
        units.all = all;
        Ok(units)
    }

    /// The unit with this agency identifier.
    #[must_use]
    pub fn get(&self, code: &UnitCode) -> Option<&Unit> {
        self.by_code.get(code).map(|at| &self.all[*at])
    }

    /// The unit that a person means by an agency identifier or a bare statistics code, in any case.
    /// If several units had the code in turn, the last.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Unit> {
        let end = |unit: &&Unit| unit.until.unwrap_or(NaiveDate::MAX);
        self.named(text).max_by_key(end)
    }

    /// The unit that bears an agency identifier or a bare statistics code on a day.
    #[must_use]
    pub fn find_on(&self, text: &str, day: NaiveDate) -> Option<&Unit> {
        self.named(text).find(|unit| unit.exists_on(day))
    }

    fn named(&self, text: &str) -> impl Iterator<Item = &Unit> {
        let text = text.trim().to_ascii_uppercase();
        let by_code = UnitCode::parse(&text).ok();
        let by_code = by_code.and_then(|code| self.by_code.get(&code));
        let bearers = self.by_statistics.get(&text).filter(|_| by_code.is_none());
        by_code
            .into_iter()
            .chain(bearers.into_iter().flatten())
            .map(|at| &self.all[*at])
    }

    /// The province with this statistics code.
    #[must_use]
    pub fn province(&self, code: &ProvinceCode) -> Option<&Unit> {
        self.provinces.get(code)?.province.map(|at| &self.all[at])
    }

    /// The centre and the communes of a province without an end, by identifier; not the
    /// province itself.
    pub fn in_province(&self, code: &ProvinceCode) -> impl Iterator<Item = &Unit> + use<'_> {
        self.provinces
            .get(code)
            .into_iter()
            .flat_map(|members| &members.below)
            .map(|at| &self.all[*at])
    }

    /// The units of a province that ended or will end on a known day, by identifier.
    pub fn ended_in_province(&self, code: &ProvinceCode) -> impl Iterator<Item = &Unit> + use<'_> {
        self.provinces
            .get(code)
            .into_iter()
            .flat_map(|members| &members.ended)
            .map(|at| &self.all[*at])
    }

    /// The identifiers of provinces that were merged into this one. Its former units still carry
    /// them.
    #[must_use]
    pub fn former_identifiers(&self, code: &ProvinceCode) -> &[UnitCode] {
        self.provinces
            .get(code)
            .map_or(&[], |members| &members.former)
    }

    /// Gives units without a known end the day before `day` as their last.
    pub(crate) fn end_before<'u>(
        &mut self,
        day: NaiveDate,
        units: impl IntoIterator<Item = &'u UnitCode>,
    ) {
        for code in units {
            let Some(at) = self.by_code.get(code).copied() else {
                continue;
            };
            let unit = &mut self.all[at];
            if unit.until.is_none() {
                unit.until = day.pred_opt();
                if let Some(members) = self.provinces.get_mut(&unit.province) {
                    members.below.retain(|below| *below != at);
                    members.ended.push(at);
                }
            }
        }
    }

    /// Every unit, also those that ended, by identifier.
    pub fn iter(&self) -> std::slice::Iter<'_, Unit> {
        self.all.iter()
    }

    /// How many units there are, those that ended included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Joins consecutive periods under one identifier to one unit. The list is sorted by identifier.
fn join_periods(all: Vec<Unit>) -> Result<Vec<Unit>, InvalidUnits> {
    let mut joined: Vec<Unit> = Vec::with_capacity(all.len());
    for mut unit in all {
        if let Some(last) = joined.pop_if(|last| last.code == unit.code) {
            let follows = last
                .until
                .zip(unit.from)
                .filter(|(until, from)| until < from);
            let Some((until, _)) = follows else {
                return Err(InvalidUnits::Twice {
                    code: unit.code,
                    first: last.name,
                    second: unit.name,
                });
            };
            unit.formerly = last.formerly;
            let name = last.name;
            unit.formerly.push(Former { name, until });
        }
        joined.push(unit);
    }
    Ok(joined)
}

/// Whether two units exist on a same day.
fn meet(a: &Unit, b: &Unit) -> bool {
    let before = |a: &Unit, b: &Unit| {
        let begins = b.from.filter(|_| b.formerly.is_empty());
        a.until
            .zip(begins)
            .is_some_and(|(until, from)| until < from)
    };
    !before(a, b) && !before(b, a)
}

impl<'a> IntoIterator for &'a Units {
    type Item = &'a Unit;
    type IntoIter = std::slice::Iter<'a, Unit>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Units({} units)", self.all.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, statistics_code: &str, kind: UnitKind) -> Unit {
        Unit {
            code: UnitCode::parse(code).expect("an identifier"),
            statistics_code: statistics_code.into(),
            name: code.into(),
            kind,
            province: ProvinceCode::parse("08").expect("two digits"),
            from: NaiveDate::from_ymd_opt(2025, 7, 1),
            until: None,
            formerly: Vec::new(),
        }
    }

    fn until_june(code: &str, statistics_code: &str) -> Unit {
        Unit {
            name: format!("{code} before"),
            from: None,
            until: NaiveDate::from_ymd_opt(2025, 6, 30),
            ..unit(code, statistics_code, UnitKind::Commune)
        }
    }

    #[test]
    fn a_code_and_a_day_tell_which_unit_is_meant_and_what_it_was_called() {
        let units = Units::new(vec![
            unit("H60", "08", UnitKind::Province),
            unit("H60.02215", "02215", UnitKind::Commune),
            until_june("H60.02215", "02215"),
            unit("H60.00700", "00700", UnitKind::Commune),
            until_june("H22.00700", "00700"),
            until_june("H60.02206", "02206"),
        ])
        .expect("sound");
        let june = NaiveDate::from_ymd_opt(2025, 6, 30).expect("a day");
        let july = june.succ_opt().expect("a day");
        let found = |text: &str, day| units.find_on(text, day).map(|unit| unit.code.to_string());
        assert_eq!(found("00700", june).as_deref(), Some("H22.00700"));
        assert_eq!(found("00700", july).as_deref(), Some("H60.00700"));
        assert_eq!(found("02206", june).as_deref(), Some("H60.02206"));
        assert_eq!(found("02206", july), None);
        let same = units.find("02215").expect("listed");
        assert_eq!(same.name_on(june), "H60.02215 before");
        assert_eq!(same.name_on(july), "H60.02215");
        assert_eq!(
            units.find("00700").expect("listed").code.as_str(),
            "H60.00700",
            "without a day, the last"
        );
        let province = ProvinceCode::parse("08").expect("two digits");
        assert_eq!(units.in_province(&province).count(), 2);
        assert_eq!(units.ended_in_province(&province).count(), 2);
        let former: Vec<_> = units.former_identifiers(&province).iter().collect();
        assert_eq!(former, [&UnitCode::parse("H22").expect("an identifier")]);
    }

    #[test]
    fn a_unit_is_found_by_either_code_in_any_case() {
        let units = Units::new(vec![
            unit("H60.02215", "02215", UnitKind::Commune),
            unit("H60", "08", UnitKind::Province),
            unit("H60.00000", "00000", UnitKind::ProvincialCentre),
        ])
        .expect("sound");
        assert_eq!(
            units.find(" h60.02215 ").expect("listed").statistics_code,
            "02215"
        );
        assert_eq!(
            units.find("02215").expect("listed").code.as_str(),
            "H60.02215"
        );
        assert_eq!(units.find("08").expect("listed").kind, UnitKind::Province);
        assert!(
            units.find("00000").is_none(),
            "every province has a centre with this suffix"
        );
        let below = units.in_province(&ProvinceCode::parse("08").expect("two digits"));
        let codes: Vec<_> = below.map(|unit| unit.code.as_str()).collect();
        assert_eq!(codes, ["H60.00000", "H60.02215"]);
    }

    #[test]
    fn units_that_contradict_each_other_are_refused() {
        let twice = vec![
            unit("H60", "08", UnitKind::Province),
            unit("H60", "09", UnitKind::Commune),
        ];
        assert!(matches!(Units::new(twice), Err(InvalidUnits::Twice { .. })));
        let shared = vec![
            unit("H60", "08", UnitKind::Province),
            unit("H60.02215", "02215", UnitKind::Commune),
            unit("H60.02216", "02215", UnitKind::Commune),
        ];
        assert!(matches!(
            Units::new(shared),
            Err(InvalidUnits::SharedStatistics { .. })
        ));
        let alone = vec![unit("H60.02215", "02215", UnitKind::Commune)];
        assert!(matches!(
            Units::new(alone),
            Err(InvalidUnits::NoProvince { .. })
        ));
    }
}
