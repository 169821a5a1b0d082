//! The examples run, in the languages that desks are written in.

use std::path::{Path, PathBuf};
use std::process::Command;

use domain::role::Role;

use crate::port::Port;
use crate::world::{PROVINCE, WARD, World};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(name)
}

/// What a desk says that works against a server for a while.
async fn said(mut desk: Command) -> String {
    let world = World::at("2026-08-03 10:00").await;
    let receptionist = world.token(Role::Receptionist, WARD).await;
    let portal = world.token(Role::Portal, PROVINCE).await;
    let port = Port::open(&world.engine).await;
    desk.args([
        &format!("http://{}", port.address),
        WARD,
        &receptionist,
        &portal,
    ]);
    let output = tokio::task::spawn_blocking(move || desk.output())
        .await
        .unwrap();
    let output = output.expect("the language is there");
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{wrong}");
    port.stop().await;
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn is_a_day_at_the_desk(said: &str) {
    let lines: Vec<&str> = said.lines().collect();
    let begins = [
        "received H60.02215-260803-0001 due 2026-08-06T",
        "receipt H60.02215-260803-0001 PIN ",
        "buttons RequestSupplement, AdvanceDossier, ",
        "refused STALE_DOSSIER - Hồ sơ",
        "advanced H60.02215-260803-0001 version 2",
        "events 2",
    ];
    assert_eq!(lines.len(), begins.len(), "{said}");
    for (line, begin) in lines.iter().zip(begins) {
        assert!(
            line.starts_with(begin),
            "`{line}` does not begin with `{begin}`"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_in_python_receives_prints_is_refused_and_follows_the_feed() {
    let mut desk = Command::new("python3");
    desk.arg(example("python/desk.py"));
    is_a_day_at_the_desk(&said(desk).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_in_typescript_receives_prints_is_refused_and_follows_the_feed() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["desk.ts", "globals.d.ts", "package.json", "tsconfig.json"] {
        let from = example("typescript").join(file);
        std::fs::copy(from, folder.path().join(file)).unwrap();
    }
    let built = Command::new("tsc")
        .current_dir(folder.path())
        .output()
        .expect("tsc of Debian's package node-typescript is needed");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stdout)
    );
    let mut desk = Command::new("node");
    desk.arg(folder.path().join("desk.js"));
    is_a_day_at_the_desk(&said(desk).await);
}

/// Whether a program or file is there; if not, says that its example is left out.
fn has(what: &str, path: &str) -> bool {
    let is_there = match path {
        "" => Command::new(what).arg("version").output().is_ok(),
        file => Path::new(file).exists(),
    };
    if !is_there {
        eprintln!("left out: {what} is not here; tests/run installs it");
    }
    is_there
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_in_go_receives_prints_is_refused_and_follows_the_feed() {
    if !has("go", "") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Command::new("go");
    desk.current_dir(example("go"))
        .env("GOCACHE", folder.path())
        .env("GOFLAGS", "-mod=readonly")
        .args(["run", "desk.go"]);
    is_a_day_at_the_desk(&said(desk).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_in_java_receives_prints_is_refused_and_follows_the_feed() {
    const GSON: &str = "/usr/share/java/gson.jar";
    if !has("java", "/usr/bin/javac") || !has("gson", GSON) {
        return;
    }
    let mut desk = Command::new("java");
    // Java before 18 takes the encoding of sources and of output from the locale.
    desk.env("LC_ALL", "C.UTF-8").args(["-cp", GSON]);
    desk.arg(example("java/Desk.java"));
    is_a_day_at_the_desk(&said(desk).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_in_c_sharp_receives_prints_is_refused_and_follows_the_feed() {
    const JSON: &str = "/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll";
    const HTTP: &str = "/usr/lib/mono/gac/System.Net.Http";
    if !has("mcs", "/usr/bin/mcs") || !has("Newtonsoft.Json", JSON) || !has("System.Net.Http", HTTP)
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("Desk.exe");
    // A program looks for its libraries beside itself.
    std::fs::copy(JSON, folder.path().join("Newtonsoft.Json.dll")).unwrap();
    let built = Command::new("mcs")
        .arg(format!("-out:{}", program.display()))
        .args([
            "-warnaserror",
            "-r:System.Net.Http.dll",
            &format!("-r:{JSON}"),
        ])
        .arg(example("csharp/Desk.cs"))
        .output()
        .unwrap();
    let wrong = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{wrong}");
    let mut desk = Command::new("mono");
    desk.arg(program);
    is_a_day_at_the_desk(&said(desk).await);
}
