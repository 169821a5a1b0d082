//! Power cuts under an SQLite file. The test records a server's system calls, and replays them into
//! copies that end after each call.
//!
//! `MOTCUA_CUTS` sets how many cuts that leave unflushed writes are tried; the default is 300. The
//! tests need strace. Without it they are skipped, and say so.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use store::{Durability, Options, SeaStore};

use super::audit::{Auditor, Whose};
use super::disk::{Call, Disk, Image};
use super::ledger::Acknowledged;
use super::office::Office;
use super::program::{How, Program};
use super::seeded::Seeded;
use crate::backend::Backend;

/// How many answers are recorded: enough that SQLite copies the log into the file and restarts it.
const ANSWERS: u64 = 260;

/// The outcome of all cuts.
#[derive(Debug, Default)]
struct Tally {
    calls: usize,
    flushes: usize,
    cuts: usize,
    answers: usize,
    /// Cuts that lost an acknowledged write.
    losing: usize,
    /// The most writes that one cut lost.
    most: usize,
    /// Cuts after which the database could not be opened or contradicted itself.
    broken: Vec<String>,
}

impl Tally {
    fn told(&self) -> String {
        format!(
            "{} calls, {} of them flushes, {} answers; {} cuts, {} losing, at most {} answers at once",
            self.calls, self.flushes, self.answers, self.cuts, self.losing, self.most
        )
    }
}

#[tokio::test]
async fn no_cut_of_power_takes_what_was_answered() {
    let Some(tally) = cut_everywhere(Durability::Full).await else {
        return;
    };
    println!("FULL: {}", tally.told());
    assert!(tally.flushes > 30, "{tally:?}");
    assert_eq!((tally.losing, tally.broken.len()), (0, 0), "{tally:?}");
}

/// Proves that the cuts above can find a loss at all.
#[tokio::test]
async fn the_same_cuts_find_what_is_lost_when_commits_are_not_flushed() {
    let Some(tally) = cut_everywhere(Durability::Scratch).await else {
        return;
    };
    println!("NORMAL: {}", tally.told());
    assert!(tally.losing > 0, "{tally:?}");
    assert_eq!(tally.broken.len(), 0, "what is there is whole: {tally:?}");
}

/// Tries every cut. None if strace is missing or may not trace here.
async fn cut_everywhere(durability: Durability) -> Option<Tally> {
    let tried = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .stderr(Stdio::null())
        .status();
    if !tried.is_ok_and(|status| status.success()) {
        // A macro's output would be captured by the test harness.
        let said = b"\nSKIPPED: strace does not run here, nothing is proved about power cuts\n";
        std::io::stderr().write_all(said).unwrap();
        return None;
    }
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(database.url.strip_prefix("sqlite:").unwrap());
    let mut office = Office::open(&database.url, 4).await;
    let before = std::fs::read(file).unwrap();
    let trace = folder.path().join("trace");
    let traced = How::traced(file, &trace);
    let how = match durability {
        Durability::Full => traced,
        Durability::Scratch => traced.careless(),
    };
    let server = Program::serve(&database.url, folder.path(), &how);
    office.work_for(&server.address, ANSWERS).await;
    server.leave();
    let answers = office.ledger.since(0);
    let calls = Call::read_all(&std::fs::read_to_string(&trace).unwrap());
    assert!(calls.iter().any(Call::copies_back), "too few answers");
    Some(replay(before, calls, &answers).await)
}

async fn replay(before: Vec<u8>, calls: Vec<Call>, answers: &[Acknowledged]) -> Tally {
    let asked = std::env::var("MOTCUA_CUTS").ok();
    let wanted: u64 = asked.map_or(300, |number| {
        number.parse().expect("MOTCUA_CUTS is a number")
    });
    let mut tally = Tally {
        calls: calls.len(),
        flushes: calls.iter().filter(|call| call.is_flush()).count(),
        answers: answers.len(),
        ..Tally::default()
    };
    let mut seeded = Seeded(0x706f_7765);
    let place = Place::new();
    let mut disk = Disk::holding(before);
    // A cut that leaves the same files and the same answers as the one before shows nothing new.
    let (mut told_before, mut flushed) = (usize::MAX, true);
    let every = calls.len() as u64;
    for call in calls {
        // The answers that had arrived before this call began.
        let told = answers.iter().filter(|answer| answer.at < call.at).count();
        if told != told_before || flushed {
            place.cut(&disk.bare(), &answers[..told], &mut tally).await;
            told_before = told;
        }
        let mut tries = wanted / every + u64::from(seeded.below(every) < wanted % every);
        while tries > 0 {
            let torn = disk.torn(&mut seeded);
            place.cut(&torn, &answers[..told], &mut tally).await;
            tries -= 1;
        }
        flushed = call.is_flush();
        disk.run(call);
    }
    place.cut(&disk.bare(), answers, &mut tally).await;
    tally
}

/// The folder for images. In memory if such a folder exists, because there are many images.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        Self(folder.unwrap())
    }

    /// Opens the files after a cut as a server would, and compares them with the ledger.
    async fn cut(&self, image: &Image, told: &[Acknowledged], tally: &mut Tally) {
        tally.cuts += 1;
        let file = self.0.path().join("cut.db");
        image.write(&file);
        let url = format!("sqlite:{}", file.display());
        let options = Options {
            readers: 1,
            ..Options::default()
        };
        let store = match SeaStore::open(&url, options).await {
            Ok(store) => store,
            Err(error) => return tally.broken.push(format!("{error}: {error:?}")),
        };
        let auditor = Auditor::of(&url).await.unwrap();
        match auditor.look(Whose::All(told)).await {
            Err(error) => tally.broken.push(error.to_string()),
            Ok(found) => {
                tally.losing += usize::from(!found.lost.is_empty());
                tally.most = Ord::max(tally.most, found.lost.len());
                tally.broken.extend(found.faults);
            }
        }
        auditor.close().await;
        store.close().await.unwrap();
    }
}
