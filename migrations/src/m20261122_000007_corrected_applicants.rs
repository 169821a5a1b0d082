//! Search finds a corrected applicant like the first one, because only applicants have a searchable
//! name.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, BOTH, BOTH).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const BOTH: &str = "
DROP INDEX personal_search;
CREATE INDEX personal_search ON personal (province, dossier, name_key, phone_key)
    WHERE name_key IS NOT NULL;
";
