//! What a decision depends on besides the dossier.

use super::private::Salt;
use crate::calendar::{Calendar, Calendars};
use crate::id::{ActorId, UnitCode};
use crate::limit::Limit;
use crate::procedure::{Boundaries, OpinionRules, PaperRules, Procedure};
use crate::role::Role;
use crate::unit::Units;

/// Everything besides the dossier that a decision depends on.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The procedure version: the pinned one, or the one in force when a dossier begins.
    pub procedure: &'a Procedure,
    /// The calendar of the unit that decides the dossier; due times count in its hours.
    pub calendar: &'a Calendar,
    /// The calendars of all units, for times that another unit must meet.
    pub calendars: &'a Calendars,
    /// The time within which the desk must answer a submission, if a rule gives one.
    pub answer_limit: Option<Limit>,
    /// All units, also those outside the province.
    pub units: &'a Units,
    /// Where dossiers may be received that another unit decides.
    pub boundaries: &'a Boundaries,
    /// Which papers are not scanned, and which a database replaces.
    pub papers: &'a PaperRules,
    /// How long agencies have that are asked for an opinion, and what their silence means.
    pub opinions: &'a OpinionRules,
    /// The salt of the commitments to personal values.
    pub salt: &'a Salt,
    /// Who acts.
    pub acting: &'a Acting,
}

/// Who acts, in which role, for which unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The person or program.
    pub actor: ActorId,
    /// The role.
    pub role: Role,
    /// The unit.
    pub unit: UnitCode,
}
