//! Who sent a call, and when: HMAC-SHA-256 over the time and the body.

use axum::http::HeaderMap;
use domain::digest::hex;
use domain::id::ProvinceCode;
use domain::time::Instant;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::problem::Problem;

/// How far the time of a call may be from ours. Later, the same call is no longer taken.
pub const REPLAY_WINDOW_SECONDS: i64 = 300;

/// A remote that may hand dossiers in.
#[derive(Clone)]
pub struct Sender {
    /// Its name.
    pub name: String,
    /// The province for which it may.
    pub province: ProvinceCode,
    /// The key that signs what it sends.
    pub key: Vec<u8>,
}

/// The signature of a body at a moment, in seconds since 1970.
#[must_use]
pub fn sign(key: &[u8], seconds: i64, body: &[u8]) -> String {
    format!(
        "v1={}",
        hex(&mac(key, seconds, body).finalize().into_bytes())
    )
}

fn mac(key: &[u8], seconds: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// The sender whose signature a call carries. An unknown sender and a wrong signature are told apart
/// by nothing.
pub(super) fn check<'a>(
    senders: &'a [Sender],
    headers: &HeaderMap,
    body: &[u8],
    now: Instant,
) -> Result<&'a Sender, Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(name), Some(time), Some(signature)) = (
        text("x-portal"),
        text("x-portal-timestamp"),
        text("x-portal-signature"),
    ) else {
        return Err(Problem::new(
            "x-portal, x-portal-timestamp, x-portal-signature",
            "UNSIGNED",
            "thiếu tên hệ thống, thời điểm hoặc chữ ký",
            "the sender, the time or the signature is missing",
        ));
    };
    let sender = senders.iter().find(|sender| sender.name == name);
    let seconds = time.parse::<i64>().unwrap_or(0);
    let given = signature.strip_prefix("v1=").and_then(bytes);
    let right = sender.filter(|sender| {
        let given = given.as_deref().unwrap_or_default();
        mac(&sender.key, seconds, body).verify_slice(given).is_ok()
    });
    let Some(right) = right else {
        return Err(Problem::new(
            "x-portal-signature",
            "BAD_SIGNATURE",
            "chữ ký không đúng với nội dung, thời điểm và khóa đã cấp",
            "the signature does not fit the body, the time and the key",
        ));
    };
    if (now.timestamp() - seconds).abs() > REPLAY_WINDOW_SECONDS {
        return Err(Problem::new(
            "x-portal-timestamp",
            "REPLAYED",
            format!("thời điểm lệch quá {REPLAY_WINDOW_SECONDS} giây so với máy chủ"),
            format!("the time is more than {REPLAY_WINDOW_SECONDS} seconds from ours"),
        ));
    }
    Ok(right)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
