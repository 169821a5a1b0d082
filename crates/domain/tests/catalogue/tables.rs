//! Wrong units and calendars are refused, with file, line and reason.

use domain::catalogue::Catalogue;
use domain::id::UnitCode;

use crate::texts::{day, file, shipped_files};

/// The shipped catalogue with one file replaced.
fn faults_with(path: &str, text: &str) -> Vec<String> {
    let mut files = shipped_files();
    // Faults about former units follow from the replaced units, so they are left out.
    let about_before = |path: &str| path.contains("former") || path.contains("successors");
    files.retain(|file| file.path != path && !about_before(&file.path));
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

#[test]
fn a_desk_that_no_unit_has_or_nobody_vouches_for_is_refused() {
    let header = "unit,address,telephone,hours,mark,source\n";
    let good = "H60.02215,Số 1 đường Mẫu,0200,,recalled,thông báo\n";
    for (rows, expected) in [
        (
            "H60.99998,Số 1,,,recalled,x\n",
            "2: unit: `H60.99998` is no unit of the catalogue",
        ),
        ("H60.02215,Số 1,,,sure,x\n", "2: mark: `sure` is not a mark"),
        (
            "H60.02215,Số 1,,,recalled,\n",
            "2: source: what is known of a unit has a source",
        ),
        (
            &format!("{good}{good}"),
            "3: unit H60.02215 is listed twice",
        ),
    ] {
        let mut files = shipped_files();
        files.push(file(
            "catalogue/units/08.contacts.csv",
            format!("{header}{rows}"),
        ));
        let faults = Catalogue::parse(&files).expect_err("the text is broken");
        let told = faults[0].to_string();
        assert!(told.contains(expected), "{told}");
    }
    let mut files = shipped_files();
    files.push(file(
        "catalogue/units/08.contacts.csv",
        format!("{header}{good}"),
    ));
    let catalogue = Catalogue::parse(&files).unwrap();
    let ward = UnitCode::parse("H60.02215").unwrap();
    assert_eq!(
        catalogue.contacts.get(&ward).unwrap().address,
        "Số 1 đường Mẫu"
    );
}
