//! Every way of looking at a dossier and of working on it, over the wire.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::foresight::Sweep;
use app::ports::{Clock, Verifiable};
use app::tokens::{self, Grant};
use app::{Engine, verify};
use chrono::TimeDelta;
use domain::id::ActorId;
use domain::role::Role;
use domain::time;
use serde_json::{Value, json};
use store::SeaStore;

use crate::backend::{Backend, TestDatabase};
use crate::calling::{Json, fresh_id};
use crate::import::export::{export, import_again, rows};
use crate::port::{Settings, Site};
use crate::several::Process;
use crate::world::{OTHER_WARD, PROVINCE, StandingClock, WARD, World, who};

/// An office with its people, and one dossier that has been through something.
pub struct Journey {
    pub on: Backend,
    pub url: String,
    pub engine: Arc<Engine>,
    pub store: Arc<SeaStore>,
    pub wire: Json,
    tokens: BTreeMap<(&'static str, &'static str), String>,
    /// A name of the dossier.
    pub name: String,
    /// The PIN of its receipt, where it has one.
    pub pin: Option<String>,
    /// Days that reports are asked for.
    pub days: [&'static str; 2],
}

/// A dossier in the database into which it was imported, by a clock of its own.
pub struct Abroad {
    pub journey: Journey,
    pub clock: Arc<StandingClock>,
    _database: TestDatabase,
}

impl Abroad {
    /// The import is recorded at the time of this machine, and nobody writes before it.
    pub async fn goes_on_after_the_import(&mut self) {
        self.clock.set(server::clock::SystemClock.now());
        self.journey.hire_all().await;
    }
}

/// Whoever works in the wards of a journey.
const DESKS: [Role; 4] = [
    Role::Receptionist,
    Role::Officer,
    Role::Leader,
    Role::Chairman,
];

impl Journey {
    pub async fn of(world: &World, on: Backend) -> Self {
        let (engine, store) = (Arc::clone(&world.engine), Arc::clone(&world.store));
        Self::over(on, &world.url, engine, store).await
    }

    pub async fn at(process: Process, on: Backend, url: &str) -> Self {
        Self::over(on, url, process.engine, process.store).await
    }

    async fn over(on: Backend, url: &str, engine: Arc<Engine>, store: Arc<SeaStore>) -> Self {
        let wire = Json(Site::over(&engine, &Settings::default()).router);
        let mut journey = Self {
            on,
            url: url.to_owned(),
            engine,
            store,
            wire,
            tokens: BTreeMap::new(),
            name: String::new(),
            pin: None,
            days: ["2026-08-01", "2026-08-31"],
        };
        journey.hire_all().await;
        journey
    }

    async fn hire_all(&mut self) {
        for unit in [WARD, OTHER_WARD] {
            for role in DESKS {
                self.hire(role, unit).await;
            }
        }
        for role in [Role::Portal, Role::Province] {
            self.hire(role, PROVINCE).await;
        }
    }

    async fn hire(&mut self, role: Role, unit: &'static str) {
        let caller = who(role, unit);
        let grant = Grant {
            actor: ActorId::parse(&format!("{role}-of-{unit}")).unwrap(),
            role,
            province: caller.province,
            units: caller.units,
            lasts: TimeDelta::days(400),
        };
        let (ids, now) = (server::clock::SystemIds, self.engine.now());
        let issued = tokens::issue(self.store.as_ref(), &ids, now, grant).await;
        self.tokens
            .insert((role.as_str(), unit), issued.unwrap().secret);
    }

    pub async fn asks(&self, role: Role, unit: &'static str, method: &str, body: Value) -> Value {
        let token = &self.tokens[&(role.as_str(), unit)];
        self.wire.call(token, method, &body).await.good()
    }

    /// A method on the dossier as it stands.
    pub async fn does(&self, role: Role, unit: &'static str, method: &str, more: Value) -> Value {
        let read = self.read(role, unit).await;
        let mut body = more;
        body["name"] = read["name"].clone();
        body["etag"] = read["etag"].clone();
        body["request_id"] = json!(fresh_id());
        self.asks(role, unit, method, body).await
    }

