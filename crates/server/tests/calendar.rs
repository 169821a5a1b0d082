//! `motcua calendar what-if` as an operator meets it.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::process::{Command, Output};

use serde_json::Value;

fn motcua(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(args)
        .env_clear()
        .output()
        .unwrap()
}

fn told(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A migrated database without dossiers.
struct Empty {
    _folder: tempfile::TempDir,
    url: String,
}

fn empty() -> Empty {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("m.db").display());
    let migrated = motcua(&["migrate", "--database", &url]);
    assert!(migrated.status.success(), "{}", told(&migrated.stderr));
    Empty {
        _folder: folder,
        url,
    }
}

#[test]
fn days_are_tried_without_writing_and_told_in_three_forms() {
    let Empty { url, _folder } = &empty();
    let asked = ["calendar", "what-if", "--province", "08", "--database", url];
    let with = |more: &[&str]| motcua(&[&asked[..], more].concat());
    let table = with(&["--off", "2026-12-24", "--make-up", "2026-12-26"]);
    assert!(table.status.success(), "{}", told(&table.stderr));
    assert!(told(&table.stdout).starts_with("Đã xét 0 hồ sơ đang xử lý; không ghi thay đổi nào."));
    let english = with(&["--off", "2026-12-24", "--lang", "en"]);
    assert!(told(&english.stdout).starts_with("0 open dossiers looked at; nothing was written."));
    let json = with(&["--off", "2026-12-24", "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&json["province"], &json["seen"], &json["later"]),
        (&"08".into(), &0.into(), &0.into())
    );
    let csv = with(&["--off", "2026-12-24", "--format", "csv"]);
    assert!(told(&csv.stdout).starts_with("dossier,code,unit,procedure,old_due,new_due,"));
    assert_eq!(told(&csv.stdout).lines().count(), 1);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let Empty { url, _folder } = &empty();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("national.csv");
    std::fs::write(
        &file,
        "date,kind,name,source,mark\nhôm qua,holiday,a,b,confirmed\n",
    )
    .unwrap();
    let other = folder.path().join("2027.csv");
    std::fs::write(&other, "x").unwrap();
    let (file, other) = (file.to_str().unwrap(), other.to_str().unwrap());
    for (args, code, expected) in [
        (vec!["--off", "2026-12-26"], 2, "2026-12-26"),
        (vec!["--off", "2026-09-02"], 2, "listed twice"),
        (vec!["--make-up", "2026-12-24"], 2, "worked anyway"),
        (vec!["--off", "24/12/2026"], 2, "invalid value"),
        (vec![], 2, "required"),
        (
            vec!["--file", file, "--off", "2026-12-24"],
            2,
            "cannot be used with",
        ),
        (vec!["--file", file], 2, "national.csv: line 2: "),
        (
            vec!["--file", other],
            2,
            "expected national.csv or hours.csv",
        ),
        (
            vec!["--file", "/nowhere/national.csv"],
            2,
            "/nowhere/national.csv",
        ),
        (
            vec!["--off", "2026-12-24", "--province", "99"],
            2,
            "is not a province",
        ),
    ] {
        let mut asked = vec!["calendar", "what-if", "--database", url.as_str()];
        if !args.contains(&"--province") {
            asked.extend(["--province", "08"]);
        }
        asked.extend(&args);
        let output = motcua(&asked);
        let error = told(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
        assert!(error.contains(expected), "{args:?}: {error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_help_shows_how_it_is_called() {
    let help = told(&motcua(&["calendar", "what-if", "--help"]).stdout);
    assert!(help.contains("Example: motcua calendar what-if --province 08 --off 2026-12-24"));
    assert!(help.contains("never moves earlier"));
}
