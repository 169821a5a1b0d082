//! What docs/portal.md tells an integrator to type in the first hour, typed.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

/// The blocks that are meant for a shell, one after the other.
fn typed() -> String {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/portal.md");
    let text = std::fs::read_to_string(document).unwrap();
    let blocks = text.split("\n```sh\n").skip(1);
    blocks
        .map(|rest| rest.split_once("\n```").unwrap().0)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A port that nobody has now.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn the_first_hour_goes_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_motcua")).parent().unwrap();
    let script = typed()
        .replace("127.0.0.1:7090", &free())
        .replace("127.0.0.1:7080", &free())
        // A refusal is an answer to curl, and a failure here; that of a batch is looked at.
        .replace("curl -s ", "curl -sS ");
    // A shell that follows jobs, and leaves none behind.
    let prelude = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n";
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("timeout")
        .args(["180", "bash", "-m"])
        .current_dir(folder.path())
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = shell.stdin.take().unwrap();
    input
        .write_all(format!("{prelude}{script}\n").as_bytes())
        .unwrap();
    drop(input);
    let output = shell.wait_with_output().unwrap();
    let (out, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{script}\n{out}\n{errors}");
    assert!(out.contains("cong:"), "the status was shown: {out}");
}
