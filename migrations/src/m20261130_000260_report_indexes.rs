//! A report of one unit finds the dossiers of its period without looking at those that ended before: those
//! that the unit decides by their end, and those of the whole province that stand apart from the tallies by
//! when something was last recorded of them.

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
CREATE INDEX dossier_decided ON dossier (province, resolving, ended);

CREATE INDEX dossier_apart_recorded ON dossier (province, last_record) WHERE apart = 1;
";
