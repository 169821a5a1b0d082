//! Dossiers, their events, codes and numbers, and which units have an interest in them.
//!
//! Every key begins with the province, so that each table can be split by province without changing
//! meaning. Times are microseconds since 1970 in UTC.

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
CREATE TABLE dossier (
    province     TEXT    NOT NULL CHECK (length(province) = 2),
    id           TEXT    NOT NULL CHECK (length(id) = 26),
    version      INTEGER NOT NULL CHECK (version > 0),
    status       INTEGER NOT NULL CHECK (status BETWEEN 1 AND 10),
    procedure    TEXT    NOT NULL,
    channel      TEXT    NOT NULL CHECK (channel IN ('desk', 'online', 'post')),
    resolving    TEXT    NOT NULL,
    begun        INTEGER NOT NULL, -- event time of the first event
    received     INTEGER,
    ended        INTEGER NOT NULL, -- 9223372036854775807 while it has not
    due          INTEGER NOT NULL, -- 9223372036854775807 when there is none
    last_event   INTEGER NOT NULL, -- greatest event time
    first_record INTEGER NOT NULL, -- record time of the first event
    last_record  INTEGER NOT NULL, -- record time of the last event
    fold         TEXT    NOT NULL, -- the whole dossier as JSON
    PRIMARY KEY (province, id),
    CHECK (first_record <= last_record)
) STRICT;
-- Callers often know only the id.
CREATE INDEX dossier_id ON dossier (id);
-- The worklist of a province; the statuses are the open ones.
CREATE INDEX dossier_open ON dossier (province, due, id) WHERE status IN (1, 2, 4, 5, 6);
CREATE INDEX dossier_ended ON dossier (province, ended);
CREATE INDEX dossier_last_record ON dossier (province, last_record);

