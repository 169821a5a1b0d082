//! How far long work has come: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicU64, Ordering};

/// How wide the bar is.
const WIDTH: u64 = 30;

/// Shows progress on standard error. Takes the bar away when it goes.
pub struct Progress {
    terminal: bool,
    /// The last tenth that was told where there is no terminal.
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

    /// Says what is being done; on a terminal only.
    pub fn say(&self, what: &str) {
        if self.terminal {
            rewrite(&format!("{what} …"));
        }
    }

    /// Says how far it is. Where there is no terminal, once for each tenth.
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

    /// Begins a step: always a line where there is no terminal.
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

// Work does not stop because nobody reads standard error any more.
fn rewrite(text: &str) {
    let mut terminal = stderr().lock();
    let _shown = write!(terminal, "\r\x1b[K{text}").and_then(|()| terminal.flush());
}

fn line(text: &str) {
    let _shown = writeln!(stderr(), "{text}");
}
