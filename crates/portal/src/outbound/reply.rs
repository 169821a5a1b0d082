//! What comes back from a remote.

use super::map::{Map, Unmapped};

/// Why a call did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No answer, or none that tells anything: nobody knows what was taken.
    Away(String),
    /// The remote refuses.
    Refused(String),
    /// The remote does not have the dossier.
    Absent,
    /// The map has no code for a value.
    Unmapped(String),
}

impl From<Unmapped> for Trouble {
    fn from(unmapped: Unmapped) -> Self {
        Trouble::Unmapped(unmapped.to_string())
    }
}

/// Rows of progress that a remote has: moment and status, as the remote writes them.
pub type Had = Vec<(String, String)>;

/// The rows of progress in an answer to a look-up.
pub(super) fn rows_of(map: &Map, found: &serde_json::Value) -> Had {
    let rows = found
        .get(&map.lookup.rows)
        .and_then(serde_json::Value::as_array);
    let text = |row: &serde_json::Value, field: &str| {
        let value = row.get(field).and_then(serde_json::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    rows.into_iter()
        .flatten()
        .map(|row| (text(row, &map.lookup.at), text(row, &map.lookup.status)))
        .collect()
}
