//! That somebody was reminded of a dossier (*đôn đốc*), for as long as it has not moved since.

use serde::{Deserialize, Serialize};

use crate::id::ActorId;
use crate::role::Role;
use crate::time::Instant;

/// The last reminder since the dossier came to where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
    /// Who reminded.
    pub by: ActorId,
    /// The role that is to move.
    pub role: Role,
    /// The person who was named, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<ActorId>,
    /// How often since the dossier came to where it is.
    pub count: u16,
}
