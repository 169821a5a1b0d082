//! Keeps of an event only what happened. Everything around it in the bytes of the record is in
//! columns already, except role and unit, which become columns here.
//!
//! The rows that are there keep their form here: the store rewrites them in pieces after the
//! migrations, so that no transaction grows with the database. The table `whole_events` says how far it
//! has come. A row whose role is null has the bytes of the whole record.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, SQLITE, POSTGRES).await?;
        manager
            .get_connection()
            .execute_unprepared(WHOLE)
            .await
            .map(drop)
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

// Before the first place that an import may have used.
const WHOLE: &str = "
INSERT INTO whole_events (province, after)
SELECT province, -9223372036854775807 FROM (SELECT DISTINCT province FROM dossier) AS provinces;
";

// Only the rewriting may change an event: it gives a row without a role one, and leaves alone what
// makes up the record and the request.
const SQLITE: &str = "
ALTER TABLE event ADD COLUMN role TEXT;
ALTER TABLE event ADD COLUMN unit TEXT;
ALTER TABLE event ADD COLUMN digest BLOB CHECK (length(digest) = 8);
DROP TRIGGER event_is_never_changed;
CREATE TRIGGER event_is_never_changed
BEFORE UPDATE OF seq, province, dossier, version, event_time, record_time, actor, request_id, part,
    content, role, unit, bytes, digest ON event
WHEN OLD.role IS NOT NULL OR NEW.role IS NULL OR NEW.unit IS NULL OR NEW.digest IS NULL
    OR NEW.seq <> OLD.seq OR NEW.province <> OLD.province OR NEW.dossier <> OLD.dossier
    OR NEW.version <> OLD.version OR NEW.event_time <> OLD.event_time
    OR NEW.record_time <> OLD.record_time OR NEW.actor <> OLD.actor
    OR NEW.request_id <> OLD.request_id OR NEW.part <> OLD.part OR NEW.content <> OLD.content
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;

CREATE TABLE whole_events (
    province TEXT    NOT NULL PRIMARY KEY,
    after    INTEGER NOT NULL -- up to this place its events are rewritten
) STRICT, WITHOUT ROWID;
";

const POSTGRES: &str = "
ALTER TABLE event ADD COLUMN role TEXT COLLATE \"C\", ADD COLUMN unit TEXT COLLATE \"C\",
    ADD COLUMN digest BYTEA CHECK (length(digest) = 8);
DROP TRIGGER event_is_never_changed ON event;
CREATE TRIGGER event_is_never_changed
BEFORE UPDATE OF seq, province, dossier, version, event_time, record_time, actor, request_id, part,
    content, role, unit, bytes, digest ON event
FOR EACH ROW WHEN (OLD.role IS NOT NULL OR NEW.role IS NULL OR NEW.unit IS NULL OR NEW.digest IS NULL
    OR NEW.seq <> OLD.seq OR NEW.province <> OLD.province OR NEW.dossier <> OLD.dossier
    OR NEW.version <> OLD.version OR NEW.event_time <> OLD.event_time
    OR NEW.record_time <> OLD.record_time OR NEW.actor <> OLD.actor
    OR NEW.request_id <> OLD.request_id OR NEW.part <> OLD.part OR NEW.content <> OLD.content)
EXECUTE FUNCTION event_is_never_changed();

CREATE TABLE whole_events (
    province TEXT COLLATE \"C\" NOT NULL PRIMARY KEY,
    after    BIGINT NOT NULL
);
";
