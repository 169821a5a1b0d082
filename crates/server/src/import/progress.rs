//! How far an import has come: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write, stderr};

use app::import::Progress;

/// Shows progress on standard error.
pub struct Bar {
    terminal: bool,
    /// The last tenth that was told, where there is no terminal.
    told: u64,
}

/// How wide the bar is.
const WIDTH: u64 = 30;

impl Bar {
    /// Nothing shown yet.
    pub fn new() -> Self {
        Self {
            terminal: stderr().is_terminal(),
            told: 0,
        }
    }

    /// Shows how far it is.
    pub fn show(&mut self, progress: Progress) {
        let of = progress.of.max(1);
        let words = format!(
            "{} of {} dossiers, {} events",
            progress.done, progress.of, progress.events
        );
        // Nobody waits for a terminal that is gone.
        let _ = if self.terminal {
            let full = usize::try_from(progress.done * WIDTH / of).unwrap_or_default();
            let width = usize::try_from(WIDTH).unwrap_or_default();
            write!(stderr(), "\r[{:<width$}] {words} ", "#".repeat(full))
        } else {
            let tenth = progress.done * 10 / of;
            if tenth == self.told {
                return;
            }
            self.told = tenth;
            writeln!(stderr(), "{words}")
        };
    }

    /// Leaves the line of the bar.
    pub fn end(&self) {
        if self.terminal {
            let _ = writeln!(stderr());
        }
    }
}
