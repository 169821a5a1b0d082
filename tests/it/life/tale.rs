//! One dossier's life, once in JSON and once with the generated client, with equal answers.

use std::collections::BTreeSet;

use domain::role::Role;
use grpc::proto;
use grpc::proto::dossier::State;
use serde_json::{Value, json};

use super::speaker::{Heard, Speaker};
use super::teller::Tale;
use crate::calling::{fresh_id, methods};
use crate::port::Port;
use crate::publication::calendar_with;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, moment};

const CODE: &str = "G22.99.08-260803-000017";

fn due(dossier: &proto::Dossier) -> i64 {
    dossier
        .effective_due_time
        .as_ref()
        .map_or(0, |time| time.seconds)
}

fn at(local: &str) -> i64 {
    moment(local).timestamp()
}

/// A confirmation of marital status, submitted online on a Monday evening.
async fn whole_life(tale: &mut Tale<'_>) {
    use Role::{Chairman, Leader, Officer, Portal, Receptionist};
    let submission = json!({
        "procedure": THREE_DAYS, "portal_code": CODE, "receiving_unit": WARD,
        "applicant": { "name": "Nguyễn Văn Mẫu", "phone": "0912 345 678" },
        "submit_time": "2026-08-03T19:25:00.123456+07:00",
        "components": ["to-khai"], "external_codes": ["G09.20-20260803-0092637"],
        "papers": [{ "component": "to-khai", "copy": "PAPER_COPY_ELECTRONIC" }],
    });
    let submitted = tale
        .then("2026-08-03 19:30", Portal, "SubmitDossier", submission)
        .await;
    assert_eq!(
        (submitted.state(), submitted.code.as_str()),
        (State::Submitted, CODE)
    );

    let received = tale
        .then(
            "2026-08-04 08:00",
            Receptionist,
            "ReceiveDossier",
            json!({}),
        )
        .await;
    assert_eq!(
        (received.state(), due(&received)),
        (State::Received, at("2026-08-07 17:00"))
    );
    let pin = received.receipt.unwrap().pin;

    let asked = json!({
        "items": [{ "component": "giay-to-ly-hon-hoac-khai-tu", "note": "bản sao" }],
        "reason": "chưa có giấy tờ ly hôn",
    });
    let waiting = tale
        .then("2026-08-04 09:00", Officer, "RequestSupplement", asked)
        .await;
    assert_eq!(waiting.state(), State::SupplementRequested);
    assert!(waiting.clock_standing);
    lookup(tale, json!({ "code": CODE })).await.unwrap();

    let came = json!({
        "components": ["giay-to-ly-hon-hoac-khai-tu"],
        "papers": [{
            "component": "giay-to-ly-hon-hoac-khai-tu", "copy": "PAPER_COPY_CERTIFIED",
            "digitised": true, "file": { "sha256": "0b".repeat(32), "size_bytes": 45_678 },
        }],
    });
    let came = tale
        .then("2026-08-06 10:00", Receptionist, "RecordSupplement", came)
        .await;
    // A complete supplement counts as a new receipt, so three days again: Friday, Monday, Tuesday.
    assert_eq!(
        (came.state(), due(&came)),
        (State::Received, at("2026-08-11 17:00"))
    );

    let lapsing = json!({ "reason": "giấy xác nhận sắp hết giá trị" });
    let permitted = tale
        .then("2026-08-06 10:02", Leader, "PermitSupplement", lapsing)
        .await;
    assert!(permitted.supplement_permit.is_some());

    let step = json!({ "step": "appraise", "assignee": "nv-an" });
    let appraised = tale
        .then("2026-08-06 10:05", Receptionist, "AdvanceDossier", step)
        .await;
    assert_eq!(
        (appraised.state(), appraised.step.as_str()),
        (State::Processing, "appraise")
    );
    tale.then(
        "2026-08-06 10:10",
        Leader,
        "AssignDossier",
        json!({ "assignee": "nv-binh" }),
    )
    .await;

    // Transferred to the next ward by mistake, and back.
    for (at, unit, to) in [
        ("2026-08-06 10:12", WARD, OTHER_WARD),
        ("2026-08-06 10:15", OTHER_WARD, WARD),
    ] {
        let sent = json!({ "resolving_unit": to, "reason": "thuộc địa bàn khác" });
        let sent = tale
            .then_at(at, Leader, unit, "TransferDossier", sent)
            .await;
        assert_eq!(sent.resolving_unit, format!("units/{to}"));
        assert_eq!(due(&sent), due(&came), "the clock does not care");
    }
    // Another system reports a refusal, which contradicts the dossier.
    let said = json!({
        "system": "Cổng dịch vụ khác", "reference": "X-1", "state": "STATE_REFUSED",
        "status_time": "2026-08-06T09:00:00+07:00",
    });
    let said = tale
        .then("2026-08-06 10:16", Portal, "RecordMirroredStatus", said)
        .await;
    assert_eq!((said.state(), said.open_conflicts), (State::Processing, 1));
    let settled = json!({ "conflict": 1, "reason": "hệ thống kia nhầm hồ sơ" });
    let settled = tale
        .then("2026-08-06 10:17", Chairman, "SettleConflict", settled)
        .await;
    assert_eq!((settled.open_conflicts, settled.conflicts.len()), (0, 1));

    let given = json!({ "giver": "nv-an", "receiver": "nv-binh" });
    let given = tale
        .then("2026-08-06 10:20", Officer, "HandOverDossier", given)
        .await;
    assert_eq!(given.holder.unwrap().actor, "nv-binh");

    let hurry = json!({ "words": "đề nghị xử lý trong ngày" });
    let reminded = tale
        .then("2026-08-06 10:25", Leader, "RemindDossier", hurry)
        .await;
    assert_eq!(reminded.reminder.unwrap().count, 1);

    let fee = json!({ "amount_vnd": "8000", "reason": "lệ phí hộ tịch" });
    let unpaid = tale
        .then("2026-08-06 10:30", Officer, "RequestPayment", fee)
        .await;
    assert_eq!(
        (unpaid.state(), unpaid.fee_open_vnd),
        (State::PaymentRequested, Some(8_000))
    );
    let paid = json!({ "amount_vnd": 8_000 });
    let paid = tale
        .then("2026-08-06 14:00", Receptionist, "RecordPayment", paid)
        .await;
    assert_eq!(
        (paid.state(), paid.fee_paid_vnd),
        (State::Processing, 8_000)
    );
    let too_much = json!({ "amount_vnd": 1_000, "reason": "thu thừa" });
    let paid = tale
        .then("2026-08-06 14:30", Receptionist, "RefundPayment", too_much)
        .await;
    assert_eq!((paid.fee_paid_vnd, paid.fee_refunded_vnd), (8_000, 1_000));

    let apology = json!({ "apology": {
        "reason": "phải hỏi nơi cư trú cũ", "due_time": "2026-08-14T17:00:00+07:00",
    } });
    let extended = tale
        .then("2026-08-07 09:00", Leader, "ExtendDossier", apology)
        .await;
    assert_eq!(
        (extended.extended, due(&extended)),
        (true, at("2026-08-14 17:00"))
    );
    pending(tale, "2026-08-10 08:00", 1).await;

    let step = json!({ "step": "sign" });
    tale.then("2026-08-10 09:00", Officer, "AdvanceDossier", step)
        .await;
    refusals(tale, &extended.name).await;
    elsewhere(tale).await;
    let result = json!({
        "number": "123/GXN-UBND", "media_type": "application/pdf",
        "file": { "sha256": "0c".repeat(32), "size_bytes": 20_480 },
        "signatures": [{
            "format": "SIGNATURE_FORMAT_PADES", "certificate_serial": "54010b6f",
            "issuer": "CN=CA mẫu,O=Cơ quan mẫu,C=VN", "sign_time": "2026-08-10T14:59:00+07:00",
        }],
    });
    let resolved = tale
        .then(
            "2026-08-10 15:00",
            Leader,
            "ResolveDossier",
            json!({ "results": [result] }),
        )
        .await;
    assert_eq!(
        (resolved.state(), resolved.overdue),
        (State::Resolved, false)
    );
    let fetched = json!({
        "receiver": { "name": "Trần Thị Mẫu" }, "proxy": true, "channel": "CHANNEL_DESK",
    });
    let returned = tale
        .then("2026-08-11 08:30", Receptionist, "ReturnResult", fetched)
        .await;
    assert_eq!((returned.state(), returned.version), (State::Returned, 24));
    // The dossier has ended, so no act moves it.
    assert_eq!(
        returned.allowed_actions,
        ["RefundPayment", "RateDossier", "CorrectDossier"]
    );
    pending(tale, "2026-08-11 08:31", 0).await;

    let known = lookup(tale, json!({ "code": CODE })).await.unwrap();
    assert_eq!((known.completion_percent, known.details), (100, None));
    let wrong = if pin == "000000" { "000001" } else { "000000" };
    let wrong = lookup(tale, json!({ "code": CODE, "pin": wrong })).await;
    assert_eq!(wrong, Err(("NOT_FOUND".into(), "NOT_FOUND".into())));
    let details = lookup(tale, json!({ "code": CODE, "pin": pin }))
        .await
        .unwrap()
        .details;
    assert!(details.unwrap().steps.len() >= 6);

    let of_it = json!({ "name": CODE });
    let history = tale
        .ask(Chairman, "ListDossierEvents", of_it.clone())
        .await
        .unwrap();
    let history: proto::ListDossierEventsResponse = history.transcode_to().unwrap();
    let kinds: Vec<&str> = history
        .events
        .iter()
        .map(|event| event.kind.as_str())
        .collect();
    assert_eq!(
        (kinds[0], kinds[23], kinds.len()),
        ("submitted", "returned", 24)
    );
    tale.ask(Chairman, "GetDossierTimes", of_it.clone())
        .await
        .unwrap();
    tale.ask(Chairman, "GetDossier", of_it).await.unwrap();
    let printed = json!({ "name": CODE, "request_id": fresh_id() });
    tale.ask(Chairman, "GetReceipt", printed).await.unwrap();
    let control = json!({ "name": CODE, "request_id": fresh_id(), "kind": "FORM_KIND_CONTROL" });
    tale.ask(Chairman, "PrintForm", control).await.unwrap();
    let agreed = json!({
        "name": CODE, "request_id": fresh_id(), "channel": "NOTICE_CHANNEL_EMAIL",
        "address": "mau@example.vn", "english": true,
    });
    tale.ask(Chairman, "SetNoticeAgreement", agreed)
        .await
        .unwrap();
    let of_it = json!({ "name": CODE });
    tale.ask(Chairman, "GetDossierExchange", of_it.clone())
        .await
        .unwrap();
    tale.ask(Chairman, "ListNoticeAgreements", of_it)
        .await
        .unwrap();
    let register = json!({ "unit": WARD, "kind": "LIST_KIND_REGISTER", "day": "2026-08-03" });
    tale.ask(Chairman, "PrintList", register).await.unwrap();
    tale.ask(
        Chairman,
        "ListDossiers",
        json!({ "states": ["STATE_RETURNED"] }),
    )
    .await
    .unwrap();
    tale.ask(
        Chairman,
        "SearchDossiers",
        json!({ "query": "nguyen van mau" }),
    )
    .await
    .unwrap();
    afterwards(tale, &pin).await;
    report(tale).await;
    catalogue(tale).await;
    publications(tale).await;
    from_afar(tale).await;
}

