//! `bench compare`: this program and another one, in turns within seconds of each other.
//!
//! A machine that others share does not hold still for as long as two runs take. So both servers run
//! at the same time, each on a database of its own, and only one of them has work. Chance says which
//! of them is first in a pair; the answer is the ratio within each pair.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use domain::unit::UnitKind;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::flush;
use crate::ground::{Database, Ground};
use crate::load::Load;
use crate::process::Process;
use crate::progress::Progress;
use crate::province::{Ward, code};
use crate::serving::{self, Serving};
use crate::table::{Column, Figures};
use crate::writing::used;
use crate::{Failure, Setup};

/// What to compare with what, and for how long.
#[derive(Debug, Clone)]
pub struct Comparing {
    /// The other program.
    pub with: PathBuf,
    /// The numbers of simultaneous callers; all pairs for each.
    pub callers: Vec<u32>,
    /// How many pairs.
    pub pairs: u32,
    /// How long each half of a pair lasts.
    pub seconds: u64,
    /// How long each program has work before the first pair, so that neither begins with an empty
    /// database.
    pub fill: u64,
    /// Of which databases; of all that are here if none is named.
    pub only: Option<String>,
}

/// A pair.
#[derive(Debug, Clone, Serialize)]
struct Measured {
    database: &'static str,
    callers: u32,
    pair: u32,
    first: &'static str,
    /// Of this program and of the other one.
    transitions_per_s: [f64; 2],
    cpu_ms_per_transition: [f64; 2],
    /// This program's processor time in that of the other one.
    cpu_ratio: f64,
    rate_ratio: f64,
    /// Milliseconds of a flush before the pair and after it.
    flush_ms: [Option<f64>; 2],
}

/// How many wards have callers.
const WARDS: usize = 8;

/// Compares this program with another one.
pub async fn compare(setup: &Setup, comparing: &Comparing) -> Result<Figures, Failure> {
    if setup.database.is_some() {
        return Err(Failure::Input(
            "--database: both programs need a database of their own, so leave it out".into(),
        ));
    }
    let ground = Ground::prepare(setup).await?;
    serving::make_secret(&ground.scratch, setup.ids.as_ref())?;
    let wanted = |database: &&Database| {
        let only = comparing.only.as_deref();
        only.is_none_or(|only| only == database.kind)
    };
    let databases: Vec<&Database> = ground.databases.iter().filter(wanted).collect();
    let runs = databases.len() * comparing.callers.len() * comparing.pairs as usize;
    let mut progress = Progress::new(&setup.tell, runs);
    let mut measured = Vec::new();
    for database in databases {
        let mut sides = Vec::with_capacity(2);
        for (name, program) in [("this", &setup.program), ("other", &comparing.with)] {
            sides.push(Side::start(setup, &ground, database, name, program).await?);
        }
        let mut first = 1;
        for callers in comparing.callers.iter().copied() {
            let mut loads = Vec::with_capacity(2);
            for side in &sides {
                let load = Load::begin(&side.server.address, &side.wards, callers, first).await?;
                tokio::time::sleep(Duration::from_secs(comparing.fill)).await;
                load.pause();
                loads.push(load);
            }
            first += callers;
            for pair in 1..=comparing.pairs {
                progress.next(&format!(
                    "{}, {callers} callers: pair {pair} of {}",
                    database.kind, comparing.pairs
                ));
                let before = flush::measure(database.folder.as_deref()).await?;
                let order = if setup.ids.random()[0].is_multiple_of(2) {
                    [0, 1]
                } else {
                    [1, 0]
                };
                let mut halves = [(0.0, 0.0); 2];
                for at in order {
                    let lasts = Duration::from_secs(comparing.seconds);
                    halves[at] = half(&sides[at], &loads[at], lasts).await;
                }
                let [(rate, cpu), (other_rate, other_cpu)] = halves;
                measured.push(Measured {
                    database: database.kind,
                    callers,
                    pair,
                    first: sides[order[0]].name,
                    transitions_per_s: [rate, other_rate],
                    cpu_ms_per_transition: [cpu, other_cpu],
                    cpu_ratio: cpu / other_cpu,
                    rate_ratio: rate / other_rate,
                    flush_ms: [before, flush::measure(database.folder.as_deref()).await?],
                });
            }
            for load in loads {
                load.end().await?;
            }
        }
    }
    Ok(Figures::of("compare", &columns(), &measured))
}

