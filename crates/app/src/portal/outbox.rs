//! Lays in what happened, for whoever delivers it.

use std::collections::HashMap;

use domain::dossier::Record;
use domain::dossier::private::Content;
use domain::id::{ActorId, DossierId, ProvinceCode};
use domain::role::Role;

use super::plain::comparison_is_due;
use crate::access::Caller;
use crate::engine::Engine;
use crate::error::Error;
use crate::feed::{self, FeedItem};
use crate::ports::{
    Lease, LeaseClaim, List, Parcel, Posting, Remote, Scope, Settlement, StoreError, Walk, WalkStep,
};

/// How many events of the feed are laid in at once: the most that a page of the feed has.
const PAGE: i32 = 200;

/// How many dossiers of a comparison are laid in at once.
const STRIDE: u32 = 200;

/// How far laying in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// To the end for now.
    AtEnd,
    /// There is more.
    More,
    /// Another process has the lease now.
    Lost,
}

/// Whether all dossiers may be compared with what a remote has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparing {
    /// It cannot be asked what it has.
    Never,
    /// Only if somebody orders it, or if it was told of another history.
    OnOrder,
    /// Now, unless that was done today.
    OnceADay,
}

/// What a dossier tells another system.
#[derive(Debug, Clone)]
pub struct Story {
    /// Its events, in order of version.
    pub records: Vec<Record>,
    /// Its personal values by item; empty once they were erased.
    pub private: HashMap<String, Content>,
}

impl Engine {
    /// Takes or renews the lease of a remote; none while another process holds it.
    pub async fn portal_lease(&self, claim: &LeaseClaim) -> Result<Option<Remote>, Error> {
        Ok(self.context.store.lease_remote(claim).await?)
    }

    /// Lays in what the feed has after the remote's cursor, or the next stride of a comparison. Only a
    /// remote that can be asked what it has is compared.
    pub async fn portal_pull(
        &self,
        remote: &mut Remote,
        comparing: Comparing,
    ) -> Result<Pulled, Error> {
        let can_be_asked = comparing != Comparing::Never;
        if can_be_asked && remote.walk.is_some() {
            return self.stride(remote).await;
        }
        let is_time = comparing == Comparing::OnceADay;
        if is_time && comparison_is_due(remote.walked, self.now()) {
            return self.begin_walk(remote, None).await;
        }
        let lease = lease_of(remote);
        let caller = self.portal_reader(&remote.province)?;
        let page = match self.feed(&caller, &remote.cursor, PAGE).await {
            Ok(page) => page,
            Err(Error::CursorExpired) if can_be_asked => return self.begin_anew(remote).await,
            Err(Error::CursorExpired) => {
                tracing::warn!(
                    remote = remote.name,
                    "the database has another history than it was told; it is told what comes from now on"
                );
                return self.portal_skip(remote).await;
            }
            Err(other) => return Err(other),
        };
        if page.entries.is_empty() && page.next == remote.cursor {
            return Ok(Pulled::AtEnd);
        }
        let mut parcels: Vec<(DossierId, u32, u32)> = Vec::new();
        let mut places: HashMap<DossierId, usize> = HashMap::new();
        for entry in &page.entries {
            let FeedItem::Event(record) = &entry.item else {
                // The system from which a history was imported has told its own remotes of it.
                continue;
            };
            match places.get(&record.dossier) {
                Some(at) => parcels[*at].2 = record.version,
                None => {
                    places.insert(record.dossier, parcels.len());
                    parcels.push((record.dossier, record.version, record.version));
                }
            }
        }
        let full = page.entries.len() >= PAGE as usize;
        let posting = Posting {
            at: self.now(),
            parcels,
            uncertain: false,
            cursor: Some(page.next.clone()),
            walk: WalkStep::Stays,
        };
        let held = self.context.store.post_parcels(&lease, &posting).await?;
        remote.cursor = page.next;
        Ok(match (held, full) {
            (false, _) => Pulled::Lost,
            (true, true) => Pulled::More,
            (true, false) => Pulled::AtEnd,
        })
    }

    /// Compares from the present end on. What happened until now, the comparison sees; the feed tells
    /// the rest.
    async fn begin_anew(&self, remote: &mut Remote) -> Result<Pulled, Error> {
        tracing::warn!(
            remote = remote.name,
            "the database has another history than the remote was told; all dossiers are compared"
        );
        let caller = self.portal_reader(&remote.province)?;
        let page = self.feed(&caller, feed::NOW, 1).await?;
        self.begin_walk(remote, Some(page.next)).await
    }

    /// Goes on from the present end, for whoever is told only what comes.
    pub async fn portal_skip(&self, remote: &mut Remote) -> Result<Pulled, Error> {
        let caller = self.portal_reader(&remote.province)?;
        let page = self.feed(&caller, feed::NOW, 1).await?;
        let posting = Posting {
            at: self.now(),
            cursor: Some(page.next.clone()),
            ..Posting::default()
        };
        let store = &self.context.store;
        let held = store.post_parcels(&lease_of(remote), &posting).await?;
        remote.cursor = page.next;
        Ok(if held { Pulled::AtEnd } else { Pulled::Lost })
    }

