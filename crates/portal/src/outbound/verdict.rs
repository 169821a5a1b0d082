//! What an answer means: by its result code and nothing else.

use serde_json::Value;

use super::map::Codes;

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The remote took it.
    Taken,
    /// The session is over.
    Session,
    /// The remote does not have the dossier.
    Absent,
    /// The remote cannot now; nobody knows what it took.
    Busy(String),
    /// The remote refuses it.
    Refused(String),
}

/// Judges an answer. Words are kept for a person and decide nothing.
#[must_use]
pub fn judge(codes: &Codes, status: u16, body: Option<&Value>) -> Verdict {
    let words = || said(codes, status, body);
    if status == 401 {
        return Verdict::Session;
    }
    if status >= 500 || status == 429 || status == 408 || (300..400).contains(&status) {
        return Verdict::Busy(words());
    }
    let code = body.and_then(|body| code_of(codes, body));
    let Some(code) = code else {
        return if (400..500).contains(&status) {
            by_status(codes, status, words())
        } else {
            // Whoever answers without a code may have taken it or not.
            Verdict::Busy(words())
        };
    };
    let is = |list: &[String]| list.contains(&code);
    if is(&codes.success) && (200..300).contains(&status) {
        Verdict::Taken
    } else if is(&codes.session) {
        Verdict::Session
    } else if is(&codes.absent) {
        Verdict::Absent
    } else if is(&codes.busy) {
        Verdict::Busy(words())
    } else {
        Verdict::Refused(words())
    }
}

fn by_status(codes: &Codes, status: u16, words: String) -> Verdict {
    if codes.absent.contains(&status.to_string()) {
        Verdict::Absent
    } else {
        Verdict::Refused(words)
    }
}

fn code_of(codes: &Codes, body: &Value) -> Option<String> {
    codes
        .fields
        .iter()
        .find_map(|field| match body.get(field)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
}

/// Code and words of an answer, for a person.
fn said(codes: &Codes, status: u16, body: Option<&Value>) -> String {
    let code = body.and_then(|body| code_of(codes, body));
    let words = body.and_then(|body| {
        let texts = codes.words.iter().filter_map(|field| body.get(field));
        texts.filter_map(Value::as_str).next()
    });
    let mut text = format!("HTTP {status}");
    if let Some(code) = code {
        text.push_str(&format!(", code {code}"));
    }
    if let Some(words) = words {
        text.push_str(&format!(": {words}"));
    }
    app::portal::without_numbers(&text, 500)
}

#[cfg(test)]
mod tests {
    use super::super::map::{ADAPTER, Map};
    use super::*;
    use serde_json::json;

    fn judged(status: u16, body: &Value) -> Verdict {
        judge(&Map::parse(ADAPTER).unwrap().codes, status, Some(body))
    }

    #[test]
    fn only_a_result_code_tells_success() {
        for code in [json!("0"), json!("00"), json!(0)] {
            let body = json!({"error_code": code, "message": "Lỗi"});
            assert_eq!(judged(200, &body), Verdict::Taken);
        }
        let friendly = json!({"error_code": "-1", "message": "Thành công"});
        assert!(matches!(judged(200, &friendly), Verdict::Refused(_)));
        let wordy = json!({"message": "Thành công"});
        assert!(matches!(judged(200, &wordy), Verdict::Busy(_)));
        let exists = json!({"error_code": "-3", "message": "đã tồn tại"});
        assert!(matches!(judged(200, &exists), Verdict::Refused(_)));
        assert!(matches!(
            judged(502, &json!({"error_code": "0"})),
            Verdict::Busy(_)
        ));
        assert!(matches!(
            judged(302, &json!({"error_code": "0"})),
            Verdict::Busy(_)
        ));
        assert_eq!(judged(200, &json!({"error_code": "-4"})), Verdict::Absent);
        assert_eq!(judged(401, &json!({})), Verdict::Session);
    }
}
