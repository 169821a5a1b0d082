//! `bench write`: cases a second, beside the raw database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::ports::Store;
use serde::Serialize;
use store::{Durability, Options, SeaStore};

use crate::ground::{Database, Emptied, Ground};
use crate::load::Load;
use crate::preload::preload;
use crate::process::Process;
use crate::progress::Progress;
use crate::province;
use crate::raw::Raw;
use crate::scene::Scene;
use crate::serving::{self, Serving};
use crate::table::{Column, Figures};
use crate::watching::Watching;
use crate::{Failure, Setup, flush};

/// What to write, and for how long.
#[derive(Debug, Clone)]
pub struct Writing {
    /// The numbers of simultaneous callers; one run for each.
    pub callers: Vec<u32>,
    /// The numbers of dossiers before the run; one database for each.
    pub preload: Vec<u32>,
    /// How the callers are spread; one run for each.
    pub scenes: Vec<Scene>,
    /// How long each run lasts.
    pub seconds: u64,
}

/// The figures for so many callers on so many dossiers.
#[derive(Debug, Clone, Serialize)]
struct Measured {
    database: &'static str,
    scene: Scene,
    callers: u32,
    preload: u32,
    filesystem: String,
    cases_per_s: f64,
    transitions_per_s: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    /// Of the server and the database together; null if the database runs elsewhere.
    cpu_ms_per_transition: Option<f64>,
    rows_per_transition: f64,
    bytes_per_dossier: f64,
    /// Of the server.
    rss_mb: f64,
    raw_transitions_per_s: f64,
    /// SQLite alone, 32 transitions a commit.
    raw_batched_per_s: Option<f64>,
    /// Milliseconds of a flush before the run and after it; null if the disk is elsewhere.
    flush_ms: [Option<f64>; 2],
    /// Null if a flush cost more than twice as much at one end of the run as at the other.
    ratio_to_raw: Option<f64>,
    /// Of the rate without screens, in the same run; null where nobody watches.
    kept_while_watched: Option<f64>,
    /// Counts that all screens together were told in a second.
    told_per_s: Option<f64>,
}

/// How many transitions each commit has in the batched raw run.
const BATCHED: usize = 32;

/// How many wards write.
pub(crate) const WARDS: usize = 124;

/// Measures writing: cases a second, every call answered after its commit.
pub async fn write(setup: &Setup, writing: &Writing) -> Result<Figures, Failure> {
    let ground = Ground::prepare(setup).await?;
    let secret = serving::make_secret(&ground.scratch, setup.ids.as_ref())?;
    let runs = ground.databases.len()
        * writing.preload.len()
        * (writing.callers.len() * writing.scenes.len() + 1);
    let mut bench = Bench {
        setup,
        writing,
        ground: &ground,
        secret,
        progress: Progress::new(&setup.tell, runs),
        measured: Vec::new(),
    };
    for database in &ground.databases {
        for dossiers in &writing.preload {
            bench.on(database, *dossiers).await?;
        }
    }
    Ok(Figures::of("write", &columns(), &bench.measured))
}

struct Bench<'a> {
    setup: &'a Setup,
    writing: &'a Writing,
    ground: &'a Ground,
    secret: Vec<u8>,
    progress: Progress<'a>,
    measured: Vec<Measured>,
}

