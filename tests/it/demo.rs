//! The demo, read over the wire as the chairman of its ward sees it in the morning.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::{Engine, Parts};
use chrono::{DateTime, TimeDelta, Utc};
use domain::role::Role;
use serde_json::{Value, json};
use store::{Options, SeaStore};

use crate::calling::Json;
use crate::port::{Settings, Site};
use crate::world::{NumberedIds, StandingClock, catalogue, moment};

const SECRET: &[u8] = b"the demo's secret protects nobody";

/// A demo at a moment, with its people.
struct Morning {
    json: Json,
    tokens: BTreeMap<String, String>,
    now: DateTime<Utc>,
    store: SeaStore,
    _folder: tempfile::TempDir,
}

impl Morning {
    async fn at(local: &str) -> Self {
        let now = moment(local);
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("demo.db").display());
        let ids = NumberedIds::default();
        let built = ::demo::build(&database, catalogue(), SECRET, now, &ids)
            .await
            .unwrap();
        let tokens = built.tokens.into_iter();
        let tokens = tokens.map(|(role, _, secret)| (role.to_string(), secret));
        let store = SeaStore::open(&database, Options::default()).await.unwrap();
        let engine = Engine::start(Parts {
            store: Arc::new(store.clone()),
            catalogue: catalogue(),
            clock: Arc::new(StandingClock::at(now)),
            ids: Arc::new(ids),
            secret: SECRET.to_vec(),
            queue: 64,
        });
        engine.refresh_models().await.unwrap();
        Self {
            json: Json(Site::over(&engine, &Settings::default()).router),
            tokens: tokens.collect(),
            now,
            store,
            _folder: folder,
        }
    }

    async fn call(&self, role: Role, method: &str, body: &Value) -> Value {
        let token = &self.tokens[&role.to_string()];
        self.json.call(token, method, body).await.good()
    }

    /// All dossiers that the ward's chairman may see: the pending ones, or all, by method.
    async fn dossiers(&self, method: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut token = String::new();
        loop {
            let body = json!({"page_size": 200, "page_token": token});
            let page = self.call(Role::Chairman, method, &body).await;
            all.extend(page["dossiers"].as_array().cloned().unwrap_or_default());
            token = page["next_page_token"].as_str().unwrap_or("").to_owned();
            if token.is_empty() {
                return all;
            }
        }
    }
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str()?.parse().ok()
}

/// A number. JSON carries large ones as text.
fn number(value: &Value) -> i64 {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.or(value.as_i64()).unwrap_or(0)
}

/// Of the ended dossiers of some fields, the percentage that ended in time.
fn in_time(dossiers: &[Value], fields: &[&str]) -> i64 {
    let catalogue = catalogue();
    let of = |dossier: &&Value| {
        let code = dossier["procedure"].as_str().unwrap();
        let code = code.trim_start_matches("procedures/");
        catalogue.procedures.iter().any(|procedure| {
            procedure.code.as_str() == code && fields.contains(&procedure.field.as_str())
        })
    };
    let judged: Vec<bool> = dossiers
        .iter()
        .filter(of)
        .filter_map(|dossier| {
            Some(time(&dossier["end_time"])? <= time(&dossier["effective_due_time"])?)
        })
        .collect();
    let good = judged.iter().filter(|in_time| **in_time).count();
    i64::try_from(100 * good / judged.len().max(1)).unwrap()
}

