//! The schema of a database, against the one of this version.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::error::OpenError;
use crate::{halving, recount, rewriting};

/// The newest migration of this version: the schema that an opened database has.
#[must_use]
pub fn schema() -> String {
    migrations::names().pop().unwrap_or_default()
}

/// All migrations of this version, in order.
#[must_use]
pub fn migrations() -> Vec<String> {
    migrations::names()
}

/// Fails unless a database has the current schema, whole, counted, and with all its events.
pub(super) async fn check_schema(db: &impl ConnectionTrait) -> Result<(), OpenError> {
    let pending = pending(db).await?;
    if !pending.is_empty() {
        return Err(OpenError::Unmigrated { pending });
    }
    let present: HashSet<String> = migrations::objects(db).await?.into_iter().collect();
    let wanted = match db.get_database_backend() {
        DbBackend::Postgres => migrations::POSTGRES,
        _ => migrations::SQLITE,
    };
    let wanted = wanted.trim_end_matches(";\n");
    for object in wanted.split(migrations::BETWEEN_OBJECTS) {
        if !present.contains(object) {
            return Err(OpenError::HalfApplied {
                expected: object.lines().next().unwrap_or_default().to_owned(),
            });
        }
    }
    if recount::is_needed(db).await?
        || rewriting::is_needed(db).await?
        || halving::is_needed(db).await?
    {
        return Err(OpenError::Interrupted);
    }
    Ok(())
}

/// The migrations still to be applied, in order.
pub(super) async fn pending(db: &impl ConnectionTrait) -> Result<Vec<String>, OpenError> {
    let applied = applied(db).await?;
    let known = migrations::names();
    let unknown: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Err(OpenError::Newer { unknown });
    }
    Ok(known
        .into_iter()
        .filter(|name| !applied.contains(name))
        .collect())
}

async fn applied(db: &impl ConnectionTrait) -> Result<Vec<String>, OpenError> {
    let backend = db.get_database_backend();
    let select = |sql| db.query_all_raw(Statement::from_string(backend, sql));
    let (noted, tables) = match backend {
        DbBackend::Postgres => (
            "SELECT 1 WHERE to_regclass('migration') IS NOT NULL",
            // Tables of extensions belong to nobody's program.
            "SELECT c.relname::text FROM pg_class c \
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS \
                 (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') \
             ORDER BY c.relname LIMIT 1",
        ),
        _ => (
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'",
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name LIMIT 1",
        ),
    };
    if select(noted).await?.is_empty() {
        return match select(tables).await?.first() {
            Some(row) => Err(OpenError::OfAnotherProgram {
                table: row.try_get_by_index(0)?,
            }),
            None => Ok(Vec::new()),
        };
    }
    let rows = select("SELECT version FROM migration ORDER BY version").await?;
    let names: Result<_, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    Ok(names?)
}
