//! What the doctor finds, and what it says to do.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

struct Patient {
    folder: TempDir,
}

impl Patient {
    fn new() -> Self {
        let patient = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        patient.set("");
        assert!(patient.run("migrate", &[]).status.success());
        patient
    }

    fn set(&self, more: &str) {
        let here = self.folder.path().display();
        let text = format!(
            "database = \"sqlite:{here}/m.db\"\nsecret_file = \"{here}/m.key\"\nlisten = \"127.0.0.1:0\"\n{more}"
        );
        std::fs::write(self.folder.path().join("m.toml"), text).unwrap();
    }

    fn run(&self, command: &str, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args([command, "--config", "m.toml"])
            .args(more)
            .env_clear()
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    /// Exit code, and what was found by name.
    fn examined(&self) -> (i32, Value) {
        let output = self.run("doctor", &["--json"]);
        let code = output.status.code().unwrap();
        let told = serde_json::from_slice(&output.stdout);
        (code, told.unwrap_or_else(|_| panic!("{output:?}")))
    }
}

/// State, found and remedy of a check.
#[track_caller]
fn check<'a>(told: &'a Value, name: &str) -> (&'a str, &'a str, &'a str) {
    let checks = told["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {told:#}"));
    let text = |key: &str| found[key].as_str().unwrap();
    (text("state"), text("found"), text("remedy"))
}

#[test]
fn a_new_installation_is_well_and_every_warning_says_what_to_do() {
    let patient = Patient::new();
    let (code, told) = patient.examined();
    assert_eq!((code, &told["ok"]), (0, &Value::Bool(true)), "{told:#}");
    for name in [
        "configuration",
        "listen",
        "database",
        "schema",
        "settings",
        "key",
        "clock",
        "catalogue",
    ] {
        assert_eq!(check(&told, name).0, "ok", "{told:#}");
    }
    let (state, found, _) = check(&told, "viewings");
    assert_eq!((state, found), ("ok", "kept for 24 months"));
    let (state, _, remedy) = check(&told, "backups");
    assert_eq!(state, "warn");
    assert!(remedy.contains("backup_folder"), "{remedy}");
    for one in told["checks"].as_array().unwrap() {
        let is_well = one["state"] == "ok";
        assert_eq!(one["remedy"].as_str().unwrap().is_empty(), is_well, "{one}");
    }
    let lines = patient.run("doctor", &["--lang", "en"]);
    let lines = String::from_utf8(lines.stdout).unwrap();
    assert!(lines.contains("WARN backups"), "{lines}");
    assert!(lines.contains("-> set backup_folder"), "{lines}");
}

#[test]
fn the_doctor_speaks_vietnamese_to_people_and_english_to_programs() {
    let patient = Patient::new();
    let told = patient.run("doctor", &[]);
    let told = String::from_utf8(told.stdout).unwrap();
    for line in [
        "WARN sao lưu              máy chủ không sao lưu",
        "-> đặt backup_folder",
        "đơn vị, 98 thủ tục",
        "ok   chứng thư            không có: chỉ máy này vào được cổng",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    patient.set("listn = 7\n");
    let told = patient.run("doctor", &[]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("FAIL cấu hình"), "{told}");
    assert!(
        told.contains("skip các mục khác         không đọc được cấu hình"),
        "{told}"
    );
    let english = patient.run("doctor", &["--json", "--lang", "vi"]);
    let english = String::from_utf8(english.stdout).unwrap();
    assert!(
        english.contains("the configuration cannot be read"),
        "{english}"
    );
}

#[test]
fn a_typing_error_in_the_configuration_is_the_first_thing_found() {
    let patient = Patient::new();
    patient.set("listn = 7\n");
    let (code, told) = patient.examined();
    let (state, found, _) = check(&told, "configuration");
    assert_eq!((code, state), (1, "fail"));
    assert!(found.contains("m.toml:4: unknown field `listn`"), "{found}");
}

#[test]
fn a_port_of_another_program_is_told_from_one_of_a_motcua() {
    let patient = Patient::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    patient.set(&format!("metrics_listen = \"127.0.0.1:{port}\"\n"));
    let answers = std::thread::spawn(move || drop(other.accept()));
    let (code, told) = patient.examined();
    let (state, found, remedy) = check(&told, "metrics_listen");
    assert_eq!((code, state), (1, "fail"), "{found}");
    assert!(remedy.contains(&format!("sport = :{port}")), "{remedy}");
    answers.join().unwrap();
}

#[test]
fn a_missing_database_an_old_schema_and_a_wrong_key_each_have_a_remedy() {
    let patient = Patient::new();
    let file = patient.folder.path().join("m.db");
    std::fs::write(patient.folder.path().join("m.key"), "short").unwrap();
    let (code, told) = patient.examined();
    let (state, found, _) = check(&told, "key");
    assert_eq!((code, state), (1, "fail"));
    assert!(found.contains("64 hexadecimal digits"), "{found}");
    std::fs::rename(&file, patient.folder.path().join("away.db")).unwrap();
    let (_, told) = patient.examined();
    let (state, _, remedy) = check(&told, "database");
    assert_eq!(state, "fail");
    assert!(remedy.contains("motcua migrate"), "{remedy}");
    assert_eq!(check(&told, "key").0, "skip");
    std::fs::write(&file, "").unwrap();
    let (_, told) = patient.examined();
    let (state, found, remedy) = check(&told, "schema");
    assert_eq!(state, "fail", "{found}");
    assert!(
        remedy.contains("take a backup, then `motcua migrate`"),
        "{remedy}"
    );
}

#[test]
fn a_database_that_everybody_may_read_fails_with_the_command_that_closes_it() {
    let patient = Patient::new();
    let file = patient.folder.path().join("m.db");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (code, told) = patient.examined();
    let (state, _, remedy) = check(&told, "file modes");
    assert_eq!((code, state), (1, "fail"));
    assert!(
        remedy.starts_with("chmod o= ") && remedy.ends_with("m.db"),
        "{remedy}"
    );
}

#[test]
fn old_backups_fail_and_a_folder_that_is_not_there_too() {
    let patient = Patient::new();
    patient.set("backup_folder = \"backups\"\n");
    assert_eq!(check(&patient.examined().1, "backups").0, "fail");
    let folder = patient.folder.path().join("backups");
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(check(&patient.examined().1, "backups").0, "warn");
    std::fs::write(folder.join("motcua-20260101T000000Z.db"), "").unwrap();
    let (state, found, _) = {
        let (_, told) = patient.examined();
        let (state, found, remedy) = check(&told, "backups");
        (state.to_owned(), found.to_owned(), remedy.to_owned())
    };
    assert_eq!(state, "fail");
    assert!(found.contains("2026-01-01"), "{found}");
}

#[test]
fn manual_pages_and_completions_come_from_the_commands_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let motcua = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args(words)
            .env_clear()
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    motcua(&["man", folder.path().to_str().unwrap()]);
    let page = std::fs::read_to_string(folder.path().join("motcua-backup.1")).unwrap();
    assert!(
        page.contains("never") || page.contains("beside a running server"),
        "{page}"
    );
    assert!(folder.path().join("motcua.1").exists());
    assert!(folder.path().join("motcua-user-add.1").exists());
    assert!(
        !folder.path().join("motcua-man.1").exists(),
        "it is for packages"
    );
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            motcua(&["completions", shell]).contains("doctor"),
            "{shell}"
        );
    }
}
