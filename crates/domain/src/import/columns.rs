//! The columns of a file in which a map's fields stand.

use super::TextRow;
use super::table::{column, column_meant, titles};

/// Something that a row can say about a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportField {
    /// The name of the dossier in the other system.
    Case,
    /// What happened.
    Activity,
    /// When it happened.
    Time,
    /// An event of motcua, as an export wrote it.
    Facts,
    /// A dossier code, for searching.
    Code,
    /// The unit whose desk took it in.
    Unit,
    /// The unit that decides it.
    Resolving,
    /// The unit that gives it back.
    Returning,
    /// The procedure.
    Procedure,
    /// How it was handed in.
    Channel,
    /// When it was received.
    Received,
    /// When it is due.
    Due,
    /// When the result was there.
    Resolved,
    /// When the citizen got it.
    Returned,
    /// When the citizen took it back.
    Withdrawn,
    /// When the agency stopped it.
    Stopped,
    /// The progress of the dossier, in words of the other system.
    Status,
    /// When it came to be so.
    StatusTime,
    /// The legal limit, such as `3wd`.
    Limit,
}

impl ImportField {
    /// How many there are.
    pub const COUNT: usize = 19;

    /// Every field, with its key in a map.
    pub const ALL: [(ImportField, &'static str); ImportField::COUNT] = [
        (ImportField::Case, "case"),
        (ImportField::Activity, "activity"),
        (ImportField::Time, "time"),
        (ImportField::Facts, "facts"),
        (ImportField::Code, "code"),
        (ImportField::Unit, "unit"),
        (ImportField::Resolving, "resolving_unit"),
        (ImportField::Returning, "returning_unit"),
        (ImportField::Procedure, "procedure"),
        (ImportField::Channel, "channel"),
        (ImportField::Received, "received"),
        (ImportField::Due, "due"),
        (ImportField::Resolved, "resolved"),
        (ImportField::Returned, "returned"),
        (ImportField::Withdrawn, "withdrawn"),
        (ImportField::Stopped, "stopped"),
        (ImportField::Status, "status"),
        (ImportField::StatusTime, "status_time"),
        (ImportField::Limit, "limit"),
    ];
}

/// The columns that a map names in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    names: [Option<Box<str>>; ImportField::COUNT],
}

impl Columns {
    pub(super) fn name(&mut self, field: ImportField, column: &str) {
        self.names[field as usize] = Some(column.into());
    }

    /// Whether the map names a column for the field.
    #[must_use]
    pub fn has(&self, field: ImportField) -> bool {
        self.names[field as usize].is_some()
    }

    /// The name of the column of a field, if the map names one.
    #[must_use]
    pub fn of(&self, field: ImportField) -> Option<&str> {
        self.names[field as usize].as_deref()
    }

    /// The names of all of them.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.names.iter().flatten().map(AsRef::as_ref).collect()
    }

    /// Finds the columns in a header and ignores columns that the map does not name.
    ///
    /// Errors: every column that is missing or stands there twice, in one text.
    pub fn find(&self, header: &TextRow) -> Result<Places, String> {
        let mut places = Places::default();
        let mut wrong = Vec::new();
        for (field, map_key) in ImportField::ALL {
            let Some(name) = &self.names[field as usize] else {
                continue;
            };
            match column(header, name) {
                Ok(Some(at)) => places.at[field as usize] = Some(at),
                Ok(None) => wrong.push(format!(
                    "there is no column `{name}`, the map's {map_key}{}",
                    column_meant(header, name)
                )),
                Err(twice) => wrong.push(twice),
            }
        }
        if wrong.is_empty() {
            places.width = header.len();
            return Ok(places);
        }
        Err(format!(
            "{}; the file has {}",
            wrong.join("; "),
            titles(header)
        ))
    }
}

/// The places of a map's columns in a file.
#[derive(Debug, Clone, Default)]
pub struct Places {
    at: [Option<usize>; ImportField::COUNT],
    /// How many cells a row has.
    width: usize,
}

impl Places {
    /// How many cells a row has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The text of a field in a row; empty if the map names no column for it.
    #[must_use]
    pub fn get<'a>(&self, field: ImportField, cells: &'a TextRow) -> &'a str {
        self.at[field as usize].map_or("", |at| cells.get(at))
    }

    /// Whether all of the map's columns are empty in a row.
    #[must_use]
    pub fn say_nothing(&self, cells: &TextRow) -> bool {
        let mut places = self.at.iter().flatten();
        places.all(|at| cells.get(*at).is_empty())
    }
}
