//! The database schema, one file a migration. A landed migration is never changed.
//!
//! `schema/sqlite.sql` and `schema/postgres.sql` are the whole current schema as a fresh
//! database shows it. A test proves them equal to the migrations;
//! `UPDATE_SCHEMA=1 cargo test -p motcua-tests --test it migrations` writes them anew.

mod catalog;
mod m20261121_000001_dossiers;
mod m20261121_000002_personal;
mod m20261121_000003_access;
mod m20261122_000004_office;
mod m20261122_000007_corrected_applicants;
mod m20261122_000008_blocks;
mod m20261122_000009_import;
mod m20261122_000009_viewing;
mod m20261122_000011_tallies;
mod m20261122_000012_forecasts;
mod m20261122_000013_ratings;
mod m20261122_000014_predecessor;
mod m20261130_000020_installation;
mod m20261130_000021_search;
mod m20261130_000030_worklist_order;
mod m20261130_000060_due_days;
mod m20261130_000061_no_due;
mod m20261130_000070_accounts;
mod m20261130_000080_prints;
mod m20261130_000081_namesakes;
mod m20261130_000100_portal;
mod m20261130_000120_skipped;
mod m20261130_000160_later_dossiers;
mod m20261130_000161_wrong_pins;
mod m20261130_000180_waiting_for_papers;
mod m20261130_000200_lists;
mod m20261130_000220_one_time_passwords;
mod m20261130_000240_printed_forms;
mod m20261130_000260_report_indexes;
mod m20261130_000280_webhooks;
mod m20261130_000281_notices;
mod m20261130_000282_told;
mod m20261130_000283_namesakes_numbered;
mod m20261130_000300_access_log;
mod m20261130_000340_event_frames;
mod m20261130_000341_predecessors_at_once;
mod m20261201_000400_filters;
mod m20261201_000401_visitors;
mod m20261201_000440_readings;
mod m20261201_000441_first_taken;
mod m20261201_000442_contact_erased;
mod m20261201_000460_viewed;
mod m20261201_000500_webhook_kinds;
mod m20261201_000501_kept_sheets;
mod m20261201_000540_needless_indexes;
mod m20261201_000541_compact_events;
mod m20261201_000542_half_hashes;
mod m20261201_000570_viewed_until;
mod m20261201_000600_succeeded;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DynIden};

pub use catalog::objects;

/// The current schema on SQLite: every object, separated by [`BETWEEN_OBJECTS`].
pub const SQLITE: &str = include_str!("../schema/sqlite.sql");

/// The current schema on PostgreSQL, in an order in which it can be run.
pub const POSTGRES: &str = include_str!("../schema/postgres.sql");

/// What separates the objects in a schema; it occurs inside none of them.
pub const BETWEEN_OBJECTS: &str = ";\n\n";

/// Applies the migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_dossiers::Migration),
            Box::new(m20261121_000002_personal::Migration),
            Box::new(m20261121_000003_access::Migration),
            Box::new(m20261122_000004_office::Migration),
            Box::new(m20261122_000009_import::Migration),
            Box::new(m20261122_000009_viewing::Migration),
            Box::new(m20261122_000011_tallies::Migration),
            Box::new(m20261122_000007_corrected_applicants::Migration),
            Box::new(m20261122_000008_blocks::Migration),
            Box::new(m20261122_000013_ratings::Migration),
            Box::new(m20261122_000012_forecasts::Migration),
            Box::new(m20261122_000014_predecessor::Migration),
            Box::new(m20261130_000020_installation::Migration),
            Box::new(m20261130_000021_search::Migration),
            Box::new(m20261130_000030_worklist_order::Migration),
            Box::new(m20261130_000060_due_days::Migration),
            Box::new(m20261130_000061_no_due::Migration),
            Box::new(m20261130_000070_accounts::Migration),
            Box::new(m20261130_000080_prints::Migration),
            Box::new(m20261130_000081_namesakes::Migration),
            Box::new(m20261130_000100_portal::Migration),
            Box::new(m20261130_000160_later_dossiers::Migration),
            Box::new(m20261130_000161_wrong_pins::Migration),
            Box::new(m20261130_000120_skipped::Migration),
            Box::new(m20261130_000180_waiting_for_papers::Migration),
            Box::new(m20261130_000200_lists::Migration),
            Box::new(m20261130_000220_one_time_passwords::Migration),
            Box::new(m20261130_000240_printed_forms::Migration),
            Box::new(m20261130_000260_report_indexes::Migration),
            Box::new(m20261130_000280_webhooks::Migration),
            Box::new(m20261130_000281_notices::Migration),
            Box::new(m20261130_000282_told::Migration),
            Box::new(m20261130_000283_namesakes_numbered::Migration),
            Box::new(m20261130_000300_access_log::Migration),
            Box::new(m20261130_000340_event_frames::Migration),
            Box::new(m20261130_000341_predecessors_at_once::Migration),
            Box::new(m20261201_000400_filters::Migration),
            Box::new(m20261201_000401_visitors::Migration),
            Box::new(m20261201_000440_readings::Migration),
            Box::new(m20261201_000441_first_taken::Migration),
            Box::new(m20261201_000442_contact_erased::Migration),
            Box::new(m20261201_000460_viewed::Migration),
            Box::new(m20261201_000500_webhook_kinds::Migration),
            Box::new(m20261201_000501_kept_sheets::Migration),
            Box::new(m20261201_000540_needless_indexes::Migration),
            Box::new(m20261201_000541_compact_events::Migration),
            Box::new(m20261201_000542_half_hashes::Migration),
            Box::new(m20261201_000570_viewed_until::Migration),
            Box::new(m20261201_000600_succeeded::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        Alias::new("migration").into_iden()
    }
}

/// The names of all migrations, in order.
#[must_use]
pub fn names() -> Vec<String> {
    Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

/// The text of a schema file made from [`objects`].
#[must_use]
pub fn schema_text(objects: &[String]) -> String {
    let mut text = objects.join(BETWEEN_OBJECTS);
    text.push_str(";\n");
    text
}

/// Runs the statements of a migration, as they are spelt for the database at hand.
async fn run(manager: &SchemaManager<'_>, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
    let statements = match manager.get_database_backend() {
        DbBackend::Postgres => postgres,
        DbBackend::Sqlite => sqlite,
        other => {
            return Err(DbErr::Migration(format!(
                "no schema is written for {other:?}"
            )));
        }
    };
    manager
        .get_connection()
        .execute_unprepared(statements)
        .await?;
    Ok(())
}