/// Another ward decides a dossier that was handed in here, and says when it has it.
async fn from_afar(tale: &mut Tale<'_>) {
    let submission = json!({
        "procedure": THREE_DAYS, "portal_code": "G22.99-261202-000077", "receiving_unit": WARD,
        "resolving_unit": "H60.02212",
        "applicant": { "name": "Trần Thị Mẫu", "phone": "0912 345 679" },
        "components": ["to-khai"],
    });
    tale.then(
        "2026-12-02 08:00",
        Role::Portal,
        "SubmitDossier",
        submission,
    )
    .await;
    let local = "2026-12-02 08:30";
    let received = tale
        .then(local, Role::Receptionist, "ReceiveDossier", json!({}))
        .await;
    assert!(received.arrive_by_time.is_some() && received.arrive_time.is_none());
    let (local, theirs) = ("2026-12-02 10:00", "H60.02212");
    let arrived = tale
        .then_at(local, Role::Officer, theirs, "ArriveDossier", json!({}))
        .await;
    assert_eq!(
        arrived.arrive_time.map(|time| time.seconds),
        Some(at("2026-12-02 10:00"))
    );
}

/// Acts that remain possible after the citizen has the result.
async fn afterwards(tale: &mut Tale<'_>, pin: &str) {
    use Role::{Leader, Officer};
    let wrong = json!({ "reason": "bấm nút muộn", "end_time": "2026-08-10T08:00:00+07:00" });
    let proposed = tale
        .then("2026-08-12 08:00", Officer, "CorrectDossier", wrong)
        .await;
    assert_eq!(
        proposed.corrections[0].new_value,
        "2026-08-10T08:00:00+07:00"
    );
    let verdict = json!({ "number": 1, "verdict": "VERDICT_APPROVE" });
    let corrected = tale
        .then("2026-08-12 09:00", Leader, "DecideCorrection", verdict)
        .await;
    let end = corrected.end_time.as_ref().map(|time| time.seconds);
    assert_eq!(end, Some(at("2026-08-10 15:00")), "judged by the first one");
    assert_eq!(corrected.state(), State::Returned);
    let liked = json!({
        "score": 4, "method": "RATING_METHOD_ONLINE", "comment": "được nhận sớm hơn ngày hẹn lại",
    });
    let rated = tale
        .then("2026-08-12 20:00", Role::Portal, "RateDossier", liked)
        .await;
    assert_eq!(rated.rating.map(|rating| rating.score), Some(4));
    assert_eq!(rated.allowed_actions, Vec::<String>::new());
    let again = json!({
        "code": CODE, "pin": pin, "score": 1,
        "request_id": "00000000-0000-4000-a000-777777777777",
    });
    let again = tale.speaker.ask("", "SubmitRating", &again).await;
    let first = ("FAILED_PRECONDITION".into(), "ALREADY_RATED".into());
    assert_eq!(again, Err(first));
    tale.told.push(("SubmitRating".into(), again));
}

