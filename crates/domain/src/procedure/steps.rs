//! The rules for the steps of a procedure. They hold before any dossier takes the steps.

use super::{Case, Step};
use crate::id::StepId;
use crate::limit::Limit;

/// The most working hours the steps of a same-day case may plan together.
///
/// The open hours of a default day are 7 and a half; steps are planned in whole hours.
pub const LONGEST_SAME_DAY_HOURS: u16 = 7;

/// The days every calendar month has, February included.
const SHORTEST_MONTH: u32 = 28;

/// More simple paths than any office process has. Beyond it nobody could check the steps by eye.
const MOST_PATHS: usize = 20_000;

/// Something wrong with one step or leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Its place in the list.
    pub at: usize,
    /// What is wrong with it and what was expected.
    pub reason: String,
}

pub(super) fn flaw(at: usize, reason: String) -> Flaw {
    Flaw { at, reason }
}

/// Every fault of the steps, given the cases whose limits they must keep.
///
/// Every step must be reachable from the first and must be able to reach a finish. The allowances
/// along the longest simple path may not exceed the limit of any case. Verification is not counted
/// in, so a step that needs it carries no allowance.
#[must_use]
pub fn flaws(steps: &[Step], cases: &[Case]) -> Vec<Flaw> {
    let mut found = Vec::new();
    let graph = graph(steps, &mut found);
    if steps.is_empty() || !found.is_empty() {
        return found;
    }
    if !steps.iter().any(|step| step.finish) {
        return vec![flaw(
            0,
            "no step has `finish = true`: there is no way to finish".to_owned(),
        )];
    }
    let reached = closure(&graph, vec![0]);
    let finishing = (0..steps.len()).filter(|at| steps[*at].finish).collect();
    let finishes = closure(&reversed(&graph), finishing);
    for (at, step) in steps.iter().enumerate() {
        if !reached[at] {
            found.push(flaw(
                at,
                format!("step {} is unreachable from {}", step.id, steps[0].id),
            ));
        } else if !finishes[at] {
            found.push(flaw(at, format!("step {} has no way to a finish", step.id)));
        }
    }
    found.extend(allowance_flaws(steps, cases, &graph));
    found
}

/// The steps each step leads to, as places in the list; repeated ids and unknown names are flaws.
fn graph(steps: &[Step], found: &mut Vec<Flaw>) -> Vec<Vec<usize>> {
    let place = |id: &StepId| steps.iter().position(|step| step.id == *id);
    let mut graph = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        if place(&step.id) != Some(at) {
            found.push(flaw(at, format!("step {} is listed twice", step.id)));
        }
        let mut to = Vec::with_capacity(step.next.len());
        for next in &step.next {
            match place(next) {
                Some(next) => to.push(next),
                None => {
                    let reason = format!("step {} leads to {next}, which is no step", step.id);
                    found.push(flaw(at, reason));
                }
            }
        }
        graph.push(to);
    }
    graph
}

fn reversed(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut reversed = vec![Vec::new(); graph.len()];
    for (from, to) in graph.iter().enumerate() {
        for next in to {
            reversed[*next].push(from);
        }
    }
    reversed
}

/// Which places can be reached from the given ones.
fn closure(graph: &[Vec<usize>], mut open: Vec<usize>) -> Vec<bool> {
    let mut seen = vec![false; graph.len()];
    while let Some(at) = open.pop() {
        if !seen[at] {
            seen[at] = true;
            open.extend(&graph[at]);
        }
    }
    seen
}

fn allowance_flaws(steps: &[Step], cases: &[Case], graph: &[Vec<usize>]) -> Vec<Flaw> {
    let mut found = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if step.allowance.is_some_and(is_zero) {
            found.push(flaw(
                at,
                format!("step {} has an allowance of zero", step.id),
            ));
        }
    }
    for (case, limit) in limits(cases) {
        found.extend(path_flaw(steps, graph, case, limit));
    }
    found
}

/// Every limit that a dossier may be received under.
pub(super) fn limits(cases: &[Case]) -> impl Iterator<Item = (&Case, Limit)> {
    cases.iter().flat_map(|case| {
        let limits = case.limit.iter().chain(case.limits_by_channel.values());
        limits.map(move |limit| (case, *limit))
    })
}

/// The longest time that the steps allow from the first to the end of one of them.
///
/// An allowance that cannot be added up counts as nothing here; it is a flaw of its own.
pub(super) fn longest_way_to(steps: &[Step], last: usize, limit: Limit) -> u32 {
    let length = |step: &Step| step.allowance.and_then(|own| length_within(own, limit));
    let lengths: Vec<_> = steps.iter().map(|step| length(step).unwrap_or(0)).collect();
    let graph = graph(steps, &mut Vec::new());
    let mut walk = Walk::over(&graph, &lengths);
    walk.last = Some(last);
    walk.on(0, 0);
    walk.longest.0
}

