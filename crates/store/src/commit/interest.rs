//! The units involved in a dossier, with what each must meet.

use app::ports::Change;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::Failure;
use crate::door::Door;
use crate::given::Given;
use crate::many::{Into, Nothing};
use crate::row::NEVER;

const INTEREST: Into<6> = Into {
    table: "interest",
    columns: ["province", "unit", "dossier", "roles", "open", "due"],
    nullable: &[],
};

pub(super) async fn write<C: ConnectionTrait>(
    door: &Door<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut known = Vec::new();
    let mut kept = Vec::new();
    let mut rows = Vec::new();
    for change in changes {
        let (province, id) = (
            change.dossier.province.as_str(),
            change.dossier.id.to_string(),
        );
        if change.before > 0 {
            known.push([json!(province), json!(id)]);
        }
        for interest in &change.interest {
            if change.before > 0 {
                kept.push([json!(province), json!(interest.unit.as_str()), json!(id)]);
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
            ]);
        }
    }
    if !known.is_empty() {
        let mut known = Given::new(door, "w", ["province", "dossier"], known);
        let kept = Given::new(door, "k", ["province", "unit", "dossier"], kept);
        let sql = format!(
            "DELETE FROM interest \
             WHERE (province, dossier) IN (SELECT province, dossier FROM {}) \
                 AND (province, unit, dossier) NOT IN \
                     (SELECT province, unit, dossier FROM {})",
            known.table, kept.table
        );
        known.values.extend(kept.values);
        door.run(&sql, known.values).await?;
    }
    let _none: Vec<Nothing> = INTEREST
        .insert(
            door,
            rows,
            "ON CONFLICT (province, unit, dossier) DO UPDATE SET roles = excluded.roles, \
             open = excluded.open, due = excluded.due \
         WHERE interest.roles <> excluded.roles OR interest.open <> excluded.open \
             OR interest.due <> excluded.due",
        )
        .await?;
    Ok(())
}
