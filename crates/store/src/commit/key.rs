//! The key of a change.

use app::ports::Change;
use sea_orm::Value;

/// The key of a change, as values of its two columns.
pub(super) fn key_columns(change: &Change) -> (Value, Value) {
    (
        change.dossier.province.as_str().into(),
        change.dossier.id.to_string().into(),
    )
}
