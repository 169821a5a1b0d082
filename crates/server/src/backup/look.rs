//! Looks through a database as `motcua verify` does, and at what SQLite itself says of the file.

use std::path::Path;

use app::ports::{Installation, KeyMark, Verifiable};
use store::SeaStore;

use crate::Failure;

/// What was seen.
#[derive(Debug, Default)]
pub struct Look {
    /// What is wrong with the file itself.
    pub faults: Vec<String>,
    /// What is kept otherwise than the events say.
    pub differences: Vec<String>,
    /// How many dossiers there are.
    pub dossiers: u64,
    /// By what the key is known again to which the database belongs.
    pub key: KeyMark,
}

/// Looks through a file that nobody changes.
pub(super) async fn through(
    file: &Path,
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Look, Failure> {
    let cannot = |error| Failure::work(format!("cannot read {}", file.display()), error);
    let store = SeaStore::open_copy(file).await.map_err(cannot)?;
    let look = inside(&store, shows).await;
    let closed = store.close_copy().await;
    let look =
        look.map_err(|error| Failure::work(format!("cannot read {}", file.display()), error))?;
    closed.map_err(|error| Failure::work(format!("cannot close {}", file.display()), error))?;
    Ok(look)
}

/// Looks through a database that is open.
pub(super) async fn inside(
    store: &SeaStore,
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Look, app::ports::StoreError> {
    let faults = store.faults().await?;
    let key = store.key_mark().await?;
    let mut look = Look {
        faults,
        key,
        ..Look::default()
    };
    // Reading on in a broken file says nothing more.
    if !look.faults.is_empty() {
        return Ok(look);
    }
    let read = store.snapshot().await?;
    let differences = &mut look.differences;
    let mut differs = |one: app::verify::Difference| differences.push(one.to_string());
    look.dossiers = app::verify::verify(read.as_ref(), &mut differs, shows).await?;
    Ok(look)
}

/// The beginning of a key's check value, by which people compare keys.
#[must_use]
pub fn fingerprint(check: &str) -> String {
    check.chars().take(16).collect()
}
