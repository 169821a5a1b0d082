//! `motcua forecast backtest` as an analyst uses it: files, figures, errors.
#![expect(clippy::unwrap_used, reason = "what the test wrote is there")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn backtest(events: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["forecast", "backtest", "--events"])
        .arg(events)
        .args(more)
        .env_clear()
        .output()
        .unwrap()
}

fn written(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// An invented log with two or four events a case, by officials who take turns.
fn log(shift_of_officials: usize) -> String {
    let mut text = "case_id,activity,timestamp,resource\n".to_owned();
    let begins = chrono::DateTime::parse_from_rfc3339("2025-01-06T02:00:00Z").unwrap();
    let mut state = 5_u64;
    let mut below = |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((state >> 33) % bound) as i64
    };
    for case in 0..400_i64 {
        let mut at = begins + chrono::TimeDelta::hours(7 * case);
        let steps = if below(3) == 0 { 4 } else { 2 };
        for step in 0..=steps {
            let name = ["received", "checked", "asked", "given"]
                .get(step)
                .unwrap_or(&"closed");
            let name = if step == steps { "closed" } else { name };
            let official = (case as usize + step + shift_of_officials) % 7;
            let time = at.format("%Y-%m-%dT%H:%M:%S");
            writeln!(text, "c{case},{name},{time},official {official}").unwrap();
            at += chrono::TimeDelta::minutes(60 + below(4_000));
        }
    }
    text
}

fn figures(output: &Output) -> serde_json::Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut figures: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    figures
        .as_object_mut()
        .unwrap()
        .insert("fit_seconds".into(), 0.into());
    figures
}

const JSON: [&str; 4] = ["--deadline", "5d", "--format", "json"];

#[test]
fn officials_change_nothing_and_neither_does_packing() {
    let folder = tempfile::tempdir().unwrap();
    let plain = figures(&backtest(&written(&folder, "a.csv", log(0)), &JSON));
    let permuted = figures(&backtest(&written(&folder, "b.csv", log(3)), &JSON));
    assert_eq!(plain, permuted);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(log(0).as_bytes()).unwrap();
    let packed = written(&folder, "c.csv.gz", packed.finish().unwrap());
    assert_eq!(plain, figures(&backtest(&packed, &JSON)));
    let mut lines: Vec<&str> = plain_lines(&folder);
    lines[1..].reverse();
    let turned = written(&folder, "d.csv", lines.join("\n"));
    assert_eq!(plain, figures(&backtest(&turned, &JSON)));
}

/// The lines of the plain log. They stay allocated for the whole test run.
fn plain_lines(folder: &TempDir) -> Vec<&'static str> {
    let text = std::fs::read_to_string(folder.path().join("a.csv")).unwrap();
    Box::leak(text.into_boxed_str()).lines().collect()
}

#[test]
fn the_figures_have_the_agreed_names() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("plot.svg");
    let file = written(&folder, "a.csv", log(0));
    let more = [&JSON[..], &["--plot", picture.to_str().unwrap()]].concat();
    let figures = figures(&backtest(&file, &more));
    let mut names: Vec<&String> = figures.as_object().unwrap().keys().collect();
    names.sort();
    let agreed = [
        "alarm",
        "auc",
        "auc_se",
        "brier",
        "brier_se",
        "cases_test",
        "cases_train",
        "dropped",
        "dropped_truncated",
        "ece",
        "fit_seconds",
        "interval_coverage",
        "landmark_auc",
        "late_share",
        "late_share_train",
        "mae_days",
        "model_bytes",
        "naive",
        "net_benefit",
        "samples_test",
        "split_time",
    ];
    assert_eq!(names, agreed);
    for figure in ["precision", "recall", "median_lead_wd"] {
        assert!(figures["alarm"]["0.8"].get(figure).is_some());
        assert!(figures["naive"]["alarm"]["0.6"].get(figure).is_some());
    }
    for landmark in ["25", "50", "75"] {
        assert!(figures["landmark_auc"].get(landmark).is_some());
    }
    assert!(figures["alarm"]["0.8"]["flagged"].is_u64());
    for pays in 2..=10 {
        let benefit = &figures["net_benefit"][pays.to_string()];
        assert!(benefit["ours"].is_number() && benefit["naive"].is_number());
    }
    assert!(
        std::fs::read_to_string(&picture)
            .unwrap()
            .starts_with("<svg")
    );
    let table = backtest(&file, &["--deadline", "p80wd", "--type-column", "resource"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("20 % left"), "{table}");
}

