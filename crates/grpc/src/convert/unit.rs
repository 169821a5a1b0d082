//! Units as they are sent.

use domain::time::local_day;
use domain::unit::{Former, Unit, UnitKind};

use super::request_context::{RequestContext, unit_name};
use crate::proto;

/// Draws a unit.
pub fn unit(unit: &Unit, context: &RequestContext) -> proto::Unit {
    let today = local_day(context.now);
    let successor = context.catalogue.lineage.working(&unit.code, today);
    proto::Unit {
        name: unit_name(&unit.code),
        code: unit.code.to_string(),
        statistics_code: unit.statistics_code.clone(),
        display_name: unit.name.clone(),
        kind: kind_of(unit.kind).into(),
        province: unit.province.to_string(),
        first_day: unit.from.map(|day| day.to_string()).unwrap_or_default(),
        last_day: unit.until.map(|day| day.to_string()).unwrap_or_default(),
        successor: if *successor == unit.code {
            String::new()
        } else {
            unit_name(successor)
        },
        former_names: unit.formerly.iter().map(former_name).collect(),
    }
}

fn former_name(former: &Former) -> proto::unit::FormerName {
    proto::unit::FormerName {
        display_name: former.name.clone(),
        last_day: former.until.to_string(),
    }
}

/// The kind of a unit, for the wire.
pub fn kind_of(kind: UnitKind) -> proto::unit::Kind {
    match kind {
        UnitKind::Province => proto::unit::Kind::Province,
        UnitKind::ProvincialCentre => proto::unit::Kind::ProvincialCentre,
        UnitKind::Commune => proto::unit::Kind::Commune,
    }
}
