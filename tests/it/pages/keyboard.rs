//! A real Chromium with a real keyboard: its developer protocol through a pair of pipes, without a
//! library. Every key is counted.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A tab in front of somebody.
pub struct Tab {
    browser: RefCell<Pipes>,
    session: String,
    /// The address of the server.
    pub base: String,
    keys: Cell<u32>,
    process: Child,
    _folder: tempfile::TempDir,
}

struct Pipes {
    orders: File,
    told: BufReader<File>,
    number: u64,
}

impl Pipes {
    /// Sends an order and waits for its answer; events in between are passed over.
    fn ask(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        self.number += 1;
        let mut order = json!({ "id": self.number, "method": method, "params": params });
        if let Some(session) = session {
            order["sessionId"] = json!(session);
        }
        self.orders.write_all(order.to_string().as_bytes()).unwrap();
        self.orders.write_all(b"\0").unwrap();
        loop {
            let mut bytes = Vec::new();
            self.told.read_until(0, &mut bytes).unwrap();
            assert_eq!(bytes.pop(), Some(0), "Chromium is still there");
            let told: Value = serde_json::from_slice(&bytes).unwrap();
            if told["id"] == self.number {
                assert_eq!(told["error"], Value::Null, "{method}");
                return told["result"].clone();
            }
        }
    }
}

impl Tab {
    /// Serves pages and opens a tab on one.
    pub async fn before(pages: &Router, path: &str, size: (u32, u32)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let pages = pages.clone();
        tokio::spawn(async move { axum::serve(listener, pages).await });
        Self::on(&base, path, size)
    }

    /// Opens a tab on a page of a server.
    pub fn on(base: &str, path: &str, size: (u32, u32)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pipe = |name: &str| folder.path().join(name);
        for name in ["orders", "told"] {
            let made = Command::new("mkfifo").arg(pipe(name)).status().unwrap();
            assert!(made.success());
        }
        let flags = format!(
            "exec chromium --headless --no-sandbox --disable-gpu --remote-debugging-pipe \
             --user-data-dir={} --window-size={},{} about:blank 3<{} 4>{}",
            pipe("profile").display(),
            size.0,
            size.1,
            pipe("orders").display(),
            pipe("told").display()
        );
        let process = Command::new("sh")
            .args(["-c", &flags])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromium is installed: see tests/tools.sh");
        // Opening waits for the other end, which opens in the same order.
        let orders = File::options().write(true).open(pipe("orders")).unwrap();
        let told = BufReader::new(File::open(pipe("told")).unwrap());
        let mut browser = Pipes {
            orders,
            told,
            number: 0,
        };
        let target = browser.ask(
            None,
            "Target.createTarget",
            &json!({ "url": "about:blank" }),
        );
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.ask(None, "Target.attachToTarget", &attach)["sessionId"].clone();
        let tab = Self {
            browser: RefCell::new(browser),
            session: session.as_str().unwrap().to_owned(),
            base: base.to_owned(),
            keys: Cell::new(0),
            process,
            _folder: folder,
        };
        let metrics = json!({
            "width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": false,
        });
        tab.ask("Emulation.setDeviceMetricsOverride", &metrics);
        tab.open(path);
        tab
    }

    fn ask(&self, method: &str, params: &Value) -> Value {
        let mut browser = self.browser.borrow_mut();
        browser.ask(Some(&self.session), method, params)
    }

    /// Turns the pages' own scripts off.
    pub fn without_scripts(&self) {
        self.ask(
            "Emulation.setScriptExecutionDisabled",
            &json!({ "value": true }),
        );
    }

    /// Opens an address of the server.
    pub fn open(&self, path: &str) {
        let url = format!("{}{path}", self.base);
        self.ask("Page.navigate", &json!({ "url": url }));
        self.until("the page", "document.readyState === 'complete'");
    }

    /// The value of an expression in the page.
    pub fn value(&self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        self.ask("Runtime.evaluate", &asked)["result"]["value"].clone()
    }

