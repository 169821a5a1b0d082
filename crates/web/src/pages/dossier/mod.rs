//! `/dossiers/{name}`: one dossier, its time, and the acts that the caller may do.

mod act;
mod clock;
mod detail;
mod exchange;
mod form;
mod notices;
mod story;

use std::sync::Arc;

use app::access::Method;
use app::forms::{component_name, tells};
use app::view::{DossierName, HistoryEntry, View};
use app::{Caller, Error};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::TimeDelta;
use documents::forms::Kind;
use domain::dossier::times::{Span, SpentOn, Times};
use domain::dossier::{Action, Channel, Event, usual_action};
use domain::language::Language;
use domain::time;

use self::detail::Details;
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::rows::{Drawn, Flag, Rows};
use crate::say::{Format, capital};
use crate::visit::Staff;
use crate::words::{Markup, Words};

pub(super) use act::content;

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/dossiers/{name}", get(show))
        .route("/search", get(search))
        .merge(notices::routes())
        .merge(act::routes())
}

#[derive(Template)]
#[template(path = "dossier.html")]
struct DossierPage {
    frame: Frame,
    unit: String,
    procedure: String,
    code: String,
    clock: String,
    note: &'static str,
    flag: Option<Drawn>,
    promise: Markup,
    standing: Markup,
    why: String,
    /// What to do about it, and the form if the caller may do it.
    advice: Option<(Markup, Option<String>)>,
    acts: Vec<Button>,
    more: Vec<Button>,
    prints: Vec<Button>,
    picture: Option<(Markup, Markup)>,
    arithmetic: Vec<clock::Line>,
    spans: Vec<SpanLine>,
    split: Markup,
    steps: Vec<StepLine>,
    facts: Vec<(Markup, Markup)>,
    story: Vec<story::Entry>,
    exchange: Vec<exchange::ExchangeShown>,
    notices: Option<notices::Notices>,
}

struct Button {
    href: String,
    label: String,
    main: bool,
}

struct SpanLine {
    place: String,
    from: String,
    hours: String,
}

struct StepLine {
    class: &'static str,
    name: String,
    detail: Markup,
    is_now: bool,
}

async fn show(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let name = DossierName::parse(&name).map_err(|_not_a_name| Fault::NoPage)?;
    let view = engine.dossier(caller, &name).await?;
    let history = engine.history(caller, &name).await?;
    let (_, times, _) = engine.times(caller, &name).await?;
    let directory = pages.accounts.directory(&caller.province).await?;
    let (words, say, now) = (staff.visit.words(), staff.visit.say(), engine.now());
    let rows = Rows {
        engine,
        caller,
        directory: &directory,
        words,
        say,
        now,
    };
    let dossier = &view.dossier;
    let row = rows.row(&view);
    let flag = Flag::of(&view, now);
    let code = dossier.label();
    let state = match flag {
        Some(flag) => words.t(flag.key()),
        None => Markup::of(&rows.step(&view)),
    };
    let title = words.fill(
        "dossier.title",
        &[
            ("state", (&state).into()),
            ("procedure", (&view.procedure.name).into()),
            ("code", (&code).into()),
        ],
    );
    let reasons = view
        .foreseen
        .iter()
        .flat_map(|it| it.reasons.iter())
        .take(2);
    let reasons: Vec<&str> = reasons
        .map(|reason| match say.0 {
            Language::Vietnamese => reason.vi.as_str(),
            Language::English => reason.en.as_str(),
        })
        .collect();
    let visited: Vec<_> = history.iter().map(|entry| &entry.record).collect();
    let catalogue = engine.catalogue(&caller.province);
    let unit = catalogue.units.get(&dossier.resolving);
    let sent = Fields::of(&staff.visit.uri);
    let exchange = exchange::of(engine, caller, &name, words, say).await?;
    let notices = notices::of(engine, caller, &name, words, &sent).await?;
    let advice = engine.advice(&view).await?;
    let advice = advice.map(|(act, by)| rows.advice(act, by));
    let advised = advice.as_ref().map(|(_, action)| *action);
    let mut buttons = buttons(&view, advised, say).into_iter();
    let acts = buttons.by_ref().take(SHOWN_ACTS).collect();
    Ok(html(&DossierPage {
        frame: Frame::staff(&pages, &staff, Section::Overview, title),
        unit: dossier.resolving.to_string(),
        procedure: view.procedure.name.clone(),
        clock: say.clock(now),
        note: flag.map_or("", note),
        flag: row.flag,
        promise: promise(&view, &rows),
        standing: standing(&view, &rows),
        why: reasons.join(" "),
        advice: advice.map(|(said, action)| {
            let may = view.allowed.contains(&action);
            let form = format!("/dossiers/{}/{}", dossier.id, action.method());
            (said, may.then_some(form))
        }),
        acts,
        more: buttons.collect(),
        prints: prints(caller, &view, &history, words),
        picture: clock::picture(&view, &times, &rows),
        arithmetic: clock::arithmetic(&view, &history, &rows),
        spans: spans(&view, &times, words, say),
        split: split(&times, words, say),
        steps: steps(&view, &visited, &times, words, say),
        facts: facts(&view, unit.map_or("", |unit| &unit.name), &rows),
        story: story::entries(
            &history,
            &Details {
                view: &view,
                directory: &directory,
                catalogue: &catalogue,
                words,
                say,
            },
        ),
        exchange,
        notices,
        code,
    }))
}

