//! The reasons as people read them: every named step lies ahead of this very dossier.

use chrono::TimeDelta;
use domain::dossier::Command;
use domain::dossier::acts::SupplementItem;
use domain::dossier::acts::{RecordSupplement, RequestSupplement};
use domain::dossier::private::Words;
use domain::role::Role;

use super::{finish, fit, read};
use crate::world::{THREE_DAYS, WARD, World};

/// Birth, residence and insurance together. Its steps have other names than those of most
/// procedures.
const AT_ONCE: &str = "3.000722";

async fn ask_for_papers(world: &World, view: &app::view::View) -> app::view::View {
    let ask = Command::RequestSupplement(RequestSupplement {
        items: vec![SupplementItem {
            component: None,
            note: Words::new("bản vẽ"),
            data_failure: None,
        }],
        reason: Words::new("thiếu bản vẽ"),
        respond_by: None,
        exception: None,
    });
    world.act(view, Role::Officer, ask).await.unwrap()
}

#[tokio::test]
async fn no_reason_names_a_step_of_another_procedure_or_what_the_citizen_is_to_do() {
    let world = World::at("2026-06-01 08:00").await;
    for _ in 0..24 {
        let view = world.receive(WARD, THREE_DAYS).await;
        let view = world.advance(&view, Role::Receptionist).await;
        let view = ask_for_papers(&world, &view).await;
        world.pass(TimeDelta::hours(26));
        let came = Command::RecordSupplement(RecordSupplement {
            components: Vec::new(),
            papers: Vec::new(),
        });
        let view = world.act(&view, Role::Receptionist, came).await.unwrap();
        world.pass(TimeDelta::hours(26));
        finish(&world, view, 0).await;
    }
    world.pass(TimeDelta::days(10));
    fit(&world).await;
    for procedure in [THREE_DAYS, AT_ONCE] {
        let view = world.receive(WARD, procedure).await;
        let view = world.advance(&view, Role::Receptionist).await;
        let asked = ask_for_papers(&world, &view).await;
        let reasons = read(&world, &asked).await.foreseen.unwrap().reasons;
        let told: String = reasons.iter().map(|reason| format!("{reason:?}")).collect();
        assert!(told.contains("COMPARABLE"), "{told}");
        assert!(!told.contains("“step:"), "{told}");
        let ahead = reasons.iter().find(|reason| reason.code == "SLOWEST_STEP");
        assert!(
            ahead.is_none_or(|reason| !reason.vi.contains("bổ sung")),
            "{told}"
        );
    }
}
