//! Every field of every writing method, one by one.

use std::collections::BTreeSet;

use prost_reflect::{Kind as Type, MessageDescriptor};
use serde_json::{Value, json};

use super::kinds::Kind;
use super::put;
use crate::access::ways::{Units, Way, caller_of, changes_a_dossier, ready_for, ways, writes};
use crate::calling::{Answer, Json, methods};
use crate::witness::Witness;
use crate::world::{PROVINCE, WARD, World};

const AN_ID: &str = "expected an actor id";

/// The kind of each field. A field that is missing here fails the last test of this file.
const FIELDS: &[(&str, &[(&str, Kind)])] = &[
    (
        "SubmitDossier",
        &[
            ("request_id", Kind::RequestId),
            ("procedure", Kind::Procedure),
            ("case_id", Kind::OptionalId("expected a case id")),
            ("portal_code", Kind::Code),
            ("submit_time", Kind::Past),
            (
                "channel",
                Kind::Channel(&["CHANNEL_ONLINE", "CHANNEL_POST"]),
            ),
            ("receiving_unit", Kind::Unit),
            ("resolving_unit", Kind::OptionalUnit),
            ("returning_unit", Kind::OptionalUnit),
            ("applicant", Kind::Message),
            ("applicant.name", Kind::Name),
            ("applicant.id_number", Kind::IdNumber),
            ("applicant.phone", Kind::Phone),
            ("applicant.address", Kind::OptionalText(500)),
            ("components", Kind::Components),
            ("papers", Kind::Papers),
            ("papers[0].component", Kind::Id("expected a component code")),
            ("papers[0].copy", Kind::OneOf),
            ("papers[0].count", Kind::Copies),
            ("papers[0].digitised", Kind::Flag),
            ("papers[0].file", Kind::Message),
            ("papers[0].file.sha256", Kind::Hash),
            ("papers[0].file.size_bytes", Kind::FileSize),
            ("papers[0].reuse", Kind::Message),
            ("papers[0].reuse.source", Kind::OneOf),
            ("papers[0].reuse.reference", Kind::OptionalReference),
            ("external_codes", Kind::Codes),
            ("assisted_by", Kind::OptionalId(AN_ID)),
            ("duplicate_intended", Kind::Flag),
            ("origin", Kind::Choice),
            ("setting", Kind::Choice),
            ("fee_exemption", Kind::OptionalText(2_000)),
            ("incident_place", Kind::OptionalText(2_000)),
            ("incident_area", Kind::OptionalUnit),
        ],
    ),
    (
        "ReceiveDossier",
        &[
            ("request_id", Kind::RequestId),
            ("procedure", Kind::Procedure),
            ("case_id", Kind::OptionalId("expected a case id")),
            ("channel", Kind::Channel(&["CHANNEL_DESK", "CHANNEL_POST"])),
            ("receiving_unit", Kind::Unit),
            ("resolving_unit", Kind::OptionalUnit),
            ("returning_unit", Kind::OptionalUnit),
            ("applicant", Kind::Message),
            ("applicant.name", Kind::Name),
            ("applicant.id_number", Kind::IdNumber),
            ("applicant.phone", Kind::Phone),
            ("applicant.address", Kind::OptionalText(500)),
            ("components", Kind::Components),
            ("papers", Kind::Papers),
            ("papers[0].component", Kind::Id("expected a component code")),
            ("papers[0].copy", Kind::OneOf),
            ("papers[0].count", Kind::Copies),
            ("papers[0].digitised", Kind::Flag),
            ("papers[0].file", Kind::Message),
            ("papers[0].file.sha256", Kind::Hash),
            ("papers[0].file.size_bytes", Kind::FileSize),
            ("papers[0].reuse", Kind::Message),
            ("papers[0].reuse.source", Kind::OneOf),
            ("papers[0].reuse.reference", Kind::OptionalReference),
            ("external_codes", Kind::Codes),
            ("assisted_by", Kind::OptionalId(AN_ID)),
            ("duplicate_intended", Kind::Flag),
            ("origin", Kind::Choice),
            ("setting", Kind::Choice),
            ("fee_exemption", Kind::OptionalText(2_000)),
            ("incident_place", Kind::OptionalText(2_000)),
            ("incident_area", Kind::OptionalUnit),
            ("queue_ticket", Kind::Ticket),
            ("accept_incomplete", Kind::Message),
            ("accept_incomplete.reason", Kind::Text(2_000)),
        ],
    ),
    (
        "GetReceipt",
        &[("name", Kind::DossierName), ("request_id", Kind::RequestId)],
    ),
    (
        "PrintForm",
        &[
            ("name", Kind::DossierName),
            ("request_id", Kind::RequestId),
            ("kind", Kind::OneOf),
            ("site", Kind::OptionalText(200)),
        ],
    ),
    (
        "SetNoticeAgreement",
        &[
            ("name", Kind::DossierName),
            ("request_id", Kind::RequestId),
            ("channel", Kind::OneOf),
            ("address", Kind::NoticeAddress),
            ("english", Kind::Flag),
        ],
    ),
    (
        "ReserveNumbers",
        &[
            ("request_id", Kind::RequestId),
            ("unit", Kind::Unit),
            ("day", Kind::Day),
            ("count", Kind::Count),
        ],
    ),
    (
        "VoidNumbers",
        &[
            ("request_id", Kind::RequestId),
            ("unit", Kind::Unit),
            ("day", Kind::Day),
            ("numbers", Kind::Numbers),
            ("reason", Kind::VoidReason),
            ("later_dossier", Kind::OptionalDossierName),
        ],
    ),
    (
        "RefuseDossier",
        &[
            ("reason", Kind::Text(2_000)),
            ("competent_unit", Kind::OptionalUnit),
        ],
    ),
    (
        "RequestSupplement",
        &[
            ("items", Kind::List),
            (
                "items[0].component",
                Kind::OptionalId("expected a component code"),
            ),
            ("items[0].note", Kind::OptionalText(2_000)),
            ("items[0].data_failure", Kind::Choice),
            ("reason", Kind::Text(2_000)),
            ("respond_by_time", Kind::Future { required: false }),
            ("exception", Kind::Message),
            ("exception.reason", Kind::Text(2_000)),
            ("exception.legal_basis", Kind::Text(2_000)),
        ],
    ),
    (
        "RecordSupplement",
        &[
            ("components", Kind::Components),
            ("papers", Kind::Papers),
            ("papers[0].component", Kind::Id("expected a component code")),
            ("papers[0].copy", Kind::OneOf),
            ("papers[0].count", Kind::Copies),
            ("papers[0].digitised", Kind::Flag),
            ("papers[0].file", Kind::Message),
            ("papers[0].file.sha256", Kind::Hash),
            ("papers[0].file.size_bytes", Kind::FileSize),
            ("papers[0].reuse", Kind::Message),
            ("papers[0].reuse.source", Kind::OneOf),
            ("papers[0].reuse.reference", Kind::OptionalReference),
        ],
    ),
    (
        "AdvanceDossier",
        &[
            ("step", Kind::OptionalId("expected a step id")),
            ("assignee", Kind::OptionalId(AN_ID)),
        ],
    ),
    ("AssignDossier", &[("assignee", Kind::Id(AN_ID))]),
    (
        "TransferDossier",
        &[
            ("resolving_unit", Kind::Unit),
            ("returning_unit", Kind::OptionalUnit),
            ("reason", Kind::Text(2_000)),
        ],
    ),
    (
        "HandOverDossier",
        &[
            ("giver", Kind::OptionalId(AN_ID)),
            ("receiver", Kind::Id(AN_ID)),
            ("receiver_unit", Kind::OptionalUnit),
            ("components", Kind::Components),
            ("originals", Kind::Components),
            ("on_paper", Kind::Flag),
        ],
    ),
    (
        "RequestPayment",
        &[("amount_vnd", Kind::Amount), ("reason", Kind::Text(2_000))],
    ),
    (
        "RecordPayment",
        &[
            ("amount_vnd", Kind::Amount),
            ("method", Kind::Choice),
            ("reference", Kind::OptionalReference),
        ],
    ),
    (
        "RefundPayment",
        &[("amount_vnd", Kind::Amount), ("reason", Kind::Text(2_000))],
    ),
    (
        "ArriveDossier",
        &[("arrive_time", Kind::PastOf("2026-08-10"))],
    ),
    ("PermitSupplement", &[("reason", Kind::Text(2_000))]),
    (
        "RemindDossier",
        &[
            ("receiver", Kind::OptionalId(AN_ID)),
            ("words", Kind::Text(2_000)),
        ],
    ),
    (
        "ExtendDossier",
        &[
            ("apology", Kind::Message),
            ("apology.reason", Kind::Text(2_000)),
            ("apology.due_time", Kind::Future { required: true }),
            ("verification", Kind::Message),
            ("verification.reason", Kind::Text(2_000)),
        ],
    ),
    ("WithdrawDossier", &[("reason", Kind::OptionalText(2_000))]),
    (
        "StopDossier",
        &[
            ("reason", Kind::Text(2_000)),
            ("legal_basis", Kind::Text(2_000)),
        ],
    ),
    (
        "OpenLeg",
        &[
            ("unit", Kind::Unit),
            ("lead", Kind::Flag),
            ("task", Kind::Text(2_000)),
            ("limit", Kind::Limit),
            ("due_time", Kind::Future { required: false }),
        ],
    ),
    (
        "CloseLeg",
        &[
            ("number", Kind::Number),
            ("result", Kind::OptionalText(2_000)),
        ],
    ),
    (
        "OpenConsultation",
        &[
            ("unit", Kind::Unit),
            ("question", Kind::Text(2_000)),
            ("limit", Kind::Limit),
            ("due_time", Kind::Future { required: false }),
        ],
    ),
    (
        "CloseConsultation",
        &[("number", Kind::Number), ("answer", Kind::Text(2_000))],
    ),
    (
        "RecordMirroredStatus",
        &[
            ("system", Kind::System),
            ("reference", Kind::Reference),
            ("state", Kind::State),
            ("status_time", Kind::Fact),
            ("due_time", Kind::Moment),
        ],
    ),
    (
        "SettleConflict",
        &[
            ("conflict", Kind::Number),
            ("apply", Kind::Flag),
            ("reason", Kind::Text(2_000)),
        ],
    ),
    (
        "ResolveDossier",
        &[
            ("results", Kind::Results),
            ("results[0].result_code", Kind::OptionalReference),
            ("results[0].number", Kind::OptionalDocumentNumber),
            ("results[0].file", Kind::Message),
            ("results[0].file.sha256", Kind::Hash),
            ("results[0].file.size_bytes", Kind::FileSize),
            ("results[0].media_type", Kind::MediaType),
            ("results[0].signatures", Kind::Signatures),
            ("results[0].signatures[0].format", Kind::OneOf),
            ("results[0].signatures[0].certificate_serial", Kind::Serial),
            ("results[0].signatures[0].issuer", Kind::Issuer),
            ("results[0].signatures[0].sign_time", Kind::Fact),
            (
                "results[0].signatures[0].detached_sha256",
                Kind::OptionalHash,
            ),
        ],
    ),
    (
        "RateDossier",
        &[
            ("score", Kind::Score),
            ("method", Kind::OneOf),
            ("comment", Kind::OptionalText(2_000)),
        ],
    ),
    (
        "SubmitRating",
        &[
            ("code", Kind::Code),
            ("pin", Kind::Text(32)),
            ("request_id", Kind::RequestId),
            ("score", Kind::Score),
            ("comment", Kind::OptionalText(2_000)),
        ],
    ),
    (
        "ReturnResult",
        &[
            ("receiver", Kind::Message),
            ("receiver.name", Kind::Name),
            ("receiver.id_number", Kind::IdNumber),
            ("receiver.phone", Kind::Phone),
            ("receiver.address", Kind::OptionalText(500)),
            ("proxy", Kind::Flag),
            (
                "channel",
                Kind::Channel(&["CHANNEL_DESK", "CHANNEL_ONLINE", "CHANNEL_POST"]),
            ),
        ],
    ),
    (
        "CorrectDossier",
        &[
            ("reason", Kind::Text(2_000)),
            ("applicant", Kind::Message),
            ("applicant.name", Kind::Name),
            ("applicant.id_number", Kind::IdNumber),
            ("applicant.phone", Kind::Phone),
            ("applicant.address", Kind::OptionalText(500)),
            (
                "channel",
                Kind::Channel(&["CHANNEL_DESK", "CHANNEL_ONLINE", "CHANNEL_POST"]),
            ),
            ("case_id", Kind::Id("expected a case id")),
            ("returning_unit", Kind::Unit),
            ("external_code", Kind::Message),
            ("external_code.old_code", Kind::OptionalCode),
            ("external_code.new_code", Kind::OptionalCode),
            ("end_time", Kind::Past),
        ],
    ),
    (
        "DecideCorrection",
        &[
            ("number", Kind::Number),
            ("verdict", Kind::OneOf),
            ("note", Kind::OptionalText(2_000)),
        ],
    ),
    (
        "ProposeDocument",
        &[
            ("request_id", Kind::RequestId),
            ("path", Kind::DocumentPath),
            ("text", Kind::DocumentText),
            ("reason", Kind::Text(2_000)),
        ],
    ),
    (
        "ApproveDocument",
        &[
            ("request_id", Kind::RequestId),
            ("name", Kind::DocumentName),
        ],
    ),
    (
        "RejectDocument",
        &[
            ("request_id", Kind::RequestId),
            ("name", Kind::DocumentName),
        ],
    ),
    (
        "MigrateDossiers",
        &[
            ("request_id", Kind::RequestId),
            ("procedure", Kind::Procedure),
            ("from_version", Kind::Version),
            ("to_version", Kind::Version),
            ("steps", Kind::StepMoves),
            ("steps[0].old_step", Kind::OptionalId("expected a step id")),
            ("steps[0].new_step", Kind::Id("expected a step id")),
        ],
    ),
    (
        "RetryParcels",
        &[
            ("request_id", Kind::RequestId),
            ("remote", Kind::Text(40)),
            ("dossier", Kind::OptionalId("expected a dossier name")),
        ],
    ),
    (
        "ReconcileRemote",
        &[("request_id", Kind::RequestId), ("remote", Kind::Text(40))],
    ),
    (
        "AddWebhook",
        &[
            ("request_id", Kind::RequestId),
            ("name", Kind::Text(30)),
            ("address", Kind::Text(500)),
            ("cursor", Kind::OptionalText(200)),
            ("kinds", Kind::EventKinds),
        ],
    ),
    (
        "RotateWebhookSecret",
        &[("request_id", Kind::RequestId), ("name", Kind::Text(30))],
    ),
    (
        "RemoveWebhook",
        &[("request_id", Kind::RequestId), ("name", Kind::Text(30))],
    ),
    (
        "ReplayWebhook",
        &[
            ("request_id", Kind::RequestId),
            ("name", Kind::Text(30)),
            ("cursor", Kind::OptionalText(200)),
        ],
    ),
    (
        "CreateUser",
        &[
            ("request_id", Kind::RequestId),
            ("name", Kind::Id(AN_ID)),
            ("full_name", Kind::Text(200)),
            ("position", Kind::OptionalText(200)),
            ("roles", Kind::Roles),
            ("units", Kind::Units),
            ("tokens_only", Kind::Flag),
        ],
    ),
    (
        "UpdateUser",
        &[
            ("request_id", Kind::RequestId),
            ("user", Kind::Id(AN_ID)),
            ("full_name", Kind::Text(200)),
            ("position", Kind::OptionalText(200)),
            ("roles", Kind::Roles),
            ("units", Kind::Units),
        ],
    ),
    (
        "ResetPassword",
        &[("request_id", Kind::RequestId), ("user", Kind::Id(AN_ID))],
    ),
    (
        "DisableUser",
        &[("request_id", Kind::RequestId), ("user", Kind::Id(AN_ID))],
    ),
    (
        "IssueToken",
        &[
            ("request_id", Kind::RequestId),
            ("user", Kind::Id(AN_ID)),
            ("roles", Kind::OptionalRoles),
            ("units", Kind::OptionalUnits),
            ("days", Kind::AtMost(3_650)),
        ],
    ),
    (
        "RotateToken",
        &[
            ("request_id", Kind::RequestId),
            ("token_id", Kind::Id("expected the id of a token")),
            ("overlap_minutes", Kind::AtMost(10_080)),
            ("days", Kind::AtMost(3_650)),
        ],
    ),
    (
        "RevokeToken",
        &[
            ("request_id", Kind::RequestId),
            ("token_id", Kind::Id("expected the id of a token")),
        ],
    ),
];

