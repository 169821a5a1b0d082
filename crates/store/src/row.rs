//! The rows of the tables, and the domain values made of them.
//!
//! Values were checked when written, so a row that cannot be read is a fault of the database. The
//! error names it exactly: [`StoreError::Inconsistent`].

use std::str::FromStr;

use app::ports::{Held, Published, StoreError, Token};
use chrono::DateTime;
use domain::digest::hex;
use domain::dossier::event::Frame;
use domain::dossier::private::{Content, Person, Salt, Words};
use domain::dossier::{Dossier, Event, Record};
use domain::id::{DossierId, ProvinceCode, UnitCode};
use domain::role::Role;
use domain::time::Instant;
use sea_orm::FromQueryResult;

use crate::{fold, request_key};

/// Stands for no time, and sorts after every time.
pub(crate) const NEVER: i64 = i64::MAX;

/// A dossier as it is kept.
#[derive(Debug, FromQueryResult)]
pub(crate) struct DossierRow {
    id: String,
    version: i64,
    fold: String,
}

impl DossierRow {
    pub(crate) fn new(id: String, version: i64, fold: String) -> Self {
        Self { id, version, fold }
    }
}

impl TryFrom<DossierRow> for Dossier {
    type Error = StoreError;

    fn try_from(row: DossierRow) -> Result<Self, StoreError> {
        let whole = fold::whole(&row.id, &row.fold);
        let dossier: Dossier =
            serde_json::from_str(&whole).map_err(|_| inconsistent("dossier", &row.id, "fold"))?;
        if dossier.id.to_string() != row.id {
            return Err(inconsistent("dossier", &row.id, "id"));
        }
        if i64::from(dossier.version) != row.version {
            return Err(inconsistent("dossier", &row.id, "version"));
        }
        Ok(dossier)
    }
}

/// A dossier with its salt and its applicant.
#[derive(Debug)]
pub(crate) struct HeldRow {
    id: String,
    version: i64,
    fold: String,
    salt: Option<Vec<u8>>,
    applicant: Option<String>,
}

impl HeldRow {
    pub(crate) fn new(
        id: String,
        version: i64,
        fold: String,
        salt: Option<Vec<u8>>,
        applicant: Option<String>,
    ) -> Self {
        Self {
            id,
            version,
            fold,
            salt,
            applicant,
        }
    }
}

impl TryFrom<HeldRow> for Held {
    type Error = StoreError;

    fn try_from(row: HeldRow) -> Result<Self, StoreError> {
        let salt = salt(row.salt, &row.id)?;
        let applicant = row
            .applicant
            .map(|value| serde_json::from_str::<Person>(&value))
            .transpose()
            .map_err(|_| inconsistent("personal", &row.id, "value"))?;
        Ok(Held {
            dossier: DossierRow::new(row.id, row.version, row.fold).try_into()?,
            salt,
            applicant,
        })
    }
}

/// The columns of an [`EventRow`].
pub(crate) const EVENT_COLUMNS: [&str; 11] = [
    "seq",
    "province",
    "dossier",
    "version",
    "event_time",
    "record_time",
    "actor",
    "role",
    "unit",
    "request",
    "bytes",
];

/// The same as a list in a statement, of the table with this name.
pub(crate) fn event_columns(table: &str) -> String {
    EVENT_COLUMNS
        .map(|column| format!("{table}.{column}"))
        .join(", ")
}

/// An event as it is kept.
#[derive(Debug, FromQueryResult)]
pub(crate) struct EventRow {
    seq: i64,
    province: String,
    pub(crate) dossier: String,
    version: i64,
    event_time: i64,
    record_time: i64,
    actor: String,
    role: String,
    unit: String,
    request: Vec<u8>,
    /// What happened, without what the columns say.
    bytes: Vec<u8>,
}

impl EventRow {
    /// The row of a record, with what else it keeps.
    pub(crate) fn new(seq: i64, record: &Record, request: Vec<u8>, bytes: Vec<u8>) -> Self {
        Self {
            seq,
            province: record.province.as_str().to_owned(),
            dossier: record.dossier.to_string(),
            version: record.version.into(),
            event_time: record.event_time.timestamp_micros(),
            record_time: record.record_time.timestamp_micros(),
            actor: record.actor.as_str().to_owned(),
            role: record.role.as_str().to_owned(),
            unit: record.unit.as_str().to_owned(),
            request,
            bytes,
        }
    }

