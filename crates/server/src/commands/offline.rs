//! `motcua offline`: the work of an offline desk, on the machine that has the database.

use super::Database;
use clap::{Args, Subcommand};
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use app::ports::{Block, Clock, Ids};
use app::view::DossierName;
use app::{Caller, Engine, RequestIdentity};
use chrono::NaiveDate;
use domain::code::DossierCode;
use domain::id::{ActorId, RequestId, UnitCode};
use domain::number::{NumberState, VoidReason};
use domain::role::Role;
use domain::time;
use grpc::proto;
use grpc::proto::import_receptions_response::outcome::Result as Outcome;

use super::{Installation, caller, print};
use crate::Failure;
use crate::clock::{SystemClock, SystemIds};
use crate::import::receptions;

/// Receive while offline: reserve numbers before, enter receptions later.
#[derive(Debug, Args)]
pub struct Offline {
    #[command(subcommand)]
    pub command: OfflineCommand,
}

/// The work of an offline desk.
#[derive(Debug, Subcommand)]
pub enum OfflineCommand {
    /// Reserve the next numbers of a day; prints the codes for the slips, one a line.
    Reserve(OfflineReserve),
    /// Print the state of each reserved number of a day.
    List(OfflineDesk),
    /// Void numbers that no dossier will have.
    Void(OfflineVoid),
    /// Report the void and the skipped numbers of a period: which, why, by whom, when, and the later
    /// dossier.
    Voids(OfflineVoids),
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
    /// The desk's unit, by agency identifier or statistics code.
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
    /// A UUID of your own. A second call with it prints the same numbers again.
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
    /// The dossier that the person of the slip has later, by code or id; then it is one number.
    #[arg(long, value_name = "DOSSIER")]
    pub later_dossier: Option<String>,
}

/// Flags of `offline voids`.
#[derive(Debug, Args)]
pub struct OfflineVoids {
    /// The desk's unit, by agency identifier or statistics code.
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// The first day.
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// The last day, at most a year later; the first day otherwise.
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    #[command(flatten)]
    pub database: Database,
}

/// Flags of `offline import`.
#[derive(Debug, Args)]
pub struct OfflineImport {
    /// The CSV file.
    pub file: PathBuf,
    #[command(flatten)]
    pub desk: OfflineDesk,
    /// Only report faults; enter nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Does what a desk without a line does.
pub async fn run(flags: Offline) -> Result<ExitCode, Failure> {
    match flags.command {
        OfflineCommand::Reserve(flags) => reserve(flags).await,
        OfflineCommand::List(flags) => list(flags).await,
        OfflineCommand::Void(flags) => void(flags).await,
        OfflineCommand::Voids(flags) => voids(flags).await,
        OfflineCommand::Import(flags) => import(flags).await,
    }
}

/// How many receptions one request enters.
const AT_ONCE: usize = 100;

/// An engine over the database, and the clerk of the desk.
struct Desk {
    engine: Arc<Engine>,
    caller: Caller,
    unit: UnitCode,
    day: NaiveDate,
}

impl Desk {
    async fn open(flags: &OfflineDesk) -> Result<Self, Failure> {
        let here = Installation::open_desk(&flags.database).await?;
        let day = flags
            .day
            .unwrap_or_else(|| time::local_day(SystemClock.now()));
        let unit = here.unit(&flags.unit)?;
        let actor = ActorId::parse(&flags.actor)
            .map_err(|wrong| Failure::Input(format!("--actor: {wrong}")))?;
        Ok(Self {
            engine: here.engine,
            caller: caller(actor, Role::Receptionist, &unit),
            unit: unit.code,
            day,
        })
    }

    async fn blocks(&self) -> Result<Vec<Block>, Failure> {
        let days = self.day..=self.day;
        let blocks = self.engine.number_blocks(&self.caller, &self.unit, days);
        blocks.await.map(|(blocks, _)| blocks).map_err(refused)
    }

