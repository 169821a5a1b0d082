//! Whatever the documents point at exists: the targets of links, and the README's map of the tree.

use std::fs;
use std::path::{Path, PathBuf};

use super::root;

/// Every Markdown file that is part of the documentation.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["", "docs", "docs/decisions", "catalogue"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// The targets of the links in a text: `[words](target)`.
fn links(text: &str) -> Vec<&str> {
    text.split("](")
        .skip(1)
        .filter_map(|after| after.split_once(')').map(|(target, _)| target))
        .collect()
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut followed = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let place = document.parent().unwrap().join(target);
            assert!(place.exists(), "{}: {link}", document.display());
            followed += 1;
        }
    }
    assert!(followed > 20, "only {followed} links were found");
}

/// The paths in the README's map. Two more blanks of indentation mean one folder deeper; the map
/// omits `src` below a crate.
fn mapped(readme: &str) -> Vec<PathBuf> {
    let (_, section) = readme.split_once("## Where things live\n\n```\n").unwrap();
    let (map, _) = section.split_once("\n```").unwrap();
    let mut above: Vec<PathBuf> = Vec::new();
    map.lines()
        .map(|line| {
            let depth = (line.len() - line.trim_start().len()) / 2;
            let name = line.split_whitespace().next().unwrap_or_default();
            above.truncate(depth);
            let path = above.last().map_or_else(PathBuf::new, PathBuf::clone);
            let path = path.join(name.trim_end_matches('/'));
            above.push(if depth == 0 {
                path.join("src")
            } else {
                path.clone()
            });
            path
        })
        .collect()
}

#[test]
fn the_readme_maps_what_is_there_and_every_crate() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mapped = mapped(&readme);
    for path in &mapped {
        assert!(root().join(path).exists(), "{} is gone", path.display());
    }
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            mapped.contains(&Path::new("crates").join(&name)),
            "the README's map lacks crates/{}",
            name.display()
        );
    }
}