async fn lookup(
    tale: &mut Tale<'_>,
    body: Value,
) -> Result<proto::LookupDossierResponse, (String, String)> {
    let heard = tale.speaker.ask("", "LookupDossier", &body).await;
    tale.told.push(("LookupDossier".into(), heard.clone()));
    heard.map(|message| message.transcode_to().unwrap())
}

async fn pending(tale: &mut Tale<'_>, local: &str, open: u32) {
    tale.world.set(local);
    let counts = tale
        .ask(Role::Chairman, "GetWorklistCounts", json!({}))
        .await
        .unwrap();
    let counts: proto::WorklistCounts = counts.transcode_to().unwrap();
    assert_eq!(counts.open, open);
    tale.ask(Role::Chairman, "ListWorklist", json!({ "unit": WARD }))
        .await
        .unwrap();
}

/// Another ward is consulted, and does a leg.
async fn elsewhere(tale: &mut Tale<'_>) {
    for (local, method, body) in [
        (
            "2026-08-10 09:30",
            "OpenConsultation",
            json!({ "unit": "H60.02212", "question": "có thường trú không", "limit": "4wh" }),
        ),
        (
            "2026-08-10 09:40",
            "OpenLeg",
            json!({
                "unit": "H60.02212", "task": "sao sổ gốc", "due_time": "2026-08-10T14:00:00+07:00",
            }),
        ),
        (
            "2026-08-10 10:30",
            "CloseConsultation",
            json!({ "number": 1, "answer": "có" }),
        ),
        (
            "2026-08-10 14:30",
            "CloseLeg",
            json!({ "number": 1, "result": "đã sao" }),
        ),
    ] {
        let done = tale.then(local, Role::Officer, method, body).await;
        let late = if method == "CloseLeg" { 1 } else { 0 };
        assert_eq!(done.late_units.len(), late, "{method}");
    }
}

