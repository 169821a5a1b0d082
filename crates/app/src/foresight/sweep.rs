//! Raises a flag when a dossier crosses a level, not when somebody looks.
//!
//! For each open dossier the sweep keeps the next crossing in memory. It follows the feed for what
//! happens to dossiers, so every process learns of it. Each process finds the same crossings, and
//! the log takes each of them once.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;
use forecast::level::Level;

use super::flag::{Flag, FlagReason, Foretold};
use super::scoring::{is_foreseen, lay};
use crate::engine::Engine;
use crate::error::Error;
use crate::metrics::{self, Timer};
use crate::ports::{FeedHead, Scope, WorklistPage};

/// How many events of the feed are read at once.
const STRIDE: u32 = 1_000;

/// The least time between two passes of a process. Several events of one dossier within it cost one
/// look, and desks keep the processor.
const CALM: Duration = Duration::from_secs(1);

/// How many dossiers one transaction reads.
const PAGE: usize = 256;

/// The pause after a page, as a multiple of the page's own time, while more pages follow. After a
/// start the sweep looks at every open dossier. With a million dossiers that would occupy a
/// processor for half a minute; the pauses leave it to the desks.
const REST: u32 = 4;

/// What one process knows about coming crossings.
#[derive(Default)]
pub struct Sweep {
    provinces: HashMap<ProvinceCode, Watched>,
    /// Whether to rest between pages.
    gently: bool,
    /// The place up to which the feed was complete at the last pass.
    head: Option<FeedHead>,
}

/// The open dossiers of a province.
#[derive(Default)]
struct Watched {
    /// The place up to which the feed was read.
    after: u64,
    /// The number of the latest model.
    model: u64,
    /// The next crossing of each dossier that has one.
    next: HashMap<DossierId, Instant>,
    /// The same in order of time. An entry that `next` no longer has is skipped.
    queue: BinaryHeap<Reverse<(Instant, DossierId)>>,
    /// Dossiers to look at, whatever the queue says.
    stale: BTreeSet<DossierId>,
}

impl Watched {
    fn expect(&mut self, dossier: DossierId, at: Option<Instant>) {
        match at {
            Some(at) => {
                self.next.insert(dossier, at);
                self.queue.push(Reverse((at, dossier)));
            }
            None => {
                self.next.remove(&dossier);
            }
        }
    }

    /// Takes out the dossiers to look at by a moment.
    fn due(&mut self, now: Instant) -> Vec<DossierId> {
        let mut due = std::mem::take(&mut self.stale);
        while let Some(Reverse((at, dossier))) = self.queue.peek().copied() {
            // `expect` leaves older entries in the queue; `next` says which one counts.
            let is_current = self.next.get(&dossier) == Some(&at);
            if is_current && at > now {
                break;
            }
            self.queue.pop();
            if is_current {
                self.next.remove(&dossier);
                due.insert(dossier);
            }
        }
        due.into_iter().collect()
    }

    fn first(&self) -> Option<Instant> {
        self.queue.peek().map(|Reverse((at, _))| *at)
    }
}

