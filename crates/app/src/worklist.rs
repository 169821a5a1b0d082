//! What waits, most urgent first.

mod arranged;
mod survey;

use domain::deadline;
use domain::dossier::{Channel, Dossier, OpenMark, Precedence, Status};
use domain::id::{DossierId, UnitCode};
use domain::procedure::Kind;
use domain::time::{self, Instant};

use crate::access::{Caller, Method};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::foresight::Level;
use crate::page::{self, Page, PageQuery};
use crate::ports::{AccessEventKind, DossierFilter, ReadTx, Scope, Sieve, WorklistPage};
use crate::read::{listed, scope_of};
use crate::view::{ForUnit, View};

pub use arranged::{Arrangement, WorklistOrder};
pub(crate) use survey::Survey;
pub use survey::{AtStep, Breakdown};

/// Whose pending dossiers are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose {
    /// Of this unit; of all the caller's units when none.
    pub unit: Option<UnitCode>,
    /// Of this kind; of both when none.
    pub kind: Option<Kind>,
    /// Include dossiers that another system handles. Those in conflict are always included.
    pub with_mirrored: bool,
}

/// Which pending dossiers to page through.
#[derive(Debug, Clone, Default)]
pub struct WorklistQuery {
    /// Whose.
    pub whose: Whose,
    /// Only dossiers that pass all of these filters; all dossiers if there is none.
    pub only: Vec<WorklistFilter>,
    /// Only dossiers at one of these levels of the forecast; at any level, or none, if empty.
    pub levels: Vec<Level>,
    /// Only those.
    pub filter: DossierFilter,
    /// In which order, narrowed by which words, from which place on.
    pub arranged: Arrangement,
    /// Whether to count them all.
    pub counted: bool,
    /// Which page.
    pub page: PageQuery,
}

/// A property of a pending dossier. It is both a count and a filter: the filter gives exactly the
/// counted dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WorklistFilter {
    /// The time that the unit must meet has passed, and the clock runs.
    Overdue,
    /// Little working time is left.
    NearDue,
    /// A result is due on the present local day and not yet overdue.
    DueToday,
    /// The answer to a submission is due on the present local day and not yet overdue.
    AnswerDueToday,
    /// The office waits for papers or a payment from the citizen.
    WaitingForCitizen,
    /// It was submitted and not yet answered.
    Submitted,
    /// It is received, the office waits for nobody, and no person has it.
    Unassigned,
    /// Its papers must still go to the deciding unit.
    NotHandedOver,
    /// They should have gone by now.
    HandOverLate,
    /// An open leg is late: any leg for the dossier's own units, otherwise the unit's own leg.
    LateLeg,
    /// The answer to a consultation is late: any for the dossier's own units, otherwise the unit's
    /// own.
    LateConsultation,
    /// A message of another system contradicts the known facts.
    InConflict,
    /// It was submitted online, and the desk is alerted because nobody has answered it.
    Alerted,
}

impl WorklistFilter {
    /// All of them.
    pub const ALL: [WorklistFilter; 13] = [
        WorklistFilter::Overdue,
        WorklistFilter::NearDue,
        WorklistFilter::DueToday,
        WorklistFilter::AnswerDueToday,
        WorklistFilter::WaitingForCitizen,
        WorklistFilter::Submitted,
        WorklistFilter::Unassigned,
        WorklistFilter::NotHandedOver,
        WorklistFilter::HandOverLate,
        WorklistFilter::LateLeg,
        WorklistFilter::LateConsultation,
        WorklistFilter::InConflict,
        WorklistFilter::Alerted,
    ];

    /// The range of precedences that can pass, so that a page reads few rows; none if any can.
    fn between(self, now: Instant) -> Option<(i64, i64)> {
        let key = |due| Precedence::Running { due }.key();
        match self {
            WorklistFilter::Overdue => Some((i64::MIN, key(now))),
            WorklistFilter::NearDue => Some((key(now), Precedence::UNDATED)),
            WorklistFilter::DueToday | WorklistFilter::AnswerDueToday => {
                let tomorrow = time::local_day(now).succ_opt().map(time::day_start);
                Some((key(now), tomorrow.map_or(Precedence::UNDATED, key)))
            }
            WorklistFilter::WaitingForCitizen
            | WorklistFilter::Submitted
            | WorklistFilter::Unassigned
            | WorklistFilter::NotHandedOver
            | WorklistFilter::HandOverLate
            | WorklistFilter::LateLeg
            | WorklistFilter::LateConsultation
            | WorklistFilter::InConflict
            | WorklistFilter::Alerted => None,
        }
    }

