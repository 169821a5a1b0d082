//! What another system reports of a dossier, and how a person settles its contradictions.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::dossier::Dossier;
use crate::dossier::clock::Clock;
use crate::dossier::mirror::{
    Claim, Conflict, Contradiction, Settled, Verdict, follows, is_older, weigh,
};
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::dossier::state::{Back, State};
use crate::dossier::status::Status;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Takes a message from another system: believes it, recognises it as known, or keeps it as a
/// conflict. A refusal would lose the message, so none is refused.
impl<E: From<Claim> + From<Conflicted>> Act<E> for Claim {
    const SPEC: Spec = Spec {
        method: "RecordMirroredStatus",
        vi: "cập nhật trạng thái đồng bộ",
        en: "Record a status from another system",
        roles: &[Role::Portal],
        units: Standing::ReceivingOrResolving,
        states: Stages::ALL,
        moves: &[],
        on_mirror: OnMirror::Heard,
        possible: goes_on,
        urgency: Urgency::Running,
        order: 70,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        _private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        Ok(match weigh(on, self) {
            Verdict::Follows => vec![self.clone().into()],
            Verdict::Known => Vec::new(),
            Verdict::Contradicts(why) => {
                let last = on.mirror.conflicts.last();
                let conflicted = Conflicted {
                    number: last.map_or(1, |conflict| conflict.number.saturating_add(1)),
                    claim: self.clone(),
                    why,
                };
                vec![conflicted.into()]
            }
        })
    }
}

fn goes_on(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.mirrored.is_some() && !follows(on).is_empty()
}

/// The deciding system gave a status, with the time that the system states.
///
/// State, times and due time follow that system. The first reception and the first due time stay,
/// because no clock starts again when a dossier moves from one system to another.
impl Fact for Claim {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        believe(self, to, by.at);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Some(Told {
            vi: self.status.name_vi().into(),
            en: sentence(self.status.name_en()).into(),
        })
    }
}

fn believe(claim: &Claim, to: &mut Dossier, told: Instant) {
    let at = claim.at;
    let asked = matches!(to.state, State::SupplementRequested { .. });
    to.since = at;
    to.returned = None;
    to.state = match claim.status {
        Status::Submitted => State::Submitted,
        Status::Received => {
            to.received.get_or_insert(at);
            State::Received
        }
        Status::Refused => State::Refused,
        Status::Processing => State::Processing { step: None },
        Status::SupplementRequested => {
            to.supplements = to.supplements.saturating_add(u8::from(!asked));
            let back = match to.received {
                Some(_) => Back::Processing { step: None },
                None => Back::Submitted,
            };
            State::SupplementRequested { back }
        }
        Status::PaymentRequested => State::PaymentRequested { step: None },
        Status::Withdrawn => State::Withdrawn,
        Status::Stopped => State::Stopped,
        Status::Resolved => State::Resolved,
        Status::Returned => {
            to.returned = Some(at);
            State::Returned
        }
    };
    if claim.status.is_open() {
        to.ended = None;
    } else if to.ended.is_none() {
        to.ended = Some(at);
        to.mirror.ended_belatedly |= at < told;
    }
    if let Some(due) = claim.due {
        to.clock
            .get_or_insert_with(|| Clock::told_elsewhere(to.received.unwrap_or(at), due))
            .is_told(due);
    }
    to.mirror.applied.push(claim.clone());
}

/// The words with a capital first letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A message of another system contradicts the known facts. The dossier changes in nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflicted {
    /// Its number within the dossier, from 1.
    pub number: u16,
    /// What was said.
    pub claim: Claim,
    /// Why the message cannot be true beside the known facts.
    pub why: Contradiction,
}

impl Fact for Conflicted {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.mirror.conflicts.push(Conflict {
            number: self.number,
            claim: self.claim.clone(),
            why: self.why,
            came: by.at,
            settled: None,
        });
    }
}

/// A person settles a conflict. The record of it stays.
///
/// The person may believe the message only if nothing but the order of statuses spoke against it. A
/// message from the wrong system, or an older one, is never believed.
#[derive(Debug, Clone)]
pub struct SettleConflict {
    /// Which one.
    pub number: u16,
    /// Believe the message after all.
    pub apply: bool,
    /// Why so.
    pub reason: Words,
}

impl<E: From<ConflictSettled>> Act<E> for SettleConflict {
    const SPEC: Spec = Spec {
        method: "SettleConflict",
        vi: "xử lý mâu thuẫn dữ liệu",
        en: "Settle a contradiction",
        roles: &[Role::Chairman, Role::Province],
        units: Standing::ResolvingOrReceiving,
        states: Stages::ALL,
        moves: &[],
        on_mirror: OnMirror::Heard,
        possible: has_open,
        urgency: Urgency::Running,
        order: 15,
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
        let open = || on.mirror.open();
        let conflict = open()
            .find(|conflict| conflict.number == number)
            .ok_or_else(|| Refusal::NoOpenConflict {
                number,
                open: open().map(|conflict| conflict.number).collect(),
            })?;
        let credible = conflict.why == Contradiction::Transition && !is_older(on, &conflict.claim);
        if self.apply && !credible {
            return Err(Refusal::NotCredible {
                number,
                why: conflict.why,
            });
        }
        let settled = ConflictSettled {
            number,
            reason: private.words("reason", &self.reason),
            applied: self.apply,
        };
        Ok(vec![settled.into()])
    }
}

fn has_open(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.mirror.open().next().is_some()
}

/// A person settled such a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictSettled {
    /// Which one.
    pub number: u16,
    /// Why so.
    pub reason: Commitment,
    /// Whether the person believed the message.
    pub applied: bool,
}

impl Fact for ConflictSettled {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let mut conflicts = to.mirror.conflicts.iter_mut();
        let Some(conflict) = conflicts.find(|it| it.number == self.number) else {
            return;
        };
        conflict.settled = Some(Settled {
            at: by.at,
            applied: self.applied,
        });
        if self.applied {
            let claim = conflict.claim.clone();
            believe(&claim, to, by.at);
        }
    }
}
