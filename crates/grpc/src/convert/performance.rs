//! How units work, as it is sent.

use app::statistics::{Performances, UnitPerformance};
use domain::indicator::{Cause, Reached, Waiting};
use domain::time;

use super::report::rate;
use crate::proto;

/// How many places of waiting are told.
const MOST_BOTTLENECKS: usize = 10;

/// Draws how units work.
pub fn performances(all: Performances) -> proto::Performance {
    let figures = all.catalogue;
    proto::Performance {
        from: all.from.to_string(),
        to: all.to.to_string(),
        as_of: time::rfc3339(all.as_of),
        units: all.units.into_iter().map(unit).collect(),
        total: Some(unit(all.total)),
        procedures: figures.procedures,
        procedures_fully_online: figures.procedures_fully_online,
        procedures_partly_online: figures.procedures_partly_online,
    }
}

fn unit(unit: UnitPerformance) -> proto::UnitPerformance {
    let own = &unit.performance;
    let bottlenecks = own.bottlenecks(MOST_BOTTLENECKS).into_iter();
    proto::UnitPerformance {
        resolved: own.resolved(),
        median_working_days: own.median_days(),
        mean_working_days: own.mean_days(),
        backlog: own.backlog,
        late: Some(proto::LateCauses {
            own_step: own.late(Cause::OwnStep),
            applicant: own.late(Cause::Applicant),
            other_unit: own.late(Cause::OtherUnit),
            payment: own.late(Cause::Payment),
            sync: own.late(Cause::Sync),
        }),
        bottlenecks: bottlenecks
            .map(
                |(Waiting { unit, step }, dossiers, time)| proto::Bottleneck {
                    unit: unit.to_string(),
                    step: step.clone(),
                    dossiers,
                    working_hours: time.as_seconds_f64() / 3_600.0,
                },
            )
            .collect(),
        targets: unit.targets.into_iter().map(reached).collect(),
        unit: unit.unit,
        name: unit.name,
    }
}

fn reached(reached: Reached) -> proto::TargetReached {
    proto::TargetReached {
        target: reached.target,
        name: reached.name,
        at_least: reached.at_least,
        source: reached.source,
        computable: reached.computable,
        actual: reached.actual.map(rate),
        met: reached.met,
        margin: reached.margin,
        to_spare: reached.to_spare,
    }
}
