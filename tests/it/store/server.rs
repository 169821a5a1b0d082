//! Several processes on one PostgreSQL server, and the mistakes that only several writers can make.
//! A process here is a store with its own connections.

use std::collections::BTreeSet;
use std::time::Duration;

use ::store::{OpenError, Options, SeaStore};
use app::ports::{
    Batch, Change, CommitError, Committed, LookAtEnds, Scope, Store, Wanted, WriteBatches,
};
use domain::digest::{from_hex, hex, sha256};
use domain::dossier::Dossier;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, Statement, TransactionOptions, TransactionTrait,
};

use super::data::{
    OTHER_WARD, TestStore, WARD, a_dossier, a_store, actor, assigned, at, day, id, key, next,
    province, request,
};
use crate::backend::Backend;
use crate::cluster;

on_servers!(a_late_committer_is_not_skipped_by_the_feed);

on_servers!(an_event_finds_the_one_before_it_by_its_key_however_little_the_server_knows);

async fn an_event_finds_the_one_before_it_by_its_key_however_little_the_server_knows(on: Backend) {
    let store = a_store(on).await;
    let first = store.write(vec![a_dossier(0).received_change()]).await;
    let db = store.raw().await;
    let beside = db
        .begin_with_options(TransactionOptions::default())
        .await
        .unwrap();
    // Planned while the table has one event, and kept.
    let sql = "SET LOCAL plan_cache_mode = force_generic_plan";
    beside.execute_unprepared(sql).await.unwrap();
    write_beside(&beside, &first[0], "00000000-0000-4000-8000-000000000fff").await;
    let batch = (1..201).map(|number| a_dossier(number).received_change());
    store.write(batch.collect()).await;
    let all = "INSERT INTO event (seq, province, dossier, version, event_time, record_time, actor, \
             request, part, content, role, unit, bytes, digest) \
         SELECT seq + 100000, province, dossier, 2, event_time, record_time, actor, \
             request, 1, content, role, unit, bytes, digest FROM event \
         WHERE version = 1 AND dossier NOT IN (SELECT dossier FROM event WHERE version = 2)";
    let done = beside.execute_unprepared(all).await.unwrap();
    assert_eq!(done.rows_affected(), 200);
    let looked_at = "SELECT sum(idx_tup_fetch)::bigint FROM pg_stat_xact_user_tables \
         WHERE relname LIKE 'event%'";
    let looked_at = Statement::from_string(beside.get_database_backend(), looked_at);
    let row = beside.query_one_raw(looked_at).await.unwrap().unwrap();
    let looked_at: i64 = row.try_get_by_index(0).unwrap();
    assert!(looked_at <= 1_000, "{looked_at} rows for 200 events");
}

on_servers!(a_server_on_this_machine_says_where_its_files_are);

async fn a_server_on_this_machine_says_where_its_files_are(on: Backend) {
    let store = a_store(on).await;
    let folder = ::store::scratch::folder(&store.url).await.unwrap();
    assert!(folder.expect("it is local").is_absolute());
}

/// Adds an event to a dossier without the store, in a transaction that the test holds open.
async fn write_beside<C: ConnectionTrait>(db: &C, dossier: &Dossier, request: &str) {
    // The bytes of the id, crossed with the digest of the actor.
    let id = from_hex(&request.replace('-', "")).unwrap();
    let pairs = id.iter().zip(sha256(actor().as_str().as_bytes()));
    let key: Vec<u8> = pairs.map(|(byte, other)| byte ^ other).collect();
    let key = hex(&key);
    let sql = format!(
        "INSERT INTO event (seq, province, dossier, version, event_time, record_time, actor, \
             request, part, content, role, unit, bytes, digest) \
         SELECT ((pg_current_xact_id()::text::bigint + lift) << 20) + 1, province, dossier, 2, \
             event_time, record_time, actor, decode('{key}', 'hex'), 0, content, role, unit, bytes, \
             digest \
         FROM event CROSS JOIN feed WHERE dossier = '{}'",
        dossier.id
    );
    db.execute_unprepared(&sql).await.unwrap();
}