/// Fields of every method on an existing dossier. `ReceiveDossier` has them when it accepts one.
const OF_A_DOSSIER: [(&str, Kind); 3] = [
    ("name", Kind::DossierName),
    ("etag", Kind::Etag),
    ("request_id", Kind::RequestId),
];

/// The rows for a body: the method's own, and those of an existing dossier.
fn rows(method: &str, body: &Value) -> Vec<(&'static str, Kind)> {
    let (_, own) = FIELDS.iter().find(|(other, _)| *other == method).unwrap();
    let names_one = body.get("etag").is_some();
    // An acceptance takes only the added papers; another test tries the rest. Without a name the
    // request is a reception.
    let of_it = |field: &str| {
        let papers = field == "components" || field.starts_with("papers");
        method != "ReceiveDossier" || !names_one || papers
    };
    let mut rows: Vec<_> = own
        .iter()
        .copied()
        .filter(|(field, _)| of_it(field))
        .collect();
    if names_one {
        rows.extend(OF_A_DOSSIER);
    }
    rows
}

/// Whether leaving the field out or empty makes a different valid request instead of a wrong one.
fn means_something_else(method: &str, field: &str, value: &Value) -> bool {
    let nothing = value
        .as_str()
        .map_or(value.is_null(), |text| text.trim().is_empty());
    let accepts = method == "ReceiveDossier" && field == "name" && nothing;
    // Without the field nothing is corrected, which is a different mistake.
    let corrects = method == "CorrectDossier" && value.is_null() && field != "reason";
    accepts || (corrects && ["case_id", "returning_unit"].contains(&field))
}

