//! What a command means for a dossier. Pure: same inputs, same answer.

mod components;
mod correction;
mod custody;
mod elsewhere;
mod extension;
mod intake;
mod mirror;
mod planned;
mod supplement;
mod vault;

use std::iter;

pub(super) use extension::closing_if_in_days;
pub use intake::{receive, receive_offline, submit};

use super::clock::{Moved, Wait};
use super::command::{Action, Command};
use super::event::Event;
use super::private::{Private, Salt};
use super::refusal::Refusal;
use super::{Dossier, State, Status, allowed, paper};
use crate::calendar::{Calendar, Calendars};
use crate::id::{ActorId, UnitCode};
use crate::limit::Limit;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;
use components::refuse_unknown;
use custody::{hand_over, transfer};
use elsewhere::{close_consultation, close_leg, open_consultation, open_leg};
use extension::extend;
use intake::{accept, answer_due};
use supplement::{Asked, request_supplement};
use vault::Vault;

/// Everything besides the dossier that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The procedure version: the pinned one, or the one in force when a dossier begins.
    pub procedure: &'a Procedure,
    /// The calendar of the unit that decides the dossier; due times count in its hours.
    pub calendar: &'a Calendar,
    /// The calendars of all units, for times that another unit must meet.
    pub calendars: &'a Calendars,
    /// The time within which a submission must be answered, where a rule gives one.
    pub answer_limit: Option<Limit>,
    /// The salt under which personal values are committed to.
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

/// What follows from a command: facts, and the personal values they commit to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The events, in order; each raises the version by one.
    pub events: Vec<Event>,
    /// The personal values, each with the name under which an event commits to it.
    pub private: Vec<Private>,
}

