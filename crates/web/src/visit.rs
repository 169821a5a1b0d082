//! A request of a browser: its visitor, language and cookies.

use std::sync::Arc;

use app::accounts::SignedIn;
use app::{Caller, Error};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::digest::{hex, keyed_hash};
use domain::id::UnitCode;
use domain::language::Language;
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, Uri};
use motcua_http::Peer;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::say::Format;
use crate::words::{Markup, Words};

/// The cookie that holds the secret of a session.
pub const SESSION: &str = "motcua_session";

/// The cookie that holds the chosen language.
pub const LANGUAGE: &str = "motcua_language";

/// The cookie that holds the unit that a person of several units works for now.
pub const UNIT: &str = "motcua_unit";

/// Where a unit is chosen.
pub const CHOOSE_UNIT: &str = "/unit";

/// Where a password is chosen.
pub const CHOOSE_PASSWORD: &str = "/password";

/// What is open to a person with a one-time password.
const OPEN_BEFORE: [&str; 1] = [CHOOSE_PASSWORD];

/// One request of a browser.
#[derive(Clone)]
pub struct Visit {
    /// The language of the page.
    pub language: Language,
    /// The person who is signed in, if any.
    pub signed_in: Option<SignedIn>,
    /// The secret of the session, if there is one.
    pub secret: Option<String>,
    /// Whether a unit was chosen before.
    pub has_chosen: bool,
    /// The requested address.
    pub uri: Uri,
    /// The address that the request came from.
    pub peer: String,
}

impl Visit {
    /// The texts of the page.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// The fields that have more characters than they may, each with the words to say at it.
    #[must_use]
    pub fn too_long(
        &self,
        fields: &Fields,
        limits: &[(&'static str, usize)],
    ) -> Vec<(&'static str, Markup)> {
        let beyond = limits
            .iter()
            .filter(|(name, most)| fields.raw(name).chars().count() > *most);
        let said = beyond.map(|(name, most)| {
            let count = self.say().count(*most as u64);
            let places = [("count", count.into())];
            (*name, self.words().fill("form.too_long", &places))
        });
        said.collect()
    }

    /// The format of numbers and times.
    #[must_use]
    pub fn say(&self) -> Format {
        Format(self.language)
    }

    /// The token that a form must send back, so that no other site can send it. Empty without a
    /// session.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.secret.as_deref().map(csrf).unwrap_or_default()
    }

    /// The address of the same page in the other language.
    #[must_use]
    pub fn in_other_language(&self) -> String {
        let other = match self.language {
            Language::Vietnamese => "en",
            Language::English => "vi",
        };
        let pairs = form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs.filter(|(name, _)| name != "lang"))
            .append_pair("lang", other)
            .finish();
        format!("{}?{query}", self.uri.path())
    }
}

fn csrf(secret: &str) -> String {
    hex(&keyed_hash(secret.as_bytes(), &[b"form"])[..16])
}

impl FromRequestParts<Arc<Pages>> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, pages: &Arc<Pages>) -> Result<Self, Fault> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let secret = cookie(&parts.headers, SESSION);
        let mut signed_in = match &secret {
            Some(secret) => pages.accounts.session(secret).await?,
            None => None,
        };
        // Whoever works for several units works for that of the page, else for the chosen one.
        if let Some(signed_in) = &mut signed_in {
            let chosen = cookie(&parts.headers, UNIT);
            for unit in [chosen.as_deref(), unit_in(parts.uri.path())] {
                if let Some(unit) = unit.and_then(|unit| UnitCode::parse(unit).ok()) {
                    signed_in.caller.first(&unit);
                }
            }
        }
        let visit = Self {
            language: language(parts),
            secret: secret.filter(|_| signed_in.is_some()),
            signed_in,
            has_chosen: cookie(&parts.headers, UNIT).is_some(),
            uri: parts.uri.clone(),
            peer: Peer::of(&parts.extensions).to_string(),
        };
        parts.extensions.insert(visit.clone());
        Ok(visit)
    }
}

