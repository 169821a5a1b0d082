//! How a product is searched, as data: the question, and where an answer has what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::format::StrftimeItems;
use domain::import::{self, TextRow};
use serde::Deserialize;
use serde_json::Value;

/// The search of a product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchMap {
    /// How sure it is: as in the catalogue.
    pub mark: String,
    /// Where it was seen.
    pub source: String,
    /// The map of its list: a shipped one by name, or a file.
    pub list: String,
    /// How it gives tokens.
    #[serde(default)]
    pub token: Token,
    /// How it is asked.
    pub search: Search,
    /// Columns of the list, each with the places in a row that may have its value: the first filled one counts.
    /// A place is a path such as `procedure.translate.0.name`.
    pub columns: BTreeMap<String, Vec<String>>,
}

/// How a product gives tokens (OpenID Connect).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Token {
    /// Fields of the form.
    pub form: BTreeMap<String, String>,
    /// The field with who signs in.
    pub user: String,
    /// The field with the secret.
    pub secret: String,
    /// The field of the answer with the token.
    pub token: String,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            form: BTreeMap::from([("grant_type".to_owned(), "client_credentials".to_owned())]),
            user: "client_id".to_owned(),
            secret: "client_secret".to_owned(),
            token: "access_token".to_owned(),
        }
    }
}

/// How a product is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Below the address.
    pub path: String,
    /// What every question says.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The parameter with the unit.
    #[serde(default)]
    pub unit: String,
    /// The column of the list that gets the unit of the question.
    #[serde(default)]
    pub unit_column: String,
    /// The parameter with the page.
    pub page: String,
    /// The number of the first page.
    #[serde(default)]
    pub first_page: usize,
    /// The parameter with the rows a page.
    pub size: String,
    /// Where an answer has its rows.
    pub rows: String,
    /// Where it says that it is the last; a page that is not full is the last in any case.
    #[serde(default)]
    pub last: String,
    /// The column by which rows come, newest first; empty if they come in another order.
    #[serde(default)]
    pub newest_first: String,
    /// The parameter with the time since which a row has changed; empty if there is none.
    #[serde(default)]
    pub since: String,
    /// The form of that time, in the zone of the list.
    #[serde(default = "iso")]
    pub since_form: String,
}

fn iso() -> String {
    "%Y-%m-%dT%H:%M:%S".to_owned()
}

impl SearchMap {
    /// Reads a map.
    ///
    /// Errors: what is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let map: Self = toml::from_str(text).map_err(|wrong| wrong.to_string())?;
        let title = &map.search.newest_first;
        if !title.is_empty() && !map.columns.contains_key(title) {
            return Err(format!("newest_first: `{title}` is none of [columns]"));
        }
        let mut form = StrftimeItems::new(&map.search.since_form);
        if form.any(|item| item == chrono::format::Item::Error) {
            return Err(format!(
                "since_form: `{}` is not the form of a time, such as {}",
                map.search.since_form,
                iso()
            ));
        }
        Ok(map)
    }

    /// Refuses a map whose columns are not those that a map of a list reads.
    ///
    /// Errors: the columns that are missing.
    pub fn fits(&self, list: &import::Map) -> Result<(), String> {
        let wanted = list.cases.as_ref().map(|columns| columns.names());
        let Some(wanted) = wanted.filter(|_| list.events.is_none()) else {
            return Err(format!(
                "{}: expected a map with [cases] and without [events]",
                list.path
            ));
        };
        let own: BTreeSet<&str> = self.titles().collect();
        let missing: Vec<&str> = wanted
            .into_iter()
            .filter(|title| !own.contains(title))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "{}: reads columns that the search does not fill: {}",
                list.path,
                missing.join(", ")
            ))
        }
    }

    /// The titles of the list.
    fn titles(&self) -> impl Iterator<Item = &str> {
        let unit = Some(self.search.unit_column.as_str()).filter(|title| !title.is_empty());
        self.columns.keys().map(String::as_str).chain(unit)
    }

    /// The line of a list that names its columns.
    pub(super) fn header(&self) -> TextRow {
        let mut header = TextRow::default();
        header.fill_with(1, self.titles());
        header
    }

    /// A row of an answer as a row of the list. `unit` is that of the question.
    pub(super) fn cells(&self, row: &Value, unit: &str) -> Vec<String> {
        let cells = self.columns.values().map(|places| {
            let mut filled = places.iter().map(|place| text_at(row, place));
            filled.find(|text| !text.is_empty()).unwrap_or_default()
        });
        let unit = (!self.search.unit_column.is_empty()).then(|| unit.to_owned());
        cells.chain(unit).collect()
    }

    /// Where a column stands among the cells of a row.
    pub(super) fn place_of(&self, title: &str) -> Option<usize> {
        self.titles().position(|own| own == title)
    }

    /// The rows of an answer; none if it is no answer to a question.
    pub(super) fn rows<'a>(&self, answer: &'a Value) -> Option<&'a Vec<Value>> {
        at(answer, &self.search.rows)?.as_array()
    }

    /// Whether an answer says that it is the last.
    pub(super) fn is_last(&self, answer: &Value) -> bool {
        let last = at(answer, &self.search.last).and_then(Value::as_bool);
        last.unwrap_or(false)
    }
}