    fn code(&self, number: u32) -> DossierCode {
        DossierCode::new(&self.unit, self.day, number)
    }
}

/// Reserves the next numbers of the day and prints the codes for the slips, one a line.
pub async fn reserve(flags: OfflineReserve) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&flags.desk).await?;
    let request_id = match &flags.request_id {
        Some(given) => given.clone(),
        None => receptions::uuid(SystemIds.random()),
    };
    let request_id = RequestId::parse(&request_id.to_ascii_lowercase())
        .map_err(|wrong| Failure::Input(format!("--request-id: {wrong}")))?;
    let identity = RequestIdentity {
        request_id,
        content: Vec::new(),
    };
    let block = desk
        .engine
        .reserve_numbers(&desk.caller, identity, &desk.unit, desk.day, flags.count)
        .await
        .map_err(refused)?;
    let numbers = block.numbers.iter();
    let codes = numbers.map(|(number, _)| format!("{}\n", desk.code(*number)));
    print(codes.collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the state of each number of the day's blocks.
pub async fn list(flags: OfflineDesk) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&flags).await?;
    tell(&desk, &desk.blocks().await?)?;
    Ok(ExitCode::SUCCESS)
}

/// Voids numbers that no dossier will have.
pub async fn void(flags: OfflineVoid) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&flags.desk).await?;
    let reason: VoidReason = flags
        .reason
        .parse()
        .map_err(|wrong| Failure::Input(format!("--reason: {wrong}")))?;
    let numbers = numbers(&flags.numbers)?;
    let later = match &flags.later_dossier {
        Some(name) => Some(
            DossierName::parse(name)
                .map_err(|wrong| Failure::Input(format!("--later-dossier: {wrong}")))?,
        ),
        None => None,
    };
    let blocks = desk
        .engine
        .void_numbers(
            &desk.caller,
            &desk.unit,
            desk.day,
            numbers,
            reason,
            later.as_ref(),
        )
        .await
        .map_err(refused)?;
    tell(&desk, &blocks)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints which numbers of a period are void or skipped, and why.
async fn voids(flags: OfflineVoids) -> Result<ExitCode, Failure> {
    let here = Installation::open_desk(&flags.database).await?;
    let unit = here.unit(&flags.unit)?;
    let actor = ActorId::parse("motcua-cli")
        .map_err(|wrong| Failure::Input(format!("the command's own name: {wrong}")))?;
    let caller = caller(actor, Role::Receptionist, &unit);
    let days = flags.from..=flags.to.unwrap_or(flags.from);
    let (blocks, skipped) = (here.engine)
        .number_blocks(&caller, &unit.code, days)
        .await
        .map_err(refused)?;
    let at = |at| time::local(at).format("%Y-%m-%d %H:%M");
    let mut text = String::new();
    for block in &blocks {
        for (number, state) in &block.numbers {
            let NumberState::Void { .. } = state else {
                continue;
            };
            let code = DossierCode::new(&unit.code, block.day, *number);
            let by = block.voided.get(number);
            let by = by.map_or_else(String::new, |(actor, when)| {
                format!("\t{actor}\t{}", at(*when))
            });
            text.push_str(&format!("{code}\t{}{by}\n", said(*state)));
        }
    }
    for one in &skipped {
        let code = |number| DossierCode::new(&unit.code, one.day, number);
        text.push_str(&format!(
            "{} to {}\tskipped, a backup was put back\t\t{}\n",
            code(one.first),
            code(one.last),
            at(one.restored)
        ));
    }
    print(text)?;
    Ok(ExitCode::SUCCESS)
}

