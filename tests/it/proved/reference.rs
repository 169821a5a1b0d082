//! A slow count of every number of the reports, by their definitions alone.
//!
//! It reads all events as the plain JSON in which they are kept, and shares no type and no function
//! with the code that it checks: it keeps its own state, looks procedures and days off up in the
//! files of the catalogue, and visits days one by one.

mod form;
mod index;
mod memo;
mod rates;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc, Weekday};
use serde_json::{Map, Value, json};

use form::{CELLS, form};
use index::{index, items};
use memo::{beside, desk};
use rates::{PLAIN, rates};

pub use memo::{COUNTS, RATES};

/// A moment, in microseconds since 1970.
pub type Micros = i64;

const HOUR: i64 = 3_600_000_000;

/// The local day of a moment. Việt Nam has been seven hours ahead all along.
pub fn day(at: Micros) -> NaiveDate {
    let shifted: DateTime<Utc> = Utc.timestamp_micros(at + 7 * HOUR).unwrap();
    shifted.date_naive()
}

/// The first moment of a local day.
pub fn midnight(day: NaiveDate) -> Micros {
    let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
    midnight.timestamp_micros() - 7 * HOUR
}

fn next(day: NaiveDate) -> NaiveDate {
    day + Days::new(1)
}

/// What the files of a catalogue say.
#[derive(Default)]
pub struct Facts {
    versions: BTreeMap<(String, u64), toml::Value>,
    /// The days that are not as the week has them, and since when each edition of them is in force.
    calendars: Vec<(Micros, BTreeMap<NaiveDate, String>)>,
    /// The edition by which days are counted.
    edition: usize,
    /// Procedure, paper, and the days from which and until which it is not scanned.
    unscanned: Vec<(String, String, NaiveDate, Option<NaiveDate>)>,
    /// Who took over from whom, where there is one heir.
    heirs: BTreeMap<String, String>,
}

