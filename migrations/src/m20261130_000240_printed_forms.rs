//! The log of prints tells the form, and of which event: a dossier has more forms than its receipt.

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

// SQLite changes no primary key, so the table is made anew. Dropping the old one fires no trigger.
const SQLITE: &str = "
CREATE TABLE printed (
    province   TEXT    NOT NULL CHECK (length(province) = 2),
    dossier    TEXT    NOT NULL,
    form       TEXT    NOT NULL,
    version    INTEGER NOT NULL, -- of the event that the form tells; 0 of a receipt
    number     INTEGER NOT NULL CHECK (number > 0), -- counts the prints of this form
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    PRIMARY KEY (province, dossier, form, version, number)
) STRICT, WITHOUT ROWID;
INSERT INTO printed (province, dossier, form, version, number, at, actor, request_id)
SELECT province, dossier, 'slip', 0, number, at, actor, request_id FROM print;
DROP TABLE print;
CREATE UNIQUE INDEX printed_by_request ON printed (province, actor, request_id);
CREATE TRIGGER printed_is_never_changed
BEFORE UPDATE ON printed
BEGIN
    SELECT RAISE(ABORT, 'a print is never changed');
END;
CREATE TRIGGER printed_is_never_deleted
BEFORE DELETE ON printed
BEGIN
    SELECT RAISE(ABORT, 'a print is never deleted');
END;
";

const POSTGRES: &str = "
CREATE TABLE printed (
    version    BIGINT NOT NULL,
    number     BIGINT NOT NULL CHECK (number > 0),
    at         BIGINT NOT NULL,
    province   TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    dossier    TEXT COLLATE \"C\" NOT NULL,
    form       TEXT COLLATE \"C\" NOT NULL,
    actor      TEXT COLLATE \"C\" NOT NULL,
    request_id TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, dossier, form, version, number)
);
INSERT INTO printed (province, dossier, form, version, number, at, actor, request_id)
SELECT province, dossier, 'slip', 0, number, at, actor, request_id FROM print;
DROP TABLE print;
DROP FUNCTION print_is_never_changed();
CREATE UNIQUE INDEX printed_by_request ON printed (province, actor, request_id);
CREATE FUNCTION printed_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a print is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER printed_is_never_changed
BEFORE UPDATE OR DELETE ON printed
FOR EACH ROW EXECUTE FUNCTION printed_is_never_changed();
";
