//! Events that an earlier version wrote whole are brought into the present form, in pieces, and keep
//! their bytes.

use std::collections::BTreeMap;

use ::store::{OpenError, migrate_and_tell};
use app::ports::Store;
use domain::id::DossierId;
use domain::role::Role;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::backend::Backend;
use crate::import::command::motcua;
use crate::import::hidden::Desk;
use crate::verify::{differences, office, unguarded};
use crate::world::{THREE_DAYS, WARD, World, who};

/// The bytes of every record, by dossier.
async fn bytes(world: &World) -> BTreeMap<String, Vec<Vec<u8>>> {
    let db = Database::connect(&world.url).await.unwrap();
    let ids = texts(&db, "SELECT id FROM dossier").await;
    let read = world.store.read().await.unwrap();
    let mut all = BTreeMap::new();
    for id in ids {
        let key = (
            who(Role::Leader, WARD).province,
            DossierId::parse(&id).unwrap(),
        );
        all.insert(id, read.record_bytes(&key).await.unwrap());
    }
    all
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let texts = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    texts.collect()
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

async fn whole(db: &DatabaseConnection) -> i64 {
    number(db, "SELECT count(*) FROM event WHERE role IS NULL").await
}

/// Makes each event what an earlier version wrote, by statements that share nothing with the store.
async fn as_before(world: &World, on: Backend) -> DatabaseConnection {
    let (text, blob) = if on.is_postgres() {
        ("convert_from(bytes, 'UTF8')", ["convert_to(", ", 'UTF8')"])
    } else {
        ("CAST(bytes AS TEXT)", ["CAST(", " AS BLOB)"])
    };
    let [begin, end] = blob;
    let older = format!(
        "UPDATE event SET bytes = {begin}'{{\"actor\":\"' || actor || '\",\"dossier\":\"' || dossier \
             || '\",\"event\":' || {text} || ',\"event_time\":' || event_time \
             || ',\"province\":\"' || province || '\",\"record_time\":' || record_time \
             || ',\"request_id\":\"' || request_id || '\",\"role\":\"' || role \
             || '\",\"unit\":\"' || unit || '\",\"version\":' || version || '}}'{end}, \
             role = NULL, unit = NULL, digest = NULL"
    );
    let begun =
        "INSERT INTO whole_events SELECT DISTINCT province, -9223372036854775807 FROM dossier";
    unguarded(world, on, &[older, begun.to_owned()]).await
}

/// Migrates, and returns what was told.
async fn migrated(world: &World, dry_run: bool) -> Result<Vec<(u64, u64)>, OpenError> {
    let mut told = Vec::new();
    let mut tell = |done, of| told.push((done, of));
    let applied = migrate_and_tell(&world.url, dry_run, &mut tell).await?;
    assert_eq!(applied, Vec::<String>::new());
    Ok(told)
}

on_every_database!(events_of_an_earlier_version_are_rewritten_and_keep_their_bytes);

async fn events_of_an_earlier_version_are_rewritten_and_keep_their_bytes(on: Backend) {
    let world = office(on).await;
    let before = bytes(&world).await;
    let db = as_before(&world, on).await;
    let events = whole(&db).await;
    assert!(events > 50, "{events}");
    assert_eq!(
        bytes(&world).await,
        before,
        "the older form is read as well"
    );
    assert_eq!(differences(&world).await, Vec::<String>::new());
    // Whoever is served meanwhile writes the present form beside it.
    let received = world.receive(WARD, THREE_DAYS).await;
    world.finish(received).await;
    let before = bytes(&world).await;
    assert_eq!(whole(&db).await, events);

    let all = u64::try_from(events).unwrap();
    assert_eq!(migrated(&world, true).await.unwrap(), [(0, all)]);
    assert_eq!(whole(&db).await, events, "a dry run changes nothing");
    let told = migrated(&world, false).await.unwrap();
    assert_eq!(told.last(), Some(&(all, all)), "{told:?}");
    assert_eq!(whole(&db).await, 0);
    assert_eq!(bytes(&world).await, before);
    assert_eq!(differences(&world).await, Vec::<String>::new());
    assert_eq!(migrated(&world, false).await.unwrap(), []);
    assert_eq!(migrated(&world, true).await.unwrap(), [(0, 0)]);
    motcua(&["verify", "--database", &world.url]).await.unwrap();
}

on_both!(an_event_that_is_damaged_is_named_and_nothing_after_it_is_touched);

async fn an_event_that_is_damaged_is_named_and_nothing_after_it_is_touched(on: Backend) {
    let text = if on.is_postgres() {
        "convert_to(replace(convert_from(bytes, 'UTF8'), '{', '{ '), 'UTF8')"
    } else {
        "CAST(replace(CAST(bytes AS TEXT), '{', '{ ') AS BLOB)"
    };
    for (damage, said) in [
        ("bytes = content".to_owned(), "its bytes are no event"),
        (
            "actor = 'someone-else'".to_owned(),
            "its bytes say otherwise than its columns",
        ),
        (
            format!("bytes = {text}"),
            "its bytes say otherwise than its columns",
        ),
    ] {
        let world = office(on).await;
        let before = bytes(&world).await;
        as_before(&world, on).await.close().await.unwrap();
        let place = "(SELECT seq FROM event WHERE seq > 0 ORDER BY seq LIMIT 1 OFFSET 6)";
        let kept =
            format!("CREATE TABLE kept AS SELECT seq, actor, bytes FROM event WHERE seq = {place}");
        let spoil = format!("UPDATE event SET {damage} WHERE seq = {place}");
        let db = unguarded(&world, on, &[kept, spoil]).await;
        let (all, at) = (whole(&db).await, number(&db, "SELECT seq FROM kept").await);
        let dossier = format!("SELECT dossier FROM event WHERE seq = {at}");
        let dossier = texts(&db, &dossier).await.remove(0);

        for _again in 0..2 {
            let Err(OpenError::Damaged(damaged)) = migrated(&world, false).await else {
                panic!("{damage}: it was not refused");
            };
            assert_eq!(
                (damaged.place, damaged.dossier.as_str()),
                (at, dossier.as_str())
            );
            assert_eq!(damaged.what, said);
            let untouched = format!("SELECT count(*) FROM event WHERE role IS NULL AND seq < {at}");
            assert_eq!(number(&db, &untouched).await, 0);
            let left = whole(&db).await;
            assert!(left > 0 && left < all, "{left} of {all}");
        }
        let now = bytes(&world).await;
        for (id, bytes) in before.iter().filter(|(id, _)| **id != dossier) {
            assert_eq!(now.get(id), Some(bytes), "{damage}");
        }

        let mend = "UPDATE event SET actor = (SELECT actor FROM kept), bytes = (SELECT bytes FROM kept) \
                    WHERE seq = (SELECT seq FROM kept)";
        unguarded(&world, on, &[mend.to_owned(), "DROP TABLE kept".to_owned()]).await;
        migrated(&world, false).await.unwrap();
        assert_eq!(whole(&db).await, 0);
        assert_eq!(bytes(&world).await, before);
        assert_eq!(differences(&world).await, Vec::<String>::new());
    }
}

on_both!(whoever_is_killed_between_two_pieces_goes_on_where_it_was);

async fn whoever_is_killed_between_two_pieces_goes_on_where_it_was(on: Backend) {
    let world = World::on(on, "2026-08-21 08:00").await;
    Desk::beside(&world).await.run(800).await;
    let before = bytes(&world).await;
    let db = as_before(&world, on).await;
    let all = u64::try_from(whole(&db).await).unwrap();
    assert!(all > 1_000, "{all} events are no three pieces");
    let url = world.url.clone();
    let killed = tokio::spawn(async move {
        let mut tell = |_, _| panic!("killed after the first piece");
        migrate_and_tell(&url, false, &mut tell).await.map(drop)
    });
    assert!(killed.await.is_err());
    let left = u64::try_from(whole(&db).await).unwrap();
    assert_eq!(left, all - 500);
    assert_eq!(bytes(&world).await, before);
    let told = migrated(&world, false).await.unwrap();
    assert_eq!(told.last(), Some(&(left, left)));
    assert_eq!(bytes(&world).await, before);
    assert_eq!(differences(&world).await, Vec::<String>::new());
}
