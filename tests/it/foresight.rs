//! Forecasts in the engine: fitted on the province's own dossiers, shown with reasons, flagged when
//! a level is crossed, and compared with the outcomes.

mod acts;
mod agreement;
mod fitted;
mod judged;
mod month;
mod parts;
mod reasons;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use app::foresight::{Flag, KeptModel, Level, Sweep};
use app::ports::Store;
use app::view::{DossierName, View};
use app::{Caller, Engine, Parts};
use chrono::{Datelike, TimeDelta, Weekday};
use domain::dossier::acts::{Advance, Resolve, ReturnResult};
use domain::dossier::{Channel, Command};
use domain::id::{ActorId, ProvinceCode};
use domain::role::Role;
use domain::time::{self, Instant};

use crate::backend::Backend;
use crate::calling::{Json, lines_until};
use crate::world::{
    NumberedIds, THREE_DAYS, WARD, World, at_the_desk, catalogue, moment, procedure_code, who,
};

fn province() -> ProvinceCode {
    ProvinceCode::parse("08").unwrap()
}

/// A receptionist, officer or chairman of the ward. `turn` picks one of several persons.
fn somebody(role: Role, turn: usize) -> Caller {
    let names = ["an", "binh", "chi", "dung"];
    let actor = format!("{role}-{}", names[turn % names.len()]);
    Caller {
        actor: ActorId::parse(&actor).unwrap(),
        ..who(role, WARD)
    }
}

/// Two months of a ward: two dossiers each working day for fifty days, one in four far too slow,
/// and all finished at the end. `shift` picks the first person.
async fn live(world: &World, shift: usize) {
    let mut waiting: BTreeMap<Instant, Vec<(View, usize)>> = BTreeMap::new();
    let first = moment("2026-06-01 09:00");
    for day in 0..61 {
        let now = first + TimeDelta::days(day);
        for time in [now, now + TimeDelta::hours(5)] {
            world.move_to(time);
            while let Some(due) = waiting.first_entry().filter(|due| *due.key() <= time) {
                for (view, turn) in due.remove() {
                    finish(world, view, turn).await;
                }
            }
        }
        let weekday = time::local_day(now).weekday();
        if day >= 50 || matches!(weekday, Weekday::Sat | Weekday::Sun) {
            continue;
        }
        for number in 0..2 {
            let turn = shift + usize::try_from(day).unwrap() + number;
            world.move_to(now);
            let desk = somebody(Role::Receptionist, turn);
            let reception = at_the_desk(WARD, THREE_DAYS);
            let code = procedure_code(THREE_DAYS);
            let received = world
                .engine
                .receive(&desk, world.identity(), &code, reception);
            let view = step(world, received.await.unwrap(), turn).await;
            let slow = (day + number as i64 * 2) % 4 == 0;
            let takes = TimeDelta::days(if slow { 8 } else { 1 });
            waiting.entry(now + takes).or_default().push((view, turn));
        }
    }
}

async fn step(world: &World, view: View, turn: usize) -> View {
    let role = view
        .dossier
        .state
        .step()
        .and_then(|id| view.procedure.step(id))
        .map_or(Role::Receptionist, |step| step.role);
    let command = Command::Advance(Advance {
        step: view.next_steps.first().cloned(),
        assignee: None,
    });
    act(world, &view, somebody(role, turn), command).await
}

async fn act(world: &World, view: &View, caller: Caller, command: Command) -> View {
    let name = DossierName::Id(view.dossier.id);
    let etag = view.dossier.etag();
    let engine = &world.engine;
    let done = engine.command(&caller, world.identity(), &name, &etag, command);
    done.await.unwrap()
}

async fn finish(world: &World, view: View, turn: usize) -> View {
    let mut view = view;
    loop {
        let at = view.dossier.state.step();
        let at = at.and_then(|id| view.procedure.step(id));
        if at.is_some_and(|step| step.finish) {
            break;
        }
        view = step(world, view, turn).await;
    }
    let chairman = somebody(Role::Chairman, turn);
    let resolved = act(
        world,
        &view,
        chairman,
        Command::Resolve(Resolve {
            results: Vec::new(),
        }),
    )
    .await;
    let back = Command::Return(ReturnResult {
        receiver: None,
        proxy: false,
        channel: Channel::Desk,
    });
    act(world, &resolved, somebody(Role::Receptionist, turn), back).await
}

async fn fit(world: &World) -> Vec<KeptModel> {
    let until = time::day_start(time::local_day(world.engine.now()));
    let fitted = world.engine.fit_forecasts(&province(), until).await;
    fitted.unwrap()
}

