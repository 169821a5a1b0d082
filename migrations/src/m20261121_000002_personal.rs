//! Personal values and everything that is erased with them. No other table holds any.

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
CREATE TABLE personal (
    province  TEXT NOT NULL,
    dossier   TEXT NOT NULL,
    item      TEXT NOT NULL, -- applicant, or version.field
    kind      TEXT NOT NULL CHECK (kind IN ('person', 'words')),
    value     TEXT NOT NULL, -- JSON
    name_key  TEXT,          -- of the applicant: without marks and case
    phone_key TEXT,          -- of the applicant: digits
    PRIMARY KEY (province, dossier, item),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT;
-- A search reads only this, newest dossier first.
CREATE INDEX personal_search ON personal (province, dossier, name_key, phone_key)
    WHERE item = 'applicant';

CREATE TABLE secret (
    province TEXT NOT NULL,
    dossier  TEXT NOT NULL,
    salt     BLOB CHECK (length(salt) = 16), -- null once the personal values were erased
    person   TEXT,                           -- keyed hash of the identity number
    pin_hash TEXT,                           -- null before reception
    PRIMARY KEY (province, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_person ON secret (province, person) WHERE person IS NOT NULL;
";

const POSTGRES: &str = "
CREATE TABLE personal (
    province  TEXT COLLATE \"C\" NOT NULL,
    dossier   TEXT COLLATE \"C\" NOT NULL,
    item      TEXT COLLATE \"C\" NOT NULL,
    kind      TEXT COLLATE \"C\" NOT NULL CHECK (kind IN ('person', 'words')),
    value     TEXT NOT NULL,
    name_key  TEXT COLLATE \"C\",
    phone_key TEXT COLLATE \"C\",
    PRIMARY KEY (province, dossier, item),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);
CREATE INDEX personal_search ON personal (province, dossier, name_key, phone_key)
    WHERE item = 'applicant';

CREATE TABLE secret (
    province TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    salt     BYTEA CHECK (length(salt) = 16),
    person   TEXT COLLATE \"C\",
    pin_hash TEXT COLLATE \"C\",
    PRIMARY KEY (province, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);
CREATE INDEX secret_person ON secret (province, person) WHERE person IS NOT NULL;
";
