//! Look-ups of the public, counted for all processes on one server together.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, SQLITE, POSTGRES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

// A peer is a keyed hash of its address and the day. It belongs to no province, because whoever looks up
// may ask for codes of any.
const SQLITE: &str = "
CREATE TABLE visitor (
    peer TEXT    NOT NULL PRIMARY KEY,
    busy INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX visitor_busy ON visitor (busy);
";

const POSTGRES: &str = "
CREATE TABLE visitor (
    busy BIGINT NOT NULL,
    peer TEXT COLLATE \"C\" NOT NULL PRIMARY KEY
);
CREATE INDEX visitor_busy ON visitor (busy);
";
