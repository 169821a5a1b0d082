//! The order of a worklist, with standing clocks last, and the columns by which callers filter a
//! list.

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

// `elsewhere`: another system handles the dossier, and no conflict waits for a person here.
// `precedence`: the due time of a running clock; 2 to the 61 if nothing is due; 2 to the 62 plus
// its beginning for a standing clock. A unit's own open part comes before its standing clock.
const SQLITE: &str = "
ALTER TABLE dossier ADD COLUMN precedence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN step TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN assignee TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0 CHECK (elsewhere IN (0, 1));
ALTER TABLE interest ADD COLUMN precedence INTEGER NOT NULL DEFAULT 0;

UPDATE dossier SET
    precedence = CASE
        WHEN status IN (1, 2, 4, 5, 6) AND json_extract(fold, '$.clock.standing.since') IS NOT NULL
            THEN 4611686018427387904 + json_extract(fold, '$.clock.standing.since')
        WHEN due = 9223372036854775807 THEN 2305843009213693952
        ELSE due END,
    step = coalesce(json_extract(fold, '$.state.step'), json_extract(fold, '$.state.back.step'), ''),
    assignee = coalesce(json_extract(fold, '$.assignee'), ''),
    elsewhere = json_extract(fold, '$.mirrored') IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM json_each(fold, '$.mirror.conflicts') it
            WHERE json_extract(it.value, '$.settled') IS NULL);

UPDATE interest SET precedence =
    CASE WHEN due = 9223372036854775807 THEN 2305843009213693952 ELSE due END;
UPDATE interest SET precedence = coalesce(
    (SELECT min(json_extract(part.value, '$.due'))
        FROM dossier d, json_each(d.fold, '$.legs') part
        WHERE d.province = interest.province AND d.id = interest.dossier
            AND json_extract(part.value, '$.unit') = interest.unit
            AND json_extract(part.value, '$.closed') IS NULL),
    (SELECT min(json_extract(part.value, '$.due'))
        FROM dossier d, json_each(d.fold, '$.consultations') part
        WHERE d.province = interest.province AND d.id = interest.dossier
            AND json_extract(part.value, '$.unit') = interest.unit
            AND json_extract(part.value, '$.answered') IS NULL),
    (SELECT d.precedence FROM dossier d
        WHERE d.province = interest.province AND d.id = interest.dossier))
WHERE open = 1 AND roles & 39 > 0 AND (province, dossier) IN
    (SELECT province, id FROM dossier WHERE precedence >= 4611686018427387904);

DROP INDEX dossier_open;
CREATE INDEX dossier_open ON dossier (province, precedence, id) WHERE status IN (1, 2, 4, 5, 6);
DROP INDEX interest_worklist;
CREATE INDEX interest_worklist ON interest (province, unit, open, precedence, dossier);
";

const POSTGRES: &str = "
ALTER TABLE dossier ADD COLUMN precedence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN step TEXT COLLATE \"C\" NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN assignee TEXT COLLATE \"C\" NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN elsewhere SMALLINT NOT NULL DEFAULT 0 CHECK (elsewhere IN (0, 1));
ALTER TABLE interest ADD COLUMN precedence BIGINT NOT NULL DEFAULT 0;

UPDATE dossier SET
    precedence = CASE
        WHEN status IN (1, 2, 4, 5, 6)
                AND fold::jsonb #>> '{clock,standing,since}' IS NOT NULL
            THEN 4611686018427387904 + (fold::jsonb #>> '{clock,standing,since}')::bigint
        WHEN due = 9223372036854775807 THEN 2305843009213693952
        ELSE due END,
    step = coalesce(fold::jsonb #>> '{state,step}', fold::jsonb #>> '{state,back,step}', ''),
    assignee = coalesce(fold::jsonb ->> 'assignee', ''),
    elsewhere = CASE WHEN fold::jsonb ->> 'mirrored' IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM jsonb_array_elements(fold::jsonb #> '{mirror,conflicts}') it
            WHERE it ->> 'settled' IS NULL) THEN 1 ELSE 0 END;

UPDATE interest SET precedence =
    CASE WHEN due = 9223372036854775807 THEN 2305843009213693952 ELSE due END;
UPDATE interest SET precedence = coalesce(
    (SELECT min((part ->> 'due')::bigint)
        FROM dossier d, jsonb_array_elements(d.fold::jsonb -> 'legs') part
        WHERE d.province = interest.province AND d.id = interest.dossier
            AND part ->> 'unit' = interest.unit AND part ->> 'closed' IS NULL),
    (SELECT min((part ->> 'due')::bigint)
        FROM dossier d, jsonb_array_elements(d.fold::jsonb -> 'consultations') part
        WHERE d.province = interest.province AND d.id = interest.dossier
            AND part ->> 'unit' = interest.unit AND part ->> 'answered' IS NULL),
    (SELECT d.precedence FROM dossier d
        WHERE d.province = interest.province AND d.id = interest.dossier))
WHERE open = 1 AND roles & 39 > 0 AND (province, dossier) IN
    (SELECT province, id FROM dossier WHERE precedence >= 4611686018427387904);

DROP INDEX dossier_open;
CREATE INDEX dossier_open ON dossier (province, precedence, id) WHERE status IN (1, 2, 4, 5, 6);
DROP INDEX interest_worklist;
CREATE INDEX interest_worklist ON interest (province, unit, open, precedence, dossier);
";
