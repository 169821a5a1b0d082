//! Shows how far long work is: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicU64, Ordering};

/// How wide the bar is.
const WIDTH: u64 = 30;

/// Shows progress on standard error. It removes the bar when dropped.
pub struct Progress {
    terminal: bool,
    /// The last tenth that was printed without a terminal.
    told: AtomicU64,
}

impl Progress {
    /// Nothing shown yet.
    pub fn new() -> Self {
        Self {
            terminal: stderr().is_terminal(),
            told: AtomicU64::new(0),
        }
    }

    /// Shows the present work; on a terminal only.
    pub fn say(&self, what: &str) {
        if self.terminal {
            rewrite(&format!("{what} …"));
        }
    }

    /// Shows how far it is. Without a terminal it prints once for each tenth.
    pub fn show(&self, done: u64, of: u64, what: &str) {
        if self.terminal {
            rewrite(&format!("{} {what}", bar(done, of)));
            return;
        }
        let tenth = done * 10 / of.max(1);
        if self.told.swap(tenth, Ordering::Relaxed) != tenth {
            line(what);
        }
    }

    /// Begins a step; without a terminal this always prints a line.
    pub fn step(&self, done: u64, of: u64, what: &str) {
        if self.terminal {
            rewrite(&format!("{} {what}", bar(done, of)));
        } else {
            line(what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.terminal {
            rewrite("");
        }
    }
}

fn bar(done: u64, of: u64) -> String {
    let full = usize::try_from((done * WIDTH / of.max(1)).min(WIDTH)).unwrap_or_default();
    let rest = usize::try_from(WIDTH).unwrap_or_default() - full;
    "█".repeat(full) + &"░".repeat(rest)
}

// A closed standard error does not stop the work.
fn rewrite(text: &str) {
    let mut terminal = stderr().lock();
    let _shown = write!(terminal, "\r\x1b[K{text}").and_then(|()| terminal.flush());
}

fn line(text: &str) {
    let _shown = writeln!(stderr(), "{text}");
}
