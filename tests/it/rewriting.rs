//! Rows that an earlier version wrote are brought into their present form, in pieces: events keep their bytes,
//! and hashes are halved.

use std::collections::BTreeMap;

use ::store::{OpenError, migrate_and_tell};
use app::ports::{Scope, Store, Wanted, WriteBatches};
use domain::digest::hex;
use domain::dossier::Record;
use domain::id::DossierId;
use domain::role::Role;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::Value;

use crate::backend::Backend;
use crate::import::command::motcua;
use crate::import::hidden::Desk;
use crate::verify::{differences, office};
use crate::world::{THREE_DAYS, WARD, World, who};

/// The migration that makes the present table.
const MIGRATION: &str = "m20261201_000541_compact_events";

/// The one after it, which halves hashes.
const HASHED: &str = "m20261201_000542_half_hashes";

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

/// The feed: each place with its record.
async fn feed(world: &World) -> Vec<(u64, Record)> {
    let read = world.store.read().await.unwrap();
    let scope = Scope::Province(who(Role::Leader, WARD).province);
    read.feed(&scope, 0, u64::MAX, 100_000).await.unwrap()
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

/// The table of events as the version before had it.
fn older_table(on: Backend) -> String {
    let (number, blob, text) = match on {
        Backend::Sqlite => ("INTEGER", "BLOB", "TEXT"),
        Backend::Postgres | Backend::Partitioned => ("BIGINT", "BYTEA", "TEXT COLLATE \"C\""),
    };
    let (seq, primary, end) = match on {
        Backend::Sqlite => ("INTEGER PRIMARY KEY AUTOINCREMENT", "", ") STRICT"),
        Backend::Postgres => ("BIGINT NOT NULL", "PRIMARY KEY (province, seq),", ")"),
        Backend::Partitioned => (
            "BIGINT NOT NULL",
            "PRIMARY KEY (province, seq),",
            ") PARTITION BY LIST (province);
             CREATE TABLE event_08 PARTITION OF event FOR VALUES IN ('08');
             CREATE TABLE event_rest PARTITION OF event DEFAULT",
        ),
    };
    format!(
        "CREATE TABLE event (
            seq {seq}, province {text} NOT NULL, dossier {text} NOT NULL, version {number} NOT NULL,
            event_time {number} NOT NULL, record_time {number} NOT NULL, actor {text} NOT NULL,
            request_id {text} NOT NULL CHECK (length(request_id) = 36), part INTEGER NOT NULL,
            content {blob} NOT NULL CHECK (length(content) = 32), bytes {blob} NOT NULL,
            prev_hash {blob}, hash {blob}, role {text}, unit {text}, digest {blob}, {primary}
            UNIQUE (province, dossier, version),
            UNIQUE (province, actor, request_id, part),
            FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
        {end};
        CREATE TABLE whole_events (province {text} NOT NULL PRIMARY KEY, after {number} NOT NULL);"
    )
}

/// What guards that table.
fn older_guards(on: Backend) -> String {
    let (does, emptied) = match on {
        Backend::Sqlite => ("BEGIN SELECT RAISE(ABORT, 'never'); END", ""),
        Backend::Postgres | Backend::Partitioned => (
            "FOR EACH STATEMENT EXECUTE FUNCTION event_is_never_deleted()",
            "CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event \
             FOR EACH STATEMENT EXECUTE FUNCTION event_is_never_deleted();",
        ),
    };
    format!(
        "CREATE TRIGGER event_has_a_predecessor BEFORE UPDATE ON event {does};
         CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event {does};
         CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event {does};
         {emptied}"
    )
}

/// Makes the database one of the version before, by statements that share nothing with the store; every
/// second event has the form of a version still older, with the bytes of the whole record. Then it spoils
/// the database. Returns how many events there are.
async fn as_before(world: &World, on: Backend, spoil: &[String]) -> u64 {
    let db = Database::connect(&world.url).await.unwrap();
    let records = bytes(world).await;
    let blob = if on.is_postgres() { "'\\x" } else { "x'" };
    let sql = "SELECT seq, dossier, version, part, content, digest FROM event ORDER BY seq";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let mut values = Vec::new();
    for row in &rows {
        let seq: i64 = row.try_get_by_index(0).unwrap();
        let dossier: String = row.try_get_by_index(1).unwrap();
        let version: i64 = row.try_get_by_index(2).unwrap();
        let part: i32 = row.try_get_by_index(3).unwrap();
        let [content, digest] = [4, 5].map(|at| row.try_get_by_index::<Vec<u8>>(at).unwrap());
        let whole = &records[&dossier][usize::try_from(version - 1).unwrap()];
        let record: Value = serde_json::from_slice(whole).unwrap();
        let text = |name: &str| record[name].as_str().unwrap().to_owned();
        let (kept, beside) = if version % 2 == 0 {
            (whole.clone(), "NULL, NULL, NULL".to_owned())
        } else {
            let beside = format!(
                "'{}', '{}', {blob}{}'",
                text("role"),
                text("unit"),
                hex(&digest)
            );
            (record["event"].to_string().into_bytes(), beside)
        };
        values.push(format!(
            "({seq}, '{}', '{dossier}', {version}, {}, {}, '{}', '{}', {part}, {blob}{}{}', {blob}{}', \
             {beside})",
            text("province"),
            record["event_time"],
            record["record_time"],
            text("actor"),
            text("request_id"),
            hex(&content),
            hex(&[7; 16]),
            hex(&kept),
        ));
    }
    // A place that no event has, as an import takes one.
    let last = match on {
        Backend::Sqlite => "UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = 'event'",
        Backend::Postgres | Backend::Partitioned => "SELECT 1",
    };
    let older = format!(
        "DROP TABLE event; {}
         DELETE FROM migration WHERE version IN ('{MIGRATION}', '{HASHED}');
         INSERT INTO event (seq, province, dossier, version, event_time, record_time, actor, request_id, \
             part, content, bytes, role, unit, digest) VALUES {};
         {last};",
        older_table(on),
        values.join(", ")
    );
    db.execute_unprepared(&older).await.unwrap();
    for statement in spoil {
        db.execute_unprepared(statement).await.unwrap();
    }
    db.execute_unprepared(&older_guards(on)).await.unwrap();
    db.close().await.unwrap();
    rows.len() as u64
}

/// Migrates, and returns what was told.
async fn migrated(world: &World, dry_run: bool) -> Result<Vec<(u64, u64)>, OpenError> {
    let mut told = Vec::new();
    let mut tell = |done, of| told.push((done, of));
    migrate_and_tell(&world.url, dry_run, &mut tell).await?;
    Ok(told)
}

on_every_database!(events_of_an_earlier_version_are_moved_and_keep_their_bytes);

async fn events_of_an_earlier_version_are_moved_and_keep_their_bytes(on: Backend) {
    let world = office(on).await;
    let (before, places) = (bytes(&world).await, feed(&world).await);
    let events = as_before(&world, on, &[]).await;
    assert!(events > 50, "{events}");
    let db = Database::connect(&world.url).await.unwrap();

    assert_eq!(migrated(&world, true).await.unwrap(), [(0, events)]);
    let older = number(&db, "SELECT count(request_id) FROM event").await;
    assert_eq!(
        u64::try_from(older).unwrap(),
        events,
        "a dry run changes nothing"
    );

    let told = migrated(&world, false).await.unwrap();
    assert_eq!(told.last(), Some(&(events, events)), "{told:?}");
    assert_eq!(bytes(&world).await, before);
    assert_eq!(feed(&world).await, places);
    assert_eq!(differences(&world).await, Vec::<String>::new());
    assert_eq!(migrated(&world, false).await.unwrap(), []);
    assert_eq!(migrated(&world, true).await.unwrap(), [(0, 0)]);
    motcua(&["verify", "--database", &world.url]).await.unwrap();
    if matches!(on, Backend::Partitioned) {
        let parts = "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' \
             AND relname LIKE 'event%' ORDER BY relname";
        assert_eq!(texts(&db, parts).await, ["event_08", "event_rest"]);
    }

    // A request of that time is still known, and the feed goes on behind its last place.
    let requests = places.iter().map(|(_, record)| {
        let record = record.clone();
        (record.province, record.actor, record.request_id)
    });
    let wanted = Wanted {
        requests: requests.collect(),
        ..Wanted::default()
    };
    let loaded = world.store.load(&wanted).await.unwrap();
    assert!(
        wanted
            .requests
            .iter()
            .all(|one| loaded.requests.contains_key(one))
    );
    let last = places.last().unwrap().0;
    let received = world.receive(WARD, THREE_DAYS).await;
    world.finish(received).await;
    let after = feed(&world).await;
    assert_eq!(after[..places.len()], places);
    let gap = if on.is_postgres() { 0 } else { 5 };
    assert!(after[places.len()].0 > last + gap);
    assert_eq!(differences(&world).await, Vec::<String>::new());
}

on_both!(an_event_that_is_damaged_is_named_and_nothing_after_it_is_touched);

async fn an_event_that_is_damaged_is_named_and_nothing_after_it_is_touched(on: Backend) {
    // Events of even versions have the bytes of the whole record, the others those of the event.
    for (parity, damage, said) in [
        (0, "bytes = content", "its bytes are no event"),
        (
            0,
            "actor = 'someone-else'",
            "its bytes say otherwise than its columns",
        ),
        (1, "bytes = content", "its bytes are no event"),
        (
            1,
            "actor = 'someone-else'",
            "its digest is not that of its bytes",
        ),
        (
            1,
            "request_id = '5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11'",
            "its digest is not that of its bytes",
        ),
    ] {
        let world = office(on).await;
        let before = bytes(&world).await;
        let place = format!(
            "(SELECT seq FROM event WHERE seq > 0 AND version % 2 = {parity} ORDER BY seq LIMIT 1 OFFSET 1)"
        );
        let kept = format!(
            "CREATE TABLE kept AS SELECT seq, actor, request_id, bytes FROM event WHERE seq = {place}"
        );
        let spoil = format!("UPDATE event SET {damage} WHERE seq = (SELECT seq FROM kept)");
        let all = as_before(&world, on, &[kept, spoil]).await;
        let db = Database::connect(&world.url).await.unwrap();
        let at = number(&db, "SELECT seq FROM kept").await;
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
            assert_eq!(damaged.what, said, "{damage}");
            let count = |table, than| format!("SELECT count(*) FROM {table} WHERE seq {than} {at}");
            assert_eq!(number(&db, &count("event_before", "<")).await, 0);
            assert_eq!(number(&db, &count("event", ">=")).await, 0);
            let moved = number(&db, &count("event", "<")).await;
            let left = number(&db, &count("event_before", ">=")).await;
            assert_eq!(u64::try_from(moved + left).unwrap(), all, "nothing is lost");
        }

        let mend = "UPDATE event_before SET actor = (SELECT actor FROM kept), \
                 request_id = (SELECT request_id FROM kept), bytes = (SELECT bytes FROM kept) \
             WHERE seq = (SELECT seq FROM kept); DROP TABLE kept";
        db.execute_unprepared(mend).await.unwrap();
        migrated(&world, false).await.unwrap();
        assert_eq!(bytes(&world).await, before);
        assert_eq!(differences(&world).await, Vec::<String>::new());
    }
}

