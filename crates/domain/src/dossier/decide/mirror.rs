//! What another system says, and what a person makes of its contradictions.

use super::Decision;
use super::vault::Vault;
use crate::dossier::Dossier;
use crate::dossier::event::{self, Event};
use crate::dossier::mirror::{Claim, Contradiction, Verdict, is_older, weigh};
use crate::dossier::private::Words;
use crate::dossier::refusal::Refusal;

/// Takes a message from another system: believed, known, or kept as a conflict. Never refused,
/// for then it would be lost.
pub(super) fn record(dossier: &Dossier, claim: &Claim) -> Decision {
    let event = match weigh(dossier, claim) {
        Verdict::Follows => Some(Event::MirroredStatus(claim.clone())),
        Verdict::Known => None,
        Verdict::Contradicts(why) => Some(Event::Conflicted(event::Conflicted {
            number: next_number(dossier),
            claim: claim.clone(),
            why,
        })),
    };
    Decision {
        events: event.into_iter().collect(),
        private: Vec::new(),
    }
}

/// A person settles a conflict. The record of it stays.
///
/// A message can be believed after all only where nothing but the order of statuses spoke
/// against it: the word of another system, or an older one, is never taken.
pub(super) fn settle(
    dossier: &Dossier,
    number: u16,
    apply: bool,
    reason: &Words,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let open = || dossier.mirror.open();
    let conflict = open()
        .find(|conflict| conflict.number == number)
        .ok_or_else(|| Refusal::NoOpenConflict {
            number,
            open: open().map(|conflict| conflict.number).collect(),
        })?;
    let credible = conflict.why == Contradiction::Transition && !is_older(dossier, &conflict.claim);
    if apply && !credible {
        return Err(Refusal::NotCredible {
            number,
            why: conflict.why,
        });
    }
    Ok(Event::ConflictSettled {
        number,
        reason: vault.words("reason", reason),
        applied: apply,
    })
}

fn next_number(dossier: &Dossier) -> u16 {
    let last = dossier.mirror.conflicts.last();
    last.map_or(1, |conflict| conflict.number.saturating_add(1))
}
