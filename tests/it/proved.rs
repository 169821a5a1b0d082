//! Random lives of an office on a real database: every number of form II.06a, of the index, of the memo
//! counts and of the rates is what a slow count over all events gives, as of any moment; and a report that
//! was printed on the way is printed again the same at the end.
//!
//! `MOTCUA_OFFICES` sets how many offices live (one), `MOTCUA_MOVES` how long (in moves), and
//! `MOTCUA_OFFICE` the first, so that a life that broke a rule can be repeated.

mod office;
mod reference;

use std::collections::BTreeMap;
use std::sync::Mutex;

use app::Catalogues;
use app::page::PageQuery;
use app::ports::{DocumentState, ReadTx, Store, Verifiable};
use app::report::{RateUnits, RatesQuery, UnitBasis};
use app::statistics::{BehindQuery, By, SeriesQuery, behind, performance, series, statistics};
use chrono::{Days, NaiveDate};
use domain::catalogue::SourceFile;
use domain::id::{ProvinceCode, UnitCode};
use domain::indicator::{Cause, Grain, Number};
use domain::role::Role;
use domain::time::{Instant, local_day};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::world::{PROVINCE, who};
use office::{Office, Random, some_unit};
use reference::{COUNTS, Facts, Micros, RATES, Reports};

/// How many moments each office is looked at from.
const MOMENTS: u64 = 50;

/// The office that lives when no other is named: chance lets it meet every number.
const FIRST: u64 = 3;

fn asked(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |text| text.parse().expect("a number"))
}

on_both!(every_number_of_a_random_office_is_that_of_a_slow_count_over_all_events);

async fn every_number_of_a_random_office_is_that_of_a_slow_count_over_all_events(on: Backend) {
    let first = asked("MOTCUA_OFFICE", FIRST);
    let mut met = BTreeMap::new();
    for number in first..first + asked("MOTCUA_OFFICES", 1) {
        lives_and_is_proved(on, number, asked("MOTCUA_MOVES", 420), &mut met).await;
    }
    // A single life that is repeated need not meet every number.
    if first != FIRST {
        return;
    }
    let rates = RATES.iter().map(|name| format!("{name}.num"));
    let names = COUNTS.iter().map(ToString::to_string).chain(rates);
    let never: Vec<String> = names
        .filter(|name| !met.contains_key(&format!("ii06a.total.memo.{name}")))
        .collect();
    assert_eq!(never, [""; 0], "never above 0 in any of the offices");
}

/// A report that was printed on the way.
struct Printed {
    query: RatesQuery,
    told: Value,
}

async fn lives_and_is_proved(
    on: Backend,
    number: u64,
    moves: u64,
    met: &mut BTreeMap<String, u64>,
) {
    let mut office = Office::on(on, number).await;
    let mut printed = Vec::new();
    office.lives_until_the_merger(30).await;
    for at in 0..moves {
        office.moves_on().await;
        if at == moves / 2 {
            office.plays_every_trick().await;
        }
        if at % 20 == 7 {
            printed.push(prints(&mut office).await);
        }
    }
    let proof = Proof::of(&office).await;
    for Printed { query, told } in &printed {
        let again = proof.told(query).await;
        assert_eq!(again, *told, "office {number}, {query:?}");
    }
    let mut random = Random::of(number + 1_000);
    for at in 0..MOMENTS {
        let as_of = match at % 4 {
            0 => None,
            _ => Some(proof.some_moment(&mut random)),
        };
        let last = local_day(as_of.unwrap_or(proof.now));
        let to = last - Days::new(*random.pick(&[0, 0, 3, 12, 45]));
        let from = to - Days::new(*random.pick(&[0, 6, 30, 92, 500]));
        for unit in [None, Some(some_unit(&mut random))] {
            let basis = match random.often(30) {
                true => UnitBasis::Current,
                false => UnitBasis::Recorded,
            };
            let query = RatesQuery {
                basis,
                ..query(unit, from, to, as_of)
            };
            proof.is_counted(&query, number, met).await;
            if at % 5 == 0 {
                proof.rows_are_counted(&query, &mut random).await;
                proof.speed_is_counted(&query, number).await;
            }
        }
    }
    let life = query(None, first_day(), local_day(proof.now), None);
    proof.is_counted(&life, number, met).await;
    proof.each_period_is_counted(&life, number, met).await;
    // Beside a test that fails, the life and the numbers that it met are worth reading.
    println!(
        "office {number}: {} dossiers, {:?}",
        proof.histories.len(),
        office.done
    );
    println!("{} numbers above 0: {met:?}", met.len());
}

