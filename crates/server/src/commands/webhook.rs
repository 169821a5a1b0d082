//! `motcua webhook`: other software that is told of every event.

use std::process::ExitCode;

use app::portal::{NewWebhook, SignedWebhook, is_webhook_name};
use app::ports::Webhook;
use clap::{Args, Subcommand};
use domain::dossier::Event;
use domain::language::Language;
use domain::time::rfc3339;
use serde_json::{Value, json};

use super::portal::{Place, open, refused};
use super::{PlainFormat, print, words};
use crate::Failure;

/// Tell other software of every event: CloudEvents 1.0, signed as Standard Webhooks says.
///
/// What is parked, `motcua portal show webhook.NAME` shows, and `motcua portal retry` sends again.
#[derive(Debug, Args)]
pub struct Webhooks {
    #[command(subcommand)]
    pub command: WebhookCommand,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Add one, and print its secret: it is shown this once.
    Add {
        /// Its name: at most 30 of a-z, 0-9 and -.
        name: String,
        /// Where it is told: https://, and no private address.
        address: String,
        /// It may be an address of a private network, and http://.
        #[arg(long)]
        inside: bool,
        /// A cursor of ListEvents: it is told what comes after it; everything with an empty one. From
        /// now on without.
        #[arg(long, value_name = "CURSOR")]
        cursor: Option<String>,
        /// Only events of these kinds, such as received,resolved; every one without.
        #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
        kinds: Vec<&'static str>,
        #[command(flatten)]
        place: Place,
    },
    /// All of the province.
    List {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// Begin another secret, and print it; the one before signs beside it for 24 hours.
    Rotate {
        /// Its name.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Remove one, and what is under way to it.
    Remove {
        /// Its name.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Tell one anew what comes after a cursor.
    Replay {
        /// Its name.
        name: String,
        /// A cursor of ListEvents; everything from the beginning without one.
        #[arg(long, value_name = "CURSOR", default_value = "")]
        cursor: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub async fn run(flags: Webhooks, language: Language) -> Result<ExitCode, Failure> {
    match flags.command {
        WebhookCommand::Add {
            name,
            address,
            inside,
            cursor,
            kinds,
            place,
        } => {
            if !is_webhook_name(&name) {
                let expected = "expected at most 30 of a-z, 0-9 and -";
                return Err(Failure::Input(format!("`{name}`: {expected}")));
            }
            let (here, caller) = open(&place).await?;
            let new = NewWebhook {
                request: here.engine.request_id(),
                name,
                address,
                is_inside: inside,
                kinds,
                cursor,
            };
            let added = here.engine.add_webhook(&caller, new).await;
            print(secret(&added.map_err(refused)?, language))?;
            here.close().await?;
        }
        WebhookCommand::List { place, format } => {
            let (here, caller) = open(&place).await?;
            let all = here.engine.list_webhooks(&caller).await.map_err(refused)?;
            print(match format {
                PlainFormat::Json => {
                    let rows: Vec<Value> = all.iter().map(to_json).collect();
                    format!("{}\n", Value::from(rows))
                }
                PlainFormat::Table if all.is_empty() => {
                    words(language, "chưa có\n", "none\n").to_owned()
                }
                PlainFormat::Table => all
                    .iter()
                    .map(|one| {
                        let kinds = one.kinds.join(" ");
                        format!("{} → {} {kinds}", one.name, one.address)
                    })
                    .map(|line| format!("{}\n", line.trim_end()))
                    .collect(),
            })?;
            here.close().await?;
        }
        WebhookCommand::Rotate { name, place } => {
            let (here, caller) = open(&place).await?;
            let request = here.engine.request_id();
            let rotated = here.engine.rotate_webhook(&caller, request, &name).await;
            print(secret(&rotated.map_err(refused)?, language))?;
            here.close().await?;
        }
        WebhookCommand::Remove { name, place } => {
            let (here, caller) = open(&place).await?;
            let removed = here.engine.remove_webhook(&caller, &name).await;
            removed.map_err(refused)?;
            print(words(language, "đã xóa\n", "removed\n"))?;
            here.close().await?;
        }
        WebhookCommand::Replay {
            name,
            cursor,
            place,
        } => {
            let (here, caller) = open(&place).await?;
            let request = here.engine.request_id();
            let told = here.engine.replay_webhook(&caller, request, &name, &cursor);
            told.await.map_err(refused)?;
            print(words(language, "sẽ được gửi lại\n", "is told anew\n"))?;
            here.close().await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn kind(word: &str) -> Result<&'static str, String> {
    Event::kind_named(word).map_err(|invalid| invalid.to_string())
}

fn secret(signed: &SignedWebhook, language: Language) -> String {
    let note = words(
        language,
        "khóa chỉ hiện một lần này",
        "the secret is shown this once",
    );
    eprintln!("{note}");
    format!("{}\n", signed.secret_text())
}

fn to_json(webhook: &Webhook) -> Value {
    json!({
        "name": webhook.name, "address": webhook.address, "inside": webhook.is_inside,
        "kinds": webhook.kinds,
        "remote": webhook.remote(), "old_secret_until_time": webhook.old_until.map(rfc3339),
        "create_time": rfc3339(webhook.created), "created_by": webhook.created_by.as_str(),
    })
}
