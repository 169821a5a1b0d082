//! What the law or the procedure does not permit. Each refusal tells the dossier's state and the
//! permitted acts, and nothing is written.

use domain::dossier::acts::{
    Correct, OpenConsultation, OpenLeg, RateDossier, RecordPayment, RecordSupplement, Refuse, Stop,
    Withdraw,
};
use domain::dossier::correction::Corrected;
use domain::dossier::private::Words;
use domain::dossier::{Channel, Command, Extension, RatingMethod, Score, Term};
use domain::id::Reference;
use domain::limit::Limit;
use domain::role::Role;
use serde_json::{Value, json};

use super::put;
use crate::access::ways::{
    MIRRORED, ON_THE_SPOT, Units, Way, changes_a_dossier, fresh_code, proposed, ready_for,
    reception, ways,
};
use crate::calling::{Answer, Json, fresh_id, methods};
use crate::witness::Witness;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, contents, moment, unit};

/// A procedure whose limit has no source, so its dossiers have no due time.
const WITHOUT_LIMIT: &str = "1.003622";

/// A procedure whose clock stands from the payment request to the payment.
const WITHOUT_VERIFICATION: &str = "1.001193";

/// A call that is refused with a given reason.
struct Met {
    world: World,
    role: Role,
    method: &'static str,
    body: Value,
}

fn on(view: &app::view::View, more: Value) -> Value {
    let mut body = more;
    body["name"] = json!(view.dossier.label());
    body["etag"] = json!(view.dossier.etag());
    body["request_id"] = json!(fresh_id());
    body
}

/// A reception of a procedure's dossier at a desk.
pub fn handed_in(procedure: &str) -> Value {
    let mut body = reception(WARD);
    let components = contents(procedure).components;
    body["procedure"] = json!(procedure);
    body["components"] = components.iter().map(ToString::to_string).collect();
    body
}

fn supplement() -> Value {
    json!({ "items": [{ "note": "bản gốc" }], "reason": "thiếu" })
}

fn correction(field: &str, value: Value) -> Value {
    let mut body = json!({ "reason": "nhập nhầm" });
    body[field] = value;
    body
}

fn apology(until: &str) -> Value {
    json!({ "apology": { "reason": "quá tải", "due_time": until } })
}

fn leg(lead: bool) -> Command {
    Command::OpenLeg(OpenLeg {
        unit: unit(OTHER_WARD),
        lead,
        task: Words::new("cấp thẻ"),
        term: Term::Within(Limit::WorkingDays(2)),
    })
}

fn question() -> Command {
    Command::OpenConsultation(OpenConsultation {
        unit: unit(OTHER_WARD),
        question: Words::new("có cư trú không"),
        term: Term::Within(Limit::WorkingDays(2)),
    })
}

