//! `AccessService`.

use app::administration::{IssuedToken, LogQuery, SignIn, TokenTerms, UserTerms};
use app::ports::{AccessEvent, Account, Token};
use app::{Caller, Engine, Error};
use chrono::TimeDelta;
use domain::id::{ActorId, Invalid, UnitCode};
use domain::role::Role;
use domain::time::Instant;
use prost_types::Timestamp;
use tonic::{Request, Response, Status, async_trait};

use crate::call::Calls;
use crate::convert::identity::identity;
use crate::convert::request_context::unit_name;
use crate::convert::{Fields, RequestContext, time};
use crate::proto;
use crate::proto::access_service_server::AccessService;

/// See `AccessService` in the contract.
pub(crate) struct Access(pub Calls);

/// The longest name or position of a person, in characters.
const LONGEST_NAME: usize = 200;

/// How long a token is good when the caller does not say, and at most.
const DAYS: u32 = 365;
const MOST_DAYS: u32 = 3_650;

/// How long two tokens are good side by side at most: a week.
const MOST_MINUTES: u32 = 10_080;

#[async_trait]
impl AccessService for Access {
    async fn list_users(
        &self,
        request: Request<proto::ListUsersRequest>,
    ) -> Result<Response<proto::ListUsersResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let page = fields.page(request.page_size, request.page_token);
                let page = fields.done(Some(page))?;
                let page = engine.users(&caller, &page).await?;
                Ok(proto::ListUsersResponse {
                    users: page.items.iter().map(user).collect(),
                    next_page_token: page.next,
                })
            })
            .await
    }

    async fn create_user(
        &self,
        request: Request<proto::CreateUserRequest>,
    ) -> Result<Response<proto::CreateUserResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                create_user(&engine, &caller, request).await
            })
            .await
    }

    async fn update_user(
        &self,
        request: Request<proto::UpdateUserRequest>,
    ) -> Result<Response<proto::User>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                update_user(&engine, &caller, request).await
            })
            .await
    }

    async fn reset_password(
        &self,
        request: Request<proto::ResetPasswordRequest>,
    ) -> Result<Response<proto::ResetPasswordResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = identity(&request, &mut fields);
                let actor = fields.parse("user", &request.user, ActorId::parse);
                let (id, actor) = fields.done(id.zip(actor))?;
                let password = engine
                    .reset_password(&caller, &id, &actor, SignIn::MadeUp)
                    .await?;
                Ok(proto::ResetPasswordResponse {
                    password: password.unwrap_or_default(),
                })
            })
            .await
    }

    async fn disable_user(
        &self,
        request: Request<proto::DisableUserRequest>,
    ) -> Result<Response<proto::User>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = identity(&request, &mut fields);
                let actor = fields.parse("user", &request.user, ActorId::parse);
                let (id, actor) = fields.done(id.zip(actor))?;
                let disabled = engine.disable_user(&caller, &id, &actor).await?;
                Ok(user(&disabled))
            })
            .await
    }

    async fn list_tokens(
        &self,
        request: Request<proto::ListTokensRequest>,
    ) -> Result<Response<proto::ListTokensResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let of = fields.optional("user", &request.user, ActorId::parse);
                let page = fields.page(request.page_size, request.page_token);
                let (of, page) = fields.done(Some((of, page)))?;
                let page = engine.tokens(&caller, of.as_ref(), &page).await?;
                Ok(proto::ListTokensResponse {
                    tokens: page.items.iter().map(token).collect(),
                    next_page_token: page.next,
                })
            })
            .await
    }

    async fn issue_token(
        &self,
        request: Request<proto::IssueTokenRequest>,
    ) -> Result<Response<proto::IssuedToken>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                issue_token(&engine, &caller, request).await
            })
            .await
    }

    async fn rotate_token(
        &self,
        request: Request<proto::RotateTokenRequest>,
    ) -> Result<Response<proto::IssuedToken>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = identity(&request, &mut fields);
                let old = fields.parse("token_id", &request.token_id, token_id);
                let lasts = days(&mut fields, request.days);
                if request.overlap_minutes > MOST_MINUTES {
                    let problem = format!("must be at most {MOST_MINUTES}");
                    fields.wrong("overlap_minutes", problem);
                }
                let (id, old) = fields.done(id.zip(old))?;
                let overlap = TimeDelta::minutes(request.overlap_minutes.into());
                let made = engine.rotate_token(&caller, &id, &old, lasts, overlap);
                Ok(issued(made.await?))
            })
            .await
    }

    async fn revoke_token(
        &self,
        request: Request<proto::RevokeTokenRequest>,
    ) -> Result<Response<proto::Token>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = identity(&request, &mut fields);
                let old = fields.parse("token_id", &request.token_id, token_id);
                let (id, old) = fields.done(id.zip(old))?;
                let revoked = engine.revoke_token(&caller, &id, &old).await?;
                Ok(token(&revoked))
            })
            .await
    }

    async fn list_access_events(
        &self,
        request: Request<proto::ListAccessEventsRequest>,
    ) -> Result<Response<proto::ListAccessEventsResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let user = fields.optional("user", &request.user, ActorId::parse);
                let page = fields.page(request.page_size, request.page_token);
                let query = fields.done(Some(LogQuery { user, page }))?;
                let page = engine.access_log(&caller, query).await?;
                Ok(proto::ListAccessEventsResponse {
                    events: page.items.into_iter().map(event).collect(),
                    next_page_token: page.next,
                })
            })
            .await
    }
}