    pub async fn read(&self, role: Role, unit: &'static str) -> Value {
        let name = json!({ "name": self.name });
        self.asks(role, unit, "GetDossier", name).await
    }

    /// Every way of looking at it says the same, at the unit that decides it.
    pub async fn is_seen_alike(&self, unit: &'static str) {
        let read = self.read(Role::Chairman, unit).await;
        let open = read["end_time"].is_null();
        self.get(unit, &read).await;
        self.worklist(unit, &read, open).await;
        self.lists(&read).await;
        self.search(unit, &read).await;
        self.look_up(&read).await;
        self.feed(unit, &read).await;
        self.times(unit, &read).await;
        self.forecasts(unit, &read, open).await;
        assert_eq!(self.differences().await, Vec::<String>::new());
    }

    /// By id and by code it is the same dossier.
    async fn get(&self, unit: &'static str, read: &Value) {
        let code = read["code"].as_str().unwrap();
        for name in [read["name"].as_str().unwrap(), code] {
            let again = json!({ "name": name });
            let again = self.asks(Role::Chairman, unit, "GetDossier", again).await;
            assert_eq!(again["etag"], read["etag"], "{name}");
            assert_eq!(again["state"], read["state"], "{name}");
        }
    }

    /// It is on the worklist once while it is open, and every number is that of its rows.
    async fn worklist(&self, unit: &'static str, read: &Value, open: bool) {
        let chairman = Role::Chairman;
        let all = json!({ "with_mirrored": true });
        let listed = self.asks(chairman, unit, "ListWorklist", all).await;
        let listed = listed["dossiers"].as_array().unwrap();
        let own: Vec<&Value> = listed
            .iter()
            .filter(|row| row["name"] == read["name"])
            .collect();
        assert_eq!(own.len(), usize::from(open), "{read}");
        for row in own {
            for field in ["etag", "state", "effective_due_time", "step", "overdue"] {
                assert_eq!(row[field], read[field], "{field}: {row}");
            }
        }
        let counts = self.asks(
            chairman,
            unit,
            "GetWorklistCounts",
            json!({ "with_mirrored": true }),
        );
        let counts = counts.await;
        assert_eq!(counts["open"], listed.len(), "{counts}");
        for (count, filter) in [
            ("overdue", "OVERDUE"),
            ("near_due", "NEAR_DUE"),
            ("due_today", "DUE_TODAY"),
            ("answer_due_today", "ANSWER_DUE_TODAY"),
            ("waiting_for_citizen", "WAITING_FOR_CITIZEN"),
            ("submitted", "SUBMITTED"),
            ("unassigned", "UNASSIGNED"),
            ("late_legs", "LATE_LEG"),
            ("late_consultations", "LATE_CONSULTATION"),
            ("not_handed_over", "NOT_HANDED_OVER"),
            ("hand_over_late", "HAND_OVER_LATE"),
            ("in_conflict", "IN_CONFLICT"),
            ("alerted", "ALERTED"),
        ] {
            let only = format!("WORKLIST_FILTER_{filter}");
            let only = json!({ "only": [only], "with_mirrored": true });
            let rows = self.asks(chairman, unit, "ListWorklist", only).await;
            let rows = rows["dossiers"].as_array().unwrap().len();
            assert_eq!(counts[count], rows, "{count}");
        }
    }

