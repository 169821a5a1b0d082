//! A database put back from a backup: the remote knows more, and nothing is told twice or overwritten.

use app::page::PageQuery;
use app::portal::ParcelQuery;
use domain::role::Role;
use portal::simulate::{Faults, Simulator};

use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::restored::{back_up, restore};
use crate::several::Process;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, who};

/// The codes of the parcels that wait for a person, with why.
async fn parked(process: &Process) -> Vec<(String, String)> {
    let admin = who(Role::Admin, PROVINCE);
    let query = ParcelQuery {
        remote: "cong".to_owned(),
        dossier: None,
        parked: true,
        page: PageQuery::default(),
    };
    let page = process.engine.portal_parcels(&admin, query).await.unwrap();
    page.items
        .into_iter()
        .map(|(parcel, code)| (code, parcel.reason))
        .collect()
}

on_both!(after_a_restore_the_remote_is_asked_and_what_contradicts_it_waits_for_a_person);

async fn after_a_restore_the_remote_is_asked_and_what_contradicts_it_waits_for_a_person(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let settings = remote.settings("");
    let mut views = Vec::new();
    for _ in 0..3 {
        views.push(world.receive(WARD, THREE_DAYS).await);
    }
    world.feed_settles(3).await;
    let working = Working::begin(&world.engine, settings.clone(), "one");
    remote.has_taken(&simulator, 3).await;
    working.stop().await;
    world.store.close().await.unwrap();
    back_up(on, &world.url).await;
    let code = |at: usize| views[at].dossier.label();

    // What is lost: the first went on, and a fourth came.
    let before = Process::beside(&world, "2026-08-03 10:05").await;
    advance(&before, &world, &views[0]).await;
    crate::several::receive(&before.engine, &world, "")
        .await
        .unwrap();
    let working = Working::begin(&before.engine, settings.clone(), "two");
    remote.has_taken(&simulator, 5).await;
    working.stop().await;
    before.store.close().await.unwrap();
    restore(on, &world.url).await;
    let known = simulator.ledger();

    // The same two otherwise, and the second goes on.
    let after = Process::beside(&world, "2026-08-03 10:10").await;
    advance(&after, &world, &views[0]).await;
    advance(&after, &world, &views[1]).await;
    crate::several::receive(&after.engine, &world, "")
        .await
        .unwrap();
    let working = Working::begin(&after.engine, settings, "three");
    remote.has_taken(&simulator, 6).await;
    let fourth = format!("{WARD}-260803-0004");
    let expected = [
        (code(0), "CONFLICT".to_owned()),
        (fourth.clone(), "CONFLICT".to_owned()),
    ];
    crate::port::soon("both conflicts", async {
        while parked(&after).await != expected {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let ledger = simulator.ledger();
    for kept in [code(0), code(2), fourth] {
        assert_eq!(
            ledger.dossiers[&kept], known.dossiers[&kept],
            "{kept} is not overwritten"
        );
    }
    assert_eq!(ledger.dossiers[&code(1)].rows.len(), 2);

    // Somebody orders a comparison: it finds nothing more, and tells nothing twice.
    let admin = who(Role::Admin, PROVINCE);
    let request = after.engine.request_id();
    let ordered = after.engine.portal_reconcile(&admin, request, "cong").await;
    ordered.unwrap();
    crate::port::soon("the comparison", async {
        loop {
            let status = after.engine.portal_status(&admin).await.unwrap();
            if status[0].remote.walked.is_some() && status[0].count.waiting == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    working.stop().await;
    assert_eq!(parked(&after).await, expected);
    assert_eq!(simulator.ledger().dossiers, ledger.dossiers);
}

async fn advance(process: &Process, world: &World, view: &app::view::View) {
    let step = view.next_steps.first().cloned();
    let advance = domain::dossier::acts::Advance {
        step,
        assignee: None,
    };
    let clerk = who(Role::Receptionist, WARD);
    let name = app::view::DossierName::Id(view.dossier.id);
    let command = domain::dossier::Command::Advance(advance);
    let etag = view.dossier.etag();
    let engine = &process.engine;
    let done = engine.command(&clerk, world.identity(), &name, &etag, command);
    done.await.unwrap();
}
