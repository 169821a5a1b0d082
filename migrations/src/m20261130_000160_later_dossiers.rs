//! Whose void slip it was: the dossier that the person has later.

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

// SQLite adds no foreign key of two columns to a table that exists; dossiers are never deleted.
const SQLITE: &str = "
ALTER TABLE block_number ADD COLUMN later TEXT CHECK (later IS NULL OR state = 'void');
";

const POSTGRES: &str = "
ALTER TABLE block_number ADD COLUMN later TEXT COLLATE \"C\" CHECK (later IS NULL OR state = 'void');
";
