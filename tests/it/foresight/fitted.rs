//! Which of the fitted models judges today's dossiers.

use std::sync::Arc;

use app::foresight::KeptModel;
use app::ports::{Store, WriteForecasts};
use app::view::View;
use app::{Engine, Parts};
use domain::digest::{hex, sha256};
use domain::time::Instant;

use super::{fit, live, province, read, step};
use crate::backend::Backend;
use crate::world::{NumberedIds, THREE_DAYS, WARD, World, catalogue, moment};

/// The number of the model that a page shows, in this process and in a freshly started one.
async fn in_use(world: &World, view: &View) -> [Option<u64>; 2] {
    let started = Engine::start(Parts {
        store: world.store.clone(),
        catalogue: catalogue(),
        clock: world.clock.clone(),
        ids: Arc::new(NumberedIds::default()),
        secret: b"a secret of the tests".to_vec(),
        queue: 16,
    });
    started.refresh_models().await.unwrap();
    let name = app::view::DossierName::Id(view.dossier.id);
    let chairman = crate::world::who(domain::role::Role::Chairman, WARD);
    let there = started.dossier(&chairman, &name).await.unwrap();
    let here = read(world, view).await;
    [here, there].map(|view| view.foreseen.unwrap().model)
}

async fn fit_until(world: &World, until: Instant) -> Vec<KeptModel> {
    let fitted = world.engine.fit_forecasts(&province(), until).await;
    fitted.unwrap()
}

on_both!(a_fit_of_an_older_day_is_kept_and_judges_nothing_of_today);

async fn a_fit_of_an_older_day_is_kept_and_judges_nothing_of_today(on: Backend) {
    let world = World::on(on, "2026-06-01 08:00").await;
    live(&world, 0).await;
    world.set("2026-08-03 09:00");
    let today = fit(&world).await.pop().unwrap();
    let view = world.receive(WARD, THREE_DAYS).await;
    let view = step(&world, view, 0).await;
    // More fits than the number of models that keep their bytes.
    for day in 1..=9 {
        let until = moment(&format!("2026-07-{day:02} 00:00"));
        let older = fit_until(&world, until).await.pop().unwrap();
        assert!(
            older.number > today.number,
            "kept under a number of its own"
        );
    }
    assert_eq!(in_use(&world, &view).await, [Some(today.number); 2]);

    // Of two models fitted until the same day, the later fit wins.
    let read = world.store.read().await.unwrap();
    let in_force = read.models(&province()).await.unwrap().pop().unwrap();
    drop(read);
    assert_eq!(in_force.hash, today.hash);
    let older = fit_until(&world, moment("2026-07-30 00:00")).await;
    let bytes = older[0].bytes.clone().unwrap();
    let again = KeptModel {
        hash: hex(&sha256(&bytes)),
        bytes: Some(bytes),
        ..in_force
    };
    let again = world.store.keep_model(&again).await.unwrap();
    world.engine.refresh_models().await.unwrap();
    assert_eq!(in_use(&world, &view).await, [Some(again.number); 2]);

    world.set("2026-08-04 09:00");
    let tomorrow = fit(&world).await.pop().unwrap();
    assert_eq!(in_use(&world, &view).await, [Some(tomorrow.number); 2]);
}
