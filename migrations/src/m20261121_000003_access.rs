//! Tokens, the catalogue versions in use, and the identity of the feed.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

// Whoever comes with a secret has not said from which province, hence the index on the
// hash alone. Catalogue versions and the feed belong to the whole database.
const UP: &str = "
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
