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
    /// The first day it exists under this code.
    pub from: NaiveDate,
}

/// Why a list of units cannot stand together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
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
    /// Two units share a statistics code.
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

impl Invalid {
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
    by_statistics: HashMap<String, usize>,
    provinces: HashMap<ProvinceCode, Members>,
}

#[derive(Clone, Default)]
struct Members {
    province: Option<usize>,
    below: Vec<usize>,
}

impl Units {
    /// Indexes the units, sorted by identifier.
    ///
    /// Errors: the first pair that cannot stand together, see [`Invalid`].
    pub fn new(mut all: Vec<Unit>) -> Result<Self, Invalid> {
        all.sort_by(|a, b| a.code.cmp(&b.code));
        let mut units = Self::default();
        for (at, unit) in all.iter().enumerate() {
            if let Some(first) = units.by_code.insert(unit.code.clone(), at) {
                return Err(Invalid::Twice {
                    code: unit.code.clone(),
                    first: all[first].name.clone(),
                    second: unit.name.clone(),
                });
            }
            let members = units.provinces.entry(unit.province.clone()).or_default();
            match unit.kind {
                UnitKind::Province => members.province = Some(at),
                UnitKind::ProvincialCentre | UnitKind::Commune => members.below.push(at),
            }
            let own_statistics = match unit.kind {
                UnitKind::Province | UnitKind::Commune => true,
                UnitKind::ProvincialCentre => false,
            };
            if own_statistics
                && let Some(first) = units.by_statistics.insert(unit.statistics_code.clone(), at)
            {
                return Err(Invalid::SharedStatistics {
                    code: unit.statistics_code.clone(),
                    first: all[first].code.clone(),
                    second: unit.code.clone(),
                });
            }
        }
        for unit in &all {
            if units.provinces[&unit.province].province.is_none() {
                return Err(Invalid::NoProvince {
                    unit: unit.code.clone(),
                    province: unit.province.clone(),
                });
            }
        }
        units.all = all;
        Ok(units)
    }

    /// The unit with this agency identifier.
    #[must_use]
    pub fn get(&self, code: &UnitCode) -> Option<&Unit> {
        self.by_code.get(code).map(|at| &self.all[*at])
    }

    /// The unit a person means by an agency identifier or a bare statistics code, in any case.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Unit> {
        let text = text.trim().to_ascii_uppercase();
        UnitCode::parse(&text)
            .ok()
            .and_then(|code| self.get(&code))
            .or_else(|| self.by_statistics.get(&text).map(|at| &self.all[*at]))
    }

    /// The province with this statistics code.
    #[must_use]
    pub fn province(&self, code: &ProvinceCode) -> Option<&Unit> {
        self.provinces.get(code)?.province.map(|at| &self.all[at])
    }

    /// The centre and the communes of a province, by identifier; not the province itself.
    pub fn in_province(&self, code: &ProvinceCode) -> impl Iterator<Item = &Unit> + use<'_> {
        self.provinces
            .get(code)
            .into_iter()
            .flat_map(|members| &members.below)
            .map(|at| &self.all[*at])
    }

    /// Every unit, by identifier.
    pub fn iter(&self) -> std::slice::Iter<'_, Unit> {
        self.all.iter()
    }

    /// How many units there are.
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
            from: NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day"),
        }
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
        assert!(matches!(Units::new(twice), Err(Invalid::Twice { .. })));
        let shared = vec![
            unit("H60", "08", UnitKind::Province),
            unit("H60.02215", "02215", UnitKind::Commune),
            unit("H60.02216", "02215", UnitKind::Commune),
        ];
        assert!(matches!(
            Units::new(shared),
            Err(Invalid::SharedStatistics { .. })
        ));
        let alone = vec![unit("H60.02215", "02215", UnitKind::Commune)];
        assert!(matches!(Units::new(alone), Err(Invalid::NoProvince { .. })));
    }
}
