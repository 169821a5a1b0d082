//! The province of the benchmark, and its people.

use app::ports::Store;
use app::tokens::{self, Grant};
use chrono::TimeDelta;
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::role::Role;
use domain::unit::UnitKind;

use crate::{Failure, Setup};

/// The kinds of units that dossiers are handed in at.
pub const UNITS_OF: [UnitKind; 2] = [UnitKind::Commune, UnitKind::ProvincialCentre];

/// The statistics code of Tuyên Quang.
pub fn code() -> ProvinceCode {
    ProvinceCode::parse("08").expect("two digits are a province's code")
}

/// The tokens of a ward's people.
#[derive(Debug, Clone)]
pub struct Ward {
    /// The ward.
    pub unit: UnitCode,
    /// The portal's token, for this ward alone.
    pub portal: String,
    /// Of the desk.
    pub receptionist: String,
    /// Of the officer who appraises.
    pub officer: String,
    /// Of the leader who signs.
    pub leader: String,
}

/// The tokens of those who read.
#[derive(Debug, Clone)]
pub struct Readers {
    /// The ward whose chairman reads.
    pub unit: UnitCode,
    /// Of the ward's chairman.
    pub chairman: String,
    /// The token of a reader for the whole province.
    pub steering: String,
}

/// A ward's chairman, and a reader for the whole province.
pub async fn readers(
    store: &dyn Store,
    setup: &Setup,
    unit: &UnitCode,
) -> Result<Readers, Failure> {
    let whole = setup
        .catalogue
        .units
        .province(&code())
        .ok_or_else(missing)?;
    Ok(Readers {
        unit: unit.clone(),
        chairman: token(store, setup, Role::Chairman, unit).await?,
        steering: token(store, setup, Role::Province, &whole.code).await?,
    })
}

/// This many wards of the province, with a token for each of their people.
pub async fn wards(store: &dyn Store, setup: &Setup, count: usize) -> Result<Vec<Ward>, Failure> {
    let units: Vec<UnitCode> = setup
        .catalogue
        .units
        .in_province(&code())
        .filter(|unit| unit.kind == UnitKind::Commune)
        .map(|unit| unit.code.clone())
        .take(count)
        .collect();
    if units.is_empty() {
        return Err(missing());
    }
    let mut wards = Vec::with_capacity(units.len());
    for unit in units {
        wards.push(Ward {
            portal: token(store, setup, Role::Portal, &unit).await?,
            receptionist: token(store, setup, Role::Receptionist, &unit).await?,
            officer: token(store, setup, Role::Officer, &unit).await?,
            leader: token(store, setup, Role::Leader, &unit).await?,
            unit,
        });
    }
    Ok(wards)
}

/// How many people of a ward have a screen open.
const WATCHERS: usize = 30;

/// Tokens of the people of a ward whose screens follow its worklist, of all roles that have one.
pub async fn watchers(
    store: &dyn Store,
    setup: &Setup,
    unit: &UnitCode,
) -> Result<Vec<String>, Failure> {
    let roles = [
        Role::Receptionist,
        Role::Officer,
        Role::Leader,
        Role::Chairman,
    ];
    let mut tokens = Vec::with_capacity(WATCHERS);
    for role in roles.into_iter().cycle().take(WATCHERS) {
        tokens.push(token(store, setup, role, unit).await?);
    }
    Ok(tokens)
}

async fn token(
    store: &dyn Store,
    setup: &Setup,
    role: Role,
    unit: &UnitCode,
) -> Result<String, Failure> {
    // The names hold random digits, because several runs may share a database.
    let chance = domain::digest::hex(&setup.ids.random()[..4]);
    let actor = format!("bench-{role}-{unit}-{chance}");
    let grant = Grant {
        actor: ActorId::parse(&actor).expect("roles and identifiers are ids"),
        role,
        province: code(),
        units: vec![unit.clone()],
        lasts: TimeDelta::days(1),
    };
    tokens::issue(store, setup.ids.as_ref(), setup.clock.now(), grant)
        .await
        .map(|issued| issued.secret)
        .map_err(|error| Failure::work("cannot make a token", error))
}

fn missing() -> Failure {
    Failure::Input(format!(
        "the benchmark needs province {} and its communes in the catalogue",
        code()
    ))
}
