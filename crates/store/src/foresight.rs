//! The fitted models, the flag log, and the foretold chances.

use std::collections::HashMap;

use app::foresight::{Flag, Foretold, KeptModel, Level};
use app::ports::{FeedHead, Scope, StoreError};
use domain::id::{DossierId, ProvinceCode};
use domain::procedure::Kind;
use domain::time::Instant;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult, SqlErr, Value};
use serde_json::Value as Json;

use crate::bulk::{BulkInsert, Nothing};
use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::feed;
use crate::page::of_units;
use crate::row::Place;
use crate::value_table::ValueTable;

/// How often a number is taken again if another process took it at the same moment.
const TRIES: usize = 5;

/// How many models of a matter keep their bytes: enough to examine the flags of the last week. An
/// older model can be fitted again from the events.
const KEPT: i64 = 7;

/// The order in which the model in use comes first: the latest learning day, and of equals the one
/// fitted last. A fit of an earlier day is a record and comes behind.
const IN_USE_FIRST: &str = "until DESC, number DESC";

/// Chances are stored in millionths.
const MILLION: f64 = 1_000_000.0;

fn matter_name(matter: Kind) -> &'static str {
    match matter {
        Kind::Procedure => "procedure",
        Kind::Petition => "petition",
    }
}

pub(crate) async fn keep_model<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    model: &KeptModel,
) -> Result<KeptModel, StoreError> {
    let matter = matter_name(model.matter);
    let province = model.province.as_str();
    let until = model.until.timestamp_micros();
    for _ in 0..TRIES {
        let written = db
            .run(
                "INSERT INTO forecast_model \
                 (province, number, matter, begins, until, made, figures, hash, bytes) \
                 SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ? \
                 FROM forecast_model WHERE province = ?",
                vec![
                    province.into(),
                    matter.into(),
                    model.begins.timestamp_micros().into(),
                    until.into(),
                    model.made.timestamp_micros().into(),
                    model.figures.as_str().into(),
                    model.hash.as_str().into(),
                    model.bytes.clone().into(),
                    province.into(),
                ],
            )
            .await;
        match written {
            Ok(_) => {}
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            }
            Err(error) => return Err(store_error(error)),
        }
        // Another process has just stored this model, or a model of another matter took the number.
        let which = "province = ? AND matter = ? AND until = ? AND hash = ?";
        let values = vec![
            province.into(),
            matter.into(),
            until.into(),
            model.hash.as_str().into(),
        ];
        if let Some(kept) = select_models(db, which, values).await?.pop() {
            forget(db, &kept).await?;
            return Ok(kept);
        }
    }
    Err(StoreError::Unavailable(
        "other processes keep models at the same time".into(),
    ))
}

/// Drops the bytes of replaced models of a matter. The one in use and the few before it keep
/// theirs.
async fn forget<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    kept: &KeptModel,
) -> Result<(), StoreError> {
    let (province, matter) = (kept.province.as_str(), matter_name(kept.matter));
    db.run(
        &format!(
            "UPDATE forecast_model SET bytes = NULL \
             WHERE province = ? AND matter = ? AND bytes IS NOT NULL AND number NOT IN \
             (SELECT number FROM forecast_model WHERE province = ? AND matter = ? \
              ORDER BY {IN_USE_FIRST} LIMIT ?)"
        ),
        vec![
            province.into(),
            matter.into(),
            province.into(),
            matter.into(),
            KEPT.into(),
        ],
    )
    .await
    .map_err(store_error)?;
    Ok(())
}

#[derive(FromQueryResult)]
struct NumberRow {
    province: String,
    number: i64,
}

pub(crate) async fn numbers<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<HashMap<ProvinceCode, u64>, StoreError> {
    let sql = "SELECT province, max(number) AS number FROM forecast_model GROUP BY province";
    let rows: Vec<NumberRow> = db.all(sql, Vec::new()).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "forecast_model",
                id: &row.province,
            };
            Ok((
                place.parse("province", &row.province)?,
                place.number("number", row.number)?,
            ))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct MadeRow {
    made: Option<i64>,
}

