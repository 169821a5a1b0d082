//! The part a person or program plays.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::Invalid;

/// The part an actor plays towards dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes dossiers in and gives results back (*cán bộ một cửa*).
    Receptionist,
    /// Processes dossiers in the office behind the desk (*chuyên viên*).
    Officer,
    /// Signs results for a department or the unit (*lãnh đạo*).
    Leader,
    /// Heads the unit and answers for its rates (*chủ tịch*).
    Chairman,
    /// Steers all units of a province (*cấp tỉnh*).
    Province,
    /// The provincial portal, which feeds and follows dossiers (*cổng dịch vụ công*).
    Portal,
    /// Reads figures and events, never people (*thanh tra*).
    Auditor,
    /// Looks after the system, not after dossiers (*quản trị*).
    Admin,
    /// Holds the receipt of one dossier (*công dân*). This role has no token.
    Citizen,
}

impl Role {
    /// Every role that a token may have, in the order of the access table.
    pub const ALL: [Role; 8] = [
        Role::Receptionist,
        Role::Officer,
        Role::Leader,
        Role::Chairman,
        Role::Province,
        Role::Portal,
        Role::Auditor,
        Role::Admin,
    ];

    /// The word used in commands, tokens and events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Receptionist => "receptionist",
            Role::Officer => "officer",
            Role::Leader => "leader",
            Role::Chairman => "chairman",
            Role::Province => "province",
            Role::Portal => "portal",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
            Role::Citizen => "citizen",
        }
    }

    /// What a clerk calls it.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Role::Receptionist => "cán bộ một cửa",
            Role::Officer => "chuyên viên",
            Role::Leader => "lãnh đạo",
            Role::Chairman => "chủ tịch",
            Role::Province => "cấp tỉnh",
            Role::Portal => "cổng dịch vụ công",
            Role::Auditor => "thanh tra",
            Role::Admin => "quản trị",
            Role::Citizen => "công dân",
        }
    }

    /// Whether this role may act on a step that a procedure gives to `step`.
    ///
    /// A leader may do an officer's work and a chairman a leader's, as happens in a small commune.
    /// Only the chairman may do the desk's work.
    #[must_use]
    pub fn stands_in_for(self, step: Role) -> bool {
        if self == step {
            return true;
        }
        match self {
            Role::Leader => step == Role::Officer,
            Role::Chairman => matches!(step, Role::Officer | Role::Leader | Role::Receptionist),
            Role::Receptionist
            | Role::Officer
            | Role::Province
            | Role::Portal
            | Role::Auditor
            | Role::Admin
            | Role::Citizen => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| Invalid {
            text: text.chars().take(64).collect(),
            expected: "a role: receptionist, officer, leader, chairman, province, portal, auditor or admin",
        })
    }
}
