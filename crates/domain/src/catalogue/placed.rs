//! A version of a procedure with the place in its file, so that a fault can point there.

use std::sync::Arc;

use super::SourceFile;
use crate::procedure::Procedure;

/// A version with the place where its number stands.
pub(super) struct Placed<'a> {
    pub file: &'a SourceFile,
    pub line: usize,
    pub procedure: Arc<Procedure>,
}
