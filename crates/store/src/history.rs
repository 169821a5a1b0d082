//! Reads the histories of many dossiers: a row a dossier, for a row an event costs more than the event.

use app::ports::StoreError;
use domain::digest::from_hex;
use domain::dossier::{Event, Record};
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value as Json;

use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::request_key;
use crate::row::{Place, acted_as};
use crate::value_table::ValueTable;

/// What of histories is wanted.
pub(crate) struct HistoriesWanted<'a> {
    pub(crate) province: &'a ProvinceCode,
    /// Only what had been recorded by then.
    pub(crate) as_of: Instant,
    /// Kinds of events that may be left out.
    pub(crate) without: &'a [&'a str],
}

/// All events of a dossier in a text: one a line, its columns divided by tabs. Neither occurs in a column
/// or, unescaped, in JSON.
#[derive(FromQueryResult)]
struct HistoryRow {
    dossier: String,
    records: Option<String>,
}

/// A longer event is not searched for its kind: that would take as long as to read it.
const SHORT: usize = 160;

/// How many dossiers one statement reads. While the database reads the next ones, records are made of these.
const AT_ONCE: usize = 50;

/// The histories of dossiers, by id, each in order of version. A dossier without an event that is wanted is
/// left out.
pub(crate) async fn histories<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &HistoriesWanted<'_>,
    dossiers: Vec<String>,
) -> Result<Vec<(DossierId, Vec<Record>)>, StoreError> {
    let mut parts = dossiers.chunks(AT_ONCE);
    let mut read = match parts.next() {
        Some(first) => rows(db, wanted, first).await?,
        None => return Ok(Vec::new()),
    };
    let mut histories = Vec::with_capacity(dossiers.len());
    loop {
        let next = async {
            match parts.next() {
                Some(part) => rows(db, wanted, part).await.map(Some),
                None => Ok(None),
            }
        };
        let make = async { records(wanted.province, &read, &mut histories) };
        // In this order: the statement is on its way before records are made.
        let (next, made) = tokio::join!(biased; next, make);
        made?;
        match next? {
            Some(rows) => read = rows,
            None => break,
        }
    }
    histories.sort_unstable_by_key(|(id, _)| *id);
    Ok(histories)
}

async fn rows<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &HistoriesWanted<'_>,
    dossiers: &[String],
) -> Result<Vec<HistoryRow>, StoreError> {
    let dossiers = dossiers.iter().map(|id| [Json::from(id.as_str())]);
    let given = ValueTable::new(db, "w", ["dossier"], dossiers.collect());
    let sql = format!(
        "SELECT w.dossier AS dossier, ({}) AS records FROM {}",
        lines(db.dialect(), wanted.without),
        given.table
    );
    let mut values = vec![
        wanted.province.as_str().into(),
        wanted.as_of.timestamp_micros().into(),
    ];
    values.extend(given.values);
    db.all(&sql, values).await.map_err(store_error)
}

fn records(
    province: &ProvinceCode,
    rows: &[HistoryRow],
    histories: &mut Vec<(DossierId, Vec<Record>)>,
) -> Result<(), StoreError> {
    for row in rows {
        if let Some(lines) = &row.records {
            histories.push(history(province, &row.dossier, lines)?);
        }
    }
    Ok(())
}

/// The events of dossier `w`, as a text. They come in no order: to sort them here would cost a sorter for
/// each dossier.
fn lines(dialect: Dialect, without: &[&str]) -> String {
    let (together, request, bytes) = match dialect {
        Dialect::Sqlite => ("group_concat", "hex(e.request)", "CAST(e.bytes AS TEXT)"),
        Dialect::Postgres => (
            "string_agg",
            "encode(e.request, 'hex')",
            "convert_from(e.bytes, 'UTF8')",
        ),
    };
    let left_out = without.iter().map(|kind| match dialect {
        Dialect::Sqlite => {
            format!(" OR instr(e.bytes, CAST('\"kind\":\"{kind}\"' AS BLOB)) > 0")
        }
        Dialect::Postgres => {
            format!(" OR position(convert_to('\"kind\":\"{kind}\"', 'UTF8') IN e.bytes) > 0")
        }
    });
    let left_out: String = left_out.collect();
    let left_out = match without {
        [] => String::new(),
        _ => format!(" AND (length(e.bytes) > {SHORT} OR NOT (FALSE{left_out}))"),
    };
    format!(
        "SELECT {together}(e.version || '\t' || e.event_time || '\t' || e.record_time || '\t' \
         || e.actor || '\t' || e.role || '\t' || e.unit || '\t' || {request} || '\t' \
         || {bytes}, '\n') FROM event e \
         WHERE e.province = ? AND e.dossier = w.dossier AND e.record_time <= ?{left_out}"
    )
}

fn history(
    province: &ProvinceCode,
    dossier: &str,
    lines: &str,
) -> Result<(DossierId, Vec<Record>), StoreError> {
    let place = Place {
        table: "event",
        id: dossier,
    };
    let id = place.parse("dossier", dossier)?;
    let records = lines
        .split('\n')
        .map(|line| record(province, id, &place, line));
    let mut records: Vec<Record> = records.collect::<Result<_, _>>()?;
    records.sort_unstable_by_key(|record| record.version);
    Ok((id, records))
}

fn record(
    province: &ProvinceCode,
    dossier: DossierId,
    place: &Place<'_>,
    line: &str,
) -> Result<Record, StoreError> {
    let mut columns = line.splitn(8, '\t');
    let mut column = || columns.next().unwrap_or_default();
    let (version, event_time, record_time) = (column(), column(), column());
    let (actor, role, unit, request, bytes) =
        (column(), column(), column(), column(), column().as_bytes());
    let request_id = from_hex(request).and_then(|kept| request_key::request_id(actor, &kept));
    let request_id = request_id.ok_or_else(|| place.wrong("request"))?;
    let instant = |name, text| place.instant(name, place.parse(name, text)?);
    Ok(Record {
        province: province.clone(),
        dossier,
        version: place.parse("version", version)?,
        event_time: instant("event_time", event_time)?,
        record_time: instant("record_time", record_time)?,
        actor: place.parse("actor", actor)?,
        role: acted_as(role).ok_or_else(|| place.wrong("role"))?,
        unit: place.parse("unit", unit)?,
        request_id: place.parse("request", &request_id)?,
        event: Event::from_bytes(bytes).map_err(|_| place.wrong("bytes"))?,
    })
}
