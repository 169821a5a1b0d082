//! How a citizen is told of a dossier who agreed to it.

use serde::{Deserialize, Serialize};

/// A way on which citizens are told: what their address is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticeChannel {
    /// Mail, by SMTP.
    Email,
    /// Short messages, by a gateway.
    Sms,
    /// Zalo, by a gateway.
    Zalo,
    /// VNeID, by a gateway.
    Vneid,
}

impl NoticeChannel {
    /// Every channel.
    pub const ALL: [NoticeChannel; 4] = [
        NoticeChannel::Email,
        NoticeChannel::Sms,
        NoticeChannel::Zalo,
        NoticeChannel::Vneid,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeChannel::Email => "email",
            NoticeChannel::Sms => "sms",
            NoticeChannel::Zalo => "zalo",
            NoticeChannel::Vneid => "vneid",
        }
    }

    /// The channel that a word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|channel| channel.as_str() == word)
    }

    /// Whether a text can be a citizen's address there: a mail address, or a telephone number.
    #[must_use]
    pub fn is_address(self, text: &str) -> bool {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        match self {
            NoticeChannel::Email => {
                let (name, host) = text.split_once('@').unwrap_or_default();
                let plain = |part: &str| !part.is_empty() && !part.contains(['@', ' ']);
                plain(name) && plain(host) && text.chars().count() <= 200
            }
            NoticeChannel::Sms | NoticeChannel::Zalo | NoticeChannel::Vneid => {
                let known = |letter: char| letter.is_ascii_digit() || " .-()+".contains(letter);
                (8..=15).contains(&digits) && text.len() <= 30 && text.chars().all(known)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_its_channel() {
        let right = |channel: NoticeChannel, text: &str| channel.is_address(text);
        assert!(right(NoticeChannel::Email, "mau@example.vn"));
        assert!(right(NoticeChannel::Sms, "0912 345 678"));
        for wrong in [
            "",
            "mau",
            "mau@",
            "@example.vn",
            "a b@example.vn",
            "a@b@c",
            "0912345678",
        ] {
            assert!(!right(NoticeChannel::Email, wrong), "{wrong}");
        }
        for wrong in [
            "",
            "0912",
            "mau@example.vn",
            "0912345678 ext 3",
            "0912345678901234",
        ] {
            assert!(!right(NoticeChannel::Zalo, wrong), "{wrong}");
        }
        for channel in NoticeChannel::ALL {
            assert_eq!(NoticeChannel::named(channel.as_str()), Some(channel));
        }
    }
}
