//! A tidy workspace: no circle of files, no overlong file, no two types with the same name in a
//! crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::source::{Module, Source};
use super::{root, undrawn};

/// The most lines of a file.
const LINES: usize = 800;

/// Files that may be longer, each with the reason.
const LONGER: [(&str, &str); 0] = [];

/// Groups of files in which each file depends on itself by way of the others.
///
/// A `pub use` is no dependency, because it only points to a definition. Tests may use anything.
fn circles(source: &Source) -> Vec<Vec<&str>> {
    let arrows: BTreeMap<&Module, BTreeSet<&Module>> = source
        .files
        .keys()
        .map(|module| (module, source.arrows(module)))
        .collect();
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = arrows
        .keys()
        .map(|module| (*module, beyond(module, &arrows)))
        .collect();
    let mut circles = BTreeSet::new();
    for (module, beyond) in &reached {
        let circle: Vec<&str> = beyond
            .iter()
            .filter(|other| reached[**other].contains(module))
            .map(|other| source.files[*other].name.as_str())
            .collect();
        if !circle.is_empty() {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// All files that a file depends on, directly or through others.
fn beyond<'m>(
    from: &Module,
    arrows: &BTreeMap<&'m Module, BTreeSet<&'m Module>>,
) -> BTreeSet<&'m Module> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&Module> = arrows[from].iter().copied().collect();
    while let Some(module) = next.pop() {
        if found.insert(module) {
            next.extend(arrows[module].iter().copied());
        }
    }
    found
}

fn too_long(source: &Source) -> Vec<(&str, usize)> {
    let files = source.files.values();
    files
        .filter(|file| file.lines > LINES)
        .map(|file| (file.name.as_str(), file.lines))
        .collect()
}

/// Names that several public types share, with the files that define them.
fn named_twice(source: &Source) -> BTreeMap<&str, Vec<&str>> {
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in source.files.values() {
        for name in &file.types {
            named.entry(name).or_default().push(&file.name);
        }
    }
    named.retain(|_, files| files.len() > 1);
    named
}

/// Each crate by the name of its folder.
fn crates() -> BTreeMap<String, Source> {
    let folders: Vec<PathBuf> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders
        .iter()
        .filter(|folder| folder.join("src").exists())
        .map(|folder| {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            (name, Source::read(&folder.join("src")))
        })
        .collect()
}

#[test]
fn no_crate_has_a_circle_of_files() {
    let all = crates();
    let found = all.iter().map(|(name, source)| (name, circles(source)));
    let more: BTreeMap<_, _> = found.filter(|(_, circles)| !circles.is_empty()).collect();
    assert!(more.is_empty(), "{more:#?}");
}

#[test]
fn no_file_is_too_long_to_hold_in_mind() {
    for (name, source) in crates() {
        for (file, lines) in too_long(&source) {
            let path = format!("crates/{name}/src/{file}");
            let named = LONGER.iter().any(|(known, _reason)| *known == path);
            assert!(named, "{path} has {lines} lines; part it by its ideas");
        }
    }
}

#[test]
fn no_crate_has_two_public_types_of_one_name() {
    let all = crates();
    let found = all.iter().map(|(name, source)| (name, named_twice(source)));
    let more: BTreeMap<_, _> = found.filter(|(_, twice)| !twice.is_empty()).collect();
    assert!(more.is_empty(), "{more:#?}");
}

/// A made-up crate of a few files.
fn a_crate(files: &[(&str, &str)]) -> Source {
    let texts = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Source::of(&texts.collect())
}

#[test]
fn a_circle_is_seen_by_whichever_way_its_names_come() {
    // A direct circle.
    let two = a_crate(&[
        ("lib.rs", "mod desk; mod ward;"),
        ("desk.rs", "use crate::ward::Ward; pub struct Desk(Ward);"),
        ("ward.rs", "use super::desk::Desk; pub struct Ward(Desk);"),
    ]);
    assert_eq!(circles(&two), [["desk.rs", "ward.rs"]]);
    // A visibility makes no arrow.
    let inward = a_crate(&[
        ("lib.rs", "mod desk; use desk::Desk;"),
        ("desk.rs", "pub(crate) struct Desk;"),
    ]);
    assert_eq!(circles(&inward), [[""; 0]; 0]);
    // Through a file that re-exports names, through a folder, and through a path inside the code.
    let handed_on = a_crate(&[
        (
            "lib.rs",
            "mod office; mod ward; pub use office::Desk as Counter;",
        ),
        ("office/mod.rs", "mod desk; pub use self::desk::*;"),
        (
            "office/desk.rs",
            "pub struct Desk; fn of() -> crate::ward::Ward { todo!() }",
        ),
        (
            "ward.rs",
            "use crate::{Counter, office}; pub struct Ward(Counter);",
        ),
    ]);
    assert_eq!(circles(&handed_on), [["office/desk.rs", "ward.rs"]]);
    // A circle of three in which no two files name each other.
    let three = a_crate(&[
        ("main.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "use crate::a::{A}; pub struct C;"),
    ]);
    assert_eq!(circles(&three), [["a.rs", "b.rs", "c.rs"]]);
}

#[test]
fn re_exports_and_tests_make_no_circle() {
    let tidy = a_crate(&[
        (
            "lib.rs",
            "mod office; pub struct Ward; pub use office::Desk;",
        ),
        (
            "office.rs",
            "mod desk; pub use desk::Desk; pub struct Office;
            #[cfg(test)] mod tests { use super::*; use crate::office::desk::Desk; }",
        ),
        (
            "office/desk.rs",
            "use super::Office; use crate::Ward; pub struct Desk;",
        ),
    ]);
    assert_eq!(circles(&tidy), Vec::<Vec<&str>>::new());
}

#[test]
fn a_long_file_and_a_name_of_two_types_are_seen() {
    let long = "// a line\n".repeat(LINES + 1);
    let untidy = a_crate(&[
        ("lib.rs", "mod desk; mod ward; mod long;"),
        ("desk.rs", "pub struct Part; struct Kept;"),
        (
            "ward.rs",
            "pub enum Part {} pub struct Kept; pub(crate) struct Seen;",
        ),
        ("long.rs", &long),
    ]);
    assert_eq!(too_long(&untidy), [("long.rs", LINES + 1)]);
    let named = named_twice(&untidy);
    assert_eq!(
        named,
        BTreeMap::from([("Part", vec!["desk.rs", "ward.rs"])])
    );
}

#[test]
fn an_arrow_that_is_not_drawn_is_seen() {
    let on = |name: &str, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        (name.to_owned(), names)
    };
    let drawn = [
        on("motcua-app", &["motcua-domain", "serde"]),
        on("motcua-tests", &["motcua-store"]),
    ];
    assert_eq!(undrawn(&drawn), Vec::<String>::new());
    let others = [
        on("motcua-domain", &["motcua-app"]),
        on("motcua-grpc", &["motcua-store"]),
        on("motcua-attic", &[]),
    ];
    assert_eq!(
        undrawn(&others),
        [
            "motcua-domain must not name motcua-app",
            "motcua-grpc must not name motcua-store",
            "motcua-attic has no place in the house",
        ]
    );
}
