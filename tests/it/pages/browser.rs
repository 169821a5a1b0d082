//! A browser without a screen. It keeps cookies, follows redirects, and sends the forms as they
//! stand on the page.

use std::sync::Arc;

use app::accounts::Accounts;
use app::administration::{SignIn, UserTerms};
use app::ports::AccountStore;
use app::{Engine, Gate, gate};
use axum::Router;
use axum::body::Body;
use domain::id::ActorId;
use domain::role::Role;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use motcua_http::Health;
use tower::ServiceExt;
use web::{DemoRole, Pages, Settings};

use crate::world::{PROVINCE, World, unit, who};

pub const PASSWORD: &str = "một mật khẩu dài";

/// The port of a world, with its pages and its wire.
pub fn router(world: &World, settings: Settings) -> Router {
    let store = Arc::clone(&world.store) as Arc<dyn AccountStore>;
    router_over(&world.engine, &store, settings)
}

/// The port of an engine.
pub fn router_over(
    engine: &Arc<Engine>,
    store: &Arc<dyn AccountStore>,
    settings: Settings,
) -> Router {
    let engine = || Arc::clone(engine);
    let gate = Gate::new(&gate::Limits::default());
    let health = Health::new(engine(), gate.clone());
    let pages = Pages {
        engine: engine(),
        accounts: Accounts::new(Arc::clone(store), engine()),
        gate: gate.clone(),
        settings,
    };
    let services = grpc::serve::Settings::default();
    let wire = grpc::serve::part(engine(), gate, &health, &services);
    motcua_http::site(health, vec![web::part(pages), wire])
}

/// Gives an official an account.
pub async fn account(world: &World, name: &str, full_name: &str, role: Role, at: &str) {
    let terms = UserTerms {
        full_name: full_name.to_owned(),
        position: String::new(),
        roles: vec![role],
        units: vec![unit(at)],
    };
    let (admin, identity) = (who(Role::Admin, PROVINCE), world.identity());
    let (name, password) = (
        ActorId::parse(name).unwrap(),
        SignIn::Given(PASSWORD.into()),
    );
    let made = world
        .engine
        .create_user(&admin, &identity, &name, terms, password);
    made.await.unwrap();
}

/// A role that anybody may try, with its token.
pub async fn trial(world: &World, role: Role, at: &str) -> DemoRole {
    DemoRole {
        role,
        token: world.token(role, at).await,
    }
}

/// A complete answer.
pub struct Shown {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Shown {
    /// The address to which it redirects.
    pub fn location(&self) -> &str {
        self.headers
            .get(LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Whether the page contains a text, ignoring tags and line ends.
    pub fn says(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The text that a reader sees, without tags and with single blanks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for letter in self.html.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                letter if !inside => text.push(letter),
                _ => {}
            }
        }
        let text = text.replace("&#39;", "'").replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value of the first field with a name, hidden or visible.
    pub fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\"");
        let at = self.html.find(&mark).expect("the page has the field");
        let tag = &self.html[at..];
        let tag = &tag[..tag.find('>').unwrap()];
        let value = tag.split("value=\"").nth(1).unwrap_or_default();
        value.split('"').next().unwrap_or_default().to_owned()
    }
}

/// A browser on the pages of a world.
pub struct Browser {
    router: Router,
    cookies: Vec<(String, String)>,
}

impl Browser {
    pub fn at(router: &Router) -> Self {
        Self {
            router: router.clone(),
            cookies: Vec::new(),
        }
    }

    /// Opens an address.
    pub async fn get(&mut self, path: &str) -> Shown {
        self.send(Method::GET, path, None, &[]).await
    }

    /// Sends a form as from a page of ours.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let own = [("sec-fetch-site", "same-origin")];
        self.send(Method::POST, path, Some(fields), &own).await
    }

    /// Sends a form with the given headers.
    pub async fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Shown {
        self.send(Method::POST, path, Some(fields), headers).await
    }

    /// Sends a form with files: a name, a file name and the content each; a plain field has no file name.
    pub async fn upload(&mut self, path: &str, parts: &[(&str, &str, &[u8])]) -> Shown {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            let file = match *file {
                "" => String::new(),
                file => format!("; filename=\"{file}\""),
            };
            let head = format!(
                "--boundary\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
            );
            body.extend(head.as_bytes());
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(b"--boundary--\r\n");
        let mut request = Request::post(path)
            .header(ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "multipart/form-data; boundary=boundary");
        for (name, value) in &self.cookies {
            request = request.header(COOKIE, format!("{name}={value}"));
        }
        self.receive(request.body(Body::from(body)).unwrap()).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        fields: Option<&[(&str, &str)]>,
        headers: &[(&str, &str)],
    ) -> Shown {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in &self.cookies {
            request = request.header(COOKIE, format!("{name}={value}"));
        }
        let body = fields.map(|fields| {
            let pairs = fields
                .iter()
                .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
            pairs.collect::<Vec<_>>().join("&")
        });
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::from(body.unwrap_or_default())).unwrap();
        self.receive(request).await
    }

    async fn receive(&mut self, request: Request<Body>) -> Shown {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Shown {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        self.cookies.retain(|(known, _)| known != name);
        if !cookie.contains("Max-Age=0") {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Signs in with name and password.
    pub async fn sign_in(&mut self, name: &str) -> Shown {
        self.post("/signin", &[("name", name), ("password", PASSWORD)])
            .await
    }

    /// The secret of the session, if there is one.
    pub fn session(&self) -> Option<&str> {
        let found = self
            .cookies
            .iter()
            .find(|(name, _)| name == "motcua_session");
        found.map(|(_, value)| value.as_str())
    }

    /// Sets the session cookie to a given secret.
    pub fn set_session(&mut self, secret: &str) {
        self.keep(&format!("motcua_session={secret}"));
    }
}

fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => (byte as char).to_string(),
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    });
    bytes.collect()
}
