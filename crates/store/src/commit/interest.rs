//! The units involved in a dossier, with what each must meet.

use app::ports::Change;
use serde_json::json;

use crate::bulk::{BulkInsert, Statement};
use crate::executor::Dialect;
use crate::row::NEVER;
use crate::value_table::ValueTable;

const INTEREST: BulkInsert<7> = BulkInsert {
    table: "interest",
    columns: [
        "province",
        "unit",
        "dossier",
        "roles",
        "open",
        "due",
        "precedence",
    ],
    nullable: &[],
};

pub(super) fn statements(dialect: Dialect, changes: &[Change]) -> Vec<Statement> {
    let mut gone = Vec::new();
    let mut rows = Vec::new();
    for change in changes {
        let (province, id) = (
            change.dossier.province.as_str(),
            change.dossier.id.to_string(),
        );
        for before in &change.interest_before {
            let stays = change.interest.iter().any(|now| now.unit == before.unit);
            if !stays {
                gone.push([json!(province), json!(before.unit.as_str()), json!(id)]);
            }
        }
        // Most events change nothing that a worklist shows, so most rows need no write.
        for interest in &change.interest {
            if change.interest_before.contains(interest) {
                continue;
            }
            rows.push([
                province.into(),
                interest.unit.as_str().into(),
                id.clone().into(),
                interest.roles.into(),
                u8::from(interest.open).into(),
                interest
                    .due
                    .map_or(NEVER, |at| at.timestamp_micros())
                    .into(),
                interest.precedence.key().into(),
            ]);
        }
    }
    let mut statements = Vec::new();
    if !gone.is_empty() {
        let gone = ValueTable::in_dialect(dialect, "w", ["province", "unit", "dossier"], gone);
        let sql = format!(
            "DELETE FROM interest WHERE (province, unit, dossier) IN \
                 (SELECT province, unit, dossier FROM {})",
            gone.table
        );
        statements.push(Statement {
            sql,
            values: gone.values,
        });
    }
    statements.extend(INTEREST.statements(
        dialect,
        rows,
        "ON CONFLICT (province, unit, dossier) DO UPDATE SET roles = excluded.roles, \
             open = excluded.open, due = excluded.due, precedence = excluded.precedence",
    ));
    statements
}