/// When the first model of a province was fitted.
pub(crate) async fn first_model<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
) -> Result<Option<Instant>, StoreError> {
    let sql = "SELECT min(made) AS made FROM forecast_model WHERE province = ?";
    let values = vec![province.as_str().into()];
    let rows: Vec<MadeRow> = db.all(sql, values).await.map_err(store_error)?;
    let place = Place {
        table: "forecast_model",
        id: province.as_str(),
    };
    let made = rows.first().and_then(|row| row.made);
    made.map(|made| place.instant("made", made)).transpose()
}

pub(crate) async fn models<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
) -> Result<Vec<KeptModel>, StoreError> {
    let which = format!(
        "province = ? AND number IN (SELECT number FROM \
         (SELECT number, row_number() OVER (PARTITION BY matter ORDER BY {IN_USE_FIRST}) AS place \
          FROM forecast_model WHERE province = ?) AS placed WHERE place = 1) ORDER BY number"
    );
    select_models(
        db,
        &which,
        vec![province.as_str().into(), province.as_str().into()],
    )
    .await
}

async fn select_models<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    which: &str,
    values: Vec<Value>,
) -> Result<Vec<KeptModel>, StoreError> {
    let sql = format!(
        "SELECT province, number, matter, begins, until, made, figures, hash, bytes \
         FROM forecast_model WHERE {which}"
    );
    let rows: Vec<ModelRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter().map(KeptModel::try_from).collect()
}

#[derive(FromQueryResult)]
struct ModelRow {
    province: String,
    number: i64,
    matter: String,
    begins: i64,
    until: i64,
    made: i64,
    figures: String,
    hash: String,
    bytes: Option<Vec<u8>>,
}

impl TryFrom<ModelRow> for KeptModel {
    type Error = StoreError;

    fn try_from(row: ModelRow) -> Result<Self, StoreError> {
        let number = row.number.to_string();
        let place = Place {
            table: "forecast_model",
            id: &number,
        };
        let matter = [Kind::Procedure, Kind::Petition]
            .into_iter()
            .find(|matter| matter_name(*matter) == row.matter);
        Ok(KeptModel {
            province: place.parse("province", &row.province)?,
            number: place.number("number", row.number)?,
            matter: matter.ok_or_else(|| place.wrong("matter"))?,
            begins: place.instant("begins", row.begins)?,
            until: place.instant("until", row.until)?,
            made: place.instant("made", row.made)?,
            figures: row.figures,
            hash: row.hash,
            bytes: row.bytes,
        })
    }
}

const FLAG: BulkInsert<10> = BulkInsert {
    table: "flag",
    columns: [
        "province", "dossier", "ordinal", "unit", "seen", "before", "level", "late", "reasons",
        "model",
    ],
    nullable: &["model"],
};

pub(crate) async fn raise<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    flags: &[Flag],
) -> Result<u64, StoreError> {
    if flags.is_empty() {
        return Ok(0);
    }
    // In one order, so that no two processes deadlock.
    let mut in_order: Vec<&Flag> = flags.iter().collect();
    in_order.sort_by_key(|flag| (&flag.province, flag.dossier, flag.ordinal));
    let rows = in_order
        .into_iter()
        .map(|flag| {
            let reasons = serde_json::to_string(&flag.reasons).expect("texts are always JSON");
            let model = flag.model.and_then(|number| i64::try_from(number).ok());
            [
                flag.province.as_str().into(),
                flag.dossier.to_string().into(),
                i64::from(flag.ordinal).into(),
                flag.unit.as_str().into(),
                flag.at.timestamp_micros().into(),
                flag.before.name().into(),
                flag.level.name().into(),
                millionths(flag.late).into(),
                reasons.into(),
                Value::BigInt(model),
            ]
        })
        .collect();
    let tail = "ON CONFLICT (province, dossier, ordinal) DO NOTHING RETURNING ordinal";
    let mut written = 0;
    for statement in feed::statements_of(&FLAG, db.dialect(), rows, tail) {
        let new: Vec<WrittenRow> = db
            .all(&statement.sql, statement.values)
            .await
            .map_err(store_error)?;
        written += new.iter().filter(|row| row.ordinal > 0).count() as u64;
    }
    Ok(written)
}

