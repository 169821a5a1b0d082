//! What was viewed may go when its time is over: rows before a moment that only moves on.

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
CREATE TABLE viewed_since (
    province TEXT    NOT NULL PRIMARY KEY CHECK (length(province) = 2),
    at       INTEGER NOT NULL -- what was viewed before is gone, or may go
) STRICT, WITHOUT ROWID;
CREATE TRIGGER viewed_since_only_moves_on
BEFORE UPDATE ON viewed_since
WHEN new.at < old.at OR new.province <> old.province
BEGIN
    SELECT RAISE(ABORT, 'the moment before which viewings are gone only moves on');
END;
CREATE TRIGGER viewed_since_is_never_deleted
BEFORE DELETE ON viewed_since
BEGIN
    SELECT RAISE(ABORT, 'the moment before which viewings are gone only moves on');
END;
DROP TRIGGER viewed_is_never_deleted;
CREATE TRIGGER viewed_goes_when_its_time_is_over
BEFORE DELETE ON viewed
WHEN NOT EXISTS (SELECT 1 FROM viewed_since s WHERE s.province = old.province AND old.at < s.at)
BEGIN
    SELECT RAISE(ABORT, 'what was viewed is not deleted before its time is over');
END;
";

const POSTGRES: &str = "
CREATE TABLE viewed_since (
    at       BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL PRIMARY KEY CHECK (length(province) = 2)
);
CREATE FUNCTION viewed_since_only_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND new.at >= old.at AND new.province = old.province THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'the moment before which viewings are gone only moves on' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER viewed_since_only_moves_on
BEFORE UPDATE OR DELETE ON viewed_since
FOR EACH ROW EXECUTE FUNCTION viewed_since_only_moves_on();
CREATE OR REPLACE FUNCTION viewed_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM viewed_since s WHERE s.province = old.province AND old.at < s.at) THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION 'what was viewed is never changed, nor deleted before its time is over'
        USING ERRCODE = 'MC001';
END
$$;
";
