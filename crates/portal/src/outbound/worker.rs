//! Works for one remote: holds its lease, lays parcels in, delivers them, writes what became of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use app::portal::{Fault, ParcelOutcome, Pulled};
use app::ports::{LeaseClaim, Parcel, Remote, Settlement};
use app::{Engine, Error};
use chrono::TimeDelta;
use domain::digest::sha256;
use domain::id::DossierId;
use domain::time::Instant;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::client::Client;
use super::deliver::{Known, Undelivered, Why, deliver};
use super::story::{self, Silence, Story};
use crate::patience::Breaker;
use crate::settings::RemoteSettings;

/// How often a worker looks for what no one in this process wrote, and for pauses that are over.
const TICK: Duration = Duration::from_millis(250);

/// How many dossiers a worker remembers to have told; beyond, it asks the remote again.
const REMEMBERED: usize = 50_000;

/// This process, as a lease names it.
#[derive(Debug, Clone)]
pub struct Process {
    /// A name that no other process has, not even the same program after a restart.
    pub name: String,
    /// Whether no other process can have the database open.
    pub alone: bool,
}

/// Works for one remote.
pub struct Worker {
    engine: Arc<Engine>,
    client: Arc<Client>,
    settings: RemoteSettings,
    process: Process,
}

/// What a worker does under one lease.
#[derive(Default)]
struct Work {
    running: JoinSet<Delivery>,
    under_way: HashSet<DossierId>,
    /// Up to which event this worker has told of a dossier. Of any other the remote is asked first:
    /// whoever worked before may have died after a call, or on a database that has been restored since.
    told: HashMap<DossierId, u32>,
    /// Whether more is due than there was room for.
    full: bool,
}

/// A delivery that has ended.
struct Delivery {
    parcel: Parcel,
    ended: Result<(), Undelivered>,
}

impl Work {
    /// Notes the end of a delivery.
    fn ended(&mut self, delivery: &Delivery) {
        let dossier = delivery.parcel.dossier;
        self.under_way.remove(&dossier);
        if self.told.len() >= REMEMBERED {
            self.told.clear();
        }
        match delivery.ended {
            Ok(()) => self.told.insert(dossier, delivery.parcel.last),
            Err(_) => self.told.remove(&dossier),
        };
    }
}

impl Worker {
    /// A worker for a remote.
    #[must_use]
    pub fn new(
        engine: Arc<Engine>,
        client: Client,
        settings: RemoteSettings,
        process: Process,
    ) -> Self {
        Self {
            engine,
            client: Arc::new(client),
            settings,
            process,
        }
    }