on_both!(whoever_is_killed_between_two_pieces_goes_on_where_it_was);

async fn whoever_is_killed_between_two_pieces_goes_on_where_it_was(on: Backend) {
    let world = World::on(on, "2026-08-21 08:00").await;
    Desk::beside(&world).await.run(800).await;
    let before = bytes(&world).await;
    let all = as_before(&world, on, &[]).await;
    assert!(all > 1_000, "{all} events are no three pieces");
    let url = world.url.clone();
    let killed = tokio::spawn(async move {
        let mut tell = |_, _| panic!("killed after the first piece");
        migrate_and_tell(&url, false, &mut tell).await.map(drop)
    });
    assert!(killed.await.is_err());
    let db = Database::connect(&world.url).await.unwrap();
    let left = number(&db, "SELECT count(*) FROM event_before").await;
    let left = u64::try_from(left).unwrap();
    assert_eq!(left, all - 500);
    let refused = motcua(&["verify", "--database", &world.url]).await;
    assert!(refused.is_err(), "half of its events are elsewhere");
    let dry = migrated(&world, true).await.unwrap();
    assert_eq!(dry, [(0, left)]);
    let told = migrated(&world, false).await.unwrap();
    assert_eq!(told.last(), Some(&(left, left)));
    assert_eq!(bytes(&world).await, before);
    assert_eq!(differences(&world).await, Vec::<String>::new());
}

