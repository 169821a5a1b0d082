//! `motcua report ii06a` and `i766`, as a province office runs them.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

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

/// A database with forty dossiers of two wards, received in September 2026.
struct Office {
    _folder: tempfile::TempDir,
    url: String,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("office.db").display());
        let (map, list) = (given("map.toml"), given("comma.csv"));
        let output = motcua(&[
            "import",
            "--map",
            map.to_str().unwrap(),
            list.to_str().unwrap(),
            "--database",
            &url,
        ]);
        assert!(output.status.success(), "{output:?}");
        Self {
            _folder: folder,
            url,
        }
    }

    fn report(&self, args: &[&str]) -> Output {
        motcua(&[&["report"], args, &["--database", &self.url]].concat())
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.report(&[args, &["--format", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

const SEPTEMBER: [&str; 6] = [
    "--province",
    "08",
    "--from",
    "2026-09-01",
    "--to",
    "2026-09-30",
];

#[test]
fn form_ii06a_has_every_key_and_its_identities() {
    let office = Office::new();
    let form = office.json(&[&["ii06a"], &SEPTEMBER[..]].concat());
    assert_eq!(form["report"], "ii06a");
    assert_eq!(
        (&form["from"], &form["to"]),
        (&"2026-09-01".into(), &"2026-09-30".into())
    );
    assert!(form["as_of"].as_str().unwrap().ends_with("+07:00"));
    let units = form["units"].as_array().unwrap();
    assert_eq!(units.len(), 2, "only units with a number");
    let number = |of: &Value, name: &str| of["row"][name].as_u64().unwrap();
    for unit in units.iter().chain([&form["total"]]) {
        let row = |name| number(unit, name);
        let received = row("received_online") + row("received_direct") + row("carried_over");
        assert_eq!(row("total"), received);
        assert_eq!(row("total"), row("resolved") + row("pending"));
        assert_eq!(row("resolved"), row("early") + row("on_due") + row("late"));
        assert_eq!(row("pending"), row("pending_in_time") + row("pending_late"));
        let fields = unit["fields"].as_array().unwrap();
        let sum: u64 = fields.iter().map(|field| number(field, "total")).sum();
        assert_eq!(sum, row("total"));
        let names: Vec<&str> = fields
            .iter()
            .map(|field| field["field"].as_str().unwrap())
            .collect();
        assert!(names.is_sorted(), "{names:?}");
        for column in &domain::indicator::MEMO {
            assert!(
                !unit["memo"][column.name].is_null(),
                "{} is told",
                column.name
            );
        }
        for name in [
            "previous_pending",
            "carried_away",
            "carried_in",
            "due_given",
        ] {
            assert!(unit["bridge"][name].is_u64(), "{name}");
        }
    }
    let sum: u64 = units.iter().map(|unit| number(unit, "total")).sum();
    assert_eq!(sum, number(&form["total"], "total"));
    assert_eq!(sum, 25);
    assert_eq!(form["total"]["unit"], "");
    // The next month begins with what this month left pending.
    let october = [
        "--province",
        "08",
        "--from",
        "2026-10-01",
        "--to",
        "2026-10-31",
    ];
    let next = office.json(&[&["ii06a"], &october[..]].concat());
    assert_eq!(
        next["total"]["bridge"]["previous_pending"],
        form["total"]["row"]["pending"]
    );
    let one = office.json(&[
        "ii06a",
        "--unit",
        "02215",
        "--from",
        "2026-09-01",
        "--to",
        "2026-09-30",
    ]);
    assert_eq!(one["units"].as_array().unwrap().len(), 1);
    assert_eq!(one["units"][0]["row"], one["total"]["row"]);
}

#[test]
fn the_index_has_every_item_and_null_for_what_cannot_be_computed() {
    let office = Office::new();
    let index = office.json(&[&["i766"], &SEPTEMBER[..]].concat());
    assert_eq!(index["report"], "i766");
    let items = index["total"]["items"].as_array().unwrap();
    let item = |code: &str| {
        let mut found = items.iter().filter(|item| item["item"] == code);
        found.next().unwrap_or_else(|| panic!("{code} is there"))
    };
    assert_eq!(items.len(), 22);
    for code in ["1.1", "1.4", "3.1", "4.5a", "5.2"] {
        let item = item(code);
        assert_eq!(item["computable"], false, "{code}");
        for key in ["num", "rate", "points"] {
            assert!(item[key].is_null(), "{code} {key}");
        }
    }
    let on_time = item("2.1");
    let (num, den) = (
        on_time["num"].as_f64().unwrap(),
        on_time["den"].as_f64().unwrap(),
    );
    assert!(num > 0.0 && den > num, "{on_time}");
    assert_eq!(on_time["points"].as_f64(), Some(20.0 * num / den));
    assert!(item("2.2")["average"].is_array());
    assert_eq!(item("4.5b")["lower_bound"], true);
    assert!(item("5.4")["overdue"]["den"].is_u64());
    assert!(item("3.3")["points"].is_null());
}

/// The names of the contract, by place: other programs read them.
const ROW: [&str; 11] = [
    "total",
    "received_online",
    "received_direct",
    "carried_over",
    "resolved",
    "early",
    "on_due",
    "late",
    "pending",
    "pending_in_time",
    "pending_late",
];
const COUNTS: &str = "no_due_received no_due_ended no_due_pending mirrored petitions petitions_ended \
    withdrawn withdrawn_in_time refused_after_receipt corrected stops stopped_dossiers stops_short \
    stops_on_due_day restarts supplements supplement_notices_late extended late_apologies \
    verifications unanswered_late refused_at_intake withdrawn_before_receipt \
    supplements_before_receipt passed_on passed_on_overdue came_in came_in_overdue";
const RATES: &str = "in_time_without_withdrawn assisted digitised reused assisted_online \
    online_by_staff e_result e_result_signed cashless paid_online accepted_late";
const ITEMS: &str = "1.1 1.2 1.3 1.4 2.1 2.2 3.1 3.2 3.3 3.5a 3.5b 3.6 4.1 4.2 4.3 4.4 4.5a 4.5b 5.1 \
    5.2 5.3 5.4";

fn keys(of: &Value) -> Vec<&str> {
    let map = of.as_object().unwrap();
    map.keys().map(String::as_str).collect()
}

/// A count is a whole number, a rate has three names and no quotient of nothing.
fn is_rate(rate: &Value, told: &str) {
    let mut names = keys(rate);
    names.sort_unstable();
    assert_eq!(names, ["den", "num", "rate"], "{told}");
    let (num, den) = (rate["num"].as_u64().unwrap(), rate["den"].as_u64().unwrap());
    if den == 0 {
        assert!(rate["rate"].is_null(), "{told}: {rate}");
    } else {
        // The last bit is the parser's: it reads decimals fast, not exactly.
        let read = rate["rate"].as_f64().unwrap();
        assert!((read - num as f64 / den as f64).abs() < 1e-15, "{told}");
    }
}

#[test]
fn every_name_of_the_contract_stands_where_other_programs_look_for_it() {
    let office = Office::new();
    let nothing = [
        "--province",
        "08",
        "--from",
        "2020-01-01",
        "--to",
        "2020-01-31",
    ];
    for period in [&SEPTEMBER[..], &nothing[..]] {
        let form = office.json(&[&["ii06a"], period].concat());
        for name in ["report", "from", "to", "as_of", "units", "total"] {
            assert!(!form[name].is_null(), "{name}");
        }
        let units = form["units"].as_array().unwrap();
        for unit in units.iter().chain([&form["total"]]) {
            for name in ["unit", "name"] {
                assert!(unit[name].is_string(), "{name}");
            }
            let fields = unit["fields"].as_array().unwrap();
            for field in fields {
                assert!(field["field"].is_string());
                assert!(field["row"]["total"].as_u64() > Some(0), "{field}");
            }
            for row in fields.iter().map(|it| &it["row"]).chain([&unit["row"]]) {
                let mut names = keys(row);
                let mut expected = ROW.to_vec();
                names.sort_unstable();
                expected.sort_unstable();
                assert_eq!(names, expected);
                assert!(ROW.iter().all(|name| row[name].is_u64()), "{row}");
            }
            for name in [
                "previous_pending",
                "carried_away",
                "carried_in",
                "due_given",
            ] {
                assert!(unit["bridge"][name].is_u64(), "{name}");
            }
            for name in COUNTS.split_whitespace() {
                assert!(unit["memo"][name].is_u64(), "{name}");
            }
            for name in RATES.split_whitespace() {
                is_rate(&unit["memo"][name], name);
            }
        }
        let index = office.json(&[&["i766"], period].concat());
        let units = index["units"].as_array().unwrap();
        for unit in units.iter().chain([&index["total"]]) {
            let items = unit["items"].as_array().unwrap();
            let codes: Vec<_> = items
                .iter()
                .map(|it| it["item"].as_str().unwrap())
                .collect();
            assert_eq!(codes, ITEMS.split_whitespace().collect::<Vec<_>>());
            for item in items {
                for name in [
                    "computable",
                    "num",
                    "den",
                    "rate",
                    "points",
                    "max_points",
                    "formula",
                ] {
                    assert!(item.get(name).is_some(), "{name} of {item}");
                }
                if item["computable"] == false {
                    for name in ["num", "rate", "points"] {
                        assert!(item[name].is_null(), "{name} of {item}");
                    }
                }
            }
            let satisfied = &items[items.len() - 1];
            is_rate(&satisfied["overdue"], "overdue");
            is_rate(&satisfied["dissatisfied"], "dissatisfied");
            assert!(
                satisfied["points"].is_f64(),
                "5.4 has 0 of nothing: {satisfied}"
            );
        }
    }
}

#[test]
fn a_unit_that_has_ended_is_answered_with_its_successor() {
    let office = Office::new();
    let period = &SEPTEMBER[2..];
    for report in ["ii06a", "i766"] {
        let told = office.json(&[&[report, "--unit", "H60.02206"], period].concat());
        assert_eq!(told["units"].as_array().unwrap().len(), 0, "{report}");
        assert_eq!(told["total"]["successor"], "H60.02215", "{report}");
    }
    let told = office.report(&[&["ii06a", "--unit", "H60.02206"], period].concat());
    assert!(String::from_utf8_lossy(&told.stdout).contains("Không có hồ sơ"));
}

#[test]
fn what_nobody_can_know_yet_is_refused_and_nothing_is_told_as_nothing() {
    let office = Office::new();
    for (args, says) in [
        (
            vec![
                "ii06a",
                "--all-units",
                "--from",
                "2999-01-01",
                "--to",
                "2999-01-31",
            ],
            "future",
        ),
        (
            vec![
                "rates",
                "--all-units",
                "--from",
                "2999-01-01",
                "--to",
                "2999-01-31",
            ],
            "future",
        ),
        (
            vec![
                "ii06a",
                "--all-units",
                "--from",
                "2026-09-30",
                "--to",
                "2026-09-01",
            ],
            "--to",
        ),
        (
            vec![
                "i766",
                "--unit",
                "nowhere",
                "--from",
                "2026-09-01",
                "--to",
                "2026-09-30",
            ],
            "nowhere",
        ),
        (
            vec![
                "ii06a",
                "--all-units",
                "--from",
                "2026-09-01",
                "--to",
                "2026-09-30",
                "--as-of",
                "2999-01-01T00:00+07:00",
            ],
            "--as-of: must not be later than now",
        ),
    ] {
        let output = office.report(&args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(says), "{said}");
    }
    let before = [
        "--province",
        "08",
        "--from",
        "2020-01-01",
        "--to",
        "2020-01-31",
    ];
    let form = office.json(&[&["ii06a"], &before[..]].concat());
    assert_eq!(form["units"].as_array().unwrap().len(), 0);
    assert_eq!(form["total"]["row"]["total"], 0);
    let table = office.report(&[&["ii06a"], &before[..]].concat());
    assert!(String::from_utf8_lossy(&table.stdout).contains("Không có hồ sơ"));
}

#[test]
fn the_table_prints_the_identities_and_csv_a_row_a_unit_and_field() {
    let office = Office::new();
    let table = office.report(&[&["ii06a"], &SEPTEMBER[..]].concat());
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("(3) = (4) + (5) + (6) = (7) + (11)"),
        "{table}"
    );
    assert!(table.contains("Kỳ trước để lại"), "{table}");
    let csv = office.report(&[&["ii06a"], &SEPTEMBER[..], &["--format", "csv"]].concat());
    let mut rows = csv::Reader::from_reader(&csv.stdout[..]);
    let names = rows.headers().unwrap().clone();
    for name in [
        "unit",
        "field",
        "total",
        "previous_pending",
        "accepted_late.den",
    ] {
        assert!(names.iter().any(|title| title == name), "{name}");
    }
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert!(rows.iter().any(|row| &row[2] == "Hộ tịch"), "{rows:?}");
}

/// The cells of a workbook's first sheet, and the names of its sheets.
fn opened(bytes: &[u8]) -> (Vec<Vec<calamine::Data>>, Vec<String>) {
    use calamine::Reader;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let names = book.sheet_names().clone();
    let range = book.worksheet_range(&names[0]).unwrap();
    let rows = range.rows().map(<[calamine::Data]>::to_vec).collect();
    (rows, names)
}

/// The numbers of the last row that has any, from the left.
fn last_numbers(rows: &[Vec<calamine::Data>]) -> Vec<f64> {
    let numbers = |row: &Vec<calamine::Data>| -> Vec<f64> {
        let cells = row.iter();
        cells
            .filter_map(|cell| match cell {
                calamine::Data::Float(number) => Some(*number),
                calamine::Data::Int(number) => Some(*number as f64),
                _ => None,
            })
            .collect()
    };
    let mut found = rows.iter().rev().map(numbers).filter(|row| row.len() > 5);
    found.next().unwrap_or_default()
}

#[test]
fn a_workbook_is_opened_again_with_the_numbers_of_the_report_as_numbers() {
    let office = Office::new();
    let form = office.json(&[&["ii06a"], &SEPTEMBER[..]].concat());
    let row = form["total"]["row"].as_object().unwrap();
    let wanted: Vec<f64> = domain::indicator::II06A
        .iter()
        .map(|column| row[column.name].as_f64().unwrap())
        .collect();
    let book = office.report(&[&["ii06a"], &SEPTEMBER[..], &["--format", "xlsx"]].concat());
    assert!(book.status.success(), "{book:?}");
    let (rows, names) = opened(&book.stdout);
    assert_eq!(names, ["Biểu", "Ngoài biểu", "Định nghĩa"]);
    assert_eq!(last_numbers(&rows), wanted);
    let says = |text: &str| {
        let mut cells = rows.iter().flatten();
        cells.any(|cell| *cell == text)
    };
    assert!(says("Số hồ sơ nhận giải quyết") && says("(3)=(4)+(5)+(6)"));

    let other = [
        &["ii06a"],
        &SEPTEMBER[..],
        &["--sheet", "07a", "--format", "xlsx"],
    ]
    .concat();
    let (rows, _) = opened(&office.report(&other).stdout);
    let sums = last_numbers(&rows);
    assert_eq!(sums.len(), 23, "a number in each column but two");
    assert_eq!(sums[0], wanted[0], "the same total");
    let late = row["late"].as_f64().unwrap();
    assert_eq!(sums[10] + sums[11], late, "with and without an apology");
    let index = office.report(&[&["i766"], &SEPTEMBER[..], &["--format", "xlsx"]].concat());
    assert_eq!(opened(&index.stdout).1, ["Biểu", "Định nghĩa"]);
    let wrong = office.report(&[&["ii06a"], &SEPTEMBER[..], &["--sheet", "06z"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn every_sheet_of_one_unit_names_it_as_the_unit_that_reports() {
    let office = Office::new();
    let [_, _, days @ ..] = SEPTEMBER;
    for sheet in [&["ii06a"][..], &["ii06a", "--sheet", "07a"], &["i766"]] {
        let flags = [
            sheet,
            &["--unit", "H60.02215"],
            &days[..],
            &["--format", "html"],
        ]
        .concat();
        let page = String::from_utf8(office.report(&flags).stdout).unwrap();
        assert!(
            page.contains("– Phường Minh Xuân – Từ ngày"),
            "{flags:?}: {page}"
        );
    }
}

#[test]
fn a_page_prints_the_form_across_with_merged_heads() {
    let office = Office::new();
    let page = office.report(&[&["ii06a"], &SEPTEMBER[..], &["--format", "html"]].concat());
    let page = String::from_utf8(page.stdout).unwrap();
    for part in [
        "size: A4 landscape",
        "<th scope=\"colgroup\" colspan=\"4\">Số hồ sơ nhận giải quyết</th>",
        "NGƯỜI LẬP BIỂU",
        "(3) = (4) + (5) + (6) = (7) + (11)",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let before = [
        "ii06a",
        "--province",
        "08",
        "--from",
        "2020-01-01",
        "--to",
        "2020-01-31",
    ];
    let page = office.report(&[&before[..], &["--format", "html"]].concat());
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("Không có hồ sơ."), "{page}");
}

#[test]
fn what_is_published_tells_no_small_count_and_is_described() {
    let office = Office::new();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("open");
    let args = [
        &["open-data"],
        &SEPTEMBER[..],
        &["--out", out.to_str().unwrap()],
    ]
    .concat();
    let said = office.report(&args);
    assert!(said.status.success(), "{said:?}");
    let mut rows = csv::Reader::from_path(out.join("ii06a.csv")).unwrap();
    let names = rows.headers().unwrap().clone();
    assert_eq!(&names[2], "field");
    let mut hidden = 0;
    for row in rows.records().map(Result::unwrap) {
        for cell in row.iter().skip(5) {
            match cell.parse::<u32>() {
                Ok(count) => assert!(count == 0 || count >= 5, "{row:?}"),
                Err(_empty) => hidden += 1,
            }
        }
    }
    assert!(hidden > 0, "forty dossiers of two wards have small counts");
    let text = std::fs::read_to_string(out.join("ii06a.jsonld")).unwrap();
    let described: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(described["@type"], "dcat:Dataset");
    assert_eq!(
        described["dcat:distribution"][0]["dcat:mediaType"],
        "text/csv"
    );
}

#[test]
fn the_notice_says_what_came_what_was_done_and_what_to_do() {
    let office = Office::new();
    let notice = office.report(&[&["notice"], &SEPTEMBER[..]].concat());
    let notice = String::from_utf8(notice.stdout).unwrap();
    for part in [
        "từ ngày 01/09/2026 đến ngày 30/09/2026",
        "Tiếp nhận",
        "Đã giải quyết",
        "quá hạn",
    ] {
        assert!(notice.contains(part), "{part} in {notice}");
    }
    let before = [
        "notice",
        "--province",
        "08",
        "--from",
        "2020-01-01",
        "--to",
        "2020-01-31",
    ];
    let nothing = office.report(&before);
    assert_eq!(
        String::from_utf8(nothing.stdout).unwrap(),
        "Không có hồ sơ.\n"
    );
}
