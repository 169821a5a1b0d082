//! A backup is put back where nothing is.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::Catalogues;
use app::keys::Keys;
use app::ports::{Clock, KeyMark, Store};
use app::restoration::{Restored, begin_again};
use store::{OpenError, Options, SeaStore};

use super::look::{self, Look};
use super::part::Part;
use super::{address, fingerprint, postgres};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::{Failure, catalogue, secret};

/// How a backup is put back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Return {
    /// How many numbers are skipped, if not as many as seem enough.
    pub skip: Option<u32>,
    /// Whether all units skip numbers on the days ahead.
    pub all_ahead: bool,
}

/// Puts a backup back as the database of the configuration.
///
/// Refuses a database that is there, a backup of another schema and one of another key, before it writes
/// anything. Numbers that may have been given out since are skipped, and all sessions end.
pub async fn restore(
    config: &Config,
    backup: &Path,
    how: Return,
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(Look, Restored), Failure> {
    match store::file_of(&config.database) {
        Ok(Some(target)) => onto_file(config, backup, &target, how, shows).await,
        Ok(None) => onto_server(config, backup, how, shows).await,
        Err(error) => Err(Failure::Input(format!("database: {error}"))),
    }
}

/// Makes a database safe to go on with that something else has put back.
pub async fn after_another(
    config: &Config,
    how: Return,
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(Look, Restored), Failure> {
    let shown = store::shown(&config.database);
    let options = Options {
        // Whoever serves the file gives out numbers.
        serves: true,
        ..Options::default()
    };
    let store = SeaStore::open(&config.database, options)
        .await
        .map_err(|error| Failure::work(format!("cannot open {shown}"), error))?;
    let look = look::inside(&store, shows).await;
    let closed = store.close().await;
    let path = Path::new(&shown);
    let look = look.map_err(|error| unread(path, error))?;
    closed.map_err(|error| unread(path, error))?;
    check_key(config, path, &look.key)?;
    if let Some(fault) = look.faults.first() {
        return Err(Failure::Input(format!(
            "{shown} is damaged, so nothing was done: {fault}"
        )));
    }
    let restored = go_on(config, &config.database, how).await?;
    Ok((look, restored))
}

async fn onto_file(
    config: &Config,
    backup: &Path,
    target: &Path,
    how: Return,
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(Look, Restored), Failure> {
    for end in ["", "-wal", "-shm", "-lock"] {
        let mut name = target.as_os_str().to_owned();
        name.push(end);
        let used = PathBuf::from(name);
        if used.symlink_metadata().is_ok() {
            return Err(Failure::Input(format!(
                "{} is there: a backup is put back only where no database is; stop the server and move {} \
                 away with what lies beside it (-wal, -shm, -lock), and keep it, for it may hold what the \
                 backup lacks",
                used.display(),
                target.display()
            )));
        }
    }
    let copy = SeaStore::open_copy(backup)
        .await
        .map_err(|error| unfit(backup, error))?;
    let look = look::inside(&copy, shows).await;
    let closed = copy.close_copy().await;
    let look = look.map_err(|error| unread(backup, error))?;
    closed.map_err(|error| unread(backup, error))?;
    check_key(config, backup, &look.key)?;
    if !look.faults.is_empty() {
        return Err(Failure::Input(format!(
            "{} is damaged, so nothing was put back: {}; take an older backup",
            backup.display(),
            look.faults.join("; ")
        )));
    }
    let part = Part::beside(target)?;
    copy_bytes(backup, part.path())
        .map_err(|error| Failure::work(format!("cannot write {}", target.display()), error))?;
    let restored = go_on(config, &address(part.path()), how).await?;
    part.flush()?;
    part.keep()?;
    Ok((look, restored))
}

async fn onto_server(
    config: &Config,
    backup: &Path,
    how: Return,
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(Look, Restored), Failure> {
    let shown = store::shown(&config.database);
    let is_empty = store::scratch::is_empty(&config.database)
        .await
        .map_err(|error| Failure::work(format!("cannot open {shown}"), error))?;
    if !is_empty {
        return Err(Failure::Input(format!(
            "{shown} is used: a backup is put back only into an empty database; make one with createdb"
        )));
    }
    let told = postgres::tells(backup).await?;
    let known = store::migrations();
    if let Some(newer) = told.migrations.iter().find(|name| !known.contains(*name)) {
        return Err(newer_schema(backup, newer));
    }
    if told.migrations.len() < known.len() {
        let last = told.migrations.last().map_or("none", String::as_str);
        return Err(older_schema(backup, last));
    }
    let mark = KeyMark {
        is_used: told.key_check.is_some(),
        check: told.key_check,
        receipt: None,
    };
    check_key(config, backup, &mark)?;
    postgres::put_back(&config.database, backup).await?;
    let restored = go_on(config, &config.database, how).await?;
    let store = open(&config.database).await?;
    let look = look::inside(&store, shows).await;
    let closed = store.close().await;
    let look = look.map_err(|error| unread(backup, error))?;
    closed.map_err(|error| unread(backup, error))?;
    Ok((look, restored))
}

/// Skips numbers and ends sessions.
async fn go_on(config: &Config, url: &str, how: Return) -> Result<Restored, Failure> {
    let cannot = |error| Failure::work("cannot make the restored database ready", error);
    let store = open(url).await?;
    let shipped = Arc::new(catalogue::read(config.catalogue.as_deref())?);
    let read = store.read().await.map_err(cannot)?;
    let catalogues = Catalogues::read(shipped, read.as_ref())
        .await
        .map_err(|error| Failure::work("cannot read what was published", error))?;
    drop(read);
    let now = SystemClock.now();
    let restored = begin_again(&store, &catalogues, now, how.skip, how.all_ahead)
        .await
        .map_err(cannot)?;
    store.close().await.map_err(cannot)?;
    Ok(restored)
}

async fn open(url: &str) -> Result<SeaStore, Failure> {
    SeaStore::open(url, Options::default())
        .await
        .map_err(|error| Failure::work("cannot open the restored database", error))
}

/// Refuses a backup that does not belong to the key of the configuration.
fn check_key(config: &Config, backup: &Path, mark: &KeyMark) -> Result<(), Failure> {
    let file = config.secret_file.display();
    let wanted = mark.check.as_deref().map_or_else(String::new, |check| {
        format!(", fingerprint {}", fingerprint(check))
    });
    let Some(secret) = secret::read(&config.secret_file)? else {
        if !mark.is_used {
            return Ok(());
        }
        return Err(Failure::Input(format!(
            "the key file {file} is not there: put the key back first to which {} belongs{wanted}",
            backup.display()
        )));
    };
    let keys = Keys::new(&secret);
    if keys.fit(mark) {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "{} belongs to another key{wanted}; the key file {file} has the fingerprint {}: put the right key \
         there",
        backup.display(),
        fingerprint(&keys.check())
    )))
}

fn copy_bytes(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut from = std::fs::File::open(from)?;
    let mut to = std::fs::OpenOptions::new().write(true).open(to)?;
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return to.sync_all();
        }
        to.write_all(&piece[..read])?;
    }
}

