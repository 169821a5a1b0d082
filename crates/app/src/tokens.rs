//! Tokens: the credentials of people and programs.

use chrono::TimeDelta;
use domain::digest::hex;
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::role::Role;
use domain::time::Instant;

use crate::error::Error;
use crate::keys;
use crate::ports::{Ids, Store, Token};

/// Who gets a token.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The person or program.
    pub actor: ActorId,
    /// The role.
    pub role: Role,
    /// The province.
    pub province: ProvinceCode,
    /// The units; the province's own identifier means all of them.
    pub units: Vec<UnitCode>,
    /// How long it is good for.
    pub lasts: TimeDelta,
}

/// A new token. It is shown once.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The secret: `mct_` and 64 hexadecimal digits. It is not stored.
    pub secret: String,
    /// What is kept.
    pub token: Token,
}

/// Makes a token and stores its hash.
pub async fn issue(
    store: &dyn Store,
    ids: &dyn Ids,
    now: Instant,
    grant: Grant,
) -> Result<Issued, Error> {
    let secret = format!("mct_{}{}", hex(&ids.random()), hex(&ids.random()));
    let token = Token {
        id: hex(&ids.random()[..6]),
        hash: keys::token_hash(&secret),
        actor: grant.actor,
        role: grant.role,
        also: Vec::new(),
        province: grant.province,
        units: grant.units,
        created: now,
        expires: now + grant.lasts,
        revoked: None,
        used: None,
    };
    store.add_token(&token).await?;
    Ok(Issued { secret, token })
}
