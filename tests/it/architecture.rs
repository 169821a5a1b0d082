//! The structure of the workspace: permitted arrows between crates, and forbidden words.

mod documents;
mod journeys;
mod source;
mod tidiness;

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// What each crate may name: crates below its layer, and never another adapter.
const ARROWS: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("migrations", &[]),
    ("forecast", &["domain"]),
    ("documents", &["domain"]),
    ("tables", &["domain"]),
    ("app", &["documents", "domain", "forecast"]),
    ("store", &["app", "domain", "migrations"]),
    ("http", &["app"]),
    ("grpc", &["app", "domain", "http"]),
    ("web", &["app", "documents", "domain", "http"]),
    ("portal", &["app", "domain", "http"]),
    ("demo", &["app", "domain", "store"]),
    ("bench", &["app", "demo", "domain", "grpc", "http", "store"]),
    (
        "server",
        &[
            "app",
            "bench",
            "demo",
            "documents",
            "domain",
            "forecast",
            "grpc",
            "http",
            "portal",
            "store",
            "tables",
            "web",
        ],
    ),
];

/// The crate behind a package of the workspace. `motcua` is the program itself.
fn ours(package: &str) -> Option<&str> {
    match package {
        "motcua" => Some("server"),
        other => other.strip_prefix("motcua-"),
    }
}

/// The arrows between packages that [`ARROWS`] does not permit.
fn undrawn(packages: &[(String, Vec<String>)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (package, names) in packages {
        let Some(name) = ours(package).filter(|name| *name != "tests") else {
            continue;
        };
        let Some((_, drawn)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{package} has no place in the house"));
            continue;
        };
        for other in names {
            if ours(other).is_some_and(|other| !drawn.contains(&other)) {
                wrong.push(format!("{package} must not name {other}"));
            }
        }
    }
    wrong
}

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Each package with the packages that it depends on outside tests.
fn dependencies() -> Vec<(String, Vec<String>)> {
    metadata()["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let names = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
                .collect();
            (package["name"].as_str().unwrap().to_owned(), names)
        })
        .collect()
}

#[test]
fn no_arrow_points_up_or_sideways() {
    assert_eq!(undrawn(&dependencies()), Vec::<String>::new());
}

#[test]
fn each_technology_has_one_home() {
    let homes: [(&str, &[&str]); 8] = [
        ("sea-orm", &["motcua-store", "motcua-migrations"]),
        // The benchmark measures the database alone, without any of our code.
        ("sqlx", &["motcua-bench"]),
        ("rusqlite", &["motcua-bench"]),
        ("tonic", &["motcua-grpc"]),
        ("prost", &["motcua-grpc"]),
        (
            "tokio",
            &[
                "motcua-app",
                "motcua-bench",
                "motcua-demo",
                "motcua-store",
                "motcua-grpc",
                "motcua-http",
                "motcua-portal",
                "motcua",
            ],
        ),
        ("reqwest", &["motcua-portal"]),
        ("clap", &["motcua"]),
    ];
    for (package, names) in dependencies() {
        for (technology, homes) in homes {
            let uses = names
                .iter()
                .any(|name| name == technology || name.starts_with(&format!("{technology}-")));
            let at_home = package == "motcua-tests" || homes.contains(&package.as_str());
            assert!(!uses || at_home, "{package} must not use {technology}");
        }
    }
}

fn texts(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && name != ".git" && name != "node_modules" {
                texts(&path, found);
            }
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
}

#[test]
fn no_file_is_a_drawer_for_odds_and_ends() {
    let mut files = Vec::new();
    texts(&root().join("crates"), &mut files);
    for (path, _) in files {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        for banned in [
            "utils", "util", "common", "manager", "helper", "helpers", "misc",
        ] {
            assert_ne!(stem, banned, "{}: name the idea instead", path.display());
        }
    }
}

#[test]
fn the_environment_and_the_clock_are_read_in_one_crate() {
    let mut files = Vec::new();
    for inner in [
        "domain",
        "forecast",
        "documents",
        "app",
        "store",
        "http",
        "grpc",
        "web",
        "portal",
        "bench",
        "demo",
    ] {
        texts(&root().join("crates").join(inner).join("src"), &mut files);
    }
    for (path, text) in files {
        for banned in [
            "env::var(",
            "Utc::now",
            "Local::now",
            "SystemTime::now",
            "rand::rng",
        ] {
            assert!(
                !text.contains(banned),
                "{}: {banned} belongs in server",
                path.display()
            );
        }
    }
}

#[test]
fn every_path_in_the_pages_for_newcomers_exists() {
    for page in [
        "docs/ARCHITECTURE.md",
        "docs/CONTRIBUTING.md",
        "docs/access.md",
        "README.md",
    ] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        for (at, quoted) in text.split('`').enumerate() {
            let first = quoted.split('/').next().unwrap_or_default();
            let is_path = at % 2 == 1
                && quoted.contains('/')
                && !quoted.contains([' ', '*', '{', '$'])
                && [
                    "crates",
                    "catalogue",
                    "migrations",
                    "tests",
                    "docs",
                    "proto",
                ]
                .contains(&first);
            if is_path {
                assert!(
                    root().join(quoted).exists(),
                    "{page} names {quoted}, which is not there"
                );
            }
        }
    }
}
