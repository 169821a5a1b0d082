//! Who saw personal values on screens, in lists and over the wire.

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
CREATE TABLE viewed (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number > 0), -- counts the province's rows
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    kind     TEXT    NOT NULL, -- a dossier opened, a search, a list
    token    TEXT    NOT NULL, -- the id of the token; empty for a session of an account
    detail   TEXT    NOT NULL, -- a code or a unit, never a personal value
    PRIMARY KEY (province, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX viewed_at ON viewed (province, at);
CREATE TRIGGER viewed_is_never_changed
BEFORE UPDATE ON viewed
BEGIN
    SELECT RAISE(ABORT, 'what was viewed is never changed');
END;
CREATE TRIGGER viewed_is_never_deleted
BEFORE DELETE ON viewed
BEGIN
    SELECT RAISE(ABORT, 'what was viewed is never deleted');
END;
";

const POSTGRES: &str = "
CREATE TABLE viewed (
    number   BIGINT NOT NULL CHECK (number > 0),
    at       BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    actor    TEXT COLLATE \"C\" NOT NULL,
    kind     TEXT COLLATE \"C\" NOT NULL,
    token    TEXT COLLATE \"C\" NOT NULL,
    detail   TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, number)
);
CREATE INDEX viewed_at ON viewed (province, at);
CREATE FUNCTION viewed_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was viewed is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER viewed_is_never_changed
BEFORE UPDATE OR DELETE ON viewed
FOR EACH ROW EXECUTE FUNCTION viewed_is_never_changed();
";
