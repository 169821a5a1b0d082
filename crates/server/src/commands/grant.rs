//! What `motcua user` and `motcua token` share: who changes access, and what the flags grant.

use app::administration::OPERATOR;
use app::{Caller, RequestIdentity};
use domain::id::{ActorId, ProvinceCode};
use domain::role::Role;
use domain::unit::Unit;

use super::installation::{Installation, caller};
use crate::Failure;

/// Who a command on the server is in the log of changes, as an administrator of a province.
pub(super) fn operator(here: &Installation, province: &ProvinceCode) -> Result<Caller, Failure> {
    let catalogue = here.catalogues().of(province);
    let whole = catalogue
        .units
        .province(province)
        .ok_or_else(|| Failure::Input(format!("province {province} is not of the catalogue")))?;
    let actor = ActorId::parse(OPERATOR).map_err(|wrong| Failure::Input(wrong.to_string()))?;
    Ok(caller(actor, Role::Admin, whole))
}

/// The identity of a change that a command makes once.
pub(super) fn once(here: &Installation) -> RequestIdentity {
    RequestIdentity {
        request_id: here.engine.request_id(),
        content: Vec::new(),
    }
}

/// The roles that flags name.
pub(super) fn roles(texts: &[String]) -> Result<Vec<Role>, Failure> {
    let mut roles: Vec<Role> = Vec::new();
    for text in texts {
        let role = text
            .parse()
            .map_err(|wrong| Failure::Input(format!("--role: {wrong}")))?;
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Ok(roles)
}

/// The units that flags name, also units that an import created.
pub(super) fn units(here: &Installation, codes: &[String]) -> Result<Vec<Unit>, Failure> {
    let mut units: Vec<Unit> = Vec::new();
    for code in codes {
        let unit = here.unit(code)?;
        if units
            .first()
            .is_some_and(|first| first.province != unit.province)
        {
            return Err(Failure::Input(
                "--unit: all units of a token must be of one province".into(),
            ));
        }
        units.push(unit);
    }
    if units.is_empty() {
        return Err(Failure::Input("--unit: at least one is needed".into()));
    }
    Ok(units)
}

/// What a command says about a change that was refused.
pub(super) fn failed(error: app::Error, what: &'static str) -> Failure {
    match error {
        app::Error::Invalid(fields) => {
            let fields = fields
                .iter()
                .map(|it| format!("{}: {}", it.field, it.problem));
            Failure::Input(fields.collect::<Vec<_>>().join("; "))
        }
        other => Failure::work(what, other),
    }
}
