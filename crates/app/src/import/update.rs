//! Takes over what a newer export says about dossiers that an earlier one brought.
//!
//! The events go into the feed like those of a desk, a few dossiers a transaction. Each dossier is
//! compared with its record anew, so a run that was cut is simply run again.

use std::fmt;
use std::time::Duration;

use domain::catalogue::Fault;
use domain::code::AnyCode;
use domain::dossier::private::Salt;
use domain::dossier::{ImportNumber, Interest, Record};
use domain::import::{Discrepancy, ImportedCase, history, newer};
use domain::role::Role;
use domain::tally;
use domain::time::Instant;

use super::lives::{content, is_of_import, request_id, update_id};
use super::{Outcome, Plan, Progress, Stopped};
use crate::ports::{
    Archive, Batch, Change, CommitError, Entry, Held, Ids, Key, Loaded, Origin, StoreError, Wanted,
};

/// How many dossiers are compared and written at once: no more than a batch of desks, so that none
/// waits for long.
const AT_ONCE: usize = 200;

/// How often a batch is tried while desks write the same dossiers or hold what it writes.
const TRIES: u32 = 50;

/// How long to wait for somebody who holds what a batch writes.
const BREATH: Duration = Duration::from_millis(100);

/// A dossier that stays as it is although the files say something else about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Where, and why in words.
    pub fault: Fault,
    /// What the other system calls it.
    pub name: Box<str>,
    /// Why.
    pub why: Why,
}

/// Why a dossier stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A desk here has moved it.
    MovedHere,
    /// The files contradict what was recorded.
    Contradicts,
}

impl Why {
    /// The word in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Why::MovedHere => "moved_here",
            Why::Contradicts => "contradicts",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An update, or its rehearsal.
pub(super) struct Update<'a> {
    pub archive: &'a dyn Archive,
    pub plan: &'a Plan,
    pub number: ImportNumber,
    /// Whether anything is written.
    pub writes: bool,
}

/// A dossier that may change, and where it stands in the plan.
struct Known<'a> {
    at: usize,
    case: &'a ImportedCase,
    origin: Origin,
}

/// What becomes of some dossiers.
#[derive(Default)]
struct Judged<'a> {
    changes: Vec<Change>,
    /// Dossiers whose rows are taken over, also where they say nothing new.
    taken: Vec<(&'a str, u64)>,
    left: Vec<Left>,
}

