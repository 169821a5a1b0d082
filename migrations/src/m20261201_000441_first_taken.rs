//! When a remote first took a dossier: before that, nothing is known of acknowledgements.

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

const SQLITE: &str = "
ALTER TABLE remote ADD COLUMN first_taken INTEGER;
UPDATE remote SET first_taken = (SELECT min(t.first_at) FROM told t
    WHERE t.province = remote.province AND t.remote = remote.name);
";

const POSTGRES: &str = "
ALTER TABLE remote ADD COLUMN first_taken BIGINT;
UPDATE remote SET first_taken = (SELECT min(t.first_at) FROM told t
    WHERE t.province = remote.province AND t.remote = remote.name);
";
