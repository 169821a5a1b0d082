//! Keeps half of each keyed hash of a person and of a PIN: 128 bits tell people apart as well as 256.
//!
//! The store halves what is there in pieces after the migrations, so that no transaction grows with the
//! database. The table `long_hashes` says up to which dossier it has come, and goes when all are done.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let any = "SELECT 1 FROM secret LIMIT 1";
        let any = Statement::from_string(db.get_database_backend(), any);
        if db.query_one_raw(any).await?.is_some() {
            crate::run(manager, SQLITE, POSTGRES).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const SQLITE: &str = "
CREATE TABLE long_hashes (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    province TEXT    NOT NULL,
    dossier  TEXT    NOT NULL -- up to this one they are halved
) STRICT;
INSERT INTO long_hashes (one, province, dossier) VALUES (1, '', '');
";

const POSTGRES: &str = "
CREATE TABLE long_hashes (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    province TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL
);
INSERT INTO long_hashes (one, province, dossier) VALUES (1, '', '');
";
