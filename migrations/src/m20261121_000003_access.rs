//! Tokens, the catalogue versions in use, and the identity of the feed.

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

// A caller brings only a secret and names no province, so the index covers the hash alone.
// Catalogue versions and the feed belong to the whole database.
const SQLITE: &str = "
CREATE TABLE token (
    province TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    hash     TEXT    NOT NULL UNIQUE,
    actor    TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    units    TEXT    NOT NULL, -- JSON list
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    revoked  INTEGER,
    PRIMARY KEY (province, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE published (
    kind    TEXT    NOT NULL CHECK (kind IN ('procedure', 'calendar')),
    code    TEXT    NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    hash    TEXT    NOT NULL,
    PRIMARY KEY (kind, code, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER published_is_never_changed
BEFORE UPDATE ON published
BEGIN
    SELECT RAISE(ABORT, 'a published version is never changed');
END;

CREATE TABLE feed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id  TEXT    NOT NULL CHECK (length(id) = 32)
) STRICT;
INSERT INTO feed (one, id) VALUES (1, lower(hex(randomblob(16))));
";

// The server numbers its transactions across all databases. A database dumped and restored into
// another server meets smaller numbers there; `lift` keeps its places growing. `home` is the
// database's number on its server, which tells a copy from the original.
const POSTGRES: &str = "
CREATE TABLE token (
    created  BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    revoked  BIGINT,
    province TEXT COLLATE \"C\" NOT NULL,
    id       TEXT COLLATE \"C\" NOT NULL,
    hash     TEXT COLLATE \"C\" NOT NULL UNIQUE,
    actor    TEXT COLLATE \"C\" NOT NULL,
    role     TEXT COLLATE \"C\" NOT NULL,
    units    TEXT NOT NULL,
    PRIMARY KEY (province, id)
);

CREATE TABLE published (
    version BIGINT NOT NULL CHECK (version > 0),
    kind    TEXT COLLATE \"C\" NOT NULL CHECK (kind IN ('procedure', 'calendar')),
    code    TEXT COLLATE \"C\" NOT NULL,
    hash    TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (kind, code, version)
);
CREATE FUNCTION published_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER published_is_never_changed
BEFORE UPDATE ON published
FOR EACH ROW EXECUTE FUNCTION published_is_never_changed();

CREATE TABLE feed (
    one  BIGINT PRIMARY KEY CHECK (one = 1),
    lift BIGINT NOT NULL CHECK (lift >= 0),
    home BIGINT NOT NULL,
    id   TEXT COLLATE \"C\" NOT NULL CHECK (length(id) = 32)
);
INSERT INTO feed (one, lift, home, id)
SELECT 1, 0, oid::bigint, replace(gen_random_uuid()::text, '-', '')
FROM pg_database WHERE datname = current_database();
";
