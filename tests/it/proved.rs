//! Random lives of an office on a real database: every number of form II.06a, of the index, of the memo
//! counts and of the rates is what a slow count over all events gives, as of any moment; and a report that
//! was printed on the way is printed again the same at the end.
//!
//! `MOTCUA_OFFICES` sets how many offices live (one), `MOTCUA_MOVES` how long (in moves), and
//! `MOTCUA_OFFICE` the first, so that a life that broke a rule can be repeated.

mod office;
mod reference;

use std::collections::BTreeMap;

use app::Catalogues;
use app::ports::{ReadTx, Store, Verifiable};
use app::report::{RateUnits, RatesQuery, UnitBasis};
use app::statistics::statistics;
use chrono::{Days, NaiveDate};
use domain::id::{ProvinceCode, UnitCode};
use domain::role::Role;
use domain::time::{Instant, local_day};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::merger::BEFORE_TEXT;
use crate::world::{PROVINCE, who};
use office::{Office, Random, some_unit};
use reference::{COUNTS, Facts, RATES, Reports};

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
            let query = query(unit, from, to, as_of);
            proof.is_counted(&query, number, met).await;
        }
    }
    let life = query(None, first_day(), local_day(proof.now), None);
    proof.is_counted(&life, number, met).await;
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
    facts: Facts,
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
        let shipped = shipped.iter();
        let files = shipped.map(|file| (file.path.as_str(), file.text.as_str()));
        let before = std::iter::once(("procedures/before.toml", BEFORE_TEXT));
        let facts = Facts::read(files.chain(before));
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
            facts,
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

    async fn told(&self, query: &RatesQuery) -> Value {
        let read = self.office.world.store.read().await.unwrap();
        told(read.as_ref(), &self.catalogues, query, self.now).await
    }

    /// Compares all reports of a query with the slow count.
    async fn is_counted(&self, query: &RatesQuery, number: u64, met: &mut BTreeMap<String, u64>) {
        let told = self.told(query).await;
        let as_of = query.as_of.unwrap_or(self.now).timestamp_micros();
        let slow = Reports::of(&self.histories, &self.facts, query.from, query.to, as_of);
        let only = match &query.units {
            RateUnits::One(unit) => Some(unit.as_str()),
            _ => None,
        };
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
