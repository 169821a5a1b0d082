//! The contract as OpenAPI 3.1, made from the descriptors: each method as it is called in JSON.

use std::collections::BTreeMap;

use app::error::reasons::{REFUSALS, Reason, TRANSPORT, USE_CASES};
use prost_reflect::{
    Cardinality, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    MethodDescriptor,
};
use serde_json::{Map, Value, json};

use crate::door::needs_token;
use crate::proto;

/// The document of all services, with `address` as its server.
#[must_use]
pub fn document(address: &str) -> Value {
    let mut schemas = Schemas::default();
    let mut paths = Map::new();
    let mut tags = Vec::new();
    for name in proto::SERVICES {
        let Some(service) = proto::pool().get_service_by_name(name) else {
            continue;
        };
        let (about, path) = (service.parent_file(), service.path());
        tags.push(json!({ "name": service.name(), "description": comment(&about, path) }));
        for method in service.methods() {
            let path = format!("/{name}/{}", method.name());
            paths.insert(path, json!({ "post": schemas.operation(&method) }));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "motcua",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The one-stop shop (một cửa): dossiers, exact deadlines, warnings and \
                reports. The same methods answer gRPC and gRPC-Web on the same port. Every write carries \
                a `request_id`, a UUID that the caller makes before the first try: send the same request \
                again after a lost answer, and nothing is written twice.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": address }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that `motcua token` has made.",
                },
            },
            "schemas": schemas.all(),
            "responses": { "Error": error_response() },
        },
    })
}

/// The document of all services, and beside them what another adapter describes: an object with `tags`,
/// `paths`, `schemas` and `securitySchemes`.
#[must_use]
pub fn with(address: &str, beside: &Value) -> Value {
    let mut document = document(address);
    for (member, place) in [
        ("tags", "/tags"),
        ("paths", "/paths"),
        ("schemas", "/components/schemas"),
        ("securitySchemes", "/components/securitySchemes"),
    ] {
        match (document.pointer_mut(place), &beside[member]) {
            (Some(Value::Object(all)), Value::Object(own)) => all.extend(own.clone()),
            (Some(Value::Array(all)), Value::Array(own)) => all.extend(own.clone()),
            _ => {}
        }
    }
    document
}

/// The schemas that operations refer to, each once.
#[derive(Default)]
struct Schemas {
    made: BTreeMap<String, Value>,
}

