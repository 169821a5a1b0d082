//! How far other systems have been told of one dossier.

use chrono::TimeDelta;
use domain::id::DossierId;
use domain::time::Instant;

use super::plain::is_late;
use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{Acknowledged, Exchanged, Parcel};
use crate::view::DossierName;

/// How far one remote has been told of a dossier.
#[derive(Debug, Clone)]
pub struct RemoteExchange {
    /// The remote.
    pub remote: String,
    /// The last event that it has acknowledged; none if it has never taken the dossier.
    pub acknowledged: Option<Acknowledged>,
    /// What waits, is in flight or is parked.
    pub parcel: Option<Parcel>,
    /// Whether an event has waited, or waits, for longer than systems may take to tell each other.
    pub late: bool,
}

impl Acknowledged {
    /// How long the last event took from its record here to the remote's acknowledgement.
    #[must_use]
    pub fn lag(&self) -> TimeDelta {
        self.at - self.record_time
    }
}

impl Engine {
    /// What the portals and ministries have of a dossier, by name, and when this was. It names no person.
    pub async fn dossier_exchange(
        &self,
        caller: &Caller,
        name: &DossierName,
    ) -> Result<(DossierId, Vec<RemoteExchange>, Instant), Error> {
        let read = self.context.store.read().await?;
        let method = Method::GetDossierExchange;
        let dossier = self.readable(read.as_ref(), caller, method, name).await?;
        let found = read.exchanged(&dossier.province, dossier.id).await?;
        drop(read);
        let (now, within) = (self.now(), self.sync_within(&dossier.province));
        let judged = found.into_iter().map(|exchanged| {
            let Exchanged {
                remote,
                acknowledged,
                parcel,
            } = exchanged;
            let was_late = |had: &Acknowledged| had.slowest > within;
            let waits = parcel.as_ref().map(|parcel| parcel.since);
            RemoteExchange {
                late: is_late(waits, now, within) || acknowledged.as_ref().is_some_and(was_late),
                remote,
                acknowledged,
                parcel,
            }
        });
        Ok((dossier.id, judged.collect(), now))
    }
}
