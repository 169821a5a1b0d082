//! A newer export of the same system, while desks work here: what is new comes in, what contradicts
//! the record stays out, and nothing comes in twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::import::{Outcome, Plan, Stopped, Why, rehearse_update};
use domain::id::ActorId;
use domain::import::{Gathering, Map};
use domain::role::Role;
use serde_json::{Value, json};

use super::hidden::{Desk, row};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::verify::differences;
use crate::world::{NumberedIds, PROVINCE, WARD, World, catalogue, moment};

const MAP: &str = r#"
source = "old-desk"
province = "08"
zone = "Asia/Ho_Chi_Minh"
[cases]
case = "id"
code = "code"
procedure = "procedure"
received = "in"
due = "due"
resolved = "out"
returned = "back"
[events]
case = "id"
activity = "what"
time = "at"
[activities]
"appraised" = "step:appraise"
"asked" = "supplement-requested"
[otherwise]
unit = "H60.02215"
"#;

/// What the other system says of a dossier.
#[derive(Clone, Copy)]
pub struct Said {
    pub name: &'static str,
    pub procedure: &'static str,
    pub received: &'static str,
    pub due: &'static str,
    pub resolved: &'static str,
    pub returned: &'static str,
    pub steps: &'static [(&'static str, &'static str)],
}

/// An open dossier of 3 August.
pub const OPEN: Said = Said {
    name: "",
    procedure: "1.004873",
    received: "2026-08-03 09:00",
    due: "2026-08-25",
    resolved: "",
    returned: "",
    steps: &[],
};

/// An export of these dossiers as of a moment.
pub fn export(said: &[Said], now: &str, update: bool) -> Plan {
    export_by(MAP.into(), said, now, update)
}

/// The same, by a map that says that a due time is a day.
pub fn export_by_day(said: &[Said], now: &str, update: bool) -> Plan {
    export_by(format!("due_by = \"day\"{MAP}"), said, now, update)
}

fn export_by(map: String, said: &[Said], now: &str, update: bool) -> Plan {
    let map = Map::parse(&domain::catalogue::SourceFile {
        path: "map.toml".into(),
        text: map,
    });
    let map = map.unwrap();
    let (now, catalogue) = (moment(now), catalogue());
    let mut gathering = Gathering::new(&map, &catalogue, now);
    let owned = |cells: &[&str]| cells.iter().map(ToString::to_string).collect::<Vec<_>>();
    let header = owned(&["id", "code", "procedure", "in", "due", "out", "back"]);
    gathering
        .begin_cases("cases.csv", &row(1, &header))
        .unwrap();
    for (line, said) in (2..).zip(said) {
        let code = format!("TN.{}@SO-CU", said.name);
        let cells = [
            said.name,
            &code,
            said.procedure,
            said.received,
            said.due,
            said.resolved,
            said.returned,
        ];
        gathering.case(&row(line, &owned(&cells)));
    }
    let header = owned(&["id", "what", "at"]);
    gathering
        .begin_events("events.csv", &row(1, &header))
        .unwrap();
    let mut files = now.to_rfc3339();
    for said in said {
        for (what, at) in said.steps {
            gathering.event(&row(2, &owned(&[said.name, what, at])));
        }
        files.push_str(said.resolved);
    }
    let gathered = gathering.done();
    assert_eq!(gathered.refusals, []);
    let files = domain::digest::hex(&domain::digest::sha256(files.as_bytes()));
    Plan {
        cases: gathered.cases,
        map: Arc::new(map),
        catalogue,
        creates: Vec::new(),
        files,
        actor: ActorId::parse("importer").unwrap(),
        now,
        update,
        piece: 2,
    }
}

/// The first export, of 17 August.
fn first() -> Vec<Said> {
    [
        Said { name: "a", ..OPEN },
        Said {
            name: "b",
            resolved: "2026-08-10 09:00",
            ..OPEN
        },
        Said {
            name: "c",
            steps: &[
                ("appraised", "2026-08-04 09:00"),
                ("asked", "2026-08-05 09:00"),
            ],
            ..OPEN
        },
        Said { name: "d", ..OPEN },
        Said {
            name: "e",
            resolved: "2026-08-11 09:00",
            ..OPEN
        },
        Said { name: "f", ..OPEN },
        Said { name: "g", ..OPEN },
        Said { name: "h", ..OPEN },
        Said { name: "k", ..OPEN },
        Said { name: "l", ..OPEN },
        Said {
            name: "j",
            resolved: "2026-08-11 09:00",
            ..OPEN
        },
    ]
    .to_vec()
}

