//! Lists that an administrator uploads: each is read and judged first, and written after a
//! confirmation.
//!
//! An upload waits in the memory of one process. If that process ends, the file is sent again; an
//! import that had begun goes on where it was.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::catalogue::{Catalogue, Fault};
use domain::id::{ActorId, ProvinceCode};
use domain::import::Gathered;
use domain::time::Instant;

use super::{Archive, Outcome, Plan, Progress, rehearse_against, run};
use crate::access::{self, Caller};
use crate::engine::Engine;
use crate::error::Error;

/// How many uploads wait at most; of more, the oldest goes.
const MOST: usize = 8;

/// How long an upload waits for its confirmation.
const WAITS: TimeDelta = TimeDelta::hours(2);

/// Files with the map that explains them.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What their columns mean.
    pub map: ChosenMap,
    /// The files, in the order in which the map reads them.
    pub files: Vec<UploadedFile>,
    /// Whether dossiers of earlier imports take over what the files newly say.
    pub update: bool,
}

/// A map.
#[derive(Debug, Clone)]
pub enum ChosenMap {
    /// A shipped one, by its name.
    Shipped(String),
    /// One that came with the files, as text.
    Own(String),
}

/// One file.
#[derive(Debug, Clone)]
pub struct UploadedFile {
    /// Its name on the machine that it came from.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Reads uploads.
pub trait ListReader: Send + Sync {
    /// The names of the shipped maps.
    fn maps(&self) -> Vec<String>;

    /// Reads the files whole. Errors: why nothing of them can be imported, a line each.
    fn read(
        &self,
        upload: &Upload,
        known: Arc<Catalogue>,
        actor: &ActorId,
        now: Instant,
    ) -> Result<ReadList, String>;
}

/// What was read.
pub struct ReadList {
    /// The dossiers, ready to be written.
    pub plan: Plan,
    /// What became of the rows.
    pub gathered: Gathered,
}

/// What an import would bring, or has brought.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Rows read.
    pub rows: u64,
    /// Rows about no dossier.
    pub passed_over: u64,
    /// Rows that are not imported.
    pub refused: u64,
    /// The first of these, with file, line and reason.
    pub refusals: Vec<Fault>,
    /// Values that the map does not name: the value, what it is taken for, and how many rows.
    pub otherwise: Vec<(String, String, u64)>,
    /// What the import did or would do.
    pub outcome: Outcome,
}

impl Findings {
    fn new(gathered: &Gathered, outcome: Outcome) -> Self {
        let refusals = gathered.refusals.iter().chain(&outcome.refusals);
        let values = gathered.unlisted.values.iter();
        Self {
            rows: gathered.rows,
            passed_over: gathered.rows_passed_over,
            refused: gathered.refused + outcome.refusals.len() as u64,
            refusals: refusals.cloned().collect(),
            otherwise: values
                .map(|((_, value), (taken_for, rows))| (value.clone(), taken_for.clone(), *rows))
                .collect(),
            outcome,
        }
    }
}

/// How far an upload is.
#[derive(Debug, Clone)]
pub enum UploadStage {
    /// It is being read.
    Reading,
    /// Nothing of it can be imported; why.
    Wrong(String),
    /// It was read, and waits for the confirmation.
    Found(Arc<Findings>),
    /// It is being written.
    Running(Progress),
    /// It was written.
    Done(Arc<Findings>),
    /// The writing stopped; why.
    Stopped(String),
}

struct Kept {
    id: String,
    province: ProvinceCode,
    upload: Arc<Upload>,
    at: Instant,
    stage: UploadStage,
}

/// The uploads of this process.
pub struct Uploads {
    engine: Arc<Engine>,
    archive: Arc<dyn Archive>,
    reader: Arc<dyn ListReader>,
    kept: Mutex<Vec<Kept>>,
}

