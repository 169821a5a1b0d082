//! What every use case shares: the ports, the catalogue and the keys.

use std::collections::HashMap;
use std::sync::Arc;

use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::dossier::acts::permit_supplement::Permit;
use domain::dossier::private::Person;
use domain::dossier::{self, Action, Channel, Dossier, Status, next_steps};
use domain::id::{DossierId, ProvinceCode};
use domain::procedure::Procedure;
use domain::time::Instant;
use domain::{deadline, time};

use crate::access::{self, Caller, Method, Visibility};
use crate::catalogues::Catalogues;
use crate::closed_days::Closed;
use crate::error::Error;
use crate::foresight::{Foresight, Laid, Level, counts_elapsed};
use crate::keys::Keys;
use crate::ports::{Clock, Ids, ReadTx, Store};
use crate::view::{Timing, View};

/// The ports, the catalogue and the keys.
pub(crate) struct Context {
    pub store: Arc<dyn Store>,
    pub catalogues: Catalogues,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub keys: Keys,
    pub foresight: Foresight,
    pub closed: Closed,
}

impl Context {
    /// The catalogue of a province.
    pub fn catalogue(&self, province: &ProvinceCode) -> Arc<Catalogue> {
        self.catalogues.of(province)
    }

    /// The calendar that counts a dossier's due times: that of the deciding unit.
    pub fn calendar(&self, dossier: &Dossier) -> Arc<Calendar> {
        let catalogue = self.catalogue(&dossier.province);
        Arc::clone(catalogue.calendars.for_unit(dossier.resolving.as_str()))
    }

    /// Whether the catalogue has the dossier's version of its procedure.
    pub fn knows(&self, dossier: &Dossier) -> bool {
        let catalogue = self.catalogue(&dossier.province);
        let version = dossier.procedure_version;
        (catalogue.procedures.get(&dossier.procedure, version)).is_some()
    }

    /// The dossier's version of its procedure.
    pub fn pinned(&self, dossier: &Dossier) -> Result<Arc<Procedure>, Error> {
        let catalogue = self.catalogue(&dossier.province);
        let found = catalogue
            .procedures
            .get(&dossier.procedure, dossier.procedure_version);
        found.cloned().ok_or_else(|| {
            let (code, version) = (&dossier.procedure, dossier.procedure_version);
            Error::Internal(format!("the catalogue has lost version {version} of {code}").into())
        })
    }

    /// The acts that the caller could do on a dossier now.
    pub fn allowed(
        &self,
        caller: &Caller,
        dossier: &Dossier,
        procedure: &Procedure,
    ) -> Vec<Action> {
        // An act must be open to a role and possible in that same role.
        let of_role = |role| {
            let possible = dossier::allowed_actions(dossier, procedure, role).into_iter();
            possible.filter(move |action| action.spec().roles.contains(&role))
        };
        let mut actions: Vec<Action> = caller.roles().flat_map(of_role).collect();
        if !caller.also.is_empty() {
            let place = |wanted: &Action| Action::ALL.iter().position(|action| action == wanted);
            actions.sort_by_key(place);
            actions.dedup();
        }
        actions
            .into_iter()
            .filter(|action| access::check_dossier(caller, Method::Act(*action), dossier).is_ok())
            // Nobody decides on the own correction.
            .filter(|action| {
                *action != Action::DecideCorrection
                    || (dossier.corrections.open()).any(|open| open.author != caller.actor)
            })
            // Nobody makes the request that they permitted.
            .filter(|action| {
                let own = |permit: &Permit| permit.by == caller.actor;
                *action != Action::RequestSupplement
                    || !dossier.supplement_permit.as_ref().is_some_and(own)
            })
            .collect()
    }

    /// A dossier as the caller may see it, judged at a moment.
    pub fn view(
        &self,
        caller: &Caller,
        dossier: Dossier,
        people: HashMap<String, Person>,
        at: Instant,
    ) -> Result<View, Error> {
        let procedure = self.pinned(&dossier)?;
        let people: HashMap<String, Person> = people
            .into_iter()
            .filter_map(|(item, person)| Some((item, seen_by(caller, person)?)))
            .collect();
        Ok(View {
            applicant: people.get(dossier.corrections.applicant_item()).cloned(),
            people,
            allowed: self.allowed(caller, &dossier, &procedure),
            next_steps: next_steps(&dossier, &procedure),
            timing: self.timing(&dossier, at)?,
            at,
            for_unit: None,
            foreseen: None,
            receipt: None,
            procedure,
            dossier,
        })
    }

    /// Adds forecasts to views of one province.
    pub async fn foresee(&self, read: &dyn ReadTx, views: &mut [View]) -> Result<(), Error> {
        let Some(first) = views.first() else {
            return Ok(());
        };
        let province = first.dossier.province.clone();
        let now = first.at;
        let dossiers: Vec<&Dossier> = views.iter().map(|view| &view.dossier).collect();
        let foresight = &self.foresight;
        let laid = foresight
            .lay_out(read, &self.catalogues, &province, &dossiers, now)
            .await?;
        let ids: Vec<DossierId> = laid.keys().copied().collect();
        let flags = read.last_flags(&province, &ids).await?;
        let catalogue = self.catalogue(&province);
        for view in views {
            let Some(laid) = laid.get(&view.dossier.id) else {
                continue;
            };
            let previous = flags.get(&view.dossier.id).map(|flag| flag.level);
            let apology_by = view.timing.apology_by;
            view.foreseen = laid.foreseen(previous, &view.dossier, &catalogue, apology_by, now);
        }
        Ok(())
    }