CREATE TABLE event (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- place in the feed
    province    TEXT    NOT NULL,
    dossier     TEXT    NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    event_time  INTEGER NOT NULL,
    record_time INTEGER NOT NULL CHECK (record_time >= event_time),
    actor       TEXT    NOT NULL,
    request_id  TEXT    NOT NULL CHECK (length(request_id) = 36),
    part        INTEGER NOT NULL CHECK (part >= 0),
    content     BLOB    NOT NULL CHECK (length(content) = 32),
    bytes       BLOB    NOT NULL, -- exactly what the audit chain hashes
    prev_hash   BLOB             CHECK (length(prev_hash) = 32),
    hash        BLOB             CHECK (length(hash) = 32),
    UNIQUE (province, dossier, version),
    UNIQUE (province, actor, request_id, part),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT;
CREATE TRIGGER event_is_never_changed
BEFORE UPDATE OF seq, province, dossier, version, event_time, record_time, actor, request_id, part,
    content, bytes ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;
CREATE TRIGGER event_is_never_deleted
BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never deleted');
END;
CREATE TRIGGER event_has_a_predecessor
BEFORE INSERT ON event
WHEN NEW.version > 1 AND NOT EXISTS (
    SELECT 1 FROM event
    WHERE province = NEW.province AND dossier = NEW.dossier AND version = NEW.version - 1
)
BEGIN
    SELECT RAISE(ABORT, 'an event needs the one before it');
END;

CREATE TABLE code (
    province TEXT NOT NULL,
    code     TEXT NOT NULL,
    dossier  TEXT NOT NULL,
    PRIMARY KEY (province, code),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;
-- A citizen does not know the province.
CREATE INDEX code_code ON code (code);

CREATE TABLE counter (
    province TEXT    NOT NULL,
    unit     TEXT    NOT NULL,
    day      INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- yyyymmdd
    last     INTEGER NOT NULL CHECK (last > 0),
    PRIMARY KEY (province, unit, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE interest (
    province TEXT    NOT NULL,
    unit     TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    roles    INTEGER NOT NULL CHECK (roles BETWEEN 1 AND 255),
    open     INTEGER NOT NULL CHECK (open IN (0, 1)),
    due      INTEGER NOT NULL, -- 9223372036854775807 when there is none
    PRIMARY KEY (province, unit, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX interest_worklist ON interest (province, unit, open, due, dossier);
CREATE INDEX interest_dossier ON interest (province, dossier);
";

// Texts sort and compare by their bytes, as they do on SQLite. A place in the feed is the number of
// the transaction and of the event in it (20 bits). A reader who stays below the oldest open
// transaction therefore skips nothing; see `feed`.
const POSTGRES: &str = "
CREATE TABLE dossier (
    province     TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    id           TEXT COLLATE \"C\" NOT NULL CHECK (length(id) = 26),
    version      BIGINT NOT NULL CHECK (version > 0),
    begun        BIGINT NOT NULL,
    received     BIGINT,
    ended        BIGINT NOT NULL,
    due          BIGINT NOT NULL,
    last_event   BIGINT NOT NULL,
    first_record BIGINT NOT NULL,
    last_record  BIGINT NOT NULL,
    status       SMALLINT NOT NULL CHECK (status BETWEEN 1 AND 10),
    procedure    TEXT COLLATE \"C\" NOT NULL,
    channel      TEXT COLLATE \"C\" NOT NULL CHECK (channel IN ('desk', 'online', 'post')),
    resolving    TEXT COLLATE \"C\" NOT NULL,
    fold         TEXT NOT NULL,
    PRIMARY KEY (province, id),
    CHECK (first_record <= last_record)
);
CREATE INDEX dossier_id ON dossier (id);
CREATE INDEX dossier_open ON dossier (province, due, id) WHERE status IN (1, 2, 4, 5, 6);
CREATE INDEX dossier_ended ON dossier (province, ended);
CREATE INDEX dossier_last_record ON dossier (province, last_record);

CREATE TABLE event (
    seq         BIGINT NOT NULL CHECK (seq > 0),
    version     BIGINT NOT NULL CHECK (version > 0),
    event_time  BIGINT NOT NULL,
    record_time BIGINT NOT NULL CHECK (record_time >= event_time),
    part        INTEGER NOT NULL CHECK (part >= 0),
    province    TEXT COLLATE \"C\" NOT NULL,
    dossier     TEXT COLLATE \"C\" NOT NULL,
    actor       TEXT COLLATE \"C\" NOT NULL,
    request_id  TEXT COLLATE \"C\" NOT NULL CHECK (length(request_id) = 36),
    content     BYTEA NOT NULL CHECK (length(content) = 32),
    bytes       BYTEA NOT NULL,
    prev_hash   BYTEA CHECK (length(prev_hash) = 32),
    hash        BYTEA CHECK (length(hash) = 32),
    PRIMARY KEY (province, seq),
    UNIQUE (province, dossier, version),
    UNIQUE (province, actor, request_id, part),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);
CREATE FUNCTION event_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER event_is_never_changed
BEFORE UPDATE OF seq, province, dossier, version, event_time, record_time, actor, request_id, part,
    content, bytes ON event
FOR EACH ROW EXECUTE FUNCTION event_is_never_changed();
CREATE FUNCTION event_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never deleted' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER event_is_never_deleted
BEFORE DELETE ON event
FOR EACH ROW EXECUTE FUNCTION event_is_never_deleted();
CREATE TRIGGER event_is_never_emptied
BEFORE TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION event_is_never_deleted();
CREATE FUNCTION event_has_a_predecessor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM event
        WHERE province = NEW.province AND dossier = NEW.dossier AND version = NEW.version - 1
    ) THEN
        RAISE EXCEPTION 'an event needs the one before it' USING ERRCODE = 'MC001';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER event_has_a_predecessor
BEFORE INSERT ON event
FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION event_has_a_predecessor();

CREATE TABLE code (
    province TEXT COLLATE \"C\" NOT NULL,
    code     TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, code),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);
CREATE INDEX code_code ON code (code);

CREATE TABLE counter (
    day      BIGINT NOT NULL CHECK (day BETWEEN 19000101 AND 99991231),
    last     BIGINT NOT NULL CHECK (last > 0),
    province TEXT COLLATE \"C\" NOT NULL,
    unit     TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, unit, day)
);

CREATE TABLE interest (
    due      BIGINT NOT NULL,
    roles    SMALLINT NOT NULL CHECK (roles BETWEEN 1 AND 255),
    open     SMALLINT NOT NULL CHECK (open IN (0, 1)),
    province TEXT COLLATE \"C\" NOT NULL,
    unit     TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, unit, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);
CREATE INDEX interest_worklist ON interest (province, unit, open, due, dossier);
CREATE INDEX interest_dossier ON interest (province, dossier);
";
