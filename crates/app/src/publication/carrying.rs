//! Carries out what was published: jobs over the running dossiers, resumed until done.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::calendar::Outage;
use domain::catalogue::{Catalogue, SourceFile};
use domain::dossier::change::recalculation::Publication;
use domain::dossier::{Dossier, Rewrite};
use domain::id::{ActorId, ProvinceCode};
use domain::role::Role;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use super::procedure::{MIGRATION, Migration};
use super::{OUTAGES, Subject, calendar};
use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::jobs::Order;
use crate::page::{Page, PageQuery, cut};
use crate::ports::{Document, DocumentState, Job};

/// The kind of a job that recalculates due times by a published calendar.
pub const RECALCULATION: &str = "calendar_recalculation";

/// Everything that a recalculation needs in order to be resumed.
#[derive(Debug, Serialize, Deserialize)]
struct Recalculating {
    document: u64,
    hash: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    approved: Instant,
    /// When the first outage began that the text announces; none for days and hours.
    #[serde(default, with = "chrono::serde::ts_microseconds_option")]
    outage: Option<Instant>,
}

/// How many published texts each province had at the last look.
#[derive(Debug, Default)]
pub struct Followed(HashMap<ProvinceCode, u64>);

impl Engine {
    /// A job of the caller's province.
    pub async fn job(&self, caller: &Caller, id: &str) -> Result<Job, Error> {
        access::check_role(caller, Method::GetJob)?;
        let read = self.context.store.read().await?;
        let found = read.job(&caller.province, id).await?;
        found.ok_or_else(|| Error::NotFound {
            what: "job",
            name: format!("jobs/{id}"),
        })
    }

    /// A page of the jobs of the caller's province, latest first.
    pub async fn jobs(&self, caller: &Caller, page: &PageQuery) -> Result<Page<Job>, Error> {
        access::check_role(caller, Method::ListJobs)?;
        let limit = page.limit()?;
        let question = format!("jobs {}", caller.province);
        let after = page.after(&question)?;
        let read = self.context.store.read().await?;
        let mut jobs = read.jobs(&caller.province).await?;
        if let Some(after) = after {
            let past = jobs.iter().position(|job| job.id == after);
            jobs.drain(..past.map_or(jobs.len(), |at| at + 1));
        }
        jobs.truncate(limit as usize + 1);
        Ok(cut(jobs, limit, &question, |job| job.id.clone()))
    }

