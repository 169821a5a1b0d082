//! Several roles of one person, the last use of tokens, and who changed who may do what.

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
ALTER TABLE account ADD COLUMN also TEXT NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN also TEXT NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN used INTEGER;

CREATE TABLE access_change (
    province   TEXT    NOT NULL CHECK (length(province) = 2),
    number     INTEGER NOT NULL CHECK (number > 0), -- counts the province's changes
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL, -- whose access it is
    token      TEXT,             -- its id
    detail     TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    content    TEXT    NOT NULL CHECK (length(content) = 64),
    PRIMARY KEY (province, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_change_by_request ON access_change (province, actor, request_id);
CREATE TRIGGER access_change_is_never_changed
BEFORE UPDATE ON access_change
BEGIN
    SELECT RAISE(ABORT, 'a change of access is never changed');
END;
CREATE TRIGGER access_change_is_never_deleted
BEFORE DELETE ON access_change
BEGIN
    SELECT RAISE(ABORT, 'a change of access is never deleted');
END;
";

const POSTGRES: &str = "
ALTER TABLE account ADD COLUMN also TEXT NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN also TEXT NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN used BIGINT;

CREATE TABLE access_change (
    number     BIGINT NOT NULL CHECK (number > 0),
    at         BIGINT NOT NULL,
    province   TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    actor      TEXT COLLATE \"C\" NOT NULL,
    kind       TEXT COLLATE \"C\" NOT NULL,
    subject    TEXT COLLATE \"C\" NOT NULL,
    token      TEXT COLLATE \"C\",
    detail     TEXT NOT NULL,
    request_id TEXT COLLATE \"C\" NOT NULL,
    content    TEXT COLLATE \"C\" NOT NULL CHECK (length(content) = 64),
    PRIMARY KEY (province, number)
);
CREATE UNIQUE INDEX access_change_by_request ON access_change (province, actor, request_id);
CREATE FUNCTION access_change_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of access is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER access_change_is_never_changed
BEFORE UPDATE OR DELETE ON access_change
FOR EACH ROW EXECUTE FUNCTION access_change_is_never_changed();
";
