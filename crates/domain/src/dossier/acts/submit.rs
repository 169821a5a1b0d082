//! A portal hands a dossier in (*nộp hồ sơ*).

use serde::{Deserialize, Serialize};

use super::act::{Fact, Told, Written};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency, always};
use crate::calendar;
use crate::code::AnyCode;
use crate::deadline;
use crate::dossier::components::{self, refuse_unknown};
use crate::dossier::contents::Contents;
use crate::dossier::counting::Counting;
use crate::dossier::private::{Commitment, PrivateValues};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::transit;
use crate::dossier::{Channel, Circumstances, Dossier, Paper, Units};
use crate::id::{ActorId, CaseId, ComponentCode, ProcedureCode, UnitCode};
use crate::procedure::{Authority, Kind, Procedure};
use crate::role::Role;
use crate::time::Instant;

/// See [`Spec`].
pub(super) const SPEC: Spec = Spec {
    method: "SubmitDossier",
    vi: "nộp hồ sơ",
    en: "Submit",
    roles: &[Role::Receptionist, Role::Chairman, Role::Portal],
    units: Standing::Receiving,
    states: Stages::NONE,
    moves: &[Move {
        from: Stages::NONE,
        to: Stage::Submitted,
    }],
    on_mirror: OnMirror::Refused,
    possible: always,
    urgency: Urgency::Beginning,
    order: 1,
    primary: Stages::NONE,
};

/// What a portal hands in.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The unit whose desk is to answer.
    pub receiving: UnitCode,
    /// The portal's own code, which stays the dossier's code.
    pub portal_code: AnyCode,
    /// When the citizen submitted; the moment of the call when not given.
    pub submitted: Option<Instant>,
    /// Online or by post.
    pub channel: Channel,
    /// What the dossier asks for, and the applicant.
    pub content: Contents,
}

impl Submission {
    /// Returns the facts that follow. If another system decides the procedure, the dossier is a
    /// mirror.
    pub(in crate::dossier) fn decide<E: From<Submitted>>(
        &self,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let contents = &self.content;
        let case = contents.case_of(rules.procedure)?;
        let components = components::named(&contents.components, &contents.papers);
        refuse_unknown(&components, rules.procedure)?;
        transit::refuse_beyond(
            &Units {
                receiving: &self.receiving,
                resolving: contents.resolving_at(&self.receiving),
            },
            &case.id,
            rules,
            now,
        )?;
        let mirrored = match &rules.procedure.authority {
            Authority::Ours => None,
            Authority::Mirrored { system } => Some(system.clone()),
        };
        // The other system answers a mirror, so the desk here has no time to answer.
        let answer_due = match mirrored {
            None => answer_due(self.submitted.unwrap_or(now), rules)?,
            Some(_) => None,
        };
        let applicant = private.person("applicant", &contents.applicant);
        let submitted = Submitted {
            code: self.portal_code.clone(),
            external_codes: contents.external_codes.clone(),
            procedure: rules.procedure.code.clone(),
            procedure_version: rules.procedure.version,
            case: case.id.clone(),
            procedure_kind: rules.procedure.kind,
            mirrored,
            channel: self.channel,
            assisted_by: contents.assisted_by.clone(),
            applicant,
            components,
            papers: contents.papers.clone(),
            circumstances: contents.kept_circumstances(rules.procedure, private)?,
            receiving: self.receiving.clone(),
            resolving: contents.resolving_at(&self.receiving).clone(),
            returning: contents.returning_at(&self.receiving).clone(),
            answer_due,
        };
        Ok(vec![submitted.into()])
    }
}

/// When the desk must answer a dossier that it has just got, if a rule says so.
pub(super) fn answer_due(from: Instant, rules: &Rules<'_>) -> Result<Option<Instant>, Refusal> {
    match rules.answer_limit {
        Some(limit) => Ok(Some(deadline::due(from, limit, rules.calendar)?.at)),
        None => Ok(None),
    }
}

/// A portal handed a dossier in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The portal's own code.
    pub code: AnyCode,
    /// The codes of this dossier in other systems.
    pub external_codes: Vec<AnyCode>,
    /// The procedure, and the version in force at submission.
    pub procedure: ProcedureCode,
    /// See `procedure`.
    pub procedure_version: u16,
    /// The case of the procedure.
    pub case: CaseId,
    /// Procedure or petition.
    pub procedure_kind: Kind,
    /// The system that decides the dossier, if it is not this one.
    pub mirrored: Option<String>,
    /// Online or by post.
    pub channel: Channel,
    /// Who helped.
    pub assisted_by: Option<ActorId>,
    /// The applicant.
    pub applicant: Commitment,
    /// The papers.
    pub components: Vec<ComponentCode>,
    /// Details of each paper, as far as the portal gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// The unit whose desk is to answer.
    pub receiving: UnitCode,
    /// The unit that decides.
    pub resolving: UnitCode,
    /// The unit where the result is fetched.
    pub returning: UnitCode,
    /// By when the desk must answer, where a rule says so.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub answer_due: Option<Instant>,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Circumstances::is_usual")]
    pub circumstances: Circumstances,
}

impl Fact for Submitted {
    /// [`Dossier::begin`] has already taken over everything that a submission says.
    fn apply(&self, _to: &mut Dossier, _by: &Written<'_>) {}

    fn recount(
        &mut self,
        _on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        self.answer_due = counting.answer(self.answer_due)?;
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã nộp hồ sơ", "Submitted")
    }
}
