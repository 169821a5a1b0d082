//! Reads the catalogue: the one shipped inside the binary, or a folder.

use std::path::Path;

use documents::forms::Forms;
use documents::sheet::Layouts;
use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::indicator::Target;
use include_dir::{Dir, include_dir};
use portal::notices::NoticeWords;

use crate::{Failure, text};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalogue");

/// Reads the catalogue from a folder, or the shipped one without a folder.
pub fn read(folder: Option<&Path>) -> Result<Catalogue, Failure> {
    let files = match folder {
        Some(folder) => from_folder(folder)?,
        None => shipped_files(),
    };
    let catalogue = Catalogue::parse(&files).map_err(|faults| Failure::Input(list(&faults)))?;
    let refused = |fault: Fault| Failure::Input(list(&[fault]));
    Target::of(&catalogue).map_err(refused)?;
    Layouts::of(&catalogue).map_err(refused)?;
    Forms::of(&catalogue).map_err(refused)?;
    NoticeWords::of(&catalogue).map_err(refused)?;
    Ok(catalogue)
}

/// The files that are shipped inside the binary.
#[must_use]
pub fn shipped_files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    collect(&SHIPPED, &mut files);
    files
}

/// The names of the shipped maps of imports.
pub(crate) fn shipped_maps() -> Vec<String> {
    let maps = SHIPPED.get_dir(MAPS).into_iter().flat_map(Dir::files);
    maps.filter_map(|file| Some(file.path().file_name()?.to_str()?.to_owned()))
        .collect()
}

/// Finds a shipped map by its name, with or without its ending.
pub(crate) fn shipped_map(name: &str) -> Option<SourceFile> {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    let file = SHIPPED.get_file(format!("{MAPS}/{name}.toml"))?;
    Some(SourceFile {
        path: format!("{name}.toml"),
        text: file.contents_utf8()?.to_owned(),
    })
}

/// Finds a shipped map of a search by its name, with or without its ending.
pub(crate) fn shipped_search(name: &str) -> Option<String> {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    let file = SHIPPED.get_file(format!("{SEARCHES}/{name}.toml"))?;
    Some(file.contents_utf8()?.to_owned())
}

/// Where the maps of lists are, in the catalogue.
const MAPS: &str = "imports";

/// Where the maps of searches are.
const SEARCHES: &str = "readers";

fn collect(dir: &Dir<'_>, files: &mut Vec<SourceFile>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            let path = format!("catalogue/{}", file.path().display());
            files.push(SourceFile {
                path,
                text: text.to_owned(),
            });
        }
    }
    for inner in dir.dirs() {
        collect(inner, files);
    }
}

fn from_folder(folder: &Path) -> Result<Vec<SourceFile>, Failure> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Failure::Input(format!("cannot read catalogue {}: {error}", path.display()))
    };
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&folder, error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|kind| kind == "csv" || kind == "toml" || kind == "html")
            {
                files.push(SourceFile {
                    path: path.display().to_string(),
                    text: text::read(&path)?,
                });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// How many faults are told: a file that is missing makes thousands of lines wrong.
const TOLD: usize = 40;

fn list(faults: &[Fault]) -> String {
    let (causes, others): (Vec<&Fault>, Vec<&Fault>) = faults
        .iter()
        .partition(|fault| fault.is_of_a_missing_file());
    let told = causes.into_iter().chain(others).take(TOLD);
    let mut text = "the catalogue is wrong:".to_owned();
    for fault in told {
        text.push_str(&format!("\n{fault}"));
    }
    if let Some(more @ 1..) = faults.len().checked_sub(TOLD) {
        text.push_str(&format!("\n… and {more} more, which may go with these"));
    }
    text
}
