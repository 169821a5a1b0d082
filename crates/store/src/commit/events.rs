//! Writes the events at the end of the feed.

use std::collections::HashSet;

use app::ports::Change;
use domain::dossier::event::digest;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::failure::{Failure, clash_unless};
use super::key::key_columns;
use crate::bulk::Statement;
use crate::executor::{Dialect, Executor};
use crate::fault::is_refused_by_trigger;
use crate::feed;
use crate::request_key;

#[derive(FromQueryResult)]
struct WrittenEvent {
    dossier: String,
    version: i64,
}

pub(super) async fn write<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut written: HashSet<(String, i64)> = HashSet::new();
    for statement in statements(db.dialect(), changes) {
        let rows: Result<Vec<WrittenEvent>, DbErr> = db.all(&statement.sql, statement.values).await;
        match rows {
            Ok(rows) => written.extend(rows.into_iter().map(|row| (row.dossier, row.version))),
            // A later part of a request met a first part that is already there. The error does not
            // say which request, so all commands are tried again one by one.
            Err(error) if is_refused_by_trigger(&error) => {
                return clash_unless(changes, |_| false);
            }
            Err(error) => return Err(error.into()),
        }
    }
    clash_unless(changes, |change| {
        let id = change.dossier.id.to_string();
        change
            .entries
            .iter()
            .all(|entry| written.contains(&(id.clone(), entry.record.version.into())))
    })
}

/// Writes the events of requests that are not there yet, and returns a row for each.
pub(super) fn statements(dialect: Dialect, changes: &[Change]) -> Vec<Statement> {
    let mut in_order: Vec<&Change> = changes.iter().collect();
    match dialect {
        Dialect::Sqlite => {}
        // Sorted by request, as every writer sorts them, so that two writers with the same requests
        // wait here and do not deadlock.
        Dialect::Postgres => in_order.sort_by(|a, b| request_order(a).cmp(&request_order(b))),
    }
    let mut rows = Vec::new();
    for change in in_order {
        let dossier = change.dossier.id.to_string();
        for entry in &change.entries {
            let record = &entry.record;
            let (province, id) = key_columns(change);
            let event = record.event_bytes();
            let whole = record.frame(&dossier).around(&event);
            rows.push([
                province,
                id,
                record.version.into(),
                record.event_time.timestamp_micros().into(),
                record.record_time.timestamp_micros().into(),
                record.actor.as_str().into(),
                record.role.as_str().into(),
                record.unit.as_str().into(),
                request_key::kept(record.actor.as_str(), record.request_id.as_str()).into(),
                entry.part.into(),
                entry.content.to_vec().into(),
                event.into(),
                digest(&whole).to_vec().into(),
            ]);
        }
    }
    feed::statements(
        dialect,
        rows,
        "ON CONFLICT DO NOTHING RETURNING dossier, version",
    )
}

fn request_order(change: &Change) -> Option<(&str, &str, &str)> {
    let record = &change.entries.first()?.record;
    Some((
        record.province.as_str(),
        record.actor.as_str(),
        record.request_id.as_str(),
    ))
}
