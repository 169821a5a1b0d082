//! Lists of a stretch of time and lists of states come from an index, however many dossiers there are.
//! The index of states also has those who were asked for papers.

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
CREATE INDEX dossier_received ON dossier (province, received, id) WHERE received IS NOT NULL;
CREATE INDEX dossier_status ON dossier (province, status, id);
DROP INDEX dossier_waiting_for_papers;
";
