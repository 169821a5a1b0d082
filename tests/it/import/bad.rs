//! Wrong files and maps: the error names file, line and reason, and nothing half done is visible.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::store::{Options, SeaStore};
use app::ports::{List, Scope, Store};
use domain::catalogue::SourceFile;
use domain::id::ProvinceCode;
use domain::import::Map;

use super::command::import;
use super::log;
use crate::backend::{Backend, TestDatabase};

const MAP: &str = r#"
source = "old-desk"
province = "08"
zone = "Asia/Ho_Chi_Minh"
[cases]
case = "id"
unit = "unit"
received = "in"
resolved = "out"
[otherwise]
procedure = "1.004873"
"#;

struct Folder {
    folder: tempfile::TempDir,
    database: TestDatabase,
}

impl Folder {
    async fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: Backend::Sqlite.database().await,
        }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn import(&self, files: &[&Path]) -> Result<(), String> {
        let map = self.file("map.toml", MAP);
        import(map.to_str().unwrap(), files, &self.database.url).await
    }

    async fn dossiers(&self) -> usize {
        let store = SeaStore::open(&self.database.url, Options::default())
            .await
            .unwrap();
        let list = List::all(
            Scope::Province(ProvinceCode::parse("08").unwrap()),
            None,
            1_000,
        );
        let read = store.read().await.unwrap();
        read.list(&list).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_file_that_is_spoilt_as_a_whole_imports_nothing() {
    let whole = b"id,unit,in,out\na,02215,2026-01-05,\nb,02215,2026-01-06,\n".to_vec();
    let zipped = {
        use std::io::Write;
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        zip.write_all(&whole.repeat(500)).unwrap();
        zip.finish().unwrap()
    };
    for (bytes, reason) in [
        (
            b"id,unit,in\na,02215,2026-01-05\n".to_vec(),
            "list.csv:1: there is no column `out`, the map's resolved; the file has id, unit, in",
        ),
        (
            b"id,unit,in,out,in\n".to_vec(),
            "list.csv:1: column `in` is there twice",
        ),
        (Vec::new(), "list.csv:1: the file is empty"),
        (
            [&whole[..], b"c,\"02215,2026-01-05,\n"].concat(),
            "list.csv:4: a quote is opened here and never closed",
        ),
        (
            [&whole[..], &[b'x'; 2_000_000]].concat(),
            "list.csv:4: the row that begins here is longer than 1048576 bytes",
        ),
        (zipped[..zipped.len() - 9].to_vec(), "the file ends early"),
        (
            b"\xff\xfei\0d\0".to_vec(),
            "there is no column `unit`, the map's unit",
        ),
    ] {
        let folder = Folder::new().await;
        let list = folder.file("list.csv", bytes);
        let refused = folder.import(&[&list]).await.unwrap_err();
        assert!(refused.starts_with("nothing was imported\n"), "{refused}");
        assert!(refused.contains(reason), "{refused}\nexpected: {reason}");
        assert_eq!(folder.dossiers().await, 0, "{reason}");
    }
}

/// The files in a folder, with their bytes.
fn lies_in(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

const GOOD: &str = "id,unit,in,out\na,02215,2026-01-05,\n";

/// Maps and files that are refused as a whole, with words of the refusal.
fn refused_as_a_whole() -> Vec<(String, &'static str, &'static str)> {
    let unit = |code: &str| {
        format!(
            "{MAP}\n[[new_unit]]\ncode = \"{code}\"\nstatistics_code = \"02215\"\n\
             name = \"Phòng Mẫu\"\nfrom = 2010-01-01\n"
        )
    };
    vec![
        (MAP.to_owned(), "id,unit,in\n", "there is no column `out`"),
        (MAP.to_owned(), "", "the file is empty"),
        (MAP.replace("zone", "zones"), GOOD, "the map is wrong"),
        (unit("H60.99001"), GOOD, "what the map creates is wrong"),
    ]
}

#[tokio::test]
async fn what_is_refused_as_a_whole_leaves_no_file_that_was_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let [map, list, none, empty] =
        ["map.toml", "list.csv", "none.db", "empty.db"].map(|name| folder.path().join(name));
    std::fs::write(&empty, "").unwrap();
    for (map_text, rows, reason) in refused_as_a_whole() {
        std::fs::write(&map, map_text).unwrap();
        std::fs::write(&list, rows).unwrap();
        let before = lies_in(folder.path());
        for database in [&none, &empty] {
            let url = format!("sqlite:{}", database.display());
            let refused = import(map.to_str().unwrap(), &[&list], &url).await;
            let refused = refused.unwrap_err();
            assert!(refused.contains(reason), "{refused}\nexpected: {reason}");
            assert_eq!(lies_in(folder.path()), before, "{reason}");
        }
    }
    std::fs::write(&map, MAP).unwrap();
    std::fs::write(&list, GOOD).unwrap();
    for database in [&none, &empty] {
        let url = format!("sqlite:{}", database.display());
        import(map.to_str().unwrap(), &[&list], &url).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_refused_as_a_whole_leaves_a_file_that_was_there_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let [map, list, database] =
        ["map.toml", "list.csv", "motcua.db"].map(|name| folder.path().join(name));
    let url = format!("sqlite:{}", database.display());
    std::fs::write(&map, MAP).unwrap();
    std::fs::write(&list, GOOD).unwrap();
    import(map.to_str().unwrap(), &[&list], &url).await.unwrap();
    for (map_text, rows, reason) in refused_as_a_whole() {
        std::fs::write(&map, map_text).unwrap();
        std::fs::write(&list, rows).unwrap();
        let before = lies_in(folder.path());
        let refused = import(map.to_str().unwrap(), &[&list], &url).await;
        assert!(refused.unwrap_err().contains(reason), "{reason}");
        assert_eq!(lies_in(folder.path()), before, "{reason}");
    }
}

on_both!(what_is_refused_as_a_whole_makes_no_table);

async fn what_is_refused_as_a_whole_makes_no_table(on: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let [map, list] = ["map.toml", "list.csv"].map(|name| folder.path().join(name));
    let database = on.empty().await;
    let all = store::migrate(&database.url, true).await.unwrap();
    for (map_text, rows, reason) in refused_as_a_whole() {
        std::fs::write(&map, map_text).unwrap();
        std::fs::write(&list, rows).unwrap();
        let refused = import(map.to_str().unwrap(), &[&list], &database.url).await;
        assert!(refused.unwrap_err().contains(reason), "{reason}");
        let missing = store::migrate(&database.url, true).await.unwrap();
        assert_eq!(missing, all, "{reason}");
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_mapped_spoils_no_other() {
    let folder = Folder::new().await;
    let mut bytes = "\u{feff}id,unit,in,out,note\r\n\
        good,02215,2026-01-05 09:00,2026-01-07 09:00,\"a, note\"\r\n\
        no-unit,77777,2026-01-05,,\r\n\
        no-time,02215,soon,,\r\n\
        later,02215,2999-01-05,,\r\n\
        never,02215,,,\r\n\
        good,02215,2026-01-06,,twice\r\n\
        ,02215,2026-01-06,,\r\n\
        short,02215\r\n"
        .as_bytes()
        .to_vec();
    bytes.extend(b"latin,02215,2026-01-06,,caf\xe9\r\n");
    bytes.extend(b"last,H60.02215,2026-01-06,,\r\n");
    let list = folder.file("list.csv", bytes);
    let ended = folder.import(&[&list]).await;
    assert_eq!(ended, Err("it ended with a number".to_owned()));
    assert_eq!(folder.dossiers().await, 2, "the good one and the last one");
}

#[test]
fn a_map_is_read_strictly_and_every_fault_is_named_with_its_line() {
    let faults = |text: &str| {
        let map = Map::parse(&SourceFile {
            path: "map.toml".into(),
            text: text.into(),
        });
        let faults = map.unwrap_err();
        faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    for (from, to, reason) in [
        ("zone =", "zoom =", "map.toml:4: unknown field `zoom`"),
        (
            "province = \"08\"",
            "province = 8",
            "map.toml:3: invalid type: integer `8`, expected a string",
        ),
        (
            "province = \"08\"",
            "province = \"8\"",
            "map.toml:3: province: `8` is not a province's statistics code",
        ),
        (
            "Asia/Ho_Chi_Minh",
            "Mars",
            "map.toml:4: zone: `Mars` is not a zone",
        ),
        (
            "received =",
            "recieved =",
            "map.toml:8: unknown key `recieved`",
        ),
        ("case = \"id\"\n", "", "map.toml:5: `case` names no column"),
        (
            "old-desk",
            "Old desk",
            "map.toml:2: source: `Old desk` is not a name of a system",
        ),
        (
            "\"1.004873\"",
            "\"1.4873\"",
            "map.toml:11: procedure: `1.4873` is not a procedure code",
        ),
        (
            "unit = \"unit\"\n",
            "",
            "map.toml:1: no unit: name a column in [cases]",
        ),
        (
            "[otherwise]",
            "[otherwise]\nactivity = \"flown\"",
            "map.toml:11: `flown` is no meaning",
        ),
        ("[cases]", "[cases", "map.toml:5"),
    ] {
        let said = faults(&MAP.replace(from, to));
        assert!(said.contains(reason), "{said}\nexpected: {reason}");
    }
}

#[tokio::test]
async fn a_map_that_reads_two_files_wants_both() {
    let folder = Folder::new().await;
    let log = log::invent(folder.folder.path(), 3);
    let refused = import("wabo-receipt", &[&log.events], &folder.database.url).await;
    assert!(refused.unwrap_err().contains("EVENTS.csv and CASES.csv"));
    let refused = import("no-such-map", &[&log.events], &folder.database.url).await;
    assert!(refused.unwrap_err().contains("wabo-receipt.toml"));
}
