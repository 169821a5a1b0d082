//! Reads JSON as a message, and reports every misfit by field.

use app::error::reasons;
use app::{Error, FieldError};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use serde_json::Value as Json;
use tonic::Status;

use super::tree;
use crate::status;

/// Up to here every whole number has a floating-point number of its own.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads the message of a request.
pub(super) fn message(
    descriptor: &MessageDescriptor,
    body: &[u8],
) -> Result<DynamicMessage, Status> {
    // A request without fields may come without a body.
    let body = if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        body
    };
    let json = tree::read(body).map_err(|error| {
        status::own(
            &reasons::MALFORMED_JSON,
            &format!("the body is not JSON: {error}"),
        )
    })?;
    let mut wrong = Vec::new();
    let message = object(descriptor, &json, "", &mut wrong);
    match message {
        Some(message) if wrong.is_empty() => Ok(message),
        Some(_) | None => Err(status::of(Error::Invalid(wrong))),
    }
}

fn object(
    descriptor: &MessageDescriptor,
    json: &Json,
    path: &str,
    wrong: &mut Vec<FieldError>,
) -> Option<DynamicMessage> {
    let Json::Object(given) = json else {
        let field = if path.is_empty() { "body" } else { path };
        wrong.push(FieldError::new(
            field,
            format!("expected an object, not {}", kind_of(json)),
        ));
        return None;
    };
    let mut message = DynamicMessage::new(descriptor.clone());
    let mut seen = Vec::with_capacity(given.len());
    for (name, json) in given {
        let field_path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let found = descriptor
            .get_field_by_name(name)
            .or_else(|| descriptor.get_field_by_json_name(name));
        let Some(field) = found else {
            wrong.push(FieldError::new(field_path, unknown_field(descriptor)));
            continue;
        };
        if seen.contains(&field.number()) {
            wrong.push(FieldError::new(
                field_path,
                format!(
                    "must be given once, as {} or {}",
                    field.name(),
                    field.json_name()
                ),
            ));
            continue;
        }
        seen.push(field.number());
        if json.is_null() {
            continue;
        }
        if taken(&message, &field) {
            wrong.push(FieldError::new(
                field_path,
                "only one of the alternatives may be given",
            ));
            continue;
        }
        if let Some(value) = field_value(&field, json, &field_path, wrong) {
            message.set_field(&field, value);
        }
    }
    Some(message)
}

/// Whether the request gave another alternative of the same `oneof` before.
fn taken(message: &DynamicMessage, field: &FieldDescriptor) -> bool {
    field.containing_oneof().is_some_and(|oneof| {
        oneof
            .fields()
            .any(|other| other != *field && message.has_field(&other))
    })
}

fn field_value(
    field: &FieldDescriptor,
    json: &Json,
    path: &str,
    wrong: &mut Vec<FieldError>,
) -> Option<Value> {
    if !field.is_list() {
        return value(&field.kind(), json, path, wrong);
    }
    let Json::Array(items) = json else {
        wrong.push(FieldError::new(
            path,
            format!("expected a list, not {}", kind_of(json)),
        ));
        return None;
    };
    let values = items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| value(&field.kind(), item, &format!("{path}[{at}]"), wrong))
        .collect();
    Some(Value::List(values))
}

