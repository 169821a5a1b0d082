//! The one-stop products of a configuration that are read: their maps and secrets.

use std::path::Path;
use std::sync::Arc;

use app::Engine;
use app::import::Archive;
use domain::catalogue::{Fault, SourceFile};
use domain::import::Map;
use portal::outbound::Process;
use portal::reading::{ReaderSettings, SearchMap, SystemReader};

use crate::{Failure, catalogue, text};

/// Refuses readers whose files cannot be read or do not fit each other.
pub fn check(readers: &[ReaderSettings]) -> Result<(), Failure> {
    for reader in readers {
        let (search, list) = maps(reader)?;
        search
            .fits(&list)
            .map_err(|problem| wrong(reader, &problem))?;
        secret(reader)?;
    }
    Ok(())
}

/// A reader of a product.
pub fn open(
    engine: &Arc<Engine>,
    archive: &Arc<dyn Archive>,
    settings: &ReaderSettings,
    process: Process,
) -> Result<SystemReader, Failure> {
    let (engine, archive) = (Arc::clone(engine), Arc::clone(archive));
    let (maps, secret) = (maps(settings)?, secret(settings)?);
    let reader = SystemReader::new(engine, archive, settings.clone(), maps, &secret, process);
    reader.map_err(|problem| wrong(settings, &problem))
}

/// The map of the search, and the map of the list that it fills.
fn maps(reader: &ReaderSettings) -> Result<(SearchMap, Map), Failure> {
    let search = match catalogue::shipped_search(&reader.map) {
        Some(text) if !Path::new(&reader.map).exists() => text,
        Some(_) | None => file(reader, "map", &reader.map)?,
    };
    let search = SearchMap::parse(&search).map_err(|problem| wrong(reader, &problem))?;
    let name = match reader.list_map.as_str() {
        "" => &search.list,
        own => own,
    };
    let list = match catalogue::shipped_map(name) {
        Some(shipped) if !Path::new(name).exists() => shipped,
        Some(_) | None => SourceFile {
            path: name.to_owned(),
            text: file(reader, "list_map", name)?,
        },
    };
    let list = Map::parse(&list).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
        wrong(
            reader,
            &format!("the map of its list is wrong:\n{}", lines.join("\n")),
        )
    })?;
    Ok((search, list))
}

fn secret(reader: &ReaderSettings) -> Result<String, Failure> {
    match &reader.secret_file {
        Some(path) => {
            let text = file(reader, "secret_file", &path.display().to_string())?;
            Ok(text.trim().to_owned())
        }
        None => Ok(String::new()),
    }
}

fn file(reader: &ReaderSettings, key: &str, name: &str) -> Result<String, Failure> {
    text::read(Path::new(name)).map_err(|refused| wrong(reader, &format!("{key}: {refused}")))
}

fn wrong(reader: &ReaderSettings, problem: &str) -> Failure {
    Failure::Input(format!("reader {}: {problem}", reader.name))
}
