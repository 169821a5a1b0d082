//! Callers that write at the same time, each its own cases, until told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use grpc::client::Client;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Failure;
use crate::case::{Case, People};
use crate::latency::Latencies;
use crate::province::Ward;

/// How many callers share a connection, as when one program serves the desks of a few wards.
const A_CONNECTION: usize = 16;

/// Callers at work.
pub struct Load {
    phase: watch::Sender<Phase>,
    answered: Arc<AtomicU64>,
    running: JoinSet<Result<Done, Failure>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Calls are made and not counted.
    Warming,
    /// Calls are made and counted; the number tells the measuring periods apart.
    Measuring(u32),
    /// No new call is made.
    Paused,
    /// Nor ever again.
    Over,
}

/// What the callers did during the measurement.
#[derive(Debug, Default)]
pub struct Done {
    /// Every call that began and ended during the measurement.
    pub latencies: Latencies,
    /// Cases that ended within.
    pub cases: u32,
    /// The number of dossiers begun, measured or not.
    pub begun: u32,
    /// A finished case, measured or not: its id, and how many transitions it was.
    pub example: Option<(String, usize)>,
}

impl Load {
    /// Starts the callers, each with a ward of its own as long as there are enough wards.
    ///
    /// `first` is the number of the first caller; no two callers of one database may share a
    /// number.
    pub async fn begin(
        address: &str,
        wards: &[Ward],
        callers: u32,
        first: u32,
    ) -> Result<Self, Failure> {
        let (phase, _) = watch::channel(Phase::Warming);
        let mut people = Vec::with_capacity(callers as usize);
        let mut client = connect(address).await?;
        for at in 0..callers as usize {
            if at % A_CONNECTION == 0 && at > 0 {
                client = connect(address).await?;
            }
            people.push(People::of(&wards[at % wards.len()], &client)?);
        }
        let answered = Arc::new(AtomicU64::new(0));
        let mut running = JoinSet::new();
        for (caller, people) in (first..).zip(people) {
            let answered = Arc::clone(&answered);
            running.spawn(call(caller, people, phase.subscribe(), answered));
        }
        Ok(Self {
            phase,
            answered,
            running,
        })
    }

    /// How many calls were answered so far, in whatever phase.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Makes calls without counting them.
    pub fn warm_up(&self) {
        self.phase.send_replace(Phase::Warming);
    }

    /// Begins to count.
    pub fn measure(&self, round: u32) {
        self.phase.send_replace(Phase::Measuring(round));
    }

    /// Stops counting, and pauses the calls.
    pub fn pause(&self) {
        self.phase.send_replace(Phase::Paused);
    }

    /// Lets every caller finish its call, and adds up what they did.
    pub async fn end(mut self) -> Result<Done, Failure> {
        self.phase.send_replace(Phase::Over);
        let mut all = Done::default();
        while let Some(done) = self.running.join_next().await {
            let done = done.map_err(|error| Failure::work("a caller broke", error))??;
            all.latencies.append(done.latencies);
            all.cases += done.cases;
            all.begun += done.begun;
            all.example = all.example.or(done.example);
        }
        Ok(all)
    }
}

async fn connect(address: &str) -> Result<Client, Failure> {
    Client::connect(address)
        .await
        .map_err(|error| Failure::work("cannot reach the server under test", error))
}

async fn call(
    caller: u32,
    mut people: People,
    mut phase: watch::Receiver<Phase>,
    answered: Arc<AtomicU64>,
) -> Result<Done, Failure> {
    let mut done = Done::default();
    for number in 0.. {
        let mut case = Case::new(caller, number);
        while !case.is_over() {
            // The load of this caller is gone, so nobody waits for its calls.
            if phase
                .wait_for(|phase| *phase != Phase::Paused)
                .await
                .is_err()
            {
                return Ok(done);
            }
            let before = *phase.borrow();
            if before == Phase::Over {
                return Ok(done);
            }
            let asked = Instant::now();
            case.step(&mut people).await?;
            answered.fetch_add(1, Ordering::Relaxed);
            if matches!(before, Phase::Measuring(_)) && *phase.borrow() == before {
                done.latencies.add(asked.elapsed());
                done.cases += u32::from(case.is_over());
            }
            done.begun += u32::from(case.has_just_begun());
        }
        done.example = Some((case.id().to_owned(), case.transitions()));
    }
    Ok(done)
}
