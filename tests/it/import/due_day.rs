//! A due time that means its day: a dossier that ended on it after closing is in time, native and imported.

use app::ports::Clock;
use chrono::TimeDelta;
use domain::role::Role;
use serde_json::json;
use server::clock::SystemClock;

use super::command::import;
use crate::backend::Backend;
use crate::statistics::Office;
use crate::world::{THREE_DAYS, WARD};

/// Received on Monday, due on Thursday, ended on Thursday after closing.
const ROW: &str = "case,unit,procedure,channel,received,due,resolved,limit\n\
                   1,02215,1.004873,desk,2026-08-03 09:00,2026-08-06 17:00,2026-08-06 17:30,3wd\n";

fn map(source: &str, due_by: &str, limit: &str) -> String {
    format!(
        "source = \"{source}\"\nprovince = \"08\"\nzone = \"Asia/Ho_Chi_Minh\"\n{due_by}\n[cases]\ncase = \"case\"\nunit = \"unit\"\n\
         procedure = \"procedure\"\nchannel = \"channel\"\nreceived = \"received\"\ndue = \"due\"\n\
         resolved = \"resolved\"\n{limit}\n"
    )
}

on_both!(an_end_on_the_due_day_after_closing_is_in_time_native_and_imported);

async fn an_end_on_the_due_day_after_closing_is_in_time_native_and_imported(on: Backend) {
    let office = Office::on(on, "2026-08-03 09:00").await;
    let native = office.world.receive(WARD, THREE_DAYS).await;
    office.world.set("2026-08-06 17:30");
    office.world.finish(native).await;
    let row = async || {
        let form = office.form("2026-08-01", "2026-08-31").await;
        let row = &form["total"]["row"];
        ["resolved", "on_due", "late"].map(|name| row[name].as_u64().unwrap_or_default())
    };
    assert_eq!(row().await, [1, 1, 0]);

    // An import is recorded by the clock of this machine.
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.csv");
    std::fs::write(&rows, ROW).unwrap();
    for (source, due_by, limit, expected) in [
        ("by-day", "due_by = \"day\"", "", [2, 2, 0]),
        ("by-limit", "", "limit = \"limit\"", [3, 3, 0]),
        // A moment is what it says: the other system meant 17:00.
        ("by-moment", "due_by = \"moment\"", "", [4, 3, 1]),
    ] {
        let file = folder.path().join(format!("{source}.toml"));
        std::fs::write(&file, map(source, due_by, limit)).unwrap();
        import(file.to_str().unwrap(), &[&rows], &office.world.url)
            .await
            .unwrap();
        office
            .world
            .move_to(SystemClock.now() + TimeDelta::seconds(5));
        assert_eq!(row().await, expected, "{source}");
    }
    let late = office
        .behind(WARD, "late", "2026-08-01", "2026-08-31")
        .await;
    assert_eq!(late.len(), 1, "{late:?}");
    let one = json!({ "name": late[0] });
    let late = office.asks(Role::Chairman, WARD, "GetDossier", &one).await;
    let name = (&late["import_case"], &late["effective_due_time"]);
    assert_eq!(
        name,
        (&json!("1"), &json!("2026-08-06T10:00:00Z")),
        "{late}"
    );
}