/// Transitions a second, and milliseconds of processor time for each.
async fn half(side: &Side, load: &Load, lasts: Duration) -> (f64, f64) {
    load.warm_up();
    tokio::time::sleep(lasts / 4).await;
    let (calls, used_before) = (load.answered(), side.used());
    let began = Instant::now();
    tokio::time::sleep(lasts).await;
    let lasted = began.elapsed().as_secs_f64();
    let calls = (load.answered() - calls) as f64;
    let used = side.used() - used_before;
    load.pause();
    (calls / lasted, used / calls.max(1.0))
}

/// One of the two programs at work.
struct Side {
    name: &'static str,
    server: Serving,
    postmaster: Option<Process>,
    wards: Vec<Ward>,
}

impl Side {
    /// Starts a program on an empty database that it makes by itself: another version may have
    /// another schema.
    async fn start(
        setup: &Setup,
        ground: &Ground,
        database: &Database,
        name: &'static str,
        program: &PathBuf,
    ) -> Result<Self, Failure> {
        let (url, postmaster) = match database.kind {
            "sqlite" => {
                let file = ground.scratch.path(&format!("{name}.db"));
                (format!("sqlite:{}", file.display()), None)
            }
            _ => on_server(&database.url, name)
                .await
                .map_err(|error| Failure::work("cannot make a database", error))?,
        };
        run(ground, program, &["migrate", "--database", &url])?;
        let units = setup.catalogue.units.in_province(&code());
        let communes = units.filter(|unit| unit.kind == UnitKind::Commune);
        let mut wards = Vec::with_capacity(WARDS);
        for unit in communes.take(WARDS) {
            let token = |role: &str| {
                let unit = unit.code.as_str();
                let actor = format!("bench-{role}-{}", unit.to_lowercase());
                let args = [
                    "token",
                    "--actor",
                    &actor,
                    "--role",
                    role,
                    "--unit",
                    unit,
                    "--database",
                    &url,
                ];
                run(ground, program, &args)
            };
            wards.push(Ward {
                portal: token("portal")?,
                receptionist: token("receptionist")?,
                officer: token("officer")?,
                leader: token("leader")?,
                unit: unit.code.clone(),
            });
        }
        Ok(Self {
            name,
            server: Serving::program(setup, program, &url, &ground.scratch)?,
            postmaster,
            wards,
        })
    }

    fn used(&self) -> f64 {
        used(&self.server.process, self.postmaster.as_ref())
    }
}

/// Makes a database beside another one; returns its address, and the server's process.
async fn on_server(url: &str, name: &str) -> Result<(String, Option<Process>), sqlx::Error> {
    let name = format!("motcua_bench_{name}");
    let options: PgConnectOptions = url.parse()?;
    let mut db = options.connect().await?;
    let create = format!("CREATE DATABASE {name}");
    db.execute(sqlx::AssertSqlSafe(create)).await?;
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut db)
        .await?;
    let postmaster = u32::try_from(pid).ok().and_then(Process::postmaster_of);
    db.close().await?;
    let address = options.database(&name).to_url_lossy();
    Ok((address.to_string(), postmaster))
}

/// Runs a program to its end and returns what it printed.
fn run(ground: &Ground, program: &PathBuf, args: &[&str]) -> Result<String, Failure> {
    let what = || format!("cannot run {} {}", program.display(), args[0]);
    let output = Command::new(program)
        .args(args)
        .env("MOTCUA_SECRET_FILE", serving::secret_file(&ground.scratch))
        .output()
        .map_err(|error| Failure::work(what(), error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::Work {
            message: format!("{}: {}", what(), said.trim()),
            source: None,
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn columns() -> Vec<Column<Measured>> {
    fn two(values: [f64; 2], digits: usize) -> String {
        let [this, other] = values;
        format!("{this:.digits$} / {other:.digits$}")
    }
    vec![
        Column::new("database", |m: &Measured| m.database.to_owned()),
        Column::new("callers", |m| m.callers.to_string()),
        Column::new("pair", |m| m.pair.to_string()),
        Column::new("first", |m| m.first.to_owned()),
        Column::new("transitions/s", |m| two(m.transitions_per_s, 0)),
        Column::new("CPU ms", |m| two(m.cpu_ms_per_transition, 3)),
        Column::new("× CPU", |m| format!("{:.3}", m.cpu_ratio)),
        Column::new("× rate", |m| {
            if flush::moved(m.flush_ms[0], m.flush_ms[1]) {
                "no ratio".to_owned()
            } else {
                format!("{:.3}", m.rate_ratio)
            }
        }),
        Column::new("flush ms", |m| match m.flush_ms {
            [Some(before), Some(after)] => format!("{before:.3} → {after:.3}"),
            [None, _] | [_, None] => "?".to_owned(),
        }),
    ]
}