/// The value at a path; none if there is none.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return None;
    }
    value.pointer(&format!("/{}", path.replace('.', "/")))
}

/// The text of a value. An object or a list has none.
fn text_at(row: &Value, path: &str) -> String {
    match at(row, path) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MAP: &str = r#"
mark = "example"
source = "a test"
list = "list.toml"
[search]
path = "search"
unit = "agency"
unit_column = "Đơn vị"
page = "page"
size = "size"
rows = "content"
last = "last"
newest_first = "Ngày nhận"
[columns]
"Mã" = ["code"]
"Thủ tục" = ["procedure.code", "procedure.translate.0.name"]
"Ngày nhận" = ["appliedDate"]
"#;

    #[test]
    fn a_row_of_an_answer_is_a_row_of_a_list() {
        let map = SearchMap::parse(MAP).unwrap();
        let header = map.header();
        let titles: Vec<&str> = header.iter().collect();
        assert_eq!(titles, ["Mã", "Ngày nhận", "Thủ tục", "Đơn vị"]);
        let row = json!({
            "code": " H60.02215-260803-0001 ", "appliedDate": "2026-08-03T02:00:00.000+0000",
            "procedure": {"code": null, "translate": [{"name": "Đăng ký khai sinh"}]},
            "applicant": {"data": {"fullname": "NGUYỄN VĂN MẪU"}},
        });
        let cells = map.cells(&row, "02215");
        assert_eq!(
            cells,
            [
                "H60.02215-260803-0001",
                "2026-08-03T02:00:00.000+0000",
                "Đăng ký khai sinh",
                "02215"
            ]
        );
        assert_eq!(map.place_of("Ngày nhận"), Some(1));
        let answer = json!({ "content": [row], "last": true });
        assert_eq!(map.rows(&answer).unwrap().len(), 1);
        assert!(map.is_last(&answer) && !map.is_last(&json!({})));
        assert!(map.rows(&json!({ "content": {} })).is_none());
    }

    #[test]
    fn a_map_that_names_no_column_of_its_own_is_refused() {
        let wrong = MAP.replace(
            "newest_first = \"Ngày nhận\"",
            "newest_first = \"Ngày nộp\"",
        );
        let refused = SearchMap::parse(&wrong).unwrap_err();
        assert!(refused.contains("`Ngày nộp`"), "{refused}");
        let wrong = MAP.replace("last = \"last\"", "last = \"last\"\nsince_form = \"%Q\"");
        assert!(SearchMap::parse(&wrong).unwrap_err().contains("%Q"));
    }
}
