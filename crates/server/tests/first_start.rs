//! From an empty directory to the first receipt, as whoever installs motcua goes: one command, then
//! pages alone.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// A server that was begun with --init.
struct Served {
    process: Child,
    address: String,
    password: String,
    _said: BufReader<ChildStdout>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn motcua(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(words)
        .env_clear()
        .current_dir(folder);
    command
}

fn begin(folder: &Path) -> Served {
    let mut command = motcua(folder, &["--init", "--province", "08"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap());
    let (mut password, mut address) = (String::new(), String::new());
    for line in said.by_ref().lines().map(Result::unwrap) {
        if let Some(word) = line.strip_prefix("password ") {
            password = word.to_owned();
        }
        if let Some(word) = line.strip_prefix("open http://") {
            address = word.to_owned();
            break;
        }
    }
    assert!(!password.is_empty() && !address.is_empty());
    Served {
        process,
        address,
        password,
        _said: said,
    }
}

fn refused(folder: &Path, words: &[&str]) -> Output {
    motcua(folder, words).output().unwrap()
}

/// A browser that keeps cookies and follows redirects.
struct Browser<'s> {
    served: &'s Served,
    cookies: BTreeMap<String, String>,
}

struct Page {
    status: u16,
    path: String,
    html: String,
}

impl Page {
    fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// The value of a field.
    fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\"");
        let at = self.html.find(&mark);
        let tag = &self.html[at.unwrap_or_else(|| panic!("{name} in {}", self.html))..];
        let tag = &tag[..tag.find('>').unwrap()];
        let value = tag.split("value=\"").nth(1).unwrap_or_default();
        value.split('"').next().unwrap().to_owned()
    }

    /// What stands in the element with an id.
    fn element(&self, id: &str) -> String {
        let rest = self.html.split(&format!("id=\"{id}\">")).nth(1).unwrap();
        rest.split('<').next().unwrap().to_owned()
    }
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' => (byte as char).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

impl<'s> Browser<'s> {
    fn at(served: &'s Served) -> Self {
        let cookies = BTreeMap::new();
        Self { served, cookies }
    }

    fn get(&mut self, path: &str) -> Page {
        self.follow("GET", path, String::new())
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let pairs = fields.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        self.follow("POST", path, pairs.collect::<Vec<_>>().join("&"))
    }

    fn follow(&mut self, method: &str, path: &str, body: String) -> Page {
        let (mut method, mut path, mut body) = (method.to_owned(), path.to_owned(), body);
        loop {
            let (page, to) = self.send(&method, &path, &body);
            let Some(to) = to else { return page };
            (method, path, body) = ("GET".to_owned(), to, String::new());
        }
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> (Page, Option<String>) {
        let mut stream = TcpStream::connect(&self.served.address).unwrap();
        let cookies = self.cookies.iter();
        let cookies = cookies.map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let host = &self.served.address;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n\
             sec-fetch-site: same-origin\r\ncookie: {cookies}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, html) = answer.split_once("\r\n\r\n").unwrap();
        let status = head[9..12].parse().unwrap();
        let mut to = None;
        for line in head.lines() {
            let (name, value) = line.split_once(": ").unwrap_or_default();
            match name.to_lowercase().as_str() {
                "set-cookie" => {
                    let pair = value.split(';').next().unwrap();
                    let (name, value) = pair.split_once('=').unwrap();
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
                "location" => to = Some(value.to_owned()),
                _ => {}
            }
        }
        let page = Page {
            status,
            path: path.to_owned(),
            html: html.to_owned(),
        };
        (page, to)
    }

    /// Signs in with a one-time password, and chooses another one as the page demands.
    fn sign_in_first(&mut self, name: &str, one_time: &str) -> Page {
        let page = self.post("/signin", &[("name", name), ("password", one_time)]);
        assert_eq!(page.path, "/password", "nothing before the own password");
        // Whatever else they ask for leads here too.
        assert_eq!(self.get("/procedures").path, "/password");
        let csrf = page.field("csrf");
        let same = [
            ("csrf", csrf.as_str()),
            ("new", one_time),
            ("again", one_time),
        ];
        assert_eq!(
            self.post("/password", &same).status,
            422,
            "not the same again"
        );
        let own = "mật khẩu của riêng tôi";
        let new = [("csrf", csrf.as_str()), ("new", own), ("again", own)];
        self.post("/password", &new)
    }
}

#[test]
fn from_an_empty_directory_to_the_first_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let served = begin(folder.path());
    let mut admin = Browser::at(&served);
    let page = admin.sign_in_first("admin", &served.password);
    assert_eq!(page.path, "/setup");
    assert!(page.says("Chưa đơn vị nào nhận được hồ sơ"));

