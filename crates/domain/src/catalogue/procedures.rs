//! `procedures/*.toml`: one file a procedure, with all its versions.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::file::Reading;
use super::placed::Placed;
use super::version::{self, RawVersion};
use super::{Fault, Sorted, SourceFile, fault, published};
use crate::id::ProcedureCode;
use crate::procedure::Procedures;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    code: Spanned<String>,
    #[serde(default)]
    version: Vec<Spanned<RawVersion>>,
}

pub(super) fn parse(files: &Sorted<'_>, faults: &mut Vec<Fault>) -> Procedures {
    let mut all: Vec<Placed<'_>> = Vec::new();
    let mut homes: HashMap<ProcedureCode, &str> = HashMap::new();
    for file in &files.procedures {
        let Some((code, line, versions)) = read(file, faults) else {
            continue;
        };
        if let Some(home) = homes.get(&code) {
            faults.push(fault(
                file,
                line,
                format!("{code} is already defined in {home}"),
            ));
            continue;
        }
        homes.insert(code, &file.path);
        all.extend(versions);
    }
    for list in &files.published {
        published::check(list, &all, faults);
    }
    let versions = all.iter().map(|placed| Arc::clone(&placed.procedure));
    Procedures::new(versions).unwrap_or_else(|invalid| {
        // Reading the file has already reported these lines.
        debug_assert!(
            !faults.is_empty(),
            "versions are checked file by file: {invalid}"
        );
        Procedures::default()
    })
}

type Read<'a> = (ProcedureCode, usize, Vec<Placed<'a>>);

fn read<'a>(file: &'a SourceFile, faults: &mut Vec<Fault>) -> Option<Read<'a>> {
    let mut reading = Reading::new(file, faults);
    let raw: RawFile = match toml::from_str(&file.text) {
        Ok(raw) => raw,
        Err(error) => {
            let reason = error.message().lines().collect::<Vec<_>>().join("; ");
            reading.fault(&error.span().unwrap_or(0..0), reason);
            return None;
        }
    };
    let code_line = reading.line(&raw.code.span());
    let code: Option<ProcedureCode> = reading.parse("code", &raw.code);
    if raw.version.is_empty() {
        reading.fault(
            &raw.code.span(),
            "no [[version]]: a procedure has at least one",
        );
    }
    let hashes = hashes(file);
    let mut earlier: Option<(u16, chrono::NaiveDate)> = None;
    let mut versions = Vec::new();
    for (raw, hash) in raw.version.iter().zip(hashes) {
        let (number, from) = version::place(&mut reading, raw, earlier);
        if let (Some(number), Some(from)) = (number, from) {
            earlier = Some((number, from));
        }
        let line = reading.line(&raw.get_ref().number.span());
        let procedure = version::read(&mut reading, code.as_ref(), number, from, raw, hash);
        if let Some(procedure) = procedure {
            versions.push(Placed {
                file,
                line,
                procedure: Arc::new(procedure),
            });
        }
    }
    Some((code?, code_line, versions))
}

/// The content hash of each version: of the code and every key and value, in key order.
///
/// Comments, layout and the order of keys do not count; the order of lists does.
fn hashes(file: &SourceFile) -> Vec<[u8; 32]> {
    let table: toml::Table =
        toml::from_str(&file.text).expect("the same text was just read as a procedure");
    let code = table.get("code");
    let versions = table.get("version").and_then(toml::Value::as_array);
    let hash = |version: &toml::Value| {
        let mut hasher = Sha256::new();
        hasher.update(b"motcua procedure version 1\n");
        for value in code.into_iter().chain([version]) {
            absorb(&mut hasher, value);
        }
        hasher.finalize().into()
    };
    versions.into_iter().flatten().map(hash).collect()
}

/// Feeds a value to the hash so that two different values never feed the same bytes.
fn absorb(hasher: &mut Sha256, value: &toml::Value) {
    let mut text = |kind: &str, text: &str| {
        hasher.update(format!("{kind}{}:{text}", text.len()).as_bytes());
    };
    match value {
        toml::Value::String(value) => text("s", value),
        toml::Value::Integer(value) => text("i", &value.to_string()),
        toml::Value::Float(value) => text("f", &value.to_string()),
        toml::Value::Boolean(value) => text("b", &value.to_string()),
        toml::Value::Datetime(value) => text("d", &value.to_string()),
        toml::Value::Array(values) => {
            text("a", &values.len().to_string());
            for value in values {
                absorb(hasher, value);
            }
        }
        toml::Value::Table(table) => {
            text("t", &table.len().to_string());
            let mut entries: Vec<_> = table.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            for (key, value) in entries {
                hasher.update(format!("k{}:{key}", key.len()).as_bytes());
                absorb(hasher, value);
            }
        }
    }
}
