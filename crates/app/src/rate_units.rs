//! Whose rates are wanted.

use domain::id::{ProvinceCode, UnitCode};

/// Whose rates are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RateUnits {
    /// One unit's.
    One(UnitCode),
    /// All units of a province, including units without a dossier.
    Province(ProvinceCode),
    /// Every unit that has a dossier, in all provinces.
    All,
}