/// Impossible acts get the same refusal on both wires.
async fn refusals(tale: &mut Tale<'_>, name: &str) {
    let id = "00000000-0000-4000-a000-999999999999";
    let body = |etag: &str| json!({ "name": name, "etag": etag, "request_id": id });
    for (role, method, body, code, reason) in [
        (
            Role::Officer,
            "ResolveDossier",
            body("v18"),
            "FAILED_PRECONDITION",
            "STEP_OF_OTHER_ROLE",
        ),
        (
            Role::Leader,
            "ResolveDossier",
            body("v14"),
            "ABORTED",
            "STALE_DOSSIER",
        ),
        (
            Role::Receptionist,
            "ReturnResult",
            body("v18"),
            "FAILED_PRECONDITION",
            "WRONG_STATE",
        ),
        (
            Role::Admin,
            "GetDossier",
            json!({ "name": name }),
            "PERMISSION_DENIED",
            "ROLE_DENIED",
        ),
        (
            Role::Leader,
            "ResolveDossier",
            json!({}),
            "INVALID_ARGUMENT",
            "INVALID_FIELDS",
        ),
    ] {
        let heard = tale.ask(role, method, body).await;
        assert_eq!(
            heard,
            Err((code.into(), reason.into())),
            "{method} as {role}"
        );
    }
    let refuse = json!({
        "name": name, "etag": "v17", "request_id": id, "reason": "sai nơi nộp",
    });
    tale.ask(Role::Receptionist, "RefuseDossier", refuse.clone())
        .await
        .unwrap_err();
    tale.ask(Role::Auditor, "WithdrawDossier", refuse.clone())
        .await
        .unwrap_err();
    tale.ask(Role::Receptionist, "StopDossier", refuse)
        .await
        .unwrap_err();
}

