//! What is recorded of an electronic file: never the file, its name or its title.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digest::hex;
use crate::id::Invalid;

/// The SHA-256 of a file, so that a replaced file is noticed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash([u8; 32]);

impl FileHash {
    /// Reads 64 hexadecimal digits, of either case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let invalid = || Invalid {
            text: text.chars().take(64).collect(),
            expected: "a SHA-256: 64 hexadecimal digits",
        };
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| invalid())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileHash({self})")
    }
}

impl FromStr for FileHash {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl TryFrom<String> for FileHash {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> Self {
        hash.to_string()
    }
}

/// An electronic file that lies elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElectronicFile {
    /// Its hash.
    pub sha256: FileHash,
    /// Its size in bytes, above zero.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_in_either_case_and_written_in_one() {
        let small = "00ff".repeat(16);
        let hash = FileHash::parse(&small).unwrap();
        assert_eq!(FileHash::parse(&small.to_uppercase()), Ok(hash));
        assert_eq!(hash.to_string(), small);
        let file = ElectronicFile {
            sha256: hash,
            bytes: 7,
        };
        let json = serde_json::to_string(&file).unwrap();
        assert_eq!(json, format!(r#"{{"sha256":"{small}","bytes":7}}"#));
        assert_eq!(serde_json::from_str::<ElectronicFile>(&json).unwrap(), file);
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for bad in [
            "",
            "00ff",
            &"0".repeat(63),
            &"0".repeat(65),
            &"g".repeat(64),
            &"é".repeat(32),
            &format!("{}+1", "0".repeat(62)),
        ] {
            assert!(FileHash::parse(bad).is_err(), "{bad}");
        }
    }
}
