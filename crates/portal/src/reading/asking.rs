//! Asks a product for pages of its search.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::digest::sha256;
use serde_json::Value;

use super::map::SearchMap;
use super::settings::ReaderSettings;
use crate::patience::Patience;
use crate::wire::Wire;

/// A client of a product's search.
#[derive(Debug)]
pub(super) struct Asking {
    pub map: SearchMap,
    wire: Wire,
    tokens: Option<Wire>,
    user: String,
    secret: String,
    rows_a_page: usize,
    patience: Patience,
    token: Mutex<Option<String>>,
}

/// Which page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    /// The unit, as the product calls it; empty for all.
    pub unit: &'a str,
    /// Since when a row has changed, in the product's form; empty for all.
    pub since: &'a str,
    /// From 0.
    pub page: usize,
}

/// Why a question has no answer.
enum Unanswered {
    /// Another try may have one.
    Now(String),
    /// No try will.
    Ever(String),
}

impl Asking {
    pub fn new(settings: &ReaderSettings, map: SearchMap, secret: &str) -> Result<Self, String> {
        let timeout = Duration::from_secs(settings.timeout_seconds);
        let tokens = match settings.token_address.as_str() {
            "" => None,
            address => Some(Wire::new(address, timeout)?),
        };
        Ok(Self {
            map,
            wire: Wire::new(&settings.address, timeout)?,
            tokens,
            user: settings.user.clone(),
            secret: secret.to_owned(),
            rows_a_page: settings.rows_a_page,
            patience: settings.patience(),
            token: Mutex::new(None),
        })
    }

    /// The answer to a question. Errors: what the last try met, without long numbers.
    pub async fn ask(&self, question: Question<'_>) -> Result<Value, String> {
        let mut tries = 0;
        loop {
            tries += 1;
            let words = match self.once(question).await {
                Ok(answer) => return Ok(answer),
                Err(Unanswered::Ever(words)) => return Err(words),
                Err(Unanswered::Now(words)) => words,
            };
            if self.patience.gives_up(tries) {
                return Err(app::portal::without_numbers(&words, 300));
            }
            let pause = self.patience.pause(tries, chance(question));
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(&self, question: Question<'_>) -> Result<Value, Unanswered> {
        let search = &self.map.search;
        let mut query: Vec<(&str, String)> = Vec::new();
        query.extend(
            search
                .query
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone())),
        );
        let page = (search.first_page + question.page).to_string();
        query.push((&search.page, page));
        query.push((&search.size, self.rows_a_page.to_string()));
        for (name, value) in [
            (&search.unit, question.unit),
            (&search.since, question.since),
        ] {
            if !name.is_empty() && !value.is_empty() {
                query.push((name, value.to_owned()));
            }
        }
        let bearer = self.bearer().await?;
        let headers: Vec<(&'static str, &str)> = match &bearer {
            Some(bearer) => vec![("authorization", bearer)],
            None => Vec::new(),
        };
        let answer = self.wire.get(&search.path, &query, &headers).await;
        let answer = answer.map_err(Unanswered::Now)?;
        match (answer.status, answer.body) {
            (200..300, Some(body)) if self.map.rows(&body).is_some() => Ok(body),
            (200..300, _) => Err(Unanswered::Now(format!(
                "the answer has no list `{}`",
                search.rows
            ))),
            (401, _) => {
                *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Err(Unanswered::Now("HTTP 401".to_owned()))
            }
            (status, _) => Err(failed(status, "")),
        }
    }

    /// The header with the token; none if the product gives none.
    async fn bearer(&self) -> Result<Option<String>, Unanswered> {
        let Some(tokens) = &self.tokens else {
            return Ok(None);
        };
        let known = self
            .token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if known.is_some() {
            return Ok(known);
        }
        let token = &self.map.token;
        let form = token
            .form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let own = [(&token.user, &self.user), (&token.secret, &self.secret)];
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        let answer = tokens.post_form(form.chain(own)).await;
        let answer = answer.map_err(Unanswered::Now)?;
        let given = answer.body.as_ref().and_then(|body| body.get(&token.token));
        match (answer.status, given.and_then(Value::as_str)) {
            (200..300, Some(given)) => {
                let bearer = format!("Bearer {given}");
                let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
                *kept = Some(bearer.clone());
                Ok(Some(bearer))
            }
            (200..300, None) => Err(Unanswered::Now(format!(
                "the token's answer has no `{}`",
                token.token
            ))),
            (status, _) => Err(failed(status, "token: ")),
        }
    }
}

/// What a status other than success means for the next try.
fn failed(status: u16, what: &str) -> Unanswered {
    let words = format!("{what}HTTP {status}");
    match status {
        400..=407 | 409..=428 | 430..=499 => Unanswered::Ever(words),
        _ => Unanswered::Now(words),
    }
}

/// A number that differs by question, and is the same in every run.
fn chance(question: Question<'_>) -> u64 {
    let hash = sha256(format!("{} {}", question.unit, question.page).as_bytes());
    let bytes = hash.iter().take(8);
    bytes.fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
