//! Papers asked for and brought (*bổ sung hồ sơ*, form 02).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency, always};
use super::submit::answer_due;
use crate::calendar;
use crate::deadline;
use crate::dossier::Dossier;
use crate::dossier::clock::{Moved, Wait};
use crate::dossier::components::{self, refuse_scanned, refuse_unknown};
use crate::dossier::counting::Counting;
use crate::dossier::paper::Paper;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::{Back, State};
use crate::id::ComponentCode;
use crate::procedure::{DataFailure, Procedure};
use crate::role::Role;
use crate::time::{self, Instant};

/// Ask for papers: one structured list, complete at once.
///
/// At most as often as permitted in all, before and after reception; once more for an exception that
/// another person has permitted ([`super::PermitSupplement`]). After reception a request
/// later than the permitted working days is accepted and flagged.
/// Sources: Decree 61/2018/NĐ-CP, Art. 11(2)(c) and 19(4).
#[derive(Debug, Clone)]
pub struct RequestSupplement {
    /// What is missing.
    pub items: Vec<SupplementItem>,
    /// Why.
    pub reason: Words,
    /// The last moment for the citizen; if not given, the procedure's own limit.
    pub respond_by: Option<Instant>,
    /// What permits a request beyond the permitted number.
    pub exception: Option<SupplementException>,
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplementItem {
    /// The component, when the procedure names it.
    pub component: Option<ComponentCode>,
    /// What about it.
    pub note: Words,
    /// Why the office could not take it from a database; needed of a paper that one replaces.
    pub data_failure: Option<DataFailure>,
}

/// What permits a supplement request beyond the permitted number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplementException {
    /// Why it is needed.
    pub reason: Words,
    /// The rule that permits it.
    pub legal_basis: Words,
}

impl<E: From<SupplementRequested>> Act<E> for RequestSupplement {
    const SPEC: Spec = Spec {
        method: "RequestSupplement",
        vi: "yêu cầu bổ sung",
        en: "Request papers",
        roles: &[
            Role::Receptionist,
            Role::Officer,
            Role::Leader,
            Role::Chairman,
        ],
        units: Standing::ResolvingOrReceiving,
        states: Stages::of(&[Stage::Submitted, Stage::Received, Stage::Processing]),
        moves: &[
            Move {
                from: Stages::of(&[Stage::Submitted]),
                to: Stage::PapersBeforeReception,
            },
            Move {
                from: Stages::of(&[Stage::Received, Stage::Processing]),
                to: Stage::SupplementRequested,
            },
        ],
        on_mirror: OnMirror::Refused,
        possible: may_ask,
        urgency: Urgency::Running,
        order: 20,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let permitted = rules.procedure.supplement_max;
        if on.supplements >= permitted {
            self.refuse_alone(on, rules)?;
        }
        let named: Vec<ComponentCode> = self
            .items
            .iter()
            .filter_map(|item| item.component.clone())
            .collect();
        refuse_unknown(&named, rules.procedure)?;
        self.refuse_what_data_replace(rules, now)?;
        let requested = SupplementRequested {
            notice_late: is_late(on, rules, now)?,
            respond_by: self.respond_by(rules, now)?,
            items: self.missing(private),
            reason: private.words("reason", &self.reason),
            exception: self.exception.as_ref().map(|exception| Exception {
                reason: private.words("exception.reason", &exception.reason),
                legal_basis: private.words("exception.legal_basis", &exception.legal_basis),
            }),
            stands: on
                .clock
                .as_ref()
                .is_some_and(|clock| clock.would_stand(Wait::Supplement, now)),
        };
        Ok(vec![requested.into()])
    }

    fn promised_time(&self) -> Option<(&'static str, Instant)> {
        self.respond_by.map(|at| ("respond_by_time", at))
    }
}

fn may_ask(on: &Dossier, procedure: &Procedure, _: Role) -> bool {
    on.supplements < procedure.supplement_max || on.supplement_permit.is_some()
}

impl RequestSupplement {
    /// Refuses one more request than is permitted, unless it says what permits it and another
    /// person has permitted it.
    fn refuse_alone(&self, on: &Dossier, rules: &Rules<'_>) -> Result<(), Refusal> {
        let permitted = rules.procedure.supplement_max;
        if self.exception.is_none() {
            return Err(Refusal::SupplementUsed { permitted });
        }
        let Some(permit) = &on.supplement_permit else {
            return Err(Refusal::SupplementNotPermitted { permitted });
        };
        if permit.by == rules.acting.actor {
            return Err(Refusal::SamePerson {
                actor: permit.by.clone(),
            });
        }
        Ok(())
    }

    /// Refuses to ask for a paper that a database replaces, unless the data could not be had.
    fn refuse_what_data_replace(&self, rules: &Rules<'_>, now: Instant) -> Result<(), Refusal> {
        let (code, day) = (&rules.procedure.code, time::local_day(now));
        let mut asked = self.items.iter().filter(|item| item.data_failure.is_none());
        let replaced = asked.find_map(|item| {
            let component = item.component.as_ref()?;
            let database = rules.papers.replaced_by(code, component, day)?;
            Some(Refusal::ReplacedByData {
                component: component.clone(),
                database: database.clone(),
            })
        });
        replaced.map_or(Ok(()), Err)
    }

    fn respond_by(&self, rules: &Rules<'_>, now: Instant) -> Result<Option<Instant>, Refusal> {
        Ok(match (self.respond_by, rules.procedure.supplement_window) {
            (Some(at), _) => Some(at),
            (None, Some(window)) => Some(deadline::due(now, window, rules.calendar)?.at),
            (None, None) => None,
        })
    }

