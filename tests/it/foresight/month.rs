//! The outlook of a month that has only begun: what is still to come, and what fits.

use domain::role::Role;
use serde_json::json;

use super::{fit, live, step};
use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

on_both!(on_the_first_day_of_a_month_the_outlook_tells_what_is_to_come_what_fits_and_the_targets);

async fn on_the_first_day_of_a_month_the_outlook_tells_what_is_to_come_what_fits_and_the_targets(
    on: Backend,
) {
    let world = World::on(on, "2026-06-01 08:00").await;
    live(&world, 0).await;
    // The first working day of August.
    world.set("2026-08-03 09:00");
    fit(&world).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let view = step(&world, view, 0).await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let asked = json!({ "unit": WARD });
    let outlook = json.call(&token, "GetOutlook", &asked).await.good();
    assert_eq!(
        (&outlook["resolved"], &outlook["open"]),
        (&0.into(), &1.into())
    );

    // Dossiers ended in July, and as many are to come as end on the 21 working days of August, but
    // for the one that is here.
    let past = json!({ "unit": WARD, "from": "2026-07-06", "to": "2026-08-02" });
    let past = json.call(&token, "GetRates", &past).await.good();
    let rate = &past["total"]["in_time_rate_766"];
    let (num, den) = (rate["num"].as_f64().unwrap(), rate["den"].as_f64().unwrap());
    assert!(den >= 10.0, "{past}");
    let arrivals = outlook["expected_arrivals"].as_f64().unwrap();
    assert!(
        (arrivals - (den / 20.0 * 21.0 - 1.0)).abs() < 1e-5,
        "{arrivals} of {den}"
    );
    let known = 1.0 - outlook["expected_late"].as_f64().unwrap();
    let whole = (known + arrivals * num / den) / (1.0 + arrivals);
    let told = outlook["on_time_rate_with_arrivals"].as_f64().unwrap();
    assert!((told - whole).abs() < 1e-5, "{told} beside {whole}");

    // The online rate with its target, and who set it.
    assert_eq!(outlook["online_rate"], 0.0, "it came to the desk");
    assert_eq!(outlook["online_target"], 0.8);
    assert!(outlook["online_target_source"].as_str() > Some(""));

    // One dossier is at a step, due within five working days.
    let steps = outlook["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1, "{outlook}");
    let own = &steps[0];
    assert_eq!(own["step"], view.dossier.state.step().unwrap().as_str());
    assert_eq!((&own["waiting"], &own["due"]), (&1.into(), &1.into()));
    let passed = own["passed"].as_u64().unwrap();
    assert_eq!(own["fits"], passed >= 1, "{own}");
    assert!(
        own["text_vi"]
            .as_str()
            .unwrap()
            .contains(own["name"].as_str().unwrap())
    );

    let token = world.token(Role::Province, PROVINCE).await;
    let province = json.call(&token, "GetOutlook", &json!({})).await.good();
    assert_eq!(province["steps"], json!([]));
    let later = json!({ "month": "2026-09" });
    let later = json.call(&token, "GetOutlook", &later).await.good();
    assert_eq!(later["expected_arrivals"], 0.0, "nobody knows September");
}