#[track_caller]
fn names(answer: &Answer, field: &str, expected: &str, place: &str) {
    let told = answer.refused();
    assert_eq!(
        told,
        (400, "INVALID_ARGUMENT", "INVALID_FIELDS"),
        "{place}: {}",
        answer.json
    );
    let wrong = answer.wrong();
    let named = |path: &str| path == field || path.starts_with(&format!("{field}["));
    let inside = |path: &str| path.starts_with(&format!("{field}."));
    assert!(
        wrong.iter().all(|(path, _)| named(path) || inside(path)),
        "{place}: {wrong:?}"
    );
    let fits = wrong.iter().any(|(_, problem)| problem.contains(expected));
    assert!(fits, "{place} should say {expected:?}: {wrong:?}");
    for (path, problem) in wrong.iter().take(3) {
        // A long list of expected values is cut in the field's detail, but not in the message.
        let said = format!("{path} {}", problem.trim_end_matches('…'));
        assert!(
            answer.message().contains(&said),
            "{place}: {} lacks {said}",
            answer.message()
        );
        assert!(
            answer.names_on_the_form(path),
            "{place}: {}",
            answer.vietnamese()
        );
    }
    assert_eq!(
        answer.variable("count"),
        Some(wrong.len().to_string().as_str()),
        "{place}"
    );
}

