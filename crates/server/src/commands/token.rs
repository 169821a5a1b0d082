//! `motcua token`.

use super::Database;
use clap::{Args, Subcommand};
use std::process::ExitCode;

use app::ports::{Clock, WriteTokens};
use app::tokens::{self, Grant};
use chrono::TimeDelta;
use domain::id::ActorId;
use domain::language::Language;
use domain::role::Role;
use domain::time::{local_day, rfc3339};
use domain::unit::Unit;

use super::{Installation, words};
use crate::Failure;
use crate::clock::{SystemClock, SystemIds};

/// Make, list and revoke tokens. Without a subcommand it makes a token and prints it, once.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Token {
    #[command(subcommand)]
    pub command: Option<TokenCommand>,
    /// receptionist, officer, leader, chairman, province, portal, auditor or admin.
    #[arg(long)]
    pub role: Option<String>,
    /// A unit of the token, by agency identifier or statistics code; may be repeated. A province's
    /// own identifier means all its units.
    #[arg(long = "unit", value_name = "CODE")]
    pub units: Vec<String>,
    /// Who acts, by an id of your own; by default made from role and unit.
    #[arg(long, value_name = "ID")]
    pub actor: Option<String>,
    /// For how many days the token is valid.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    #[command(flatten)]
    pub database: Database,
}

/// What else to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// List the tokens, without their secrets.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Revoke a token at once.
    Revoke {
        /// The token's id, as `token list` prints it.
        id: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Makes, lists or revokes tokens.
pub async fn run(flags: Token, language: Language) -> Result<ExitCode, Failure> {
    match &flags.command {
        None => issue(&flags).await,
        Some(TokenCommand::List { database }) => list(database, language).await,
        Some(TokenCommand::Revoke { id, database }) => revoke(id, database).await,
    }
}

async fn issue(flags: &Token) -> Result<ExitCode, Failure> {
    let role = flags.role.as_deref().ok_or_else(|| {
        Failure::Input("--role is needed: receptionist, officer, leader, chairman, province, portal, auditor or admin".into())
    })?;
    let role: Role = role
        .parse()
        .map_err(|wrong| Failure::Input(format!("--role: {wrong}")))?;
    let here = Installation::open(&flags.database).await?;
    let units = units(&here, &flags.units)?;
    let province = units[0].province.clone();
    let actor = flags
        .actor
        .clone()
        .unwrap_or_else(|| format!("{role}-{}", units[0].code));
    let actor =
        ActorId::parse(&actor).map_err(|wrong| Failure::Input(format!("--actor: {wrong}")))?;
    let grant = Grant {
        actor,
        role,
        province,
        units: units.iter().map(|unit| unit.code.clone()).collect(),
        lasts: TimeDelta::days(flags.days.into()),
    };
    let issued = tokens::issue(here.store.as_ref(), &SystemIds, SystemClock.now(), grant)
        .await
        .map_err(|error| Failure::work("cannot keep the token", error))?;
    eprintln!(
        "token {} for {} is good until {}; it is shown only now",
        issued.token.id,
        issued.token.actor,
        rfc3339(issued.token.expires)
    );
    println!("{}", issued.secret);
    Ok(ExitCode::SUCCESS)
}

/// The units of a token, also units that an import created.
pub(super) fn units(here: &Installation, codes: &[String]) -> Result<Vec<Unit>, Failure> {
    let mut units: Vec<Unit> = Vec::new();
    for code in codes {
        let unit = here.unit(code)?;
        if units
            .first()
            .is_some_and(|first| first.province != unit.province)
        {
            return Err(Failure::Input(
                "--unit: all units of a token must be of one province".into(),
            ));
        }
        units.push(unit);
    }
    if units.is_empty() {
        return Err(Failure::Input("--unit: at least one is needed".into()));
    }
    Ok(units)
}

async fn list(database: &Database, language: Language) -> Result<ExitCode, Failure> {
    let here = Installation::open(database).await?;
    let cannot = |error| Failure::work("cannot read the tokens", error);
    let tokens = here.read().await?.tokens().await.map_err(cannot)?;
    println!(
        "{:<13} {:<13} {:<26} {:<26} {}",
        words(language, "mã", "id"),
        words(language, "vai trò", "role"),
        words(language, "người dùng", "actor"),
        words(language, "trạng thái", "state"),
        words(language, "đơn vị", "units"),
    );
    let now = SystemClock.now();
    for token in tokens {
        let state = match token.revoked {
            Some(at) => format!(
                "{} {}",
                words(language, "thu hồi", "revoked"),
                local_day(at)
            ),
            None if token.expires <= now => format!(
                "{} {}",
                words(language, "hết hạn", "expired"),
                local_day(token.expires)
            ),
            None => format!(
                "{} {}",
                words(language, "đến", "until"),
                local_day(token.expires)
            ),
        };
        let units: Vec<&str> = token
            .units
            .iter()
            .map(domain::id::UnitCode::as_str)
            .collect();
        println!(
            "{:<13} {:<13} {:<26} {state:<26} {}",
            token.id,
            token.role.as_str(),
            token.actor.as_str(),
            units.join(",")
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn revoke(id: &str, database: &Database) -> Result<ExitCode, Failure> {
    let here = Installation::open(database).await?;
    let found = here
        .store
        .revoke_token(id, SystemClock.now())
        .await
        .map_err(|error| Failure::work("cannot revoke the token", error))?;
    if !found {
        return Err(Failure::Input(format!(
            "there is no token {id}; `motcua token list` shows them"
        )));
    }
    println!("token {id} is revoked");
    Ok(ExitCode::SUCCESS)
}
