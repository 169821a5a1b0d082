//! Imports history from another system.
//!
//! [`domain::import`] has already read the rows and put them together. Here they become dossiers
//! and events, in pieces of bounded size. Nobody sees any of them before the last transaction,
//! which marks the import as finished, puts into force what the map creates, and adds one entry to
//! the feed. After an interrupted run the next one continues where the last piece ended. An update
//! then takes over what the files newly say about dossiers that are there already.

mod ground;
mod lives;
mod mirror;
mod update;
pub mod uploads;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::code::AnyCode;
use domain::dossier::{Dossier, ImportNumber, Oddity};
use domain::id::{ActorId, ProvinceCode};
use domain::import::{ImportedCase, Map};
use domain::time::Instant;
use tokio::sync::mpsc;

pub use crate::ports::{Archive, Begun, End, Import, Life, NewImport, Origin, Piece, Viewing};
pub use ground::{Ground, Unfit};
pub use lives::Lives;
pub use update::{Left, Why};

use crate::error::Error;
use crate::ports::{CommitError, Ids, Proposal, StoreError};

/// How many events a piece has at least, unless it is the last one.
pub const PIECE: usize = 20_000;

/// What is to be imported.
pub struct Plan {
    /// What the files mean.
    pub map: Arc<Map>,
    /// The catalogue, including what the map creates.
    pub catalogue: Arc<Catalogue>,
    /// The catalogue texts that the map creates. The last transaction puts them into force.
    pub creates: Vec<SourceFile>,
    /// Hash of the map and the files, in hexadecimal.
    pub files: String,
    /// Who imports.
    pub actor: ActorId,
    /// Now.
    pub now: Instant,
    /// How many events a piece has at least: [`PIECE`].
    pub piece: usize,
    /// Whether dossiers that are there already take over what the files newly say.
    pub update: bool,
    /// The dossiers. They are sorted by reception before writing, so that ids grow with them.
    pub cases: Vec<ImportedCase>,
}

impl Plan {
    /// Puts the dossiers in the order in which they are written.
    fn sort(&mut self) {
        self.cases.sort_by_key(|case| {
            let first = case.happenings.iter().map(|(at, _)| *at).min();
            let fact = case.facts.iter().map(|record| record.event_time).min();
            case.received.or(first).or(fact)
        });
    }

