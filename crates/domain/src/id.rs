//! Names of things, parsed once and then trusted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that does not have the form of its kind of name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct Invalid {
    /// What was given, cut to 64 characters.
    pub text: String,
    /// The expected form, with an example.
    pub expected: &'static str,
}

fn invalid(text: &str, expected: &'static str) -> Invalid {
    Invalid {
        text: text.chars().take(64).collect(),
        expected,
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Reads the name; surrounding space is not part of it.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let text = text.trim();
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.into())) } else { Err(invalid(text, $expected)) }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.into()
            }
        }
    };
}

fn slug(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

name!(
    /// The agency identifier of a unit (*mã định danh cơ quan*): groups of digits and
    /// capital letters, the province first. Source: Decision 20/2020/QĐ-TTg, Art. 4.
    UnitCode,
    "an agency identifier: groups of 0-9 A-Z separated by dots, 35 characters at most, such as H60.02215",
    |text| (1..=35).contains(&text.len())
        && text.split('.').all(|group| {
            !group.is_empty()
                && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        })
);

impl UnitCode {
    /// The first group, which names the province or ministry.
    #[must_use]
    pub fn level_one(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }
}

name!(
    /// The two-digit statistics code of a province, for instance 08 for Tuyên Quang.
    ProvinceCode,
    "a province's statistics code: two digits, such as 08",
    |text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())
);

name!(
    /// The base code of a procedure (*mã thủ tục hành chính*), without a locality suffix.
    ProcedureCode,
    "a procedure code: d.dddddd or x-name, such as 1.001193",
    |text| match text.strip_prefix("x-") {
        Some(rest) => {
            slug(rest, 60)
                && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        }
        None => {
            text.len() == 8
                && text.bytes().enumerate().all(|(at, b)| if at == 1 { b == b'.' } else { b.is_ascii_digit() })
        }
    }
);

name!(
    /// A case of a procedure (*trường hợp*): the key of its time limit and fees.
    CaseId,
    "a case id: letters, digits, dashes, such as standard",
    |text| slug(text, 60)
);

name!(
    /// A step inside the processing of a dossier.
    StepId,
    "a step id: letters, digits, dashes, such as appraise",
    |text| slug(text, 60)
);

name!(
    /// A part of a linked procedure that another agency does.
    LegId,
    "a leg id: letters, digits, dashes, such as residence",
    |text| slug(text, 60)
);

name!(
    /// A required component of a dossier (*thành phần hồ sơ*).
    ComponentCode,
    "a component code: letters, digits, dots, dashes, such as giay-chung-sinh",
    |text| slug(text, 60)
);

name!(
    /// Who acts: an official, a portal or a program. Never a citizen.
    ActorId,
    "an actor id: letters, digits, dots, dashes, 60 characters at most, such as nv-an",
    |text| slug(text, ActorId::LONGEST)
);

impl ActorId {
    /// The most characters.
    pub const LONGEST: usize = 60;
}

name!(
    /// The reference of an outside system for a message or a dossier of its own.
    Reference,
    "a reference: letters, digits, dots, dashes, slashes, 100 characters at most, such as BCA-2026/0001",
    |text| (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':'))
);

name!(
    /// The name of an outside system, as the catalogue writes it. It names an institution; its form
    /// leaves no room for a person's name.
    SystemName,
    "the name of a system: letters, at most 8 digits, spaces and dots, 2 to 120 characters",
    |text| (2..=120).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '(' | ')' | '/'))
        && text.chars().any(char::is_alphabetic)
        && text.chars().filter(char::is_ascii_digit).count() <= 8
);

name!(
    /// The number and symbol of a document (*số, ký hiệu*). Its form leaves no room for a person's
    /// name or identity number.
    DocumentNumber,
    "a document number: letters, digits (at most 8 in a row), dashes, dots, slashes, no spaces, 60 characters at most, such as 123/GXN-UBND",
    |text| (1..=60).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/'))
        && text.chars().any(|c| c.is_ascii_digit())
        && text.split(|c: char| !c.is_ascii_digit()).all(|run| run.len() <= 8)
);

name!(
    /// The media type of a file. Source: RFC 6838.
    MediaType,
    "a media type in small letters, such as application/pdf",
    |text| text.len() <= 100
        && text.split_once('/').is_some_and(|(kind, subtype)| {
            let part = |text: &str| {
                !text.is_empty()
                    && text.bytes().all(|b| {
                        b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-')
                    })
            };
            part(kind) && part(subtype)
        })
);

name!(
    /// The serial number of a certificate. Source: RFC 5280, 4.1.2.2.
    CertificateSerial,
    "the serial number of a certificate: 1 to 40 hexadecimal digits",
    |text| (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
);

name!(
    /// The name of a certificate's issuer, in the form of RFC 4514. It names an institution.
    DistinguishedName,
    "a distinguished name of at most 300 characters, such as CN=Public service CA,O=Government,C=VN",
    |text| text.chars().count() <= 300
        && text.split(',').all(|part| {
            part.trim().split_once('=').is_some_and(|(key, value)| {
                matches!(key, "CN" | "O" | "OU" | "L" | "ST" | "C" | "DC")
                    && value.chars().any(char::is_alphanumeric)
                    && value.chars().all(|c| {
                        c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '(' | ')' | '/' | '&')
                    })
                    && value.split(|c: char| !c.is_ascii_digit()).all(|run| run.len() <= 8)
            })
        })
);

