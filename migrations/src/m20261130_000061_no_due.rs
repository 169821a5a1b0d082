//! Tallies tell those received without a due time apart: all are counted anew.

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

// Whoever migrates counts what is -1, what an unfinished import brought included.
const SQLITE: &str = "
ALTER TABLE tally ADD COLUMN no_due_received INTEGER NOT NULL DEFAULT 0;
DELETE FROM tally;
UPDATE dossier SET overdue_from = -1;
";

const POSTGRES: &str = "
ALTER TABLE tally ADD COLUMN no_due_received BIGINT NOT NULL DEFAULT 0;
DELETE FROM tally;
UPDATE dossier SET overdue_from = -1;
";
