//! What a person sees who waits.

use std::io::{IsTerminal, Write};

/// A bar on the terminal; elsewhere a line for each step.
pub struct Progress {
    terminal: bool,
    steps: usize,
    step: usize,
}

const WIDTH: usize = 30;

impl Progress {
    /// A bar of so many steps.
    pub fn new(steps: usize) -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            steps,
            step: 0,
        }
    }

    /// Begins the next step; a line of its own where there is no terminal.
    pub fn next(&mut self, what: &str) {
        self.show(what);
        if !self.terminal {
            let _nobody = writeln!(std::io::stderr(), "{what}");
        }
        self.step += 1;
    }

    /// Says how far the present step is.
    pub fn show(&self, what: &str) {
        if self.terminal {
            let filled = WIDTH * self.step / self.steps.max(1);
            let bar = "█".repeat(filled) + &"░".repeat(WIDTH.saturating_sub(filled));
            // Whoever closed standard error does not look.
            let _nobody = write!(std::io::stderr(), "\r\x1b[K{bar} {what}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.terminal {
            let _nobody = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
