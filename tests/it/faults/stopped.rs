//! A process that is stopped in the middle of a transaction, beside one that goes on.

use std::process::Command;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::office::{CALLERS, Office};
use super::program::{How, Program};
use crate::backend::Backend;

/// How long the wards of the other process may wait: until the server ends the transaction of the
/// stopped process, plus some time for a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_stopped_in_the_middle_of_a_batch_soon_holds_nobody_up() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let database = Backend::Postgres.database().await;
    let folder = tempfile::tempdir().unwrap();
    let serve = || Program::serve(&database.url, folder.path(), &How::default());
    let (stopped, goes_on) = (serve(), serve());
    let mut office = Office::open(&database.url, CALLERS).await;
    // One caller for each ward.
    let mut others = Office::open_for(&database.url, CALLERS..CALLERS + 4).await;
    let db = Database::connect(&database.url).await.unwrap();
    let working = office.work(&stopped.address).await;
    stop_in_a_transaction(&stopped, &db).await;

    let began = Instant::now();
    others.work_for(&goes_on.address, 8).await;
    let took = began.elapsed();
    assert!(took < PATIENCE, "they were held up for {took:?}");
    while is_writing(&db).await {
        assert!(began.elapsed() < PATIENCE, "its transaction is not ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    stopped.kill();
    office.gather(working).await;
}

/// Suspends a busy process after it has written and before it commits.
async fn stop_in_a_transaction(process: &Program, db: &DatabaseConnection) {
    for _ in 0..500 {
        tokio::time::sleep(Duration::from_millis(7)).await;
        signal("-STOP", process);
        // Messages on the way to the database arrive in this time.
        tokio::time::sleep(Duration::from_millis(30)).await;
        if is_writing(db).await {
            return;
        }
        signal("-CONT", process);
    }
    panic!("the process never stopped inside a transaction");
}

fn signal(which: &str, process: &Program) {
    let sent = Command::new("kill")
        .args([which, &process.pid.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Whether a session has written and waits for its client.
async fn is_writing(db: &DatabaseConnection) -> bool {
    let asked = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
         AND state = 'idle in transaction' AND backend_xid IS NOT NULL)";
    let asked = Statement::from_string(DbBackend::Postgres, asked);
    let row = db.query_one_raw(asked).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
