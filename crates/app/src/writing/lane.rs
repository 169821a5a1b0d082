//! The lane: takes the waiting commands, decides them, commits once, answers each.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::dossier::Dossier;
use domain::dossier::private::Person;
use domain::time::{self, Instant};
use futures::FutureExt;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tracing::Instrument;

use super::aside::Aside;
use super::batch::{BatchState, Step};
use super::queue::Queue;
use super::task::{self, Task};
use crate::context::Context;
use crate::error::Error;
use crate::metrics::{self, Timer};
use crate::ports::{Batch, CommitError, Key, StoreError, Wanted};

/// How many commands one transaction carries at most.
const BATCH: usize = 256;

/// How often a command is tried against other writers before its caller must retry.
const TRIES: usize = 5;

/// How long somebody may hold what a command writes before its caller is told to come again: longer
/// than a server keeps the transaction of a process that has stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// The answer: the dossier at the version that this request made.
#[derive(Debug, Clone)]
pub(crate) enum Done {
    /// It was done now and recorded at that time, to what this person had handed in.
    Now(Box<Dossier>, Instant, Option<Person>),
    /// It had been done before, at this version.
    Before { key: Key, version: u32 },
    /// There was nothing to do.
    Unchanged,
}

impl Done {
    /// Whether something was written, now or before.
    pub fn is_written(&self) -> bool {
        match self {
            Done::Now(..) | Done::Before { .. } => true,
            Done::Unchanged => false,
        }
    }
}

type Reply = oneshot::Sender<Result<Done, Error>>;

/// The sending end of the lane. A process has one lane: with two, batches would be half as large
/// and each transition would cost more (docs/decisions/012).
pub(crate) struct Lane {
    queue: Arc<Mutex<Queue<Waits>>>,
    /// Signals a new command. Dropping it ends the lane.
    bell: mpsc::Sender<()>,
}

type Waits = (Task, Reply);

impl Lane {
    /// Starts the lane, in which at most `bound` commands wait.
    pub fn start(context: Arc<Context>, bound: usize, changed: watch::Sender<u64>) -> Self {
        let queue = Arc::new(Mutex::new(Queue::new(bound.max(1))));
        let (bell, rung) = mpsc::channel(1);
        tokio::spawn(run(context, Arc::clone(&queue), rung, changed));
        Self { queue, bell }
    }

    /// Queues a command and waits for its commit.
    ///
    /// A caller that goes away cannot cut the transaction, because the lane is a task of its own.
    pub async fn send(&self, task: Task) -> Result<Done, Error> {
        let (reply, answer) = oneshot::channel();
        let (unit, class) = (task.unit().to_owned(), task.work.class());
        let admitted = locked(&self.queue).admit(&unit, class, (task, reply));
        if admitted.is_err() {
            return Err(Error::QueueFull);
        }
        metrics::get().queue.inc();
        match self.bell.try_send(()) {
            // A signal is pending already, so the lane will look once more.
            Ok(()) | Err(TrySendError::Full(())) => {}
            Err(TrySendError::Closed(())) => return Err(Error::Unavailable(None)),
        }
        answer.await.unwrap_or(Err(Error::Unavailable(None)))
    }
}

fn locked<T>(queue: &Mutex<T>) -> MutexGuard<'_, T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn run(
    context: Arc<Context>,
    queue: Arc<Mutex<Queue<Waits>>>,
    mut rung: mpsc::Receiver<()>,
    changed: watch::Sender<u64>,
) {
    let aside = Arc::new(Aside::new());
    while rung.recv().await.is_some() {
        loop {
            let batch = locked(&queue).take(BATCH);
            if batch.is_empty() {
                break;
            }
            let taken = i64::try_from(batch.len()).unwrap_or(i64::MAX);
            metrics::get().queue.dec_by(taken);
            let batch = aside.keep(batch, unit_of);
            if batch.is_empty() {
                continue;
            }
            let began = tokio::time::Instant::now();
            let commands = batch.len();
            // A fault of ours in one batch must not stop all writing. The batch's callers are told
            // to retry, and the lane goes on.
            let span = tracing::info_span!("batch", commands);
            let done = AssertUnwindSafe(attempt(&context, batch, 1))
                .catch_unwind()
                .instrument(span)
                .await;
            let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            metrics::get().batch(commands, began.elapsed());
            match done {
                Ok(held) => {
                    tracing::debug!(
                        commands,
                        duration_ms,
                        held = held.len(),
                        "a batch was answered"
                    );
                    for (unit, commands) in aside.take(held, unit_of) {
                        tokio::spawn(go_on(
                            Arc::clone(&context),
                            Arc::clone(&aside),
                            changed.clone(),
                            unit,
                            commands,
                        ));
                    }
                }
                Err(_panic) => tracing::error!(commands, duration_ms, "a batch panicked"),
            }
            changed.send_modify(|commits| *commits += 1);
        }
    }
}

