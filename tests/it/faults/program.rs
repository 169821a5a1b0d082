//! `motcua serve` as a process of its own, which can be killed.
//!
//! It is this very test binary, started again: so it is always as new as the test, and no
//! other binary has to be built first.

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

/// Holds the address of the database, for the process that is to serve it.
const DATABASE: &str = "MOTCUA_TESTS_SERVE";

/// Set when that process is not to flush every commit, which `motcua serve` cannot be asked for.
const CARELESS: &str = "MOTCUA_TESTS_CARELESS";

/// The configuration file of that process, if it has one.
const CONFIGURATION: &str = "MOTCUA_TESTS_CONFIGURATION";

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// A program that runs it, with its words.
    under: Vec<OsString>,
    environment: Vec<(&'static str, String)>,
}

impl How {
    /// Under strace, which writes down what is done to a database file and to its log.
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

    /// On a machine of another time zone, such as `AAA+12`, twelve hours behind Greenwich.
    pub fn in_zone(zone: &str) -> Self {
        Self {
            under: Vec::new(),
            environment: vec![("TZ", zone.to_owned())],
        }
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

/// A running server. Killed with this value, and when this process ends.
pub struct Program {
    process: Child,
    /// Where it answers.
    pub address: String,
    /// Its number.
    pub pid: u32,
    /// The server ends when this does.
    alive: Option<ChildStdin>,
    _said: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a server on a database that is ready, and waits until it listens. Its secret and
    /// its log lie in `folder`.
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
        Self {
            address,
            pid: process.id(),
            alive: process.stdin.take(),
            process,
            _said: said,
        }
    }

    /// Whether it still runs.
    pub fn is_there(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// How many bytes it has asked files and lines for.
    pub fn read(&self) -> u64 {
        let counts = std::fs::read_to_string(format!("/proc/{}/io", self.pid)).unwrap();
        let read = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
        read.unwrap().parse().unwrap()
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets it end by itself, at once and without closing anything, so that whoever watches it
    /// sees the end.
    pub fn leave(mut self) {
        drop(self.alive.take());
        self.process.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // First of all: killing a program that runs another one leaves that one alone.
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
    // However the test that started it ends, nobody is left behind.
    std::thread::spawn(|| {
        let _closed = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    if std::env::var_os(CARELESS).is_some() {
        return serve_carelessly(&database);
    }
    let configuration = std::env::var(CONFIGURATION).ok();
    let words = "motcua serve --listen 127.0.0.1:0 --database";
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
