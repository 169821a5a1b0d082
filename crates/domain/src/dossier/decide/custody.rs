//! Papers on their way: to whom they are handed, and to which unit the dossier goes.

use super::Rules;
use super::components::refuse_unknown;
use super::vault::Vault;
use crate::deadline::hand_over;
use crate::dossier::command::HandOver;
use crate::dossier::custody::Party;
use crate::dossier::event::{self, Event};
use crate::dossier::private::Words;
use crate::dossier::refusal::Refusal;
use crate::dossier::{Channel, Dossier};
use crate::id::UnitCode;
use crate::time::Instant;

/// By when papers that came in at a unit must be handed over.
///
/// None without papers, and past the calendar: nobody may be kept from handing a dossier in by a
/// calendar that is not published yet.
pub(super) fn papers_due(
    unit: &UnitCode,
    channel: Channel,
    rules: &Rules<'_>,
    now: Instant,
) -> Option<Instant> {
    let calendar = rules.calendars.for_unit(unit.as_str());
    channel
        .is_paper()
        .then(|| hand_over::by(now, calendar).ok())
        .flatten()
}

/// Another unit decides from now on. The receiving unit stays who took the dossier in, and
/// nothing of the citizen's moves: neither clock nor code nor version of the procedure.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 18(3); Decree 118/2025/NĐ-CP (regardless of boundary).
pub(super) fn transfer(
    dossier: &Dossier,
    to: &UnitCode,
    returning: Option<&UnitCode>,
    reason: &Words,
    rules: &Rules<'_>,
    now: Instant,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    if *to == dossier.resolving {
        return Err(Refusal::AlreadyThere { unit: to.clone() });
    }
    let holder = dossier.custody.holder.as_ref();
    // Those who have the papers send them, in their own hours.
    let sender = holder.map_or(&dossier.resolving, |holder| &holder.party.unit);
    let hand_over_by = (sender != to && (holder.is_some() || dossier.channel.is_paper()))
        .then(|| hand_over::by(now, rules.calendars.for_unit(sender.as_str())).ok())
        .flatten();
    Ok(Event::Transferred(event::Transferred {
        from: dossier.resolving.clone(),
        to: to.clone(),
        returning: returning.cloned(),
        reason: vault.words("reason", reason),
        hand_over_by,
    }))
}

/// Papers change hands: only who holds them can give them.
///
/// What is due is the hand-over to the unit that decides. Where nothing is known of a holder,
/// as of an electronic dossier, the giver is taken at their word.
pub(super) fn hand_over(
    dossier: &Dossier,
    asked: &HandOver,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Event, Refusal> {
    refuse_unknown(&asked.components, rules.procedure)?;
    refuse_unknown(&asked.originals, rules.procedure)?;
    let giver = asked.giver.as_ref().unwrap_or(&rules.acting.actor);
    let from = match &dossier.custody.holder {
        Some(holder) if holder.party.actor == *giver => holder.party.clone(),
        Some(holder) => {
            return Err(Refusal::NotHolder {
                giver: giver.clone(),
                holder: Box::new(holder.clone()),
            });
        }
        None => Party {
            actor: giver.clone(),
            unit: rules.acting.unit.clone(),
        },
    };
    let unit = asked.receiver_unit.as_ref().unwrap_or(&dossier.resolving);
    let to = Party {
        actor: asked.receiver.clone(),
        unit: unit.clone(),
    };
    if from == to {
        return Err(Refusal::AlreadyHolder { receiver: to.actor });
    }
    let was_due = to.unit == dossier.resolving;
    let late = was_due && dossier.custody.hand_over_by.is_some_and(|by| now > by);
    Ok(Event::HandedOver(event::HandedOver {
        from,
        to,
        components: asked.components.clone(),
        originals: asked.originals.clone(),
        on_paper: asked.on_paper,
        late,
    }))
}