    /// Waits until an expression holds.
    #[track_caller]
    pub fn until(&self, what: &str, expression: &str) {
        let begun = Instant::now();
        while self.value(expression) != json!(true) {
            let here = self.value("location.pathname + ' ' + document.title");
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{what}; on {here}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Does something that leads to another page, and waits for that.
    #[track_caller]
    pub fn leads(&self, by: impl FnOnce()) {
        self.value("window.left = true");
        by();
        self.until(
            "another page",
            "window.left !== true && document.readyState === 'complete'",
        );
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        self.value("location.pathname").as_str().unwrap().to_owned()
    }

    /// Whether the page says something.
    pub fn says(&self, text: &str) -> bool {
        let asked = format!("document.body.innerText.includes({})", json!(text));
        self.value(&asked) == json!(true)
    }

    /// The name or id of what has the focus.
    pub fn focus(&self) -> String {
        let asked = "(a => a ? a.name || a.id || a.tagName : '')(document.activeElement)";
        self.value(asked).as_str().unwrap_or_default().to_owned()
    }

    /// Presses a key, such as `Enter`, `Control+Enter`, `F9` or `Space`.
    pub fn press(&self, key: &str) {
        self.keys.set(self.keys.get() + 1);
        let (control, name) = match key.strip_prefix("Control+") {
            Some(name) => (2, name),
            None => (0, key),
        };
        let (key, code, number, text) = match name {
            "Enter" => ("Enter", "Enter", 13, if control == 0 { "\r" } else { "" }),
            "Tab" => ("Tab", "Tab", 9, ""),
            "Space" => (" ", "Space", 32, " "),
            "Escape" => ("Escape", "Escape", 27, ""),
            "ArrowDown" => ("ArrowDown", "ArrowDown", 40, ""),
            "F2" => ("F2", "F2", 113, ""),
            "F4" => ("F4", "F4", 115, ""),
            "F9" => ("F9", "F9", 120, ""),
            other => panic!("no key {other}"),
        };
        let kind = if text.is_empty() {
            "rawKeyDown"
        } else {
            "keyDown"
        };
        let mut down = json!({
            "type": kind, "key": key, "code": code, "modifiers": control,
            "windowsVirtualKeyCode": number,
        });
        if !text.is_empty() {
            down["text"] = json!(text);
        }
        self.ask("Input.dispatchKeyEvent", &down);
        let up = json!({
            "type": "keyUp", "key": key, "code": code, "modifiers": control,
            "windowsVirtualKeyCode": number,
        });
        self.ask("Input.dispatchKeyEvent", &up);
    }

    /// Presses a key until something has the focus.
    #[track_caller]
    pub fn reach(&self, key: &str, name: &str) {
        for _ in 0..60 {
            if self.focus() == name {
                return;
            }
            self.press(key);
        }
        panic!("{key} never reaches {name}; it is at {}", self.focus());
    }

    /// Presses Tab until a link, a button or a choice that says something has the focus.
    #[track_caller]
    pub fn reach_words(&self, words: &str) {
        let asked = format!(
            "(a => !!a && a.matches('a, button, input, select, textarea, summary') && ((a.innerText || '') + ' ' + ((a.labels && a.labels[0] || {{}}).innerText || ''))\
             .includes({}))(document.activeElement)",
            json!(words)
        );
        for _ in 0..200 {
            if self.value(&asked) == json!(true) {
                return;
            }
            self.press("Tab");
        }
        panic!("Tab never reaches “{words}” on {}", self.path());
    }

    /// Types a text, letter by letter.
    pub fn types(&self, text: &str) {
        for letter in text.chars() {
            self.keys.set(self.keys.get() + 1);
            // Fields of dates read the key itself; a letter with marks comes from an input method.
            let kind = if letter.is_ascii_digit() {
                "keyDown"
            } else {
                "char"
            };
            let mut typed = json!({ "type": kind, "text": letter.to_string() });
            if letter.is_ascii_digit() {
                typed["key"] = json!(letter.to_string());
                typed["code"] = json!(format!("Digit{letter}"));
                typed["windowsVirtualKeyCode"] = json!(u32::from(letter));
            }
            self.ask("Input.dispatchKeyEvent", &typed);
        }
    }

    /// Chooses a file in the field that has the focus, as the system's own dialogue would.
    pub fn chooses(&self, file: &Path) {
        let asked = json!({ "expression": "document.activeElement" });
        let field = self.ask("Runtime.evaluate", &asked)["result"]["objectId"].clone();
        let chosen = json!({ "files": [file.to_str().unwrap()], "objectId": field });
        self.ask("DOM.setFileInputFiles", &chosen);
    }

    /// How many keys were pressed since the last count.
    pub fn keys(&self) -> u32 {
        self.keys.replace(0)
    }

    /// The page on paper.
    pub fn prints(&self, to: &Path) {
        let asked = json!({ "preferCSSPageSize": true, "printBackground": true });
        let printed = self.ask("Page.printToPDF", &asked);
        let bytes = STANDARD.decode(printed["data"].as_str().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}
