//! Both protocols, and dossiers that were born at the portal.

use domain::role::Role;
use portal::simulate::{Citizens, Faults, Simulator};

use super::comparing::told;
use super::ways::{Remote, Working};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, who};

#[tokio::test(flavor = "multi_thread")]
async fn a_ministrys_rest_flow_is_told_the_same_in_its_own_words() {
    let world = World::at("2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let view = world.finish(received).await;
    let working = Working::begin(&world.engine, remote.settings("protocol = \"rest\""), "one");
    crate::port::soon("the last row", async {
        while told(&simulator.ledger())
            .rows
            .values()
            .map(Vec::len)
            .sum::<usize>()
            < 5
        {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let ledger = simulator.ledger();
    let kept = &ledger.dossiers[&view.dossier.label()];
    assert_eq!(kept.fields["TrangThai"], "10");
    assert_eq!(kept.fields["NgayTiepNhan"], "2026-08-03T10:00:00+07:00");
    assert_eq!(kept.fields["MaDonViTiepNhan"], WARD);
    let statuses: Vec<_> = kept
        .rows
        .iter()
        .map(|row| row["TrangThai"].as_str().unwrap())
        .collect();
    assert_eq!(statuses.first(), Some(&"2"));
    assert_eq!(statuses.last(), Some(&"10"));
    assert_eq!(ledger.counts.sessions, 1, "one token serves all calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_that_was_born_at_the_portal_is_updated_and_never_created_again() {
    let world = World::at("2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let code = "G22.98-260803-000001";
    simulator.hand_in(code);
    let remote = Remote::over(&simulator).await;
    world.submit(WARD, THREE_DAYS, code).await;
    world.receive(WARD, THREE_DAYS).await;
    let working = Working::begin(&world.engine, remote.settings(""), "one");
    remote.has_taken(&simulator, 2).await;
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let ledger = simulator.ledger();
    let created = |code: &str| ledger.dossiers[code].created;
    assert_eq!(created(code), 0);
    assert_eq!(created(&format!("{WARD}-260803-0001")), 1);
    assert_eq!(ledger.dossiers[code].fields["NoiNopHoSo"], "1");
    assert_eq!(
        ledger.counts.refused, 1,
        "only the look-up of the dossier that was not there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_is_told_of_its_procedures_only() {
    let world = World::at("2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let on_the_spot = "2.000884";
    world.receive(WARD, THREE_DAYS).await;
    let wanted = world.receive(WARD, on_the_spot).await;
    let only = format!("procedures = [\"{on_the_spot}\"]");
    let working = Working::begin(&world.engine, remote.settings(&only), "one");
    remote.has_taken(&simulator, 1).await;
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let ledger = simulator.ledger();
    let codes: Vec<_> = ledger.dossiers.keys().collect();
    assert_eq!(codes, [&wanted.dossier.label()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn citizens_of_the_simulated_portal_hand_dossiers_in_and_it_is_told_what_becomes_of_them() {
    let world = World::at("2026-08-03 10:00").await;
    let portal = super::handed_in::Portal::of(&world);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = portal.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    world.receive(WARD, THREE_DAYS).await;
    let settings = remote.settings("from_now = true");
    let working = Working::begin(&world.engine, settings, "one");
    // What was there before it began is not told until the night.
    let admin = who(Role::Admin, PROVINCE);
    crate::port::soon("its place in the feed", async {
        loop {
            let status = world.engine.portal_status(&admin).await.unwrap();
            if status.iter().any(|status| !status.remote.cursor.is_empty()) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    let citizens = Citizens {
        address,
        portal: "dvcqg".to_owned(),
        key: super::handed_in::KEY.to_vec(),
        unit: WARD.to_owned(),
        procedure: THREE_DAYS.to_owned(),
    };
    let every = std::time::Duration::from_millis(50);
    let living = tokio::spawn(citizens.live(
        simulator.clone(),
        std::sync::Arc::clone(&world.engine),
        every,
    ));
    remote.has_taken(&simulator, 1).await;
    living.abort();
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let ledger = simulator.ledger();
    let codes: Vec<_> = ledger.dossiers.keys().collect();
    assert_eq!(codes, ["G22.98-260803-100000"]);
    assert_eq!(
        ledger.dossiers["G22.98-260803-100000"].fields["TrangThaiHoSo"],
        "1"
    );
}