name!(
    /// The id under which a caller made a request, so that a repeat is recognised.
    RequestId,
    "a request id: a UUID, such as 5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11",
    |text| {
        text.len() == 36
            && text.bytes().enumerate().all(|(at, b)| match at {
                8 | 13 | 18 | 23 => b == b'-',
                _ => b.is_ascii_hexdigit(),
            })
            // What a program sends that forgot to make one.
            && text.bytes().any(|b| !matches!(b, b'0' | b'-'))
    }
);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What is no letter of the alphabet.
const NO_DIGIT: u8 = u8::MAX;

/// The place of each letter in the alphabet, in either case.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        digits[ALPHABET[at] as usize] = at as u8;
        digits[ALPHABET[at].to_ascii_uppercase() as usize] = at as u8;
        at += 1;
    }
    digits
};

/// The identity of a dossier (*hồ sơ*) within its province.
///
/// 26 characters of Crockford's base 32: 48 bits of milliseconds, 16 bits of lane, 64 random bits.
/// So ids sort by the time of birth. A process has one writing lane now; the bits of the lane stay
/// because stored ids have them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DossierId([u8; 16]);

impl DossierId {
    /// Builds an id from the milliseconds of its birth, its lane and 64 random bits.
    #[must_use]
    pub fn new(birth_ms: u64, lane: u16, chance: u64) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&birth_ms.to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&lane.to_be_bytes());
        bytes[8..].copy_from_slice(&chance.to_be_bytes());
        Self(bytes)
    }

    /// Reads the 26 characters, in either case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const EXPECTED: &str = "a dossier id: 26 characters of base 32";
        let text = text.trim();
        if text.len() != 26 {
            return Err(invalid(text, EXPECTED));
        }
        let mut value: u128 = 0;
        for (at, byte) in text.bytes().enumerate() {
            let digit = DIGITS[usize::from(byte)];
            if digit == NO_DIGIT || (at == 0 && digit > 7) {
                return Err(invalid(text, EXPECTED));
            }
            value = (value << 5) | u128::from(digit);
        }
        Ok(Self(value.to_be_bytes()))
    }

    /// The lane that writes this dossier.
    #[must_use]
    pub fn lane(&self) -> u16 {
        u16::from_be_bytes([self.0[6], self.0[7]])
    }

    /// The bytes, for keyed hashes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for DossierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = u128::from_be_bytes(self.0);
        let mut text = [0u8; 26];
        for (at, letter) in text.iter_mut().enumerate() {
            *letter = ALPHABET[(value >> (5 * (25 - at))) as usize & 31];
        }
        f.write_str(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl fmt::Debug for DossierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DossierId({self})")
    }
}

impl FromStr for DossierId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DossierId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<DossierId> for String {
    fn from(id: DossierId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dossier_id_prints_and_reads_back_and_keeps_its_lane() {
        let id = DossierId::new(1_795_000_000_000, 0xbeef, u64::MAX);
        assert_eq!(DossierId::parse(&id.to_string()), Ok(id));
        assert_eq!(DossierId::parse(&id.to_string().to_uppercase()), Ok(id));
        assert_eq!(id.lane(), 0xbeef);
        assert!(
            DossierId::parse("zzzzzzzzzzzzzzzzzzzzzzzzzz").is_err(),
            "130 bits do not fit"
        );
    }

    #[test]
    fn ids_of_later_dossiers_sort_later() {
        let earlier = DossierId::new(1_000, 9, u64::MAX);
        let later = DossierId::new(1_001, 0, 0);
        assert!(earlier < later);
        assert!(earlier.to_string() < later.to_string());
    }

    #[test]
    fn an_agency_identifier_has_groups_of_digits_and_capitals() {
        for good in ["H60.02215", "000.00.12.H62", "G22.99.08", "H60"] {
            assert!(UnitCode::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "h60",
            "H60..1",
            ".H60",
            "H60 02",
            "H60-02",
            &"A".repeat(36),
        ] {
            assert!(UnitCode::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_said_of_a_result_names_documents_and_institutions_and_no_person() {
        for good in ["123/GXN-UBND", "05/2026/TLKT-BS", "1234/QĐ-UBND", "7"] {
            assert!(DocumentNumber::parse(good).is_ok(), "{good}");
        }
        let long = "1".repeat(61);
        for bad in ["", "QĐ-UBND", "Giấy của ông A", "079081000123/UBND", &long] {
            assert!(DocumentNumber::parse(bad).is_err(), "{bad}");
        }
        for good in [
            "CN=CA phục vụ các cơ quan nhà nước, O=Ban Cơ yếu Chính phủ,C=VN",
            "O=VN",
        ] {
            assert!(DistinguishedName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Ban Cơ yếu",
            "CN=",
            "CN=A,,C=VN",
            "UID=079081000123",
            "CN=079081000123",
        ] {
            assert!(DistinguishedName::parse(bad).is_err(), "{bad}");
        }
        for (text, is_one) in [
            ("application/pdf", true),
            (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                true,
            ),
            ("application/PDF", false),
            ("application/pdf; charset=utf-8", false),
            ("pdf", false),
            ("/pdf", false),
        ] {
            assert_eq!(MediaType::parse(text).is_ok(), is_one, "{text}");
        }
    }

    #[test]
    fn a_procedure_code_is_national_or_marked_as_ours() {
        for good in ["1.001193", "2.000815", "x-cam-tiep-xuc"] {
            assert!(ProcedureCode::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "1001193",
            "1.00119",
            "1.001193.000.00.00.H60",
            "x-",
            "x-Á",
            "X-1",
        ] {
            assert!(ProcedureCode::parse(bad).is_err(), "{bad}");
        }
    }
}
