//! What Prometheus reads, and the dashboard and alerts that are shipped with it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::backend::Backend;
use crate::faults::office::Office;
use crate::faults::program::{How, Program};

/// Reads a path of a server's port of metrics.
pub async fn get(address: &str) -> (StatusCode, String, String) {
    let rest = address.strip_prefix("http://").unwrap();
    let (place, path) = rest.split_once('/').unwrap();
    let stream = tokio::net::TcpStream::connect(place).await.unwrap();
    let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = connected.unwrap();
    tokio::spawn(async move {
        let _closed = connection.await;
    });
    let request = Request::get(format!("/{path}"))
        .header("host", place)
        .body(Empty::<Bytes>::new())
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let status = answer.status();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, kind, String::from_utf8(body.to_vec()).unwrap())
}

/// The metrics as they are now.
pub async fn scrape(address: &str) -> String {
    let (status, kind, text) = get(address).await;
    assert_eq!(status, StatusCode::OK);
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    text
}

/// The value of a series, by its name and labels as they stand in the text.
pub fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find(|line| {
        line.strip_prefix(series)
            .is_some_and(|rest| rest.starts_with(' '))
    })?;
    line[series.len() + 1..].parse().ok()
}

/// The names that Prometheus keeps.
fn names(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split(['{', ' ']).next().unwrap().to_owned())
        .collect()
}

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../packaging")
        .join(name)
}

/// The names of metrics in an expression of PromQL.
fn asked(expression: &str) -> Vec<String> {
    let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let ours = words.filter(|word| word.starts_with("motcua_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_working_server_shows_rates_errors_times_and_what_it_waits_for() {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let how = How::default().with("MOTCUA_METRICS_LISTEN", "127.0.0.1:0");
    let mut office = Office::open(&database.url, 4).await;
    let server = Program::serve(&database.url, folder.path(), &how);
    let metrics = server.metrics.clone().unwrap();
    let text = scrape(&metrics).await;
    assert_eq!(value(&text, "motcua_ready"), Some(1.0));
    assert_eq!(value(&text, "motcua_backup_failures_total"), Some(0.0));
    office.work_for(&server.address, 40).await;
    let text = scrape(&metrics).await;
    let advanced = value(
        &text,
        "motcua_calls_total{method=\"AdvanceDossier\",code=\"OK\"}",
    );
    assert!(advanced.is_some_and(|calls| calls > 1.0), "{text}");
    let commits = value(&text, "motcua_commit_duration_seconds_count").unwrap();
    let commands = value(&text, "motcua_batch_commands_sum").unwrap();
    assert!(commits >= 1.0 && commands >= 40.0, "{commits} {commands}");
    assert_eq!(value(&text, "motcua_queue_commands"), Some(0.0));
    assert_eq!(value(&text, "motcua_calls_in_flight"), Some(0.0));
    let busy = "motcua_pool_connections{pool=\"readers\",state=\"idle\"}";
    assert!(value(&text, busy).is_some_and(|idle| idle > 0.0), "{text}");
    for name in [
        "motcua_call_duration_seconds_count{method=\"AdvanceDossier\"}",
        "motcua_feed_held_seconds",
        "motcua_security_events_total{event=\"pin_refused\"}",
        "motcua_refusals_total{reason=\"QUEUE_FULL\"}",
        "process_resident_memory_bytes",
    ] {
        assert!(value(&text, name).is_some(), "{name} in {text}");
    }
    assert!(text.ends_with("# EOF\n"));
    let health = metrics.replace("/metrics", "/readyz");
    let (status, _, said) = get(&health).await;
    assert_eq!(
        (status, said.contains("\"ready\"")),
        (StatusCode::OK, true),
        "{said}"
    );
    server.kill();
}

#[tokio::test]
async fn every_metric_that_dashboard_and_alerts_ask_for_is_shown() {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let how = How::default().with("MOTCUA_METRICS_LISTEN", "127.0.0.1:0");
    let mut office = Office::open(&database.url, 2).await;
    let server = Program::serve(&database.url, folder.path(), &how);
    office.work_for(&server.address, 10).await;
    let mut shown = names(&scrape(&server.metrics.clone().unwrap()).await);
    server.kill();
    // Shown once a model was fitted, which takes a year of history.
    shown.insert("motcua_forecast_age_seconds".to_owned());
    let dashboard = std::fs::read_to_string(packaging("grafana-dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let mut expressions = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            expressions.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    assert!(expressions.len() > 10, "{}", expressions.len());
    let rules = std::fs::read_to_string(packaging("prometheus-rules.yml")).unwrap();
    let alerts: Vec<String> = rules
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("expr: "))
        .map(str::to_owned)
        .collect();
    assert!(alerts.len() > 5, "{}", alerts.len());
    for expression in expressions.iter().chain(&alerts) {
        let names = asked(expression);
        assert!(!names.is_empty(), "{expression}");
        for name in names {
            assert!(
                shown.contains(&name),
                "{name} of `{expression}` is shown nowhere"
            );
        }
    }
}

#[test]
fn promtool_finds_the_alert_rules_right() {
    let checked = std::process::Command::new("promtool")
        .args(["check", "rules"])
        .arg(packaging("prometheus-rules.yml"))
        .output()
        .expect("promtool of Debian's package prometheus is needed");
    let said = String::from_utf8_lossy(&checked.stdout);
    let wrong = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}{wrong}");
    assert!(said.contains("rules found"), "{said}");
}
