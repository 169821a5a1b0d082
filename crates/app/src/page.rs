//! Pages: sizes, and opaque tokens that fit only the query from which they came.

use domain::digest::{hex, keyed_hash};

use crate::error::Error;

/// What a caller asks of a page.
#[derive(Debug, Clone, Default)]
pub struct PageQuery {
    /// How many; 0 means the default, more than the maximum means the maximum.
    pub size: i32,
    /// The token of the place to continue from; empty for the first page.
    pub token: String,
}

/// A page of something.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The token of the next page; empty only at the end.
    pub next: String,
    /// The number of items on all pages, if asked for.
    pub total: Option<u64>,
    /// Whether there may be more than that, because only the beginning was counted.
    pub at_least: bool,
}

/// How many when the caller does not say.
pub const DEFAULT_SIZE: u32 = 50;

/// How many at most.
pub const MAX_SIZE: u32 = 200;

impl PageQuery {
    /// The size to fetch.
    pub fn limit(&self) -> Result<u32, Error> {
        match u32::try_from(self.size) {
            Ok(0) => Ok(DEFAULT_SIZE),
            Ok(size) => Ok(Ord::min(size, MAX_SIZE)),
            Err(_negative) => Err(Error::invalid(
                "page_size",
                "must not be negative; 0 means the default, 50",
            )),
        }
    }

    /// The place after which this page begins, as `next_token` got it.
    ///
    /// A token of another query is refused, because its place would mean something else.
    pub fn after(&self, question: &str) -> Result<Option<String>, Error> {
        if self.token.is_empty() {
            return Ok(None);
        }
        let wrong = || {
            Error::invalid(
                "page_token",
                "must be the next_page_token of the same question with the same filters",
            )
        };
        let (place, mark) = self.token.rsplit_once('.').ok_or_else(wrong)?;
        if mark == question_mark(question) {
            Ok(Some(place.to_owned()))
        } else {
            Err(wrong())
        }
    }
}

/// The token that continues from a place.
#[must_use]
pub fn next_token(place: &str, question: &str) -> String {
    format!("{place}.{}", question_mark(question))
}

fn question_mark(question: &str) -> String {
    hex(&keyed_hash(b"page token", &[question.as_bytes()])[..6])
}

/// Cuts a fetch of `limit + 1` items to a page.
pub(crate) fn cut<T>(
    mut items: Vec<T>,
    limit: u32,
    question: &str,
    place: impl Fn(&T) -> String,
) -> Page<T> {
    let limit = limit as usize;
    let next = if items.len() > limit {
        items.truncate(limit);
        items
            .last()
            .map(|last| next_token(&place(last), question))
            .unwrap_or_default()
    } else {
        String::new()
    };
    Page {
        items,
        next,
        total: None,
        at_least: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_only_its_own_question() {
        let query = PageQuery {
            size: 0,
            token: next_token("42.7", "list H60"),
        };
        assert_eq!(query.after("list H60").unwrap().as_deref(), Some("42.7"));
        assert!(query.after("list H61").is_err());
        assert!(
            PageQuery {
                size: 0,
                token: "junk".into()
            }
            .after("list H60")
            .is_err()
        );
    }

    #[test]
    fn a_size_is_bounded_and_a_negative_one_refused() {
        let limit = |size| {
            PageQuery {
                size,
                token: String::new(),
            }
            .limit()
        };
        assert_eq!(limit(0).unwrap(), 50);
        assert_eq!(limit(7).unwrap(), 7);
        assert_eq!(limit(10_000).unwrap(), 200);
        assert!(limit(-1).is_err());
    }
}
