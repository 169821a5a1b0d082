//! The values of a form or an address: names and values, in order; a name may occur more than once.

use axum::extract::FromRequest;
use axum::extract::Request;
use bytes::Bytes;
use chrono::NaiveDate;
use http::Uri;
use http::header::CONTENT_TYPE;

use crate::fault::Fault;

/// The most bytes of a form: texts of a few pages, and no files.
pub(crate) const MOST_BYTES: usize = 256 * 1024;

/// The longest text of a field that people write sentences in, in characters, as on the wire.
pub(crate) const LONGEST_TEXT: usize = 2_000;

/// The longest name, code or other text of one line, in characters, as on the wire.
pub(crate) const LONGEST_LINE: usize = 200;

/// The longest value of any field, in characters: a list of papers, one a line. What a form carries for the page itself may
/// be longer.
const LONGEST_VALUE: usize = 10_000;

/// The fields of a form, or the query of an address.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The query of an address.
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        Self::read(uri.query().unwrap_or_default().as_bytes())
    }

    /// The fields of a form, as a browser sent it.
    #[must_use]
    pub fn sent(text: &str) -> Self {
        Self::read(text.as_bytes())
    }

    fn read(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text).into_owned();
        Self(pairs.map(|(name, value)| (name, clean(&value))).collect())
    }

    /// The first value of a name, trimmed; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The first value of a name, untrimmed.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The first value of a name, unless it is empty.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// The first value of a name as a day, see [`day`].
    #[must_use]
    pub fn day(&self, name: &str) -> Option<NaiveDate> {
        day(self.get(name))
    }

    /// Whether the name was sent at all. A browser sends the name of the pressed button only.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All non-empty values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(key, _)| key == name);
        named
            .map(|(_, value)| value.trim())
            .filter(|it| !it.is_empty())
    }

    /// What is searched for: no more of it than a name can have.
    #[must_use]
    pub fn searched(&self, name: &str) -> String {
        self.get(name).chars().take(LONGEST_LINE).collect()
    }

    /// Names and values, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A day as a browser's date field sends it, or as people write it: `2026-08-31`, `31/8/2026`. Years have four digits at
/// most, because nobody can count with the days of year 262,000.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let text = Some(text.trim()).filter(|text| text.len() <= 10)?;
    let read = |layout| NaiveDate::parse_from_str(text, layout).ok();
    read("%Y-%m-%d").or_else(|| read("%d/%m/%Y"))
}

/// Turns CR LF, which browsers send as line end, into LF, and drops all other control characters.
fn clean(value: &str) -> String {
    let lines = value.replace("\r\n", "\n");
    lines
        .chars()
        .filter(|letter| !letter.is_control() || *letter == '\n')
        .collect()
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let is_form = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Fault::NotAForm);
        }
        let body = Bytes::from_request(request, state).await;
        let fields = Self::read(&body.map_err(|_too_large| Fault::TooLarge)?);
        let is_long =
            |(name, value): (&str, &str)| name != "kept" && value.chars().count() > LONGEST_VALUE;
        if fields.pairs().any(is_long) {
            return Err(Fault::TooLarge);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_browsers_and_people_write_it_and_far_off_years_are_none() {
        let last = NaiveDate::from_ymd_opt(2026, 8, 31);
        assert_eq!([day("2026-08-31"), day(" 31/8/2026 ")], [last, last]);
        for wrong in [
            "",
            "2026-02-30",
            "+262142-12-31",
            "-262143-01-01",
            "31/12/+26214",
            "mai",
        ] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn fields_are_trimmed_and_keep_line_ends_alone_of_all_control_characters() {
        let fields = Fields::read(b"a=+x+&b=1&b=&b=2&c=a%0D%0Ab%00");
        assert_eq!(fields.get("a"), "x");
        assert_eq!(fields.all("b").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.get("c"), "a\nb");
        assert_eq!(fields.some("none"), None);
        assert!(fields.has("b") && !fields.has("d"));
    }
}
