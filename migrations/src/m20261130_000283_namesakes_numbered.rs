//! Whoever has an identity number is told apart from a namesake by it. The index holds the number too;
//! without it SQLite reads the secrets of the whole province.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, INDEX, INDEX).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const INDEX: &str = "
DROP INDEX secret_namesake;
CREATE INDEX secret_namesake ON secret (province, namesake, person) WHERE namesake IS NOT NULL;
";