/// The log with all events and ends after a moment moved to the evening of their day.
fn pushed(from: &str) -> String {
    let push = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[2] > from && cells[2] != "timestamp" {
            let evening = [&from[..10], "T23:00:00"].concat();
            cells[2] = &evening;
            return cells.join(",");
        }
        line.to_owned()
    };
    log(0).lines().map(push).collect::<Vec<_>>().join("\n")
}

/// The log with a column for the end of each case, which is its last event.
fn with_ends(log: &str) -> String {
    let mut ends = std::collections::HashMap::new();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    for line in log.lines().skip(1).map(cells) {
        let end = ends.entry(line[0].clone()).or_insert_with(String::new);
        *end = Ord::max(&*end, &line[2]).clone();
    }
    let ended = |line: &str| match ends.get(&cells(line)[0]) {
        Some(end) => format!("{line},{end}"),
        None => format!("{line},end"),
    };
    log.lines().map(ended).collect::<Vec<_>>().join("\n")
}

#[test]
fn validation_looks_at_nothing_from_the_split_on() {
    let folder = tempfile::tempdir().unwrap();
    let plain = written(&folder, "a.csv", with_ends(&log(0)));
    // With ends given, no case is left out for starting close to the log's end.
    let whole = [&JSON[..], &["--end", "column:end"]].concat();
    let split = figures(&backtest(&plain, &whole))["split_time"].clone();
    // In the local time of the log, which is that of Vietnam.
    let split: chrono::DateTime<chrono::Utc> = split.as_str().unwrap().parse().unwrap();
    let split = split + chrono::TimeDelta::hours(7);
    let split = split.format("%Y-%m-%dT%H:%M:%S").to_string();
    let turned = written(&folder, "b.csv", with_ends(&pushed(&split)));
    assert_ne!(log(0), pushed(&split));
    let validate = [&whole[..], &["--validate"]].concat();
    let (before, after) = (backtest(&plain, &validate), backtest(&turned, &validate));
    assert!(before.status.success());
    assert_eq!(before.stdout, after.stdout);
    let said: serde_json::Value = serde_json::from_slice(&before.stdout).unwrap();
    assert_eq!(
        said["tried"][0]["what"],
        "table, what remains and score card"
    );
    assert_eq!(said["rehearsals"].as_array().unwrap().len(), 4);
    assert!(said["rehearsals"][0]["report"]["auc"].is_number());
    let page = backtest(&plain, &["--deadline", "5d", "--validate"]);
    assert!(
        String::from_utf8(page.stdout)
            .unwrap()
            .contains("what remains alone")
    );
}

#[test]
fn each_look_is_written_with_the_chance_that_is_judged_also_where_each_month_learns_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "a.csv", log(0));
    for refit in ["never", "month"] {
        let each = folder.path().join(refit);
        let flags = ["--refit", refit, "--cases-out", each.to_str().unwrap()];
        let figures = figures(&backtest(&file, &[&JSON[..], &flags].concat()));
        let each = std::fs::read_to_string(&each).unwrap();
        let (head, rows) = each.split_once('\n').unwrap();
        assert_eq!(head, "case,look,chance,late");
        let errors = rows.lines().map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            chrono::DateTime::parse_from_rfc3339(cells[1]).unwrap();
            let numbers: [f64; 2] = [2, 3].map(|place| cells[place].parse().unwrap());
            (numbers[0] - numbers[1]).powi(2)
        });
        let errors: Vec<f64> = errors.collect();
        assert_eq!(figures["samples_test"], errors.len());
        let brier = errors.iter().sum::<f64>() / errors.len() as f64;
        assert!((brier - figures["brier"].as_f64().unwrap()).abs() < 1e-5);
    }
}