/// Asserts that no reason contradicts the level, the chance, the ends, or another reason.
fn say_one_thing(dossier: &Value) {
    let forecast = &dossier["forecast"];
    let Some(level) = forecast["level"].as_str() else {
        return;
    };
    let late = forecast["late_probability"].as_f64().unwrap_or_default();
    let reasons = forecast["reasons"].as_array().cloned();
    let reasons = reasons.unwrap_or_default();
    let told = format!("{forecast:#}");
    let code = |reason: &Value| reason["code"].as_str().unwrap_or_default().to_owned();
    let named = |reason: &Value, name: &str| -> Option<f64> {
        reason["parameters"][name].as_str()?.parse().ok()
    };
    let is = |wanted: &str| level.ends_with(wanted);
    let worrying = !is("ON_TRACK");
    assert!(!reasons.is_empty(), "{told}");

    // Level, chance and expected ends agree.
    let due = time(&dossier["effective_due_time"]).unwrap();
    assert_eq!(is("OVERDUE"), code(&reasons[0]) == "OVERDUE", "{told}");
    if is("WILL_BE_LATE") {
        assert!(late > 0.8, "{told}");
    }
    if is("ON_TRACK") || is("WATCH") {
        assert!(late < 0.9, "{told}");
    }
    let stands = reasons.iter().any(|reason| code(reason) == "CLOCK_STANDS");
    if let Some(middle) = time(&forecast["middle_end_time"]).filter(|_| !is("OVERDUE") && !stands) {
        assert_eq!(middle > due, late >= 0.5, "{told}");
    }

    let (mut whole, mut parts) = (None, Vec::new());
    for reason in &reasons {
        let left = named(reason, "left_days");
        match code(reason).as_str() {
            "CANNOT_FIT" | "PLAN_CANNOT_FIT" => {
                assert!(is("WILL_BE_LATE"), "{told}");
                whole = named(reason, "usual_days").or(named(reason, "planned_days"));
            }
            "TIME_LEFT" => {
                whole = named(reason, "usual_days");
                // Both are rounded to a hundredth of a day.
                let short = whole.zip(left).map(|(usual, left)| usual - left);
                assert!(
                    short.is_some_and(
                        |short| (short > -0.02 || late < 0.5) && (short < 0.02 || late >= 0.5)
                    ),
                    "{told}"
                );
            }
            "PLANNED" | "PLAN_SHORT" => whole = named(reason, "planned_days"),
            "COMPARABLE" => {
                let share = named(reason, "late")
                    .zip(named(reason, "comparable"))
                    .map(|(late, all)| late / all);
                assert!(
                    share.is_some_and(|share| (share >= 0.5) == (late >= 0.5)),
                    "{told}"
                );
            }
            "ODDS" => {
                let in_ten = named(reason, "in_ten").unwrap() / 10.0;
                assert!((in_ten - late).abs() <= 0.1001, "{told}");
            }
            "SLOWEST_STEP" | "SLOWEST_LEG" => {
                parts.extend(named(reason, "days"));
                let advises = reason["text_vi"].as_str().unwrap().contains("nên nhắc");
                assert!(worrying || !advises, "{told}");
            }
            "NO_HISTORY" => {
                let usually =
                    |reason: &Value| reason["text_vi"].as_str().unwrap().contains("thường");
                assert!(!reasons.iter().any(usually), "{told}");
            }
            _ => {}
        }
        let words = reason["text_vi"].as_str().unwrap();
        assert!(words.ends_with('.') && !words.contains(".."), "{words}");
    }
    for part in parts {
        assert!(whole.is_none_or(|whole| part <= whole + 0.02), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_is_a_ward_as_its_chairman_finds_it_in_the_morning() {
    let demo = Morning::at("2026-11-30 09:00").await;

    let counts = demo
        .call(Role::Chairman, "GetWorklistCounts", &json!({}))
        .await;
    let count = |name: &str| number(&counts[name]);
    let told = format!("{counts}");
    assert!((100..=150).contains(&count("open")), "{told}");
    assert!((5..=10).contains(&count("overdue")), "{told}");
    assert!(count("waiting_for_citizen") >= 5, "{told}");
    assert!((1..=40).contains(&count("unassigned")), "{told}");
    assert!(count("late_legs") >= 1, "{told}");

    // Each level has flags, and some are at risk while days are left to act.
    let pending = demo.dossiers("ListWorklist").await;
    let level = |dossier: &Value| {
        let level = dossier["forecast"]["level"].as_str();
        level.unwrap_or("none").to_owned()
    };
    let levels: BTreeSet<String> = pending.iter().map(level).collect();
    for wanted in ["ON_TRACK", "AT_RISK", "WILL_BE_LATE"] {
        let wanted = format!("FORECAST_LEVEL_{wanted}");
        assert!(levels.contains(&wanted), "{levels:?}");
    }
    for dossier in &pending {
        say_one_thing(dossier);
    }
    let ahead = pending.iter().filter(|dossier| {
        let flagged = ["FORECAST_LEVEL_AT_RISK", "FORECAST_LEVEL_WILL_BE_LATE"];
        flagged.contains(&level(dossier).as_str())
            && time(&dossier["effective_due_time"])
                .is_some_and(|due| due > demo.now + TimeDelta::days(3))
    });
    let ahead = ahead.count();
    assert!(ahead >= 3, "{ahead} are flagged three days ahead");
    let assigned = pending.iter().filter(|dossier| {
        let assignee = dossier["assignee"].as_str().unwrap_or_default();
        assignee.starts_with("can-bo-")
    });
    assert!(assigned.count() >= 40, "officials have them");
    assert!(pending.iter().any(|dossier| dossier["extended"] == true));

    // The dossiers that another system decides do move.
    let old = demo.now - TimeDelta::days(14);
    for dossier in &pending {
        let stands = dossier["state"] == "STATE_SUBMITTED"
            && time(&dossier["submit_time"]).is_some_and(|at| at < old);
        assert!(!stands, "nobody has looked at {dossier}");
    }

    let all = demo.dossiers("ListDossiers").await;
    let mirrored = all.iter().filter(|it| {
        it["mirrored_from"].as_str().unwrap_or_default() != "" && it["state"] == "STATE_RETURNED"
    });
    assert!(mirrored.count() >= 30, "mirrored ones come to an end");
    let civil = in_time(&all, &["Hộ tịch", "Chứng thực"]);
    let land = in_time(&all, &["Đất đai"]);
    assert!(civil >= 95, "civil status {civil} % in time");
    assert!((15..=50).contains(&land), "land {land} % in time");

    // The ward's addresses have tổ dân phố, and people pay realistic amounts.
    for dossier in &all {
        let address = dossier["applicant"]["address"].as_str().unwrap_or_default();
        let ward = dossier["receiving_unit"] == "units/H60.02215";
        assert!(!ward || address.starts_with("Tổ dân phố "), "{dossier}");
    }
    let paid: BTreeSet<i64> = all.iter().map(|it| number(&it["fee_paid_vnd"])).collect();
    assert!(paid.contains(&100_000), "a household business: {paid:?}");
    assert!(paid.contains(&10_000), "a signature: {paid:?}");
    assert!(
        paid.last() > Some(&20_000_000),
        "land-use fees are in the tens of millions: {paid:?}"
    );
    let moved = all
        .iter()
        .filter(|it| it["receiving_unit"] != it["resolving_unit"]);
    assert!(moved.count() >= 3, "some went to another unit, some came");

    // The flags kept their promise, and few dossiers ended late without one.
    for month in ["2026-10", "2026-11"] {
        let body = json!({"month": month});
        let record = demo.call(Role::Chairman, "GetFlagRecord", &body).await;
        let of = |name: &str| record[name].as_f64().unwrap_or_default();
        let error = (of("promised") * (1.0 - of("promised")) / of("flagged").max(1.0)).sqrt();
        assert!(of("flagged") >= 20.0, "{record}");
        assert!(of("kept") >= of("promised") - 2.0 * error, "{record}");
        assert!(of("flagged_late") >= 0.95 * of("late"), "{record}");
        assert!(of("saved") <= of("acted_on") && of("acted_on") <= of("flagged"));
        assert!(of("acted_on") >= 1.0, "{record}");
        // Nothing drifts in the demo's world.
        let drift = &record["drift"];
        assert!(number(&drift["count"]) >= 100, "{record}");
        assert_ne!(drift["alarm"], true, "{record}");
        // The words hold the numbers of the fields, and no others.
        let whole = |name: &str, times: f64| format!("{:.0}", (of(name) * times).round());
        let expected = [
            whole("flagged", 1.0),
            whole("flagged_late", 1.0),
            whole("promised", 10.0),
            "10".to_owned(),
            whole("median_lead_share", 100.0),
            whole("acted_on", 1.0),
            whole("saved", 1.0),
            whole("missed", 1.0),
        ];
        for words in ["text_vi", "text_en"] {
            let told = record[words]
                .as_str()
                .unwrap()
                .split(|it: char| !it.is_ascii_digit());
            let told: Vec<&str> = told.filter(|piece| !piece.is_empty()).collect();
            assert_eq!(told, expected, "{record}");
        }
    }

    let month = json!({"unit": "units/H60.02215", "from": "2026-10-01", "to": "2026-10-31"});
    let rates = demo.call(Role::Chairman, "GetRates", &month).await;
    let row = &rates["total"];
    let received = number(&row["received"]);
    assert!(
        (300..=400).contains(&received),
        "{received} in a month: {row}"
    );
    assert!(number(&row["corrected"]) >= 1, "{row}");
    let ratings = demo.call(Role::Chairman, "GetRatings", &month).await;
    let ratings = number(&ratings["total"]["ratings"]);
    assert!(ratings >= 60, "{ratings} ratings in a month");

    // Each rate of the index that counts digital work is neither nil nor full.
    let index = demo.call(Role::Chairman, "GetI766", &month).await;
    let items = index["total"]["items"].as_array().unwrap();
    for (code, least, most) in [
        ("3.3", 0.2, 0.7),
        ("3.6", 0.01, 0.8),
        ("4.1", 0.8, 0.95),
        ("4.2", 0.5, 0.95),
        ("4.3", 0.3, 0.6),
        ("4.4", 0.05, 0.3),
    ] {
        let item = items.iter().find(|item| item["item"] == code).unwrap();
        let rate = item["rate"].as_f64().unwrap_or_default();
        assert!((least..=most).contains(&rate), "{item}");
    }

    // A report of any unit, period and moment leaves out no event that counts.
    crate::statistics::everything::is_counted(&demo.store, "08", demo.now).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_moment_gives_the_same_demo_and_a_day_off_one_just_as_full() {
    let (one, other) = tokio::join!(
        Morning::at("2026-12-20 20:00"),
        Morning::at("2026-12-20 20:00"),
    );
    let (one, other) = (
        one.dossiers("ListWorklist").await,
        other.dossiers("ListWorklist").await,
    );
    assert_eq!(one, other);
    assert!((90..=160).contains(&one.len()), "{} pending", one.len());
    let overdue = one.iter().filter(|it| it["overdue"] == true).count();
    assert!((5..=12).contains(&overdue), "{overdue} overdue");
}