    // The catalogue has the ward already; its people come next.
    let page = admin.get("/setup/units?q=minh+xuan");
    assert!(page.says("Phường Minh Xuân") && page.says("/setup/people?unit=H60.02215"));
    let mut made = BTreeMap::new();
    for (name, full_name, role) in [
        ("trang.lt", "Lương Thu Trang", "receptionist"),
        ("thinh.hd", "Hoàng Đức Thịnh", "chairman"),
    ] {
        let page = admin.get("/setup/people?unit=H60.02215");
        let csrf = page.field("csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("name", name),
            ("full_name", full_name),
            ("role", role),
            ("unit", "H60.02215"),
        ];
        let page = admin.post("/setup/people", &fields);
        assert_eq!(page.status, 200, "{}", page.html);
        made.insert(name, page.element("one-time"));
        // The form sent again makes nobody twice.
        let again = admin.post("/setup/people", &fields);
        assert_eq!(again.status, 422);
        assert!(again.says("đã có người dùng"));
    }
    let page = admin.get("/setup");
    assert!(page.says("Sẵn sàng tiếp nhận"), "{}", page.html);

    let mut desk = Browser::at(&served);
    let page = desk.sign_in_first("trang.lt", &made["trang.lt"]);
    assert_eq!(page.path, "/desk/H60.02215");
    let (csrf, request_id) = (page.field("csrf"), page.field("request_id"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("request_id", request_id.as_str()),
        ("procedure", "1.004873"),
        ("name", "Nông Thị Hương"),
        ("paper", "to-khai"),
        ("channel", "desk"),
        ("accept", "1"),
    ];
    let page = desk.post("/desk/H60.02215", &fields);
    assert!(page.says("Đã tiếp nhận"), "{}", page.html);
    let dossier = page.path.rsplit('/').next().unwrap().to_owned();
    let slip = desk.get(&format!("/dossiers/{dossier}/print/slip"));
    assert_eq!(slip.status, 200);
    assert!(slip.says("Nông Thị Hương"), "{}", slip.html);
    assert!(slip.says("Minh Xuân"), "{}", slip.html);
}

#[test]
fn a_unit_that_the_catalogue_lacks_is_added_on_the_page_and_receives() {
    let folder = tempfile::tempdir().unwrap();
    let served = begin(folder.path());
    let mut admin = Browser::at(&served);
    let csrf = admin.sign_in_first("admin", &served.password).field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("name", "Phường Thử Nghiệm"),
        ("code", "H60.99001"),
        ("statistics_code", "99001"),
    ];
    let page = admin.post("/setup/units", &fields);
    assert_eq!(page.path, "/setup/people?unit=H60.99001", "{}", page.html);
    assert!(page.says("value=\"H60.99001\" selected"));
    assert_eq!(admin.post("/setup/units", &fields).path, page.path, "once");
    let wrong = [
        ("csrf", csrf.as_str()),
        ("name", ""),
        ("code", "H60.02215"),
        ("statistics_code", "12"),
    ];
    let page = admin.post("/setup/units", &wrong);
    assert_eq!(page.status, 422);
    assert!(page.says("Nhập tên đơn vị") && page.says("đúng 5 chữ số"));
}

#[test]
fn a_database_that_somebody_uses_is_not_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(begin(folder.path()));
    let output = refused(folder.path(), &["--init", "--province", "08"]);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{why}");
    assert!(why.contains("is used already"), "{why}");
    let elsewhere = tempfile::tempdir().unwrap();
    let output = refused(elsewhere.path(), &["--init", "--province", "99"]);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{why}");
    assert!(why.contains("no province 99"), "{why}");
    assert!(!elsewhere.path().join("motcua.db").exists());
}