#[test]
fn every_limit_of_ours_can_be_the_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "a.csv", log(0));
    for deadline in ["5d", "3wd", "20wh", "1mo", "72h", "same-day", "p80wd"] {
        let judged = figures(&backtest(
            &file,
            &["--deadline", deadline, "--format", "json"],
        ));
        assert!(
            judged["cases_test"].as_u64() > Some(40),
            "{deadline}: {judged}"
        );
        assert!(judged["late_share"].is_number(), "{deadline}");
    }
}

#[test]
fn what_cannot_be_computed_is_null() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "a.csv", log(0));
    // All cases late, and then no case late.
    let never_late = figures(&backtest(&file, &["--deadline", "20d", "--format", "json"]));
    assert_eq!(never_late["late_share"], 0.0);
    for figure in ["auc", "auc_se"] {
        assert!(never_late[figure].is_null());
    }
    assert!(never_late["alarm"]["0.8"]["precision"].is_null());
    assert!(never_late["naive"]["auc"].is_null());
    assert!(never_late["brier"].is_number());
    // Nothing learned: every chance is one half, or certain once no working time is left, and no
    // interval can be judged.
    let each = folder.path().join("each.csv");
    let nothing = ["--split", "0.001", "--cases-out", each.to_str().unwrap()];
    let nothing = figures(&backtest(&file, &[&JSON[..], &nothing].concat()));
    assert_eq!(nothing["cases_train"], 0);
    assert!(nothing["interval_coverage"].is_null(), "{nothing}");
    let each = std::fs::read_to_string(&each).unwrap();
    let chances = each
        .lines()
        .skip(1)
        .map(|row| row.split(',').nth(2).unwrap());
    let (even, certain): (Vec<&str>, Vec<&str>) = chances.partition(|told| *told == "0.500000");
    assert!(
        certain.iter().all(|told| *told == "1.000000"),
        "{certain:?}"
    );
    assert!(
        even.len() > 9 * certain.len(),
        "{} and {}",
        even.len(),
        certain.len()
    );
    // One event in each case, all at the same moment.
    let one = "case_id,activity,timestamp\na,x,2025-01-06T02:00:00\nb,x,2025-01-06T02:00:00\n";
    let one = written(&folder, "one.csv", one);
    for format in ["json", "table"] {
        let output = backtest(&one, &["--deadline", "5d", "--format", format]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && !said.contains("NaN"), "{said}");
        assert_eq!(
            said.contains("nothing to judge by"),
            format == "table",
            "{said}"
        );
    }
}

#[test]
fn a_time_zone_moves_the_looks_and_an_offset_the_moments() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "a.csv", log(0));
    let here = figures(&backtest(&file, &JSON));
    let elsewhere = [&JSON[..], &["--time-zone", "Asia/Tokyo"]].concat();
    // Times without an offset use the same clock as the looks, so nothing moves.
    assert_eq!(here["auc"], figures(&backtest(&file, &elsewhere))["auc"]);
    let lines = log(0)
        .replace("official", "+07:00,official")
        .replace(",+07:00", "+07:00");
    let offset = written(&folder, "b.csv", &lines);
    assert_eq!(here, figures(&backtest(&offset, &JSON)));
    assert_ne!(
        here["samples_test"],
        figures(&backtest(&offset, &elsewhere))["samples_test"]
    );
    // In the format of databases.
    let short = lines.replace("+07:00", "+07").replace('T', " ");
    let short = written(&folder, "c.csv", short);
    assert_eq!(here, figures(&backtest(&short, &JSON)));
}

