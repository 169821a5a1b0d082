//! Ways to a citizen: a mail server, or a gateway that is told as a webhook is.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::language::Language;
use domain::notice::NoticeChannel;
use domain::time::{Instant, rfc3339};
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde_json::json;

use super::settings::NoticeSettings;
use crate::webhook::send::{Answered, Sender};
use crate::webhook::sign;

/// What a citizen is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same at every try.
    pub id: String,
    /// By which kind of channel.
    pub channel: NoticeChannel,
    /// The citizen's address there.
    pub to: String,
    /// In which language.
    pub language: Language,
    /// The dossier's code.
    pub code: String,
    /// The words.
    pub text: String,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sending {
    Sent,
    /// It surely was not taken, and may be at another time.
    Later(String),
    /// It surely was not taken, and will not be.
    Refused(String),
    Unknown(String),
}

/// A way to citizens.
pub(super) enum Channel {
    Mail {
        server: AsyncSmtpTransport<Tokio1Executor>,
        from: lettre::message::Mailbox,
    },
    Gateway {
        sender: Sender,
        secret: Vec<u8>,
    },
}

/// The fewest bytes of a secret.
const SHORTEST_SECRET: usize = 24;

impl Channel {
    pub(super) fn new(settings: &NoticeSettings, secret: &str) -> Result<Self, String> {
        settings.check()?;
        let timeout = Duration::from_secs(settings.timeout_seconds);
        if settings.channel != NoticeChannel::Email {
            let key = secret.trim().strip_prefix("whsec_");
            let key = key.and_then(|text| BASE64_STANDARD.decode(text).ok());
            let secret = key
                .filter(|key| key.len() >= SHORTEST_SECRET)
                .ok_or("secret_file: expected whsec_ and at least 24 bytes in base64")?;
            // The operator names the gateway, so it may stand in the same network.
            let sender = Sender::new(&settings.address, true, timeout)?;
            return Ok(Channel::Gateway { sender, secret });
        }
        let from = settings.from.parse();
        let from = from.map_err(|wrong| format!("from: {wrong}"))?;
        // The first one stays when another client has installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.address);
        let mut server = server
            .map_err(|wrong| format!("address: {wrong}"))?
            .timeout(Some(timeout));
        if !settings.username.is_empty() {
            let name = settings.username.clone();
            server = server.credentials(Credentials::new(name, secret.trim().to_owned()));
        }
        Ok(Channel::Mail {
            server: server.build(),
            from,
        })
    }

    /// Whether the server answers at all; a gateway's answer tells that by itself.
    pub(super) async fn is_there(&self) -> Result<(), String> {
        match self {
            Channel::Gateway { .. } => Ok(()),
            Channel::Mail { server, .. } => match server.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err("the mail server does not answer".to_owned()),
                Err(error) => Err(said(&error)),
            },
        }
    }

    pub(super) async fn send(&self, letter: &Letter, now: Instant) -> Sending {
        match self {
            Channel::Gateway { sender, secret } => {
                let body = event(letter, now).to_string();
                let seconds = now.timestamp();
                let signature = sign(&[secret], &letter.id, seconds, body.as_bytes());
                match sender.send(&letter.id, seconds, &signature, body).await {
                    Answered::Taken => Sending::Sent,
                    Answered::Gone => Sending::Refused("HTTP 410".to_owned()),
                    Answered::Forbidden(words) => Sending::Refused(words),
                    Answered::Refused(words) => Sending::Later(words),
                    Answered::Unknown(words) => Sending::Unknown(words),
                }
            }
            Channel::Mail { server, from } => {
                let message = match mail(letter, from) {
                    Ok(message) => message,
                    Err(wrong) => return Sending::Refused(wrong),
                };
                match server.send(message).await {
                    Ok(_) => Sending::Sent,
                    Err(error) if error.is_transient() => Sending::Later(said(&error)),
                    Err(error) if error.is_permanent() => Sending::Refused(said(&error)),
                    Err(error) => Sending::Unknown(said(&error)),
                }
            }
        }
    }
}

fn mail(letter: &Letter, from: &lettre::message::Mailbox) -> Result<Message, String> {
    let to = letter.to.parse();
    let to = to.map_err(|_not_shown| "the address is none of a mailbox".to_owned())?;
    let subject = match letter.language {
        Language::Vietnamese => format!("Thông báo về hồ sơ {}", letter.code),
        Language::English => format!("Notice about dossier {}", letter.code),
    };
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(subject)
        .message_id(Some(format!("<{}@motcua>", letter.id)))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(|wrong| wrong.to_string())
}

/// An error's words without the citizen's address, which a server may repeat.
fn said(error: &lettre::transport::smtp::Error) -> String {
    let words = error.to_string();
    let masked = words
        .split(' ')
        .map(|word| if word.contains('@') { "***" } else { word });
    masked.collect::<Vec<_>>().join(" ")
}

/// A letter as a CloudEvent for a gateway.
fn event(letter: &Letter, now: Instant) -> serde_json::Value {
    let language = match letter.language {
        Language::Vietnamese => "vi",
        Language::English => "en",
    };
    json!({
        "specversion": "1.0",
        "id": letter.id,
        "source": "urn:motcua",
        "type": "vn.motcua.notice.v1",
        "time": rfc3339(now),
        "datacontenttype": "application/json",
        "data": {
            "channel": letter.channel.as_str(),
            "to": letter.to,
            "language": language,
            "code": letter.code,
            "text": letter.text,
        },
    })
}
