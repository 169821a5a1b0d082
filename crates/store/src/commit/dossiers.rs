//! The rows of dossiers. Each is written only if its version is still the loaded one.

use std::collections::HashSet;

use app::ports::Change;
use domain::dossier::{Dossier, Precedence};
use domain::id::{ActorId, DossierId, StepId};
use domain::tally;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use super::failure::{Failure, clash_unless};
use super::key::key_columns;
use crate::bulk::{BulkInsert, Statement, places, unnest};
use crate::executor::{Dialect, Executor};
use crate::fold;
use crate::row::NEVER;

#[derive(FromQueryResult)]
struct Written {
    dossier: String,
}

const DOSSIER_COLUMNS: usize = 22;

const DOSSIER: BulkInsert<DOSSIER_COLUMNS> = BulkInsert {
    table: "dossier",
    columns: [
        "province",
        "id",
        "version",
        "status",
        "procedure",
        "channel",
        "resolving",
        "begun",
        "received",
        "ended",
        "due",
        "last_event",
        "first_record",
        "last_record",
        "fold",
        "apart",
        "overdue_from",
        "precedence",
        "step",
        "assignee",
        "elsewhere",
        "marks",
    ],
    nullable: &["received"],
};

/// Few enough rows for one statement, together with their former versions.
const DOSSIERS_AT_ONCE: usize = 1_200;

pub(super) async fn write<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut written = HashSet::with_capacity(changes.len());
    for chunk in by_id(changes).chunks(DOSSIERS_AT_ONCE) {
        let statement = statement(db.dialect(), chunk);
        let rows: Vec<Written> = db.all(&statement.sql, statement.values).await?;
        written.extend(rows.into_iter().map(|row| row.dossier));
    }
    clash_unless(changes, |change| {
        written.contains(&change.dossier.id.to_string())
    })
}

/// Sorted by id, the order in which every writer locks dossiers.
pub(super) fn by_id(changes: &[Change]) -> Vec<&Change> {
    let mut by_id: Vec<&Change> = changes.iter().collect();
    by_id.sort_by(|a, b| key_order(a).cmp(&key_order(b)));
    by_id
}

/// Writes the dossiers whose version is the loaded one, and returns a row for each.
pub(super) fn statement(dialect: Dialect, changes: &[&Change]) -> Statement {
    // On SQLite the former versions come as literal places, because SQLite would otherwise scan one
    // list inside the other.
    let former = match dialect {
        Dialect::Sqlite => format!("VALUES {}", places(3, changes.len())),
        Dialect::Postgres => {
            let columns = ["province", "id", "version"];
            format!("SELECT province, id, version FROM {}", unnest("f", columns))
        }
    };
    let tail = format!(
        "ON CONFLICT (province, id) DO UPDATE SET version = excluded.version, \
             status = excluded.status, channel = excluded.channel, \
             resolving = excluded.resolving, received = excluded.received, \
             ended = excluded.ended, due = excluded.due, last_event = excluded.last_event, \
             last_record = CASE WHEN excluded.last_record > dossier.last_record \
                 THEN excluded.last_record ELSE dossier.last_record END, \
             fold = excluded.fold, apart = excluded.apart, \
             overdue_from = excluded.overdue_from, \
             precedence = excluded.precedence, step = excluded.step, \
             assignee = excluded.assignee, elsewhere = excluded.elsewhere, \
             marks = excluded.marks \
         WHERE (dossier.province, dossier.id, dossier.version) IN ({former}) \
         RETURNING id AS dossier"
    );
    let rows = changes.iter().map(|change| dossier_row(change)).collect();
    let former = changes.iter().map(|change| {
        let (province, id) = key_columns(change);
        [province, id, change.before.into()]
    });
    DOSSIER.statement(dialect, rows, &tail, former.collect())
}

fn key_order(change: &Change) -> (&str, DossierId) {
    (change.dossier.province.as_str(), change.dossier.id)
}

/// When it becomes overdue, for a dossier whose end the tallies do not know yet.
pub(crate) fn overdue_from(dossier: &Dossier) -> i64 {
    tally::overdue_from(dossier).map_or(NEVER, |at| at.timestamp_micros())
}

/// The columns of a dossier. For a known dossier the statement ignores the columns that only the
/// first event sets.
fn dossier_row(change: &Change) -> [Value; DOSSIER_COLUMNS] {
    let dossier = &change.dossier;
    let (first, last) = match change.entries.as_slice() {
        [first, .., last] => (&first.record, &last.record),
        [only] => (&only.record, &only.record),
        [] => unreachable!("a change without an event is none"),
    };
    let (province, id) = key_columns(change);
    [
        province,
        id,
        dossier.version.into(),
        dossier.status().code().into(),
        dossier.procedure.as_str().into(),
        dossier.channel.as_str().into(),
        dossier.resolving.as_str().into(),
        first.event_time.timestamp_micros().into(),
        dossier.received.map(|at| at.timestamp_micros()).into(),
        dossier
            .ended
            .map_or(NEVER, |at| at.timestamp_micros())
            .into(),
        dossier
            .due()
            .map_or(NEVER, |at| at.timestamp_micros())
            .into(),
        dossier.last.timestamp_micros().into(),
        first.record_time.timestamp_micros().into(),
        last.record_time.timestamp_micros().into(),
        fold::kept(dossier).into(),
        u8::from(tally::stands_apart(dossier)).into(),
        overdue_from(dossier).into(),
        Precedence::of(dossier).key().into(),
        step(dossier).into(),
        assignee(dossier).into(),
        u8::from(dossier.is_elsewhere()).into(),
        dossier.marks().into(),
    ]
}

/// Its step, or the step to which it returns; empty for none.
pub(crate) fn step(dossier: &Dossier) -> &str {
    dossier.state.step().map_or("", StepId::as_str)
}

/// The person who has it; empty for nobody.
pub(crate) fn assignee(dossier: &Dossier) -> &str {
    dossier.assignee.as_ref().map_or("", ActorId::as_str)
}
