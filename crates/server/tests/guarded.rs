//! What a start refuses: a file that is already served, a lost log, another key.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

/// A folder with a database and a key.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        assert!(site.run(&["migrate"]).is_empty());
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(words)
            .args([
                "--database",
                &format!("sqlite:{}", self.path("m.db").display()),
            ])
            .env_clear()
            .env("MOTCUA_SECRET_FILE", self.path("m.key"))
            .current_dir(self.folder.path());
        command
    }

    /// Runs a command and returns its standard error.
    fn run(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    }

    /// Serves until killed. Errors: why the server does not start.
    fn serve(&self, more: &[&str]) -> Result<Served, String> {
        let words = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut command = self.command(&words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut lines = said.by_ref().lines().map(Result::unwrap);
        let address = lines.find_map(|line| Some(line.strip_prefix("grpc http://")?.to_owned()));
        let Some(address) = address else {
            let mut why = String::new();
            let mut errors = process.stderr.take().unwrap();
            errors.read_to_string(&mut why).unwrap();
            process.wait().unwrap();
            return Err(why);
        };
        Ok(Served {
            process,
            address,
            _said: said,
        })
    }

    fn token(&self) -> String {
        let words = [
            "token",
            "--actor",
            "lan",
            "--role",
            "receptionist",
            "--unit",
            "02215",
        ];
        let output = self.command(&words).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

struct Served {
    process: Child,
    address: String,
    /// Held open, because the server prints more than its address.
    _said: BufReader<ChildStdout>,
}

impl Served {
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn stop(mut self) {
        let id = self.process.id().to_string();
        Command::new("kill").arg(id).status().unwrap();
        assert!(self.process.wait().unwrap().success());
    }

    /// Receives a dossier, and returns the answer.
    fn receive(&self, token: &str) -> String {
        self.receive_as(1, token)
    }

    fn receive_as(&self, request: u32, token: &str) -> String {
        use std::io::Write;
        let body = format!(
            r#"{{"request_id":"00000000-0000-4000-8000-{request:012}","procedure":"1.004873",
            "receiving_unit":"02215","applicant":{{"name":"Mẫu"}},"components":["to-khai"]}}"#
        );
        let mut line = std::net::TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "POST /motcua.v1.DossierService/ReceiveDossier HTTP/1.1\r\nhost: x\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        line.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // What was answered before the connection broke is enough.
        let _cut = line.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _nobody_asks = self.process.wait();
    }
}

fn rights(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_is_served_by_one_process_and_read_by_nobody_else() {
    let site = Site::new();
    let one = site.serve(&[]).unwrap();
    let why = site.serve(&[]).err().unwrap();
    assert!(why.contains("is served already, by process"), "{why}");
    assert!(why.contains(&one.process.id().to_string()), "{why}");
    for file in ["m.db", "m.db-wal", "m.db-shm", "m.db-lock", "m.key"] {
        assert_eq!(rights(&site.path(file)), 0o600, "{file}");
    }
    // Commands work while a server runs.
    assert!(site.token().starts_with("mct_"));
    one.stop();
    assert!(!site.path("m.db-lock").exists());
    site.serve(&[]).unwrap().stop();
    // For a file made by an earlier version, other users lose their rights.
    std::fs::set_permissions(site.path("m.db"), PermissionsExt::from_mode(0o644)).unwrap();
    site.serve(&[]).unwrap().stop();
    assert_eq!(rights(&site.path("m.db")), 0o640);
}

#[test]
fn a_file_with_a_second_name_is_opened_under_neither() {
    let site = Site::new();
    let other = site.path("other.db");
    std::fs::hard_link(site.path("m.db"), &other).unwrap();
    let why = site.serve(&[]).err().unwrap();
    assert!(why.contains("m.db has 2 names"), "{why}");
    for words in [&["token", "list"][..], &["migrate"]] {
        let why = site.run(words);
        assert!(why.contains("m.db has 2 names"), "{why}");
    }
    std::fs::remove_file(other).unwrap();
    site.serve(&[]).unwrap().stop();
}

#[test]
fn a_file_of_another_kind_is_never_written_over() {
    let site = Site::new();
    std::fs::write(site.path("m.db"), "ghi chú của tôi").unwrap();
    for words in [&["migrate"][..], &["verify"]] {
        let why = site.run(words);
        assert!(why.contains("m.db is no SQLite database"), "{why}");
    }
    let kept = std::fs::read_to_string(site.path("m.db")).unwrap();
    assert_eq!(kept, "ghi chú của tôi");
}

#[test]
fn a_log_that_is_gone_after_a_kill_is_missed() {
    let site = Site::new();
    let token = site.token();
    let served = site.serve(&[]).unwrap();
    assert!(served.receive(&token).starts_with("HTTP/1.1 200"));
    served.kill();
    // Opening the database in between has read the log.
    let served = site.serve(&[]).unwrap();
    served.kill();
    site.token();
    site.serve(&["--migrate"]).unwrap().kill();
    std::fs::remove_file(site.path("m.db-wal")).unwrap();
    for words in [&["token", "list"][..], &["migrate"]] {
        let why = site.run(words);
        assert!(why.contains("m.db-wal is gone"), "{why}");
    }
    let why = site.serve(&[]).err().unwrap();
    assert!(why.contains("m.db-wal is gone"), "{why}");
    let served = site.serve(&["--without-log"]).unwrap();
    // The next numbers of the day may stand on receipts.
    let answer = served.receive_as(2, &token);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let code = answer.split("\"code\":\"").nth(1).unwrap();
    let code = code.split('"').next().unwrap();
    let (_, number) = code.rsplit_once('-').unwrap();
    assert!(number.parse::<u32>().unwrap() > 1_000, "{code}");
    served.stop();
    site.serve(&["--without-log"]).unwrap().stop();
}

#[test]
fn the_last_use_of_a_token_is_noted_by_a_server_that_is_told_to_stop() {
    let site = Site::new();
    let token = site.token();
    let served = site.serve(&[]).unwrap();
    assert!(served.receive(&token).starts_with("HTTP/1.1 200"));
    served.stop();
    let listed = site.command(&["token", "list"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(!listed.contains("chưa dùng"), "{listed}");
    assert!(listed.contains("dùng"), "{listed}");
}

#[test]
fn another_key_than_the_databases_is_refused_by_name() {
    let site = Site::new();
    let token = site.token();
    let served = site.serve(&[]).unwrap();
    let answer = served.receive(&token);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    served.stop();
    let right = std::fs::read(site.path("m.key")).unwrap();

    std::fs::remove_file(site.path("m.key")).unwrap();
    let why = site.serve(&[]).err().unwrap();
    assert!(why.contains("m.key is not there"), "{why}");
    assert!(why.contains("PINs on receipts"), "{why}");
    assert!(!site.path("m.key").exists(), "none was made");

    std::fs::write(site.path("m.key"), "ab".repeat(32)).unwrap();
    let why = site.serve(&[]).err().unwrap();
    assert!(why.contains("m.key is not the one"), "{why}");
    std::fs::write(site.path("m.key"), right).unwrap();
    site.serve(&[]).unwrap().stop();

    std::fs::remove_file(site.path("m.key")).unwrap();
    site.serve(&["--new-key"]).unwrap().stop();
    site.serve(&[]).unwrap().stop();
}