fn value(kind: &Kind, json: &Json, path: &str, wrong: &mut Vec<FieldError>) -> Option<Value> {
    let read = match kind {
        Kind::Message(inner) if !inner.full_name().starts_with("google.") => {
            return object(inner, json, path, wrong).map(Value::Message);
        }
        Kind::Message(inner) => DynamicMessage::deserialize(inner.clone(), json.clone())
            .ok()
            .map(Value::Message),
        Kind::String => json.as_str().map(|text| Value::String(text.to_owned())),
        Kind::Bool => json.as_bool().map(Value::Bool),
        Kind::Enum(names) => match json {
            Json::String(name) => names
                .get_value_by_name(name)
                .map(|found| Value::EnumNumber(found.number())),
            // The method refuses a number without a name, because it knows which values it accepts.
            Json::Number(_) => whole(json)
                .and_then(|number| i32::try_from(number).ok())
                .map(Value::EnumNumber),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
        },
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => whole(json)
            .and_then(|number| i32::try_from(number).ok())
            .map(Value::I32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => whole(json).map(Value::I64),
        Kind::Uint32 | Kind::Fixed32 => whole(json)
            .and_then(|number| u32::try_from(number).ok())
            .map(Value::U32),
        Kind::Uint64 | Kind::Fixed64 => whole(json)
            .and_then(|number| u64::try_from(number).ok())
            .map(Value::U64),
        Kind::Double => json.as_f64().map(Value::F64),
        Kind::Float => json.as_f64().map(|number| Value::F32(number as f32)),
        Kind::Bytes => json.as_str().and_then(|text| {
            use base64::Engine;
            let bytes = base64::prelude::BASE64_STANDARD.decode(text).ok()?;
            Some(Value::Bytes(bytes.into()))
        }),
    };
    if read.is_none() {
        wrong.push(FieldError::new(path, expected(kind, json)));
    }
    read
}

/// A whole number: also written as `3.0`, as some programs do with all numbers, and as a string,
/// which the mapping uses for 64 bits.
fn whole(json: &Json) -> Option<i64> {
    match json {
        Json::Number(number) => number.as_i64().or_else(|| {
            let number = number.as_f64()?;
            // Beyond, a fraction may have been lost.
            let exact = number.fract() == 0.0 && number.abs() <= MOST_EXACT;
            exact.then_some(number as i64)
        }),
        Json::String(text) => text.parse().ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn expected(kind: &Kind, json: &Json) -> String {
    let expected = match kind {
        Kind::String => "a text".to_owned(),
        Kind::Bool => "true or false".to_owned(),
        Kind::Enum(names) => {
            let names: Vec<_> = names
                .values()
                .filter(|value| value.number() != 0)
                .map(|value| value.name().to_owned())
                .collect();
            format!("one of {}", names.join(", "))
        }
        Kind::Message(inner) => match inner.full_name() {
            "google.protobuf.Timestamp" => {
                "a time in RFC 3339, such as 2026-08-31T17:00:00+07:00".to_owned()
            }
            "google.protobuf.Duration" => "a length such as 3.5s".to_owned(),
            _ => "an object".to_owned(),
        },
        Kind::Double | Kind::Float => "a number".to_owned(),
        Kind::Bytes => "bytes in base 64".to_owned(),
        Kind::Uint32 | Kind::Uint64 | Kind::Fixed32 | Kind::Fixed64 => {
            "a whole number, not below 0".to_owned()
        }
        Kind::Int32
        | Kind::Int64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Sfixed32
        | Kind::Sfixed64 => "a whole number".to_owned(),
    };
    format!("expected {expected}, not {}", kind_of(json))
}

/// The kind of the given value. The value itself may be personal and is not repeated.
fn kind_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "this number",
        Json::String(_) => "this text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn unknown_field(descriptor: &MessageDescriptor) -> String {
    let names: Vec<_> = descriptor
        .fields()
        .map(|field| field.name().to_owned())
        .collect();
    format!("is no field here; expected {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use tonic_types::StatusExt;

    use super::*;
    use crate::proto;

    fn read(name: &str, body: &str) -> Result<DynamicMessage, Status> {
        let descriptor = proto::pool().get_message_by_name(name).unwrap();
        message(&descriptor, body.as_bytes())
    }

    #[test]
    fn both_spellings_and_both_forms_of_a_number_are_read() {
        for body in [
            r#"{"request_id": "r", "amount_vnd": "5000"}"#,
            r#"{"requestId": "r", "amountVnd": 5000, "etag": null}"#,
        ] {
            let message = read("motcua.v1.RequestPaymentRequest", body).unwrap();
            let bytes = message.encode_to_vec();
            let request = proto::RequestPaymentRequest::decode(bytes.as_slice()).unwrap();
            assert_eq!(
                (request.request_id.as_str(), request.amount_vnd),
                ("r", 5_000)
            );
        }
    }

    #[test]
    fn everything_that_does_not_fit_is_told_at_once_by_field() {
        let status = read(
            "motcua.v1.ReceiveDossierRequest",
            r#"{"channel": "FAX", "applicant": {"name": 7, "age": 3}, "components": ["a", 1]}"#,
        )
        .unwrap_err();
        let details = status.get_details_bad_request().unwrap();
        let fields: Vec<_> = details
            .field_violations
            .iter()
            .map(|wrong| wrong.field.as_str())
            .collect();
        assert_eq!(fields.len(), 4, "{fields:?}");
        for field in [
            "channel",
            "applicant.name",
            "applicant.age",
            "components[1]",
        ] {
            assert!(fields.contains(&field), "{field} is told of in {fields:?}");
        }
        assert!(
            status.message().contains("CHANNEL_DESK"),
            "{}",
            status.message()
        );
    }

    #[test]
    fn a_time_is_read_with_any_offset_and_otherwise_refused() {
        let name = "motcua.v1.PreviewDueRequest";
        let good = r#"{"receive_time": "2026-08-03T10:00:00+07:00", "limit": "3wd"}"#;
        let bytes = read(name, good).unwrap().encode_to_vec();
        let request = proto::PreviewDueRequest::decode(bytes.as_slice()).unwrap();
        assert_eq!(request.receive_time.unwrap().seconds, 1_785_726_000);
        assert!(read(name, r#"{"receive_time": "3 August"}"#).is_err());
        let both = r#"{"limit": "3wd", "procedure": "1.001193"}"#;
        assert!(read(name, both).is_err(), "alternatives exclude each other");
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction_of_nothing() {
        let name = "motcua.v1.RequestPaymentRequest";
        for amount in ["5000.0", "5e3", "\"5000\""] {
            let body = format!(r#"{{"amount_vnd": {amount}}}"#);
            let bytes = read(name, &body).unwrap().encode_to_vec();
            let request = proto::RequestPaymentRequest::decode(bytes.as_slice()).unwrap();
            assert_eq!(request.amount_vnd, 5_000, "{amount}");
        }
        for amount in ["5000.5", "1e300"] {
            let body = format!(r#"{{"amount_vnd": {amount}}}"#);
            assert!(read(name, &body).is_err(), "{amount}");
        }
    }

    #[test]
    fn a_field_that_comes_twice_is_refused_however_it_is_spelt() {
        let name = "motcua.v1.GetDossierRequest";
        let twice = read(name, r#"{"name": "a", "name": "b"}"#).unwrap_err();
        let info = twice.get_details_error_info().unwrap();
        assert_eq!(info.reason, "MALFORMED_JSON");
        assert!(twice.message().contains("`name` comes twice"), "{twice}");
        let name = "motcua.v1.ReceiveDossierRequest";
        let twice = read(name, r#"{"request_id": "a", "requestId": "b"}"#).unwrap_err();
        assert!(twice.message().contains("must be given once"), "{twice}");
        let inside = read(name, r#"{"applicant": {"name": "a", "name": "b"}}"#);
        assert!(inside.is_err());
    }

    #[test]
    fn what_is_not_json_is_told_apart() {
        let status = read("motcua.v1.GetDossierRequest", "{").unwrap_err();
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.reason, "MALFORMED_JSON");
        assert!(
            read("motcua.v1.GetDossierRequest", " ").is_ok(),
            "nothing means no fields"
        );
    }
}