/// For each reason, a call that meets it. A reason that is missing here has no test. Add it.
async fn met(reason: &str) -> Met {
    let world = World::at("2026-08-03 10:00").await;
    let mut role = Role::Chairman;
    let (method, body) = match reason {
        "WRONG_STATE" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            ("ReturnResult", on(&received, json!({})))
        }
        "MIRRORED" => {
            let mirror = world.submit(WARD, MIRRORED, &fresh_code()).await;
            ("WithdrawDossier", on(&mirror, json!({})))
        }
        "PROCEDURE_NOT_IN_FORCE" => {
            let mut body = handed_in(THREE_DAYS);
            body["portal_code"] = json!(fresh_code());
            body["submit_time"] = json!("2025-06-30T23:59:59+07:00");
            ("SubmitDossier", body)
        }
        "CASE_UNKNOWN" => {
            let mut body = handed_in(THREE_DAYS);
            body["case_id"] = json!("khong-co");
            ("ReceiveDossier", body)
        }
        "COMPONENTS_MISSING" => {
            let mut body = handed_in(THREE_DAYS);
            body["components"] = json!([]);
            ("ReceiveDossier", body)
        }
        "COMPONENTS_UNKNOWN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let items = json!({ "items": [{ "component": "khong-co" }], "reason": "thiếu" });
            ("RequestSupplement", on(&received, items))
        }
        "STEP_NOT_NEXT" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            ("AdvanceDossier", on(&received, json!({ "step": "sign" })))
        }
        "STEP_NOT_FINAL" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let appraised = world.advance(&received, Role::Receptionist).await;
            ("ResolveDossier", on(&appraised, json!({})))
        }
        "STEP_OF_OTHER_ROLE" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let appraised = world.advance(&received, Role::Receptionist).await;
            let signed = world.advance(&appraised, Role::Officer).await;
            role = Role::Officer;
            ("ResolveDossier", on(&signed, json!({})))
        }
        "NOT_A_PETITION" => {
            role = Role::Receptionist;
            let mut body = handed_in(THREE_DAYS);
            body["incident_place"] = json!("trước cổng chợ");
            ("ReceiveDossier", body)
        }
        "NOT_ON_THE_SPOT" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            ("ResolveDossier", on(&received, json!({})))
        }
        "SUPPLEMENT_USED" => {
            let asked = ready_for(&world, "RecordSupplement", Units::only(WARD)).await;
            let came = Command::RecordSupplement(RecordSupplement {
                components: Vec::new(),
                papers: Vec::new(),
            });
            let came = world.act(&asked, Role::Receptionist, came).await.unwrap();
            ("RequestSupplement", on(&came, supplement()))
        }
        "SUPPLEMENT_NOT_PERMITTED" => {
            let came = ready_for(&world, "PermitSupplement", Units::only(WARD)).await;
            let mut body = supplement();
            body["exception"] =
                json!({ "reason": "giấy tờ hết giá trị", "legal_basis": "Điều 19" });
            ("RequestSupplement", on(&came, body))
        }
        "SUPPLEMENT_LEFT" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let body = json!({ "reason": "giấy tờ hết giá trị" });
            ("PermitSupplement", on(&received, body))
        }
        "PAYMENT_TOO_LARGE" => {
            let asked = ready_for(&world, "RecordPayment", Units::only(WARD)).await;
            ("RecordPayment", on(&asked, json!({ "amount_vnd": 8_001 })))
        }
        "PAYMENT_KNOWN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let paid = Command::RecordPayment(RecordPayment {
                amount_vnd: 8_000,
                method: None,
                reference: Some(Reference::parse("FT26215/0001").unwrap()),
            });
            let paid = world
                .act(&received, Role::Receptionist, paid)
                .await
                .unwrap();
            let body = json!({ "amount_vnd": 9_000, "reference": "FT26215/0001" });
            ("RecordPayment", on(&paid, body))
        }
        "REFUND_TOO_LARGE" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let body = json!({ "amount_vnd": 8_000, "reason": "thu nhầm" });
            ("RefundPayment", on(&received, body))
        }
        "PAPER_NOT_SCANNED" => {
            let mut body = handed_in("2.000884");
            body["papers"] = json!([{
                "component": "giay-to-tuy-than", "copy": "PAPER_COPY_ORIGINAL", "digitised": true,
                "file": { "sha256": "0".repeat(64), "size_bytes": "7" },
            }]);
            ("ReceiveDossier", body)
        }
        "REPLACED_BY_DATA" => {
            let received = world.receive(WARD, "1.013225").await;
            let items = json!([{ "component": "giay-to-dat" }]);
            let body = json!({ "items": items, "reason": "thiếu" });
            ("RequestSupplement", on(&received, body))
        }
        "BEYOND_REACH" => {
            let mut body = handed_in(THREE_DAYS);
            body["resolving_unit"] = json!("Y01.00004");
            ("ReceiveDossier", body)
        }
        "NOT_ON_ITS_WAY" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            ("ArriveDossier", on(&received, json!({})))
        }
        "ARRIVAL_IMPOSSIBLE" => {
            let apart = ready_for(&world, "ArriveDossier", Units::only(WARD)).await;
            world.set("2026-08-10 11:00");
            let early = json!({ "arrive_time": "2026-08-10T09:59:00+07:00" });
            ("ArriveDossier", on(&apart, early))
        }
        "NOT_RECEIVED" => {
            let submitted = world.submit(WARD, THREE_DAYS, &fresh_code()).await;
            let name = submitted.dossier.id.to_string();
            let body = json!({ "name": name, "request_id": fresh_id() });
            ("GetReceipt", body)
        }
        "ALREADY_RATED" => {
            let ended = ready_for(&world, "RateDossier", Units::only(WARD)).await;
            let rate = Command::Rate(RateDossier {
                score: Score::new(5).unwrap(),
                method: RatingMethod::Device,
                comment: Words::default(),
            });
            let rated = world.act(&ended, Role::Receptionist, rate).await.unwrap();
            let again = json!({ "score": 1, "method": "RATING_METHOD_ONLINE" });
            ("RateDossier", on(&rated, again))
        }
        "EXTENSION_USED" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let due = moment("2026-08-20 17:00");
            let extend = Extension::Apology {
                reason: Words::new("quá tải"),
                due,
            };
            let extended = world
                .act(&received, Role::Leader, Command::Extend(extend))
                .await;
            (
                "ExtendDossier",
                on(&extended.unwrap(), apology("2026-08-27T10:00:00Z")),
            )
        }
        "NO_VERIFICATION" => {
            let received = world.receive(WARD, WITHOUT_VERIFICATION).await;
            let verification = json!({ "verification": { "reason": "xác minh" } });
            ("ExtendDossier", on(&received, verification))
        }
        "NO_DUE_TIME" => {
            let received = world.receive(WARD, WITHOUT_LIMIT).await;
            (
                "ExtendDossier",
                on(&received, apology("2026-08-27T10:00:00Z")),
            )
        }
        "DUE_NOT_LATER" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            (
                "ExtendDossier",
                on(&received, apology("2026-08-06T16:59:59+07:00")),
            )
        }
        "CLOCK_STANDS" => {
            let asked = ready_for(&world, "RecordSupplement", Units::only(WARD)).await;
            ("ExtendDossier", on(&asked, apology("2026-08-27T10:00:00Z")))
        }
        "ALREADY_THERE" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let here = json!({ "resolving_unit": WARD, "reason": "nhầm" });
            ("TransferDossier", on(&received, here))
        }
        "NOT_HOLDER" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let given = json!({ "giver": "nv-an", "receiver": "nv-binh" });
            ("HandOverDossier", on(&received, given))
        }
        "ALREADY_HOLDER" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let clerk = format!("receptionist-{WARD}");
            let given = json!({ "giver": clerk, "receiver": clerk });
            ("HandOverDossier", on(&received, given))
        }
        "LEAD_TAKEN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let led = world.act(&received, role, leg(true)).await.unwrap();
            let second = json!({
                "unit": WARD, "task": "chủ trì", "limit": "2wd", "lead": true,
            });
            ("OpenLeg", on(&led, second))
        }
        "LEGS_OPEN" => {
            let received = world.receive(WARD, ON_THE_SPOT).await;
            let sent = world.act(&received, role, leg(false)).await.unwrap();
            ("ResolveDossier", on(&sent, json!({})))
        }
        "LEG_NOT_OPEN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let sent = world.act(&received, role, leg(false)).await.unwrap();
            ("CloseLeg", on(&sent, json!({ "number": 2 })))
        }
        "CONSULTATION_NOT_OPEN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let asked = world.act(&received, role, question()).await.unwrap();
            let answer = json!({ "number": 2, "answer": "có" });
            ("CloseConsultation", on(&asked, answer))
        }
        "TOO_MANY_LEGS" | "TOO_MANY_CONSULTATIONS" => {
            let mut full = world.receive(WARD, THREE_DAYS).await;
            for _ in 0..50 {
                let one = if reason == "TOO_MANY_LEGS" {
                    leg(false)
                } else {
                    question()
                };
                full = world.act(&full, role, one).await.unwrap();
            }
            let term = json!({ "unit": WARD, "limit": "2wd" });
            let (method, field) = if reason == "TOO_MANY_LEGS" {
                ("OpenLeg", "task")
            } else {
                ("OpenConsultation", "question")
            };
            let mut body = on(&full, term);
            body[field] = json!("một nữa");
            (method, body)
        }
        "NO_OPEN_CONFLICT" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let settled = json!({ "conflict": 1, "reason": "đã hỏi lại" });
            ("SettleConflict", on(&received, settled))
        }
        "NOT_CREDIBLE" => {
            let contradicted = ready_for(&world, "SettleConflict", Units::only(WARD)).await;
            let settled = json!({ "conflict": 1, "reason": "đã hỏi lại", "apply": true });
            ("SettleConflict", on(&contradicted, settled))
        }
        "POSSIBLE_DUPLICATE" => {
            let mut body = handed_in(THREE_DAYS);
            put(&mut body, "applicant.id_number", "008199000777".into());
            let (json, token) = (Json::over(&world), world.token(role, WARD).await);
            json.call(&token, "ReceiveDossier", &body).await.good();
            body["request_id"] = json!(fresh_id());
            ("ReceiveDossier", body)
        }
        "NOTHING_TO_CORRECT" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            (
                "CorrectDossier",
                on(&received, correction("returning_unit", json!(WARD))),
            )
        }
        "CORRECTION_OPEN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let proposed = proposed(&world, &received).await;
            let again = correction("channel", json!("CHANNEL_ONLINE"));
            ("CorrectDossier", on(&proposed, again))
        }
        "CORRECTION_UNKNOWN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let verdict = json!({ "number": 7, "verdict": "VERDICT_REJECT" });
            ("DecideCorrection", on(&received, verdict))
        }
        "SAME_PERSON" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let command = Command::Correct(Correct {
                corrected: Corrected::Channel(Channel::Post),
                reason: Words::new("nhầm"),
            });
            let proposed = world.act(&received, role, command).await.unwrap();
            let verdict = json!({ "number": 1, "verdict": "VERDICT_APPROVE" });
            ("DecideCorrection", on(&proposed, verdict))
        }
        "CODE_NOT_OF_DOSSIER" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let code = json!({ "old_code": "G22.99.08-260803-000099" });
            (
                "CorrectDossier",
                on(&received, correction("external_code", code)),
            )
        }
        "NOT_ENDED" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let at = json!("2026-08-03T09:59:00+07:00");
            ("CorrectDossier", on(&received, correction("end_time", at)))
        }
        "END_TIME_IMPOSSIBLE" => {
            let resolved = ready_for(&world, "ReturnResult", Units::only(WARD)).await;
            let at = json!("2026-08-03T09:59:59+07:00");
            ("CorrectDossier", on(&resolved, correction("end_time", at)))
        }
        "DAY_OVER" => {
            world.set("2026-08-04 08:00");
            world.receive(WARD, THREE_DAYS).await;
            // The server's clock ran ahead and was set back.
            world.set("2026-08-03 10:00");
            let block =
                json!({ "unit": WARD, "day": "2026-08-03", "count": 5, "request_id": fresh_id() });
            ("ReserveNumbers", block)
        }
        "NUMBER_NOT_OPEN" => {
            let numbers = json!({
                "unit": WARD, "day": "2026-08-03", "numbers": [7], "reason": "REASON_UNUSED",
                "request_id": fresh_id(),
            });
            ("VoidNumbers", numbers)
        }
        "CALENDAR_BEGINS" => {
            let body = json!({ "limit": "3wd", "receive_time": "2023-12-29T10:00:00+07:00" });
            ("PreviewDue", body)
        }
        "CALENDAR_ENDS" => {
            world.set("2027-12-30 10:00");
            ("ReceiveDossier", handed_in(THREE_DAYS))
        }
        other => panic!("add a call that meets {other}"),
    };
    Met {
        world,
        role,
        method,
        body,
    }
}

