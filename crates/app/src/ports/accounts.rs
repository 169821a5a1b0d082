//! Accounts of officials, and sessions of signed-in officials.

use async_trait::async_trait;
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::role::Role;
use domain::time::Instant;

use super::error::StoreError;

/// An account of an official (*cán bộ, công chức*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The province.
    pub province: ProvinceCode,
    /// The name for signing in, which is also the actor in events.
    pub actor: ActorId,
    /// The full name, as on paper.
    pub full_name: String,
    /// The position, such as `Chủ tịch`; may be empty.
    pub position: String,
    /// In which role.
    pub role: Role,
    /// In which further roles.
    pub also: Vec<Role>,
    /// For which units; the province's own identifier means all of them.
    pub units: Vec<UnitCode>,
    /// The argon2id hash of the password, as a PHC string.
    pub password: String,
    /// Whether another person has seen the password, so that its owner must choose a new one.
    pub one_time: bool,
    /// When it was made.
    pub created: Instant,
    /// When it was disabled, if it was.
    pub disabled: Option<Instant>,
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its secret.
    pub hash: String,
    /// The province.
    pub province: ProvinceCode,
    /// Whose it is.
    pub holder: Holder,
    /// When it began.
    pub begun: Instant,
    /// When it was last used, to the minute.
    pub used: Instant,
    /// When its holder ended it, if so.
    pub ended: Option<Instant>,
}

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Of an account.
    Account(ActorId),
    /// Of a token, by the hash of its secret.
    Token(String),
}

/// Where accounts and sessions are kept.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Stores a new account. False if the name is taken, in whichever province.
    async fn add_account(&self, account: &Account) -> Result<bool, StoreError>;

    /// The account with a name.
    async fn account(&self, actor: &ActorId) -> Result<Option<Account>, StoreError>;

    /// All accounts of one province, or of all.
    async fn accounts(&self, province: Option<&ProvinceCode>) -> Result<Vec<Account>, StoreError>;

    /// Stores a new session, and deletes sessions that were last used before a moment.
    async fn begin_session(&self, session: &Session, forget: Instant) -> Result<(), StoreError>;

    /// The session with a hash.
    async fn session(&self, hash: &str) -> Result<Option<Session>, StoreError>;

    /// Notes that a session was used.
    async fn use_session(&self, hash: &str, at: Instant) -> Result<(), StoreError>;

    /// Ends a session.
    async fn end_session(&self, hash: &str, at: Instant) -> Result<(), StoreError>;
}
