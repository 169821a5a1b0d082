//! `motcua token`.

use super::Database;
use clap::{Args, Subcommand};
use std::process::ExitCode;

use app::administration::{IssuedToken, TokenTerms};
use app::ports::Clock;
use chrono::TimeDelta;
use domain::id::{ActorId, ProvinceCode};
use domain::language::Language;
use domain::role::Role;
use domain::time::{local_day, rfc3339};

use super::{Installation, grant, words};
use crate::Failure;
use crate::clock::SystemClock;

/// Make, list, replace and revoke tokens. Without a subcommand it makes a token and prints it, once.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Token {
    #[command(subcommand)]
    pub command: Option<TokenCommand>,
    /// receptionist, officer, leader, chairman, province, portal, auditor or admin; may be repeated
    /// for a person with several roles. A user's own roles when left out.
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<String>,
    /// A unit of the token, by agency identifier or statistics code; may be repeated. A province's
    /// own identifier means all its units. A user's own units when left out.
    #[arg(long = "unit", value_name = "CODE")]
    pub units: Vec<String>,
    /// Whose token it is: the name of a user, or of one program. The history of dossiers tells people
    /// apart by it.
    #[arg(long, value_name = "NAME")]
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
    /// Make a token like another one, which then ends, and print it, once.
    Rotate {
        /// The id of the token that ends, as `token list` prints it.
        id: String,
        /// For how many minutes both are good, so that a program can be told the new one.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=10_080))]
        overlap_minutes: u32,
        /// For how many days the new one is valid.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
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

/// Makes, lists, replaces or revokes tokens.
pub async fn run(flags: Token, language: Language) -> Result<ExitCode, Failure> {
    match &flags.command {
        None => issue(&flags).await,
        Some(TokenCommand::List { database }) => list(database, language).await,
        Some(TokenCommand::Rotate {
            id,
            overlap_minutes,
            days,
            database,
        }) => rotate(id, *overlap_minutes, *days, database).await,
        Some(TokenCommand::Revoke { id, database }) => revoke(id, database).await,
    }
}

async fn issue(flags: &Token) -> Result<ExitCode, Failure> {
    let actor = flags.actor.as_deref().ok_or_else(|| {
        Failure::Input(
            "--actor is needed: the name of the user, or of the program, whose token it is; a name that \
             several people share would tell nobody apart"
                .into(),
        )
    })?;
    let actor =
        ActorId::parse(actor).map_err(|wrong| Failure::Input(format!("--actor: {wrong}")))?;
    let roles = grant::roles(&flags.roles)?;
    let here = Installation::open(&flags.database).await?;
    let user = here.user(&actor).await?;
    let terms = TokenTerms {
        units: match (&user, flags.units.is_empty()) {
            (Some(_), true) => Vec::new(),
            (Some(_) | None, _) => {
                let units = grant::units(&here, &flags.units)?;
                units.iter().map(|unit| unit.code.clone()).collect()
            }
        },
        roles,
        lasts: TimeDelta::days(flags.days.into()),
    };
    let made = match user {
        Some(user) => {
            let operator = grant::operator(&here, &user.province)?;
            let once = grant::once(&here);
            here.engine
                .issue_token(&operator, &once, &actor, terms)
                .await
        }
        None => {
            let first = grant::units(&here, &flags.units)?[0].province.clone();
            let operator = grant::operator(&here, &first)?;
            let once = grant::once(&here);
            (here.engine)
                .issue_program_token(&operator, &once, &actor, terms)
                .await
        }
    };
    show(made)
}

fn show(made: Result<IssuedToken, app::Error>) -> Result<ExitCode, Failure> {
    let made = made.map_err(|error| grant::failed(error, "cannot keep the token"))?;
    eprintln!(
        "token {} for {} is good until {}; it is shown only now",
        made.token.id,
        made.token.actor,
        rfc3339(made.token.expires)
    );
    println!("{}", made.secret.unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

async fn list(database: &Database, language: Language) -> Result<ExitCode, Failure> {
    let here = Installation::open(database).await?;
    let cannot = |error| Failure::work("cannot read the tokens", error);
    let tokens = here.read().await?.tokens().await.map_err(cannot)?;
    println!(
        "{:<13} {:<22} {:<26} {:<22} {:<17} {}",
        words(language, "mã", "id"),
        words(language, "vai trò", "roles"),
        words(language, "người dùng", "user"),
        words(language, "trạng thái", "state"),
        words(language, "dùng lần cuối", "last used"),
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
        let used = token.used.map_or_else(
            || words(language, "chưa dùng", "never").to_owned(),
            |at| rfc3339(at)[..16].replace('T', " "),
        );
        let roles: Vec<&str> = token.roles().map(Role::as_str).collect();
        let units: Vec<&str> = token
            .units
            .iter()
            .map(domain::id::UnitCode::as_str)
            .collect();
        println!(
            "{:<13} {:<22} {:<26} {state:<22} {used:<17} {}",
            token.id,
            roles.join(","),
            token.actor.as_str(),
            units.join(",")
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn rotate(
    id: &str,
    overlap_minutes: u32,
    days: u32,
    database: &Database,
) -> Result<ExitCode, Failure> {
    let here = Installation::open(database).await?;
    let operator = grant::operator(&here, &province_of(&here, id).await?)?;
    let once = grant::once(&here);
    let overlap = TimeDelta::minutes(overlap_minutes.into());
    let lasts = TimeDelta::days(days.into());
    show(
        here.engine
            .rotate_token(&operator, &once, id, lasts, overlap)
            .await,
    )
}

async fn revoke(id: &str, database: &Database) -> Result<ExitCode, Failure> {
    let here = Installation::open(database).await?;
    let operator = grant::operator(&here, &province_of(&here, id).await?)?;
    let once = grant::once(&here);
    let revoked = here.engine.revoke_token(&operator, &once, id).await;
    revoked.map_err(|error| grant::failed(error, "cannot revoke the token"))?;
    println!("token {id} is revoked");
    Ok(ExitCode::SUCCESS)
}

/// The province of a token.
async fn province_of(here: &Installation, id: &str) -> Result<ProvinceCode, Failure> {
    let tokens = here.read().await?.tokens().await;
    let tokens = tokens.map_err(|error| Failure::work("cannot read the tokens", error))?;
    let found = tokens.into_iter().find(|token| token.id == id);
    found.map(|token| token.province).ok_or_else(|| {
        Failure::Input(format!(
            "there is no token {id}; `motcua token list` shows them"
        ))
    })
}
