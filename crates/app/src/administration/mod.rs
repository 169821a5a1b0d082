//! Who may do what, changed while the service runs: users, their tokens, and the log of it.
//!
//! Every change is written together with its line in the log, or not at all. The log tells roles, units and
//! ids, never a password or a secret.

mod log;
mod looks;
mod retention;
mod tokens;
mod users;

use domain::digest::{hex, keyed_hash};
use domain::id::{ActorId, RequestId, UnitCode};
use domain::role::Role;
use domain::time::Instant;

use crate::access::{self, Caller, Method};
use crate::accounts::{NewAccount, one_time, password_hash};
use crate::engine::{Engine, RequestIdentity};
use crate::error::{Error, FieldError};
use crate::ports::{AccessChange, AccessDeed, AccessOutcome, Account, Ids, WriteAccess, granted};

pub use log::LogQuery;
pub use retention::viewings_since;
pub use tokens::{IssuedToken, TokenTerms};
pub use users::{SignIn, UserTerms};

impl Engine {
    /// Makes a change and notes it.
    ///
    /// Returns the id of the token that it made, when the same request had made it before.
    async fn change_access(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        detail: String,
        deed: AccessDeed,
    ) -> Result<Done, Error> {
        let what = match deed {
            AccessDeed::Revoke(..) | AccessDeed::Rotate { .. } => "token",
            _ => "user",
        };
        let name = match &deed {
            AccessDeed::Revoke(_, id) | AccessDeed::Rotate { old: id, .. } => id.clone(),
            deed => deed.subject().to_string(),
        };
        let change = AccessChange {
            province: caller.province.clone(),
            actor: caller.actor.clone(),
            request_id: identity.request_id.clone(),
            content: digest(identity),
            at: domain::time::to_micros(self.now()),
            detail,
            deed,
        };
        match self.context.store.change_access(&change).await? {
            AccessOutcome::Made => {
                tracing::info!(
                    target: "motcua::security",
                    event = change.deed.kind().as_str(),
                    by = %change.actor,
                    user = %change.deed.subject(),
                    token = change.deed.token(),
                    "who may do what was changed"
                );
                Ok(Done::Now)
            }
            AccessOutcome::MadeBefore(token) => Ok(Done::Before(token)),
            AccessOutcome::OtherRequest => Err(Error::RequestReused {
                request_id: identity.request_id.to_string(),
            }),
            AccessOutcome::Taken => Err(Error::invalid(
                "name",
                "must be a name that nobody has or had: the history of dossiers tells people apart by it",
            )),
            AccessOutcome::Gone => Err(Error::NotFound { what, name }),
        }
    }

    /// Whether the same request made a change before, and the token that it made.
    async fn made_before(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
    ) -> Result<Option<Option<String>>, Error> {
        let read = self.context.store.read().await?;
        let found = read
            .change_made(&caller.province, &caller.actor, &identity.request_id)
            .await?;
        let same = |(content, _): &(String, _)| *content == digest(identity);
        Ok(found.filter(same).map(|(_, token)| token))
    }

    /// A user of the caller's province.
    async fn user_of(&self, caller: &Caller, actor: &ActorId) -> Result<Account, Error> {
        let read = self.context.store.read().await?;
        let user = read.user(actor).await?;
        user.filter(|user| user.province == caller.province)
            .ok_or_else(|| Error::NotFound {
                what: "user",
                name: actor.to_string(),
            })
    }
}

/// Adds the first administrator of an installation, and returns the password for the first sign-in. None
/// when the name is taken. Nobody is there who could add them, so the log names the operator.
pub async fn add_first(
    store: &dyn WriteAccess,
    ids: &dyn Ids,
    now: Instant,
    new: NewAccount,
) -> Result<Option<String>, Error> {
    let password = one_time(&ids.random());
    let hash = password_hash(&password, &ids.random()).await?;
    let user = new.with(hash, true, now);
    let identity = RequestIdentity {
        request_id: RequestId::parse(FIRST).expect("it is a UUID"),
        content: Vec::new(),
    };
    let change = AccessChange {
        province: user.province.clone(),
        actor: ActorId::parse(OPERATOR).expect("it is a name"),
        content: digest(&identity),
        request_id: identity.request_id,
        at: domain::time::to_micros(now),
        detail: granted(user.roles(), &user.units),
        deed: AccessDeed::Add(Box::new(user)),
    };
    let made = store.change_access(&change).await? == AccessOutcome::Made;
    Ok(made.then_some(password))
}

