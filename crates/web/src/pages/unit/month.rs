//! The month against its target, the last twelve weeks, and whether the flags were right.

use app::foresight::{FlagRecord, Month, Outlook};
use chrono::{Datelike, Days, Months as MonthSpan, NaiveDate};
use domain::indicator::{Rate, Report};
use domain::language::Language;
use domain::time;

use crate::charts::{self, Week};
use crate::say::Format;
use crate::words::{Markup, Words};

/// How many past weeks are shown.
const WEEKS: u64 = 12;

/// A rate of the month, with its denominator.
pub struct RateBox {
    pub rate: String,
    pub what: Markup,
    pub bar: Markup,
    pub more: Markup,
}

/// The rates of the month and of the weeks before.
pub struct Months {
    pub heading: String,
    pub rates: Vec<RateBox>,
    pub expected: Option<Markup>,
    pub chart: Markup,
    pub weeks: Vec<WeekLine>,
}

/// The numbers of a week.
pub struct WeekLine {
    pub day: String,
    pub ended: String,
    pub late: String,
    pub rate: String,
}

/// Whether the flags of the previous month were right.
pub struct RecordBox {
    pub lines: Vec<(Markup, Option<Markup>)>,
    pub drift: Option<Markup>,
}

/// How many steps are told.
const STEPS: usize = 4;

/// Whether the work at each step fits, in words; only steps at which something is due soon.
pub fn steps(say: Format, outlook: &Outlook) -> Vec<Markup> {
    let due = outlook.steps.iter().filter(|load| load.due > 0);
    let told = due.take(STEPS).map(|load| {
        let [vi, en] = load.words();
        Markup::of(match say.0 {
            Language::Vietnamese => &vi,
            Language::English => &en,
        })
    });
    told.collect()
}

/// The present month up to today, the previous month up to the same day, and the last whole weeks,
/// oldest first.
pub fn periods(today: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let first = today.with_day(1).unwrap_or(today);
    let before = |day: NaiveDate| day.checked_sub_months(MonthSpan::new(1)).unwrap_or(day);
    let mut periods = vec![(first, today), (before(first), before(today))];
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    for ago in (1..=WEEKS).rev() {
        let from = monday - Days::new(7 * ago);
        periods.push((from, from + Days::new(6)));
    }
    periods
}

/// The month before a day's month.
pub fn before(today: NaiveDate) -> Option<Month> {
    Month::of(today.with_day(1)?.pred_opt()?)
}

/// Draws the rates of [`periods`]; nothing for a caller who may not see them.
pub fn months(
    words: &Words,
    say: Format,
    series: &[Report],
    periods: &[(NaiveDate, NaiveDate)],
    outlook: Option<&Outlook>,
    target: f64,
) -> Option<Months> {
    let [month, last_month, weeks @ ..] = series else {
        return None;
    };
    let percent = |share: f64| say.percent(share);
    let in_time = month.total.in_time_rate_766;
    let earlier = last_month.total.in_time_rate_766;
    let goal = percent(target);
    let mut rates = Vec::new();
    rates.push(match in_time.rate {
        Some(rate) => RateBox {
            rate: percent(rate),
            what: words.t("month.in_time"),
            bar: charts::share(
                rate,
                Some(target),
                "c-fill",
                words
                    .fill(
                        "month.in_time_label",
                        &[("rate", percent(rate).into()), ("target", (&goal).into())],
                    )
                    .as_str(),
            ),
            more: words.fill(
                "month.in_time_more",
                &[
                    ("num", say.count(in_time.num.into()).into()),
                    ("den", say.count(in_time.den.into()).into()),
                    ("late", say.count((in_time.den - in_time.num).into()).into()),
                    ("target", (&goal).into()),
                    (
                        "before",
                        earlier.rate.map_or_else(|| "–".to_owned(), percent).into(),
                    ),
                ],
            ),
        },
        None => RateBox {
            rate: "–".to_owned(),
            what: words.t("month.in_time"),
            bar: Markup::default(),
            more: words.t("month.none_ended"),
        },
    });
    let online = month.total.online_rate;
    let online_target = outlook.and_then(|outlook| outlook.online_target.as_ref());
    let online_target = online_target.map(|target| target.at_least);
    rates.push(match online.rate {
        Some(rate) => RateBox {
            rate: percent(rate),
            what: words.t("month.online"),
            bar: charts::share(
                rate,
                online_target,
                "c-fill",
                words
                    .fill("month.online_label", &[("rate", percent(rate).into())])
                    .as_str(),
            ),
            more: online_more(words, say, online, online_target),
        },
        None => RateBox {
            rate: "–".to_owned(),
            what: words.t("month.online"),
            bar: Markup::default(),
            more: words.t("month.none_received"),
        },
    });
    let drawn: Vec<Week> = weeks
        .iter()
        .zip(&periods[2..])
        .map(|(week, (from, _))| Week {
            day: from.format("%d/%m").to_string(),
            share: week.total.in_time_rate_766.rate,
            said: week
                .total
                .in_time_rate_766
                .rate
                .map_or_else(String::new, percent),
        })
        .collect();
    let lines = weeks.iter().zip(&drawn).map(|(week, drawn)| {
        let rate = week.total.in_time_rate_766;
        WeekLine {
            day: drawn.day.clone(),
            ended: say.count(rate.den.into()),
            late: say.count((rate.den - rate.num).into()),
            rate: rate.rate.map_or_else(|| "–".to_owned(), percent),
        }
    });
    let goal_said = words
        .fill("month.goal", &[("target", (&goal).into())])
        .plain();
    let label = words
        .fill("month.chart_label", &[("target", (&goal).into())])
        .plain();
    let today = periods.first().map(|(_, today)| *today);
    Some(Months {
        heading: today.map_or_else(String::new, |today| crate::say::capital(&say.month(today))),
        rates,
        expected: outlook.and_then(|outlook| expected(words, say, outlook)),
        weeks: lines.collect(),
        chart: charts::weeks(&drawn, target, &goal_said, percent, &label),
    })
}

