//! Keys that live outside the database.

use std::fmt;
use std::net::IpAddr;

use chrono::NaiveDate;
use domain::digest::{half, hex, keyed_hash};
use domain::dossier::private::Person;
use domain::id::{DossierId, ProvinceCode};

use crate::ports::KeyMark;

/// Keys derived from the installation's one secret, one a purpose.
///
/// Without the secret a copy of the database reveals no PIN, and identity numbers cannot be tried
/// against it.
#[derive(Clone)]
pub struct Keys {
    receipt: [u8; 32],
    receipt_hash: [u8; 32],
    lookup: [u8; 32],
    person: [u8; 32],
    namesake: [u8; 32],
    peer: [u8; 32],
    check: [u8; 32],
    webhook: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

impl Keys {
    /// Derives the keys; the secret should be 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let key = |purpose: &str| keyed_hash(secret, &[purpose.as_bytes()]);
        Self {
            receipt: key("receipt pin"),
            receipt_hash: key("receipt pin hash"),
            lookup: key("lookup token"),
            person: key("person"),
            namesake: key("namesake"),
            peer: key("peer"),
            check: key("key check"),
            webhook: key("webhook"),
        }
    }

    /// What is kept of an address from which wrong PINs came for a dossier: nobody finds the address by
    /// it, nor the same one at another dossier.
    #[must_use]
    pub fn peer(&self, dossier: DossierId, network: IpAddr) -> String {
        let network = network.to_string();
        let hash = keyed_hash(&self.peer, &[dossier.as_bytes(), network.as_bytes()]);
        hex(&hash[..16])
    }

    /// What is kept on a day of an address that looks dossiers up: nobody finds the address by it, nor
    /// the same one on another day.
    #[must_use]
    pub fn visitor(&self, day: NaiveDate, network: IpAddr) -> String {
        let (day, network) = (day.to_string(), network.to_string());
        let hash = keyed_hash(
            &self.peer,
            &[b"visitor", day.as_bytes(), network.as_bytes()],
        );
        hex(&hash[..16])
    }

    /// The secret that signs what a webhook is told. It is derived, so that no copy of the database holds
    /// one; the salt makes it another one after a webhook was removed and added again.
    #[must_use]
    pub fn webhook(&self, province: &ProvinceCode, salt: &str, generation: u32) -> [u8; 32] {
        let generation = generation.to_be_bytes();
        keyed_hash(
            &self.webhook,
            &[province.as_str().as_bytes(), salt.as_bytes(), &generation],
        )
    }

    /// The value by which the database knows the key again; it tells nothing else of it.
    #[must_use]
    pub fn check(&self) -> String {
        hex(&self.check)
    }

    /// Whether these are the keys from which what is in the database was derived.
    ///
    /// A database of an earlier version has no check value, but it may have a receipt.
    #[must_use]
    pub fn fit(&self, mark: &KeyMark) -> bool {
        match (&mark.check, &mark.receipt) {
            (Some(check), _) => same(check, &self.check()),
            (None, Some((dossier, hash))) => {
                same(hash, &self.pin_hash(*dossier, &self.pin(*dossier)))
            }
            (None, None) => true,
        }
    }

    /// The PIN on the receipt of a dossier: six letters and digits, 30 bits.
    ///
    /// It is derived, so that a repeated request prints the same PIN. It has no letters that look
    /// alike.
    #[must_use]
    pub fn pin(&self, dossier: DossierId) -> String {
        letters(&keyed_hash(&self.receipt, &[dossier.as_bytes()]), 6)
    }

    /// What the QR code on the receipt carries in place of the PIN: a signature over the dossier, 100
    /// bits. An address is seen by more eyes than a paper, so it does not hold the PIN.
    #[must_use]
    pub fn lookup_token(&self, dossier: DossierId) -> String {
        letters(&keyed_hash(&self.lookup, &[dossier.as_bytes()]), 20)
    }

    /// The hash of a PIN, as the database stores it.
    #[must_use]
    pub fn pin_hash(&self, dossier: DossierId, pin: &str) -> String {
        let pin = pin.trim().to_ascii_uppercase();
        let parts = [dossier.as_bytes(), pin.as_bytes()];
        hex(&half(&keyed_hash(&self.receipt_hash, &parts)))
    }

