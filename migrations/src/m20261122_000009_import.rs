//! History from other systems: imports, and the origin of each imported dossier.

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

// Nobody sees the dossiers of an unfinished import. A finished import has a place in the feed; its
// events have places below zero, which the feed does not serve.
const SQLITE: &str = "
CREATE TABLE import (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number BETWEEN 1 AND 999999),
    source   TEXT    NOT NULL, -- the other system
    files    TEXT    NOT NULL CHECK (length(files) = 64), -- hash of the map and the files
    actor    TEXT    NOT NULL,
    begun    INTEGER NOT NULL,
    done     INTEGER NOT NULL CHECK (done >= 0), -- how many dossiers of the files were dealt with
    dossiers INTEGER NOT NULL CHECK (dossiers BETWEEN 0 AND done), -- how many were added
    events   INTEGER NOT NULL CHECK (events >= 0),
    finished INTEGER,
    place    INTEGER CHECK (place > 0), -- in the feed
    PRIMARY KEY (province, number),
    CHECK ((finished IS NULL) = (place IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX import_running ON import (province, source) WHERE finished IS NULL;
CREATE INDEX import_place ON import (province, place) WHERE place IS NOT NULL;

CREATE TABLE origin (
    province TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    name     TEXT    NOT NULL, -- what the other system calls the dossier
    dossier  TEXT    NOT NULL,
    digest   INTEGER NOT NULL, -- of all that it said about it
    PRIMARY KEY (province, source, name),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;

ALTER TABLE dossier ADD COLUMN import INTEGER;
";

const POSTGRES: &str = "
CREATE TABLE import (
    number   BIGINT NOT NULL CHECK (number BETWEEN 1 AND 999999),
    begun    BIGINT NOT NULL,
    done     BIGINT NOT NULL CHECK (done >= 0),
    dossiers BIGINT NOT NULL CHECK (dossiers BETWEEN 0 AND done),
    events   BIGINT NOT NULL CHECK (events >= 0),
    finished BIGINT,
    place    BIGINT CHECK (place > 0),
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    source   TEXT COLLATE \"C\" NOT NULL,
    files    TEXT COLLATE \"C\" NOT NULL CHECK (length(files) = 64),
    actor    TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, number),
    CHECK ((finished IS NULL) = (place IS NULL))
);
CREATE UNIQUE INDEX import_running ON import (province, source) WHERE finished IS NULL;
CREATE INDEX import_place ON import (province, place) WHERE place IS NOT NULL;

CREATE TABLE origin (
    digest   BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL,
    source   TEXT COLLATE \"C\" NOT NULL,
    name     TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, source, name),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);

ALTER TABLE dossier ADD COLUMN import BIGINT;
ALTER TABLE event DROP CONSTRAINT event_seq_check;
ALTER TABLE event ADD CONSTRAINT event_seq_check CHECK (seq <> 0);
";
