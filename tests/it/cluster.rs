//! A PostgreSQL server for one run of the tests. The first test that needs it starts it, and it
//! ends with the last.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tokio::sync::OnceCell;

/// How to make a test's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// With the schema that `migrate` makes.
    Plain,
    /// The same tables, partitioned by province.
    Partitioned,
    /// Without any table.
    Empty,
}

/// Whether PostgreSQL is skipped.
///
/// Panics if it is not installed and nobody asked to skip it.
pub fn is_skipped() -> bool {
    server().is_none()
}

/// The address of a new database.
///
/// Databases are not dropped one by one: dropping flushes all files of all databases, which
/// takes longer than any test. They go with the server.
pub async fn database(shape: Shape) -> String {
    let server = server().expect("a test that is skipped wants no database");
    let template = match shape {
        Shape::Plain => {
            static MADE: OnceCell<()> = OnceCell::const_new();
            MADE.get_or_init(|| make_plain(server)).await;
            "plain"
        }
        Shape::Partitioned => {
            static MADE: OnceCell<()> = OnceCell::const_new();
            MADE.get_or_init(|| make_partitioned(server)).await;
            "partitioned"
        }
        Shape::Empty => "template1",
    };
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let db = server.connect("postgres").await;
    run(&db, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    db.close().await.unwrap();
    server.url(&name)
}

async fn make_plain(server: &Server) {
    server.create("plain").await;
    store::migrate(&server.url("plain"), false).await.unwrap();
}

/// Partitions the tables that grow with dossiers: one partition for the tests' province, and a
/// rest.
pub async fn make_partitioned(server: &Server) {
    const SPLIT: [&str; 11] = [
        "dossier", "event", "code", "counter", "interest", "personal", "secret", "tally", "origin",
        "flag", "foretold",
    ];
    server.create("partitioned").await;
    let db = server.connect("partitioned").await;
    for object in migrations::POSTGRES
        .trim_end_matches(";\n")
        .split(migrations::BETWEEN_OBJECTS)
    {
        let table = SPLIT
            .iter()
            .find(|name| object.starts_with(&format!("CREATE TABLE {name} (")));
        let Some(table) = table else {
            run(&db, object).await;
            continue;
        };
        run(&db, &format!("{object} PARTITION BY LIST (province)")).await;
        run(
            &db,
            &format!("CREATE TABLE {table}_08 PARTITION OF {table} FOR VALUES IN ('08')"),
        )
        .await;
        run(
            &db,
            &format!("CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT"),
        )
        .await;
    }
    // The rows that the migrations wrote.
    for name in store::migrate(&server.url("partitioned"), true)
        .await
        .unwrap()
    {
        run(&db, &format!("INSERT INTO migration VALUES ('{name}', 0)")).await;
    }
    run(
        &db,
        "INSERT INTO feed (one, lift, home, id) VALUES (1, 0, 0, md5(random()::text))",
    )
    .await;
    db.close().await.unwrap();
}

async fn run(db: &DatabaseConnection, sql: &str) {
    if let Err(error) = db.execute_unprepared(sql).await {
        panic!("{sql}: {error}");
    }
}

/// A server, and the process that stops it when its input closes. That happens when this value is
/// dropped or this process ends, whether the tests pass, panic or are killed.
pub struct Server {
    address: String,
    watch: Mutex<Child>,
    said: Mutex<BufReader<ChildStdout>>,
}

/// How to stop a server.
#[derive(Debug, Clone, Copy)]
pub enum Stop {
    /// Ends all connections and shuts down.
    Fast,
    /// As in a crash: only what is on disk survives.
    Immediate,
}

impl Server {
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.address)
    }

    pub async fn connect(&self, database: &str) -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new(self.url(database));
        // On a busy machine, connecting takes time.
        options
            .max_connections(1)
            .connect_timeout(Duration::from_secs(60))
            .acquire_timeout(Duration::from_secs(60))
            .sqlx_logging(false);
        Database::connect(options).await.unwrap()
    }

    /// Stops the server, and returns once it is gone.
    pub fn stop(&self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.order(&format!("stop {mode}"), "stopped");
    }

    /// Starts the server again, and returns once it accepts connections.
    pub fn start(&self) {
        self.order("start", "started");
    }

    /// Where its log lies.
    pub async fn log(&self) -> PathBuf {
        let db = self.connect("postgres").await;
        let ask = Statement::from_string(db.get_database_backend(), "SHOW data_directory");
        let row = db.query_one_raw(ask).await.unwrap().unwrap();
        let data: String = row.try_get_by_index(0).unwrap();
        db.close().await.unwrap();
        PathBuf::from(data).parent().unwrap().join("log")
    }

    /// Limits the size of its files to so many bytes, or lifts the limit with `unlimited`.
    pub fn limit_files(&self, most: &str) {
        self.order(&format!("limit {most}"), "limited");
    }

    /// Suspends all its processes, so that the server neither answers nor closes a connection.
    pub fn freeze(&self) {
        self.order("freeze", "frozen");
    }

    /// Resumes the suspended processes.
    pub fn thaw(&self) {
        self.order("thaw", "thawed");
    }

    fn order(&self, what: &str, done: &str) {
        let mut watch = self.watch.lock().unwrap();
        writeln!(watch.stdin.as_mut().unwrap(), "{what}").unwrap();
        let mut said = String::new();
        self.said.lock().unwrap().read_line(&mut said).unwrap();
        assert_eq!(said.trim_end(), done, "{what}");
    }

    async fn create(&self, database: &str) {
        let db = self.connect("postgres").await;
        run(&db, &format!("CREATE DATABASE {database}")).await;
        db.close().await.unwrap();
    }
}

