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
        // Most events change nothing that a worklist shows.
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
            ]);
        }
    }
    if !gone.is_empty() {
        let gone = Given::new(door, "w", ["province", "unit", "dossier"], gone);
        let sql = format!(
            "DELETE FROM interest WHERE (province, unit, dossier) IN \
                 (SELECT province, unit, dossier FROM {})",
            gone.table
        );
        door.run(&sql, gone.values).await?;
    }
    let _none: Vec<Nothing> = INTEREST
        .insert(
            door,
            rows,
            "ON CONFLICT (province, unit, dossier) DO UPDATE SET roles = excluded.roles, \
                 open = excluded.open, due = excluded.due",
        )
        .await?;
    Ok(())
}
