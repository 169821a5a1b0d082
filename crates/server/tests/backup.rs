//! Backups and restorations as an operator meets them: words, exit codes, and nothing overwritten.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with a database, and the key of a server that has run on it once.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        assert_eq!(code(&site.run(&["migrate"])), 0);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env(
                "MOTCUA_DATABASE",
                format!("sqlite:{}", self.path("m.db").display()),
            )
            .env("MOTCUA_SECRET_FILE", self.path("m.key"))
            .current_dir(self.folder.path());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        let program = env!("CARGO_BIN_EXE_motcua");
        self.command(program, words).output().unwrap()
    }

    /// Gives the database a key, as a first start does.
    fn with_key(self) -> Self {
        let key = "5e".repeat(32);
        std::fs::write(self.path("m.key"), &key).unwrap();
        let check = app::keys::Keys::new(key.as_bytes()).check();
        self.sql(&format!("INSERT INTO installation VALUES (1, '{check}')"));
        self
    }

    fn sql(&self, sql: &str) {
        change(&self.path("m.db"), sql);
    }
}

fn change(file: &Path, sql: &str) {
    let said = Command::new("python3")
        .arg("-c")
        .arg("import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()")
        .arg(file)
        .arg(sql)
        .output()
        .unwrap();
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one sentence of a refusal.
#[track_caller]
fn refused(output: &Output, with: i32) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(code(output), with, "{said}");
    said
}