impl Update<'_> {
    /// Compares all dossiers of the plan with their records.
    pub async fn run(
        &self,
        ids: &dyn Ids,
        outcome: &mut Outcome,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), Stopped> {
        let of = self.plan.cases.len() as u64;
        let mut done = 0;
        let (province, source) = (&self.plan.map.province, &self.plan.map.source);
        for (chunk, cases) in self.plan.cases.chunks(AT_ONCE).enumerate() {
            let names: Vec<&str> = cases.iter().map(|case| case.name.as_ref()).collect();
            let there = self.archive.origins(province, source, &names).await?;
            let mut known = Vec::new();
            for (at, case) in (chunk * AT_ONCE..).zip(cases) {
                match there.get(&case.name) {
                    Some(origin) if origin.digest == case.digest => outcome.known += 1,
                    Some(origin) => known.push(Known {
                        at,
                        case,
                        origin: *origin,
                    }),
                    None => {}
                }
            }
            if !known.is_empty() {
                self.take_over(&known, ids, outcome).await?;
            }
            done += cases.len() as u64;
            progress(Progress {
                done,
                of,
                events: outcome.events + outcome.updated_events,
            });
        }
        Ok(())
    }

    /// Writes what is new about some dossiers, and begins again if a desk was first.
    async fn take_over(
        &self,
        known: &[Known<'_>],
        ids: &dyn Ids,
        outcome: &mut Outcome,
    ) -> Result<(), Stopped> {
        let mut tries = 1;
        let judged = loop {
            let mut judged = self.judge(known, ids).await?;
            let changes = std::mem::take(&mut judged.changes);
            let updated = changes.len() as u64;
            let events = changes
                .iter()
                .map(|change| change.entries.len() as u64)
                .sum::<u64>();
            let written = match self.writes {
                true => self.archive.commit(Batch { changes }).await.map(drop),
                false => Ok(()),
            };
            match written {
                Ok(()) => {
                    outcome.updated += updated;
                    outcome.updated_events += events;
                    outcome.known += judged.taken.len() as u64 - updated;
                    break judged;
                }
                Err(CommitError::Clash { .. } | CommitError::Held) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(BREATH).await;
                }
                Err(error) => return Err(Stopped::Commit(error)),
            }
        };
        if self.writes && !judged.taken.is_empty() {
            let (province, source) = (&self.plan.map.province, &self.plan.map.source);
            let digests = self.archive.keep_digests(province, source, &judged.taken);
            digests.await?;
        }
        outcome.left.extend(judged.left);
        Ok(())
    }

    async fn judge<'k>(
        &self,
        known: &[Known<'k>],
        ids: &dyn Ids,
    ) -> Result<Judged<'k>, StoreError> {
        let province = &self.plan.map.province;
        let keys: Vec<Key> = known
            .iter()
            .map(|one| (province.clone(), one.origin.dossier))
            .collect();
        let wanted = Wanted {
            dossiers: keys.clone(),
            histories: keys.clone(),
            // Tells the newest record time, below which none is written.
            requests: vec![(
                province.clone(),
                self.plan.actor.clone(),
                request_id(self.number, 0),
            )],
            ..Wanted::default()
        };
        let mut loaded: Loaded = self.archive.load(&wanted).await?;
        let newest = loaded.newest;
        let mut judged = Judged::default();
        for (one, key) in known.iter().zip(&keys) {
            let (Some(held), Some(records)) =
                (loaded.dossiers.remove(key), loaded.histories.remove(key))
            else {
                continue;
            };
            match self.change(one, &held, &records, newest, ids) {
                Ok(change) => {
                    judged.changes.extend(change);
                    judged.taken.push((one.case.name.as_ref(), one.case.digest));
                }
                Err((why, words)) => judged.left.push(left(one.case, why, &words)),
            }
        }
        Ok(judged)
    }

    /// The change that the files make to a dossier; none if they say nothing new.
    fn change(
        &self,
        one: &Known<'_>,
        held: &Held,
        records: &[Record],
        newest: Option<Instant>,
        ids: &dyn Ids,
    ) -> Result<Option<Change>, (Why, String)> {
        let contradicts = |words: String| (Why::Contradicts, words);
        let (map, catalogue) = (&self.plan.map, &self.plan.catalogue);
        let whole = !one.case.facts.is_empty();
        let salt = match (&held.salt, whole) {
            (Some(salt), _) => *salt,
            // The events of an export carry their commitments.
            (None, true) => Salt::new(ids.random()),
            (None, false) => return Err(contradicts(Discrepancy::Erased.to_string())),
        };
        let given = history(one.case, self.number, &map.province, catalogue, &salt)
            .map_err(|wrong| contradicts(wrong.to_string()))?;
        let before = &held.dossier;
        if given.id.is_some_and(|id| id != before.id) {
            return Err(contradicts(Discrepancy::Other.to_string()));
        }
        let more = newer(given, records, before, is_of_import, self.plan.now);
        let more = more.map_err(|why| match &why {
            Discrepancy::MovedHere { .. } => (Why::MovedHere, why.to_string()),
            _ => contradicts(why.to_string()),
        })?;
        if more.is_empty() {
            return Ok(None);
        }
        let content = content(&salt, one.case);
        let request_id = update_id(self.number, one.at);
        let recorded = newest.map_or(self.plan.now, |newest| Ord::max(newest, self.plan.now));
        let mut dossier = before.clone();
        let mut entries = Vec::with_capacity(more.len());
        for past in more {
            let importer = || (self.plan.actor.clone(), Role::Admin);
            let (actor, role) = past.by.unwrap_or_else(importer);
            let record = Record {
                province: map.province.clone(),
                dossier: before.id,
                version: dossier.version + 1,
                event_time: past.at,
                record_time: Ord::max(recorded, past.at),
                actor,
                role,
                unit: past.unit,
                request_id: request_id.clone(),
                event: past.event,
            };
            // By its version, for the same files may come again after others.
            let part = u16::try_from(dossier.version).unwrap_or(u16::MAX);
            dossier = dossier.apply(&record);
            entries.push(Entry {
                record,
                content,
                part,
            });
        }
        let codes = |of: &domain::dossier::Dossier| -> Vec<AnyCode> {
            let own = of.code.iter().cloned();
            own.chain(of.external_codes.iter().cloned()).collect()
        };
        let (were, are) = (codes(before), codes(&dossier));
        let only = |some: &[AnyCode], others: &[AnyCode]| -> Vec<AnyCode> {
            let some = some.iter().filter(|code| !others.contains(code));
            some.cloned().collect()
        };
        Ok(Some(Change {
            before: before.version,
            entries,
            number: None,
            block_number: None,
            portal_number: None,
            codes: only(&are, &were),
            released: only(&were, &are),
            alone: Vec::new(),
            secrets: None,
            pin_hash: None,
            private: Vec::new(),
            interest: Interest::of(&dossier),
            interest_before: Interest::of(before),
            tallies: tally::difference(Some(before), &dossier),
            dossier,
        }))
    }
}

fn left(case: &ImportedCase, why: Why, words: &str) -> Left {
    let (file, line) = &case.place;
    Left {
        fault: Fault {
            file: file.to_string(),
            line: usize::try_from(*line).unwrap_or(usize::MAX),
            reason: format!("dossier `{}`: {words}", case.name),
        },
        name: case.name.clone(),
        why,
    }
}
