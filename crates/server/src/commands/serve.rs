//! `motcua serve`: from configuration to an open port, and down again.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::accounts::Accounts;
use app::import::Archive;
use app::import::uploads::Uploads;
use app::ports::{AccountStore, Clock, Published, Store};
use app::{Engine, Gate, Parts, gate};
use domain::catalogue::Catalogue;
use domain::id::ProvinceCode;
use domain::language::Language;
use domain::role::Role;
use motcua_http::{Certificate, Health};
use store::{Options, Patience, SeaStore};
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use web::{DemoRole, Pages};

use super::first_start::{self, FirstStart};
use super::{migrate, open_with};
use crate::backup::Return;
use crate::clock::{SystemClock, SystemIds};
use crate::config::{self, Config};
use crate::demo_portal::DemoPortal;
use crate::import::Reader;
use crate::observe::Observed;
use crate::remotes::{self, Workers};
use crate::scratch::Scratch;
use crate::secret::{self, Replaced};
use crate::{Failure, backup, catalogue, preflight, retention, supervisor, telemetry};
use demo::Demo;

/// Serve gRPC, gRPC-Web and JSON on one port.
#[derive(Debug, Args)]
pub struct Serve {
    /// Serve a made-up Tuyên Quang from a scratch database, removed at the end, or from an empty
    /// one that --database names and that stays.
    #[arg(long)]
    pub demo: bool,
    /// Bring the database to this version's schema first.
    #[arg(long, conflicts_with = "demo")]
    pub migrate: bool,
    /// Begin: make the schema of an empty database, the key and one administrator, and print the
    /// password for the first sign-in, once.
    #[arg(long, requires = "province", conflicts_with = "demo")]
    pub init: bool,
    /// The province of --init, by statistics code, such as 08.
    #[arg(long, value_name = "CODE", requires = "init")]
    pub province: Option<String>,
    /// The configuration file; docs/config.example.toml describes it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where dossiers are kept, such as sqlite:motcua.db or postgres://USER@HOST/DATABASE.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Where to listen, such as 127.0.0.1:7080; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Go on with another key than the one that the database belongs to, or make one: PINs on receipts
    /// that were given out no longer fit, and a second dossier of the same person is not noticed.
    #[arg(long, conflicts_with = "demo")]
    pub new_key: bool,
    /// Start on a file whose last server was killed and whose log (-wal) is gone: what was written last
    /// is missing. As after a restored backup, each unit skips numbers, and sessions end.
    #[arg(long, conflicts_with = "demo")]
    pub without_log: bool,
    /// For `bench`: makes each commit to a file take so many milliseconds longer.
    #[arg(long, hide = true, value_name = "MS", conflicts_with = "demo")]
    pub flush_ms: Option<u64>,
}

/// Serves until told to stop.
pub async fn run(flags: Serve) -> Result<ExitCode, Failure> {
    let mut config = Config::read(flags.config.as_deref())?;
    if let Some(url) = &flags.database {
        config::check_database(url)?;
        config.database.clone_from(url);
    }
    if let Some(address) = flags.listen {
        config.listen = address;
    }
    outlive_full_files()?;
    // Before anything is written: a wrong file would stop the start only at its end.
    preflight::check(&config)?;
    let catalogue = Arc::new(catalogue::read(config.catalogue.as_deref())?);
    // The port is taken before the long work, so that a port in use is reported at once.
    let port = Port::take(config.listen)?;
    let watchers = match config.metrics_listen {
        Some(address) => Some(Port::take(address).map_err(|taken| taken.about("metrics_listen"))?),
        None => None,
    };
    let ports = Ports { port, watchers };
    if flags.demo {
        return serve_demo(config, flags.database.is_some(), catalogue, ports).await;
    }
    if let Some(code) = &flags.province {
        return serve_first(&config, catalogue, code, ports).await;
    }
    let _told = telemetry::start(&config)?;
    let is_log_lost = match flags.without_log {
        true => store::go_without_log(&config.database)
            .map_err(|error| Failure::work("cannot go without the log", error))?,
        false => false,
    };
    if flags.migrate {
        migrate::apply(&config.database, false).await?;
    }
    if is_log_lost {
        begin_after_loss(&config).await?;
    }
    let replaced = if flags.new_key {
        Replaced::Knowingly
    } else {
        Replaced::Never
    };
    let slower_flush = flags.flush_ms.map(Duration::from_millis);
    let store = open_to_serve(&config, slower_flush).await?;
    let secret = secret::of_database(&config.secret_file, &store, &SystemIds, replaced).await?;
    serve(&config, catalogue, store, secret, ports, Beginning::Again).await
}

