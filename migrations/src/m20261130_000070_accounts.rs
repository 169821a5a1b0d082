//! Accounts of officials, and the sessions of officials signed in at the pages.

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

// A person signs in with a name and no province, and a browser brings only a secret, so these
// unique keys lack the province. Neither table grows with the dossiers.
const SQLITE: &str = "
CREATE TABLE account (
    province  TEXT    NOT NULL,
    actor     TEXT    NOT NULL UNIQUE,
    full_name TEXT    NOT NULL CHECK (full_name <> ''),
    position  TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    units     TEXT    NOT NULL, -- JSON list
    password  TEXT    NOT NULL CHECK (password LIKE '$argon2id$%'),
    created   INTEGER NOT NULL,
    disabled  INTEGER,
    PRIMARY KEY (province, actor)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    province TEXT    NOT NULL,
    hash     TEXT    NOT NULL UNIQUE,
    account  TEXT,
    token    TEXT, -- hash of its secret
    begun    INTEGER NOT NULL,
    used     INTEGER NOT NULL CHECK (used >= begun),
    ended    INTEGER,
    PRIMARY KEY (province, hash),
    CHECK ((account IS NULL) <> (token IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_use ON session (used);
CREATE INDEX session_by_account ON session (account) WHERE account IS NOT NULL;
";

const POSTGRES: &str = "
CREATE TABLE account (
    created   BIGINT NOT NULL,
    disabled  BIGINT,
    province  TEXT COLLATE \"C\" NOT NULL,
    actor     TEXT COLLATE \"C\" NOT NULL UNIQUE,
    full_name TEXT NOT NULL CHECK (full_name <> ''),
    position  TEXT NOT NULL,
    role      TEXT COLLATE \"C\" NOT NULL,
    units     TEXT NOT NULL,
    password  TEXT NOT NULL CHECK (password LIKE '$argon2id$%'),
    PRIMARY KEY (province, actor)
);

CREATE TABLE session (
    begun    BIGINT NOT NULL,
    used     BIGINT NOT NULL CHECK (used >= begun),
    ended    BIGINT,
    province TEXT COLLATE \"C\" NOT NULL,
    hash     TEXT COLLATE \"C\" NOT NULL UNIQUE,
    account  TEXT COLLATE \"C\",
    token    TEXT COLLATE \"C\",
    PRIMARY KEY (province, hash),
    CHECK ((account IS NULL) <> (token IS NULL))
);
CREATE INDEX session_by_use ON session (used);
CREATE INDEX session_by_account ON session (account) WHERE account IS NOT NULL;
";
