//! Fetching what a batch of commands needs: one statement a table.
//!
//! What is wanted goes in as a list ([`Given`]). `CROSS JOIN` makes SQLite walk the list and
//! look each row up, never the reverse.

use std::collections::HashMap;

use app::ports::{Held, Key, Loaded, PersonKey, RequestKey, Seen, StoreError, Wanted};
use domain::code::AnyCode;
use domain::dossier::Dossier;
use domain::dossier::correction::APPLICANT;
use domain::id::{DossierId, ProvinceCode};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

use crate::door::Door;
use crate::fault::store_error;
use crate::given::Given;
use crate::page::VISIBLE;
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

/// Dossiers with their salts and applicants, by key.
pub(crate) async fn dossiers<C: ConnectionTrait>(
    door: &Door<'_, C>,
    keys: &[Key],
) -> Result<HashMap<Key, Held>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let list = keys
        .iter()
        .map(|(province, id)| [json!(province.as_str()), json!(id.to_string())])
        .collect();
    let given = Given::new(door, "w", ["province", "id"], list);
    let sql = format!(
        "SELECT d.id, d.version, d.fold, s.salt, p.value AS applicant \
         FROM {} CROSS JOIN dossier d \
         LEFT JOIN secret s ON s.province = d.province AND s.dossier = d.id \
         LEFT JOIN personal p ON p.province = d.province AND p.dossier = d.id \
             AND p.item = '{APPLICANT}' \
         WHERE d.province = w.province AND d.id = w.id AND {VISIBLE}",
        given.table
    );
    let rows: Vec<HeldRow> = door.all(&sql, given.values).await.map_err(store_error)?;
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
            [province.as_str(), actor.as_str(), request.as_str()].map(|text| json!(text))
        })
        .collect();
    // The last part of a request is the version that answered it.
    let given = Given::new(door, "w", ["province", "actor", "request_id"], list);
    let sql = format!(
        "SELECT w.at, e.dossier, e.version, e.content, s.salt FROM {} CROSS JOIN event e \
         LEFT JOIN secret s ON s.province = e.province AND s.dossier = e.dossier \
         WHERE e.province = w.province AND e.actor = w.actor AND e.request_id = w.request_id \
         ORDER BY w.at, e.part",
        given.table
    );
    let rows: Vec<SeenRow> = door.all(&sql, given.values).await.map_err(store_error)?;
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
        .map(|(province, code)| [province.as_str(), code.as_str()].map(|text| json!(text)))
        .collect();
    let given = Given::new(door, "w", ["province", "code"], list);
    let sql = format!(
        "SELECT w.at, c.dossier FROM {} CROSS JOIN code c \
         WHERE c.province = w.province AND c.code = w.code",
        given.table
    );
    let rows: Vec<CodeRow> = door.all(&sql, given.values).await.map_err(store_error)?;
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
            [
                json!(key.province.as_str()),
                json!(key.person),
                json!(key.procedure.as_str()),
                json!(key.since.timestamp_micros()),
            ]
        })
        .collect();
    // Ordered by id, so that of several dossiers the newest is named.
    let columns = ["province", "person", "procedure", "since"];
    let given = Given::new(door, "w", columns, list);
    let sql = format!(
        "SELECT w.at, d.id, d.version, d.fold FROM {} CROSS JOIN secret s CROSS JOIN dossier d \
         WHERE s.province = w.province AND s.person = w.person \
             AND d.province = s.province AND d.id = s.dossier \
             AND d.procedure = w.procedure AND d.begun >= w.since \
             AND d.status IN (1, 2, 4, 5, 6) AND {VISIBLE} \
         ORDER BY d.id",
        given.table
    );
    let rows: Vec<PersonRow> = door.all(&sql, given.values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let dossier = Dossier::try_from(DossierRow::new(row.id, row.version, row.fold))?;
            Ok((wanted_at(wanted, row.at), dossier.label()))
        })
        .collect()
}

/// What was wanted at a place of the list that the database was given, counted from 1.
fn wanted_at<T: Clone>(wanted: &[T], at: i64) -> T {
    let at = usize::try_from(at - 1).expect("the places of a list are positive");
    wanted[at].clone()
}