/// The day on which each office begins.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 6, 16).expect("it is a date")
}

fn query(
    unit: Option<UnitCode>,
    from: NaiveDate,
    to: NaiveDate,
    as_of: Option<Instant>,
) -> RatesQuery {
    let province = ProvinceCode::parse("08").unwrap();
    RatesQuery {
        units: unit.map_or(RateUnits::Province(province), RateUnits::One),
        from,
        to,
        as_of,
        basis: UnitBasis::Recorded,
    }
}

/// Prints a report of the last weeks as of now.
async fn prints(office: &mut Office) -> Printed {
    let now = office.world.engine.now();
    let to = local_day(now);
    let from = to - Days::new(*office.random.pick(&[3, 30, 92]));
    let unit = (office.random.often(50)).then(|| some_unit(&mut office.random));
    let query = query(unit, from, to, Some(now));
    let read = office.world.store.read().await.unwrap();
    let catalogues = Catalogues::read(office.world.engine.shipped(), read.as_ref()).await;
    let told = told(read.as_ref(), &catalogues.unwrap(), &query, now).await;
    Printed { query, told }
}

/// All reports of a query.
async fn told(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &RatesQuery,
    now: Instant,
) -> Value {
    let counted = statistics(read, catalogues, query, now).await.unwrap();
    let rates = app::report::rates(read, catalogues, query, now).await;
    json!({
        "ii06a": counted.ii06a(),
        "i766": counted.i766(),
        "rates": rates.unwrap(),
    })
}

/// An office whose life is over, with all events that it left.
struct Proof<'a> {
    office: &'a Office,
    catalogues: Catalogues,
    facts: Mutex<Facts>,
    histories: Vec<Vec<Value>>,
    now: Instant,
}

impl<'a> Proof<'a> {
    async fn of(office: &'a Office) -> Self {
        let store = &office.world.store;
        let read = store.read().await.unwrap();
        let province = who(Role::Province, PROVINCE).province;
        let catalogues = Catalogues::read(office.world.engine.shipped(), read.as_ref()).await;
        let shipped = server::catalogue::shipped_files();
        let always = shipped.iter();
        let always = always.map(|file| (file.path.as_str(), file.text.as_str(), Micros::MIN));
        let documents = read.documents(&province).await.unwrap();
        let published = documents.iter().filter_map(|document| {
            let DocumentState::Published { at, .. } = &document.state else {
                return None;
            };
            let proposal = &document.proposal;
            Some((
                proposal.path.as_str(),
                proposal.text.as_str(),
                at.timestamp_micros(),
            ))
        });
        let mut facts = Facts::read(always.chain(published));
        facts.pass_on(heirs(&shipped));
        let kept = store.snapshot().await.unwrap();
        let mut histories = Vec::new();
        let mut after = None;
        loop {
            let page = kept.dossiers(&province, after, 500).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            let events = page.into_iter().map(|dossier| {
                let events = dossier.events.into_iter();
                events
                    .map(|event| serde_json::from_slice(&event.bytes).unwrap())
                    .collect()
            });
            histories.extend(events);
        }
        Self {
            office,
            catalogues: catalogues.unwrap(),
            facts: Mutex::new(facts),
            histories,
            now: office.world.engine.now(),
        }
    }

    /// A moment about which something was recorded.
    fn some_moment(&self, random: &mut Random) -> Instant {
        let history = random.pick(&self.histories);
        let at = random.pick(history)["record_time"].as_i64().unwrap();
        let near = [-1, 0, 1, 3_600_000_000, 86_400_000_000];
        let at = at + random.pick(&near);
        Instant::from_timestamp_micros(at).unwrap().min(self.now)
    }

