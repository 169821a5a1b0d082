//! A folder that exists only for the run.

use std::path::PathBuf;

use app::ports::Ids;

use crate::Failure;
use crate::clock::SystemIds;

/// A folder that is removed when this value is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new folder for temporary files.
    pub fn make() -> Result<Self, Failure> {
        let chance = domain::digest::hex(&SystemIds.random()[..6]);
        let folder = std::env::temp_dir().join(format!("motcua-demo-{chance}"));
        std::fs::create_dir_all(&folder)
            .map_err(|error| Failure::work(format!("cannot make {}", folder.display()), error))?;
        Ok(Self(folder))
    }

    /// The address of an SQLite database in it.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.0.join("demo.db").display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "cannot remove the demo's folder");
        }
    }
}
