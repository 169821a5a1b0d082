//! `/password`: people choose their own password. Whoever signs in with a one-time password comes here
//! first.

use std::sync::Arc;

use app::Error;
use app::accounts::{LONGEST_PASSWORD, SHORTEST};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::SET_COOKIE;

use super::sign_in::cookie;
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::visit::{CHOOSE_PASSWORD, Staff};
use crate::words::Markup;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route(CHOOSE_PASSWORD, get(show).post(choose))
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    frame: Frame,
    /// Whether the present password is one for a single sign-in, which is not asked for again.
    first: bool,
    hint: Markup,
    wrong: Vec<(&'static str, Markup)>,
}

impl PasswordPage {
    fn new(pages: &Pages, staff: &Staff) -> Self {
        let words = staff.visit.words();
        let shortest = SHORTEST.to_string();
        Self {
            frame: Frame::staff(pages, staff, Section::Elsewhere, words.t("password.title")),
            first: staff.signed_in.must_choose,
            hint: words.fill("password.hint", &[("count", shortest.as_str().into())]),
            wrong: Vec::new(),
        }
    }

    fn wrong(&self, field: &str) -> Option<&Markup> {
        let mut wrong = self.wrong.iter();
        wrong.find(|(name, _)| *name == field).map(|(_, why)| why)
    }
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Response {
    html(&PasswordPage::new(&pages, &staff))
}

async fn choose(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let words = staff.visit.words();
    let new = fields.raw("new");
    let limits = ["current", "new", "again"].map(|name| (name, LONGEST_PASSWORD));
    let mut long = staff.visit.too_long(&fields, &limits);
    let wrong = if !long.is_empty() {
        long.swap_remove(0)
    } else if new == fields.raw("again") {
        let current = fields.raw("current");
        let peer = &staff.visit.peer;
        let chosen = pages
            .accounts
            .choose_password(&staff.signed_in, current, new, peer)
            .await;
        match chosen {
            Ok(opened) => {
                let cookie = cookie(&pages, &opened.secret);
                return Ok(([(SET_COOKIE, cookie)], Redirect::to("/start")).into_response());
            }
            Err(Error::Invalid(fields)) => {
                let is_current = fields.iter().any(|wrong| wrong.field == "current");
                if is_current {
                    ("current", words.t("password.wrong"))
                } else {
                    let shortest = SHORTEST.to_string();
                    let count = [("count", shortest.as_str().into())];
                    ("new", words.fill("password.weak", &count))
                }
            }
            Err(other) => return Err(other.into()),
        }
    } else {
        ("again", words.t("password.differs"))
    };
    let mut page = PasswordPage::new(&pages, &staff);
    let error = words.t("form.error");
    page.frame.title = Markup::made(format!("{error} {}", page.frame.title));
    page.wrong = vec![wrong];
    let mut answer = html(&page);
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}
