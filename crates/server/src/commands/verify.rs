//! `motcua verify`.

use std::process::ExitCode;

use app::ports::Verifiable;
use clap::Args;
use domain::language::Language;
use store::Patience;

use super::{Database, open_store, print, unreadable};
use crate::Failure;
use crate::progress::Progress;

/// Compute rows, interests, codes, counters and tallies anew from the events, and name every difference.
///
/// Writes nothing, and may run beside a server: it looks at the database as it is at one moment. Exit
/// code 0: all is as the events say; 1: something differs; 2: the database could not be read.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub database: Database,
}

/// Prints each difference on a line, and how many there are.
pub async fn run(flags: Verify, language: Language) -> Result<ExitCode, Failure> {
    let config = flags.database.configuration()?;
    let store = open_store(&config, Patience::Endless).await?;
    let read = store.snapshot().await.map_err(unreadable)?;
    let progress = Progress::new();
    let mut differences = 0_u64;
    let mut unheard = None;
    let mut differs = |difference: app::verify::Difference| {
        differences += 1;
        let printed = print(format!("{difference}\n"));
        unheard = unheard.take().or(printed.err());
    };
    let mut shows = |done, of| {
        progress.show(done, of, &self::progress(language, done, of));
    };
    let looked = app::verify::verify(read.as_ref(), &mut differs, &mut shows).await;
    let dossiers = looked.map_err(unreadable)?;
    drop(progress);
    drop(read);
    if let Some(failure) = unheard {
        return Err(failure);
    }
    let closed = store.close().await;
    closed.map_err(|error| Failure::work("cannot close the database", error))?;
    print(format!("{}\n", summary(language, dossiers, differences)))?;
    Ok(if differences == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// How far the look has come.
pub fn progress(language: Language, done: u64, of: u64) -> String {
    match language {
        Language::Vietnamese => format!("{done} trên {of} hồ sơ"),
        Language::English => format!("{done} of {of} dossiers"),
    }
}

/// The last line of a look.
pub fn summary(language: Language, dossiers: u64, differences: u64) -> String {
    match language {
        Language::Vietnamese => {
            format!("{dossiers} hồ sơ, {differences} chỗ khác với các sự kiện")
        }
        Language::English => {
            format!("{dossiers} dossiers, {differences} differences from the events")
        }
    }
}