impl Engine {
    /// Looks once at every dossier with a new event or a due crossing, and writes new flags into
    /// the log. Returns the moment of the next crossing.
    ///
    /// The first pass looks at every open dossier.
    pub async fn sweep(&self, sweep: &mut Sweep) -> Result<Option<Instant>, Error> {
        let head = self.context.store.feed_head().await?;
        let read = self.context.store.read().await?;
        let provinces = self.context.catalogues.provinces();
        let moved = match &sweep.head {
            Some(before) if *before == head => Vec::new(),
            Some(before) if before.feed == head.feed => {
                read.moved_since(&provinces, before.last).await?
            }
            // It is another database, so nothing known of the old one holds.
            Some(_) | None => {
                sweep.provinces.clear();
                Vec::new()
            }
        };
        drop(read);
        let mut raised = 0;
        let mut took = Duration::ZERO;
        for province in provinces {
            if !sweep.provinces.contains_key(&province) {
                let watched = self.begin_to_watch(&province, head.last).await?;
                sweep.provinces.insert(province.clone(), watched);
            } else if moved.contains(&province) {
                let watched = sweep.provinces.entry(province.clone()).or_default();
                self.follow_feed(&province, watched).await?;
            }
            let watched = sweep.provinces.entry(province.clone()).or_default();
            let model = self.context.foresight.models.number(&province);
            if watched.model != model {
                watched.model = model;
                // A new model may give every dossier another level, so all of them are looked at
                // again.
                let all: Vec<DossierId> = watched.next.keys().copied().collect();
                watched.stale.extend(all);
            }
            let due = watched.due(self.now());
            for (number, page) in due.chunks(PAGE).enumerate() {
                if number > 0 && sweep.gently {
                    tokio::time::sleep(took * REST).await;
                }
                let began = tokio::time::Instant::now();
                match self.look(&province, page, watched).await {
                    Ok(new) => raised += new,
                    Err(error) => {
                        // The next pass looks at them again.
                        watched.stale.extend(due.iter().copied());
                        return Err(error);
                    }
                }
                took = began.elapsed();
            }
        }
        sweep.head = Some(head);
        metrics::get().flags.inc_by(raised);
        if raised > 0 {
            self.tell();
        }
        let firsts = sweep.provinces.values().filter_map(Watched::first);
        Ok(firsts.min())
    }

