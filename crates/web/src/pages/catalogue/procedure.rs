//! `/procedures/{code}`: a version of a procedure: its steps as a diagram, limits, papers and fees,
//! each with its source and how sure it is.

use std::sync::Arc;

use app::access::{self, Method};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use domain::id::ProcedureCode;
use domain::procedure::{Authority, Mark, Procedure, Step};
use domain::time;

use super::diagram;
use super::procedures::unconfirmed;
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::say::Format;
use crate::visit::Staff;
use crate::words::{Markup, Words};

pub(super) fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/procedures/{code}", get(show))
}

#[derive(Template)]
#[template(path = "procedure.html")]
struct ProcedurePage {
    frame: Frame,
    name: String,
    code: String,
    field: String,
    sentence: Markup,
    open: usize,
    open_said: Markup,
    versions: Vec<VersionLine>,
    facts: Vec<Cell>,
    source: String,
    cases: Vec<CaseView>,
    picture: Option<Markup>,
    steps: Vec<StepLine>,
    steps_mark: Badge,
    components: Vec<(String, bool)>,
    components_mark: Badge,
    legs: Vec<Cell>,
}

struct VersionLine {
    number: u16,
    from: String,
    until: String,
    state: Markup,
    class: &'static str,
    chosen: bool,
}

/// How sure a fact is.
struct Badge {
    class: &'static str,
    word: Markup,
}

/// A fact with its source.
struct Cell {
    what: Markup,
    value: String,
    source: String,
    mark: Badge,
}

struct CaseView {
    name: String,
    cells: Vec<Cell>,
    note: String,
}

struct StepLine {
    name: String,
    who: String,
    time: String,
    next: String,
}

fn badge(words: &Words, mark: Mark) -> Badge {
    Badge {
        class: match mark {
            Mark::Statute | Mark::Circular => "f-ok",
            Mark::Unknown => "f-late",
            Mark::Dataset | Mark::Recalled | Mark::Derived | Mark::Template => "f-risk",
        },
        word: words.t(&format!("mark.{mark}")),
    }
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(code): Path<String>,
) -> Result<Response, Fault> {
    access::check_role(staff.caller(), Method::ReadCatalogue)?;
    let code = ProcedureCode::parse(&code).map_err(|_not_a_code| Fault::NoPage)?;
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let today = time::local_day(pages.engine.now());
    let versions = catalogue.procedures.versions(&code);
    let asked = Fields::of(&staff.visit.uri).get("version").parse::<u16>();
    let current = catalogue.procedures.in_force(&code, today);
    let shown = match asked {
        Ok(number) => versions.iter().find(|version| version.version == number),
        Err(_not_asked) => current.or(versions.last()),
    };
    let shown = shown.ok_or(Fault::NoPage)?;
    let mut lines: Vec<VersionLine> = Vec::new();
    for (at, version) in versions.iter().enumerate() {
        let until = versions.get(at + 1).and_then(|next| next.from.pred_opt());
        let is_current = current.is_some_and(|now| now.version == version.version);
        let (class, state) = if is_current {
            ("f-ok", "procedure.in_force")
        } else if version.from > today {
            ("f-risk", "procedure.coming")
        } else {
            ("", "procedure.past")
        };
        lines.push(VersionLine {
            number: version.version,
            from: say.date(version.from),
            until: until.map_or_else(String::new, |day| say.date(day)),
            state: words.t(state),
            class,
            chosen: version.version == shown.version,
        });
    }
    lines.reverse();
    let open = unconfirmed(shown);
    let limit = shown.default_case().limit;
    let sentence = match limit {
        Some(limit) => words.fill(
            "procedure.sentence",
            &[("limit", limit.words(say.0).into())],
        ),
        None => words.t("procedure.no_limit"),
    };
    let count = say.count(open as u64);
    let is_ours = shown.authority == Authority::Ours;
    let picture = (is_ours && !shown.steps.is_empty()).then(|| {
        let label = words.t("procedure.picture").plain();
        let (begin, end) = (words.t("procedure.begin"), words.t("procedure.end"));
        let who = |step: &Step| {
            let time = time_of(step, say);
            let who = who(step, words);
            if time.is_empty() {
                who
            } else {
                format!("{who} · {time}")
            }
        };
        diagram::steps(shown, &begin.plain(), &end.plain(), who, &label)
    });
    Ok(html(&ProcedurePage {
        frame: Frame::staff(&pages, &staff, Section::Catalogue, Markup::of(&shown.name)),
        name: shown.name.clone(),
        code: code.to_string(),
        field: shown.field.clone(),
        sentence,
        open,
        open_said: words.fill("procedure.open", &[("count", count.into())]),
        versions: lines,
        facts: facts(shown, words),
        source: shown.source.clone(),
        cases: shown
            .cases
            .iter()
            .map(|case| case_view(case, words, say))
            .collect(),
        picture,
        steps: step_lines(shown, words, say),
        steps_mark: badge(words, shown.steps_mark),
        components: (shown.components.iter())
            .map(|component| (component.name.clone(), component.required))
            .collect(),
        components_mark: badge(words, shown.components_mark),
        legs: (shown.legs.iter())
            .map(|leg| Cell {
                what: Markup::of(&leg.name),
                value: format!("{}: {}", leg.agency, leg.limit.words(say.0)),
                source: leg.source.clone(),
                mark: badge(words, leg.mark),
            })
            .collect(),
    }))
}

