//! The numbers of `report rates`.

use super::{Life, Sums, Window};

/// The numbers of `report rates`.
pub(super) const PLAIN: [&str; 18] = [
    "carried_over",
    "received",
    "received_online",
    "received_desk",
    "received_post",
    "resolved",
    "early",
    "on_due",
    "late",
    "in_time",
    "pending_in_time",
    "pending_late",
    "withdrawn",
    "refused_after_receipt",
    "no_due",
    "no_due_received",
    "no_due_pending",
    "mirrored",
];

pub(super) fn rates(own: &mut Sums, life: &Life, corrected: bool, window: &Window) {
    let received = life.received.unwrap();
    let mut is = |name: &str, holds: bool| own.count(&format!("rates.{name}"), holds);
    let came = received >= window.begins;
    is("carried_over", !came);
    is("received", came);
    for channel in ["online", "desk", "post"] {
        let here = came && life.channel == channel;
        is(&format!("received_{channel}"), here);
    }
    is("no_due_received", came && life.due.is_none());
    is("corrected", corrected);
    let Some((ended, how)) = life.ended else {
        let late = life.is_late_open(window.judged);
        is("pending_late", late);
        is("pending_in_time", !late);
        is("no_due_pending", life.due.is_none());
        return;
    };
    is("resolved", true);
    is("withdrawn", how == "withdrawn");
    is("refused_after_receipt", how == "stopped");
    is("no_due", life.due.is_none());
    if let Some(due) = life.due {
        let order = life.against(ended, due);
        is("early", order < 0);
        is("on_due", order == 0);
        is("late", order > 0);
        is("in_time", order <= 0);
        is("in_time_766", ended <= due && life.requests < 2);
        let first = life.first_due.unwrap_or(due);
        is("in_time_original", life.against(ended, first) <= 0);
    }
}
