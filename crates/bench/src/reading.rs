//! `bench read`: how long answers take, quiet and while others write.

use std::time::{Duration, Instant};

use grpc::client::Client;
use serde::Serialize;

use crate::ground::{Database, Emptied, Ground};
use crate::latency::Latencies;
use crate::load::Load;
use crate::progress::Progress;
use crate::province;
use crate::questions::{Answered, Askers, Question};
use crate::serving::{self, Serving};
use crate::table::{Column, Figures};
use crate::writing::{WARDS, filled};
use crate::{Failure, Setup};

/// What to ask, beside how many writers, and for how long.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The numbers of dossiers; one database for each.
    pub preload: Vec<u32>,
    /// The numbers of writers; every question runs once for each.
    pub writers: Vec<u32>,
    /// How long each question is repeated.
    pub seconds: u64,
    /// Only questions whose name begins so; all when empty.
    pub only: String,
}

impl Reading {
    fn questions(&self) -> Vec<Question> {
        let all = Question::all().into_iter();
        all.filter(|question| question.name().starts_with(&self.only))
            .collect()
    }
}

/// The answers to a question, with so many dossiers and writers.
#[derive(Debug, Clone, Serialize)]
struct Measured {
    database: &'static str,
    dossiers: u32,
    writers: u32,
    query: String,
    /// Null if no answer came within the server's limit for a call.
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    /// Of the last answer.
    rows: usize,
    /// The size of the last answer, compressed; only of pages.
    bytes: Option<usize>,
}

/// Measures reading: how long answers take.
pub async fn read(setup: &Setup, reading: &Reading) -> Result<Figures, Failure> {
    let ground = Ground::prepare(setup).await?;
    let secret = serving::make_secret(&ground.scratch, setup.ids.as_ref())?;
    let asked = reading.questions();
    let runs =
        ground.databases.len() * reading.preload.len() * (1 + reading.writers.len() * asked.len());
    let mut bench = Bench {
        setup,
        reading,
        ground: &ground,
        secret,
        progress: Progress::new(&setup.tell, runs),
        measured: Vec::new(),
    };
    for database in &ground.databases {
        for dossiers in &reading.preload {
            bench.on(database, *dossiers).await?;
        }
    }
    Ok(Figures::of("read", &columns(), &bench.measured))
}

struct Bench<'a> {
    setup: &'a Setup,
    reading: &'a Reading,
    ground: &'a Ground,
    secret: Vec<u8>,
    progress: Progress<'a>,
    measured: Vec<Measured>,
}

impl Bench<'_> {
    /// Asks one database that holds so many dossiers, beside each number of writers.
    async fn on(&mut self, database: &Database, dossiers: u32) -> Result<(), Failure> {
        let emptied = Emptied(database.clone());
        self.progress.next(&format!(
            "{}: {dossiers} dossiers to begin with",
            database.kind
        ));
        let setup = self.setup;
        let store = filled(setup, database, dossiers, &self.secret, &self.progress).await?;
        let wards = province::wards(&store, setup, WARDS).await?;
        let readers = province::readers(&store, setup, &wards[0].unit).await?;
        let closed = store.close().await;
        closed.map_err(|error| Failure::work("cannot close the database", error))?;
        let server = Serving::start(setup, &database.url, &self.ground.scratch)?;
        let client = Client::connect(&server.address)
            .await
            .map_err(|error| Failure::work("cannot reach the server under test", error))?;
        let today = domain::time::local_day(setup.clock.now());
        let mut askers = Askers::of(&readers, &client, &server.address, today).await?;
        let mut first = 1;
        for writers in self.reading.writers.iter().copied() {
            let load = Load::begin(&server.address, &wards, writers, first).await?;
            first += writers;
            for question in self.reading.questions() {
                self.progress.next(&format!(
                    "{}, {dossiers} dossiers, {writers} writers: {}",
                    database.kind,
                    question.name()
                ));
                let (latencies, last) = self.ask(&mut askers, question).await;
                let answered = latencies.count() > 0;
                let [p50_ms, p99_ms] = latencies.percentiles_ms([0.5, 0.99]);
                self.measured.push(Measured {
                    database: database.kind,
                    dossiers,
                    writers,
                    query: question.name(),
                    p50_ms: answered.then_some(p50_ms),
                    p99_ms: answered.then_some(p99_ms),
                    rows: last.rows,
                    bytes: last.bytes,
                });
            }
            load.end().await?;
        }
        drop(server);
        emptied.now().await
    }

    /// Repeats one question and keeps the time of each answer.
    async fn ask(&self, askers: &mut Askers, question: Question) -> (Latencies, Answered) {
        let lasts = Duration::from_secs(self.reading.seconds);
        let began = Instant::now();
        let mut latencies = Latencies::default();
        let mut last = Answered::default();
        for number in 0.. {
            let asked = Instant::now();
            let answer = askers.ask(question, number).await;
            // The first answer reads from disk and prepares statements, so it does not count,
            // unless the question is so slow that a second one does not fit.
            let is_first = number == 0 && asked.elapsed() < lasts / 4;
            if let Some(answer) = answer {
                last = answer;
                if !is_first {
                    latencies.add(asked.elapsed());
                }
            }
            if began.elapsed() >= lasts {
                break;
            }
        }
        (latencies, last)
    }
}

fn columns() -> Vec<Column<Measured>> {
    fn ms(ms: Option<f64>) -> String {
        ms.map_or_else(|| "no answer".to_owned(), |ms| format!("{ms:.2}"))
    }
    vec![
        Column::new("database", |m: &Measured| m.database.to_owned()),
        Column::new("dossiers", |m| m.dossiers.to_string()),
        Column::new("writers", |m| m.writers.to_string()),
        Column::new("query", |m| m.query.clone()),
        Column::new("p50 ms", |m| ms(m.p50_ms)),
        Column::new("p99 ms", |m| ms(m.p99_ms)),
        Column::new("rows", |m| match m.bytes {
            Some(bytes) => format!("{bytes} bytes"),
            None => m.rows.to_string(),
        }),
    ]
}
