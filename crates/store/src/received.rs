//! What the desk of a unit took in lately.

use std::collections::HashMap;

use app::ports::StoreError;
use domain::dossier::Interest;
use domain::id::{ProcedureCode, ProvinceCode, UnitCode};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::page::VISIBLE;
use crate::row::Place;

/// How many dossiers of each procedure. Ids begin with the time at which they were given, so the newest dossiers of
/// a unit are the end of its stretch of the key.
pub(crate) async fn by_procedure<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    unit: &UnitCode,
    province: &ProvinceCode,
    since: Instant,
    most: u32,
) -> Result<HashMap<ProcedureCode, u32>, StoreError> {
    let receiving = Interest::RECEIVING;
    // The time is written so that no planner begins with all that the province received.
    let sql = format!(
        "SELECT d.procedure AS procedure, count(*) AS dossiers \
         FROM (SELECT i.province AS province, i.dossier AS dossier, i.roles AS roles FROM interest i \
               WHERE i.province = ? AND i.unit = ? ORDER BY i.dossier DESC LIMIT {most}) n \
         JOIN dossier d ON d.province = n.province AND d.id = n.dossier \
         WHERE (n.roles & {receiving}) <> 0 AND d.received + 0 >= ? AND d.elsewhere = 0 AND {VISIBLE} \
         GROUP BY d.procedure"
    );
    let values = vec![
        province.as_str().into(),
        unit.as_str().into(),
        since.timestamp_micros().into(),
    ];
    let rows: Vec<ProcedureRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.iter()
        .map(|row| {
            let place = Place {
                table: "dossier",
                id: &row.procedure,
            };
            let procedure = place.parse("procedure", &row.procedure)?;
            Ok((procedure, place.number("dossiers", row.dossiers)?))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct ProcedureRow {
    procedure: String,
    dossiers: i64,
}
