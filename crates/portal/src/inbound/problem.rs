//! What is wrong with what a portal sent: the field, the reason, and words in both languages.

use app::Error;
use serde_json::{Value, json};

/// The reasons that are given here and by no use case.
pub(super) const REASONS: [&str; 6] = [
    "UNSIGNED",
    "BAD_SIGNATURE",
    "REPLAYED",
    "INVALID_JSON",
    "UNKNOWN_PROCEDURE",
    "UNKNOWN_UNIT",
];

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The field, by its name on this wire; empty for the whole.
    pub field: String,
    /// The stable reason.
    pub reason: &'static str,
    vietnamese: String,
    english: String,
}

impl Problem {
    pub fn new(
        field: impl Into<String>,
        reason: &'static str,
        vietnamese: impl Into<String>,
        english: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            reason,
            vietnamese: vietnamese.into(),
            english: english.into(),
        }
    }

    /// A field with another kind of value.
    pub fn not_a(field: impl Into<String>, vietnamese: &str, english: &str) -> Self {
        let (vi, en) = (
            format!("phải là {vietnamese}"),
            format!("expected {english}"),
        );
        Self::new(field, "INVALID_FIELDS", vi, en)
    }

    /// A field that must be there.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::new(
            field,
            "INVALID_FIELDS",
            "chưa được điền",
            "must not be empty",
        )
    }

    /// What the use case refuses.
    pub fn of(error: &Error) -> Vec<Self> {
        if let Error::Invalid(fields) = error {
            return fields
                .iter()
                .map(|field| {
                    let english = format!("{} {}", field.field, field.problem);
                    let name = on_this_wire(&field.field);
                    Self::new(name, "INVALID_FIELDS", field.vietnamese(), english)
                })
                .collect();
        }
        let field = match error {
            Error::CodeTaken { .. } | Error::RequestReused { .. } | Error::NotFound { .. } => {
                "MaHoSo"
            }
            _ => "",
        };
        vec![Self::new(
            field,
            error.reason(),
            error.vietnamese(),
            error.to_string(),
        )]
    }

    pub fn to_json(&self) -> Value {
        let Self {
            field,
            reason,
            vietnamese,
            english,
        } = self;
        json!({"field": field, "reason": reason, "vi": vietnamese, "en": english})
    }
}

/// What a field of the use case is called here.
fn on_this_wire(field: &str) -> &str {
    match field {
        "portal_code" => "MaHoSo",
        "procedure" => "MaTTHC",
        "receiving_unit" | "resolving_unit" | "returning_unit" => "MaDonViTiepNhan",
        "submit_time" => "NgayNopHoSo",
        "reference" => "MaGiaoDich",
        "amount_vnd" => "SoTien",
        "papers" | "components" => "TaiLieuNop",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_is_given_here_stands_in_the_document_of_errors() {
        for reason in REASONS {
            assert!(app::error::reasons::find(reason).is_some(), "{reason}");
        }
        let written = [
            include_str!("item.rs"),
            include_str!("mod.rs"),
            include_str!("reader.rs"),
            include_str!("signature.rs"),
        ];
        // A reason stands in capitals on a line of its own.
        for line in written.iter().flat_map(|text| text.lines()) {
            let word = line.trim().trim_end_matches(',').trim_matches('"');
            let is_reason =
                word.len() > 4 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
            if is_reason && line.contains('"') {
                let known = app::error::reasons::find(word).is_some();
                assert!(known, "{word} is not in docs/errors.md");
            }
        }
    }
}
