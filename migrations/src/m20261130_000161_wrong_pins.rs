//! Wrong PINs of the last minutes, so that all processes count them as one.

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

// A peer is a keyed hash of its address; all peers of a dossier together have the empty one.
const SQLITE: &str = "
CREATE TABLE wrong_pin (
    province TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    peer     TEXT    NOT NULL,
    count    INTEGER NOT NULL CHECK (count > 0),
    last     INTEGER NOT NULL,
    PRIMARY KEY (province, dossier, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX wrong_pin_last ON wrong_pin (last);
";

const POSTGRES: &str = "
CREATE TABLE wrong_pin (
    count    BIGINT NOT NULL CHECK (count > 0),
    last     BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    peer     TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, dossier, peer)
);
CREATE INDEX wrong_pin_last ON wrong_pin (last);
";
