//! Programs that are told of every event at an address of their own. How far each one is, stands in
//! `remote`, as of every other system.

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
CREATE TABLE webhook (
    province      TEXT    NOT NULL CHECK (length(province) = 2),
    name          TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    is_inside     INTEGER NOT NULL CHECK (is_inside IN (0, 1)), -- may be an address of a private network
    salt          TEXT    NOT NULL, -- with the installation's key, the source of its secrets
    generation    INTEGER NOT NULL CHECK (generation > 0), -- counts its secrets
    old_until     INTEGER,          -- until then the secret before signs too
    created       INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    last_request  TEXT    NOT NULL, -- the request that changed it last
    PRIMARY KEY (province, name)
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
CREATE TABLE webhook (
    is_inside     BIGINT NOT NULL CHECK (is_inside IN (0, 1)),
    generation    BIGINT NOT NULL CHECK (generation > 0),
    old_until     BIGINT,
    created       BIGINT NOT NULL,
    province      TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    name          TEXT COLLATE \"C\" NOT NULL,
    address       TEXT COLLATE \"C\" NOT NULL,
    salt          TEXT COLLATE \"C\" NOT NULL,
    created_by    TEXT COLLATE \"C\" NOT NULL,
    last_request  TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, name)
);
";
