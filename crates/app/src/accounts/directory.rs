//! What people are called.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::id::{ActorId, ProvinceCode, UnitCode};
use tokio::time::Instant;

use crate::error::Error;
use crate::ports::{Account, AccountStore};

/// How long names stay in memory before the store is asked again: they change a few times a year.
const TRUSTED: Duration = Duration::from_secs(5);

/// What an official is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Official {
    /// The full name, as on paper.
    pub full_name: String,
    /// The position; may be empty.
    pub position: String,
    /// The units that they work for; none for who no longer signs in.
    pub units: Vec<UnitCode>,
}

impl From<&Account> for Official {
    fn from(account: &Account) -> Self {
        Self {
            full_name: account.full_name.clone(),
            position: account.position.clone(),
            units: match account.disabled {
                None => account.units.clone(),
                Some(_) => Vec::new(),
            },
        }
    }
}

/// The officials of a province, including those with disabled accounts, because history names them.
#[derive(Debug, Default)]
pub struct Directory(HashMap<ActorId, Official>);

impl Directory {
    /// Of accounts.
    #[must_use]
    pub fn of(accounts: &[Account]) -> Self {
        let named = accounts.iter();
        Self(
            named
                .map(|account| (account.actor.clone(), Official::from(account)))
                .collect(),
        )
    }

    /// The official behind an id; none for programs and for people without an account.
    #[must_use]
    pub fn get(&self, actor: &ActorId) -> Option<&Official> {
        self.0.get(actor)
    }

    /// Who works at a unit, by name.
    #[must_use]
    pub fn at(&self, unit: &UnitCode) -> Vec<(&ActorId, &Official)> {
        let all = self.0.iter();
        let mut here: Vec<_> = all.filter(|(_, it)| it.units.contains(unit)).collect();
        here.sort_by(|one, other| one.1.full_name.cmp(&other.1.full_name));
        here
    }

    /// The full name of an actor; the id if the actor has no account.
    #[must_use]
    pub fn name(&self, actor: &ActorId) -> String {
        self.get(actor)
            .map_or_else(|| actor.to_string(), |official| official.full_name.clone())
    }
}

/// Directories read within the last seconds.
#[derive(Default)]
pub(super) struct Kept(Mutex<HashMap<ProvinceCode, (Instant, Arc<Directory>)>>);

impl Kept {
    pub async fn of(
        &self,
        store: &dyn AccountStore,
        province: &ProvinceCode,
    ) -> Result<Arc<Directory>, Error> {
        let now = Instant::now();
        let known = {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get(province).cloned()
        };
        if let Some((read, directory)) = known
            && now.duration_since(read) < TRUSTED
        {
            return Ok(directory);
        }
        let accounts = store.accounts(Some(province)).await?;
        let directory = Arc::new(Directory::of(&accounts));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(province.clone(), (now, Arc::clone(&directory)));
        Ok(directory)
    }
}
