//! `motcua serve` as a process of its own, which can be killed.
//!
//! It is this very test binary, started again: so it is always as new as the test, and no
//! other binary has to be built first.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use clap::Parser;
use server::cli::Cli;

/// Holds the words of the command line, one a line, for the process that is to serve.
const WORDS: &str = "MOTCUA_TESTS_SERVE";

/// A running server. Killed with this value, and when this process ends.
pub struct Program {
    process: Child,
    /// Where it answers.
    pub address: String,
    /// Its number.
    pub pid: u32,
    /// The server ends when this does.
    _alive: Option<ChildStdin>,
    _said: BufReader<std::process::ChildStdout>,
}

impl Program {
    /// Starts a server on a database that is ready, and waits until it listens. Its secret and
    /// its log lie in `folder`.
    pub fn serve(database: &str, folder: &Path) -> Self {
        let words = ["serve", "--listen", "127.0.0.1:0", "--database", database].join("\n");
        let this = std::env::current_exe().unwrap();
        let log = folder.join("log");
        let errors = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let mut process = Command::new(this)
            .args(["faults::program::a_server_for_other_tests", "--exact"])
            .args(["--ignored", "--nocapture", "--test-threads=1"])
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("MOTCUA_SECRET_FILE", folder.join("motcua.key"))
            .env(WORDS, words)
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
        // To the end of what it says at the start: a full pipe would stop it.
        said.read_line(&mut line).unwrap();
        Self {
            address,
            pid: process.id(),
            _alive: process.stdin.take(),
            process,
            _said: said,
        }
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
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _nobody_asks = self.process.wait();
    }
}

#[test]
#[ignore = "the program under test, which other tests start and kill"]
fn a_server_for_other_tests() {
    let Ok(words) = std::env::var(WORDS) else {
        return;
    };
    // However the test that started it ends, nobody is left behind.
    std::thread::spawn(|| {
        let _closed = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let cli = Cli::try_parse_from(["motcua"].into_iter().chain(words.lines())).unwrap();
    if let Err(failure) = cli.run() {
        failure.report();
        std::process::exit(1);
    }
}
