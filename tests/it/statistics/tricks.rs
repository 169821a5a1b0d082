//! Every way to appear punctual, tried over the wire, shows in the number that counts it.

use std::collections::BTreeSet;

use domain::indicator::MEMO;
use domain::role::Role;
use serde_json::{Value, json};

use super::{Office, number};
use crate::access::ways::{MIRRORED, ON_THE_SPOT, fresh_code, reception};
use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, contents};

const HASH: &str = "a3f1c2d4e5b60718293a4b5c6d7e8f90a3f1c2d4e5b60718293a4b5c6d7e8f90";

/// Building permits: 15 working days; a stop moves the due time.
const PERMIT: &str = "1.013225";

/// Each trick of an office, with the numbers that reveal it.
const TRICKS: [(&str, &[&str]); 22] = [
    (
        "asks for papers at 16:58 of the due day and has them at 16:59",
        &[
            "supplements",
            "stops",
            "stopped_dossiers",
            "stops_short",
            "stops_on_due_day",
            "restarts",
        ],
    ),
    (
        "asks for papers a week after reception",
        &["supplements", "supplement_notices_late", "stops"],
    ),
    ("accepts online after three weeks", &["accepted_late"]),
    ("leaves an online submission lying", &["unanswered_late"]),
    ("has an online submission of today", &["unanswered_in_time"]),
    ("refuses at intake", &["refused_at_intake"]),
    (
        "has a submission withdrawn before it is received",
        &["withdrawn_before_receipt"],
    ),
    (
        "asks for papers before it receives",
        &["supplements_before_receipt"],
    ),
    (
        "hands an overdue dossier on",
        &["passed_on", "passed_on_overdue"],
    ),
    (
        "is handed an overdue dossier",
        &["came_in", "came_in_overdue"],
    ),
    (
        "submits online what came to its desk",
        &["online_by_staff", "assisted", "assisted_online"],
    ),
    (
        "has a dossier withdrawn before it is due",
        &["withdrawn", "withdrawn_in_time"],
    ),
    ("stops what it has received", &["refused_after_receipt"]),
    ("corrects what was recorded", &["corrected"]),
    ("asks for more time in time", &["extended"]),
    (
        "apologises when it is late",
        &["late_apologies", "pending_late_apologised"],
    ),
    (
        "ends late and has not apologised",
        &["late_unapologised", "received_desk"],
    ),
    (
        "has a dossier lie past its due day without a word",
        &["pending_late_unapologised"],
    ),
    ("verifies", &["verifications"]),
    (
        "digitises one paper, reuses another",
        &["digitised", "reused"],
    ),
    (
        "gives an electronic result, signed",
        &["e_result", "e_result_signed", "in_time_without_withdrawn"],
    ),
    ("is paid through the portal", &["cashless", "paid_online"]),
];

/// What no trick reaches, and why.
const NO_TRICK: [(&str, &str); 17] = [
    ("sync_late", "tests/it/portal/acknowledged.rs"),
    (
        "digitised_of_scannable",
        "no trick; `digitised` without the papers that no desk may scan",
    ),
    ("expired", "no trick; the rule ends it, nobody does"),
    (
        "outage_moved",
        "no trick; two people of the province announce it",
    ),
    ("arrived_late", "tests/it/boundary.rs"),
    ("received_post", "no trick; by post"),
    ("received_full_online", "no trick; by procedure"),
    ("received_partly_online", "no trick; by procedure"),
    ("received_other_online", "no trick; by procedure"),
    ("received_boundary_free", "no trick; the law wants it"),
    ("late_apologised", "`late_apologies` and the end together"),
    (
        "no_due_received",
        "only an import brings them; the import's tests",
    ),
    (
        "no_due_ended",
        "only an import brings them; the import's tests",
    ),
    (
        "no_due_pending",
        "only an import brings them; the import's tests",
    ),
    ("mirrored", "another system's; below"),
    ("petitions", "no procedure; below"),
    ("petitions_ended", "no procedure; below"),
];

async fn received(office: &Office, procedure: &str) -> Value {
    let mut body = reception(WARD);
    body["procedure"] = procedure.into();
    let components = contents(procedure).components;
    body["components"] = components.iter().map(ToString::to_string).collect();
    office
        .asks(Role::Receptionist, WARD, "ReceiveDossier", &body)
        .await
}

async fn submitted(office: &Office, role: Role, more: Value) -> Value {
    let mut body = reception(WARD);
    body["portal_code"] = fresh_code().into();
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    let unit = if role == Role::Portal { PROVINCE } else { WARD };
    office.asks(role, unit, "SubmitDossier", &body).await
}