    /// The keyed hash by which identity numbers are compared; none without a number.
    #[must_use]
    pub fn person(&self, province: &ProvinceCode, id_number: &str) -> Option<String> {
        let id: String = id_number
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        if id.is_empty() {
            return None;
        }
        let id = id.to_ascii_uppercase();
        let parts = [province.as_str().as_bytes(), id.as_bytes()];
        Some(hex(&half(&keyed_hash(&self.person, &parts))))
    }

    /// Under what name and telephone together are compared; none when either was not given. Marks,
    /// case and the way in which a number is written do not matter.
    #[must_use]
    pub fn namesake(&self, province: &ProvinceCode, person: &Person) -> Option<String> {
        let (name, phone) = (person.name_key(), person.phone_key());
        if name.is_empty() || phone.is_empty() {
            return None;
        }
        let parts = [
            province.as_str().as_bytes(),
            name.as_bytes(),
            phone.as_bytes(),
        ];
        Some(hex(&half(&keyed_hash(&self.namesake, &parts))))
    }
}

fn letters(hash: &[u8], count: usize) -> String {
    let letters = hash.iter().take(count);
    letters
        .map(|byte| LETTERS[usize::from(byte & 31)] as char)
        .collect()
}

/// Compares two texts in a time that does not depend on where they differ.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |differs, (x, y)| differs | (x ^ y))
            == 0
}

/// The digest under which a token's secret is kept.
#[must_use]
pub fn token_hash(secret: &str) -> String {
    // The secret has 256 random bits, so a plain hash cannot be reversed. The fixed key only
    // separates it from other hashes of the same text.
    hex(&keyed_hash(b"motcua token", &[secret.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_keeps_its_pin_and_another_installation_has_another() {
        let id = DossierId::new(1, 2, 3);
        let keys = Keys::new(b"one");
        assert_eq!(keys.pin(id), Keys::new(b"one").pin(id));
        assert_ne!(keys.pin(id), Keys::new(b"two").pin(id));
        assert_ne!(keys.pin(id), keys.pin(DossierId::new(1, 2, 4)));
        assert_eq!(keys.pin(id).len(), 6);
        assert_eq!(
            keys.pin_hash(id, &keys.pin(id)),
            keys.pin_hash(id, &keys.pin(id).to_lowercase()),
            "a citizen may type it in lower case"
        );
    }

    #[test]
    fn a_name_and_a_telephone_are_one_person_however_they_are_written() {
        let (keys, province) = (Keys::new(b"one"), ProvinceCode::parse("08").unwrap());
        let person = |name: &str, phone: &str| Person {
            name: name.into(),
            phone: phone.into(),
            ..Person::default()
        };
        let of = |name, phone| keys.namesake(&province, &person(name, phone));
        assert_eq!(
            of("Nông Thị Hương", "0900 000 412"),
            of("nong thi huong", "+84900000412")
        );
        assert_ne!(
            of("Nông Thị Hương", "0900000412"),
            of("Nông Thị Hường", "0900000413")
        );
        assert_eq!(of("Nông Thị Hương", ""), None);
    }

    #[test]
    fn a_receipts_token_is_its_own_and_does_not_tell_the_pin() {
        let (id, keys) = (DossierId::new(1, 2, 3), Keys::new(b"one"));
        let token = keys.lookup_token(id);
        assert_eq!(token.len(), 20);
        assert_eq!(token, Keys::new(b"one").lookup_token(id));
        assert_ne!(token, Keys::new(b"two").lookup_token(id));
        assert_ne!(token, keys.lookup_token(DossierId::new(1, 2, 4)));
        assert!(!token.starts_with(&keys.pin(id)));
    }

    #[test]
    fn a_key_is_known_again_by_its_check_value_or_by_a_receipt() {
        let id = DossierId::new(1, 2, 3);
        let (right, wrong) = (Keys::new(b"one"), Keys::new(b"two"));
        let receipt = Some((id, right.pin_hash(id, &right.pin(id))));
        let checked = KeyMark {
            check: Some(right.check()),
            ..KeyMark::default()
        };
        let before = KeyMark {
            receipt,
            ..KeyMark::default()
        };
        for mark in [checked, before] {
            assert!(right.fit(&mark) && !wrong.fit(&mark), "{mark:?}");
        }
        assert!(wrong.fit(&KeyMark::default()), "nothing was derived yet");
    }
}
