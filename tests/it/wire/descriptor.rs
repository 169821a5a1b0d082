//! The contract, line by line. Lines may be added; none may change or disappear.

use std::fmt::Write;

use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};

/// Every service, method, message, field and enum value, one each line, in a stable order.
fn lines() -> String {
    let pool = grpc::proto::pool();
    let ours = |name: &str| name.starts_with("motcua.");
    let mut lines = Vec::new();
    for service in pool.services().filter(|service| ours(service.full_name())) {
        for method in service.methods() {
            lines.push(format!(
                "rpc {} ({}) -> {}{}",
                method.full_name(),
                method.input().full_name(),
                if method.is_server_streaming() {
                    "stream "
                } else {
                    ""
                },
                method.output().full_name()
            ));
        }
    }
    for message in pool
        .all_messages()
        .filter(|message| ours(message.full_name()))
    {
        lines.extend(message.fields().map(|field| line(&message, &field)));
    }
    for names in pool.all_enums().filter(|names| ours(names.full_name())) {
        let value = |value: prost_reflect::EnumValueDescriptor| {
            format!(
                "enum {} {} = {}",
                names.full_name(),
                value.name(),
                value.number()
            )
        };
        lines.extend(names.values().map(value));
    }
    lines.sort();
    lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").unwrap();
        text
    })
}

fn line(message: &MessageDescriptor, field: &FieldDescriptor) -> String {
    let kind = match field.kind() {
        Kind::Message(inner) => inner.full_name().to_owned(),
        Kind::Enum(names) => names.full_name().to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    let label = match field.cardinality() {
        Cardinality::Repeated => "repeated ",
        Cardinality::Optional | Cardinality::Required => "",
    };
    let group = field
        .containing_oneof()
        .map(|oneof| format!(" in {}", oneof.name()))
        .unwrap_or_default();
    format!(
        "field {} {} = {} {label}{kind} json {}{group}",
        message.full_name(),
        field.name(),
        field.number(),
        field.json_name()
    )
}

#[test]
fn the_contract_only_grows() {
    let now = lines();
    let kept = include_str!("descriptor.txt");
    for line in kept.lines() {
        assert!(
            now.lines().any(|present| present == line),
            "the contract has lost or changed: {line}"
        );
    }
    super::golden("tests/it/wire/descriptor.txt", &now);
}

#[test]
fn every_method_says_which_errors_it_answers_with() {
    let folder = super::root().join("proto/motcua/v1");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut comment = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix("//") {
                comment.push_str(words);
            } else {
                if line.starts_with("rpc ") {
                    assert!(comment.contains("Errors:"), "{}: {line}", path.display());
                }
                comment.clear();
            }
        }
    }
}

#[test]
fn the_reasons_that_the_contract_names_exist() {
    let known: Vec<_> = app::error::reasons::TRANSPORT
        .iter()
        .chain(&app::error::reasons::USE_CASES)
        .chain(app::error::reasons::REFUSALS)
        .map(|reason| reason.reason)
        .collect();
    let folder = super::root().join("proto/motcua/v1");
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| line.starts_with("  //    ")) {
            let words = line.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
            for word in words.filter(|word| word.len() > 4 && word.contains('_')) {
                let is_code = grpc::json::code_name_exists(word);
                assert!(known.contains(&word) || is_code, "{word} in {line}");
            }
        }
    }
}
