//! Numbers that are never given: they may have been given out after the backup that was put back.

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
CREATE TABLE skipped (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    unit     TEXT    NOT NULL,
    day      INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- yyyymmdd
    first    INTEGER NOT NULL CHECK (first > 0),
    last     INTEGER NOT NULL,
    restored INTEGER NOT NULL, -- when the backup was put back
    PRIMARY KEY (province, unit, day, first),
    CHECK (last >= first)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER skipped_is_never_changed
BEFORE UPDATE ON skipped
BEGIN
    SELECT RAISE(ABORT, 'skipped numbers are never changed');
END;
CREATE TRIGGER skipped_is_never_deleted
BEFORE DELETE ON skipped
BEGIN
    SELECT RAISE(ABORT, 'skipped numbers are never deleted');
END;
";

const POSTGRES: &str = "
CREATE TABLE skipped (
    day      BIGINT NOT NULL CHECK (day BETWEEN 19000101 AND 99991231),
    first    BIGINT NOT NULL CHECK (first > 0),
    last     BIGINT NOT NULL,
    restored BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    unit     TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, unit, day, first),
    CHECK (last >= first)
);
CREATE FUNCTION skipped_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'skipped numbers are never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER skipped_is_never_changed
BEFORE UPDATE OR DELETE ON skipped
FOR EACH ROW EXECUTE FUNCTION skipped_is_never_changed();
";
