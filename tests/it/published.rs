//! Texts of the catalogue that a province publishes beside the shipped ones.

use app::ports::{Proposal, Verdict, WriteCatalogue};
use domain::id::ActorId;
use domain::role::Role;
use domain::time::Instant;

use crate::backend::Backend;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, catalogue, moment, who};

/// A day off that the shipped calendar does not know.
const A_DAY_MORE: &str = "2026-08-06,swap_off,Nghỉ hoán đổi,CV 1/2026,confirmed";

async fn publish(world: &World, path: &str, text: String) {
    let province = who(Role::Admin, PROVINCE).province;
    let at = world.engine.now();
    let proposal = Proposal {
        province: province.clone(),
        path: path.into(),
        text,
        reason: "công văn 1".into(),
        author: ActorId::parse("admin-1").unwrap(),
        at,
    };
    let number = world.store.propose(&proposal).await.unwrap().number;
    let verdict = Verdict {
        province,
        number,
        publish: true,
        by: ActorId::parse("admin-2").unwrap(),
        at,
    };
    assert!(world.store.decide(&verdict).await.unwrap());
}

fn due(view: &app::view::View) -> Option<Instant> {
    view.dossier.due()
}

on_both!(what_is_received_after_a_publication_counts_by_it);

async fn what_is_received_after_a_publication_counts_by_it(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let before = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(due(&before), Some(moment("2026-08-06 17:00")));

    let shipped = server::catalogue::shipped_files();
    let national = shipped
        .iter()
        .find(|file| file.path.ends_with("calendar/national.csv"))
        .unwrap();
    let text = format!("{}\n{A_DAY_MORE}\n", national.text.trim_end());
    publish(&world, "calendar/national.csv", text).await;
    let unread = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(due(&unread), Some(moment("2026-08-06 17:00")));

    world.engine.refresh_catalogue().await.unwrap();
    let after = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(due(&after), Some(moment("2026-08-07 17:00")));
    // Another province keeps its calendar.
    let other = catalogue()
        .units
        .iter()
        .find(|unit| unit.province.as_str() == "01" && unit.code.as_str().contains('.'))
        .unwrap()
        .code
        .to_string();
    let elsewhere = world.receive(&other, THREE_DAYS).await;
    assert_eq!(due(&elsewhere), Some(moment("2026-08-06 17:00")));
}

on_both!(a_text_that_cannot_be_read_leaves_the_catalogue_as_it_was);

async fn a_text_that_cannot_be_read_leaves_the_catalogue_as_it_was(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    publish(&world, "calendar/national.csv", "nonsense".into()).await;
    let error = world.engine.refresh_catalogue().await.unwrap_err();
    let told = std::error::Error::source(&error).unwrap().to_string();
    assert!(told.contains("calendar/national.csv"), "{told}");
    let view = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(due(&view), Some(moment("2026-08-06 17:00")));
}