    fn slow(&self, query: &RatesQuery, period: (NaiveDate, NaiveDate)) -> Reports {
        let as_of = query.as_of.unwrap_or(self.now).timestamp_micros();
        let at_heirs = query.basis == UnitBasis::Current;
        let mut facts = self.facts.lock().unwrap();
        Reports::of(&self.histories, &mut facts, period, as_of, at_heirs)
    }

    /// Some numbers of a report, each beside the dossiers that it opens.
    async fn rows_are_counted(&self, query: &RatesQuery, random: &mut Random) {
        let told = self.told(query).await;
        let names: Vec<&str> = Number::names().collect();
        for _ in 0..3 {
            let name = *random.pick(&names);
            let Some(number) = number_of(&told, name) else {
                continue;
            };
            let mut asked = BehindQuery {
                report: query.clone(),
                number: Number::named(name).unwrap(),
                field: None,
                whole: false,
                page: PageQuery {
                    size: 200,
                    token: String::new(),
                },
            };
            let read = self.office.world.store.read().await.unwrap();
            let mut counted = 0;
            loop {
                let page = behind(read.as_ref(), &self.catalogues, &asked, self.now).await;
                let page = page.unwrap();
                counted += page
                    .items
                    .iter()
                    .map(|row| u64::from(row.count))
                    .sum::<u64>();
                if page.next.is_empty() {
                    break;
                }
                asked.page.token = page.next;
            }
            assert_eq!(counted, number, "{name} of {query:?}");
        }
    }

    /// Compares how fast the units are with the slow count.
    async fn speed_is_counted(&self, query: &RatesQuery, number: u64) {
        let read = self.office.world.store.read().await.unwrap();
        let told = performance(read.as_ref(), &self.catalogues, query, self.now).await;
        let told = told.unwrap().total.performance;
        let causes = Cause::ALL.iter().filter(|cause| **cause != Cause::Sync);
        let told = json!({
            "resolved": told.resolved(), "median": told.median_days(), "mean": told.mean_days(),
            "backlog": told.backlog, "late": causes.map(|cause| told.late(*cause)).sum::<u32>(),
        });
        let slow = self
            .slow(query, (query.from, query.to))
            .performance(only(query));
        let mut place = Place {
            what: format!("office {number}, {query:?}"),
            met: &mut BTreeMap::new(),
        };
        place.same("performance", &slow, &told);
    }

    /// Compares the series of each grain with the slow count of its periods.
    async fn each_period_is_counted(
        &self,
        query: &RatesQuery,
        number: u64,
        met: &mut BTreeMap<String, u64>,
    ) {
        let read = self.office.world.store.read().await.unwrap();
        for (grain, by) in [
            (Grain::Quarter, By::Unit),
            (Grain::OfficialMonth, By::Field),
            (Grain::Month, By::Procedure),
            (Grain::Year, By::Channel),
        ] {
            let asked = SeriesQuery {
                report: query.clone(),
                grain,
                by,
            };
            let told = series(read.as_ref(), &self.catalogues, &asked, self.now).await;
            for report in told.unwrap() {
                let slow = self.slow(query, (report.from, report.to)).rates(None);
                let mut place = Place {
                    what: format!("office {number}, {grain:?} by {by:?} from {}", report.from),
                    met,
                };
                place.same(
                    "rates.total",
                    &slow,
                    &serde_json::to_value(&report.total).unwrap(),
                );
                let rows = report.units.iter().map(|row| u64::from(row.received));
                let sum: u64 = rows.sum();
                assert_eq!(sum, u64::from(report.total.received), "{}", place.what);
            }
        }
    }

    async fn told(&self, query: &RatesQuery) -> Value {
        let read = self.office.world.store.read().await.unwrap();
        told(read.as_ref(), &self.catalogues, query, self.now).await
    }

