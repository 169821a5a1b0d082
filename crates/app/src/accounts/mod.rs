//! People who sign in at the pages: their accounts, their sessions and their names.
//!
//! A session becomes a [`Caller`] like that of any token, so that one access table holds for the
//! pages and the wire. Events carry the name of the account; pages show the official's full name.

mod directory;
mod password;
pub mod people;
mod throttle;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::digest::{hex, keyed_hash};
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::role::Role;
use domain::time::Instant;
use tokio::sync::Semaphore;

use crate::access::Caller;
use crate::engine::Engine;
use crate::error::Error;
use crate::keys;
use crate::ports::{Account, AccountStore, Holder, Session};

pub use directory::{Directory, Official};
pub use password::{LONGEST as LONGEST_PASSWORD, SHORTEST, WeakPassword, one_time};
use throttle::Throttle;

/// How long a session lasts without use.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);

/// The longest session: a working day with overtime.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);

/// How old the recorded last use of a session may get. Recording each use would cost one commit a
/// page.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// How many passwords are hashed at the same time. Each hash takes 19 MiB and a processor.
const HASHED_AT_ONCE: usize = 2;

/// Who gets an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name for signing in.
    pub actor: ActorId,
    /// The full name.
    pub full_name: String,
    /// The position; may be empty.
    pub position: String,
    /// The role.
    pub role: Role,
    /// The province.
    pub province: ProvinceCode,
    /// The units.
    pub units: Vec<UnitCode>,
}

impl NewAccount {
    pub(crate) fn with(self, password: String, one_time: bool, created: Instant) -> Account {
        Account {
            province: self.province,
            actor: self.actor,
            full_name: self.full_name,
            position: self.position,
            role: self.role,
            also: Vec::new(),
            units: self.units,
            password,
            one_time,
            created,
            disabled: None,
        }
    }
}

/// Refuses a password that is too short, or that is the name of its account.
pub(crate) fn check_password(password: &str, actor: &ActorId) -> Result<(), Error> {
    password::check(password, actor)
}

/// The hash of a password, made on a thread for blocking work: it computes for a tenth of a second.
pub(crate) async fn password_hash(password: &str, salt: &[u8; 16]) -> Result<String, Error> {
    let (password, salt) = (password.to_owned(), *salt);
    tokio::task::spawn_blocking(move || password::hash(&password, &salt))
        .await
        .map_err(|error| Error::Internal(Box::new(error)))?
}

/// A session that has just begun.
pub struct Opened {
    /// The session's secret. The server stores only its hash; the browser sends the secret with
    /// each request.
    pub secret: String,
    /// Who it is.
    pub signed_in: SignedIn,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// As whom they call.
    pub caller: Caller,
    /// What they are called.
    pub official: Official,
    /// Whether they must choose a password before anything else, because another person has seen
    /// the present one.
    pub must_choose: bool,
}

/// Signs people in and out.
pub struct Accounts {
    store: Arc<dyn AccountStore>,
    engine: Arc<Engine>,
    hashing: Semaphore,
    throttle: Throttle,
    directory: directory::Kept,
    /// A hash to compare with if the name is unknown, so that the answer takes the same time.
    nobody: String,
}

impl Accounts {
    /// Over an engine and its store.
    #[must_use]
    pub fn new(store: Arc<dyn AccountStore>, engine: Arc<Engine>) -> Arc<Self> {
        let nobody = password::hash("the password of nobody", b"the salt of none")
            .expect("a fixed password and salt can be hashed");
        Arc::new(Self {
            store,
            engine,
            hashing: Semaphore::new(HASHED_AT_ONCE),
            throttle: Throttle::default(),
            directory: directory::Kept::default(),
            nobody,
        })
    }

    /// Signs in with name and password.
    ///
    /// `peer` is the address of the request. A guesser slows down their own address, not the owner
    /// of the name. Errors: [`Error::Unauthenticated`] for an unknown name, a wrong password and a
    /// disabled account alike; [`Error::TooMany`] after several wrong passwords.
    pub async fn sign_in(&self, name: &str, password: &str, peer: &str) -> Result<Opened, Error> {
        let now = self.engine.now();
        let name = name.trim().to_lowercase();
        self.throttle.check(&name, peer, now)?;
        let account = match ActorId::parse(&name) {
            Ok(actor) => self.store.account(&actor).await?,
            Err(_not_a_name) => None,
        };
        let account = account.filter(|account| account.disabled.is_none());
        let hash = account.as_ref().map_or(&self.nobody, |it| &it.password);
        let right = self.verify(password, hash).await?;
        let Some(account) = account.filter(|_| right) else {
            self.throttle.wrong(&name, peer, now);
            tracing::warn!(security = "sign_in_refused", peer, "a sign-in was refused");
            return Err(Error::Unauthenticated);
        };
        self.throttle.right(&name, peer);
        let caller = self.caller_of(&account);
        let signed_in = SignedIn {
            caller,
            official: Official::from(&account),
            must_choose: account.one_time,
        };
        self.open(signed_in, Holder::Account(account.actor), now)
            .await
    }

    /// Signs in with a token.
    pub async fn sign_in_with_token(&self, secret: &str, peer: &str) -> Result<Opened, Error> {
        let now = self.engine.now();
        // Nobody guesses 256 bits; the limit only bounds how often a peer makes the server query
        // the store.
        self.throttle.check("token", peer, now)?;
        let secret = secret.trim();
        let caller = match self.engine.authenticate(secret).await {
            Ok(caller) => caller,
            Err(error) => {
                self.throttle.wrong("token", peer, now);
                return Err(error);
            }
        };
        let official = self.official(&caller).await?;
        let holder = Holder::Token(keys::token_hash(secret));
        let signed_in = SignedIn {
            caller,
            official,
            must_choose: false,
        };
        self.open(signed_in, holder, now).await
    }

