//! Runs the commands that README.md and the documents tell a reader to type.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

/// The shell blocks of a document.
fn blocks(document: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(document)).unwrap();
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("\n```sh\n") {
        let (block, after) = after.split_once("\n```").unwrap();
        blocks.push(format!("{block}\n"));
        rest = after;
    }
    blocks
}

/// Lines that this test does not run, each with the test that does.
const ELSEWHERE: [(&str, &str); 3] = [
    ("tests/run", "it runs this test"),
    (
        "cargo run --release -- serve --demo",
        "the demo below is started so",
    ),
    (
        "cargo run --release -- bench write --callers 1,32 --preload 10000",
        "bench.rs runs it for a second",
    ),
];

/// A running demo, stopped on drop.
struct Demo {
    server: Child,
    address: String,
    database: String,
    chairman: String,
    /// Held, because a server that cannot print what it still has to say ends.
    said: BufReader<ChildStdout>,
}

impl Demo {
    fn start() -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(server.stdout.take().unwrap());
        let mut demo = Self {
            server,
            address: String::new(),
            database: String::new(),
            chairman: String::new(),
            said,
        };
        loop {
            let mut line = String::new();
            let read = demo.said.read_line(&mut line).unwrap();
            assert!(read > 0, "the demo ended before it said what to try");
            let word = |word: &str| line.trim_end().strip_prefix(word).map(str::to_owned);
            if let Some(address) = word("open http://") {
                demo.address = address;
            } else if let Some(database) = word("database ") {
                demo.database = database;
            } else if let Some(rest) = word("token chairman ") {
                demo.chairman = rest.split(' ').next_back().unwrap().to_owned();
            } else if line.starts_with("try ") {
                return demo;
            }
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let number = self.server.id().to_string();
        let _gone = Command::new("kill").arg(number).status();
        let _ended = self.server.wait();
    }
}

#[test]
fn every_command_of_the_readme_runs_as_it_is_written() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for name in ["catalogue", "tests", "docs"] {
        std::os::unix::fs::symlink(root().join(name), here.join(name)).unwrap();
    }
    // Files that a reader brings: an event log, and receptions on paper.
    let mut events = String::from("case_id,activity,timestamp\n");
    for case in 0..400_u32 {
        let (day, days) = (1 + case % 28, 1 + case * 7 % 9);
        let month = 1 + case / 28 % 10;
        events += &format!("{case},receive,2025-{month:02}-{day:02}T08:00:00Z\n");
        events += &format!(
            "{case},decide,2025-{:02}-{:02}T09:00:00Z\n",
            month + (day + days) / 29,
            1 + (day + days) % 28
        );
    }
    std::fs::write(here.join("events.csv"), events).unwrap();
    let receptions = "number,receive_time,procedure,name\n1,00:00,1.004873,Nguyễn Thị Mẫu\n";
    std::fs::write(here.join("receptions.csv"), receptions).unwrap();

    // The README's two names of the program, and the values that only this run knows.
    let program = env!("CARGO_BIN_EXE_motcua");
    let prelude = format!(
        "set -euo pipefail\n\
         motcua() {{ {program} \"$@\"; }}\n\
         cargo() {{ [ \"$1 $2 $3\" = 'run --release --' ]; shift 3; {program} \"$@\"; }}\n\
         TOKEN={}\n",
        demo.chairman
    );
    for block in blocks("README.md") {
        let mut typed = block.clone();
        for (line, _) in ELSEWHERE {
            typed = typed.replace(&format!("{line}\n"), "");
        }
        let typed = typed
            .replace("TOKEN=mct_…       # the chairman's, for instance\n", "")
            .replace("sqlite:/tmp/motcua-demo-…/demo.db", &demo.database)
            .replace("127.0.0.1:7080", &demo.address)
            .replace("localhost:7080", &demo.address)
            // The server runs until it is told to stop.
            .replace(
                "motcua serve --database sqlite:motcua.db ",
                "MOTCUA_LISTEN=127.0.0.1:0 timeout --preserve-status 3 \"$MOTCUA\" serve --database sqlite:motcua.db ",
            )
            // To curl a refusal is an answer. Here it must fail the line.
            .replace("curl -s ", "curl -sS --fail-with-body ");
        let mut shell = Command::new("bash")
            .current_dir(here)
            .env("MOTCUA", program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let script = format!("{prelude}{typed}");
        let mut input = shell.stdin.take().unwrap();
        input.write_all(script.as_bytes()).unwrap();
        drop(input);
        let output = shell.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{block}\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Our command lines in a document, split into words: `motcua report rates --unit 02215 …`.
fn command_lines(document: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join(document)).unwrap();
    let text = text.replace("\\\n", " ");
    let fenced = text.split("```").skip(1).step_by(2);
    let lines = fenced.flat_map(str::lines).filter_map(|line| {
        let line = line.trim_start().trim_start_matches("$ ");
        let rest = line
            .strip_prefix("motcua ")
            .or_else(|| line.strip_prefix("cargo run --release -- "))?;
        let rest = rest.split(" #").next().unwrap_or(rest);
        Some(rest.split_whitespace().map(str::to_owned).collect())
    });
    lines.collect()
}

#[test]
fn every_flag_that_a_document_names_is_one_of_its_command() {
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "md") {
            continue;
        }
        let document = format!("docs/{}", path.file_name().unwrap().to_string_lossy());
        for words in command_lines(&document) {
            let plain = |word: &&String| {
                word.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            let command: Vec<&String> = words
                .iter()
                .take(2)
                .take_while(|word| plain(word) && !word.starts_with('-'))
                .collect();
            let help = Command::new(env!("CARGO_BIN_EXE_motcua"))
                .args(&command)
                .arg("--help")
                .output()
                .unwrap();
            assert!(help.status.success(), "{document}: motcua {words:?}");
            let help = String::from_utf8(help.stdout).unwrap();
            for word in &words {
                let flag = word.trim_start_matches('[').trim_end_matches(']');
                if let Some(name) = flag.strip_prefix("--") {
                    assert!(
                        help.contains(&format!("--{name}")),
                        "{document}: motcua {words:?}: there is no {flag}"
                    );
                }
            }
            seen.insert(words);
        }
    }
    assert!(seen.len() >= 5, "{seen:?}");
}
