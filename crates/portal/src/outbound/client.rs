//! A remote, whichever protocol it speaks.

use super::adapter::Adapter;
use super::card::Card;
use super::map::{ADAPTER, Map, REST};
use super::reply::{Had, Trouble};
use super::rest::Rest;
use crate::settings::{Protocol, RemoteSettings};
use crate::wire::Wire;

/// A client of one remote.
#[derive(Debug)]
pub enum Client {
    /// See [`Protocol::Adapter`].
    Adapter(Adapter),
    /// See [`Protocol::Rest`].
    Rest(Rest),
}

impl Client {
    /// A client of a remote, with the password and the map that its settings name.
    ///
    /// Errors: what is wrong with the map or the address.
    pub fn new(
        settings: &RemoteSettings,
        password: &str,
        map: Option<&str>,
    ) -> Result<Self, String> {
        let timeout = std::time::Duration::from_secs(settings.timeout_seconds);
        let wire = Wire::new(&settings.address, timeout)?;
        Ok(match settings.protocol {
            Protocol::Adapter => {
                let map = Map::parse(map.unwrap_or(ADAPTER))?;
                Client::Adapter(Adapter::new(wire, map, settings, password))
            }
            Protocol::Rest => {
                let map = Map::parse(map.unwrap_or(REST))?;
                Client::Rest(Rest::new(wire, map, settings, password))
            }
        })
    }

    /// How the remote writes our values.
    pub fn map(&self) -> &Map {
        match self {
            Client::Adapter(adapter) => adapter.map(),
            Client::Rest(rest) => rest.map(),
        }
    }

    /// The rows of progress that the remote has of a dossier; none if it does not have the dossier.
    pub async fn look_up(&self, code: &str) -> Result<Option<Had>, Trouble> {
        match self {
            Client::Adapter(adapter) => adapter.look_up(code).await,
            Client::Rest(rest) => rest.look_up(code).await,
        }
    }

    /// Tells of the dossier as it stands.
    pub async fn tell_dossier(&self, key: &str, exists: bool, card: &Card) -> Result<(), Trouble> {
        match self {
            Client::Adapter(adapter) => adapter.tell_dossier(key, exists, card).await,
            Client::Rest(rest) => rest.tell_dossier(key, exists, card).await,
        }
    }

    /// Tells of rows of progress, at most [`CHUNK`] of them.
    pub async fn tell_progress(&self, key: &str, rows: &[&Card]) -> Result<(), Trouble> {
        match self {
            Client::Adapter(adapter) => adapter.tell_progress(key, rows).await,
            Client::Rest(rest) => rest.tell_progress(key, rows).await,
        }
    }
}

/// How many rows of progress one call takes.
pub const CHUNK: usize = 10;