impl Facts {
    /// Reads files by their paths, each with the moment since which it is in force.
    pub fn read<'a>(files: impl Iterator<Item = (&'a str, &'a str, Micros)>) -> Self {
        let mut facts = Self::default();
        for (path, text, since) in files {
            if path.contains("procedures/") && path.ends_with(".toml") {
                let document: toml::Value = toml::from_str(text).unwrap();
                let code = document["code"].as_str().unwrap();
                for version in document["version"].as_array().unwrap() {
                    let number = version["number"].as_integer().unwrap();
                    let key = (code.to_owned(), u64::try_from(number).unwrap());
                    facts.versions.insert(key, version.clone());
                }
            } else if path.ends_with("intake/papers.csv") {
                for line in text.lines() {
                    let cells: Vec<&str> = line.split(',').collect();
                    if let [procedure, paper, "not-scanned", _, from, until, ..] = cells[..] {
                        let from = from.parse().unwrap();
                        let rule = (procedure.into(), paper.into(), from, until.parse().ok());
                        facts.unscanned.push(rule);
                    }
                }
            } else if path.ends_with("calendar/national.csv") {
                let mut special = BTreeMap::new();
                for line in text.lines() {
                    let mut cells = line.split(',');
                    let (Some(date), Some(kind)) = (cells.next(), cells.next()) else {
                        continue;
                    };
                    if let Ok(date) = date.parse()
                        && !kind.ends_with("_day")
                    {
                        special.insert(date, kind.to_owned());
                    }
                }
                facts.calendars.push((since, special));
            }
        }
        facts.calendars.sort_by_key(|(since, _)| *since);
        facts
    }

    /// Counts days as they were known at a moment.
    fn looks_from(&mut self, at: Micros) {
        let known = self.calendars.iter().filter(|(since, _)| *since <= at);
        self.edition = known.count() - 1;
    }

    /// Takes down who took over from whom.
    pub fn pass_on(&mut self, heirs: BTreeMap<String, String>) {
        self.heirs = heirs;
    }

    /// Whether some paper came that may be scanned.
    fn is_scannable(&self, life: &Life) -> bool {
        let received = day(life.received.unwrap());
        life.papers.iter().any(|paper| {
            let forbids = |rule: &(String, String, NaiveDate, Option<NaiveDate>)| {
                let (procedure, component, from, until) = rule;
                life.procedure == *procedure
                    && paper["component"] == component.as_str()
                    && *from <= received
                    && until.is_none_or(|until| received <= until)
            };
            paper["copy"] != "electronic" && !self.unscanned.iter().any(forbids)
        })
    }

    fn version(&self, life: &Life) -> Option<&toml::Value> {
        self.versions.get(&(life.procedure.clone(), life.version))
    }

    fn text(&self, life: &Life, name: &str) -> String {
        let found = self.version(life).and_then(|version| version.get(name));
        found.and_then(toml::Value::as_str).unwrap_or("").to_owned()
    }

    fn has_listed_fee(&self, life: &Life) -> bool {
        let list = |value: Option<&toml::Value>| {
            let list = value.and_then(toml::Value::as_array);
            list.cloned().unwrap_or_default()
        };
        let cases = list(self.version(life).and_then(|version| version.get("case")));
        let mut own = cases
            .iter()
            .filter(|case| case["id"].as_str() == Some(life.case.as_str()));
        own.any(|case| {
            list(case.get("fee")).iter().any(|fee| {
                let channel = fee.get("channel").and_then(toml::Value::as_str);
                let amount = fee.get("amount_vnd").and_then(toml::Value::as_integer);
                channel.is_none_or(|channel| channel == life.channel) && amount > Some(0)
            })
        })
    }

    fn is_worked(&self, day: NaiveDate) -> bool {
        let (_, special) = &self.calendars[self.edition];
        match special.get(&day).map(String::as_str) {
            Some("make_up") => true,
            Some(_) => false,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The open time between two moments: 07:30 to 11:30 and 13:30 to 17:00 on days that are worked.
    fn open_between(&self, from: Micros, to: Micros) -> i64 {
        let mut open = 0;
        let mut at = day(from);
        while at <= day(to) {
            if self.is_worked(at) {
                for (opens, closes) in [(15, 23), (27, 34)] {
                    let first = from.max(midnight(at) + opens * HOUR / 2);
                    let last = to.min(midnight(at) + closes * HOUR / 2);
                    open += (last - first).max(0);
                }
            }
            at = next(at);
        }
        open
    }

    fn worked_days_after(&self, first: NaiveDate, last: NaiveDate) -> i64 {
        let mut days = 0;
        let mut at = next(first);
        while at <= last {
            days += i64::from(self.is_worked(at));
            at = next(at);
        }
        days
    }
}

/// What is known of one dossier.
#[derive(Clone, Default)]
struct Life {
    kind: String,
    mirrored: bool,
    channel: String,
    procedure: String,
    version: u64,
    case: String,
    receiving: String,
    resolving: String,
    limit: Option<String>,
    by_day: bool,
    begun: bool,
    submitted: bool,
    by_staff: bool,
    assisted: bool,
    exempt: bool,
    received: Option<Micros>,
    ended: Option<(Micros, &'static str)>,
    first_due: Option<Micros>,
    due: Option<Micros>,
    answer_due: Option<Micros>,
    arrives_by: Option<Micros>,
    stands: bool,
    waits_for_papers: bool,
    requests: u32,
    last_request: Option<Micros>,
    apologised: bool,
    papers: Vec<Value>,
    results: Vec<Value>,
    score: Option<u64>,
    asked_or_paid: bool,
    methods: Vec<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

impl Life {
    fn moves(&mut self, event: &Value) {
        if let Some(due) = event["moved"]["effective_due"].as_i64() {
            self.due = Some(due);
        }
    }

    fn ends(&mut self, at: Micros, how: &'static str) {
        let at = self.received.map_or(at, |received| received.max(at));
        self.ended = Some((at, how));
        self.stands = false;
        self.waits_for_papers = false;
        self.answer_due = self.answer_due.filter(|_| how != "refused");
    }

    fn begins(&mut self, event: &Value) {
        if !self.begun {
            self.begun = true;
            self.kind = text(&event["procedure_kind"]);
            self.channel = text(&event["channel"]);
            self.receiving = text(&event["receiving"]);
            self.resolving = text(&event["resolving"]);
            self.assisted = !event["assisted_by"].is_null();
            self.exempt = !event["circumstances"]["fee_exemption"].is_null();
        }
        self.procedure = text(&event["procedure"]);
        self.version = event["procedure_version"].as_u64().unwrap();
        self.case = text(&event["case"]);
        self.papers.extend(list(&event["papers"]));
    }

    fn pays(&mut self, event: &Value) {
        self.asked_or_paid |= event["amount_vnd"].as_u64() > Some(0);
        self.methods.push(text(&event["method"]));
    }

    fn happens(&mut self, record: &Value) {
        let (event, at) = (&record["event"], record["event_time"].as_i64().unwrap());
        match event["kind"].as_str().unwrap() {
            "submitted" => {
                self.begins(event);
                self.submitted = true;
                self.mirrored = !event["mirrored"].is_null();
                self.by_staff = record["role"] != "portal";
                self.answer_due = event["answer_due"].as_i64();
            }
            "received" => {
                self.begins(event);
                self.limit = event["limit"].as_str().map(str::to_owned);
                self.by_day = match self.limit.as_deref() {
                    Some(limit) => !limit.ends_with('h'),
                    None => event["imported"]["due_by_day"] == true,
                };
                self.first_due = event["due"].as_i64();
                self.due = self.first_due;
                self.arrives_by = event["transit"]["by"].as_i64();
                self.received = Some(at);
                self.answer_due = None;
            }
            "refused" => self.ends(at, "refused"),
            "supplement_requested" => {
                self.requests += 1;
                self.last_request = Some(at);
                self.waits_for_papers = true;
                self.stands |= event["stands"] == true;
                self.answer_due = self.answer_due.filter(|_| self.received.is_some());
            }
            "supplement_recorded" => {
                self.papers.extend(list(&event["papers"]));
                self.waits_for_papers = false;
                self.stands = false;
                self.answer_due = event["answer_due"].as_i64().or(self.answer_due);
                self.moves(event);
            }
            "advanced" => self.waits_for_papers = false,
            "transferred" => self.resolving = text(&event["to"]),
            "payment_requested" => {
                self.stands |= event["stands"] == true;
                self.asked_or_paid |= event["amount_vnd"].as_u64() > Some(0);
            }
            "payment_recorded" => {
                self.pays(event);
                self.stands = false;
                self.moves(event);
            }
            "fee_paid" | "part_paid" => self.pays(event),
            "extended" => {
                self.apologised = true;
                self.moves(event);
            }
            "apologised" => self.apologised = true,
            "verification_begun" | "arrived" => self.moves(event),
            "withdrawn" => {
                self.moves(event);
                self.ends(at, "withdrawn");
            }
            "stopped" => {
                self.moves(event);
                self.ends(at, "stopped");
            }
            "expired" => {
                self.moves(event);
                let received = self.received.is_some();
                self.ends(at, if received { "stopped" } else { "refused" });
            }
            "resolved" => {
                self.results = list(&event["results"]);
                self.ends(at, "resolved");
            }
            "succeeded" if self.ended.is_none() => {
                for unit in [&mut self.receiving, &mut self.resolving] {
                    let passed = list(&event["units"]);
                    let mut heirs = passed.iter().filter(|it| it["old"] == **unit);
                    if let Some(heir) = heirs.next() {
                        *unit = text(&heir["new"]);
                    }
                }
            }
            "recalculated" => {
                self.answer_due = event["answer_due"].as_i64().or(self.answer_due);
                self.moves(event);
            }
            "due_restated" => self.due = event["due"].as_i64(),
            "migrated" => self.version = event["procedure_version"].as_u64().unwrap(),
            "rated" => self.score = event["score"].as_u64(),
            "mirrored_status" if self.mirrored => {
                let ends = ["refused", "withdrawn", "stopped", "resolved", "returned"];
                let claimed = event["at"].as_i64().unwrap();
                if !ends.contains(&event["status"].as_str().unwrap()) {
                    self.ended = None;
                } else if self.ended.is_none() {
                    self.ended = Some((claimed, "elsewhere"));
                }
            }
            _ => {}
        }
    }

    fn is_late_open(&self, at: Micros) -> bool {
        match self.due {
            Some(due) if self.by_day => !self.stands && at > midnight(next(day(due))),
            Some(due) => !self.stands && at > due,
            None => false,
        }
    }

    /// Against a due time: before it (-1), on it (0), after it (1).
    fn against(&self, ended: Micros, due: Micros) -> i32 {
        let order = match self.by_day {
            true => day(ended).cmp(&day(due)),
            false => ended.cmp(&due),
        };
        order as i32
    }

    fn has_fee(&self, facts: &Facts) -> bool {
        !self.exempt && (self.asked_or_paid || facts.has_listed_fee(self))
    }

    fn limit_unit(&self) -> Option<&'static str> {
        let limit = self.limit.as_deref()?;
        Some(
            match limit.trim_start_matches(|letter: char| letter.is_ascii_digit()) {
                "wd" | "same-day" => "wd",
                "wh" => "wh",
                "d" | "mo" => "d",
                "h" => "h",
                other => panic!("no limit is in {other}"),
            },
        )
    }
}

/// What is counted at a unit, by name; of a rate also the whole.
#[derive(Clone, Default)]
struct Sums {
    numbers: BTreeMap<String, (u32, u32)>,
    /// The times of the resolved, by the unit of their limit.
    times: BTreeMap<&'static str, Vec<f64>>,
    /// The working days that those of the form took that were resolved.
    took: Vec<u32>,
}

impl Sums {
    fn count(&mut self, name: &str, holds: bool) {
        let number = self.numbers.entry(name.to_owned()).or_default();
        number.0 += u32::from(holds);
    }

    fn of(&mut self, name: &str, holds: bool) {
        self.count(name, holds);
        self.numbers.get_mut(name).unwrap().1 += 1;
    }

    fn add(&mut self, other: &Self) {
        for (name, more) in &other.numbers {
            let own = self.numbers.entry(name.clone()).or_default();
            own.0 += more.0;
            own.1 += more.1;
        }
        for (unit, more) in &other.times {
            self.times.entry(unit).or_default().extend(more);
        }
        self.took.extend(&other.took);
    }

    fn is_nothing(&self, beginnings: &[&str]) -> bool {
        let mut own = self.numbers.iter().filter(|(name, _)| {
            let mut beginnings = beginnings.iter();
            beginnings.any(|beginning| name.starts_with(beginning))
        });
        own.all(|(_, number)| *number == (0, 0))
    }

    fn number(&self, name: &str) -> (u32, u32) {
        self.numbers.get(name).copied().unwrap_or_default()
    }

    fn rate(&self, name: &str) -> Value {
        let (num, den) = self.number(name);
        rate(num, den)
    }

    fn row(&self, beginning: &str) -> Value {
        let cells = CELLS.iter().map(|cell| {
            let number = self.number(&format!("{beginning}{cell}")).0;
            ((*cell).to_owned(), json!(number))
        });
        Value::Object(cells.collect())
    }
}

fn rate(num: u32, den: u32) -> Value {
    let rate = (den > 0).then(|| f64::from(num) / f64::from(den));
    json!({ "num": num, "den": den, "rate": rate })
}

/// The reports of a period, as of a moment.
pub struct Reports {
    units: BTreeMap<String, Sums>,
    /// To whom what a unit did counts, if not to itself.
    heirs: BTreeMap<String, String>,
}

struct Window {
    begins: Micros,
    ends: Micros,
    judged: Micros,
}

impl Reports {
    /// Counts all histories; those of units that have ended at their heirs, if that is wanted.
    pub fn of(
        histories: &[Vec<Value>],
        facts: &mut Facts,
        (from, to): (NaiveDate, NaiveDate),
        as_of: Micros,
        at_heirs: bool,
    ) -> Self {
        facts.looks_from(as_of);
        let (begins, ends) = (midnight(from), midnight(next(to)));
        let window = Window {
            begins,
            ends,
            judged: ends.min(as_of),
        };
        let mut reports = Self {
            units: BTreeMap::new(),
            heirs: match at_heirs {
                true => facts.heirs.clone(),
                false => BTreeMap::new(),
            },
        };
        for records in histories {
            let known = records.iter();
            let known: Vec<&Value> = known
                .filter(|record| record["record_time"].as_i64().unwrap() <= as_of)
                .collect();
            reports.dossier(&known, facts, &window);
        }
        reports
    }

    fn heir<'a>(&'a self, unit: &'a str) -> &'a str {
        self.heirs.get(unit).map_or(unit, String::as_str)
    }

    fn at(&mut self, unit: &str) -> &mut Sums {
        let unit = self.heir(unit).to_owned();
        self.units.entry(unit).or_default()
    }

    fn dossier(&mut self, known: &[&Value], facts: &Facts, window: &Window) {
        let Some((life, steps)) = lived(known, window.ends) else {
            return;
        };
        let begins = window.begins;
        let ended_before = life.ended.is_some_and(|(at, _)| at < begins);
        if life.mirrored {
            let unit = self.at(&life.resolving);
            unit.count("memo.mirrored", !ended_before && life.kind == "procedure");
            unit.count("rates.mirrored", !ended_before && life.kind == "procedure");
            return;
        }
        let alive = life.received.is_some() && !ended_before;
        if life.kind == "petition" {
            let unit = self.at(&life.resolving);
            unit.count("memo.petitions", alive);
            unit.count("memo.petitions_ended", alive && life.ended.is_some());
            return;
        }
        if let Some((eve, _)) = lived(known, begins)
            && eve.received.is_some()
            && eve.ended.is_none()
        {
            if eve.due.is_some() {
                let moved = self.heir(&eve.resolving) != self.heir(&life.resolving);
                let before = self.at(&eve.resolving);
                before.count("bridge.previous_pending", true);
                before.count("bridge.carried_away", moved);
                self.at(&life.resolving).count("bridge.carried_in", moved);
            } else {
                let given = life.due.is_some();
                self.at(&life.resolving).count("bridge.due_given", given);
            }
        }
        if alive {
            let corrected = known
                .iter()
                .any(|record| record["event"]["kind"] == "correction_approved");
            let own = self.at(&life.resolving);
            rates(own, &life, corrected, window);
            if life.due.is_some() {
                form(own, &life, facts, window);
                beside(own, &life, &steps, facts, window);
                own.count("memo.corrected", corrected);
            } else {
                let came = life.received >= Some(begins);
                own.count("memo.no_due_received", came);
                own.count("memo.no_due_ended", life.ended.is_some());
                own.count("memo.no_due_pending", life.ended.is_none());
            }
            index(own, &life, facts, window);
        }
        self.transfers(&steps, begins);
        desk(self.at(&life.receiving), &life, &steps, window);
    }

    fn transfers(&mut self, steps: &[(Life, &Value)], begins: Micros) {
        for (before, record) in steps {
            let at = record["event_time"].as_i64().unwrap();
            let event = &record["event"];
            if at < begins || event["kind"] != "transferred" {
                continue;
            }
            let overdue = !before.stands && before.due.is_some_and(|due| at > due);
            let from = self.at(&text(&event["from"]));
            from.count("memo.passed_on", true);
            from.count("memo.passed_on_overdue", overdue);
            let to = self.at(&text(&event["to"]));
            to.count("memo.came_in", true);
            to.count("memo.came_in_overdue", overdue);
        }
    }

    fn chosen(&self, only: Option<&str>, beginnings: &[&str]) -> (BTreeMap<&str, &Sums>, Sums) {
        let units = self.units.iter().filter(|(unit, own)| {
            only.is_none_or(|only| only == *unit) && !own.is_nothing(beginnings)
        });
        let units: BTreeMap<&str, &Sums> = units.map(|(unit, own)| (unit.as_str(), own)).collect();
        let mut total = Sums::default();
        for own in units.values() {
            total.add(own);
        }
        (units, total)
    }

    /// Form II.06a as the contract has it, without names.
    pub fn ii06a(&self, only: Option<&str>) -> Value {
        let (units, total) = self.chosen(only, &["row.", "bridge.", "memo."]);
        let told = |unit: &str, own: &Sums| {
            let mut fields: Vec<&str> = own
                .numbers
                .keys()
                .filter_map(|name| name.strip_prefix("field.")?.strip_suffix("|total"))
                .collect();
            fields.sort_unstable();
            let fields = fields
                .into_iter()
                .map(|field| json!({ "field": field, "row": own.row(&format!("field.{field}|")) }));
            let bridge = [
                "previous_pending",
                "carried_away",
                "carried_in",
                "due_given",
            ];
            let bridge = bridge.map(|name| {
                (
                    name.to_owned(),
                    json!(own.number(&format!("bridge.{name}")).0),
                )
            });
            let mut memo: Map<String, Value> = Map::new();
            for name in COUNTS {
                memo.insert(
                    name.to_owned(),
                    json!(own.number(&format!("memo.{name}")).0),
                );
            }
            for name in RATES {
                memo.insert(name.to_owned(), own.rate(&format!("memo.{name}")));
            }
            json!({
                "unit": unit,
                "row": own.row("row."),
                "fields": fields.collect::<Vec<_>>(),
                "bridge": bridge.into_iter().collect::<Map<_, _>>(),
                "memo": memo,
            })
        };
        let units: Vec<Value> = units.iter().map(|(unit, own)| told(unit, own)).collect();
        json!({ "report": "ii06a", "units": units, "total": told("", &total) })
    }

    /// The index as the contract has it, without names.
    pub fn i766(&self, only: Option<&str>) -> Value {
        let (units, total) = self.chosen(only, &["item."]);
        let told = |unit: &str, own: &Sums| json!({ "unit": unit, "items": items(own) });
        let units: Vec<Value> = units.iter().map(|(unit, own)| told(unit, own)).collect();
        json!({ "report": "i766", "units": units, "total": told("", &total) })
    }

    fn sums(&self, unit: Option<&str>) -> Sums {
        let mut own = Sums::default();
        for (code, sums) in &self.units {
            if unit.is_none_or(|unit| unit == code) {
                own.add(sums);
            }
        }
        own
    }

    /// How fast units work: those resolved, the median and the mean of their working days, what is open, and
    /// what is late.
    pub fn performance(&self, unit: Option<&str>) -> Value {
        let mut own = self.sums(unit);
        own.took.sort_unstable();
        let (all, took) = (own.took.len(), own.took);
        #[expect(clippy::cast_precision_loss, reason = "a mean to compare")]
        let mean = (all > 0).then(|| took.iter().sum::<u32>() as f64 / all as f64);
        let median = (all > 0).then(|| f64::from(took[(all - 1) / 2] + took[all / 2]) / 2.0);
        let number = |name: &str| {
            let found = own.numbers.get(&format!("row.{name}"));
            found.map_or(0, |number| number.0)
        };
        json!({
            "resolved": all, "median": median, "mean": mean, "backlog": number("pending"),
            "late": number("late") + number("pending_late"),
        })
    }

    /// The rates of a unit; of all units without one.
    pub fn rates(&self, unit: Option<&str>) -> Value {
        let own = self.sums(unit);
        let number = |name: &str| own.number(&format!("rates.{name}")).0;
        let mut row: Map<String, Value> = Map::new();
        for name in PLAIN {
            row.insert(name.to_owned(), json!(number(name)));
        }
        row.insert("corrected".into(), json!(number("corrected")));
        let judged = number("in_time") + number("late");
        row.insert("in_time_rate".into(), rate(number("in_time"), judged));
        row.insert(
            "in_time_rate_766".into(),
            rate(number("in_time_766"), judged),
        );
        let original = number("in_time_original");
        row.insert("in_time_rate_original".into(), rate(original, judged));
        let online = number("received_online");
        row.insert("online_rate".into(), rate(online, number("received")));
        Value::Object(row)
    }
}

/// A history up to a moment, and each event with what was known before it.
fn lived<'a>(known: &[&'a Value], until: Micros) -> Option<(Life, Vec<(Life, &'a Value)>)> {
    let mut life = Life::default();
    let mut steps = Vec::new();
    for record in known {
        if record["event_time"].as_i64().unwrap() >= until {
            continue;
        }
        if !life.begun && !["submitted", "received"].contains(&record["event"]["kind"].as_str()?) {
            return None;
        }
        steps.push((life.clone(), *record));
        life.happens(record);
    }
    life.begun.then_some((life, steps))
}
