//! Tallies: sums that reports read instead of every dossier.

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

// -1 in `overdue_from` marks a dossier from before this migration, which no tally counts yet.
// `motcua migrate` counts it.
const SQLITE: &str = "
ALTER TABLE dossier ADD COLUMN apart INTEGER NOT NULL DEFAULT 0 CHECK (apart IN (0, 1));
ALTER TABLE dossier ADD COLUMN overdue_from INTEGER NOT NULL DEFAULT -1;
CREATE INDEX dossier_apart ON dossier (province, ended) WHERE apart = 1;
CREATE INDEX dossier_overdue ON dossier (province, overdue_from, ended, resolving)
    WHERE overdue_from < 9223372036854775807;

CREATE TABLE tally (
    province         TEXT    NOT NULL,
    grain            TEXT    NOT NULL CHECK (grain IN ('day', 'month')),
    day              INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- a month by its first
    unit             TEXT    NOT NULL,
    channel          TEXT    NOT NULL CHECK (channel IN ('desk', 'online', 'post')),
    shard            INTEGER NOT NULL, -- writers of different shards never wait for each other
    received         INTEGER NOT NULL,
    early            INTEGER NOT NULL,
    on_due           INTEGER NOT NULL,
    late             INTEGER NOT NULL,
    no_due           INTEGER NOT NULL,
    withdrawn        INTEGER NOT NULL,
    stopped          INTEGER NOT NULL,
    in_time_766      INTEGER NOT NULL,
    in_time_original INTEGER NOT NULL,
    mirror_begun     INTEGER NOT NULL,
    mirror_ended     INTEGER NOT NULL,
    PRIMARY KEY (province, grain, day, unit, channel, shard)
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
ALTER TABLE dossier ADD COLUMN apart SMALLINT NOT NULL DEFAULT 0 CHECK (apart IN (0, 1));
ALTER TABLE dossier ADD COLUMN overdue_from BIGINT NOT NULL DEFAULT -1;
CREATE INDEX dossier_apart ON dossier (province, ended) WHERE apart = 1;
CREATE INDEX dossier_overdue ON dossier (province, overdue_from, ended, resolving)
    WHERE overdue_from < 9223372036854775807;

CREATE TABLE tally (
    day              BIGINT NOT NULL CHECK (day BETWEEN 19000101 AND 99991231),
    received         BIGINT NOT NULL,
    early            BIGINT NOT NULL,
    on_due           BIGINT NOT NULL,
    late             BIGINT NOT NULL,
    no_due           BIGINT NOT NULL,
    withdrawn        BIGINT NOT NULL,
    stopped          BIGINT NOT NULL,
    in_time_766      BIGINT NOT NULL,
    in_time_original BIGINT NOT NULL,
    mirror_begun     BIGINT NOT NULL,
    mirror_ended     BIGINT NOT NULL,
    shard            SMALLINT NOT NULL,
    province         TEXT COLLATE \"C\" NOT NULL,
    grain            TEXT COLLATE \"C\" NOT NULL CHECK (grain IN ('day', 'month')),
    unit             TEXT COLLATE \"C\" NOT NULL,
    channel          TEXT COLLATE \"C\" NOT NULL CHECK (channel IN ('desk', 'online', 'post')),
    PRIMARY KEY (province, grain, day, unit, channel, shard)
);
";
