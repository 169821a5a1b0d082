//! What came of asking other systems which dossiers they have.

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

const SQLITE: &str = "
CREATE TABLE reading (
    province  TEXT    NOT NULL CHECK (length(province) = 2),
    system    TEXT    NOT NULL, -- its name in the configuration
    begun     INTEGER NOT NULL,
    ended     INTEGER NOT NULL,
    next_at   INTEGER NOT NULL, -- when it is asked next
    whole     INTEGER, -- when it last answered everything
    row_count INTEGER NOT NULL,
    added     INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    known     INTEGER NOT NULL,
    failed    INTEGER NOT NULL, -- questions without an answer
    findings  TEXT    NOT NULL, -- what a person should look at, in JSON, without personal values
    PRIMARY KEY (province, system)
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
CREATE TABLE reading (
    begun     BIGINT NOT NULL,
    ended     BIGINT NOT NULL,
    next_at   BIGINT NOT NULL,
    whole     BIGINT,
    row_count BIGINT NOT NULL,
    added     BIGINT NOT NULL,
    updated   BIGINT NOT NULL,
    known     BIGINT NOT NULL,
    failed    BIGINT NOT NULL,
    province  TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    system    TEXT COLLATE \"C\" NOT NULL,
    findings  TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, system)
);
";
