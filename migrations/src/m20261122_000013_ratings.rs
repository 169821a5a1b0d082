//! Ratings: the rows that a report of them counts, one a rated dossier.

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
CREATE TABLE rating (
    province TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    rated    INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    unit     TEXT    NOT NULL, -- which decided the dossier
    since    INTEGER NOT NULL CHECK (since BETWEEN 19000101 AND 99991231), -- the day it came to it
    kind     TEXT    NOT NULL CHECK (kind IN ('procedure', 'petition')),
    score    INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
    PRIMARY KEY (province, dossier),
    CHECK (recorded >= rated)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_rated ON rating (province, rated);
";

const POSTGRES: &str = "
CREATE TABLE rating (
    rated    BIGINT   NOT NULL,
    recorded BIGINT   NOT NULL,
    since    BIGINT   NOT NULL CHECK (since BETWEEN 19000101 AND 99991231),
    score    SMALLINT NOT NULL CHECK (score BETWEEN 1 AND 5),
    province TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    unit     TEXT COLLATE \"C\" NOT NULL,
    kind     TEXT COLLATE \"C\" NOT NULL CHECK (kind IN ('procedure', 'petition')),
    PRIMARY KEY (province, dossier),
    CHECK (recorded >= rated)
);
CREATE INDEX rating_rated ON rating (province, rated);
";
