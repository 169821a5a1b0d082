//! What a command works on: the configuration, the catalogue, the database and the engine. Every
//! command reaches the use cases through it.

use std::path::PathBuf;
use std::sync::Arc;

use app::ports::{Account, ReadTx, Store};
use app::{Caller, Catalogues, Engine, Parts};
use clap::Args;
use domain::id::{ActorId, ProvinceCode};
use domain::role::Role;
use domain::unit::Unit;
use store::{Options, Patience, SeaStore};

use crate::clock::{SystemClock, SystemIds};
use crate::config::{self, Config};
use crate::secret::{self, Replaced};
use crate::{Failure, catalogue};

/// Which database a command works on.
#[derive(Debug, Args)]
pub struct Database {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The database; overrides the configuration.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

impl Database {
    /// The configuration, with the database that the flags name.
    pub fn configuration(&self) -> Result<Config, Failure> {
        let mut config = Config::read(self.config.as_deref())?;
        if let Some(url) = &self.database {
            config::check_database(url)?;
            config.database.clone_from(url);
        }
        Ok(config)
    }
}

/// An opened database with its catalogue and its engine.
pub(crate) struct Installation {
    pub engine: Arc<Engine>,
    pub store: Arc<SeaStore>,
    catalogues: Catalogues,
}

impl Installation {
    /// Opens what the flags name, for reading or for writes that print no receipt.
    pub async fn open(flags: &Database) -> Result<Self, Failure> {
        let config = flags.configuration()?;
        let store = open_store(&config, Patience::Endless).await?;
        Self::over(&config, store, Vec::new()).await
    }

    /// Opens it for printing receipts, whose PINs the server must recognise.
    pub async fn open_desk(flags: &Database) -> Result<Self, Failure> {
        let config = flags.configuration()?;
        let store = open_store(&config, Patience::Endless).await?;
        let key = &config.secret_file;
        let secret = secret::of_database(key, &store, &SystemIds, Replaced::Never).await?;
        Self::over(&config, store, secret).await
    }

    async fn over(config: &Config, store: SeaStore, secret: Vec<u8>) -> Result<Self, Failure> {
        let shipped = Arc::new(catalogue::read(config.catalogue.as_deref())?);
        let store = Arc::new(store);
        let engine = Engine::start(Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            catalogue: Arc::clone(&shipped),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            secret,
            queue: config.queue,
        });
        let published = |error| Failure::work("cannot read what was published", error);
        engine.refresh_catalogue().await.map_err(published)?;
        let read = store.read().await.map_err(unreadable)?;
        let catalogues = Catalogues::read(shipped, read.as_ref())
            .await
            .map_err(published)?;
        drop(read);
        Ok(Self {
            engine,
            store,
            catalogues,
        })
    }

    /// Units, calendars and procedures, with what each province has published.
    pub fn catalogues(&self) -> &Catalogues {
        &self.catalogues
    }

    /// A view of the database as it is now.
    pub async fn read(&self) -> Result<Box<dyn ReadTx>, Failure> {
        self.store.read().await.map_err(unreadable)
    }

    /// The unit that a flag names, by agency identifier or statistics code.
    pub fn unit(&self, code: &str) -> Result<Unit, Failure> {
        self.catalogues.find_unit(code).ok_or_else(|| {
            Failure::Input(format!(
                "--unit: `{code}` is no unit of the catalogue, nor of this database"
            ))
        })
    }

    /// The province that a flag names, by statistics code.
    pub fn province(&self, code: &str) -> Result<ProvinceCode, Failure> {
        let province = ProvinceCode::parse(code)
            .map_err(|wrong| Failure::Input(format!("--province: {wrong}")))?;
        if self
            .catalogues
            .of(&province)
            .units
            .province(&province)
            .is_none()
        {
            return Err(Failure::Input(format!(
                "--province: {province} is not a province of the catalogue"
            )));
        }
        Ok(province)
    }

    /// The user with a name.
    pub async fn user(&self, actor: &ActorId) -> Result<Option<Account>, Failure> {
        let read = self.read().await?;
        read.user(actor).await.map_err(unreadable)
    }

    /// Closes the database. An SQLite file then holds everything without its WAL.
    pub async fn close(self) -> Result<(), Failure> {
        let closed = self.store.close().await;
        closed.map_err(|error| Failure::work("cannot close the database", error))
    }
}

/// The caller of a command: an actor that may act for a unit.
pub(crate) fn caller(actor: ActorId, role: Role, unit: &Unit) -> Caller {
    Caller {
        token: String::new(),
        actor,
        role,
        also: Vec::new(),
        province: unit.province.clone(),
        units: vec![unit.code.clone()],
        former: Vec::new(),
    }
}

/// Opens the database of a configuration.
pub(crate) async fn open_store(config: &Config, patience: Patience) -> Result<SeaStore, Failure> {
    let options = Options {
        patience,
        ..Options::default()
    };
    open_with(config, options).await
}

/// Opens it otherwise than a command does.
pub(crate) async fn open_with(config: &Config, options: Options) -> Result<SeaStore, Failure> {
    let options = Options {
        readers: config.readers,
        ..options
    };
    SeaStore::open(&config.database, options)
        .await
        .map_err(|error| {
            Failure::work(
                format!("cannot open {}", store::shown(&config.database)),
                error,
            )
        })
}

pub(crate) fn unreadable(error: app::ports::StoreError) -> Failure {
    Failure::work("cannot read the database", error)
}
