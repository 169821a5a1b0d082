//! The circumstances of a dossier besides its channel: who began it, where, with which ticket.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::private::Commitment;
use crate::id::{Invalid, UnitCode};

/// Who began a dossier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A citizen or an organisation asked for it.
    #[default]
    Citizen,
    /// The agency began it on its own: a proactive service, which the citizen may refuse.
    /// Source: Decree 224/2026/NĐ-CP, Art. 16–17.
    Agency,
}

/// Where it was taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// At the usual place of its channel.
    #[default]
    Usual,
    /// By a mobile desk (*lưu động*). Source of both: Decree 61/2018/NĐ-CP, Art. 14(5).
    Mobile,
    /// Where the matter itself is (*tại hiện trường*).
    OnSite,
}

impl Setting {
    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Setting::Usual => "usual",
            Setting::Mobile => "mobile",
            Setting::OnSite => "on_site",
        }
    }
}

/// The number that a citizen drew in the waiting room (*số thứ tự*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueueTicket(String);

impl QueueTicket {
    /// Up to 16 letters, digits and dashes, such as `A-017`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let fits = (1..=16).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid {
                text: text.chars().take(64).collect(),
                expected: "a queue ticket: up to 16 letters, digits and dashes, such as A-017",
            })
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for QueueTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for QueueTicket {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl TryFrom<String> for QueueTicket {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<QueueTicket> for String {
    fn from(ticket: QueueTicket) -> Self {
        ticket.0
    }
}

/// The circumstances of a dossier, as its first event records them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circumstances {
    /// Who began it.
    pub origin: Origin,
    /// Where it was taken in.
    pub setting: Setting,
    /// The ticket that the citizen drew for it.
    pub queue_ticket: Option<QueueTicket>,
    /// Why no fee is due; none if a fee may be.
    pub fee_exemption: Option<Commitment>,
    /// The incident of a petition, if it has a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<Incident>,
}

/// The place of the incident that a petition (*phản ánh hiện trường*) is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The commune, ward or special zone. It identifies no person.
    pub area: Option<UnitCode>,
    /// The exact place in words. It may be a person's address, so only a commitment stands here.
    pub place: Option<Commitment>,
}

impl Circumstances {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}
