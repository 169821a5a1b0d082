//! Passwords: which are accepted, and how they are stored.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::id::ActorId;

use crate::error::Error;

/// The fewest characters of a password. Only length counts; no kinds of characters are required
/// (NIST SP 800-63B, 3.1.1.2).
pub const SHORTEST: usize = 10;

/// The most characters: more would only cost hashing time.
pub const LONGEST: usize = 200;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeakPassword {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// Longer than anybody types.
    Long,
    /// It is the account's own name.
    Name,
}

impl WeakPassword {
    fn problem(self) -> String {
        match self {
            WeakPassword::Short => format!("must have {SHORTEST} characters at least"),
            WeakPassword::Long => format!("must have {LONGEST} characters at most"),
            WeakPassword::Name => "must not be the name of the account".to_owned(),
        }
    }
}

pub(super) fn check(password: &str, actor: &ActorId) -> Result<(), Error> {
    match weakness(password, actor) {
        Some(weak) => Err(Error::invalid("password", weak.problem())),
        None => Ok(()),
    }
}

fn weakness(password: &str, actor: &ActorId) -> Option<WeakPassword> {
    let length = password.chars().count();
    if length < SHORTEST {
        Some(WeakPassword::Short)
    } else if length > LONGEST {
        Some(WeakPassword::Long)
    } else if password.to_lowercase() == actor.as_str().to_lowercase() {
        Some(WeakPassword::Name)
    } else {
        None
    }
}

/// The argon2id hash of a password, with the parameters that OWASP recommends: 19 MiB, two
/// passes, one lane.
pub(super) fn hash(password: &str, salt: &[u8; 16]) -> Result<String, Error> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(hash.to_string())
}

/// Whether a password matches a hash. A hash that cannot be read matches nothing.
pub(super) fn is_right(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A password to show once: sixteen letters and digits in groups, 80 bits, without characters that
/// look alike.
#[must_use]
pub fn one_time(random: &[u8; 16]) -> String {
    const LETTERS: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz2";
    let letters: Vec<char> = random
        .iter()
        .map(|byte| LETTERS[usize::from(byte & 31)] as char)
        .collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor() -> ActorId {
        ActorId::parse("trang.lt").unwrap()
    }

    #[test]
    fn a_password_is_kept_as_argon2id_and_only_it_fits() {
        let kept = hash("một mật khẩu dài", &[7; 16]).unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(is_right("một mật khẩu dài", &kept));
        assert!(!is_right("một mật khẩu dàí", &kept));
        assert!(!is_right("một mật khẩu dài", "$argon2id$broken"));
    }

    #[test]
    fn length_is_all_that_is_asked_of_a_password() {
        assert_eq!(weakness("chín ký t", &actor()), Some(WeakPassword::Short));
        assert_eq!(weakness("mười ký tự", &actor()), None);
        let long = "a".repeat(LONGEST + 1);
        assert_eq!(weakness(&long, &actor()), Some(WeakPassword::Long));
        let name = ActorId::parse("nguyen.thi.hoa").unwrap();
        assert_eq!(weakness("Nguyen.Thi.Hoa", &name), Some(WeakPassword::Name));
    }

    #[test]
    fn a_one_time_password_can_be_read_out_and_typed() {
        let password = one_time(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        assert_eq!(password.len(), 19);
        assert!(!password.contains(['0', 'o', '1', 'l', 'i']), "{password}");
    }
}
