//! Calls that schemathesis makes of the OpenAPI document: none is a fault of ours, and each answer is what
//! the document says. `MOTCUA_SCHEMATHESIS=200` tries more of each method than the few of a usual run.

use std::io::Write;
use std::process::Command;

use domain::role::Role;

use crate::port::Port;
use crate::world::{PROVINCE, WARD, World};

/// What is judged. Whether a value that looks right is taken depends on the dossiers that there are.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,ignored_auth";

async fn survives(role: Role, unit: &str, only: &str) {
    if Command::new("schemathesis")
        .arg("--version")
        .output()
        .is_err()
    {
        let said = b"\nSKIPPED: schemathesis is not here; tests/run installs it\n";
        std::io::stderr().write_all(said).unwrap();
        return;
    }
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(role, unit).await;
    let port = Port::open(&world.engine).await;
    let most = std::env::var("MOTCUA_SCHEMATHESIS").unwrap_or_else(|_| "3".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let mut fuzzer = Command::new("schemathesis");
    fuzzer
        .current_dir(folder.path())
        .arg("run")
        .arg(format!("http://{}/openapi.json", port.address))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", CHECKS, "--max-examples", &most, "--seed", "1"])
        .args(["--phases", "examples,fuzzing", "--request-timeout", "30"])
        // A stream does not end.
        .args([
            "--exclude-path-regex",
            "Watch",
            "--include-path-regex",
            only,
        ])
        .args(["--no-color", "--warnings", "off"]);
    let output = tokio::task::spawn_blocking(move || fuzzer.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let passed = said.lines().find(|line| line.contains("generated"));
    println!(
        "{role}: {}",
        passed.unwrap_or("nothing was generated").trim()
    );
    port.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chairman_meets_no_fault_and_no_answer_beside_the_document() {
    survives(Role::Chairman, WARD, "Dossier|Event|Lookup|Worklist|Report").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_meets_no_fault_and_no_answer_beside_the_document() {
    survives(Role::Admin, PROVINCE, "Access|Catalogue|Portal").await;
}