    fn request_id(&self) -> Result<String, StoreError> {
        request_key::request_id(&self.actor, &self.request)
            .ok_or_else(|| inconsistent("event", &self.seq.to_string(), "request"))
    }

    /// The record exactly as it was hashed.
    pub(crate) fn into_bytes(self) -> Result<Vec<u8>, StoreError> {
        let frame = Frame {
            province: &self.province,
            dossier: &self.dossier,
            version: self.version,
            event_time: self.event_time,
            record_time: self.record_time,
            actor: &self.actor,
            role: &self.role,
            unit: &self.unit,
            request_id: &self.request_id()?,
        };
        Ok(frame.around(&self.bytes))
    }

    /// The columns that `verify` compares with the bytes, by name.
    pub(crate) fn columns(&self, digest: &[u8]) -> Result<Vec<(&'static str, String)>, StoreError> {
        Ok(vec![
            ("version", self.version.to_string()),
            ("event_time", self.event_time.to_string()),
            ("record_time", self.record_time.to_string()),
            ("actor", self.actor.clone()),
            ("request_id", self.request_id()?),
            ("role", self.role.clone()),
            ("unit", self.unit.clone()),
            ("digest", hex(digest)),
        ])
    }

    /// Its place: in the feed, or below zero if an import brought it.
    pub(crate) fn seq(&self) -> i64 {
        self.seq
    }

    /// Its place in the feed; an error for an event outside the feed.
    pub(crate) fn place(&self) -> Result<u64, StoreError> {
        u64::try_from(self.seq).map_err(|_| inconsistent("event", &self.seq.to_string(), "seq"))
    }

    /// What it says.
    pub(crate) fn record(&self) -> Result<Record, StoreError> {
        let id = self.seq.to_string();
        let place = Place {
            table: "event",
            id: &id,
        };
        Ok(Record {
            province: place.parse("province", &self.province)?,
            dossier: place.parse("dossier", &self.dossier)?,
            version: place.number("version", self.version)?,
            event_time: place.instant("event_time", self.event_time)?,
            record_time: place.instant("record_time", self.record_time)?,
            actor: place.parse("actor", &self.actor)?,
            role: acted_as(&self.role).ok_or_else(|| place.wrong("role"))?,
            unit: place.parse("unit", &self.unit)?,
            request_id: place.parse("request", &self.request_id()?)?,
            event: Event::from_bytes(&self.bytes).map_err(|_| place.wrong("bytes"))?,
        })
    }
}

/// The role in which somebody acted. A citizen who rates acts without a token, so this is one more than
/// those that a token may have.
pub(crate) fn acted_as(text: &str) -> Option<Role> {
    let mut roles = Role::ALL.into_iter().chain([Role::Citizen]);
    roles.find(|role| role.as_str() == text)
}

/// A personal value, as stored.
#[derive(Debug, FromQueryResult)]
pub(crate) struct PersonalRow {
    pub(crate) dossier: String,
    pub(crate) item: String,
    kind: String,
    value: String,
}

impl PersonalRow {
    /// What is kept.
    pub(crate) fn content(&self) -> Result<Content, StoreError> {
        let wrong = |column| inconsistent("personal", &self.dossier, column);
        match self.kind.as_str() {
            PERSON => serde_json::from_str::<Person>(&self.value)
                .map(Content::Person)
                .map_err(|_| wrong("value")),
            WORDS => serde_json::from_str::<Words>(&self.value)
                .map(Content::Words)
                .map_err(|_| wrong("value")),
            _ => Err(wrong("kind")),
        }
    }
}

/// The kind and value columns of a personal value.
pub(crate) fn personal_columns(content: &Content) -> (&'static str, String) {
    let (kind, value) = match content {
        Content::Person(person) => (PERSON, serde_json::to_string(person)),
        Content::Words(words) => (WORDS, serde_json::to_string(words)),
    };
    (kind, value.expect("texts are always JSON"))
}