    /// What every dossier that passes is, by what an index holds.
    fn sieve(self) -> Sieve {
        let none = Sieve::default();
        let marked = |mark| Sieve {
            mark: Some(mark),
            ..none
        };
        match self {
            WorklistFilter::Overdue
            | WorklistFilter::NearDue
            | WorklistFilter::DueToday
            | WorklistFilter::AnswerDueToday => none,
            WorklistFilter::WaitingForCitizen => Sieve {
                statuses: &[Status::SupplementRequested, Status::PaymentRequested],
                ..none
            },
            WorklistFilter::Submitted => Sieve {
                statuses: &[Status::Submitted],
                ..none
            },
            WorklistFilter::Alerted => Sieve {
                statuses: &[Status::Submitted],
                channel: Some(Channel::Online),
                ..none
            },
            WorklistFilter::Unassigned => Sieve {
                statuses: &[Status::Received, Status::Processing],
                unassigned: true,
                ..none
            },
            WorklistFilter::NotHandedOver | WorklistFilter::HandOverLate => {
                marked(OpenMark::NotHandedOver)
            }
            WorklistFilter::LateLeg => marked(OpenMark::OpenLeg),
            WorklistFilter::LateConsultation => marked(OpenMark::OpenConsultation),
            WorklistFilter::InConflict => marked(OpenMark::InConflict),
        }
    }
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorklistCounts {
    /// All that is pending.
    pub open: u32,
    /// By [`WorklistFilter`], in its order.
    pub counted: [u32; 13],
    /// When this was counted.
    pub as_of: Instant,
}

impl WorklistCounts {
    fn none(as_of: Instant) -> Self {
        Self {
            open: 0,
            counted: [0; 13],
            as_of,
        }
    }

    fn add(&mut self, part: &OwnPart, dossier: &Dossier) {
        self.open += 1;
        for filter in WorklistFilter::ALL {
            let counted = part.passes(filter, dossier, self.as_of);
            self.counted[filter as usize] += u32::from(counted);
        }
    }

    /// How many dossiers a filter leaves.
    #[must_use]
    pub fn of(&self, filter: WorklistFilter) -> u32 {
        self.counted[filter as usize]
    }
}

/// How many dossiers are read at once.
const STRIDE: u32 = 1_000;

impl Engine {
    /// A page of pending dossiers, by their [`Precedence`].
    pub async fn worklist(
        &self,
        caller: &Caller,
        query: WorklistQuery,
    ) -> Result<Page<View>, Error> {
        let scope = scope_of(caller, Method::ListWorklist, query.whose.unit.as_ref())?;
        let of = listed(query.whose.unit.as_ref());
        self.saw(caller, AccessEventKind::PersonalListed, of);
        let limit = query.page.limit()?;
        let WorklistQuery {
            whose,
            only,
            levels,
            filter,
            arranged,
            ..
        } = &query;
        let question =
            format!("worklist {scope:?} {whose:?} {only:?} {levels:?} {filter:?} {arranged:?}");
        if !arranged.is_usual() {
            return self.arranged(caller, scope, limit, &question, &query).await;
        }
        let after = match query.page.after(&question)? {
            Some(place) => Some(read_place(&place).ok_or_else(|| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?),
            None => None,
        };
        let read = self.context.store.read().await?;
        let now = self.now();
        let page = WorklistPage {
            sieves: sieves(only),
            between: between(only, now),
            after,
            limit: limit + 1,
            ..self.pages(caller, scope, whose, filter.clone())
        };
        let looking = Looking {
            context: &self.context,
            read: read.as_ref(),
            only,
            levels,
            now,
        };
        let (found, total) = looking.at(&page, query.counted).await?;
        let cut = page::cut(found, limit, &question, |dossier| {
            let (key, id) = WorklistPage::place(&page.scope, dossier);
            format!("{key}.{id}")
        });
        Ok(Page {
            items: self
                .worklist_views(read.as_ref(), caller, &page.scope, cut.items)
                .await?,
            next: cut.next,
            total,
            at_least: false,
        })
    }

    /// Dossiers as a worklist shows them: with what the units of a scope have to meet, and what is
    /// to be expected.
    pub(crate) async fn worklist_views(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        scope: &Scope,
        dossiers: Vec<Dossier>,
    ) -> Result<Vec<View>, Error> {
        let now = self.now();
        let mut views = self.views(read, caller, dossiers).await?;
        for view in &mut views {
            let part = OwnPart::of(&self.context, scope, &view.dossier, now)?;
            view.for_unit = Some(part.for_unit);
        }
        self.context.foresee(read, &mut views).await?;
        Ok(views)
    }

    /// Counts of what is pending.
    pub async fn worklist_counts(
        &self,
        caller: &Caller,
        whose: &Whose,
    ) -> Result<WorklistCounts, Error> {
        let scope = scope_of(caller, Method::GetWorklistCounts, whose.unit.as_ref())?;
        let read = self.context.store.read().await?;
        let mut counts = WorklistCounts::none(self.now());
        let mut pages = Pages::of(self.pages(caller, scope, whose, DossierFilter::default()));
        while let Some(found) = pages.next(read.as_ref()).await? {
            for dossier in &found {
                let part = OwnPart::of(&self.context, pages.scope(), dossier, counts.as_of)?;
                counts.add(&part, dossier);
            }
        }
        Ok(counts)
    }

    /// The query for the first page of pending dossiers, as large as one read.
    pub(crate) fn pages(
        &self,
        caller: &Caller,
        scope: Scope,
        whose: &Whose,
        filter: DossierFilter,
    ) -> WorklistPage {
        let filter = DossierFilter {
            procedures: self.of_kind(caller, whose.kind),
            elsewhere: (!whose.with_mirrored).then_some(false),
            ..filter
        };
        WorklistPage {
            filter,
            ..WorklistPage::all(scope, None, STRIDE)
        }
    }
}

/// All pages of a worklist, one after another.
pub(crate) struct Pages {
    page: WorklistPage,
    ended: bool,
}

impl Pages {
    pub(crate) fn of(page: WorklistPage) -> Self {
        Self { page, ended: false }
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.page.scope
    }