impl std::fmt::Debug for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Uploads")
    }
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new(
        engine: Arc<Engine>,
        archive: Arc<dyn Archive>,
        reader: Arc<dyn ListReader>,
    ) -> Arc<Self> {
        Arc::new(Self {
            engine,
            archive,
            reader,
            kept: Mutex::default(),
        })
    }

    /// The names of the shipped maps.
    #[must_use]
    pub fn maps(&self) -> Vec<String> {
        self.reader.maps()
    }

    /// Begins to read an upload, and returns its name. Nothing is written.
    pub fn look(self: &Arc<Self>, caller: &Caller, upload: Upload) -> Result<String, Error> {
        access::check_administrator(caller, "ImportDossiers")?;
        let id = domain::digest::hex(&self.engine.chance());
        let now = self.engine.now();
        let upload = Arc::new(upload);
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let runs = |one: &Kept| matches!(one.stage, UploadStage::Running(_));
            kept.retain(|one| runs(one) || now - one.at < WAITS);
            if kept.len() >= MOST
                && let Some(oldest) = kept.iter().position(|one| !runs(one))
            {
                kept.remove(oldest);
            }
            kept.push(Kept {
                id: id.clone(),
                province: caller.province.clone(),
                upload: Arc::clone(&upload),
                at: now,
                stage: UploadStage::Reading,
            });
        }
        let (this, caller, name) = (Arc::clone(self), caller.clone(), id.clone());
        tokio::spawn(async move {
            let stage = match this.rehearse(&caller, upload).await {
                Ok(findings) => UploadStage::Found(Arc::new(findings)),
                Err(why) => UploadStage::Wrong(why),
            };
            this.set(&name, stage);
        });
        Ok(id)
    }

    /// How far an upload of the caller's province is; none if it is not known, or not any more.
    pub fn stage(&self, caller: &Caller, id: &str) -> Result<Option<UploadStage>, Error> {
        access::check_administrator(caller, "ImportDossiers")?;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|one| one.id == id);
        let found = found.filter(|one| one.province == caller.province);
        Ok(found.map(|one| one.stage.clone()))
    }

    /// Begins to write an upload that was read. A repeat changes nothing. False if it is not known.
    pub fn confirm(self: &Arc<Self>, caller: &Caller, id: &str) -> Result<bool, Error> {
        access::check_administrator(caller, "ImportDossiers")?;
        let upload = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let found = kept.iter_mut().find(|one| one.id == id);
            let Some(found) = found.filter(|one| one.province == caller.province) else {
                return Ok(false);
            };
            match found.stage {
                UploadStage::Found(_) | UploadStage::Stopped(_) => {}
                UploadStage::Reading
                | UploadStage::Wrong(_)
                | UploadStage::Running(_)
                | UploadStage::Done(_) => {
                    return Ok(true);
                }
            }
            found.stage = UploadStage::Running(Progress::default());
            Arc::clone(&found.upload)
        };
        let (this, caller, name) = (Arc::clone(self), caller.clone(), id.to_owned());
        tokio::spawn(async move {
            let stage = match this.write(&caller, upload, &name).await {
                Ok(findings) => UploadStage::Done(Arc::new(findings)),
                Err(why) => {
                    tracing::error!(why, "an import from a page stopped");
                    UploadStage::Stopped(why)
                }
            };
            this.set(&name, stage);
        });
        Ok(true)
    }

    fn set(&self, id: &str, stage: UploadStage) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.iter_mut().find(|one| one.id == id) {
            found.stage = stage;
        }
    }

    async fn read(&self, caller: &Caller, upload: Arc<Upload>) -> Result<ReadList, String> {
        let refreshed = self.engine.refresh_catalogue().await;
        refreshed.map_err(|error| error.to_string())?;
        let known = self.engine.catalogue(&caller.province);
        let (reader, actor) = (Arc::clone(&self.reader), caller.actor.clone());
        let now = self.engine.now();
        // A large list takes seconds of computing.
        let read = tokio::task::spawn_blocking(move || reader.read(&upload, known, &actor, now));
        let list = read.await.map_err(|error| error.to_string())??;
        let province = &list.plan.map.province;
        if *province == caller.province {
            Ok(list)
        } else {
            Err(format!(
                "the map is for province {province}; expected {}",
                caller.province
            ))
        }
    }

    async fn rehearse(&self, caller: &Caller, upload: Arc<Upload>) -> Result<Findings, String> {
        let ReadList { plan, gathered } = self.read(caller, upload).await?;
        let outcome = rehearse_against(self.archive.as_ref(), plan, self.engine.ids()).await;
        let outcome = outcome.map_err(|stopped| stopped.to_string())?;
        Ok(Findings::new(&gathered, outcome))
    }

    async fn write(
        &self,
        caller: &Caller,
        upload: Arc<Upload>,
        id: &str,
    ) -> Result<Findings, String> {
        let ReadList { plan, gathered } = self.read(caller, upload).await?;
        let began = self.engine.now();
        let elapsed = || -> Duration { (self.engine.now() - began).to_std().unwrap_or_default() };
        let mut progress = |at: Progress| self.set(id, UploadStage::Running(at));
        let ids = self.engine.shared_ids();
        let archive = self.archive.as_ref();
        let outcome = run(archive, plan, ids, &elapsed, &mut progress).await;
        let outcome = outcome.map_err(|stopped| stopped.to_string())?;
        let refreshed = self.engine.refresh_catalogue().await;
        refreshed.map_err(|error| error.to_string())?;
        self.engine.tell();
        Ok(Findings::new(&gathered, outcome))
    }
}