    /// It is listed under the unit that decides it and under the desk that took it in, and under no other; after
    /// its end also by the time of that.
    async fn lists(&self, read: &Value) {
        for field in ["resolving_unit", "receiving_unit"] {
            let own = read[field].as_str().unwrap();
            let others = [WARD, OTHER_WARD].map(|unit| format!("units/{unit}"));
            for unit in others.iter().map(String::as_str).chain([own]) {
                let mut asked = vec![json!({ field: unit, "page_size": 200 })];
                if !read["end_time"].is_null() {
                    let since = json!({ field: unit, "end_from_time": read["end_time"] });
                    asked.push(since);
                }
                if !read["receive_time"].is_null() {
                    let since = json!({ field: unit, "receive_from_time": read["receive_time"] });
                    asked.push(since);
                }
                for asked in asked {
                    let page = self.asks(Role::Province, PROVINCE, "ListDossiers", asked.clone());
                    let page = page.await;
                    let rows = page["dossiers"].as_array().unwrap();
                    let listed = rows.iter().any(|row| row["name"] == read["name"]);
                    assert_eq!(listed, unit == own, "{asked}: {read}");
                }
            }
        }
    }

    async fn search(&self, unit: &'static str, read: &Value) {
        let code = read["code"].as_str().unwrap();
        let found = json!({ "query": code });
        let found = self
            .asks(Role::Chairman, unit, "SearchDossiers", found)
            .await;
        let found = found["dossiers"].as_array().unwrap();
        assert!(
            found.iter().any(|row| row["name"] == read["name"]),
            "{code}"
        );
    }

    /// Whoever has the code sees a stage, and whoever has the receipt the dates.
    async fn look_up(&self, read: &Value) {
        let code = &read["code"];
        let seen = json!({ "code": code });
        let seen = self.wire.call("", "LookupDossier", &seen).await.good();
        let finished = seen["stage"] == "STAGE_FINISHED";
        assert_eq!(finished, !read["end_time"].is_null(), "{seen}");
        let Some(pin) = &self.pin else { return };
        let seen = json!({ "code": code, "pin": pin });
        let seen = self.wire.call("", "LookupDossier", &seen).await.good();
        for field in ["receive_time", "effective_due_time", "promised_due_time"] {
            assert_eq!(seen["details"][field], read[field], "{field}: {seen}");
        }
    }