/// The request of the first administrator, of which every installation has one.
const FIRST: &str = "00000000-0000-4000-8000-000000000001";

/// The name of whoever has a shell on the server.
pub const OPERATOR: &str = "operator";

/// What a repeat must have in common with the first request.
fn digest(identity: &RequestIdentity) -> String {
    hex(&keyed_hash(b"access", &[&identity.content]))
}

/// Whether a change was made now.
enum Done {
    /// Yes.
    Now,
    /// By the same request before; the token that it made.
    Before(Option<String>),
}

/// Refuses whoever changes their own access: another administrator has to.
fn refuse_own(caller: &Caller, method: Method, actor: &ActorId) -> Result<(), Error> {
    if caller.actor == *actor {
        return Err(Error::OwnAccess {
            method: method.name(),
        });
    }
    Ok(())
}

fn check(caller: &Caller, method: Method) -> Result<(), Error> {
    access::check_province(caller, method)
}

/// What is wrong with roles that one person is to have.
///
/// Who examines must not have done it, and a portal is a program.
pub fn unfit_roles(roles: &[Role]) -> Option<&'static str> {
    let alone = [Role::Auditor, Role::Portal, Role::Admin];
    if roles.is_empty() {
        Some("must not be empty")
    } else if roles.contains(&Role::Citizen) {
        Some("expected roles that a token may have")
    } else if roles.len() > 1 && roles.iter().any(|role| alone.contains(role)) {
        Some("must be given once: auditor, portal and admin stand alone")
    } else {
        None
    }
}

/// What is wrong with a name that would stand for whoever holds it: the history must tell people apart.
pub fn shared_name(actor: &ActorId) -> Option<&'static str> {
    let text = actor.as_str();
    let names_role = |role: &Role| {
        let rest = text.strip_prefix(role.as_str());
        rest.is_some_and(|rest| rest.is_empty() || is_unit(rest.trim_start_matches('-')))
    };
    let nobodys = ["export", "demo", "receipt", "operator", "user", "test"];
    (Role::ALL.iter().any(names_role) || nobodys.contains(&text))
        .then_some("must be the name of one person or program, such as trang.lt or cong-h60")
}

fn is_unit(text: &str) -> bool {
    UnitCode::parse(&text.to_uppercase()).is_ok() && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// What is wrong with units that a user is to have.
fn unfit_units(engine: &Engine, caller: &Caller, units: &[UnitCode]) -> Vec<FieldError> {
    let catalogue = engine.catalogue(&caller.province);
    let of_elsewhere = |(at, code): (usize, &UnitCode)| {
        let unit = catalogue.units.get(code);
        let here = unit.is_some_and(|unit| unit.province == caller.province);
        (!here).then(|| {
            FieldError::new(
                format!("units[{at}]"),
                "must be a unit of the caller's province",
            )
        })
    };
    units.iter().enumerate().filter_map(of_elsewhere).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stands_for_whoever_holds_it_is_refused() {
        let refused = |name: &str| shared_name(&ActorId::parse(name).unwrap()).is_some();
        for shared in [
            "receptionist",
            "officer-H60.02215",
            "officer-h60.02215",
            "portal-08",
            "admin",
            "export",
        ] {
            assert!(refused(shared), "{shared}");
        }
        for own in ["trang.lt", "admin.hoa", "officer-an", "cong-h60"] {
            assert!(!refused(own), "{own}");
        }
    }

    #[test]
    fn a_person_has_several_roles_but_nobody_examines_their_own_deeds() {
        assert_eq!(unfit_roles(&[Role::Receptionist, Role::Officer]), None);
        assert_eq!(unfit_roles(&[Role::Auditor]), None);
        assert!(unfit_roles(&[]).is_some());
        for alone in [Role::Auditor, Role::Portal, Role::Admin] {
            assert!(unfit_roles(&[alone, Role::Officer]).is_some(), "{alone}");
        }
    }
}
