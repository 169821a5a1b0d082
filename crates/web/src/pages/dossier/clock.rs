//! The clock of a dossier as a picture, and the arithmetic of its due time with every move.

use app::view::{HistoryEntry, View};
use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::calendar::Calendar;
use domain::deadline;
use domain::dossier::Dossier;
use domain::dossier::times::{SpentOn, Times};
use domain::language::Language;
use domain::time::{self, Instant};

use super::story;
use crate::charts::{Clock, Holder, Stretch};
use crate::rows::Rows;
use crate::say::{Format, day_length};
use crate::words::Markup;

/// Up to this many working days, each gets a line; above it, only the named days do.
const EACH_DAY: usize = 50;
/// About how many working days get a name.
const NAMES: usize = 6;
/// A line of the arithmetic.
pub struct Line {
    pub class: &'static str,
    pub mark: String,
    pub text: Markup,
}

/// An axis of a calendar's open time.
struct Axis<'a> {
    calendar: &'a Calendar,
    from: Instant,
    whole: TimeDelta,
}

impl Axis<'_> {
    fn at(&self, at: Instant) -> f64 {
        let at = Ord::max(at, self.from);
        let open = self.calendar.open_time_between(self.from, at);
        // Minutes of a few years are few enough to be exact in a float.
        open.map_or(1.0, |open| {
            open.num_minutes() as f64 / self.whole.num_minutes().max(1) as f64
        })
    }
}

/// The picture, and the same in words. None if the clock cannot be drawn: before reception, without
/// a limit, or past the calendar.
pub fn picture(view: &View, times: &Times, rows: &Rows<'_>) -> Option<(Markup, Markup)> {
    rows.with_calendar(view, |calendar| drawn(view, times, rows, calendar))
}

fn drawn(
    view: &View,
    times: &Times,
    rows: &Rows<'_>,
    calendar: &Calendar,
) -> Option<(Markup, Markup)> {
    let dossier = &view.dossier;
    let clock = dossier.clock.as_ref()?;
    let (first, due) = (clock.original_due?, clock.effective_due?);
    let start = dossier.received?;
    let now = dossier.ended.unwrap_or(rows.now);
    let foreseen = view.foreseen.as_ref().and_then(|it| it.finish);
    let foreseen = foreseen.filter(|_| dossier.ended.is_none());
    let needed = due.max(now).max(first);
    let from = time::local_day(start);
    let ends = calendar.working_day_from(time::local_day(needed)).ok()?;
    let reach = calendar.working_days_after_until(from, ends).ok()?.max(4);
    // A forecast far in the future must not squeeze everything else into a corner, so the axis is
    // at most twice as long as the time to the due day.
    let most = calendar.nth_working_day_after(ends, reach).ok();
    let last = match foreseen {
        Some([_, _, late]) => {
            let late = time::local_day(late).max(ends);
            most.map_or(late, |most| late.min(most))
        }
        None => ends,
    };
    let last = calendar.nth_working_day_after(last, 1).ok()?;
    let (opens, closes) = (time::day_start(from), calendar.closing(last).ok()??);
    let axis = Axis {
        calendar,
        from: opens,
        whole: calendar.open_time_between(opens, closes).ok()?,
    };
    let (days, gaps) = days(&axis, from, last, rows.say)?;
    let spent = times.spans.iter().filter_map(|span| {
        let holder = match span.part {
            SpentOn::Desk => Holder::Desk,
            SpentOn::Office { .. } => Holder::Office,
            SpentOn::Papers | SpentOn::Payment => Holder::Citizen,
            SpentOn::Result | SpentOn::Leg { .. } | SpentOn::Consultation { .. } => return None,
        };
        Some(Stretch {
            from: axis.at(span.from),
            to: axis.at(span.to),
            holder,
        })
    });
    let day = day_length(calendar, from);
    let used = calendar.open_time_between(start, now).ok()?;
    let (words, say) = (rows.words, rows.say);
    let short = |at: Instant| say.short_date(time::local_day(at));
    let limit = clock.limit.map(|limit| limit.words(say.0));
    let passed = words.fill(
        "clock.passed",
        &[
            ("time", say.working(used, day).into()),
            ("limit", limit.unwrap_or_default().into()),
        ],
    );
    let promised = if first == due {
        words.fill("clock.limit", &[("first", short(first).into())])
    } else {
        words.fill(
            "clock.limit_moved",
            &[("first", short(first).into()), ("due", short(due).into())],
        )
    };
    let expected = foreseen.map(|[early, middle, late]| {
        let places = [
            ("middle", short(middle).into()),
            ("early", short(early).into()),
            ("late", say.date(time::local_day(late)).into()),
        ];
        words.fill("clock.expected", &places)
    });
    let label = words.t("clock.label").plain();
    let picture = Clock {
        days,
        gaps,
        spent: spent.collect(),
        limit: Some((axis.at(clock.started), axis.at(first), axis.at(due))),
        finish: foreseen.map(|finish| finish.map(|at| axis.at(at))),
        now: Some((
            axis.at(now),
            match dossier.ended {
                None => words.fill("clock.now", &[("time", say.clock(now).into())]),
                Some(_) => words.fill("clock.ended", &[("date", short(now).into())]),
            }
            .plain(),
        )),
        due_said: words
            .fill(
                "clock.due",
                &[("time", format!("{} {}", say.clock(due), short(due)).into())],
            )
            .plain(),
        rows: [
            passed.plain(),
            promised.plain(),
            expected.as_ref().map_or_else(String::new, Markup::plain),
        ],
    };
    let said = [Some(passed), Some(promised), expected];
    let said: Vec<String> = said
        .into_iter()
        .flatten()
        .map(|it| it.to_string())
        .collect();
    Some((picture.draw(&label), Markup::made(said.join(". "))))
}

