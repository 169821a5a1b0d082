//! The contract as pages: every service, method, field and reason, drawn from the OpenAPI document.
//!
//! The pages hold no script and load nothing but their own style, so a browser without a way to the internet
//! shows them whole.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, StatusCode};
use serde_json::{Map, Value};

use crate::openapi;

const STYLE: &str = "
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; color: #111; }
a { color: #0b4f8a; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-top: 1px solid #bbb; padding-top: 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: #f3f3f3; padding: .6rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd; }
td:last-child { white-space: pre-line; }
summary { cursor: pointer; }
.errors { white-space: pre-wrap; }
";

const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The document that the pages draw.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::document("/"));

/// The routes of the pages.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/api", get(async || page(&overview(&DOCUMENT))))
        .route("/api/{service}", get(of_service))
        .route(
            "/api.css",
            get(async || with_headers("text/css", STYLE.to_owned())),
        )
}

async fn of_service(Path(service): Path<String>) -> Response {
    match service_page(&DOCUMENT, &service) {
        Some(text) => page(&text),
        None => {
            let mut answer = page(&frame(
                "No such service",
                "<h1>No such service</h1><p><a href=\"/api\">All services</a></p>",
            ));
            *answer.status_mut() = StatusCode::NOT_FOUND;
            answer
        }
    }
}

fn page(text: &str) -> Response {
    with_headers("text/html; charset=utf-8", text.to_owned())
}

fn with_headers(kind: &'static str, text: String) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text).into_response()
}

fn frame(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{} – motcua</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <link rel=\"stylesheet\" href=\"/api.css\"></head><body>{body}</body></html>",
        escaped(title)
    )
}

/// All services with their methods.
fn overview(document: &Value) -> String {
    let mut body = String::from("<h1>motcua: all methods</h1>");
    let about = text(&document["info"]["description"]);
    let _ = write!(
        body,
        "<p>{}</p><p>For generators: <a href=\"/openapi.json\">/openapi.json</a> (OpenAPI 3.1). In gRPC the same \
         port answers reflection.</p>",
        escaped(about)
    );
    for tag in document["tags"].as_array().into_iter().flatten() {
        let service = text(&tag["name"]);
        let _ = write!(
            body,
            "<h2><a href=\"/api/{0}\">{0}</a></h2><p>{1}</p><table>",
            escaped(service),
            escaped(text(&tag["description"]))
        );
        for (_, operation) in operations(document, service) {
            let name = method_name(operation);
            let _ = write!(
                body,
                "<tr><td><a href=\"/api/{0}#{1}\"><code>{1}</code></a></td><td>{2}</td></tr>",
                escaped(service),
                escaped(name),
                escaped(text(&operation["summary"]))
            );
        }
        body.push_str("</table>");
    }
    frame("All methods", &body)
}

/// The methods of a service, whole; none if there is no such service.
fn service_page(document: &Value, service: &str) -> Option<String> {
    let mut tags = document["tags"].as_array()?.iter();
    let tag = tags.find(|tag| text(&tag["name"]) == service)?;
    let mut body = format!(
        "<p><a href=\"/api\">All services</a></p><h1>{}</h1><p>{}</p>",
        escaped(service),
        escaped(text(&tag["description"]))
    );
    for (path, operation) in operations(document, service) {
        let name = method_name(operation);
        let (about, errors) = parted(text(&operation["description"]));
        let _ = write!(
            body,
            "<h2 id=\"{0}\">{0}</h2><p>{1}</p><pre>POST {2}</pre>",
            escaped(name),
            escaped(about),
            escaped(path)
        );
        let request = &operation["requestBody"]["content"]["application/json"]["schema"];
        body.push_str("<h3>Request</h3>");
        fields(document, request, &mut body);
        let _ = write!(body, "<h3>Call</h3><pre>{}</pre>", escaped(&curl(path)));
        let answers = operation["responses"]["200"]["content"].as_object();
        for (kind, answer) in answers.into_iter().flatten() {
            let _ = write!(body, "<h3>Answer, {}</h3>", escaped(kind));
            fields(document, &answer["schema"], &mut body);
        }
        if !errors.is_empty() {
            let _ = write!(
                body,
                "<details><summary>Errors</summary><pre class=\"errors\">{}</pre></details>",
                escaped(errors)
            );
        }
    }
    Some(frame(service, &body))
}