#[test]
fn a_calendar_from_a_file_replaces_monday_to_friday() {
    let folder = tempfile::tempdir().unwrap();
    let days = "# own hours\ndate,kind,name\n2025-01-01,hours,08:00-12:00 13:00-17:00\n\
                2025-01-27,holiday,Tết\n2025-02-01,make_up,làm bù\n";
    let calendar = written(&folder, "days.csv", days);
    let file = written(&folder, "a.csv", log(0));
    let own = [&JSON[..], &["--calendar", calendar.to_str().unwrap()]].concat();
    let (own, plain) = (
        figures(&backtest(&file, &own)),
        figures(&backtest(&file, &JSON)),
    );
    assert_eq!(own["cases_test"], plain["cases_test"]);
    assert_ne!(own["samples_test"], plain["samples_test"]);
}

#[test]
fn a_bad_log_is_refused_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let head = "case_id,activity,timestamp\na,received,2025-01-06T02:00:00\n";
    for (text, complaint) in [
        (format!("{head}a,closed,\n"), ":3: timestamp is empty"),
        (
            format!("{head}a,closed,yesterday\n"),
            ":3: timestamp: `yesterday` is not a time",
        ),
        (
            format!("{head}a,,2025-01-07T02:00:00\n"),
            ":3: activity is empty",
        ),
        (format!("{head}a,closed\n"), ":3: has 2 columns; expected 3"),
        (
            "case_id,activity\na,received\n".to_owned(),
            ":1: no column `timestamp`",
        ),
        ("case_id,activity,timestamp\n".to_owned(), "has no events"),
        (String::new(), "the file is empty; expected a line"),
        (
            head.replace("activity", "timestamp"),
            ":1: no column `activity`",
        ),
        (
            "case_id,activity,timestamp,timestamp\na,b,c,d\n".to_owned(),
            ":1: column `timestamp` is there twice",
        ),
        (
            format!("{head}b,x,9999-12-31T00:00:00Z\n"),
            ":3: timestamp: `9999-12-31T00:00:00Z` is not a time; expected a time between 1900",
        ),
        (
            "case_id,activity,timestamp,kind\na,x,2025-01-06,\"k\nb,x,2025-01-07,k\n".to_owned(),
            ":2: a quote is opened here and never closed",
        ),
    ] {
        let output = backtest(&written(&folder, "bad.csv", &text), &JSON);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(complaint), "{said}");
    }
    let foreign = written(
        &folder,
        "bad.csv",
        b"case_id,activity,timestamp\na,\xe9,2025-01-06\n",
    );
    let packed = {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(log(0).as_bytes()).unwrap();
        let whole = packed.finish().unwrap();
        written(&folder, "cut.csv.gz", &whole[..whole.len() / 2])
    };
    for (file, complaint) in [
        (foreign, "bad.csv:2: not UTF-8 at byte 3 of the row"),
        (packed, "the file ends early"),
    ] {
        let output = backtest(&file, &JSON);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(complaint), "{said}");
    }
    let file = written(&folder, "good.csv", log(0));
    for (flags, complaint) in [
        (vec!["--deadline", "soon"], "`soon` is not a deadline"),
        (
            vec!["--deadline", "5d", "--time-zone", "Mars/Base"],
            "`Mars/Base` is not a time zone",
        ),
        (vec!["--deadline", "column:due"], "no column `due`"),
        (
            vec!["--deadline", "5d", "--start", "resource"],
            "expected column:NAME",
        ),
        (vec!["--deadline", "5d", "--split", "1"], "is not a split"),
        (
            vec!["--deadline", "column:resource"],
            "is not a time; expected",
        ),
        (
            vec!["--deadline", "p80wd", "--end", "column:never"],
            "no column `never`",
        ),
        (
            vec!["--deadline", "5d", "--calendar", "nowhere.csv"],
            "nowhere.csv",
        ),
    ] {
        let output = backtest(&file, &flags);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(complaint), "{said}");
    }
}
