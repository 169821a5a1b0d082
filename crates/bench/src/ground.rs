//! The databases that are measured.

use std::path::{Path, PathBuf};

use crate::cluster::{self, Cluster};
use crate::scratch::{Scratch, filesystem};
use crate::{Failure, Setup, raw};

/// What a measurement runs on: a scratch folder, and one or two empty databases.
pub struct Ground {
    /// The databases, in the order in which they are measured.
    pub databases: Vec<Database>,
    /// Where the server's files go.
    pub scratch: Scratch,
    // Declared after the databases, so it is dropped after them: they lie in its folder.
    _cluster: Option<Cluster>,
}

/// A database that is empty before each measurement.
#[derive(Debug, Clone)]
pub struct Database {
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    /// Its address.
    pub url: String,
    /// Where the raw measurement makes its own database: on the same server, or a file beside it.
    pub raw: String,
    /// The folder on whose disk it lies; none for a server elsewhere.
    pub folder: Option<PathBuf>,
    /// The kind of filesystem it lies on; `remote` for a given server that does not say.
    pub filesystem: String,
}

impl Ground {
    /// Prepares folder and databases.
    ///
    /// Errors: the given database is not empty, or lies in memory.
    pub async fn prepare(setup: &Setup) -> Result<Self, Failure> {
        let given = match &setup.database {
            Some(url) => Some(given(url).await?),
            None => None,
        };
        if let (Some(given), Some(_)) = (&given, setup.flush)
            && given.kind == "postgres"
        {
            return Err(Failure::Input(
                "--flush-ms: only a server of the benchmark's own is slowed; leave --database out"
                    .into(),
            ));
        }
        let scratch = Scratch::make(setup.scratch.as_deref(), setup.ids.as_ref())?;
        if let Some(database) = given {
            return Ok(Self {
                databases: vec![database],
                scratch,
                _cluster: None,
            });
        }
        let mut databases = vec![Database {
            kind: "sqlite",
            url: format!("sqlite:{}", scratch.path("motcua.db").display()),
            raw: format!("sqlite:{}", scratch.path("raw.db").display()),
            folder: Some(scratch.path("")),
            filesystem: scratch.filesystem().to_owned(),
        }];
        let cluster = match cluster::programs(&setup.path) {
            Some(programs) => {
                let cluster = Cluster::start(&programs, &scratch, setup.flush)?;
                databases.push(Database {
                    kind: "postgres",
                    url: cluster.url().to_owned(),
                    raw: cluster.url().to_owned(),
                    folder: Some(scratch.path("")),
                    filesystem: scratch.filesystem().to_owned(),
                });
                Some(cluster)
            }
            None => {
                eprintln!("no PostgreSQL here (initdb, pg_ctl): only SQLite is measured");
                None
            }
        };
        Ok(Self {
            databases,
            scratch,
            _cluster: cluster,
        })
    }
}

async fn given(url: &str) -> Result<Database, Failure> {
    store::check_address(url).map_err(|error| Failure::Input(format!("--database: {error}")))?;
    let empty = store::scratch::is_empty(url)
        .await
        .map_err(|error| Failure::work(format!("cannot open {}", store::shown(url)), error))?;
    if !empty {
        return Err(Failure::Input(format!(
            "--database: {} is used; the benchmark fills and empties what it is given",
            store::shown(url)
        )));
    }
    let Some(file) = url.strip_prefix("sqlite:") else {
        let folder = store::scratch::folder(url)
            .await
            .map_err(|error| Failure::work(format!("cannot open {}", store::shown(url)), error))?;
        let filesystem = match &folder {
            Some(folder) => on_disk(url, folder)?,
            None => "remote".to_owned(),
        };
        return Ok(Database {
            kind: "postgres",
            url: url.to_owned(),
            raw: url.to_owned(),
            folder,
            filesystem,
        });
    };
    let folder = match Path::new(file.trim_start_matches("//")).parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    Ok(Database {
        kind: "sqlite",
        url: url.to_owned(),
        raw: format!("{url}-raw"),
        folder: Some(folder.to_owned()),
        filesystem: on_disk(url, folder)?,
    })
}

/// The kind of filesystem that a database lies on, unless it is in memory.
fn on_disk(url: &str, folder: &Path) -> Result<String, Failure> {
    let filesystem = filesystem(folder)?;
    if ["tmpfs", "ramfs"].contains(&filesystem.as_str()) {
        return Err(Failure::Input(format!(
            "--database: {} is in memory ({filesystem}), where a commit costs nothing",
            store::shown(url)
        )));
    }
    Ok(filesystem)
}

/// Empties a database when dropped, however the measurement ended.
pub struct Emptied(pub Database);

impl Emptied {
    /// Empties it now and reports a failure.
    pub async fn now(self) -> Result<(), Failure> {
        let database = self.0.clone();
        std::mem::forget(self);
        clear(&database).await
    }
}

impl Drop for Emptied {
    fn drop(&mut self) {
        let database = self.0.clone();
        // The measurement was given up. Dropping happens on the runtime, which cannot wait for
        // itself, so a thread does.
        let cleared = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.map(|runtime| runtime.block_on(clear(&database)))
        });
        match cleared.join() {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(failure))) => eprintln!("motcua: {failure}"),
            Ok(Err(_)) | Err(_) => eprintln!("motcua: the database could not be emptied"),
        }
    }
}

async fn clear(database: &Database) -> Result<(), Failure> {
    store::scratch::clear(&database.url)
        .await
        .map_err(|error| {
            Failure::work(
                format!("cannot empty {}", store::shown(&database.url)),
                error,
            )
        })?;
    raw::clear(&database.raw)
        .await
        .map_err(|error| Failure::work("cannot remove the raw database", error))
}
