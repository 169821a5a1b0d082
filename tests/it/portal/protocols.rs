//! Both protocols, and dossiers that were born at the portal.

use portal::simulate::{Faults, Simulator};

use super::comparing::told;
use super::ways::{Remote, Working};
use crate::world::{THREE_DAYS, WARD, World};

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
