//! Reads the schema that a database reports.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

/// The statements that would make every object of a database.
///
/// On SQLite they come by table, each table before its indexes and triggers. On PostgreSQL they
/// come for the current schema: functions, tables, foreign keys, indexes, triggers. A partitioned
/// table reads like an unpartitioned one, and its partitions do not appear.
pub async fn objects(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let select = match backend {
        DbBackend::Postgres => ON_POSTGRES,
        _ => ON_SQLITE,
    };
    db.query_all_raw(Statement::from_string(backend, select))
        .await?
        .into_iter()
        .map(|row| row.try_get_by_index(0))
        .collect()
}

const ON_SQLITE: &str = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
     ORDER BY tbl_name, type <> 'table', type, name";

// Names stand without their schema, so that an installation may choose it. The query leaves out
// what the server derives by itself: constraints and triggers that a partition inherits
// (conparentid, tgparentid), indexes behind constraints, the triggers behind foreign keys, and NOT
// NULL, which newer servers list among the constraints (contype n) and which already stands beside
// the column.
const ON_POSTGRES: &str = r#"
WITH tables AS (
    SELECT c.oid, c.relname AS name FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace
        AND c.relkind IN ('r', 'p') AND NOT c.relispartition
), columns AS (
    SELECT a.attrelid, 0 AS kind, a.attnum AS place, '' AS name,
        format('    %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attcollation <> t.typcollation
                THEN (SELECT format(' COLLATE %I', o.collname) FROM pg_collation o
                      WHERE o.oid = a.attcollation)
                ELSE '' END,
            CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
            ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid, true)) AS line
    FROM pg_attribute a
    JOIN tables ON tables.oid = a.attrelid
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped
), constraints AS (
    SELECT k.conrelid, k.contype, k.conname AS name,
        format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid, true)) AS line
    FROM pg_constraint k
    JOIN tables ON tables.oid = k.conrelid
    WHERE k.conparentid = 0 AND k.contype IN ('p', 'u', 'c', 'f')
), lines AS (
    SELECT attrelid, kind, place, name, line FROM columns
    UNION ALL
    SELECT conrelid, 1, 0, name, '    ' || line FROM constraints WHERE contype <> 'f'
), objects AS (
    SELECT 0 AS kind, p.proname AS name,
        format(E'CREATE FUNCTION %I(%s) RETURNS %s LANGUAGE %I AS $$%s$$', p.proname,
            pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname,
            p.prosrc) AS sql
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = current_schema()::regnamespace AND l.lanname = 'plpgsql'
    UNION ALL
    SELECT 1, t.name,
        format(E'CREATE TABLE %I (\n%s\n)', t.name,
            (SELECT string_agg(l.line, E',\n' ORDER BY l.kind, l.place, l.name COLLATE "C")
             FROM lines l WHERE l.attrelid = t.oid))
    FROM tables t
    UNION ALL
    SELECT 2, t.name || '.' || k.name, format('ALTER TABLE %I ADD %s', t.name, k.line)
    FROM constraints k JOIN tables t ON t.oid = k.conrelid
    WHERE k.contype = 'f'
    UNION ALL
    SELECT 3, i.relname, replace(pg_get_indexdef(x.indexrelid, 0, true), ' ON ONLY ', ' ON ')
    FROM pg_index x
    JOIN tables t ON t.oid = x.indrelid
    JOIN pg_class i ON i.oid = x.indexrelid
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k
                      WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 4, g.tgname, pg_get_triggerdef(g.oid, true)
    FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid
    WHERE NOT g.tgisinternal AND g.tgparentid = 0
)
SELECT sql FROM objects ORDER BY kind, name COLLATE "C"
"#;
