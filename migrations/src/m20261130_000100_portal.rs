//! What is under way to other systems: a cursor in the feed for each, and a row only for a dossier
//! that is in flight or parked.

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
CREATE TABLE remote (
    province     TEXT    NOT NULL CHECK (length(province) = 2),
    name         TEXT    NOT NULL,
    epoch        INTEGER NOT NULL CHECK (epoch > 0), -- counts the processes that have worked for it
    holder       TEXT    NOT NULL,
    lease_until  INTEGER NOT NULL,
    cursor       TEXT    NOT NULL, -- in the feed; empty before the first event
    walk_after   TEXT,             -- the last dossier that a running comparison has looked at
    walk_begun   INTEGER,
    walk_ended   INTEGER,
    closed_until INTEGER,          -- no call before this, since the last ones failed
    failures     INTEGER NOT NULL,
    last_success INTEGER,
    last_failure INTEGER,
    last_words   TEXT    NOT NULL,
    walk_request TEXT    NOT NULL, -- the request that ordered the last comparison
    PRIMARY KEY (province, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE parcel (
    province   TEXT    NOT NULL CHECK (length(province) = 2),
    remote     TEXT    NOT NULL,
    dossier    TEXT    NOT NULL,
    first      INTEGER NOT NULL CHECK (first > 0), -- the first event that the remote may not have
    last       INTEGER NOT NULL CHECK (last >= first),
    epoch      INTEGER NOT NULL, -- 0: nobody knows what has arrived
    attempts   INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    parked     INTEGER,          -- when it was laid aside for a person
    reason     TEXT    NOT NULL,
    words      TEXT    NOT NULL,
    asked      TEXT    NOT NULL,
    retried_by TEXT    NOT NULL, -- the request that last sent it again
    PRIMARY KEY (province, remote, dossier)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcel_by_time ON parcel (province, remote, next_at) WHERE parked IS NULL;
";

const POSTGRES: &str = "
CREATE TABLE remote (
    epoch        BIGINT NOT NULL CHECK (epoch > 0),
    lease_until  BIGINT NOT NULL,
    walk_begun   BIGINT,
    walk_ended   BIGINT,
    closed_until BIGINT,
    failures     BIGINT NOT NULL,
    last_success BIGINT,
    last_failure BIGINT,
    province     TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    name         TEXT COLLATE \"C\" NOT NULL,
    holder       TEXT COLLATE \"C\" NOT NULL,
    cursor       TEXT COLLATE \"C\" NOT NULL,
    walk_after   TEXT COLLATE \"C\",
    last_words   TEXT COLLATE \"C\" NOT NULL,
    walk_request TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, name)
);
CREATE TABLE parcel (
    first      BIGINT NOT NULL CHECK (first > 0),
    last       BIGINT NOT NULL CHECK (last >= first),
    epoch      BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    parked     BIGINT,
    province   TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    remote     TEXT COLLATE \"C\" NOT NULL,
    dossier    TEXT COLLATE \"C\" NOT NULL,
    reason     TEXT COLLATE \"C\" NOT NULL,
    words      TEXT COLLATE \"C\" NOT NULL,
    asked      TEXT COLLATE \"C\" NOT NULL,
    retried_by TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, remote, dossier)
);
CREATE INDEX parcel_by_time ON parcel (province, remote, next_at) WHERE parked IS NULL;
";
