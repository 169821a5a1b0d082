//! The use of processes, as the kernel counts it.

use std::fs;

/// A process with its children: processor time and memory.
pub struct Process(u32);

/// Milliseconds of one clock tick. Linux counts a hundred ticks a second.
const TICK_MS: f64 = 10.0;

impl Process {
    /// A process by its number.
    pub fn new(pid: u32) -> Self {
        Self(pid)
    }

    /// The server to which a backend of PostgreSQL belongs, if it runs on this machine.
    pub fn postmaster_of(backend: u32) -> Option<Self> {
        let stat = Stat::read(backend)?;
        (stat.name == "postgres").then_some(Self(stat.parent))
    }

    /// Milliseconds of processor time so far, including children, also ended ones.
    pub fn cpu_ms(&self) -> f64 {
        let own = Stat::read(self.0).map_or(0, |stat| stat.ticks + stat.ticks_of_the_dead);
        let children: u64 = numbers()
            .filter_map(Stat::read)
            .filter(|stat| stat.parent == self.0)
            .map(|stat| stat.ticks)
            .sum();
        (own + children) as f64 * TICK_MS
    }

    /// Megabytes of memory now.
    pub fn resident_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        let kilobytes: f64 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse().ok())
            .unwrap_or_default();
        kilobytes / 1_024.0
    }
}

fn numbers() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// What `/proc/N/stat` says.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    name: String,
    parent: u32,
    ticks: u64,
    ticks_of_the_dead: u64,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        // A process's name may hold anything, also closing parentheses.
        let (before, after) = text.rsplit_once(')')?;
        let (_, name) = before.split_once('(')?;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            name: name.to_owned(),
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)?,
            ticks_of_the_dead: number(13)? + number(14)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_name_does_not_shift_the_fields() {
        let text = "42 (a) b) S 7 42 42 0 -1 4194560 1 0 0 0 100 20 3 4 20 0 1 0 5 6 7 8";
        let expected = Stat {
            name: "a) b".into(),
            parent: 7,
            ticks: 120,
            ticks_of_the_dead: 7,
        };
        assert_eq!(Stat::parse(text), Some(expected));
    }
}
