//! Every test that the page of requirements names exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/requirements.md")).unwrap()
}

/// Every function of every test file and of every source file with tests in it.
fn functions() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join("crates"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let words = text.split("fn ").skip(1);
                found.extend(words.map(|rest| {
                    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_');
                    name.take(1).collect::<String>()
                }));
            }
        }
    }
    found
}

/// The rows of the page: the requirement's number, and the tests that prove it.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    page.lines()
        .filter(|line| line.starts_with("| R"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let tests = cells[3].split('`').skip(1).step_by(2);
            (cells[1].to_owned(), tests.map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn every_requirement_has_a_row_and_names_tests_or_says_that_it_comes_later() {
    let page = page();
    let rows = rows(&page);
    let numbers: Vec<String> = rows.iter().map(|(number, _)| number.clone()).collect();
    let all: Vec<String> = (1..=22).map(|number| format!("R{number}")).collect();
    assert_eq!(numbers, all);
    for (number, tests) in &rows {
        let later = page
            .lines()
            .any(|line| line.starts_with(&format!("| {number} |")) && line.contains("later:"));
        assert!(!tests.is_empty() || later, "{number} names no test");
    }
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let known = functions();
    for (number, tests) in rows(&page()) {
        for test in tests {
            assert!(known.contains(&test), "{number}: there is no test {test}");
        }
    }
}

#[test]
fn every_test_that_the_page_of_the_law_of_2026_names_is_there() {
    let page = std::fs::read_to_string(root().join("docs/law-2026.md")).unwrap();
    let known = functions();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let mut named = 0;
    for row in rows.skip(1) {
        let tests = row.split('|').nth(4).unwrap();
        for test in tests.split('`').skip(1).step_by(2) {
            assert!(known.contains(test), "there is no test {test}: {row}");
            named += 1;
        }
    }
    assert!(named > 15, "{named} tests");
}