/// A separate server whose settings a test may change. It stops when dropped.
pub fn a_server_of_its_own() -> Server {
    start()
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            if std::env::var("MOTCUA_SKIP_POSTGRES").is_ok_and(|value| value == "1") {
                // A macro's output would be captured by the test harness.
                let said = b"\nSKIPPED: MOTCUA_SKIP_POSTGRES=1, nothing is proved on PostgreSQL\n";
                std::io::stderr().write_all(said).unwrap();
                return None;
            }
            Some(start())
        })
        .as_ref()
}

fn start() -> Server {
    let programs = programs().expect(
        "PostgreSQL 15 or newer is needed: initdb and pg_ctl in PATH or in \
         /usr/lib/postgresql/*/bin; MOTCUA_SKIP_POSTGRES=1 goes without",
    );
    // Another process may take the free port before the server does.
    let mut why = String::new();
    for _ in 0..3 {
        match start_in(&programs) {
            Ok(server) => return server,
            Err(said) => why = said,
        }
    }
    panic!("PostgreSQL does not start: {why}");
}

fn start_in(programs: &std::path::Path) -> Result<Server, String> {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut watch = Command::new("sh")
        .arg("-c")
        .arg(include_str!("cluster.sh"))
        .arg(include_str!("cluster.sh"))
        .arg(programs)
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Ctrl-C must end the tests, but not the process that cleans up after them.
        .process_group(0)
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut said = BufReader::new(watch.stdout.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first)
        .map_err(|error| error.to_string())?;
    match first.trim_end().strip_prefix("ready ") {
        Some(address) => Ok(Server {
            address: address.to_owned(),
            watch: Mutex::new(watch),
            said: Mutex::new(said),
        }),
        None => {
            let mut rest = String::new();
            said.read_to_string(&mut rest)
                .map_err(|error| error.to_string())?;
            Err(first + &rest)
        }
    }
}

/// The folder of PostgreSQL's programs. If they are not in PATH, Debian's newest version.
fn programs() -> Option<PathBuf> {
    let in_path = std::env::var_os("PATH")?;
    let mut places: Vec<PathBuf> = std::env::split_paths(&in_path).collect();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    places.extend(versions.into_iter().rev().map(|(_, place)| place));
    places
        .into_iter()
        .find(|place| place.join("initdb").is_file() && place.join("pg_ctl").is_file())
}
