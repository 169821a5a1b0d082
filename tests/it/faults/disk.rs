//! A simulated disk for power cuts. It knows a program's writes to a database file and its log,
//! call by call, and what may remain of the writes that were not flushed.
//!
//! Assumptions: a flush that has returned keeps all earlier writes, and a created file exists. Of
//! the writes not flushed, any subset may remain, and of each write any of its sectors.

use std::path::Path;

use chrono::DateTime;
use domain::time::Instant;

use super::seeded::Seeded;

/// The bytes that a disk writes as a whole or not at all.
const SECTOR: usize = 512;

/// A system call of a program, as strace records it.
#[derive(Debug)]
pub struct Call {
    /// The moment before which the call was not finished.
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
    /// Whether the call waits for the disk.
    pub fn is_flush(&self) -> bool {
        matches!(self.what, What::Flush)
    }

    /// Whether the call writes to the database file itself: SQLite copies the log back.
    pub fn copies_back(&self) -> bool {
        self.file == Which::Database && matches!(self.what, What::Write { .. })
    }

    /// Reads a line such as `77 1795321353.463648 pwrite64(4<\x2f…>, "\x37…", 32, 0) = 32`.
    ///
    /// If a call of another thread interrupts one, strace writes two lines: the first has the
    /// call's text, and the second marks its end, which is when it counts.
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

/// The effect of a call; none for the end of a thread.
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
        _ => panic!("cannot replay {call}"),
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

/// Decodes `\x37\x7f` to two bytes.
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

/// The files that a cut leaves behind.
pub struct Image {
    pub database: Vec<u8>,
    pub log: Vec<u8>,
}

impl Disk {
    /// A disk with a closed database: one file, fully flushed.
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

    /// The files if no unflushed write survived.
    pub fn bare(&self) -> Image {
        Image {
            database: self.database.safe.clone(),
            log: self.log.safe.clone(),
        }
    }

    /// The files if chance decides which unflushed writes survived.
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
        // Some cuts keep little, others nearly everything.
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
                // Up to the end of the sector that holds this byte.
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
    /// Writes the image to a folder, to be opened as a database.
    pub fn write(&self, database: &Path) {
        let beside = |end: &str| {
            let mut name = database.as_os_str().to_owned();
            name.push(end);
            name
        };
        std::fs::write(database, &self.database).unwrap();
        // Every start creates the shared-memory file again.
        let _there_or_not = std::fs::remove_file(beside("-shm"));
        std::fs::write(beside("-wal"), &self.log).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One thread writes and flushes a page of the file while another begins to write to the log.
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