fn papers() -> Value {
    json!({ "items": [{ "note": "bản gốc" }], "reason": "thiếu bản gốc" })
}

fn apology(due: &str) -> Value {
    json!({ "apology": { "reason": "chờ xác minh", "due_time": due } })
}

/// Plays a trick, starting on Monday 3 August 2026.
async fn play(office: &Office, trick: &str) {
    let desk = Role::Receptionist;
    let set = |local: &str| office.world.set(local);
    set("2026-08-03 10:00");
    match trick {
        "asks for papers at 16:58 of the due day and has them at 16:59" => {
            let it = received(office, THREE_DAYS).await;
            set("2026-08-06 16:58");
            let it = office.acts(desk, "RequestSupplement", &it, papers()).await;
            set("2026-08-06 16:59");
            office.acts(desk, "RecordSupplement", &it, json!({})).await;
        }
        "asks for papers a week after reception" => {
            let it = received(office, PERMIT).await;
            set("2026-08-10 10:00");
            office.acts(desk, "RequestSupplement", &it, papers()).await;
        }
        "accepts online after three weeks" => {
            let it = submitted(office, Role::Portal, json!({})).await;
            set("2026-08-24 10:00");
            office.acts(desk, "ReceiveDossier", &it, json!({})).await;
        }
        "leaves an online submission lying" => {
            submitted(office, Role::Portal, json!({})).await;
        }
        "has an online submission of today" => {
            set("2026-08-28 16:30");
            submitted(office, Role::Portal, json!({})).await;
        }
        "ends late and has not apologised" => {
            let it = received(office, ON_THE_SPOT).await;
            set("2026-08-10 10:00");
            office
                .acts(Role::Chairman, "ResolveDossier", &it, json!({}))
                .await;
        }
        "has a dossier lie past its due day without a word" => {
            received(office, THREE_DAYS).await;
        }
        "refuses at intake" => {
            let it = submitted(office, Role::Portal, json!({})).await;
            let why = json!({ "reason": "sai thẩm quyền" });
            office.acts(desk, "RefuseDossier", &it, why).await;
        }
        "has a submission withdrawn before it is received" => {
            let it = submitted(office, Role::Portal, json!({})).await;
            office.acts(desk, "WithdrawDossier", &it, json!({})).await;
        }
        "asks for papers before it receives" => {
            let it = submitted(office, Role::Portal, json!({})).await;
            office.acts(desk, "RequestSupplement", &it, papers()).await;
        }
        "hands an overdue dossier on" => {
            let it = received(office, THREE_DAYS).await;
            set("2026-08-10 10:00");
            let to = json!({ "resolving_unit": OTHER_WARD, "reason": "đúng thẩm quyền" });
            office.acts(desk, "TransferDossier", &it, to).await;
        }
        "is handed an overdue dossier" => {
            let mut body = reception(OTHER_WARD);
            body["procedure"] = THREE_DAYS.into();
            let it = office.asks(desk, OTHER_WARD, "ReceiveDossier", &body).await;
            set("2026-08-10 10:00");
            let to = json!({ "resolving_unit": WARD, "reason": "đúng thẩm quyền" });
            office
                .acts_at(OTHER_WARD, desk, "TransferDossier", &it, to)
                .await;
        }
        "submits online what came to its desk" => {
            let helped = json!({ "assisted_by": "to-cong-nghe-so" });
            let it = submitted(office, desk, helped).await;
            office.acts(desk, "ReceiveDossier", &it, json!({})).await;
        }
        "has a dossier withdrawn before it is due" => {
            let it = received(office, THREE_DAYS).await;
            office.acts(desk, "WithdrawDossier", &it, json!({})).await;
        }
        "stops what it has received" => {
            let it = received(office, THREE_DAYS).await;
            let why = json!({ "reason": "không đủ điều kiện", "legal_basis": "Điều 19" });
            office.acts(Role::Leader, "StopDossier", &it, why).await;
        }
        "corrects what was recorded" => {
            let it = received(office, THREE_DAYS).await;
            let wrong = json!({ "reason": "ghi nhầm", "channel": "CHANNEL_POST" });
            let it = office.acts(desk, "CorrectDossier", &it, wrong).await;
            let verdict = json!({ "number": 1, "verdict": "VERDICT_APPROVE" });
            office
                .acts(Role::Leader, "DecideCorrection", &it, verdict)
                .await;
        }
        "asks for more time in time" => {
            let it = received(office, THREE_DAYS).await;
            let later = apology("2026-08-12T17:00:00+07:00");
            office.acts(Role::Leader, "ExtendDossier", &it, later).await;
        }
        "apologises when it is late" => {
            let it = received(office, THREE_DAYS).await;
            set("2026-08-10 10:00");
            let later = apology("2026-08-12T17:00:00+07:00");
            office.acts(Role::Leader, "ExtendDossier", &it, later).await;
        }
        "verifies" => {
            let it = received(office, THREE_DAYS).await;
            let what = json!({ "verification": { "reason": "xác minh nơi cư trú" } });
            office.acts(Role::Leader, "ExtendDossier", &it, what).await;
        }
        "digitises one paper, reuses another" => {
            let mut body = reception(WARD);
            body["papers"] = json!([
                {
                    "component": "to-khai", "copy": "PAPER_COPY_ORIGINAL", "count": 1,
                    "digitised": true, "file": { "sha256": HASH, "size_bytes": "81234" },
                },
                {
                    "component": "giay-to-ly-hon-hoac-khai-tu", "copy": "PAPER_COPY_ELECTRONIC",
                    "reuse": { "source": "SOURCE_PERSONAL_STORE", "reference": "KQ002269" },
                },
            ]);
            office.asks(desk, WARD, "ReceiveDossier", &body).await;
        }
        "gives an electronic result, signed" => {
            let it = received(office, ON_THE_SPOT).await;
            let result = json!({ "results": [{
                "number": "123/CT-UBND",
                "file": { "sha256": HASH, "size_bytes": "20480" },
                "media_type": "application/pdf",
                "signatures": [{
                    "format": "SIGNATURE_FORMAT_PADES", "certificate_serial": "54010B6F2C",
                    "issuer": "CN=CA mẫu,C=VN", "sign_time": "2026-08-03T02:59:59Z",
                }],
            }] });
            office
                .acts(Role::Chairman, "ResolveDossier", &it, result)
                .await;
        }
        "is paid through the portal" => {
            let it = received(office, THREE_DAYS).await;
            let paid = json!({ "amount_vnd": 8000, "method": "PAYMENT_METHOD_PORTAL" });
            office.acts(desk, "RecordPayment", &it, paid).await;
        }
        other => panic!("unknown trick: {other}"),
    }
    office.world.set("2026-09-20 09:00");
}

