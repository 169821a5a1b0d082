//! A disk on which power is cut: what a program wrote to a database file and its log, call by
//! call, and what of it is left when it was not flushed yet.
//!
//! Assumed: a flush that has returned keeps what was written before it; a file that was made is
//! there. Of what was not flushed, anything may be left: nothing, or any of the writes, and of
//! each any of its sectors.

use std::path::Path;

use chrono::DateTime;
use domain::time::Instant;

use super::seeded::Seeded;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// A call of a program to the kernel, as strace shows it.
#[derive(Debug)]
pub struct Call {
    /// Not done yet at this time.
    pub at: Instant,
    file: Which,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Database,
    Log,
}

#[derive(Debug)]
enum What {
    Write { offset: usize, bytes: Vec<u8> },
    Resize(usize),
    Flush,
}

impl Call {
    /// Whether it waits for the disk.
    pub fn is_flush(&self) -> bool {
        matches!(self.what, What::Flush)
    }

    /// Whether it writes to the database file itself, which is the log being copied back.
    pub fn copies_back(&self) -> bool {
        self.file == Which::Database && matches!(self.what, What::Write { .. })
    }

    /// Reads a line such as `77 1795321353.463648 pwrite64(4<\x2f…>, "\x37…", 32, 0) = 32`.
    ///
    /// A call that another thread's came between is in two lines: its words are in the first,
    /// and it is over with the second, which is when it counts.
    pub fn read_all(trace: &str) -> Vec<Self> {
        let mut calls = Vec::new();
        let mut begun = std::collections::HashMap::new();
        for line in trace.lines() {
            let mut words = line.splitn(3, ' ').filter(|word| !word.is_empty());
            let (Some(thread), Some(rest)) = (words.next(), line.split_once(' ')) else {
                continue;
            };
            let (at, call) = rest.1.trim_start().split_once(' ').unwrap();
            let whole = if let Some(words) = call.strip_suffix(" <unfinished ...>") {
                begun.insert(thread.to_owned(), words.to_owned());
                continue;
            } else if call.starts_with("<...") {
                let result = call.split_once(" resumed>").unwrap().1;
                begun.remove(thread).unwrap() + result
            } else {
                call.to_owned()
            };
            if let Some((file, what)) = understood(&whole) {
                let at = moment(at);
                calls.push(Self { at, file, what });
            }
        }
        assert!(begun.is_empty(), "the trace ends within {begun:?}");
        calls
    }
}

/// Seconds since 1970 with six decimals.
fn moment(text: &str) -> Instant {
    let micros: i64 = text.replace('.', "").parse().unwrap();
    DateTime::from_timestamp_micros(micros).unwrap()
}

/// What a call does; none for the end of a thread.
fn understood(call: &str) -> Option<(Which, What)> {
    let (name, rest) = call.split_once('(')?;
    let (words, result) = rest.rsplit_once(" = ")?;
    let words = words.trim_end().trim_end_matches(')');
    let last = || words.rsplit(", ").next().unwrap().parse().unwrap();
    let what = match name {
        "fsync" | "fdatasync" => What::Flush,
        "ftruncate" => What::Resize(last()),
        "pwrite64" => {
            let bytes = unescaped(words.split('"').nth(1).unwrap());
            assert_eq!(result.parse(), Ok(bytes.len()), "all of it was written");
            let offset = last();
            What::Write { offset, bytes }
        }
        _ => panic!("there is no replaying of {call}"),
    };
    assert!(!result.starts_with('-'), "{name} failed: {result}");
    let path = words.split_once('<')?.1.split_once('>')?.0;
    let file = if unescaped(path).ends_with(b"-wal") {
        Which::Log
    } else {
        Which::Database
    };
    Some((file, what))
}

/// `\x37\x7f` as two bytes.
fn unescaped(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !b"\\x".contains(byte)).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// A database file and its log.
pub struct Disk {
    database: File,
    log: File,
}

#[derive(Default)]
struct File {
    safe: Vec<u8>,
    waiting: Vec<What>,
}

/// What is left after a cut.
pub struct Image {
    pub database: Vec<u8>,
    pub log: Vec<u8>,
}

