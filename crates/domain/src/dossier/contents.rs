//! What a dossier asks for, and from whom: what a submission and a reception have in common.

use super::circumstances::{self, Incident, Origin, QueueTicket, Setting};
use super::paper::Paper;
use super::private::{Person, PrivateValues, Words};
use super::refusal::Refusal;
use crate::code::AnyCode;
use crate::id::{ActorId, CaseId, ComponentCode, UnitCode};
use crate::procedure::{Case, Kind, Procedure};

/// What a dossier asks for, and who deals with it.
#[derive(Debug, Clone)]
pub struct Contents {
    /// The case of the procedure; its first one when none is given.
    pub case: Option<CaseId>,
    /// The applicant (*chủ hồ sơ*).
    pub applicant: Person,
    /// Who helped to submit: a clerk or a community digital team, by id.
    pub assisted_by: Option<ActorId>,
    /// The papers that came with it.
    pub components: Vec<ComponentCode>,
    /// What is known of each paper; of one that is not among `components`, too.
    pub papers: Vec<Paper>,
    /// Codes that other systems know it by.
    pub external_codes: Vec<AnyCode>,
    /// The unit that decides it; the receiving unit when none is given.
    pub resolving: Option<UnitCode>,
    /// The unit where the result is fetched; the receiving unit when none is given.
    pub returning: Option<UnitCode>,
    /// The caller knows of an open dossier of the same person and procedure and means a
    /// second one.
    pub duplicate_intended: bool,
    /// How it came about.
    pub circumstances: CircumstancesGiven,
}

/// How a dossier came about, besides its channel.
#[derive(Debug, Clone, Default)]
pub struct CircumstancesGiven {
    /// Who began it.
    pub origin: Origin,
    /// Where it was taken in.
    pub setting: Setting,
    /// The ticket that was drawn for it.
    pub queue_ticket: Option<QueueTicket>,
    /// Why no fee is taken; empty when one may be.
    pub fee_exemption: Words,
    /// The commune in which that happened which a petition is about.
    pub incident_area: Option<UnitCode>,
    /// Where exactly; empty when it has no place.
    pub incident_place: Words,
    /// Why a desk takes it in without its required papers; empty when it must have them.
    pub accept_incomplete: Words,
}

impl Contents {
    /// The unit that decides what a unit receives.
    #[must_use]
    pub fn resolving_at<'a>(&'a self, receiving: &'a UnitCode) -> &'a UnitCode {
        self.resolving.as_ref().unwrap_or(receiving)
    }

    /// The unit where the result of what a unit receives is fetched.
    #[must_use]
    pub fn returning_at<'a>(&'a self, receiving: &'a UnitCode) -> &'a UnitCode {
        self.returning.as_ref().unwrap_or(receiving)
    }

    /// The case that it is.
    pub(super) fn case_of<'a>(&self, procedure: &'a Procedure) -> Result<&'a Case, Refusal> {
        match &self.case {
            None => Ok(procedure.default_case()),
            Some(id) => known_case(id, procedure),
        }
    }

    /// How it came about, as an event keeps it.
    pub(super) fn kept_circumstances(
        &self,
        procedure: &Procedure,
        private: &mut PrivateValues<'_>,
    ) -> Result<circumstances::Circumstances, Refusal> {
        let given = &self.circumstances;
        let exempt = !given.fee_exemption.is_empty();
        Ok(circumstances::Circumstances {
            origin: given.origin,
            setting: given.setting,
            queue_ticket: given.queue_ticket.clone(),
            fee_exemption: exempt.then(|| private.words("fee_exemption", &given.fee_exemption)),
            incident: given.incident(procedure, private)?,
        })
    }
}

impl CircumstancesGiven {
    /// Where it happened: a petition is about a place, a procedure about a person's papers.
    fn incident(
        &self,
        procedure: &Procedure,
        private: &mut PrivateValues<'_>,
    ) -> Result<Option<Incident>, Refusal> {
        let placed = !self.incident_place.is_empty();
        if !placed && self.incident_area.is_none() {
            return Ok(None);
        }
        match procedure.kind {
            Kind::Petition => Ok(Some(Incident {
                area: self.incident_area.clone(),
                place: placed.then(|| private.words("incident_place", &self.incident_place)),
            })),
            Kind::Procedure => Err(Refusal::NotAPetition {
                procedure: procedure.code.clone(),
            }),
        }
    }
}

/// The case of a procedure, or which ones there are.
pub(super) fn known_case<'a>(id: &CaseId, procedure: &'a Procedure) -> Result<&'a Case, Refusal> {
    procedure.case(id).ok_or_else(|| Refusal::CaseUnknown {
        case: id.clone(),
        known: procedure.cases.iter().map(|case| case.id.clone()).collect(),
    })
}
