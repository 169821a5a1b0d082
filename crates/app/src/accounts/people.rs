//! The administrator's work on the accounts of a province.

use domain::fold;
use domain::id::{ActorId, UnitCode};
use domain::role::Role;
use domain::unit::UnitKind;

use super::Accounts;
use crate::access::{self, Caller};
use crate::administration::{SignIn, UserTerms};
use crate::engine::RequestIdentity;
use crate::error::{Error, FieldError};
use crate::ports::Account;

/// What a form says about a new person.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// The name for signing in.
    pub name: String,
    /// The full name, as on paper.
    pub full_name: String,
    /// The position; may be empty.
    pub position: String,
    /// The role, as its word.
    pub role: String,
    /// The units, by agency identifier; empty ones do not count.
    pub units: Vec<String>,
}

/// The roles of people. Programs have tokens instead of accounts.
pub const ROLES: [Role; 7] = [
    Role::Receptionist,
    Role::Officer,
    Role::Leader,
    Role::Chairman,
    Role::Province,
    Role::Auditor,
    Role::Admin,
];

/// Whether a role looks after the whole province, and so belongs to no single unit.
#[must_use]
pub fn is_of_province(role: Role) -> bool {
    matches!(role, Role::Province | Role::Admin)
}

impl Accounts {
    /// All accounts of the caller's province, by name.
    pub async fn people(&self, caller: &Caller) -> Result<Vec<Account>, Error> {
        access::check_administrator(caller, "ListAccounts")?;
        Ok(self.store.accounts(Some(&caller.province)).await?)
    }

    /// Gives a person an account, and returns the password for the first sign-in.
    ///
    /// Errors: every wrong field; a name that somebody has or had is one.
    pub async fn add_person(&self, caller: &Caller, person: &NewPerson) -> Result<String, Error> {
        access::check_administrator(caller, "AddAccount")?;
        let (actor, terms) = self.read_person(caller, person)?;
        let made = (self.engine)
            .create_user(caller, &self.once(), &actor, terms, SignIn::MadeUp)
            .await?;
        Ok(told(made.1))
    }

    /// Gives an account a new password for one sign-in, and ends its sessions.
    pub async fn reset_person(&self, caller: &Caller, actor: &ActorId) -> Result<String, Error> {
        access::check_administrator(caller, "ResetPassword")?;
        let made = (self.engine)
            .reset_password(caller, &self.once(), actor, SignIn::MadeUp)
            .await?;
        Ok(told(made))
    }

    /// Disables an account and ends its sessions. Nobody disables their own, so that one
    /// administrator is always left.
    pub async fn disable_person(&self, caller: &Caller, actor: &ActorId) -> Result<(), Error> {
        access::check_administrator(caller, "DisableAccount")?;
        self.engine
            .disable_user(caller, &self.once(), actor)
            .await?;
        Ok(())
    }

    /// Gives an account one more unit.
    ///
    /// Errors: a wrong `unit`, if the role does not belong there or the account has it already.
    pub async fn add_unit(
        &self,
        caller: &Caller,
        actor: &ActorId,
        unit: &str,
    ) -> Result<(), Error> {
        access::check_administrator(caller, "ChangeAccount")?;
        let account = self.of_province(caller, actor).await?;
        let unit = self.unit_for(caller, account.role, unit);
        let unit =
            unit.filter(|unit| !account.units.contains(unit) && !is_of_province(account.role));
        let unit = unit.ok_or_else(|| {
            Error::invalid(
                "unit",
                "expected a unit of the role that the account does not have",
            )
        })?;
        let mut units = account.units.clone();
        units.push(unit);
        self.set_units(caller, account, units).await
    }

    /// Takes a unit from an account. The last one stays.
    pub async fn remove_unit(
        &self,
        caller: &Caller,
        actor: &ActorId,
        unit: &str,
    ) -> Result<(), Error> {
        access::check_administrator(caller, "ChangeAccount")?;
        let account = self.of_province(caller, actor).await?;
        let mut units = account.units.clone();
        units.retain(|own| own.as_str() != unit);
        if units.is_empty() {
            return Err(Error::invalid("unit", "must not be the last unit"));
        }
        self.set_units(caller, account, units).await
    }

