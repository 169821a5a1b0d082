//! Keyed hashes and how digests are written.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// HMAC-SHA-256 over parts, each preceded by its length so that no two lists collide.
#[must_use]
pub fn keyed_hash(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = |byte: u8| [byte >> 4, byte & 15].map(|half| DIGITS[usize::from(half)]);
    let digits = bytes.iter().copied().flat_map(digits);
    digits.map(char::from).collect()
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The bytes of hexadecimal in either case; none if it is none.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match *pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    pairs.map(byte).collect()
}

/// The first half of a hash: enough to tell two texts apart that nobody could choose by the hash.
#[must_use]
pub fn half(hash: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|at| hash[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_comes_back_in_either_case_and_nothing_else_does() {
        let bytes = [0, 9, 0xab, 0xff];
        assert_eq!(from_hex(&hex(&bytes)), Some(bytes.to_vec()));
        assert_eq!(from_hex("0009ABFF"), Some(bytes.to_vec()));
        for none in ["0", "0g", "+1", "ắ"] {
            assert_eq!(from_hex(none), None, "{none}");
        }
    }

    #[test]
    fn moving_a_byte_from_one_part_to_the_next_changes_the_hash() {
        assert_ne!(
            keyed_hash(b"k", &[b"ab", b"c"]),
            keyed_hash(b"k", &[b"a", b"bc"])
        );
    }
}