#[derive(FromQueryResult)]
struct WrittenRow {
    ordinal: i64,
}

pub(crate) async fn last_flags<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossiers: &[DossierId],
) -> Result<HashMap<DossierId, Flag>, StoreError> {
    let rows = rows_of(db, province, dossiers, Which::Last).await?;
    rows.into_iter()
        .map(|row| Flag::try_from(row).map(|flag| (flag.dossier, flag)))
        .collect()
}

pub(crate) async fn flags_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossiers: &[DossierId],
) -> Result<HashMap<DossierId, Vec<Flag>>, StoreError> {
    let mut found: HashMap<DossierId, Vec<Flag>> = HashMap::new();
    for row in rows_of(db, province, dossiers, Which::All).await? {
        let flag = Flag::try_from(row)?;
        found.entry(flag.dossier).or_default().push(flag);
    }
    Ok(found)
}

/// Which flags of a dossier.
#[derive(Clone, Copy)]
enum Which {
    All,
    Last,
}

async fn rows_of<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossiers: &[DossierId],
    which: Which,
) -> Result<Vec<FlagRow>, StoreError> {
    if dossiers.is_empty() {
        return Ok(Vec::new());
    }
    let list = dossiers.iter().map(|id| [Json::from(id.to_string())]);
    let given = ValueTable::new(db, "w", ["dossier"], list.collect());
    let mut values = given.values;
    let (from, condition) = match which {
        Which::All => (given.table, ""),
        // In groups, and no subquery for each flag: PostgreSQL reads a table whole while it takes it for empty,
        // as it does for a minute when the first flags come, and would do so for each flag.
        Which::Last => {
            values.push(province.as_str().into());
            let last = format!(
                "(SELECT l.dossier, max(l.ordinal) AS ordinal FROM {} CROSS JOIN flag l \
                 WHERE l.dossier = w.dossier AND l.province = ? GROUP BY l.dossier) AS w",
                given.table
            );
            (last, "AND f.ordinal = w.ordinal")
        }
    };
    values.push(province.as_str().into());
    let columns = FLAG.columns.map(|column| format!("f.{column}")).join(", ");
    let sql = format!(
        "SELECT f.seq, {columns} FROM {from} CROSS JOIN flag f \
         WHERE f.dossier = w.dossier AND f.province = ? {condition} ORDER BY f.dossier, f.ordinal"
    );
    db.all(&sql, values).await.map_err(store_error)
}

pub(crate) async fn flags<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    scope: &Scope,
    (after, until): (u64, u64),
    limit: u32,
) -> Result<Vec<(u64, Flag)>, StoreError> {
    let Ok(after) = i64::try_from(after) else {
        return Ok(Vec::new());
    };
    let mut select = Query::select();
    select
        .column(("f", "seq"))
        .columns(FLAG.columns.map(|column| ("f", column)))
        .from_as("flag", "f")
        .and_where(Expr::col(("f", "seq")).gt(after))
        .and_where(Expr::col(("f", "seq")).lte(i64::try_from(until).unwrap_or(i64::MAX)))
        .and_where(Expr::col(("f", "province")).eq(scope.province().as_str()))
        .order_by(("f", "seq"), Order::Asc)
        .limit(limit.into());
    if let Scope::Units(_, units) = scope {
        select.and_where(of_units(("f", "unit"), units));
    }
    let rows: Vec<FlagRow> = db.select(&select).await.map_err(store_error)?;
    rows.into_iter().map(placed).collect()
}

fn placed(row: FlagRow) -> Result<(u64, Flag), StoreError> {
    let number = row.seq.to_string();
    let place = Place {
        table: "flag",
        id: &number,
    };
    Ok((place.number("seq", row.seq)?, row.try_into()?))
}

pub(crate) async fn last_flag<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    until: u64,
) -> Result<Option<(u64, Flag)>, StoreError> {
    let mut select = feed::last_up_to("flag", until);
    select.column("seq").columns(FLAG.columns);
    if db.dialect() == Dialect::Postgres {
        select.and_where(Expr::col("province").eq(province.as_str()));
    }
    let rows: Vec<FlagRow> = db.select(&select).await.map_err(store_error)?;
    rows.into_iter().next().map(placed).transpose()
}

