//! A wrong procedure is refused, with file, line and reason.

use crate::texts::{SOUND, assert_refused, file, parse_procedures, refused, second, shipped_files};

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
        // The text of the base, its replacement, and the fault.
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
            "field = \"Thử\"\nmirrored_from = \"Hệ thống X\"",
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
fn the_name_of_another_system_is_one_that_its_messages_can_carry() {
    let steps = SOUND.find("[[version.step]]").expect("steps come last");
    let named = "field = \"Thử\"\nmirrored_from = \"ông A, 0912345678\"";
    let mirror: String = (SOUND[..steps].replacen("field = \"Thử\"", named, 1))
        .lines()
        .filter(|line| !line.starts_with("steps_"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_refused(
        &mirror,
        "procedures/thu.toml:7: mirrored_from: `ông A, 0912345678` is not the name of a system",
    );
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

/// The base text with two legs at its end, from line 33.
fn linked() -> String {
    format!(
        r#"{SOUND}[[version.leg]]
id = "lead"
name = "Chủ trì"
lead = true
limit = "3wd"
mark = "template"
source = "test"
[[version.leg]]
id = "police"
name = "Xác minh cư trú"
agency = "Công an cấp xã"
unit = "receiving"
limit = "1wd"
after = "appraise"
mark = "template"
source = "test"
"#
    )
}

#[test]
fn a_wrong_leg_is_refused_with_file_line_and_reason() {
    let sound = linked();
    parse_procedures(&[file("procedures/thu.toml", sound.as_str())]).expect("sound");
    let second = "[[version.leg]]\nid = \"police\"";
    for (from, to, expected) in [
        ("lead = true\n", "", "34: no leg has `lead = true`"),
        (
            "limit = \"1wd\"\nafter = \"appraise\"",
            "lead = true\nlimit = \"1wd\"",
            "41: leg police leads, but lead does already",
        ),
        (
            "lead = true\nlimit = \"3wd\"\n",
            "lead = true\nafter = \"appraise\"\nlimit = \"1wd\"\n",
            "34: leg lead leads, so it opens at reception",
        ),
        (
            "after = \"appraise\"",
            "after = \"stamp\"",
            "41: leg police opens after stamp, which is no step",
        ),
        (
            "limit = \"3wd\"\nmark",
            "limit = \"4wd\"\nmark",
            "34: leg lead may take 4 after 0 of steps; the limit 3wd of case chung leaves 3",
        ),
        (
            "limit = \"1wd\"\nafter",
            "limit = \"2wd\"\nafter",
            "41: leg police may take 2 after 2 of steps; the limit 3wd of case chung leaves 3",
        ),
        (
            "limit = \"1wd\"\nafter",
            "limit = \"1d\"\nafter",
            "41: limit 1d of leg police cannot be compared with the limit 3wd of case chung; expected working days",
        ),
        (
            "limit = \"1wd\"\nafter",
            "limit = \"0wd\"\nafter",
            "45: limit: \"0wd\" is not a limit",
        ),
        (
            "unit = \"receiving\"",
            "unit = \"police\"",
            "44: unit: `police` is no unit of a leg: expected resolving or receiving",
        ),
        (
            second,
            "[[version.leg]]\nid = \"lead\"",
            "41: leg lead is listed twice",
        ),
        (
            "source = \"test\"\n[[version.leg]]",
            "source = \" \"\n[[version.leg]]",
            "39: source is empty",
        ),
        (
            "mark = \"template\"\nsource = \"test\"\n[[version.leg]]",
            "mark = \"unknown\"\nsource = \"test\"\n[[version.leg]]",
            "38: mark is unknown",
        ),
        (
            "agency = \"Công an cấp xã\"",
            "office = \"Công an cấp xã\"",
            "43: unknown field `office`",
        ),
    ] {
        let text = sound.replacen(from, to, 1);
        assert_ne!(text, sound, "`{from}` is in the base text");
        assert_refused(&text, &format!("procedures/thu.toml:{expected}"));
    }
}

#[test]
fn a_leg_opens_behind_a_step_that_something_follows() {
    let text = linked()
        .replacen("next = [\"appraise\"]\n", "", 1)
        .replacen("after = \"appraise\"", "after = \"sign\"", 1);
    assert_refused(
        &text,
        "procedures/thu.toml:40: leg police opens after sign, but no step follows that",
    );
}

#[test]
fn a_mirrored_procedure_has_no_legs() {
    let (head, legs) = linked()
        .split_once("[[version.leg]]")
        .map(|(head, legs)| (head.to_owned(), legs.to_owned()))
        .expect("legs");
    let steps = head.find("[[version.step]]").expect("steps");
    let mirror: String = head[..steps]
        .replacen(
            "field = \"Thử\"",
            "field = \"Thử\"\nmirrored_from = \"Hệ thống X\"",
            1,
        )
        .lines()
        .filter(|line| !line.starts_with("steps_"))
        .map(|line| format!("{line}\n"))
        .collect();
    let legs = legs.replacen("after = \"appraise\"\n", "", 1);
    assert_refused(
        &format!("{mirror}[[version.leg]]{legs}"),
        "procedures/thu.toml:20: a mirrored procedure has no legs",
    );
}
