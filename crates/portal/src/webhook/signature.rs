//! Signatures as Standard Webhooks says: HMAC-SHA-256 of id, time and body, one for each secret that
//! counts.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The text of `webhook-signature`.
#[must_use]
pub fn sign<K: AsRef<[u8]>>(secrets: &[K], id: &str, seconds: i64, body: &[u8]) -> String {
    let one = |secret: &K| {
        let mac = mac(secret.as_ref(), id, seconds, body)
            .finalize()
            .into_bytes();
        format!("v1,{}", BASE64_STANDARD.encode(mac))
    };
    let all: Vec<String> = secrets.iter().map(one).collect();
    all.join(" ")
}

/// Whether one of the signatures is right by a secret.
#[must_use]
pub fn verify(secret: &[u8; 32], id: &str, seconds: i64, body: &[u8], signatures: &str) -> bool {
    signatures.split(' ').any(|signature| {
        let given = signature.strip_prefix("v1,");
        let given = given.and_then(|text| BASE64_STANDARD.decode(text).ok());
        given.is_some_and(|given| mac(secret, id, seconds, body).verify_slice(&given).is_ok())
    })
}

fn mac(secret: &[u8], id: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_that_counts_signs_and_no_other_is_right() {
        let (new, old) = ([1; 32], [2; 32]);
        let signed = sign(&[new, old], "a.1", 1_790_000_000, b"{}");
        assert_eq!(signed.split(' ').count(), 2);
        for secret in [new, old] {
            assert!(verify(&secret, "a.1", 1_790_000_000, b"{}", &signed));
        }
        assert!(!verify(&[3; 32], "a.1", 1_790_000_000, b"{}", &signed));
        assert!(!verify(&new, "a.2", 1_790_000_000, b"{}", &signed));
        assert!(!verify(&new, "a.1", 1_790_000_001, b"{}", &signed));
        assert!(!verify(&new, "a.1", 1_790_000_000, b"{ }", &signed));
    }
}
