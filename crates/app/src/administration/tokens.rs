//! Tokens of users: made, replaced, revoked.

use chrono::TimeDelta;
use domain::digest::hex;
use domain::id::{ActorId, UnitCode};
use domain::role::Role;

use super::{Done, check, refuse_own, unfit_roles, unfit_units};
use crate::access::{Caller, Method};
use crate::engine::{Engine, RequestIdentity};
use crate::error::{Error, FieldError};
use crate::keys;
use crate::page::{self, Page, PageQuery};
use crate::ports::{AccessDeed, Account, Token, granted};

/// What a new token can do.
#[derive(Debug, Clone)]
pub struct TokenTerms {
    /// Its roles; those of the user when empty.
    pub roles: Vec<Role>,
    /// Its units; those of the user when empty.
    pub units: Vec<UnitCode>,
    /// How long it is good for.
    pub lasts: TimeDelta,
}

/// A token that was made.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// What is kept of it.
    pub token: Token,
    /// Its secret, told once: none when the same request made it before.
    pub secret: Option<String>,
}

impl Engine {
    /// The tokens of the caller's province, or of one user there, by id.
    pub async fn tokens(
        &self,
        caller: &Caller,
        user: Option<&ActorId>,
        query: &PageQuery,
    ) -> Result<Page<Token>, Error> {
        check(caller, Method::ListTokens)?;
        let limit = query.limit()?;
        let question = format!("tokens {user:?}");
        let after = query.after(&question)?;
        let read = self.context.store.read().await?;
        let found = read.tokens_of(&caller.province, user, after.as_deref(), limit + 1);
        Ok(page::cut(found.await?, limit, &question, |token| {
            token.id.clone()
        }))
    }

    /// Makes a token that can do what its user may do, or less.
    pub async fn issue_token(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        actor: &ActorId,
        terms: TokenTerms,
    ) -> Result<IssuedToken, Error> {
        check(caller, Method::IssueToken)?;
        refuse_own(caller, Method::IssueToken, actor)?;
        let user = self.user_of(caller, actor).await?;
        let mut wrong = unfit_units(self, caller, &terms.units);
        if user.disabled.is_some() {
            wrong.push(FieldError::new(
                "user",
                "must be a user who is not shut out; a new one gets a new name",
            ));
        }
        let roles: Vec<Role> = if terms.roles.is_empty() {
            user.roles().collect()
        } else {
            terms.roles
        };
        let units = if terms.units.is_empty() {
            user.units.clone()
        } else {
            terms.units
        };
        let (secret, token) = self.new_token(caller, actor, &roles, units, terms.lasts);
        if wrong.is_empty() && !user.covers(&token) {
            wrong.push(FieldError::new(
                "user",
                "must be a user who has these roles and units; change the user first",
            ));
        }
        if !wrong.is_empty() {
            // A repeat gets its answer, although the user may no longer do this.
            return match self.made_before(caller, identity).await? {
                Some(Some(id)) => Ok(IssuedToken {
                    token: self.token_of(caller, &id).await?,
                    secret: None,
                }),
                Some(None) | None => Err(Error::Invalid(wrong)),
            };
        }
        let user = Some(Box::new(user));
        self.keep_token(caller, identity, (secret, token), user)
            .await
    }

    /// Makes a token for a program that is no user: a command of the operator alone does this.
    pub async fn issue_program_token(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        actor: &ActorId,
        terms: TokenTerms,
    ) -> Result<IssuedToken, Error> {
        check(caller, Method::IssueToken)?;
        let mut wrong = unfit_units(self, caller, &terms.units);
        wrong.extend(unfit_roles(&terms.roles).map(|problem| FieldError::new("roles", problem)));
        wrong.extend(super::shared_name(actor).map(|problem| FieldError::new("actor", problem)));
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let made = self.new_token(caller, actor, &terms.roles, terms.units, terms.lasts);
        self.keep_token(caller, identity, made, None).await
    }

    /// Makes a token like another one, which ends after an overlap.
    pub async fn rotate_token(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        id: &str,
        lasts: TimeDelta,
        overlap: TimeDelta,
    ) -> Result<IssuedToken, Error> {
        check(caller, Method::RotateToken)?;
        let old = self.token_of(caller, id).await?;
        let roles: Vec<Role> = old.roles().collect();
        let (secret, token) = self.new_token(caller, &old.actor, &roles, old.units.clone(), lasts);
        let until = token.created + overlap;
        // A repeat comes when the older one may have ended already.
        let detail = format!(
            "{}; replaces {id}, which ends {}",
            terms_of(&token),
            domain::time::rfc3339(until)
        );
        let deed = AccessDeed::Rotate {
            token: token.clone(),
            old: id.to_owned(),
            until,
        };
        self.made(caller, identity, detail, deed, (secret, token))
            .await
    }

    /// Revokes a token; it is refused within a second.
    pub async fn revoke_token(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        id: &str,
    ) -> Result<Token, Error> {
        check(caller, Method::RevokeToken)?;
        let token = self.token_of(caller, id).await?;
        let deed = AccessDeed::Revoke(token.actor, id.to_owned());
        self.change_access(caller, identity, String::new(), deed)
            .await?;
        self.token_of(caller, id).await
    }

    async fn keep_token(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        (secret, token): (String, Token),
        user: Option<Box<Account>>,
    ) -> Result<IssuedToken, Error> {
        let detail = terms_of(&token);
        let deed = AccessDeed::Issue {
            token: token.clone(),
            user,
        };
        self.made(caller, identity, detail, deed, (secret, token))
            .await
    }

    async fn made(
        &self,
        caller: &Caller,
        identity: &RequestIdentity,
        detail: String,
        deed: AccessDeed,
        (secret, token): (String, Token),
    ) -> Result<IssuedToken, Error> {
        let (token, secret) = match self.change_access(caller, identity, detail, deed).await? {
            Done::Now => (token, Some(secret)),
            Done::Before(id) => {
                let id = id.unwrap_or_default();
                (self.token_of(caller, &id).await?, None)
            }
        };
        Ok(IssuedToken { token, secret })
    }

    fn new_token(
        &self,
        caller: &Caller,
        actor: &ActorId,
        roles: &[Role],
        units: Vec<UnitCode>,
        lasts: TimeDelta,
    ) -> (String, Token) {
        let secret = format!("mct_{}{}", hex(&self.chance()), hex(&self.chance()));
        let now = domain::time::to_micros(self.now());
        let token = Token {
            id: hex(&self.chance()[..6]),
            hash: keys::token_hash(&secret),
            actor: actor.clone(),
            role: roles[0],
            also: roles[1..].to_vec(),
            province: caller.province.clone(),
            units,
            created: now,
            expires: now + lasts,
            revoked: None,
            used: None,
        };
        (secret, token)
    }

    async fn token_of(&self, caller: &Caller, id: &str) -> Result<Token, Error> {
        let read = self.context.store.read().await?;
        let token = read.token_by_id(&caller.province, id).await?;
        token.ok_or_else(|| Error::NotFound {
            what: "token",
            name: id.to_owned(),
        })
    }
}

fn terms_of(token: &Token) -> String {
    format!(
        "{}; until {}",
        granted(token.roles(), &token.units),
        domain::time::rfc3339(token.expires)
    )
}
