//! Each night's comparison of a remote with what is here.

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
CREATE TABLE kept_sheet (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    remote   TEXT    NOT NULL, -- its name in the configuration
    night    TEXT    NOT NULL, -- the day on which the night ended
    made     INTEGER NOT NULL,
    sheet    TEXT    NOT NULL, -- sums, and the lines that differ, in JSON, without personal values
    PRIMARY KEY (province, remote, night)
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
CREATE TABLE kept_sheet (
    made     BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    remote   TEXT COLLATE \"C\" NOT NULL,
    night    TEXT COLLATE \"C\" NOT NULL,
    sheet    TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, remote, night)
);
";