impl Disk {
    /// A database that was closed: alone and flushed.
    pub fn holding(database: Vec<u8>) -> Self {
        let database = File {
            safe: database,
            waiting: Vec::new(),
        };
        Self {
            database,
            log: File::default(),
        }
    }

    pub fn run(&mut self, call: Call) {
        let file = match call.file {
            Which::Database => &mut self.database,
            Which::Log => &mut self.log,
        };
        match call.what {
            What::Flush => {
                for what in file.waiting.drain(..) {
                    apply(&mut file.safe, &what, |_sector| true);
                }
            }
            what => file.waiting.push(what),
        }
    }

    /// What is left when nothing came through that was not flushed.
    pub fn bare(&self) -> Image {
        Image {
            database: self.database.safe.clone(),
            log: self.log.safe.clone(),
        }
    }

    /// What is left when chance decides what came through.
    pub fn torn(&self, seeded: &mut Seeded) -> Image {
        Image {
            database: self.database.torn(seeded),
            log: self.log.torn(seeded),
        }
    }
}

impl File {
    fn torn(&self, seeded: &mut Seeded) -> Vec<u8> {
        let mut left = self.safe.clone();
        // Some cuts leave little and some nearly all.
        let share = seeded.below(101);
        for what in &self.waiting {
            match seeded.below(4) {
                0 => apply(&mut left, what, |_sector| seeded.below(100) < share),
                _ if seeded.below(100) < share => apply(&mut left, what, |_sector| true),
                _ => {}
            }
        }
        left
    }
}

fn apply(file: &mut Vec<u8>, what: &What, mut comes_through: impl FnMut(usize) -> bool) {
    match what {
        What::Flush => {}
        What::Resize(length) => {
            if comes_through(0) {
                file.resize(*length, 0);
            }
        }
        What::Write { offset, bytes } => {
            let mut done = 0;
            while done < bytes.len() {
                let at = offset + done;
                // Up to the end of the sector that this byte lies in.
                let length = Ord::min(SECTOR - at % SECTOR, bytes.len() - done);
                if comes_through(at / SECTOR) {
                    if file.len() < at + length {
                        file.resize(at + length, 0);
                    }
                    file[at..at + length].copy_from_slice(&bytes[done..done + length]);
                }
                done += length;
            }
        }
    }
}

impl Image {
    /// Writes it down as a database to be opened.
    pub fn write(&self, database: &Path) {
        let beside = |end: &str| {
            let mut name = database.as_os_str().to_owned();
            name.push(end);
            name
        };
        std::fs::write(database, &self.database).unwrap();
        // Every start makes this one anew.
        let _there_or_not = std::fs::remove_file(beside("-shm"));
        std::fs::write(beside("-wal"), &self.log).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of the file is written and flushed while another thread begins a write of the log.
    const TRACE: &str = r#"
7  1795321353.000001 pwrite64(4<\x61\x2e\x64\x62>, "\x01\x02", 2, 0) = 2
7  1795321353.000002 fdatasync(4<\x61\x2e\x64\x62> <unfinished ...>
8  1795321353.000003 pwrite64(5<\x61\x2e\x64\x62\x2d\x77\x61\x6c>, "\x03", 1, 600) = 1
7  1795321353.000004 <... fdatasync resumed>)          = 0
8  1795321353.000005 +++ exited with 0 +++"#;

    #[test]
    fn a_flush_keeps_what_was_written_and_the_rest_may_be_there_or_not() {
        let mut calls = Call::read_all(TRACE.trim_start());
        let at: Vec<i64> = calls
            .iter()
            .map(|call| call.at.timestamp_subsec_micros().into())
            .collect();
        assert_eq!(at, [1, 3, 4], "a flush counts when it is over");
        let mut disk = Disk::holding(vec![9, 9, 9]);
        let flush = calls.pop().unwrap();
        calls.into_iter().for_each(|call| disk.run(call));
        assert_eq!(disk.bare().database, [9, 9, 9]);
        disk.run(flush);
        assert_eq!(disk.bare().database, [1, 2, 9]);
        assert!(disk.bare().log.is_empty(), "the log was not flushed");
        let mut seeded = Seeded(1);
        let lengths: std::collections::BTreeSet<usize> =
            (0..100).map(|_| disk.torn(&mut seeded).log.len()).collect();
        assert_eq!(lengths, [0, 601].into(), "yet it may have come through");
    }
}
