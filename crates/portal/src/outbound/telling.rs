//! The errand to a remote that is told of dossiers in its own words.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::client::Client;
use super::deliver::{Known, deliver};
use super::errand::{Arrived, Errand, Task, Undelivered, Why};
use super::story::{self, Silence, Story};
use crate::settings::RemoteSettings;

/// Tells a remote of dossiers.
pub(super) struct Telling {
    client: Client,
    settings: RemoteSettings,
}

impl Telling {
    pub(super) fn new(client: Client, settings: RemoteSettings) -> Self {
        Self { client, settings }
    }

    async fn tell(&self, task: Task) -> Result<Arrived, Undelivered> {
        let parcel = &task.parcel;
        let tell = |until| match &task.history {
            Some(kept) => story::tell(&kept.records, &kept.private, &task.catalogue, until),
            None => Err(Silence::NoCode),
        };
        match tell(parcel.last) {
            Ok(story) if self.is_for(&story) => {
                let first = parcel.first.saturating_sub(1);
                let before = task.is_sure.then(|| tell(first).ok()).flatten();
                let known = before.as_ref().map_or(Known::Nothing, Known::Upto);
                deliver(&self.client, &story, known).await?;
                Ok(Arrived::There)
            }
            // Nothing of it is this remote's to know.
            Ok(_) | Err(Silence::NoCode | Silence::Mirrored | Silence::Imported) => {
                Ok(Arrived::NotForIt)
            }
            Err(Silence::NoProcedure) => Err(Undelivered {
                why: Why::Unmapped("the catalogue lacks its procedure".to_owned()),
                asked: String::new(),
                until: None,
            }),
        }
    }

    fn is_for(&self, story: &Story) -> bool {
        let Self { settings, .. } = self;
        let dossier = &story.dossier;
        (settings.procedures.is_empty() || settings.procedures.contains(&dossier.procedure))
            && (settings.units.is_empty() || settings.units.contains(&dossier.resolving))
    }
}

impl Errand for Telling {
    fn run(self: Arc<Self>, task: Task) -> BoxFuture<'static, Result<Arrived, Undelivered>> {
        async move { self.tell(task).await }.boxed()
    }
}
