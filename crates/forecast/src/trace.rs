//! A log prepared for the protocol: cases in order, with deadlines, split in time.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Deref;

use chrono::{DateTime, TimeDelta};
use domain::time::Instant;

use crate::arena::Part;
use crate::curve;
use crate::log::{Case, Deadline, Ending, Error, Log};
use crate::situation::Named;
use crate::working_time::{WorkMoment, WorkingTime};

/// An event of a case: its activity, and its moment without the padding that a [`WorkMoment`] has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passed {
    pub activity: u32,
    micros: i64,
    pub day: f64,
    pub date: i32,
}

impl Passed {
    pub fn at(self) -> WorkMoment {
        WorkMoment {
            micros: self.micros,
            day: self.day,
            date: self.date,
        }
    }
}

/// A span of time; without an end while it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HeldSpan {
    pub from: WorkMoment,
    pub to: Option<WorkMoment>,
}

impl HeldSpan {
    fn known_before(self, moment: WorkMoment) -> Option<HeldSpan> {
        self.from.before(moment).then(|| HeldSpan {
            to: self.to.filter(|to| to.before(moment)),
            ..self
        })
    }

    /// Whether the span had begun and was not over.
    pub fn is_open(self, at: WorkMoment) -> bool {
        !at.before(self.from) && self.to.is_none_or(|to| at.before(to))
    }
}

/// Another agency's work on a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OtherAgency {
    /// An index into [`Prepared::legs`].
    pub name: u32,
    pub lasts: HeldSpan,
}

/// A case on the scale of working time.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    /// For [`Prepared::id`].
    number: u32,
    pub start: WorkMoment,
    pub end: Option<WorkMoment>,
    /// The deadline known last.
    pub deadline: WorkMoment,
    pub events: Part<Passed>,
    /// An index into [`Prepared::kinds`].
    pub kind: u32,
    /// An index into [`Prepared::fields`].
    pub field: u32,
    /// Whether the case ended without a result.
    pub without: bool,
    pub first_deadline: WorkMoment,
    /// None for most cases, and always none in a plain log.
    beside: Option<Box<Beside>>,
    /// An index into [`Prepared::offices`].
    pub office: usize,
    /// An index into [`Prepared::units`].
    pub unit: u32,
    /// An index into [`Prepared::unit_kinds`].
    pub unit_kind: u32,
}

/// What happens beside the steps of a case.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// Each later deadline, with the moment from which it was known.
    pub moved: Vec<(WorkMoment, WorkMoment)>,
    /// The stops of the clock, in order and without overlap.
    pub stops: Vec<HeldSpan>,
    pub legs: Vec<OtherAgency>,
}

static NOTHING: Beside = Beside {
    moved: Vec::new(),
    stops: Vec::new(),
    legs: Vec::new(),
};

impl Beside {
    /// None if nothing happened.
    fn kept(self) -> Option<Box<Beside>> {
        let happened = !(self.moved.is_empty() && self.stops.is_empty() && self.legs.is_empty());
        happened.then(|| Box::new(self))
    }
}

impl Trace {
    /// What happens beside the steps.
    pub fn beside(&self) -> &Beside {
        self.beside.as_deref().unwrap_or(&NOTHING)
    }

    /// A single case as of `now`, with the deadline in force.
    pub fn of(
        case: &Case,
        office: &WorkingTime,
        deadline: Instant,
        now: Instant,
    ) -> Result<(Trace, Names), domain::calendar::Error> {
        let mut names = Names::default();
        let mut past = case.clone();
        past.events.retain(|event| event.at <= now);
        past.stops.retain(|stop| stop.from <= now);
        past.legs.retain(|leg| leg.from <= now);
        past.moved.clear();
        past.end = None;
        past.deadline = Some(deadline);
        let trace = trace(&past, (0, office), Deadline::Given, None, &mut names)?;
        let events = events(&past, office)?;
        Ok((trace.with(events.into()), names))
    }

