//! The text of `docs/errors.md`.

use app::error::reasons;

/// Every reason, with its code on both wires.
#[must_use]
pub fn document() -> String {
    let mut text = String::from(
        "# Errors\n\n\
         Generated from `crates/app/src/error/reasons.rs`; a test compares \
         (`UPDATE=1` rewrites it). The messages themselves, with their variables, stand in \
         `crates/domain/src/dossier/refusal/table.rs` and `crates/app/src/error/words.rs`.\n\n\
         Every error carries `google.rpc.ErrorInfo` with a stable `reason`, the domain `motcua` and \
         every variable of its message as metadata; a refusal also carries the dossier's `state` and \
         the `allowed` methods. `LocalizedMessage` is the Vietnamese text for the clerk, the message \
         itself is English. `BadRequest` lists the first 20 wrong fields.\n",
    );
    for (title, reasons) in [
        ("From the transport", &reasons::TRANSPORT[..]),
        ("From the use cases", &reasons::USE_CASES[..]),
        ("From the road of portals", &reasons::PORTALS[..]),
        ("From the law and the procedures", reasons::REFUSALS),
    ] {
        text += &format!(
            "\n## {title}\n\n\
             | reason | code | HTTP | cause | for the clerk | what to do |\n\
             |---|---|---|---|---|---|\n"
        );
        for reason in reasons {
            text += &format!(
                "| `{}` | {} | {} | {} | {} | {} |\n",
                reason.reason,
                motcua_http::code_name(reason.kind),
                motcua_http::status(reason.kind).as_u16(),
                reason.cause,
                reason.vietnamese,
                reason.remedy
            );
        }
    }
    text
}
