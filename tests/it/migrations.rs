//! The migrations make exactly the schema in `migrations/schema`.

use std::path::Path;

use ::store::{OpenError, Options, SeaStore, migrate};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

use crate::backend::{Backend, TestDatabase};

async fn raw(database: &TestDatabase) -> DatabaseConnection {
    let mut url = database.url.clone();
    if url.starts_with("sqlite:") {
        url.push_str("?mode=rwc");
    }
    let mut options = ConnectOptions::new(url);
    options.max_connections(1);
    Database::connect(options).await.unwrap()
}

/// The schema of a backend, and the file that holds it.
fn kept(on: Backend) -> (&'static str, &'static str) {
    match on {
        Backend::Sqlite => (migrations::SQLITE, "sqlite.sql"),
        Backend::Postgres | Backend::Partitioned => (migrations::POSTGRES, "postgres.sql"),
    }
}

async fn change(database: &TestDatabase, sql: &str) {
    let db = raw(database).await;
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

async fn refusal(database: &TestDatabase) -> OpenError {
    SeaStore::open(&database.url, Options::default())
        .await
        .err()
        .expect("refused")
}

on_both!(a_fresh_database_has_exactly_the_schema_in_the_file);

async fn a_fresh_database_has_exactly_the_schema_in_the_file(on: Backend) {
    let database = on.empty().await;
    migrate(&database.url, false).await.unwrap();
    let db = raw(&database).await;
    let text = migrations::schema_text(&migrations::objects(&db).await.unwrap());
    db.close().await.unwrap();
    let (expected, file) = kept(on);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../migrations/schema")
        .join(file);
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(kept, text).unwrap();
        return;
    }
    assert_eq!(text, expected, "set UPDATE_SCHEMA=1 to write the file anew");
}

on_both!(a_database_of_another_program_stays_as_it_is);

async fn a_database_of_another_program_stays_as_it_is(on: Backend) {
    let database = on.empty().await;
    change(&database, "CREATE TABLE theirs (x INTEGER)").await;
    let refused = [
        refusal(&database).await,
        migrate(&database.url, true).await.unwrap_err(),
        migrate(&database.url, false).await.unwrap_err(),
    ];
    for why in refused {
        let why = why.to_string();
        assert!(
            why.contains("belongs to another program: it has table theirs"),
            "{why}"
        );
    }
    let db = raw(&database).await;
    let objects = migrations::objects(&db).await.unwrap();
    db.close().await.unwrap();
    assert_eq!(objects.len(), 1, "{objects:?}");
}

on_both!(no_object_of_the_schema_holds_what_separates_objects);

async fn no_object_of_the_schema_holds_what_separates_objects(on: Backend) {
    let database = on.empty().await;
    migrate(&database.url, false).await.unwrap();
    let db = raw(&database).await;
    for object in migrations::objects(&db).await.unwrap() {
        assert!(!object.contains(migrations::BETWEEN_OBJECTS), "{object}");
    }
}

on_both!(migrating_twice_is_migrating_once);

async fn migrating_twice_is_migrating_once(on: Backend) {
    let database = on.empty().await;
    let first = migrate(&database.url, false).await.unwrap();
    assert!(!first.is_empty());
    assert_eq!(
        migrate(&database.url, false).await.unwrap(),
        Vec::<String>::new()
    );
    SeaStore::open(&database.url, Options::default())
        .await
        .unwrap();
}

on_both!(a_dry_run_names_the_migrations_and_touches_nothing);

async fn a_dry_run_names_the_migrations_and_touches_nothing(on: Backend) {
    let database = on.empty().await;
    let named = migrate(&database.url, true).await.unwrap();
    match (on, refusal(&database).await) {
        (Backend::Sqlite, OpenError::Missing { .. }) => {}
        (Backend::Postgres, OpenError::Unmigrated { pending }) => assert_eq!(pending, named),
        (_, other) => panic!("{other:?}"),
    }
    assert_eq!(migrate(&database.url, false).await.unwrap(), named);
    assert!(migrate(&database.url, true).await.unwrap().is_empty());
}

