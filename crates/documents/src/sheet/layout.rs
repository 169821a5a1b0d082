//! The layout of a sheet: title, heads, columns by name, signatures and source.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Fault};
use domain::indicator::{BRIDGE, Column, II06A, ITEM, MEMO};
use serde::Deserialize;

/// A layout, in the format of `catalogue/reports`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The report whose numbers it shows.
    pub report: Report,
    /// The name in addresses and commands.
    pub id: String,
    /// The first day of its use.
    pub from: NaiveDate,
    /// The number of the form: `Biểu số II.06a/VPCP/KSTT`.
    pub number: String,
    /// The title, line by line.
    pub title: Vec<String>,
    /// The unit of counting: `Số hồ sơ`.
    pub counted_in: String,
    /// The source of heads and columns.
    pub source: String,
    /// How much of the layout has a source.
    pub mark: Sourced,
    /// What each row stands for.
    pub rows: Rows,
    /// The signatures: title, and the line below it.
    pub signatures: Vec<(String, String)>,
    /// The columns, from the left.
    #[serde(rename = "column")]
    pub columns: Vec<LayoutColumn>,
}

/// A report that a sheet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// Form II.06a and the numbers beside it.
    Ii06a,
    /// The index of Decision 766/QĐ-TTg.
    I766,
}

/// How much of a layout has a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sourced {
    /// Heads follow sheets in use.
    Secondary,
    /// The whole layout, compared with the annex.
    Whole,
}

/// What each row of a sheet stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// A field of the unit; if the report covers several units, a unit.
    Fields,
    /// A unit.
    Units,
    /// An item of the index.
    Items,
}

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutColumn {
    /// The heads, from the top.
    pub head: Vec<String>,
    /// The number below the heads: `(3)=(4)+(5)+(6)`.
    #[serde(default)]
    pub mark: String,
    /// The content: `ordinal`, `label`, the name of a report's column, or a sum of such names.
    pub value: String,
}

impl LayoutColumn {
    /// The names of the summed columns.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.value.split('+').map(str::trim)
    }
}

/// Why a layout cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidLayout {
    /// The text is not TOML of the expected shape.
    #[error("the layout cannot be read")]
    Text(#[from] toml::de::Error),
    /// The layout shows a column that the report does not have.
    #[error("`{id}` shows the column `{column}`, which its report has not")]
    Column {
        /// The layout.
        id: String,
        /// The column.
        column: String,
    },
    /// A column has no head.
    #[error("the column `{column}` of `{id}` has no head")]
    NoHead {
        /// The layout.
        id: String,
        /// The column.
        column: String,
    },
}

impl Layout {
    /// Reads a layout. Refuses columns that the report does not have.
    pub fn read(text: &str) -> Result<Self, InvalidLayout> {
        let layout: Self = toml::from_str(text)?;
        for column in &layout.columns {
            let id = || layout.id.clone();
            if column.head.is_empty() {
                return Err(InvalidLayout::NoHead {
                    id: id(),
                    column: column.value.clone(),
                });
            }
            if let Some(name) = column.names().find(|name| !layout.report.has(name)) {
                return Err(InvalidLayout::Column {
                    id: id(),
                    column: name.to_owned(),
                });
            }
        }
        Ok(layout)
    }
}

impl Report {
    fn has(self, name: &str) -> bool {
        fn among<T>(columns: &[Column<T>], name: &str) -> bool {
            columns.iter().any(|column| column.name == name)
        }
        let plain = name.strip_suffix(".den").unwrap_or(name);
        match self {
            Report::Ii06a => {
                matches!(name, "ordinal" | "label")
                    || among(&II06A, name)
                    || among(&BRIDGE, name)
                    || among(&MEMO, plain)
            }
            Report::I766 => among(&ITEM, name),
        }
    }
}

/// All versions of all layouts.
#[derive(Debug, Clone)]
pub struct Layouts(Vec<Layout>);

impl Layouts {
    /// The sheets that the product ships.
    #[must_use]
    pub fn shipped() -> Self {
        let texts = [
            include_str!("../../../../catalogue/reports/ii06a.toml"),
            include_str!("../../../../catalogue/reports/07a.toml"),
            include_str!("../../../../catalogue/reports/i766.toml"),
        ];
        let read = |text| Layout::read(text).expect("a test reads the shipped sheets");
        Self(texts.into_iter().map(read).collect())
    }

