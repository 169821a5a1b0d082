//! Loads what a batch of commands needs: one statement for all tables, because a round trip to a
//! server costs more than the look-ups.
//!
//! Each table gets its keys as a list ([`ValueTable`]). `CROSS JOIN` makes SQLite walk the list and look
//! each row up, never the reverse.

use std::collections::{BTreeSet, HashMap};

use app::ports::{Held, Key, Loaded, PersonKey, RequestKey, Seen, StoreError, Wanted};
use domain::code::AnyCode;
use domain::digest::hex;
use domain::dossier::correction::APPLICANT;
use domain::dossier::{Dossier, Record};
use domain::id::{DossierId, ProvinceCode};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::json;

use crate::commit::people::KNOWN_BY;
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::number_block;
use crate::page::VISIBLE;
use crate::request_key;
use crate::row::{DossierRow, EventRow, HeldRow, Place, event_columns, salt};
use crate::value_table::ValueTable;

/// Everything that is wanted and exists.
///
/// If another process changes any of it before the commit, the commit notices by version, code or
/// request id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &Wanted,
) -> Result<Loaded, StoreError> {
    let asked = [
        dossiers_of(db, &wanted.dossiers),
        requests_of(db, &wanted.requests),
        codes_of(db, &wanted.codes),
        newest_of(db, &wanted.requests),
    ];
    let people = KNOWN_BY.map(|column| people_of(db, &wanted.people, column));
    let mut loaded = Loaded::default();
    let mut newest: HashMap<PersonKey, String> = HashMap::new();
    for row in ask(db, asked.into_iter().chain(people).flatten()).await? {
        match row.part {
            DOSSIER => {
                let held = row.held()?;
                let key = (held.dossier.province.clone(), held.dossier.id);
                loaded.dossiers.insert(key, held);
            }
            REQUEST => {
                let (request, seen) = (wanted_at(&wanted.requests, row.at), row.seen()?);
                // The last part of a request made the version that answered it.
                let last = loaded.requests.get(&request);
                if last.is_none_or(|last| last.version < seen.version) {
                    loaded.requests.insert(request, seen);
                }
            }
            CODE => {
                let dossier = row.place("code").parse("dossier", &row.id)?;
                loaded
                    .codes
                    .insert(wanted_at(&wanted.codes, row.at), dossier);
            }
            NEWEST => {
                // Zero where there is no event.
                let newest = (row.version > 0)
                    .then(|| row.place("dossier").instant("last_record", row.version))
                    .transpose()?;
                loaded.newest = Ord::max(loaded.newest, newest);
            }
            _ => {
                let person = wanted_at(&wanted.people, row.at);
                // If a person has several open dossiers, the newest one is named.
                if newest.get(&person).is_none_or(|id| *id < row.id) {
                    newest.insert(person.clone(), row.id.clone());
                    loaded.people.insert(person, row.dossier()?.label());
                }
            }
        }
    }
    // Read after the dossiers. An event added between the two reads raises the version, which the
    // commit notices.
    loaded.histories = histories(db, &wanted.histories).await?;
    let numbers = number_block::states(db, &wanted.numbers).await?;
    loaded.numbers.extend(numbers);
    Ok(loaded)
}

/// Dossiers with their salts and applicants, by key.
pub(crate) async fn dossiers<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    keys: &[Key],
) -> Result<HashMap<Key, Held>, StoreError> {
    let rows = ask(db, dossiers_of(db, keys)).await?;
    rows.into_iter()
        .map(|row| {
            let held = row.held()?;
            Ok(((held.dossier.province.clone(), held.dossier.id), held))
        })
        .collect()
}

/// Histories in order of version, by key.
pub(crate) async fn histories<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    keys: &[Key],
) -> Result<HashMap<Key, Vec<Record>>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let list = keys
        .iter()
        .map(|(province, id)| [json!(province.as_str()), json!(id.to_string())])
        .collect();
    let given = ValueTable::new(db, "w", ["province", "dossier"], list);
    let sql = format!(
        "SELECT {} FROM {} CROSS JOIN event e \
         WHERE e.province = w.province AND e.dossier = w.dossier ORDER BY w.at, e.version",
        event_columns("e"),
        given.table
    );
    let rows: Vec<EventRow> = db.all(&sql, given.values).await.map_err(store_error)?;
    let mut histories: HashMap<Key, Vec<Record>> = HashMap::new();
    for row in rows {
        let record = row.record()?;
        let key = (record.province.clone(), record.dossier);
        histories.entry(key).or_default().push(record);
    }
    Ok(histories)
}

