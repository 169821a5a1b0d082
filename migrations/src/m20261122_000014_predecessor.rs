//! Finds the event before an event by the one index in that order, even if the server planned the
//! function on a nearly empty table.

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

// SQLite needs nothing: it chooses its index by the columns of the query.
const SQLITE: &str = "";

// On an empty table all indexes that begin with the province cost a server the same, and the plan
// of a function stays. Only one index has this order.
const POSTGRES: &str = "
CREATE OR REPLACE FUNCTION event_has_a_predecessor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM (
            SELECT dossier, version FROM event
            WHERE province = NEW.province AND (dossier, version) >= (NEW.dossier, NEW.version - 1)
            ORDER BY dossier, version LIMIT 1
        ) AS found
        WHERE dossier = NEW.dossier AND version = NEW.version - 1
    ) THEN
        RAISE EXCEPTION 'an event needs the one before it' USING ERRCODE = 'MC001';
    END IF;
    RETURN NEW;
END
$$;
";
