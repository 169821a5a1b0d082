//! What a server writes down of itself and of its calls.

use std::path::Path;

use serde_json::{Value, json};

use crate::backend::Backend;
use crate::faults::office::Office;
use crate::faults::program::{How, Program};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The lines of a log that are JSON.
fn lines(folder: &Path) -> Vec<Value> {
    let log = std::fs::read_to_string(folder.join("log")).unwrap();
    log.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn saying<'a>(lines: &'a [Value], message: &str) -> Vec<&'a Value> {
    let says = |line: &&Value| line["fields"]["message"] == message;
    lines.iter().filter(says).collect()
}

/// Makes a call that is refused, under a trace of its own.
async fn look_up(address: &str) {
    let url = format!("{address}/motcua.v1.LookupService/LookupDossier");
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let asked = tokio::process::Command::new("curl")
        .args(["--silent", "--data", &json!({}).to_string(), "--header"])
        .arg("content-type: application/json")
        .args(["--header", &format!("traceparent: {traceparent}"), &url])
        .output();
    assert!(asked.await.unwrap().status.success());
}

async fn served(level: &str, slow_ms: &str) -> Vec<Value> {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let how = How::default()
        .with("MOTCUA_LOG", level)
        .with("MOTCUA_LOG_FORMAT", "json")
        .with("MOTCUA_SLOW_CALL_MS", slow_ms);
    let mut office = Office::open(&database.url, 2).await;
    let server = Program::serve(&database.url, folder.path(), &how);
    office.work_for(&server.address, 8).await;
    look_up(&server.address).await;
    server.kill();
    lines(folder.path())
}

#[tokio::test]
async fn a_start_tells_version_database_schema_and_address_and_each_call_its_method_and_trace() {
    let lines = served("debug,sqlx=warn,sea_orm=warn,h2=warn", "60000").await;
    let start = saying(&lines, "serving");
    let start = &start.first().expect("a line about the start")["fields"];
    assert!(
        start["database"].as_str().unwrap().starts_with("sqlite:"),
        "{start}"
    );
    assert_eq!(start["schema"], store::schema());
    assert!(
        start["version"].is_string() && start["address"].is_string(),
        "{start}"
    );
    let answered = saying(&lines, "a call was answered");
    let advanced = answered
        .iter()
        .filter(|line| line["span"]["method"] == "AdvanceDossier");
    assert!(advanced.clone().count() > 1, "{answered:?}");
    for line in advanced {
        assert_eq!(line["fields"]["code"], "OK");
        assert_eq!(line["span"]["trace"].as_str().unwrap().len(), 32, "{line}");
    }
    let ours = answered
        .iter()
        .filter(|line| line["span"]["trace"] == TRACE);
    let ours: Vec<_> = ours.collect();
    assert_eq!(ours.len(), 1, "the caller's trace is kept");
    assert_eq!(ours[0]["level"], "DEBUG", "a refusal is no failure");
}

#[tokio::test]
async fn at_info_only_slow_and_failed_calls_have_a_line() {
    let quiet = served("info", "60000").await;
    for message in ["a call was answered", "a call was slow", "a call failed"] {
        assert_eq!(saying(&quiet, message).len(), 0, "{message}: {quiet:?}");
    }
    let slow = served("info", "0").await;
    let told = saying(&slow, "a call was slow");
    assert!(told.len() >= 8, "{told:?}");
    assert!(told.iter().all(|line| line["level"] == "INFO"));
}
