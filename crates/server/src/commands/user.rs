//! `motcua user`: accounts of officials who sign in at the pages.

use std::io::{IsTerminal, Read};
use std::process::ExitCode;
use std::sync::Arc;

use app::accounts::{self, NewAccount};
use app::ports::{AccountStore, Clock};
use clap::{Args, Subcommand};
use domain::id::ActorId;
use domain::role::Role;
use store::SeaStore;

use super::{Database, Installation};
use crate::Failure;
use crate::clock::{SystemClock, SystemIds};

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
    /// receptionist, officer, leader, chairman, province, auditor or admin.
    #[arg(long)]
    role: String,
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
    let role: Role = flags
        .role
        .parse()
        .map_err(|wrong| Failure::Input(format!("--role: {wrong}")))?;
    let full_name = flags.full_name.trim();
    if full_name.is_empty() {
        return Err(Failure::Input("--full-name: must not be empty".into()));
    }
    let here = Installation::open(&flags.database).await?;
    let units = super::token::units(&here, &flags.units)?;
    let new = NewAccount {
        actor: actor.clone(),
        full_name: domain::fold::compose(full_name),
        position: domain::fold::compose(flags.position.trim()),
        role,
        province: units[0].province.clone(),
        units: units.iter().map(|unit| unit.code.clone()).collect(),
    };
    let (store, now) = (here.store.as_ref(), SystemClock.now());
    let taken = || Failure::Input(format!("there is already an account {actor}"));
    if flags.password_stdin {
        let password = typed()?;
        let added = accounts::add(store, &SystemIds, now, new, &password).await;
        if !added.map_err(failed)? {
            return Err(taken());
        }
        eprintln!("account {actor} is there");
    } else {
        let made = accounts::add_with_one_time(store, &SystemIds, now, new).await;
        let password = made.map_err(failed)?.ok_or_else(taken)?;
        eprintln!("account {actor} is there");
        show(&password);
    }
    Ok(ExitCode::SUCCESS)
}

async fn password(flags: Password) -> Result<ExitCode, Failure> {
    let actor = actor(&flags.name)?;
    let store = database(&flags.database).await?;
    let (store, now) = (store.as_ref(), SystemClock.now());
    let done = || eprintln!("account {actor} has a new password; its sessions have ended");
    if flags.password_stdin {
        let password = typed()?;
        let set = accounts::set_password(store, &SystemIds, now, &actor, &password).await;
        if !set.map_err(failed)? {
            return Err(unknown(&actor));
        }
        done();
    } else {
        let made = accounts::reset_password(store, &SystemIds, now, &actor).await;
        let password = made.map_err(failed)?.ok_or_else(|| unknown(&actor))?;
        done();
        show(&password);
    }
    Ok(ExitCode::SUCCESS)
}

async fn disable(name: &str, flags: &Database) -> Result<ExitCode, Failure> {
    let actor = actor(name)?;
    let store = database(flags).await?;
    let found = store
        .disable_account(&actor, SystemClock.now())
        .await
        .map_err(|error| Failure::work("cannot disable the account", error))?;
    if !found {
        return Err(unknown(&actor));
    }
    println!("account {actor} is disabled");
    Ok(ExitCode::SUCCESS)
}

async fn list(flags: &Database) -> Result<ExitCode, Failure> {
    let store = database(flags).await?;
    let accounts = store
        .accounts(None)
        .await
        .map_err(|error| Failure::work("cannot read the accounts", error))?;
    println!(
        "{:<20} {:<13} {:<20} {:<28} units",
        "name", "role", "state", "full name"
    );
    for account in accounts {
        let state = account.disabled.map_or_else(
            || "in use".to_owned(),
            |at| format!("disabled {}", domain::time::local_day(at)),
        );
        let units: Vec<&str> = account
            .units
            .iter()
            .map(domain::id::UnitCode::as_str)
            .collect();
        println!(
            "{:<20} {:<13} {state:<20} {:<28} {}",
            account.actor.as_str(),
            account.role.as_str(),
            account.full_name,
            units.join(",")
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A password from standard input.
fn typed() -> Result<String, Failure> {
    let mut text = String::new();
    let mut input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("type the password, then Enter and Ctrl-D");
    }
    input
        .read_to_string(&mut text)
        .map_err(|error| Failure::work("cannot read the password", error))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn show(password: &str) {
    eprintln!("its password is shown only now, and must be changed at the first sign-in");
    println!("{password}");
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

fn failed(error: app::Error) -> Failure {
    match error {
        app::Error::Invalid(fields) => {
            let fields = fields
                .iter()
                .map(|it| format!("{}: {}", it.field, it.problem));
            Failure::Input(fields.collect::<Vec<_>>().join("; "))
        }
        other => Failure::work("cannot keep the account", other),
    }
}

async fn database(flags: &Database) -> Result<Arc<SeaStore>, Failure> {
    Ok(Installation::open(flags).await?.store)
}
