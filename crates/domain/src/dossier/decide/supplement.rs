//! Papers asked for: at most as often as permitted, before and after reception together.

use super::Rules;
use super::components::refuse_unknown;
use super::vault::Vault;
use crate::deadline;
use crate::dossier::Dossier;
use crate::dossier::clock::Wait;
use crate::dossier::command::{SupplementException, SupplementItem};
use crate::dossier::event::{self, Event};
use crate::dossier::private::Words;
use crate::dossier::refusal::Refusal;
use crate::id::ComponentCode;
use crate::time::{self, Instant};

/// What is asked for.
pub(super) struct Asked<'a> {
    pub items: &'a [SupplementItem],
    pub reason: &'a Words,
    pub respond_by: Option<Instant>,
    pub exception: &'a Option<SupplementException>,
}

/// Papers are asked for: at most as often as permitted in all, before and after reception.
///
/// After reception a request later than the permitted working days is accepted and flagged.
/// Sources: Decree 61/2018/NĐ-CP, Art. 11(2)(c) and 19(4).
pub(super) fn request_supplement(
    dossier: &Dossier,
    asked: &Asked<'_>,
    rules: &Rules<'_>,
    now: Instant,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let permitted = rules.procedure.supplement_max;
    if dossier.supplements >= permitted && asked.exception.is_none() {
        return Err(Refusal::SupplementUsed { permitted });
    }
    let named: Vec<ComponentCode> = asked
        .items
        .iter()
        .filter_map(|item| item.component.clone())
        .collect();
    refuse_unknown(&named, rules.procedure)?;
    let notice_late = match dossier.received {
        Some(received) => {
            let last = rules.calendar.nth_working_day_after(
                time::local_day(received),
                rules.procedure.supplement_notice_wd.into(),
            )?;
            time::local_day(now) > last
        }
        None => false,
    };
    let respond_by = match (asked.respond_by, rules.procedure.supplement_window) {
        (Some(at), _) => Some(at),
        (None, Some(window)) => Some(deadline::due(now, window, rules.calendar)?.at),
        (None, None) => None,
    };
    let items = asked
        .items
        .iter()
        .enumerate()
        .map(|(at, item)| event::MissingItem {
            component: item.component.clone(),
            note: (!item.note.is_empty())
                .then(|| vault.words(&format!("items.{at}.note"), &item.note)),
        })
        .collect();
    Ok(Event::SupplementRequested(event::SupplementRequested {
        items,
        reason: vault.words("reason", asked.reason),
        respond_by,
        notice_late,
        exception: asked.exception.as_ref().map(|exception| event::Exception {
            reason: vault.words("exception.reason", &exception.reason),
            legal_basis: vault.words("exception.legal_basis", &exception.legal_basis),
        }),
        stands: dossier
            .clock
            .as_ref()
            .is_some_and(|clock| clock.would_stand(Wait::Supplement, now)),
    }))
}
