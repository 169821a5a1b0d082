//! The days of a report.

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::indicator::Grain;
use http::Uri;

use crate::fault::Fault;
use crate::words::Markup;

/// A report as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Download {
    /// A workbook that looks as the form.
    Workbook,
    /// Its rows as comma-separated values.
    List,
}

/// What the address of a report says.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// The first day; if empty, that of the last finished official month.
    from: String,
    /// The last day.
    to: String,
    /// The file that is wanted instead of a page.
    pub(super) download: Option<Download>,
    /// The number whose dossiers are wanted.
    pub(super) number: String,
    /// Whether all that a rate is a share of is wanted.
    pub(super) whole: bool,
    /// If set, only the dossiers of this field.
    pub(super) field: Option<String>,
    /// The page of these dossiers.
    pub(super) page: String,
}

impl Asked {
    /// Reads the address.
    pub(super) fn of(uri: &Uri) -> Self {
        let mut asked = Self::default();
        let query = uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "from" => asked.from = value,
                "to" => asked.to = value,
                "download" => {
                    asked.download = match value.as_str() {
                        "xlsx" => Some(Download::Workbook),
                        "csv" => Some(Download::List),
                        _ => None,
                    }
                }
                "number" => asked.number = value,
                "whole" => asked.whole = value == "1",
                "field" => asked.field = Some(value),
                "page" => asked.page = value,
                _ => {}
            }
        }
        asked
    }

    /// The first and the last day.
    pub(super) fn days(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Fault> {
        if self.from.is_empty() && self.to.is_empty() {
            return Ok(official(Grain::OfficialMonth.first(today) - Days::new(1)));
        }
        let day = |field: &'static str, text: &str| {
            crate::fields::day(text).ok_or_else(|| {
                let expected = "expected a day such as 2026-11-15";
                Fault::App(app::Error::invalid(field, expected))
            })
        };
        Ok((day("from", &self.from)?, day("to", &self.to)?))
    }
}

/// An option, as a link.
pub(super) struct Choice {
    /// The address.
    pub href: String,
    /// The label.
    pub label: Markup,
    /// Whether it is the present choice.
    pub current: bool,
}

/// The official month, from the 15th to the 14th, that holds a day.
fn official(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = Grain::OfficialMonth.first(day);
    (first, Grain::OfficialMonth.next(first) - Days::new(1))
}

/// The last twelve official months, the present one first. Each has the name of the month in which
/// it ends.
pub(super) fn months(path: &str, today: NaiveDate, from: NaiveDate, to: NaiveDate) -> Vec<Choice> {
    let (mut first, _) = official(today);
    let mut choices = Vec::new();
    for _ in 0..12 {
        let last = Grain::OfficialMonth.next(first) - Days::new(1);
        choices.push(Choice {
            href: format!("{path}?from={first}&to={last}"),
            label: Markup::of(&format!("{}/{}", last.month(), last.year())),
            current: (from, to) == (first, last),
        });
        first = first - Months::new(1);
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_days_the_last_official_month_that_is_over_is_shown() {
        let today = "2026-11-30".parse().unwrap();
        let (from, to) = Asked::default().days(today).unwrap();
        assert_eq!(
            (from.to_string(), to.to_string()),
            ("2026-10-15".into(), "2026-11-14".into())
        );
        let choices = months("/r", today, from, to);
        let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
        assert_eq!(labels[..3], ["12/2026", "11/2026", "10/2026"]);
        assert!(choices[1].current && !choices[0].current);
        assert_eq!(choices[1].href, "/r?from=2026-10-15&to=2026-11-14");
    }
}