    /// What was known of the case before a moment.
    pub fn known_before(&self, moment: WorkMoment) -> KnownTrace<'_> {
        if self.is_known_whole(moment) {
            KnownTrace::Whole(self)
        } else {
            KnownTrace::Cut(Box::new(self.cut_at(moment)))
        }
    }

    fn with(self, events: Part<Passed>) -> Trace {
        Trace { events, ..self }
    }

    /// Whether nothing that the log says of the case lies at or after a moment.
    fn is_known_whole(&self, moment: WorkMoment) -> bool {
        let over = |to: Option<WorkMoment>| to.is_none_or(|to| to.before(moment));
        let held = |span: &HeldSpan| span.from.before(moment) && over(span.to);
        let beside = self.beside();
        over(self.end)
            && self
                .events
                .last()
                .is_none_or(|last| last.at().before(moment))
            && beside.moved.iter().all(|(at, _)| at.before(moment))
            && beside.stops.iter().all(held)
            && beside.legs.iter().all(|leg| held(&leg.lasts))
    }

    fn cut_at(&self, moment: WorkMoment) -> Trace {
        let seen = self
            .events
            .partition_point(|event| event.at().before(moment));
        let beside = self.beside();
        let moved = beside.moved.iter().filter(|(at, _)| at.before(moment));
        let moved: Vec<(WorkMoment, WorkMoment)> = moved.copied().collect();
        let legs = beside.legs.iter().filter_map(|leg| {
            let lasts = leg.lasts.known_before(moment)?;
            Some(OtherAgency { lasts, ..*leg })
        });
        let stops = beside.stops.iter();
        let end = self.end.filter(|end| end.before(moment));
        Trace {
            events: self.events[..seen].to_vec().into(),
            end,
            deadline: moved.last().map_or(self.first_deadline, |(_, to)| *to),
            beside: Beside {
                moved,
                stops: stops.filter_map(|stop| stop.known_before(moment)).collect(),
                legs: legs.collect(),
            }
            .kept(),
            without: self.without && end.is_some(),
            ..*self
        }
    }

    /// Whether the deadline has passed before a horizon. It does not pass while the clock stands.
    pub fn is_settled(&self, horizon: WorkMoment) -> bool {
        let stands = self
            .beside()
            .stops
            .last()
            .is_some_and(|stop| stop.to.is_none());
        self.deadline.before(horizon) && (self.end.is_some() || !stands)
    }

    /// The deadline that was known at a moment.
    pub fn deadline_at(&self, at: WorkMoment) -> WorkMoment {
        let known = self
            .beside()
            .moved
            .iter()
            .rev()
            .find(|(from, _)| !at.before(*from));
        known.map_or(self.first_deadline, |(_, deadline)| *deadline)
    }

    /// Whether the case is late, by all that is known. A case without an end counts as late.
    pub fn is_late(&self) -> bool {
        self.end.is_none_or(|end| self.deadline.before(end))
    }

    /// Working days from start to deadline.
    pub fn allowance(&self) -> f64 {
        (self.deadline.day - self.start.day).max(0.0)
    }
}

/// A trace as it was known at a moment. Most cases were over by then, and are lent whole.
pub(crate) enum KnownTrace<'a> {
    Whole(&'a Trace),
    Cut(Box<Trace>),
}

impl Deref for KnownTrace<'_> {
    type Target = Trace;

    fn deref(&self) -> &Trace {
        match self {
            KnownTrace::Whole(trace) => trace,
            KnownTrace::Cut(trace) => trace,
        }
    }
}

/// When cases are looked at, to learn and to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Looks {
    /// After each event and once each working day: the protocol for logs.
    #[default]
    Daily,
    /// After each event and at equal parts of the allowance, because the engine looks continuously.
    /// A limit of one day gets as many looks as one of ten.
    ByShare,
}

/// How to prepare a log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub deadline: Deadline,
    pub split: Split,
    pub looks: Looks,
    /// Whether the log holds finished cases only, each ending with its last event.
    pub finished_only: bool,
}

/// The end of the training part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Split {
    /// At the start of the case that divides the cases, in order of start, at this share.
    Share(f64),
    /// At a moment.
    At(Instant),
}