/// The chairman's outlook for the month, and the record of the flags.
async fn foresee(tale: &mut Tale<'_>) {
    let month = json!({ "unit": WARD, "month": "2026-08" });
    let outlook = tale.ask(Role::Chairman, "GetOutlook", month.clone()).await;
    let outlook: proto::Outlook = outlook.unwrap().transcode_to().unwrap();
    assert_eq!((outlook.resolved, outlook.resolved_late), (1, 0));
    let record = tale.ask(Role::Chairman, "GetFlagRecord", month).await;
    let record: proto::FlagRecord = record.unwrap().transcode_to().unwrap();
    assert_eq!((record.flagged, record.missed), (0, 0));
    // Called outside of the comparison, because a cursor names its own database.
    let token = tale.world.token(Role::Chairman, WARD).await;
    let asked = json!({ "unit": WARD });
    let flags = tale.speaker.ask(&token, "ListFlags", &asked).await.unwrap();
    let mut flags: proto::ListFlagsResponse = flags.transcode_to().unwrap();
    assert!(flags.flags.is_empty() && flags.done);
    flags.next_cursor.clear();
    let method = methods().into_iter().find(|it| it.name() == "ListFlags");
    let mut message = prost_reflect::DynamicMessage::new(method.unwrap().output());
    message.transcode_from(&flags).unwrap();
    tale.told.push(("ListFlags".into(), Ok(message)));
}

async fn report(tale: &mut Tale<'_>) {
    let month = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let ratings = tale.ask(Role::Chairman, "GetRatings", month.clone()).await;
    let ratings: proto::Ratings = ratings.unwrap().transcode_to().unwrap();
    assert_eq!(ratings.total.unwrap().mean_score, Some(4.0));
    foresee(tale).await;
    for method in ["GetIi06a", "GetI766", "GetPerformance"] {
        tale.ask(Role::Chairman, method, month.clone())
            .await
            .unwrap();
    }
    let mut weeks = month.clone();
    weeks["grain"] = json!("GRAIN_WEEK");
    let weeks = tale.ask(Role::Chairman, "GetSeries", weeks).await;
    let weeks: proto::Series = weeks.unwrap().transcode_to().unwrap();
    assert!(!weeks.periods.is_empty());
    let mut behind = month.clone();
    behind["number"] = json!("early");
    let behind = tale.ask(Role::Chairman, "ListReportDossiers", behind).await;
    let behind: proto::ListReportDossiersResponse = behind.unwrap().transcode_to().unwrap();
    assert_eq!(behind.dossiers.len(), 1);
    let rates = tale.ask(Role::Chairman, "GetRates", month).await.unwrap();
    let rates: proto::Rates = rates.transcode_to().unwrap();
    let total = rates.total.unwrap();
    assert_eq!(
        (total.received, total.received_online, total.resolved),
        (1, 1, 1)
    );
    assert_eq!(
        (total.early, total.late),
        (1, 0),
        "due on Friday 14, resolved on Monday 10"
    );
    // The first promised date was Friday 7, and it still counts in its own rate.
    let original = total.in_time_rate_original.unwrap();
    assert_eq!((original.num, original.den), (0, 1));
    assert_eq!(total.in_time_rate.unwrap().rate, Some(1.0));
}

