//! `motcua bench` as a user runs it: very short runs, for their output and for what they leave
//! behind.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn bench(args: &[&str], scratch: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .arg("bench")
        .args(args)
        .arg("--scratch")
        .arg(scratch)
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The names in a folder.
fn left_in(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn writing_is_measured_on_both_databases_beside_the_raw_ones_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let report = folder.path().join("figures.md");
    let output = bench(
        &[
            "write",
            "--callers",
            "1",
            "--preload",
            "60",
            "--scenes",
            "spread,watched",
            "--flush-ms",
            "2",
            "--seconds",
            "1",
            "--format",
            "json",
            "--report",
            report.to_str().unwrap(),
        ],
        &scratch,
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let measured: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let runs: Vec<(&str, u64, &str)> = measured
        .iter()
        .map(|run| {
            (
                run["database"].as_str().unwrap(),
                run["callers"].as_u64().unwrap(),
                run["scene"].as_str().unwrap(),
            )
        })
        .collect();
    let of = |database| [(database, 1, "spread"), (database, 1, "watched")];
    assert!(runs.starts_with(&of("sqlite")), "{runs:?}");
    let skipped = std::env::var("MOTCUA_SKIP_POSTGRES").is_ok_and(|value| value == "1");
    if !skipped {
        assert_eq!(runs[2..], of("postgres"));
    }
    for run in &measured {
        let number = |key: &str| {
            run[key]
                .as_f64()
                .unwrap_or_else(|| panic!("{key} in {run}"))
        };
        assert_eq!(run["preload"], 60);
        assert_ne!(run["filesystem"], "tmpfs");
        assert!(number("p50_ms") > 0.0 && number("p50_ms") <= number("p95_ms"));
        assert!(number("p95_ms") <= number("p99_ms"));
        assert!(number("transitions_per_s") > 0.0 && number("raw_transitions_per_s") > 0.0);
        let flush = |at: usize| run["flush_ms"][at].as_f64().unwrap();
        let moved = f64::max(flush(0), flush(1)) > 2.0 * f64::min(flush(0), flush(1));
        if moved {
            assert!(run["ratio_to_raw"].is_null(), "{run}");
        } else {
            let ratio = number("transitions_per_s") / number("raw_transitions_per_s");
            assert!((number("ratio_to_raw") - ratio).abs() < 1e-6);
        }
        // One caller waits for each flush, and a flush takes two milliseconds at least.
        let raw_of_one = run["callers"] == 1 && number("raw_transitions_per_s") > 500.0;
        assert!(!raw_of_one && number("p50_ms") > 2.0, "{run}");
        let watched = run["scene"] == "watched";
        assert_eq!(run["kept_while_watched"].is_null(), !watched);
        assert_eq!(run["told_per_s"].is_null(), !watched);
        assert!(number("cases_per_s") <= number("transitions_per_s"));
        assert!(number("cpu_ms_per_transition") > 0.0 && number("rss_mb") > 1.0);
        // Six events, the dossier, and at least a code, an interest and a person.
        assert!(number("rows_per_transition") >= 10.0 / 6.0);
        assert!(number("bytes_per_dossier") > 500.0);
        assert_eq!(
            run["raw_batched_per_s"].is_null(),
            run["database"] == "postgres"
        );
    }
    let text = std::fs::read_to_string(report).unwrap();
    assert!(
        text.contains("| database | dossiers | scene | callers |"),
        "{text}"
    );
    assert!(
        text.contains("`motcua bench write --callers 1 --preload"),
        "{text}"
    );
    assert_eq!(left_in(&scratch), Vec::<String>::new());
}

#[test]
fn a_program_is_compared_with_another_one_in_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "compare",
        "--with",
        env!("CARGO_BIN_EXE_motcua"),
        "--callers",
        "2",
        "--pairs",
        "2",
        "--seconds",
        "1",
        "--fill",
        "0",
        "--only",
        "sqlite",
        "--format",
        "json",
    ];
    let output = bench(&args, folder.path());
    assert!(output.status.success(), "{}", stderr(&output));
    let measured: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(measured.len(), 2, "{measured:#?}");
    for pair in &measured {
        let of = |key: &str, side: usize| pair[key][side].as_f64().unwrap();
        assert!(of("transitions_per_s", 0) > 0.0 && of("transitions_per_s", 1) > 0.0);
        let ratio = of("cpu_ms_per_transition", 0) / of("cpu_ms_per_transition", 1);
        assert!((pair["cpu_ratio"].as_f64().unwrap() - ratio).abs() < 1e-9);
        assert!(["this", "other"].contains(&pair["first"].as_str().unwrap()));
    }
    assert_eq!(left_in(folder.path()), Vec::<String>::new());
}