    /// Keeps raising flags as long as the engine lives.
    ///
    /// It looks after each commit of this process, at each crossing, and `every` so often for
    /// writes of other processes. The first look covers every open dossier, so it waits for
    /// `settle`: desks come first after a start.
    pub async fn follow_flags(self: Arc<Self>, every: Duration, settle: Duration) {
        let mut changes = self.changes();
        let engine = Arc::downgrade(&self);
        drop(self);
        tokio::time::sleep(settle).await;
        let mut sweep = Sweep {
            gently: true,
            ..Sweep::default()
        };
        let mut pause = tokio::time::interval(every);
        loop {
            // In a busy hour commits follow each other closely; this bounds the number of looks.
            tokio::time::sleep(CALM).await;
            tokio::select! {
                _ = pause.tick() => {}
                changed = changes.changed() => if changed.is_err() { return },
            }
            changes.mark_unchanged();
            let Some(engine) = engine.upgrade() else {
                return;
            };
            let began = Timer::start();
            let swept = engine.sweep(&mut sweep).await;
            began.stop(&metrics::get().sweep_seconds);
            if swept.is_ok() {
                let now = engine.now().timestamp_millis();
                metrics::get().swept_at.set(now as f64 / 1_000.0);
            }
            if let Err(error) = swept {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "cannot bring the flag log up to date");
            }
        }
    }

    /// All open dossiers of a province, to be looked at.
    async fn begin_to_watch(&self, province: &ProvinceCode, head: u64) -> Result<Watched, Error> {
        let mut watched = Watched {
            after: head,
            model: self.context.foresight.models.number(province),
            ..Watched::default()
        };
        // In the order of an index. The feed reports dossiers that move meanwhile.
        let mut page = WorklistPage::all(Scope::Province(province.clone()), None, STRIDE);
        loop {
            let read = self.context.store.read().await?;
            let found = read.worklist(&page).await?;
            drop(read);
            let open = found.iter().filter(|dossier| is_foreseen(dossier));
            watched.stale.extend(open.map(|dossier| dossier.id));
            page.after = found
                .last()
                .map(|dossier| WorklistPage::place(&page.scope, dossier));
            if found.len() < STRIDE as usize {
                return Ok(watched);
            }
        }
    }

    /// Reads what happened in a province since the last pass.
    async fn follow_feed(
        &self,
        province: &ProvinceCode,
        watched: &mut Watched,
    ) -> Result<(), Error> {
        let scope = Scope::Province(province.clone());
        loop {
            let head = self.context.store.feed_head().await?;
            let read = self.context.store.read().await?;
            let found = read.feed(&scope, watched.after, head.last, STRIDE).await?;
            let done = found.len() < STRIDE as usize;
            let until = match found.last() {
                Some((place, _)) if !done => *place,
                Some(_) | None => head.last,
            };
            let imports = read.imports(province, watched.after, until).await?;
            drop(read);
            let touched = found.iter().map(|(_, record)| record.dossier);
            watched.stale.extend(touched);
            if !imports.is_empty() {
                // An import added a whole history; the look at all dossiers covers its open ones.
                let all = self.begin_to_watch(province, until).await?;
                watched.stale.extend(all.stale);
            }
            watched.after = until;
            if done {
                return Ok(());
            }
        }
    }

    /// Looks at dossiers as they stand, writes their crossings, and notes their next ones.
    async fn look(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
        watched: &mut Watched,
    ) -> Result<u64, Error> {
        let read = self.context.store.read().await?;
        let histories = read.records_of(province, dossiers).await?;
        let last = read.last_flags(province, dossiers).await?;
        let told_before = read.foretold(province, dossiers).await?;
        drop(read);
        let catalogue = self.context.catalogue(province);
        let mut flags = Vec::new();
        let mut foretold = Vec::new();
        for id in dossiers {
            let records = histories.get(id).map_or(&[][..], Vec::as_slice);
            let Some(dossier) = Dossier::fold(records) else {
                continue;
            };
            let before = last.get(id);
            // A flag never lies before the event that led to it, even if this clock is behind.
            let now = Ord::max(self.now(), dossier.last);
            let flag = |level, late, reasons, model| Flag {
                province: province.clone(),
                dossier: *id,
                ordinal: before.map_or(1, |before| before.ordinal.saturating_add(1)),
                unit: dossier.resolving.clone(),
                at: now,
                before: before.map_or(Level::OnTrack, |before| before.level),
                level,
                late,
                reasons,
                model,
            };
            let previous = before.map(|before| before.level);
            let flagged = previous.is_some_and(|level| level != Level::OnTrack);
            if !is_foreseen(&dossier) {
                watched.expect(*id, None);
                if flagged {
                    let reasons = vec![FlagReason::nothing_to_foresee(&dossier)];
                    let model = before.and_then(|before| before.model);
                    let late = before.map_or(0.0, |before| before.late);
                    flags.push(flag(Level::OnTrack, late, reasons, model));
                }
                continue;
            }
            let of_unit = self.context.foresight.forecaster_for(&catalogue, &dossier);
            let Some(laid) = lay(of_unit, records, &dossier, &catalogue, now) else {
                watched.expect(*id, None);
                continue;
            };
            let Some(level) = laid.level(previous, now) else {
                watched.expect(*id, None);
                continue;
            };
            let crossing = laid.of_unit.forecaster.crossing(level, &laid.running, now);
            let crossing = crossing.ok().flatten().map(|crossing| crossing.at);
            let half = laid.half_way(&dossier);
            let half = half.filter(|_| !told_before.contains_key(id) && !laid.running.stands());
            watched.expect(*id, earliest(crossing, half.filter(|half| *half > now)));
            // A dossier that is overdue when first seen needs no forecast.
            let is_half_way = half.is_some_and(|half| half <= now) && level != Level::Overdue;
            let has_crossed = level != previous.unwrap_or(Level::OnTrack);
            // Reasons are worded only for what is written down.
            let foreseen = (is_half_way || has_crossed)
                .then(|| laid.foreseen(previous, &dossier, &catalogue, None, now));
            let Some(foreseen) = foreseen.flatten() else {
                continue;
            };
            if is_half_way {
                foretold.push(Foretold {
                    province: province.clone(),
                    dossier: *id,
                    at: now,
                    late: foreseen.late,
                    model: foreseen.model,
                });
            }
            if has_crossed {
                flags.push(flag(level, foreseen.late, foreseen.reasons, foreseen.model));
            }
        }
        self.context.store.foretell(&foretold).await?;
        Ok(self.context.store.raise(&flags).await?)
    }
}

fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Ord::min(one, other)),
        (one, other) => one.or(other),
    }
}