/// From which table a row is.
const DOSSIER: i64 = 0;
const REQUEST: i64 = 1;
const CODE: i64 = 2;
const PERSON: i64 = 3;
const NEWEST: i64 = 4;

/// The query of one table: a SELECT with the columns of [`Row`], and its values.
struct Asked {
    select: String,
    values: Vec<Value>,
}

/// A row of any of the tables; columns that its table lacks are null.
#[derive(FromQueryResult)]
struct Row {
    part: i64,
    /// Its place in the list of keys, from 1.
    at: i64,
    id: String,
    version: i64,
    fold: Option<String>,
    salt: Option<Vec<u8>>,
    applicant: Option<String>,
    content: Option<Vec<u8>>,
}

/// Runs all queries as one statement; none if there is no query.
async fn ask<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    asked: impl IntoIterator<Item = Asked>,
) -> Result<Vec<Row>, StoreError> {
    let (selects, values): (Vec<String>, Vec<Vec<Value>>) = asked
        .into_iter()
        .map(|asked| (asked.select, asked.values))
        .unzip();
    if selects.is_empty() {
        return Ok(Vec::new());
    }
    db.all(&selects.join(" UNION ALL "), values.concat())
        .await
        .map_err(store_error)
}

fn dossiers_of<C: ConnectionTrait>(db: &Executor<'_, C>, keys: &[Key]) -> Option<Asked> {
    let list: Vec<_> = keys
        .iter()
        .map(|(province, id)| [json!(province.as_str()), json!(id.to_string())])
        .collect();
    let given = some(db, ["province", "id"], list)?;
    Some(Asked {
        select: format!(
            "SELECT CAST({DOSSIER} AS bigint) AS part, w.at AS at, d.id AS id, \
                 d.version AS version, d.fold AS fold, s.salt AS salt, p.value AS applicant, \
                 NULL AS content \
             FROM {} CROSS JOIN dossier d \
             LEFT JOIN secret s ON s.province = d.province AND s.dossier = d.id \
             LEFT JOIN personal p ON p.province = d.province AND p.dossier = d.id \
                 AND p.item = '{APPLICANT}' \
             WHERE d.province = w.province AND d.id = w.id AND {VISIBLE}",
            given.table
        ),
        values: given.values,
    })
}

fn requests_of<C: ConnectionTrait>(db: &Executor<'_, C>, wanted: &[RequestKey]) -> Option<Asked> {
    let list: Vec<_> = wanted
        .iter()
        .map(|(province, actor, request)| {
            let key = hex(&request_key::kept(actor.as_str(), request.as_str()));
            [province.as_str(), actor.as_str(), &key].map(|text| json!(text))
        })
        .collect();
    let given = some(db, ["province", "actor", "request"], list)?;
    let request = match db.dialect() {
        Dialect::Sqlite => "unhex(w.request)",
        Dialect::Postgres => "decode(w.request, 'hex')",
    };
    Some(Asked {
        select: format!(
            "SELECT CAST({REQUEST} AS bigint) AS part, w.at AS at, e.dossier AS id, \
                 e.version AS version, NULL AS fold, s.salt AS salt, NULL AS applicant, \
                 e.content AS content \
             FROM {} CROSS JOIN event e \
             LEFT JOIN secret s ON s.province = e.province AND s.dossier = e.dossier \
             WHERE e.province = w.province AND e.request = {request} AND e.actor = w.actor",
            given.table
        ),
        values: given.values,
    })
}

