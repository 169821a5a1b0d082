//! The top of the page: a sentence, seven numbers, and where work piles up. The list behind a
//! number uses the same query as the number, so it shows exactly the counted dossiers.

use app::Caller;
use app::foresight::Level;
use app::worklist::{Breakdown, WorklistCounts, WorklistFilter};
use chrono::NaiveDate;
use domain::id::UnitCode;
use domain::role::Role;

use crate::pages::list::Filter;
use crate::pages::list::day::Happened;
use crate::rows::Rows;
use crate::say::{Format, day_length};
use crate::words::{Markup, Words};

/// A number that links to its dossiers.
pub struct Number {
    pub href: String,
    pub class: &'static str,
    pub count: String,
    pub what: Markup,
    pub more: Markup,
}

/// The counts behind the numbers.
pub struct Counted<'a> {
    pub unit: &'a UnitCode,
    pub counts: &'a WorklistCounts,
    pub found: &'a Breakdown,
    /// How late the most overdue dossier is.
    pub longest: Option<Markup>,
    /// How many dossiers ended today.
    pub done: u64,
    pub today: NaiveDate,
}

/// A step with many dossiers.
pub struct Piled {
    pub href: String,
    pub name: String,
    pub waiting: String,
    /// The address of the overdue dossiers' list, and their number; none if none are overdue.
    pub overdue: Option<(String, String)>,
    pub longest: String,
}

fn only(filter: WorklistFilter) -> Filter {
    Filter {
        only: vec![filter],
        page: 1,
        ..Filter::default()
    }
}

fn at_level(level: Level) -> Filter {
    Filter {
        levels: vec![level],
        page: 1,
        ..Filter::default()
    }
}

fn level(found: &Breakdown, level: Level) -> u32 {
    found.levels.get(&level).copied().unwrap_or_default()
}

/// The seven numbers.
pub fn seven(words: &Words, say: Format, of: &Counted<'_>) -> Vec<Number> {
    let Counted {
        unit,
        counts,
        found,
        ..
    } = of;
    let said = |count: u32| say.count(count.into());
    let number = |class, count: u32, what: &str, filter: &Filter, more: Markup| Number {
        href: filter.address(unit),
        class,
        count: said(count),
        what: words.t(what),
        more,
    };
    let with = |key: &str, count: u32| words.fill(key, &[("count", said(count).into())]);
    let all = Filter {
        page: 1,
        ..Filter::default()
    };
    vec![
        number(
            "",
            counts.open,
            "unit.open",
            &all,
            with("unit.open_more", counts.of(WorklistFilter::Submitted)),
        ),
        number(
            "k-late",
            counts.of(WorklistFilter::Overdue),
            "unit.overdue",
            &only(WorklistFilter::Overdue),
            of.longest.as_ref().map_or_else(Markup::default, |time| {
                words.fill("unit.overdue_more", &[("time", time.into())])
            }),
        ),
        number(
            "k-late",
            level(found, Level::WillBeLate),
            "unit.will_be_late",
            &at_level(Level::WillBeLate),
            words.t("unit.will_be_late_more"),
        ),
        number(
            "k-risk",
            level(found, Level::AtRisk),
            "unit.at_risk",
            &at_level(Level::AtRisk),
            with("unit.at_risk_more", level(found, Level::Watch)),
        ),
        number(
            "k-risk",
            counts.of(WorklistFilter::DueToday),
            "unit.due_today",
            &only(WorklistFilter::DueToday),
            with(
                "unit.due_today_more",
                counts.of(WorklistFilter::AnswerDueToday),
            ),
        ),
        number(
            "k-wait",
            counts.of(WorklistFilter::WaitingForCitizen),
            "unit.waiting",
            &only(WorklistFilter::WaitingForCitizen),
            words.t("unit.waiting_more"),
        ),
        Number {
            href: Happened::Done.address(unit, of.today),
            class: "k-ok",
            count: say.count(of.done),
            what: words.t("unit.done"),
            more: words.t("unit.done_more"),
        },
    ]
}

/// `Hôm nay có 7 hồ sơ quá hạn, 5 hồ sơ phải trả và 2 hồ sơ sẽ trễ nếu cứ như hiện nay.`
pub fn sentence(words: &Words, say: Format, counts: &WorklistCounts, found: &Breakdown) -> Markup {
    let parts = [
        ("unit.s_overdue", counts.of(WorklistFilter::Overdue)),
        ("unit.s_today", counts.of(WorklistFilter::DueToday)),
        ("unit.s_late", level(found, Level::WillBeLate)),
    ];
    let parts = parts.into_iter().filter(|(_, count)| *count > 0);
    let parts: Vec<Markup> = parts
        .map(|(key, count)| words.fill(key, &[("count", say.count(count.into()).into())]))
        .collect();
    let parts: Vec<&str> = parts.iter().map(Markup::as_str).collect();
    let joined = match parts.as_slice() {
        [] => return words.t("unit.s_nothing"),
        [only] => (*only).to_owned(),
        [most @ .., last] => {
            let and = words.t("unit.s_and");
            format!("{} {and} {last}", most.join(", "))
        }
    };
    words.fill(
        "unit.sentence",
        &[("parts", (&Markup::made(joined)).into())],
    )
}

/// The dossiers that wait for the caller's own signature or decision, at the step with most of
/// them.
pub fn signing(
    words: &Words,
    say: Format,
    caller: &Caller,
    found: &Breakdown,
    unit: &UnitCode,
) -> Option<(String, Markup)> {
    let mut roles = caller.roles();
    let role = roles.find(|role| matches!(role, Role::Chairman | Role::Leader))?;
    let at = found
        .steps
        .iter()
        .find(|at| at.role == role && at.waiting > 0)?;
    let filter = Filter {
        step: Some(at.step.clone()),
        page: 1,
        ..Filter::default()
    };
    let places = [
        ("count", say.count(at.waiting.into()).into()),
        ("step", (&at.name).into()),
    ];
    Some((filter.address(unit), words.fill("unit.signing", &places)))
}

/// The steps with the most overdue dossiers; among equals, those with the most dossiers.
pub fn piled(say: Format, rows: &Rows<'_>, found: &Breakdown, unit: &UnitCode) -> Vec<Piled> {
    const MOST: usize = 8;
    let mut steps: Vec<_> = found.steps.iter().collect();
    steps.sort_by_key(|at| std::cmp::Reverse((at.overdue, at.waiting)));
    let catalogue = rows.engine.catalogue(&rows.caller.province);
    let calendar = catalogue.calendars.for_unit(unit.as_str());
    let day = day_length(calendar, domain::time::local_day(rows.now));
    let steps = steps.into_iter().take(MOST).map(|at| {
        let here = Filter {
            step: Some(at.step.clone()),
            page: 1,
            ..Filter::default()
        };
        let overdue = Filter {
            only: vec![WorklistFilter::Overdue],
            ..here.clone()
        };
        let longest = calendar.open_time_between(at.since, rows.now).ok();
        Piled {
            href: here.address(unit),
            name: at.name.clone(),
            waiting: say.count(at.waiting.into()),
            overdue: (at.overdue > 0)
                .then(|| (overdue.address(unit), say.count(at.overdue.into()))),
            longest: longest.map_or_else(String::new, |time| say.working(time, day)),
        }
    });
    steps.collect()
}