/// The second one, of 24 August.
fn second() -> Vec<Said> {
    let ended = |name, at| Said {
        name,
        resolved: at,
        ..OPEN
    };
    [
        // As it was.
        Said { name: "a", ..OPEN },
        // Given back meanwhile.
        Said {
            name: "b",
            resolved: "2026-08-10 09:00",
            returned: "2026-08-18 10:00",
            ..OPEN
        },
        // Papers came, one step more, and the end.
        Said {
            name: "c",
            resolved: "2026-08-20 15:00",
            steps: &[
                ("appraised", "2026-08-04 09:00"),
                ("asked", "2026-08-05 09:00"),
                ("appraised", "2026-08-19 09:00"),
            ],
            ..OPEN
        },
        // Another time of reception; open again; another procedure; another end.
        Said {
            name: "d",
            received: "2026-08-03 09:30",
            resolved: "2026-08-20 09:00",
            ..OPEN
        },
        Said { name: "e", ..OPEN },
        Said {
            name: "g",
            procedure: "1.013225",
            ..OPEN
        },
        ended("j", "2026-08-12 09:00"),
        // A desk here has moved it meanwhile.
        ended("f", "2026-08-20 11:00"),
        // A later due time, and an end in time by it.
        Said {
            due: "2026-09-01",
            ..ended("h", "2026-08-21 16:00")
        },
        // New.
        Said {
            name: "i",
            received: "2026-08-19 09:00",
            resolved: "2026-08-19 16:00",
            ..OPEN
        },
        // Ended before it was received; ended with the due time left out.
        ended("k", "2026-08-01 09:00"),
        Said {
            due: "",
            ..ended("l", "2026-08-21 15:00")
        },
    ]
    .to_vec()
}

async fn get(wire: &Json, token: &str, name: &str) -> Value {
    let name = json!({ "name": format!("dossiers/TN.{name}@SO-CU") });
    wire.call(token, "GetDossier", &name).await.good()
}

async fn states(wire: &Json, token: &str) -> BTreeMap<&'static str, String> {
    let mut states = BTreeMap::new();
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "j", "k", "l"] {
        let read = get(wire, token, name).await;
        states.insert(name, read["state"].as_str().unwrap().to_owned());
    }
    states
}

fn counted(outcome: &Outcome) -> (u64, u64, u64, Vec<(&str, Why)>) {
    let mut left: Vec<_> = outcome
        .left
        .iter()
        .map(|left| (left.name.as_ref(), left.why))
        .collect();
    left.sort_by_key(|(name, _)| *name);
    (outcome.dossiers, outcome.updated, outcome.known, left)
}

const LEFT: [(&str, Why); 6] = [
    ("d", Why::Contradicts),
    ("e", Why::Contradicts),
    ("f", Why::MovedHere),
    ("g", Why::Contradicts),
    ("j", Why::Contradicts),
    ("k", Why::Contradicts),
];

/// A world with the first export, in which a desk has moved one of its dossiers since.
async fn month_of_both(on: Backend) -> (World, Desk) {
    let world = World::on(on, "2026-08-17 10:00").await;
    let desk = Desk::beside(&world).await;
    let import = export(&first(), "2026-08-17 10:00", true);
    let outcome = desk.try_plan(import, usize::MAX).await.unwrap();
    assert_eq!(counted(&outcome), (11, 0, 0, Vec::new()));
    world.set("2026-08-18 09:00");
    let wire = Json::over(&world);
    let clerk = world.token(Role::Receptionist, WARD).await;
    let read = get(&wire, &clerk, "f").await;
    let advance = json!({
        "name": read["name"], "etag": read["etag"], "request_id": fresh_id(),
        "step": read["next_steps"][0]["id"],
    });
    wire.call(&clerk, "AdvanceDossier", &advance).await.good();
    world.set("2026-08-24 10:00");
    (world, desk)
}

on_every_database!(a_newer_export_brings_ends_and_overwrites_nothing);

