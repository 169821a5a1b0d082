//! The codes under which dossiers are found.

use std::collections::HashSet;

use app::ports::Change;
use domain::code::AnyCode;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::{Value as Json, json};

use super::failure::{Failure, clash_unless, keys_of};
use crate::bulk::{BulkInsert, Statement};
use crate::executor::{Dialect, Executor};
use crate::value_table::ValueTable;

#[derive(FromQueryResult)]
struct CodeRow {
    province: String,
    code: String,
    dossier: String,
}

const CODE: BulkInsert<3> = BulkInsert {
    table: "code",
    columns: ["province", "code", "dossier"],
    nullable: &[],
};

pub(super) async fn write<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let wanted = wanted(changes);
    release(db, changes).await?;
    let mut taken: HashSet<[String; 3]> = HashSet::new();
    for statement in statements(db.dialect(), &wanted) {
        let written: Vec<CodeRow> = db.all(&statement.sql, statement.values).await?;
        taken.extend(written.into_iter().map(CodeRow::into_row));
    }
    // A code that the dossier already has is no clash.
    let rest = wanted.iter().filter(|row| !taken.contains(*row));
    let rest: Vec<[Json; 2]> = rest
        .map(|[province, code, _]| [json!(province), json!(code)])
        .collect();
    if !rest.is_empty() {
        let given = ValueTable::new(db, "w", ["province", "code"], rest);
        let sql = format!(
            "SELECT c.province, c.code, c.dossier FROM {} CROSS JOIN code c \
             WHERE c.province = w.province AND c.code = w.code",
            given.table
        );
        let held: Vec<CodeRow> = db.all(&sql, given.values).await?;
        taken.extend(held.into_iter().map(CodeRow::into_row));
    }
    let has = |change: &Change, code: &AnyCode| {
        taken.contains(&[
            change.dossier.province.as_str().to_owned(),
            code.as_str().to_owned(),
            change.dossier.id.to_string(),
        ])
    };
    let numbered = keys_of(changes, |change| {
        let sealed = change.number.as_ref().and(change.dossier.code.as_ref());
        sealed.is_some_and(|code| !has(change, code))
    });
    if !numbered.is_empty() {
        return Err(Failure::NumberTaken(numbered));
    }
    clash_unless(changes, |change| {
        change.codes.iter().all(|code| has(change, code))
    })
}

/// The codes of the batch's dossiers: province, code, dossier.
///
/// Sorted by code, the order in which every writer locks them. If two dossiers want one code, the
/// first one gets it.
pub(super) fn wanted(changes: &[Change]) -> Vec<[String; 3]> {
    let mut wanted: Vec<[String; 3]> = Vec::new();
    for change in changes {
        let province = change.dossier.province.as_str();
        let id = change.dossier.id.to_string();
        for code in &change.codes {
            wanted.push([province.to_owned(), code.as_str().to_owned(), id.clone()]);
        }
    }
    wanted.sort_by(|a, b| a[..2].cmp(&b[..2]));
    wanted
}

/// Writes the codes that nobody has, and returns a row for each.
pub(super) fn statements(dialect: Dialect, wanted: &[[String; 3]]) -> Vec<Statement> {
    let rows = wanted.iter().cloned().map(|row| row.map(Value::from));
    CODE.statements(
        dialect,
        rows.collect(),
        "ON CONFLICT (province, code) DO NOTHING RETURNING province, code, dossier",
    )
}

/// Frees codes that a dossier no longer has, for the dossier to which they belong.
async fn release<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    changes: &[Change],
) -> Result<(), Failure> {
    let mut released: Vec<[Json; 3]> = Vec::new();
    for change in changes {
        for code in &change.released {
            released.push([
                json!(change.dossier.province.as_str()),
                json!(code.as_str()),
                json!(change.dossier.id.to_string()),
            ]);
        }
    }
    if released.is_empty() {
        return Ok(());
    }
    let given = ValueTable::new(db, "w", ["province", "code", "dossier"], released);
    let sql = format!(
        "DELETE FROM code WHERE (province, code, dossier) IN \
             (SELECT province, code, dossier FROM {})",
        given.table
    );
    db.run(&sql, given.values).await?;
    Ok(())
}

impl CodeRow {
    fn into_row(self) -> [String; 3] {
        [self.province, self.code, self.dossier]
    }
}
