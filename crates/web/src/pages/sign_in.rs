//! `/signin` and `/signout`.

use std::sync::Arc;

use app::Error;
use app::accounts::{LONGEST_PASSWORD, Opened};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::id::ActorId;
use domain::role::Role;
use http::StatusCode;
use http::header::SET_COOKIE;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::{Fields, LONGEST_LINE};
use crate::frame::{self, Frame, Section, html};
use crate::visit::{CHOOSE_PASSWORD, SESSION, Staff, Visit};
use crate::words::Markup;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/signin", get(show).post(with_password))
        .route("/signin/token", post(with_token))
        .route("/signin/demo", post(as_demo))
        .route("/signout", post(sign_out))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    /// The address to open afterwards.
    next: String,
    /// The body of a form that arrived after the session was over, as it was sent.
    kept: String,
    /// The typed name.
    name: String,
    /// Why name and password were refused.
    wrong: Option<Markup>,
    /// Why the token was refused.
    wrong_token: Option<Markup>,
    /// The roles that anybody may try.
    roles: Vec<Trial>,
    idle_minutes: i64,
}

struct Trial {
    role: &'static str,
    label: Markup,
    what: Markup,
}

impl SignInPage {
    fn new(pages: &Pages, visit: &Visit, fields: &Fields) -> Self {
        let words = visit.words();
        let roles = pages.settings.demo.iter().map(|trial| Trial {
            role: trial.role.as_str(),
            label: words.t(&format!("role.{}", trial.role.as_str())),
            what: words.t(&format!("sign_in.try.{}", trial.role.as_str())),
        });
        Self {
            frame: Frame::public(pages, visit, words.t("sign_in.title")),
            next: own_address(fields.get("next")).to_owned(),
            kept: fields.raw("kept").to_owned(),
            name: String::new(),
            wrong: None,
            wrong_token: None,
            roles: roles.collect(),
            idle_minutes: app::accounts::IDLE.num_minutes(),
        }
    }

    fn again(mut self, visit: &Visit) -> Response {
        let error = visit.words().t("form.error");
        self.frame.title = Markup::made(format!("{error} {}", self.frame.title));
        let mut answer = html(&self);
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        answer
    }
}

/// The address to open after signing in, if it is one of ours; otherwise the start page, so that a
/// link cannot lead people to another site.
fn own_address(next: &str) -> &str {
    let is_ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n']);
    if is_ours { next } else { "/" }
}

async fn show(State(pages): State<Arc<Pages>>, visit: Visit) -> Response {
    let fields = Fields::of(&visit.uri);
    html(&SignInPage::new(&pages, &visit, &fields))
}

