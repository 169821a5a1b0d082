//! `/province`: all units of a province on one page, with one query for each period.

use std::collections::HashMap;
use std::sync::Arc;

use app::ports::UnitPending;
use app::report::RateUnits;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::{Datelike, Days, Months, NaiveDate};
use documents::list::ListSheet;
use domain::fold::fold;
use domain::id::UnitCode;
use domain::indicator::{Rate, Row as Rates, SMALL};
use domain::time::{self, Instant};

use super::list;
use crate::Pages;
use crate::charts;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::rows::Column;
use crate::say::Format;
use crate::visit::Staff;
use crate::words::{Markup, Words};

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/province", get(show))
        .route("/province.csv", get(csv))
        .route("/province.xlsx", get(xlsx))
}

/// How many past weeks the small chart shows.
const WEEKS: u64 = 12;

/// The period of the rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    /// The present month up to today.
    Month,
    /// The last finished reporting period, from the 15th to the 14th.
    Report,
    /// The whole previous month.
    LastMonth,
    /// The present quarter up to today.
    Quarter,
}

impl Period {
    const ALL: [Period; 4] = [
        Period::Month,
        Period::Report,
        Period::LastMonth,
        Period::Quarter,
    ];

    fn word(self) -> &'static str {
        match self {
            Period::Month => "month",
            Period::Report => "report",
            Period::LastMonth => "last_month",
            Period::Quarter => "quarter",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Period::Month => "period.month",
            Period::Report => "period.report",
            Period::LastMonth => "period.last_month",
            Period::Quarter => "period.quarter",
        }
    }

    /// The days of the period. Reports run from the 15th to the 14th: Circular 01/2020/TT-VPCP.
    fn days(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let first = today.with_day(1).unwrap_or(today);
        let before = |day: NaiveDate| day.checked_sub_months(Months::new(1)).unwrap_or(day);
        match self {
            Period::Month => (first, today),
            Period::LastMonth => (before(first), first.pred_opt().unwrap_or(first)),
            Period::Quarter => {
                let month = (today.month0() / 3) * 3;
                (first.with_month0(month).unwrap_or(first), today)
            }
            Period::Report => {
                let this = first.with_day(14).unwrap_or(first);
                let end = if today > this { this } else { before(this) };
                (before(end) + Days::new(1), end)
            }
        }
    }
}

/// The order of the units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Name,
    Open,
    Overdue,
    Today,
    Waiting,
    InTime,
    Online,
    Latest,
}

impl Order {
    const ALL: [(Order, &'static str, &'static str); 8] = [
        (Order::Name, "name", "province.unit"),
        (Order::Open, "open", "province.open"),
        (Order::Overdue, "overdue", "province.overdue"),
        (Order::Today, "today", "province.today"),
        (Order::Waiting, "waiting", "province.waiting"),
        (Order::InTime, "in_time", "province.in_time"),
        (Order::Online, "online", "province.online"),
        (Order::Latest, "latest", "province.latest"),
    ];

    fn word(self) -> &'static str {
        let mut all = Order::ALL.iter();
        all.find(|(order, _, _)| *order == self)
            .map_or("", |(_, word, _)| word)
    }
}

/// The parameters in the address.
#[derive(Debug, Clone)]
struct Asked {
    period: Period,
    order: Order,
    descending: bool,
    text: String,
}

impl Asked {
    fn read(fields: &Fields) -> Self {
        let sort = fields.get("sort");
        let (descending, sort) = match sort.strip_prefix('-') {
            Some(sort) => (true, sort),
            None => (false, sort),
        };
        let order = Order::ALL.iter().find(|(_, word, _)| *word == sort);
        let (order, descending) = match order {
            Some((order, _, _)) => (*order, descending),
            None => (Order::Overdue, true),
        };
        let period = fields.get("period");
        let period = Period::ALL.into_iter().find(|it| it.word() == period);
        Self {
            period: period.unwrap_or(Period::Month),
            order,
            descending,
            text: fields.searched("q"),
        }
    }

