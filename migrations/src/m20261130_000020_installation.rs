//! Which installation a database belongs to.

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

// One row at most. The check value tells whether a key is the one from which PINs were derived.
const SQLITE: &str = "
CREATE TABLE installation (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    key_check TEXT    NOT NULL CHECK (length(key_check) = 64)
) STRICT;
";

const POSTGRES: &str = "
CREATE TABLE installation (
    one       SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    key_check TEXT COLLATE \"C\" NOT NULL CHECK (length(key_check) = 64)
);
";
