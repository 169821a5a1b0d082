//! Dossiers are found by the end of a code and by what another system called them.

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

// The digits at the end of a code, of the newest dossier first when read backwards. The search names
// the same expressions.
const SQLITE: &str = "
CREATE INDEX code_tail ON code
    (province, substr(code, length(rtrim(code, '0123456789')) + 1), dossier);

CREATE INDEX origin_name ON origin (province, upper(name));
";

const POSTGRES: &str = "
CREATE INDEX code_tail ON code
    (province, substr(code, length(rtrim(code, '0123456789')) + 1), dossier);

CREATE INDEX origin_name ON origin (province, upper(name));
";