    pub(crate) async fn next(&mut self, read: &dyn ReadTx) -> Result<Option<Vec<Dossier>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let found = read.worklist(&self.page).await?;
        self.ended = found.len() < self.page.limit as usize;
        self.page.after = found
            .last()
            .map(|dossier| WorklistPage::place(&self.page.scope, dossier));
        self.page.limit = STRIDE;
        Ok(Some(found))
    }
}

/// The overlap of the ranges of all filters; none if no filter has a range.
fn between(only: &[WorklistFilter], now: Instant) -> Option<(i64, i64)> {
    only.iter()
        .filter_map(|filter| filter.between(now))
        .reduce(|(from, until), (later, earlier)| (from.max(later), until.min(earlier)))
}

/// What every dossier that passes all filters is.
fn sieves(only: &[WorklistFilter]) -> Vec<Sieve> {
    let sieves = only.iter().map(|filter| filter.sieve());
    sieves.filter(|sieve| *sieve != Sieve::default()).collect()
}

/// A search for pending dossiers by a property that no index holds.
struct Looking<'a> {
    context: &'a Context,
    read: &'a dyn ReadTx,
    only: &'a [WorklistFilter],
    levels: &'a [Level],
    now: Instant,
}

impl Looking<'_> {
    /// A page of the dossiers that pass, and the number on all pages, if asked for.
    async fn at(
        &self,
        page: &WorklistPage,
        counted: bool,
    ) -> Result<(Vec<Dossier>, Option<u64>), Error> {
        if self.only.is_empty() && self.levels.is_empty() {
            let total = match counted {
                true => Some(self.read.pending(page).await?),
                false => None,
            };
            return Ok((self.read.worklist(page).await?, total));
        }
        let most = page.limit as usize;
        let mut passed = Vec::new();
        let mut total = 0;
        let mut pages = Pages::of(page.clone());
        if counted {
            // Counting needs every row, whichever page is asked for.
            (pages.page.after, pages.page.limit) = (None, STRIDE);
        }
        while let Some(found) = pages.next(self.read).await? {
            for dossier in self.passing(&page.scope, found).await? {
                total += 1;
                let place = WorklistPage::place(&page.scope, &dossier);
                if passed.len() < most && page.after.is_none_or(|after| place > after) {
                    passed.push(dossier);
                }
            }
            if !counted && passed.len() == most {
                break;
            }
        }
        Ok((passed, counted.then_some(total)))
    }

    async fn passing(&self, scope: &Scope, found: Vec<Dossier>) -> Result<Vec<Dossier>, Error> {
        let mut passing = Vec::with_capacity(found.len());
        for dossier in found {
            let part = OwnPart::of(self.context, scope, &dossier, self.now)?;
            let mut only = self.only.iter();
            if only.all(|filter| part.passes(*filter, &dossier, self.now)) {
                passing.push(dossier);
            }
        }
        if self.levels.is_empty() || passing.is_empty() {
            return Ok(passing);
        }
        let levels = self.context.levels(self.read, &passing, self.now).await?;
        let wanted = |id: DossierId| {
            let level = levels.get(&id);
            level.is_some_and(|level| self.levels.contains(level))
        };
        passing.retain(|dossier| wanted(dossier.id));
        Ok(passing)
    }
}

