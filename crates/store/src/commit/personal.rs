//! Personal values and the values beside them, apart from the events.

use app::ports::Change;
use domain::dossier::correction::APPLICANT;
use domain::dossier::private::Content;
use serde_json::json;

use super::key::key_columns;
use crate::bulk::{BulkInsert, Statement};
use crate::executor::Dialect;
use crate::row::personal_columns;
use crate::value_table::ValueTable;

const PERSONAL: BulkInsert<7> = BulkInsert {
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

pub(super) fn statements(dialect: Dialect, changes: &[Change]) -> Vec<Statement> {
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
    PERSONAL.statements(dialect, rows, "")
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

const SECRET: BulkInsert<6> = BulkInsert {
    table: "secret",
    columns: [
        "province", "dossier", "salt", "person", "pin_hash", "namesake",
    ],
    nullable: &["person", "pin_hash", "namesake"],
};

pub(super) fn secrets(dialect: Dialect, changes: &[Change]) -> Vec<Statement> {
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
    let mut statements = SECRET.statements(dialect, rows, "");
    if !pins.is_empty() {
        let given = ValueTable::in_dialect(dialect, "w", ["province", "dossier", "pin_hash"], pins);
        let sql = format!(
            "WITH wanted AS MATERIALIZED (SELECT province, dossier, pin_hash FROM {}) \
             UPDATE secret SET pin_hash = wanted.pin_hash FROM wanted \
             WHERE secret.province = wanted.province AND secret.dossier = wanted.dossier",
            given.table
        );
        statements.push(Statement {
            sql,
            values: given.values,
        });
    }
    statements
}
