//! Who may do what, and who changed that.

use async_trait::async_trait;
use domain::id::{ActorId, ProvinceCode, RequestId, UnitCode};
use domain::role::Role;
use domain::time::Instant;

use super::accounts::Account;
use super::error::StoreError;
use super::tokens::Token;

/// Changes who may do what.
#[async_trait]
pub trait WriteAccess: Send + Sync {
    /// Makes a change and notes it in the log, both or neither.
    async fn change_access(&self, change: &AccessChange) -> Result<AccessOutcome, StoreError>;

    /// Notes who saw personal values: all of it or nothing.
    async fn record_viewed(&self, viewed: &[Viewed]) -> Result<(), StoreError>;

    /// Lets at most so many viewings of a province go that were before a moment, the oldest first; how many went.
    /// The last one stays, and the moment never moves back.
    async fn forget_viewed(
        &self,
        province: &ProvinceCode,
        before: Instant,
        most: u32,
    ) -> Result<u64, StoreError>;
}

/// Reads who may do what, and who changed that.
#[async_trait]
pub trait ReadAccess: Send + Sync {
    /// The user with a name, of whichever province.
    async fn user(&self, actor: &ActorId) -> Result<Option<Account>, StoreError>;

    /// Users of a province by name, after a name.
    async fn users(
        &self,
        province: &ProvinceCode,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError>;

    /// A token of a province by its id.
    async fn token_by_id(
        &self,
        province: &ProvinceCode,
        id: &str,
    ) -> Result<Option<Token>, StoreError>;

    /// Tokens of a province, or of one user there, by id, after an id.
    async fn tokens_of(
        &self,
        province: &ProvinceCode,
        actor: Option<&ActorId>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Token>, StoreError>;

    /// The digest of the content of a request that made a change before, and the token that it made.
    async fn change_made(
        &self,
        province: &ProvinceCode,
        actor: &ActorId,
        request_id: &RequestId,
    ) -> Result<Option<(String, Option<String>)>, StoreError>;

    /// When the oldest viewing was that may go when its time is over: any but the last one of a province.
    async fn oldest_viewed(&self) -> Result<Option<Instant>, StoreError>;

    /// The log of a province, the newest first: changes, and who saw or exported personal values.
    async fn access_log(&self, page: &AccessLogPage) -> Result<Vec<AccessEvent>, StoreError>;
}

/// A change that is to be made.
#[derive(Debug, Clone)]
pub struct AccessChange {
    /// The province.
    pub province: ProvinceCode,
    /// Who changes it.
    pub actor: ActorId,
    /// Under which request.
    pub request_id: RequestId,
    /// A digest of the request's content, in hexadecimal: a repeat must have the same.
    pub content: String,
    /// When.
    pub at: Instant,
    /// What the log says of it besides: roles, units, an end.
    pub detail: String,
    /// The change.
    pub deed: AccessDeed,
}

/// Somebody saw personal values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewed {
    /// The province.
    pub province: ProvinceCode,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: ActorId,
    /// How: opened, searched or listed.
    pub kind: AccessEventKind,
    /// With which token; none with a session of an account.
    pub token: Option<String>,
    /// Of what: a code or a unit, never a personal value.
    pub detail: String,
}

/// What is changed.
#[derive(Debug, Clone)]
pub enum AccessDeed {
    /// A user is added.
    Add(Box<Account>),
    /// A user who is not disabled gets another name, position, roles or units, and loses tokens that
    /// could do more.
    Change {
        /// The user as they are then.
        user: Box<Account>,
        /// The ids of tokens that are revoked.
        revoked: Vec<String>,
    },
    /// A user gets another password, and their sessions end.
    SetPassword {
        /// The user.
        actor: ActorId,
        /// The hash of the password.
        password: String,
        /// Whether another person has seen it, so that its owner must choose a new one.
        one_time: bool,
    },
    /// A user is shut out: no sign-in, no session, no token.
    Disable(ActorId),
    /// A token is made.
    Issue {
        /// The token.
        token: Token,
        /// Its user, who must still be as they were read; none of a program that is no user.
        user: Option<Box<Account>>,
    },
    /// A token is made, and an older one ends.
    Rotate {
        /// The new one.
        token: Token,
        /// The id of the older one.
        old: String,
        /// When that ends.
        until: Instant,
    },
    /// A token is revoked.
    Revoke(ActorId, String),
}

impl AccessDeed {
    /// Its name in the log.
    #[must_use]
    pub fn kind(&self) -> AccessEventKind {
        match self {
            AccessDeed::Add(_) => AccessEventKind::UserAdded,
            AccessDeed::Change { .. } => AccessEventKind::UserChanged,
            AccessDeed::SetPassword { .. } => AccessEventKind::PasswordSet,
            AccessDeed::Disable(_) => AccessEventKind::UserDisabled,
            AccessDeed::Issue { .. } => AccessEventKind::TokenIssued,
            AccessDeed::Rotate { .. } => AccessEventKind::TokenRotated,
            AccessDeed::Revoke(..) => AccessEventKind::TokenRevoked,
        }
    }

    /// Whose access it is.
    #[must_use]
    pub fn subject(&self) -> &ActorId {
        match self {
            AccessDeed::Add(user) | AccessDeed::Change { user, .. } => &user.actor,
            AccessDeed::Issue { token, .. } | AccessDeed::Rotate { token, .. } => &token.actor,
            AccessDeed::SetPassword { actor, .. }
            | AccessDeed::Disable(actor)
            | AccessDeed::Revoke(actor, _) => actor,
        }
    }

