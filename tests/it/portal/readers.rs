//! Programs that were not written here read what we send and call what we offer: libraries of receivers
//! of webhooks, and schemathesis on the road of portals. `tests/python.sh` installs them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use domain::role::Role;
use portal::inbound::describe;
use serde_json::{Value, json};

use super::handed_in::{KEY, Portal};
use super::hooks::{Receiver, Telling, added, admin};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, who};

/// A program of the Python that has the libraries.
fn of_python(program: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = Command::new("bash").arg(folder.join("python.sh")).output();
    let made = made.unwrap();
    let wrong = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "tests/python.sh: {wrong}");
    let python = String::from_utf8(made.stdout).unwrap();
    let mut command = Command::new(Path::new(python.trim()).with_file_name(program));
    command.current_dir(folder.join("python"));
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn the_libraries_of_receivers_verify_and_read_what_a_webhook_is_told() {
    let world = World::at("2026-08-03 10:00").await;
    let receiver = Receiver::listening().await;
    let old = added(&world, "qlvb", &receiver).await;
    let telling = Telling::begin(&world.engine);
    let received = world.receive(WARD, THREE_DAYS).await;
    receiver.has(1).await;
    let request = world.identity().request_id;
    let rotated = world.engine.rotate_webhook(&admin(), request, "qlvb").await;
    let new = rotated.unwrap();
    // Work under way takes another secret up within seconds; begun anew, at once.
    telling.stop().await;
    let telling = Telling::begin(&world.engine);
    world.advance(&received, Role::Receptionist).await;
    receiver.has(2).await;
    world.pass(app::portal::OLD_SECRET_LASTS);
    world.receive(WARD, THREE_DAYS).await;
    let came = receiver.has(3).await;
    telling.stop().await;
    let (old, new) = (old.secret_text(), new.secret_text());
    let counting = [
        (vec![&old], vec![&new]),
        (vec![&old, &new], vec![]),
        (vec![&new], vec![&old]),
    ];
    let lines: Vec<Value> = came
        .iter()
        .zip(counting)
        .map(|(one, (right, wrong))| {
            json!({
                "headers": {
                    "content-type": "application/cloudevents+json; charset=utf-8",
                    "webhook-id": one.id,
                    "webhook-timestamp": one.seconds.to_string(),
                    "webhook-signature": one.signatures,
                },
                "body": String::from_utf8(one.body.clone()).unwrap(),
                "came": one.seconds + 2,
                "right": right,
                "wrong": wrong,
            })
        })
        .collect();
    let read = tokio::task::spawn_blocking(move || {
        let mut python = of_python("python");
        python.arg("read_webhooks.py");
        python.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = python.spawn().unwrap();
        let mut input = running.stdin.take().unwrap();
        for line in lines {
            writeln!(input, "{line}").unwrap();
        }
        drop(input);
        running.wait_with_output().unwrap()
    });
    let read = read.await.unwrap();
    assert!(read.status.success(), "{read:?}");
    let read = String::from_utf8(read.stdout).unwrap();
    let id = received.dossier.id;
    let lines: Vec<&str> = read.lines().collect();
    assert_eq!(
        lines[..2],
        [
            format!("vn.motcua.dossier.received.v1 {id}.1 dossiers/{id} 1"),
            format!("vn.motcua.dossier.advanced.v1 {id}.2 dossiers/{id} 2"),
        ]
    );
    assert_eq!(lines.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_no_fault_and_no_answer_besides_the_contract_on_the_road_of_portals() {
    let world = World::at("2026-08-03 10:00").await;
    let portal = Portal::of(&world);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = portal.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let contract = folder.path().join("openapi.json");
    let document = grpc::openapi::with(&address, &describe());
    std::fs::write(&contract, document.to_string()).unwrap();
    let report = folder.path().join("report.xml");
    let seconds = world.engine.now().timestamp().to_string();
    let (told, file) = (report.clone(), contract.clone());
    let run = tokio::task::spawn_blocking(move || {
        let mut program = of_python("schemathesis");
        program
            .args(["run", "--url", &address, "--no-color", "--seed", "7"])
            .args(["--include-path-regex", "^/portal/", "--max-examples", "60"])
            .args(["--phases", "examples,coverage,fuzzing"])
            .args(["--generation-database", "none", "--suppress-health-check", "all"])
            .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"])
            .args(["--report", "junit", "--report-junit-path"])
            .arg(&told)
            .arg(&file)
            .env("SCHEMATHESIS_HOOKS", "sign")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONPATH", ".")
            .env("PORTAL_NAME", "dvcqg")
            .env("PORTAL_KEY", std::str::from_utf8(KEY).unwrap())
            .env("PORTAL_SECONDS", seconds);
        program.output().unwrap()
    });
    let run = run.await.unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    let wrong = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}\n{wrong}");
    let tested = said.contains("4 selected / ") || said.contains("Selected: 4/");
    assert!(tested, "all four roads are tried: {said}");
    println!("{said}");
    // What it made up went through: some of it was signed rightly and read.
    let reader = who(Role::Auditor, PROVINCE);
    let feed = world.engine.feed(&reader, "", 200).await.unwrap();
    println!("{} events", feed.entries.len());
}