async fn a_newer_export_brings_ends_and_overwrites_nothing(on: Backend) {
    let (world, desk) = month_of_both(on).await;
    let wire = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    let before = states(&wire, &chairman).await;

    // A rehearsal says the same and writes nothing.
    let newer = || export(&second(), "2026-08-24 10:00", true);
    let ids = NumberedIds::from(900_000);
    let rehearsed = rehearse_update(world.store.as_ref(), newer(), &ids).await;
    let rehearsed = rehearsed.unwrap();
    assert_eq!(counted(&rehearsed), (1, 4, 1, LEFT.to_vec()));
    assert_eq!(states(&wire, &chairman).await, before);

    let outcome = desk.try_plan(newer(), usize::MAX).await.unwrap();
    assert_eq!(counted(&outcome), (1, 4, 1, LEFT.to_vec()));
    let mut reasons = BTreeMap::new();
    for left in &outcome.left {
        assert_eq!(left.fault.file, "cases.csv");
        reasons.insert(
            left.name.as_ref(),
            (left.fault.line, left.fault.reason.as_str()),
        );
    }
    for (name, line, words) in [
        (
            "d",
            5,
            "its reception was recorded as 2026-08-03 09:00:00, and the file says 2026-08-03 09:30:00",
        ),
        (
            "e",
            6,
            "it had ended (resolved, 2026-08-11 09:00), and the file says that it has not",
        ),
        (
            "g",
            7,
            "its procedure was recorded as 1.004873, and the file says 1.013225",
        ),
        (
            "j",
            8,
            "resolved at 2026-08-11 09:00 was recorded, and the file says resolved at 2026-08-12 09:00",
        ),
        (
            "k",
            12,
            "the file says resolved at 2026-08-01 09:00, before the reception at 2026-08-03 09:00",
        ),
        (
            "f",
            9,
            "receptionist-H60.02215 has moved it here since (advanced, 2026-08-18 09:00)",
        ),
    ] {
        let (at, reason) = reasons[name];
        assert_eq!(at, line, "{reason}");
        assert!(reason.contains(words), "{reason}");
    }

    let mut expected = before.clone();
    for (name, state) in [
        ("b", "STATE_RETURNED"),
        ("c", "STATE_RESOLVED"),
        ("h", "STATE_RESOLVED"),
        ("l", "STATE_RESOLVED"),
    ] {
        expected.insert(name, state.to_owned());
    }
    assert_eq!(states(&wire, &chairman).await, expected);
    let read = get(&wire, &chairman, "c").await;
    assert_eq!(read["end_time"], "2026-08-20T08:00:00Z", "{read}");
    let events = wire
        .call(
            &chairman,
            "ListDossierEvents",
            &json!({ "name": read["name"] }),
        )
        .await
        .good();
    let told: Vec<(&str, &str)> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            (
                event["kind"].as_str().unwrap(),
                event["event_time"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("received", "2026-08-03T02:00:00Z"),
            ("advanced", "2026-08-04T02:00:00Z"),
            ("supplement_requested", "2026-08-05T02:00:00Z"),
            ("supplement_recorded", "2026-08-19T02:00:00Z"),
            ("advanced", "2026-08-19T02:00:00Z"),
            ("resolved", "2026-08-20T08:00:00Z"),
        ]
    );
    let read = get(&wire, &chairman, "h").await;
    assert_eq!(
        read["promised_due_time"], "2026-09-01T16:59:59.999999Z",
        "{read}"
    );
    assert_eq!(
        read["original_due_time"], "2026-08-25T16:59:59.999999Z",
        "{read}"
    );

    // Who reads the feed hears of each, and what is kept is what the events say.
    let province = world.token(Role::Province, PROVINCE).await;
    world.feed_settles(8).await;
    let feed = wire.call(&province, "ListEvents", &json!({})).await.good();
    let kinds: Vec<&str> = feed["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["event"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        &kinds[..3],
        ["import_completed", "advanced", "import_completed"]
    );
    let mut rest = kinds[3..].to_vec();
    rest.sort_unstable();
    assert_eq!(
        rest,
        [
            "advanced",
            "due_restated",
            "resolved",
            "resolved",
            "resolved",
            "returned",
            "supplement_recorded",
        ]
    );
    assert_eq!(differences(&world).await, Vec::<String>::new());

    // The desk goes on with its own.
    let clerk = world.token(Role::Officer, WARD).await;
    let read = get(&wire, &clerk, "f").await;
    let next = &read["next_steps"][0]["id"];
    let advance = json!({
        "name": read["name"], "etag": read["etag"], "request_id": fresh_id(), "step": next,
    });
    wire.call(&clerk, "AdvanceDossier", &advance).await.good();
}

