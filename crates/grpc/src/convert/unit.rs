//! Units as they are sent.

use domain::unit::{Unit, UnitKind};

use super::known::unit_name;
use crate::proto;

/// Draws a unit.
pub fn unit(unit: &Unit) -> proto::Unit {
    proto::Unit {
        name: unit_name(&unit.code),
        code: unit.code.to_string(),
        statistics_code: unit.statistics_code.clone(),
        display_name: unit.name.clone(),
        kind: kind_of(unit.kind).into(),
        province: unit.province.to_string(),
        first_day: unit.from.to_string(),
    }
}

/// A kind of unit as it is sent.
pub fn kind_of(kind: UnitKind) -> proto::unit::Kind {
    match kind {
        UnitKind::Province => proto::unit::Kind::Province,
        UnitKind::ProvincialCentre => proto::unit::Kind::ProvincialCentre,
        UnitKind::Commune => proto::unit::Kind::Commune,
    }
}
