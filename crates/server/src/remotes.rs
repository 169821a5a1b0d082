//! The other systems of a configuration: their secrets, and the workers that tell them.

use std::path::Path;
use std::sync::Arc;

use app::Engine;
use app::accounts::Accounts;
use app::import::Archive;
use app::ports::Ids;
use domain::digest::hex;
use portal::RemoteSettings;
use portal::inbound::Sender;
use portal::notices::Notifier;
use portal::outbound::{Client, Process, Worker};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::SystemIds;
use crate::config::Config;
use crate::{Failure, readers};

/// Workers that run until they are told to stop.
pub struct Workers {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Workers {
    /// Starts a worker for each remote that has an address, for each channel to citizens, for each webhook, and
    /// for each product that is read.
    pub fn start(
        engine: &Arc<Engine>,
        archive: &Arc<dyn Archive>,
        accounts: &Arc<Accounts>,
        config: &Config,
        alone: bool,
    ) -> Result<Self, Failure> {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        let process = this_process(alone);
        let remotes = config.remote.iter();
        for remote in remotes.filter(|remote| !remote.address.is_empty()) {
            let client = client(remote)?;
            let worker = Worker::new(Arc::clone(engine), client, remote.clone(), process.clone());
            running.spawn(worker.run(stopped.clone()));
        }
        for notice in &config.notice {
            let secret = match &notice.secret_file {
                Some(path) => std::fs::read_to_string(path).map_err(|error| {
                    let (name, path) = (&notice.name, path.display());
                    Failure::Input(format!(
                        "notice {name}: secret_file: cannot read {path}: {error}"
                    ))
                })?,
                None => String::new(),
            };
            let accounts = Arc::clone(accounts);
            let notifier = Notifier::new(Arc::clone(engine), accounts, notice.clone(), &secret);
            let notifier = notifier.map_err(Failure::Input)?;
            let terms = notifier.terms();
            let worker = Worker::on(
                Arc::clone(engine),
                Arc::new(notifier),
                terms,
                process.clone(),
            );
            running.spawn(worker.run(stopped.clone()));
        }
        for reader in &config.reader {
            let reader = readers::open(engine, archive, reader, process.clone())?;
            running.spawn(reader.run(stopped.clone()));
        }
        running.spawn(portal::webhook::follow(
            Arc::clone(engine),
            process,
            stopped,
        ));
        Ok(Self { stop, running })
    }

    /// Lets what is in flight end.
    pub async fn stop(mut self) {
        let _nobody_works = self.stop.send(true);
        while self.running.join_next().await.is_some() {}
    }
}

/// This process, as leases name it.
pub fn this_process(alone: bool) -> Process {
    Process {
        name: format!("{}-{}", std::process::id(), hex(&SystemIds.random()[..6])),
        alone,
    }
}

/// Refuses remotes whose files cannot be read or do not hold what they must.
pub fn check(remotes: &[RemoteSettings]) -> Result<(), Failure> {
    senders(remotes)?;
    for remote in remotes.iter().filter(|remote| !remote.address.is_empty()) {
        client(remote)?;
    }
    Ok(())
}

/// A client of a remote, with its password and its map.
pub(crate) fn client(remote: &RemoteSettings) -> Result<Client, Failure> {
    let password = match &remote.password_file {
        Some(path) => secret(remote, "password_file", path)?,
        None => remote.made_up_password.clone(),
    };
    let map = match &remote.map {
        Some(path) => Some(text(remote, "map", path)?),
        None => None,
    };
    Client::new(remote, &password, map.as_deref())
        .map_err(|wrong| Failure::Input(format!("remote {}: {wrong}", remote.name)))
}

/// The remotes that may hand dossiers in.
pub fn senders(remotes: &[RemoteSettings]) -> Result<Vec<Sender>, Failure> {
    let mut senders = Vec::new();
    for remote in remotes {
        if let Some(path) = &remote.inbound_key_file {
            let key = secret(remote, "inbound_key_file", path)?;
            if key.len() < SHORTEST_KEY {
                return Err(Failure::Input(format!(
                    "remote {}: inbound_key_file: expected at least {SHORTEST_KEY} characters",
                    remote.name
                )));
            }
            senders.push(Sender {
                name: remote.name.clone(),
                province: remote.province.clone(),
                key: key.into_bytes(),
            });
        }
    }
    Ok(senders)
}

/// A shorter key can be guessed.
const SHORTEST_KEY: usize = 32;

fn secret(remote: &RemoteSettings, key: &str, path: &Path) -> Result<String, Failure> {
    Ok(text(remote, key, path)?.trim().to_owned())
}

fn text(remote: &RemoteSettings, key: &str, path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::Input(format!(
            "remote {}: {key}: cannot read {}: {error}",
            remote.name,
            path.display()
        ))
    })
}
