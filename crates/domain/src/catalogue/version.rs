//! One `[[version]]` of a procedure file, from text to [`Procedure`].

use std::ops::Range;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::file::Reading;
use super::{case, leg, timing};
use crate::id::{ComponentCode, ProcedureCode, StepId, SystemName};
use crate::procedure::{
    Authority, Case, ClockPolicy, Component, Kind, Mark, OnExpiry, OnlineLevel, Procedure, Step,
    flaws,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVersion {
    pub number: Spanned<u16>,
    from: Spanned<Datetime>,
    #[serde(default)]
    replaced_by: Vec<Spanned<String>>,
    name: Spanned<String>,
    field: Spanned<String>,
    #[serde(default = "procedure")]
    kind: Kind,
    mirrored_from: Option<Spanned<String>>,
    authority_mark: Option<Mark>,
    clock: ClockPolicy,
    clock_mark: Spanned<Mark>,
    clock_source: Spanned<String>,
    cutoff: Option<Spanned<String>>,
    cutoff_mark: Option<Spanned<Mark>>,
    #[serde(default)]
    cutoff_source: String,
    #[serde(default)]
    on_the_spot: bool,
    #[serde(default = "one")]
    supplement_max: u8,
    #[serde(default = "three")]
    supplement_notice_wd: u16,
    supplement_window: Option<Spanned<String>>,
    on_expiry: Option<Spanned<OnExpiry>>,
    expiry_mark: Option<Spanned<Mark>>,
    #[serde(default)]
    expiry_source: String,
    #[serde(default)]
    decision: String,
    source: Spanned<String>,
    online: Spanned<OnlineLevel>,
    online_mark: Mark,
    components_mark: Option<Spanned<Mark>>,
    steps_mark: Option<Spanned<Mark>>,
    #[serde(default)]
    case: Vec<Spanned<case::RawCase>>,
    #[serde(default)]
    component: Vec<Spanned<RawComponent>>,
    #[serde(default)]
    step: Vec<Spanned<RawStep>>,
    #[serde(default)]
    leg: Vec<Spanned<leg::RawLeg>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawComponent {
    code: Spanned<String>,
    name: Spanned<String>,
    required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    id: Spanned<String>,
    name: Spanned<String>,
    role: Spanned<String>,
    #[serde(default)]
    agency: String,
    allowance: Option<Spanned<String>>,
    #[serde(default)]
    next: Vec<Spanned<String>>,
    #[serde(default)]
    finish: bool,
}

fn procedure() -> Kind {
    Kind::Procedure
}

fn one() -> u8 {
    1
}

fn three() -> u16 {
    3
}

/// The number and first day of a version, which must both lie after the one before.
pub(super) fn place(
    reading: &mut Reading<'_>,
    raw: &Spanned<RawVersion>,
    earlier: Option<(u16, NaiveDate)>,
) -> (Option<u16>, Option<NaiveDate>) {
    let raw = raw.get_ref();
    let number = *raw.number.get_ref();
    let from = day(reading, &raw.from);
    if number == 0 {
        reading.fault(
            &raw.number.span(),
            "number is 0; versions are counted from 1",
        );
    }
    if let Some((before, day_before)) = earlier {
        if number <= before {
            let reason = format!("number {number} does not come after {before}, listed before it");
            reading.fault(&raw.number.span(), reason);
        }
        if let Some(from) = from
            && from <= day_before
        {
            let reason =
                format!("from {from} is not after {day_before}, when version {before} starts");
            reading.fault(&raw.from.span(), reason);
        }
    }
    (Some(number), from)
}

fn day(reading: &mut Reading<'_>, from: &Spanned<Datetime>) -> Option<NaiveDate> {
    let day = match from.get_ref() {
        Datetime {
            date: Some(date),
            time: None,
            offset: None,
        } => NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()),
        _ => None,
    };
    if day.is_none() {
        let reason = format!("from: `{}` is not a day such as 2025-07-01", from.get_ref());
        reading.fault(&from.span(), reason);
    }
    day
}

/// Reads one version. `None` only if an indispensable part is missing; its fault is noted.
pub(super) fn read(
    reading: &mut Reading<'_>,
    code: Option<&ProcedureCode>,
    number: Option<u16>,
    from: Option<NaiveDate>,
    raw: &Spanned<RawVersion>,
    hash: [u8; 32],
) -> Option<Procedure> {
    let (span, raw) = (raw.span(), raw.get_ref());
    let mut replaced_by = Vec::with_capacity(raw.replaced_by.len());
    for code in &raw.replaced_by {
        replaced_by.extend(reading.parse::<ProcedureCode>("replaced_by", code));
    }
    let name = reading.text("name", &raw.name);
    let field = reading.text("field", &raw.field);
    let source = reading.text("source", &raw.source);
    let clock_source = reading.text("clock_source", &raw.clock_source);
    if *raw.clock_mark.get_ref() == Mark::Unknown {
        let reason =
            "clock_mark is unknown; a dossier needs a clock: choose one and mark it derived";
        reading.fault(&raw.clock_mark.span(), reason);
    }
    if (*raw.online.get_ref() == OnlineLevel::Unknown) != (raw.online_mark == Mark::Unknown) {
        reading.fault(
            &raw.online.span(),
            "online and online_mark must be unknown together",
        );
    }
    let authority = match &raw.mirrored_from {
        None => Authority::Ours,
        Some(system) => {
            // The other system's messages carry this name, so it must have their form.
            let name = reading.parse::<SystemName>("mirrored_from", system);
            Authority::Mirrored {
                system: name.map(|name| name.to_string()).unwrap_or_default(),
            }
        }
    };
    let supplement_window =
        reading.parse_if_given("supplement_window", raw.supplement_window.as_ref());
    let on_expiry = timing::expiry(
        reading,
        (
            raw.on_expiry.as_ref(),
            raw.expiry_mark.as_ref(),
            &raw.expiry_source,
        ),
        raw.supplement_window.is_some(),
    );
    if raw.case.is_empty() {
        reading.fault(&span, "no [[version.case]]: a version has at least one");
    }
    let cases = case::read(reading, &raw.case);
    let cutoff = timing::cutoff(
        reading,
        (
            raw.cutoff.as_ref(),
            raw.cutoff_mark.as_ref(),
            &raw.cutoff_source,
        ),
        &cases,
    );
    let first = raw.component.first().map(Spanned::span);
    let components_mark = list_mark(reading, "component", first, raw.components_mark.as_ref());
    let components = components(reading, &raw.component);
    let first = raw.step.first().map(Spanned::span);
    let steps_mark = list_mark(reading, "step", first, raw.steps_mark.as_ref());
    let steps = steps(reading, raw, &cases);
    if let (Some(first), Some(_)) = (raw.leg.first(), &raw.mirrored_from) {
        reading.fault(
            &first.span(),
            "a mirrored procedure has no legs: its own system gives them",
        );
    }
    let legs = leg::read(reading, &raw.leg, &steps, &cases);
    Some(Procedure {
        code: code?.clone(),
        version: number?,
        from: from?,
        replaced_by,
        name,
        field,
        kind: raw.kind,
        authority,
        authority_mark: raw.authority_mark.unwrap_or(Mark::Derived),
        clock: raw.clock,
        clock_mark: *raw.clock_mark.get_ref(),
        clock_source,
        cutoff,
        cutoff_mark: timing::mark_of(raw.cutoff_mark.as_ref()),
        cutoff_source: raw.cutoff_source.clone(),
        on_the_spot: raw.on_the_spot,
        supplement_max: raw.supplement_max,
        supplement_notice_wd: raw.supplement_notice_wd,
        supplement_window,
        on_expiry,
        expiry_mark: timing::mark_of(raw.expiry_mark.as_ref()),
        expiry_source: raw.expiry_source.clone(),
        decision: raw.decision.clone(),
        source,
        online: *raw.online.get_ref(),
        online_mark: raw.online_mark,
        cases,
        components,
        components_mark,
        steps,
        steps_mark,
        legs,
        hash,
    })
}

/// The mark of a list: given if the list has entries, absent if it has none.
fn list_mark(
    reading: &mut Reading<'_>,
    what: &str,
    first: Option<Range<usize>>,
    mark: Option<&Spanned<Mark>>,
) -> Mark {
    match (first, mark) {
        (Some(_), Some(mark)) if *mark.get_ref() != Mark::Unknown => return *mark.get_ref(),
        (Some(first), Some(_) | None) => {
            let reason = format!("a {what} is given, so {what}s_mark must say how sure it is");
            reading.fault(&first, reason);
        }
        (None, Some(mark)) => {
            let reason = format!("{what}s_mark is given, but no {what} is");
            reading.fault(&mark.span(), reason);
        }
        (None, None) => {}
    }
    Mark::Unknown
}

fn components(reading: &mut Reading<'_>, raw: &[Spanned<RawComponent>]) -> Vec<Component> {
    let mut components: Vec<Component> = Vec::new();
    for raw in raw {
        let raw = raw.get_ref();
        let code: Option<ComponentCode> = reading.parse("code", &raw.code);
        let name = reading.text("name", &raw.name);
        let Some(code) = code else { continue };
        if components.iter().any(|component| component.code == code) {
            reading.fault(
                &raw.code.span(),
                format!("component {code} is listed twice"),
            );
        }
        components.push(Component {
            code,
            name,
            required: raw.required,
        });
    }
    components
}

fn steps(reading: &mut Reading<'_>, raw: &RawVersion, cases: &[Case]) -> Vec<Step> {
    // The status of a mirror comes from the other system alone, so no dossier could ever take our
    // steps.
    if let (Some(first), Some(_)) = (raw.step.first(), &raw.mirrored_from) {
        reading.fault(
            &first.span(),
            "a mirrored procedure has no steps: its own system moves it",
        );
    }
    let mut whole = true;
    let mut steps = Vec::new();
    for raw in &raw.step {
        let step = step(reading, raw.get_ref());
        whole &= step.is_some();
        steps.extend(step);
    }
    if whole {
        for flaw in flaws(&steps, cases) {
            reading.fault(&raw.step[flaw.at].get_ref().id.span(), flaw.reason);
        }
    }
    steps
}

fn step(reading: &mut Reading<'_>, raw: &RawStep) -> Option<Step> {
    let id: Option<StepId> = reading.parse("id", &raw.id);
    let name = reading.text("name", &raw.name);
    let role = reading.parse("role", &raw.role);
    let allowance = reading.parse_if_given("allowance", raw.allowance.as_ref());
    let readable = allowance.is_some() == raw.allowance.is_some();
    let mut next = Vec::with_capacity(raw.next.len());
    for id in &raw.next {
        next.extend(reading.parse::<StepId>("next", id));
    }
    if !readable || next.len() < raw.next.len() {
        return None;
    }
    let (agency, finish) = (raw.agency.trim().to_owned(), raw.finish);
    Some(Step {
        id: id?,
        name,
        role: role?,
        agency,
        allowance,
        next,
        finish,
    })
}