async fn catalogue(tale: &mut Tale<'_>) {
    for (method, body) in [
        ("GetUnit", json!({ "name": WARD })),
        ("ListUnits", json!({ "province": "08", "page_size": 3 })),
        ("GetProcedure", json!({ "name": THREE_DAYS })),
        ("ListProcedures", json!({ "page_size": 2 })),
        (
            "GetCalendar",
            json!({ "from": "2026-08-28", "to": "2026-09-04" }),
        ),
        (
            "PreviewDue",
            json!({ "procedure": THREE_DAYS, "unit": WARD, "channel": 2 }),
        ),
    ] {
        tale.ask(Role::Officer, method, body).await.unwrap();
    }
    without_a_line(tale).await;
    let table = "old_commune_code,new_commune_code,share,is_default\n02206,02215,whole,1\n";
    let merger =
        json!({ "day": "2025-07-01", "table": table, "reason": "NQ 1684", "validate_only": true });
    tale.ask(Role::Admin, "MergeUnits", merger).await.unwrap();
    remotes(tale).await;
    administration(tale).await;
}

/// Nobody works for a remote here, and each question says so.
async fn remotes(tale: &mut Tale<'_>) {
    let status = tale.ask(Role::Admin, "GetPortalStatus", json!({})).await;
    status.unwrap();
    for method in ["ListReadings", "ListDueDifferences"] {
        let asked = tale.ask(Role::Admin, method, json!({})).await;
        asked.unwrap();
    }
    let days = json!({ "remote": "cong", "from": "2026-08-01", "to": "2026-08-31" });
    let sheet = tale.ask(Role::Admin, "GetExchangeSheet", days).await;
    sheet.unwrap();
    for method in [
        "ListExchangeSheets",
        "ListParcels",
        "RetryParcels",
        "ReconcileRemote",
    ] {
        let mut asked = json!({ "remote": "cong" });
        if !method.starts_with("List") {
            asked["request_id"] = json!("00000000-0000-4000-a000-777700000001");
        }
        tale.ask(Role::Admin, method, asked).await.unwrap_err();
    }
    webhooks(tale).await;
}

/// Nobody is told at an address of their own here, and a private one is refused.
async fn webhooks(tale: &mut Tale<'_>) {
    let listed = tale.ask(Role::Admin, "ListWebhooks", json!({})).await;
    listed.unwrap();
    let request = json!("00000000-0000-4000-a000-777700000002");
    let inside = json!({ "name": "qlvb", "address": "https://10.0.0.1/", "request_id": request });
    let added = tale.ask(Role::Admin, "AddWebhook", inside).await;
    added.unwrap_err();
    let of_it = json!({ "name": "qlvb", "request_id": request });
    for method in ["RotateWebhookSecret", "ReplayWebhook"] {
        let asked = tale.ask(Role::Admin, method, of_it.clone()).await;
        asked.unwrap_err();
    }
    tale.ask(Role::Admin, "RemoveWebhook", of_it).await.unwrap();
}

