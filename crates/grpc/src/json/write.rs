//! A message as JSON, every field of it.

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, ReflectMessage,
    SerializeOptions, Value,
};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// Writes a message under the field names of the contract.
///
/// Unlike the canonical mapping this writes an absent field as null, so that the keys of an answer
/// are always the same; readers of protobuf JSON take null for absent. It leaves out the
/// alternatives of a `oneof` that were not chosen.
pub(super) struct Shown<'a>(pub &'a DynamicMessage);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.0;
        let descriptor = message.descriptor();
        if descriptor.full_name().starts_with("google.") {
            // Times, lengths and other types with a form of their own.
            let options = SerializeOptions::new()
                .use_proto_field_name(true)
                .skip_default_fields(false);
            return message.serialize_with_options(serializer, &options);
        }
        let mut map = serializer.serialize_map(None)?;
        for field in descriptor.fields() {
            let absent = field.supports_presence() && !message.has_field(&field);
            if absent && is_alternative(&field) {
                continue;
            }
            map.serialize_key(field.name())?;
            if absent {
                map.serialize_value(&())?;
            } else {
                let value = message.get_field(&field);
                map.serialize_value(&ShownValue {
                    value: &value,
                    kind: &field.kind(),
                })?;
            }
        }
        map.end()
    }
}

fn is_alternative(field: &FieldDescriptor) -> bool {
    field
        .containing_oneof()
        .is_some_and(|oneof| !oneof.is_synthetic())
}

struct ShownValue<'a> {
    value: &'a Value,
    kind: &'a Kind,
}

impl Serialize for ShownValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::I32(value) => serializer.serialize_i32(*value),
            Value::U32(value) => serializer.serialize_u32(*value),
            Value::I64(value) => serializer.collect_str(value),
            Value::U64(value) => serializer.collect_str(value),
            Value::F32(value) => serializer.serialize_f32(*value),
            Value::F64(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => {
                use base64::Engine;
                serializer.serialize_str(&base64::prelude::BASE64_STANDARD.encode(bytes))
            }
            Value::EnumNumber(number) => match enum_name(self.kind, *number) {
                Some(name) => serializer.serialize_str(&name),
                None => serializer.serialize_i32(*number),
            },
            Value::Message(message) => Shown(message).serialize(serializer),
            Value::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&ShownValue {
                        value,
                        kind: self.kind,
                    })?;
                }
                list.end()
            }
            Value::Map(entries) => {
                let kind = match self.kind {
                    Kind::Message(entry) => entry.map_entry_value_field().kind(),
                    other => other.clone(),
                };
                // The order of a hash map would differ from answer to answer.
                let mut sorted: Vec<_> = entries.iter().map(|(k, v)| (key(k), v)).collect();
                sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
                let mut map = serializer.serialize_map(Some(sorted.len()))?;
                for (key, value) in sorted {
                    map.serialize_entry(&key, &ShownValue { value, kind: &kind })?;
                }
                map.end()
            }
        }
    }
}

fn enum_name(kind: &Kind, number: i32) -> Option<String> {
    let descriptor: &EnumDescriptor = kind.as_enum()?;
    Some(descriptor.get_value(number)?.name().to_owned())
}

fn key(key: &MapKey) -> String {
    match key {
        MapKey::Bool(value) => value.to_string(),
        MapKey::I32(value) => value.to_string(),
        MapKey::I64(value) => value.to_string(),
        MapKey::U32(value) => value.to_string(),
        MapKey::U64(value) => value.to_string(),
        MapKey::String(value) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;
    use crate::proto;

    fn shown(name: &str, message: &impl Message) -> serde_json::Value {
        let descriptor = proto::pool().get_message_by_name(name).unwrap();
        let message =
            DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).unwrap();
        serde_json::to_value(Shown(&message)).unwrap()
    }

    #[test]
    fn what_is_absent_is_null_and_what_is_empty_is_empty() {
        let rate = proto::Rate {
            num: 0,
            den: 0,
            rate: None,
        };
        assert_eq!(
            shown("motcua.v1.Rate", &rate),
            json!({"num": 0, "den": 0, "rate": null})
        );
        let dossier = shown("motcua.v1.Dossier", &proto::Dossier::default());
        assert_eq!(dossier["receive_time"], json!(null));
        assert_eq!(dossier["fee_open_vnd"], json!(null));
        assert_eq!(dossier["fee_paid_vnd"], json!("0"));
        assert_eq!(dossier["state"], json!("STATE_UNSPECIFIED"));
        assert_eq!(dossier["allowed_actions"], json!([]));
    }

    #[test]
    fn times_and_maps_have_their_usual_form() {
        let event = proto::DossierEvent {
            event_time: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: 0,
            }),
            details: [("step".to_owned(), "appraise".to_owned())].into(),
            ..proto::DossierEvent::default()
        };
        let event = shown("motcua.v1.DossierEvent", &event);
        assert_eq!(event["event_time"], json!("1970-01-01T00:00:00Z"));
        assert_eq!(event["details"], json!({"step": "appraise"}));
    }
}