const PERSON: &str = "person";
const WORDS: &str = "words";

/// A token as it is kept.
#[derive(Debug, FromQueryResult)]
pub(crate) struct TokenRow {
    province: String,
    id: String,
    hash: String,
    actor: String,
    role: String,
    also: String,
    units: String,
    created: i64,
    expires: i64,
    revoked: Option<i64>,
    used: Option<i64>,
}

impl TryFrom<TokenRow> for Token {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "token",
            id: &row.id,
        };
        Ok(Token {
            province: place.parse("province", &row.province)?,
            actor: place.parse("actor", &row.actor)?,
            role: place.parse("role", &row.role)?,
            also: serde_json::from_str::<Vec<Role>>(&row.also).map_err(|_| place.wrong("also"))?,
            units: serde_json::from_str::<Vec<UnitCode>>(&row.units)
                .map_err(|_| place.wrong("units"))?,
            created: place.instant("created", row.created)?,
            expires: place.instant("expires", row.expires)?,
            revoked: row
                .revoked
                .map(|at| place.instant("revoked", at))
                .transpose()?,
            used: row.used.map(|at| place.instant("used", at)).transpose()?,
            hash: row.hash,
            id: row.id,
        })
    }
}

/// Roles, as a column holds them.
pub(crate) fn roles_text(roles: &[Role]) -> String {
    let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    serde_json::Value::from(roles).to_string()
}

/// Units, as a column holds them.
pub(crate) fn units_text(units: &[UnitCode]) -> String {
    let units: Vec<&str> = units.iter().map(UnitCode::as_str).collect();
    serde_json::Value::from(units).to_string()
}

/// A catalogue version, as stored.
#[derive(Debug, FromQueryResult)]
pub(crate) struct PublishedRow {
    kind: String,
    code: String,
    version: i64,
    hash: String,
}

impl TryFrom<PublishedRow> for Published {
    type Error = StoreError;

    fn try_from(row: PublishedRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "published",
            id: &row.code,
        };
        Ok(Published {
            version: place.number("version", row.version)?,
            kind: row.kind,
            code: row.code,
            hash: row.hash,
        })
    }
}

/// Where a dossier is.
#[derive(Debug, FromQueryResult)]
pub(crate) struct KeyRow {
    province: String,
    dossier: String,
}

impl TryFrom<KeyRow> for (ProvinceCode, DossierId) {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "dossier",
            id: &row.dossier,
        };
        Ok((
            place.parse("province", &row.province)?,
            place.parse("id", &row.dossier)?,
        ))
    }
}

/// One text.
#[derive(Debug, FromQueryResult)]
pub(crate) struct TextRow {
    pub(crate) text: Option<String>,
}

/// The table and key of a row, for errors about it.
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Place<'_> {
    pub(crate) fn wrong(&self, column: &'static str) -> StoreError {
        inconsistent(self.table, self.id, column)
    }

    pub(crate) fn parse<T: FromStr>(
        &self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.wrong(column))
    }

    pub(crate) fn number<T: TryFrom<i64>>(
        &self,
        column: &'static str,
        number: i64,
    ) -> Result<T, StoreError> {
        number.try_into().map_err(|_| self.wrong(column))
    }

    pub(crate) fn instant(&self, column: &'static str, micros: i64) -> Result<Instant, StoreError> {
        DateTime::from_timestamp_micros(micros).ok_or_else(|| self.wrong(column))
    }
}

/// The salt of a dossier.
pub(crate) fn salt(bytes: Option<Vec<u8>>, dossier: &str) -> Result<Option<Salt>, StoreError> {
    bytes
        .map(|bytes| {
            <[u8; 16]>::try_from(bytes)
                .map(Salt::new)
                .map_err(|_| inconsistent("secret", dossier, "salt"))
        })
        .transpose()
}

fn inconsistent(table: &'static str, id: &str, column: &'static str) -> StoreError {
    StoreError::Inconsistent {
        table,
        id: id.to_owned(),
        column,
    }
}
