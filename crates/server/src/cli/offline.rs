//! The words of `motcua offline`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::Database;

/// Flags of `offline`.
#[derive(Debug, Args)]
pub struct Offline {
    #[command(subcommand)]
    pub command: OfflineCommand,
}

/// What a desk without a line does.
#[derive(Debug, Subcommand)]
pub enum OfflineCommand {
    /// Take the next numbers of a day along; prints the codes for the slips, one a line.
    Reserve(OfflineReserve),
    /// Print what became of each number that was taken along for a day.
    List(OfflineDesk),
    /// Give numbers back that no dossier will bear.
    Void(OfflineVoid),
    /// Enter what was received, from a CSV file; prints code, due time and PIN of each.
    #[command(
        after_help = "Columns: number, receive_time (10:05, as the clock at the desk shows it), procedure, name; \
        and where needed case_id, channel (desk or post), id_number, phone, address, components and external_codes \
        (separated by spaces), resolving_unit, returning_unit, assisted_by.\n\nExample: motcua offline import \
        receptions.csv --unit 02215 --day 2026-08-03"
    )]
    Import(OfflineImport),
}

/// Which desk, on which day.
#[derive(Debug, Args)]
pub struct OfflineDesk {
    /// The unit whose desk it is, by agency identifier or statistics code.
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// The day; today otherwise.
    #[arg(long, value_name = "DATE")]
    pub day: Option<NaiveDate>,
    /// Who does it, by an id of your own.
    #[arg(long, value_name = "ID", default_value = "motcua-cli")]
    pub actor: String,
    #[command(flatten)]
    pub database: Database,
}

/// Flags of `offline reserve`.
#[derive(Debug, Args)]
pub struct OfflineReserve {
    #[command(flatten)]
    pub desk: OfflineDesk,
    /// How many numbers, 500 at most.
    #[arg(long, value_name = "NUMBER")]
    pub count: u32,
    /// A UUID of your own: asked again with it, the same numbers are printed again.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<String>,
}

/// Flags of `offline void`.
#[derive(Debug, Args)]
pub struct OfflineVoid {
    #[command(flatten)]
    pub desk: OfflineDesk,
    /// Which numbers, such as 3,5-9.
    #[arg(long, value_name = "NUMBERS")]
    pub numbers: String,
    /// unused, spoilt or lost.
    #[arg(long)]
    pub reason: String,
}

/// Flags of `offline import`.
#[derive(Debug, Args)]
pub struct OfflineImport {
    /// The CSV file.
    pub file: PathBuf,
    #[command(flatten)]
    pub desk: OfflineDesk,
    /// Only look for faults; nothing is entered.
    #[arg(long)]
    pub dry_run: bool,
}
