//! The database goes away while thirty-two callers write, and comes back. Each caller is told to
//! retry, the server stays up and recovers by itself, and no answer is lost or half written.

use std::path::Path;
use std::process::Command;

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use super::audit::{Auditor, Whose};
use super::office::{CALLERS, Office, Working};
use super::program::{How, Program};
use super::seeded::Seeded;
use crate::backend::Backend;
use crate::cluster::{self, Stop};

/// A server at work, just before its database goes away.
pub struct Scene {
    url: String,
    folder: tempfile::TempDir,
    pub server: Program,
    pub office: Office,
    working: Option<Working>,
}

impl Scene {
    pub async fn begin(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut office = Office::open(url, CALLERS).await;
        let server = Program::serve(url, folder.path(), &How::default());
        let working = Some(office.work(&server.address).await);
        let scene = Self {
            url: url.to_owned(),
            folder,
            server,
            office,
            working,
        };
        scene.goes_on().await;
        scene
    }

    /// Waits until each caller could have had two more answers.
    pub async fn goes_on(&self) {
        let answers = self.office.ledger.count() + 2 * u64::from(CALLERS);
        self.office.reach(answers).await;
    }

    /// Waits until as many answers as there are callers have said to retry.
    pub async fn puts_off(&self) {
        let put_off = self.office.ledger.put_off() + u64::from(CALLERS);
        self.office.is_put_off(put_off).await;
    }

    /// Lets the callers finish, and compares the ledger with the database.
    pub async fn end(mut self) -> (u64, u64) {
        let working = self.working.take().unwrap();
        self.office.gather(working).await;
        assert!(self.server.is_there(), "the server stays up");
        // No connection broke, and after the outage every request was answered.
        assert_eq!(self.office.unanswered(), [""; 0]);
        let auditor = Auditor::of(&self.url).await.unwrap();
        let answers = self.office.ledger.since(0);
        let found = auditor.look(Whose::All(&answers)).await.unwrap();
        found.assert_clean("after the outage");
        let asked: std::collections::BTreeSet<_> = answers
            .iter()
            .map(|answer| answer.request.clone())
            .collect();
        assert_eq!(
            found.requests, asked,
            "nothing is there that nobody asked for"
        );
        auditor.close().await;
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        (self.office.ledger.count(), self.office.ledger.put_off())
    }
}

#[tokio::test]
async fn a_server_of_the_database_that_stops_and_starts_again_loses_no_answer() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let cluster = cluster::a_server_of_its_own();
    let url = cluster.url("postgres");
    ::store::migrate(&url, false).await.unwrap();
    let scene = Scene::begin(&url).await;
    for stop in [Stop::Fast, Stop::Immediate] {
        cluster.stop(stop);
        scene.puts_off().await;
        cluster.start();
        scene.goes_on().await;
    }
    let (answers, put_off) = scene.end().await;
    println!("PostgreSQL stopped twice: {answers} answers, {put_off} put off, 0 lost");
}

#[tokio::test]
async fn connections_that_the_database_ends_lose_no_answer() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let database = Backend::Postgres.database().await;
    let scene = Scene::begin(&database.url).await;
    let db = Database::connect(&database.url).await.unwrap();
    let mut seeded = Seeded(0x656e_6421);
    for _ in 0..40 {
        let next = scene.office.ledger.count() + 1 + seeded.below(40);
        scene.office.reach(next).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND application_name = 'motcua'";
        db.execute_unprepared(end).await.unwrap();
    }
    scene.goes_on().await;
    db.close().await.unwrap();
    let (answers, put_off) = scene.end().await;
    println!("connections ended 40 times: {answers} answers, {put_off} put off, 0 lost");
}

#[tokio::test]
async fn a_disk_that_is_full_for_a_while_loses_no_answer() {
    let database = Backend::Sqlite.database().await;
    let file = Path::new(database.url.strip_prefix("sqlite:").unwrap());
    let log = file.with_extension("db-wal");
    let scene = Scene::begin(&database.url).await;
    for _ in 0..2 {
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        // A few more pages, so that the disk fills up in the middle of a commit.
        let most = Ord::max(size(file), size(&log)) + 40_000;
        limit_files(&scene.server, &most.to_string());
        scene.puts_off().await;
        limit_files(&scene.server, "unlimited");
        scene.goes_on().await;
    }
    let (answers, put_off) = scene.end().await;
    println!("disk full twice: {answers} answers, {put_off} put off, 0 lost");
}

#[tokio::test]
async fn a_disk_of_the_database_server_that_is_full_for_a_while_loses_no_answer() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let cluster = cluster::a_server_of_its_own();
    let url = cluster.url("postgres");
    ::store::migrate(&url, false).await.unwrap();
    let db = cluster.connect("postgres").await;
    // The file of dossiers must outgrow all others; a rolled back insert keeps its space.
    let grown = "BEGIN; INSERT INTO dossier (province, id, version, status, procedure, channel, \
             resolving, begun, ended, due, last_event, first_record, last_record, fold) \
         SELECT '08', lpad(number::text, 26, '0'), 1, 1, 'x', 'desk', 'x', 0, 0, 0, 0, 0, 0, \
             repeat(md5(number::text), 200) \
         FROM generate_series(1, 60000) number; ROLLBACK";
    db.execute_unprepared(grown).await.unwrap();
    let scene = Scene::begin(&url).await;
    for _ in 0..2 {
        let size = number(&db, "SELECT pg_relation_size('dossier')").await;
        cluster.limit_files(&(size + 24_576).to_string());
        scene.puts_off().await;
        cluster.limit_files("unlimited");
        scene.goes_on().await;
    }
    db.close().await.unwrap();
    let (answers, put_off) = scene.end().await;
    println!("PostgreSQL's disk full twice: {answers} answers, {put_off} put off, 0 lost");
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql));
    row.await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Limits the size of every file that a server writes from now on.
fn limit_files(server: &Program, most: &str) {
    let done = Command::new("prlimit")
        .args(["--pid", &server.pid.to_string()])
        .arg(format!("--fsize={most}:unlimited"))
        .status();
    assert!(done.unwrap().success());
}

#[tokio::test]
async fn a_file_that_another_process_holds_locked_loses_no_answer() {
    let database = Backend::Sqlite.database().await;
    let scene = Scene::begin(&database.url).await;
    let db = Database::connect(&database.url).await.unwrap();
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let held = db.begin_with_options(immediate).await.unwrap();
    scene.puts_off().await;
    held.rollback().await.unwrap();
    scene.goes_on().await;
    db.close().await.unwrap();
    let (answers, put_off) = scene.end().await;
    println!("file locked: {answers} answers, {put_off} put off, 0 lost");
}