/// One text after another.
fn both(first: &Markup, second: &Markup) -> Markup {
    Markup::made(format!("{} {}", first.as_str(), second.as_str()))
}

/// What of the received came online, and the target beside it.
fn online_more(words: &Words, say: Format, online: Rate, target: Option<f64>) -> Markup {
    let more = words.fill(
        "month.online_more",
        &[
            ("num", say.count(online.num.into()).into()),
            ("den", say.count(online.den.into()).into()),
        ],
    );
    let Some(target) = target else {
        return more;
    };
    let target = [("target", say.percent(target).into())];
    both(&more, &words.fill("month.online_target", &target))
}

/// The likely result of the month, and whether the target can still be reached.
fn expected(words: &Words, say: Format, outlook: &Outlook) -> Option<Markup> {
    let rate = outlook.reckoned.rate?;
    let known = outlook.reckoned.breaks_at?;
    let reach = match outlook.whole.map_or(known, |whole| whole.breaks_at) {
        0 => words.t("month.missed"),
        more => words.fill("month.room", &[("count", say.count(more.into()).into())]),
    };
    let expected = words.fill(
        "month.expected",
        &[
            ("rate", say.percent(rate.expected).into()),
            ("low", say.percent(rate.low).into()),
            ("high", say.percent(rate.high).into()),
            ("reach", (&reach).into()),
        ],
    );
    let Some(whole) = outlook.whole else {
        return Some(expected);
    };
    let arrivals = words.fill(
        "month.arrivals",
        &[
            ("known", say.count(outlook.reckoned.counted.into()).into()),
            ("more", say.decimal(whole.arrivals, 0).into()),
            ("rate", say.percent(whole.rate).into()),
        ],
    );
    Some(both(&expected, &arrivals))
}

/// The record of the flags, in words.
pub fn record(words: &Words, say: Format, record: &FlagRecord) -> RecordBox {
    let of = &record.record;
    let count = |number: u32| say.count(number.into());
    let share = |num: u32, den: u32, label: &Markup| {
        let share = (den > 0).then(|| f64::from(num) / f64::from(den))?;
        Some(charts::share(share, None, "c-late", &label.plain()))
    };
    let late = of.flagged_late + of.missed;
    if record.judged_from.is_none() || (of.flagged == 0 && late == 0) {
        let [vi, en] = record.words();
        let said = match say.0 {
            Language::Vietnamese => vi,
            Language::English => en,
        };
        return RecordBox {
            lines: vec![(Markup::of(&said), None)],
            drift: None,
        };
    }
    let warned = words.fill(
        "record.warned",
        &[
            ("num", count(of.flagged_late).into()),
            ("den", count(late).into()),
        ],
    );
    let right = words.fill(
        "record.right",
        &[
            ("num", count(of.flagged_late).into()),
            ("den", count(of.flagged).into()),
        ],
    );
    let mut lines = vec![
        (warned.clone(), share(of.flagged_late, late, &warned)),
        (right.clone(), share(of.flagged_late, of.flagged, &right)),
    ];
    if let Some(lead) = of.median_lead_wd {
        let lead = words.fill("record.lead", &[("days", say.decimal(lead, 1).into())]);
        lines.push((lead, None));
    }
    let since = record.judged_from.map(time::local_day);
    if let Some(since) = since.filter(|since| *since > record.month.first()) {
        let since = words.fill("record.since", &[("day", say.date(since).into())]);
        lines.push((since, None));
    }
    RecordBox {
        lines,
        drift: record.drift.as_ref().map(|drift| {
            let places = [
                ("expected", say.decimal(drift.expected_late, 0).into()),
                ("late", count(drift.late).into()),
            ];
            words.fill("record.drift", &places)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_are_whole_ones_and_the_month_before_ends_on_the_same_day() {
        let periods = periods(day("2026-11-30"));
        assert_eq!(periods.len(), 14);
        assert_eq!(periods[0], (day("2026-11-01"), day("2026-11-30")));
        assert_eq!(periods[1], (day("2026-10-01"), day("2026-10-30")));
        assert_eq!(periods[2], (day("2026-09-07"), day("2026-09-13")));
        assert_eq!(periods[13], (day("2026-11-23"), day("2026-11-29")));
        assert_eq!(super::periods(day("2026-03-31"))[1].1, day("2026-02-28"));
    }
}