async fn read(world: &World, view: &View) -> View {
    let chairman = who(Role::Chairman, WARD);
    let name = DossierName::Id(view.dossier.id);
    world.engine.dossier(&chairman, &name).await.unwrap()
}

/// The flags of a dossier, in order.
async fn flags(world: &World, view: &View) -> Vec<Flag> {
    let read = world.store.read().await.unwrap();
    let id = view.dossier.id;
    let all = read.flags_of(&province(), &[id]).await.unwrap();
    all.get(&id).cloned().unwrap_or_default()
}

on_both!(before_any_history_the_plan_speaks_and_then_comparable_dossiers_do);

async fn before_any_history_the_plan_speaks_and_then_comparable_dossiers_do(on: Backend) {
    let world = World::on(on, "2026-06-01 08:00").await;
    let alone = world.receive(WARD, THREE_DAYS).await;
    assert!(alone.foreseen.is_none(), "a write's answer has no forecast");
    let planned = read(&world, &alone).await.foreseen.unwrap();
    assert_eq!(planned.model, None);
    let codes: Vec<&str> = planned.reasons.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes[..2], ["PLANNED", "NO_HISTORY"]);
    assert!(
        planned.reasons[0].vi.contains("theo kế hoạch"),
        "{planned:?}"
    );
    assert!(planned.late > 0.0 && planned.late < 0.5, "{planned:?}");
    let [soonest, middle, latest] = planned.finish.unwrap();
    assert!(world.engine.now() <= soonest && soonest <= middle && middle <= latest);

    live(&world, 0).await;
    world.set("2026-08-03 09:00");
    let kept = fit(&world).await;
    assert_eq!(kept.len(), 1, "there is no petition to learn from");
    let figures: serde_json::Value = serde_json::from_str(&kept[0].figures).unwrap();
    assert!(figures["settled"].as_u64().unwrap() > 60, "{figures}");
    assert!(figures["brier"].as_f64().is_some(), "{figures}");

    let fresh = world.receive(WARD, THREE_DAYS).await;
    let fresh = step(&world, fresh, 0).await;
    world.set("2026-08-06 09:00");
    let seen = read(&world, &fresh).await.foreseen.unwrap();
    assert_eq!(seen.model, Some(kept[0].number));
    let first = seen.reasons[0].code.as_str();
    assert!(
        ["CANNOT_FIT", "TIME_LEFT", "COMPARABLE"].contains(&first),
        "{seen:?}"
    );
    assert!(
        seen.late > 0.7,
        "it has waited as only slow ones did: {seen:?}"
    );
    assert!(seen.level.warns(), "{seen:?}");
    for reason in &seen.reasons {
        assert!(!reason.vi.is_empty() && !reason.en.is_empty());
        let told = format!("{reason:?}");
        assert!(!told.contains("Mẫu") && !told.contains("“step:"), "{told}");
    }
    // Drawing the same page again takes one query less, because unchanged forecasts are cached.
    let chairman = who(Role::Chairman, WARD);
    let mut counts = Vec::new();
    for _ in 0..2 {
        let before = world.store.statements();
        let page = world.engine.worklist(&chairman, Default::default()).await;
        assert!(
            page.unwrap()
                .items
                .iter()
                .any(|view| view.foreseen.is_some())
        );
        counts.push(world.store.statements() - before);
    }
    assert_eq!(counts[0], counts[1] + 1, "{counts:?}");
}

on_both!(a_dossier_left_alone_is_flagged_at_the_crossing_and_stays_as_it_was);