#[test]
fn reading_is_measured_quiet_and_beside_writers() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "read",
        "--preload",
        "60",
        "--writers",
        "0,2",
        "--seconds",
        "1",
        "--format",
        "json",
    ];
    let output = bench(&args, folder.path());
    assert!(output.status.success(), "{}", stderr(&output));
    let measured: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let skipped = std::env::var("MOTCUA_SKIP_POSTGRES").is_ok_and(|value| value == "1");
    let databases = if skipped { 1 } else { 2 };
    assert_eq!(measured.len(), databases * 2 * 44, "{measured:#?}");
    for run in &measured {
        let keys: Vec<&String> = run.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "bytes", "database", "dossiers", "p50_ms", "p99_ms", "query", "rows", "writers"
            ]
        );
        assert_eq!(run["dossiers"], 60);
        assert!([0, 2].contains(&run["writers"].as_u64().unwrap()));
        let ms = |key: &str| run[key].as_f64().unwrap();
        assert!(ms("p50_ms") > 0.0 && ms("p50_ms") <= ms("p99_ms"), "{run}");
        assert_eq!(run["bytes"].is_null(), run["query"] != "page_chairman");
        let rows = run["rows"].as_u64().unwrap();
        match run["query"].as_str().unwrap() {
            "get_by_code" => assert_eq!(rows, 1, "{run}"),
            // The communes, and the province's centre.
            "rates_communes_year" => assert_eq!(rows, 125, "{run}"),
            "rates_ward_month" => assert_eq!(rows, 1, "{run}"),
            "ii06a_ward_month" | "ii06a_ward_year_as_of" => assert!(rows <= 1, "{run}"),
            "worklist_province" => assert!(rows <= 50, "{run}"),
            // Half of the dossiers wait in this ward, all of one name.
            "worklist_ward" | "search_name" => assert!(rows >= 30, "{run}"),
            "page_chairman" => {
                let bytes = run["bytes"].as_u64().unwrap();
                assert!((2_000..60_000).contains(&bytes), "{run}");
            }
            list if list.starts_with("worklist_") || list.starts_with("list_") => {
                assert!(rows <= 50, "{run}");
            }
            // What is open is all that the writers have not finished.
            counts if counts.starts_with("counts_") => assert!(rows > 0, "{run}"),
            other => panic!("unknown query {other}"),
        }
    }
    assert_eq!(left_in(folder.path()), Vec::<String>::new());
}

#[test]
fn memory_is_no_place_to_measure_on() {
    if !Path::new("/dev/shm").is_dir() {
        return;
    }
    let output = bench(&["write", "--seconds", "1"], Path::new("/dev/shm"));
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("tmpfs"), "{}", stderr(&output));
}

#[test]
fn a_database_that_is_used_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("used.db");
    let url = format!("sqlite:{}", file.display());
    let migrated = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["migrate", "--database", &url])
        .status()
        .unwrap();
    assert!(migrated.success());
    let before = std::fs::read(&file).unwrap();
    let output = bench(
        &["write", "--seconds", "1", "--database", &url],
        folder.path(),
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is used"), "{}", stderr(&output));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_benchmark_that_is_told_to_stop_takes_everything_with_it() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args([
            "bench",
            "write",
            "--callers",
            "2",
            "--preload",
            "60",
            "--seconds",
            "60",
        ])
        .arg("--scratch")
        .arg(folder.path())
        .env("MOTCUA_LOG", "info")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Without a terminal, the benchmark reports its progress line by line.
    let mut said = BufReader::new(bench.stderr.take().unwrap()).lines();
    let measuring = said.any(|line| line.unwrap().contains("2 callers"));
    assert!(measuring, "it never began to measure");
    let told = Command::new("kill")
        .args(["-INT", &bench.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    assert_eq!(bench.wait().unwrap().code(), Some(130));
    assert_eq!(left_in(folder.path()), Vec::<String>::new());
}
