//! The reminder of a dossier (*đôn đốc*), kept until the dossier moves.

use serde::{Deserialize, Serialize};

use crate::id::ActorId;
use crate::role::Role;
use crate::time::Instant;

/// The last reminder since the dossier last moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
    /// Who reminded.
    pub by: ActorId,
    /// The role that is to move.
    pub role: Role,
    /// The named person, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<ActorId>,
    /// The number of reminders since the dossier last moved.
    pub count: u16,
}