const HASHES: &str = "SELECT coalesce(person, '') || '/' || coalesce(pin_hash, '') || '/' \
     || coalesce(namesake, '') FROM secret ORDER BY dossier";

/// Makes the hashes beside dossiers as long as an earlier version wrote them.
async fn lengthen(db: &DatabaseConnection) {
    let other = "0123456789abcdef0123456789abcdef";
    let longer = format!(
        "UPDATE secret SET person = person || '{other}', pin_hash = pin_hash || '{other}', \
             namesake = namesake || '{other}'"
    );
    db.execute_unprepared(&longer).await.unwrap();
}

on_every_database!(hashes_of_an_earlier_version_are_halved_from_where_a_killed_migration_was);

async fn hashes_of_an_earlier_version_are_halved_from_where_a_killed_migration_was(on: Backend) {
    let world = World::on(on, "2026-08-21 08:00").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(world.receive(WARD, THREE_DAYS).await.dossier.id.to_string());
    }
    ids.sort();
    let db = Database::connect(&world.url).await.unwrap();
    // Nobody told these people's numbers and telephones.
    let told = "UPDATE secret SET person = pin_hash, namesake = pin_hash";
    db.execute_unprepared(told).await.unwrap();
    let before = texts(&db, HASHES).await;
    assert!(
        before.iter().all(|row| row.len() == 3 * 32 + 2),
        "{before:?}"
    );
    lengthen(&db).await;
    let long = texts(&db, HASHES).await;
    let again = format!("DELETE FROM migration WHERE version = '{HASHED}'");
    db.execute_unprepared(&again).await.unwrap();

    assert_eq!(migrated(&world, true).await.unwrap(), [(0, 5)]);
    assert_eq!(texts(&db, HASHES).await, long, "a dry run changes nothing");
    assert_eq!(migrated(&world, false).await.unwrap(), [(5, 5)]);
    assert_eq!(texts(&db, HASHES).await, before);

    lengthen(&db).await;
    let killed = format!(
        "CREATE TABLE long_hashes AS SELECT 1 AS one, province, id AS dossier FROM dossier \
         WHERE id = '{}'",
        ids[1]
    );
    db.execute_unprepared(&killed).await.unwrap();
    let refused = motcua(&["verify", "--database", &world.url]).await;
    assert!(refused.is_err(), "half of its hashes are long");
    let told = migrated(&world, false).await.unwrap();
    assert_eq!(told, [(3, 5)], "those up to its place were done");
    let rest = texts(&db, HASHES).await;
    assert_eq!(rest[..2], long[..2]);
    assert_eq!(rest[2..], before[2..]);
}