/// The parts that every refusal has beside its reason.
#[track_caller]
fn explains_itself(answer: &Answer, reason: &str, place: &str) {
    let expected = (400, "FAILED_PRECONDITION", reason);
    assert_eq!(answer.refused(), expected, "{place}: {}", answer.json);
    assert!(!answer.vietnamese().is_empty(), "{place}");
    assert_ne!(answer.vietnamese(), answer.message(), "{place}");
    let failures = &answer.detail("PreconditionFailure")["violations"];
    assert_eq!(failures[0]["type"], reason, "{place}");
    let variables = answer.detail("ErrorInfo")["metadata"].as_object().unwrap();
    for (name, value) in variables {
        // State and permitted acts are details of the error; the message does not repeat them.
        let beside = ["state", "allowed", "action"].contains(&name.as_str());
        let told = answer.message().contains(value.as_str().unwrap());
        let untold = reason == "STEP_NOT_FINAL" && name == "next";
        assert!(
            told || beside || untold,
            "{place}: {name} = {value} in {}",
            answer.message()
        );
    }
}

#[tokio::test]
async fn every_reason_of_the_law_is_met_and_explained() {
    for reason in app::error::reasons::REFUSALS
        .iter()
        .map(|reason| reason.reason)
    {
        let Met {
            world,
            role,
            method,
            body,
        } = Box::pin(met(reason)).await;
        let (json, witness) = (Json::over(&world), Witness::of(&world).await);
        let token = world.token(role, WARD).await;
        let before = witness.seen().await;
        let answer = json.call(&token, method, &body).await;
        explains_itself(&answer, reason, reason);
        if let Some(name) = body.get("name") {
            tells_where_it_stands(&json, &token, name, &answer, reason).await;
        }
        assert_eq!(witness.seen().await, before, "{reason} wrote something");
    }
}