/// Opens the dossier if the search finds a single one; otherwise lists those found.
async fn search(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let fields = Fields::of(&staff.visit.uri);
    let text = fields.searched("q");
    let text = text.as_str();
    let (engine, caller) = (&pages.engine, staff.caller());
    let found = match engine.search(caller, text, 50).await {
        Ok(found) => found,
        // The text contains nothing to search for.
        Err(Error::Invalid(_)) => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    if let [only] = found.as_slice() {
        return Ok(Redirect::to(&format!("/dossiers/{}", only.dossier.id)).into_response());
    }
    let directory = pages.accounts.directory(&caller.province).await?;
    let words = staff.visit.words();
    let rows = Rows {
        engine,
        caller,
        directory: &directory,
        words,
        say: staff.visit.say(),
        now: engine.now(),
    };
    let count = staff.visit.say().count(found.len() as u64);
    let title = words.fill(
        "search.title",
        &[("count", count.into()), ("text", text.into())],
    );
    let mut frame = Frame::staff(&pages, &staff, Section::Overview, title.clone());
    text.clone_into(&mut frame.searched);
    Ok(html(&SearchPage {
        frame,
        heading: title.clone(),
        caption: title,
        columns: crate::rows::columns(words),
        rows: found.iter().map(|view| rows.row(view)).collect(),
    }))
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    heading: Markup,
    caption: Markup,
    columns: Vec<crate::rows::Column>,
    rows: Vec<crate::rows::Row>,
}

fn note(flag: Flag) -> &'static str {
    match flag {
        Flag::Overdue | Flag::WillBeLate => "is-late",
        Flag::DueToday | Flag::AtRisk => "is-risk",
        Flag::Waiting => "is-wait",
        Flag::Watch => "",
    }
}

/// When the result is promised and what is left until then; of what is over, when that was.
fn promise(view: &View, rows: &Rows<'_>) -> Markup {
    let (words, moment) = (rows.words, |at| rows.say.moment(at, rows.now));
    match (view.dossier.ended, view.dossier.due()) {
        (Some(ended), Some(due)) => words.fill(
            "dossier.ended_of",
            &[("date", moment(ended).into()), ("due", moment(due).into())],
        ),
        (Some(ended), None) => words.fill("dossier.ended", &[("date", moment(ended).into())]),
        (None, Some(due)) => words.fill(
            "dossier.promise",
            &[
                ("date", moment(due).into()),
                ("left", (&rows.left(view)).into()),
            ],
        ),
        (None, None) => words.t("row.no_due"),
    }
}

/// Where the dossier is, and who holds it as long as anybody has to.
fn standing(view: &View, rows: &Rows<'_>) -> Markup {
    let step = rows.step(view);
    if view.dossier.ended.is_some() || !view.dossier.status().is_open() {
        return rows
            .words
            .fill("dossier.standing_over", &[("step", step.into())]);
    }
    rows.words.fill(
        "dossier.standing",
        &[
            ("step", step.into()),
            ("holder", (&rows.holder(view)).into()),
        ],
    )
}