    /// The level of each dossier of a province that has a forecast.
    pub async fn levels(
        &self,
        read: &dyn ReadTx,
        dossiers: &[Dossier],
        now: Instant,
    ) -> Result<HashMap<DossierId, Level>, Error> {
        let Some(first) = dossiers.first() else {
            return Ok(HashMap::new());
        };
        let province = &first.province;
        let all: Vec<&Dossier> = dossiers.iter().collect();
        let laid = self
            .foresight
            .lay_out(read, &self.catalogues, province, &all, now)
            .await?;
        let ids: Vec<DossierId> = laid.keys().copied().collect();
        let flags = read.last_flags(province, &ids).await?;
        let level = |(id, laid): (DossierId, Arc<Laid>)| {
            let previous = flags.get(&id).map(|flag| flag.level);
            Some((id, laid.level(previous, now)?))
        };
        Ok(laid.into_iter().filter_map(level).collect())
    }

    /// The timing of a dossier: computed, never stored.
    pub fn timing(&self, dossier: &Dossier, now: Instant) -> Result<Timing, Error> {
        let hand_over_late = dossier.custody.is_late(now);
        let alert_at = self.alert_at(dossier);
        let Some(due) = dossier.due().filter(|_| dossier.status().is_open()) else {
            return Ok(Timing {
                hand_over_late,
                alert_at,
                ..Timing::default()
            });
        };
        let calendar = self.calendar(dossier);
        let calendar = calendar.as_ref();
        let standing = dossier.clock.as_ref().and_then(|clock| clock.standing);
        // While the clock stands, the time left is that at the moment of stopping.
        let at = standing.map_or(now, |standing| standing.since);
        let began = dossier
            .clock
            .as_ref()
            .map(|clock| clock.started)
            .or(dossier.submitted)
            .unwrap_or(dossier.since);
        // A due time beyond the calendar cannot be measured, so it does not count as near.
        let elapsed = counts_elapsed(dossier);
        let left = if elapsed {
            Some(due - at)
        } else {
            deadline::near::working_time_left(at, due, calendar).ok()
        };
        let overdue = standing.is_none() && now > due;
        let is_near = if elapsed {
            deadline::near_due_elapsed(began, due, now)
        } else {
            deadline::near::near_due(began, due, now, calendar).unwrap_or(false)
        };
        let near = standing.is_none() && !overdue && is_near;
        let apology_by = dossier
            .clock
            .as_ref()
            // Only while an apology can still move the due time.
            .filter(|clock| clock.effective_due.is_some() && clock.standing.is_none())
            .filter(|_| !dossier.extended && now < time::day_start(time::local_day(due)))
            .and_then(|_| {
                calendar
                    .nth_working_day_before(time::local_day(due), 1)
                    .ok()
            })
            .and_then(|day| calendar.closing(day).ok().flatten());
        Ok(Timing {
            overdue,
            near_due: near,
            working_time_left: left,
            apology_by,
            alert_at,
            hand_over_late,
        })
    }

    /// Whether the desk is alerted to an online submission.
    pub fn is_alerted(&self, dossier: &Dossier, now: Instant) -> bool {
        self.alert_at(dossier).is_some_and(|at| now > at)
    }

    /// When the desk is alerted to an online submission, in the hours in which its answer counts;
    /// none for what is answered or needs no answer.
    fn alert_at(&self, dossier: &Dossier) -> Option<Instant> {
        let waits = dossier.status() == Status::Submitted && dossier.channel == Channel::Online;
        dossier.answer_due.filter(|_| waits)?;
        let within = self.catalogue(&dossier.province).exchange.alert?;
        // A moment beyond the calendar cannot be named, so nobody is alerted then.
        let alert = deadline::due(dossier.since, within, self.calendar(dossier).as_ref());
        alert.ok().map(|due| due.at)
    }
}

/// A person as a role may see them.
fn seen_by(caller: &Caller, person: Person) -> Option<Person> {
    match access::sight(caller) {
        Visibility::Full => Some(person),
        Visibility::Masked => Some(masked(&person)),
        Visibility::Hidden => None,
    }
}

/// Enough to recognise the person: initials, and the last three digits.
fn masked(person: &Person) -> Person {
    let initials: Vec<String> = person
        .name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .map(|letter| format!("{letter}."))
        .collect();
    let tail = |text: &str| {
        let count = text.chars().count();
        if count <= 3 {
            return String::new();
        }
        let last: String = text.chars().skip(count - 3).collect();
        format!("***{last}")
    };
    Person {
        name: initials.join(" "),
        id_number: tail(&person.id_number),
        phone: tail(&person.phone),
        address: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_keeps_initials_and_three_digits() {
        let person = Person {
            name: "Nguyễn Văn Mẫu".into(),
            id_number: "000000000123".into(),
            phone: "0900000456".into(),
            address: "Thôn Mẫu".into(),
        };
        let masked = masked(&person);
        assert_eq!(masked.name, "N. V. M.");
        assert_eq!(masked.id_number, "***123");
        assert_eq!(masked.phone, "***456");
        assert_eq!(masked.address, "");
    }
}