fn who(step: &Step, words: &Words) -> String {
    let role = words.t(&format!("role.{}", step.role)).plain();
    if step.agency.is_empty() {
        role
    } else {
        format!("{role}, {}", step.agency)
    }
}

fn time_of(step: &Step, say: Format) -> String {
    let allowance = step.allowance;
    allowance.map_or_else(String::new, |allowance| allowance.words(say.0))
}

fn step_lines(version: &Procedure, words: &Words, say: Format) -> Vec<StepLine> {
    let name = |id| version.step(id).map(|step| step.name.clone());
    let lines = version.steps.iter().map(|step| {
        let mut next: Vec<String> = step.next.iter().filter_map(name).collect();
        if step.finish {
            next.push(words.t("procedure.end").plain());
        }
        StepLine {
            name: step.name.clone(),
            who: who(step, words),
            time: time_of(step, say),
            next: next.join("; "),
        }
    });
    lines.collect()
}

/// The facts of the whole version.
fn facts(version: &Procedure, words: &Words) -> Vec<Cell> {
    let cell = |what: &str, value: String, source: &str, mark| Cell {
        what: words.t(what),
        value,
        source: source.to_owned(),
        mark: badge(words, mark),
    };
    let said = |key: String| words.t(&key).plain();
    let authority = match &version.authority {
        Authority::Ours => said("procedure.ours".to_owned()),
        Authority::Mirrored { system } => system.clone(),
    };
    let clock = match version.clock {
        domain::procedure::ClockPolicy::RestartOnComplete => "restart",
        domain::procedure::ClockPolicy::ExcludeInterval => "exclude",
        domain::procedure::ClockPolicy::ShiftDue => "shift",
        domain::procedure::ClockPolicy::NoStop => "no_stop",
        domain::procedure::ClockPolicy::StopWhileFinancial => "financial",
    };
    let online = match version.online {
        domain::procedure::OnlineLevel::Full => "full",
        domain::procedure::OnlineLevel::Partial => "partial",
        domain::procedure::OnlineLevel::Information => "information",
        domain::procedure::OnlineLevel::Unknown => "unknown",
    };
    let mut facts = vec![
        cell("procedure.authority", authority, "", version.authority_mark),
        cell(
            "procedure.clock",
            said(format!("clock_policy.{clock}")),
            &version.clock_source,
            version.clock_mark,
        ),
        cell(
            "procedure.online",
            said(format!("online.{online}")),
            "",
            version.online_mark,
        ),
    ];
    if !version.decision.is_empty() {
        let mark = version.steps_mark;
        facts.push(cell(
            "procedure.decision",
            version.decision.clone(),
            "",
            mark,
        ));
    }
    facts
}

fn case_view(case: &domain::procedure::Case, words: &Words, say: Format) -> CaseView {
    let mut cells = vec![Cell {
        what: words.t("procedure.limit"),
        value: case
            .limit
            .map_or_else(|| "–".to_owned(), |limit| limit.words(say.0)),
        source: case.limit_source.clone(),
        mark: badge(words, case.limit_mark),
    }];
    for (channel, limit) in &case.limits_by_channel {
        let channel = words.t(&format!("channel.{}", channel.as_str()));
        cells.push(Cell {
            what: words.fill("procedure.limit_of", &[("channel", (&channel).into())]),
            value: limit.words(say.0),
            source: case.limit_source.clone(),
            mark: badge(words, case.limit_mark),
        });
    }
    if let Some(verification) = case.verification {
        let (key, limit) = match verification {
            domain::procedure::Verification::Adds(limit) => ("procedure.verification_adds", limit),
            domain::procedure::Verification::Replaces(limit) => ("procedure.verification", limit),
        };
        cells.push(Cell {
            what: words.t(key),
            value: limit.words(say.0),
            source: case.verification_source.clone(),
            mark: badge(words, case.verification_mark),
        });
    }
    for fee in &case.fees {
        let amount = fee.amount_vnd.map(|amount| say.money(amount));
        cells.push(Cell {
            what: words.t("procedure.fee"),
            value: match amount {
                Some(amount) if fee.text.is_empty() => amount,
                Some(amount) => format!("{amount}; {}", fee.text),
                None => fee.text.clone(),
            },
            source: fee.source.clone(),
            mark: badge(words, fee.mark),
        });
    }
    CaseView {
        name: case.name.clone(),
        cells,
        note: case.note.clone(),
    }
}