pub(crate) async fn head<C: ConnectionTrait>(db: &Executor<'_, C>) -> Result<FeedHead, StoreError> {
    feed::head_of(db, "(SELECT coalesce(max(seq), 0) FROM flag)").await
}

#[derive(FromQueryResult)]
struct FlagRow {
    seq: i64,
    province: String,
    dossier: String,
    ordinal: i64,
    unit: String,
    seen: i64,
    before: String,
    level: String,
    late: i64,
    reasons: String,
    model: Option<i64>,
}

impl TryFrom<FlagRow> for Flag {
    type Error = StoreError;

    fn try_from(row: FlagRow) -> Result<Self, StoreError> {
        let number = row.seq.to_string();
        let place = Place {
            table: "flag",
            id: &number,
        };
        Ok(Flag {
            province: place.parse("province", &row.province)?,
            dossier: place.parse("dossier", &row.dossier)?,
            ordinal: place.number("ordinal", row.ordinal)?,
            unit: place.parse("unit", &row.unit)?,
            at: place.instant("seen", row.seen)?,
            before: Level::from_name(&row.before).ok_or_else(|| place.wrong("before"))?,
            level: Level::from_name(&row.level).ok_or_else(|| place.wrong("level"))?,
            late: row.late as f64 / MILLION,
            reasons: serde_json::from_str(&row.reasons).map_err(|_| place.wrong("reasons"))?,
            model: row
                .model
                .map(|model| place.number("model", model))
                .transpose()?,
        })
    }
}

const FORETOLD: BulkInsert<5> = BulkInsert {
    table: "foretold",
    columns: ["province", "dossier", "seen", "late", "model"],
    nullable: &["model"],
};

pub(crate) async fn foretell<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    foretold: &[Foretold],
) -> Result<(), StoreError> {
    // In one order, so that no two processes deadlock.
    let mut in_order: Vec<&Foretold> = foretold.iter().collect();
    in_order.sort_by_key(|one| (&one.province, one.dossier));
    let rows = in_order
        .into_iter()
        .map(|one| {
            [
                one.province.as_str().into(),
                one.dossier.to_string().into(),
                one.at.timestamp_micros().into(),
                millionths(one.late).into(),
                Value::BigInt(one.model.and_then(|number| i64::try_from(number).ok())),
            ]
        })
        .collect();
    let tail = "ON CONFLICT (province, dossier) DO NOTHING";
    let _none: Vec<Nothing> = FORETOLD.insert(db, rows, tail).await.map_err(store_error)?;
    Ok(())
}

pub(crate) async fn foretold<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
    dossiers: &[DossierId],
) -> Result<HashMap<DossierId, Foretold>, StoreError> {
    if dossiers.is_empty() {
        return Ok(HashMap::new());
    }
    let list = dossiers.iter().map(|id| [Json::from(id.to_string())]);
    let given = ValueTable::new(db, "w", ["dossier"], list.collect());
    let sql = format!(
        "SELECT f.dossier, f.seen, f.late, f.model FROM {} CROSS JOIN foretold f \
         WHERE f.dossier = w.dossier AND f.province = ?",
        given.table
    );
    let mut values = given.values;
    values.push(province.as_str().into());
    let rows: Vec<ForetoldRow> = db.all(&sql, values).await.map_err(store_error)?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                table: "foretold",
                id: &row.dossier,
            };
            let dossier: DossierId = place.parse("dossier", &row.dossier)?;
            let model = row.model.map(|model| place.number("model", model));
            let foretold = Foretold {
                province: province.clone(),
                dossier,
                at: place.instant("seen", row.seen)?,
                late: row.late as f64 / MILLION,
                model: model.transpose()?,
            };
            Ok((dossier, foretold))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct ForetoldRow {
    dossier: String,
    seen: i64,
    late: i64,
    model: Option<i64>,
}

fn millionths(chance: f64) -> i64 {
    (chance.clamp(0.0, 1.0) * MILLION).round() as i64
}
