//! What other systems have acknowledged of each dossier, and how long it took.

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
CREATE TABLE told (
    province  TEXT    NOT NULL CHECK (length(province) = 2),
    remote    TEXT    NOT NULL,
    dossier   TEXT    NOT NULL,
    version   INTEGER NOT NULL CHECK (version > 0), -- the last event that the remote has
    status    INTEGER NOT NULL CHECK (status BETWEEN 1 AND 10), -- since that event
    event_at  INTEGER NOT NULL, -- when that event happened
    record_at INTEGER NOT NULL, -- when it was written here
    told_at   INTEGER NOT NULL, -- when the remote had it
    first_at  INTEGER NOT NULL, -- when the remote had the dossier at all
    slowest   INTEGER NOT NULL, -- the longest time, in microseconds, that an event took from here to there
    PRIMARY KEY (province, remote, dossier)
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
CREATE TABLE told (
    version   BIGINT NOT NULL CHECK (version > 0),
    status    BIGINT NOT NULL CHECK (status BETWEEN 1 AND 10),
    event_at  BIGINT NOT NULL,
    record_at BIGINT NOT NULL,
    told_at   BIGINT NOT NULL,
    first_at  BIGINT NOT NULL,
    slowest   BIGINT NOT NULL,
    province  TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    remote    TEXT COLLATE \"C\" NOT NULL,
    dossier   TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, remote, dossier)
);
";
