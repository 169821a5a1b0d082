//! What a simulated portal does with a call, and answers.

use serde_json::{Map as Json, Value, json};

use super::faults::Fault;
use super::ledger::{Kept, Ledger};

/// The most rows of progress in one call.
const CHUNK: usize = 10;

/// What a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    SignIn,
    Integration,
    Token,
    RestDossier,
    RestStatus,
    RestProgress,
    RestLookup,
}

/// An answer.
pub(super) struct Answered {
    pub status: u16,
    pub body: Value,
}

/// Carries a call out.
pub(super) fn answer(
    ledger: &mut Ledger,
    does: Does,
    body: &Value,
    key: &str,
    bearer: Option<&str>,
    fault: Option<Fault>,
    skew_seconds: i64,
) -> Answered {
    let said = match does {
        Does::SignIn | Does::Token => signed_in(ledger, does, body),
        Does::Integration => {
            let session = body
                .get("session")
                .and_then(Value::as_str)
                .unwrap_or_default();
            guarded(ledger, session, fault, key, |ledger| {
                integration(ledger, body, fault)
            })
        }
        Does::RestDossier | Does::RestStatus | Does::RestProgress | Does::RestLookup => {
            let token = bearer
                .and_then(|text| text.strip_prefix("Bearer "))
                .unwrap_or_default();
            let token = token.to_owned();
            guarded(ledger, &token, fault, key, |ledger| {
                rest(ledger, does, body, fault)
            })
        }
    };
    let mut body = said;
    if fault == Some(Fault::Skew)
        && let Some(fields) = body.as_object_mut()
    {
        // A remote's own clock tells nothing about ours.
        fields.insert("server_time_off_by_seconds".to_owned(), skew_seconds.into());
    }
    let status = match does {
        Does::SignIn | Does::Integration => 200,
        Does::Token
        | Does::RestDossier
        | Does::RestStatus
        | Does::RestProgress
        | Does::RestLookup => by_status(&mut body),
    };
    Answered { status, body }
}

/// The REST flow tells by the HTTP status, too.
fn by_status(body: &mut Value) -> u16 {
    let code = body.get("error_code").and_then(Value::as_str);
    let status = match code {
        Some("-4") => 404,
        Some("-2") => 401,
        _ => return 200,
    };
    body["error_code"] = status.to_string().into();
    status
}

