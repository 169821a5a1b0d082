//! Citizens are told when the status of a dossier changes: on channels that they agreed to, of each event
//! once at most, and not at night.
//!
//! A channel is a remote like any other: a place in the feed, parcels, a lease. Before a notice goes out,
//! its event is claimed; a notice whose fate nobody knows is not sent again.

mod channel;
mod note;
mod settings;
mod words;

use std::sync::Arc;
use std::time::Duration;

use app::accounts::Accounts;
use app::ports::{NoticeEnd, NoticeKey};
use app::{Engine, Error};
use chrono::TimeDelta;
use domain::catalogue::Catalogue;
use domain::language::Language;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::outbound::{Arrived, Begins, Errand, Task, Terms, Undelivered, Why};
use crate::patience::Patience;
use channel::{Channel, Sending};
use note::Note;

pub use channel::Letter;
pub use settings::NoticeSettings;
pub use words::NoticeWords;

/// How old an event may be to be told: older news only frightens. So a restored database tells of the
/// last day again at most, and claims that the backup holds stay.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// The errand to one channel.
pub struct Notifier {
    engine: Arc<Engine>,
    accounts: Arc<Accounts>,
    settings: NoticeSettings,
    channel: Channel,
}

impl Notifier {
    /// The errand to a channel, with the secret that its settings name.
    ///
    /// Errors: what is wrong with the settings.
    pub fn new(
        engine: Arc<Engine>,
        accounts: Arc<Accounts>,
        settings: NoticeSettings,
        secret: &str,
    ) -> Result<Self, String> {
        let channel = Channel::new(&settings, secret)?;
        Ok(Self {
            engine,
            accounts,
            settings,
            channel,
        })
    }

    /// How a worker deals with it.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let settings = &self.settings;
        Terms {
            name: format!("notice.{}", settings.name),
            province: settings.province.clone(),
            parallel: 4,
            compare: None,
            lease: Duration::from_secs(4 * settings.timeout_seconds),
            begins: Begins::Now,
            patience: Patience {
                first: Duration::from_millis(settings.first_pause_ms),
                ..Patience::default()
            },
        }
    }

    async fn tell(&self, task: Task) -> Result<Arrived, Undelivered> {
        let parcel = &task.parcel;
        let Some(history) = &task.history else {
            return Ok(Arrived::NotForIt);
        };
        let records = &history.records;
        let mut until = None;
        for note in note::notes(records, &task.catalogue, parcel.first, parcel.last) {
            let told = self.tell_one(&task, &note).await;
            told.map_err(|why| Undelivered {
                why,
                asked: format!("notice of event {}", note.version),
                until,
            })?;
            until = Some(note.version);
        }
        // Some of it may have been nobody's to be told, so no time is taken.
        Ok(Arrived::NotForIt)
    }

    async fn tell_one(&self, task: &Task, note: &Note) -> Result<(), Why> {
        let parcel = &task.parcel;
        let away = |error: Error| Why::Away(error.to_string());
        if self.engine.now() - note.at > FRESH || note.code.is_empty() {
            return Ok(());
        }
        let channel = self.settings.channel.as_str();
        let agreed = self
            .engine
            .agreement(&parcel.province, parcel.dossier, channel);
        let Some(agreed) = agreed.await.map_err(away)? else {
            return Ok(());
        };
        let Some(text) = self.text(&task.catalogue, note, agreed.language).await else {
            return Ok(());
        };
        if let Some(end) = self.settings.quiet.end(self.engine.now()) {
            return Err(Why::NotYet(end));
        }
        // Asked before the event is claimed: a server that is away has taken nothing.
        self.channel.is_there().await.map_err(Why::Away)?;
        let key = NoticeKey {
            province: parcel.province.clone(),
            dossier: parcel.dossier,
            version: note.version,
            channel: self.settings.name.clone(),
        };
        if !self.engine.claim_notice(&key).await.map_err(away)? {
            return Ok(());
        }
        let letter = Letter {
            id: format!("{}.{}", parcel.dossier, note.version),
            channel: self.settings.channel,
            to: agreed.address,
            language: agreed.language,
            code: note.code.clone(),
            text,
        };
        let (end, why) = match self.channel.send(&letter, self.engine.now()).await {
            Sending::Sent => (NoticeEnd::Sent, None),
            Sending::Later(words) => (NoticeEnd::NotSent, Some(Why::Away(words))),
            Sending::Refused(words) => (NoticeEnd::NotSent, Some(Why::Refused(words))),
            Sending::Unknown(words) => {
                let (dossier, event) = (parcel.dossier, note.version);
                tracing::warn!(%dossier, event, words, "nobody knows whether a notice went out");
                (NoticeEnd::Unknown, None)
            }
        };
        self.engine.settle_notice(&key, end).await.map_err(away)?;
        why.map_or(Ok(()), Err)
    }

    async fn text(&self, catalogue: &Catalogue, note: &Note, language: Language) -> Option<String> {
        let words = NoticeWords::of(catalogue).ok()?;
        let mut values = note.values.clone();
        if let Ok(directory) = self.accounts.directory(&self.settings.province).await {
            let name = directory.name(&note.actor);
            let title = match language {
                Language::Vietnamese => note.role.name_vi(),
                Language::English => note.role.as_str(),
            };
            values.insert("person", format!("{name} ({title})"));
        }
        words.text(note.kind, language, &values)
    }
}

impl Errand for Notifier {
    fn run(self: Arc<Self>, task: Task) -> BoxFuture<'static, Result<Arrived, Undelivered>> {
        async move { self.tell(task).await }.boxed()
    }
}
