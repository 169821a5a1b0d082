//! One file a command: its flags, its `--help` and its work.
//!
//! This file has the enum of all commands.

pub mod audit;
pub mod backup;
pub mod bench;
pub mod calendar;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod due;
pub mod export;
mod first_start;
pub mod forecast;
mod grant;
pub mod import;
mod installation;
pub mod man;
pub mod migrate;
pub mod notice;
pub mod offline;
pub mod openapi;
pub mod portal;
mod printing;
pub mod report;
pub mod restore;
pub mod serve;
pub mod token;
pub mod units;
pub mod user;
pub mod verify;
pub mod webhook;

pub use installation::Database;
pub(crate) use installation::{Installation, caller, open_store, open_with, unreadable};
pub(crate) use printing::{Format, PlainFormat, moment, print, words};
pub(crate) use serve::{asked_to_stop, outlive_full_files};

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use domain::language::Language;

use crate::Failure;

/// The engine behind the one-stop shop: dossiers, exact deadlines, rates nobody can edit.
#[derive(Debug, Parser)]
#[command(name = "motcua", version, max_term_width = 100)]
pub struct Cli {
    /// The language of tables and explanations; CSV and JSON have none.
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value_t = Lang::Vi, global = true)]
    lang: Lang,
    #[command(subcommand)]
    command: Command,
}

/// The language of output for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Lang {
    fn language(self) -> Language {
        match self {
            Lang::Vi => Language::Vietnamese,
            Lang::En => Language::English,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Check(check::Check),
    Due(due::Due),
    Token(token::Token),
    User(user::User),
    Audit(audit::Audit),
    Report(report::Report),
    Import(import::Import),
    Export(export::Export),
    Offline(offline::Offline),
    Bench(bench::Bench),
    Units(units::Units),
    Verify(verify::Verify),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Doctor(doctor::Doctor),
    Forecast(forecast::Forecast),
    Calendar(calendar::Calendar),
    Openapi(openapi::Openapi),
    #[command(hide = true)]
    Completions(completions::Completions),
    #[command(hide = true)]
    Man(man::Man),
    Portal(portal::Portal),
    Webhook(webhook::Webhooks),
    Notice(notice::Notices),
}

impl Cli {
    /// Carries the command out.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let language = self.lang.language();
        match self.command {
            Command::Serve(flags) => wait(serve::run(flags)),
            Command::Migrate(flags) => wait(migrate::run(flags)),
            Command::Check(flags) => check::run(&flags, language),
            Command::Due(flags) => due::run(&flags, language),
            Command::Token(flags) => wait(token::run(flags, language)),
            Command::User(flags) => wait(user::run(flags)),
            Command::Audit(flags) => wait(audit::run(flags, language)),
            Command::Report(flags) => wait(report::run(flags, language)),
            Command::Import(flags) => wait(import::run(flags, language)),
            Command::Export(flags) => wait(export::run(flags)),
            Command::Offline(flags) => wait(offline::run(flags)),
            Command::Bench(flags) => wait(bench::run(flags)),
            Command::Units(flags) => wait(units::run(flags, language)),
            Command::Verify(flags) => wait(verify::run(flags, language)),
            Command::Backup(flags) => wait(backup::run(flags, language)),
            Command::Restore(flags) => wait(restore::run(flags, language)),
            Command::Doctor(flags) => wait(doctor::run(flags, language)),
            Command::Forecast(flags) => wait(forecast::run(flags)),
            Command::Calendar(flags) => wait(calendar::run(flags, language)),
            Command::Openapi(flags) => openapi::run(&flags),
            Command::Completions(flags) => completions::run(&flags),
            Command::Man(flags) => man::run(&flags),
            Command::Portal(flags) => wait(portal::run(flags, language)),
            Command::Notice(flags) => wait(notice::run(flags, language)),
            Command::Webhook(flags) => wait(webhook::run(flags, language)),
        }
    }
}

fn wait(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::work("cannot start the runtime", error))?;
    runtime.block_on(work)
}
