//! The one-stop product of a simulated province: it gives tokens, and is searched page by page.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::faults::Fault;

/// The dossiers of the product, with the agency that each belongs to.
#[derive(Debug, Clone, Default)]
pub struct Product {
    rows: BTreeMap<String, (String, Value)>,
    tokens: HashSet<String>,
    given: u64,
}

/// What a search asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Searched {
    pub agency: String,
    pub since: String,
    pub page: usize,
    pub size: usize,
}

impl Searched {
    /// Reads the question of an address. What it does not know it passes over, as the product does.
    pub fn of(query: &str) -> Self {
        let mut searched = Self {
            size: 20,
            ..Self::default()
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "ancestor-agency-id" => searched.agency = value.into_owned(),
                "updated-from" => searched.since = value.into_owned(),
                "page" => searched.page = value.parse().unwrap_or(0),
                "size" => searched.size = value.parse().unwrap_or(20).clamp(1, 200),
                _ => {}
            }
        }
        searched
    }
}

impl Product {
    /// Gives the product a dossier, in the form of its own answers, in place of the one with that code.
    pub(super) fn has(&mut self, agency: &str, row: Value) {
        let code = row.get("code").and_then(Value::as_str);
        if let Some(code) = code.map(ToOwned::to_owned) {
            self.rows.insert(code, (agency.to_owned(), row));
        }
    }

    /// A token for whoever says who they are.
    pub(super) fn token(&mut self, form: &[u8]) -> Option<Value> {
        let fields: BTreeMap<_, _> = form_urlencoded::parse(form).into_owned().collect();
        let is_filled = |field: &str| fields.get(field).is_some_and(|text| !text.is_empty());
        if !is_filled("grant_type") || !is_filled("client_id") || !is_filled("client_secret") {
            return None;
        }
        self.given += 1;
        let token = format!("token-{}", self.given);
        self.tokens.insert(token.clone());
        Some(json!({ "access_token": token, "expires_in": 300, "token_type": "Bearer" }))
    }

    /// A page of a search, newest first; none for whoever has no token.
    pub(super) fn page(
        &mut self,
        bearer: &str,
        searched: &Searched,
        fault: Option<Fault>,
    ) -> Option<Value> {
        let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
        if fault == Some(Fault::Session) {
            self.tokens.remove(token);
        }
        if !self.tokens.contains(token) {
            return None;
        }
        let time = |row: &Value, field: &str| {
            let text = row.get(field).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let mut found: Vec<&Value> = (self.rows.values())
            .filter(|(agency, row)| {
                let is_its = searched.agency.is_empty() || *agency == searched.agency;
                // Times of one form and zone compare as texts.
                is_its && time(row, "updatedDate") >= searched.since
            })
            .map(|(_, row)| row)
            .collect();
        found.sort_by_key(|row| std::cmp::Reverse(time(row, "appliedDate")));
        let all = found.len();
        let begin = searched.page * searched.size;
        // A row came in between two pages, so that the last one of the page before comes again.
        let again = usize::from(fault == Some(Fault::Duplicate) && begin > 0);
        let rows = found.into_iter().skip(begin - again);
        let rows: Vec<&Value> = rows.take(searched.size + again).collect();
        Some(json!({
            "content": rows, "totalElements": all, "number": searched.page,
            "size": searched.size, "last": begin + searched.size >= all,
        }))
    }
}