on_both!(an_unmigrated_database_is_refused_and_told_what_to_run);

async fn an_unmigrated_database_is_refused_and_told_what_to_run(on: Backend) {
    let database = on.empty().await;
    // On SQLite this makes the file.
    change(&database, "CREATE TABLE other (id INTEGER)").await;
    change(&database, "DROP TABLE other").await;
    let refused = refusal(&database).await;
    assert!(matches!(refused, OpenError::Unmigrated { .. }));
    assert!(
        refused.to_string().ends_with("run `motcua migrate`"),
        "{refused}"
    );
}

on_both!(a_database_of_a_newer_motcua_is_refused_by_opening_and_by_migrating);

async fn a_database_of_a_newer_motcua_is_refused_by_opening_and_by_migrating(on: Backend) {
    let database = on.empty().await;
    migrate(&database.url, false).await.unwrap();
    change(
        &database,
        "INSERT INTO migration (version, applied_at) VALUES ('m29991231_000001_later', 0)",
    )
    .await;
    assert!(matches!(
        refusal(&database).await,
        OpenError::Newer { unknown } if unknown == ["m29991231_000001_later"]
    ));
    assert!(matches!(
        migrate(&database.url, false).await,
        Err(OpenError::Newer { .. })
    ));
}

on_every_database!(a_half_applied_schema_is_refused_and_names_what_is_missing);

async fn a_half_applied_schema_is_refused_and_names_what_is_missing(on: Backend) {
    let database = on.database().await;
    let drop = if on.is_postgres() {
        "DROP TRIGGER event_is_never_deleted ON event"
    } else {
        "DROP TRIGGER event_is_never_deleted"
    };
    change(&database, drop).await;
    let refused = refusal(&database).await;
    assert!(
        refused
            .to_string()
            .contains("CREATE TRIGGER event_is_never_deleted"),
        "{refused}"
    );
}

on_both!(a_migration_that_fails_leaves_nothing_behind);

async fn a_migration_that_fails_leaves_nothing_behind(on: Backend) {
    let database = on.empty().await;
    // The second statement of the first migration fails, because the name is taken.
    change(&database, "CREATE VIEW event AS SELECT 1 AS id").await;
    assert!(matches!(
        migrate(&database.url, false).await,
        Err(OpenError::Database(_))
    ));
    let db = raw(&database).await;
    let objects = migrations::objects(&db).await.unwrap();
    assert!(
        !objects
            .iter()
            .any(|sql| sql.starts_with("CREATE TABLE dossier")),
        "{objects:?}"
    );
}

on_every_database!(an_index_of_the_operator_is_no_obstacle);

async fn an_index_of_the_operator_is_no_obstacle(on: Backend) {
    let database = on.database().await;
    change(&database, "CREATE INDEX theirs ON dossier (procedure)").await;
    SeaStore::open(&database.url, Options::default())
        .await
        .unwrap();
}

on_both!(each_database_has_a_feed_of_its_own);

async fn each_database_has_a_feed_of_its_own(on: Backend) {
    use app::ports::{LookAtEnds, Scope, Store};
    let whole = Scope::Province(domain::id::ProvinceCode::parse("08").unwrap());
    let mut feeds = Vec::new();
    for _ in 0..2 {
        let database = on.empty().await;
        migrate(&database.url, false).await.unwrap();
        let store = SeaStore::open(&database.url, Options::default())
            .await
            .unwrap();
        let head = store.feed_head().await.unwrap();
        let read = store.read().await.unwrap();
        assert_eq!(head.feed.len(), 32);
        let everything = read.feed(&whole, 0, head.last, 10).await.unwrap();
        assert!(everything.is_empty());
        feeds.push(head.feed);
    }
    assert_ne!(feeds[0], feeds[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_migrate_at_the_same_time_migrate_once() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let database = Backend::Postgres.empty().await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move { migrate(&url, false).await.unwrap().len() })
        })
        .collect();
    let mut applied = Vec::new();
    for task in tasks {
        applied.push(task.await.unwrap());
    }
    applied.sort_unstable();
    assert_eq!(applied, [0, 0, 0, migrations::names().len()]);
}