/// The refusal names the same state and permitted methods as the dossier itself.
async fn tells_where_it_stands(
    json: &Json,
    token: &str,
    name: &Value,
    answer: &Answer,
    place: &str,
) {
    let shown = json
        .call(token, "GetDossier", &json!({ "name": name }))
        .await
        .good();
    let state = shown["state"]
        .as_str()
        .unwrap()
        .strip_prefix("STATE_")
        .unwrap();
    assert_eq!(answer.variable("state"), Some(state), "{place}");
    let buttons: Vec<&str> = shown["allowed_actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b.as_str().unwrap())
        .collect();
    assert_eq!(
        answer.variable("allowed").unwrap_or_default(),
        buttons.join(","),
        "{place}"
    );
}

/// A dossier in each state.
async fn in_state(world: &World, state: &str) -> app::view::View {
    let units = Units::only(WARD);
    let chairman = Role::Chairman;
    match state {
        "SUBMITTED" => ready_for(world, "RefuseDossier", units).await,
        "RECEIVED" => ready_for(world, "AssignDossier", units).await,
        "PROCESSING" => ready_for(world, "RequestPayment", units).await,
        "SUPPLEMENT_REQUESTED" => ready_for(world, "RecordSupplement", units).await,
        "PAYMENT_REQUESTED" => ready_for(world, "RecordPayment", units).await,
        "RESOLVED" => ready_for(world, "ReturnResult", units).await,
        "RETURNED" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            world.finish(received).await
        }
        "REFUSED" => {
            let submitted = ready_for(world, "RefuseDossier", units).await;
            let refuse = Command::Refuse(Refuse {
                reason: Words::new("sai nơi"),
                competent: None,
            });
            world.act(&submitted, chairman, refuse).await.unwrap()
        }
        "WITHDRAWN" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let withdraw = Command::Withdraw(Withdraw {
                reason: Words::new(""),
            });
            world.act(&received, chairman, withdraw).await.unwrap()
        }
        "STOPPED" => {
            let received = world.receive(WARD, THREE_DAYS).await;
            let (reason, legal_basis) = (Words::new("trùng"), Words::new("Điều 19"));
            world
                .act(
                    &received,
                    chairman,
                    Command::Stop(Stop {
                        reason,
                        legal_basis,
                    }),
                )
                .await
                .unwrap()
        }
        other => panic!("add a dossier in state {other}"),
    }
}