    async fn set_units(
        &self,
        caller: &Caller,
        account: Account,
        units: Vec<UnitCode>,
    ) -> Result<(), Error> {
        let terms = UserTerms {
            roles: account.roles().collect(),
            full_name: account.full_name,
            position: account.position,
            units,
        };
        self.engine
            .update_user(caller, &self.once(), &account.actor, terms)
            .await?;
        Ok(())
    }

    /// The identity of a form that is sent once: a second one finds the name taken.
    fn once(&self) -> RequestIdentity {
        RequestIdentity {
            request_id: self.engine.request_id(),
            content: Vec::new(),
        }
    }

    /// An account of the caller's province.
    pub async fn person(&self, caller: &Caller, actor: &ActorId) -> Result<Account, Error> {
        access::check_administrator(caller, "GetAccount")?;
        self.of_province(caller, actor).await
    }

    async fn of_province(&self, caller: &Caller, actor: &ActorId) -> Result<Account, Error> {
        let account = self.store.account(actor).await?;
        let account = account.filter(|account| account.province == caller.province);
        account.ok_or_else(|| unknown(actor))
    }

    fn read_person(
        &self,
        caller: &Caller,
        person: &NewPerson,
    ) -> Result<(ActorId, UserTerms), Error> {
        let mut wrong = Vec::new();
        let actor = ActorId::parse(&person.name.trim().to_lowercase());
        if let Err(invalid) = &actor {
            wrong.push(FieldError::new("name", invalid.expected));
        }
        let full_name = fold::compose(person.full_name.trim());
        if !full_name.chars().any(char::is_alphabetic) {
            wrong.push(FieldError::new("full_name", "must not be empty"));
        }
        let role = person.role.parse::<Role>().ok();
        let role = role.filter(|role| ROLES.contains(role));
        if role.is_none() {
            wrong.push(FieldError::new("role", "expected one of the roles"));
        }
        let units = role.and_then(|role| self.units_for(caller, role, &person.units));
        if role.is_some() && units.is_none() {
            wrong.push(FieldError::new(
                "unit",
                "expected units that exist; for a role of the province, the province alone",
            ));
        }
        match (actor, role, units) {
            (Ok(actor), Some(role), Some(units)) if wrong.is_empty() => {
                let terms = UserTerms {
                    full_name,
                    position: fold::compose(person.position.trim()),
                    roles: vec![role],
                    units,
                };
                Ok((actor, terms))
            }
            _ => Err(Error::Invalid(wrong)),
        }
    }

    /// The units of a role, each once; none if there is none, or one that does not go together with the role.
    fn units_for(&self, caller: &Caller, role: Role, named: &[String]) -> Option<Vec<UnitCode>> {
        let named = named.iter().filter(|unit| !unit.trim().is_empty());
        let read: Option<Vec<UnitCode>> = named
            .map(|unit| self.unit_for(caller, role, unit))
            .collect();
        let mut units: Vec<UnitCode> = Vec::new();
        for unit in read? {
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        (!units.is_empty()).then_some(units)
    }

    /// The unit of a role; none if the two do not go together.
    fn unit_for(&self, caller: &Caller, role: Role, unit: &str) -> Option<UnitCode> {
        let catalogue = self.engine.catalogue(&caller.province);
        let today = domain::time::local_day(self.engine.now());
        let unit = catalogue.units.get(&UnitCode::parse(unit.trim()).ok()?)?;
        let is_whole = unit.kind == UnitKind::Province;
        let fits = match role {
            Role::Auditor => true,
            role => is_whole == is_of_province(role),
        };
        let is_there = unit.province == caller.province && unit.exists_on(today);
        (fits && is_there).then(|| unit.code.clone())
    }
}

/// The password of a change under a new identity, which no earlier one can have made.
fn told(password: Option<String>) -> String {
    password.expect("a password that is made up is told the first time")
}

fn unknown(actor: &ActorId) -> Error {
    Error::NotFound {
        what: "account",
        name: actor.to_string(),
    }
}
