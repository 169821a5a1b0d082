//! The table of journeys is whole: each cell names a test that exists, or a reason.

use std::collections::BTreeMap;
use std::path::Path;

/// The table of the pairs, in a test that reads it as people do.
#[test]
fn each_pair_of_the_table_of_journeys_is_a_test_that_exists_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("docs/journeys.md")).unwrap();
    let mut known = BTreeMap::new();
    for line in text.lines() {
        let Some((key, rest)) = line.split_once(". ") else {
            continue;
        };
        if key.parse::<u32>().is_ok() {
            let name = rest.split('`').nth(1);
            let name = name.unwrap_or_else(|| panic!("no test in: {line}"));
            known.insert(key.to_owned(), Some(name.to_owned()));
        } else if key.len() == 1 {
            known.insert(key.to_owned(), None);
        }
    }
    let mut sources = String::new();
    read_all(&root.join("tests/it"), &mut sources);
    for name in known.values().flatten() {
        let test = format!("async fn {name}(");
        assert!(sources.contains(&test), "there is no test {name}");
    }
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let columns = rows[0].len();
    let mut named = Vec::new();
    for row in &rows[1..] {
        assert_eq!(row.len(), columns, "{row:?}");
        for cell in row[1..].iter().flat_map(|cell| cell.split(", ")) {
            assert!(known.contains_key(cell), "{}: `{cell}`", row[0]);
            named.push(cell);
        }
    }
    assert!(rows.len() > 11, "the table lost rows");
    for key in known.keys() {
        assert!(named.contains(&key.as_str()), "no cell names {key}");
    }
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
