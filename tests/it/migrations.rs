//! The schema: what the migrations make is what `schema/sqlite.sql` says.

use std::path::Path;

use ::store::{OpenError, Options, SeaStore, migrate};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

/// A database file that nobody else has, and its directory to keep it alive.
struct File {
    _directory: tempfile::TempDir,
    url: String,
}

fn a_file() -> File {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("motcua.db").display());
    File {
        _directory: directory,
        url,
    }
}

async fn raw(file: &File) -> DatabaseConnection {
    Database::connect(format!("{}?mode=rwc", file.url))
        .await
        .unwrap()
}

async fn change(file: &File, sql: &str) {
    let db = raw(file).await;
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

async fn refusal(file: &File) -> OpenError {
    SeaStore::open(&file.url, Options::default())
        .await
        .err()
        .expect("refused")
}

#[tokio::test]
async fn a_fresh_database_has_exactly_the_schema_in_the_file() {
    let file = a_file();
    migrate(&file.url, false).await.unwrap();
    let db = raw(&file).await;
    let text = migrations::schema_text(&migrations::objects(&db).await.unwrap());
    db.close().await.unwrap();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/schema/sqlite.sql");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(kept, text).unwrap();
        return;
    }
    assert_eq!(
        text,
        migrations::SQLITE,
        "set UPDATE_SCHEMA=1 to write the file anew"
    );
}

#[tokio::test]
async fn no_object_of_the_schema_holds_what_separates_objects() {
    let file = a_file();
    migrate(&file.url, false).await.unwrap();
    let db = raw(&file).await;
    for object in migrations::objects(&db).await.unwrap() {
        assert!(!object.contains(migrations::BETWEEN_OBJECTS), "{object}");
    }
}

#[tokio::test]
async fn migrating_twice_is_migrating_once() {
    let file = a_file();
    let first = migrate(&file.url, false).await.unwrap();
    assert!(!first.is_empty());
    assert_eq!(
        migrate(&file.url, false).await.unwrap(),
        Vec::<String>::new()
    );
    SeaStore::open(&file.url, Options::default()).await.unwrap();
}

#[tokio::test]
async fn a_dry_run_names_the_migrations_and_touches_nothing() {
    let file = a_file();
    let named = migrate(&file.url, true).await.unwrap();
    assert!(matches!(refusal(&file).await, OpenError::Missing { .. }));
    assert_eq!(migrate(&file.url, false).await.unwrap(), named);
    assert!(migrate(&file.url, true).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_unmigrated_database_is_refused_and_told_what_to_run() {
    let file = a_file();
    change(&file, "CREATE TABLE other (id INTEGER)").await;
    let refused = refusal(&file).await;
    assert!(matches!(refused, OpenError::Unmigrated { .. }));
    assert!(
        refused.to_string().ends_with("run `motcua migrate`"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_database_of_a_newer_motcua_is_refused_by_opening_and_by_migrating() {
    let file = a_file();
    migrate(&file.url, false).await.unwrap();
    change(
        &file,
        "INSERT INTO migration (version, applied_at) VALUES ('m29991231_000001_later', 0)",
    )
    .await;
    assert!(matches!(
        refusal(&file).await,
        OpenError::Newer { unknown } if unknown == ["m29991231_000001_later"]
    ));
    assert!(matches!(
        migrate(&file.url, false).await,
        Err(OpenError::Newer { .. })
    ));
}

#[tokio::test]
async fn a_half_applied_schema_is_refused_and_names_what_is_missing() {
    let file = a_file();
    migrate(&file.url, false).await.unwrap();
    change(&file, "DROP TRIGGER event_is_never_deleted").await;
    let refused = refusal(&file).await;
    assert!(
        refused
            .to_string()
            .contains("CREATE TRIGGER event_is_never_deleted"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    let file = a_file();
    // The second statement of the first migration fails, for the name is taken.
    change(&file, "CREATE TABLE event (id INTEGER)").await;
    assert!(matches!(
        migrate(&file.url, false).await,
        Err(OpenError::Database(_))
    ));
    let db = raw(&file).await;
    let objects = migrations::objects(&db).await.unwrap();
    assert!(
        !objects
            .iter()
            .any(|sql| sql.starts_with("CREATE TABLE dossier")),
        "{objects:?}"
    );
}

#[tokio::test]
async fn an_index_of_the_operator_is_no_obstacle() {
    let file = a_file();
    migrate(&file.url, false).await.unwrap();
    change(&file, "CREATE INDEX theirs ON dossier (procedure)").await;
    SeaStore::open(&file.url, Options::default()).await.unwrap();
}

#[tokio::test]
async fn each_database_has_a_feed_of_its_own() {
    use app::ports::Store;
    let mut feeds = Vec::new();
    for _ in 0..2 {
        let file = a_file();
        migrate(&file.url, false).await.unwrap();
        let store = SeaStore::open(&file.url, Options::default()).await.unwrap();
        let head = store.read().await.unwrap().feed_head().await.unwrap();
        assert_eq!((head.feed.len(), head.last), (32, 0));
        feeds.push(head.feed);
    }
    assert_ne!(feeds[0], feeds[1]);
}