    /// Works until it is told to stop. Then what is in flight ends, and the lease is given back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        loop {
            if *stop.borrow() {
                return;
            }
            match self.lease(self.until()).await {
                Ok(Some(remote)) => {
                    if let Err(error) = self.work(remote, &mut stop).await {
                        self.say(&error);
                    }
                }
                Ok(None) => {}
                Err(error) => self.say(&error),
            }
            // A change that was seen while working does not come again.
            if *stop.borrow() {
                return;
            }
            let pause = self.lease_length() / 4;
            tokio::select! {
                () = tokio::time::sleep(pause.max(TICK)) => {}
                _ = stop.changed() => {}
            }
        }
    }

    fn say(&self, error: &Error) {
        let remote = &self.settings.name;
        tracing::error!(
            remote,
            error = error as &dyn std::error::Error,
            "work for it stops"
        );
    }

    fn lease_length(&self) -> Duration {
        Duration::from_secs(self.settings.lease_seconds)
    }

    fn until(&self) -> Instant {
        self.engine.now() + TimeDelta::from_std(self.lease_length()).unwrap_or(TimeDelta::MAX)
    }

    async fn lease(&self, until: Instant) -> Result<Option<Remote>, Error> {
        let claim = LeaseClaim {
            province: self.settings.province.clone(),
            remote: self.settings.name.clone(),
            holder: self.process.name.clone(),
            at: self.engine.now(),
            until,
            alone: self.process.alone,
        };
        self.engine.portal_lease(&claim).await
    }

    /// Works under a lease until it is lost or the worker is told to stop.
    async fn work(
        &self,
        mut remote: Remote,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), Error> {
        let mut changes = self.engine.changes();
        let mut work = Work::default();
        let mut breaker = Breaker {
            failures: remote.failures,
            closed_until: remote.closed_until,
        };
        let renew_every = self.lease_length() / 4;
        let mut renewed = tokio::time::Instant::now();
        loop {
            if renewed.elapsed() >= renew_every {
                let epoch = remote.epoch;
                match self.lease(self.until()).await? {
                    Some(again) if again.epoch == epoch => remote = again,
                    Some(_) | None => return Ok(()),
                }
                renewed = tokio::time::Instant::now();
            }
            // A call must end before the lease does, so that no two processes tell one dossier.
            let may_send = renewed.elapsed() < self.lease_length() / 2 && !*stop.borrow();
            let room = breaker.room(self.engine.now(), self.settings.parallel);
            let mut all_in = true;
            // Several at once share one reading of what is due and of their histories.
            let free = room.saturating_sub(work.running.len());
            if may_send && free > 0 && (free >= room / 4 || work.running.is_empty()) {
                // What waits already comes first; the feed keeps the rest.
                if !work.full {
                    match self.engine.portal_pull(&mut remote).await? {
                        Pulled::AtEnd => {}
                        Pulled::More => all_in = false,
                        Pulled::Lost => return Ok(()),
                    }
                }
                self.begin(&remote, free, &mut work).await?;
            }
            if *stop.borrow() && work.running.is_empty() {
                // Given back, so that another process need not wait for its end.
                self.lease(self.engine.now()).await?;
                return Ok(());
            }
            let wait = if all_in || work.full {
                TICK
            } else {
                Duration::ZERO
            };
            let first = tokio::select! {
                biased;
                Some(ended) = work.running.join_next() => Some(ended),
                () = tokio::time::sleep(wait) => None,
                _ = changes.changed() => None,
                _ = stop.changed() => None,
            };
            let Some(first) = first else { continue };
            let mut ended = vec![first];
            while let Some(next) = work.running.try_join_next() {
                ended.push(next);
            }
            let mut deliveries = Vec::with_capacity(ended.len());
            for delivery in ended {
                let delivery = delivery.map_err(|panic| Error::Internal(panic.into()))?;
                work.ended(&delivery);
                deliveries.push(delivery);
            }
            if !self.settle(&remote, &mut breaker, deliveries).await? {
                return Ok(());
            }
        }
    }

    /// Begins deliveries of what is due, as far as there is room.
    async fn begin(&self, remote: &Remote, free: usize, work: &mut Work) -> Result<(), Error> {
        let limit = free + work.under_way.len() + 1;
        let most = u32::try_from(limit).unwrap_or(u32::MAX);
        let due = self.engine.portal_due(remote, most).await?;
        work.full = due.len() >= limit;
        let due: Vec<Parcel> = due
            .into_iter()
            .filter(|parcel| !work.under_way.contains(&parcel.dossier))
            .take(free)
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let dossiers: Vec<DossierId> = due.iter().map(|parcel| parcel.dossier).collect();
        let stories = self.engine.portal_stories(&remote.province, &dossiers);
        let mut stories = stories.await?;
        let catalogue = self.engine.catalogue(&remote.province);
        for parcel in due {
            let kept = stories.remove(&parcel.dossier);
            let tell = |until| match &kept {
                Some(kept) => story::tell(&kept.records, &kept.private, &catalogue, until),
                None => Err(Silence::NoCode),
            };
            let told = tell(parcel.last);
            let last_told = work.told.get(&parcel.dossier).copied();
            let is_sure = parcel.epoch == remote.epoch && last_told == Some(parcel.first - 1);
            let before = is_sure.then(|| tell(parcel.first - 1).ok()).flatten();
            work.under_way.insert(parcel.dossier);
            let client = Arc::clone(&self.client);
            let is_ours = told.as_ref().is_ok_and(|story| self.is_for(story));
            work.running.spawn(async move {
                let ended = match (&told, is_ours) {
                    (Ok(story), true) => {
                        let known = before.as_ref().map_or(Known::Nothing, Known::Upto);
                        deliver(&client, story, known).await
                    }
                    // Nothing of it is this remote's to know.
                    (Ok(_), false)
                    | (Err(Silence::NoCode | Silence::Mirrored | Silence::Imported), _) => Ok(()),
                    (Err(Silence::NoProcedure), _) => Err(Undelivered {
                        why: Why::Unmapped("the catalogue lacks its procedure".to_owned()),
                        asked: String::new(),
                    }),
                };
                Delivery { parcel, ended }
            });
        }
        Ok(())
    }

    fn is_for(&self, story: &Story) -> bool {
        let Self { settings, .. } = self;
        let dossier = &story.dossier;
        (settings.procedures.is_empty() || settings.procedures.contains(&dossier.procedure))
            && (settings.units.is_empty() || settings.units.contains(&dossier.resolving))
    }

    /// Writes what became of deliveries. False if the lease is lost.
    async fn settle(
        &self,
        remote: &Remote,
        breaker: &mut Breaker,
        deliveries: Vec<Delivery>,
    ) -> Result<bool, Error> {
        let now = self.engine.now();
        let patience = self.settings.patience();
        let mut outcomes = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let Delivery { parcel, ended } = delivery;
            let chance = chance(parcel.dossier, parcel.attempts);
            let outcome = match ended {
                Ok(()) => {
                    *breaker = breaker.answered();
                    ParcelOutcome::Delivered(parcel.last)
                }
                Err(Undelivered { why, asked }) => {
                    let fault = |reason, words: String| Fault {
                        reason,
                        words: app::portal::without_numbers(&words, 500),
                        asked,
                    };
                    match why {
                        Why::Away(words) => {
                            *breaker = breaker.failed(&patience, now, chance);
                            let counts = breaker.counts();
                            let attempts = parcel.attempts + u32::from(counts);
                            let fault = fault("NO_ANSWER", words);
                            if patience.gives_up(attempts) {
                                ParcelOutcome::Parked(fault)
                            } else {
                                let pause = patience.pause(attempts.max(1), chance);
                                let pause = TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX);
                                ParcelOutcome::Later {
                                    next: now + pause,
                                    counts,
                                    fault,
                                }
                            }
                        }
                        Why::Refused(words) => {
                            *breaker = breaker.answered();
                            ParcelOutcome::Parked(fault("REFUSED", words))
                        }
                        Why::Conflict(words) => {
                            *breaker = breaker.answered();
                            ParcelOutcome::Parked(fault("CONFLICT", words))
                        }
                        Why::Unmapped(words) => ParcelOutcome::Parked(fault("UNMAPPED", words)),
                    }
                }
            };
            if let ParcelOutcome::Parked(fault) = &outcome {
                tracing::warn!(
                    remote = remote.name,
                    dossier = %parcel.dossier,
                    reason = fault.reason,
                    "parked for a person"
                );
            }
            outcomes.push((parcel.dossier, outcome));
        }
        let settled = Settlement {
            at: now,
            outcomes,
            closed_until: breaker.closed_until,
            failures: breaker.failures,
        };
        Ok(self.engine.portal_settle(remote, &settled).await?)
    }
}

/// A number that differs by dossier and try, and is the same in every run.
fn chance(dossier: DossierId, attempts: u32) -> u64 {
    let hash = sha256(format!("{dossier} {attempts}").as_bytes());
    let (first, _) = hash.split_at(8);
    first
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
