//! The log of printed forms.

use app::ports::{Key, Print, PrintWanted, Printed, PrintedForm, StoreError};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::Place;

/// How often a number is tried for that another writer may take at the same moment.
const TRIES: u32 = 8;

#[derive(FromQueryResult)]
struct PrintRow {
    dossier: String,
    form: String,
    version: i64,
    number: i64,
    at: i64,
    actor: String,
}

/// Counts one more print, or finds the one that the same request counted before.
pub(crate) async fn record<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &PrintWanted,
) -> Result<Printed, StoreError> {
    let (province, dossier) = (wanted.key.0.as_str(), wanted.key.1.to_string());
    let (form, version) = (wanted.form.kind, i64::from(wanted.form.version));
    for _ in 0..TRIES {
        let rows: Vec<PrintRow> = db
            .all(
                "SELECT dossier, form, version, number, at, actor FROM printed \
                 WHERE province = ? AND actor = ? AND request_id = ?",
                vec![
                    province.into(),
                    wanted.actor.as_str().into(),
                    wanted.request_id.as_str().into(),
                ],
            )
            .await
            .map_err(store_error)?;
        if let Some(row) = rows.into_iter().next() {
            let wanted = (dossier.as_str(), form, version);
            return if (row.dossier.as_str(), row.form.as_str(), row.version) == wanted {
                Ok(Printed::Counted(Print::try_from(row)?))
            } else {
                Ok(Printed::OtherRequest)
            };
        }
        // Nothing is written when another process has taken the number, or the same request has
        // come there, in the meantime: then it is looked for again.
        db.run(
            "INSERT INTO printed (province, dossier, form, version, number, at, actor, request_id) \
             SELECT ?, ?, ?, ?, coalesce(max(number), 0) + 1, ?, ?, ? FROM printed \
             WHERE province = ? AND dossier = ? AND form = ? AND version = ? \
             ON CONFLICT DO NOTHING",
            vec![
                province.into(),
                dossier.as_str().into(),
                form.into(),
                version.into(),
                wanted.at.timestamp_micros().into(),
                wanted.actor.as_str().into(),
                wanted.request_id.as_str().into(),
                province.into(),
                dossier.as_str().into(),
                form.into(),
                version.into(),
            ],
        )
        .await
        .map_err(store_error)?;
    }
    Err(StoreError::Unavailable(
        "others print the same form all the time".into(),
    ))
}

/// The prints of a form of a dossier, in order.
pub(crate) async fn all<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    key: &Key,
    form: &PrintedForm,
) -> Result<Vec<Print>, StoreError> {
    let rows: Vec<PrintRow> = db
        .all(
            "SELECT dossier, form, version, number, at, actor FROM printed \
             WHERE province = ? AND dossier = ? AND form = ? AND version = ? ORDER BY number",
            vec![
                key.0.as_str().into(),
                key.1.to_string().into(),
                form.kind.into(),
                i64::from(form.version).into(),
            ],
        )
        .await
        .map_err(store_error)?;
    rows.into_iter().map(Print::try_from).collect()
}

impl TryFrom<PrintRow> for Print {
    type Error = StoreError;

    fn try_from(row: PrintRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "printed",
            id: &row.dossier,
        };
        Ok(Print {
            number: place.number("number", row.number)?,
            at: place.instant("at", row.at)?,
            actor: place.parse("actor", &row.actor)?,
        })
    }
}
