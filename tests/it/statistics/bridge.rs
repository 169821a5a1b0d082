//! How what one period left pending is what the next one begins with, also where another system tells a due time
//! only later.

use serde_json::{Value, json};

use super::{Office, number};
use crate::backend::Backend;
use crate::import::hidden::Desk;
use crate::import::update::{OPEN, Said, export};
use crate::world::WARD;

/// The bridge of the ward's form, and what it leads to.
fn bridge(form: &Value) -> [u64; 5] {
    [
        "previous_pending",
        "carried_away",
        "carried_in",
        "due_given",
        "carried_over",
    ]
    .map(|name| number(form, WARD, name))
}

on_both!(a_due_time_that_another_system_gives_later_is_told_beside_what_was_pending);

async fn a_due_time_that_another_system_gives_later_is_told_beside_what_was_pending(on: Backend) {
    let office = Office::on(on, "2026-08-17 18:00").await;
    let desk = Desk::beside(&office.world).await;
    let known = Said { name: "a", ..OPEN };
    let unknown = Said {
        name: "b",
        due: "",
        ..OPEN
    };
    let first = export(&[known, unknown], "2026-08-17 17:00", false);
    desk.try_plan(first, usize::MAX).await.unwrap();
    office.world.set("2026-09-10 18:00");
    let given = Said {
        due: "2026-09-21",
        ..unknown
    };
    let second = export(&[known, given], "2026-09-10 17:00", true);
    desk.try_plan(second, usize::MAX).await.unwrap();

    let august = office.form("2026-08-01", "2026-08-31").await;
    assert_eq!(number(&august, WARD, "pending"), 1);
    assert_eq!(number(&august, WARD, "no_due_pending"), 1);
    let september = office.form("2026-09-01", "2026-09-30").await;
    assert_eq!(bridge(&september), [1, 0, 0, 1, 2]);
    assert_eq!(number(&september, WARD, "no_due_pending"), 0);
    let opened = office.behind(WARD, "due_given", "2026-09-01", "2026-09-30");
    assert_eq!(opened.await.len(), 1);
    office.world.set("2026-10-05 09:00");
    let october = office.form("2026-10-01", "2026-10-31").await;
    assert_eq!(bridge(&october), [2, 0, 0, 0, 2]);
    assert_eq!(october["total"]["bridge"]["due_given"], json!(0));
}