/// A clerk gets in, gets a token and another one, and is shut out.
async fn administration(tale: &mut Tale<'_>) {
    use Role::Admin;
    let id = |number: u32| format!("00000000-0000-4000-a000-6666{number:08}");
    let mut terms = json!({
        "request_id": id(1), "name": "hoa.tt", "full_name": "Trần Thị Hoa",
        "roles": ["receptionist", "officer"], "units": [WARD],
    });
    tale.ask(Admin, "CreateUser", terms.clone()).await.unwrap();
    terms.as_object_mut().unwrap().remove("name");
    terms["user"] = json!("hoa.tt");
    terms["request_id"] = json!(id(2));
    terms["position"] = json!("Công chức");
    tale.ask(Admin, "UpdateUser", terms).await.unwrap();
    let whose = |number: u32| json!({ "request_id": id(number), "user": "hoa.tt" });
    tale.ask(Admin, "ResetPassword", whose(3)).await.unwrap();
    tale.ask(Admin, "IssueToken", whose(4)).await.unwrap();
    tale.ask(Admin, "DisableUser", whose(5)).await.unwrap();
    for method in ["RotateToken", "RevokeToken"] {
        let nowhere = json!({ "request_id": id(6), "token_id": "00000000000a" });
        tale.ask(Admin, method, nowhere).await.unwrap_err();
    }
    // The tale itself is told with tokens of chance, so only those of the clerk are listed.
    let hers = json!({ "user": "hoa.tt" });
    tale.ask(Admin, "ListTokens", hers).await.unwrap();
    for method in ["ListUsers", "ListAccessEvents"] {
        let few = json!({ "page_size": 1 });
        tale.ask(Admin, method, few).await.unwrap();
    }
}

/// A calendar and a version are tried, then published.
async fn publications(tale: &mut Tale<'_>) {
    use Role::{Admin, Auditor, Province};
    let id = |number: u32| format!("00000000-0000-4000-a000-8888{number:08}");
    let text = calendar_with(&["2026-08-13,swap_off,Nghỉ hoán đổi,CV 1/2026,confirmed"]);
    let proposal = json!({
        "request_id": id(1), "path": "calendar/national.csv", "text": text, "reason": "CV 1/2026",
    });
    tale.ask(Province, "ProposeDocument", proposal)
        .await
        .unwrap();
    let of_it = json!({ "document": "documents/1" });
    let tried = tale
        .ask(Auditor, "ListCalendarChanges", of_it)
        .await
        .unwrap();
    let tried: proto::ListCalendarChangesResponse = tried.transcode_to().unwrap();
    assert_eq!((tried.seen_count, tried.later_count), (1, 0));
    let approval = |number| json!({ "request_id": id(number), "name": "documents/1" });
    let same = tale.ask(Province, "ApproveDocument", approval(2)).await;
    let refused = ("FAILED_PRECONDITION".into(), "SAME_PERSON".into());
    assert_eq!(same, Err(refused));
    let approved = tale
        .ask(Admin, "ApproveDocument", approval(3))
        .await
        .unwrap();
    let approved: proto::Document = approved.transcode_to().unwrap();
    assert_eq!(approved.state(), proto::document::State::Published);
    let late = tale.ask(Admin, "RejectDocument", approval(4)).await;
    let decided = ("FAILED_PRECONDITION".into(), "DOCUMENT_DECIDED".into());
    assert_eq!(late, Err(decided));
    let of_it = json!({ "name": "documents/1" });
    tale.ask(Auditor, "GetDocument", of_it).await.unwrap();
    tale.ask(Auditor, "ListDocuments", json!({})).await.unwrap();
    let of_it = json!({ "name": "jobs/calendar-1" });
    tale.ask(Province, "GetJob", of_it).await.unwrap();
    tale.ask(Province, "ListJobs", json!({})).await.unwrap();
    let of_it = json!({ "version": format!("procedures/{THREE_DAYS}/versions/1") });
    tale.ask(Province, "ListProcedureBreaks", of_it)
        .await
        .unwrap();
    let nowhere = json!({
        "request_id": id(5), "procedure": THREE_DAYS, "from_version": 1, "to_version": 7,
    });
    tale.ask(Admin, "MigrateDossiers", nowhere)
        .await
        .unwrap_err();
}

