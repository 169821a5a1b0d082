//! Whose dossiers are meant.

use domain::id::{DossierId, ProvinceCode, UnitCode};

/// A dossier's name within the whole store.
pub type Key = (ProvinceCode, DossierId);

/// The units whose dossiers a query reads. Every query carries a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All units of a province.
    Province(ProvinceCode),
    /// These units of a province, through `interest`.
    Units(ProvinceCode, Vec<UnitCode>),
}

impl Scope {
    /// The province.
    #[must_use]
    pub fn province(&self) -> &ProvinceCode {
        match self {
            Scope::Province(province) | Scope::Units(province, _) => province,
        }
    }
}
