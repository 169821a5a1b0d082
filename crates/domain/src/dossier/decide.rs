//! What an act means for a dossier. Pure: same inputs, same answer.

use super::Dossier;
use super::acts::{Command, OnMirror, Reception, Spec, Submission};
use super::event::Event;
use super::private::{Private, PrivateValues};
use super::refusal::Refusal;
use super::rules::Rules;
use crate::code::DossierCode;
use crate::time::Instant;

/// What follows from an act: facts, and the personal values they commit to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The events, in order; each raises the version by one.
    pub events: Vec<Event>,
    /// The personal values, each with the name under which an event commits to it.
    pub private: Vec<Private>,
}

/// A portal hands a dossier in.
pub fn submit(
    submission: &Submission,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    of_version(1, rules, |private| submission.decide(rules, now, private))
}

/// A desk takes a dossier in. Its code is sealed in by the commit.
pub fn receive(
    reception: &Reception,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    of_version(1, rules, |private| {
        reception.decide(None, rules, now, private)
    })
}

/// A desk took a dossier in without a line, under a number that it had taken along. `at` is when
/// it did; due times count from there.
pub fn receive_offline(
    reception: &Reception,
    code: &DossierCode,
    rules: &Rules<'_>,
    at: Instant,
) -> Result<Decision, Refusal> {
    of_version(1, rules, |private| {
        reception.decide(Some(code), rules, at, private)
    })
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
    refuse_unfit(dossier, command.action().spec())?;
    of_version(dossier.version + 1, rules, |private| {
        command.decide(dossier, rules, now, private)
    })
}

fn of_version(
    version: u32,
    rules: &Rules<'_>,
    events: impl FnOnce(&mut PrivateValues<'_>) -> Result<Vec<Event>, Refusal>,
) -> Result<Decision, Refusal> {
    let mut private = PrivateValues::new(rules.salt, version);
    Ok(Decision {
        events: events(&mut private)?,
        private: private.into_kept(),
    })
}

/// Refuses what the state does not permit, and anything the desk wants of a mirror.
fn refuse_unfit(dossier: &Dossier, spec: &'static Spec) -> Result<(), Refusal> {
    if let Some(system) = &dossier.mirrored
        && spec.on_mirror == OnMirror::Refused
    {
        return Err(Refusal::Mirrored {
            system: system.clone(),
        });
    }
    if !spec.states.has(dossier.state.stage()) {
        return Err(Refusal::WrongState {
            act: spec,
            status: dossier.status(),
        });
    }
    Ok(())
}