/// What a dossier requires of the units of a worklist.
struct OwnPart {
    /// True if one of these units receives, decides, or returns the dossier, or holds its papers.
    /// False if it only has a leg or a consultation.
    own: bool,
    for_unit: ForUnit,
    late_leg: bool,
    late_consultation: bool,
    alerted: bool,
}

impl OwnPart {
    fn of(
        context: &Context,
        scope: &Scope,
        dossier: &Dossier,
        now: Instant,
    ) -> Result<Self, Error> {
        let meant = |unit: &UnitCode| match scope {
            Scope::Province(_) => true,
            Scope::Units(_, units) => units.contains(unit),
        };
        let holder = dossier.custody.holder.as_ref();
        let own = [&dossier.receiving, &dossier.resolving, &dossier.returning]
            .into_iter()
            .chain(holder.map(|holder| &holder.party.unit))
            .any(meant);
        let late_leg = dossier
            .open_legs()
            .filter(|leg| own || meant(&leg.unit))
            .any(|leg| leg.is_late(dossier, now));
        let late_consultation = dossier
            .open_consultations()
            .filter(|asked| own || meant(&asked.unit))
            .any(|asked| asked.is_late(dossier, now));
        Ok(Self {
            own,
            for_unit: for_unit(context, scope, dossier, own, now)?,
            late_leg,
            late_consultation,
            alerted: own && context.is_alerted(dossier, now),
        })
    }

    fn passes(&self, filter: WorklistFilter, dossier: &Dossier, now: Instant) -> bool {
        let ForUnit {
            due,
            overdue,
            near_due,
        } = self.for_unit;
        let standing = dossier.clock.as_ref().and_then(|clock| clock.standing);
        let runs = !self.own || standing.is_none();
        let due_today =
            runs && !overdue && due.is_some_and(|due| time::local_day(due) == time::local_day(now));
        let status = dossier.status();
        match filter {
            WorklistFilter::Overdue => overdue,
            WorklistFilter::NearDue => near_due,
            WorklistFilter::DueToday => due_today && dossier.received.is_some(),
            WorklistFilter::AnswerDueToday => due_today && dossier.received.is_none(),
            WorklistFilter::WaitingForCitizen => self.own && status.waits_for_citizen(),
            WorklistFilter::Submitted => self.own && status == Status::Submitted,
            WorklistFilter::Unassigned => {
                self.own && status.is_at_work() && dossier.assignee.is_none()
            }
            WorklistFilter::NotHandedOver => dossier.custody.hand_over_by.is_some(),
            WorklistFilter::HandOverLate => dossier.custody.hand_over_by.is_some_and(|by| now > by),
            WorklistFilter::LateLeg => self.late_leg,
            WorklistFilter::LateConsultation => self.late_consultation,
            WorklistFilter::Alerted => self.alerted,
            WorklistFilter::InConflict => dossier.mirror.open().next().is_some(),
        }
    }
}

/// The most urgent time that the units of a scope must meet.
fn for_unit(
    context: &Context,
    scope: &Scope,
    dossier: &Dossier,
    own: bool,
    now: Instant,
) -> Result<ForUnit, Error> {
    let Scope::Units(_, units) = scope else {
        return whole(context, dossier, now);
    };
    let legs = dossier.open_legs();
    let legs = legs.map(|leg| (leg.due, leg.opened, &leg.unit));
    let asked = dossier.open_consultations();
    let asked = asked.map(|asked| (asked.due, asked.opened, &asked.unit));
    let first = legs
        .chain(asked)
        .filter(|(_, _, unit)| units.contains(unit))
        .min_by_key(|(due, _, _)| *due);
    match first {
        Some((due, opened, unit))
            if !own || Precedence::of(dossier) > (Precedence::Running { due }) =>
        {
            let catalogue = context.catalogue(&dossier.province);
            let calendar = catalogue.calendars.for_unit(unit.as_str());
            // A due time beyond the calendar cannot be measured, so it does not count as near.
            let near =
                now <= due && deadline::near_due(opened, due, now, calendar).unwrap_or(false);
            Ok(ForUnit {
                due: Some(due),
                overdue: now > due,
                near_due: near,
            })
        }
        Some(_) | None if own => whole(context, dossier, now),
        Some(_) | None => Ok(ForUnit::default()),
    }
}

fn whole(context: &Context, dossier: &Dossier, now: Instant) -> Result<ForUnit, Error> {
    let timing = context.timing(dossier, now)?;
    Ok(ForUnit {
        due: dossier.due(),
        overdue: timing.overdue,
        near_due: timing.near_due,
    })
}

fn read_place(place: &str) -> Option<(i64, DossierId)> {
    let (key, id) = place.split_once('.')?;
    Some((key.parse().ok()?, DossierId::parse(id).ok()?))
}
