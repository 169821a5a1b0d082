//! The commands as an operator meets them: words, output, exit codes.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::{NaiveDateTime, TimeDelta};
use tempfile::TempDir;

#[path = "../../domain/tests/deadlines/reference.rs"]
#[expect(dead_code, reason = "the command uses one office of the reference")]
mod reference;

fn motcua(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(args)
        .env_clear()
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn written(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A copy of the shipped catalogue, for tests that change it.
fn catalogue_folder() -> TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &target);
            } else {
                std::fs::copy(&path, &target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue"),
        folder.path(),
    );
    folder
}

fn append(path: &Path, line: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, format!("{}\n{line}\n", text.trim_end())).unwrap();
}

#[test]
fn a_due_time_is_printed_with_its_reasons_in_one_language() {
    let output = motcua(&["due", "--from", "2026-08-21T09:00+07:00", "--limit", "3wd"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = out(&output);
    assert!(text.starts_with("2026-08-25T17:00:00+07:00\n"), "{text}");
    assert!(
        text.contains("Thứ Bảy 22/08/2026: ngày làm việc thứ 1. Làm bù"),
        "{text}"
    );
    assert!(!text.contains("Due at"), "{text}");
    let english = motcua(&[
        "due",
        "--from",
        "2026-08-21T09:00+07:00",
        "--limit",
        "3wd",
        "--lang",
        "en",
    ]);
    let text = out(&english);
    assert!(
        text.contains("Due at 17:00 on Tuesday 25 August 2026."),
        "{text}"
    );
    assert!(!text.contains("ngày làm việc"), "{text}");
}

#[test]
fn a_provisional_due_time_says_so() {
    let output = motcua(&[
        "due",
        "--from",
        "2027-02-03T09:00:00+07:00",
        "--limit",
        "1wd",
    ]);
    assert!(out(&output).starts_with("2027-02-11T17:00:00+07:00 (lịch tạm tính)\n"));
}

#[test]
fn a_unit_counts_in_its_own_hours() {
    let folder = catalogue_folder();
    let row = "H60.02215,2024-01-01,07:00-11:30 13:30-17:00,a test";
    append(&folder.path().join("calendar/hours.csv"), row);
    let catalogue = folder.path().to_str().unwrap();
    for (from, national, own) in [
        (
            "2026-08-21T15:30+07:00",
            "2026-08-22T16:00:00+07:00",
            "2026-08-22T15:30:00+07:00",
        ),
        (
            "2026-08-29T20:00+07:00",
            "2026-09-04T08:00:00+07:00",
            "2026-09-03T17:00:00+07:00",
        ),
    ] {
        let base = [
            "due",
            "--catalogue",
            catalogue,
            "--from",
            from,
            "--limit",
            "8wh",
        ];
        let first_line = |args: &[&str]| out(&motcua(args)).lines().next().unwrap().to_owned();
        assert_eq!(first_line(&base), national);
        for unit in ["H60.02215", "02215"] {
            assert_eq!(first_line(&[&base[..], &["--unit", unit]].concat()), own);
        }
    }
}

#[test]
fn wrong_input_is_exit_code_2_and_says_what_was_expected() {
    for (args, says) in [
        (
            vec!["due", "--from", "2026-08-21 9h", "--limit", "3wd"],
            "21/08/2026 09:00",
        ),
        (
            vec!["due", "--from", "2026-08-21T09:00+07:00", "--limit", "3xx"],
            "3wd",
        ),
        (
            vec![
                "due",
                "--from",
                "2026-08-21T09:00+07:00",
                "--limit",
                "3wd",
                "--unit",
                "Z",
            ],
            "unit",
        ),
        (vec!["due", "--cases", "/nowhere.csv"], "/nowhere.csv"),
        (vec!["due"], "--from"),
        (vec!["check", "--config", "/nowhere.toml"], "/nowhere.toml"),
        (vec!["migrate", "--database", "mysql:x"], "sqlite:FILE"),
    ] {
        let output = motcua(&args);
        assert_eq!(code(&output), 2, "{args:?}: {}", err(&output));
        assert!(err(&output).contains(says), "{args:?}: {}", err(&output));
    }
}

#[test]
fn a_count_past_the_calendar_is_refused_and_names_its_last_day() {
    let output = motcua(&["due", "--from", "2027-12-30T09:00+07:00", "--limit", "9wd"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("2027-12-31"), "{}", err(&output));
}

#[test]
fn a_file_of_cases_keeps_its_columns_and_its_bad_rows() {
    let folder = tempfile::tempdir().unwrap();
    let cases = written(
        &folder,
        "cases.csv",
        "\u{feff}id,received_at,limit,unit\r\n\
         1,2026-08-21T09:00:00+07:00,3wd,\r\n\
         2,2026-08-21T09:00:00,3wd,02215\r\n\
         \"3, with a comma\",2026-08-21T02:00:00Z,same-day,H60.02215\r\n\
         4,2026-08-21T09:00:00+07:00,0wd,\r\n\
         5,2026-08-21T09:00:00+07:00,3wd,nowhere\r\n\
         6,2026-08-21T09:00:00+07:00\r\n\
         7,2027-12-31T09:00:00+07:00,1wd,\r\n\
         8,2027-02-03T09:00:00+07:00,1wd,\r\n\
         9,21/08/2026 09:00,3wd,2215\r\n\
         10,21/08/2026,3wd,\r\n\
         11,21/08/2026,same-day,\r\n",
    );
    let output = motcua(&["due", "--cases", cases.to_str().unwrap()]);
    assert_eq!(code(&output), 1, "some rows are refused");
    let text = out(&output);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<_> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        header,
        [
            "id",
            "received_at",
            "limit",
            "unit",
            "due_at",
            "provisional",
            "error"
        ]
    );
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 11);
    let due: Vec<&str> = rows.iter().map(|row| &row[4]).collect();
    assert_eq!(due[0], "2026-08-25T17:00:00+07:00");
    assert_eq!(due[1], due[0], "the clock of the desk");
    assert_eq!(due[9], due[0], "a day is enough for a limit in days");
    assert_eq!(due[2], "2026-08-21T17:00:00+07:00");
    assert_eq!(due[7], "2027-02-11T17:00:00+07:00");
    assert_eq!((&rows[0][5], &rows[7][5]), ("false", "true"));
    assert_eq!(&rows[2][0], "3, with a comma");
    for (row, says) in [
        (3, "0wd"),
        (4, "nowhere"),
        (5, "cells"),
        (6, "2027-12-31"),
        (8, "did you mean `02215`?"),
        (10, "needs the time of day"),
    ] {
        assert_eq!(due[row], "", "row {row}");
        assert!(rows[row][6].contains(says), "row {row}: {}", &rows[row][6]);
    }
}

#[test]
fn a_file_of_good_cases_is_exit_code_0_and_one_without_columns_2() {
    let folder = tempfile::tempdir().unwrap();
    let good = written(
        &folder,
        "good.csv",
        "limit,received_at\n3wd,2026-08-21T09:00+07:00\n",
    );
    let output = motcua(&["due", "--cases", good.to_str().unwrap()]);
    assert_eq!(code(&output), 0);
    assert_eq!(
        out(&output),
        "limit,received_at,due_at,provisional,error\n\
         3wd,2026-08-21T09:00+07:00,2026-08-25T17:00:00+07:00,false,\n"
    );
    let other = written(&folder, "other.csv", "a,b\n1,2\n");
    let output = motcua(&["due", "--cases", other.to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("received_at,limit"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_damaged_row_is_refused_alone_and_only_where_it_matters() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = b"received_at,limit,unit,note\n2026-08-21T09:00+07:00,3wd,,caf\xe9\n".to_vec();
    text.extend(b"2026-08-21T09:00+07:00,3wd,\xff,x\n");
    let cases = written(&folder, "cases.csv", text);
    let output = motcua(&["due", "--cases", cases.to_str().unwrap()]);
    assert_eq!(code(&output), 1);
    let text = out(&output);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(
        rows[1],
        "2026-08-21T09:00+07:00,3wd,,caf\u{fffd},2026-08-25T17:00:00+07:00,false,"
    );
    assert!(
        rows[2].starts_with("2026-08-21T09:00+07:00,3wd,\u{fffd},x,,,\"cell 3: not UTF-8")
            || rows[2].starts_with("2026-08-21T09:00+07:00,3wd,\u{fffd},x,,,cell 3: not UTF-8"),
        "{}",
        rows[2]
    );
}

/// Chooses cases by a fixed xorshift, so that failures repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn a_hundred_thousand_rows_agree_with_the_slow_reference() {
    let mut random = Random(0x6361_7365_7363_7376);
    let start: NaiveDateTime = "2023-12-30T00:00:00".parse().unwrap();
    let cases: Vec<(NaiveDateTime, u32, &str)> = (0..100_000)
        .map(|_| {
            let received = start + TimeDelta::seconds(random.below(1_465 * 86_400) as i64);
            let unit = ["wd", "wh", "d", "mo", "h", "same-day"][random.below(6) as usize];
            let most = if random.below(10) == 0 { 60 } else { 15 };
            (received, 1 + random.below(most) as u32, unit)
        })
        .collect();
    let mut text = String::from("received_at,limit\n");
    for (received, number, unit) in &cases {
        let limit = if *unit == "same-day" {
            unit.to_string()
        } else {
            format!("{number}{unit}")
        };
        text += &format!("{}+07:00,{limit}\n", received.format("%Y-%m-%dT%H:%M:%S"));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "cases.csv", text);
    let output = motcua(&["due", "--cases", file.to_str().unwrap()]);
    assert_eq!(code(&output), 1, "some lie outside the calendar");
    let printed = out(&output);
    let mut rows = csv::Reader::from_reader(printed.as_bytes());
    let mut compared = 0;
    for (row, (received, number, unit)) in rows.records().zip(&cases) {
        let row = row.unwrap();
        let expected = reference::NATIONAL.due(*received, *number, unit);
        match expected {
            Ok((due, provisional)) => {
                let due = format!("{}+07:00", due.format("%Y-%m-%dT%H:%M:%S"));
                assert_eq!(
                    (&row[2], &row[3]),
                    (due.as_str(), if provisional { "true" } else { "false" }),
                    "{row:?}"
                );
            }
            Err(_past) => assert!(row[2].is_empty() && !row[4].is_empty(), "{row:?}"),
        }
        compared += 1;
    }
    assert_eq!(compared, 100_000);
}

#[test]
fn a_wrong_catalogue_is_refused_with_file_line_and_reason() {
    let folder = catalogue_folder();
    append(
        &folder.path().join("calendar/national.csv"),
        "2026-13-01,holiday,x,x,confirmed",
    );
    let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["check"])
        .env_clear()
        .env("MOTCUA_CATALOGUE", folder.path())
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    let message = err(&output);
    let lines = std::fs::read_to_string(folder.path().join("calendar/national.csv")).unwrap();
    let line = format!("national.csv:{}:", lines.lines().count());
    assert!(message.contains(&line), "{message}");
}

#[test]
fn check_prints_what_was_understood_in_both_languages() {
    let text = out(&motcua(&["check", "--lang", "en"]));
    for says in [
        "units             3389",
        "procedures        65",
        "from 2024-01-01 to 2027-12-31",
        "(not shown)",
    ] {
        assert!(text.contains(says), "{text}");
    }
    let text = out(&motcua(&["check"]));
    for says in [
        "đơn vị            3389",
        "thủ tục           65",
        "từ 2024-01-01 đến 2027-12-31",
        "(không in ra)",
        "lệ phí: ",
    ] {
        assert!(text.contains(says), "{text}");
    }
    let open = out(&motcua(&["check", "--unconfirmed"]));
    assert!(open.lines().all(|line| !line.contains("derived")), "{open}");
}

#[test]
fn check_refuses_what_a_start_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let short = written(&folder, "short.key", "abc");
    let remote = "[[remote]]\nname = \"dvcqg\"\nprovince = \"08\"\n";
    for (text, why) in [
        ("listen = \"0.0.0.0:7080\"\n".to_owned(), "clear text"),
        (
            "tls_key = \"k.pem\"\n".to_owned(),
            "tls_certificate: is missing",
        ),
        (
            "backup_folder = \"/nowhere\"\n".to_owned(),
            "backup_folder: /nowhere",
        ),
        (
            format!("secret_file = {short:?}\n"),
            "64 hexadecimal digits",
        ),
        (
            format!("{remote}inbound_key_file = {short:?}\n"),
            "at least 32",
        ),
        (
            format!("{remote}inbound_key_file = \"/nowhere\"\n"),
            "cannot read /nowhere",
        ),
        (
            format!("{remote}address = \"ftp://portal\"\n"),
            "expected https://",
        ),
        (
            format!("{remote}address = \"https://portal.example\"\npassword_file = \"/nowhere\"\n"),
            "password_file",
        ),
        (
            format!("{remote}address = \"https://portal.example\"\nmap = {short:?}\n"),
            "remote dvcqg",
        ),
    ] {
        let file = written(&folder, "motcua.toml", &text);
        let config = ["--config", file.to_str().unwrap()];
        let checked = motcua(&[&["check"], &config[..]].concat());
        let served = motcua(&[&["serve"], &config[..]].concat());
        assert_eq!(code(&checked), 2, "{text}");
        assert!(err(&checked).contains(why), "{text}: {}", err(&checked));
        assert_eq!(err(&checked), err(&served), "{text}");
    }
    // What an import may have made in the database is told, and stops nothing.
    let text = format!("{}units = [\"H99.00001\"]\n", remote.replace("08", "99"));
    let file = written(&folder, "motcua.toml", &text);
    let config = ["--config", file.to_str().unwrap()];
    let told = out(&motcua(&[&["check"], &config[..]].concat()));
    let english = out(&motcua(&[&["check", "--lang", "en"], &config[..]].concat()));
    for (line, in_english) in [
        ("không có đơn vị nào của tỉnh 99", "no unit of province 99"),
        ("không có H99.00001", "no H99.00001"),
    ] {
        assert!(told.contains(line), "{told}");
        assert!(english.contains(in_english), "{english}");
    }
}

#[test]
fn an_unknown_variable_is_told_in_one_sentence_with_all_that_there_are() {
    let refused = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["check"])
        .env_clear()
        .env("MOTCUA_DATABSE", "sqlite:m.db")
        .output()
        .unwrap();
    assert_eq!(code(&refused), 2);
    let sentence = err(&refused);
    assert!(
        sentence.contains("MOTCUA_DATABSE: there is no such variable"),
        "{sentence}"
    );
    assert!(sentence.contains("MOTCUA_DATABASE"), "{sentence}");
    assert_eq!(sentence.trim_end().lines().count(), 1, "{sentence}");
}

