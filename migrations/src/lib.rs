//! The database schema, one file a migration. A landed migration is never changed.
//!
//! `schema/sqlite.sql` is the whole current schema as a fresh database shows it. A test
//! proves the two equal; `UPDATE_SCHEMA=1 cargo test -p motcua-tests --test it migrations`
//! writes it anew.

mod m20261121_000001_dossiers;
mod m20261121_000002_personal;
mod m20261121_000003_access;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DynIden, Statement};

/// The current schema on SQLite: every object, separated by [`BETWEEN_OBJECTS`].
pub const SQLITE: &str = include_str!("../schema/sqlite.sql");

/// What separates the objects in [`SQLITE`]; it occurs inside none of them.
pub const BETWEEN_OBJECTS: &str = ";\n\n";

/// Applies the migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_dossiers::Migration),
            Box::new(m20261121_000002_personal::Migration),
            Box::new(m20261121_000003_access::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        Alias::new("migration").into_iden()
    }
}

/// The statements that would make every object of a database, tables before what hangs
/// on them.
pub async fn objects(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let select = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
         ORDER BY tbl_name, type <> 'table', type, name";
    db.query_all_raw(Statement::from_string(DbBackend::Sqlite, select))
        .await?
        .into_iter()
        .map(|row| row.try_get_by_index(0))
        .collect()
}

/// The text of a schema file made from [`objects`].
#[must_use]
pub fn schema_text(objects: &[String]) -> String {
    let mut text = objects.join(BETWEEN_OBJECTS);
    text.push_str(";\n");
    text
}