    fn query(&self, order: Order, descending: bool) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.period != Period::Month {
            query.append_pair("period", self.period.word());
        }
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        let sign = if descending { "-" } else { "" };
        query.append_pair("sort", &format!("{sign}{}", order.word()));
        query.finish()
    }
}

/// The numbers of a unit.
pub(super) struct UnitNumbers {
    pub(super) unit: UnitCode,
    pub(super) rates: Rates,
    pub(super) pending: UnitPending,
    weeks: Vec<Rate>,
}

impl UnitNumbers {
    /// Whether the unit has no numbers: nothing pending, and nothing in the period.
    pub(super) fn is_silent(&self) -> bool {
        let Rates {
            received,
            resolved,
            carried_over,
            ..
        } = self.rates;
        self.pending.open == 0 && received + resolved + carried_over == 0
    }
}

pub(super) struct Gathered {
    asked: Asked,
    from: NaiveDate,
    to: NaiveDate,
    total: Rates,
    pub(super) units: Vec<UnitNumbers>,
}

pub(super) async fn gather(pages: &Pages, staff: &Staff) -> Result<Gathered, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let asked = Asked::read(&Fields::of(&staff.visit.uri));
    let today = time::local_day(engine.now());
    let (from, to) = asked.period.days(today);
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let mut periods = vec![(from, to)];
    // Whole weeks only, oldest first; the running week is not complete.
    for ago in (1..=WEEKS).rev() {
        let first = monday - Days::new(7 * ago);
        periods.push((first, first + Days::new(6)));
    }
    let province = caller.province.clone();
    let units = RateUnits::Province(province.clone());
    let mut series = engine
        .rate_series(caller, units, &periods)
        .await?
        .into_iter();
    let report = series
        .next()
        .ok_or_else(|| app::Error::Internal("a report was asked for and is not there".into()))?;
    let mut weeks: HashMap<String, Vec<Rate>> = HashMap::new();
    for week in series {
        for row in week.units {
            weeks
                .entry(row.unit)
                .or_default()
                .push(row.in_time_rate_766);
        }
    }
    let mut pending = engine.pending_by_unit(caller, province).await?;
    let wanted = fold(&asked.text);
    let rows = report.units.into_iter().filter_map(|rates| {
        let unit = UnitCode::parse(&rates.unit).ok()?;
        Some(UnitNumbers {
            pending: pending.remove(&unit).unwrap_or_default(),
            weeks: weeks.remove(&rates.unit).unwrap_or_default(),
            unit,
            rates,
        })
    });
    let mut units: Vec<UnitNumbers> = rows
        .filter(|known| fold(&known.rates.name).contains(&wanted))
        .collect();
    sort(&mut units, &asked);
    Ok(Gathered {
        asked,
        from,
        to,
        total: report.total,
        units,
    })
}

/// Sorts the units. Units too small to compare come after the others, and units without numbers
/// last, in either direction.
fn sort(units: &mut [UnitNumbers], asked: &Asked) {
    let share = |rate: &Rate| rate.rate.map(|share| (share * 1e9) as i64);
    let key = |known: &UnitNumbers| -> (u8, i64) {
        let small = |rate: &Rate| (rate.den < SMALL, share(rate).unwrap_or_default());
        let (last, number) = match asked.order {
            Order::Name => (false, 0),
            Order::Open => (false, known.pending.open.into()),
            Order::Overdue => (false, known.pending.overdue.into()),
            Order::Today => (false, known.pending.due_today.into()),
            Order::Waiting => (false, known.pending.waiting.into()),
            Order::InTime => small(&known.rates.in_time_rate_766),
            Order::Online => small(&known.rates.online_rate),
            Order::Latest => {
                let latest = known.pending.latest.map(|at| at.timestamp_micros());
                (latest.is_none(), latest.unwrap_or_default())
            }
        };
        let number = if asked.descending { -number } else { number };
        let place = match (known.is_silent(), last) {
            (true, _) => 2,
            (false, last) => u8::from(last),
        };
        (place, number)
    };
    units.sort_by(|one, other| {
        let names = fold(&one.rates.name).cmp(&fold(&other.rates.name));
        let names = match asked.order {
            Order::Name if asked.descending => names.reverse(),
            _ => names,
        };
        key(one).cmp(&key(other)).then(names)
    });
}

