//! The shipped catalogue holds what it says, and a wrong one is refused by line.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, SourceFile, parse_procedures};
use domain::dossier::Channel;
use domain::id::{ProcedureCode, ProvinceCode, UnitCode};
use domain::limit::Limit;
use domain::procedure::{Authority, ClockPolicy, Kind, Mark, OnlineLevel, Procedure, Verification};
use domain::unit::UnitKind;

fn shipped_files() -> Vec<SourceFile> {
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

fn shipped() -> Catalogue {
    Catalogue::parse(&shipped_files()).unwrap_or_else(|faults| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        panic!("the shipped catalogue is refused:\n{}", lines.join("\n"));
    })
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn code(text: &str) -> ProcedureCode {
    ProcedureCode::parse(text).expect("a code")
}

fn today() -> NaiveDate {
    day("2026-11-21")
}

#[test]
fn the_shipped_units_are_the_34_provinces_and_3321_communes() {
    let units = shipped().units;
    let count = |kind| units.iter().filter(|unit| unit.kind == kind).count();
    assert_eq!(count(UnitKind::Province), 34);
    assert_eq!(count(UnitKind::ProvincialCentre), 34);
    assert_eq!(count(UnitKind::Commune), 3321);
    assert_eq!(units.len(), 34 + 34 + 3321);

    let tuyen_quang = ProvinceCode::parse("08").expect("two digits");
    assert_eq!(
        units.province(&tuyen_quang).expect("listed").code.as_str(),
        "H60"
    );
    let below: Vec<_> = units.in_province(&tuyen_quang).collect();
    assert_eq!(below.len(), 1 + 124);
    assert_eq!(
        below[0].code.as_str(),
        "H60.00000",
        "sorted by identifier, the centre first"
    );
    assert_eq!(below[0].kind, UnitKind::ProvincialCentre);
    assert_eq!(units.find("02215"), units.find("h60.02215"));
    assert_eq!(
        units.find("02215").expect("listed").name,
        "Phường Minh Xuân"
    );
    assert!(
        units
            .get(&UnitCode::parse("H60.2215").expect("well formed"))
            .is_none()
    );

    let identifiers: BTreeSet<_> = units
        .iter()
        .filter(|unit| unit.kind == UnitKind::Province)
        .map(|unit| &unit.code)
        .collect();
    assert_eq!(
        identifiers.len(),
        34,
        "no two merged provinces share an identifier"
    );
}

#[test]
fn the_shipped_calendar_counts_the_days_the_notices_name() {
    let calendars = shipped().calendars;
    let national = calendars.national();
    assert_eq!(national.first_day(), day("2024-01-01"));
    assert_eq!(national.last_day(), day("2027-12-31"));
    for off in [
        "2026-11-24",
        "2026-08-31",
        "2026-04-27",
        "2025-05-02",
        "2024-04-29",
    ] {
        assert_eq!(national.is_working_day(day(off)), Ok(false), "{off}");
    }
    for worked in ["2026-08-22", "2026-01-10", "2025-04-26", "2024-05-04"] {
        assert_eq!(
            national.is_working_day(day(worked)),
            Ok(true),
            "{worked} is made up"
        );
    }
    assert!(
        national
            .special(day("2027-02-08"))
            .expect("Tết")
            .provisional
    );
    assert!(
        !national
            .special(day("2026-11-24"))
            .expect("a new holiday")
            .provisional
    );
}

/// The rows of the 47 commune-level procedures, split where a row names several codes.
const ROWS: [&[&str]; 47] = [
    &["1.001193"],
    &["1.000656"],
    &["1.000894"],
    &["1.004873"],
    &["1.001022"],
    &["1.004859"],
    &["1.004837"],
    &["3.000323"],
    &["1.004884"],
    &["1.004746"],
    &["2.000635"],
    &["1.003583"],
    &["1.000689"],
    &["2.000806"],
    &["1.001669"],
    &["2.001263"],
    &["2.000815"],
    &["2.000884"],
    &["2.000908"],
    &["2.001019"],
    &["2.001016"],
    &["x-chung-thuc-hop-dong"],
    &["2.000992"],
    &["1.004222"],
    &["1.004194"],
    &["1.002755"],
    &["1.003197", "1.010028"],
    &["1.010038"],
    &["2.001159"],
    &["1.003677"],
    &["1.001776"],
    &["1.001731"],
    &["1.014027", "1.014028"],
    &["1.001699"],
    &["1.011606", "1.011607"],
    &["1.010456"],
    &["1.012812", "1.013967"],
    &["1.012781", "1.012782", "1.012783", "1.013831"],
    &["1.013992"],
    &["1.013225"],
    &["1.013226", "1.013228"],
    &["1.001612"],
    &["1.002211", "2.000930"],
    &["1.003622"],
    &["x-cam-tiep-xuc"],
    &["3.000722"],
    &["2.002913"],
];

#[test]
fn every_one_of_the_47_rows_is_shipped_and_one_petition() {
    let procedures = shipped().procedures;
    for (at, codes) in ROWS.iter().enumerate() {
        for text in *codes {
            assert!(
                procedures.in_force(&code(text), today()).is_some(),
                "row {}: {text}",
                at + 1
            );
        }
    }
    let petitions: Vec<_> = procedures
        .iter()
        .filter(|procedure| procedure.kind == Kind::Petition)
        .collect();
    assert_eq!(petitions.len(), 1);
    let split: usize = ROWS.iter().map(|codes| codes.len()).sum();
    assert_eq!((split, procedures.len()), (56, 57));
}

#[test]
fn each_kind_of_procedure_is_shipped_as_a_complete_definition() {
    let procedures = shipped().procedures;
    let get = |text: &str| procedures.in_force(&code(text), today()).expect(text);
    let limit = |text: &str| get(text).default_case().limit_for(Channel::Desk);

    assert!(get("2.000815").on_the_spot && !get("2.000815").is_outline());
    assert_eq!(limit("1.001193"), Some(Limit::SameDay));
    assert_eq!(limit("1.001612"), Some(Limit::WorkingDays(3)));
    assert_eq!(limit("x-cam-tiep-xuc"), Some(Limit::ElapsedHours(12)));
    assert_eq!(limit("1.012812"), Some(Limit::CalendarDays(30)));
    let verification = |text: &str| get(text).default_case().verification;
    let five = Limit::WorkingDays(5);
    assert_eq!(verification("1.001022"), Some(Verification::Adds(five)));
    assert_eq!(verification("1.000894"), Some(Verification::Replaces(five)));
    assert_eq!(get("1.013992").clock, ClockPolicy::StopWhileFinancial);
    let agencies: BTreeSet<_> = get("3.000722")
        .steps
        .iter()
        .map(|step| &step.agency)
        .collect();
    assert_eq!(
        agencies.len(),
        3,
        "linked over the unit itself, the police and the insurance"
    );
    assert!(matches!(
        get("1.004222").authority,
        Authority::Mirrored { .. }
    ));
    assert_eq!(get("x-phan-anh-hien-truong").kind, Kind::Petition);

    let complete: Vec<_> = procedures
        .iter()
        .filter(|procedure| !procedure.is_outline())
        .collect();
    assert!(complete.len() >= 12, "{} complete", complete.len());
    let clocks: BTreeSet<_> = complete.iter().map(|procedure| procedure.clock).collect();
    assert_eq!(clocks.len(), 5, "all five clock policies occur");
    for procedure in complete {
        assert_eq!(procedure.steps_mark, Mark::Template, "{}", procedure.code);
        assert_eq!(procedure.first_step(), procedure.steps.first());
    }
}

#[test]
fn no_shipped_cell_claims_more_than_its_source() {
    let catalogue = shipped();
    for procedure in catalogue.procedures.iter() {
        let unknown = procedure.online == OnlineLevel::Unknown;
        assert_eq!(
            unknown,
            procedure.online_mark == Mark::Unknown,
            "{}",
            procedure.code
        );
        for case in &procedure.cases {
            let sourced = case.limit_mark != Mark::Unknown;
            assert_eq!(
                case.limit.is_some(),
                sourced,
                "{} {}",
                procedure.code,
                case.id
            );
            assert_eq!(
                !case.limit_source.is_empty(),
                sourced,
                "{} {}",
                procedure.code,
                case.id
            );
        }
    }
    let festival = catalogue
        .procedures
        .find("1.003622", today())
        .expect("listed");
    assert_eq!(
        festival.default_case().limit,
        None,
        "the organiser's own duty is no due time"
    );
}

#[test]
fn every_shipped_version_is_listed_as_published() {
    let files = shipped_files();
    let list = files
        .iter()
        .find(|file| file.path.ends_with("published.csv"))
        .expect("shipped");
    let mut missing = Vec::new();
    for procedure in shipped().procedures.iter() {
        let line = format!(
            "{},{},{}",
            procedure.code,
            procedure.version,
            procedure.hash_hex()
        );
        if !list.text.lines().any(|listed| listed == line) {
            missing.push(line);
        }
    }
    assert!(
        missing.is_empty(),
        "add to {}:\n{}",
        list.path,
        missing.join("\n")
    );
}

/// A whole procedure with nothing wrong; line 2 is the first `[[version]]`.
const SOUND: &str = r#"code = "x-thu"
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

/// A second version, from its header on; its number and day are to be filled in.
fn second(number: &str, from: &str) -> String {
    let (_, version) = SOUND.split_once('\n').expect("two lines at least");
    let version = version
        .replacen("number = 1", &format!("number = {number}"), 1)
        .replacen("from = 2025-07-01", &format!("from = {from}"), 1);
    format!("{SOUND}{version}")
}

fn file(path: &str, text: impl Into<String>) -> SourceFile {
    SourceFile {
        path: path.into(),
        text: text.into(),
    }
}

fn refused(files: &[SourceFile]) -> Vec<String> {
    let faults = parse_procedures(files).expect_err("the text is broken");
    faults.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_refused(text: &str, expected: &str) {
    let faults = refused(&[file("procedures/thu.toml", text)]);
    assert!(
        faults.len() == 1 && faults[0].starts_with(expected),
        "expected `{expected}`, found {faults:#?}"
    );
}

#[test]
fn the_procedure_in_the_readme_is_a_sound_one() {
    let files = shipped_files();
    let readme = files
        .iter()
        .find(|file| file.path == "README.md")
        .expect("shipped");
    let (_, block) = readme.text.split_once("```toml\n").expect("an example");
    let (example, _) = block.split_once("```").expect("the example ends");
    parse_procedures(&[file("procedures/readme.toml", example)]).expect("sound");
}

#[test]
fn a_wrong_procedure_is_refused_with_file_line_and_reason() {
    parse_procedures(&[file("procedures/thu.toml", SOUND)]).expect("the base text is sound");
    let table = [
        // What the text says, what it is changed into, the fault.
        (
            "code = \"x-thu\"",
            "code = \"thu\"",
            "1: code: `thu` is not a procedure code",
        ),
        ("number = 1", "number = 0", "3: number is 0"),
        (
            "from = 2025-07-01",
            "from = 2025-07-01T08:00:00",
            "4: from: `2025-07-01T08:00:00` is not a day",
        ),
        ("field = \"Thử\"", "field = \" \"", "6: field is empty"),
        (
            "\"no-stop\"",
            "\"pause\"",
            "7: unknown variant `pause`, expected one of `restart-on-complete`",
        ),
        (
            "clock_mark = \"derived\"",
            "clock_mark = \"unknown\"",
            "8: clock_mark is unknown",
        ),
        (
            "source = \"test\"\nonline",
            "origin = \"test\"\nonline",
            "10: unknown field `origin`",
        ),
        (
            "online_mark = \"unknown\"",
            "online_mark = \"recalled\"",
            "11: online and online_mark",
        ),
        (
            "steps_mark = \"template\"\n",
            "",
            "19: a step is given, so steps_mark must say",
        ),
        (
            "limit = \"3wd\"",
            "limit = \"3 days\"",
            "17: limit: \"3 days\" is not a limit",
        ),
        (
            "limit = \"3wd\"\n",
            "",
            "17: limit is empty but marked statute",
        ),
        (
            "limit_mark = \"statute\"",
            "limit_mark = \"unknown\"",
            "18: limit is given but marked unknown",
        ),
        ("limit_source = \"test\"\n", "", "18: limit has no source"),
        (
            "limit_source = \"test\"\n",
            "limit_source = \"test\"\nverification = \"+5x\"\nverification_mark = \"recalled\"\nverification_source = \"test\"\n",
            "20: verification: verification `+5x` is neither",
        ),
        (
            "limit = \"3wd\"",
            "limit = \"3wd\"\nlimits_by_channel = { fax = \"1wd\" }",
            "18: `fax` is not a channel",
        ),
        (
            "[[version.step]]\nid = \"appraise\"",
            "[[version.case]]\nid = \"chung\"\nname = \"Nữa\"\nlimit_mark = \"unknown\"\n[[version.step]]\nid = \"appraise\"",
            "21: case chung is listed twice",
        ),
        (
            "role = \"officer\"",
            "role = \"clerk\"",
            "23: role: `clerk` is not",
        ),
        (
            "allowance = \"2wd\"",
            "allowance = \"0wd\"",
            "24: allowance: \"0wd\" is not a limit",
        ),
        (
            "allowance = \"2wd\"",
            "allowance = \"4wh\"",
            "21: allowance 4wh of step appraise cannot be added up to the limit 3wd of case chung; expected working days",
        ),
        (
            "allowance = \"2wd\"",
            "allowance = \"3wd\"",
            "27: steps appraise > sign take 4 together; the limit 3wd of case chung leaves 3",
        ),
        (
            "next = [\"sign\"]",
            "next = [\"stamp\"]",
            "21: step appraise leads to stamp, which is no step",
        ),
        (
            "next = [\"sign\"]\n",
            "next = []\nfinish = true\n",
            "28: step sign is unreachable from appraise",
        ),
        ("finish = true\n", "", "21: no step has `finish = true`"),
        (
            "[[version.step]]\nid = \"sign\"",
            "[[version.step]]\nid = \"appraise\"\nname = \"A\"\nrole = \"officer\"\nfinish = true\n[[version.step]]\nid = \"sign\"",
            "27: step appraise is listed twice",
        ),
        (
            "finish = true",
            "finished = true",
            "32: unknown field `finished`",
        ),
        (
            "limit_source = \"test\"\n",
            "limit_source = \"test\"\n[[version.case.fee]]\namount_vnd = 5000\nmark = \"circular\"\n",
            "22: fee has no source",
        ),
        (
            "[[version.step]]",
            "[[version.component]]\ncode = \"don\"\nname = \"Đơn\"\nrequired = true\n[[version.step]]",
            "20: a component is given, so components_mark must say",
        ),
        ("name = \"Ký\"\n", "", "26: missing field `name`"),
        (
            "field = \"Thử\"",
            "field = \"Thử\"\nmirrored_from = \"X\"",
            "21: a mirrored procedure has no steps",
        ),
        (
            "name = \"Thủ tục thử\"",
            "name = \"Thu\u{309} tục thử\"",
            "5: text is not in Unicode NFC",
        ),
        ("[[version]]", "[[version]", "2: "),
    ];
    for (from, to, expected) in table {
        let text = SOUND.replacen(from, to, 1);
        assert_ne!(text, SOUND, "`{from}` is in the base text");
        assert_refused(&text, &format!("procedures/thu.toml:{expected}"));
    }
}

#[test]
fn a_step_that_cannot_reach_a_finish_is_refused() {
    let text = format!(
        "{}[[version.step]]\nid = \"drawer\"\nname = \"Ngăn kéo\"\nrole = \"officer\"\n",
        SOUND.replace("next = [\"sign\"]", "next = [\"sign\", \"drawer\"]")
    );
    assert_refused(
        &text,
        "procedures/thu.toml:34: step drawer has no way to a finish",
    );
}

#[test]
fn steps_too_entangled_to_check_are_refused_quickly() {
    let (head, _) = SOUND.split_once("[[version.step]]").expect("a step");
    let mut text = head.to_owned();
    let all: Vec<_> = (0..30).map(|at| format!("\"s{at}\"")).collect();
    for at in 0..30 {
        text.push_str(&format!(
            "[[version.step]]\nid = \"s{at}\"\nname = \"A\"\nrole = \"officer\"\nnext = [{}]\nfinish = true\n",
            all.join(", ")
        ));
    }
    assert_refused(
        &text,
        "procedures/thu.toml:21: the steps form more than 20000 different paths",
    );
}

#[test]
fn a_case_or_a_version_must_be_there() {
    let (head, rest) = SOUND.split_once("[[version.case]]").expect("a case");
    let (_, steps) = rest.split_once("[[version.step]]").expect("a step");
    let text = format!("{head}[[version.step]]{steps}");
    assert_refused(&text, "procedures/thu.toml:2: no [[version.case]]");
    assert_refused(
        "code = \"x-thu\"\n",
        "procedures/thu.toml:1: no [[version]]",
    );
}

#[test]
fn versions_out_of_order_are_refused() {
    for (number, from, expected) in [
        ("1", "2026-03-01", "34: number 1 does not come after 1"),
        (
            "2",
            "2025-07-01",
            "35: from 2025-07-01 is not after 2025-07-01",
        ),
        (
            "2",
            "2025-01-01",
            "35: from 2025-01-01 is not after 2025-07-01",
        ),
    ] {
        assert_refused(
            &second(number, from),
            &format!("procedures/thu.toml:{expected}"),
        );
    }
}

#[test]
fn one_code_in_two_files_is_refused() {
    let faults = refused(&[
        file("procedures/a.toml", SOUND),
        file("procedures/b.toml", SOUND),
    ]);
    assert_eq!(
        faults,
        ["procedures/b.toml:1: x-thu is already defined in procedures/a.toml"]
    );
}

#[test]
fn all_faults_of_all_files_are_reported_at_once() {
    let one = SOUND
        .replace("3wd", "0wd")
        .replace("\"leader\"", "\"boss\"");
    let two = SOUND
        .replace("x-thu", "x-hai")
        .replace("\"sign\"]", "\"stamp\"]");
    let faults = refused(&[
        file("procedures/a.toml", one),
        file("procedures/b.toml", two),
    ]);
    let places: Vec<_> = faults
        .iter()
        .map(|fault| &fault[..fault.find(": ").unwrap_or(0)])
        .collect();
    assert_eq!(
        places,
        [
            "procedures/a.toml:17",
            "procedures/a.toml:29",
            "procedures/b.toml:21"
        ]
    );
}

#[test]
fn a_dossier_falls_under_the_version_in_force_on_its_day() {
    let text = second("2", "2026-03-01");
    let procedures = parse_procedures(&[file("procedures/thu.toml", text)]).expect("sound");
    let thu = code("x-thu");
    let number = |on: &str| {
        procedures
            .in_force(&thu, day(on))
            .map(|procedure| procedure.version)
    };
    assert_eq!(number("2025-06-30"), None, "nothing was in force yet");
    assert_eq!(number("2025-07-01"), Some(1));
    assert_eq!(number("2026-02-28"), Some(1));
    assert_eq!(
        number("2026-03-01"),
        Some(2),
        "a version holds from its first day on"
    );
    assert_eq!(
        procedures
            .get(&thu, 1)
            .expect("kept for its dossiers")
            .version,
        1
    );
    assert_eq!(procedures.versions(&thu).len(), 2);
    assert_eq!(procedures.iter_in_force(day("2026-01-01")).count(), 1);
}

#[test]
fn a_code_with_a_locality_behind_it_means_its_base_code() {
    let procedures = shipped().procedures;
    for text in ["1.001193", " 1.001193.H60 ", "1.001193.000.00.00.H60"] {
        let found = procedures.find(text, today()).expect(text);
        assert_eq!(found.code.as_str(), "1.001193");
    }
    assert!(procedures.find("X-Cam-Tiep-Xuc", today()).is_some());
    assert!(procedures.find("1.00119", today()).is_none());
}

fn only(text: &str) -> Procedure {
    let procedures = parse_procedures(&[file("procedures/thu.toml", text)]).expect("sound");
    procedures.iter().next().expect("one").as_ref().clone()
}

#[test]
fn the_hash_of_a_version_covers_what_it_says_and_not_how_it_is_laid_out() {
    let hash = only(SOUND).hash_hex();
    assert_eq!(
        hash, "7a851a7a869d527e2afa39b8f14858a6e5cf5651239f276c09416125c8ff9b04",
        "a published list would no longer match"
    );
    let laid_out = SOUND
        .replace(
            "number = 1\nfrom = 2025-07-01\n",
            "# A comment.\nfrom   = 2025-07-01\n\nnumber=1\n",
        )
        .replace("name = \"Ký\"", "name = 'Ký'");
    assert_eq!(only(&laid_out).hash_hex(), hash);
    for (from, to) in [
        ("3wd", "4wd"),
        ("x-thu", "x-hai"),
        ("finish = true", "finish = true\nagency = \"A\""),
    ] {
        assert_ne!(
            only(&SOUND.replace(from, to)).hash_hex(),
            hash,
            "{to} says something else"
        );
    }
}

#[test]
fn a_published_version_cannot_change_or_vanish() {
    let hash = only(SOUND).hash_hex();
    let list = |lines: &str| {
        file(
            "procedures/published.csv",
            format!("code,version,sha256\n{lines}"),
        )
    };
    let published = list(&format!("x-thu,1,{hash}\n"));
    let sound = file("procedures/thu.toml", SOUND);
    parse_procedures(&[sound.clone(), published.clone()]).expect("unchanged");
    let later = file("procedures/thu.toml", second("2", "2026-03-01"));
    parse_procedures(&[later, published.clone()]).expect("a new version is no change of the old");

    let changed = file("procedures/thu.toml", SOUND.replace("3wd", "4wd"));
    let faults = refused(&[changed, published]);
    assert!(
        faults[0].starts_with(
            "procedures/thu.toml:3: version 1 of x-thu was published and may not change; add version 2"
        ),
        "{faults:?}"
    );
    let faults = refused(&[
        sound,
        list(&format!("# gone\nx-thu,1,{hash}\nx-hai,1,{hash}\n")),
    ]);
    assert!(
        faults[0].starts_with(
            "procedures/published.csv:4: version 1 of x-hai was published and is gone"
        ),
        "{faults:?}"
    );
}

/// The shipped catalogue with one file replaced.
fn faults_with(path: &str, text: &str) -> Vec<String> {
    let mut files = shipped_files();
    files.retain(|file| file.path != path);
    files.push(file(path, text));
    let faults = Catalogue::parse(&files).expect_err("the text is broken");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn wrong_units_are_refused_with_file_line_and_reason() {
    let header = "# comment\n\ncode,statistics_code,name,province,mark,from\n";
    let good = "H60.02215,02215,Phường Minh Xuân,08,placeholder,2025-07-01\n";
    for (rows, expected) in [
        (
            "H60.2x,02215,A,08,placeholder,2025-07-01\n",
            "4: code: `H60.2x` is not an agency identifier",
        ),
        (
            "H60.02215,2215,A,08,placeholder,2025-07-01\n",
            "4: statistics_code: `2215` is not five digits",
        ),
        (
            "H60.02215,02215,,08,placeholder,2025-07-01\n",
            "4: name: the name is missing",
        ),
        (
            "H60.02215,02215,A,8,placeholder,2025-07-01\n",
            "4: province: `8` is not",
        ),
        (
            "H60.02215,02215,A,08,official,2025-07-01\n",
            "4: mark: `official` is unknown; expected one of public, recalled, placeholder",
        ),
        (
            "H60.02215,02215,A,08,placeholder,1/7/2025\n",
            "4: from: `1/7/2025` is not a day",
        ),
        (
            "H60.02215,02215,A,08,placeholder\n",
            "4: 5 cells; expected 6",
        ),
        (
            "H60.02215,02215,\"A,08,placeholder,2025-07-01\n",
            "4: a quote is opened and not closed",
        ),
        (
            &format!("{good}# again\n{good}"),
            "6: unit H60.02215 is listed twice",
        ),
        (
            &format!("{good}H60.99999,02215,A,08,placeholder,2025-07-01\n"),
            "5: statistics code 02215 belongs to both H60.02215 and H60.99999",
        ),
        (
            "Y99.00001,00001,A,99,placeholder,2025-07-01\n",
            "4: unit Y99.00001 lies in province 99, which is not listed",
        ),
    ] {
        let faults = faults_with("units/communes.csv", &format!("{header}{rows}"));
        let expected = format!("units/communes.csv:{expected}");
        assert!(
            faults.len() == 1 && faults[0].starts_with(&expected),
            "{expected}: {faults:#?}"
        );
    }
    let faults = faults_with("units/communes.csv", "code,name\n");
    assert!(
        faults[0].starts_with("units/communes.csv:1: the header is `code,name`"),
        "{faults:?}"
    );
}

#[test]
fn a_wrong_calendar_is_refused_with_file_line_and_reason() {
    let header = "date,kind,name,source,mark\n2026-01-01,first_day,a,b,confirmed\n2026-12-31,last_day,a,b,confirmed\n";
    for (rows, expected) in [
        (
            "2026-13-01,holiday,A,B,confirmed\n",
            "4: date: `2026-13-01` is not a day",
        ),
        (
            "2026-09-02,party,A,B,confirmed\n",
            "4: kind: `party` is unknown; expected one of",
        ),
        (
            "2026-09-02,holiday,A,B,sure\n",
            "4: mark: `sure` is unknown",
        ),
        (
            "2026-09-02,holiday,A,,confirmed\n",
            "4: 2026-09-02 needs a name and a source",
        ),
        (
            "2027-01-01,holiday,A,B,confirmed\n",
            "4: 2027-01-01 (A) is outside the calendar",
        ),
        (
            "2026-09-02,holiday,A,B,confirmed\n2026-09-02,holiday,A,B,confirmed\n",
            "5: 2026-09-02 is listed twice",
        ),
        (
            "2026-08-21,make_up,A,B,confirmed\n",
            "4: 2026-08-21 (A) is worked anyway",
        ),
        (
            "2026-06-30,last_day,a,b,confirmed\n",
            "4: a second last_day; the first is on line 3",
        ),
    ] {
        let faults = faults_with("calendar/national.csv", &format!("{header}{rows}"));
        let expected = format!("calendar/national.csv:{expected}");
        assert!(
            faults.len() == 1 && faults[0].starts_with(&expected),
            "{expected}: {faults:#?}"
        );
    }
    let header = "unit,from,opens,source\n,2024-01-01,07:30-11:30 13:30-17:00,a\n";
    for (rows, expected) in [
        (
            "H60.02215,2026-01-01,7h30-11h30,a\n",
            "3: opens: `7h30-11h30` are not hours such as",
        ),
        (
            "H60.02215,2026-01-01,,a\n",
            "3: the hours from 2026-01-01 open at no time",
        ),
        (
            "H60.02215,2026-01-01,11:30-07:30,a\n",
            "3: the hours from 2026-01-01 have",
        ),
        (
            "H60.1,2026-01-01,08:00-12:00,a\n",
            "3: unit: H60.1 is not listed",
        ),
        (
            ",2024-01-01,08:00-12:00,a\n",
            "3: two lists of hours begin on 2024-01-01",
        ),
    ] {
        let faults = faults_with("calendar/hours.csv", &format!("{header}{rows}"));
        let expected = format!("calendar/hours.csv:{expected}");
        assert!(
            faults.len() == 1 && faults[0].starts_with(&expected),
            "{expected}: {faults:#?}"
        );
    }
}

#[test]
fn hours_of_a_unit_hold_from_their_day_and_those_of_a_province_for_all_in_it() {
    let mut files = shipped_files();
    let hours = files
        .iter_mut()
        .find(|file| file.path == "calendar/hours.csv")
        .expect("shipped");
    hours
        .text
        .push_str("08,2026-10-15,08:00-12:00 13:00-16:00,a\n02215,2026-11-02,07:00-12:00,b\n");
    let calendars = Catalogue::parse(&files).expect("sound").calendars;
    let closing = |unit: &str, on: &str| {
        let closing = calendars
            .for_unit(unit)
            .closing(day(on))
            .expect("published");
        domain::time::local(closing.expect("a working day"))
            .format("%H:%M")
            .to_string()
    };
    assert_eq!(
        closing("H60.02215", "2026-10-14"),
        "17:00",
        "the national hours before"
    );
    assert_eq!(
        closing("H60.02215", "2026-10-16"),
        "16:00",
        "the province's"
    );
    assert_eq!(closing("H60.02215", "2026-11-02"), "12:00", "its own");
    assert_eq!(closing("H60.00691", "2026-11-02"), "16:00");
    assert_eq!(
        closing("H56.00000", "2026-11-02"),
        "17:00",
        "another province"
    );
}

#[test]
fn a_missing_or_unknown_file_is_refused() {
    let mut files = shipped_files();
    files.retain(|file| file.path != "calendar/hours.csv");
    files.push(file("calendar/hour.csv", ""));
    let faults = Catalogue::parse(&files).expect_err("a file is missing");
    let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "calendar/hour.csv:1: the catalogue knows no file of this name",
            "calendar/hours.csv:1: the file is missing",
        ]
    );
}
