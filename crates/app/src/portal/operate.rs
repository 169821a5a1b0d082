//! What operators see of other systems, and do about parked parcels.

use chrono::TimeDelta;
use domain::deadline;
use domain::id::{DossierId, ProvinceCode, RequestId};
use domain::time::Instant;

use super::plain::is_late;
use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::page::{self, Page, PageQuery};
use crate::ports::{Parcel, ParcelCount, ParcelOrder, ParcelPage, Remote};
use crate::view::DossierName;

/// A remote, how much is under way to it, and whether that is late.
#[derive(Debug, Clone)]
pub struct RemoteStatus {
    /// The remote.
    pub remote: Remote,
    /// How much is under way.
    pub count: ParcelCount,
    /// Whether something waits for longer than systems may take to tell each other.
    pub late: bool,
    /// How many dossiers the remote should have acknowledged by now, and has never taken.
    pub unacknowledged: u64,
    /// When the first dossier that it has never taken must be acknowledged.
    pub acknowledge_by: Option<Instant>,
    /// When this was.
    pub at: Instant,
}

/// A question about parcels.
#[derive(Debug, Clone)]
pub struct ParcelQuery {
    /// To this remote.
    pub remote: String,
    /// Only this dossier's.
    pub dossier: Option<DossierId>,
    /// Only parked ones.
    pub parked: bool,
    /// Which page.
    pub page: PageQuery,
}

/// How many dossiers that were never taken are looked at.
const MOST_WAITING: u32 = 10_000;

/// How the leases of products that are read begin.
pub const READER: &str = "reader.";

impl Engine {
    /// The remotes of the caller's province.
    pub async fn portal_status(&self, caller: &Caller) -> Result<Vec<RemoteStatus>, Error> {
        access::check_role(caller, Method::GetPortalStatus)?;
        let read = self.context.store.read().await?;
        let remotes = read.remotes(&caller.province).await?;
        let mut counts = read.parcel_counts(&caller.province).await?;
        let at = self.now();
        let within = self.sync_within(&caller.province);
        let waiting = read.never_taken(&caller.province, MOST_WAITING).await?;
        let status = |remote: Remote| {
            let (acknowledge_by, unacknowledged) =
                self.acknowledgements(&caller.province, &remote.name, &waiting, at);
            let found = counts.iter().position(|count| count.remote == remote.name);
            let count = match found {
                Some(place) => counts.swap_remove(place),
                None => ParcelCount {
                    remote: remote.name.clone(),
                    waiting: 0,
                    parked: 0,
                    oldest: None,
                },
            };
            RemoteStatus {
                // Notices wait for the morning.
                late: !remote.name.starts_with("notice.") && is_late(count.oldest, at, within),
                unacknowledged,
                acknowledge_by,
                remote,
                count,
                at,
            }
        };
        // A product that is read is told nothing.
        let told = remotes
            .into_iter()
            .filter(|remote| !remote.name.starts_with(READER));
        Ok(told.map(status).collect())
    }

    /// When the first dossier that a remote has never taken must be acknowledged, and how many should have been by
    /// now. Whoever tells a citizen or other software acknowledges nothing.
    fn acknowledgements(
        &self,
        province: &ProvinceCode,
        remote: &str,
        waiting: &[(String, Instant)],
        at: Instant,
    ) -> (Option<Instant>, u64) {
        let catalogue = self.catalogue(province);
        let Some(limit) = catalogue
            .exchange
            .acknowledge
            .filter(|_| !remote.contains('.'))
        else {
            return (None, 0);
        };
        let calendar = catalogue.calendars.national();
        let own = waiting.iter().filter(|(of, _)| of == remote);
        // Beyond the calendar no time is known.
        let mut due =
            own.filter_map(|(_, since)| Some(deadline::due(*since, limit, calendar).ok()?.at));
        let first = due.next();
        let all = first.into_iter().chain(due);
        (first, all.take_while(|due| *due < at).count() as u64)
    }

