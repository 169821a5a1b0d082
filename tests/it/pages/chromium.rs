//! A real Chromium that opens the pages at a given width, checks them with axe-core, and takes
//! pictures.
//!
//! The pages pass through a harness on its own port. The harness signs people in: `/as/NAME/…`
//! shows what NAME sees. It removes the headers that forbid frames and foreign scripts; other tests
//! check those headers without a browser.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, X_FRAME_OPTIONS};
use http::{HeaderValue, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tower::ServiceExt;

const AXE: &str = include_str!("../../vendor/axe.min.js");

/// Serves the pages, as each of some people sees them.
pub struct Glass {
    address: SocketAddr,
    told: Told,
    profile: tempfile::TempDir,
}

type Told = Arc<Mutex<Option<oneshot::Sender<Vec<Value>>>>>;

struct Harness {
    pages: Router,
    sessions: HashMap<String, String>,
    told: Told,
    task: Mutex<String>,
}

/// How to look at a page.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The width of the window, in CSS pixels.
    pub width: u32,
    /// Whether axe-core checks the page too.
    pub searched: bool,
    /// The form that is sent as it stands, by selector, or the button that sends it: what comes is looked at.
    pub sent: Option<&'static str>,
}

impl Glass {
    /// Starts the harness before some pages. `sessions` holds each person's session secret by name.
    pub async fn before(pages: &Router, sessions: HashMap<String, String>) -> Self {
        Self::with_task(pages, sessions, script(&[])).await
    }

    async fn with_task(pages: &Router, sessions: HashMap<String, String>, task: String) -> Self {
        let told: Told = Arc::default();
        let harness = Arc::new(Harness {
            pages: pages.clone(),
            sessions,
            told: Arc::clone(&told),
            task: Mutex::new(task),
        });
        let router = Router::new()
            .route("/harness", get(harness_page))
            .route("/harness.js", get(harness_script))
            .route(
                "/axe.js",
                get(async || ([(CONTENT_TYPE, "text/javascript")], AXE)),
            )
            .route("/told", post(hear))
            .fallback(show)
            .with_state(harness);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            told,
            profile: tempfile::tempdir().unwrap(),
        }
    }

    /// Looks at the pages one after the other, and returns the complaints about each, in words.
    pub async fn look(
        pages: &Router,
        sessions: &HashMap<String, String>,
        task: &[(String, Look)],
        dark: bool,
    ) -> Vec<String> {
        let glass = Self::with_task(pages, sessions.clone(), script(task)).await;
        let looked = glass.told(dark).await;
        assert_eq!(looked.len(), task.len());
        looked.iter().flat_map(wrong).collect()
    }

    /// Runs a script beside the pages, and returns what it posts to `/told`.
    pub async fn act(
        pages: &Router,
        sessions: &HashMap<String, String>,
        script: &str,
    ) -> Vec<Value> {
        let glass = Self::with_task(pages, sessions.clone(), script.to_owned()).await;
        glass.told(false).await
    }

    async fn told(&self, dark: bool) -> Vec<Value> {
        let (sender, receiver) = oneshot::channel();
        *self.told.lock().unwrap() = Some(sender);
        let mut child = self.chromium(dark, &["--window-size=1400,1000"], "/harness");
        let told = tokio::time::timeout(Duration::from_mins(8), receiver).await;
        let _gone = child.kill();
        let _reaped = child.wait();
        told.expect("Chromium carries the task out").unwrap()
    }

    /// Takes a picture of a page.
    pub fn picture(&self, path: &str, size: (u32, u32), dark: bool, to: &Path) {
        let size = format!("--window-size={},{}", size.0, size.1);
        let to = format!("--screenshot={}", to.display());
        let mut child = self.chromium(dark, &[&size, &to, "--timeout=20000"], path);
        let done = child.wait().unwrap();
        assert!(done.success(), "a picture of {path}");
    }

    /// Prints a page.
    pub fn print(&self, path: &str, to: &Path) {
        let to = format!("--print-to-pdf={}", to.display());
        let mut child = self.chromium(false, &[&to, "--no-pdf-header-footer"], path);
        assert!(child.wait().unwrap().success(), "a print of {path}");
    }

    fn chromium(&self, dark: bool, flags: &[&str], path: &str) -> Child {
        let scheme = if dark { 0 } else { 1 };
        Command::new("chromium")
            .env("LANGUAGE", "vi")
            .args([
                "--headless",
                "--lang=vi",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
            .arg(format!("--user-data-dir={}", self.profile.path().display()))
            .args(flags)
            .arg(format!("http://{}{path}", self.address))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromium is installed: see tests/tools.sh")
    }
}

/// The complaints of axe-core, about ids, which axe-core leaves to others, and about the width.
fn wrong(looked: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let page = format!("{} at {}", looked["url"], looked["width"]);
    if looked["overflow"].as_i64() != Some(0) {
        wrong.push(format!("{page} scrolls sideways by {}", looked["overflow"]));
    }
    for (list, fault) in [
        ("twice", "is an id twice"),
        ("lost", "is the field of a label and not there"),
    ] {
        let ids = looked[list].as_array().unwrap().iter();
        wrong.extend(ids.map(|id| format!("{page}: {id} {fault}")));
    }
    let violations = looked["violations"].as_array().unwrap().iter();
    wrong.extend(violations.map(|violation| format!("{page}: {violation}")));
    wrong
}

/// The script that carries out a task and reports the findings.
fn script(task: &[(String, Look)]) -> String {
    let task: Vec<Value> = task
        .iter()
        .map(|(url, look)| json!([url, look.width, look.searched, look.sent]))
        .collect();
    format!(
        r#"(async function () {{
  const told = [];
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.style.cssText = "border:0;height:900px";
  for (const [url, width, searched, sent] of {}) {{
    frame.style.width = width + "px";
    await new Promise((done) => {{ frame.onload = done; frame.src = url; }});
    if (sent) {{
      const found = frame.contentDocument.querySelector(sent);
      if (!found) {{ told.push({{ url: url + sent, width, overflow: 0, violations: ["there is no such form"], twice: [], lost: [] }}); continue; }}
      const button = found.matches("button") ? found : null, form = button ? button.form : found;
      const as = (url.match(/^\/as\/[^/]*/) || [""])[0], action = form.getAttribute("action");
      if (action) {{ form.setAttribute("action", as + action); }}
      await new Promise((done) => {{
        frame.onload = done;
        if (button) {{ form.noValidate = true; form.requestSubmit(button); }} else {{ form.submit(); }}
      }});
    }}
    const inner = frame.contentWindow, page = frame.contentDocument, root = page.documentElement;
    const overflow = Math.max(0, root.scrollWidth - root.clientWidth);
    let violations = [];
    if (searched) {{
      const axe = page.createElement("script");
      axe.src = "/axe.js";
      await new Promise((done) => {{ axe.onload = done; page.head.append(axe); }});
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const found = await inner.axe.run(page, {{ runOnly: {{ type: "tag", values: tags }} }});
      violations = found.violations.map((one) =>
        one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | "));
    }}
    const ids = [...page.querySelectorAll("[id]")].map((node) => node.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) < at);
    const labels = [...page.querySelectorAll("label[for]")].map((label) => label.htmlFor);
    const lost = labels.filter((id) => !ids.includes(id));
    told.push({{ url: url + (sent || ""), width, overflow, violations, twice, lost }});
  }}
  await fetch("/told", {{ method: "POST", body: JSON.stringify(told) }});
}})();"#,
        Value::from(task)
    )
}

