//! What a report of one unit looks for among others has indexes: dossiers of which its kin took something over from
//! another, for it would read the text of each of their dossiers to find them; and dossiers that it, or one of its
//! kin, received for another, for it would walk all that they ever had to do with.

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

const SQLITE: &str = r#"
CREATE INDEX dossier_succeeded ON dossier (province, resolving, ended)
    WHERE instr(fold, '"succeeded":') > 0;
-- The third column lets SQLite prefer it: without statistics it would else walk the primary key.
CREATE INDEX interest_received ON interest (province, unit, roles % 4) WHERE roles % 4 = 1;
"#;

const POSTGRES: &str = r#"
CREATE INDEX dossier_succeeded ON dossier (province, resolving, ended)
    WHERE strpos(fold, '"succeeded":') > 0;
CREATE INDEX interest_received ON interest (province, unit, dossier) WHERE roles % 4 = 1;
"#;