async fn places(store: &TestStore, after: u64) -> Vec<u64> {
    let end = store.feed_head().await.unwrap().last;
    let read = store.read().await.unwrap();
    let scope = Scope::Province(province());
    let events = read.feed(&scope, after, end, 100).await.unwrap();
    events.into_iter().map(|(place, _)| place).collect()
}

async fn a_late_committer_is_not_skipped_by_the_feed(on: Backend) {
    let store = a_store(on).await;
    let first = store.write(vec![a_dossier(1).received_change()]).await;
    store.settled().await;
    let cursor = store.feed_head().await.unwrap().last;

    let db = store.raw().await;
    let late = db
        .begin_with_options(TransactionOptions::default())
        .await
        .unwrap();
    write_beside(&late, &first[0], "00000000-0000-4000-8000-000000000001").await;
    // This write begins later and commits earlier.
    store.write(vec![a_dossier(2).received_change()]).await;

    let head = store.feed_head().await.unwrap();
    assert!(
        places(&store, cursor).await.is_empty(),
        "it waits for the late one"
    );
    assert!(places(&store, head.last).await.is_empty());
    late.commit().await.unwrap();
    store.settled().await;
    // A reader who continues from the head of that moment gets both, in the order of beginning.
    for after in [cursor, head.last] {
        let seen = places(&store, after).await;
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen[0] < seen[1]);
    }
    let records = store.read().await.unwrap().records(&key(1)).await.unwrap();
    assert_eq!(records.len(), 2);
}

on_servers!(
    eight_processes_lose_nothing_skip_no_number_and_never_stand_crosswise,
    flavor = "multi_thread",
    worker_threads = 4
);

