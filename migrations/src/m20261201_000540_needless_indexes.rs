//! Indexes that no statement of a desk needs. A dossier is asked for within its province, and a code in
//! one province after the other. The worklist index holds what is open: nearly every dossier has ended.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, INDEXES, INDEXES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const INDEXES: &str = "
DROP INDEX dossier_id;
DROP INDEX code_code;
DROP INDEX interest_worklist;
CREATE INDEX interest_worklist ON interest (province, unit, precedence, dossier) WHERE open = 1;
";
