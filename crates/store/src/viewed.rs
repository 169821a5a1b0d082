//! Viewings whose time is over.

use app::ports::StoreError;
use domain::id::ProvinceCode;
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::inner::Inner;
use crate::row::Place;

/// Lets at most so many viewings of a province go that were before a moment, but not the last one: the next is
/// numbered after it. The schema refuses to let any other go.
pub(crate) async fn forget(
    inner: &Inner,
    province: &ProvinceCode,
    before: Instant,
    most: u32,
) -> Result<u64, StoreError> {
    let (province, before) = (province.as_str(), before.timestamp_micros());
    let transaction = inner.writer.begin_writing().await.map_err(store_error)?;
    let inside = Executor {
        connection: &transaction,
        statements: &inner.statements,
    };
    let since = "INSERT INTO viewed_since (province, at) VALUES (?, ?) \
         ON CONFLICT (province) DO UPDATE SET at = excluded.at WHERE excluded.at > viewed_since.at";
    let values = vec![province.into(), before.into()];
    inside.run(since, values).await.map_err(store_error)?;
    let oldest = "DELETE FROM viewed WHERE province = ? AND number IN ( \
             SELECT v.number FROM viewed v WHERE v.province = ? AND v.at < ? \
                 AND v.number < (SELECT max(l.number) FROM viewed l WHERE l.province = ?) \
             ORDER BY v.at LIMIT ?)";
    let values = vec![
        province.into(),
        province.into(),
        before.into(),
        province.into(),
        i64::from(most).into(),
    ];
    let gone = inside.run(oldest, values).await.map_err(store_error)?;
    transaction.commit().await.map_err(store_error)?;
    Ok(gone)
}

#[derive(FromQueryResult)]
struct OldestRow {
    at: Option<i64>,
}

/// When the oldest viewing was that may go.
pub(crate) async fn oldest<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<Option<Instant>, StoreError> {
    // Step by step through the provinces, for the index is by province first.
    let sql = "WITH RECURSIVE provinces AS ( \
             SELECT min(province) AS province FROM viewed \
             UNION ALL \
             SELECT (SELECT min(v.province) FROM viewed v WHERE v.province > p.province) \
             FROM provinces p WHERE p.province IS NOT NULL) \
         SELECT min((SELECT min(v.at) FROM viewed v WHERE v.province = p.province \
             AND v.number < (SELECT max(l.number) FROM viewed l WHERE l.province = p.province))) AS at \
         FROM provinces p";
    let rows: Vec<OldestRow> = db.all(sql, Vec::new()).await.map_err(store_error)?;
    let place = Place {
        table: "viewed",
        id: "?",
    };
    let at = rows.into_iter().next().and_then(|row| row.at);
    at.map(|at| place.instant("at", at)).transpose()
}
