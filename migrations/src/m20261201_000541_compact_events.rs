//! Keeps the id of an event's request as 16 bytes that stand for its actor too, so that the unique index
//! of requests is a third as large, and half of the hash of its content.
//!
//! The events that are there wait in the table `event_before`. The store moves them into the new one in
//! pieces after the migrations, so that no transaction grows with the database. A later migration that reads
//! events finds only those of a database whose events were moved.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let divided = match manager.get_database_backend() {
            DbBackend::Postgres => is_divided(db).await?,
            _ => false,
        };
        let postgres = if divided {
            format!("{BEFORE}{TABLE} PARTITION BY LIST (province);{PARTS}{AFTER}")
        } else {
            format!("{BEFORE}{TABLE};{AFTER}")
        };
        crate::run(manager, SQLITE, &postgres).await?;
        let backend = db.get_database_backend();
        let any = "SELECT 1 FROM event_before LIMIT 1";
        let any = db
            .query_one_raw(Statement::from_string(backend, any))
            .await?;
        if any.is_none() {
            db.execute_unprepared("DROP TABLE event_before").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Whether an installation has divided its events by province.
async fn is_divided(db: &SchemaManagerConnection<'_>) -> Result<bool, DbErr> {
    let divided = "SELECT 1 FROM pg_class WHERE oid = to_regclass('event') AND relkind = 'p'";
    let divided = Statement::from_string(DbBackend::Postgres, divided);
    Ok(db.query_one_raw(divided).await?.is_some())
}

// The last place goes along, for the feed counts on.
const SQLITE: &str = "
DROP TABLE whole_events;
DROP TRIGGER event_has_a_predecessor;
DROP TRIGGER event_is_never_changed;
DROP TRIGGER event_is_never_deleted;
ALTER TABLE event RENAME TO event_before;

CREATE TABLE event (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- place in the feed
    province    TEXT    NOT NULL,
    dossier     TEXT    NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    event_time  INTEGER NOT NULL,
    record_time INTEGER NOT NULL CHECK (record_time >= event_time),
    actor       TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    request     BLOB    NOT NULL CHECK (length(request) IN (16, 36)), -- its id, crossed with the actor
    part        INTEGER NOT NULL CHECK (part >= 0),
    content     BLOB    NOT NULL CHECK (length(content) = 16), -- half a hash of what was asked
    bytes       BLOB    NOT NULL, -- what happened; the columns say the rest of what the audit chain hashes
    digest      BLOB    NOT NULL CHECK (length(digest) = 8), -- of the whole record
    UNIQUE (province, dossier, version),
    UNIQUE (province, request, part),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT;

INSERT INTO sqlite_sequence (name, seq)
SELECT 'event', seq FROM sqlite_sequence WHERE name = 'event_before';

CREATE TRIGGER event_has_a_predecessor
BEFORE INSERT ON event
WHEN NEW.version > 1 AND NOT EXISTS (
    SELECT 1 FROM event
    WHERE province = NEW.province AND dossier = NEW.dossier AND version = NEW.version - 1
)
BEGIN
    SELECT RAISE(ABORT, 'an event needs the one before it');
END;

CREATE TRIGGER event_is_never_changed
BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;

CREATE TRIGGER event_is_never_deleted
BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never deleted');
END;
";

// The names of indexes are those of the whole schema.
const BEFORE: &str = "
DROP TABLE whole_events;
DROP TRIGGER event_has_a_predecessor ON event;
DROP TRIGGER event_is_never_changed ON event;
DROP TRIGGER event_is_never_deleted ON event;
DROP TRIGGER event_is_never_emptied ON event;
ALTER TABLE event RENAME TO event_before;
ALTER TABLE event_before RENAME CONSTRAINT event_pkey TO event_before_pkey;
ALTER TABLE event_before RENAME CONSTRAINT event_province_dossier_version_key TO event_before_version;
ALTER TABLE event_before
    RENAME CONSTRAINT event_province_actor_request_id_part_key TO event_before_request;
";

// The names of the rest are those that a server would give if the old table had them no more.
const TABLE: &str = "
CREATE TABLE event (
    seq         BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    event_time  BIGINT NOT NULL,
    record_time BIGINT NOT NULL,
    part        INTEGER NOT NULL,
    province    TEXT COLLATE \"C\" NOT NULL,
    dossier     TEXT COLLATE \"C\" NOT NULL,
    actor       TEXT COLLATE \"C\" NOT NULL,
    role        TEXT COLLATE \"C\" NOT NULL,
    unit        TEXT COLLATE \"C\" NOT NULL,
    request     BYTEA NOT NULL,
    content     BYTEA NOT NULL,
    digest      BYTEA NOT NULL,
    bytes       BYTEA NOT NULL,
    CONSTRAINT event_seq_check CHECK (seq <> 0),
    CONSTRAINT event_version_check CHECK (version > 0),
    CONSTRAINT event_check CHECK (record_time >= event_time),
    CONSTRAINT event_part_check CHECK (part >= 0),
    CONSTRAINT event_request_check CHECK (length(request) IN (16, 36)),
    CONSTRAINT event_content_check CHECK (length(content) = 16),
    CONSTRAINT event_digest_check CHECK (length(digest) = 8),
    CONSTRAINT event_pkey PRIMARY KEY (province, seq),
    CONSTRAINT event_province_dossier_version_key UNIQUE (province, dossier, version),
    CONSTRAINT event_province_request_part_key UNIQUE (province, request, part),
    CONSTRAINT event_province_dossier_fkey FOREIGN KEY (province, dossier)
        REFERENCES dossier (province, id)
)";

// Each part of the table gets one of the same name and provinces.
const PARTS: &str = "
DO $$
DECLARE
    part record;
BEGIN
    FOR part IN
        SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS provinces
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass('event_before')
    LOOP
        EXECUTE format('ALTER TABLE %I RENAME TO %I', part.name, part.name || '_before');
        EXECUTE format('CREATE TABLE %I PARTITION OF event %s', part.name, part.provinces);
    END LOOP;
END
$$;
";

const AFTER: &str = "
CREATE TRIGGER event_has_a_predecessor
AFTER INSERT ON event REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION event_has_a_predecessor();
CREATE TRIGGER event_is_never_changed
BEFORE UPDATE ON event
FOR EACH ROW EXECUTE FUNCTION event_is_never_changed();
CREATE TRIGGER event_is_never_deleted
BEFORE DELETE ON event
FOR EACH ROW EXECUTE FUNCTION event_is_never_deleted();
CREATE TRIGGER event_is_never_emptied
BEFORE TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION event_is_never_deleted();
";
