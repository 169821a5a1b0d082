//! The rows beside the dossiers. They are written after the dossiers and cannot clash.

use app::ports::Change;

use super::{interest, personal, tallies};
use crate::bulk::Statement;
use crate::executor::Dialect;
use crate::rating;

/// The statements that write them; the tallies come last, as in the order of locks.
pub(super) fn statements(dialect: Dialect, changes: &[Change]) -> Vec<Statement> {
    let mut statements = interest::statements(dialect, changes);
    statements.extend(personal::statements(dialect, changes));
    statements.extend(personal::secrets(dialect, changes));
    statements.extend(rating::statements(dialect, changes));
    statements.extend(tallies::statements(dialect, changes));
    statements
}