    /// The sheets of a catalogue: each of its folder `reports`, and those of the shipped ones whose
    /// name no file there has.
    ///
    /// Errors: the file that cannot be used, and why.
    pub fn of(catalogue: &Catalogue) -> Result<Self, Fault> {
        let mut layouts = Vec::new();
        for file in catalogue.texts("reports") {
            layouts.push(Layout::read(&file.text).map_err(|wrong| match wrong {
                InvalidLayout::Text(error) => Fault::toml(file, &error),
                InvalidLayout::Column { .. } | InvalidLayout::NoHead { .. } => Fault {
                    file: file.path.clone(),
                    line: 1,
                    reason: wrong.to_string(),
                },
            })?);
        }
        for shipped in Self::shipped().0 {
            if !layouts.iter().any(|own: &Layout| own.id == shipped.id) {
                layouts.push(shipped);
            }
        }
        Ok(Self(layouts))
    }

    /// The version of a sheet in use on a day; the first one before that.
    #[must_use]
    pub fn on(&self, id: &str, day: NaiveDate) -> Option<&Layout> {
        let mut known: Vec<&Layout> = self.0.iter().filter(|layout| layout.id == id).collect();
        known.sort_by_key(|layout| layout.from);
        let used = known.iter().rev().find(|layout| layout.from <= day);
        used.or(known.first()).copied()
    }

    /// Each sheet in the version in use on a day.
    pub fn on_day(&self, day: NaiveDate) -> impl Iterator<Item = &Layout> {
        let ids: BTreeSet<&str> = self.0.iter().map(|layout| layout.id.as_str()).collect();
        ids.into_iter().rev().filter_map(move |id| self.on(id, day))
    }
}

#[cfg(test)]
mod tests {
    use domain::catalogue::SourceFile;

    use super::*;

    #[test]
    fn a_sheet_with_a_column_that_no_report_has_is_refused_by_its_name() {
        let text = include_str!("../../../../catalogue/reports/ii06a.toml");
        assert!(Layout::read(text).is_ok());
        let wrong = text.replace("value = \"late\"", "value = \"early + lateness\"");
        let refused = Layout::read(&wrong).unwrap_err().to_string();
        assert!(refused.contains("lateness"), "{refused}");
        let headless = text.replace("head = [\"STT\"]", "head = []");
        assert!(matches!(
            Layout::read(&headless),
            Err(InvalidLayout::NoHead { .. })
        ));
        assert!(Layout::read(&text.replace("signatures", "signed")).is_err());
    }

    #[test]
    fn a_folder_replaces_a_sheet_and_a_wrong_one_is_refused_by_file_and_line() {
        let shipped = include_str!("../../../../catalogue/reports/07a.toml");
        let text = |text: &str| {
            let file = SourceFile {
                path: "etc/reports/07a.toml".into(),
                text: text.to_owned(),
            };
            Layouts::of(&catalogue_of(file))
        };
        let day = "2026-11-30".parse().unwrap();
        let own = text(&shipped.replace("07a/BTP", "07a/ABC")).unwrap();
        assert!(own.on("07a", day).unwrap().number.contains("07a/ABC"));
        assert!(own.on("ii06a", day).is_some(), "the others stay");
        let fault = text("report = \"ii06a\"\nid = 7\n").unwrap_err();
        assert_eq!(
            (fault.file.as_str(), fault.line),
            ("etc/reports/07a.toml", 2)
        );
    }

    /// The shipped catalogue with one more file.
    fn catalogue_of(file: SourceFile) -> Catalogue {
        let read = |path: &str, text: &str| SourceFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let files = [
            read(
                "units/provinces.csv",
                include_str!("../../../../catalogue/units/provinces.csv"),
            ),
            read(
                "units/communes.csv",
                include_str!("../../../../catalogue/units/communes.csv"),
            ),
            read(
                "calendar/national.csv",
                include_str!("../../../../catalogue/calendar/national.csv"),
            ),
            read(
                "calendar/hours.csv",
                include_str!("../../../../catalogue/calendar/hours.csv"),
            ),
            file,
        ];
        Catalogue::parse(&files).unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    #[test]
    fn every_shipped_sheet_is_found_by_its_name() {
        let layouts = Layouts::shipped();
        let day = "2026-11-30".parse().unwrap();
        for id in ["ii06a", "07a", "i766"] {
            assert_eq!(
                layouts.on(id, day).map(|layout| layout.id.as_str()),
                Some(id)
            );
        }
        assert_eq!(layouts.on_day(day).count(), 3);
    }
}
