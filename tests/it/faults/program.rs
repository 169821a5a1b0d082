//! `motcua serve` as a separate process, which a test can kill.
//!
//! The process is this test binary, started again. So it is always as new as the test, and no other
//! binary must be built first.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Arc;

use app::{Engine, Parts};
use clap::Parser;
use server::Cli;
use server::clock::{SystemClock, SystemIds};
use store::{Durability, Options, SeaStore};

use crate::port::{Settings, Site};
use crate::world::catalogue;

/// The environment variable with the database's address, for the process that serves it.
const DATABASE: &str = "MOTCUA_TESTS_SERVE";

/// The variable that turns off flushing at each commit, which `motcua serve` has no option for.
const CARELESS: &str = "MOTCUA_TESTS_CARELESS";

/// The configuration file of that process, if it has one.
const CONFIGURATION: &str = "MOTCUA_TESTS_CONFIGURATION";

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// The program that runs the server, with its arguments.
    under: Vec<OsString>,
    environment: Vec<(&'static str, String)>,
}

impl How {
    /// Under strace, which records the calls on a database file and its log.
    pub fn traced(file: &Path, trace: &Path) -> Self {
        // All threads; microseconds; the paths of files; all bytes, in hexadecimal.
        const WORDS: &str = "strace -f --seccomp-bpf -qq -e signal=none -ttt -y -xx -s 1000000 \
            -e trace=write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,\
            ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat";
        let mut under: Vec<OsString> = WORDS.split_whitespace().map(OsString::from).collect();
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        for (flag, path) in [("-P", file), ("-P", Path::new(&log)), ("-o", trace)] {
            under.extend([flag.into(), path.into()]);
        }
        let environment = Vec::new();
        Self { under, environment }
    }

    /// With the time zone of another place, for example `AAA+12`, twelve hours behind Greenwich.
    pub fn in_zone(zone: &str) -> Self {
        Self {
            under: Vec::new(),
            environment: vec![("TZ", zone.to_owned())],
        }
    }

    /// With a variable of the configuration.
    pub fn with(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((variable, value.into()));
        self
    }

    /// With a configuration file.
    pub fn configured(file: &Path) -> Self {
        let environment = vec![(CONFIGURATION, file.display().to_string())];
        Self {
            under: Vec::new(),
            environment,
        }
    }

    /// Without a flush at every commit.
    pub fn careless(mut self) -> Self {
        self.environment.push((CARELESS, "1".to_owned()));
        self
    }
}

/// A running server. It is killed on drop, and when this process ends.
pub struct Program {
    process: Child,
    /// The address at which it answers.
    pub address: String,
    /// Where it shows its metrics, if it was told to.
    pub metrics: Option<String>,
    /// The process id.
    pub pid: u32,
    /// The server ends once this pipe closes.
    alive: Option<ChildStdin>,
    _said: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a server on an existing database, and waits until it listens. `folder` holds its
    /// secret and its log.
    pub fn serve(database: &str, folder: &Path, how: &How) -> Self {
        let this = std::env::current_exe().unwrap().into_os_string();
        let mut words = how.under.iter().chain([&this]);
        let log = folder.join("log");
        let errors = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let mut process = Command::new(words.next().unwrap())
            .args(words)
            .args(["faults::program::a_server_for_other_tests", "--exact"])
            .args(["--ignored", "--nocapture", "--test-threads=1"])
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("MOTCUA_SECRET_FILE", folder.join("motcua.key"))
            .env(DATABASE, database)
            .envs(how.environment.clone())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        // The test harness says a word before.
        let address = loop {
            line.clear();
            if said.read_line(&mut line).unwrap() == 0 {
                let why = std::fs::read_to_string(&log).unwrap_or_default();
                panic!("the server does not start: {why}");
            }
            if let Some((_, address)) = line.split_once("grpc ") {
                break address.trim().to_owned();
            }
        };
        let watched = (how.environment.iter()).any(|(name, _)| *name == "MOTCUA_METRICS_LISTEN");
        let metrics = watched.then(|| {
            loop {
                line.clear();
                assert_ne!(
                    said.read_line(&mut line).unwrap(),
                    0,
                    "it shows its metrics"
                );
                if let Some(address) = line.strip_prefix("metrics ") {
                    break address.trim().to_owned();
                }
            }
        });
        Self {
            address,
            metrics,
            pid: process.id(),
            alive: process.stdin.take(),
            process,
            _said: said,
        }
    }

    /// Whether the process still runs.
    pub fn is_there(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// How many bytes the process has read from files and sockets.
    pub fn read(&self) -> u64 {
        let counts = std::fs::read_to_string(format!("/proc/{}/io", self.pid)).unwrap();
        let read = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
        read.unwrap().parse().unwrap()
    }

    /// Kills the process with `kill -9`, and waits until it is gone.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets the process exit by itself, at once and without closing anything, so that a tracer sees
    /// the end.
    pub fn leave(mut self) {
        drop(self.alive.take());
        self.process.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // First of all, because killing the outer program would leave the server running.
        drop(self.alive.take());
        let _gone_already = self.process.kill();
        let _nobody_asks = self.process.wait();
    }
}

#[test]
#[ignore = "the program under test, which other tests start and kill"]
fn a_server_for_other_tests() {
    let Ok(database) = std::env::var(DATABASE) else {
        return;
    };
    // The server ends with the test that started it, however that test ends.
    std::thread::spawn(|| {
        let _closed = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    if std::env::var_os(CARELESS).is_some() {
        return serve_carelessly(&database);
    }
    let configuration = std::env::var(CONFIGURATION).ok();
    // A port of its own choice, unless the test needs one that it knows.
    let words = match std::env::var_os("MOTCUA_LISTEN") {
        Some(_) => "motcua serve --database",
        None => "motcua serve --listen 127.0.0.1:0 --database",
    };
    let configured = configuration.iter().flat_map(|file| ["--config", file]);
    let words = words
        .split(' ')
        .chain([database.as_str()])
        .chain(configured);
    let cli = Cli::try_parse_from(words).unwrap();
    match cli.run() {
        Ok(code) => assert_eq!(code, ExitCode::SUCCESS),
        Err(failure) => {
            failure.report();
            std::process::exit(1);
        }
    }
}

#[tokio::main]
async fn serve_carelessly(database: &str) {
    let options = Options {
        durability: Durability::Scratch,
        ..Options::default()
    };
    let store = SeaStore::open(database, options).await.unwrap();
    let engine = Engine::start(Parts {
        store: Arc::new(store),
        catalogue: catalogue(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secret: b"a secret of the tests".to_vec(),
        queue: 1_024,
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("grpc http://{}", listener.local_addr().unwrap());
    let settings = Settings::default();
    let Site { router, gate } = Site::over(&engine, &settings);
    let forever = std::future::pending();
    let served = motcua_http::run(listener, router, &gate, &settings.listen, forever);
    served.await.unwrap();
}
