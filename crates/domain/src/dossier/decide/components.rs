//! Papers by their names, against those of the procedure.

use crate::dossier::refusal::Refusal;
use crate::id::ComponentCode;
use crate::procedure::Procedure;

/// Refuses papers that the procedure does not name.
pub(super) fn refuse_unknown(
    components: &[ComponentCode],
    procedure: &Procedure,
) -> Result<(), Refusal> {
    let unknown: Vec<_> = components
        .iter()
        .filter(|code| {
            !procedure
                .components
                .iter()
                .any(|known| known.code == **code)
        })
        .cloned()
        .collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ComponentsUnknown {
            components: unknown,
        })
    }
}