on_both!(the_same_newer_export_again_changes_nothing);

async fn the_same_newer_export_again_changes_nothing(on: Backend) {
    let (world, desk) = month_of_both(on).await;
    let newer = || export(&second(), "2026-08-24 10:00", true);
    desk.try_plan(newer(), usize::MAX).await.unwrap();
    let wire = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    let listed = wire
        .call(&chairman, "ListDossiers", &json!({}))
        .await
        .good();
    let again = desk.try_plan(newer(), usize::MAX).await.unwrap();
    assert!(again.before);
    assert_eq!(counted(&again), (0, 0, 6, LEFT.to_vec()));
    // Also under another hash: the export of a later day in which nothing has happened.
    let later = export(&second(), "2026-08-24 11:00", true);
    let later = desk.try_plan(later, usize::MAX).await.unwrap();
    assert!(!later.before);
    assert_eq!(counted(&later), (0, 0, 6, LEFT.to_vec()));
    let after = wire.call(&chairman, "ListDossiers", &json!({})).await;
    assert_eq!(after.good(), listed);
}

on_every_database!(an_update_that_was_killed_anywhere_goes_on_where_it_stopped);

async fn an_update_that_was_killed_anywhere_goes_on_where_it_stopped(on: Backend) {
    let (world, desk) = month_of_both(on).await;
    let newer = || export(&second(), "2026-08-24 10:00", true);
    let mut kills = 0;
    let outcome = loop {
        match desk.try_plan(newer(), kills).await {
            Ok(outcome) => break outcome,
            Err(Stopped::Commit(_) | Stopped::Updating(_)) => kills += 1,
            Err(other) => panic!("{other}"),
        }
        assert!(kills < 50, "it never comes to its end");
    };
    assert!(kills > 2, "pieces, events and digests were cut: {kills}");
    let (_, _, _, left) = counted(&outcome);
    assert_eq!(left, LEFT);
    let wire = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    for (name, state, version) in [
        ("b", "STATE_RETURNED", 3),
        ("c", "STATE_RESOLVED", 6),
        ("h", "STATE_RESOLVED", 3),
        ("i", "STATE_RESOLVED", 2),
    ] {
        let read = get(&wire, &chairman, name).await;
        assert_eq!(read["state"], state, "{name}");
        let events = json!({ "name": read["name"] });
        let events = wire.call(&chairman, "ListDossierEvents", &events).await;
        let events = events.good()["events"].as_array().unwrap().len();
        assert_eq!(events, version, "{name}");
    }
    assert_eq!(differences(&world).await, Vec::<String>::new());
}

on_both!(without_update_a_changed_dossier_is_listed_and_stays);

async fn without_update_a_changed_dossier_is_listed_and_stays(on: Backend) {
    let (world, desk) = month_of_both(on).await;
    let wire = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    let before = states(&wire, &chairman).await;
    let plain = export(&second(), "2026-08-24 10:00", false);
    let outcome = desk.try_plan(plain, usize::MAX).await.unwrap();
    assert_eq!(
        (outcome.dossiers, outcome.known, outcome.changed.len()),
        (1, 1, 10)
    );
    assert_eq!(states(&wire, &chairman).await, before);
    // The same files with it take over what was listed.
    let update = export(&second(), "2026-08-24 10:00", true);
    let outcome = desk.try_plan(update, usize::MAX).await.unwrap();
    assert!(outcome.before);
    assert_eq!(counted(&outcome), (0, 4, 2, LEFT.to_vec()));
}

on_both!(an_older_export_takes_nothing_back);

async fn an_older_export_takes_nothing_back(on: Backend) {
    let (world, desk) = month_of_both(on).await;
    let newer = export(&second(), "2026-08-24 10:00", true);
    desk.try_plan(newer, usize::MAX).await.unwrap();
    let wire = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    let after = states(&wire, &chairman).await;
    let older = export(&first(), "2026-08-17 10:00", true);
    let outcome = desk.try_plan(older, usize::MAX).await.unwrap();
    let (added, updated, _, left) = counted(&outcome);
    assert_eq!((added, updated), (0, 0));
    let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["b", "c", "h", "l"]);
    assert_eq!(states(&wire, &chairman).await, after);
}