/// The unit whose page an address is.
fn unit_in(path: &str) -> Option<&str> {
    let mut parts = path.split('/').skip(1);
    matches!(parts.next(), Some("units" | "desk"))
        .then(|| parts.next())
        .flatten()
}

/// The language that the address asks for, or the one chosen before, or Vietnamese. The browser's
/// preference does not count, because the office works in Vietnamese.
#[must_use]
pub fn language(parts: &Parts) -> Language {
    let asked = asked_language(&parts.uri);
    let chosen = asked.or_else(|| cookie(&parts.headers, LANGUAGE));
    match chosen.as_deref() {
        Some("en") => Language::English,
        Some(_) | None => Language::Vietnamese,
    }
}

/// `?lang=en`.
#[must_use]
pub fn asked_language(uri: &Uri) -> Option<String> {
    let pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    let mut asked = pairs.filter(|(name, _)| name == "lang");
    asked
        .next()
        .map(|(_, value)| value.into_owned())
        .filter(|language| language == "vi" || language == "en")
}

pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| !value.is_empty())
}

/// A signed-in person. Any other visitor is sent to the sign-in page, and returns from there.
#[derive(Clone)]
pub struct Staff {
    /// The request.
    pub visit: Visit,
    /// The person.
    pub signed_in: SignedIn,
}

impl Staff {
    /// The caller for use cases.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.signed_in.caller
    }

    /// Refuses a form that did not come from a page of this session.
    pub fn check_form(&self, fields: &Fields) -> Result<(), Fault> {
        self.check_token(fields.get("csrf"))
    }

    /// The same by the form's token alone.
    pub fn check_token(&self, token: &str) -> Result<(), Fault> {
        let right = self.visit.csrf();
        if !right.is_empty() && app::keys::same(token, &right) {
            Ok(())
        } else {
            Err(Fault::OldForm)
        }
    }
}

impl FromRequestParts<Arc<Pages>> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &Arc<Pages>) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, pages)
            .await
            .map_err(IntoResponse::into_response)?;
        match visit.signed_in.clone() {
            // Whoever gave the password out could act under this name until it is changed.
            Some(signed_in)
                if signed_in.must_choose && !OPEN_BEFORE.contains(&parts.uri.path()) =>
            {
                Err(Redirect::to(CHOOSE_PASSWORD).into_response())
            }
            Some(signed_in) => Ok(Self { visit, signed_in }),
            None if parts.method == http::Method::GET => {
                let back = parts.uri.path_and_query().map_or("/", |path| path.as_str());
                let query: String = form_urlencoded::Serializer::new(String::new())
                    .append_pair("next", back)
                    .finish();
                Err(Redirect::to(&format!("/signin?{query}")).into_response())
            }
            None => Err(Fault::App(Error::Unauthenticated).into_response()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_an_empty_one_is_none() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; motcua_session=abc".parse().unwrap());
        headers.append(COOKIE, "motcua_language=".parse().unwrap());
        assert_eq!(cookie(&headers, SESSION).as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, LANGUAGE), None);
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn vietnamese_comes_first_whatever_the_browser_prefers() {
        let parts = |uri: &str, cookie: &str| {
            let request = http::Request::get(uri)
                .header("accept-language", "en")
                .header(COOKIE, cookie);
            request.body(()).unwrap().into_parts().0
        };
        assert_eq!(language(&parts("/lookup", "a=b")), Language::Vietnamese);
        assert_eq!(
            language(&parts("/lookup?lang=en", "a=b")),
            Language::English
        );
        assert_eq!(
            language(&parts("/lookup", "motcua_language=en")),
            Language::English
        );
        assert_eq!(
            language(&parts("/lookup?lang=vi", "motcua_language=en")),
            Language::Vietnamese
        );
    }
}
