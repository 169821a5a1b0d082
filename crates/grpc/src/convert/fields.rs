//! Collects every wrong field of a request, so that a caller learns all of them at once.

use app::{Error, FieldError};
use domain::fold;
use domain::id::Invalid;
use domain::limit::Limit;

/// The most items a list may have.
pub const MOST_ITEMS: usize = 100;

/// The longest free text, in characters.
pub const LONGEST_TEXT: usize = 2_000;

/// The fields found wrong so far.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes a wrong field and what was expected.
    pub fn wrong(&mut self, field: &str, problem: impl Into<String>) {
        self.0.push(FieldError::new(field, problem));
    }

    /// A text in NFC without surrounding space; empty if not given.
    pub fn text(&mut self, field: &str, text: &str, longest: usize) -> String {
        let text = fold::compose(text);
        let length = text.chars().count();
        if length > longest {
            self.wrong(
                field,
                format!("must have at most {longest} characters, not {length}"),
            );
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.wrong(field, "must not hold control characters");
        }
        text
    }

    /// A text that must be given.
    pub fn required(&mut self, field: &str, text: &str, longest: usize) -> String {
        let text = self.text(field, text, longest);
        if text.is_empty() {
            self.wrong(
                field,
                format!("must not be empty; expected a text of at most {longest} characters"),
            );
        }
        text
    }

    /// A required name or code.
    pub fn parse<T>(
        &mut self,
        field: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        match read(text) {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.wrong(field, unreadable(text, &invalid));
                None
            }
        }
    }

    /// An optional name or code.
    pub fn optional<T>(
        &mut self,
        field: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        if text.trim().is_empty() {
            None
        } else {
            self.parse(field, text, read)
        }
    }

    /// A required time limit, such as `3wd`.
    pub fn time_limit(&mut self, field: &str, text: &str) -> Option<Limit> {
        let limit = text.trim().parse::<Limit>().ok();
        if limit.is_none() {
            self.wrong(
                field,
                "expected a whole number from 1 to 65535 and a unit (3wd, 8wh, 30d, 1mo, 12h), or same-day",
            );
        }
        limit
    }

    /// A list of codes; a repeated code counts once.
    pub fn list<T: PartialEq>(
        &mut self,
        field: &str,
        texts: &[String],
        read: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Vec<T> {
        let mut values = Vec::with_capacity(texts.len().min(MOST_ITEMS));
        if !self.few(field, texts.len()) {
            return values;
        }
        for (at, text) in texts.iter().enumerate() {
            if let Some(value) = self.parse(&format!("{field}[{at}]"), text, &read)
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        values
    }

    /// Whether a list is short enough.
    pub fn few(&mut self, field: &str, length: usize) -> bool {
        if length > MOST_ITEMS {
            self.wrong(
                field,
                format!("must have at most {MOST_ITEMS} items, not {length}"),
            );
        }
        length <= MOST_ITEMS
    }

    /// A value that does not belong into a request of this kind.
    pub fn absent(&mut self, field: &str, is_absent: bool, why: &str) {
        if !is_absent {
            self.wrong(field, format!("must be left out {why}"));
        }
    }

    /// The wrong fields of a part, under the part's own path.
    pub fn part(&mut self, path: &str, part: Fields) {
        let inner = part.0.into_iter();
        self.0.extend(
            inner.map(|wrong| FieldError::new(format!("{path}.{}", wrong.field), wrong.problem)),
        );
    }

    /// The value, when nothing is wrong.
    pub fn done<T>(self, value: Option<T>) -> Result<T, Error> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) | None => Err(Error::Invalid(self.0)),
        }
    }
}

fn unreadable(text: &str, invalid: &Invalid) -> String {
    if text.trim().is_empty() {
        format!("must not be empty; expected {}", invalid.expected)
    } else {
        format!("expected {}", invalid.expected)
    }
}

#[cfg(test)]
mod tests {
    use domain::id::ComponentCode;

    use super::*;

    fn problems(fields: Fields) -> Vec<String> {
        match fields.done(Some(())) {
            Err(Error::Invalid(wrong)) => wrong
                .into_iter()
                .map(|error| format!("{}: {}", error.field, error.problem))
                .collect(),
            Ok(()) | Err(_) => Vec::new(),
        }
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let mut fields = Fields::default();
        fields.required("reason", "  ", 10);
        fields.text("note", "một hai ba bốn", 5);
        fields.list(
            "components",
            &["a".into(), "b b".into()],
            ComponentCode::parse,
        );
        let problems = problems(fields);
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].starts_with("reason: must not be empty"));
        assert!(problems[1].contains("at most 5 characters, not 14"));
        assert!(problems[2].starts_with("components[1]: expected a component code"));
    }

    #[test]
    fn a_length_is_counted_in_composed_characters() {
        let mut fields = Fields::default();
        let decomposed = "e\u{302}\u{301}".repeat(5);
        assert_eq!(fields.text("name", &decomposed, 5), "ế".repeat(5));
        assert!(problems(fields).is_empty());
    }

    #[test]
    fn a_list_that_is_too_long_is_not_read() {
        let mut fields = Fields::default();
        let texts = vec!["?".to_owned(); 101];
        fields.list("components", &texts, ComponentCode::parse);
        assert_eq!(
            problems(fields),
            ["components: must have at most 100 items, not 101"]
        );
    }
}