#[test]
fn whoever_changes_access_by_a_command_is_in_the_log_and_no_shared_name_is() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("m.db").display());
    let database = ["--database", url.as_str()];
    let with = |args: &[&str]| motcua(&[args, &database[..]].concat());
    assert_eq!(code(&with(&["migrate"])), 0);
    let nobodys = with(&["token", "--role", "officer", "--unit", "02215"]);
    assert_eq!(code(&nobodys), 2);
    assert!(
        err(&nobodys).contains("--actor is needed"),
        "{}",
        err(&nobodys)
    );
    let shared = [
        "token",
        "--actor",
        "officer-02215",
        "--role",
        "officer",
        "--unit",
        "02215",
    ];
    let shared = with(&shared);
    assert_eq!(code(&shared), 2);
    assert!(
        err(&shared).contains("one person or program"),
        "{}",
        err(&shared)
    );

    let add = [
        "user",
        "add",
        "hoa.qt",
        "--full-name",
        "Trần Thị Hoa",
        "--role",
        "receptionist",
        "--role",
        "officer",
        "--unit",
        "02215",
    ];
    let added = with(&add);
    assert_eq!(code(&added), 0, "{}", err(&added));
    let password = out(&added).trim().to_owned();
    let made = with(&["token", "--actor", "hoa.qt"]);
    assert_eq!(code(&made), 0, "{}", err(&made));
    let listed = out(&with(&["token", "list"]));
    assert!(listed.contains("receptionist,officer"), "{listed}");
    let id = listed
        .lines()
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    let rotated = with(&["token", "rotate", &id, "--overlap-minutes", "5"]);
    assert!(out(&rotated).starts_with("mct_"), "{}", err(&rotated));
    assert_eq!(code(&with(&["user", "disable", "hoa.qt"])), 0);
    assert_eq!(out(&with(&["token", "list"])).matches("thu hồi").count(), 2);

    let log = out(&with(&["audit", "list", "--province", "08"]));
    let kinds: Vec<&str> = log
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().nth(1).unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "user_disabled",
            "token_rotated",
            "token_issued",
            "user_added"
        ]
    );
    assert!(
        log.contains("operator") && log.contains("roles receptionist,officer"),
        "{log}"
    );
    for secret in [&password, out(&made).trim(), out(&rotated).trim()] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("m.db").display());
    let database = ["--database", url.as_str()];
    let with = |args: &[&str]| motcua(&[args, &database[..]].concat());
    let early = with(&[
        "token", "--actor", "lan", "--role", "officer", "--unit", "02215",
    ]);
    assert_eq!(code(&early), 1);
    assert!(
        err(&early).contains("migrate"),
        "says what to do: {}",
        err(&early)
    );
    assert_eq!(code(&with(&["migrate", "--dry-run"])), 0);
    assert_eq!(code(&with(&["migrate"])), 0);
    assert!(out(&with(&["migrate"])).contains("up to date"));

    let made = with(&[
        "token", "--actor", "lan", "--role", "officer", "--unit", "02215",
    ]);
    assert_eq!(code(&made), 0, "{}", err(&made));
    let secret = out(&made).trim().to_owned();
    assert!(secret.starts_with("mct_") && secret.len() == 68, "{secret}");
    let listed = out(&with(&["token", "list"]));
    assert!(
        listed.contains("lan") && listed.contains("chưa dùng") && !listed.contains(&secret),
        "{listed}"
    );
    let id = listed
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(code(&with(&["token", "revoke", &id])), 0);
    assert!(out(&with(&["token", "list"])).contains("thu hồi"));
    assert_eq!(code(&with(&["token", "revoke", "nobody"])), 2);
    let unknown = with(&[
        "token", "--actor", "lan", "--role", "king", "--unit", "02215",
    ]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("receptionist"), "{}", err(&unknown));
}