    /// Compares all reports of a query with the slow count.
    async fn is_counted(&self, query: &RatesQuery, number: u64, met: &mut BTreeMap<String, u64>) {
        let told = self.told(query).await;
        let slow = self.slow(query, (query.from, query.to));
        let only = only(query);
        let what = format!("office {number}, {only:?} {query:?}");
        let mut place = Place { what, met };
        place.same("ii06a", &slow.ii06a(only), &told["ii06a"]);
        place.same("i766", &slow.i766(only), &told["i766"]);
        place.same("rates.total", &slow.rates(only), &told["rates"]["total"]);
        for row in told["rates"]["units"].as_array().unwrap() {
            let unit = row["unit"].as_str().unwrap();
            if row["received"] != 0 || row["resolved"] != 0 || only.is_some() {
                place.same("rates.unit", &slow.rates(Some(unit)), row);
            }
        }
    }
}

/// The only unit of a query, if it names one.
fn only(query: &RatesQuery) -> Option<&str> {
    match &query.units {
        RateUnits::One(unit) => Some(unit.as_str()),
        RateUnits::Province(_) | RateUnits::All => None,
    }
}

/// A number of the total of a report by its name; none where a report has several or makes it of others.
fn number_of(told: &Value, name: &str) -> Option<u64> {
    let total = &told["ii06a"]["total"];
    let parts = [&total["row"], &total["bridge"], &total["memo"]];
    if let Some(found) = parts.iter().find_map(|part| part.get(name)) {
        return found.as_u64().or_else(|| found["num"].as_u64());
    }
    let items = told["i766"]["total"]["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["item"] == name);
    item.and_then(|item| item["num"].as_u64())
}

/// Who took over from whom, by the shipped table.
fn heirs(shipped: &[SourceFile]) -> BTreeMap<String, String> {
    let mut tables = shipped
        .iter()
        .filter(|file| file.path.contains("units/successors-"));
    let table = &tables
        .next()
        .expect("a table of successors is shipped")
        .text;
    let lines = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let [old, new, _, "1"] = cells[..] else {
            return None;
        };
        Some((format!("H60.{old}"), format!("H60.{new}")))
    });
    lines.collect()
}

/// Where a number stands, for the message of a test that fails.
struct Place<'a> {
    what: String,
    met: &'a mut BTreeMap<String, u64>,
}

impl Place<'_> {
    /// What the slow count gives stands in the report, name by name; the report may have more names, and
    /// keeps the items of the index in a list.
    fn same(&mut self, path: &str, slow: &Value, told: &Value) {
        match (slow, told) {
            (Value::Object(_), Value::Array(items)) => {
                let by_code = items.iter();
                let by_code = by_code.map(|item| (item["item"].as_str().unwrap().to_owned(), item));
                let by_code: BTreeMap<_, _> = by_code.collect();
                for (code, item) in slow.as_object().unwrap() {
                    self.same(&format!("{path}.{code}"), item, by_code[code]);
                }
            }
            (Value::Object(names), _) => {
                for (name, value) in names {
                    let other = told.get(name);
                    let other = other.unwrap_or_else(|| panic!("{path}.{name}: {}", self.what));
                    self.same(&format!("{path}.{name}"), value, other);
                }
            }
            (Value::Array(these), Value::Array(those)) => {
                let number = (these.len(), those.len());
                assert_eq!(number.0, number.1, "{path}: {}\n{slow}\n{told}", self.what);
                for (this, that) in these.iter().zip(those) {
                    self.same(path, this, that);
                }
            }
            (Value::Number(_), Value::Number(_)) => {
                let (slow, told) = (slow.as_f64().unwrap(), told.as_f64().unwrap());
                let near = (slow - told).abs() <= 1e-9 * slow.abs().max(1.0);
                assert!(near, "{path}: {slow} counted, {told} told; {}", self.what);
                if slow > 0.0 {
                    *self.met.entry(path.to_owned()).or_default() += 1;
                }
            }
            _ => assert_eq!(slow, told, "{path}: {}", self.what),
        }
    }
}
