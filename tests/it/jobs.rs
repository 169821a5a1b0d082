//! Jobs over many dossiers run once, however often they are ordered.

use std::sync::Arc;

use app::jobs::Order;
use app::ports::Job;
use app::view::DossierName;
use domain::dossier::acts::{Resolve, ReturnResult};
use domain::dossier::{Channel, Command, Dossier, Rewrite, Status};
use domain::id::ActorId;
use domain::lineage::{Share, Succession, Takeover};
use domain::role::Role;

use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, unit, who};

fn order(id: &str) -> Order {
    Order {
        province: who(Role::Admin, PROVINCE).province,
        unit: unit(PROVINCE),
        id: id.into(),
        kind: "units_merge",
        spec: "{}".into(),
        actor: ActorId::parse("admin-1").unwrap(),
        role: Role::Admin,
    }
}

async fn merge(world: &World, id: &str) -> Job {
    let takeover = Takeover {
        old: unit(WARD),
        new: unit(OTHER_WARD),
        share: Share::Whole,
        main: true,
    };
    let day = "2026-08-01".parse().unwrap();
    let moved = Rewrite::Succession(Arc::new(Succession::new(day, &[takeover]).unwrap()));
    world
        .engine
        .run_job(&order(id), |_| Some(moved.clone()), |_| {})
        .await
        .unwrap()
}

on_both!(what_is_open_goes_to_the_successor_once_and_keeps_its_code_and_due_time);

async fn what_is_open_goes_to_the_successor_once_and_keeps_its_code_and_due_time(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let open = world.receive(WARD, THREE_DAYS).await;
    let elsewhere = world.receive(OTHER_WARD, THREE_DAYS).await;
    let returned = world.receive(WARD, THREE_DAYS).await;
    let returned = world.finish(returned).await;

    let job = merge(&world, "first").await;
    assert_eq!((job.seen, job.changed), (2, 1));
    assert!(job.ended.is_some());
    assert_eq!(
        merge(&world, "first").await,
        job,
        "asked twice is done once"
    );
    assert_eq!(merge(&world, "second").await.changed, 0);

    let moved = as_it_stands(&world, &open.dossier).await;
    assert_eq!(moved.version, open.dossier.version + 1);
    for now in [&moved.receiving, &moved.resolving, &moved.returning] {
        assert_eq!(*now, unit(OTHER_WARD));
    }
    assert_eq!(moved.code, open.dossier.code);
    assert_eq!(moved.due(), open.dossier.due());
    for other in [elsewhere.dossier, returned.dossier] {
        assert_eq!(as_it_stands(&world, &other).await, other);
    }
}

async fn as_it_stands(world: &World, dossier: &Dossier) -> Dossier {
    let caller = who(Role::Province, PROVINCE);
    let name = DossierName::Id(dossier.id);
    let view = world.engine.dossier(&caller, &name).await.unwrap();
    view.dossier
}

on_both!(of_a_result_that_waits_only_the_desk_changes);

async fn of_a_result_that_waits_only_the_desk_changes(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mut view = world.receive(WARD, THREE_DAYS).await;
    while !view
        .dossier
        .state
        .step()
        .and_then(|id| view.procedure.step(id))
        .is_some_and(|step| step.finish)
    {
        view = world.advance(&view, Role::Chairman).await;
    }
    let resolved = world
        .act(
            &view,
            Role::Chairman,
            Command::Resolve(Resolve {
                results: Vec::new(),
            }),
        )
        .await
        .unwrap();
    merge(&world, "first").await;
    let name = DossierName::Id(resolved.dossier.id);
    let caller = who(Role::Receptionist, OTHER_WARD);
    let moved = world.engine.dossier(&caller, &name).await.unwrap();
    assert_eq!(
        moved.dossier.resolving,
        unit(WARD),
        "it decided under its own name"
    );
    assert_eq!(moved.dossier.returning, unit(OTHER_WARD));
    let back = Command::Return(ReturnResult {
        receiver: None,
        proxy: false,
        channel: Channel::Desk,
    });
    let returned = world
        .engine
        .command(
            &caller,
            world.identity(),
            &name,
            &moved.dossier.etag(),
            back,
        )
        .await
        .unwrap();
    assert_eq!(returned.dossier.status(), Status::Returned);
}
