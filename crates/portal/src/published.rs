//! Answers of `LayThuTuc` beside the catalogue: what differs, for a person to review. Nothing is taken over
//! by itself: a change of the catalogue is proposed by one person and approved by another.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::fold;
use domain::limit::Limit;
use domain::procedure::Procedure;
use serde_json::{Map, Value};

/// What differs about a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The procedure, as the answer names it.
    pub procedure: String,
    /// The field of the answer.
    pub field: &'static str,
    /// As the catalogue has it; empty where it has nothing.
    pub here: String,
    /// As the answer has it; empty where it has nothing.
    pub there: String,
}

/// Compares answers with the versions in force on a day: one answer, a list, or a list under `data`.
///
/// Errors: what is no answer.
pub fn differences(
    answers: &Value,
    catalogue: &Catalogue,
    day: NaiveDate,
) -> Result<Vec<Difference>, String> {
    let one = std::slice::from_ref(answers);
    let answers = match (answers, &answers["data"]) {
        (Value::Array(list), _) | (_, Value::Array(list)) => list.as_slice(),
        _ => one,
    };
    let mut found = Vec::new();
    for (place, answer) in answers.iter().enumerate() {
        let Value::Object(answer) = answer else {
            return Err(format!(
                "item {}: expected an answer of LayThuTuc",
                place + 1
            ));
        };
        let code = text(answer, "MATTHC");
        if code.is_empty() {
            return Err(format!(
                "item {}: MATTHC: expected the procedure's code",
                place + 1
            ));
        }
        match catalogue.procedures.find(&code, day) {
            Some(procedure) => compare(&code, answer, procedure, &mut found),
            None => found.push(Difference {
                field: "MATTHC",
                here: String::new(),
                there: text(answer, "TENTTHC"),
                procedure: code,
            }),
        }
    }
    Ok(found)
}

fn compare(
    code: &str,
    answer: &Map<String, Value>,
    procedure: &Procedure,
    found: &mut Vec<Difference>,
) {
    let mut differ = |field, here: String, there: String| {
        found.push(Difference {
            procedure: code.to_owned(),
            field,
            here,
            there,
        });
    };
    let same = |here: &str, there: &str| fold::key(here) == fold::key(there);
    let name = text(answer, "TENTTHC");
    if !name.is_empty() && !same(&name, &procedure.name) {
        differ("TENTTHC", procedure.name.clone(), name);
    }
    let fields: Vec<String> = rows(answer, "LINHVUCTHUCHIEN")
        .map(|row| text(row, "TENLINHVUC"))
        .collect();
    if !fields.is_empty() && !fields.iter().any(|field| same(field, &procedure.field)) {
        differ(
            "LINHVUCTHUCHIEN",
            procedure.field.clone(),
            fields.join("; "),
        );
    }
    let ours: BTreeSet<String> = procedure
        .cases
        .iter()
        .flat_map(|case| case.limit.iter().chain(case.limits_by_channel.values()))
        .map(Limit::to_string)
        .collect();
    let theirs: BTreeSet<String> = rows(answer, "CACHTHUCTHUCHIEN")
        .flat_map(|way| rows(way, "THOIGIAN"))
        .filter_map(limit)
        .collect();
    if !theirs.is_empty() && ours != theirs {
        let list = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join("; ");
        differ("THOIGIANGIAIQUYET", list(&ours), list(&theirs));
    }
    let papers: Vec<String> = rows(answer, "THANHPHANHOSO")
        .map(|row| text(row, "GIAYTO"))
        .filter(|name| !name.is_empty())
        .collect();
    if papers.is_empty() {
        return;
    }
    for paper in &papers {
        if !procedure
            .components
            .iter()
            .any(|own| same(&own.name, paper))
        {
            differ("THANHPHANHOSO", String::new(), paper.clone());
        }
    }
    for own in &procedure.components {
        if !papers.iter().any(|paper| same(&own.name, paper)) {
            differ("THANHPHANHOSO", own.name.clone(), String::new());
        }
    }
}

/// A limit in the catalogue's spelling; words that no unit of ours has, as they are.
fn limit(time: &Map<String, Value>) -> Option<String> {
    let number = text(time, "THOIGIANGIAIQUYET");
    if number.is_empty() {
        return None;
    }
    let unit = text(time, "DONVITINH");
    let ending = match fold::key(&unit).as_str() {
        "ngày làm việc" => "wd",
        "giờ làm việc" => "wh",
        "ngày" => "d",
        "tháng" => "mo",
        "giờ" => "h",
        _ => return Some(format!("{number} {unit}")),
    };
    Some(format!("{number}{ending}"))
}

fn text(fields: &Map<String, Value>, field: &str) -> String {
    match fields.get(field) {
        Some(Value::String(text)) => fold::compose(text),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn rows<'a>(
    fields: &'a Map<String, Value>,
    field: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> + use<'a> {
    let list = fields.get(field).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}
