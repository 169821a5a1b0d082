//! Filters of worklists and lists come from an index: the one of open dossiers holds what they are
//! filtered by, the few with a mark have one of their own, and so have the dossiers of a procedure, of
//! a person and by post. The index of states leaves out what was returned, which is nearly everything.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = format!("{SQLITE}{INDEXES}");
        let postgres = format!("{POSTGRES}{INDEXES}");
        crate::run(manager, &sqlite, &postgres).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

// `marks`: 1 papers to hand over, 2 an open leg, 4 an open consultation, 8 an open conflict; 0 once
// a dossier has ended.
const SQLITE: &str = "
ALTER TABLE dossier ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
UPDATE dossier SET marks =
    (json_extract(fold, '$.custody.hand_over_by') IS NOT NULL)
    + 2 * (ended = 9223372036854775807 AND EXISTS (SELECT 1 FROM json_each(fold, '$.legs') it
        WHERE json_extract(it.value, '$.closed') IS NULL))
    + 4 * (ended = 9223372036854775807 AND EXISTS (SELECT 1 FROM json_each(fold, '$.consultations') it
        WHERE json_extract(it.value, '$.answered') IS NULL))
    + 8 * EXISTS (SELECT 1 FROM json_each(fold, '$.mirror.conflicts') it
        WHERE json_extract(it.value, '$.settled') IS NULL)
WHERE status IN (1, 2, 4, 5, 6);
";

const POSTGRES: &str = "
ALTER TABLE dossier ADD COLUMN marks SMALLINT NOT NULL DEFAULT 0;
UPDATE dossier SET marks =
    (fold::jsonb #>> '{custody,hand_over_by}' IS NOT NULL)::int
    + 2 * (ended = 9223372036854775807 AND EXISTS
        (SELECT 1 FROM jsonb_array_elements(fold::jsonb -> 'legs') it
            WHERE it ->> 'closed' IS NULL))::int
    + 4 * (ended = 9223372036854775807 AND EXISTS
        (SELECT 1 FROM jsonb_array_elements(fold::jsonb -> 'consultations') it
            WHERE it ->> 'answered' IS NULL))::int
    + 8 * (EXISTS (SELECT 1 FROM jsonb_array_elements(fold::jsonb #> '{mirror,conflicts}') it
            WHERE it ->> 'settled' IS NULL))::int
WHERE status IN (1, 2, 4, 5, 6);
";

const INDEXES: &str = "
DROP INDEX dossier_open;
CREATE INDEX dossier_open ON dossier (province, precedence, id, status, procedure, channel, step,
    assignee, elsewhere, received, last_record) WHERE status IN (1, 2, 4, 5, 6);
CREATE INDEX dossier_marked ON dossier (province, precedence, id) WHERE marks > 0;
DROP INDEX dossier_status;
CREATE INDEX dossier_status ON dossier (province, status, id) WHERE status <> 10;
CREATE INDEX dossier_procedure ON dossier (province, procedure, id);
CREATE INDEX dossier_person ON dossier (province, assignee, id) WHERE assignee <> '';
CREATE INDEX dossier_by_post ON dossier (province, id) WHERE channel = 'post';
";
