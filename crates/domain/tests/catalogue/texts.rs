//! The shipped files, and a sound procedure that tests then corrupt.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::id::ProcedureCode;
use domain::procedure::Procedures;

pub fn shipped_files() -> Vec<SourceFile> {
    fn walk(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
        for entry in fs::read_dir(folder).expect("the catalogue is shipped") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let text = fs::read_to_string(&path).expect("UTF-8");
                let path = path
                    .strip_prefix(root)
                    .expect("inside")
                    .display()
                    .to_string();
                files.push(SourceFile { path, text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

pub fn shipped() -> Catalogue {
    Catalogue::parse(&shipped_files()).unwrap_or_else(|faults| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        panic!("the shipped catalogue is refused:\n{}", lines.join("\n"));
    })
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub fn code(text: &str) -> ProcedureCode {
    ProcedureCode::parse(text).expect("a code")
}

pub fn today() -> NaiveDate {
    day("2026-11-21")
}

/// A complete procedure without faults. Line 2 is the first `[[version]]`.
pub const SOUND: &str = r#"code = "x-thu"
[[version]]
number = 1
from = 2025-07-01
name = "Thủ tục thử"
field = "Thử"
clock = "no-stop"
clock_mark = "derived"
clock_source = "test"
source = "test"
online = "unknown"
online_mark = "unknown"
steps_mark = "template"
[[version.case]]
id = "chung"
name = "Chung"
limit = "3wd"
limit_mark = "statute"
limit_source = "test"
[[version.step]]
id = "appraise"
name = "Thẩm định"
role = "officer"
allowance = "2wd"
next = ["sign"]
[[version.step]]
id = "sign"
name = "Ký"
role = "leader"
allowance = "1wd"
next = ["appraise"]
finish = true
"#;

/// A second version, beginning with its header, with this number and day.
pub fn second(number: &str, from: &str) -> String {
    let (_, version) = SOUND.split_once('\n').expect("two lines at least");
    let version = version
        .replacen("number = 1", &format!("number = {number}"), 1)
        .replacen("from = 2025-07-01", &format!("from = {from}"), 1);
    format!("{SOUND}{version}")
}

pub fn file(path: &str, text: impl Into<String>) -> SourceFile {
    SourceFile {
        path: path.into(),
        text: text.into(),
    }
}

/// Reads procedures over the shipped units and calendar.
pub fn parse_procedures(files: &[SourceFile]) -> Result<Procedures, Vec<Fault>> {
    let mut all = shipped_files();
    // Two lists of the intake name shipped procedures too.
    let named = [
        "procedures/",
        "intake/boundary.csv",
        "intake/papers.csv",
        "intake/opinions.csv",
    ];
    all.retain(|file| !named.iter().any(|path| file.path.starts_with(path)));
    all.extend(files.iter().cloned());
    Catalogue::parse(&all).map(|catalogue| catalogue.procedures)
}

pub fn refused(files: &[SourceFile]) -> Vec<String> {
    let faults = parse_procedures(files).expect_err("the text is broken");
    faults.iter().map(ToString::to_string).collect()
}

#[track_caller]
pub fn assert_refused(text: &str, expected: &str) {
    let faults = refused(&[file("procedures/thu.toml", text)]);
    assert!(
        faults.len() == 1 && faults[0].starts_with(expected),
        "expected `{expected}`, found {faults:#?}"
    );
}