type Days = (Vec<(f64, String)>, Vec<f64>);

/// The working days of an axis, some of them named, and the gaps where days off lie.
fn days(axis: &Axis<'_>, from: NaiveDate, last: NaiveDate, say: Format) -> Option<Days> {
    let mut working = Vec::new();
    let mut day = axis.calendar.working_day_from(from).ok()?;
    while day <= last {
        working.push(day);
        day = axis.calendar.nth_working_day_after(day, 1).ok()?;
    }
    let every = working.len().div_ceil(NAMES).max(1);
    let mut days = Vec::new();
    let mut gaps = Vec::new();
    for (number, day) in working.iter().enumerate() {
        let at = axis.at(time::day_start(*day));
        let is_named = number % every == 0;
        if is_named || working.len() <= EACH_DAY {
            let name = if is_named {
                short_day(*day, say)
            } else {
                String::new()
            };
            days.push((at, name));
        }
        let before = number.checked_sub(1).and_then(|before| working.get(before));
        if before.is_some_and(|before| before.succ_opt() != Some(*day)) {
            gaps.push(at);
        }
    }
    Some((days, gaps))
}

/// `T4 04/11`, `Wed 4 Nov`.
fn short_day(day: NaiveDate, say: Format) -> String {
    match say.0 {
        Language::Vietnamese => {
            let name = match day.weekday().number_from_monday() {
                7 => "CN".to_owned(),
                number => format!("T{}", number + 1),
            };
            format!("{name} {}", day.format("%d/%m"))
        }
        Language::English => day.format("%a %-d %b").to_string(),
    }
}

/// How the due time came about: reception, the first promise, then each move.
pub fn arithmetic(view: &View, history: &[HistoryEntry], rows: &Rows<'_>) -> Vec<Line> {
    let (words, say) = (rows.words, rows.say);
    let clock = view.dossier.clock.as_ref();
    let (Some(start), Some(limit)) = (view.dossier.start(), clock.and_then(|it| it.limit)) else {
        return Vec::new();
    };
    let explained = rows.with_calendar(view, |calendar| {
        deadline::explain_from(&start, limit, calendar).ok()
    });
    let Some(explained) = explained else {
        return Vec::new();
    };
    let sentences = explained.lines(say.0);
    let mut lines: Vec<Line> = sentences
        .iter()
        .map(|text| Line {
            class: "",
            mark: String::new(),
            text: Markup::of(text),
        })
        .collect();
    if let Some(rule) = lines.first_mut() {
        rule.class = "off";
    }
    let mut last = None;
    for number in 1..=history.len() {
        let Some(dossier) = Dossier::fold(history[..number].iter().map(|entry| &entry.record))
        else {
            continue;
        };
        let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
        let (Some(due), Some(entry)) = (due, history.get(number - 1)) else {
            continue;
        };
        if let Some(before) = last.filter(|before| *before != due) {
            let what = story::what(entry, view, words, say);
            lines.push(Line {
                class: "",
                mark: if due > before { "+" } else { "−" }.to_owned(),
                text: words.fill(
                    "dossier.moved_by",
                    &[
                        ("what", (&what).into()),
                        (
                            "when",
                            say.short_date(time::local_day(entry.record.event_time))
                                .into(),
                        ),
                        ("from", say.full_moment(before).into()),
                        ("to", say.full_moment(due).into()),
                    ],
                ),
            });
        }
        last = Some(due);
    }
    if let Some(due) = view.dossier.due() {
        lines.push(Line {
            class: "end",
            mark: "→".to_owned(),
            text: Markup::of(&say.full_moment(due)),
        });
    }
    lines
}
