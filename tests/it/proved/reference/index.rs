//! The index of Decision 766/QĐ-TTg.

use serde_json::{Map, Value, json};

use super::{Facts, HOUR, Life, Sums, Window, day, rate};

pub(super) fn index(own: &mut Sums, life: &Life, facts: &Facts, window: &Window) {
    let resolved = life.ended.is_some_and(|(_, how)| how == "resolved");
    let has_result = !life.results.is_empty();
    let has_file = life.papers.iter().any(|paper| !paper["file"].is_null());
    let received = life.received.unwrap();
    if resolved {
        own.of("item.4.1", has_result);
        own.of("item.4.2", has_result && has_file);
        let ended = life.ended.unwrap().0;
        if let Some(unit) = life.limit_unit() {
            #[expect(clippy::cast_precision_loss, reason = "a mean to compare")]
            let took = match unit {
                "wd" => facts.worked_days_after(day(received), day(ended)) as f64,
                "wh" => facts.open_between(received, ended) as f64 / HOUR as f64,
                "d" => (day(ended) - day(received)).num_days() as f64,
                _ => (ended - received) as f64 / HOUR as f64,
            };
            own.times.entry(unit).or_default().push(took);
        }
    }
    if received < window.begins {
        return;
    }
    own.of("item.new", true);
    if let Some(due) = life.due {
        let on_time = match (life.ended, life.waits_for_papers) {
            _ if life.requests > 1 => false,
            (Some((ended, _)), _) => ended <= due,
            (None, true) => life.last_request <= Some(due),
            (None, false) => !life.is_late_open(window.judged),
        };
        own.of("item.2.1", on_time);
    }
    own.of(
        "item.3.3",
        life.channel == "online" && resolved && has_result,
    );
    if life.has_fee(facts) {
        own.of("item.3.6", life.methods.iter().any(|it| it == "portal"));
    }
    let sources: Vec<&str> = life
        .papers
        .iter()
        .filter_map(|paper| paper["reuse"]["from"].as_str())
        .collect();
    let personal = sources.contains(&"personal_store");
    own.of("item.4.3", !sources.is_empty());
    own.of("item.4.4", personal);
    own.of("item.4.5b", personal || sources.contains(&"database"));
    own.of(
        "item.dissatisfied",
        life.score.is_some_and(|score| score <= 2),
    );
}

/// The items that can be computed, by code.
pub(super) fn items(own: &Sums) -> Value {
    let computed = |code: &str, points: Option<&dyn Fn(f64) -> f64>| {
        let (num, den) = own.number(&format!("item.{code}"));
        let rate = (den > 0).then(|| f64::from(num) / f64::from(den));
        let points = points.and_then(|points| rate.map(points));
        json!({
            "computable": true, "num": num, "den": den, "rate": rate, "points": points,
        })
    };
    let mut all = Map::new();
    let mut put = |code: &str, item: Value, max: Option<u32>| {
        let mut item = item;
        item["max_points"] = json!(max);
        all.insert(code.to_owned(), item);
    };
    let new = own.number("item.new").1;
    put(
        "1.4",
        json!({ "computable": false, "num": null, "den": new, "rate": null, "points": null }),
        Some(6),
    );
    put("2.1", computed("2.1", Some(&|rate| 20.0 * rate)), Some(20));
    let order = ["wd", "wh", "d", "h"];
    let average = order.iter().filter_map(|unit| {
        let times = own.times.get(unit)?;
        #[expect(clippy::cast_precision_loss, reason = "a mean to compare")]
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        Some(json!({ "limit_unit": unit, "dossiers": times.len(), "mean": mean }))
    });
    put(
        "2.2",
        json!({ "computable": true, "average": average.collect::<Vec<_>>() }),
        None,
    );
    put("3.6", computed("3.6", Some(&|rate| 6.0 * rate)), Some(6));
    put("4.1", computed("4.1", Some(&|rate| 6.0 * rate)), Some(6));
    put("4.2", computed("4.2", Some(&|rate| 4.0 * rate)), Some(4));
    let reuse = |rate: f64| 2.0 * f64::min(1.0, rate / 0.8);
    put("4.3", computed("4.3", Some(&reuse)), Some(2));
    put("4.4", computed("4.4", Some(&|rate| 4.0 * rate)), Some(4));
    let mut lower = computed("4.5b", Some(&|rate| 2.0 * rate));
    lower["lower_bound"] = json!(true);
    put("4.5b", lower, Some(2));
    let (on_time, with_due) = own.number("item.2.1");
    let share = |num: u32, den: u32| f64::from(num) / f64::from(den.max(1));
    let (bad, _) = own.number("item.dissatisfied");
    let left = 1.0 - share(with_due - on_time, with_due) - share(bad, new);
    let points = match new {
        0 => 0.0,
        _ => 6.0 * (left / 0.9).clamp(0.0, 1.0),
    };
    let satisfied = json!({
        "computable": true, "overdue": rate(with_due - on_time, with_due),
        "dissatisfied": own.rate("item.dissatisfied"), "points": points,
    });
    put("5.4", satisfied, Some(6));
    let unresolved = computed("3.3", None);
    all.insert("3.3".into(), unresolved);
    Value::Object(all)
}