/// What was written last is missing, as after a restored backup: its numbers stand on receipts, its events were read.
async fn begin_after_loss(config: &Config) -> Result<(), Failure> {
    let how = Return {
        skip: None,
        all_ahead: false,
    };
    let (_, begun) = backup::after_another(config, how, &mut |_, _| {}).await?;
    tracing::warn!(
        numbers = begun.numbers,
        units = begun.units,
        sessions = begun.sessions,
        "the log is gone: each unit skips numbers that may stand on receipts, sessions end, and readers of the \
         feed begin again"
    );
    Ok(())
}

/// Builds the demo and serves it from a scratch database, or from a named one that stays.
async fn serve_demo(
    mut config: Config,
    kept: bool,
    catalogue: Arc<Catalogue>,
    ports: Ports,
) -> Result<ExitCode, Failure> {
    // The folder is removed with this value, also if building fails.
    let folder = if kept {
        None
    } else {
        Some(Scratch::make("motcua-demo")?)
    };
    let secret = match &folder {
        Some(folder) => {
            config.database = folder.database();
            b"the demo's secret protects nobody".to_vec()
        }
        None => {
            must_be_empty(&config.database).await?;
            secret::of_empty_database(&config.secret_file, &SystemIds)?
        }
    };
    eprintln!("building a made-up Tuyên Quang …");
    let now = SystemClock.now();
    let built = tokio::select! {
        built = demo::build(&config.database, Arc::clone(&catalogue), &secret, now, &SystemIds) => built?,
        () = asked_to_stop() => return Ok(ExitCode::SUCCESS),
    };
    let store = open_to_serve(&config, None).await?;
    let portal = DemoPortal::open(&demo_province()?).await?;
    config.remote.push(portal.settings.clone());
    serve(
        &config,
        catalogue,
        store,
        secret,
        ports,
        Beginning::Demo(Box::new(Shown {
            demo: built,
            kept,
            portal,
        })),
    )
    .await
}

/// Begins an installation and serves it.
async fn serve_first(
    config: &Config,
    catalogue: Arc<Catalogue>,
    code: &str,
    ports: Ports,
) -> Result<ExitCode, Failure> {
    let province = first_start::province(&catalogue, code)?.clone();
    first_start::make_schema(&config.database).await?;
    let store = open_to_serve(config, None).await?;
    first_start::must_be_unused(&config.database, &store).await?;
    let secret =
        secret::of_database(&config.secret_file, &store, &SystemIds, Replaced::Never).await?;
    let first = first_start::begin(&store, &province).await?;
    let beginning = Beginning::First(first);
    serve(config, catalogue, store, secret, ports, beginning).await
}

/// Opens the database for callers; nobody else may serve the same file.
async fn open_to_serve(
    config: &Config,
    slower_flush: Option<Duration>,
) -> Result<SeaStore, Failure> {
    let options = Options {
        patience: Patience::ForCallers,
        serves: true,
        slower_flush,
        ..Options::default()
    };
    open_with(config, options).await
}

/// Refuses a database with dossiers, so that made-up ones never stand among real ones.
async fn must_be_empty(database: &str) -> Result<(), Failure> {
    let shown = store::shown(database);
    let empty = store::scratch::is_empty(database)
        .await
        .map_err(|error| Failure::work(format!("cannot open {shown}"), error))?;
    if empty {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "--demo: {shown} is used; a demo is built in an empty database, and served again without --demo"
    )))
}

impl From<demo::Failure> for Failure {
    fn from(failure: demo::Failure) -> Self {
        match failure {
            demo::Failure::Input(wrong) => Failure::Input(wrong),
            demo::Failure::Work { message, source } => Failure::Work { message, source },
        }
    }
}

/// A port that this process holds, and that refuses connections until the server is ready.
struct Port(TcpSocket);

impl Port {
    fn take(address: SocketAddr) -> Result<Self, Failure> {
        let taken = || {
            let socket = if address.is_ipv4() {
                TcpSocket::new_v4()?
            } else {
                TcpSocket::new_v6()?
            };
            // The port is free as soon as the server has ended, even if its clients hold
            // connections.
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            Ok(socket)
        };
        taken()
            .map(Port)
            .map_err(|error: std::io::Error| cannot_listen(address, error))
    }

