//! Versions: which one holds on a day, and that a published one stays as it is.

use domain::procedure::Procedure;

use crate::texts::{SOUND, code, day, file, parse_procedures, refused, second, shipped, today};

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
