//! The id of a request, as the row of an event keeps it.
//!
//! A repeated request is found by its actor and its id. The row has the id's bytes crossed with the digest
//! of its actor: so one key of 16 bytes stands for the pair in the unique index, which need not hold the
//! actor again, and the actor's column gives the id back.

use domain::digest::{from_hex, hex, sha256};

/// The bytes that the row keeps: 16, or 36 of an id with capital letters, which must come back as they are.
pub(crate) fn kept(actor: &str, request_id: &str) -> Vec<u8> {
    let plain = from_hex(&request_id.replace('-', ""))
        .filter(|bytes| written(bytes) == request_id)
        .unwrap_or_else(|| request_id.as_bytes().to_vec());
    crossed(actor, plain)
}

/// The id in a row; none if no request has such bytes.
pub(crate) fn request_id(actor: &str, kept: &[u8]) -> Option<String> {
    let plain = crossed(actor, kept.to_vec());
    match plain.len() {
        16 => Some(written(&plain)),
        36 => String::from_utf8(plain).ok(),
        _ => None,
    }
}

fn crossed(actor: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = sha256(actor.as_bytes());
    for (byte, other) in bytes.iter_mut().zip(digest.iter().cycle()) {
        *byte ^= other;
    }
    bytes
}

/// A UUID in lower case.
fn written(bytes: &[u8]) -> String {
    let mut text = hex(bytes);
    for place in [20, 16, 12, 8] {
        if text.len() >= place {
            text.insert(place, '-');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_with_its_actor_letter_by_letter() {
        for id in [
            "5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11",
            "00000000-0000-4000-8000-000000000001",
            "5F0C2D9E-7F35-4E57-9D3F-0A8A1B6F3C11",
            "5f0c2d9e-7f35-4e57-9d3f-0A8a1b6f3c11",
        ] {
            for actor in ["nv-an", "nv-binh", "a-rather-long-name-of-an-officer"] {
                let bytes = kept(actor, id);
                let capitals = id.bytes().any(|letter| letter.is_ascii_uppercase());
                assert_eq!(bytes.len(), if capitals { 36 } else { 16 }, "{id}");
                assert_eq!(request_id(actor, &bytes).as_deref(), Some(id));
            }
        }
        assert_eq!(request_id("nv-an", b"of no length"), None);
    }

    #[test]
    fn two_actors_with_one_id_and_one_actor_with_two_cases_have_keys_of_their_own() {
        let id = "5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11";
        assert_ne!(kept("nv-an", id), kept("nv-binh", id));
        assert_ne!(kept("nv-an", id), kept("nv-an", &id.to_uppercase()));
    }
}