    fn open(self) -> std::io::Result<TcpListener> {
        self.0.listen(BACKLOG)
    }
}

/// The port of the callers, and that of those who watch.
struct Ports {
    port: Port,
    watchers: Option<Port>,
}

/// How many connections may wait to be accepted; the kernel may allow fewer.
const BACKLOG: u32 = 1_024;

fn cannot_listen(address: SocketAddr, error: std::io::Error) -> Failure {
    let port = address.port();
    let remedy = match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "; another program has the port: `ss -ltnp 'sport = :{port}'` names it; stop it, or take another port"
        ),
        std::io::ErrorKind::AddrNotAvailable => {
            "; this machine has no such address: `ip address` names those that it has".to_owned()
        }
        std::io::ErrorKind::PermissionDenied => {
            "; this user may not take the port: take one above 1023, or let systemd give the right"
                .to_owned()
        }
        _ => String::new(),
    };
    Failure::work(format!("cannot listen on {address}{remedy}"), error)
}

/// A demo that is served.
struct Shown {
    demo: Demo,
    /// Whether its database stays.
    kept: bool,
    portal: DemoPortal,
}

/// The province of the demo, by statistics code.
fn demo_province() -> Result<ProvinceCode, Failure> {
    ProvinceCode::parse("08").map_err(|wrong| Failure::work("the demo has no province", wrong))
}

/// How a server begins, which decides what it prints first.
enum Beginning {
    /// With what is there.
    Again,
    /// With an empty installation and its administrator.
    First(FirstStart),
    /// With a made-up province.
    Demo(Box<Shown>),
}

impl Beginning {
    fn trials(&self) -> Vec<DemoRole> {
        let tokens = match self {
            Beginning::Demo(shown) => shown.demo.tokens.as_slice(),
            Beginning::Again | Beginning::First(_) => &[],
        };
        let trial = |(role, _, secret): &(Role, _, String)| DemoRole {
            role: *role,
            token: secret.clone(),
        };
        tokens.iter().map(trial).collect()
    }
}

/// Prints what the demo is, and its tokens.
fn introduce(demo: &Demo, kept: bool, database: &str) {
    println!(
        "DEMO: {} dossiers, all of them made up; {}",
        demo.dossiers,
        if kept {
            "the database stays"
        } else {
            "the database goes when the server stops"
        }
    );
    println!("database {}", store::shown(database));
    for (role, unit, secret) in &demo.tokens {
        println!("token {role} {unit} {secret}");
    }
}

/// Prints where the server answers: one line for browsers, and one a protocol.
fn announce(address: SocketAddr, is_encrypted: bool) {
    let scheme = if is_encrypted { "https" } else { "http" };
    println!("open {scheme}://{address}");
    println!("grpc {scheme}://{address}");
    println!("json {scheme}://{address}/motcua.v1.DossierService/GetDossier");
}

/// What to try in a shell.
fn invite(demo: &Demo, address: SocketAddr) {
    let chairman = demo
        .tokens
        .iter()
        .find(|(role, _, _)| *role == Role::Chairman);
    let Some((_, _, token)) = chairman else {
        return;
    };
    println!();
    println!(
        "try  curl -s http://{address}/motcua.v1.WorklistService/GetWorklistCounts \\\n       \
         -H 'content-type: application/json' -H 'authorization: Bearer {token}' -d '{{}}'"
    );
}