    /// How long systems may take to tell each other.
    pub(super) fn sync_within(&self, province: &ProvinceCode) -> TimeDelta {
        self.catalogue(province).exchange.sync_within()
    }

    /// The parcels of a remote, each with the code of its dossier. They hold no personal value.
    pub async fn portal_parcels(
        &self,
        caller: &Caller,
        query: ParcelQuery,
    ) -> Result<Page<(Parcel, String)>, Error> {
        access::check_province(caller, Method::ListParcels)?;
        let limit = query.page.limit()?;
        let question = format!(
            "parcels {} {:?} {}",
            query.remote, query.dossier, query.parked
        );
        let after = match query.page.after(&question)? {
            Some(place) => Some(DossierId::parse(&place).map_err(|_not_ours| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?),
            None => None,
        };
        let read = self.context.store.read().await?;
        self.known_remote(read.as_ref(), caller, &query.remote)
            .await?;
        let found = read
            .parcels(&ParcelPage {
                province: caller.province.clone(),
                remote: query.remote,
                dossier: query.dossier,
                parked: query.parked,
                after,
                limit: limit + 1,
            })
            .await?;
        let cut = page::cut(found, limit, &question, |parcel| parcel.dossier.to_string());
        let mut items = Vec::with_capacity(cut.items.len());
        for parcel in cut.items {
            let key = (parcel.province.clone(), parcel.dossier);
            let held = read.dossier(&key).await?;
            let label =
                held.map_or_else(|| parcel.dossier.to_string(), |held| held.dossier.label());
            items.push((parcel, label));
        }
        Ok(Page {
            items,
            next: cut.next,
            total: None,
            at_least: false,
        })
    }

    /// Sends parked parcels again: one dossier's, or all of a remote. Returns how many.
    pub async fn portal_retry(
        &self,
        caller: &Caller,
        request: RequestId,
        remote: &str,
        dossier: Option<DossierId>,
    ) -> Result<u64, Error> {
        access::check_province(caller, Method::RetryParcels)?;
        let read = self.context.store.read().await?;
        self.known_remote(read.as_ref(), caller, remote).await?;
        drop(read);
        let store = &self.context.store;
        let order = ParcelOrder {
            request,
            at: self.now(),
        };
        let count = store
            .unpark(&caller.province, remote, dossier, &order)
            .await?;
        self.tell();
        Ok(count)
    }

    /// Orders a comparison of all dossiers with what a remote has.
    pub async fn portal_reconcile(
        &self,
        caller: &Caller,
        request: RequestId,
        remote: &str,
    ) -> Result<(), Error> {
        access::check_province(caller, Method::ReconcileRemote)?;
        let read = self.context.store.read().await?;
        self.known_remote(read.as_ref(), caller, remote).await?;
        drop(read);
        let order = ParcelOrder {
            request,
            at: self.now(),
        };
        let store = &self.context.store;
        store.order_walk(&caller.province, remote, &order).await?;
        self.tell();
        Ok(())
    }

    /// The dossier of the caller's province that has a name.
    pub async fn portal_dossier(
        &self,
        caller: &Caller,
        name: &DossierName,
    ) -> Result<DossierId, Error> {
        access::check_province(caller, Method::ListParcels)?;
        match name {
            DossierName::Id(id) => Ok(*id),
            DossierName::Code(code) => {
                let read = self.context.store.read().await?;
                let found = read.by_code(&caller.province, code).await?;
                found.map(|(_, id)| id).ok_or_else(|| Error::NotFound {
                    what: "dossier",
                    name: code.to_string(),
                })
            }
        }
    }

    pub(super) async fn known_remote(
        &self,
        read: &dyn crate::ports::ReadTx,
        caller: &Caller,
        name: &str,
    ) -> Result<(), Error> {
        let remotes = read.remotes(&caller.province).await?;
        if remotes.iter().any(|remote| remote.name == name) {
            Ok(())
        } else {
            Err(unknown(name))
        }
    }
}

fn unknown(remote: &str) -> Error {
    Error::NotFound {
        what: "remote",
        name: remote.to_owned(),
    }
}
