//! A start costs the same, however much the database holds.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use super::office::Office;
use super::program::{How, Program};
use crate::backend::Backend;
use crate::store::data::{TestStore, a_dossier, a_store};

on_both!(a_start_and_its_first_write_read_as_much_of_a_large_database_as_of_a_small_one);

async fn a_start_and_its_first_write_read_as_much_of_a_large_database_as_of_a_small_one(
    on: Backend,
) {
    let small = read_by_a_start(on, 4_000).await;
    let large = read_by_a_start(on, 12_000).await;
    // A deeper index costs a few more pages. The additional dossiers alone take eight million
    // bytes. What a server reads of its own catalogues and for its own vacuum differs by some
    // quarter of a million from run to run.
    let more = if on.is_postgres() { 1_000_000 } else { 200_000 };
    assert!(
        large < small + more,
        "with 4,000 dossiers a start reads {small} bytes, with 12,000 {large}"
    );
}

/// How many bytes of the database a server reads until its first acknowledged write.
async fn read_by_a_start(on: Backend, dossiers: u64) -> u64 {
    let store = a_store(on).await;
    for first in (0..dossiers).step_by(1_000) {
        let last = Ord::min(first + 1_000, dossiers);
        let batch = (first..last).map(|number| a_dossier(number).received_change());
        store.write(batch.collect()).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let key = "5e".repeat(32);
    std::fs::write(folder.path().join("motcua.key"), &key).unwrap();
    let check = app::keys::Keys::new(key.as_bytes()).check();
    let kept = format!("INSERT INTO installation (one, key_check) VALUES (1, '{check}')");
    store.raw().await.execute_unprepared(&kept).await.unwrap();
    let mut office = Office::open(&store.url, 1).await;
    store.close().await.unwrap();
    let before = blocks(&store, on).await;
    let server = Program::serve(&store.url, folder.path(), &How::default());
    office.work_for(&server.address, 1).await;
    let read = server.read();
    server.kill();
    if on.is_postgres() {
        (blocks(&store, on).await - before) * 8_192
    } else {
        read
    }
}

/// How many blocks of tables and indexes the server has read for all sessions. PostgreSQL may keep a
/// session's counts back until the session ends, so this waits until all are gone.
async fn blocks(store: &TestStore, on: Backend) -> u64 {
    if !on.is_postgres() {
        return 0;
    }
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'motcua'";
    for _ in 0..1_000 {
        if store.number(others).await == 0 {
            let sql = "SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit \
                 + coalesce(toast_blks_read + toast_blks_hit, 0)) FROM pg_statio_user_tables";
            return store.number(sql).await.try_into().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a server that was killed keeps its connections");
}