#[tokio::test]
async fn every_wrong_field_is_named_with_what_was_expected_and_nothing_is_written() {
    let mut cases = 0;
    for (method, _) in FIELDS {
        let world = World::at("2026-08-03 10:00").await;
        let (json, witness) = (Json::over(&world), Witness::of(&world).await);
        let token = world.token(caller_of(method), PROVINCE).await;
        let ready = ready_for(&world, method, Units::only(WARD)).await;
        for way in ways(method, WARD, &ready) {
            let (Way::Named(good) | Way::Unnamed(good)) = way;
            let before = witness.seen().await;
            for (field, kind) in rows(method, &good) {
                for (value, expected) in kind.wrong() {
                    if means_something_else(method, field, &value) {
                        continue;
                    }
                    let mut body = in_company(&good, field);
                    put(&mut body, field, value.clone());
                    let place = format!("{method} with {field} = {:.80}", value.to_string());
                    let answer = json.call(&token, method, &body).await;
                    names(&answer, field, expected, &place);
                    assert_eq!(witness.seen().await, before, "{place} wrote something");
                    cases += 1;
                }
            }
            // The good request succeeds, so the field alone was wrong.
            json.call(&token, method, &good).await.good();
            assert_ne!(
                witness.seen().await,
                before,
                "{method} writes when nothing is wrong"
            );
        }
    }
    assert!(cases > 500, "{cases} cases");
}

