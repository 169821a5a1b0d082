//! What a start refuses because of ports, keys and addresses: one sentence that says what to do, and its code.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn motcua(folder: &Path, words: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(words)
        .env_clear()
        .env("MOTCUA_DATABASE", "sqlite:m.db")
        .env("MOTCUA_LISTEN", "127.0.0.1:0")
        .envs(environment.iter().copied())
        .current_dir(folder)
        .output()
        .unwrap()
}

fn migrated() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(motcua(folder.path(), &["migrate"], &[]).status.success());
    folder
}

/// The first line of what is said, which is the sentence, and the code.
fn refusal(folder: &TempDir, environment: &[(&str, &str)]) -> (String, i32) {
    let told = motcua(folder.path(), &["serve"], environment);
    assert!(told.stdout.is_empty(), "nothing says that it serves");
    let said = String::from_utf8(told.stderr).unwrap();
    let first = said.lines().next().unwrap_or_default();
    let sentence = first
        .strip_prefix("motcua: ")
        .unwrap_or_else(|| panic!("{said}"));
    (sentence.to_owned(), told.status.code().unwrap())
}

#[test]
fn a_port_that_is_taken_is_told_with_who_has_it_and_a_free_one_is_not_opened() {
    let folder = migrated();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (port, text) = (address.port(), address.to_string());
    let way = format!(
        "cannot listen on {address}; another program has the port: `ss -ltnp 'sport = :{port}'` names it; \
         stop it, or take another port"
    );
    let (said, code) = refusal(&folder, &[("MOTCUA_LISTEN", &text)]);
    assert_eq!((said, code), (way.clone(), 1));
    let (said, code) = refusal(&folder, &[("MOTCUA_METRICS_LISTEN", &text)]);
    assert_eq!((said, code), (format!("metrics_listen: {way}"), 1));
}

#[test]
fn an_address_of_another_machine_is_told() {
    // Reserved for documents, so no machine has it.
    let foreign = [
        ("MOTCUA_LISTEN", "192.0.2.1:7080"),
        ("MOTCUA_PLAIN", "true"),
    ];
    let (said, code) = refusal(&migrated(), &foreign);
    assert!(
        said.starts_with("cannot listen on 192.0.2.1:7080; this machine has no such address"),
        "{said}"
    );
    assert_eq!(code, 1);
}

#[test]
fn a_key_that_cannot_be_read_or_is_none_is_told_by_its_file() {
    let folder = migrated();
    std::fs::create_dir(folder.path().join("folder.key")).unwrap();
    std::fs::write(folder.path().join("short.key"), "0123").unwrap();
    for file in ["folder.key", "short.key"] {
        let (said, code) = refusal(&folder, &[("MOTCUA_SECRET_FILE", file)]);
        assert!(said.contains(file), "{said}");
        assert_eq!(code, 2, "{said}");
    }
}

#[test]
fn a_time_for_viewings_below_that_of_logs_is_refused() {
    for (months, code) in [("11", 2), ("1", 2), ("-1", 2)] {
        let (said, ended) = refusal(&migrated(), &[("MOTCUA_VIEWINGS_MONTHS", months)]);
        assert!(said.starts_with("MOTCUA_VIEWINGS_MONTHS"), "{said}");
        assert_eq!(ended, code, "{said}");
    }
}

#[test]
fn a_value_that_a_key_does_not_take_is_told_with_one_that_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, value, expected) in [
        (
            "MOTCUA_LISTEN",
            "abc",
            "expected an address with its port, such as 127.0.0.1:7080",
        ),
        (
            "MOTCUA_METRICS_LISTEN",
            "9180",
            "expected an address with its port",
        ),
        ("MOTCUA_READERS", "ten", "expected a whole number"),
        ("MOTCUA_PLAIN", "yes", "expected true or false"),
    ] {
        let (said, code) = refusal(&folder, &[(variable, value)]);
        assert!(
            said.starts_with(variable) && said.contains(expected),
            "{said}"
        );
        assert_eq!(code, 2);
    }
}

#[test]
fn a_check_refuses_a_log_with_which_no_server_starts() {
    let folder = migrated();
    let wrong = [("MOTCUA_LOG", "bogus=zzz")];
    let (said, code) = refusal(&folder, &wrong);
    assert!(said.starts_with("log = \"bogus=zzz\": "), "{said}");
    assert_eq!(code, 2);
    let checked = motcua(folder.path(), &["check"], &wrong);
    assert_eq!(checked.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(checked.stderr).unwrap().lines().next(),
        Some(format!("motcua: {said}").as_str())
    );
}
