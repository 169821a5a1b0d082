//! Counts the tallies again, from the dossiers themselves.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use domain::dossier::{Dossier, ImportNumber};
use domain::id::ProvinceCode;
use domain::tally::{self, Tallies};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult};

use crate::bulk::Nothing;
use crate::commit::dossiers::overdue_from;
use crate::commit::tallies;
use crate::executor::Executor;
use crate::page::VISIBLE;
use crate::pool::begin_writing;
use crate::row::DossierRow;
use crate::value_table::ValueTable;

/// How many dossiers are in memory at a time.
const PAGE: u32 = 1_000;

#[derive(FromQueryResult)]
struct UncountedRow {
    province: String,
    id: String,
    version: i64,
    fold: String,
    import: Option<i64>,
    unseen: i32,
}

/// Counts all dossiers if a migration left some uncounted, in one transaction.
pub(crate) async fn recount(db: &DatabaseConnection) -> Result<(), DbErr> {
    let statements = AtomicU64::new(0);
    let transaction = begin_writing(db).await?;
    let executor = Executor {
        connection: &transaction,
        statements: &statements,
    };
    // By province, and by the import that nobody is to see yet.
    let mut sums: BTreeMap<(ProvinceCode, Option<ImportNumber>), Tallies> = BTreeMap::new();
    let uncounted = format!(
        "SELECT province, id, version, fold, import, CASE WHEN {VISIBLE} THEN 0 ELSE 1 END AS unseen \
         FROM dossier d WHERE overdue_from = -1 LIMIT ?"
    );
    loop {
        let page: Vec<UncountedRow> = executor.all(&uncounted, vec![PAGE.into()]).await?;
        if page.is_empty() {
            break;
        }
        let mut rows = Vec::with_capacity(page.len());
        for row in page {
            let (province, id) = (row.province, row.id.clone());
            let dossier = Dossier::try_from(DossierRow::new(row.id, row.version, row.fold))
                .map_err(|error| DbErr::Custom(error.to_string()))?;
            let import = row.import.filter(|_| row.unseen == 1);
            let import = import.and_then(|number| u32::try_from(number).ok());
            let import = import.and_then(ImportNumber::new);
            let key = (dossier.province.clone(), import);
            let sum = sums.entry(key).or_default();
            tally::add(sum, tally::difference(None, &dossier));
            rows.push([province.into(), id.into(), overdue_from(&dossier).into()]);
        }
        let given = ValueTable::new(
            &executor,
            "w",
            ["province", "dossier", "overdue_from"],
            rows,
        );
        let sql = format!(
            "UPDATE dossier SET overdue_from = w.overdue_from FROM {} \
             WHERE dossier.province = w.province AND dossier.id = w.dossier",
            given.table
        );
        executor.run(&sql, given.values).await?;
    }
    for ((province, import), sum) in &sums {
        match import {
            None => tallies::add(&executor, province, sum).await?,
            Some(import) => {
                tallies::add_to(&executor, province, tallies::unseen(*import), sum).await?;
            }
        }
    }
    transaction.commit().await
}

/// Whether a migration left dossiers that are not counted yet.
pub(crate) async fn is_needed(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let statements = AtomicU64::new(0);
    let executor = Executor {
        connection: db,
        statements: &statements,
    };
    // It runs at every start, so it must not read every dossier. It goes province by province
    // through the index of possibly overdue dossiers, whose condition it repeats word by word so
    // that SQLite recognises it. There is no EXISTS, because PostgreSQL would make a join of it and
    // read the whole index.
    let sql = "
        WITH RECURSIVE provinces AS (
            SELECT min(province) AS province FROM dossier
            UNION ALL
            SELECT (SELECT min(d.province) FROM dossier d WHERE d.province > p.province)
            FROM provinces p WHERE p.province IS NOT NULL
        )
        SELECT 1 FROM provinces p WHERE (
            SELECT 1 FROM dossier d WHERE d.province = p.province AND d.overdue_from = -1
                AND d.overdue_from < 9223372036854775807 LIMIT 1
        ) = 1 LIMIT 1";
    let rows: Vec<Nothing> = executor.all(sql, Vec::new()).await?;
    Ok(!rows.is_empty())
}
