//! Units over time: the shipped tables, and faults of other tables.

use domain::catalogue::{Catalogue, SourceFile, Successors};
use domain::id::{ProvinceCode, UnitCode};

use crate::texts::{day, shipped, shipped_files};

fn unit(code: &str) -> UnitCode {
    UnitCode::parse(code).expect("an identifier")
}

#[test]
fn each_of_the_10035_former_communes_has_one_main_heir_among_the_3321_of_today() {
    let catalogue = shipped();
    let change = day("2025-07-01");
    let (eve, after) = (day("2025-06-30"), change);
    let succession = catalogue.lineage.on(change).expect("shipped");
    assert_eq!(succession.iter().count(), 10_035);
    let mut heirs: Vec<&UnitCode> = Vec::new();
    for (old, known) in succession.iter() {
        let before = catalogue.units.get(old).expect("listed");
        assert!(before.exists_on(eve), "{old}");
        for (new, _) in known.iter() {
            let heir = catalogue.units.get(new).expect("listed");
            assert!(heir.exists_on(after), "{old} → {new}");
            assert_eq!(heir.province, before.province, "{old} → {new}");
            heirs.push(&heir.code);
        }
    }
    heirs.sort();
    heirs.dedup();
    // The other five are special zones and communes that succeed no old commune.
    assert_eq!(heirs.len(), 3_321 - 5);
}

#[test]
fn a_ward_of_old_tuyen_quang_is_known_by_its_old_name_and_by_its_heir() {
    let catalogue = shipped();
    let (eve, today) = (day("2025-06-30"), day("2026-11-21"));
    let tan_quang = catalogue.units.find("02206").expect("it was a ward");
    assert_eq!(tan_quang.name, "Phường Tân Quang");
    assert_eq!(tan_quang.code, unit("H60.02206"));
    assert!(tan_quang.exists_on(eve) && !tan_quang.exists_on(today));
    let heir = catalogue.lineage.working(&tan_quang.code, today);
    let heir = catalogue.units.get(heir).expect("listed");
    assert_eq!(
        (heir.code.as_str(), heir.name.as_str()),
        ("H60.02215", "Phường Minh Xuân")
    );
    assert_eq!(
        heir.name_on(eve),
        "Phường Ỷ La",
        "Minh Xuân bears the code of a ward that is part of it"
    );
    let lung_cu = catalogue.units.find_on("00715", eve).expect("it was");
    assert_eq!(lung_cu.code, unit("H22.00715"), "of old Hà Giang");
    assert_eq!(
        catalogue.units.find_on("00715", today).expect("it is").code,
        unit("H60.00715")
    );
    let province = ProvinceCode::parse("08").expect("two digits");
    let ended = catalogue.units.ended_in_province(&province);
    let (of_hg, of_tq): (Vec<_>, Vec<_>) = ended.partition(|unit| unit.code.level_one() == "H22");
    assert_eq!((of_hg.len(), of_tq.len()), (193, 137 - 51));
    assert_eq!(catalogue.units.in_province(&province).count(), 125);
}

fn table(rows: &[&str]) -> SourceFile {
    SourceFile {
        path: "merge.csv".into(),
        text: format!(
            "old_commune_code,new_commune_code,share,is_default\n{}\n",
            rows.join("\n")
        ),
    }
}

