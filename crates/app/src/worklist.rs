//! What waits, most urgent first.

use domain::deadline;
use domain::dossier::{Dossier, Status};
use domain::id::{DossierId, UnitCode};
use domain::procedure::Kind;
use domain::time::{self, Instant};

use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::office::Office;
use crate::page::{self, Page, PageQuery};
use crate::ports::{ReadTx, Scope, WorklistPage};
use crate::read::scope_of;
use crate::view::View;

/// Whose pending dossiers to page through.
#[derive(Debug, Clone, Default)]
pub struct WorklistQuery {
    /// Of this unit; of all the caller's units when none.
    pub unit: Option<UnitCode>,
    /// Of this kind; of both when none.
    pub kind: Option<Kind>,
    /// Only those with all of these flags; all when none is given.
    pub only: Vec<Flag>,
    /// Which page.
    pub page: PageQuery,
}

/// Something about a pending dossier that somebody should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Its papers are still to be handed to the unit that decides.
    NotHandedOver,
    /// Another system's message contradicts what is known of it.
    InConflict,
}

impl Flag {
    /// Whether a dossier has it.
    #[must_use]
    pub fn is_on(self, dossier: &Dossier) -> bool {
        match self {
            Flag::NotHandedOver => dossier.custody.hand_over_by.is_some(),
            Flag::InConflict => dossier.mirror.open().next().is_some(),
        }
    }
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorklistCounts {
    /// All that is pending.
    pub open: u32,
    /// Past the effective due time, the clock running.
    pub overdue: u32,
    /// Little working time left.
    pub near_due: u32,
    /// Due on the present local day and not overdue.
    pub due_today: u32,
    /// Waiting for papers or a payment from the citizen.
    pub waiting_for_citizen: u32,
    /// Submitted and not yet answered.
    pub submitted: u32,
    /// Received and held by nobody.
    pub unassigned: u32,
    /// Papers still to be handed to the unit that decides.
    pub not_handed_over: u32,
    /// Of those, later than the papers should have gone.
    pub hand_over_late: u32,
    /// With an open leg that is late: any leg, seen from the dossier's own units; else the
    /// unit's own.
    pub late_legs: u32,
    /// With a late answer to a question, in the same way.
    pub late_consultations: u32,
    /// Contradicted by a message of another system that nobody has settled.
    pub in_conflict: u32,
    /// When this was counted.
    pub as_of: Instant,
}

/// How many dossiers are counted in one go.
const STRIDE: u32 = 1_000;

impl Engine {
    /// A page of pending dossiers, earliest due first; those without a due time come last.
    pub async fn worklist(
        &self,
        caller: &Caller,
        query: WorklistQuery,
    ) -> Result<Page<View>, Error> {
        let scope = scope_of(caller, Method::ListWorklist, query.unit.as_ref())?;
        let limit = query.page.limit()?;
        let question = format!("worklist {scope:?} {:?} {:?}", query.kind, query.only);
        let after = match query.page.after(&question)? {
            Some(place) => Some(read_place(&place).ok_or_else(|| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?),
            None => None,
        };
        let read = self.office.store.read().await?;
        let page = WorklistPage {
            scope,
            procedures: self.of_kind(caller, query.kind),
            after,
            limit: limit + 1,
        };
        let found = if query.only.is_empty() {
            read.worklist(&page).await?
        } else {
            flagged(read.as_ref(), page.clone(), &query.only).await?
        };
        let cut = page::cut(found, limit, &question, |dossier| {
            let (due, id) = WorklistPage::place(&page.scope, dossier);
            format!("{due}.{id}")
        });
        let mut items = self.views(read.as_ref(), caller, cut.items).await?;
        self.office.foresee(read.as_ref(), &mut items).await?;
        Ok(Page {
            items,
            next: cut.next,
        })
    }

    /// Counts of what is pending, of one kind or of both.
    pub async fn worklist_counts(
        &self,
        caller: &Caller,
        unit: Option<UnitCode>,
        kind: Option<Kind>,
    ) -> Result<WorklistCounts, Error> {
        let scope = scope_of(caller, Method::GetWorklistCounts, unit.as_ref())?;
        let read = self.office.store.read().await?;
        let now = self.now();
        let today = time::local_day(now);
        let mut counts = WorklistCounts {
            open: 0,
            overdue: 0,
            near_due: 0,
            due_today: 0,
            waiting_for_citizen: 0,
            submitted: 0,
            unassigned: 0,
            not_handed_over: 0,
            hand_over_late: 0,
            late_legs: 0,
            late_consultations: 0,
            in_conflict: 0,
            as_of: now,
        };
        let mut page = WorklistPage {
            scope,
            procedures: self.of_kind(caller, kind),
            after: None,
            limit: STRIDE,
        };
        loop {
            let found = read.worklist(&page).await?;
            for dossier in &found {
                let part = Part::of(&self.office, &page.scope, dossier, now)?;
                let due_today = part.due.is_some_and(|due| time::local_day(due) == today);
                counts.open += 1;
                counts.overdue += u32::from(part.overdue);
                counts.near_due += u32::from(part.near_due);
                counts.due_today += u32::from(due_today && !part.overdue);
                counts.late_legs += u32::from(part.late_leg);
                counts.late_consultations += u32::from(part.late_consultation);
                counts.in_conflict += u32::from(Flag::InConflict.is_on(dossier));
                if let Some(by) = dossier.custody.hand_over_by {
                    counts.not_handed_over += 1;
                    counts.hand_over_late += u32::from(now > by);
                }
                if !part.own {
                    continue;
                }
                match dossier.status() {
                    Status::Submitted => counts.submitted += 1,
                    Status::SupplementRequested | Status::PaymentRequested => {
                        counts.waiting_for_citizen += 1;
                    }
                    Status::Received | Status::Processing => {
                        counts.unassigned += u32::from(dossier.assignee.is_none());
                    }
                    Status::Refused
                    | Status::Withdrawn
                    | Status::Stopped
                    | Status::Resolved
                    | Status::Returned => {}
                }
            }
            if found.len() < STRIDE as usize {
                return Ok(counts);
            }
            page.after = found
                .last()
                .map(|dossier| WorklistPage::place(&page.scope, dossier));
        }
    }
}

/// A page of those that have all flags, looked for among all that is pending.
async fn flagged(
    read: &dyn ReadTx,
    wanted: WorklistPage,
    flags: &[Flag],
) -> Result<Vec<Dossier>, Error> {
    let most = wanted.limit as usize;
    let mut page = WorklistPage {
        limit: STRIDE,
        ..wanted
    };
    let mut flagged = Vec::new();
    loop {
        let found = read.worklist(&page).await?;
        let was_last = found.len() < STRIDE as usize;
        page.after = found
            .last()
            .map(|dossier| WorklistPage::place(&page.scope, dossier));
        let has_all = |dossier: &Dossier| flags.iter().all(|flag| flag.is_on(dossier));
        flagged.extend(found.into_iter().filter(has_all));
        if was_last || flagged.len() >= most {
            flagged.truncate(most);
            return Ok(flagged);
        }
    }
}

/// What a dossier asks of the units that look at their worklist.
struct Part {
    /// Whether they receive, decide or give it back, or hold its papers; else they do a leg, or
    /// were asked.
    own: bool,
    due: Option<Instant>,
    overdue: bool,
    near_due: bool,
    late_leg: bool,
    late_consultation: bool,
}

impl Part {
    fn of(office: &Office, scope: &Scope, dossier: &Dossier, now: Instant) -> Result<Self, Error> {
        let meant = |unit: &UnitCode| match scope {
            Scope::Province(_) => true,
            Scope::Units(_, units) => units.contains(unit),
        };
        let holder = dossier.custody.holder.as_ref();
        let own = [&dossier.receiving, &dossier.resolving, &dossier.returning]
            .into_iter()
            .chain(holder.map(|holder| &holder.party.unit))
            .any(meant);
        let legs = dossier.open_legs();
        let asked = dossier.open_consultations();
        let late_leg = legs
            .filter(|leg| own || meant(&leg.unit))
            .any(|leg| leg.is_late(dossier, now));
        let late_consultation = asked
            .filter(|asked| own || meant(&asked.unit))
            .any(|asked| asked.is_late(dossier, now));
        if own {
            let timing = office.timing(dossier, now)?;
            return Ok(Self {
                own,
                due: dossier.due(),
                overdue: timing.overdue,
                near_due: timing.near_due,
                late_leg,
                late_consultation,
            });
        }
        let legs = dossier
            .open_legs()
            .map(|leg| (leg.due, leg.opened, &leg.unit));
        let asked = dossier
            .open_consultations()
            .map(|asked| (asked.due, asked.opened, &asked.unit));
        let first = legs
            .chain(asked)
            .filter(|(_, _, unit)| meant(unit))
            .min_by_key(|(due, _, _)| *due);
        let catalogue = office.catalogue(&dossier.province);
        let near_due = first.is_some_and(|(due, opened, unit)| {
            let calendar = catalogue.calendars.for_unit(unit.as_str());
            // A date beyond the calendar cannot be weighed; it is then simply not near.
            now <= due && deadline::near_due(opened, due, now, calendar).unwrap_or(false)
        });
        Ok(Self {
            own,
            due: first.map(|(due, _, _)| due),
            overdue: first.is_some_and(|(due, _, _)| now > due),
            near_due,
            late_leg,
            late_consultation,
        })
    }
}

fn read_place(place: &str) -> Option<(i64, DossierId)> {
    let (due, id) = place.split_once('.')?;
    Some((due.parse().ok()?, DossierId::parse(id).ok()?))
}