    /// Whoever reads the feed to its end has every event of it once, in order.
    async fn feed(&self, unit: &'static str, read: &Value) {
        let name = json!({ "name": read["name"] });
        let history = self
            .asks(Role::Chairman, unit, "ListDossierEvents", name)
            .await;
        let history: Vec<(u64, String)> = history["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(version_and_kind)
            .collect();
        let versions: Vec<u64> = history.iter().map(|(version, _)| *version).collect();
        let whole: Vec<u64> = (1..=history.len() as u64).collect();
        assert_eq!(versions, whole, "no version is missing");
        let mut told = Vec::new();
        for _ in 0..1_000 {
            told = self.told_by_the_feed(read).await;
            if told.len() >= history.len() {
                break;
            }
            // On a server others may hold the feed up for a moment.
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(told, history);
    }

    async fn told_by_the_feed(&self, read: &Value) -> Vec<(u64, String)> {
        let mut told = Vec::new();
        let mut imports = Vec::new();
        let mut cursor = Value::String(String::new());
        loop {
            let page = json!({ "after": cursor, "limit": 100 });
            let page = self
                .asks(Role::Province, PROVINCE, "ListEvents", page)
                .await;
            for entry in page["events"].as_array().unwrap() {
                if let Some(import) = entry["import_name"]
                    .as_str()
                    .filter(|name| !name.is_empty())
                {
                    imports.push(import.to_owned());
                } else if entry["dossier"] == read["name"] {
                    told.push(version_and_kind(&entry["event"]));
                }
            }
            cursor = page["next_cursor"].clone();
            if page["done"] == true || page["events"].as_array().unwrap().is_empty() {
                break;
            }
        }
        let mut brought = Vec::new();
        for import in imports {
            let page = json!({ "import_name": import, "limit": 1000 });
            let page = self
                .asks(Role::Province, PROVINCE, "ListEvents", page)
                .await;
            let own = page["events"].as_array().unwrap().iter();
            let own = own.filter(|entry| entry["dossier"] == read["name"]);
            brought.extend(own.map(|entry| version_and_kind(&entry["event"])));
        }
        brought.extend(told);
        brought
    }

    async fn times(&self, unit: &'static str, read: &Value) {
        let name = json!({ "name": read["name"] });
        let times = self
            .asks(Role::Chairman, unit, "GetDossierTimes", name.clone())
            .await;
        let counted = !times["spans"].as_array().unwrap().is_empty();
        let passed =
            times["as_of_time"] != read["receive_time"] && read["receive_time"].is_string();
        assert!(counted || !passed, "{times}");
        // No portal is told here, so none has acknowledged anything.
        let exchange = self
            .asks(Role::Chairman, unit, "GetDossierExchange", name)
            .await;
        assert_eq!(exchange["dossier"], read["name"]);
        let remotes = exchange["remotes"].as_array();
        assert!(remotes.is_none_or(Vec::is_empty), "{exchange}");
    }

    /// It is learnt from, its flag is that of its row, and the outlook counts it.
    async fn forecasts(&self, unit: &'static str, read: &Value, open: bool) {
        let today = time::day_start(time::local_day(self.engine.now()));
        let whole = who(Role::Auditor, PROVINCE).province;
        self.engine.fit_forecasts(&whole, today).await.unwrap();
        self.engine.sweep(&mut Sweep::default()).await.unwrap();
        let listed = self
            .asks(Role::Chairman, unit, "ListWorklist", json!({}))
            .await;
        let listed = listed["dossiers"].as_array().unwrap();
        let outlook = self
            .asks(Role::Chairman, unit, "GetOutlook", json!({}))
            .await;
        let judged = listed
            .iter()
            .filter(|row| !row["effective_due_time"].is_null() && row["receive_time"].is_string());
        assert!(
            outlook["open"].as_u64().unwrap() <= judged.count() as u64,
            "{outlook}"
        );
        let row = listed.iter().find(|row| row["name"] == read["name"]);
        let flags = self.asks(
            Role::Province,
            PROVINCE,
            "ListFlags",
            json!({ "limit": 500 }),
        );
        let flags = flags.await;
        let last = flags["flags"]
            .as_array()
            .unwrap()
            .iter()
            .rfind(|flag| flag["dossier"] == read["name"]);
        match (row.filter(|_| open), last) {
            (Some(row), Some(flag)) => {
                assert_eq!(flag["level"], row["forecast"]["level"], "{flag} {row}");
            }
            (Some(row), None) => {
                let level = &row["forecast"]["level"];
                let quiet = ["FORECAST_LEVEL_ON_TRACK", "FORECAST_LEVEL_UNSPECIFIED"];
                assert!(
                    level.is_null() || quiet.contains(&level.as_str().unwrap()),
                    "{row}"
                );
            }
            (None, _) => {}
        }
    }

    async fn differences(&self) -> Vec<String> {
        let read = self.store.snapshot().await.unwrap();
        let mut found = Vec::new();
        let mut differs = |one: verify::Difference| found.push(one.to_string());
        verify::verify(read.as_ref(), &mut differs, &mut |_, _| {})
            .await
            .unwrap();
        found
    }

    /// Desks do what they may until the citizen has the result; each move is seen alike.
    pub async fn goes_on_to_its_end(&self, unit: &'static str) {
        for _ in 0..12 {
            if self.read(Role::Chairman, unit).await["state"] == "STATE_RETURNED" {
                return;
            }
            let read = self.read(Role::Chairman, unit).await;
            assert!(self.moves().await, "nobody may go on: {read}");
            self.is_seen_alike(unit).await;
        }
        panic!("it never ends: {}", self.read(Role::Chairman, unit).await);
    }

    /// Whoever may go on does; whether anybody may.
    async fn moves(&self) -> bool {
        for unit in [WARD, OTHER_WARD] {
            for role in DESKS {
                let token = &self.tokens[&(role.as_str(), unit)];
                let name = json!({ "name": self.name });
                let read = self.wire.call(token, "GetDossier", &name).await;
                if read.http != http::StatusCode::OK {
                    continue;
                }
                let read = read.json;
                let may = |action: &str| {
                    let allowed = read["allowed_actions"].as_array().unwrap();
                    allowed.iter().any(|allowed| allowed == action)
                };
                let step = &read["next_steps"][0]["id"];
                for (action, more) in [
                    ("ReturnResult", json!({})),
                    ("ResolveDossier", json!({})),
                    ("AdvanceDossier", json!({ "step": step })),
                ] {
                    if may(action) && (action != "AdvanceDossier" || step.is_string()) {
                        self.does(role, unit, action, more).await;
                        return true;
                    }
                }
            }
        }
        false
    }

    /// The citizen rates it, by the receipt or at the desk, and is counted.
    pub async fn is_rated(&self, unit: &'static str) {
        let read = self.read(Role::Chairman, unit).await;
        let code = &read["code"];
        match &self.pin {
            Some(pin) => {
                let said = json!({
                    "code": code, "pin": pin, "score": 5, "request_id": fresh_id(),
                });
                self.wire.call("", "SubmitRating", &said).await.good();
            }
            None => {
                let said = json!({ "score": 5, "method": "RATING_METHOD_DEVICE" });
                self.does(Role::Receptionist, WARD, "RateDossier", said)
                    .await;
            }
        }
        self.is_seen_alike(unit).await;
    }

    /// The report counts it where it belongs, and the same from sums and from histories.
    pub async fn is_reported(&self, unit: &'static str) {
        let [from, to] = self.days;
        let asked = json!({ "unit": unit, "from": from, "to": to });
        let rates = self.asks(Role::Chairman, unit, "GetRates", asked).await;
        let row = &rates["total"];
        let number = |name: &str| row[name].as_u64().unwrap();
        assert!(number("carried_over") + number("received") >= 1, "{row}");
        let settled = number("resolved")
            + number("withdrawn")
            + number("pending_in_time")
            + number("pending_late");
        assert!(settled >= 1, "{row}");
        // With a moment it is counted from histories, without one from sums.
        let now = time::rfc3339(self.engine.now());
        let again = json!({ "unit": unit, "from": from, "to": to, "as_of": now });
        let again = self.asks(Role::Chairman, unit, "GetRates", again).await;
        assert_eq!(again["total"], rates["total"]);
    }

    /// An export of all of it comes into another database with the same reports, and is worked on
    /// there.
    pub async fn comes_back_from_an_export(&self, unit: &'static str) {
        let mut abroad = self.goes_abroad(unit).await;
        abroad.goes_on_after_the_import().await;
        if abroad.journey.moves().await {
            abroad.journey.is_seen_alike(unit).await;
        }
    }

    /// The same dossier in another database, into which an export of all was imported.
    pub async fn goes_abroad(&self, unit: &'static str) -> Abroad {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        export(&self.url, &out, &[]).await.unwrap();
        let other = self.on.empty().await;
        import_again(&out, &other.url).await;
        let [from, to] = self.days;
        assert_eq!(
            rows(&other.url, "08", from, to).await,
            rows(&self.url, "08", from, to).await
        );
        let before = self.read(Role::Chairman, unit).await;
        let now = time::local(self.engine.now());
        let clock = now.format("%Y-%m-%d %H:%M").to_string();
        let process = Process::on(&other.url, &clock).await;
        let clock = Arc::clone(&process.clock);
        let mut there = Self::at(process, self.on, &other.url).await;
        there.name.clone_from(&self.name);
        there.days = self.days;
        let after = there.read(Role::Chairman, unit).await;
        for field in [
            "name",
            "code",
            "state",
            "step",
            "receive_time",
            "effective_due_time",
            "original_due_time",
            "promised_due_time",
            "end_time",
            "return_time",
        ] {
            assert_eq!(after[field], before[field], "{field}");
        }
        there.is_seen_alike(unit).await;
        Abroad {
            journey: there,
            clock,
            _database: other,
        }
    }
}

fn version_and_kind(event: &Value) -> (u64, String) {
    (
        event["version"].as_u64().unwrap(),
        event["kind"].as_str().unwrap().to_owned(),
    )
}
