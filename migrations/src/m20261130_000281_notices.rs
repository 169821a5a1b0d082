//! How citizens agreed to be told, and which events they were told of: each once at most.

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
CREATE TABLE contact (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    dossier  TEXT    NOT NULL,
    channel  TEXT    NOT NULL, -- email, sms, zalo, vneid
    address  TEXT    NOT NULL, -- a personal value, as those in `private`
    language TEXT    NOT NULL CHECK (language IN ('vi', 'en')),
    agreed   INTEGER NOT NULL, -- when the citizen agreed
    noted_by TEXT    NOT NULL, -- who noted it
    PRIMARY KEY (province, dossier, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE notice (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    dossier  TEXT    NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0), -- of the event that is told
    channel  TEXT    NOT NULL,
    begun    INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('sending', 'sent', 'unknown')),
    PRIMARY KEY (province, dossier, version, channel)
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
CREATE TABLE contact (
    agreed    BIGINT NOT NULL,
    province  TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    dossier   TEXT COLLATE \"C\" NOT NULL,
    channel   TEXT COLLATE \"C\" NOT NULL,
    address   TEXT COLLATE \"C\" NOT NULL,
    language  TEXT COLLATE \"C\" NOT NULL CHECK (language IN ('vi', 'en')),
    noted_by TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, dossier, channel)
);
CREATE TABLE notice (
    version   BIGINT NOT NULL CHECK (version > 0),
    begun     BIGINT NOT NULL,
    province  TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    dossier   TEXT COLLATE \"C\" NOT NULL,
    channel   TEXT COLLATE \"C\" NOT NULL,
    state     TEXT COLLATE \"C\" NOT NULL CHECK (state IN ('sending', 'sent', 'unknown')),
    PRIMARY KEY (province, dossier, version, channel)
);
";
