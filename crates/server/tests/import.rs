//! Lists as offices have them: the same forty rows in every format, and the reports on what a map
//! leaves open. The rows are invented; the formats are those of one-stop products and of Excel.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod workbooks;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn motcua(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(args)
        .env_clear()
        .env("TMPDIR", std::env::temp_dir())
        .output()
        .unwrap()
}

fn given(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/imports")
        .join(name)
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A folder with a map, into which lists are imported.
struct Desk {
    folder: tempfile::TempDir,
    map: PathBuf,
}

impl Desk {
    fn new(map: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.toml");
        std::fs::write(&path, map).unwrap();
        Self { folder, map: path }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, list: &Path, more: &[&str]) -> Output {
        let (map, list) = (self.map.to_str().unwrap(), list.to_str().unwrap());
        motcua(&[&["import", "--map", map, list], more].concat())
    }

    /// The findings of a dry run, and its exit code.
    fn tried(&self, list: &Path) -> (Value, i32) {
        let none = format!("sqlite:{}", self.folder.path().join("none.db").display());
        let more = ["--dry-run", "--format", "json", "--database", &none];
        let output = self.run(list, &more);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let found = serde_json::from_slice(&output.stdout).unwrap_or(Value::String(said));
        (found, output.status.code().unwrap())
    }

    /// Imports a list, and returns its dossiers as an export shows them.
    fn imported(&self, name: &str, list: &Path) -> Vec<Vec<String>> {
        let url = format!(
            "sqlite:{}",
            self.folder.path().join(format!("{name}.db")).display()
        );
        let output = self.run(list, &["--database", &url]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{name}: {said}");
        told(&self.folder.path().join(name), &url)
    }
}

/// The exported dossiers, without the values that differ between runs.
fn told(folder: &Path, url: &str) -> Vec<Vec<String>> {
    let output = motcua(&["export", folder.to_str().unwrap(), "--database", url]);
    assert!(output.status.success(), "{output:?}");
    let mut cases = csv::Reader::from_path(folder.join("cases.csv")).unwrap();
    let titles = cases.headers().unwrap().clone();
    let mut rows: Vec<Vec<String>> = cases
        .records()
        .map(|row| {
            let row = row.unwrap();
            let told = titles.iter().zip(&row);
            told.filter(|(title, _)| *title != "dossier")
                .map(|(_, cell)| cell.to_owned())
                .collect()
        })
        .collect();
    rows.sort();
    rows
}

fn shared_map() -> String {
    text(&given("map.toml"))
}

#[test]
fn the_same_list_in_every_form_is_the_same_history() {
    let desk = Desk::new(&shared_map());
    let expected = desk.imported("comma", &given("comma.csv"));
    assert_eq!(expected.len(), 40);
    for name in ["bom-semi", "tab", "cp1258", "utf16", "title", "one-row-nfd"] {
        let list = given(&format!("{name}.csv"));
        assert_eq!(desk.imported(name, &list), expected, "{name}");
    }
    let rows = workbooks::rows(&text(&given("comma.csv")));
    for (name, bytes) in [
        ("times.xlsx", workbooks::xlsx(&rows, true)),
        ("texts.xlsx", workbooks::xlsx(&rows, false)),
        ("times.ods", workbooks::ods(&rows, true)),
        ("texts.ods", workbooks::ods(&rows, false)),
    ] {
        let list = desk.file(name, bytes);
        assert_eq!(
            desk.imported(&name.replace('.', "-"), &list),
            expected,
            "{name}"
        );
    }
}

#[test]
fn how_a_file_was_read_is_said() {
    let desk = Desk::new(&shared_map());
    for (name, encoding, delimiter, line) in [
        ("comma.csv", "UTF-8", ",", 1),
        ("title.csv", "UTF-8", ";", 3),
        ("utf16.csv", "UTF-16LE", "\t", 1),
        ("cp1258.csv", "windows-1258", ";", 1),
    ] {
        let (found, code) = desk.tried(&given(name));
        assert_eq!(code, 0, "{found}");
        let file = &found["files"][0];
        assert_eq!(file["encoding"], encoding, "{name}");
        assert_eq!(file["delimiter"], delimiter, "{name}");
        assert_eq!(file["header_line"], line, "{name}");
        assert_eq!(found["rows"], 40, "{name}");
    }
    let (found, _) = desk.tried(&given("title.csv"));
    assert_eq!(found["rows_passed_over"], 1);
    let sum = &found["passed_over"][0];
    assert_eq!(
        (&sum["line"], &sum["why"]),
        (&44.into(), &"total".into()),
        "{sum}"
    );
    assert_eq!(sum["text"], "Tổng số: 40");
    let rows = workbooks::rows(&text(&given("comma.csv")));
    let list = desk.file("list.xlsx", workbooks::xlsx(&rows, true));
    let (found, _) = desk.tried(&list);
    assert_eq!(found["files"][0]["format"], "xlsx");
    assert_eq!(found["files"][0]["sheet"], "Danh sách");
}

#[test]
fn what_is_recognised_can_be_said_in_the_map() {
    let list = "a|b;c|d\n-|-|-\ncode;x|unit|in|kênh\nTổng A|02215|2026-08-03|desk\nSUM|||\n";
    let map = |table: &str| {
        format!(
            "source = \"s\"\nprovince = \"08\"\nzone = \"Asia/Ho_Chi_Minh\"\n[cases]\n\
             case = \"code;x\"\nunit = \"unit\"\nreceived = \"in\"\nchannel = \"kênh\"\n\
             [otherwise]\nprocedure = \"1.004873\"\n{table}"
        )
    };
    let said = "[table]\ndelimiter = \"|\"\nheader_line = 3\nencoding = \"utf-8\"\n\
                total_rows = [\"sum\"]\n";
    let desk = Desk::new(&map(said));
    let (found, code) = desk.tried(&desk.file("list.csv", list));
    assert_eq!(code, 0, "{found}");
    assert_eq!(
        (&found["dossiers_added"], &found["rows_passed_over"]),
        (&1.into(), &1.into())
    );
    for (table, reason) in [
        (
            "[table]\nencoding = \"klingon\"\n",
            "`klingon` is not an encoding",
        ),
        (
            "[table]\ndelimiter = \"ab\"\n",
            "delimiter: expected one character",
        ),
        ("[table]\nheader_line = 0\n", "lines are counted from 1"),
    ] {
        let desk = Desk::new(&map(table));
        let (found, code) = desk.tried(&desk.file("list.csv", list));
        assert_eq!(code, 2, "{found}");
        assert!(found.as_str().unwrap().contains(reason), "{found}");
    }
}

const MAP: &str = r#"
source = "s"
province = "08"
zone = "Asia/Ho_Chi_Minh"
time_format = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]
[cases]
case = "Mã số"
unit = "Đơn vị"
channel = "Kênh"
received = "Nhận"
due = "Hẹn trả"
resolved = "Xong"
[units]
"UBND phường Minh Xuân" = "02215"
"#;

/// A list for the map above. All rows have the same procedure.
fn list(desk: &Desk, rows: &[[&str; 6]]) -> PathBuf {
    let mut text = String::from("MÃ  SỐ;đơn vị;Kênh ;Nhận;Hẹn trả;Xong\n");
    for row in rows {
        text.push_str(&row.join(";"));
        text.push('\n');
    }
    desk.file("list.csv", text)
}

const PROCEDURE: &str = "[otherwise]\nprocedure = \"1.004873\"\n";

#[test]
fn values_compare_without_case_blanks_and_how_marks_are_composed() {
    let desk = Desk::new(&format!("{MAP}{PROCEDURE}"));
    let file = list(
        &desk,
        &[
            [
                "1",
                "UBND Phường Minh Xuân",
                "Trực tuyến",
                "03/08/2026 09:10",
                "",
                "",
            ],
            [
                "2",
                "ubnd  phường\u{a0}minh xuân",
                "TRỰC TUYẾN\u{a0}",
                "03/08/2026 09:10:30",
                "",
                "",
            ],
            [
                "3",
                "02215",
                "Online",
                "3/8/2026",
                "06/08/2026",
                "05/08/2026 10:00",
            ],
            [
                "4",
                "H60.02215",
                "Tru\u{31b}\u{323}c tie\u{302}\u{301}p",
                "46237.5",
                "",
                "",
            ],
        ],
    );
    let (found, code) = desk.tried(&file);
    assert_eq!(code, 0, "{found:#}");
    let channels: Vec<_> = found["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["channel"].as_str().unwrap())
        .collect();
    assert_eq!(channels, ["online", "online", "desk", "online"]);
}

#[test]
fn what_is_in_no_list_is_refused_with_what_may_be_meant() {
    let desk = Desk::new(&format!("{MAP}{PROCEDURE}"));
    let file = list(
        &desk,
        &[
            ["1", "UBND phường Minh Xuan", "desk", "03/08/2026", "", ""],
            ["2", "2215", "desk", "03/08/2026", "", ""],
            ["3", "02215", "Trực tuyên", "03/08/2026", "", ""],
            ["4", "02215", "Zalo", "03/08/2026", "", ""],
            ["5", "02215", "", "03/08/2026", "", ""],
        ],
    );
    let (found, code) = desk.tried(&file);
    assert_eq!(code, 1);
    let reasons: Vec<&str> = found["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| refusal["reason"].as_str().unwrap())
        .collect();
    for (reason, expected) in reasons.iter().zip([
        "did you mean `UBND phường Minh Xuân`?",
        "did you mean `02215`?",
        "did you mean `trực tuyến`?",
        "channel `Zalo` is in no list; name it under [channels], or say [otherwise] channel",
        "the channel is empty",
    ]) {
        assert!(reason.contains(expected), "{reason}\nexpected: {expected}");
    }
    assert_eq!(reasons.len(), 5);
}

#[test]
fn whatever_falls_under_otherwise_is_listed_with_its_values_and_counts() {
    let desk = Desk::new(&format!(
        "{MAP}{PROCEDURE}unit = \"02212\"\nchannel = \"desk\"\n"
    ));
    let file = list(
        &desk,
        &[
            ["1", "2215", "Zalo", "03/08/2026", "", ""],
            ["2", "2215", "desk", "03/08/2026", "", ""],
            ["3", "", "desk", "03/08/2026", "", ""],
            ["4", "02215", "desk", "03/08/2026", "", ""],
        ],
    );
    let (found, code) = desk.tried(&file);
    assert_eq!(code, 0);
    let lines: Vec<String> = found["otherwise"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let word = |key: &str| line[key].as_str().unwrap().to_owned();
            format!(
                "{} `{}` = {} × {}",
                word("key"),
                word("value"),
                word("taken_for"),
                line["rows"]
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "unit `` = H60.02212 × 1",
            "unit `2215` = H60.02212 × 2",
            "procedure `` = 1.004873 × 4",
            "channel `Zalo` = desk × 1",
        ]
    );
}

#[test]
fn faults_of_the_map_are_told_once_before_any_row() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("none.db");
    let url = format!("sqlite:{}", database.display());
    for (from, to, reasons) in [
        (
            "\"02215\"",
            "\"2215\"",
            &[
                "map.toml:14: units.\"UBND phường Minh Xuân\": unit 2215 is not in the catalogue; did you mean `02215`?",
            ][..],
        ),
        (
            "1.004873",
            "1.004874",
            &["otherwise.procedure: procedure 1.004874 is not in the catalogue"],
        ),
        (
            "[units]",
            "[units]\n\"ubnd phường minh xuân\" = \"02212\"",
            &["is the same word as"],
        ),
        (
            "case =",
            "status = \"Kênh\"\ncase =",
            &["`status` means nothing without [statuses]"],
        ),
    ] {
        let desk = Desk::new(&format!("{MAP}{PROCEDURE}").replace(from, to));
        let file = list(&desk, &[["1", "x", "y", "z", "", ""]; 3]);
        let output = desk.run(&file, &["--database", &url]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        for reason in reasons {
            assert_eq!(
                said.matches(reason).count(),
                1,
                "{said}\nexpected once: {reason}"
            );
        }
        assert!(!database.exists(), "{said}");
    }
}

#[test]
fn a_status_says_how_a_dossier_ended() {
    let map = MAP.replace(
        "resolved = ",
        "status = \"Trạng thái\"\nstatus_time = \"Lúc\"\nresolved = ",
    ) + PROCEDURE
        + "[statuses]\n\"Đã hủy\" = \"stopped\"\n\"Đã rút\" = \"withdrawn\"\n\"Dừng\" = \"stopped\"\n\
           \"Đang xử lý\" = \"pending\"\n\"Đã xử lý xong\" = \"resolved\"\n";
    let desk = Desk::new(&map);
    let file = desk.file(
        "list.csv",
        "Mã số;Đơn vị;Kênh;Nhận;Hẹn trả;Xong;Trạng thái;Lúc\n\
         1;02215;desk;03/08/2026;;04/08/2026;ĐÃ HỦY;\n\
         2;02215;desk;03/08/2026;;;Đã rút;05/08/2026\n\
         3;02215;desk;03/08/2026;;;Đang xử lý;\n\
         4;02215;desk;03/08/2026;;06/08/2026;Đã xử lý xong;\n\
         5;02215;desk;03/08/2026;;;Dừng;\n\
         6;02215;desk;03/08/2026;;;Đã hủy bỏ;\n",
    );
    let (found, code) = desk.tried(&file);
    assert_eq!(code, 1, "{found}");
    let reason = |at: usize| found["refusals"][at]["reason"].as_str().unwrap();
    assert!(reason(0).contains("no column says when"), "{found}");
    assert!(
        reason(1).contains("status `Đã hủy bỏ` is in no list"),
        "{found}"
    );
    let url = format!("sqlite:{}", desk.folder.path().join("s.db").display());
    desk.run(&file, &["--database", &url]);
    let rows = told(&desk.folder.path().join("out"), &url);
    let status: Vec<&str> = rows.iter().map(|row| row[9].as_str()).collect();
    let mut sorted = status.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        ["2", "7", "8", "9"],
        "received, withdrawn, stopped, resolved"
    );
}

#[test]
fn an_export_for_people_has_vietnamese_heads_and_names_and_can_be_read_again() {
    let desk = Desk::new(&shared_map());
    let url = format!("sqlite:{}", desk.folder.path().join("p.db").display());
    desk.run(&given("comma.csv"), &["--database", &url]);
    let out = desk.folder.path().join("out");
    let output = motcua(&[
        "export",
        out.to_str().unwrap(),
        "--people",
        "--database",
        &url,
    ]);
    assert!(output.status.success(), "{output:?}");
    let list = text(&out.join("ho-so.csv"));
    assert!(
        list.starts_with("\u{feff}Mã hồ sơ,Mã khác,Mã ở hệ thống cũ,"),
        "{list}"
    );
    let first = list
        .lines()
        .find(|line| line.contains("H60.02215-260916-0001"));
    let first = first.unwrap();
    for told in [
        "Trực tuyến",
        "Hộ tịch",
        "16/09/2026 11:22",
        "Đã trả kết quả",
    ] {
        assert!(first.contains(told), "{first}");
    }
    // The workbook is a list like any other, so a map can import it.
    let map = "source = \"again\"\nprovince = \"08\"\nzone = \"Asia/Ho_Chi_Minh\"\n\
               time_format = \"%d/%m/%Y %H:%M\"\n[cases]\ncase = \"Mã ở hệ thống cũ\"\n\
               procedure = \"Mã thủ tục\"\nchannel = \"Hình thức nộp\"\n\
               received = \"Ngày tiếp nhận\"\ndue = \"Ngày hẹn trả\"\n\
               resolved = \"Ngày hoàn thành\"\n[otherwise]\nunit = \"02215\"\n";
    let again = Desk::new(map);
    for name in ["ho-so.csv", "ho-so.xlsx"] {
        let (found, code) = again.tried(&out.join(name));
        assert_eq!(code, 0, "{name}: {found}");
        assert_eq!(found["dossiers_added"], 40, "{name}: {found}");
    }
}

#[test]
fn a_newer_list_with_update_brings_ends_and_says_what_it_left() {
    let map = "source = \"so\"\nprovince = \"08\"\nzone = \"Asia/Ho_Chi_Minh\"\n\
               cases = { case = \"so\", received = \"nhan\", due = \"hen\", resolved = \"xong\" }\n\
               otherwise = { unit = \"02215\", procedure = \"1.004873\" }\n";
    let desk = Desk::new(map);
    let url = format!("sqlite:{}", desk.folder.path().join("m.db").display());
    let first = desk.file(
        "t8.csv",
        "so,nhan,hen,xong\nA,2026-08-03 09:00,2026-08-06,\nB,2026-08-03 10:00,2026-08-06,\n\
         C,2026-08-03 11:00,2026-08-06,2026-08-05 09:00\n",
    );
    let done = desk.run(&first, &["--database", &url]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let newer = desk.file(
        "t9.csv",
        "so,nhan,hen,xong\nA,2026-08-03 09:00,2026-08-06,2026-08-06 15:00\n\
         B,2026-08-03 10:30,2026-08-06,2026-08-06 15:00\nC,2026-08-03 11:00,2026-08-06,\n\
         D,2026-09-01 09:00,2026-09-04,\n",
    );
    let update = ["--update", "--database", &url];
    for dry in [true, false, false] {
        let more = if dry { &["--dry-run"][..] } else { &[] };
        let done = desk.run(&newer, &[&update[..], more].concat());
        assert_eq!(
            done.status.code(),
            Some(1),
            "some of it contradicts: {done:?}"
        );
        let said = String::from_utf8(done.stdout).unwrap();
        for line in [
            "t9.csv:3: dossier `B`: its reception was recorded as 2026-08-03 10:00:00, and the file says \
             2026-08-03 10:30:00; it stays as recorded",
            "t9.csv:4: dossier `C`: it had ended (resolved, 2026-08-05 09:00), and the file says that it \
             has not; it stays as recorded",
        ] {
            assert!(said.contains(line), "{said}");
        }
        assert!(
            said.contains("Trái với những gì đã ghi, giữ nguyên"),
            "{said}"
        );
    }
    let english = desk.run(&newer, &[&update[..], &["--lang", "en"]].concat());
    let said = String::from_utf8(english.stdout).unwrap();
    assert!(said.contains("Contradicts what was recorded"), "{said}");
    let json = desk.run(&newer, &[&update[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["already_imported"], true);
    assert_eq!(
        (&json["dossiers_added"], &json["dossiers_updated"]),
        (&0.into(), &0.into())
    );
    assert_eq!(json["dossiers_already_there"], 2);
    assert_eq!(json["left"][0]["case"], "B");
    assert_eq!(json["left"][0]["why"], "contradicts");
    let rows = told(&desk.folder.path().join("out"), &url);
    assert_eq!(rows.len(), 4);
    let of = |name: &str| {
        rows.iter()
            .find(|row| row.iter().any(|cell| cell == name))
            .unwrap()
    };
    assert!(
        of("A").iter().any(|cell| cell.contains("2026-08-06T15:00")),
        "{:?}",
        of("A")
    );
    assert!(
        !of("B").iter().any(|cell| cell.contains("2026-08-06T15:00")),
        "{:?}",
        of("B")
    );
}
