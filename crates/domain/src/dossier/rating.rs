//! A citizen's rating of the handling of a dossier (*đánh giá*). It touches neither state nor any
//! rate of time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::Invalid;
use crate::time::Instant;

/// A mark from 1, very dissatisfied (*rất không hài lòng*), to 5, very satisfied.
///
/// Decree 61/2018/NĐ-CP, Art. 29–32, asks for ratings and names no scale. Five grades, as in
/// surveys of satisfaction with state agencies, are unconfirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

impl Score {
    /// The worst.
    pub const LOWEST: u8 = 1;
    /// The best.
    pub const HIGHEST: u8 = 5;

    /// A score, if it is one of the five.
    #[must_use]
    pub fn new(score: u8) -> Option<Self> {
        (Self::LOWEST..=Self::HIGHEST)
            .contains(&score)
            .then_some(Self(score))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// Whether the mark is one of the two dissatisfied ones.
    #[must_use]
    pub fn is_dissatisfied(self) -> bool {
        self.0 <= 2
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u8> for Score {
    type Error = Invalid;

    fn try_from(score: u8) -> Result<Self, Invalid> {
        Self::new(score).ok_or_else(|| Invalid {
            text: score.to_string(),
            expected: "a score from 1 to 5",
        })
    }
}

impl From<Score> for u8 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// How a rating was given. Source: Decree 61/2018/NĐ-CP, Art. 29–32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingMethod {
    /// At a rating device in the office.
    Device,
    /// Through a portal.
    Online,
    /// On a survey form (*phiếu khảo sát*), or asked by a surveyor.
    Survey,
    /// By the citizen, with the code and the PIN of the receipt.
    Receipt,
}

impl RatingMethod {
    /// Every method.
    pub const ALL: [RatingMethod; 4] = [
        RatingMethod::Device,
        RatingMethod::Online,
        RatingMethod::Survey,
        RatingMethod::Receipt,
    ];

    /// Whether somebody else records the rating for the citizen, and says so.
    #[must_use]
    pub fn is_taken_down(self) -> bool {
        match self {
            RatingMethod::Device | RatingMethod::Online | RatingMethod::Survey => true,
            RatingMethod::Receipt => false,
        }
    }

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RatingMethod::Device => "device",
            RatingMethod::Online => "online",
            RatingMethod::Survey => "survey",
            RatingMethod::Receipt => "receipt",
        }
    }
}

impl fmt::Display for RatingMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RatingMethod {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        RatingMethod::ALL
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or_else(|| Invalid {
                text: text.chars().take(64).collect(),
                expected: "a way to rate: device, online, survey or receipt",
            })
    }
}

/// A rating as the dossier holds it. The comment is personal and belongs to the event alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The score.
    pub score: Score,
    /// How it was given.
    pub method: RatingMethod,
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
}
