//! Tokens: the credentials of persons and programs.

use async_trait::async_trait;
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::role::Role;
use domain::time::Instant;

use super::error::StoreError;

/// Keeps and revokes tokens.
#[async_trait]
pub trait WriteTokens: Send + Sync {
    /// Keeps a new token.
    async fn add_token(&self, token: &Token) -> Result<(), StoreError>;

    /// Revokes a token. False when there is none with this id.
    async fn revoke_token(&self, id: &str, at: Instant) -> Result<bool, StoreError>;

    /// Notes when tokens were last used, by the hashes of their secrets.
    async fn note_token_uses(&self, uses: &[(String, Instant)]) -> Result<(), StoreError>;
}

/// Reads tokens.
#[async_trait]
pub trait ReadTokens: Send + Sync {
    /// A number that changes whenever a token is made, revoked or given another end.
    async fn token_edition(&self) -> Result<i64, StoreError>;

    /// A token by the hash of its secret.
    async fn token(&self, hash: &str) -> Result<Option<Token>, StoreError>;

    /// All tokens.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;
}

/// The credential of a person or program. Its secret is shown once and not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its public id.
    pub id: String,
    /// SHA-256 of the secret, in hexadecimal.
    pub hash: String,
    /// Who acts.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// In which further roles.
    pub also: Vec<Role>,
    /// The province.
    pub province: ProvinceCode,
    /// For which units; the province's own identifier means all of them.
    pub units: Vec<UnitCode>,
    /// When it was made.
    pub created: Instant,
    /// When it ends.
    pub expires: Instant,
    /// When it was revoked, if it was.
    pub revoked: Option<Instant>,
    /// When it was last used, to the minute; none if it never was.
    pub used: Option<Instant>,
}