/// How many acts are shown before the rest is folded away.
const SHOWN_ACTS: usize = 4;

/// The acts that the caller may do now, as the domain allows them; what is advised first, then the usual next one.
fn buttons(view: &View, advised: Option<Action>, say: Format) -> Vec<Button> {
    let with_form = view
        .allowed
        .iter()
        .filter(|action| form::is_there(**action));
    let mut with_form: Vec<&Action> = with_form.collect();
    let usual = usual_action(&view.dossier, &view.allowed);
    let main = advised.filter(|action| view.allowed.contains(action));
    let main = main.or(usual);
    let place = |action: &Action| {
        let (is_main, is_usual) = (Some(*action) == main, Some(*action) == usual);
        (!is_main, !is_usual, ends(*action))
    };
    with_form.sort_by_key(|action| place(action));
    let buttons = with_form.into_iter().map(|action| Button {
        href: format!("/dossiers/{}/{}", view.dossier.id, action.method()),
        label: label(*action, say),
        // An act that ends the dossier is never the main button.
        main: Some(*action) == main && !ends(*action),
    });
    buttons.collect()
}

/// Whether an act ends a dossier without a result.
fn ends(action: Action) -> bool {
    matches!(action, Action::Withdraw | Action::Stop | Action::Refuse)
}

/// The label of an act's button.
fn label(action: Action, say: Format) -> String {
    let spec = action.spec();
    match say.0 {
        Language::Vietnamese => capital(spec.vi),
        Language::English => spec.en.to_owned(),
    }
}

/// The forms that can be printed, because their events have happened.
fn prints(caller: &Caller, view: &View, history: &[HistoryEntry], words: &Words) -> Vec<Button> {
    let may_print = |kind| match kind {
        Kind::Receipt => caller.may(Method::GetReceipt),
        _ => caller.may(Method::PrintForm),
    };
    let happened = |kind| {
        let mut events = history.iter().map(|entry| &entry.record.event);
        events.any(|event| tells(kind, event))
    };
    let forms = [
        (Kind::Receipt, "print.slip"),
        (Kind::Supplement, "print.supplement"),
        (Kind::Apology, "print.apology"),
        (Kind::Refusal, "print.refusal"),
        (Kind::Stop, "print.stop"),
        (Kind::Control, "print.control"),
        (Kind::Result, "print.result"),
    ];
    let there = forms
        .into_iter()
        .filter(|(kind, _)| may_print(*kind) && happened(*kind));
    let buttons = there.map(|(kind, label)| Button {
        href: format!("/dossiers/{}/print/{}", view.dossier.id, kind.as_str()),
        label: words.t(label).plain(),
        main: false,
    });
    buttons.collect()
}

fn spans(view: &View, times: &Times, words: &Words, say: Format) -> Vec<SpanLine> {
    let main = times.spans.iter().filter(|span| span.part.is_main_line());
    main.map(|span| SpanLine {
        place: place(view, span, words),
        from: format!(
            "{} {}",
            say.clock(span.from),
            say.short_date(time::local_day(span.from))
        ),
        hours: span
            .working
            .map_or_else(String::new, |time| hours(time, say)),
    })
    .collect()
}

fn place(view: &View, span: &Span, words: &Words) -> String {
    let key = match &span.part {
        SpentOn::Office { step } => {
            let step = step.as_ref().and_then(|id| view.procedure.step(id));
            match step {
                Some(step) => return step.name.clone(),
                None => "step.processing",
            }
        }
        SpentOn::Desk => "span.desk",
        SpentOn::Papers => "span.papers",
        SpentOn::Payment => "span.payment",
        SpentOn::Result => "span.result",
        SpentOn::Leg { .. } | SpentOn::Consultation { .. } => "span.others",
    };
    words.t(key).as_str().to_owned()
}

fn hours(time: TimeDelta, say: Format) -> String {
    // Minutes of a dossier are few enough to be exact in a float.
    say.decimal(time.num_minutes() as f64 / 60.0, 1)
}