#[derive(Template)]
#[template(path = "province.html")]
struct ProvincePage {
    frame: Frame,
    name: String,
    communes: Markup,
    as_of: String,
    sentence: Markup,
    numbers: Vec<Head>,
    periods: Vec<(&'static str, String, bool)>,
    text: String,
    sort: String,
    csv: String,
    xlsx: String,
    columns: Vec<Column>,
    units: Vec<UnitLine>,
}

struct Head {
    class: &'static str,
    count: String,
    what: Markup,
    more: Markup,
}

struct UnitLine {
    href: String,
    name: String,
    open: String,
    overdue: String,
    overdue_href: Option<String>,
    today: String,
    waiting: String,
    in_time: String,
    in_time_dim: bool,
    online: String,
    online_dim: bool,
    spark: Option<Markup>,
    latest: Option<String>,
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let gathered = gather(&pages, &staff).await?;
    let catalogue = engine.catalogue(&caller.province);
    let name = catalogue.units.province(&caller.province);
    let name = name.map_or_else(String::new, |unit| unit.name.clone());
    let (words, say, now) = (staff.visit.words(), staff.visit.say(), engine.now());
    let today = time::local_day(now);
    let Gathered {
        asked,
        from,
        to,
        total,
        units,
    } = &gathered;
    let sum =
        |of: fn(&UnitPending) -> u32| units.iter().map(|known| of(&known.pending)).sum::<u32>();
    let with =
        |of: &dyn Fn(&UnitNumbers) -> bool| units.iter().filter(|known| of(known)).count() as u64;
    let late_units = with(&|known| known.pending.overdue > 0);
    let silent = with(&UnitNumbers::is_silent);
    let rate = |rate: &Rate| {
        rate.rate
            .map_or_else(|| "–".to_owned(), |it| say.percent(it))
    };
    let of = |rate: &Rate| {
        let places = [
            ("num", say.count(rate.num.into()).into()),
            ("den", say.count(rate.den.into()).into()),
        ];
        words.fill("province.of", &places)
    };
    let in_time = total.in_time_rate_766;
    let online = total.online_rate;
    let number = |class, count: String, key: &str, more: Markup| Head {
        class,
        count,
        what: words.t(key),
        more,
    };
    let count = |number: u32| say.count(number.into());
    let numbers = vec![
        number(
            "",
            count(sum(|it| it.open)),
            "unit.open",
            words.t("province.open_more"),
        ),
        number(
            "k-late",
            count(sum(|it| it.overdue)),
            "unit.overdue",
            words.fill(
                "province.at_units",
                &[("count", say.count(late_units).into())],
            ),
        ),
        number(
            "k-risk",
            count(sum(|it| it.due_today)),
            "unit.due_today",
            words.t("province.today_more"),
        ),
        number(
            "k-wait",
            count(sum(|it| it.waiting)),
            "unit.waiting",
            words.t("unit.waiting_more"),
        ),
        number("k-ok", rate(&in_time), "month.in_time", of(&in_time)),
        number("k-ok", rate(&online), "month.online", of(&online)),
        number(
            "",
            say.count(silent),
            "province.silent",
            words.t("province.silent_more"),
        ),
    ];
    let dates = format!("{} – {}", say.short_date(*from), say.date(*to));
    let title = words.fill(
        "province.title",
        &[
            ("count", say.count(units.len() as u64).into()),
            ("dates", (&dates).into()),
            ("name", (&name).into()),
        ],
    );
    let columns = Order::ALL.iter().map(|(order, _, label)| {
        let is_this = asked.order == *order;
        // Numbers sort from the largest first, names from the first letter.
        let descending = if is_this {
            !asked.descending
        } else {
            *order != Order::Name
        };
        Column {
            label: words.t(label),
            href: Some(format!("/province?{}", asked.query(*order, descending))),
            sort: is_this.then_some(if asked.descending {
                "descending"
            } else {
                "ascending"
            }),
        }
    });
    let periods = Period::ALL.into_iter().map(|period| {
        let (from, to) = period.days(today);
        let dates = format!("{} – {}", say.short_date(from), say.date(to));
        let said = words.fill(period.key(), &[("dates", dates.into())]);
        (period.word(), said.plain(), period == asked.period)
    });
    let sign = if asked.descending { "-" } else { "" };
    let query = asked.query(asked.order, asked.descending);
    Ok(html(&ProvincePage {
        communes: words.fill(
            "province.communes",
            &[("count", say.count(units.len() as u64).into())],
        ),
        sentence: words.fill(
            "province.sentence",
            &[
                ("dates", (&dates).into()),
                ("rate", rate(&in_time).into()),
                ("of", (&of(&in_time)).into()),
                ("target", say.percent(pages.settings.target).into()),
                ("late", say.count(late_units).into()),
            ],
        ),
        frame: Frame::staff(&pages, &staff, Section::Province, title),
        name,
        as_of: format!("{}, {}", say.clock(now), say.date(today)),
        numbers,
        periods: periods.collect(),
        text: asked.text.clone(),
        sort: format!("{sign}{}", asked.order.word()),
        csv: format!("/province.csv?{query}"),
        xlsx: format!("/province.xlsx?{query}"),
        columns: columns.collect(),
        units: units
            .iter()
            .map(|known| line(known, words, say, now))
            .collect(),
    }))
}

fn line(known: &UnitNumbers, words: &Words, say: Format, now: Instant) -> UnitLine {
    let count = |number: u32| say.count(number.into());
    let rate = |rate: &Rate| match rate.rate {
        Some(share) => format!("{} / {}", say.percent(share), count(rate.den)),
        None => "–".to_owned(),
    };
    let unit = &known.unit;
    let shares: Vec<Option<f64>> = known.weeks.iter().map(|week| week.rate).collect();
    let told = || shares.iter().flatten();
    let from = told().next().map(|share| say.percent(*share));
    let to = told().next_back().map(|share| say.percent(*share));
    let spark = from.zip(to).map(|(from, to)| {
        let label = words.fill(
            "province.spark",
            &[("from", from.into()), ("to", to.into())],
        );
        charts::spark(&shares, &label.plain())
    });
    UnitLine {
        href: format!("/units/{unit}"),
        // The full name of a centre would fill a third of the table.
        name: known.rates.name.replace("Phục vụ hành chính công", "PVHCC"),
        open: count(known.pending.open),
        overdue: count(known.pending.overdue),
        overdue_href: (known.pending.overdue > 0)
            .then(|| format!("/units/{unit}/list?only=overdue")),
        today: count(known.pending.due_today),
        waiting: count(known.pending.waiting),
        in_time: rate(&known.rates.in_time_rate_766),
        in_time_dim: known.rates.in_time_rate_766.den < SMALL,
        online: rate(&known.rates.online_rate),
        online_dim: known.rates.online_rate.den < SMALL,
        spark,
        latest: known.pending.latest.map(|at| {
            let day = say.near_day(time::local_day(at), time::local_day(now));
            format!("{} {day}", say.clock(at))
        }),
    }
}

async fn sheet(pages: &Pages, staff: &Staff) -> Result<ListSheet, Fault> {
    let gathered = gather(pages, staff).await?;
    let (words, say, now) = (staff.visit.words(), staff.visit.say(), pages.engine.now());
    let keys = [
        "province.unit",
        "province.open",
        "province.overdue",
        "province.today",
        "province.waiting",
        "province.in_time_num",
        "province.in_time_den",
        "province.in_time",
        "province.online_num",
        "province.online_den",
        "province.online",
    ];
    let share = |rate: &Rate| rate.rate.map_or_else(String::new, |it| say.percent(it));
    let rows = gathered.units.iter().map(|known| {
        let (in_time, online) = (&known.rates.in_time_rate_766, &known.rates.online_rate);
        vec![
            known.rates.name.clone(),
            known.pending.open.to_string(),
            known.pending.overdue.to_string(),
            known.pending.due_today.to_string(),
            known.pending.waiting.to_string(),
            in_time.num.to_string(),
            in_time.den.to_string(),
            share(in_time),
            online.num.to_string(),
            online.den.to_string(),
            share(online),
        ]
    });
    let dates = format!("{} – {}", say.date(gathered.from), say.date(gathered.to));
    let as_of = format!("{}, {}", say.clock(now), say.date(time::local_day(now)));
    let about = words.fill(
        "province.about",
        &[("dates", dates.into()), ("time", as_of.into())],
    );
    Ok(ListSheet {
        title: words.t("nav.province").plain(),
        about: about.plain(),
        columns: keys.iter().map(|key| words.t(key).plain()).collect(),
        rows: rows.collect(),
    })
}

async fn csv(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let sheet = sheet(&pages, &staff).await?;
    Ok(list::export::csv_file(&sheet, "toan-tinh"))
}

async fn xlsx(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let sheet = sheet(&pages, &staff).await?;
    list::export::xlsx_file(&sheet, "toan-tinh")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn reports_run_from_the_fifteenth_to_the_fourteenth() {
        let report = |today| Period::Report.days(day(today));
        assert_eq!(report("2026-11-30"), (day("2026-10-15"), day("2026-11-14")));
        assert_eq!(report("2026-11-14"), (day("2026-09-15"), day("2026-10-14")));
        assert_eq!(report("2026-01-20"), (day("2025-12-15"), day("2026-01-14")));
        let quarter = Period::Quarter.days(day("2026-11-30"));
        assert_eq!(quarter, (day("2026-10-01"), day("2026-11-30")));
        let last = Period::LastMonth.days(day("2026-03-31"));
        assert_eq!(last, (day("2026-02-01"), day("2026-02-28")));
    }

    #[test]
    fn small_and_silent_units_are_not_ranked() {
        let known = |name: &str, num, den, open| UnitNumbers {
            unit: UnitCode::parse("H60.02215").unwrap(),
            rates: Rates {
                name: name.into(),
                received: den,
                in_time_rate_766: Rate::new(num, den),
                ..Rates::new(
                    String::new(),
                    String::new(),
                    &domain::indicator::Tally::default(),
                )
            },
            pending: UnitPending {
                open,
                ..UnitPending::default()
            },
            weeks: Vec::new(),
        };
        let mut units = vec![
            known("Không có gì", 0, 0, 0),
            known("Nhỏ", 3, 3, 1),
            known("Kém", 10, 20, 1),
            known("Tốt", 20, 20, 1),
        ];
        for descending in [true, false] {
            let asked = Asked {
                period: Period::Month,
                order: Order::InTime,
                descending,
                text: String::new(),
            };
            sort(&mut units, &asked);
            let names: Vec<&str> = units
                .iter()
                .map(|known| known.rates.name.as_str())
                .collect();
            let ranked = if descending {
                ["Tốt", "Kém"]
            } else {
                ["Kém", "Tốt"]
            };
            assert_eq!(names[..2], ranked);
            assert_eq!(names[2..], ["Nhỏ", "Không có gì"]);
        }
    }
}