#[test]
fn an_empty_report_has_every_unit_and_no_rate() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("m.db").display());
    motcua(&["migrate", "--database", &url]);
    let rates = |whose: &[&str], format: &str| {
        let period = [
            "--from",
            "2026-10-15",
            "--to",
            "2026-11-14",
            "--database",
            &url,
            "--format",
            format,
        ];
        motcua(&[&["report", "rates"], whose, &period].concat())
    };
    let province = rates(&["--province", "08"], "json");
    assert_eq!(code(&province), 0, "{}", err(&province));
    let report: serde_json::Value = serde_json::from_str(&out(&province)).unwrap();
    assert_eq!(report["units"].as_array().unwrap().len(), 125);
    assert_eq!(
        report["total"]["in_time_rate"]["rate"],
        serde_json::Value::Null
    );
    let csv = out(&rates(&["--unit", "02215"], "csv"));
    assert_eq!(csv.lines().count(), 3, "titles, the unit, the total");
    let titles: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    for name in report["total"].as_object().unwrap().keys() {
        assert!(titles.contains(&name.as_str()), "{name} is a column");
    }
    assert!(out(&rates(&["--all-units"], "table")).contains("Tổng cộng"));
    assert_eq!(code(&rates(&["--unit", "99999"], "json")), 2);
    assert_eq!(code(&rates(&["--unit", "02215", "--all-units"], "json")), 2);
    let back = motcua(&[
        "report",
        "rates",
        "--all-units",
        "--from",
        "2026-11-14",
        "--to",
        "2026-10-15",
        "--database",
        &url,
    ]);
    assert_eq!(code(&back), 2);
}

#[test]
fn serving_refuses_a_database_that_was_not_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("m.db").display());
    let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--database", &url, "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("motcua migrate"), "{}", err(&output));
}
