//! The dossiers of a province whose citizens were asked for papers are found without looking at others:
//! every minute a server looks whose window is over.

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

// 5 is the national code of a request for papers.
const INDEX: &str = "
CREATE INDEX dossier_waiting_for_papers ON dossier (province, id) WHERE status = 5;
";