/// The good request with the companions that a field needs, and without those it excludes.
fn in_company(good: &Value, field: &str) -> Value {
    let mut body = good.clone();
    match field.split_once('.').map_or(field, |(outer, _)| outer) {
        "verification" => {
            put(&mut body, "apology", Value::Null);
            put(&mut body, "verification", json!({ "reason": "xác minh" }));
        }
        "exception" => {
            put(
                &mut body,
                "exception",
                json!({ "reason": "cần thêm", "legal_basis": "Điều 5" }),
            );
        }
        // Limit and due time exclude each other.
        "due_time" => put(&mut body, "limit", Value::Null),
        // `CorrectDossier` takes one of several fields. The same names elsewhere are ordinary
        // parts.
        outer @ ("applicant" | "case_id" | "returning_unit" | "external_code" | "end_time")
            if good.get("receiving_unit").is_none() =>
        {
            put(&mut body, "channel", Value::Null);
            if outer == "applicant" {
                put(&mut body, "applicant", json!({ "name": "Trần Thị Mẫu" }));
            }
        }
        "papers[0]" => {
            let file = json!({ "sha256": "0a".repeat(32), "size_bytes": 81_234 });
            let reuse = json!({ "source": "SOURCE_DATABASE", "reference": "CSDLQGDC" });
            let paper = json!({
                "component": "to-khai", "copy": "PAPER_COPY_ORIGINAL", "count": 2,
                "digitised": true, "file": file, "reuse": reuse,
            });
            put(&mut body, "papers", json!([paper]));
        }
        "results[0]" => {
            let signature = json!({
                "format": "SIGNATURE_FORMAT_PADES", "certificate_serial": "54010b6f",
                "issuer": "CN=CA mẫu,C=VN", "sign_time": "2026-08-03T02:00:00Z",
            });
            let file = json!({ "sha256": "0a".repeat(32), "size_bytes": 81_234 });
            let result = json!({
                "file": file, "media_type": "application/pdf", "signatures": [signature],
            });
            put(&mut body, "results", json!([result]));
        }
        "receiver" => put(&mut body, "receiver", json!({ "name": "Trần Thị Mẫu" })),
        _ => {}
    }
    body
}