async fn create_user(
    engine: &Engine,
    caller: &Caller,
    request: proto::CreateUserRequest,
) -> Result<proto::CreateUserResponse, Error> {
    let context = Calls::context(engine, caller);
    let mut fields = Fields::default();
    let id = identity(&request, &mut fields);
    // Nobody remembers the case of a name.
    let name = request.name.to_lowercase();
    let actor = fields.parse("name", &name, ActorId::parse);
    let terms = UserTerms {
        full_name: fields.required("full_name", &request.full_name, LONGEST_NAME),
        position: fields.text("position", &request.position, LONGEST_NAME),
        roles: some(&mut fields, "roles", &request.roles, roles),
        units: some(
            &mut fields,
            "units",
            &request.units,
            |fields, field, texts| units(&context, fields, field, texts),
        ),
    };
    let (id, actor) = fields.done(id.zip(actor))?;
    let sign_in = if request.tokens_only {
        SignIn::TokensOnly
    } else {
        SignIn::MadeUp
    };
    let (added, password) = engine
        .create_user(caller, &id, &actor, terms, sign_in)
        .await?;
    Ok(proto::CreateUserResponse {
        user: Some(user(&added)),
        password: password.unwrap_or_default(),
    })
}

async fn update_user(
    engine: &Engine,
    caller: &Caller,
    request: proto::UpdateUserRequest,
) -> Result<proto::User, Error> {
    let context = Calls::context(engine, caller);
    let mut fields = Fields::default();
    let id = identity(&request, &mut fields);
    let actor = fields.parse("user", &request.user, ActorId::parse);
    let terms = UserTerms {
        full_name: fields.required("full_name", &request.full_name, LONGEST_NAME),
        position: fields.text("position", &request.position, LONGEST_NAME),
        roles: some(&mut fields, "roles", &request.roles, roles),
        units: some(
            &mut fields,
            "units",
            &request.units,
            |fields, field, texts| units(&context, fields, field, texts),
        ),
    };
    let (id, actor) = fields.done(id.zip(actor))?;
    let changed = engine.update_user(caller, &id, &actor, terms).await?;
    Ok(user(&changed))
}

async fn issue_token(
    engine: &Engine,
    caller: &Caller,
    request: proto::IssueTokenRequest,
) -> Result<proto::IssuedToken, Error> {
    let context = Calls::context(engine, caller);
    let mut fields = Fields::default();
    let id = identity(&request, &mut fields);
    let actor = fields.parse("user", &request.user, ActorId::parse);
    let terms = TokenTerms {
        roles: roles(&mut fields, "roles", &request.roles),
        units: units(&context, &mut fields, "units", &request.units),
        lasts: days(&mut fields, request.days),
    };
    let (id, actor) = fields.done(id.zip(actor))?;
    let made = engine.issue_token(caller, &id, &actor, terms).await?;
    Ok(issued(made))
}

/// A list of which one item at least must be given.
fn some<T>(
    fields: &mut Fields,
    field: &str,
    texts: &[String],
    read: impl FnOnce(&mut Fields, &str, &[String]) -> Vec<T>,
) -> Vec<T> {
    if texts.is_empty() {
        fields.wrong(field, "must not be empty");
    }
    read(fields, field, texts)
}

fn roles(fields: &mut Fields, field: &str, texts: &[String]) -> Vec<Role> {
    fields.list(field, texts, str::parse)
}

fn units(
    context: &RequestContext,
    fields: &mut Fields,
    field: &str,
    texts: &[String],
) -> Vec<UnitCode> {
    let mut units = Vec::new();
    if fields.few(field, texts.len()) {
        for (at, text) in texts.iter().enumerate() {
            if let Some(unit) = context.unit(fields, &format!("{field}[{at}]"), text)
                && !units.contains(&unit)
            {
                units.push(unit);
            }
        }
    }
    units
}

fn days(fields: &mut Fields, days: u32) -> TimeDelta {
    if days > MOST_DAYS {
        fields.wrong("days", format!("must be at most {MOST_DAYS}"));
    }
    let days = if days == 0 { DAYS } else { days.min(MOST_DAYS) };
    TimeDelta::days(days.into())
}

fn token_id(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Invalid {
            text: text.chars().take(64).collect(),
            expected: "the id of a token: twelve hexadecimal digits",
        })
    }
}

fn user(user: &Account) -> proto::User {
    proto::User {
        name: user.actor.to_string(),
        full_name: user.full_name.clone(),
        position: user.position.clone(),
        roles: user.roles().map(|role| role.to_string()).collect(),
        units: user.units.iter().map(unit_name).collect(),
        create_time: moment(Some(user.created)),
        disable_time: moment(user.disabled),
    }
}

fn token(token: &Token) -> proto::Token {
    proto::Token {
        id: token.id.clone(),
        user: token.actor.to_string(),
        roles: token.roles().map(|role| role.to_string()).collect(),
        units: token.units.iter().map(unit_name).collect(),
        create_time: moment(Some(token.created)),
        expire_time: moment(Some(token.expires)),
        revoke_time: moment(token.revoked),
        use_time: moment(token.used),
    }
}

fn issued(made: IssuedToken) -> proto::IssuedToken {
    proto::IssuedToken {
        token: Some(token(&made.token)),
        secret: made.secret.unwrap_or_default(),
    }
}

fn event(event: AccessEvent) -> proto::AccessEvent {
    proto::AccessEvent {
        event_time: moment(Some(event.at)),
        actor: event.actor.to_string(),
        kind: event.kind.as_str().to_owned(),
        user: event.subject.to_string(),
        token_id: event.token.unwrap_or_default(),
        detail: event.detail,
    }
}

fn moment(at: Option<Instant>) -> Option<Timestamp> {
    at.map(time::timestamp)
}
