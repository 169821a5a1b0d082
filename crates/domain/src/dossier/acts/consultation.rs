//! Another unit is asked and answers (*lấy ý kiến*). No clock stops.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::deadline;
use crate::dossier::Dossier;
use crate::dossier::consultation::{Consultation, MOST_CONSULTATIONS};
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::term::{Term, next_number};
use crate::id::UnitCode;
use crate::limit::Limit;
use crate::procedure::{Procedure, Silence};
use crate::role::Role;
use crate::time::{self, Instant};

/// Ask another unit.
#[derive(Debug, Clone)]
pub struct OpenConsultation {
    /// The unit that is asked.
    pub unit: UnitCode,
    /// The question.
    pub question: Words,
    /// By when.
    pub term: Term,
}

impl<E: From<ConsultationOpened>> Act<E> for OpenConsultation {
    const SPEC: Spec = Spec {
        method: "OpenConsultation",
        vi: "lấy ý kiến",
        en: "Ask another unit",
        roles: &[Role::Officer, Role::Leader, Role::Chairman],
        units: Standing::Resolving,
        states: Stages::of(&[Stage::Received, Stage::Processing]),
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: may_open,
        urgency: Urgency::Running,
        order: 42,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let most = MOST_CONSULTATIONS;
        let number = next_number(on.consultations.len(), most)
            .ok_or(Refusal::TooManyConsultations { most })?;
        let due = self.term.due(&self.unit, rules.calendars, now)?;
        let opened = ConsultationOpened {
            silence_consents: silence_consents(on, &self.unit, rules, (now, due.at))?,
            number,
            unit: self.unit.clone(),
            question: private.words("question", &self.question),
            limit: self.term.limit(),
            due: due.at,
            provisional: due.provisional,
        };
        Ok(vec![opened.into()])
    }

    fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
        vec![("unit", &self.unit)]
    }

    fn promised_time(&self) -> Option<(&'static str, Instant)> {
        self.term.moment().map(|at| ("due_time", at))
    }
}

/// Whether the law takes silence until the due time as consent. It never does before the time is over
/// that the law itself gives.
fn silence_consents(
    on: &Dossier,
    unit: &UnitCode,
    rules: &Rules<'_>,
    (now, due): (Instant, Instant),
) -> Result<bool, Refusal> {
    let day = on.received.map(time::local_day);
    let rule = day.and_then(|day| rules.opinions.of(&on.procedure, day));
    let Some(rule) = rule.filter(|rule| rule.silence == Silence::Consents) else {
        return Ok(false);
    };
    let calendar = rules.calendars.for_unit(unit.as_str());
    Ok(due >= deadline::due(now, rule.within, calendar)?.at)
}

fn may_open(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.consultations.len() < MOST_CONSULTATIONS
}

/// Another unit was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultationOpened {
    /// Its number within the dossier.
    pub number: u16,
    /// The unit that is asked.
    pub unit: UnitCode,
    /// The question.
    pub question: Commitment,
    /// The limit, if the request gave one and no due time.
    pub limit: Option<Limit>,
    /// When the answer is due, counted in the hours of the consulted unit.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether the due time rests on a provisional day.
    pub provisional: bool,
    /// Whether no answer by then counts as consent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silence_consents: bool,
}

impl Fact for ConsultationOpened {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.consultations.push(Consultation {
            number: self.number,
            unit: self.unit.clone(),
            limit: self.limit,
            due: self.due,
            provisional: self.provisional,
            opened: by.at,
            answered: None,
            silence_consents: self.silence_consents,
            consented: false,
        });
    }
}

/// The answer has come.
#[derive(Debug, Clone)]
pub struct CloseConsultation {
    /// The number of the consultation.
    pub number: u16,
    /// The answer.
    pub answer: Words,
}

impl<E: From<ConsultationClosed>> Act<E> for CloseConsultation {
    const SPEC: Spec = Spec {
        method: "CloseConsultation",
        vi: "ghi nhận ý kiến",
        en: "Record the answer",
        roles: &[Role::Officer, Role::Leader, Role::Chairman],
        units: Standing::OfOpenConsultation,
        states: Stages::UNDER_WAY,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: has_open,
        urgency: Urgency::Running,
        order: 13,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let number = self.number;
        let open: Vec<u16> = on.open_consultations().map(|asked| asked.number).collect();
        if !open.contains(&number) {
            return Err(Refusal::ConsultationNotOpen { number, open });
        }
        let closed = ConsultationClosed {
            number,
            answer: private.words("answer", &self.answer),
        };
        Ok(vec![closed.into()])
    }

    fn own_part<'d>(&self, on: &'d Dossier) -> Option<&'d UnitCode> {
        let mut all = on.consultations.iter();
        let asked = all.find(|asked| asked.number == self.number);
        asked.map(|asked| &asked.unit)
    }
}

fn has_open(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.open_consultations().next().is_some()
}

/// The answer came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultationClosed {
    /// The number of the consultation.
    pub number: u16,
    /// The answer.
    pub answer: Commitment,
}

impl Fact for ConsultationClosed {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let mut all = to.consultations.iter_mut();
        if let Some(asked) = all.find(|asked| asked.number == self.number) {
            asked.answered = Some(by.at);
        }
    }
}

/// The consent that lies in silence, if the time of open questions was over at a moment.
#[must_use]
pub fn consent_by_silence(dossier: &Dossier, now: Instant) -> Option<ConsentedBySilence> {
    let silent = dossier.open_consultations();
    let silent = silent.filter(|asked| asked.is_consent(now));
    let numbers: Vec<u16> = silent.map(|asked| asked.number).collect();
    (!numbers.is_empty()).then_some(ConsentedBySilence { numbers })
}

/// Agencies that were asked said nothing in time, which counts as consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentedBySilence {
    /// The numbers of the consultations.
    pub numbers: Vec<u16>,
}

impl Fact for ConsentedBySilence {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        for asked in &mut to.consultations {
            asked.consented |= self.numbers.contains(&asked.number);
        }
    }
}
