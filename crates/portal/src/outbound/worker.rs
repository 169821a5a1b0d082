//! Works for one remote: holds its lease, lays parcels in, delivers them, writes what became of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use app::portal::{Comparing, Fault, ParcelOutcome, Pulled};
use app::ports::{LeaseClaim, Parcel, Remote, Settlement, Told};
use app::{Engine, Error};
use chrono::{NaiveDate, TimeDelta};
use domain::digest::sha256;
use domain::dossier::{Dossier, Record};
use domain::id::DossierId;
use domain::time::{Instant, local_day};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::client::Client;
use super::errand::{Arrived, Begins, Errand, Task, Terms, Undelivered, Why};
use super::telling::Telling;
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
    errand: Arc<dyn Errand>,
    terms: Terms,
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
    /// The last night whose sheet is kept.
    kept: Option<NaiveDate>,
}

/// A delivery that has ended.
struct Delivery {
    parcel: Parcel,
    /// What the remote has if it has ended well; none without a history.
    told: Option<Told>,
    ended: Result<Arrived, Undelivered>,
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
            Ok(_) => self.told.insert(dossier, delivery.parcel.last),
            Err(_) => self.told.remove(&dossier),
        };
    }
}

impl Worker {
    /// A worker that tells a remote of a configuration.
    #[must_use]
    pub fn new(
        engine: Arc<Engine>,
        client: Client,
        settings: RemoteSettings,
        process: Process,
    ) -> Self {
        let terms = settings.terms();
        let errand = Arc::new(Telling::new(client, settings));
        Self::on(engine, errand, terms, process)
    }

