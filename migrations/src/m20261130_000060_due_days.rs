//! Open dossiers with a limit in days are late from the end of their due day on, not from its
//! closing time. So all of them are counted again.

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

// `motcua migrate` counts dossiers marked -1. Dossiers of an unfinished import have no limit in
// days and are counted apart, so they stay as they are.
const BOTH: &str = "
DELETE FROM tally WHERE shard >= 0;
UPDATE dossier SET overdue_from = -1
WHERE import IS NULL OR EXISTS (
    SELECT 1 FROM import i
    WHERE i.province = dossier.province AND i.number = dossier.import AND i.finished IS NOT NULL
);
";
