//! A database is backed up under load, lost, and put back: a drill.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use app::{Engine, Error, Parts};
use domain::code::{AnyCode, DossierCode};
use domain::role::Role;
use server::clock::{SystemClock, SystemIds};
use store::{Options, SeaStore};

use crate::backend::Backend;
use crate::faults::audit::{Auditor, Whose};
use crate::faults::ledger::Acknowledged;
use crate::faults::office::{CALLERS, Office};
use crate::faults::program::{How, Program};
use crate::import::command::motcua;
use crate::world::{PROVINCE, catalogue, who};

/// An engine beside the server, to read the feed with.
async fn reader(url: &str) -> (Arc<Engine>, Arc<SeaStore>) {
    let store = SeaStore::open(url, Options::default()).await.unwrap();
    let store = Arc::new(store);
    let engine = Engine::start(Parts {
        store: Arc::<SeaStore>::clone(&store),
        catalogue: catalogue(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secret: b"a secret of the tests".to_vec(),
        queue: 1,
    });
    (engine, store)
}

/// The cursor of the present end.
async fn end_of_feed(url: &str) -> String {
    let (engine, store) = reader(url).await;
    let province = who(Role::Province, PROVINCE);
    let page = engine.feed(&province, app::feed::NOW, 0).await.unwrap();
    store.close().await.unwrap();
    page.next
}

/// What a reader is told who goes on with a cursor.
async fn goes_on(url: &str, cursor: &str) -> Result<(), Error> {
    let (engine, store) = reader(url).await;
    let province = who(Role::Province, PROVINCE);
    let read = engine.feed(&province, cursor, 0).await;
    store.close().await.unwrap();
    read.map(drop)
}

/// A configuration with its key beside it.
fn configuration(folder: &Path, url: &str) -> PathBuf {
    let file = folder.join("motcua.toml");
    let key = folder.join("motcua.key");
    let text = format!(
        "database = \"{url}\"\nsecret_file = \"{}\"\n",
        key.display()
    );
    std::fs::write(&file, text).unwrap();
    file
}

/// Our own numbers that were told, with the dossier of each.
fn numbers(answers: &[Acknowledged]) -> HashMap<String, String> {
    let ours = answers.iter().filter(|answer| {
        let code = AnyCode::parse(&answer.code);
        code.is_ok_and(|code| DossierCode::read(&code).is_some())
    });
    ours.map(|answer| (answer.code.clone(), answer.dossier.clone()))
        .collect()
}

/// Takes the database away from the server that was killed.
async fn lose(on: Backend, url: &str) -> String {
    match on {
        Backend::Sqlite => {
            let file = url.strip_prefix("sqlite:").unwrap();
            for end in ["", "-wal", "-shm", "-lock"] {
                let lost = format!("{file}{end}");
                if Path::new(&lost).exists() {
                    std::fs::rename(&lost, format!("{lost}.lost")).unwrap();
                }
            }
            url.to_owned()
        }
        Backend::Postgres | Backend::Partitioned => on.empty().await.url,
    }
}

on_both!(a_backup_under_load_is_put_back_and_no_number_is_given_twice);

async fn a_backup_under_load_is_put_back_and_no_number_is_given_twice(on: Backend) {
    let database = on.database().await;
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), &database.url);
    let config = config.to_str().unwrap();
    let file = folder.path().join("backup");
    let file = file.to_str().unwrap();
    let serve = |url: &str| Program::serve(url, folder.path(), &How::default());

    let mut office = Office::open(&database.url, CALLERS).await;
    let server = serve(&database.url);
    let working = office.work(&server.address).await;
    office.reach(200).await;
    let before = office.ledger.since(0);
    let known = end_of_feed(&database.url).await;
    let began = Instant::now();
    motcua(&["backup", file, "--config", config]).await.unwrap();
    let taken = began.elapsed();
    let meanwhile = office.ledger.count() - before.len() as u64;
    office.reach(office.ledger.count() + 200).await;
    let kept = end_of_feed(&database.url).await;
    server.kill();
    office.gather(working).await;
    let told = numbers(&office.ledger.since(0));

    let refused = motcua(&["restore", file, "--config", config]).await;
    let refused = refused.unwrap_err();
    assert!(refused.contains("put back only"), "{refused}");
    let url = lose(on, &database.url).await;
    let again = configuration(folder.path(), &url);
    let again = again.to_str().unwrap();
    let began = Instant::now();
    motcua(&["restore", file, "--config", again]).await.unwrap();
    let restored = began.elapsed();
    motcua(&["verify", "--config", again]).await.unwrap();

    // What was answered before the backup began is there.
    let auditor = Auditor::of(&url).await.unwrap();
    let found = auditor.look(Whose::Of(&before)).await.unwrap();
    found.assert_clean("after the restoration");
    auditor.close().await;
    assert!(
        matches!(goes_on(&url, &kept).await, Err(Error::CursorExpired)),
        "who had read what is lost is told"
    );
    if on == Backend::Sqlite {
        goes_on(&url, &known).await.unwrap();
    }

    let mut others = Office::open_for(&url, CALLERS..CALLERS + 8).await;
    let server = serve(&url);
    others.work_for(&server.address, 100).await;
    let new = numbers(&others.ledger.since(0));
    assert!(new.len() > 4, "{new:?}");
    for (code, dossier) in &new {
        assert_eq!(
            told.get(code),
            None,
            "{code} was told of another dossier than {dossier}"
        );
    }
    assert!(
        matches!(goes_on(&url, &kept).await, Err(Error::CursorExpired)),
        "also when the feed has grown again"
    );
    server.kill();
    motcua(&["verify", "--config", again]).await.unwrap();
    println!(
        "{on:?}: {} answered before the backup, {meanwhile} during it, {} in all; backup {} ms, \
         restoration {} ms; {} numbers told, {} new ones, none twice",
        before.len(),
        office.ledger.count(),
        taken.as_millis(),
        restored.as_millis(),
        told.len(),
        new.len()
    );
}

