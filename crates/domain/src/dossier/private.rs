//! Personal values. Events only commit to them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::{hex, keyed_hash};
use crate::fold;

/// A salted commitment to a personal value: HMAC-SHA-256 in hexadecimal.
///
/// While the salt exists, the commitment proves which value was recorded. Erasing the salt with the
/// values makes it prove nothing, so a person can be forgotten without breaking the record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Commitment(String);

impl Commitment {
    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The salt of one dossier. It lies beside the personal values and is erased with them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A salt from 16 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Commits to a value under the name of its item.
    #[must_use]
    pub fn commit(&self, item: &str, value: &[u8]) -> Commitment {
        Commitment(hex(&keyed_hash(&self.0, &[item.as_bytes(), value])))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// A person as given at the desk. Debug output masks every field.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Full name in one field, as on the identity paper; composed (NFC).
    pub name: String,
    /// Identity number, digits and letters; empty when not given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id_number: String,
    /// Telephone; empty when not given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Address; empty when not given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

impl Person {
    /// The longest name, in characters.
    pub const LONGEST_NAME: usize = 200;

    /// The longest address, in characters.
    pub const LONGEST_ADDRESS: usize = 500;

    /// An identity number as people write it: 9 to 12 digits, or a passport's 5 to 20 letters and digits; blanks do not
    /// count. None if it is neither; empty if nothing was written.
    #[must_use]
    pub fn read_id_number(text: &str) -> Option<String> {
        let number: String = crate::fold::compose(text)
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let is_right = if number.bytes().all(|b| b.is_ascii_digit()) {
            number.is_empty() || (9..=12).contains(&number.len())
        } else {
            (5..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        is_right.then_some(number)
    }

    /// A telephone number as people write it: 8 to 15 digits, and what stands between them. None if it is not one; empty
    /// if nothing was written.
    #[must_use]
    pub fn read_phone(text: &str) -> Option<String> {
        let phone = crate::fold::compose(text);
        let digits = phone.bytes().filter(u8::is_ascii_digit).count();
        let fits = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '(' | ')' | '+');
        let is_right = phone.len() <= 30 && (8..=15).contains(&digits) && phone.chars().all(fits);
        (phone.is_empty() || is_right).then_some(phone)
    }

    /// The name as it is searched.
    #[must_use]
    pub fn name_key(&self) -> String {
        fold::fold(&self.name)
    }

    /// The telephone as it is searched.
    #[must_use]
    pub fn phone_key(&self) -> String {
        fold::phone_digits(&self.phone)
    }

    /// The bytes a commitment covers.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("four texts are always JSON")
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(..)")
    }
}

/// Free text by a person. It may name anyone, so it is personal; Debug masks it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// The text, composed (NFC) and trimmed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(fold::compose(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(..)")
    }
}

/// A personal value, stored apart from the events under a name unique in its dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Private {
    /// `applicant`, or the version of the event and the field: `3.reason`.
    pub item: String,
    /// What is kept.
    pub content: Content,
}

/// What a personal value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A person.
    Person(Person),
    /// Free text.
    Words(Words),
}

/// Collects the personal values of an act and hands out commitments to them.
#[derive(Debug)]
pub struct PrivateValues<'a> {
    salt: &'a Salt,
    version: u32,
    kept: Vec<Private>,
}

impl<'a> PrivateValues<'a> {
    /// For the event that makes this version of a dossier.
    #[must_use]
    pub fn new(salt: &'a Salt, version: u32) -> Self {
        Self {
            salt,
            version,
            kept: Vec::new(),
        }
    }

    /// Stores words under the version and a field, and commits to them.
    pub fn words(&mut self, field: &str, words: &Words) -> Commitment {
        let item = format!("{}.{field}", self.version);
        let commitment = self.salt.commit(&item, words.as_str().as_bytes());
        self.kept.push(Private {
            item,
            content: Content::Words(words.clone()),
        });
        commitment
    }

    /// Stores a person under an item, and commits to the person.
    pub fn person(&mut self, item: &str, person: &Person) -> Commitment {
        let commitment = self.salt.commit(item, &person.to_bytes());
        self.kept.push(Private {
            item: item.to_owned(),
            content: Content::Person(person.clone()),
        });
        commitment
    }

    /// Stores a person under the version and a field, and commits to the person.
    pub fn own_person(&mut self, field: &str, person: &Person) -> (String, Commitment) {
        let item = format!("{}.{field}", self.version);
        let commitment = self.person(&item, person);
        (item, commitment)
    }

    /// Moves on to the next event: later values are stored under its version.
    pub fn next_event(&mut self) {
        self.version += 1;
    }

    /// All that was kept.
    #[must_use]
    pub fn into_kept(self) -> Vec<Private> {
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_needs_the_salt_the_name_and_the_value() {
        let salt = Salt::new([7; 16]);
        let commitment = salt.commit("3.reason", b"thieu giay");
        assert_eq!(commitment, salt.commit("3.reason", b"thieu giay"));
        assert_ne!(commitment, salt.commit("4.reason", b"thieu giay"));
        assert_ne!(commitment, salt.commit("3.reason", b"du giay"));
        assert_ne!(
            commitment,
            Salt::new([8; 16]).commit("3.reason", b"thieu giay")
        );
        assert_eq!(commitment.as_str().len(), 64);
    }

    #[test]
    fn personal_values_never_show_in_debug_output() {
        let person = Person {
            name: "Mẫu Văn A".into(),
            ..Person::default()
        };
        let shown = format!(
            "{person:?} {:?} {:?}",
            Words::new("lý do"),
            Salt::new([1; 16])
        );
        assert_eq!(shown, "Person(..) Words(..) Salt(..)");
    }
}