#[test]
fn every_field_of_every_method_that_writes_is_in_the_table() {
    let writing: Vec<_> = methods()
        .into_iter()
        .filter(|method| writes(method.name()))
        .collect();
    let called: BTreeSet<_> = writing
        .iter()
        .map(|method| method.name().to_owned())
        .collect();
    let tried: BTreeSet<_> = FIELDS
        .iter()
        .map(|(method, _)| (*method).to_owned())
        .collect();
    assert_eq!(tried, called);
    for method in writing {
        let (_, own) = FIELDS
            .iter()
            .find(|(name, _)| *name == method.name())
            .unwrap();
        let mut tried: BTreeSet<String> = own
            .iter()
            .map(|(field, _)| field.replace("[0]", ""))
            .collect();
        if changes_a_dossier(&method) {
            tried.extend(OF_A_DOSSIER.map(|(field, _)| field.to_owned()));
        }
        let mut there = BTreeSet::new();
        walk(&method.input(), "", &mut there);
        let untried: Vec<_> = there.difference(&tried).collect();
        assert!(
            untried.is_empty(),
            "{}: nothing is tried with {untried:?}",
            method.name()
        );
        let gone: Vec<_> = tried.difference(&there).collect();
        assert!(
            gone.is_empty(),
            "{}: {gone:?} are no fields any more",
            method.name()
        );
    }
}

fn walk(message: &MessageDescriptor, outer: &str, paths: &mut BTreeSet<String>) {
    for field in message.fields() {
        let path = format!("{outer}{}", field.name());
        if let Type::Message(inner) = field.kind()
            && inner.full_name().starts_with("motcua.")
        {
            walk(&inner, &format!("{path}."), paths);
        }
        paths.insert(path);
    }
}