    /// Keeps carrying out what is published, as long as the engine lives.
    ///
    /// `settle` is how long a job waits after its order. By then every process has read the new
    /// text, so that none receives a dossier by the old one behind the job's back.
    pub async fn follow_jobs(self: Arc<Self>, every: Duration, settle: Duration) {
        let engine = Arc::downgrade(&self);
        drop(self);
        let settle = TimeDelta::from_std(settle).unwrap_or(TimeDelta::MAX);
        let mut followed = Followed::default();
        let mut pause = tokio::time::interval(every);
        loop {
            pause.tick().await;
            let Some(engine) = engine.upgrade() else {
                return;
            };
            let settled = engine.now() - settle;
            if let Err(error) = engine.carry_out_jobs(&mut followed, settled).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "cannot carry out what was published");
            }
        }
    }

    /// Carries out what was published and ordered by a moment, unless it is done.
    pub async fn carry_out_jobs(
        &self,
        followed: &mut Followed,
        until: Instant,
    ) -> Result<(), Error> {
        self.refresh_catalogue().await?;
        self.order_what_is_missing(followed).await?;
        let jobs = {
            let read = self.context.store.read().await?;
            read.unfinished_jobs().await?
        };
        for job in jobs.iter().filter(|job| job.begun <= until) {
            self.resume(job).await?;
        }
        Ok(())
    }

    /// Orders the recalculation by a text that was just published, if it is a calendar.
    pub(super) async fn begin_recalculation(
        &self,
        document: &Document,
        role: Role,
    ) -> Result<(), Error> {
        let (by, approved) = match &document.state {
            DocumentState::Published { by, at } => (by, *at),
            DocumentState::Proposed | DocumentState::Rejected { .. } => return Ok(()),
        };
        if Subject::of(&document.proposal.path) != Some(Subject::Calendar) {
            return Ok(());
        }
        let spec = Recalculating {
            document: document.number,
            hash: document.hash.clone(),
            approved,
            outage: self.outage_began(document).await?,
        };
        let order = Order {
            id: format!("calendar-{}", document.number),
            kind: RECALCULATION,
            spec: serde_json::to_string(&spec).expect("texts and numbers are JSON"),
            ..self.order_for(&document.proposal.province, by, role)?
        };
        self.begin_job(&order).await?;
        Ok(())
    }

    /// When the first outage began that a text announces and no text before it did; none for another
    /// text.
    async fn outage_began(&self, document: &Document) -> Result<Option<Instant>, Error> {
        if document.proposal.path != OUTAGES {
            return Ok(None);
        }
        let read = self.context.store.read().await?;
        let mut before = read.documents(&document.proposal.province).await?;
        before.retain(|other| {
            let published = matches!(other.state, DocumentState::Published { .. });
            published && other.proposal.path == OUTAGES && other.number < document.number
        });
        let base = self.catalogue(&document.proposal.province);
        let old = before.last().map(|other| other.proposal.text.as_str());
        let old = outages_of(&base, old.unwrap_or(NO_OUTAGES));
        let new = outages_of(&base, &document.proposal.text);
        let more = new.into_iter().filter(|outage| !old.contains(outage));
        Ok(more.map(|outage| outage.from).min())
    }

    /// A process may end between a publication and its order, so this orders what is missing.
    async fn order_what_is_missing(&self, followed: &mut Followed) -> Result<(), Error> {
        let editions = {
            let read = self.context.store.read().await?;
            read.editions().await?
        };
        for (province, edition) in editions {
            if followed.0.get(&province) == Some(&edition) {
                continue;
            }
            let documents = {
                let read = self.context.store.read().await?;
                read.documents(&province).await?
            };
            for document in &documents {
                self.begin_recalculation(document, Role::Admin).await?;
            }
            followed.0.insert(province, edition);
        }
        Ok(())
    }

    async fn resume(&self, job: &Job) -> Result<(), Error> {
        let order = Order {
            id: job.id.clone(),
            spec: job.spec.clone(),
            ..self.order_for(&job.province, &job.actor, job.role)?
        };
        let catalogue = self.catalogue(&job.province);
        let unreadable = |error: serde_json::Error| Error::Internal(Box::new(error));
        match job.kind.as_str() {
            RECALCULATION => {
                let spec: Recalculating = serde_json::from_str(&job.spec).map_err(unreadable)?;
                let published = Publication {
                    document: spec.document.to_string(),
                    hash: spec.hash,
                    outage: spec.outage,
                    approved: spec.approved,
                };
                let plan = |dossier: &Dossier| {
                    calendar::may_change(dossier, &catalogue, published.judged())
                        .then(|| Rewrite::Recalculation(published.clone()))
                };
                let kind = RECALCULATION;
                self.run_job(&Order { kind, ..order }, plan, told).await?;
            }
            MIGRATION => {
                let spec: Migration = serde_json::from_str(&job.spec).map_err(unreadable)?;
                let rewrite = Rewrite::Migration {
                    procedure: spec.procedure.clone(),
                    from: spec.from,
                    to: spec.to,
                    map: spec.map,
                };
                let plan = |dossier: &Dossier| {
                    let concerned = dossier.procedure == spec.procedure
                        && dossier.procedure_version == spec.from;
                    concerned.then(|| rewrite.clone())
                };
                let kind = MIGRATION;
                self.run_job(&Order { kind, ..order }, plan, told).await?;
            }
            // Somebody else's, who resumes it.
            _ => {}
        }
        Ok(())
    }

    /// An order for a province, without name and work yet.
    pub(crate) fn order_for(
        &self,
        province: &ProvinceCode,
        actor: &ActorId,
        role: Role,
    ) -> Result<Order, Error> {
        let catalogue = self.catalogue(province);
        let unit = catalogue.units.province(province);
        let unit = unit.ok_or_else(|| Error::NotFound {
            what: "province",
            name: province.to_string(),
        })?;
        Ok(Order {
            province: province.clone(),
            unit: unit.code.clone(),
            id: String::new(),
            kind: "",
            spec: String::new(),
            actor: actor.clone(),
            role,
        })
    }
}

/// A list without an outage.
const NO_OUTAGES: &str = "unit,procedure,from,until,document,mark,source\n";

/// The outages of a text; none of a text that no longer fits.
fn outages_of(base: &Catalogue, text: &str) -> Vec<Outage> {
    let file = SourceFile {
        path: OUTAGES.to_owned(),
        text: text.to_owned(),
    };
    base.with(&[file])
        .map(|new| new.calendars.all_outages().cloned().collect())
        .unwrap_or_default()
}

/// Logs the progress of a job for the operator.
fn told(job: &Job) {
    tracing::info!(
        job.id = job.id,
        seen = job.seen,
        changed = job.changed,
        done = job.ended.is_some(),
        "a job goes on"
    );
}