impl Bench<'_> {
    /// Measures one database that holds so many dossiers, with each number of callers.
    async fn on(&mut self, database: &Database, dossiers: u32) -> Result<(), Failure> {
        let emptied = Emptied(database.clone());
        self.progress.next(&format!(
            "{}: {dossiers} dossiers to begin with",
            database.kind
        ));
        let store = filled(self.setup, database, dossiers, &self.secret, &self.progress).await?;
        let wards = province::wards(&store, self.setup, WARDS).await?;
        let watchers = province::watchers(&store, self.setup, &wards[0].unit).await?;
        let raw = Raw::prepare(&database.raw, dossiers, self.setup.flush)
            .await
            .map_err(|error| Failure::work("cannot prepare the raw database", error))?;
        let server = Serving::start(self.setup, &database.url, &self.ground.scratch)?;
        let postmaster = postmaster(&store).await?;
        let is_file = !store.is_shared();
        // A server on another machine does not show its processor time.
        let has_all = is_file || postmaster.is_some();
        let mut first = 1;
        let mut begun = dossiers;
        let runs = self.writing.callers.iter().copied();
        for (callers, scene) in runs.flat_map(|n| self.writing.scenes.iter().map(move |s| (n, *s)))
        {
            self.progress.next(&format!(
                "{}, {dossiers} dossiers: {callers} callers ({scene}) for {} s",
                database.kind, self.writing.seconds
            ));
            let before = flush::measure(database.folder.as_deref()).await?;
            let places = match scene {
                Scene::Spread => &wards[..],
                Scene::Hot | Scene::Watched => &wards[..1],
            };
            let load = Load::begin(&server.address, places, callers, first).await?;
            first += callers;
            let mut times = Times::default();
            for round in 0..ROUNDS {
                load.warm_up();
                tokio::time::sleep(self.piece() / 4).await;
                let screens = match scene {
                    Scene::Spread | Scene::Hot => None,
                    Scene::Watched => {
                        times.unwatched += self.rate(&load).await / f64::from(ROUNDS);
                        let screens = Watching::open(&server.address, &watchers).await?;
                        tokio::time::sleep(self.piece() / 4).await;
                        Some(screens)
                    }
                };
                let told = screens.as_ref().map_or(0, Watching::told);
                load.measure(round);
                let used_before = used(&server.process, postmaster.as_ref());
                let began = Instant::now();
                tokio::time::sleep(self.piece()).await;
                times.lasted += began.elapsed().as_secs_f64();
                times.used_ms += used(&server.process, postmaster.as_ref()) - used_before;
                times.rss_mb = times.rss_mb.max(server.process.resident_mb());
                load.pause();
                times.told += screens.as_ref().map_or(0, Watching::told) - told;
                drop(screens);
                let one = raw.one_a_commit(callers as usize, self.piece()).await;
                times.raw_one += one.map_err(raw_failed)? / f64::from(ROUNDS);
                let many = raw.many_a_commit(BATCHED, self.piece() / 2).await;
                times.raw_many += many.map_err(raw_failed)?.unwrap_or_default() / f64::from(ROUNDS);
            }
            let done = load.end().await?;
            let after = flush::measure(database.folder.as_deref()).await?;
            begun += done.begun;
            let calls = done.latencies.count() as f64;
            let [p50_ms, p95_ms, p99_ms] = done.latencies.percentiles_ms([0.5, 0.95, 0.99]);
            let rows = match &done.example {
                Some((dossier, transitions)) => {
                    let rows = store.rows_of(dossier).await.map_err(unreadable)?;
                    rows as f64 / *transitions as f64
                }
                None => 0.0,
            };
            let bytes = store.bytes().await.map_err(unreadable)? as f64;
            let per_s = calls / times.lasted;
            let watched = scene == Scene::Watched;
            self.measured.push(Measured {
                database: database.kind,
                scene,
                callers,
                preload: dossiers,
                filesystem: database.filesystem.clone(),
                cases_per_s: f64::from(done.cases) / times.lasted,
                transitions_per_s: per_s,
                p50_ms,
                p95_ms,
                p99_ms,
                cpu_ms_per_transition: has_all.then_some(times.used_ms / calls.max(1.0)),
                rows_per_transition: rows,
                bytes_per_dossier: bytes / f64::from(begun),
                rss_mb: times.rss_mb,
                raw_transitions_per_s: times.raw_one,
                raw_batched_per_s: is_file.then_some(times.raw_many),
                flush_ms: [before, after],
                ratio_to_raw: (!flush::moved(before, after)).then_some(per_s / times.raw_one),
                kept_while_watched: watched.then_some(per_s / times.unwatched.max(1.0)),
                told_per_s: watched.then_some(times.told as f64 / times.lasted),
            });
        }
        drop(server);
        store.close().await.map_err(unreadable)?;
        emptied.now().await
    }

    /// Transitions a second for the time of one round, not counted elsewhere.
    async fn rate(&self, load: &Load) -> f64 {
        let (before, began) = (load.answered(), Instant::now());
        tokio::time::sleep(self.piece()).await;
        (load.answered() - before) as f64 / began.elapsed().as_secs_f64()
    }

    /// How long one round of one measurement lasts.
    fn piece(&self) -> Duration {
        Duration::from_secs(self.writing.seconds) / ROUNDS
    }
}