fn codes_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &[(ProvinceCode, AnyCode)],
) -> Option<Asked> {
    let list: Vec<_> = wanted
        .iter()
        .map(|(province, code)| [province.as_str(), code.as_str()].map(|text| json!(text)))
        .collect();
    let given = some(db, ["province", "code"], list)?;
    Some(Asked {
        select: format!(
            "SELECT CAST({CODE} AS bigint) AS part, w.at AS at, c.dossier AS id, \
                 CAST(0 AS bigint) AS version, NULL AS fold, NULL AS salt, NULL AS applicant, \
                 NULL AS content \
             FROM {} CROSS JOIN code c \
             WHERE c.province = w.province AND c.code = w.code",
            given.table
        ),
        values: given.values,
    })
}

/// Open dossiers of people, by a column of [`KNOWN_BY`].
fn people_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &[PersonKey],
    column: &str,
) -> Option<Asked> {
    let list: Vec<_> = wanted
        .iter()
        .map(|key| {
            [
                json!(key.province.as_str()),
                json!(key.person),
                json!(key.procedure.as_str()),
                json!(i64::from(key.unnumbered)),
                json!(key.since.timestamp_micros()),
            ]
        })
        .collect();
    let given = some(
        db,
        ["province", "person", "procedure", "unnumbered", "since"],
        list,
    )?;
    Some(Asked {
        select: format!(
            "SELECT CAST({PERSON} AS bigint) AS part, w.at AS at, d.id AS id, \
                 d.version AS version, d.fold AS fold, NULL AS salt, NULL AS applicant, \
                 NULL AS content \
             FROM {} CROSS JOIN secret s CROSS JOIN dossier d \
             WHERE s.province = w.province AND s.{column} = w.person \
                 AND (w.unnumbered = 0 OR s.person IS NULL) \
                 AND d.province = s.province AND d.id = s.dossier \
                 AND d.procedure = w.procedure AND d.begun >= w.since \
                 AND d.status IN (1, 2, 4, 5, 6) AND {VISIBLE}",
            given.table
        ),
        values: given.values,
    })
}

/// The greatest record time of each province that something is asked for in.
fn newest_of<C: ConnectionTrait>(db: &Executor<'_, C>, wanted: &[RequestKey]) -> Option<Asked> {
    let provinces: BTreeSet<&str> = wanted.iter().map(|(one, ..)| one.as_str()).collect();
    let list = provinces.into_iter().map(|one| [json!(one)]).collect();
    let given = some(db, ["province"], list)?;
    Some(Asked {
        select: format!(
            "SELECT CAST({NEWEST} AS bigint) AS part, w.at AS at, w.province AS id, \
                 coalesce((SELECT max(d.last_record) FROM dossier d \
                     WHERE d.province = w.province), 0) AS version, \
                 NULL AS fold, NULL AS salt, NULL AS applicant, NULL AS content \
             FROM {}",
            given.table
        ),
        values: given.values,
    })
}

/// A list of keys; none if it is empty.
fn some<C: ConnectionTrait, const N: usize>(
    db: &Executor<'_, C>,
    columns: [&str; N],
    list: Vec<[serde_json::Value; N]>,
) -> Option<ValueTable> {
    (!list.is_empty()).then(|| ValueTable::new(db, "w", columns, list))
}

impl Row {
    fn place(&self, table: &'static str) -> Place<'_> {
        Place {
            table,
            id: &self.id,
        }
    }

    fn held(self) -> Result<Held, StoreError> {
        let fold = self.fold.unwrap_or_default();
        HeldRow::new(self.id, self.version, fold, self.salt, self.applicant).try_into()
    }

    fn dossier(self) -> Result<Dossier, StoreError> {
        DossierRow::new(self.id, self.version, self.fold.unwrap_or_default()).try_into()
    }

    fn seen(self) -> Result<Seen, StoreError> {
        let place = self.place("event");
        let content = self.content.clone().unwrap_or_default();
        Ok(Seen {
            dossier: place.parse::<DossierId>("dossier", &self.id)?,
            version: place.number("version", self.version)?,
            content: content.try_into().map_err(|_| place.wrong("content"))?,
            salt: salt(self.salt.clone(), &self.id)?,
        })
    }
}

/// The key at a place of the list, counted from 1.
fn wanted_at<T: Clone>(wanted: &[T], at: i64) -> T {
    let at = usize::try_from(at - 1).expect("the places of a list are positive");
    wanted[at].clone()
}
