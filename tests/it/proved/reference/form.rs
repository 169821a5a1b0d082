//! Form II.06a, cell by cell.

use super::{Facts, Life, Sums, Window, day};

pub(super) const CELLS: [&str; 11] = [
    "total",
    "received_online",
    "received_direct",
    "carried_over",
    "resolved",
    "early",
    "on_due",
    "late",
    "pending",
    "pending_in_time",
    "pending_late",
];

pub(super) fn form(own: &mut Sums, life: &Life, facts: &Facts, window: &Window) {
    let due = life.due.unwrap();
    let mut cells = vec!["total"];
    cells.push(match life.received < Some(window.begins) {
        true => "carried_over",
        false if life.channel == "online" => "received_online",
        false => "received_direct",
    });
    if let Some((ended, how)) = life.ended {
        let order = life.against(ended, due);
        if how == "resolved" {
            let received = day(life.received.unwrap());
            let took = facts.worked_days_after(received, day(ended));
            own.took.push(u32::try_from(took).unwrap());
        }
        cells.push("resolved");
        cells.push(["early", "on_due", "late"][usize::try_from(order + 1).unwrap()]);
        let late = order > 0;
        own.count("memo.late_apologised", late && life.apologised);
        own.count("memo.late_unapologised", late && !life.apologised);
        own.count("memo.refused_after_receipt", how == "stopped");
        if how == "withdrawn" {
            own.count("memo.withdrawn", true);
            own.count("memo.withdrawn_in_time", !late);
        } else {
            own.of("memo.in_time_without_withdrawn", !late);
        }
    } else {
        let late = life.is_late_open(window.judged);
        cells.push("pending");
        cells.push(if late {
            "pending_late"
        } else {
            "pending_in_time"
        });
        own.count("memo.pending_late_apologised", late && life.apologised);
        own.count("memo.pending_late_unapologised", late && !life.apologised);
    }
    let field = facts.text(life, "field");
    for cell in cells {
        own.count(&format!("row.{cell}"), true);
        own.count(&format!("field.{field}|{cell}"), true);
    }
}