fn unfit(backup: &Path, error: OpenError) -> Failure {
    match error {
        OpenError::AnotherKind { .. } | OpenError::OfAnotherProgram { .. } => no_backup(backup),
        OpenError::Unmigrated { pending } if pending.len() == store::migrations().len() => {
            no_backup(backup)
        }
        OpenError::Unmigrated { pending } => {
            older_schema(backup, &format!("without {}", pending[0]))
        }
        OpenError::Newer { unknown } => newer_schema(backup, &unknown[0]),
        OpenError::Missing { .. } => Failure::Input(format!("{} is not there", backup.display())),
        _ if backup.is_dir() => no_backup(backup),
        other => Failure::work(
            format!(
                "{} is no backup that can be read; put back an older one, and look at the disk that it lay on",
                backup.display()
            ),
            other,
        ),
    }
}

fn no_backup(backup: &Path) -> Failure {
    Failure::Input(format!(
        "{} is no backup of motcua: expected what `motcua backup` wrote",
        backup.display()
    ))
}

fn older_schema(backup: &Path, last: &str) -> Failure {
    Failure::Input(format!(
        "{} was made by an older motcua (schema {last}): put it back with that version, then run `motcua \
         migrate` of this one",
        backup.display()
    ))
}

fn newer_schema(backup: &Path, newer: &str) -> Failure {
    Failure::Input(format!(
        "{} was made by a newer motcua (schema {newer}): put it back with that version",
        backup.display()
    ))
}

fn unread(backup: &Path, error: app::ports::StoreError) -> Failure {
    Failure::work(format!("cannot read {}", backup.display()), error)
}
