//! `motcua serve`: from configuration to a running port, and down again.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::accounts::Accounts;
use app::ports::{AccountStore, Clock, Published, Store};
use app::{Engine, Gate, Parts, gate};
use domain::catalogue::Catalogue;
use motcua_http::Health;
use store::{Patience, SeaStore};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::{DemoRole, Pages};

use super::{migrate, open};
use crate::clock::{SystemClock, SystemIds};
use crate::config::{self, Config};
use crate::scratch::Scratch;
use crate::{Failure, catalogue, secret, telemetry};
use demo::Demo;

/// Serve gRPC, gRPC-Web and JSON on one port.
#[derive(Debug, Args)]
pub struct Serve {
    /// Serve a made-up Tuyên Quang from a scratch database that is removed at the end.
    #[arg(long)]
    pub demo: bool,
    /// Bring the database to this version's schema first.
    #[arg(long, conflicts_with = "demo")]
    pub migrate: bool,
    /// The configuration file; docs/config.example.toml describes it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where dossiers are kept, such as sqlite:motcua.db or postgres://USER@HOST/DATABASE.
    #[arg(long, value_name = "URL", conflicts_with = "demo")]
    pub database: Option<String>,
    /// Where to listen, such as 127.0.0.1:7080; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

/// Serves until it is told to stop.
pub async fn run(flags: Serve) -> Result<ExitCode, Failure> {
    let mut config = Config::read(flags.config.as_deref())?;
    if let Some(url) = flags.database {
        config::check_database(&url)?;
        config.database = url;
    }
    if let Some(address) = flags.listen {
        config.listen = address;
    }
    telemetry::start(&config.log, config.log_format)?;
    outlive_full_files()?;
    let catalogue = Arc::new(catalogue::read(config.catalogue.as_deref())?);
    // Before the long work: a taken port should not cost anybody a minute.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::work(format!("cannot listen on {}", config.listen), error))?;
    if flags.demo {
        return serve_demo(config, catalogue, listener).await;
    }
    if flags.migrate {
        migrate::apply(&config.database, false).await?;
    }
    let secret = secret::read_or_make(&config.secret_file, &SystemIds)?;
    let store = open(&config, Patience::ForCallers).await?;
    announce(&listener)?;
    serve(&config, catalogue, store, secret, listener, Vec::new()).await
}

async fn serve_demo(
    mut config: Config,
    catalogue: Arc<Catalogue>,
    listener: TcpListener,
) -> Result<ExitCode, Failure> {
    eprintln!("building a made-up Tuyên Quang …");
    let secret = b"the demo's secret protects nobody".to_vec();
    // The folder goes with the value, also when the building is given up.
    let folder = Scratch::make()?;
    config.database = folder.database();
    let now = SystemClock.now();
    let built = tokio::select! {
        built = demo::build(&config.database, Arc::clone(&catalogue), &secret, now, &SystemIds) => built?,
        () = asked_to_stop() => return Ok(ExitCode::SUCCESS),
    };
    let Demo { tokens, dossiers } = built;
    let store = open(&config, Patience::ForCallers).await?;
    let trials: Vec<DemoRole> = tokens
        .iter()
        .map(|(role, _, secret)| DemoRole {
            role: *role,
            token: secret.clone(),
        })
        .collect();
    println!(
        "DEMO: {dossiers} dossiers, all of them made up; the database goes when the server stops"
    );
    println!("database {}", config.database);
    for (role, unit, secret) in tokens {
        println!("token {role} {unit} {secret}");
    }
    announce(&listener)?;
    serve(&config, catalogue, store, secret, listener, trials).await
}

impl From<demo::Failure> for Failure {
    fn from(failure: demo::Failure) -> Self {
        match failure {
            demo::Failure::Input(wrong) => Failure::Input(wrong),
            demo::Failure::Work { message, source } => Failure::Work { message, source },
        }
    }
}

/// Prints where the server answers: one line a protocol.
fn announce(listener: &TcpListener) -> Result<(), Failure> {
    let address = listener
        .local_addr()
        .map_err(|error| Failure::work("cannot tell the listening address", error))?;
    println!("open http://{address}");
    println!("grpc http://{address}");
    println!("json http://{address}/motcua.v1.DossierService/GetDossier");
    Ok(())
}

async fn serve(
    config: &Config,
    catalogue: Arc<Catalogue>,
    store: SeaStore,
    secret: Vec<u8>,
    listener: TcpListener,
    trials: Vec<DemoRole>,
) -> Result<ExitCode, Failure> {
    let store = Arc::new(store);
    publish(store.as_ref(), &catalogue).await?;
    let engine = Engine::start(Parts {
        store: Arc::clone(&store) as Arc<dyn Store>,
        catalogue,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secret,
        queue: config.queue,
    });
    engine
        .refresh_catalogue()
        .await
        .map_err(|error| Failure::work("cannot read what was published", error))?;
    tokio::spawn(Arc::clone(&engine).follow_catalogue(FOLLOW));
    tokio::spawn(Arc::clone(&engine).follow_jobs(FOLLOW, SETTLE));
    tokio::spawn(Arc::clone(&engine).follow_models(FOLLOW, BEFORE_FITS));
    tokio::spawn(Arc::clone(&engine).follow_flags(FOLLOW, BEFORE_FLAGS));
    let limit = Duration::from_secs(config.shutdown_seconds);
    let limits = motcua_http::Settings {
        grace: limit,
        ..motcua_http::Settings::default()
    };
    let mut services = grpc::serve::Settings {
        reflection: config.reflection,
        target: f64::from(config.on_time_target) / 100.0,
        ..grpc::serve::Settings::default()
    };
    if store.is_shared() {
        services.poll = POLL_SHARED;
    }
    let gate = Gate::new(&gate::Limits::default());
    let health = Health::new(Arc::clone(&engine), gate.clone());
    let pages = Pages {
        accounts: Accounts::new(
            Arc::clone(&store) as Arc<dyn AccountStore>,
            Arc::clone(&engine),
        ),
        engine: Arc::clone(&engine),
        gate: gate.clone(),
        settings: web::Settings {
            target: services.target,
            demo: trials,
            ..web::Settings::default()
        },
    };
    let parts = vec![
        web::part(pages),
        grpc::serve::part(engine, gate.clone(), &health, &services),
    ];
    let site = motcua_http::site(health, parts);
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let hard = async {
        asked_to_stop().await;
        tracing::info!(
            limit_s = config.shutdown_seconds,
            "stopping: finishing what runs"
        );
        let _running = stop.send(());
        asked_to_stop().await;
        tracing::warn!("asked again; what still runs is cut");
    };
    let served = tokio::select! {
        served = motcua_http::run(listener, site, &gate, &limits, async {
            let _asked = stopped.await;
        }) => served,
        () = hard => Ok(()),
    };
    if let Err(error) = store.close().await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the database did not close cleanly"
        );
    }
    served.map_err(|error| Failure::work("the server failed", error))?;
    Ok(ExitCode::SUCCESS)
}

