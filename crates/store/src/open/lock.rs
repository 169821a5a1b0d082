//! The lock on a file that is being served, which also tells how the last server ended.
//!
//! It is a file beside the database: there and locked while a server runs, there and free after one
//! was killed, and gone after one has closed. What a killed server had written last is in the log
//! (`-wal`); where this is gone too, answered commits are lost, and nobody would notice.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::error::OpenError;

/// A database file that this process serves.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock, unless another process has it.
    pub(super) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = beside(database, "-lock");
        let cannot = |error: std::io::Error| OpenError::Database(error.into());
        let mut file = open(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only to name it: whoever has the lock may be about to write its number.
                let _unread = file.read_to_string(&mut holder);
                return Err(OpenError::InUse {
                    file: database.to_owned(),
                    process: holder.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        let number = format!("{}\n", std::process::id());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(number.as_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(cannot)?;
        Ok(Self { path, _file: file })
    }
}

/// Says that the database was closed, with all that was written in its one file: also by a start that
/// was refused for another reason. Who is killed says nothing.
impl Drop for Lock {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, file = %self.path.display(), "the lock cannot be removed");
        }
    }
}

/// Refuses a file whose last server was killed and whose log is gone.
pub(super) fn check_log(database: &Path) -> Result<(), OpenError> {
    let log = beside(database, "-wal");
    if beside(database, "-lock").exists() && !log.exists() {
        return Err(OpenError::LogLost { log });
    }
    Ok(())
}

/// Refuses what is no file of SQLite, and a file that has other names.
///
/// SQLite's log lies beside the name by which a file is opened, so under another name what was written
/// last is missing, and the file breaks as soon as it is written under both.
pub(super) fn check_file(database: &Path) -> Result<(), OpenError> {
    if !database.exists() {
        return Ok(());
    }
    check_kind(database)?;
    #[cfg(unix)]
    {
        let found = std::fs::metadata(database);
        let found = found.map_err(|error| OpenError::Database(error.into()))?;
        let names = std::os::unix::fs::MetadataExt::nlink(&found);
        if names > 1 {
            return Err(OpenError::OtherNames {
                file: database.to_owned(),
                names,
            });
        }
    }
    Ok(())
}

/// Refuses what is no file of SQLite, which takes any short text for an empty database and would write
/// over it. A database in the making is empty.
pub(super) fn check_kind(database: &Path) -> Result<(), OpenError> {
    if database.is_dir() {
        return Err(OpenError::AnotherKind {
            file: database.to_owned(),
        });
    }
    let mut header = Vec::new();
    File::open(database)
        .and_then(|file| file.take(HEADER.len() as u64).read_to_end(&mut header))
        .map_err(|error| OpenError::Database(error.into()))?;
    if header.is_empty() || header == HEADER {
        return Ok(());
    }
    Err(OpenError::AnotherKind {
        file: database.to_owned(),
    })
}

/// Refuses a file that is there and cannot be written.
pub(super) fn check_writable(database: &Path) -> Result<(), OpenError> {
    match OpenOptions::new().write(true).open(database) {
        Err(error)
            if [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem]
                .contains(&error.kind()) =>
        {
            Err(OpenError::ReadOnly {
                file: database.to_owned(),
            })
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// How every file of SQLite begins.
const HEADER: &[u8] = b"SQLite format 3\0";

/// Forgets a server that was killed, once its log has been read: the next one to close the database
/// takes the log away. A server that runs keeps its lock.
pub(super) fn forget_killed(database: &Path) {
    let path = beside(database, "-lock");
    let Ok(file) = File::open(&path) else {
        return;
    };
    if file.try_lock().is_ok() {
        let _gone = std::fs::remove_file(&path);
    }
}

/// Makes an empty file that only its owner can read, unless it is there; SQLite gives the files that
/// it makes beside it the same rights.
pub(super) fn make_private(database: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(database) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Takes the right to read away from everybody who is not of the owner's group: names and identity
/// numbers are in it. An earlier version made files that all of the machine could read.
pub(super) fn close_to_others(database: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for file in ["", "-wal", "-shm"].map(|end| beside(database, end)) {
            let Ok(found) = std::fs::metadata(&file) else {
                continue;
            };
            let mut rights = found.permissions();
            if rights.mode() & 0o007 != 0 {
                rights.set_mode(rights.mode() & !0o007);
                std::fs::set_permissions(&file, rights)?;
                tracing::warn!(file = %file.display(), "everybody could read it; not any more");
            }
        }
    }
    Ok(())
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The file beside the database itself: a link to it is another name of the same file, and SQLite puts
/// its log beside the file, too.
fn beside(database: &Path, end: &str) -> PathBuf {
    let itself = std::fs::canonicalize(database);
    let mut name = itself.map_or_else(|_| database.into(), PathBuf::into_os_string);
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_served_file_is_served_already() {
        let folder = std::env::temp_dir().join(format!("motcua-lock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (file, link) = (folder.join("motcua.db"), folder.join("link.db"));
        std::fs::write(&file, b"").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let held = Lock::take(&file).unwrap();
        assert!(matches!(Lock::take(&link), Err(OpenError::InUse { .. })));
        drop(held);
        drop(Lock::take(&link).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_with_a_second_name_and_a_file_of_another_kind_are_no_databases() {
        let folder = std::env::temp_dir().join(format!("motcua-names-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (file, link) = (folder.join("motcua.db"), folder.join("link.db"));
        check_file(&file).unwrap();
        std::fs::write(&file, b"").unwrap();
        check_file(&file).unwrap();
        std::fs::write(&file, b"SQLite format 3\0\x10").unwrap();
        std::fs::hard_link(&file, &link).unwrap();
        for name in [&file, &link] {
            assert!(matches!(
                check_file(name),
                Err(OpenError::OtherNames { names: 2, .. })
            ));
        }
        std::fs::remove_file(&link).unwrap();
        check_file(&file).unwrap();
        std::fs::write(&file, "ghi chú").unwrap();
        assert!(matches!(
            check_file(&file),
            Err(OpenError::AnotherKind { .. })
        ));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
