//! `motcua user`: accounts of officials who sign in at the pages.

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use app::administration::{SignIn, UserTerms};
use app::ports::AccountStore;
use clap::{Args, Subcommand};
use domain::id::ActorId;
use domain::role::Role;

use super::{Database, Installation, grant};
use crate::Failure;

/// Make, list and disable accounts of officials, who sign in at the pages.
#[derive(Debug, Args)]
pub struct User {
    #[command(subcommand)]
    command: UserCommand,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Make an account and print its password, once.
    Add(Add),
    /// List the accounts.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Give an account a new password, print it once, and end its sessions.
    Password(Password),
    /// Disable an account and end its sessions. Its name stays in the history of dossiers.
    Disable {
        /// The name for signing in.
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// The name for signing in, such as trang.lt. Events carry it too, so no other person ever gets
    /// it.
    name: String,
    /// The full name, as on paper.
    #[arg(long, value_name = "TEXT")]
    full_name: String,
    /// The position, such as "Chủ tịch".
    #[arg(long, value_name = "TEXT", default_value = "")]
    position: String,
    /// receptionist, officer, leader, chairman, province, auditor or admin; may be repeated for a
    /// person with several roles.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,
    /// A unit of the account, by agency identifier or statistics code; may be repeated. A
    /// province's own identifier means all its units.
    #[arg(long = "unit", value_name = "CODE", required = true)]
    units: Vec<String>,
    /// Read the password from standard input instead of generating one.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    database: Database,
}

#[derive(Debug, Args)]
struct Password {
    /// The name for signing in.
    name: String,
    /// Read the password from standard input instead of generating one.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    database: Database,
}

/// Makes, lists or disables accounts.
pub async fn run(flags: User) -> Result<ExitCode, Failure> {
    match flags.command {
        UserCommand::Add(add) => self::add(add).await,
        UserCommand::List { database } => list(&database).await,
        UserCommand::Password(flags) => password(flags).await,
        UserCommand::Disable { name, database } => disable(&name, &database).await,
    }
}

async fn add(flags: Add) -> Result<ExitCode, Failure> {
    let actor = actor(&flags.name)?;
    let roles = grant::roles(&flags.roles)?;
    let full_name = flags.full_name.trim();
    if full_name.is_empty() {
        return Err(Failure::Input("--full-name: must not be empty".into()));
    }
    let here = Installation::open(&flags.database).await?;
    let units = grant::units(&here, &flags.units)?;
    let operator = grant::operator(&here, &units[0].province)?;
    let terms = UserTerms {
        full_name: domain::fold::compose(full_name),
        position: domain::fold::compose(flags.position.trim()),
        roles,
        units: units.iter().map(|unit| unit.code.clone()).collect(),
    };
    if here.user(&actor).await?.is_some() {
        return Err(Failure::Input(format!(
            "there is already an account {actor}"
        )));
    }
    let sign_in = sign_in(flags.password_stdin)?;
    let once = grant::once(&here);
    let added = (here.engine)
        .create_user(&operator, &once, &actor, terms, sign_in)
        .await;
    let (_, password) = added.map_err(|error| grant::failed(error, "cannot keep the account"))?;
    eprintln!("account {actor} is there");
    show(password);
    Ok(ExitCode::SUCCESS)
}

async fn password(flags: Password) -> Result<ExitCode, Failure> {
    let actor = actor(&flags.name)?;
    let here = Installation::open(&flags.database).await?;
    let user = here.user(&actor).await?.ok_or_else(|| unknown(&actor))?;
    let operator = grant::operator(&here, &user.province)?;
    let sign_in = sign_in(flags.password_stdin)?;
    let once = grant::once(&here);
    let set = (here.engine)
        .reset_password(&operator, &once, &actor, sign_in)
        .await;
    let password = set.map_err(|error| grant::failed(error, "cannot keep the account"))?;
    eprintln!("account {actor} has a new password; its sessions have ended");
    show(password);
    Ok(ExitCode::SUCCESS)
}

async fn disable(name: &str, flags: &Database) -> Result<ExitCode, Failure> {
    let actor = actor(name)?;
    let here = Installation::open(flags).await?;
    let user = here.user(&actor).await?.ok_or_else(|| unknown(&actor))?;
    let operator = grant::operator(&here, &user.province)?;
    let once = grant::once(&here);
    let disabled = here.engine.disable_user(&operator, &once, &actor).await;
    disabled.map_err(|error| grant::failed(error, "cannot disable the account"))?;
    println!("account {actor} is disabled; its sessions and tokens have ended");
    Ok(ExitCode::SUCCESS)
}

async fn list(flags: &Database) -> Result<ExitCode, Failure> {
    let here = Installation::open(flags).await?;
    let accounts = (here.store)
        .accounts(None)
        .await
        .map_err(|error| Failure::work("cannot read the accounts", error))?;
    println!(
        "{:<20} {:<22} {:<20} {:<28} units",
        "name", "roles", "state", "full name"
    );
    for account in accounts {
        let state = account.disabled.map_or_else(
            || "in use".to_owned(),
            |at| format!("disabled {}", domain::time::local_day(at)),
        );
        let roles: Vec<&str> = account.roles().map(Role::as_str).collect();
        let units: Vec<&str> = account
            .units
            .iter()
            .map(domain::id::UnitCode::as_str)
            .collect();
        println!(
            "{:<20} {:<22} {state:<20} {:<28} {}",
            account.actor.as_str(),
            roles.join(","),
            account.full_name,
            units.join(",")
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// How the user gets in: with a password that is made up, or with one that is typed.
fn sign_in(from_input: bool) -> Result<SignIn, Failure> {
    if !from_input {
        return Ok(SignIn::MadeUp);
    }
    let mut text = String::new();
    let mut input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("type the password, then Enter and Ctrl-D");
    }
    input
        .read_to_string(&mut text)
        .map_err(|error| Failure::work("cannot read the password", error))?;
    Ok(SignIn::Given(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

fn show(password: Option<String>) {
    if let Some(password) = password {
        eprintln!("its password is shown only now, and must be changed at the first sign-in");
        println!("{password}");
    }
}

fn actor(name: &str) -> Result<ActorId, Failure> {
    // Nobody remembers the case of a name, so neither storing nor signing in depends on it.
    ActorId::parse(&name.to_lowercase()).map_err(|wrong| Failure::Input(format!("name: {wrong}")))
}

fn unknown(actor: &ActorId) -> Failure {
    Failure::Input(format!(
        "there is no account {actor}; `motcua user list` shows them"
    ))
}