/// Whether a message is sent or comes back: an answer has all of its fields, a request only those that
/// are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Schemas {
    fn operation(&mut self, method: &MethodDescriptor) -> Value {
        let about = comment(&method.parent_file(), method.path());
        let beginning = about.replace('\n', " ");
        let summary = beginning.split(". ").next().unwrap_or_default();
        let request = self.message(&method.input(), Way::In);
        let answer = self.message(&method.output(), Way::Out);
        let (kind, answered) = if method.is_server_streaming() {
            (
                "application/x-ndjson",
                "A message a line, for as long as the caller listens; a failure is \
                the last line, under `error`",
            )
        } else {
            ("application/json", "Done")
        };
        let service = method.parent_service();
        let mut operation = json!({
            "operationId": format!("{}_{}", service.name(), method.name()),
            "tags": [service.name()],
            "summary": summary.trim_end_matches('.'),
            "description": about,
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": request } },
            },
            "responses": {
                "200": { "description": answered, "content": { kind: { "schema": answer } } },
                "default": { "$ref": "#/components/responses/Error" },
            },
        });
        if !needs_token(service.full_name(), method.name()) {
            operation["security"] = json!([]);
        }
        operation
    }

    /// Refers to a message, whose schema is made when it is first met.
    fn message(&mut self, message: &MessageDescriptor, way: Way) -> Value {
        if let Some(own) = well_known(message.full_name()) {
            return own;
        }
        let name = short(message.full_name(), way);
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        if self.made.contains_key(&name) {
            return reference;
        }
        // Before its fields, for a message may hold itself.
        self.made.insert(name.clone(), Value::Null);
        let mut properties = Map::new();
        let mut always = Vec::new();
        for field in message.fields() {
            let mut schema = self.field(&field, way);
            if way == Way::In {
                exemplify(&mut schema, field.name());
            }
            let about = comment(&field.parent_message().parent_file(), field.path());
            if !about.is_empty() {
                describe(&mut schema, &about);
            }
            properties.insert(field.name().to_owned(), schema);
            let is_choice = field
                .containing_oneof()
                .is_some_and(|one| !one.is_synthetic());
            if way == Way::Out && !is_choice {
                always.push(Value::from(field.name()));
            }
        }
        let mut schema = json!({
            "type": "object",
            "description": comment(&message.parent_file(), message.path()),
            "properties": properties,
        });
        match way {
            // A field that is not there is refused.
            Way::In => schema["additionalProperties"] = Value::Bool(false),
            Way::Out => schema["required"] = Value::Array(always),
        }
        self.made.insert(name, schema);
        reference
    }

    fn field(&mut self, field: &FieldDescriptor, way: Way) -> Value {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                return json!({ "type": "object" });
            };
            let value = self.kind(&entry.map_entry_value_field().kind(), way);
            return json!({ "type": "object", "additionalProperties": value });
        }
        let one = self.kind(&field.kind(), way);
        if field.cardinality() == Cardinality::Repeated {
            return json!({ "type": "array", "items": one });
        }
        // What may be absent is null in an answer, and may be null in a request.
        if field.supports_presence() {
            return nullable(one);
        }
        one
    }

    fn kind(&mut self, kind: &Kind, way: Way) -> Value {
        match kind {
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({ "type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX })
            }
            Kind::Uint32 | Kind::Fixed32 => {
                json!({ "type": "integer", "format": "uint32", "minimum": 0, "maximum": u32::MAX })
            }
            // Numbers of 64 bits are texts, for JavaScript's end at 53.
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$" })
            }
            Kind::Uint64 | Kind::Fixed64 => {
                json!({ "type": "string", "format": "uint64", "pattern": "^[0-9]{1,20}$" })
            }
            Kind::Float | Kind::Double => json!({ "type": "number", "format": "double" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
            Kind::Enum(of) => self.choice(of),
            Kind::Message(of) => self.message(of, way),
        }
    }

    fn choice(&mut self, of: &EnumDescriptor) -> Value {
        let name = short(of.full_name(), Way::Out);
        if !self.made.contains_key(&name) {
            let file = of.parent_file();
            let names: Vec<String> = of.values().map(|value| value.name().to_owned()).collect();
            let meanings = of.values().map(|value| {
                let about = comment(&file, value.path());
                format!("- `{}`: {about}", value.name())
            });
            let meanings: Vec<String> = meanings.collect();
            let about = comment(&file, of.path());
            let schema = json!({
                "type": "string",
                "enum": names,
                "description": format!("{about}\n\n{}", meanings.join("\n")),
            });
            self.made.insert(name.clone(), schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    fn all(mut self) -> Value {
        self.made.insert("Error".to_owned(), error());
        self.made.into_iter().collect::<Map<_, _>>().into()
    }
}

/// Types with a form of their own in JSON.
fn well_known(name: &str) -> Option<Value> {
    match name {
        "google.protobuf.Timestamp" => Some(json!({
            "type": "string",
            "format": "date-time",
            "examples": ["2026-08-21T02:00:00Z"],
        })),
        "google.protobuf.Duration" => Some(json!({
            "type": "string",
            "pattern": "^-?[0-9]+(\\.[0-9]+)?s$",
            "examples": ["3600s"],
        })),
        "google.protobuf.Struct" => Some(json!({ "type": "object" })),
        "google.protobuf.FieldMask" => Some(json!({ "type": "string" })),
        "google.protobuf.Empty" => Some(json!({ "type": "object" })),
        _ => None,
    }
}

/// `motcua.v1.Unit.Kind` as `Unit.Kind`; what is sent and what comes back have two schemas.
fn short(name: &str, way: Way) -> String {
    let name = name.strip_prefix("motcua.v1.").unwrap_or(name);
    match way {
        Way::In if !name.ends_with("Request") => format!("{name}.Given"),
        Way::In | Way::Out => name.to_owned(),
    }
}

fn nullable(schema: Value) -> Value {
    match schema
        .get("type")
        .and_then(Value::as_str)
        .map(str::to_owned)
    {
        Some(kind) => {
            let mut schema = schema;
            schema["type"] = json!([kind, "null"]);
            schema
        }
        None => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

/// Values that a caller may send, by the names of fields; a generator of calls begins with them.
const EXAMPLES: &[(&str, &str)] = &[
    ("channel", "CHANNEL_DESK"),
    ("code", "H60.02215-260821-0001"),
    ("from", "2026-08-01"),
    ("limit", "3wd"),
    ("month", "2026-08"),
    ("procedure", "procedures/1.004873"),
    ("province", "08"),
    ("receiving_unit", "units/H60.02215"),
    ("request_id", "5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11"),
    ("step", "appraise"),
    ("to", "2026-08-31"),
    ("unit", "units/H60.02215"),
];

/// Adds an example to a plain field, and the form of a request id.
fn exemplify(schema: &mut Value, field: &str) {
    let found = EXAMPLES.iter().find(|(name, _)| *name == field);
    if let Some((_, example)) = found
        && schema["type"] == "string"
    {
        schema["examples"] = json!([example]);
        if field == "request_id" {
            schema["format"] = json!("uuid");
        }
    }
}

fn describe(schema: &mut Value, about: &str) {
    if let Value::Object(schema) = schema {
        schema.insert("description".to_owned(), about.into());
    }
}

/// The comment in front of something in the contract.
fn comment(file: &FileDescriptor, path: &[i32]) -> String {
    let Some(info) = &file.file_descriptor_proto().source_code_info else {
        return String::new();
    };
    let found = info.location.iter().find(|location| location.path == path);
    let about = found.map_or("", |location| location.leading_comments());
    let lines: Vec<&str> = about.lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

fn error_response() -> Value {
    json!({
        "description": "Refused or failed; `reason` says why, and docs/errors.md what to do.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
    })
}

fn error() -> Value {
    let all = || TRANSPORT.iter().chain(&USE_CASES).chain(REFUSALS);
    let mut codes: Vec<&str> = all().map(|one| motcua_http::code_name(one.kind)).collect();
    codes.sort_unstable();
    codes.dedup();
    let reasons: Vec<&str> = all().map(|one| one.reason).collect();
    let meanings =
        all().map(|one: &&Reason| format!("- `{}`: {}. {}", one.reason, one.cause, one.remedy));
    let meanings: Vec<String> = meanings.collect();
    json!({
        "type": "object",
        "description": "What every method answers when it did not do what was asked.",
        "required": ["code", "message", "details"],
        "properties": {
            "code": { "type": "string", "enum": codes },
            "message": { "type": "string", "description": "For programmers, in English." },
            "details": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["@type"],
                    "additionalProperties": true,
                    "properties": {
                        "@type": {
                            "type": "string",
                            "description": "google.rpc.ErrorInfo with `reason` and `metadata`; \
                                LocalizedMessage with the Vietnamese text for the clerk; BadRequest with \
                                `field_violations`; RetryInfo with `retry_delay`.",
                        },
                        "reason": {
                            "type": "string",
                            "enum": reasons,
                            "description": meanings.join("\n"),
                        },
                    },
                },
            },
        },
        "examples": [{
            "code": "UNAUTHENTICATED",
            "message": "the token is unknown, expired or revoked",
            "details": [{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "UNAUTHENTICATED",
                "domain": "motcua",
                "metadata": {},
            }],
        }],
    })
}