async fn a_dossier_left_alone_is_flagged_at_the_crossing_and_stays_as_it_was(on: Backend) {
    let world = World::on(on, "2026-06-01 08:00").await;
    live(&world, 0).await;
    world.set("2026-08-03 09:00");
    fit(&world).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let view = step(&world, view, 0).await;
    let mut sweep = Sweep::default();
    let mut next = world.engine.sweep(&mut sweep).await.unwrap();
    let mut restarts = 0;
    while let Some(crossing) = next {
        // One second before the crossing nothing is written; at the crossing the flag is.
        world.move_to(crossing - TimeDelta::seconds(1));
        let before = flags(&world, &view).await.len();
        world.engine.sweep(&mut sweep).await.unwrap();
        assert_eq!(flags(&world, &view).await.len(), before);
        world.move_to(crossing);
        // Every second time, a freshly started process continues.
        if restarts % 2 == 0 {
            sweep = Sweep::default();
        }
        restarts += 1;
        next = world.engine.sweep(&mut sweep).await.unwrap();
    }
    let raised = flags(&world, &view).await;
    let levels: Vec<Level> = raised.iter().map(|flag| flag.level).collect();
    assert_eq!(levels.last(), Some(&Level::Overdue), "{levels:?}");
    assert!(levels.len() >= 2, "warned before: {levels:?}");
    let due = view.dossier.due().unwrap();
    let overdue = raised.last().unwrap();
    assert!(overdue.at > due && overdue.at <= due + TimeDelta::seconds(1));
    for (flag, ordinal) in raised.iter().zip(1..) {
        assert_eq!(flag.ordinal, ordinal);
    }
    assert!(
        raised
            .windows(2)
            .all(|pair| pair[0].level == pair[1].before)
    );
    let now = read(&world, &view).await;
    assert_eq!(now.dossier.etag(), view.dossier.etag());
    assert_eq!(now.dossier, view.dossier);

    // A moved forecast makes nobody's write fail, and the end of the dossier clears the flag.
    finish(&world, view.clone(), 0).await;
    world.feed_settles(1).await;
    settle(&world, &mut sweep, &view, Level::OnTrack).await;
    let cleared = flags(&world, &view).await.pop().unwrap();
    assert!(!cleared.is_raised());
    assert_eq!(cleared.reasons[0].code, "ENDED");
}