#[tokio::test]
async fn in_every_state_the_allowed_methods_succeed_and_all_others_are_refused() {
    let (mut permitted, mut refused) = (0, 0);
    for status in domain::dossier::Status::ALL {
        let world = World::at("2026-08-03 10:00").await;
        let (json, witness) = (Json::over(&world), Witness::of(&world).await);
        let token = world.token(Role::Chairman, PROVINCE).await;
        for method in methods().into_iter().filter(changes_a_dossier) {
            // A message of another system is never refused; other tests cover it.
            if method.name() == "RecordMirroredStatus" {
                continue;
            }
            let method = method.name();
            let view = in_state(&world, status.as_str()).await;
            assert_eq!(view.dossier.status(), status);
            let (Way::Named(body) | Way::Unnamed(body)) = ways(method, WARD, &view).remove(0);
            let name = json!({ "name": body["name"] });
            let shown = json.call(&token, "GetDossier", &name).await.good();
            let allowed = shown["allowed_actions"]
                .as_array()
                .unwrap()
                .contains(&json!(method));
            let before = witness.seen().await;
            let answer = json.call(&token, method, &body).await;
            let place = format!("{method} while {}", status.as_str());
            if allowed {
                permitted += 1;
                assert_eq!(answer.http, 200, "{place}: {}", answer.json);
                assert_eq!(
                    answer.json["version"],
                    shown["version"].as_u64().unwrap() + 1
                );
                continue;
            }
            refused += 1;
            let reason = answer.refused().2.to_owned();
            explains_itself(&answer, &reason, &place);
            tells_where_it_stands(&json, &token, &body["name"], &answer, &place).await;
            assert_eq!(witness.seen().await, before, "{place} wrote something");
        }
    }
    // Ten states and twenty-seven methods.
    assert_eq!((permitted, refused), (62, 208));
}
