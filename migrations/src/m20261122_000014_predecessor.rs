//! Looks an event's predecessor up by the one index that has it, however few events there were
//! when the server planned how.

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

// SQLite chooses its index by the columns that are asked for.
const SQLITE: &str = "";

// To a server with an empty table all indexes that begin with the province are the same, and the
// plan of a function stays. Only one index has this order.
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
