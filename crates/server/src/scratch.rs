//! A folder that exists only for the run.

use std::path::PathBuf;

use app::ports::Ids;

use crate::Failure;
use crate::clock::SystemIds;

/// A folder that is removed when this value is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new folder for temporary files, which only this user may read.
    pub fn make(prefix: &str) -> Result<Self, Failure> {
        let chance = domain::digest::hex(&SystemIds.random()[..6]);
        let folder = std::env::temp_dir().join(format!("{prefix}-{chance}"));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&folder)
            .map_err(|error| Failure::work(format!("cannot make {}", folder.display()), error))?;
        Ok(Self(folder))
    }

    /// A place in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The address of an SQLite database in it.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.0.join("demo.db").display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "cannot remove a temporary folder");
        }
    }
}