/// A log prepared for the protocol.
pub(crate) struct Prepared<'a> {
    /// In order of start.
    pub traces: Vec<Trace>,
    /// Names of combinations of types.
    pub kinds: Vec<String>,
    /// The first types, each once, of cases with several.
    pub fields: Vec<String>,
    /// Names of other agencies' work.
    pub legs: Vec<String>,
    pub units: Vec<String>,
    pub unit_kinds: Vec<String>,
    pub split: WorkMoment,
    pub split_at: Instant,
    pub log_end: WorkMoment,
    /// The log's names of the cases, one after the other, and where each ends.
    ids: String,
    id_ends: Vec<usize>,
    pub dropped: usize,
    /// Cases that began so late that the log holds only the quick ones among them.
    pub dropped_truncated: usize,
    pub looks: Looks,
    /// Daily looks are taken every so many working days.
    pub stride: usize,
    pub offices: Vec<&'a WorkingTime>,
    /// For each office, the moment of each working day at which 95 % of its open time has passed.
    pub evenings: Vec<Vec<WorkMoment>>,
}

impl<'a> Prepared<'a> {
    /// Drops unusable cases, splits by start and gives each case its deadline.
    ///
    /// A case whose office is not in `offices` uses the first.
    pub fn new(log: &Log, offices: &[&'a WorkingTime], layout: Layout) -> Result<Self, Error> {
        Prepared::of(log.cases.iter().collect(), log.end(), offices, layout)
    }

    /// [`Prepared::new`], and each case is dropped as soon as it is laid out.
    pub fn consuming(log: Log, offices: &[&'a WorkingTime], layout: Layout) -> Result<Self, Error> {
        let log_end = log.end();
        Prepared::of(log.cases, log_end, offices, layout)
    }

    fn of<C: Borrow<Case>>(
        cases: Vec<C>,
        log_end: Option<Instant>,
        offices: &[&'a WorkingTime],
        layout: Layout,
    ) -> Result<Self, Error> {
        let Layout {
            deadline: rule,
            split,
            looks,
            finished_only,
        } = layout;
        let total = cases.len();
        let mut usable = cases;
        usable.retain(|case| is_usable(case.borrow(), rule));
        usable.sort_by(|a, b| {
            let (a, b): (&Case, &Case) = (a.borrow(), b.borrow());
            (a.start, &a.id).cmp(&(b.start, &b.id))
        });
        let dropped = total - usable.len();
        let kept = if finished_only {
            whole(&usable, log_end)
        } else {
            usable.len()
        };
        let dropped_truncated = usable.len() - kept;
        usable.truncate(kept);
        let none = Error::NoCases {
            cases: total,
            dropped,
        };
        let (Some(last), Some(log_end)) = (usable.len().checked_sub(1), log_end) else {
            return Err(none);
        };
        let split_at = match split {
            Split::Share(share) => {
                let place = (share * usable.len() as f64).floor() as usize;
                usable[place.min(last)].borrow().start
            }
            Split::At(moment) => moment,
        };
        let Some(&first_office) = offices.first() else {
            return Err(none);
        };
        let office_of = |case: &Case| {
            let place = usize::from(case.office);
            let own = offices.get(place).map(|office| (place, *office));
            own.unwrap_or((0, first_office))
        };
        let allowance = match rule {
            Deadline::Days(_) | Deadline::Limit(_) | Deadline::Given => None,
            Deadline::Percentile(percentile) => {
                let office = |case: &Case| office_of(case).1;
                Some(percentile_of(&usable, office, split_at, percentile)?)
            }
        };
        let split = locate(usable[last].borrow(), first_office, split_at)?;
        let end = locate(usable[last].borrow(), first_office, log_end)?;
        let earliest: &Case = usable[0].borrow();
        let first = earliest.events.first().map_or(split_at, |event| event.at);
        let evenings = offices.iter().map(|office| {
            let first = office
                .local_day(first)
                .min(office.local_day(earliest.start));
            office
                .evenings(first, office.local_day(log_end))
                .map_err(|error| calendar(earliest, error))
        });
        let evenings = evenings.collect::<Result<_, _>>()?;
        let mut names = Names::default();
        let mut traces: Vec<Trace> = Vec::with_capacity(usable.len());
        let (mut ids, mut id_ends) = (String::new(), Vec::with_capacity(usable.len()));
        let count = |case: &C| case.borrow().events.len();
        let mut passed = Vec::with_capacity(usable.iter().map(count).sum());
        let mut ends = Vec::with_capacity(usable.len());
        for owned in usable {
            let case: &Case = owned.borrow();
            let laid = trace(case, office_of(case), rule, allowance, &mut names);
            let mut laid = laid.map_err(|error| calendar(case, error))?;
            laid.number = u32::try_from(traces.len()).unwrap_or(u32::MAX);
            traces.push(laid);
            let own = events(case, office_of(case).1);
            passed.extend(own.map_err(|error| calendar(case, error))?);
            ends.push(passed.len());
            ids.push_str(&case.id);
            id_ends.push(ids.len());
        }
        for (trace, events) in traces.iter_mut().zip(Part::cut(passed, ends.into_iter())) {
            trace.events = events;
        }
        Ok(Prepared {
            stride: stride(&traces, split),
            traces,
            kinds: names.kinds.names,
            fields: names.fields.names,
            legs: names.legs.names,
            units: names.units.names,
            unit_kinds: names.unit_kinds.names,
            split,
            split_at,
            log_end: end,
            ids,
            id_ends,
            dropped,
            dropped_truncated,
            looks,
            evenings,
            offices: offices.to_vec(),
        })
    }

    /// The names behind the log's numbers.
    pub fn named<'n>(&'n self, activities: &'n [String]) -> Named<'n> {
        Named {
            activities,
            kinds: &self.kinds,
            fields: &self.fields,
            legs: &self.legs,
            units: &self.units,
        }
    }

    /// The log's name of a case.
    pub fn id(&self, trace: &Trace) -> &str {
        let place = trace.number as usize;
        let end = self.id_ends.get(place).copied().unwrap_or_default();
        let before = place
            .checked_sub(1)
            .and_then(|place| self.id_ends.get(place));
        self.ids
            .get(before.copied().unwrap_or_default()..end)
            .unwrap_or_default()
    }

    /// The position of a moment in the working time of an office.
    pub fn position(&self, moment: WorkMoment, office: usize) -> f64 {
        if office == 0 {
            return moment.day;
        }
        let at = DateTime::from_timestamp_micros(moment.micros);
        let position = at
            .zip(self.offices.get(office))
            .map(|(at, office)| office.position(at));
        position.and_then(Result::ok).unwrap_or(moment.day)
    }

    /// The moment at which an office reaches a position; none beyond its calendar.
    pub fn moment(&self, position: f64, office: usize) -> Option<WorkMoment> {
        self.offices.get(office)?.reached(position).ok()
    }

    /// The cases started before the split.
    pub fn training(&self) -> &[Trace] {
        self.started_before(self.split)
    }

    /// The cases started before a moment.
    pub fn started_before(&self, moment: WorkMoment) -> &[Trace] {
        let started = |trace: &Trace| trace.start.before(moment);
        &self.traces[..self.traces.partition_point(started)]
    }
}

/// How many of some cases, in order of start, began early enough that the log has the slow ones
/// too.
///
/// A log of finished cases ends before the slow cases of its last weeks do, so its last weeks look
/// quick. The cut lies before the log's end by the 95th percentile of the cycle times of the
/// earlier half.
fn whole<C: Borrow<Case>>(cases: &[C], log_end: Option<Instant>) -> usize {
    let earlier = cases[..cases.len() / 2].iter().map(C::borrow);
    let cycle = |case: &Case| Some(case.end? - case.start);
    let mut cycles: Vec<TimeDelta> = earlier.filter_map(cycle).collect();
    cycles.sort_unstable();
    let rank = (cycles.len() as f64 * 0.95).ceil() as usize;
    let cycle = rank.checked_sub(1).and_then(|place| cycles.get(place));
    match (cycle, log_end) {
        (Some(cycle), Some(end)) => {
            cases.partition_point(|case| case.borrow().start <= end - *cycle)
        }
        (_, _) => cases.len(),
    }
}

/// Whether the protocol keeps a case.
fn is_usable(case: &Case, rule: Deadline) -> bool {
    let Some(first) = case.events.first() else {
        return false;
    };
    let begins = first.at >= case.start - TimeDelta::days(1);
    let ends = case.end.is_none_or(|end| end >= case.start);
    begins && ends && (rule != Deadline::Given || case.deadline.is_some())
}

/// A case without its events.
fn trace(
    case: &Case,
    (place, office): (usize, &WorkingTime),
    rule: Deadline,
    allowance: Option<f64>,
    names: &mut Names,
) -> Result<Trace, domain::calendar::Error> {
    let at = |moment: Instant| office.moment(moment);
    let start = at(case.start)?;
    let deadline = match (rule, allowance, case.deadline) {
        (Deadline::Days(days), _, _) => case.start + TimeDelta::days(i64::from(days)),
        (Deadline::Limit(limit), _, _) => office.due(case.start, limit)?,
        (Deadline::Given, _, Some(deadline)) => deadline,
        (Deadline::Given | Deadline::Percentile(_), allowance, _) => {
            office.moment_of(start.day + allowance.unwrap_or(0.0))?
        }
    };
    let first_deadline = at(deadline)?;
    let mut moved = Vec::new();
    if rule == Deadline::Given {
        for later in &case.moved {
            moved.push((at(later.at)?, at(later.deadline)?));
        }
    }
    let stretch = |from, to: Option<Instant>| -> Result<HeldSpan, domain::calendar::Error> {
        Ok(HeldSpan {
            from: at(from)?,
            to: to.map(at).transpose()?,
        })
    };
    let mut stops = Vec::new();
    for stop in &case.stops {
        stops.push(stretch(stop.from, stop.to)?);
    }
    let mut legs = Vec::new();
    for leg in &case.legs {
        legs.push(OtherAgency {
            name: names.legs.code(&leg.name),
            lasts: stretch(leg.from, leg.to)?,
        });
    }
    let field = match case.types.as_slice() {
        [field, _, ..] => names.fields.code(field),
        [] | [_] => u32::MAX,
    };
    Ok(Trace {
        number: 0,
        start,
        end: case.end.map(at).transpose()?,
        deadline: moved.last().map_or(first_deadline, |(_, to)| *to),
        events: Part::from(Vec::new()),
        kind: names.kinds.code(&case.types.join(" · ")),
        field,
        without: case.end.is_some() && case.ending == Ending::Without,
        first_deadline,
        beside: Beside {
            moved,
            stops: apart(stops),
            legs,
        }
        .kept(),
        office: place,
        unit: match case.unit.as_str() {
            "" => u32::MAX,
            unit => names.units.code(unit),
        },
        unit_kind: names.unit_kinds.code(&case.unit_kind),
    })
}

fn events(case: &Case, office: &WorkingTime) -> Result<Vec<Passed>, domain::calendar::Error> {
    let passed = case.events.iter().map(|event| {
        let WorkMoment { micros, day, date } = office.moment(event.at)?;
        Ok(Passed {
            activity: event.activity,
            micros,
            day,
            date,
        })
    });
    passed.collect()
}

/// Stops in order, with overlapping or touching ones merged.
fn apart(mut stops: Vec<HeldSpan>) -> Vec<HeldSpan> {
    stops.sort_by_key(|stop| stop.from.micros);
    let mut apart: Vec<HeldSpan> = Vec::with_capacity(stops.len());
    for stop in stops {
        let joins = |before: &HeldSpan| before.to.is_none_or(|to| !to.before(stop.from));
        match apart.last_mut().filter(|before| joins(before)) {
            Some(before) => {
                before.to = before
                    .to
                    .zip(stop.to)
                    .map(|(a, b)| if a.before(b) { b } else { a });
            }
            None => apart.push(stop),
        }
    }
    apart
}

fn locate(case: &Case, office: &WorkingTime, moment: Instant) -> Result<WorkMoment, Error> {
    office.moment(moment).map_err(|error| calendar(case, error))
}

fn calendar(case: &Case, error: domain::calendar::Error) -> Error {
    Error::Calendar {
        case: case.id.clone(),
        error,
    }
}

/// The working days within which a percentage of the training cases ended.
fn percentile_of<'a, C: Borrow<Case>>(
    usable: &[C],
    office: impl Fn(&Case) -> &'a WorkingTime,
    split: Instant,
    percentile: u8,
) -> Result<f64, Error> {
    let mut spans = Vec::new();
    let cases = usable.iter().map(C::borrow);
    for case in cases.take_while(|case| case.start < split) {
        let end = case.end.filter(|end| *end < split);
        let from = locate(case, office(case), case.start)?;
        let to = locate(case, office(case), end.unwrap_or(split))?;
        spans.push((to.day - from.day, end.is_some()));
    }
    curve::quantile(&mut spans, f64::from(percentile) / 100.0)
        .ok_or(Error::NoPercentile { percentile })
}

/// Every third day if the typical allowance is long, because a day more or less says little there.
fn stride(traces: &[Trace], split: WorkMoment) -> usize {
    let known = traces.iter().filter(|trace| trace.start.before(split));
    let mut allowances: Vec<f64> = known.map(Trace::allowance).collect();
    allowances.sort_by(f64::total_cmp);
    let typical = allowances.get(allowances.len() / 2).copied().unwrap_or(0.0);
    if typical > 45.0 { 3 } else { 1 }
}

/// The names that occur in a log.
#[derive(Default)]
pub(crate) struct Names {
    kinds: Numbered,
    fields: Numbered,
    legs: Numbered,
    units: Numbered,
    unit_kinds: Numbered,
}

impl Names {
    pub fn named<'a>(&'a self, activities: &'a [String]) -> Named<'a> {
        Named {
            activities,
            kinds: &self.kinds.names,
            fields: &self.fields.names,
            legs: &self.legs.names,
            units: &self.units.names,
        }
    }
}

/// Names, numbered in order of first appearance.
#[derive(Default)]
struct Numbered {
    names: Vec<String>,
    codes: BTreeMap<String, u32>,
}

impl Numbered {
    fn code(&mut self, name: &str) -> u32 {
        if let Some(code) = self.codes.get(name) {
            return *code;
        }
        let code = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.codes.insert(name.to_owned(), code);
        self.names.push(name.to_owned());
        code
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveTime, TimeDelta};
    use domain::calendar::{Calendar, DayKind, Hours, SpecialDay};
    use domain::time::{Instant, instant};

    use super::{Layout, Looks, Prepared, Split};
    use crate::log::{Case, Deadline, Event, Log};
    use crate::working_time::{VietNam, WorkingTime};

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 6, day).expect("a date")
    }