    /// Who is signed in, without counting as something that they do: for what a page asks by
    /// itself, so that a page left open does not keep a session alive.
    pub async fn still_signed_in(&self, secret: &str) -> Result<Option<SignedIn>, Error> {
        let found = self.open_session(&session_hash(secret)).await?;
        Ok(found.map(|(signed_in, _)| signed_in))
    }

    /// The owner of a session; none if there is no such session, or if it is over.
    pub async fn session(&self, secret: &str) -> Result<Option<SignedIn>, Error> {
        let hash = session_hash(secret);
        let Some((signed_in, used)) = self.open_session(&hash).await? else {
            return Ok(None);
        };
        let now = self.engine.now();
        if now - used >= NOTED_EVERY {
            self.store.use_session(&hash, now).await?;
        }
        Ok(Some(signed_in))
    }

    /// Whose session it is and when it was last used, unless it is over.
    async fn open_session(&self, hash: &str) -> Result<Option<(SignedIn, Instant)>, Error> {
        let Some(session) = self.store.session(hash).await? else {
            return Ok(None);
        };
        let now = self.engine.now();
        let over =
            session.ended.is_some() || now - session.used > IDLE || now - session.begun > LONGEST;
        if over {
            return Ok(None);
        }
        let signed_in = match &session.holder {
            Holder::Account(actor) => {
                let account = self.store.account(actor).await?;
                let account = account.filter(|account| account.disabled.is_none());
                let Some(account) = account else {
                    return Ok(None);
                };
                SignedIn {
                    caller: self.caller_of(&account),
                    official: Official::from(&account),
                    must_choose: account.one_time,
                }
            }
            Holder::Token(hash) => match self.engine.authenticate_by_hash(hash).await {
                Ok(caller) => SignedIn {
                    official: self.official(&caller).await?,
                    caller,
                    must_choose: false,
                },
                Err(Error::Unauthenticated) => return Ok(None),
                Err(error) => return Err(error),
            },
        };
        Ok(Some((signed_in, session.used)))
    }

    /// Chooses the password of who is signed in, ends their other sessions and begins a new one.
    ///
    /// Errors: [`Error::Unauthenticated`] for who has no account; wrong fields `current` and
    /// `password`.
    pub async fn choose_password(
        &self,
        signed_in: &SignedIn,
        current: &str,
        new: &str,
        peer: &str,
    ) -> Result<Opened, Error> {
        let now = self.engine.now();
        let actor = &signed_in.caller.actor;
        let account = self.store.account(actor).await?;
        let account = account.filter(|account| account.disabled.is_none());
        let account = account.ok_or(Error::Unauthenticated)?;
        self.throttle.check(actor.as_str(), peer, now)?;
        // Who has just signed in with a one-time password has shown it a moment ago.
        if !account.one_time && !self.verify(current, &account.password).await? {
            self.throttle.wrong(actor.as_str(), peer, now);
            return Err(Error::invalid("current", "is not the present password"));
        }
        password::check(new, actor)?;
        if self.verify(new, &account.password).await? {
            return Err(Error::invalid(
                "password",
                "must differ from the present one",
            ));
        }
        let hash = password::hash(new, &self.engine.chance())?;
        self.engine
            .set_own_password(&signed_in.caller, hash)
            .await?;
        let signed_in = SignedIn {
            must_choose: false,
            ..signed_in.clone()
        };
        self.open(signed_in, Holder::Account(actor.clone()), now)
            .await
    }

    /// Ends a session.
    pub async fn sign_out(&self, secret: &str) -> Result<(), Error> {
        let now = self.engine.now();
        Ok(self.store.end_session(&session_hash(secret), now).await?)
    }

    /// The names of a province's people, at most seconds old.
    pub async fn directory(&self, province: &ProvinceCode) -> Result<Arc<Directory>, Error> {
        self.directory.of(self.store.as_ref(), province).await
    }

    async fn official(&self, caller: &Caller) -> Result<Official, Error> {
        let directory = self.directory(&caller.province).await?;
        Ok(directory.get(&caller.actor).cloned().unwrap_or(Official {
            full_name: caller.actor.to_string(),
            position: String::new(),
            units: Vec::new(),
        }))
    }

    async fn open(
        &self,
        signed_in: SignedIn,
        holder: Holder,
        now: Instant,
    ) -> Result<Opened, Error> {
        let (one, two) = (self.engine.chance(), self.engine.chance());
        let secret = format!("{}{}", hex(&one), hex(&two));
        let session = Session {
            hash: session_hash(&secret),
            province: signed_in.caller.province.clone(),
            holder,
            begun: now,
            used: now,
            ended: None,
        };
        self.store.begin_session(&session, now - LONGEST).await?;
        Ok(Opened { secret, signed_in })
    }

    fn caller_of(&self, account: &Account) -> Caller {
        self.engine.caller_for(
            format!("account {}", account.actor),
            account.actor.clone(),
            (account.role, &account.also),
            &account.province,
            &account.units,
        )
    }

    async fn verify(&self, password: &str, hash: &str) -> Result<bool, Error> {
        let _place = self
            .hashing
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let (password, hash) = (password.to_owned(), hash.to_owned());
        // Hashing computes for a tenth of a second, so it runs on a thread for blocking work.
        tokio::task::spawn_blocking(move || password::is_right(&password, &hash))
            .await
            .map_err(|error| Error::Internal(Box::new(error)))
    }
}

fn session_hash(secret: &str) -> String {
    // As for a token: 256 random bits need no slow hash, and the key separates it from other
    // hashes.
    hex(&keyed_hash(b"motcua session", &[secret.as_bytes()]))
}
