//! What an office publishes at run time: texts of the catalogue, and jobs over many dossiers.

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
CREATE TABLE document (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number > 0), -- counts the province's documents
    path     TEXT    NOT NULL, -- as in the shipped catalogue: calendar/national.csv
    text     TEXT    NOT NULL,
    hash     TEXT    NOT NULL CHECK (length(hash) = 64),
    reason   TEXT    NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('proposed', 'published', 'rejected')),
    author   TEXT    NOT NULL,
    proposed INTEGER NOT NULL,
    decider  TEXT,
    decided  INTEGER,
    PRIMARY KEY (province, number),
    CHECK ((state = 'proposed') = (decider IS NULL)),
    CHECK ((state = 'proposed') = (decided IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER document_is_decided_once
BEFORE UPDATE ON document
WHEN OLD.state <> 'proposed' OR NEW.text <> OLD.text OR NEW.path <> OLD.path
    OR NEW.hash <> OLD.hash OR NEW.author <> OLD.author OR NEW.proposed <> OLD.proposed
BEGIN
    SELECT RAISE(ABORT, 'a document is decided once and never changed');
END;
CREATE TRIGGER document_is_never_deleted
BEFORE DELETE ON document
BEGIN
    SELECT RAISE(ABORT, 'a document is never deleted');
END;

CREATE TABLE job (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    id       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    spec     TEXT    NOT NULL, -- JSON: all that it needs to be resumed
    actor    TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    begun    INTEGER NOT NULL,
    place    TEXT    NOT NULL, -- the last dossier it dealt with; empty before the first
    seen     INTEGER NOT NULL CHECK (seen >= 0),
    changed  INTEGER NOT NULL CHECK (changed BETWEEN 0 AND seen),
    ended    INTEGER,
    PRIMARY KEY (province, id)
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
CREATE TABLE document (
    number   BIGINT NOT NULL CHECK (number > 0),
    proposed BIGINT NOT NULL,
    decided  BIGINT,
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    path     TEXT COLLATE \"C\" NOT NULL,
    text     TEXT NOT NULL,
    hash     TEXT COLLATE \"C\" NOT NULL CHECK (length(hash) = 64),
    reason   TEXT NOT NULL,
    state    TEXT COLLATE \"C\" NOT NULL CHECK (state IN ('proposed', 'published', 'rejected')),
    author   TEXT COLLATE \"C\" NOT NULL,
    decider  TEXT COLLATE \"C\",
    PRIMARY KEY (province, number),
    CHECK ((state = 'proposed') = (decider IS NULL)),
    CHECK ((state = 'proposed') = (decided IS NULL))
);
CREATE FUNCTION document_is_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a document is decided once and never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER document_is_decided_once
BEFORE UPDATE ON document
FOR EACH ROW WHEN (OLD.state <> 'proposed' OR NEW.text <> OLD.text OR NEW.path <> OLD.path
    OR NEW.hash <> OLD.hash OR NEW.author <> OLD.author OR NEW.proposed <> OLD.proposed)
EXECUTE FUNCTION document_is_decided_once();
CREATE FUNCTION document_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a document is never deleted' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER document_is_never_deleted
BEFORE DELETE ON document
FOR EACH ROW EXECUTE FUNCTION document_is_never_deleted();

CREATE TABLE job (
    begun    BIGINT NOT NULL,
    seen     BIGINT NOT NULL CHECK (seen >= 0),
    changed  BIGINT NOT NULL CHECK (changed >= 0 AND changed <= seen),
    ended    BIGINT,
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    id       TEXT COLLATE \"C\" NOT NULL,
    kind     TEXT COLLATE \"C\" NOT NULL,
    spec     TEXT NOT NULL,
    actor    TEXT COLLATE \"C\" NOT NULL,
    role     TEXT COLLATE \"C\" NOT NULL,
    place    TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, id)
);
";