/// Sweeps until a dossier has a level. On a server, older transactions may hold the feed up.
async fn settle(world: &World, sweep: &mut Sweep, view: &View, level: Level) {
    for _ in 0..1_000 {
        world.engine.sweep(sweep).await.unwrap();
        let last = flags(world, view).await.pop();
        if last.is_some_and(|flag| flag.level == level) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the flag log never says {level:?}");
}

on_both!(two_processes_write_each_flag_once);

async fn two_processes_write_each_flag_once(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let mut views = Vec::new();
    for _ in 0..20 {
        views.push(world.receive(WARD, THREE_DAYS).await);
    }
    let other = Engine::start(Parts {
        store: world.store.clone(),
        catalogue: catalogue(),
        clock: world.clock.clone(),
        ids: Arc::new(NumberedIds::default()),
        secret: b"a secret of the tests".to_vec(),
        queue: 16,
    });
    let (mut one, mut two) = (Sweep::default(), Sweep::default());
    for _hour in 0..120 {
        world.pass(TimeDelta::hours(1));
        let both = futures::future::join(world.engine.sweep(&mut one), other.sweep(&mut two));
        let (first, second) = both.await;
        first.unwrap();
        second.unwrap();
    }
    for view in &views {
        let raised = flags(&world, view).await;
        assert!(!raised.is_empty());
        assert!(raised.windows(2).all(|pair| pair[0].level < pair[1].level));
    }
}

#[tokio::test]
async fn who_did_it_changes_no_model_and_no_forecast() {
    let mut seen = Vec::new();
    for shift in [0, 3] {
        let world = World::at("2026-06-01 08:00").await;
        live(&world, shift).await;
        world.set("2026-08-03 09:00");
        let kept = fit(&world).await;
        let view = world.receive(WARD, THREE_DAYS).await;
        let view = step(&world, view, shift).await;
        world.set("2026-08-05 15:00");
        let foreseen = read(&world, &view).await.foreseen.unwrap();
        let hashes: Vec<String> = kept.into_iter().map(|model| model.hash).collect();
        seen.push((hashes, foreseen));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn what_was_recorded_later_changes_no_earlier_fit() {
    let world = World::at("2026-06-01 08:00").await;
    live(&world, 0).await;
    let until = moment("2026-07-01 00:00");
    let first = world.engine.fit_forecasts(&province(), until).await;
    world.set("2026-08-20 09:00");
    let more = world.receive(WARD, THREE_DAYS).await;
    finish(&world, more, 0).await;
    let again = world.engine.fit_forecasts(&province(), until).await;
    assert_eq!(
        first.unwrap(),
        again.unwrap(),
        "kept once, under one number"
    );
}

on_both!(the_chairman_sees_flags_as_they_come_the_months_outlook_and_how_good_they_were);

async fn the_chairman_sees_flags_as_they_come_the_months_outlook_and_how_good_they_were(
    on: Backend,
) {
    let world = World::on(on, "2026-06-01 08:00").await;
    live(&world, 0).await;
    world.set("2026-08-03 09:00");
    fit(&world).await;
    let slow = world.receive(WARD, THREE_DAYS).await;
    let quick = world.receive(WARD, THREE_DAYS).await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let asked = serde_json::json!({ "unit": WARD });
    let stream = json.open(&token, "WatchFlags", &asked).await;
    let mut sweep = Sweep::default();
    world.engine.sweep(&mut sweep).await.unwrap();
    world.set("2026-08-04 10:00");
    finish(&world, quick, 0).await;
    for hour in ["2026-08-05 08:30", "2026-08-05 16:30", "2026-08-06 10:00"] {
        world.set(hour);
        world.engine.sweep(&mut sweep).await.unwrap();
    }
    let id = format!("dossiers/{}", slow.dossier.id);
    let warns = ["FORECAST_LEVEL_AT_RISK", "FORECAST_LEVEL_WILL_BE_LATE"];
    let told = lines_until(stream, |line| {
        warns.iter().any(|level| line["level"] == *level)
    })
    .await;
    assert!(
        told.iter().all(|line| line["dossier"] == id.as_str()),
        "{told:?}"
    );

    let outlook = json.call(&token, "GetOutlook", &asked).await.good();
    assert_eq!(outlook["month"], "2026-08");
    assert_eq!(
        (&outlook["resolved"], &outlook["open"]),
        (&1.into(), &1.into())
    );
    let expected = outlook["expected_late"].as_f64().unwrap();
    assert!(expected > 0.5 && expected < 1.0, "{outlook}");
    assert_eq!(outlook["late_to_miss"], 1, "of two, one late is too many");

    world.set("2026-08-10 09:00");
    finish(&world, slow, 0).await;
    let month = serde_json::json!({ "unit": WARD, "month": "2026-08" });
    let record = json.call(&token, "GetFlagRecord", &month).await.good();
    let numbers = ["settled", "late", "flagged", "flagged_late", "missed"];
    let numbers = numbers.map(|name| record[name].as_u64().unwrap());
    assert_eq!(numbers[1..], [1, 1, 1, 0], "{record}");
    assert!(
        record["median_lead_days"].as_f64().unwrap() > 0.0,
        "{record}"
    );
    assert!(record["brier"].as_f64().is_some(), "{record}");
    let month = serde_json::json!({ "unit": WARD, "month": "2026-07" });
    let record = json.call(&token, "GetFlagRecord", &month).await.good();
    assert_eq!(record["flagged"], 0, "nothing was swept in July: {record}");
    assert_eq!(record["missed"], record["late"]);
}

#[tokio::test]
async fn the_outlook_names_five_to_act_on_where_an_hour_gains_most() {
    let world = World::at("2026-08-03 09:00").await;
    for hour in 0..7 {
        let view = world.receive(WARD, THREE_DAYS).await;
        if hour % 2 == 0 {
            step(&world, view, 0).await;
        }
        world.pass(TimeDelta::hours(1));
    }
    world.set("2026-08-05 16:00");
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let asked = serde_json::json!({ "month": "2026-08" });
    let outlook = json.call(&token, "GetOutlook", &asked).await.good();
    assert_eq!(outlook["open"], 7);
    let first = outlook["act_first"].as_array().unwrap();
    let gains: Vec<f64> = first
        .iter()
        .map(|item| item["gain_per_hour"].as_f64().unwrap())
        .collect();
    assert_eq!(gains.len(), 5);
    assert!(
        gains.is_sorted_by(|a, b| a >= b) && gains[4] > 0.0,
        "{gains:?}"
    );
    assert!(
        first
            .iter()
            .all(|item| item["forecast"]["level"] != "FORECAST_LEVEL_UNSPECIFIED")
    );
    // No dossier ends in a later month yet.
    let asked = serde_json::json!({ "month": "2027-01" });
    let later = json.call(&token, "GetOutlook", &asked).await.good();
    assert_eq!((&later["resolved"], &later["open"]), (&0.into(), &7.into()));
}

on_both!(a_running_process_raises_flags_by_itself);

async fn a_running_process_raises_flags_by_itself(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Officer, WARD).await;
    let asked = serde_json::json!({ "unit": WARD, "after": "now" });
    let stream = json.open(&token, "WatchFlags", &asked).await;
    let running = tokio::spawn(
        world
            .engine
            .clone()
            .follow_flags(Duration::from_millis(20), Duration::ZERO),
    );
    let view = world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-07 09:00");
    let told = lines_until(stream, |line| line["level"] == "FORECAST_LEVEL_OVERDUE").await;
    let id = format!("dossiers/{}", view.dossier.id);
    assert!(
        told.iter().all(|line| line["dossier"] == id.as_str()),
        "{told:?}"
    );
    running.abort();
}
