//! Versions: which one is in force on a day, and that a published one cannot change.

use domain::procedure::Procedure;

use domain::deadline::Cutoff;
use domain::procedure::{Mark, OnExpiry};

use crate::texts::{
    SOUND, assert_refused, code, day, file, parse_procedures, refused, second, shipped, today,
};

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

#[test]
fn a_cut_off_and_an_expiry_need_marks_sources_and_a_limit_they_fit() {
    let timed = |more: &str| {
        SOUND.replacen(
            "source = \"test\"\nonline",
            &format!("{more}source = \"test\"\nonline"),
            1,
        )
    };
    let cutoff = "cutoff = \"close-1h\"\ncutoff_mark = \"statute\"\ncutoff_source = \"test\"\n";
    assert_eq!(only(&timed(cutoff)).cutoff, Cutoff::LastHour);
    let same_day = timed(cutoff)
        .replacen("limit = \"3wd\"", "limit = \"same-day\"", 1)
        .replacen("allowance = \"2wd\"", "allowance = \"2wh\"", 1)
        .replacen("allowance = \"1wd\"", "allowance = \"1wh\"", 1);
    assert_refused(
        &same_day,
        "procedures/thu.toml:10: cutoff: close-1h contradicts the limit same-day of case chung",
    );
    for (more, fault) in [
        (
            "cutoff = \"noon\"\ncutoff_mark = \"statute\"\ncutoff_source = \"test\"\n",
            "10: cutoff: `noon` is no cut-off",
        ),
        (
            "cutoff = \"15:00\"\n",
            "10: cutoff is given, so its mark must say how sure it is",
        ),
        (
            "cutoff = \"15:00\"\ncutoff_mark = \"statute\"\n",
            "10: cutoff has no source",
        ),
        (
            "cutoff_mark = \"statute\"\n",
            "10: cutoff_mark is given, but nothing",
        ),
        (
            "on_expiry = \"close\"\nexpiry_mark = \"statute\"\nexpiry_source = \"test\"\n",
            "10: on_expiry: nothing can expire without a supplement_window",
        ),
    ] {
        assert_refused(&timed(more), &format!("procedures/thu.toml:{fault}"));
    }
    let expiry = "supplement_window = \"7wd\"\non_expiry = \"close\"\nexpiry_mark = \"statute\"\nexpiry_source = \"test\"\n";
    let read = only(&timed(expiry));
    assert_eq!(
        (read.on_expiry, read.expiry_mark),
        (OnExpiry::Close, Mark::Statute)
    );
}

#[test]
fn nothing_is_received_under_a_code_that_others_have_replaced() {
    let procedures = shipped().procedures;
    let old = code("x-chung-thuc-hop-dong");
    let on = |day_text: &str| procedures.in_force(&old, day(day_text));
    assert_eq!(on("2026-11-30").map(|it| it.version), Some(1));
    assert!(on("2026-12-01").is_none());
    let last = procedures.get(&old, 2).expect("kept");
    assert_eq!(last.replaced_by.len(), 5);
    for heir in &last.replaced_by {
        assert!(
            procedures.in_force(heir, day("2026-12-01")).is_some(),
            "{heir}"
        );
    }
}

#[test]
fn each_effective_date_of_2026_divides_the_old_rule_from_the_new() {
    let procedures = shipped().procedures;
    let on = |text: &str, at: &str| procedures.in_force(&code(text), day(at)).expect(text);
    let limit = |text: &str, at: &str| {
        let limit = on(text, at).default_case().limit;
        limit.map_or_else(String::new, |limit| limit.to_string())
    };
    for (text, eve, first, before, after) in [
        ("1.013225", "2026-06-30", "2026-07-01", "15wd", "7wd"),
        ("1.013226", "2026-06-30", "2026-07-01", "10wd", "7wd"),
        ("1.013228", "2026-06-30", "2026-07-01", "5wd", "5wd"),
        ("2.002913", "2026-08-31", "2026-09-01", "", "3wd"),
        ("1.001699", "2026-11-30", "2026-12-01", "30d", "25wd"),
        ("1.012781", "2026-11-30", "2026-12-01", "", "20wd"),
    ] {
        assert_eq!(
            (limit(text, eve), limit(text, first)),
            (before.into(), after.into()),
            "{text}"
        );
        assert_eq!(on(text, eve).version + 1, on(text, first).version, "{text}");
    }
    let birth = on("3.000722", "2026-09-03");
    assert_eq!((birth.version, birth.cutoff), (3, Cutoff::Afternoon));
    assert_eq!(birth.on_expiry, OnExpiry::Close);
    let permit = on("1.013225", "2026-07-01");
    assert_eq!(permit.on_expiry, OnExpiry::Refuse);
    let other = permit.cases.iter().find(|case| case.id.as_str() == "other");
    assert_eq!(
        other.expect("two cases").limit.map(|it| it.to_string()),
        Some("10wd".into())
    );
    let mountain = on("1.012781", "2026-12-01").cases[1].limit;
    assert_eq!(
        mountain.map(|it| it.to_string()),
        Some("30wd".into()),
        "ten days more"
    );
}