/// How many rounds engine and raw database alternate. Other load on the machine then affects both
/// alike.
const ROUNDS: u32 = 4;

/// What the rounds add up to.
#[derive(Debug, Default)]
struct Times {
    lasted: f64,
    used_ms: f64,
    rss_mb: f64,
    raw_one: f64,
    raw_many: f64,
    unwatched: f64,
    told: u64,
}

/// A database that holds so many dossiers.
pub(crate) async fn filled(
    setup: &Setup,
    database: &Database,
    dossiers: u32,
    secret: &[u8],
    progress: &Progress<'_>,
) -> Result<SeaStore, Failure> {
    let broken = |error| Failure::work("cannot make the database", error);
    store::migrate(&database.url, false).await.map_err(broken)?;
    let quick = Options {
        durability: Durability::Scratch,
        readers: 1,
        ..Options::default()
    };
    let store = SeaStore::open(&database.url, quick).await.map_err(broken)?;
    let filling: Arc<dyn Store> = Arc::new(store.clone());
    preload(
        filling,
        &setup.catalogue,
        secret,
        dossiers,
        setup.clock.now(),
        |done| {
            progress.show(&format!("{}: {done} of {dossiers} dossiers", database.kind));
        },
    )
    .await?;
    let settled = store.settle(&database.url).await;
    settled.map_err(|error| Failure::work("cannot vacuum the database", error))?;
    Ok(store)
}

pub(crate) async fn postmaster(store: &SeaStore) -> Result<Option<Process>, Failure> {
    let backend = store.backend().await.map_err(unreadable)?;
    Ok(backend
        .and_then(|pid| u32::try_from(pid).ok())
        .and_then(Process::postmaster_of))
}

/// Milliseconds of processor time of the server and its database.
pub(crate) fn used(server: &Process, database: Option<&Process>) -> f64 {
    server.cpu_ms() + database.map_or(0.0, Process::cpu_ms)
}

fn unreadable(error: app::ports::StoreError) -> Failure {
    Failure::work("cannot read the database", error)
}

fn raw_failed(error: crate::raw::Error) -> Failure {
    Failure::work("the raw database failed", error)
}

fn columns() -> Vec<Column<Measured>> {
    vec![
        Column::new("database", |m: &Measured| m.database.to_owned()),
        Column::new("dossiers", |m| m.preload.to_string()),
        Column::new("scene", |m| m.scene.to_string()),
        Column::new("callers", |m| m.callers.to_string()),
        Column::new("transitions/s", |m| format!("{:.0}", m.transitions_per_s)),
        Column::new("cases/s", |m| format!("{:.0}", m.cases_per_s)),
        Column::new("p50 ms", |m| format!("{:.2}", m.p50_ms)),
        Column::new("p95 ms", |m| format!("{:.2}", m.p95_ms)),
        Column::new("p99 ms", |m| format!("{:.2}", m.p99_ms)),
        Column::new("CPU ms", |m| match m.cpu_ms_per_transition {
            Some(ms) => format!("{ms:.3}"),
            None => "?".to_owned(),
        }),
        Column::new("rows", |m| format!("{:.2}", m.rows_per_transition)),
        Column::new("bytes/dossier", |m| format!("{:.0}", m.bytes_per_dossier)),
        Column::new("MB", |m| format!("{:.0}", m.rss_mb)),
        Column::new("raw/s", |m| format!("{:.0}", m.raw_transitions_per_s)),
        Column::new("raw batched/s", |m| match m.raw_batched_per_s {
            Some(per_s) => format!("{per_s:.0}"),
            None => "–".to_owned(),
        }),
        Column::new("flush ms", |m| match m.flush_ms {
            [Some(before), Some(after)] => format!("{before:.3} → {after:.3}"),
            [None, _] | [_, None] => "?".to_owned(),
        }),
        Column::new("× raw", |m| match m.ratio_to_raw {
            Some(ratio) => format!("{ratio:.2}"),
            None => "no ratio".to_owned(),
        }),
        Column::new("kept while watched", |m| match m.kept_while_watched {
            Some(share) => format!("{:.0} %", share * 100.0),
            None => "–".to_owned(),
        }),
    ]
}