#[test]
fn a_backup_is_private_tells_its_key_and_is_never_written_over_another_file() {
    let site = Site::new().with_key();
    let taken = site.run(&["backup", "b.db"]);
    assert_eq!(code(&taken), 0, "{}", refused(&taken, 0));
    let said = out(&taken);
    assert!(said.contains("0 hồ sơ, 0 chỗ khác"), "{said}");
    let check = app::keys::Keys::new("5e".repeat(32).as_bytes()).check();
    assert!(said.contains(&format!("dấu {}", &check[..16])), "{said}");
    let in_english = site.run(&["--lang", "en", "backup", "c.db"]);
    let said = out(&in_english);
    assert!(
        said.contains("0 dossiers, 0 differences from the events"),
        "{said}"
    );
    assert!(
        said.contains(&format!("fingerprint {}", &check[..16])),
        "{said}"
    );
    let mode = std::fs::metadata(site.path("b.db"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let bytes = std::fs::read(site.path("b.db")).unwrap();
    let again = refused(&site.run(&["backup", "b.db"]), 2);
    assert!(
        again.contains("is there already and is not overwritten"),
        "{again}"
    );
    assert_eq!(std::fs::read(site.path("b.db")).unwrap(), bytes);

    std::fs::create_dir(site.path("backups")).unwrap();
    assert_eq!(code(&site.run(&["backup", "backups"])), 0);
    let named = std::fs::read_dir(site.path("backups"))
        .unwrap()
        .next()
        .unwrap();
    let name = named.unwrap().file_name().into_string().unwrap();
    assert!(
        name.starts_with("motcua-2") && name.ends_with("Z.db"),
        "{name}"
    );
    let nowhere = refused(&site.run(&["backup", "no/such/b.db"]), 2);
    assert!(
        nowhere.contains("name a file in a folder that is there"),
        "{nowhere}"
    );
}

#[test]
fn a_full_disk_leaves_nothing_behind_and_says_so() {
    let site = Site::new();
    let program = env!("CARGO_BIN_EXE_motcua");
    let output = site
        .command("prlimit", &["--fsize=65536", program, "backup", "b.db"])
        .output()
        .unwrap();
    let said = refused(&output, 1);
    assert!(
        said.starts_with("motcua: cannot write the backup b.db"),
        "{said}"
    );
    assert!(!site.path("b.db").exists() && !site.path("b.db.part").exists());
}

#[test]
fn what_differs_from_its_events_is_named_and_the_backup_stays() {
    let site = Site::new();
    site.sql("INSERT INTO skipped VALUES ('08', 'H60.02215', 20260803, 1, 5, 0)");
    let taken = site.run(&["backup", "b.db"]);
    assert_eq!(
        code(&taken),
        0,
        "numbers that were skipped are no difference"
    );
    assert!(site.path("b.db").exists());
}

#[test]
fn a_backup_is_put_back_only_where_nothing_is_and_by_its_own_key_and_schema() {
    let site = Site::new().with_key();
    assert_eq!(code(&site.run(&["backup", "b.db"])), 0);
    let used = refused(&site.run(&["restore", "b.db"]), 2);
    assert!(
        used.contains("put back only where no database is"),
        "{used}"
    );
    for end in ["", "-wal", "-shm"] {
        let _not_there = std::fs::remove_file(site.path(&format!("m.db{end}")));
    }
    std::fs::write(site.path("m.db-wal"), "what the backup lacks").unwrap();
    let log = refused(&site.run(&["restore", "b.db"]), 2);
    assert!(log.contains("m.db-wal is there"), "{log}");
    std::fs::remove_file(site.path("m.db-wal")).unwrap();

    let missing = refused(&site.run(&["restore", "c.db"]), 2);
    assert!(missing.contains("c.db is not there"), "{missing}");
    for text in [
        "",
        "this is a text",
        &"a longer text, page after page. ".repeat(1_000),
    ] {
        std::fs::write(site.path("c.db"), text).unwrap();
        let told = refused(&site.run(&["restore", "c.db"]), 2);
        assert!(told.contains("c.db is no backup of motcua"), "{told}");
    }
    std::fs::create_dir(site.path("folder")).unwrap();
    let told = refused(&site.run(&["restore", "folder"]), 2);
    assert!(told.contains("folder is no backup of motcua"), "{told}");
    let whole = std::fs::read(site.path("b.db")).unwrap();
    std::fs::write(site.path("half.db"), &whole[..whole.len() / 2]).unwrap();
    let told = refused(&site.run(&["restore", "half.db"]), 1);
    assert!(
        told.contains("half.db is no backup that can be read; put back an older one"),
        "{told}"
    );

    let copy = |name: &str, sql: &str| {
        std::fs::copy(site.path("b.db"), site.path(name)).unwrap();
        change(&site.path(name), sql);
    };
    let last = store::schema();
    copy(
        "older.db",
        &format!("DELETE FROM migration WHERE version = '{last}'"),
    );
    let older = refused(&site.run(&["restore", "older.db"]), 2);
    assert!(older.contains("was made by an older motcua"), "{older}");
    copy(
        "newer.db",
        "INSERT INTO migration VALUES ('m29990101_000001_more', 0)",
    );
    let newer = refused(&site.run(&["restore", "newer.db"]), 2);
    assert!(newer.contains("was made by a newer motcua"), "{newer}");

    let key = std::fs::read(site.path("m.key")).unwrap();
    std::fs::write(site.path("m.key"), "7f".repeat(32)).unwrap();
    let other = refused(&site.run(&["restore", "b.db"]), 2);
    assert!(
        other.contains("b.db belongs to another key, fingerprint"),
        "{other}"
    );
    std::fs::remove_file(site.path("m.key")).unwrap();
    let lost = refused(&site.run(&["restore", "b.db"]), 2);
    assert!(
        lost.contains("is not there: put the key back first"),
        "{lost}"
    );
    std::fs::write(site.path("m.key"), key).unwrap();
    assert!(!site.path("m.db").exists(), "no refusal writes anything");

    let back = site.run(&["restore", "b.db"]);
    assert_eq!(code(&back), 0, "{}", refused(&back, 0));
    assert!(out(&back).contains("0 hồ sơ, 0 chỗ khác"), "{}", out(&back));
    assert_eq!(code(&site.run(&["verify"])), 0);
}

#[test]
fn a_database_that_another_tool_put_back_skips_numbers_too() {
    let site = Site::new().with_key();
    site.sql(
        "INSERT INTO token (province, id, hash, actor, role, units, created, expires) \
         VALUES ('08', 't', 'h', 'a', 'portal', '[]', 0, 1)",
    );
    let skip = site.run(&["--lang", "en", "restore", "--already", "--skip", "7"]);
    assert_eq!(code(&skip), 0, "{}", refused(&skip, 0));
    let said = out(&skip);
    assert!(said.contains("7 numbers skipped at each of"), "{said}");
    assert!(!said.contains("each of 0 units"), "{said}");
    let both = site.run(&["restore", "b.db", "--already"]);
    assert_eq!(code(&both), 2);
}

#[test]
fn a_damaged_backup_is_not_put_back() {
    let site = Site::new();
    site.sql("INSERT INTO published VALUES ('procedure', 'x', 1, 'y')");
    assert_eq!(code(&site.run(&["backup", "b.db"])), 0);
    std::fs::remove_file(site.path("m.db")).unwrap();
    let mut bytes = std::fs::read(site.path("b.db")).unwrap();
    // Every page but those of the schema: some index points to nowhere.
    let from = bytes.len() - 40 * 4_096;
    for byte in &mut bytes[from..] {
        *byte ^= 0x5a;
    }
    std::fs::write(site.path("b.db"), bytes).unwrap();
    let output = site.run(&["restore", "b.db"]);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_ne!(code(&output), 0, "{said}");
    assert!(!site.path("m.db").exists(), "{said}");
}