    /// The id of the token that it makes or revokes.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match self {
            AccessDeed::Issue { token, .. } | AccessDeed::Rotate { token, .. } => Some(&token.id),
            AccessDeed::Revoke(_, id) => Some(id),
            AccessDeed::Add(_)
            | AccessDeed::Change { .. }
            | AccessDeed::SetPassword { .. }
            | AccessDeed::Disable(_) => None,
        }
    }
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessOutcome {
    /// It is made.
    Made,
    /// The same request made it before; the token that it made then, if it made one.
    MadeBefore(Option<String>),
    /// The request id was used for something else.
    OtherRequest,
    /// The name is taken.
    Taken,
    /// There is no such user or token, or it has ended in the meantime.
    Gone,
}

/// What the log says happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccessEventKind {
    /// A user was added.
    UserAdded,
    /// A user's name, position, roles or units were changed.
    UserChanged,
    /// A user was shut out.
    UserDisabled,
    /// A user got a new password.
    PasswordSet,
    /// A token was made.
    TokenIssued,
    /// A token was replaced.
    TokenRotated,
    /// A token was revoked.
    TokenRevoked,
    /// Personal values were exported.
    PersonalExported,
    /// A dossier was opened, with whose it is.
    PersonalViewed,
    /// Dossiers were searched by name or telephone.
    PersonalSearched,
    /// Dossiers were listed, with whose they are.
    PersonalListed,
}

impl AccessEventKind {
    /// All of them.
    pub const ALL: [AccessEventKind; 11] = [
        AccessEventKind::UserAdded,
        AccessEventKind::UserChanged,
        AccessEventKind::UserDisabled,
        AccessEventKind::PasswordSet,
        AccessEventKind::TokenIssued,
        AccessEventKind::TokenRotated,
        AccessEventKind::TokenRevoked,
        AccessEventKind::PersonalExported,
        AccessEventKind::PersonalViewed,
        AccessEventKind::PersonalSearched,
        AccessEventKind::PersonalListed,
    ];

    /// Where it is noted.
    #[must_use]
    pub fn source(self) -> LogSource {
        match self {
            AccessEventKind::PersonalExported => LogSource::Exports,
            AccessEventKind::PersonalViewed
            | AccessEventKind::PersonalSearched
            | AccessEventKind::PersonalListed => LogSource::Views,
            _ => LogSource::Changes,
        }
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AccessEventKind::UserAdded => "user_added",
            AccessEventKind::UserChanged => "user_changed",
            AccessEventKind::UserDisabled => "user_disabled",
            AccessEventKind::PasswordSet => "password_set",
            AccessEventKind::TokenIssued => "token_issued",
            AccessEventKind::TokenRotated => "token_rotated",
            AccessEventKind::TokenRevoked => "token_revoked",
            AccessEventKind::PersonalExported => "personal_exported",
            AccessEventKind::PersonalViewed => "personal_viewed",
            AccessEventKind::PersonalSearched => "personal_searched",
            AccessEventKind::PersonalListed => "personal_listed",
        }
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEvent {
    /// When.
    pub at: Instant,
    /// Who did it.
    pub actor: ActorId,
    /// What.
    pub kind: AccessEventKind,
    /// Whose access it is; of an export or a look, who did it.
    pub subject: ActorId,
    /// The id of the token, if it is about one.
    pub token: Option<String>,
    /// Roles, units, an end; of an export, its purpose; of a look, the dossier or unit.
    pub detail: String,
    /// Its number among those of the same table.
    pub number: u64,
}

impl AccessEvent {
    /// Its place in the log.
    #[must_use]
    pub fn place(&self) -> AccessLogPlace {
        AccessLogPlace {
            at: self.at.timestamp_micros(),
            source: self.kind.source(),
            number: self.number,
        }
    }
}

/// The tables that the log is read from, in the order of lines of the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogSource {
    /// Changes of who may do what.
    Changes = 0,
    /// Exports of personal values.
    Exports = 1,
    /// Looks at personal values.
    Views = 2,
}

impl LogSource {
    /// All of them.
    pub const ALL: [LogSource; 3] = [LogSource::Changes, LogSource::Exports, LogSource::Views];
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessLogPlace {
    /// When, in microseconds.
    pub at: i64,
    /// In which of the log's tables.
    pub source: LogSource,
    /// Its number.
    pub number: u64,
}

/// A question about the log.
#[derive(Debug, Clone)]
pub struct AccessLogPage {
    /// The province.
    pub province: ProvinceCode,
    /// Only what is about this user or was done by them.
    pub user: Option<ActorId>,
    /// What is older than this.
    pub before: Option<AccessLogPlace>,
    /// How many at most.
    pub limit: u32,
}

/// Roles and units, in words for the log.
#[must_use]
pub fn granted(roles: impl IntoIterator<Item = Role>, units: &[UnitCode]) -> String {
    let roles: Vec<&str> = roles.into_iter().map(Role::as_str).collect();
    let units: Vec<&str> = units.iter().map(UnitCode::as_str).collect();
    format!("roles {}; units {}", roles.join(","), units.join(","))
}
