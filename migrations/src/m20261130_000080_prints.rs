//! Who printed which receipt, and when.

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
CREATE TABLE print (
    province   TEXT    NOT NULL CHECK (length(province) = 2),
    dossier    TEXT    NOT NULL,
    number     INTEGER NOT NULL CHECK (number > 0), -- counts the prints of the dossier's receipt
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    PRIMARY KEY (province, dossier, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX print_by_request ON print (province, actor, request_id);
CREATE TRIGGER print_is_never_changed
BEFORE UPDATE ON print
BEGIN
    SELECT RAISE(ABORT, 'a print is never changed');
END;
CREATE TRIGGER print_is_never_deleted
BEFORE DELETE ON print
BEGIN
    SELECT RAISE(ABORT, 'a print is never deleted');
END;
";

const POSTGRES: &str = "
CREATE TABLE print (
    number     BIGINT NOT NULL CHECK (number > 0),
    at         BIGINT NOT NULL,
    province   TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    dossier    TEXT COLLATE \"C\" NOT NULL,
    actor      TEXT COLLATE \"C\" NOT NULL,
    request_id TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, dossier, number)
);
CREATE UNIQUE INDEX print_by_request ON print (province, actor, request_id);
CREATE FUNCTION print_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a print is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER print_is_never_changed
BEFORE UPDATE OR DELETE ON print
FOR EACH ROW EXECUTE FUNCTION print_is_never_changed();
";
