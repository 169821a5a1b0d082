//! How a dossier comes in, and how its result goes out.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::Invalid;

/// How a dossier was handed in (*kênh tiếp nhận*); the citizen chooses it.
///
/// The portal's codes are 1 desk, 2 online, 3 public post; a missing one counts as desk
/// (scoring note of Decision 766/QĐ-TTg, item 3.3).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In person at a reception desk (*trực tiếp*).
    #[default]
    Desk,
    /// Through a portal (*trực tuyến*).
    Online,
    /// By public post (*bưu chính công ích*).
    Post,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 3] = [Channel::Desk, Channel::Online, Channel::Post];

    /// The word used in data and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Desk => "desk",
            Channel::Online => "online",
            Channel::Post => "post",
        }
    }

    /// Whether papers came with it, so that somebody holds them.
    #[must_use]
    pub fn is_paper(self) -> bool {
        match self {
            Channel::Desk | Channel::Post => true,
            Channel::Online => false,
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Channel::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or_else(|| Invalid {
                text: text.chars().take(64).collect(),
                expected: "a channel: desk, online or post",
            })
    }
}