    fn missing(&self, private: &mut PrivateValues<'_>) -> Vec<MissingItem> {
        let items = self.items.iter().enumerate();
        items
            .map(|(at, item)| {
                let noted = !item.note.is_empty();
                MissingItem {
                    component: item.component.clone(),
                    note: noted.then(|| private.words(&format!("items.{at}.note"), &item.note)),
                    data_failure: item.data_failure,
                }
            })
            .collect()
    }
}

/// Whether the request comes later after reception than the procedure permits.
fn is_late(on: &Dossier, rules: &Rules<'_>, now: Instant) -> Result<bool, Refusal> {
    let Some(received) = on.received else {
        return Ok(false);
    };
    let last = rules.calendar.nth_working_day_after(
        time::local_day(received),
        rules.procedure.supplement_notice_wd.into(),
    )?;
    Ok(time::local_day(now) > last)
}

/// Papers were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementRequested {
    /// What is missing.
    pub items: Vec<MissingItem>,
    /// Why.
    pub reason: Commitment,
    /// The last moment for the citizen.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub respond_by: Option<Instant>,
    /// Whether the request came later after reception than the procedure permits. It is flagged,
    /// not refused.
    pub notice_late: bool,
    /// What permits a request beyond the permitted number.
    pub exception: Option<Exception>,
    /// Whether the clock stands until the papers come.
    pub stands: bool,
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingItem {
    /// The component, when the procedure names it.
    pub component: Option<ComponentCode>,
    /// What about it.
    pub note: Option<Commitment>,
    /// Why the office could not take it from a database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_failure: Option<DataFailure>,
}

/// What permits a supplement request beyond the permitted number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Why it is needed.
    pub reason: Commitment,
    /// The rule that permits it.
    pub legal_basis: Commitment,
}

impl Fact for SupplementRequested {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let back = match std::mem::replace(&mut to.state, State::Received) {
            State::Submitted => Back::Submitted,
            State::Processing { step } => Back::Processing { step },
            State::Received
            | State::Refused
            | State::SupplementRequested { .. }
            | State::PaymentRequested { .. }
            | State::Withdrawn
            | State::Stopped
            | State::Resolved
            | State::Returned => Back::Received,
        };
        to.enter(State::SupplementRequested { back }, by.at);
        to.supplements = to.supplements.saturating_add(1);
        to.supplement_permit = None;
        to.notice_late |= self.notice_late;
        to.respond_by = self.respond_by;
        to.answer_due = to.answer_due.filter(|_| to.received.is_some());
        to.begin_wait(self.stands, by.at);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Yêu cầu bổ sung giấy tờ", "Further papers requested")
    }
}

/// The papers have come, completely.
#[derive(Debug, Clone)]
pub struct RecordSupplement {
    /// What came.
    pub components: Vec<ComponentCode>,
    /// Details of each paper, including papers that `components` does not name.
    pub papers: Vec<Paper>,
}

impl<E: From<SupplementRecorded>> Act<E> for RecordSupplement {
    const SPEC: Spec = Spec {
        method: "RecordSupplement",
        vi: "ghi nhận bổ sung",
        en: "Papers received",
        roles: &[Role::Receptionist, Role::Chairman, Role::Portal],
        units: Standing::ReceivingOrResolving,
        states: Stages::of(&[Stage::PapersBeforeReception, Stage::SupplementRequested]),
        moves: &[
            Move {
                from: Stages::of(&[Stage::PapersBeforeReception]),
                to: Stage::Submitted,
            },
            Move {
                from: Stages::of(&[Stage::SupplementRequested]),
                to: Stage::Received,
            },
            Move {
                from: Stages::of(&[Stage::SupplementRequested]),
                to: Stage::Processing,
            },
        ],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 3,
        primary: Stages::of(&[Stage::PapersBeforeReception, Stage::SupplementRequested]),
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        _private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let components = components::named(&self.components, &self.papers);
        refuse_unknown(&components, rules.procedure)?;
        refuse_scanned(&self.papers, rules, now)?;
        let moved = match &on.clock {
            Some(clock) => clock.after_wait(now, rules.calendar)?,
            None => None,
        };
        let recorded = SupplementRecorded {
            components,
            papers: self.papers.clone(),
            answer_due: match on.received {
                Some(_) => None,
                None => answer_due(now, rules)?,
            },
            moved,
        };
        Ok(vec![recorded.into()])
    }
}

/// The papers came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementRecorded {
    /// What came.
    pub components: Vec<ComponentCode>,
    /// Details of each paper, as far as they were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// When the desk must answer again, if it has not accepted the dossier yet.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub answer_due: Option<Instant>,
    /// How the due times moved.
    pub moved: Option<Moved>,
}

impl Fact for SupplementRecorded {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.add_components(&self.components, &self.papers);
        to.respond_by = None;
        to.answer_due = self.answer_due.or(to.answer_due);
        to.end_wait(self.moved.as_ref(), by.at);
        if let State::SupplementRequested { back } = to.state.clone() {
            to.enter(back.into(), by.at);
        }
    }

    fn recount(
        &mut self,
        on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        self.answer_due = counting.answer(self.answer_due)?;
        self.moved = counting.after_wait(on)?;
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã nhận giấy tờ bổ sung", "Papers received")
    }
}
