//! What a submission and a reception have in common: what the dossier asks for, and the applicant.

use super::circumstances::{self, Incident, Origin, QueueTicket, Setting};
use super::paper::Paper;
use super::private::{Person, PrivateValues, Words};
use super::refusal::Refusal;
use crate::code::AnyCode;
use crate::id::{ActorId, CaseId, ComponentCode, UnitCode};
use crate::procedure::{Case, Kind, Procedure};

/// What a dossier asks for, and which units deal with it.
#[derive(Debug, Clone)]
pub struct Contents {
    /// The case of the procedure; its first case if none is given.
    pub case: Option<CaseId>,
    /// The applicant (*chủ hồ sơ*).
    pub applicant: Person,
    /// Who helped the citizen to submit: a clerk or a community digital team, by id.
    pub assisted_by: Option<ActorId>,
    /// The papers that came with it.
    pub components: Vec<ComponentCode>,
    /// Details of each paper, including papers that `components` does not name.
    pub papers: Vec<Paper>,
    /// The codes of this dossier in other systems.
    pub external_codes: Vec<AnyCode>,
    /// The unit that decides; the receiving unit if none is given.
    pub resolving: Option<UnitCode>,
    /// The unit where the citizen collects the result; the receiving unit if none is given.
    pub returning: Option<UnitCode>,
    /// The caller knows of an open dossier of the same person and procedure and wants a second one.
    pub duplicate_intended: bool,
    /// How it came about.
    pub circumstances: CircumstancesGiven,
}

/// The circumstances of a dossier, besides its channel.
#[derive(Debug, Clone, Default)]
pub struct CircumstancesGiven {
    /// Who began it.
    pub origin: Origin,
    /// Where it was taken in.
    pub setting: Setting,
    /// The ticket that the citizen drew for it.
    pub queue_ticket: Option<QueueTicket>,
    /// Why no fee is due; empty if a fee may be.
    pub fee_exemption: Words,
    /// For a petition: the commune of the incident.
    pub incident_area: Option<UnitCode>,
    /// For a petition: the exact place of the incident; empty if it has none.
    pub incident_place: Words,
    /// Why a desk takes it in without its required papers; empty when it must have them.
    pub accept_incomplete: Words,
}

impl Contents {
    /// The unit that decides, for a dossier received at this unit.
    #[must_use]
    pub fn resolving_at<'a>(&'a self, receiving: &'a UnitCode) -> &'a UnitCode {
        self.resolving.as_ref().unwrap_or(receiving)
    }

    /// The unit where the citizen collects the result, for a dossier received at this unit.
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

    /// The circumstances, as an event records them.
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
    /// The place of the incident. Only a petition may have one: other procedures concern a person's
    /// papers.
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

/// The case of a procedure; the refusal lists the known cases.
pub(super) fn known_case<'a>(id: &CaseId, procedure: &'a Procedure) -> Result<&'a Case, Refusal> {
    procedure.case(id).ok_or_else(|| Refusal::CaseUnknown {
        case: id.clone(),
        known: procedure.cases.iter().map(|case| case.id.clone()).collect(),
    })
}