/// How often open streams look for what other processes wrote: nobody tells them, and an
/// event is to be seen within a second.
const POLL_SHARED: Duration = Duration::from_millis(500);

/// How often the catalogue is looked at for what other processes published.
const FOLLOW: Duration = Duration::from_secs(1);

/// How long after a start the first look for flags comes: desks that waited for it come first.
const BEFORE_FLAGS: Duration = Duration::from_secs(15);

/// How long after a start the first fit comes.
const BEFORE_FITS: Duration = Duration::from_secs(10 * 60);

/// How long a job waits after it was ordered, so that no process still receives by what was in
/// force before.
const SETTLE: Duration = Duration::from_secs(2);

/// A write beyond the limit on the size of files (RLIMIT_FSIZE) ends a process, unless it listens
/// for the signal: then the write fails as on a full disk, callers are told to come again, and
/// the server is still there when there is room.
fn outlive_full_files() -> Result<(), Failure> {
    /// Its number on Linux and the BSDs.
    const SIGXFSZ: i32 = 25;
    // Once asked for it stays listened to, by nobody.
    signal(SignalKind::from_raw(SIGXFSZ))
        .map(drop)
        .map_err(|error| Failure::work("cannot listen to signals", error))
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn asked_to_stop() {
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Refuses a catalogue that changes what was already published to this database.
async fn publish(store: &dyn Store, catalogue: &Catalogue) -> Result<(), Failure> {
    let versions: Vec<Published> = catalogue
        .procedures
        .iter()
        .map(|procedure| Published {
            kind: "procedure".into(),
            code: procedure.code.to_string(),
            version: procedure.version.into(),
            hash: procedure.hash_hex(),
        })
        .collect();
    let changed = store
        .publish(&versions)
        .await
        .map_err(|error| Failure::work("cannot note the catalogue's versions", error))?;
    if changed.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = changed
        .iter()
        .map(|was| format!("procedure {} version {}: dossiers were received under another text; publish a new version instead", was.code, was.version))
        .collect();
    Err(Failure::Input(format!(
        "the catalogue changes what was published:\n{}",
        lines.join("\n")
    )))
}