#[test]
fn a_table_is_refused_by_file_line_and_reason() {
    let catalogue = shipped();
    let day = day("2025-07-01");
    for (rows, told) in [
        (
            &["02206,02215,whole,1", "99999,02215,whole,1"][..],
            "merge.csv:3: old_commune_code: `99999` is no commune or centre on 2025-06-30",
        ),
        (
            &["02206,99999,whole,1"],
            "merge.csv:2: new_commune_code: `99999` is no commune or centre on 2025-07-01",
        ),
        (
            &["02206,02206,whole,1"],
            "merge.csv:2: new_commune_code: `02206` is no commune or centre on 2025-07-01",
        ),
        (
            &["H60,02215,whole,1"],
            "merge.csv:2: old_commune_code: `H60` is no commune or centre on 2025-06-30",
        ),
        (
            &["02206,02215,some,1"],
            "merge.csv:2: share: `some` is unknown; expected one of whole, part",
        ),
        (
            &["02206,02215,whole,yes"],
            "merge.csv:2: is_default: `yes` is unknown; expected one of 0, 1",
        ),
        (
            &["02206,00004,whole,1"],
            "merge.csv:2: H60.02206 lies in province 08, and Y01.00004 in 01: what belongs to a unit stays in its province",
        ),
        (
            &["02206,02215,whole,1", "02206,02215,whole,1"],
            "merge.csv:3: H60.02206 goes to H60.02215 twice",
        ),
        (
            &["02206,02215,part,1", "02206,02212,part,1"],
            "merge.csv:3: H60.02206 has two default successors, H60.02215 and H60.02212",
        ),
        (
            &["02206,02215,part,0", "02206,02212,part,0"],
            "merge.csv:2: H60.02206 has no default successor",
        ),
        (
            &["02212,02215,whole,1", "02215,02212,whole,1"],
            "merge.csv:2: H60.02212, H60.02215 take over from each other in a circle",
        ),
        (
            &["02206,02215,whole"],
            "merge.csv:2: 3 cells; expected 4: old_commune_code,new_commune_code,share,is_default",
        ),
        (
            &["\"02206,02215,whole,1"],
            "merge.csv:2: a quote is opened and not closed",
        ),
    ] {
        let faults = Successors::read(&table(rows), day, &catalogue.units).expect_err(told);
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(lines.contains(&told.to_owned()), "{told}: {lines:?}");
    }
}

#[test]
fn a_table_may_come_from_a_spreadsheet_and_is_read_back_as_it_was_written() {
    let catalogue = shipped();
    let day = day("2025-07-01");
    let mut file = table(&["02206,02215,whole,1", "\"02212\", 02212,whole,1"]);
    file.text = format!("\u{feff}{}", file.text.replace('\n', "\r\n"));
    let read = Successors::read(&file, day, &catalogue.units).expect("sound");
    assert_eq!(*read.successor(&unit("H60.02206")), unit("H60.02215"));
    let shipped = catalogue.lineage.on(day).expect("shipped");
    for known in [&read, shipped] {
        let again = SourceFile {
            path: Successors::path(day),
            text: Successors::write(known),
        };
        assert_eq!(Successors::day(&again.path), Some(day));
        let again = Successors::read(&again, day, &catalogue.units).expect("sound");
        assert_eq!(again, *known);
    }
}

#[test]
fn a_former_unit_without_an_heir_and_a_second_table_of_a_day_are_refused() {
    let mut files = shipped_files();
    let former = files
        .iter_mut()
        .find(|file| file.path.ends_with("former.csv"))
        .expect("shipped");
    former.text += "H60.09999,09999,Xã Bỏ Quên,08,08,placeholder,2024-12-31\n";
    let line = former.text.lines().count();
    let faults = Catalogue::parse(&files).expect_err("refused");
    assert_eq!(
        faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [format!(
            "units/former.csv:{line}: H60.09999 ended, and no table names its successor"
        )]
    );
    let mut files = shipped_files();
    let mut twice = table(&["02206,02215,whole,1"]);
    twice.path = "more/units/successors-2025-07-01.csv".into();
    files.push(twice);
    let faults = Catalogue::parse(&files).expect_err("refused");
    assert!(
        faults[0]
            .to_string()
            .contains("a second table of 2025-07-01")
    );
}

#[test]
fn a_merger_to_come_ends_a_unit_of_today_the_day_before() {
    let mut files = shipped_files();
    let mut coming = table(&["02212,02215,whole,1"]);
    coming.path = "units/successors-2027-03-01.csv".into();
    files.push(coming);
    let catalogue = Catalogue::parse(&files).expect("sound");
    let nong_tien = catalogue.units.find("02212").expect("listed");
    assert!(nong_tien.exists_on(day("2027-02-28")) && !nong_tien.exists_on(day("2027-03-01")));
    assert_eq!(
        *catalogue
            .lineage
            .working(&nong_tien.code, day("2027-03-01")),
        unit("H60.02215")
    );
}
