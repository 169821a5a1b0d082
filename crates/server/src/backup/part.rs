//! A file that appears under its name only when it is whole.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::Failure;

/// A file in the making, beside the place that it will have. It is removed unless it is kept.
pub(super) struct Part {
    part: PathBuf,
    file: PathBuf,
}

impl Part {
    /// An empty file that only its owner can read.
    pub(super) fn beside(file: &Path) -> Result<Self, Failure> {
        if file.symlink_metadata().is_ok() {
            return Err(exists(file));
        }
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&part) {
            Ok(_) => Ok(Self {
                part,
                file: file.to_owned(),
            }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failure::Input(format!(
                "{} is there: another motcua writes it, or was killed while it did; remove it if nobody does",
                part.display()
            ))),
            Err(error) => Err(Failure::Input(format!(
                "cannot write {}: {error}; name a file in a folder that is there and may be written",
                file.display()
            ))),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.part
    }

    /// Waits until the file is on the disk.
    pub(super) fn flush(&self) -> Result<(), Failure> {
        let flushed = File::open(&self.part).and_then(|file| file.sync_all());
        flushed.map_err(|error| self.cannot(error))
    }

    /// Gives the file its name, unless another file has it by now. Returns how long it is.
    pub(super) fn keep(self) -> Result<u64, Failure> {
        // A link, unlike a renaming, never replaces what is there. Where a file system has no links,
        // the moment between looking and renaming is left.
        match std::fs::hard_link(&self.part, &self.file) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(exists(&self.file));
            }
            Err(_no_links) if self.file.symlink_metadata().is_ok() => {
                return Err(exists(&self.file));
            }
            Err(_no_links) => {
                std::fs::rename(&self.part, &self.file).map_err(|error| self.cannot(error))?;
            }
        }
        let folder = match self.file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        let named = File::open(folder).and_then(|folder| folder.sync_all());
        named.map_err(|error| self.cannot(error))?;
        let found = std::fs::metadata(&self.file).map_err(|error| self.cannot(error))?;
        Ok(found.len())
    }

    fn cannot(&self, error: std::io::Error) -> Failure {
        Failure::work(format!("cannot write {}", self.file.display()), error)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // What SQLite made beside it goes too.
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.part.as_os_str().to_owned();
            name.push(end);
            let _not_there = std::fs::remove_file(name);
        }
    }
}

fn exists(file: &Path) -> Failure {
    Failure::Input(format!(
        "{} is there already and is not overwritten; name another file, or a folder",
        file.display()
    ))
}
