//! Users: the people who sign in, and the programs that call.

use domain::id::{ActorId, UnitCode};
use domain::role::Role;

use super::{Done, check, refuse_own, shared_name, unfit_roles, unfit_units};
use crate::access::{Caller, Method};
use crate::accounts::{check_password, one_time, password_hash};
use crate::engine::{Engine, RequestIdentity};
use crate::error::{Error, FieldError};
use crate::page::{self, Page, PageQuery};
use crate::ports::{AccessDeed, Account, Token, granted};

/// The most tokens of one user that are looked through when their roles change.
const MOST_TOKENS: u32 = 1_000;

/// What a user is called and may do.
#[derive(Debug, Clone)]
pub struct UserTerms {
    /// The full name, as on paper; of a program, what it is.
    pub full_name: String,
    /// The position; may be empty.
    pub position: String,
    /// The roles; the history names the first that fits an act.
    pub roles: Vec<Role>,
    /// The units; the province's own identifier means all of them.
    pub units: Vec<UnitCode>,
}

/// How a new user gets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// With a password that is made up here and told once.
    MadeUp,
    /// With this password.
    Given(String),
    /// With tokens alone.
    TokensOnly,
}

impl SignIn {
    /// The password, and whether to tell it.
    fn password(self, engine: &Engine, actor: &ActorId) -> Result<(String, bool), Error> {
        match self {
            SignIn::MadeUp => Ok((one_time(&engine.chance()), true)),
            SignIn::Given(password) => {
                check_password(&password, actor)?;
                Ok((password, false))
            }
            // One that nobody has ever seen.
            SignIn::TokensOnly => Ok((one_time(&engine.chance()), false)),
        }
    }
}

impl Engine {
    /// The users of the caller's province, by name.
    pub async fn users(&self, caller: &Caller, query: &PageQuery) -> Result<Page<Account>, Error> {
        check(caller, Method::ListUsers)?;
        let limit = query.limit()?;
        let after = query.after("users")?;
        let read = self.context.store.read().await?;
        let found = read
            .users(&caller.province, after.as_deref(), limit + 1)
            .await?;
        Ok(page::cut(found, limit, "users", |user| {
            user.actor.to_string()
        }))
    }

    /// Adds a user. The password is told once: a repeat of the request is answered without it.
    pub async fn create_user(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        actor: &ActorId,
        terms: UserTerms,
        sign_in: SignIn,
    ) -> Result<(Account, Option<String>), Error> {
        check(caller, Method::CreateUser)?;
        let mut wrong = unfit_units(self, caller, &terms.units);
        wrong.extend(shared_name(actor).map(|problem| FieldError::new("name", problem)));
        wrong.extend(unfit_roles(&terms.roles).map(|problem| FieldError::new("roles", problem)));
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let (password, tell) = sign_in.password(self, actor)?;
        let user = Account {
            province: caller.province.clone(),
            actor: actor.clone(),
            full_name: terms.full_name,
            position: terms.position,
            role: terms.roles[0],
            also: terms.roles[1..].to_vec(),
            units: terms.units,
            password: password_hash(&password, &self.chance()).await?,
            one_time: tell,
            created: domain::time::to_micros(self.now()),
            disabled: None,
        };
        let detail = granted(user.roles(), &user.units);
        let deed = AccessDeed::Add(Box::new(user.clone()));
        match self.change_access(caller, identity, detail, deed).await? {
            Done::Now => Ok((user, tell.then_some(password))),
            Done::Before(_) => Ok((self.user_of(caller, actor).await?, None)),
        }
    }

    /// Changes what a user is called and may do. Tokens that could do more are revoked.
    pub async fn update_user(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        actor: &ActorId,
        terms: UserTerms,
    ) -> Result<Account, Error> {
        check(caller, Method::UpdateUser)?;
        refuse_own(caller, Method::UpdateUser, actor)?;
        let mut wrong = unfit_units(self, caller, &terms.units);
        wrong.extend(unfit_roles(&terms.roles).map(|problem| FieldError::new("roles", problem)));
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let user = Account {
            full_name: terms.full_name,
            position: terms.position,
            role: terms.roles[0],
            also: terms.roles[1..].to_vec(),
            units: terms.units,
            ..self.user_of(caller, actor).await?
        };
        let tokens = {
            let read = self.context.store.read().await?;
            let of_user = read.tokens_of(&caller.province, Some(actor), None, MOST_TOKENS);
            of_user.await?
        };
        let exceeding = tokens.iter().filter(|token| !user.covers(token));
        let revoked: Vec<String> = exceeding.map(|token| token.id.clone()).collect();
        let mut detail = granted(user.roles(), &user.units);
        if !revoked.is_empty() {
            detail.push_str(&format!("; revoked {}", revoked.join(",")));
        }
        let deed = AccessDeed::Change {
            user: Box::new(user),
            revoked,
        };
        self.change_access(caller, identity, detail, deed).await?;
        self.user_of(caller, actor).await
    }

    /// Gives a user another password, and ends their sessions.
    pub async fn reset_password(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        actor: &ActorId,
        sign_in: SignIn,
    ) -> Result<Option<String>, Error> {
        check(caller, Method::ResetPassword)?;
        let user = self.user_of(caller, actor).await?;
        let (password, tell) = sign_in.password(self, actor)?;
        let hash = password_hash(&password, &self.chance()).await?;
        let deed = AccessDeed::SetPassword {
            actor: user.actor,
            password: hash,
            one_time: tell,
        };
        let done = self.change_access(caller, identity, String::new(), deed);
        Ok(match done.await? {
            Done::Now => tell.then_some(password),
            Done::Before(_) => None,
        })
    }

    /// Sets the password that a user has chosen, and ends their sessions.
    pub(crate) async fn set_own_password(
        &self,
        caller: &Caller,
        password: String,
    ) -> Result<(), Error> {
        let identity = RequestIdentity {
            request_id: self.request_id(),
            content: Vec::new(),
        };
        let deed = AccessDeed::SetPassword {
            actor: caller.actor.clone(),
            password,
            one_time: false,
        };
        let detail = "chosen by its owner".to_owned();
        self.change_access(caller, &identity, detail, deed).await?;
        Ok(())
    }

    /// Shuts a user out: no sign-in, no session, no token. The name stays in the history of dossiers.
    pub async fn disable_user(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        actor: &ActorId,
    ) -> Result<Account, Error> {
        check(caller, Method::DisableUser)?;
        refuse_own(caller, Method::DisableUser, actor)?;
        let user = self.user_of(caller, actor).await?;
        let deed = AccessDeed::Disable(user.actor);
        self.change_access(caller, identity, String::new(), deed)
            .await?;
        self.user_of(caller, actor).await
    }
}

impl Account {
    /// All roles, the first one first.
    pub fn roles(&self) -> impl Iterator<Item = Role> + '_ {
        std::iter::once(self.role).chain(self.also.iter().copied())
    }

    /// Whether the user may do all that a token can.
    #[must_use]
    pub fn covers(&self, token: &Token) -> bool {
        let within = |unit: &UnitCode| {
            let mut units = self.units.iter();
            units.any(|own| own == unit || own.as_str() == unit.level_one())
        };
        token
            .roles()
            .all(|role| self.roles().any(|own| own == role))
            && token.units.iter().all(within)
    }
}

impl Token {
    /// All roles, the first one first.
    pub fn roles(&self) -> impl Iterator<Item = Role> + '_ {
        std::iter::once(self.role).chain(self.also.iter().copied())
    }
}
