//! Fetching what a batch of commands needs: one statement a table.
//!
//! What is wanted goes in as one JSON list, so that the text of a statement is the same
//! for every batch and is parsed once a connection. `CROSS JOIN` makes SQLite walk the list
//! and look each row up, never the reverse.

use std::collections::HashMap;

use app::ports::{Held, Key, Loaded, PersonKey, RequestKey, Seen, StoreError, Wanted};
use domain::code::AnyCode;
use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::{Value as Json, json};

use crate::door::{Door, store_error};
use crate::row::{DossierRow, HeldRow, Place, salt};

/// All that was wanted and is there.
///
/// The statements need no common snapshot: whatever another process changes between them,
/// the commit notices by version, code or request id.
pub(crate) async fn load<C: ConnectionTrait>(
    door: &Door<'_, C>,
    wanted: &Wanted,
) -> Result<Loaded, StoreError> {
    Ok(Loaded {
        dossiers: dossiers(door, &wanted.dossiers).await?,
        requests: requests(door, &wanted.requests).await?,
        codes: codes(door, &wanted.codes).await?,
        people: people(door, &wanted.people).await?,
    })
}

/// Dossiers with their salts, by key.
pub(crate) async fn dossiers<C: ConnectionTrait>(
    door: &Door<'_, C>,
    keys: &[Key],
) -> Result<HashMap<Key, Held>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let list = keys
        .iter()
        .map(|(province, id)| json!([province.as_str(), id.to_string()]))
        .collect();
    let rows: Vec<HeldRow> = door
        .all(
            "SELECT d.id, d.version, d.fold, s.salt \
             FROM json_each(?) w \
             CROSS JOIN dossier d ON d.province = w.value ->> 0 AND d.id = w.value ->> 1 \
             LEFT JOIN secret s ON s.province = d.province AND s.dossier = d.id",
            vec![as_list(list)],
        )
        .await
        .map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let held = Held::try_from(row)?;
            Ok(((held.dossier.province.clone(), held.dossier.id), held))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct SeenRow {
    at: i64,
    dossier: String,
    version: i64,
    content: Vec<u8>,
    salt: Option<Vec<u8>>,
}

async fn requests<C: ConnectionTrait>(
    door: &Door<'_, C>,
    wanted: &[RequestKey],
) -> Result<HashMap<RequestKey, Seen>, StoreError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let list = wanted
        .iter()
        .map(|(province, actor, request)| {
            json!([province.as_str(), actor.as_str(), request.as_str()])
        })
        .collect();
    // The last part of a request is the version that answered it.
    let rows: Vec<SeenRow> = door
        .all(
            "SELECT w.key AS at, e.dossier, e.version, e.content, s.salt \
             FROM json_each(?) w \
             CROSS JOIN event e ON e.province = w.value ->> 0 AND e.actor = w.value ->> 1 \
                 AND e.request_id = w.value ->> 2 \
             LEFT JOIN secret s ON s.province = e.province AND s.dossier = e.dossier \
             ORDER BY w.key, e.part",
            vec![as_list(list)],
        )
        .await
        .map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "event",
                id: &row.dossier,
            };
            let seen = Seen {
                dossier: place.parse("dossier", &row.dossier)?,
                version: place.number("version", row.version)?,
                content: row.content.try_into().map_err(|_| place.wrong("content"))?,
                salt: salt(row.salt, &row.dossier)?,
            };
            Ok((wanted_at(wanted, row.at), seen))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct CodeRow {
    at: i64,
    dossier: String,
}

async fn codes<C: ConnectionTrait>(
    door: &Door<'_, C>,
    wanted: &[(ProvinceCode, AnyCode)],
) -> Result<HashMap<(ProvinceCode, AnyCode), DossierId>, StoreError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let list = wanted
        .iter()
        .map(|(province, code)| json!([province.as_str(), code.as_str()]))
        .collect();
    let rows: Vec<CodeRow> = door
        .all(
            "SELECT w.key AS at, c.dossier FROM json_each(?) w \
             CROSS JOIN code c ON c.province = w.value ->> 0 AND c.code = w.value ->> 1",
            vec![as_list(list)],
        )
        .await
        .map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "code",
                id: &row.dossier,
            };
            Ok((
                wanted_at(wanted, row.at),
                place.parse("dossier", &row.dossier)?,
            ))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct PersonRow {
    at: i64,
    id: String,
    version: i64,
    fold: String,
}

async fn people<C: ConnectionTrait>(
    door: &Door<'_, C>,
    wanted: &[PersonKey],
) -> Result<HashMap<PersonKey, String>, StoreError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let list = wanted
        .iter()
        .map(|key| {
            json!([
                key.province.as_str(),
                key.person,
                key.procedure.as_str(),
                key.since.timestamp_micros()
            ])
        })
        .collect();
    // Ordered by id, so that of several dossiers the newest is named.
    let rows: Vec<PersonRow> = door
        .all(
            "SELECT w.key AS at, d.id, d.version, d.fold FROM json_each(?) w \
             CROSS JOIN secret s ON s.province = w.value ->> 0 AND s.person = w.value ->> 1 \
             CROSS JOIN dossier d ON d.province = s.province AND d.id = s.dossier \
             WHERE d.procedure = w.value ->> 2 AND d.begun >= w.value ->> 3 \
                 AND d.status IN (1, 2, 4, 5, 6) \
             ORDER BY d.id",
            vec![as_list(list)],
        )
        .await
        .map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let dossier = Dossier::try_from(DossierRow::new(row.id, row.version, row.fold))?;
            Ok((wanted_at(wanted, row.at), dossier.label()))
        })
        .collect()
}

/// A list as the one value of a statement.
pub(crate) fn as_list(list: Vec<Json>) -> Value {
    Json::Array(list).to_string().into()
}

/// What was wanted at a place of the list that the database was given.
fn wanted_at<T: Clone>(wanted: &[T], at: i64) -> T {
    let at = usize::try_from(at).expect("the places of a list are not negative");
    wanted[at].clone()
}
