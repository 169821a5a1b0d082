//! How a store is opened.

use std::time::Duration;

/// How safe an answered commit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// An answered commit survives a power cut. Opening asserts it.
    #[default]
    Full,
    /// A power cut may lose the last commits, but never a part of one. Only for data that can be
    /// built again, such as a demo.
    Scratch,
}

/// How long to wait for a server that says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patience {
    /// Without a limit: a statement of an import may take minutes, and the person who started it
    /// can stop it.
    #[default]
    Endless,
    /// As long as a caller may wait: ten seconds for writes, twenty for reads. After that the
    /// outcome is unknown, and the store reconnects.
    ForCallers,
}

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How safe an answered commit is.
    pub durability: Durability,
    /// How many readers run at the same time. A file has one writer; a server has a few.
    pub readers: u32,
    /// How long to wait for a server that says nothing. A file always answers.
    pub patience: Patience,
    /// How old a connection to a server gets before another replaces it. Some settings are chosen
    /// when a connection opens, such as whether it keeps plans; a new connection chooses again by
    /// the present size of the database.
    pub renewed_after: Duration,
    /// Whether this process serves the database. Only one at a time may serve a file; what a command
    /// does beside it for a while is no harm.
    pub serves: bool,
    /// How much longer each commit to a file takes, for measurements as on a slower disk. A server is
    /// slowed by its own settings.
    pub slower_flush: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            readers: 4,
            patience: Patience::Endless,
            renewed_after: Duration::from_secs(3_600),
            serves: false,
            slower_flush: None,
        }
    }
}
