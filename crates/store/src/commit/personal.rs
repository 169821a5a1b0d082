//! Personal values and the values beside them, apart from the events.

use app::ports::Change;
use domain::dossier::correction::APPLICANT;
use domain::dossier::private::Content;
use serde_json::json;

use super::key_columns;
use crate::door::Dialect;
use crate::given::Given;
use crate::many::{Into, Part};
use crate::row::personal_columns;

const PERSONAL: Into<7> = Into {
    table: "personal",
    columns: [
        "province",
        "dossier",
        "item",
        "kind",
        "value",
        "name_key",
        "phone_key",
    ],
    nullable: &["name_key", "phone_key"],
};

pub(super) fn parts(dialect: Dialect, changes: &[Change]) -> Vec<Part> {
    let mut rows = Vec::new();
    for change in changes {
        for private in &change.private {
            let (province, id) = key_columns(change);
            let (kind, value) = personal_columns(&private.content);
            let (name_key, phone_key) = match &private.content {
                Content::Person(person) if is_applicant(&private.item) => {
                    (Some(person.name_key()), Some(person.phone_key()))
                }
                Content::Person(_) | Content::Words(_) => (None, None),
            };
            rows.push([
                province,
                id,
                private.item.as_str().into(),
                kind.into(),
                value.into(),
                name_key.into(),
                phone_key.into(),
            ]);
        }
    }
    // No upsert: an event commits to the stored value, so overwriting it would break the proof.
    PERSONAL.parts(dialect, rows, "")
}

/// Whether an item is an applicant, first recorded or corrected: search covers these.
///
/// A dossier is found under every name that its applicant was ever recorded under, also a wrong
/// one.
fn is_applicant(item: &str) -> bool {
    item == APPLICANT
        || item
            .split_once('.')
            .is_some_and(|(_, field)| field == APPLICANT)
}

const SECRET: Into<6> = Into {
    table: "secret",
    columns: [
        "province", "dossier", "salt", "person", "pin_hash", "namesake",
    ],
    nullable: &["person", "pin_hash", "namesake"],
};

pub(super) fn secrets(dialect: Dialect, changes: &[Change]) -> Vec<Part> {
    let mut rows = Vec::new();
    let mut pins = Vec::new();
    for change in changes {
        let (province, id) = key_columns(change);
        match (&change.secrets, &change.pin_hash) {
            (Some(secrets), pin_hash) => rows.push([
                province,
                id,
                secrets.salt.as_bytes().to_vec().into(),
                secrets.person.clone().into(),
                pin_hash.clone().into(),
                secrets.namesake.clone().into(),
            ]),
            (None, Some(pin_hash)) => pins.push([
                json!(change.dossier.province.as_str()),
                json!(change.dossier.id.to_string()),
                json!(pin_hash),
            ]),
            (None, None) => {}
        }
    }
    let mut parts = SECRET.parts(dialect, rows, "");
    if !pins.is_empty() {
        let given = Given::in_dialect(dialect, "w", ["province", "dossier", "pin_hash"], pins);
        let sql = format!(
            "WITH wanted AS MATERIALIZED (SELECT province, dossier, pin_hash FROM {}) \
             UPDATE secret SET pin_hash = wanted.pin_hash FROM wanted \
             WHERE secret.province = wanted.province AND secret.dossier = wanted.dossier",
            given.table
        );
        parts.push(Part {
            sql,
            values: given.values,
        });
    }
    parts
}
