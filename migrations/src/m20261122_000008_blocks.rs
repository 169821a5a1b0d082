//! Blocks of numbers that desks reserve for a time offline.

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

// A day with blocks alone has not begun. A dossier received online the day before must not get a
// number of that day.
const SQLITE: &str = "
ALTER TABLE counter ADD COLUMN begun INTEGER NOT NULL DEFAULT 1 CHECK (begun IN (0, 1));

CREATE TABLE block (
    province   TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    day        INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- yyyymmdd
    first      INTEGER NOT NULL CHECK (first > 0),
    last       INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    request_id TEXT    NOT NULL CHECK (length(request_id) = 36),
    taken      INTEGER NOT NULL,
    PRIMARY KEY (province, unit, day, first),
    UNIQUE (province, actor, request_id),
    CHECK (last >= first)
) STRICT, WITHOUT ROWID;

CREATE TABLE block_number (
    province TEXT    NOT NULL,
    unit     TEXT    NOT NULL,
    day      INTEGER NOT NULL,
    number   INTEGER NOT NULL CHECK (number > 0),
    first    INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('open', 'used', 'void')),
    dossier  TEXT,
    reason   TEXT CHECK (reason IN ('unused', 'spoilt', 'lost')),
    actor    TEXT,
    settled  INTEGER,
    PRIMARY KEY (province, unit, day, number),
    FOREIGN KEY (province, unit, day, first) REFERENCES block (province, unit, day, first),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id),
    CHECK ((state = 'used') = (dossier IS NOT NULL)),
    CHECK ((state = 'void') = (reason IS NOT NULL)),
    CHECK ((state = 'open') = (actor IS NULL)),
    CHECK ((state = 'open') = (settled IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER block_number_is_settled_once
BEFORE UPDATE ON block_number
WHEN OLD.state <> 'open'
BEGIN
    SELECT RAISE(ABORT, 'a number of a block is settled once');
END;
CREATE TRIGGER block_number_is_never_deleted
BEFORE DELETE ON block_number
BEGIN
    SELECT RAISE(ABORT, 'a number of a block is never deleted');
END;
";

const POSTGRES: &str = "
ALTER TABLE counter ADD COLUMN begun SMALLINT NOT NULL DEFAULT 1 CHECK (begun IN (0, 1));

CREATE TABLE block (
    day        BIGINT NOT NULL CHECK (day BETWEEN 19000101 AND 99991231),
    first      BIGINT NOT NULL CHECK (first > 0),
    last       BIGINT NOT NULL,
    taken      BIGINT NOT NULL,
    province   TEXT COLLATE \"C\" NOT NULL,
    unit       TEXT COLLATE \"C\" NOT NULL,
    actor      TEXT COLLATE \"C\" NOT NULL,
    request_id TEXT COLLATE \"C\" NOT NULL CHECK (length(request_id) = 36),
    PRIMARY KEY (province, unit, day, first),
    UNIQUE (province, actor, request_id),
    CHECK (last >= first)
);

CREATE TABLE block_number (
    day      BIGINT NOT NULL,
    number   BIGINT NOT NULL CHECK (number > 0),
    first    BIGINT NOT NULL,
    settled  BIGINT,
    province TEXT COLLATE \"C\" NOT NULL,
    unit     TEXT COLLATE \"C\" NOT NULL,
    state    TEXT COLLATE \"C\" NOT NULL CHECK (state IN ('open', 'used', 'void')),
    dossier  TEXT COLLATE \"C\",
    reason   TEXT COLLATE \"C\" CHECK (reason IN ('unused', 'spoilt', 'lost')),
    actor    TEXT COLLATE \"C\",
    PRIMARY KEY (province, unit, day, number),
    FOREIGN KEY (province, unit, day, first) REFERENCES block (province, unit, day, first),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id),
    CHECK ((state = 'used') = (dossier IS NOT NULL)),
    CHECK ((state = 'void') = (reason IS NOT NULL)),
    CHECK ((state = 'open') = (actor IS NULL)),
    CHECK ((state = 'open') = (settled IS NULL))
);
CREATE FUNCTION block_number_is_settled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a number of a block is settled once' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER block_number_is_settled_once
BEFORE UPDATE ON block_number
FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION block_number_is_settled_once();
CREATE FUNCTION block_number_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a number of a block is never deleted' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER block_number_is_never_deleted
BEFORE DELETE ON block_number
FOR EACH ROW EXECUTE FUNCTION block_number_is_never_deleted();
";
