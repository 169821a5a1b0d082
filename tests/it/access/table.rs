//! Reads the hand-written tables of `docs/access.md`.

use std::collections::{BTreeMap, BTreeSet};

use domain::role::Role;

use crate::calling::methods;

/// What the table says about a method and a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Allowed for dossiers and figures of the caller's units.
    Own,
    /// Not allowed.
    Never,
    /// Allowed, whatever the unit.
    All,
    /// Allowed with a token for the whole province.
    Province,
}

/// Each method with the answer for each role, in the order of [`Role::ALL`].
pub type Table = BTreeMap<String, Vec<(Role, Says)>>;

const DOCUMENT: &str = include_str!("../../../docs/access.md");

/// Reads the table of methods and roles.
pub fn table() -> Table {
    let mut rows = rows_below("| method |");
    let roles: Vec<Role> = rows.remove(0)[1..]
        .iter()
        .map(|role| role.parse().unwrap())
        .collect();
    let table = rows.into_iter().map(|row| {
        assert_eq!(row.len(), roles.len() + 1, "{row:?}");
        let says = row[1..].iter().map(|cell| match cell.as_str() {
            "own" => Says::Own,
            "–" => Says::Never,
            "all" => Says::All,
            "province" => Says::Province,
            other => panic!("{other} in the row of {}", row[0]),
        });
        (row[0].clone(), roles.iter().copied().zip(says).collect())
    });
    table.collect()
}

/// Each deed in words, with the units whose people may do it, in words.
pub fn standing() -> Vec<(String, String)> {
    let rows = rows_below("| to do this |").split_off(1);
    rows.into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

/// How much of the applicant the roles see, in words.
pub fn shown() -> Vec<(Vec<Role>, String)> {
    let from = DOCUMENT
        .find("What of the applicant is shown:")
        .expect("the document says it");
    let sentence = &DOCUMENT[from..from + DOCUMENT[from..].find('.').unwrap()];
    let (_, sentence) = sentence.split_once(':').unwrap();
    sentence
        .split(';')
        .map(|part| {
            let words = part.split([' ', ',', '\n']).filter(|word| !word.is_empty());
            let (roles, rest): (Vec<_>, Vec<_>) = words
                .filter(|word| *word != "and")
                .partition(|word| word.parse::<Role>().is_ok());
            (
                roles.iter().map(|role| role.parse().unwrap()).collect(),
                rest.join(" "),
            )
        })
        .collect()
}

/// The cells of the table with this head.
fn rows_below(head: &str) -> Vec<Vec<String>> {
    let from = DOCUMENT
        .find(head)
        .unwrap_or_else(|| panic!("no table begins with {head}"));
    let lines = DOCUMENT[from..]
        .lines()
        .take_while(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    lines
        .map(cells)
        .filter(|cells| !cells[0].starts_with("---"))
        .collect()
}

#[test]
fn every_method_has_a_row_and_every_row_a_method() {
    let called: BTreeSet<String> = methods()
        .iter()
        .filter(|method| method.parent_service().name() != "LookupService")
        .map(|method| method.name().to_owned())
        .collect();
    let rows: BTreeSet<String> = table().into_keys().collect();
    let unwritten: Vec<_> = called.difference(&rows).collect();
    let gone: Vec<_> = rows.difference(&called).collect();
    assert!(
        unwritten.is_empty(),
        "docs/access.md has no row for {unwritten:?}"
    );
    assert!(
        gone.is_empty(),
        "docs/access.md has rows for {gone:?}, which cannot be called"
    );
}

#[test]
fn every_row_speaks_of_every_role() {
    for (method, says) in table() {
        let roles: Vec<Role> = says.iter().map(|(role, _)| *role).collect();
        assert_eq!(roles, Role::ALL, "{method}");
    }
    let mut shown: Vec<Role> = shown().into_iter().flat_map(|(roles, _)| roles).collect();
    shown.sort_unstable();
    assert_eq!(
        shown,
        Role::ALL,
        "how much of the applicant each of them is shown"
    );
}
