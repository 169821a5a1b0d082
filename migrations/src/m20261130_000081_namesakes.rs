//! By what somebody without an identity number is recognised: name and telephone together.

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

// Dossiers that are there stay without it: only those of the last thirty days are asked about.
const SQLITE: &str = "
ALTER TABLE secret ADD COLUMN namesake TEXT;
CREATE INDEX secret_namesake ON secret (province, namesake) WHERE namesake IS NOT NULL;
";

const POSTGRES: &str = "
ALTER TABLE secret ADD COLUMN namesake TEXT COLLATE \"C\";
CREATE INDEX secret_namesake ON secret (province, namesake) WHERE namesake IS NOT NULL;
";