fn unit_of((task, _): &Waits) -> &str {
    task.unit()
}

/// Goes on with the commands of a unit that another process holds, until nothing of it waits.
async fn go_on(
    context: Arc<Context>,
    aside: Arc<Aside<Waits>>,
    changed: watch::Sender<u64>,
    unit: String,
    commands: Vec<Waits>,
) {
    let since = tokio::time::Instant::now();
    let mut next = Some(commands);
    while let Some(commands) = next {
        // A fault of ours in it must not leave the unit aside for ever.
        let tried = AssertUnwindSafe(attempt(&context, commands, 1)).catch_unwind();
        let mut held = tried.await.unwrap_or_default();
        changed.send_modify(|commits| *commits += 1);
        if !held.is_empty() && since.elapsed() >= PATIENCE {
            tracing::error!(unit, "another writer holds what this unit writes");
            unavailable(std::mem::take(&mut held));
        }
        next = aside.next(&unit, held);
    }
}

/// Decides and commits a batch; what clashed is tried again one by one. Returns what waits for
/// somebody who holds what it writes.
async fn attempt(context: &Context, batch: Vec<Waits>, tries: usize) -> Vec<Waits> {
    let wanted = task::wanted(batch.iter().map(|(task, _)| task), context);
    let loading = Timer::start();
    let loaded = context.store.load(&wanted);
    let loaded = loaded.instrument(tracing::info_span!("load")).await;
    loading.stop(&metrics::get().load_seconds);
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            return failed(context, batch, error, "cannot load a batch").await;
        }
    };
    let mut desk = BatchState::new(context, loaded);
    let mut waiting: Waiting = Vec::with_capacity(batch.len());
    for (task, reply) in batch {
        let outcome = match desk.decide(&task) {
            // Committed before this batch, so the answer need not wait for its commit.
            Ok(Step::Before(key, version)) => {
                let _gone = reply.send(Ok(Done::Before { key, version }));
                continue;
            }
            Ok(Step::Unchanged) => {
                let _gone = reply.send(Ok(Done::Unchanged));
                continue;
            }
            Ok(Step::Written(key, version)) => {
                let recorded = desk.recorded(&key);
                let applicant = desk.applicant(&key);
                Outcome::Written(key, version, recorded, applicant)
            }
            Err(error) => Outcome::Refused(error),
        };
        waiting.push((task, reply, outcome));
    }
    let newest = desk.newest();
    let changes = desk.changes();
    if changes.is_empty() {
        answer(waiting, &HashMap::new());
        return Vec::new();
    }
    if let Err(error) = context.keep_pace(newest).await {
        refuse_all(waiting, &error);
        return Vec::new();
    }
    let committing = Timer::start();
    let span = tracing::info_span!("commit", changes = changes.len());
    let committed = context.store.commit(Batch { changes });
    let committed = committed.instrument(span).await;
    committing.stop(&metrics::get().commit_seconds);
    match committed {
        Ok(committed) => {
            let written: HashMap<Key, Dossier> = committed
                .dossiers
                .into_iter()
                .map(|dossier| ((dossier.province.clone(), dossier.id), dossier))
                .collect();
            answer(waiting, &written);
            Vec::new()
        }
        Err(CommitError::Held) => undecided(waiting),
        Err(CommitError::Clash { dossiers }) => {
            tracing::debug!(clashed = dossiers.len(), tries, "another writer was first");
            if waiting.len() == 1 && tries >= TRIES {
                give_up(waiting);
                return Vec::new();
            }
            let clashed: HashSet<Key> = dossiers.into_iter().collect();
            let (again, rest): (Vec<_>, Vec<_>) =
                waiting
                    .into_iter()
                    .partition(|(_, _, outcome)| match outcome {
                        Outcome::Written(key, ..) => clashed.contains(key),
                        Outcome::Refused(_) => false,
                    });
            let again = undecided(again);
            let rest = undecided(rest);
            let mut held = Vec::new();
            if tries < TRIES {
                // First the commands that did not clash, together: they should not wait behind the
                // retries.
                if !rest.is_empty() {
                    held = Box::pin(attempt(context, rest, tries + 1)).await;
                }
                held.extend(one_by_one(context, again, tries + 1).await);
            } else {
                // One clashing command must not fail the others of its batch.
                held = one_by_one(context, rest, 1).await;
                held.extend(one_by_one(context, again, 1).await);
            }
            held
        }
        Err(CommitError::Unknown(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the outcome is unknown"
            );
            settle(context, waiting).await;
            Vec::new()
        }
        Err(CommitError::Store(error)) => {
            let batch = undecided(waiting);
            failed(context, batch, error, "cannot commit a batch").await
        }
    }
}

/// A command, and the caller who waits for it.
fn undecided(waiting: Waiting) -> Vec<Waits> {
    let waits = waiting.into_iter();
    waits.map(|(task, reply, _)| (task, reply)).collect()
}

