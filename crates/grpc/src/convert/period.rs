//! What every report is asked: of which units, over which days, and as known when.

use app::report::{RateUnits, RatesQuery, UnitBasis};
use prost_types::Timestamp;

use super::{Fields, RequestContext};
use crate::proto;

/// The part that the requests of all reports have, each in a message of its own.
macro_rules! asked {
    ($request:expr, $module:ident) => {{
        use $crate::convert::period::{Asked, Whose};
        use $crate::proto::$module::Scope;
        Asked {
            scope: $request.scope.as_ref().map(|scope| match scope {
                Scope::Unit(unit) => Whose::Unit(unit),
                Scope::Province(province) => Whose::Province(province),
                Scope::All(all) => Whose::All(*all),
            }),
            from: &$request.from,
            to: &$request.to,
            as_of: $request.as_of.as_ref(),
            unit_basis: $request.unit_basis,
        }
    }};
}
pub(crate) use asked;

/// What every report is asked: of which units, and over which days.
pub struct Asked<'a> {
    pub scope: Option<Whose<'a>>,
    pub from: &'a str,
    pub to: &'a str,
    pub as_of: Option<&'a Timestamp>,
    pub unit_basis: i32,
}

/// Whose numbers are wanted.
pub enum Whose<'a> {
    Unit(&'a str),
    Province(&'a str),
    All(bool),
}

impl Asked<'_> {
    /// Reads it, and notes what is wrong with it.
    pub fn read(&self, fields: &mut Fields, context: &RequestContext) -> Option<RatesQuery> {
        let units = match &self.scope {
            Some(Whose::Unit(unit)) => context.unit(fields, "unit", unit).map(RateUnits::One),
            Some(Whose::Province(province)) => context
                .province(fields, "province", province)
                .map(RateUnits::Province),
            Some(Whose::All(true)) => Some(RateUnits::All),
            Some(Whose::All(false)) => {
                fields.wrong("all", "must be true, or left out for a unit or a province");
                None
            }
            None => {
                fields.wrong("scope", "must be given; expected unit, province or all");
                None
            }
        };
        let from = fields.day("from", self.from);
        let to = fields.day("to", self.to);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            fields.wrong("to", "must not be before `from`");
        }
        let as_of = fields.moment("as_of", self.as_of);
        if as_of.is_some_and(|as_of| as_of > context.now) {
            fields.wrong("as_of", "must not be in the future");
        }
        let basis = basis(fields, self.unit_basis);
        Some(RatesQuery {
            units: units?,
            from: from?,
            to: to?,
            as_of,
            basis,
        })
    }
}

fn basis(fields: &mut Fields, given: i32) -> UnitBasis {
    match proto::UnitBasis::try_from(given) {
        Ok(proto::UnitBasis::Unspecified | proto::UnitBasis::Recorded) => UnitBasis::Recorded,
        Ok(proto::UnitBasis::Current) => UnitBasis::Current,
        Err(_unknown) => {
            fields.wrong(
                "unit_basis",
                "expected one of UNIT_BASIS_RECORDED, UNIT_BASIS_CURRENT",
            );
            UnitBasis::Recorded
        }
    }
}