async fn with_password(
    State(pages): State<Arc<Pages>>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Fault> {
    let (name, password) = (fields.get("name"), fields.raw("password"));
    let limits = [("name", ActorId::LONGEST), ("password", LONGEST_PASSWORD)];
    if !visit.too_long(&fields, &limits).is_empty() {
        let [name, password] = limits.map(|(_, most)| visit.say().count(most as u64));
        let places = [("name", name.into()), ("password", password.into())];
        let page = SignInPage {
            name: fields.get("name").to_owned(),
            wrong: Some(visit.words().fill("sign_in.too_long", &places)),
            ..SignInPage::new(&pages, &visit, &fields)
        };
        return Ok(page.again(&visit));
    }
    match pages.accounts.sign_in(name, password, &visit.peer).await {
        Ok(opened) => Ok(enter(&pages, visit, opened, &fields)),
        Err(error) => {
            let wrong = said(&visit, "sign_in.wrong", error)?;
            let page = SignInPage {
                name: name.to_owned(),
                wrong: Some(wrong),
                ..SignInPage::new(&pages, &visit, &fields)
            };
            Ok(page.again(&visit))
        }
    }
}

async fn with_token(
    State(pages): State<Arc<Pages>>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Fault> {
    let token = fields.get("token");
    if !visit
        .too_long(&fields, &[("token", LONGEST_LINE)])
        .is_empty()
    {
        let count = visit.say().count(LONGEST_LINE as u64);
        let places = [("count", count.into())];
        let page = SignInPage {
            wrong_token: Some(visit.words().fill("sign_in.token_too_long", &places)),
            ..SignInPage::new(&pages, &visit, &fields)
        };
        return Ok(page.again(&visit));
    }
    match pages.accounts.sign_in_with_token(token, &visit.peer).await {
        Ok(opened) => Ok(enter(&pages, visit, opened, &fields)),
        Err(error) => {
            let page = SignInPage {
                wrong_token: Some(said(&visit, "sign_in.wrong_token", error)?),
                ..SignInPage::new(&pages, &visit, &fields)
            };
            Ok(page.again(&visit))
        }
    }
}

async fn as_demo(
    State(pages): State<Arc<Pages>>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Fault> {
    let wanted = fields.get("role").parse::<Role>().ok();
    let mut trials = pages.settings.demo.iter();
    let trial = trials.find(|trial| Some(trial.role) == wanted);
    let trial = trial.ok_or(Fault::NoPage)?;
    let opened = pages
        .accounts
        .sign_in_with_token(&trial.token, &visit.peer)
        .await?;
    Ok(enter(&pages, visit, opened, &fields))
}

/// The words of a refused sign-in. Every other error is a page of its own.
fn said(visit: &Visit, key: &str, error: Error) -> Result<Markup, Fault> {
    match error {
        Error::Unauthenticated => Ok(visit.words().t(key)),
        Error::TooMany { seconds } => {
            let seconds = visit.say().count(u64::from(seconds));
            let words = visit.words();
            Ok(words.fill("sign_in.wait", &[("seconds", seconds.into())]))
        }
        other => Err(other.into()),
    }
}

/// Asks for sign-in when a form arrives after its session is over, and keeps what was typed.
pub fn interrupted(pages: &Pages, visit: &Visit, kept: &str) -> Response {
    let fields = Fields::default();
    let words = visit.words();
    let page = SignInPage {
        next: visit.uri.path().to_owned(),
        kept: kept.to_owned(),
        wrong: Some(words.t("sign_in.interrupted")),
        ..SignInPage::new(pages, visit, &fields)
    };
    page.again(visit)
}

#[derive(Template)]
#[template(path = "resend.html")]
struct ResendPage {
    frame: Frame,
    to: String,
    fields: Vec<(String, String)>,
}

/// The technical field of a form. The new session has another token, so the old one is left out.
const CARRIED: &str = "csrf";

fn enter(pages: &Pages, mut visit: Visit, opened: Opened, fields: &Fields) -> Response {
    let cookie = cookie(pages, &opened.secret);
    if opened.signed_in.must_choose {
        return ([(SET_COOKIE, cookie)], Redirect::to(CHOOSE_PASSWORD)).into_response();
    }
    visit.secret = Some(opened.secret);
    let staff = Staff {
        signed_in: opened.signed_in,
        visit,
    };
    let next = own_address(fields.get("next"));
    let kept = Fields::sent(fields.raw("kept"));
    // A redirect cannot carry a form with a new token, so a page offers to send the form again.
    if !fields.raw("kept").is_empty() && next != "/" {
        let typed = kept.pairs().filter(|(name, _)| *name != CARRIED);
        let title = staff.visit.words().t("resend.title");
        let page = ResendPage {
            to: next.to_owned(),
            fields: typed
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            frame: Frame::staff(pages, &staff, Section::Elsewhere, title),
        };
        return ([(SET_COOKIE, cookie)], html(&page)).into_response();
    }
    let to = match next {
        "/" => frame::entrance(&staff, false),
        next => next.to_owned(),
    };
    ([(SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}

async fn sign_out(
    State(pages): State<Arc<Pages>>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Fault> {
    if let (Some(secret), Some(signed_in)) = (&visit.secret, &visit.signed_in) {
        let staff = Staff {
            visit: visit.clone(),
            signed_in: signed_in.clone(),
        };
        staff.check_form(&fields)?;
        pages.accounts.sign_out(secret).await?;
    }
    let cookie = cookie(&pages, "");
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/signin")).into_response())
}

/// The cookie of a session. It ends with the browser, or at once if there is no secret.
pub fn cookie(pages: &Pages, secret: &str) -> String {
    let secure = if pages.settings.secure {
        "; Secure"
    } else {
        ""
    };
    let gone = if secret.is_empty() { "; Max-Age=0" } else { "" };
    format!("{SESSION}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{gone}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site_after_signing_in() {
        assert_eq!(own_address("/units/H60.02215?q=1"), "/units/H60.02215?q=1");
        for wrong in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "x",
        ] {
            assert_eq!(own_address(wrong), "/", "{wrong}");
        }
    }
}
