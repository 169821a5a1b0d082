//! Ratings, stored beside the dossiers so that a report counts them without reading dossiers.

use app::ports::{Change, Rated, RatingsWanted, StoreError};
use domain::dossier::{Dossier, Event, Record, Score};
use domain::procedure::Kind;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::bulk::{BulkInsert, Statement};
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::numbers::{day_of, number_of};
use crate::page::VISIBLE;
use crate::row::Place;
use crate::tally::units_of;

pub(crate) const RATING: BulkInsert<8> = BulkInsert {
    table: "rating",
    columns: [
        "province", "dossier", "rated", "recorded", "unit", "since", "kind", "score",
    ],
    nullable: &[],
};

/// Stores the ratings of a batch.
pub(crate) fn statements(dialect: Dialect, changes: &[Change]) -> Vec<Statement> {
    let rows = changes.iter().flat_map(|change| {
        let records = change.entries.iter().map(|entry| &entry.record);
        records.filter_map(|record| row(&change.dossier, record))
    });
    RATING.statements(dialect, rows.collect(), "")
}

/// The row of an event that is a rating. A dossier is rated once, after its end, so the deciding
/// unit and the day on which that unit got it no longer change.
pub(crate) fn row(dossier: &Dossier, record: &Record) -> Option<[Value; 8]> {
    let Event::Rated(rated) = &record.event else {
        return None;
    };
    Some([
        dossier.province.as_str().into(),
        dossier.id.to_string().into(),
        record.event_time.timestamp_micros().into(),
        record.record_time.timestamp_micros().into(),
        dossier.resolving.as_str().into(),
        number_of(dossier.units_since()).into(),
        word(dossier.kind).into(),
        rated.score.get().into(),
    ])
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Procedure => "procedure",
        Kind::Petition => "petition",
    }
}

#[derive(FromQueryResult)]
struct Row {
    unit: String,
    since: i64,
    score: i64,
    ratings: i64,
}

/// Excludes ratings of unfinished imports. Two steps: usually no import is unfinished, and then no
/// dossier has to be read.
const COUNTS: &str = "(NOT EXISTS (SELECT 1 FROM import WHERE finished IS NULL) OR EXISTS \
    (SELECT 1 FROM dossier d WHERE d.province = r.province AND d.id = r.dossier AND ";

pub(crate) async fn ratings<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    wanted: &RatingsWanted,
) -> Result<Vec<Rated>, StoreError> {
    let (of_units, units) = units_of(&wanted.scope, "unit");
    let sql = format!(
        "SELECT unit, since, CAST(score AS BIGINT) AS score, count(*) AS ratings FROM rating r \
         WHERE r.province = ? AND rated >= ? AND rated < ? AND recorded <= ? AND kind = ?{of_units} \
         AND {COUNTS}{VISIBLE})) GROUP BY unit, since, score"
    );
    let mut values: Vec<Value> = vec![
        wanted.scope.province().as_str().into(),
        wanted.from.timestamp_micros().into(),
        wanted.until.timestamp_micros().into(),
        wanted.as_of.timestamp_micros().into(),
        word(wanted.kind).into(),
    ];
    values.extend(units);
    let rows: Vec<Row> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(Rated::try_from).collect()
}

impl TryFrom<Row> for Rated {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let place = Place {
            table: "rating",
            id: &row.unit,
        };
        let score: u8 = place.number("score", row.score)?;
        Ok(Rated {
            unit: place.parse("unit", &row.unit)?,
            since: day_of(row.since).ok_or_else(|| place.wrong("since"))?,
            score: Score::new(score).ok_or_else(|| place.wrong("score"))?,
            count: place.number("ratings", row.ratings)?,
        })
    }
}