/// Enters receptions from paper. A second run with the same file adds nothing.
pub async fn import(flags: OfflineImport) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&flags.desk).await?;
    let rows = receptions::read(&flags.file, &desk.unit, desk.day).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::Input(lines.join("\n"))
    })?;
    if flags.dry_run {
        return foresee(&desk, &flags.file, &rows).await;
    }
    let mut failed = false;
    for some in rows.chunks(AT_ONCE) {
        let request = proto::ImportReceptionsRequest {
            unit: desk.unit.to_string(),
            day: desk.day.to_string(),
            requests: some.iter().map(|row| row.request.clone()).collect(),
        };
        let answer = grpc::offline::import(&desk.engine, &desk.caller, &request)
            .await
            .map_err(|error| wrong_fields(error, &flags.file, some))?;
        for (row, outcome) in some.iter().zip(answer.outcomes) {
            match outcome.result {
                Some(Outcome::Dossier(dossier)) => print(entered(&dossier))?,
                Some(Outcome::Failure(failure)) => {
                    failed = true;
                    let (file, line) = (flags.file.display(), row.line);
                    eprintln!(
                        "{file}:{line}: number {}: {}",
                        outcome.number, failure.message
                    );
                }
                None => {}
            }
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Code, due time and PIN, for the receipt.
fn entered(dossier: &proto::Dossier) -> String {
    let due = dossier.promised_due_time.as_ref();
    let due = due.and_then(|due| chrono::DateTime::from_timestamp(due.seconds, 0));
    let due = due.map_or_else(
        || "no due time".to_owned(),
        |due| time::local(due).format("%Y-%m-%d %H:%M").to_string(),
    );
    let pin = dossier
        .receipt
        .as_ref()
        .map_or("", |receipt| receipt.pin.as_str());
    format!("{}\t{due}\t{pin}\n", dossier.code)
}

/// Lists the rows that could not be entered because their numbers are not open.
async fn foresee(desk: &Desk, file: &Path, rows: &[receptions::Row]) -> Result<ExitCode, Failure> {
    for some in rows.chunks(AT_ONCE) {
        let request = proto::ImportReceptionsRequest {
            unit: desk.unit.to_string(),
            day: desk.day.to_string(),
            requests: some.iter().map(|row| row.request.clone()).collect(),
        };
        grpc::offline::check(&desk.engine, &desk.caller, &request)
            .map_err(|error| wrong_fields(error, file, some))?;
    }
    let blocks = desk.blocks().await?;
    let open: BTreeSet<u32> = (blocks.iter().flat_map(|block| &block.numbers))
        .filter(|(_, state)| *state == NumberState::Open)
        .map(|(number, _)| *number)
        .collect();
    let mut wrong = 0;
    for row in rows {
        let number = u32::try_from(row.request.number).unwrap_or(0);
        if !open.contains(&number) {
            wrong += 1;
            eprintln!(
                "{}:{}: number {number} is not open",
                file.display(),
                row.line
            );
        }
    }
    print(format!(
        "{} of {} receptions could be entered\n",
        rows.len() - wrong,
        rows.len()
    ))?;
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Wrong fields as file, line and reason.
fn wrong_fields(error: app::Error, file: &Path, rows: &[receptions::Row]) -> Failure {
    let app::Error::Invalid(fields) = error else {
        return refused(error);
    };
    let lines = fields.into_iter().map(|field| {
        let place = field
            .field
            .strip_prefix("requests[")
            .and_then(|rest| rest.split_once(']'));
        let found = place.and_then(|(at, name)| {
            let row = rows.get(at.parse::<usize>().ok()?)?;
            Some((row.line, name.trim_start_matches('.')))
        });
        match found {
            Some((line, name)) => {
                format!("{}:{line}: {name}: {}", file.display(), field.problem)
            }
            None => format!("{}: {}", field.field, field.problem),
        }
    });
    Failure::Input(lines.collect::<Vec<_>>().join("\n"))
}

fn refused(error: app::Error) -> Failure {
    match error {
        app::Error::Invalid(fields) => {
            let lines = fields
                .into_iter()
                .map(|one| format!("{}: {}", one.field, one.problem));
            Failure::Input(lines.collect::<Vec<_>>().join("\n"))
        }
        other => Failure::work("the request of the desk was refused", other),
    }
}

/// Numbers and ranges of numbers: `3,5-9`.
fn numbers(text: &str) -> Result<Vec<u32>, Failure> {
    let mut all = BTreeSet::new();
    for part in text.split(',').map(str::trim) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let range = first
            .trim()
            .parse::<u32>()
            .ok()
            .zip(last.trim().parse::<u32>().ok());
        let range = range.filter(|(first, last)| {
            first <= last && last - first < domain::number::MOST_IN_A_BLOCK
        });
        let (first, last) = range
            .ok_or_else(|| Failure::Input(format!("--numbers: `{part}` is not like 7 or 5-9")))?;
        all.extend(first..=last);
    }
    Ok(all.into_iter().collect())
}

fn tell(desk: &Desk, blocks: &[Block]) -> Result<(), Failure> {
    let mut text = String::new();
    for (number, state) in blocks.iter().flat_map(|block| &block.numbers) {
        text.push_str(&format!("{}\t{}\n", desk.code(*number), said(*state)));
    }
    print(text)
}

fn said(state: NumberState) -> String {
    match state {
        NumberState::Open => "open".to_owned(),
        NumberState::Used(dossier) => format!("dossiers/{dossier}"),
        NumberState::Void {
            reason,
            later: None,
        } => format!("void, {reason}"),
        NumberState::Void {
            reason,
            later: Some(later),
        } => format!("void, {reason}; later dossiers/{later}"),
    }
}