on_both!(a_backup_put_back_twice_on_a_day_gives_no_number_of_the_first_time);

async fn a_backup_put_back_twice_on_a_day_gives_no_number_of_the_first_time(on: Backend) {
    use app::restoration::begin_again;
    use chrono::TimeDelta;
    use domain::time::Instant;

    let at = |minutes| {
        let morning: Instant = "2026-08-03T03:00:00Z".parse().unwrap();
        morning + TimeDelta::minutes(minutes)
    };
    let mut given = Vec::new();
    for minutes in [0, 20] {
        // The same backup each time: a world with one dossier.
        let world = crate::world::World::on(on, "2026-08-03 09:00").await;
        world
            .receive(crate::world::WARD, crate::world::THREE_DAYS)
            .await;
        let read = app::ports::Store::read(world.store.as_ref()).await.unwrap();
        let catalogues = app::Catalogues::read(catalogue(), read.as_ref())
            .await
            .unwrap();
        drop(read);
        let done = begin_again(world.store.as_ref(), &catalogues, at(minutes), None, false);
        done.await.unwrap();
        world.set("2026-08-03 10:30");
        let view = world
            .receive(crate::world::WARD, crate::world::THREE_DAYS)
            .await;
        given.push(view.dossier.label());
    }
    assert_eq!(given, ["H60.02215-260803-4002", "H60.02215-260803-4102"]);
}

#[tokio::test]
async fn a_server_takes_backups_by_itself_and_its_metrics_tell_their_age() {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("backups");
    std::fs::create_dir(&backups).unwrap();
    let how = How::default()
        .with("MOTCUA_BACKUP_FOLDER", backups.to_str().unwrap())
        .with("MOTCUA_METRICS_LISTEN", "127.0.0.1:0");
    let server = Program::serve(&database.url, folder.path(), &how);
    let metrics = server.metrics.clone().unwrap();
    let taken = crate::port::soon("a backup", async {
        loop {
            let text = crate::metrics::scrape(&metrics).await;
            let age = crate::metrics::value(&text, "motcua_backup_age_seconds");
            if age.is_some_and(f64::is_finite) {
                // A whole one gets its name before the name that it had in the making goes.
                let all = std::fs::read_dir(&backups).unwrap();
                let whole = all.filter(|entry| {
                    let name = entry.as_ref().unwrap().file_name();
                    !name.to_string_lossy().ends_with(".part")
                });
                return whole.count();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    assert_eq!(taken.await, 1);
    server.kill();
}
