//! Wrong PINs and look-ups of the last minutes.

use app::ports::{Key, PinTries, StoreError, WrongPin, WrongPins};
use chrono::TimeDelta;
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::bulk::{BulkInsert, Nothing};
use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::Place;

const WRONG_PIN: BulkInsert<5> = BulkInsert {
    table: "wrong_pin",
    columns: ["province", "dossier", "peer", "count", "last"],
    nullable: &[],
};

/// The peer that stands for all of them.
pub(crate) const ALL: &str = "";

#[derive(FromQueryResult)]
struct BusyRow {
    busy: i64,
}

#[derive(FromQueryResult)]
struct WrongRow {
    peer: String,
    count: i64,
    last: i64,
}

/// Adds wrong PINs, after forgetting those whose last one came before a moment.
pub(crate) async fn count<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wrong: &[WrongPin],
    forget: Instant,
) -> Result<(), StoreError> {
    let before = vec![forget.timestamp_micros().into()];
    db.run("DELETE FROM wrong_pin WHERE last < ?", before)
        .await
        .map_err(store_error)?;
    // In one order, so that two processes never wait for each other.
    let mut wrong: Vec<&WrongPin> = wrong.iter().collect();
    wrong.sort_by(|one, other| (&one.dossier, &one.peer).cmp(&(&other.dossier, &other.peer)));
    let rows = wrong.into_iter().map(|one| {
        [
            Value::from(one.dossier.0.as_str()),
            one.dossier.1.to_string().into(),
            one.peer.as_str().into(),
            i64::from(one.tries.count).into(),
            one.tries.last.timestamp_micros().into(),
        ]
    });
    let add = "ON CONFLICT (province, dossier, peer) DO UPDATE SET \
               count = wrong_pin.count + excluded.count, \
               last = CASE WHEN excluded.last > wrong_pin.last THEN excluded.last \
                   ELSE wrong_pin.last END";
    let _none: Vec<Nothing> = WRONG_PIN
        .insert(db, rows.collect(), add)
        .await
        .map_err(store_error)?;
    Ok(())
}

/// Look-ups that are counted no longer than this ahead: whoever asks a thousand times waits as long as
/// whoever asks twice too often.
const AHEAD: TimeDelta = TimeDelta::seconds(70);

/// Adds look-ups to those of a visitor, and returns until when they take.
pub(crate) async fn count_lookups<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    visitor: &str,
    cost: TimeDelta,
    now: Instant,
) -> Result<Instant, StoreError> {
    let micros = |at: Instant| Value::from(at.timestamp_micros());
    db.run("DELETE FROM visitor WHERE busy < ?", vec![micros(now)])
        .await
        .map_err(store_error)?;
    let add = "INSERT INTO visitor (peer, busy) VALUES (?, ?) ON CONFLICT (peer) DO UPDATE SET \
               busy = CASE WHEN visitor.busy + ? < ? THEN visitor.busy + ? ELSE ? END \
               RETURNING busy";
    let cost = cost.num_microseconds().unwrap_or(i64::MAX);
    let ahead = micros(now + AHEAD);
    let values = vec![
        visitor.into(),
        micros(now + TimeDelta::microseconds(cost)),
        cost.into(),
        ahead.clone(),
        cost.into(),
        ahead,
    ];
    let rows: Vec<BusyRow> = db.all(add, values).await.map_err(store_error)?;
    let place = Place {
        table: "visitor",
        id: visitor,
    };
    let busy = rows.first().ok_or_else(|| place.wrong("busy"))?.busy;
    place.instant("busy", busy)
}

/// Forgets the wrong PINs of a peer for a dossier.
pub(crate) async fn forgive<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    dossier: &Key,
    peer: &str,
) -> Result<(), StoreError> {
    let which = vec![
        dossier.0.as_str().into(),
        dossier.1.to_string().into(),
        peer.into(),
    ];
    let sql = "DELETE FROM wrong_pin WHERE province = ? AND dossier = ? AND peer = ?";
    db.run(sql, which).await.map_err(store_error)?;
    Ok(())
}

/// The wrong PINs for a dossier: those of a peer, and those of all.
pub(crate) async fn of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    dossier: &Key,
    peer: &str,
) -> Result<WrongPins, StoreError> {
    let rows: Vec<WrongRow> = db
        .all(
            "SELECT peer, count, last FROM wrong_pin \
             WHERE province = ? AND dossier = ? AND peer IN (?, ?)",
            vec![
                dossier.0.as_str().into(),
                dossier.1.to_string().into(),
                ALL.into(),
                peer.into(),
            ],
        )
        .await
        .map_err(store_error)?;
    let mut found = WrongPins::default();
    for row in rows {
        let place = Place {
            table: "wrong_pin",
            id: &row.peer,
        };
        let tries = PinTries {
            count: u32::try_from(row.count).unwrap_or(u32::MAX),
            last: place.instant("last", row.last)?,
        };
        if row.peer == ALL {
            found.all = Some(tries);
        } else {
            found.own = Some(tries);
        }
    }
    Ok(found)
}
