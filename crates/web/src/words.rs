//! The texts of the pages, as data: `words/vi.toml` and `words/en.toml`.
//!
//! A text is HTML written in these files. It may hold places such as `{count}`; the values put
//! there are escaped. Both files have the same keys with the same places; a test compares them.

use std::collections::HashMap;
use std::fmt::{self, Display, Write};
use std::sync::LazyLock;

use askama::filters::HtmlSafe;
use domain::language::Language;

/// HTML that needs no more escaping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// The HTML of a plain text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut html = String::with_capacity(text.len());
        escape(text, &mut html);
        Self(html)
    }

    /// HTML that code has built from escaped parts.
    #[must_use]
    pub fn made(html: String) -> Self {
        Self(html)
    }

    /// The HTML as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as a reader sees it, without tags and escapes, for files that are not HTML.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        let mut inside = false;
        for letter in self.0.chars() {
            match letter {
                '<' => inside = true,
                '>' => inside = false,
                letter if !inside => text.push(letter),
                _ => {}
            }
        }
        let marks = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&nbsp;", " "),
        ];
        let text = marks
            .iter()
            .fold(text, |text, (mark, letter)| text.replace(mark, letter));
        text.replace("&amp;", "&")
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// A value for a place: a plain text, or HTML that is already escaped.
pub enum Put<'a> {
    /// A plain text.
    Text(String),
    /// HTML.
    Html(&'a Markup),
}

impl<'a> From<&'a Markup> for Put<'a> {
    fn from(markup: &'a Markup) -> Self {
        Put::Html(markup)
    }
}

impl From<&str> for Put<'_> {
    fn from(text: &str) -> Self {
        Put::Text(text.to_owned())
    }
}

impl From<&String> for Put<'_> {
    fn from(text: &String) -> Self {
        Put::Text(text.clone())
    }
}

impl From<String> for Put<'_> {
    fn from(text: String) -> Self {
        Put::Text(text)
    }
}

/// The texts of one language.
pub struct Words {
    /// The language.
    pub language: Language,
    texts: HashMap<String, String>,
}

static VIETNAMESE: LazyLock<Words> = LazyLock::new(|| Words {
    language: Language::Vietnamese,
    texts: read(include_str!("../words/vi.toml")),
});

static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words {
    language: Language::English,
    texts: read(include_str!("../words/en.toml")),
});

impl Words {
    /// The texts of a language.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Vietnamese => &VIETNAMESE,
            Language::English => &ENGLISH,
        }
    }

    /// The text of a key without places. A missing key shows the key itself; a test finds missing
    /// keys.
    #[must_use]
    pub fn t(&self, key: &str) -> Markup {
        Markup(self.text(key).to_owned())
    }

    /// The text of a key with its places filled.
    #[must_use]
    pub fn fill<'a>(&self, key: &str, places: &[(&str, Put<'a>)]) -> Markup {
        let mut html = String::new();
        let mut rest = self.text(key);
        while let Some((before, after)) = rest.split_once('{') {
            html.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            match places.iter().find(|(place, _)| *place == name) {
                Some((_, Put::Text(text))) => escape(text, &mut html),
                Some((_, Put::Html(markup))) => html.push_str(markup.as_str()),
                None => {
                    let _infallible = write!(html, "{{{name}}}");
                }
            }
            rest = after;
        }
        html.push_str(rest);
        Markup(html)
    }

    fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }
}

fn read(text: &str) -> HashMap<String, String> {
    let table: toml::Table = text.parse().expect("the catalogue of texts is valid TOML");
    let mut texts = HashMap::new();
    flatten("", &table, &mut texts);
    texts
}

fn flatten(prefix: &str, table: &toml::Table, texts: &mut HashMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::String(text) => {
                texts.insert(key, text.clone());
            }
            toml::Value::Table(inner) => flatten(&key, inner, texts),
            other => panic!("{key} must be a text, not {other}"),
        }
    }
}

fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn places(text: &str) -> BTreeSet<&str> {
        let after = text.split('{').skip(1);
        after.filter_map(|part| part.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let keys = |words: &Words| words.texts.keys().cloned().collect::<BTreeSet<_>>();
        let (vi, en) = (
            Words::of(Language::Vietnamese),
            Words::of(Language::English),
        );
        let differ: Vec<_> = keys(vi).symmetric_difference(&keys(en)).cloned().collect();
        assert!(differ.is_empty(), "in one language only: {differ:?}");
        for (key, text) in &vi.texts {
            assert_eq!(places(text), places(en.text(key)), "{key}");
            // A text may also stand inside an attribute, so it has no quotation marks.
            for text in [text.as_str(), en.text(key)] {
                assert!(
                    !text.contains('"') && !text.trim().is_empty(),
                    "{key}: {text}"
                );
            }
        }
    }

    /// Each `t("key")` and `fill("key"` of templates and code.
    fn used(folder: &Path, keys: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                used(&path, keys);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for call in [".t(\"", ".fill(\n", ".fill(\"", "key(\""] {
                for after in text.split(call).skip(1) {
                    let after = after.trim_start().trim_start_matches('"');
                    if let Some(key) = after.split('"').next() {
                        keys.insert(key.to_owned());
                    }
                }
            }
        }
    }

    #[test]
    fn every_text_that_is_asked_for_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut keys = BTreeSet::new();
        used(&root.join("templates"), &mut keys);
        used(&root.join("src"), &mut keys);
        assert!(keys.len() > 20, "{keys:?}");
        let words = Words::of(Language::Vietnamese);
        let missing: Vec<_> = keys
            .iter()
            .filter(|key| !words.texts.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_file_gets_what_a_reader_sees() {
        let html = Markup::made("<b>3 &lt; 4</b> &amp;amp; &#39;x&#39;".into());
        assert_eq!(html.plain(), "3 < 4 &amp; 'x'");
    }

    #[test]
    fn what_is_put_into_a_text_is_escaped_once() {
        let words = Words {
            language: Language::English,
            texts: HashMap::from([("x".to_owned(), "<b>{n}</b> of {all}, {odd".to_owned())]),
        };
        let all = Markup::of("a & b");
        let html = words.fill("x", &[("n", "<i>".into()), ("all", (&all).into())]);
        assert_eq!(html.as_str(), "<b>&lt;i&gt;</b> of a &amp; b, odd");
    }
}