    /// A worker with another errand.
    #[must_use]
    pub fn on(
        engine: Arc<Engine>,
        errand: Arc<dyn Errand>,
        terms: Terms,
        process: Process,
    ) -> Self {
        Self {
            engine,
            errand,
            terms,
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
        let remote = &self.terms.name;
        tracing::error!(
            remote,
            error = error as &dyn std::error::Error,
            "work for it stops"
        );
    }

    fn lease_length(&self) -> Duration {
        self.terms.lease
    }

    fn until(&self) -> Instant {
        self.engine.now() + TimeDelta::from_std(self.lease_length()).unwrap_or(TimeDelta::MAX)
    }

    async fn lease(&self, until: Instant) -> Result<Option<Remote>, Error> {
        let claim = LeaseClaim {
            province: self.terms.province.clone(),
            remote: self.terms.name.clone(),
            holder: self.process.name.clone(),
            at: self.engine.now(),
            until,
            alone: self.process.alone,
            begins: self.terms.begins != Begins::ByOrder,
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
        if self.terms.begins == Begins::Now && remote.cursor.is_empty() {
            self.engine.portal_skip(&mut remote).await?;
        }
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
                self.keep_night(&remote, &mut work).await?;
            }
            // A call must end before the lease does, so that no two processes tell one dossier.
            let may_send = renewed.elapsed() < self.lease_length() / 2 && !*stop.borrow();
            let room = breaker.room(self.engine.now(), self.terms.parallel);
            let mut all_in = true;
            // Several at once share one reading of what is due and of their histories.
            let free = room.saturating_sub(work.running.len());
            if may_send && free > 0 && (free >= room / 4 || work.running.is_empty()) {
                // What waits already comes first; the feed keeps the rest.
                if !work.full {
                    let comparing = self.comparing();
                    match self.engine.portal_pull(&mut remote, comparing).await? {
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

    /// Keeps the sheet of the last night, if all dossiers were compared then.
    async fn keep_night(&self, remote: &Remote, work: &mut Work) -> Result<(), Error> {
        let Some(hours) = self.terms.compare else {
            return Ok(());
        };
        let ended = hours.last_end(self.engine.now());
        let night = local_day(ended);
        let within = |walked: Instant| walked > ended - TimeDelta::hours(12);
        let compared = remote.walk.is_none() && remote.walked.is_some_and(within);
        if compared && work.kept < Some(night) {
            self.engine.keep_sheet(remote, night).await?;
            work.kept = Some(night);
        }
        Ok(())
    }

    /// Whether all dossiers may be compared with what the remote has.
    fn comparing(&self) -> Comparing {
        match self.terms.compare {
            Some(hours) if hours.end(self.engine.now()).is_some() => Comparing::OnceADay,
            Some(_) => Comparing::OnOrder,
            None => Comparing::Never,
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
        for parcel in due {
            let last_told = work.told.get(&parcel.dossier).copied();
            let task = Task {
                history: stories.remove(&parcel.dossier),
                is_sure: parcel.epoch == remote.epoch && last_told == Some(parcel.first - 1),
                catalogue: self.engine.catalogue(&remote.province),
                parcel: parcel.clone(),
                at: self.engine.now(),
            };
            work.under_way.insert(parcel.dossier);
            let told = task.history.as_ref();
            let told = told.and_then(|history| told_by(&history.records, &parcel));
            let running = Arc::clone(&self.errand).run(task);
            work.running.spawn(async move {
                let ended = running.await;
                Delivery {
                    parcel,
                    told,
                    ended,
                }
            });
        }
        Ok(())
    }

    /// Writes what became of deliveries. False if the lease is lost.
    async fn settle(
        &self,
        remote: &Remote,
        breaker: &mut Breaker,
        deliveries: Vec<Delivery>,
    ) -> Result<bool, Error> {
        let now = self.engine.now();
        let patience = self.terms.patience;
        let mut outcomes = Vec::with_capacity(deliveries.len());
        let mut all_told = Vec::new();
        for delivery in deliveries {
            let Delivery {
                parcel,
                told,
                ended,
            } = delivery;
            let chance = chance(parcel.dossier, parcel.attempts);
            let outcome = match ended {
                Ok(arrived) => {
                    if arrived == Arrived::There {
                        all_told.extend(told);
                    }
                    *breaker = breaker.answered();
                    ParcelOutcome::Delivered(parcel.last)
                }
                Err(Undelivered { why, asked, until }) => {
                    if let Some(until) = until {
                        outcomes.push((parcel.dossier, ParcelOutcome::Delivered(until)));
                    }
                    // What went on has not failed so often.
                    let before = if until.is_some() { 0 } else { parcel.attempts };
                    let fault = |reason, words: String| Fault {
                        reason,
                        words: app::portal::without_numbers(&words, 500),
                        asked,
                    };
                    match why {
                        Why::Away(words) => {
                            *breaker = breaker.failed(&patience, now, chance);
                            let counts = breaker.counts();
                            let attempts = before + u32::from(counts);
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
                        Why::NotYet(next) => ParcelOutcome::Later {
                            next,
                            counts: false,
                            fault: fault("NOT_YET", String::new()),
                        },
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
            told: all_told,
        };
        Ok(self.engine.portal_settle(remote, &settled).await?)
    }
}

/// What a remote has of a dossier when a parcel has arrived.
fn told_by(records: &[Record], parcel: &Parcel) -> Option<Told> {
    let known = records
        .iter()
        .take_while(|record| record.version <= parcel.last);
    let dossier = Dossier::fold(known)?;
    let last = records
        .iter()
        .find(|record| record.version == parcel.last)?;
    let first = records
        .iter()
        .find(|record| record.version == parcel.first)?;
    Some(Told {
        dossier: parcel.dossier,
        version: parcel.last,
        status: dossier.status().code(),
        event_time: last.event_time,
        record_time: last.record_time,
        since: first.record_time,
    })
}

/// A number that differs by dossier and try, and is the same in every run.
fn chance(dossier: DossierId, attempts: u32) -> u64 {
    let hash = sha256(format!("{dossier} {attempts}").as_bytes());
    let (first, _) = hash.split_at(8);
    first
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