async fn serve(
    config: &Config,
    catalogue: Arc<Catalogue>,
    store: SeaStore,
    secret: Vec<u8>,
    ports: Ports,
    beginning: Beginning,
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
    for remote in &config.remote {
        let known = engine.catalogue(&remote.province);
        for missing in preflight::unknown(std::slice::from_ref(remote), &known) {
            tracing::warn!("{}", missing.in_language(Language::English));
        }
    }
    for reader in &config.reader {
        let known = engine.catalogue(&reader.province);
        for missing in preflight::unknown_units(std::slice::from_ref(reader), &known) {
            tracing::warn!("{}", missing.in_language(Language::English));
        }
    }
    if let Err(error) = engine.check_clock().await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "nothing can be written"
        );
    }
    tokio::spawn(Arc::clone(&engine).follow_catalogue(FOLLOW));
    tokio::spawn(Arc::clone(&engine).follow_token_uses(TOKEN_USES));
    tokio::spawn(Arc::clone(&engine).follow_viewings(VIEWINGS));
    tokio::spawn(Arc::clone(&engine).follow_jobs(FOLLOW, SETTLE));
    tokio::spawn(Arc::clone(&engine).follow_expiry(EXPIRY));
    tokio::spawn(Arc::clone(&engine).follow_models(FOLLOW, BEFORE_FITS));
    tokio::spawn(Arc::clone(&engine).follow_flags(FOLLOW, BEFORE_FLAGS));
    let limit = Duration::from_secs(config.shutdown_seconds);
    let limits = motcua_http::Settings {
        grace: limit,
        max_connections: config.connections,
        max_connections_per_peer: config.connections_per_address,
        trusted_proxies: config.proxies()?,
        certificate: config.certificate()?,
        ..motcua_http::Settings::default()
    };
    let mut services = grpc::serve::Settings {
        reflection: config.reflection,
        target: f64::from(config.on_time_target) / 100.0,
        streams_per_token: config.streams_per_token,
        origins: config.origins()?,
        slow: Duration::from_millis(config.slow_call_ms),
        beside: portal::inbound::describe(),
        ..grpc::serve::Settings::default()
    };
    if store.is_shared() {
        services.poll = POLL_SHARED;
    }
    let mut senders = remotes::senders(&config.remote)?;
    if let Beginning::Demo(shown) = &beginning {
        senders.push(shown.portal.sender.clone());
    }
    let accounts = Accounts::new(
        Arc::clone(&store) as Arc<dyn AccountStore>,
        Arc::clone(&engine),
    );
    let archive = Arc::clone(&store) as Arc<dyn Archive>;
    let workers = Workers::start(&engine, &archive, &accounts, config, !store.is_shared())?;
    let gate = Gate::new(&gate::Limits {
        max_calls: config.calls,
        ..gate::Limits::default()
    });
    engine.allow_lookups(config.lookups_per_minute);
    let health = Health::new(Arc::clone(&engine), gate.clone());
    let backups = config.backups();
    let observed = Observed::new(
        Arc::clone(&engine),
        Arc::clone(&store),
        health.clone(),
        backups.as_ref().map(|plan| plan.folder.clone()),
    );
    let watchers_health = health.clone();
    let uploads = Uploads::new(Arc::clone(&engine), archive, Arc::new(Reader));
    let (beside, until_the_end) = (Arc::clone(&engine), Arc::clone(&engine));
    let pages = Pages {
        accounts,
        engine: Arc::clone(&engine),
        gate: gate.clone(),
        settings: web::Settings {
            target: services.target,
            demo: beginning.trials(),
            secure: limits.certificate.is_some(),
            uploads: Some(uploads),
            ..web::Settings::default()
        },
    };
    let parts = vec![
        web::part(pages),
        portal::inbound::part(Arc::clone(&engine), gate.clone(), senders),
        grpc::serve::part(engine, gate.clone(), &health, &services),
    ];
    let site = motcua_http::site(health, parts);
    // Before anybody is told where we are: who is told may at once ask us to stop.
    let mut stop_signals = StopSignals::listen()?;
    // Everything that a caller may need is ready, so the port opens now.
    let listener = ports
        .port
        .open()
        .map_err(|error| cannot_listen(config.listen, error))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::work("cannot find the listening address", error))?;
    let is_encrypted = limits.certificate.is_some();
    match &beginning {
        Beginning::Demo(shown) => {
            introduce(&shown.demo, shown.kept, &config.database);
            announce(address, is_encrypted);
            invite(&shown.demo, address);
        }
        Beginning::First(first) => {
            first.introduce();
            announce(address, is_encrypted);
        }
        Beginning::Again => announce(address, is_encrypted),
    }
    // Logging starts now, so that no log line stands above the text for the reader.
    let _told = match beginning {
        Beginning::Again => None,
        Beginning::Demo(_) | Beginning::First(_) => Some(telemetry::start(config)?),
    };
    if let Beginning::Demo(shown) = beginning {
        let Shown { demo, portal, .. } = *shown;
        let desk = demo
            .tokens
            .iter()
            .find(|(role, ..)| *role == Role::Receptionist);
        if let (Some((_, unit, _)), None) = (desk, &limits.certificate) {
            portal.begin(beside, address, unit);
        }
    }
    if let Some(watchers) = ports.watchers {
        let cannot = |error| Failure::work("cannot open the port of the metrics", error);
        let listener = watchers.open().map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        println!("metrics http://{address}/metrics");
        let text = move || observed.clone().text();
        tokio::spawn(async move {
            if let Err(error) = motcua_http::watch(listener, watchers_health, text).await {
                tracing::error!(%error, "metrics are not shown any more");
            }
        });
    }
    if let Some(certificate) = &limits.certificate {
        tokio::spawn(follow_certificate(Arc::clone(certificate)));
    }
    if let Some(plan) = backups {
        tokio::spawn(backup::keep_up(config.clone(), plan));
    }
    if config.viewings_months > 0 {
        let engine = Arc::clone(&until_the_end);
        tokio::spawn(retention::keep_up(engine, config.viewings_months));
    }
    supervisor::say(&format!("READY=1\nSTATUS=serving on {address}"));
    tokio::spawn(supervisor::keep_alive());
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = store::shown(&config.database),
        schema = store::schema(),
        %address,
        "serving"
    );
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let hard = async {
        stop_signals.next().await;
        supervisor::say("STOPPING=1");
        tracing::info!(
            limit_s = config.shutdown_seconds,
            "stopping: running calls may finish"
        );
        let _running = stop.send(());
        stop_signals.next().await;
        tracing::warn!("asked again; what still runs is cut");
    };
    let served = tokio::select! {
        served = motcua_http::run(listener, site, &gate, &limits, async {
            let _asked = stopped.await;
        }) => served,
        () = hard => Ok(()),
    };
    workers.stop().await;
    if let Err(error) = until_the_end.note_viewings().await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "cannot note who looked last");
    }
    if let Err(error) = until_the_end.note_token_uses().await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "cannot note when tokens were last used");
    }
    if let Err(error) = store.close().await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the database did not close cleanly"
        );
    }
    served.map_err(|error| Failure::work("the server failed", error))?;
    Ok(ExitCode::SUCCESS)
}