    fn nine(on: u32) -> Instant {
        instant(day(on), NaiveTime::from_hms_opt(9, 0, 0).expect("a time"))
    }

    /// Monday to Friday, with at most one day off.
    fn office(off: Option<u32>) -> WorkingTime {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        let hours = Hours {
            from: day(1),
            opens: vec![(time(8), time(16))],
        };
        let off: Vec<SpecialDay> = off
            .map(|off| SpecialDay {
                date: day(off),
                kind: DayKind::Holiday,
                name: "a feast of one place".to_owned(),
                source: "invented".to_owned(),
                provisional: false,
            })
            .into_iter()
            .collect();
        let calendar = Calendar::new("plain", day(1), day(30), &off, &[hours]);
        WorkingTime::new(calendar.expect("a sound calendar"), Box::new(VietNam))
    }

    #[test]
    fn each_case_keeps_the_time_of_its_own_office() {
        // Wednesday 11 June is off at the second office only. The third office is not in the list.
        let case = |office: u16| Case {
            id: office.to_string(),
            start: nine(10),
            deadline: Some(nine(13)),
            events: [10, 13]
                .map(|on| Event {
                    activity: 0,
                    at: nine(on),
                })
                .to_vec(),
            office,
            ..Case::default()
        };
        let log = Log {
            activities: vec!["received".to_owned()],
            cases: vec![case(0), case(1), case(2)],
        };
        let offices = [&office(None), &office(Some(11))];
        let layout = Layout {
            deadline: Deadline::Given,
            split: Split::At(nine(20)),
            looks: Looks::Daily,
            finished_only: false,
        };
        let prepared = Prepared::new(&log, &offices, layout);
        let prepared = prepared.expect("a sound log");
        let allowances = prepared
            .traces
            .iter()
            .map(|trace| trace.allowance().round());
        assert_eq!(allowances.collect::<Vec<_>>(), [3.0, 2.0, 3.0]);
        let noon = offices[1]
            .moment(nine(12) + TimeDelta::hours(3))
            .expect("a day");
        let evenings = |office: usize| {
            let evenings = prepared.evenings[office].iter();
            evenings.filter(|evening| evening.before(noon)).count()
        };
        assert_eq!((evenings(0), evenings(1)), (2, 1));
        // On the calendar of the second office, the same moment lies a day earlier.
        let there = prepared.position(offices[0].moment(nine(13)).expect("a day"), 1);
        assert!((there - (prepared.traces[1].deadline.day)).abs() < 1e-9);
    }
}