/// A table of a message's fields, with the fields of its parts one level below.
fn fields(document: &Value, schema: &Value, body: &mut String) {
    let (name, message) = resolved(document, schema);
    let none = Map::new();
    let properties = message["properties"].as_object().unwrap_or(&none);
    if properties.is_empty() {
        body.push_str("<p>No fields.</p>");
        return;
    }
    let _ = write!(body, "<p><code>{}</code></p><table>", escaped(name));
    for (field, schema) in properties {
        let _ = write!(
            body,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escaped(field),
            escaped(&kind(document, schema)),
            escaped(text(&schema["description"]))
        );
    }
    body.push_str("</table>");
}

/// What a value is called: its type, or the name of its message.
fn kind(document: &Value, schema: &Value) -> String {
    if let Some(any) = schema["anyOf"].as_array() {
        return any
            .first()
            .map(|one| kind(document, one))
            .unwrap_or_default();
    }
    if schema["$ref"].is_string() {
        let (name, found) = resolved(document, schema);
        return match found["enum"].as_array() {
            Some(names) => names.iter().map(text).collect::<Vec<_>>().join(" | "),
            None => name.to_owned(),
        };
    }
    if schema["type"] == "array" {
        return format!("list of {}", kind(document, &schema["items"]));
    }
    let kind = match &schema["type"] {
        Value::Array(several) => several.first().map(text).unwrap_or_default(),
        one => text(one),
    };
    match schema["format"].as_str() {
        Some(format) => format!("{kind} ({format})"),
        None => kind.to_owned(),
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> (&'a str, &'a Value) {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap_or_default();
            (name, &document["components"]["schemas"][name])
        }
        None => ("", schema),
    }
}

/// The operations of a service, in the order of the contract.
fn operations<'a>(
    document: &'a Value,
    service: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let of_it = move |(_, path): &(&String, &Value)| path["post"]["tags"][0] == service;
    paths
        .filter(of_it)
        .map(|(path, item)| (path.as_str(), &item["post"]))
}

fn method_name(operation: &Value) -> &str {
    let id = text(&operation["operationId"]);
    id.split_once('_').map_or(id, |(_, name)| name)
}

/// A method's comment, and the list of errors at its end.
fn parted(about: &str) -> (&str, &str) {
    match about.split_once("Errors:\n") {
        Some((about, errors)) => (about.trim_end(), errors),
        None => (about, ""),
    }
}

fn curl(path: &str) -> String {
    format!(
        "curl -s ADDRESS{path} \\\n  -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{}}'"
    )
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text of the contract as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto;

    #[test]
    fn every_method_and_every_field_of_its_request_is_on_a_page() {
        for name in proto::SERVICES {
            let service = proto::pool().get_service_by_name(name).unwrap();
            let page = service_page(&DOCUMENT, service.name()).unwrap();
            for method in service.methods() {
                assert!(page.contains(&format!("<h2 id=\"{}\">", method.name())));
                for field in method.input().fields() {
                    let cell = format!("<td><code>{}</code></td>", field.name());
                    assert!(page.contains(&cell), "{}.{}", method.name(), field.name());
                }
            }
            assert!(overview(&DOCUMENT).contains(&format!("/api/{}\"", service.name())));
        }
        assert!(service_page(&DOCUMENT, "<script>").is_none());
    }

    #[test]
    fn what_looks_like_a_tag_stays_a_text() {
        assert_eq!(
            escaped("<b a=\"1\">&</b>"),
            "&lt;b a=&quot;1&quot;&gt;&amp;&lt;/b&gt;"
        );
    }
}