/// How many deadlocks the server had to break. Sessions report their counts when they end, so this
/// ends the store's sessions.
async fn deadlocks(store: &TestStore) -> i64 {
    store.close().await.unwrap();
    let open = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name = 'motcua'";
    for _ in 0..500 {
        if store.number(open).await == 0 {
            let counted = "SELECT deadlocks FROM pg_stat_database \
                 WHERE datname = current_database()";
            return store.number(counted).await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("sessions of processes that have ended stay open");
}

/// How many dossiers all processes change; enough that two processes are inside a batch at once.
const SHARED: u64 = 100;

/// Commits as the writing lane does, retrying what another process holds.
async fn commit(store: &SeaStore, changes: Vec<Change>) -> Result<Committed, CommitError> {
    loop {
        let changes = changes.clone();
        match store.commit(Batch { changes }).await {
            Err(CommitError::Held) => {}
            done => return done,
        }
    }
}

/// The work of a process: batches over both wards, in its own order, and changes of dossiers that
/// all processes change.
async fn work(store: SeaStore, process: u64, shared: Vec<Dossier>) -> (Vec<String>, u32) {
    let mut labels = Vec::new();
    let mut moved = 0;
    for round in 0..8 {
        let number = 1_000 * (process + 1) + 10 * round;
        let mut batch: Vec<_> = (0..4)
            .map(|offset| {
                let ward = if (process + offset).is_multiple_of(2) {
                    WARD
                } else {
                    OTHER_WARD
                };
                a_dossier(number + offset).at(ward).received_change()
            })
            .collect();
        if process.is_multiple_of(2) {
            batch.reverse();
        }
        let written = commit(&store, batch).await.unwrap();
        labels.extend(written.dossiers.iter().map(Dossier::label));

        let wanted = Wanted {
            dossiers: shared
                .iter()
                .map(|known| (known.province.clone(), known.id))
                .collect(),
            ..Wanted::default()
        };
        let loaded = store.load(&wanted).await.unwrap();
        let mut changes = Vec::new();
        for (place, key) in (0..).zip(&wanted.dossiers) {
            let request = 100_000 * (process + 1) + 1_000 * round + place;
            let event = vec![assigned("nv-binh")];
            changes.push(next(&loaded.dossiers[key].dossier, request, at(1), event));
        }
        if process % 2 == 1 {
            changes.reverse();
        }
        let both = u32::try_from(changes.len()).unwrap();
        match commit(&store, changes).await {
            Ok(_) => moved += both,
            Err(CommitError::Clash { dossiers }) => assert!(!dossiers.is_empty()),
            Err(error) => panic!("{error:?}"),
        }
    }
    store.close().await.unwrap();
    (labels, moved)
}

async fn eight_processes_lose_nothing_skip_no_number_and_never_stand_crosswise(on: Backend) {
    let store = a_store(on).await;
    let shared = (0..SHARED).map(|number| {
        let ward = [WARD, OTHER_WARD][usize::from(number % 2 == 1)];
        a_dossier(number).at(ward).received_change()
    });
    let shared = store.write(shared.collect()).await;
    let mut processes = Vec::new();
    for process in 0..8 {
        let store = SeaStore::open(&store.url, Options::default())
            .await
            .unwrap();
        processes.push(tokio::spawn(work(store, process, shared.clone())));
    }
    let mut labels: BTreeSet<String> = shared.iter().map(Dossier::label).collect();
    let mut moved = 0;
    for process in processes {
        let (of_one, moves) = process.await.unwrap();
        assert_eq!(of_one.len(), 32);
        labels.extend(of_one);
        moved += moves;
    }
    let expected: BTreeSet<String> = [WARD, OTHER_WARD]
        .into_iter()
        .flat_map(|ward| {
            (1..=128 + SHARED / 2).map(move |serial| format!("{ward}-261121-{serial:04}"))
        })
        .collect();
    assert_eq!(labels, expected);
    let read = store.read().await.unwrap();
    let mut versions = 0;
    for dossier in &shared {
        let held = read
            .dossier(&(province(), dossier.id))
            .await
            .unwrap()
            .unwrap();
        let records = read.records(&(province(), dossier.id)).await.unwrap();
        assert_eq!(Dossier::fold(&records), Some(held.dossier));
        versions += records.len() - 1;
    }
    assert_eq!(versions, moved as usize);
    assert!(u64::from(moved) >= SHARED, "somebody was first");
    drop(read);
    assert_eq!(deadlocks(&store).await, 0);
}

on_servers!(
    the_same_requests_through_several_processes_are_written_once,
    flavor = "multi_thread",
    worker_threads = 4
);

const REQUESTS: u64 = 20;
const ROUNDS: u64 = 8;

/// Callers time out and retry at another process. So every process gets the same requests, each in
/// another order, and the dossiers are new in each round.
async fn the_same_requests_through_several_processes_are_written_once(on: Backend) {
    let store = a_store(on).await;
    let mut processes = Vec::new();
    for process in 0..6_u64 {
        let store = SeaStore::open(&store.url, Options::default())
            .await
            .unwrap();
        processes.push(tokio::spawn(async move {
            let mut written = 0;
            for round in 0..ROUNDS {
                let mut changes: Vec<_> = (0..REQUESTS)
                    .map(|place| {
                        let request = REQUESTS * round + place;
                        let number = 10_000 * (process + 1) + request;
                        // In some rounds the processes collide at the code, in the others at the
                        // request.
                        let named = if round.is_multiple_of(2) {
                            request
                        } else {
                            number
                        };
                        let portal_code = format!("G22.99.08-261121-{named:06}");
                        a_dossier(number)
                            .request(request)
                            .submitted_change(&portal_code)
                    })
                    .collect();
                if process % 2 == 1 {
                    changes.reverse();
                }
                match commit(&store, changes).await {
                    Ok(done) => written += done.dossiers.len() as u64,
                    Err(CommitError::Clash { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            store.close().await.unwrap();
            written
        }));
    }
    let mut written = 0;
    for process in processes {
        written += process.await.unwrap();
    }
    assert_eq!(written, REQUESTS * ROUNDS);
    for table in ["dossier", "event", "code"] {
        assert_eq!(store.count(table).await as u64, written, "{table}");
    }
    assert_eq!(deadlocks(&store).await, 0);
}

on_servers!(
    two_that_want_the_same_in_opposite_order_wait_in_one_order,
    flavor = "multi_thread",
    worker_threads = 2
);

async fn two_that_want_the_same_in_opposite_order_wait_in_one_order(on: Backend) {
    for same in ["code", "request"] {
        let store = a_store(on).await;
        let first = store.write(vec![a_dossier(1).received_change()]).await;
        let portal_code = |number: u64| format!("G22.99.08-261121-{number:06}");
        // Somebody holds the row in the middle, which both need.
        let db = store.raw().await;
        let middle = db
            .begin_with_options(TransactionOptions::default())
            .await
            .unwrap();
        if same == "code" {
            let take = format!(
                "INSERT INTO code SELECT province, '{}', id FROM dossier",
                portal_code(12)
            );
            middle.execute_unprepared(&take).await.unwrap();
        } else {
            write_beside(&middle, &first[0], request(12).as_str()).await;
        }
        let mut processes = Vec::new();
        for (process, order) in [(1_u64, [11, 12, 13]), (2, [13, 12, 11])] {
            let store = store.store.clone();
            let changes = order.map(|wanted| {
                let number = 100 * process + wanted;
                if same == "code" {
                    a_dossier(number).submitted_change(&portal_code(wanted))
                } else {
                    let portal_code = portal_code(number);
                    a_dossier(number)
                        .request(wanted)
                        .submitted_change(&portal_code)
                }
            });
            processes.push(tokio::spawn(async move {
                store
                    .commit(Batch {
                        changes: changes.into(),
                    })
                    .await
                    .is_ok()
            }));
        }
        let waiting = "SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let mut looks = 0;
        while store.number(waiting).await < 2 {
            looks += 1;
            assert!(looks < 1_000, "both processes come to wait for the middle");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        middle.rollback().await.unwrap();
        let mut written = 0;
        for process in processes {
            written += u32::from(process.await.unwrap());
        }
        assert_eq!(written, 1, "one has all, and the other clashes");
        assert_eq!(deadlocks(&store).await, 0, "{same}");
    }
}

on_servers!(
    a_process_whose_clock_is_behind_gives_no_number_of_a_day_that_is_over,
    flavor = "multi_thread",
    worker_threads = 2
);

/// Which of two processes comes first.
#[derive(Debug, Clone, Copy)]
enum Order {
    Together,
    AheadFirst,
    BehindFirst,
}

async fn a_process_whose_clock_is_behind_gives_no_number_of_a_day_that_is_over(on: Backend) {
    for order in [Order::Together, Order::AheadFirst, Order::BehindFirst] {
        let store = a_store(on).await;
        let behind = SeaStore::open(&store.url, Options::default())
            .await
            .unwrap();
        let give = |store: SeaStore, number: u64, of_november: u32| {
            tokio::spawn(async move {
                let change = a_dossier(number).on(day(of_november)).received_change();
                let done = store
                    .commit(Batch {
                        changes: vec![change],
                    })
                    .await
                    .unwrap();
                done.dossiers[0].label()
            })
        };
        let ahead = || give(store.store.clone(), 1, 22);
        let behind = || give(behind.clone(), 2, 21);
        let labels = match order {
            Order::Together => {
                let (ahead, behind) = (ahead(), behind());
                (ahead.await.unwrap(), behind.await.unwrap())
            }
            Order::AheadFirst => (ahead().await.unwrap(), behind().await.unwrap()),
            Order::BehindFirst => {
                let behind = behind().await.unwrap();
                (ahead().await.unwrap(), behind)
            }
        };
        // Whichever came first, no day begins before one that exists.
        let possible: &[(&str, &str)] = match order {
            Order::Together => &[("1122-0001", "1121-0001"), ("1122-0001", "1122-0002")],
            Order::AheadFirst => &[("1122-0001", "1122-0002")],
            Order::BehindFirst => &[("1122-0001", "1121-0001")],
        };
        assert!(
            possible
                .iter()
                .any(|(a, b)| labels.0.ends_with(a) && labels.1.ends_with(b)),
            "{order:?}: {labels:?}"
        );
        let backwards = "SELECT count(*) FROM event a JOIN event b ON a.seq < b.seq \
             JOIN code x ON x.dossier = a.dossier JOIN code y ON y.dossier = b.dossier \
             WHERE x.code > y.code";
        assert_eq!(store.number(backwards).await, 0, "{labels:?}");
    }
}

on_servers!(
    callers_that_go_away_while_a_transaction_begins_leave_no_connection_inside_one,
    flavor = "multi_thread",
    worker_threads = 2
);

async fn sessions_in_a_transaction(db: &DatabaseConnection) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'motcua' AND state LIKE 'idle in transaction%'";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql));
    row.await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn callers_that_go_away_while_a_transaction_begins_leave_no_connection_inside_one(
    on: Backend,
) {
    let store = a_store(on).await;
    let one_reader = Options {
        readers: 1,
        ..Options::default()
    };
    let process = SeaStore::open(&store.url, one_reader).await.unwrap();
    for round in 0..60 {
        // The cut falls anywhere from before the first message to after the answer.
        let limit = Duration::from_micros(20 * round);
        drop(tokio::time::timeout(limit, process.read()).await);
        let batch = Batch {
            changes: vec![a_dossier(round).received_change()],
        };
        drop(tokio::time::timeout(limit, process.commit(batch)).await);
    }
    // The next user of the only reading connection must get a fresh snapshot.
    store.write(vec![a_dossier(900).received_change()]).await;
    let read = process.read().await.unwrap();
    assert!(read.dossier(&key(900)).await.unwrap().is_some());
    drop(read);
    let written = process.commit(Batch {
        changes: vec![a_dossier(901).received_change()],
    });
    written.await.unwrap();
    let db = store.raw().await;
    let mut open = 1;
    for _ in 0..200 {
        open = sessions_in_a_transaction(&db).await;
        if open == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(open, 0, "a connection was left inside a transaction");
    process.close().await.unwrap();
    let dossiers = store.count("dossier").await;
    assert_eq!(store.count("event").await, dossiers);
    assert_eq!(store.number("SELECT last FROM counter").await, dossiers);
}

on_servers!(a_database_that_was_dumped_and_read_in_elsewhere_goes_on_with_a_feed_of_its_own);

async fn a_database_that_was_dumped_and_read_in_elsewhere_goes_on_with_a_feed_of_its_own(
    on: Backend,
) {
    let store = a_store(on).await;
    let db = store.raw().await;
    // As if the server that wrote the database had reached so high a transaction number.
    db.execute_unprepared("UPDATE feed SET lift = 1000000")
        .await
        .unwrap();
    store.write(vec![a_dossier(1).received_change()]).await;
    store.settled().await;
    let before = store.feed_head().await.unwrap();
    db.execute_unprepared("UPDATE feed SET lift = 0")
        .await
        .unwrap();

    let elsewhere = SeaStore::open(&store.url, Options::default())
        .await
        .unwrap();
    let head = elsewhere.feed_head().await.unwrap();
    assert_ne!(head.feed, before.feed, "old cursors expire");
    elsewhere
        .commit(Batch {
            changes: vec![a_dossier(2).received_change()],
        })
        .await
        .unwrap();
    store.settled().await;
    let read = elsewhere.read().await.unwrap();
    let events = read
        .feed(&Scope::Province(province()), 0, u64::MAX, 10)
        .await
        .unwrap();
    let order: Vec<_> = events.iter().map(|(_, record)| record.dossier).collect();
    assert_eq!(order, [id(1), id(2)]);
    // A second opening changes nothing.
    let again = SeaStore::open(&store.url, Options::default())
        .await
        .unwrap();
    let known = again.feed_head().await.unwrap();
    assert_eq!(known.feed, head.feed);
}

on_servers!(a_dumped_database_whose_feed_ends_with_an_import_goes_on_after_it);

async fn a_dumped_database_whose_feed_ends_with_an_import_goes_on_after_it(on: Backend) {
    let store = a_store(on).await;
    let place = (1_i64 << 20) * 1_000_000;
    let db = store.raw().await;
    // An import without dossiers, completed where transaction numbers are high.
    db.execute_unprepared(&format!(
        "INSERT INTO import (province, number, source, files, actor, begun, done, dossiers, \
         events, finished, place) \
         VALUES ('08', 1, 'list', repeat('0', 64), 'admin-1', 0, 0, 0, 0, 0, {place})"
    ))
    .await
    .unwrap();
    let elsewhere = SeaStore::open(&store.url, Options::default())
        .await
        .unwrap();
    elsewhere
        .commit(Batch {
            changes: vec![a_dossier(1).received_change()],
        })
        .await
        .unwrap();
    let written = store.number("SELECT max(seq) FROM event").await;
    assert!(
        written > place,
        "{written} lies below the import at {place}"
    );
}

on_servers!(a_copy_of_a_database_has_a_feed_of_its_own);

async fn a_copy_of_a_database_has_a_feed_of_its_own(on: Backend) {
    // The tests' databases are copies of one template.
    let (one, other) = (a_store(on).await, a_store(on).await);
    let feed_of = async |store: &TestStore| store.feed_head().await.unwrap().feed;
    assert_ne!(feed_of(&one).await, feed_of(&other).await);
}

#[tokio::test]
async fn a_server_that_could_lose_an_answered_commit_is_refused_by_the_name_of_the_setting() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    // A separate server, because its settings affect every test.
    let server = cluster::a_server_of_its_own();
    let url = server.url("postgres");
    ::store::migrate(&url, false).await.unwrap();
    let db = server.connect("postgres").await;
    for (setting, good) in [("fsync", "on"), ("full_page_writes", "on")] {
        for value in ["off", good] {
            let set = format!("ALTER SYSTEM SET {setting} = {value}");
            db.execute_unprepared(&set).await.unwrap();
            db.execute_unprepared("SELECT pg_reload_conf()")
                .await
                .unwrap();
            let refused = until(&url, |opened| opened.is_ok() == (value == good)).await;
            match refused {
                Some(OpenError::NotDurable {
                    setting: named,
                    found,
                    ..
                }) => {
                    assert_eq!((named, found.as_str()), (setting, "off"));
                }
                None => assert_eq!(value, good),
                Some(other) => panic!("{other:?}"),
            }
        }
    }
    for (level, fails) in [
        ("off", true),
        ("local", true),
        ("remote_write", true),
        ("on", false),
        ("remote_apply", false),
    ] {
        let set = format!("ALTER DATABASE postgres SET synchronous_commit = {level}");
        db.execute_unprepared(&set).await.unwrap();
        let opened = SeaStore::open(&url, Options::default()).await;
        assert_eq!(opened.is_err(), fails, "{level}");
        if let Err(error) = opened {
            let expected = format!(
                "database setting synchronous_commit is {level}, expected on or remote_apply: \
                 answered commits could be lost"
            );
            assert_eq!(error.to_string(), expected);
        }
    }
}

/// Opens the database until the result is as expected, because a server rereads settings with a
/// delay.
async fn until(
    url: &str,
    as_expected: impl Fn(&Result<SeaStore, OpenError>) -> bool,
) -> Option<OpenError> {
    for _ in 0..200 {
        let opened = SeaStore::open(url, Options::default()).await;
        if as_expected(&opened) {
            return opened.err();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server does not take its settings");
}

#[tokio::test]
async fn an_error_of_opening_does_not_say_the_password() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let database = Backend::Postgres.database().await;
    let secret = "s3cret-pass";
    for url in [
        database
            .url
            .replace("motcua@", &format!("nobody:{secret}@")),
        database
            .url
            .replace("motcua@127", &format!("motcua:{secret}@no-such-host-127")),
        format!("postgres://motcua:{secret}@127.0.0.1:port/x"),
        format!("{}?sslmode=require&password={secret}", database.url),
    ] {
        let error = SeaStore::open(&url, Options::default())
            .await
            .err()
            .unwrap();
        let mut said = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            said.push_str(&format!(" {cause}"));
            source = cause.source();
        }
        assert!(!said.contains(secret), "{said}");
    }
}
