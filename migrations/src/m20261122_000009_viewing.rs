//! Who exported personal values, and why.

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
CREATE TABLE viewing (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number > 0), -- counts the province's viewings
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    what     TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    PRIMARY KEY (province, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER viewing_is_never_changed
BEFORE UPDATE ON viewing
BEGIN
    SELECT RAISE(ABORT, 'a viewing is never changed');
END;
CREATE TRIGGER viewing_is_never_deleted
BEFORE DELETE ON viewing
BEGIN
    SELECT RAISE(ABORT, 'a viewing is never deleted');
END;
";

const POSTGRES: &str = "
CREATE TABLE viewing (
    number   BIGINT NOT NULL CHECK (number > 0),
    at       BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    actor    TEXT COLLATE \"C\" NOT NULL,
    what     TEXT COLLATE \"C\" NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (province, number)
);
CREATE FUNCTION viewing_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a viewing is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER viewing_is_never_changed
BEFORE UPDATE OR DELETE ON viewing
FOR EACH ROW EXECUTE FUNCTION viewing_is_never_changed();
";