async fn one_by_one(context: &Context, commands: Vec<Waits>, tries: usize) -> Vec<Waits> {
    let mut held = Vec::new();
    for command in commands {
        held.extend(Box::pin(attempt(context, vec![command], tries)).await);
    }
    held
}

/// Answers a batch that the store could not write.
///
/// If the database does not answer, every caller hears so. Any other error is the fault of one
/// command: each is tried alone, so that only that one is refused, for good. The log gets it where
/// it is answered.
async fn failed(context: &Context, batch: Vec<Waits>, error: StoreError, what: &str) -> Vec<Waits> {
    match error {
        StoreError::Unavailable(_) => {
            tracing::error!(error = &error as &dyn std::error::Error, "{what}");
            unavailable(batch);
            Vec::new()
        }
        StoreError::Inconsistent { .. } | StoreError::Database(_) if batch.len() > 1 => {
            one_by_one(context, batch, 1).await
        }
        StoreError::Inconsistent { .. } | StoreError::Database(_) => {
            let only = batch.into_iter().next();
            let _gone = only.map(|(_, reply)| reply.send(Err(error.into())));
            Vec::new()
        }
    }
}

/// Answers that the same request may be sent again.
fn unavailable(commands: Vec<Waits>) {
    for (_, reply) in commands {
        let _gone = reply.send(Err(Error::Unavailable(None)));
    }
}

/// Answers a command that clashed at every try, although each try read its data again.
fn give_up(waiting: Waiting) {
    for (task, reply, _) in waiting {
        let clashes = match &task.work {
            // Other writers change the same dossier all the time.
            task::Work::Act { .. } | task::Work::Rewrite { .. } => Error::QueueFull,
            task::Work::Submit { id, .. }
            | task::Work::Receive { id, .. }
            | task::Work::Import { id, .. } => Error::Internal(
                format!("dossier {id} clashes at every try, and nothing that was read shows why")
                    .into(),
            ),
        };
        let _gone = reply.send(Err(clashes));
    }
}

/// The decision on a command, to be told once the batch is committed.
///
/// A refusal waits too, because it may rest on an earlier command of the same batch.
enum Outcome {
    Written(Key, u32, Option<Instant>, Option<Person>),
    Refused(Error),
}

type Waiting = Vec<(Task, Reply, Outcome)>;

fn answer(waiting: Waiting, written: &HashMap<Key, Dossier>) {
    for (task, reply, outcome) in waiting {
        let request = task.request_id.as_str();
        let answer = match outcome {
            Outcome::Refused(error) => {
                tracing::debug!(request.id = request, reason = error.reason(), "refused");
                Err(error)
            }
            Outcome::Written(key, version, recorded, applicant) => {
                tracing::debug!(request.id = request, dossier.id = %key.1, version, "written");
                Ok(match (written.get(&key), recorded) {
                    (Some(dossier), Some(recorded)) if dossier.version == version => {
                        Done::Now(Box::new(dossier.clone()), recorded, applicant)
                    }
                    // A later command of this batch changed it again, so this one's answer is
                    // rebuilt.
                    (Some(_) | None, _) => Done::Before { key, version },
                })
            }
        };
        let _gone = reply.send(answer);
    }
}

/// Answers that nothing is written while the clock is behind; what rests on what this batch would
/// have done is refused likewise.
fn refuse_all(waiting: Waiting, error: &Error) {
    let Error::ClockBehind { newest, now } = error else {
        return send_again(waiting);
    };
    let (newest, now) = (*newest, *now);
    tracing::error!(
        newest = %time::rfc3339(newest),
        clock = %time::rfc3339(now),
        refused = waiting.len(),
        "the clock is behind what was recorded; nothing is written until it is set right"
    );
    for (_, reply, _) in waiting {
        let _gone = reply.send(Err(Error::ClockBehind { newest, now }));
    }
}

/// Tells the caller to send the same request again; its id settles whether it was written.
fn send_again(waiting: Waiting) {
    for (_, reply, _) in waiting {
        let _gone = reply.send(Err(Error::Unavailable(None)));
    }
}

/// Looks the request ids up after a commit with an unknown outcome.
async fn settle(context: &Context, waiting: Waiting) {
    let wanted = Wanted {
        requests: waiting.iter().map(|(task, ..)| task.request()).collect(),
        ..Wanted::default()
    };
    let Ok(loaded) = context.store.load(&wanted).await else {
        return send_again(waiting);
    };
    for (task, reply, _) in waiting {
        let request = task.request();
        let answer = match loaded.requests.get(&request) {
            Some(seen) => Ok(Done::Before {
                key: (request.0, seen.dossier),
                version: seen.version,
            }),
            None => Err(Error::Unavailable(None)),
        };
        let _gone = reply.send(answer);
    }
}