/// A desk reserves numbers, uses one and voids the other.
async fn without_a_line(tale: &mut Tale<'_>) {
    let id = |number: u32| format!("00000000-0000-4000-b000-{number:012}");
    let day = "2026-12-01";
    tale.world.set("2026-12-01 07:00");
    let block = json!({ "unit": WARD, "day": day, "count": 2, "request_id": id(1) });
    tale.ask(Role::Receptionist, "ReserveNumbers", block)
        .await
        .unwrap();
    tale.world.set("2026-12-01 16:00");
    let one = json!({
        "request_id": id(2), "number": 1, "receive_time": "2026-12-01T01:15:00Z",
        "procedure": THREE_DAYS, "applicant": { "name": "Nguyễn Văn Mẫu" },
        "components": crate::world::contents(THREE_DAYS).components.iter()
            .map(ToString::to_string).collect::<Vec<_>>(),
    });
    let import = json!({ "unit": WARD, "day": day, "requests": [one] });
    tale.ask(Role::Receptionist, "ImportReceptions", import)
        .await
        .unwrap();
    let unused = json!({
        "unit": WARD, "day": day, "numbers": [2], "reason": "REASON_UNUSED", "request_id": id(3),
    });
    tale.ask(Role::Receptionist, "VoidNumbers", unused)
        .await
        .unwrap();
    let asked = json!({ "unit": WARD, "day": day });
    tale.ask(Role::Officer, "ListNumberBlocks", asked)
        .await
        .unwrap();
}

async fn told(world: &World, speaker: Speaker<'_>) -> Vec<(String, Heard)> {
    let mut tale = Tale::of(world, speaker);
    whole_life(&mut tale).await;
    // A cursor names its own database, so only the events of the feed are compared.
    let token = world.token(Role::Auditor, PROVINCE).await;
    let feed = tale
        .speaker
        .ask(&token, "ListEvents", &json!({}))
        .await
        .unwrap();
    let mut feed: proto::ListEventsResponse = feed.transcode_to().unwrap();
    feed.next_cursor.clear();
    feed.events
        .iter_mut()
        .for_each(|event| event.cursor.clear());
    let all = methods()
        .into_iter()
        .find(|method| method.name() == "ListEvents")
        .unwrap();
    let mut message = prost_reflect::DynamicMessage::new(all.output());
    message.transcode_from(&feed).unwrap();
    tale.told.push(("ListEvents".into(), Ok(message)));
    tale.told
}

fn readable(heard: &Heard) -> Result<Value, &(String, String)> {
    heard
        .as_ref()
        .map(|message| coarse(serde_json::to_value(message).unwrap()))
}

/// Rounds fractions to seven digits, because the tests' JSON reader sometimes errs in the last bit.
fn coarse(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(coarse).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(fields.map(|(name, it)| (name, coarse(it))).collect())
        }
        Value::Number(number) => match number.as_f64() {
            Some(fraction) if number.is_f64() => json!(format!("{fraction:.7}")),
            _ => Value::Number(number),
        },
        other => other,
    }
}

#[tokio::test]
async fn a_life_in_json_and_over_grpc_is_the_same_life() {
    let (one, other) = (
        World::at("2026-08-03 19:30").await,
        World::at("2026-08-03 19:30").await,
    );
    let (json, grpc) = (
        Port::open(&one.engine).await,
        Port::open(&other.engine).await,
    );
    let in_json = told(&one, Speaker::Json(&json)).await;
    let over_grpc = told(&other, Speaker::Grpc(grpc.channel().await)).await;
    assert_eq!(in_json.len(), over_grpc.len());
    for ((method, one), (same, other)) in in_json.iter().zip(&over_grpc) {
        assert_eq!(method, same);
        assert_eq!(readable(one), readable(other), "{method}");
    }
    let spoken: BTreeSet<&str> = in_json.iter().map(|(method, _)| method.as_str()).collect();
    let unary = methods()
        .into_iter()
        .filter(|method| !method.is_server_streaming());
    let unspoken: Vec<String> = unary
        .map(|method| method.name().to_owned())
        .filter(|method| !spoken.contains(method.as_str()))
        .collect();
    assert!(unspoken.is_empty(), "no word of {unspoken:?}");
    json.stop().await;
}