/// Decides what a command means for a dossier.
///
/// `now` is the moment the command arrived, never before what last happened to the
/// dossier. On acceptance, `rules.procedure` is the version in force that day, which the
/// dossier then keeps.
pub fn decide(
    dossier: &Dossier,
    command: &Command,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    refuse_unfit(dossier, command.action())?;
    let mut vault = Vault::new(rules.salt, dossier.version + 1);
    let mut legs = Vec::new();
    let event = match command {
        Command::Accept { components, papers } => {
            legs = planned::at_reception(rules.procedure);
            accept(dossier, components, papers, rules, now)?
        }
        Command::Refuse { reason, competent } => Event::Refused {
            reason: vault.words("reason", reason),
            competent: competent.clone(),
        },
        Command::RequestSupplement {
            items,
            reason,
            respond_by,
            exception,
        } => {
            let asked = Asked {
                items,
                reason,
                respond_by: *respond_by,
                exception,
            };
            request_supplement(dossier, &asked, rules, now, &mut vault)?
        }
        Command::RecordSupplement { components, papers } => {
            let components = paper::components(components, papers);
            refuse_unknown(&components, rules.procedure)?;
            let moved = match &dossier.clock {
                Some(clock) => clock.after_wait(now, rules.calendar)?,
                None => None,
            };
            Event::SupplementRecorded {
                components,
                papers: papers.clone(),
                answer_due: match dossier.received {
                    Some(_) => None,
                    None => answer_due(now, rules)?,
                },
                moved,
            }
        }
        Command::Advance { step, assignee } => {
            allowed::by_role(dossier, rules.procedure, rules.acting.role)?;
            let next = allowed::next_steps(dossier, rules.procedure);
            let follows = match step {
                Some(step) => next.contains(step),
                None => rules.procedure.is_outline() && dossier.state == State::Received,
            };
            if !follows {
                return Err(Refusal::StepNotNext {
                    step: step.clone(),
                    next,
                });
            }
            legs = planned::behind(dossier, rules.procedure);
            Event::Advanced {
                step: step.clone(),
                assignee: assignee.clone(),
            }
        }
        Command::Assign { assignee } => Event::Assigned {
            assignee: assignee.clone(),
        },
        Command::Transfer {
            to,
            returning,
            reason,
        } => transfer(
            dossier,
            to,
            returning.as_ref(),
            reason,
            rules,
            now,
            &mut vault,
        )?,
        Command::HandOver(asked) => hand_over(dossier, asked, rules, now)?,
        Command::RequestPayment { amount_vnd, reason } => Event::PaymentRequested {
            reason: vault.words("reason", reason),
            amount_vnd: *amount_vnd,
            stands: dossier
                .clock
                .as_ref()
                .is_some_and(|clock| clock.would_stand(Wait::Payment, now)),
        },
        Command::RecordPayment { amount_vnd, method }
            if dossier.status() != Status::PaymentRequested =>
        {
            Event::FeePaid {
                amount_vnd: *amount_vnd,
                method: *method,
            }
        }
        Command::RefundPayment { amount_vnd, reason } => {
            let kept = dossier.fee_kept_vnd();
            if kept == 0 || *amount_vnd > kept {
                return Err(Refusal::RefundTooLarge { kept_vnd: kept });
            }
            Event::Refunded {
                amount_vnd: *amount_vnd,
                reason: vault.words("reason", reason),
            }
        }
        Command::RecordPayment { amount_vnd, method } => Event::PaymentRecorded {
            amount_vnd: *amount_vnd,
            method: *method,
            moved: match &dossier.clock {
                Some(clock) => clock.after_wait(now, rules.calendar)?,
                None => None,
            },
        },
        Command::Extend(extension) => extend(dossier, extension, rules, now, &mut vault)?,
        Command::Withdraw { reason } => Event::Withdrawn {
            reason: (!reason.is_empty()).then(|| vault.words("reason", reason)),
            moved: cut_short(dossier, rules, now),
        },
        Command::Stop {
            reason,
            legal_basis,
        } => Event::Stopped {
            reason: vault.words("reason", reason),
            legal_basis: vault.words("legal_basis", legal_basis),
            moved: cut_short(dossier, rules, now),
        },
        Command::OpenLeg {
            unit,
            lead,
            task,
            term,
        } => {
            let asked = elsewhere::Asked {
                unit,
                words: task,
                term: *term,
            };
            open_leg(dossier, &asked, *lead, rules, now, &mut vault)?
        }
        Command::CloseLeg { number, result } => close_leg(dossier, *number, result, &mut vault)?,
        Command::OpenConsultation {
            unit,
            question,
            term,
        } => {
            let asked = elsewhere::Asked {
                unit,
                words: question,
                term: *term,
            };
            open_consultation(dossier, &asked, rules, now, &mut vault)?
        }
        Command::CloseConsultation { number, answer } => {
            close_consultation(dossier, *number, answer, &mut vault)?
        }
        Command::Resolve { results } => {
            allowed::to_resolve(dossier, rules.procedure, rules.acting.role)?;
            Event::Resolved {
                results: results.clone(),
            }
        }
        Command::Return {
            receiver,
            proxy,
            channel,
        } => Event::Returned {
            receiver: receiver
                .as_ref()
                .map(|person| vault.person("receiver", person)),
            proxy: *proxy,
            channel: *channel,
        },
        Command::Rate {
            score,
            method,
            comment,
        } => {
            if let Some(rating) = &dossier.rating {
                return Err(Refusal::AlreadyRated { at: rating.at });
            }
            Event::Rated {
                score: *score,
                method: *method,
                comment: (!comment.is_empty()).then(|| vault.words("comment", comment)),
            }
        }
        Command::Correct { corrected, reason } => {
            correction::propose(dossier, corrected, reason, rules, &mut vault)?
        }
        Command::DecideCorrection {
            number,
            approve,
            note,
        } => correction::decide(dossier, *number, *approve, note, rules, &mut vault)?,
        Command::RecordMirrored(claim) => return Ok(mirror::record(dossier, claim)),
        Command::SettleConflict {
            number,
            apply,
            reason,
        } => mirror::settle(dossier, *number, *apply, reason, &mut vault)?,
    };
    let units = planned::Units {
        receiving: &dossier.receiving,
        resolving: &dossier.resolving,
    };
    let opened = planned::open(&legs, dossier.legs.len(), &units, rules, now, &mut vault)?;
    Ok(vault.decision(iter::once(event).chain(opened).collect()))
}

/// Refuses what the state does not permit, and anything the desk wants of a mirror.
///
/// What another system says is weighed and never refused, and a contradiction may be settled
/// whenever there is one.
fn refuse_unfit(dossier: &Dossier, action: Action) -> Result<(), Refusal> {
    if matches!(action, Action::RecordMirrored | Action::SettleConflict) {
        return Ok(());
    }
    if let Some(system) = &dossier.mirrored {
        return Err(Refusal::Mirrored {
            system: system.clone(),
        });
    }
    if !allowed::permits(dossier, action) {
        return Err(Refusal::WrongState {
            action,
            status: dossier.status(),
        });
    }
    Ok(())
}

fn cut_short(dossier: &Dossier, rules: &Rules<'_>, now: Instant) -> Option<Moved> {
    let clock = dossier.clock.as_ref()?;
    clock.after_wait_cut_short(now, rules.calendar)
}