/// The first reason why the allowances do not fit into one limit.
fn path_flaw(steps: &[Step], graph: &[Vec<usize>], case: &Case, limit: Limit) -> Option<Flaw> {
    let mut lengths = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let Some(allowance) = step.allowance else {
            lengths.push(0);
            continue;
        };
        let Some(length) = length_within(allowance, limit) else {
            let reason = format!(
                "allowance {allowance} of step {} cannot be added up to the limit {limit} of case {}; \
                 expected {}",
                step.id,
                case.id,
                unit_within(limit)
            );
            return Some(flaw(at, reason));
        };
        lengths.push(length);
    }
    let mut walk = Walk::over(graph, &lengths);
    walk.on(0, 0);
    if walk.paths > MOST_PATHS {
        return Some(flaw(
            0,
            format!("the steps form more than {MOST_PATHS} different paths"),
        ));
    }
    let (total, path) = walk.longest;
    let most = length_of(limit);
    if total <= most {
        return None;
    }
    let names: Vec<_> = path.iter().map(|at| steps[*at].id.as_str()).collect();
    let reason = format!(
        "steps {} take {total} together; the limit {limit} of case {} leaves {most}",
        names.join(" > "),
        case.id
    );
    Some(flaw(path.last().copied().unwrap_or_default(), reason))
}

/// A depth-first walk over the simple paths from the first step.
struct Walk<'a> {
    graph: &'a [Vec<usize>],
    lengths: &'a [u32],
    /// Where a path must end to count; anywhere when none is given.
    last: Option<usize>,
    path: Vec<usize>,
    longest: (u32, Vec<usize>),
    paths: usize,
}

impl<'a> Walk<'a> {
    fn over(graph: &'a [Vec<usize>], lengths: &'a [u32]) -> Self {
        Self {
            graph,
            lengths,
            last: None,
            path: Vec::new(),
            longest: (0, Vec::new()),
            paths: 0,
        }
    }

    fn on(&mut self, at: usize, before: u32) {
        self.paths += 1;
        if self.paths > MOST_PATHS {
            return;
        }
        let total = before + self.lengths[at];
        self.path.push(at);
        if total > self.longest.0 && self.last.is_none_or(|last| last == at) {
            self.longest = (total, self.path.clone());
        }
        let graph = self.graph;
        for next in &graph[at] {
            if !self.path.contains(next) {
                self.on(*next, total);
            }
        }
        self.path.pop();
    }
}

/// Whether a limit gives no time at all.
pub(crate) fn is_zero(limit: Limit) -> bool {
    match limit {
        Limit::WorkingDays(n)
        | Limit::WorkingHours(n)
        | Limit::CalendarDays(n)
        | Limit::CalendarMonths(n)
        | Limit::ElapsedHours(n) => n == 0,
        Limit::SameDay => false,
    }
}

/// How much a limit holds, in the unit its steps are planned in.
pub(super) fn length_of(limit: Limit) -> u32 {
    match limit {
        Limit::WorkingDays(n)
        | Limit::WorkingHours(n)
        | Limit::CalendarDays(n)
        | Limit::ElapsedHours(n) => n.into(),
        Limit::CalendarMonths(n) => u32::from(n) * SHORTEST_MONTH,
        Limit::SameDay => LONGEST_SAME_DAY_HOURS.into(),
    }
}

pub(super) fn unit_within(limit: Limit) -> &'static str {
    match limit {
        Limit::WorkingDays(_) => "working days, such as 1wd",
        Limit::WorkingHours(_) | Limit::SameDay => "working hours, such as 2wh",
        Limit::CalendarDays(_) | Limit::CalendarMonths(_) => "calendar days, such as 5d",
        Limit::ElapsedHours(_) => "elapsed hours, such as 2h",
    }
}

/// An allowance in the unit of the limit; working days and hours never convert.
pub(super) fn length_within(allowance: Limit, limit: Limit) -> Option<u32> {
    match (allowance, limit) {
        (Limit::WorkingDays(n), Limit::WorkingDays(_))
        | (Limit::WorkingHours(n), Limit::WorkingHours(_) | Limit::SameDay)
        | (Limit::CalendarDays(n), Limit::CalendarDays(_) | Limit::CalendarMonths(_))
        | (Limit::ElapsedHours(n), Limit::ElapsedHours(_)) => Some(n.into()),
        (
            Limit::WorkingDays(_)
            | Limit::WorkingHours(_)
            | Limit::CalendarDays(_)
            | Limit::CalendarMonths(_)
            | Limit::ElapsedHours(_)
            | Limit::SameDay,
            _,
        ) => None,
    }
}