    /// Begins a comparison of all dossiers, and moves the cursor if another is given.
    async fn begin_walk(
        &self,
        remote: &mut Remote,
        cursor: Option<String>,
    ) -> Result<Pulled, Error> {
        let at = self.now();
        let posting = Posting {
            at,
            cursor: cursor.clone(),
            walk: WalkStep::Begins,
            ..Posting::default()
        };
        let store = &self.context.store;
        let held = store.post_parcels(&lease_of(remote), &posting).await?;
        if let Some(cursor) = cursor {
            remote.cursor = cursor;
        }
        remote.walk = Some(Walk {
            begun: at,
            after: None,
        });
        Ok(if held { Pulled::More } else { Pulled::Lost })
    }

    async fn stride(&self, remote: &mut Remote) -> Result<Pulled, Error> {
        let after = remote.walk.as_ref().and_then(|walk| walk.after);
        let read = self.context.store.read().await?;
        let list = List::all(Scope::Province(remote.province.clone()), after, STRIDE);
        let dossiers = read.list(&list).await?;
        drop(read);
        let reached = dossiers.last().map(|dossier| dossier.id);
        let reached = reached.filter(|_| dossiers.len() >= STRIDE as usize);
        let posting = Posting {
            at: self.now(),
            parcels: dossiers
                .iter()
                .map(|dossier| (dossier.id, 1, dossier.version))
                .collect(),
            uncertain: true,
            cursor: None,
            walk: reached.map_or(WalkStep::Ends, WalkStep::Reached),
        };
        let held = self
            .context
            .store
            .post_parcels(&lease_of(remote), &posting)
            .await?;
        match (&mut remote.walk, reached) {
            (Some(walk), Some(_)) => walk.after = reached,
            (walk, _) => {
                *walk = None;
                remote.walked = Some(posting.at);
            }
        }
        Ok(if held { Pulled::More } else { Pulled::Lost })
    }

    /// The parcels of a remote that may be sent now, longest due first.
    pub async fn portal_due(&self, remote: &Remote, limit: u32) -> Result<Vec<Parcel>, Error> {
        let read = self.context.store.read().await?;
        let now = self.now();
        Ok(read
            .due_parcels(&remote.province, &remote.name, now, limit)
            .await?)
    }

    /// The remote as it is kept.
    pub async fn portal_remote(
        &self,
        province: &ProvinceCode,
        name: &str,
    ) -> Result<Option<Remote>, Error> {
        let read = self.context.store.read().await?;
        let remotes = read.remotes(province).await?;
        Ok(remotes.into_iter().find(|remote| remote.name == name))
    }

    /// What dossiers have to tell.
    pub async fn portal_stories(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Story>, Error> {
        let read = self.context.store.read().await?;
        let records = read.records_of(province, dossiers).await?;
        let mut private = read.private_values(province, dossiers).await?;
        let story = |(id, records): (DossierId, Vec<Record>)| {
            let private = private.remove(&id).unwrap_or_default();
            (id, Story { records, private })
        };
        Ok(records.into_iter().map(story).collect())
    }

    /// Writes what became of parcels. False if another process has the lease now.
    pub async fn portal_settle(
        &self,
        remote: &Remote,
        settled: &Settlement,
    ) -> Result<bool, StoreError> {
        self.context
            .store
            .settle_parcels(&lease_of(remote), settled)
            .await
    }

    /// Whoever reads for other systems: a portal of the whole province.
    pub(super) fn portal_reader(&self, province: &ProvinceCode) -> Result<Caller, Error> {
        let catalogue = self.catalogue(province);
        let unit = catalogue
            .units
            .province(province)
            .map(|unit| unit.code.clone());
        let unit = unit.ok_or_else(|| Error::NotFound {
            what: "province",
            name: province.to_string(),
        })?;
        let actor = ActorId::parse("portal").map_err(|wrong| Error::Internal(wrong.into()))?;
        Ok(self.caller_for(String::new(), actor, (Role::Portal, &[]), province, &[unit]))
    }

    /// A portal that hands dossiers in for units of a province.
    pub fn portal_sender(&self, province: &ProvinceCode, name: &str) -> Result<Caller, Error> {
        let actor = ActorId::parse(name).map_err(|wrong| Error::Internal(wrong.into()))?;
        Ok(Caller {
            actor,
            ..self.portal_reader(province)?
        })
    }
}

fn lease_of(remote: &Remote) -> Lease {
    Lease {
        province: remote.province.clone(),
        remote: remote.name.clone(),
        epoch: remote.epoch,
    }
}