    fn proposals(&self) -> Vec<Proposal> {
        let creates = self.creates.iter().cloned();
        creates
            .map(|text| Proposal {
                province: self.map.province.clone(),
                path: text.path,
                text: text.text,
                reason: format!("import of {}", self.map.source),
                author: self.actor.clone(),
                at: self.now,
            })
            .collect()
    }
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Dossiers dealt with, of [`Progress::of`].
    pub done: u64,
    /// All dossiers.
    pub of: u64,
    /// Events written.
    pub events: u64,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The import; none for a dry run.
    pub import: Option<Import>,
    /// Whether it was finished before, so that nothing was added.
    pub before: bool,
    /// How many dossiers an earlier run had done.
    pub resumed: u64,
    /// Dossiers that were added.
    pub dossiers: u64,
    /// Events that were added.
    pub events: u64,
    /// Existing dossiers about which the files say the same.
    pub known: u64,
    /// Existing dossiers about which the files say something else. They stay unchanged; of an update,
    /// there is none.
    pub changed: Vec<Box<str>>,
    /// Whether it is an update.
    pub is_update: bool,
    /// Of an update: existing dossiers that took over what the files newly say.
    pub updated: u64,
    /// Of an update: the events that they took over.
    pub updated_events: u64,
    /// Of an update: existing dossiers that stay although the files say something else.
    pub left: Vec<Left>,
    /// How many have which oddity.
    pub odd: Vec<(Oddity, u64)>,
    /// How many have any.
    pub odd_dossiers: u64,
    /// Dossiers whose rows make no history, and those whose code another dossier has.
    pub refusals: Vec<Fault>,
    /// How long it took from the first piece to the last.
    pub took: Duration,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Another import of the same system has to be finished first.
    #[error(
        "import {number} of {source_name} was not finished; run it again with the same map and files, \
         then these"
    )]
    Unfinished {
        /// Its number.
        number: ImportNumber,
        /// The other system.
        source_name: String,
    },
    /// Another process writes the same import.
    #[error("another process is writing import {0}")]
    Elsewhere(ImportNumber),
    /// The store does not answer.
    #[error("the import was not finished; run it again to continue")]
    Store(#[source] StoreError),
    /// A piece was not written.
    #[error("the import was not finished; run it again to continue")]
    Commit(#[source] CommitError),
    /// The dossiers that are new are in; not all others took over what is new about them.
    #[error("the update was not finished; run it again to continue")]
    Updating(#[source] Box<Stopped>),
    /// It broke off.
    #[error("the import was not finished")]
    Broken(#[source] Error),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Stopped::Store(error)
    }
}

/// Counts what an import would add, without a store.
#[must_use]
pub fn rehearse(plan: Plan, ids: &dyn Ids) -> Outcome {
    let mut outcome = Outcome::default();
    let mut lives = Lives::new(plan, FIRST);
    while let Some(piece) = lives.next(ids) {
        outcome.refusals.extend(piece.refusals);
        for life in &piece.lives {
            outcome.add(life);
        }
    }
    outcome
}

/// Counts what an update would add and take over, and writes nothing.
pub async fn rehearse_update(
    archive: &dyn Archive,
    mut plan: Plan,
    ids: &dyn Ids,
) -> Result<Outcome, Stopped> {
    plan.sort();
    let plan = Arc::new(plan);
    let mut outcome = Outcome {
        is_update: true,
        ..Outcome::default()
    };
    let mut lives = Lives::of(Arc::clone(&plan), FIRST);
    while let Some(made) = lives.next(ids) {
        outcome.refusals.extend(made.refusals);
        let (lives, _known) = unknown(archive, &plan, made.lives).await?;
        let (province, refusals) = (&plan.map.province, &mut outcome.refusals);
        for life in unclaimed(archive, province, lives, refusals).await? {
            outcome.add(&life);
        }
    }
    let update = update::Update {
        archive,
        plan: &plan,
        number: FIRST,
        writes: false,
    };
    update.run(ids, &mut outcome, &mut |_at| {}).await?;
    Ok(outcome)
}

/// Counts what a plan would add to a store, and what it would take over if it is an update. Writes
/// nothing.
pub async fn rehearse_against(
    archive: &dyn Archive,
    mut plan: Plan,
    ids: &dyn Ids,
) -> Result<Outcome, Stopped> {
    if plan.update {
        return rehearse_update(archive, plan, ids).await;
    }
    plan.sort();
    let plan = Arc::new(plan);
    let mut outcome = Outcome::default();
    let mut lives = Lives::of(Arc::clone(&plan), FIRST);
    while let Some(made) = lives.next(ids) {
        outcome.refusals.extend(made.refusals);
        let (lives, known) = unknown(archive, &plan, made.lives).await?;
        outcome.count_known(known);
        let (province, refusals) = (&plan.map.province, &mut outcome.refusals);
        for life in unclaimed(archive, province, lives, refusals).await? {
            outcome.add(&life);
        }
    }
    Ok(outcome)
}

/// The number of an import that is only rehearsed.
const FIRST: ImportNumber = ImportNumber::FIRST;

/// Writes the whole import, or continues it.
pub async fn run(
    archive: &dyn Archive,
    mut plan: Plan,
    ids: Arc<dyn Ids>,
    elapsed: &(dyn Fn() -> Duration + Sync),
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Outcome, Stopped> {
    plan.sort();
    let plan = Arc::new(plan);
    let new = NewImport {
        province: plan.map.province.clone(),
        source: plan.map.source.clone(),
        files: plan.files.clone(),
        actor: plan.actor.clone(),
        at: plan.now,
    };
    let start = elapsed();
    let mut outcome = Outcome {
        is_update: plan.update,
        ..Outcome::default()
    };
    let import = match archive.begin_import(&new).await? {
        Begun::Ready(import) => {
            let plan = Arc::clone(&plan);
            add(archive, plan, import, &ids, &mut outcome, progress).await?
        }
        Begun::Finished(import) => {
            outcome.before = true;
            outcome.known = import.done;
            import
        }
        Begun::Unfinished(other) => {
            return Err(Stopped::Unfinished {
                number: other.number,
                source_name: other.source,
            });
        }
    };
    if plan.update {
        let added = if outcome.before { 0 } else { import.dossiers };
        outcome.known = 0;
        outcome.changed = Vec::new();
        let update = update::Update {
            archive,
            plan: &plan,
            number: import.number,
            writes: true,
        };
        let updated = update.run(ids.as_ref(), &mut outcome, progress).await;
        updated.map_err(|stopped| Stopped::Updating(Box::new(stopped)))?;
        // What this import brought itself is no news.
        outcome.known = outcome.known.saturating_sub(added);
    }
    outcome.took = elapsed().saturating_sub(start);
    outcome.import = Some(import);
    Ok(outcome)
}

/// Adds the dossiers that nobody has yet, and makes them visible.
async fn add(
    archive: &dyn Archive,
    plan: Arc<Plan>,
    mut import: Import,
    ids: &Arc<dyn Ids>,
    outcome: &mut Outcome,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Import, Stopped> {
    outcome.resumed = import.done;
    let mut pieces = produce(Arc::clone(&plan), &import, Arc::clone(ids));
    while let Some(made) = pieces.recv().await {
        outcome.refusals.extend(made.refusals);
        let (lives, known) = unknown(archive, &plan, made.lives).await?;
        outcome.count_known(known);
        let refusals = &mut outcome.refusals;
        let lives = unclaimed(archive, &plan.map.province, lives, refusals).await?;
        for life in &lives {
            outcome.add(life);
        }
        let piece = Piece {
            import: import.clone(),
            done: made.done,
            lives,
        };
        let added = piece.events();
        let dossiers = piece.lives.len() as u64;
        let written = archive.write_import(piece).await;
        if !written.map_err(Stopped::Commit)? {
            return Err(Stopped::Elsewhere(import.number));
        }
        import.done = made.done;
        import.dossiers += dossiers;
        import.events += added;
        progress(Progress {
            done: import.done,
            of: plan.cases.len() as u64,
            events: import.events,
        });
    }
    let end = End {
        import,
        at: plan.now,
        creates: plan.proposals(),
    };
    Ok(archive.finish_import(&end).await?)
}

/// Parts dossiers that nobody has yet from those that are there, each of these with whether the
/// files say the same about it.
async fn unknown(
    archive: &dyn Archive,
    plan: &Plan,
    made: Vec<Life>,
) -> Result<(Vec<Life>, Vec<(Box<str>, bool)>), StoreError> {
    let names: Vec<&str> = made.iter().map(|life| life.name.as_ref()).collect();
    let (province, source) = (&plan.map.province, &plan.map.source);
    let there = archive.origins(province, source, &names).await?;
    let (mut lives, mut known) = (Vec::with_capacity(made.len()), Vec::new());
    for life in made {
        match there.get(&life.name) {
            Some(origin) => known.push((life.name, origin.digest == life.digest)),
            None => lives.push(life),
        }
    }
    Ok((lives, known))
}

/// Leaves out dossiers with a code that another dossier has: by one code one dossier is found, and
/// history that is there already would count twice.
async fn unclaimed(
    archive: &dyn Archive,
    province: &ProvinceCode,
    lives: Vec<Life>,
    refusals: &mut Vec<Fault>,
) -> Result<Vec<Life>, StoreError> {
    let codes: Vec<AnyCode> = lives.iter().flat_map(Life::codes).cloned().collect();
    let holders = archive.code_holders(province, &codes).await?;
    let mut first: HashMap<AnyCode, Box<str>> = HashMap::new();
    let mut left = Vec::with_capacity(lives.len());
    for life in lives {
        let taken = life.codes().find_map(|code| {
            let there = holders.get(code).map(who);
            let before = || {
                first
                    .get(code)
                    .map(|name| format!("`{name}` of the same list"))
            };
            Some((code.clone(), there.or_else(before)?))
        });
        match taken {
            Some((code, holder)) => refusals.push(Fault {
                file: life.place.0.to_string(),
                line: usize::try_from(life.place.1).unwrap_or(usize::MAX),
                reason: format!(
                    "code {code} belongs to {holder} already; `{}` is left out",
                    life.name
                ),
            }),
            None => {
                let codes = life.codes().cloned();
                first.extend(codes.map(|code| (code, life.name.clone())));
                left.push(life);
            }
        }
    }
    Ok(left)
}

/// A dossier as somebody finds it.
fn who(dossier: &Dossier) -> String {
    match &dossier.imported {
        Some(imported) => format!(
            "dossier {} (import {}, `{}`)",
            dossier.id, imported.import, imported.case
        ),
        None => format!("dossier {} (received here)", dossier.id),
    }
}

/// Makes pieces on a thread of its own, at most two ahead of the writer, so that memory stays
/// bounded.
fn produce(plan: Arc<Plan>, import: &Import, ids: Arc<dyn Ids>) -> mpsc::Receiver<lives::Made> {
    let (sender, receiver) = mpsc::channel(2);
    let mut lives = Lives::of(plan, import.number);
    lives.skip(import.done);
    tokio::task::spawn_blocking(move || {
        while let Some(piece) = lives.next(ids.as_ref()) {
            if sender.blocking_send(piece).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Outcome {
    /// Counts dossiers that are there, each with whether the files say the same.
    fn count_known(&mut self, known: Vec<(Box<str>, bool)>) {
        for (name, same) in known {
            if same {
                self.known += 1;
            } else {
                self.changed.push(name);
            }
        }
    }

    fn add(&mut self, life: &Life) {
        self.dossiers += 1;
        self.events += life.events.len() as u64;
        let oddities = &life.oddities;
        self.odd_dossiers += u64::from(!oddities.is_empty());
        for oddity in oddities {
            match self.odd.iter_mut().find(|(known, _)| known == oddity) {
                Some((_, count)) => *count += 1,
                None => self.odd.push((*oddity, 1)),
            }
        }
    }
}
