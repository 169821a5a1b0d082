//! The failure of an export that cannot be written.

use crate::Failure;

pub(super) fn unwritten(error: std::io::Error) -> Failure {
    Failure::work("cannot write the export", error)
}

pub(super) fn unwritable(error: csv::Error) -> Failure {
    Failure::work("cannot write the export", error)
}