fn signed_in(ledger: &mut Ledger, does: Does, body: &Value) -> Value {
    let given = |field| {
        body.get(field)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    let complete = match does {
        Does::Token => given("client_id") && given("client_secret"),
        _ => given("username") && given("password"),
    };
    if !complete {
        return failure("-1", "Thiếu tài khoản hoặc mật khẩu");
    }
    ledger.counts.sessions += 1;
    let session = format!("session-{}", ledger.counts.sessions);
    ledger.sessions.insert(session.clone());
    json!({"error_code": 0, "session": session, "access_token": session})
}

/// Checks the session, and answers a call whose key it knows as it did before.
fn guarded(
    ledger: &mut Ledger,
    session: &str,
    fault: Option<Fault>,
    key: &str,
    does: impl FnOnce(&mut Ledger) -> Value,
) -> Value {
    if fault == Some(Fault::Session) {
        ledger.sessions.remove(session);
    }
    if !ledger.sessions.contains(session) {
        return failure("-2", "Phiên làm việc không hợp lệ");
    }
    if let Some(before) = ledger.answers.get(key) {
        let before = before.clone();
        ledger.counts.repeated += 1;
        return before;
    }
    let said = does(ledger);
    let code = said.get("error_code").and_then(Value::as_str);
    if code == Some("0") {
        ledger.counts.taken += 1;
        if !key.is_empty() {
            ledger.answers.insert(key.to_owned(), said.clone());
        }
    } else {
        ledger.counts.refused += 1;
    }
    said
}

fn integration(ledger: &mut Ledger, body: &Value, fault: Option<Fault>) -> Value {
    let text = |field| body.get(field).and_then(Value::as_str).unwrap_or_default();
    if text("madonvi").is_empty() {
        return failure("-1", "Thiếu madonvi");
    }
    match text("service") {
        "TraCuuHoSo" => found(ledger, text("MaHoSo")),
        "DongBoHoSoMC" => {
            let is_update = match text("isUpdating") {
                "True" => true,
                "False" => false,
                _ => return failure("-1", "isUpdating: True hoặc False"),
            };
            let Some(items) = items(body) else {
                return failure("-1", "data không hợp lệ");
            };
            for item in items {
                if let Err(refusal) = keep(ledger, &item, is_update, fault) {
                    return refusal;
                }
            }
            success()
        }
        "CapNhatTienDoHoSoMC" => progress(ledger, body),
        _ => failure("-1", "service không có"),
    }
}

fn rest(ledger: &mut Ledger, does: Does, body: &Value, fault: Option<Fault>) -> Value {
    match does {
        Does::RestLookup => {
            let code = body
                .get("MaHoSo")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let mut said = found(ledger, code);
            if let Some(Value::Array(items)) = said.get("data").cloned() {
                let one = items.into_iter().next().unwrap_or_default();
                let rows = one.get("QuaTrinhXuLy").cloned().unwrap_or_default();
                said["data"] = one;
                said["data"]["TienTrinh"] = rows;
            }
            said
        }
        Does::RestProgress => progress(ledger, body),
        _ => match body.as_object().filter(|fields| all_strings(fields)) {
            Some(fields) => {
                let kept = keep(ledger, fields, does == Does::RestStatus, fault);
                kept.map_or_else(|refusal| refusal, |()| success())
            }
            None => failure("-1", "dữ liệu không hợp lệ"),
        },
    }
}

fn found(ledger: &Ledger, code: &str) -> Value {
    match ledger.dossiers.get(code) {
        Some(kept) => {
            let mut one = kept.fields.clone();
            one.insert("QuaTrinhXuLy".to_owned(), json!(kept.rows));
            json!({"error_code": "0", "data": [one]})
        }
        None => failure("-4", "Không tìm thấy hồ sơ"),
    }
}

fn keep(
    ledger: &mut Ledger,
    fields: &Json<String, Value>,
    is_update: bool,
    fault: Option<Fault>,
) -> Result<(), Value> {
    let code = fields
        .get("MaHoSo")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if code.is_empty() {
        return Err(failure("-1", "Thiếu MaHoSo"));
    }
    let known = ledger.dossiers.get_mut(code);
    match (known, is_update) {
        (Some(kept), true) => kept.fields = fields.clone(),
        (None, false) => {
            let kept = Kept {
                fields: fields.clone(),
                created: 1,
                ..Kept::default()
            };
            ledger.dossiers.insert(code.to_owned(), kept);
            if fault == Some(Fault::Exists) {
                return Err(failure("-3", "Hồ sơ đã tồn tại"));
            }
        }
        (Some(_), false) => return Err(failure("-3", "Hồ sơ đã tồn tại")),
        (None, true) => return Err(failure("-4", "Không tìm thấy hồ sơ")),
    }
    Ok(())
}

fn progress(ledger: &mut Ledger, body: &Value) -> Value {
    let Some(rows) = items(body) else {
        return failure("-1", "data không hợp lệ");
    };
    if rows.is_empty() || rows.len() > CHUNK {
        return failure("-1", "data: từ 1 đến 10 dòng");
    }
    let code = |row: &Json<String, Value>| {
        let code = row.get("MaHoSo").and_then(Value::as_str);
        code.unwrap_or_default().to_owned()
    };
    if rows
        .iter()
        .any(|row| !ledger.dossiers.contains_key(&code(row)))
    {
        return failure("-4", "Không tìm thấy hồ sơ");
    }
    for row in rows {
        if let Some(kept) = ledger.dossiers.get_mut(&code(&row)) {
            kept.rows.push(row);
        }
    }
    success()
}

/// The items of a call; none if one is no object of strings.
fn items(body: &Value) -> Option<Vec<Json<String, Value>>> {
    let items = body.get("data")?.as_array()?;
    items
        .iter()
        .map(|item| {
            item.as_object()
                .filter(|fields| all_strings(fields))
                .cloned()
        })
        .collect()
}

fn all_strings(fields: &Json<String, Value>) -> bool {
    fields.values().all(|value| match value {
        Value::String(_) => true,
        Value::Array(items) => items
            .iter()
            .all(|item| item.as_object().is_some_and(all_strings)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    })
}

fn success() -> Value {
    json!({"error_code": "0", "message": "Thành công"})
}

fn failure(code: &str, words: &str) -> Value {
    json!({"error_code": code, "message": words})
}
