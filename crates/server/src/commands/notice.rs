//! `motcua notice`: how citizens agreed to be told.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use domain::language::Language;
use domain::notice::NoticeChannel;

use super::portal::{Place, dossier_of, open, refused};
use super::{print, words};
use crate::Failure;

/// Note how the citizen of a dossier agreed to be told of it. A citizen who did not agree is told nothing.
#[derive(Debug, Args)]
pub struct Notices {
    #[command(subcommand)]
    pub command: NoticeCommand,
}

/// What to note.
#[derive(Debug, Subcommand)]
pub enum NoticeCommand {
    /// The citizen agrees to be told on a channel.
    Agree {
        /// The dossier, by code or id.
        dossier: String,
        /// The channel.
        #[arg(value_enum)]
        channel: Kind,
        /// The citizen's address there: a mail address or a telephone number.
        address: String,
        /// Tell in English.
        #[arg(long)]
        english: bool,
        #[command(flatten)]
        place: Place,
    },
    /// The citizen no longer agrees.
    Disagree {
        /// The dossier, by code or id.
        dossier: String,
        /// The channel.
        #[arg(value_enum)]
        channel: Kind,
        #[command(flatten)]
        place: Place,
    },
}

/// A kind of channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Email,
    Sms,
    Zalo,
    Vneid,
}

impl Kind {
    fn channel(self) -> NoticeChannel {
        match self {
            Kind::Email => NoticeChannel::Email,
            Kind::Sms => NoticeChannel::Sms,
            Kind::Zalo => NoticeChannel::Zalo,
            Kind::Vneid => NoticeChannel::Vneid,
        }
    }
}

/// Does it.
pub async fn run(flags: Notices, language: Language) -> Result<ExitCode, Failure> {
    let (NoticeCommand::Agree {
        dossier,
        channel,
        place,
        ..
    }
    | NoticeCommand::Disagree {
        dossier,
        channel,
        place,
    }) = &flags.command;
    let (here, caller) = open(place).await?;
    let found = dossier_of(&here, &caller, Some(dossier)).await?;
    let Some(id) = found else {
        return Err(Failure::Input(format!("there is no dossier {dossier}")));
    };
    let channel = channel.channel();
    let (engine, said) = (&here.engine, words(language, "đã ghi nhận\n", "noted\n"));
    match &flags.command {
        NoticeCommand::Agree {
            address, english, ..
        } => {
            let told_in = if *english {
                Language::English
            } else {
                Language::Vietnamese
            };
            let noted = engine.agree_to_notices(&caller, id, channel, address, told_in);
            noted.await.map_err(refused)?;
        }
        NoticeCommand::Disagree { .. } => {
            let noted = engine.disagree_to_notices(&caller, id, channel);
            noted.await.map_err(refused)?;
        }
    }
    print(said)?;
    here.close().await?;
    Ok(ExitCode::SUCCESS)
}