/// How often open streams ask for writes of other processes. Those processes cannot notify this
/// one, and a reader should see an event within a second.
const POLL_SHARED: Duration = Duration::from_millis(500);

/// How often the files of the certificate are looked at.
const FOLLOW_CERTIFICATE: Duration = Duration::from_secs(10);

/// Takes a renewed certificate for new connections.
async fn follow_certificate(certificate: Arc<Certificate>) {
    let mut pause = tokio::time::interval(FOLLOW_CERTIFICATE);
    loop {
        pause.tick().await;
        match certificate.renew() {
            Ok(true) => tracing::info!("the certificate was renewed"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the certificate before stays in use"),
        }
    }
}

/// How often the server asks for catalogue texts that other processes published.
const FOLLOW: Duration = Duration::from_secs(1);

/// How long after the start the first sweep for flags comes. Desks that waited for the server come
/// first.
const BEFORE_FLAGS: Duration = Duration::from_secs(15);

/// How long after a start the first fit comes.
const BEFORE_FITS: Duration = Duration::from_secs(10 * 60);

/// How long a job waits after its order, so that by then every process receives by the new rules.
const SETTLE: Duration = Duration::from_secs(2);

/// How often it is noted when tokens were last used.
const TOKEN_USES: Duration = Duration::from_secs(60);

/// How long a look at personal values waits to be written.
const VIEWINGS: Duration = Duration::from_secs(1);

/// How often citizens' windows for papers are looked at. A window ends at a closing time, and a minute
/// later nobody has lost anything.
const EXPIRY: Duration = Duration::from_secs(60);

/// A write beyond the limit on file sizes (RLIMIT_FSIZE) kills a process unless it handles the
/// signal. With a handler the write fails as on a full disk: callers are told to retry, and the
/// server survives until there is room.
pub(crate) fn outlive_full_files() -> Result<(), Failure> {
    /// The signal's number on Linux and the BSDs.
    const SIGXFSZ: i32 = 25;
    // The handler stays installed although nothing waits for the signal.
    signal(SignalKind::from_raw(SIGXFSZ))
        .map(drop)
        .map_err(|error| Failure::work("cannot listen to signals", error))
}

/// SIGTERM and Ctrl-C, from the moment on at which they are listened to.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> Result<Self, Failure> {
        let on =
            |kind| signal(kind).map_err(|error| Failure::work("cannot listen to signals", error));
        Ok(Self {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn asked_to_stop() {
    let mut signals = StopSignals::listen().expect("signals can be listened to");
    signals.next().await;
}

/// Refuses a catalogue that changes a version already published to this database.
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
