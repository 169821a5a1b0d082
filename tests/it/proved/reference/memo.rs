//! What is told beside form II.06a.

use serde_json::Value;

use super::{Facts, HOUR, Life, Sums, Window, day, list};

/// What is counted beside the form.
pub const COUNTS: [&str; 42] = [
    "no_due_received",
    "no_due_ended",
    "no_due_pending",
    "mirrored",
    "petitions",
    "petitions_ended",
    "withdrawn",
    "withdrawn_in_time",
    "refused_after_receipt",
    "corrected",
    "stops",
    "stopped_dossiers",
    "stops_short",
    "stops_on_due_day",
    "restarts",
    "supplements",
    "supplement_notices_late",
    "extended",
    "late_apologies",
    "verifications",
    "unanswered_late",
    "refused_at_intake",
    "withdrawn_before_receipt",
    "supplements_before_receipt",
    "passed_on",
    "passed_on_overdue",
    "came_in",
    "came_in_overdue",
    "received_desk",
    "received_post",
    "received_full_online",
    "received_partly_online",
    "received_other_online",
    "received_boundary_free",
    "late_apologised",
    "late_unapologised",
    "pending_late_apologised",
    "pending_late_unapologised",
    "unanswered_in_time",
    "expired",
    "outage_moved",
    "arrived_late",
];

/// What is told as a share beside the form.
pub const RATES: [&str; 12] = [
    "in_time_without_withdrawn",
    "assisted",
    "digitised",
    "reused",
    "assisted_online",
    "online_by_staff",
    "e_result",
    "e_result_signed",
    "cashless",
    "paid_online",
    "accepted_late",
    "digitised_of_scannable",
];

pub(super) fn beside(
    own: &mut Sums,
    life: &Life,
    steps: &[(Life, &Value)],
    facts: &Facts,
    window: &Window,
) {
    let mut stopped = false;
    for (place, (before, record)) in steps.iter().enumerate() {
        let (event, at) = (&record["event"], record["event_time"].as_i64().unwrap());
        if at < window.begins {
            continue;
        }
        let kind = event["kind"].as_str().unwrap();
        if ["supplement_requested", "payment_requested"].contains(&kind) && event["stands"] == true
        {
            stopped = true;
            own.count("memo.stops", true);
            own.count(
                "memo.stops_on_due_day",
                before.due.map(day) == Some(day(at)),
            );
            let closes = [
                "supplement_recorded",
                "payment_recorded",
                "withdrawn",
                "stopped",
                "expired",
                "resolved",
            ];
            let mut later = steps[place + 1..].iter();
            let closed =
                later.find(|(_, it)| closes.contains(&it["event"]["kind"].as_str().unwrap()));
            let short = closed.is_some_and(|(_, it)| {
                facts.open_between(at, it["event_time"].as_i64().unwrap()) < HOUR
            });
            own.count("memo.stops_short", short);
        }
        let completes = ["supplement_recorded", "payment_recorded"].contains(&kind);
        let anew = completes && event["moved"]["restarted"].is_i64();
        own.count("memo.restarts", anew);
        let after_receipt = before.received.is_some();
        let asked = kind == "supplement_requested" && after_receipt;
        own.count("memo.supplements", asked);
        let late = asked && event["notice_late"] == true;
        own.count("memo.supplement_notices_late", late);
        own.count("memo.extended", kind == "extended");
        own.count("memo.late_apologies", kind == "apologised");
        own.count("memo.verifications", kind == "verification_begun");
        own.count("memo.expired", kind == "expired" && after_receipt);
        let outage = kind == "recalculated" && event["outage"] == true;
        own.count("memo.outage_moved", outage && !event["moved"].is_null());
    }
    own.count("memo.stopped_dossiers", stopped);
    if life.received >= Some(window.begins) {
        own.count(
            "memo.received_boundary_free",
            life.receiving != life.resolving,
        );
        let road = match (life.channel.as_str(), facts.text(life, "online").as_str()) {
            ("desk", _) => "received_desk",
            ("post", _) => "received_post",
            (_, "full") => "received_full_online",
            (_, "partial") => "received_partly_online",
            _ => "received_other_online",
        };
        own.count(&format!("memo.{road}"), true);
        own.of("memo.assisted", life.assisted);
        let scanned = |paper: &Value| paper["copy"] != "electronic" && !paper["file"].is_null();
        let digitised = life.papers.iter().any(scanned);
        own.of("memo.digitised", digitised);
        if facts.is_scannable(life) {
            own.of("memo.digitised_of_scannable", digitised);
        }
        let reused = life.papers.iter().any(|paper| !paper["reuse"].is_null());
        own.of("memo.reused", reused);
        if life.channel == "online" {
            own.of("memo.assisted_online", life.assisted);
            own.of("memo.online_by_staff", life.submitted && life.by_staff);
        }
        if life.has_fee(facts) {
            let mut methods = life.methods.iter();
            own.of(
                "memo.cashless",
                methods.any(|it| !it.is_empty() && it != "cash"),
            );
            own.of(
                "memo.paid_online",
                life.methods.iter().any(|it| it == "portal"),
            );
        }
    }
    if life.ended.is_some_and(|(_, how)| how == "resolved") {
        own.of("memo.e_result", !life.results.is_empty());
        let signed = |result: &Value| !list(&result["signatures"]).is_empty();
        own.of("memo.e_result_signed", life.results.iter().any(signed));
    }
}

pub(super) fn desk(own: &mut Sums, life: &Life, steps: &[(Life, &Value)], window: &Window) {
    for (before, record) in steps {
        let (event, at) = (&record["event"], record["event_time"].as_i64().unwrap());
        let kind = event["kind"].as_str().unwrap();
        if at < window.begins {
            continue;
        }
        if kind == "arrived" {
            let arrived = event["at"].as_i64().unwrap_or(at);
            let late = before.arrives_by.is_some_and(|by| arrived > by);
            own.count("memo.arrived_late", late);
        }
        if before.received.is_some() {
            continue;
        }
        let answers = ["received", "refused", "supplement_requested"].contains(&kind);
        if answers && before.submitted && life.channel == "online" {
            let late = before.answer_due.is_some_and(|due| at > due);
            own.of("memo.accepted_late", late);
        }
        own.count(
            "memo.refused_at_intake",
            ["refused", "expired"].contains(&kind),
        );
        own.count("memo.withdrawn_before_receipt", kind == "withdrawn");
        own.count(
            "memo.supplements_before_receipt",
            kind == "supplement_requested",
        );
    }
    let waits = life.channel == "online" && life.received.is_none() && life.ended.is_none();
    let late = waits && life.answer_due.is_some_and(|due| window.judged > due);
    own.count("memo.unanswered_late", late);
    own.count("memo.unanswered_in_time", waits && !late);
}
