//! Dossiers of which a unit took something over from another have an index: a report of one unit asks for those
//! that its kin decides, and would read the text of each of its kin's dossiers to find them.

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
"#;

const POSTGRES: &str = r#"
CREATE INDEX dossier_succeeded ON dossier (province, resolving, ended)
    WHERE strpos(fold, '"succeeded":') > 0;
"#;