async fn harness_page() -> Response {
    let page = "<!doctype html><html lang=\"en\"><title>harness</title><body>\
                <script src=\"/harness.js\"></script></body></html>";
    ([(CONTENT_TYPE, "text/html")], page).into_response()
}

async fn harness_script(State(harness): State<Arc<Harness>>) -> Response {
    let script = harness.task.lock().unwrap().clone();
    let kind = "text/javascript; charset=utf-8";
    ([(CONTENT_TYPE, kind)], script).into_response()
}

async fn hear(State(harness): State<Arc<Harness>>, body: Bytes) -> StatusCode {
    let told: Vec<Value> = serde_json::from_slice(&body).unwrap();
    if let Some(sender) = harness.told.lock().unwrap().take() {
        let _nobody_waits = sender.send(told);
    }
    StatusCode::NO_CONTENT
}

/// A page as a given person sees it.
async fn show(State(harness): State<Arc<Harness>>, mut request: Request) -> Response {
    let path = request.uri().path_and_query().unwrap().to_string();
    if request.uri().path().ends_with("/live") {
        // While a page is looked at, its stream of news stays silent.
        let quiet = futures::stream::pending::<Result<Bytes, std::convert::Infallible>>();
        return (
            [(CONTENT_TYPE, "text/event-stream")],
            Body::from_stream(quiet),
        )
            .into_response();
    }
    let seen = path
        .strip_prefix("/as/")
        .and_then(|rest| rest.split_once('/'));
    if let Some((name, rest)) = seen {
        if let Some(secret) = harness.sessions.get(name) {
            let cookie = format!("motcua_session={secret}");
            let cookie = HeaderValue::from_str(&cookie).unwrap();
            request.headers_mut().insert(COOKIE, cookie);
        }
        *request.uri_mut() = format!("/{rest}").parse::<Uri>().unwrap();
    }
    let mut answer = harness.pages.clone().oneshot(request).await.unwrap();
    answer.headers_mut().remove(CONTENT_SECURITY_POLICY);
    answer.headers_mut().remove(X_FRAME_OPTIONS);
    answer
}

#[test]
fn what_only_tests_use_is_what_its_list_says_and_brings_its_licence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vendor");
    let list = std::fs::read_to_string(folder.join("VENDOR.toml")).unwrap();
    let value = |line: &str, name: &str| {
        let value = line.strip_prefix(name)?.trim_start().strip_prefix('=')?;
        Some(value.trim().trim_matches('"').to_owned())
    };
    let all =
        |name: &str| -> Vec<String> { list.lines().filter_map(|line| value(line, name)).collect() };
    let (paths, digests, licences) = (all("path"), all("sha256"), all("licence_file"));
    assert!(!paths.is_empty() && paths.len() == digests.len() && paths.len() == licences.len());
    for ((path, digest), licence) in paths.iter().zip(&digests).zip(&licences) {
        let bytes = std::fs::read(folder.join(path)).unwrap();
        let found = domain::digest::hex(&domain::digest::sha256(&bytes));
        assert_eq!(&found, digest, "{path}");
        assert!(folder.join(licence).exists());
    }
}
