//! `procedures/published.csv`: the published versions. These may not change.

use super::placed::Placed;
use super::{Fault, SourceFile, table};
use crate::id::ProcedureCode;

const COLUMNS: &[&str] = &["code", "version", "sha256"];

/// Compares every listed version with the present files.
///
/// A version without a line is new and may change until somebody adds its line.
pub(super) fn check(file: &SourceFile, all: &[Placed<'_>], faults: &mut Vec<Fault>) {
    // After another fault a version may be missing for that reason alone.
    let complete = faults.is_empty();
    for row in table::rows(file, COLUMNS, faults) {
        let code = row.read("code", faults, |text| {
            ProcedureCode::parse(text).map_err(|invalid| invalid.to_string())
        });
        let version = row.read("version", faults, |text| {
            text.parse::<u16>()
                .map_err(|_| format!("`{text}` is not a version number"))
        });
        let (Some(code), Some(version)) = (code, version) else {
            continue;
        };
        let now = all
            .iter()
            .find(|placed| placed.procedure.code == code && placed.procedure.version == version);
        match now {
            None if complete => faults.push(row.fault(format!(
                "version {version} of {code} was published and is gone; dossiers may be kept under it"
            ))),
            None => {}
            Some(placed) => {
                let hash = placed.procedure.hash_hex();
                if hash != row.cell("sha256") {
                    let reason = format!(
                        "version {version} of {code} was published and may not change; \
                         add version {} instead (its contents now hash to {hash})",
                        version.saturating_add(1)
                    );
                    faults.push(super::fault(placed.file, placed.line, reason));
                }
            }
        }
    }
}