on_both!(each_way_to_look_punctual_shows_in_the_number_that_counts_it);

async fn each_way_to_look_punctual_shows_in_the_number_that_counts_it(on: Backend) {
    for (trick, numbers) in TRICKS {
        let office = Office::on(on, "2026-08-03 10:00").await;
        play(&office, trick).await;
        let (from, to) = ("2026-08-01", "2026-08-31");
        let form = office.form(from, to).await;
        for name in numbers {
            assert_eq!(number(&form, WARD, name), 1, "an office {trick}: {name}");
            let behind = office.behind(WARD, name, from, to).await;
            assert_eq!(behind.len(), 1, "an office {trick}: {name}");
        }
    }
}

on_both!(what_another_system_decides_and_what_citizens_report_stand_apart);

async fn what_another_system_decides_and_what_citizens_report_stand_apart(on: Backend) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    let mirror = json!({
        "procedure": MIRRORED,
        "components": contents(MIRRORED).components.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    submitted(&office, Role::Portal, mirror).await;
    let petition = received(&office, "x-phan-anh-hien-truong").await;
    received(&office, "x-phan-anh-hien-truong").await;
    office
        .acts(Role::Receptionist, "WithdrawDossier", &petition, json!({}))
        .await;
    let form = office.form("2026-08-01", "2026-08-31").await;
    for (name, count) in [
        ("mirrored", 1),
        ("petitions", 2),
        ("petitions_ended", 1),
        ("total", 0),
    ] {
        assert_eq!(number(&form, WARD, name), count, "{name}");
    }
}

#[test]
fn each_number_has_a_trick_or_a_reason_why_it_has_none() {
    let tried: BTreeSet<&str> = TRICKS
        .iter()
        .flat_map(|(_, names)| *names)
        .copied()
        .collect();
    let excused: BTreeSet<&str> = NO_TRICK.iter().map(|(name, _)| *name).collect();
    for column in &MEMO {
        let name = column.name;
        assert!(
            tried.contains(name) != excused.contains(name),
            "{name} has a trick, or a reason to have none"
        );
    }
}