fn split(times: &Times, words: &Words, say: Format) -> Markup {
    let of = |time: Option<TimeDelta>| time.map_or_else(|| "?".to_owned(), |it| hours(it, say));
    words.fill(
        "dossier.split",
        &[
            ("own", of(times.processing.own).into()),
            ("citizen", of(times.processing.citizen).into()),
            ("others", of(times.processing.others).into()),
        ],
    )
}

fn steps(
    view: &View,
    records: &[&domain::dossier::Record],
    times: &Times,
    words: &Words,
    say: Format,
) -> Vec<StepLine> {
    let entered = |id: &domain::id::StepId| {
        let mut latest = records.iter().rev();
        latest.find(|record| match &record.event {
            Event::Advanced(fact) => fact.step.as_ref() == Some(id),
            _ => false,
        })
    };
    let spent = |id: &domain::id::StepId| {
        let at = |span: &&Span| matches!(&span.part, SpentOn::Office { step } if step.as_ref() == Some(id));
        let spans = times.spans.iter().filter(at);
        spans.filter_map(|span| span.working).sum::<TimeDelta>()
    };
    let here = view.dossier.state.step();
    let lines = view.procedure.steps.iter().map(|step| {
        let at = entered(&step.id).map(|record| record.event_time);
        let is_now = here == Some(&step.id) && view.dossier.status().is_open();
        StepLine {
            class: match (is_now, at) {
                (true, _) => "now",
                (false, Some(_)) => "done",
                (false, None) => "",
            },
            name: step.name.clone(),
            detail: match (at, step.allowance) {
                (Some(at), planned) => {
                    let values = [
                        ("date", say.full_moment(at).into()),
                        ("hours", hours(spent(&step.id), say).into()),
                        (
                            "time",
                            planned
                                .map_or_else(String::new, |it| it.words(say.0))
                                .into(),
                        ),
                    ];
                    let key = match planned {
                        Some(_) => "dossier.step_spent_of",
                        None => "dossier.step_spent",
                    };
                    words.fill(key, &values)
                }
                (None, Some(allowance)) => words.fill(
                    "dossier.step_planned",
                    &[("time", allowance.words(say.0).into())],
                ),
                (None, None) => Markup::default(),
            },
            is_now,
        }
    });
    lines.collect()
}

fn facts(view: &View, unit: &str, rows: &Rows<'_>) -> Vec<(Markup, Markup)> {
    let (dossier, words, say) = (&view.dossier, rows.words, rows.say);
    let mut facts = Vec::new();
    if let Some(person) = &view.applicant {
        let phone = if person.phone.is_empty() {
            String::new()
        } else {
            format!(" · {}", person.phone)
        };
        let told = Markup::of(&format!("{}{phone}", person.name));
        facts.push((words.t("fact.applicant"), told));
    }
    let channel = match dossier.corrected_channel() {
        Channel::Desk => "channel.desk",
        Channel::Online => "channel.online",
        Channel::Post => "channel.post",
    };
    facts.push((words.t("fact.channel"), words.t(channel)));
    let papers: Vec<String> = dossier
        .components
        .iter()
        .map(|code| component_name(view, code))
        .collect();
    if !papers.is_empty() {
        facts.push((words.t("fact.papers"), Markup::of(&papers.join("; "))));
    }
    if let Some(holder) = &dossier.custody.holder {
        let held = words.fill(
            "fact.held",
            &[
                ("name", rows.directory.name(&holder.party.actor).into()),
                ("date", say.full_moment(holder.since).into()),
            ],
        );
        facts.push((words.t("fact.on_paper"), held));
    }
    if let Some(open) = dossier.fee_open_vnd {
        let open = words.fill("fact.fee_open", &[("money", say.money(open).into())]);
        facts.push((words.t("fact.fee"), open));
    } else if dossier.fee_paid_vnd > 0 {
        let paid = say.money(dossier.fee_paid_vnd);
        let paid = words.fill("fact.fee_paid", &[("money", paid.into())]);
        facts.push((words.t("fact.fee"), paid));
    }
    if !unit.is_empty() {
        facts.push((words.t("fact.unit"), Markup::of(unit)));
    }
    facts
}
