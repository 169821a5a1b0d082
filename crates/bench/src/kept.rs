//! Runs programs that end when this process does, however it ends.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Lines};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

use crate::Failure;

/// A running program. It ends when this value is dropped or this process ends.
///
/// A shell starts the program and waits for the end of its own standard input. The shell has a
/// process group of its own, so that Ctrl-C ends the benchmark but not the shell that cleans up
/// after it.
pub struct Kept {
    shell: Child,
    output: Lines<BufReader<ChildStdout>>,
    complaints: Option<JoinHandle<VecDeque<String>>>,
}

/// How many lines of a program's log are told when it ends early.
const LAST_LINES: usize = 5;

fn last_lines(log: ChildStderr) -> VecDeque<String> {
    let mut last = VecDeque::with_capacity(LAST_LINES + 1);
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        last.push_back(line);
        if last.len() > LAST_LINES {
            last.pop_front();
        }
    }
    last
}

impl Kept {
    /// Starts a shell script that ends when its standard input does.
    pub fn start(script: &str, command: &mut Command) -> Result<Self, Failure> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).arg(script);
        shell.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let mut shell = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| Failure::work("cannot start a shell", error))?;
        let output = shell.stdout.take().expect("it was asked for");
        let log = shell.stderr.take().expect("it was asked for");
        Ok(Self {
            shell,
            output: BufReader::new(output).lines(),
            complaints: Some(std::thread::spawn(move || last_lines(log))),
        })
    }

    /// Waits for the next line that begins with a word, and returns the rest of it.
    ///
    /// Errors: the program ended first; the message has its output and the end of its log.
    pub fn line(&mut self, word: &str) -> Result<String, Failure> {
        let mut said = Vec::new();
        for line in self.output.by_ref() {
            let line = line.map_err(|error| Failure::work("cannot read a program", error))?;
            if let Some(rest) = line.strip_prefix(word) {
                return Ok(rest.trim().to_owned());
            }
            said.push(line);
        }
        // The program has ended, so its log ends once the shell has.
        drop(self.shell.stdin.take());
        let complaints = self.complaints.take().map(JoinHandle::join);
        said.extend(complaints.into_iter().flatten().flatten());
        Err(Failure::Work {
            message: format!("a program ended early; it said: {}", said.join("; ")),
            source: None,
        })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            tracing::warn!(%error, "a program of the benchmark may still run");
        }
    }
}
