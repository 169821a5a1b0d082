//! Whoever divides the tables by province, on one server or on many, needs every call to stay inside one
//! province's part. PostgreSQL itself says which parts a statement has read: `auto_explain` writes the plan
//! of each statement, as it was carried out.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use sea_orm::ConnectionTrait;

use crate::access::ways::{Units, Way, caller_of, ready_for, ways};
use crate::backend::{Backend, TestDatabase};
use crate::calling::{Json, methods};
use crate::cluster;
use crate::world::{PROVINCE, WARD, World};

/// The part of all other provinces; see `cluster::make_partitioned`.
const ELSEWHERE: &str = "_rest";

/// Statements that look through every province, each with the reason. Nothing that a desk does is among them.
const EVERYWHERE: &[(&str, &str)] = &[
    (
        "WITH RECURSIVE provinces AS ( SELECT min(province) AS province FROM dossier",
        "a start asks whether a migration has left rows to count",
    ),
    (
        "WITH RECURSIVE provinces AS ( SELECT min(province) AS province FROM event",
        "a start lifts the feed above the place of every event",
    ),
];

#[tokio::test]
async fn every_call_stays_inside_the_part_of_one_province() {
    if Backend::Partitioned.is_skipped() {
        return;
    }
    let server = cluster::a_server_of_its_own();
    cluster::make_partitioned(&server).await;
    let db = server.connect("postgres").await;
    // The server knows the settings of a module only where it is loaded.
    db.execute_unprepared("LOAD 'auto_explain'").await.unwrap();
    for setting in [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_analyze = on",
        "auto_explain.log_timing = off",
        // Otherwise a small table is read whole, and no part is left out by its index.
        "enable_seqscan = off",
    ] {
        let set = format!("ALTER SYSTEM SET {setting}");
        db.execute_unprepared(&set).await.unwrap();
    }
    db.execute_unprepared("SELECT pg_reload_conf()")
        .await
        .unwrap();

    let mut crossing: BTreeMap<String, String> = BTreeMap::new();
    let mut plans = 0;
    let mut log = Log::at(&server.log().await);
    log.more();
    for (number, method) in methods().iter().enumerate() {
        // Watching reads what listing reads, and does not end by itself. A citizen's look-up names no
        // province.
        if method.name().starts_with("Watch") || method.parent_service().name() == "LookupService" {
            continue;
        }
        let name = format!("p{number}");
        let make = format!("CREATE DATABASE {name} TEMPLATE partitioned");
        db.execute_unprepared(&make).await.unwrap();
        let database = TestDatabase::at(server.url(&name));
        let world = World::over(database, "2026-08-03 10:00").await;
        let json = Json::over(&world);
        let ready = ready_for(&world, method.name(), Units::only(WARD)).await;
        for of in [WARD, PROVINCE] {
            let token = world.token(caller_of(method.name()), of).await;
            for way in ways(method.name(), WARD, &ready) {
                let (Way::Named(body) | Way::Unnamed(body)) = way;
                let answer = json.call(&token, method.name(), &body).await;
                assert_ne!(answer.http, 500, "{}: {}", method.name(), answer.json);
            }
        }
        world.store.close().await.unwrap();
        for plan in log.more().split("LOG:  duration:").skip(1) {
            plans += 1;
            let crosses = plan.lines().find(|line| {
                let reads = line.contains(" Scan ") && line.contains(ELSEWHERE);
                reads && !line.contains("never executed")
            });
            if let Some(line) = crosses {
                let statement = statement(plan);
                if !EVERYWHERE
                    .iter()
                    .any(|(known, _)| statement.starts_with(known))
                {
                    crossing
                        .entry(statement)
                        .or_insert_with(|| format!("{}: {}", method.name(), line.trim()));
                }
            }
        }
    }
    db.close().await.unwrap();
    println!("{plans} plans of {} methods", methods().len());
    assert!(plans > 1_000, "{plans} plans were written");
    let told: Vec<String> = crossing
        .iter()
        .map(|(statement, line)| format!("{line}\n    {statement}"))
        .collect();
    assert!(
        told.is_empty(),
        "{} statements read the part of other provinces:\n{}",
        told.len(),
        told.join("\n")
    );
}

/// A log that grows, read once.
struct Log(std::fs::File);

impl Log {
    fn at(path: &Path) -> Self {
        Self(std::fs::File::open(path).unwrap())
    }

    /// What came since this was last asked.
    fn more(&mut self) -> String {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The text of a statement in one line.
fn statement(plan: &str) -> String {
    let text = plan.split_once("Query Text:").map_or("", |(_, text)| text);
    // The plan follows with its costs.
    let words: Vec<&str> = text
        .lines()
        .take_while(|line| !line.contains("(cost="))
        .flat_map(str::split_whitespace)
        .collect();
    words.join(" ")
}
