//! Jobs: work on many dossiers that can be interrupted, resumed and repeated.
//!
//! A job pages over the unfinished dossiers of a province by id, plans a change for each, and hands
//! it to the writing lane like any other command. Dossiers that begin while the job runs already
//! begin under the new rules and need no change. The request id of each write follows from job and
//! dossier, so that a repeated write is recognised.

use domain::digest::{hex, keyed_hash};
use domain::dossier::{Dossier, Rewrite, Status};
use domain::id::{ActorId, DossierId, ProvinceCode, RequestId, UnitCode};
use domain::role::Role;
use futures::future::join_all;

use crate::access::Caller;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{DossierFilter, Job, List, Scope};
use crate::writing::{Done, Task, Work};

/// How many dossiers are done between two records of the job's progress.
const PAGE: u32 = 256;

/// A job to begin, or to resume if one of the same name was interrupted.
#[derive(Debug, Clone)]
pub struct Order {
    /// The province whose dossiers it deals with.
    pub province: ProvinceCode,
    /// The province's own identifier. The job's events are recorded for it.
    pub unit: UnitCode,
    /// Its name, made from what it does.
    pub id: String,
    /// What kind of work.
    pub kind: &'static str,
    /// All that it needs to be resumed, as JSON.
    pub spec: String,
    /// Who asks for it.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
}

impl Engine {
    /// Begins a job, or resumes it; returns it when done.
    ///
    /// `plan` returns the change for a dossier as it stands; `progress` hears how far the job is. A
    /// finished job is returned as it is.
    pub async fn run_job(
        &self,
        order: &Order,
        plan: impl Fn(&Dossier) -> Option<Rewrite>,
        mut progress: impl FnMut(&Job),
    ) -> Result<Job, Error> {
        let mut job = self.begin_job(order).await?;
        while job.ended.is_none() {
            progress(&job);
            let page = self.unfinished_after(&order.province, job.place).await?;
            let last = page.last().map(|dossier| dossier.id);
            let writes = page.iter().filter_map(|dossier| {
                let rewrite = plan(dossier)?;
                Some(self.write_patiently(task(self, order, dossier.id, rewrite)))
            });
            for done in join_all(writes).await {
                job.changed += u64::from(done?.is_written());
            }
            job.seen += page.len() as u64;
            match last {
                Some(last) => job.place = Some(last),
                None => job.ended = Some(self.now()),
            }
            self.context.store.keep_job(&job).await?;
        }
        progress(&job);
        Ok(job)
    }

    /// One write of a job to one dossier; whether it wrote anything.
    pub(crate) async fn rewrite_one(
        &self,
        order: &Order,
        id: DossierId,
        rewrite: Rewrite,
    ) -> Result<bool, Error> {
        let done = self.write_patiently(task(self, order, id, rewrite)).await?;
        Ok(done.is_written())
    }

    /// Writes as soon as the queue has a place: a job yields to desks.
    async fn write_patiently(&self, task: Task) -> Result<Done, Error> {
        let mut batches = self.changes();
        loop {
            // Marked as seen before the try: if the queue is full, a batch will follow, and its
            // signal must not be missed.
            batches.borrow_and_update();
            match self.lane().send(task.clone()).await {
                Err(Error::QueueFull) => {
                    let closed = |_| Error::Unavailable(None);
                    batches.changed().await.map_err(closed)?;
                }
                done => return done,
            }
        }
    }

    /// Stores an order without carrying it out. An existing job of the same name is returned as it
    /// is.
    pub(crate) async fn begin_job(&self, order: &Order) -> Result<Job, Error> {
        let read = self.context.store.read().await?;
        if let Some(job) = read.job(&order.province, &order.id).await? {
            return Ok(job);
        }
        drop(read);
        let job = Job {
            province: order.province.clone(),
            id: order.id.clone(),
            kind: order.kind.to_owned(),
            spec: order.spec.clone(),
            actor: order.actor.clone(),
            role: order.role,
            begun: self.now(),
            place: None,
            seen: 0,
            changed: 0,
            ended: None,
        };
        self.context.store.keep_job(&job).await?;
        Ok(job)
    }

    pub(crate) async fn unfinished_after(
        &self,
        province: &ProvinceCode,
        after: Option<DossierId>,
    ) -> Result<Vec<Dossier>, Error> {
        let list = List {
            scope: Scope::Province(province.clone()),
            filter: DossierFilter {
                statuses: Status::UNFINISHED.to_vec(),
                ..DossierFilter::default()
            },
            after,
            limit: PAGE,
        };
        let read = self.context.store.read().await?;
        Ok(read.list(&list).await?)
    }
}

fn task(engine: &Engine, order: &Order, id: DossierId, rewrite: Rewrite) -> Task {
    Task {
        caller: Caller {
            token: String::new(),
            actor: order.actor.clone(),
            role: order.role,
            also: Vec::new(),
            province: order.province.clone(),
            units: vec![order.unit.clone()],
            former: Vec::new(),
        },
        request_id: request_id(&order.id, id),
        content: Vec::new(),
        arrived: domain::time::to_micros(engine.now()),
        work: Work::Rewrite { id, rewrite },
    }
}

/// The request id of a job's write to a dossier. The same job always gives the same id.
pub(crate) fn request_id(job: &str, dossier: DossierId) -> RequestId {
    let hash = keyed_hash(b"job", &[job.as_bytes(), dossier.to_string().as_bytes()]);
    let text = hex(&hash[..16]);
    let parts = [
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..],
    ];
    RequestId::parse(&parts.join("-")).expect("sixteen bytes in hexadecimal, grouped as a UUID")
}
