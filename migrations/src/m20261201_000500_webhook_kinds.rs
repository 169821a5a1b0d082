//! Which kinds of events a webhook is told of.

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

// Divided by spaces; of every kind when empty.
const SQLITE: &str = "
ALTER TABLE webhook ADD COLUMN kinds TEXT NOT NULL DEFAULT '';
";

const POSTGRES: &str = "
ALTER TABLE webhook ADD COLUMN kinds TEXT COLLATE \"C\" NOT NULL DEFAULT '';
";
