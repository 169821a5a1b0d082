//! Why a batch is not written, and which of its dossiers clash.

use app::ports::{Change, CommitError, Key, StoreError};
use sea_orm::DbErr;

use crate::fault::{is_deadlock, is_held, store_error};

/// Why a batch was not written, or may not have been.
pub(crate) enum Failure {
    Clash(Vec<Key>),
    /// These dossiers got numbers that other dossiers have.
    NumberTaken(Vec<Key>),
    /// Something clashes, and the statement cannot say what.
    Otherwise,
    Deadlock(DbErr),
    /// Somebody holds a lock.
    Held,
    Unknown(StoreError),
    Store(StoreError),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        if is_deadlock(&error) {
            Failure::Deadlock(error)
        } else if is_held(&error) {
            Failure::Held
        } else {
            Failure::Store(store_error(error))
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Store(error)
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Clash(dossiers) | Failure::NumberTaken(dossiers) => {
                CommitError::Clash { dossiers }
            }
            Failure::Otherwise => CommitError::Clash {
                dossiers: Vec::new(),
            },
            Failure::Deadlock(error) => CommitError::Store(store_error(error)),
            Failure::Held => CommitError::Held,
            Failure::Unknown(error) => CommitError::Unknown(error),
            Failure::Store(error) => CommitError::Store(error),
        }
    }
}

/// Fails with the dossiers of the changes that were not written.
pub(crate) fn clash_unless(
    changes: &[Change],
    written: impl Fn(&Change) -> bool,
) -> Result<(), Failure> {
    let clashing = keys_of(changes, |change| !written(change));
    if clashing.is_empty() {
        Ok(())
    } else {
        Err(Failure::Clash(clashing))
    }
}

/// The dossiers of some of the changes.
pub(super) fn keys_of(changes: &[Change], which: impl Fn(&Change) -> bool) -> Vec<Key> {
    let chosen = changes.iter().filter(|change| which(change));
    chosen
        .map(|change| (change.dossier.province.clone(), change.dossier.id))
        .collect()
}
