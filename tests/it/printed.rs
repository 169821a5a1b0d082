//! Printing a receipt: one answer has its whole content, each print is counted, and the dossier
//! does not change.

use std::sync::Arc;

use app::ports::{Clock, PrintedForm, Store};
use app::view::DossierName;
use app::{Engine, Parts};
use domain::catalogue::SourceFile;
use domain::id::RequestId;
use domain::procedure::Mark;
use domain::role::Role;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::access::ways::{Units, Way, ready_for, ways};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{
    NumberedIds, OTHER_WARD, PROVINCE, SECRET, StandingClock, THREE_DAYS, WARD, World, catalogue,
    moment, who,
};

fn print(code: &str) -> Value {
    json!({ "name": code, "request_id": fresh_id() })
}

on_every_database!(a_receipt_is_printed_as_often_as_it_is_needed_and_each_print_is_counted);

async fn a_receipt_is_printed_as_often_as_it_is_needed_and_each_print_is_counted(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let leader = world.token(Role::Leader, WARD).await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let code = received.dossier.label();
    let pin = received.receipt.clone().unwrap().pin;
    let named = json!({ "name": code });
    let before = json.call(&desk, "GetDossier", &named).await.good();
    let history = json.call(&desk, "ListDossierEvents", &named).await.good();

    let first = print(&code);
    let sheet = json.call(&desk, "GetReceipt", &first).await.good();
    assert_eq!(sheet["print_number"], 1);
    assert_eq!(sheet["print_time"], "2026-08-03T03:00:00Z");
    assert_eq!(sheet["pin"], pin);
    assert_eq!(sheet["code"], code);
    assert_eq!(sheet["applicant"]["name"], before["applicant"]["name"]);
    assert_eq!(sheet["due_time"], before["original_due_time"]);
    assert_eq!(sheet["limit_vi"], "3 ngày làm việc");
    let explained = &sheet["explanation"]["lines_vi"];
    assert_eq!(*explained, received_lines(&received));
    assert_eq!(sheet["papers"][0]["component"], "to-khai");
    assert_ne!(sheet["papers"][0]["display_name"], "to-khai");
    // The catalogue has no address of the desk, but knows the hours that count.
    let place = &sheet["receiving_desk"];
    assert_eq!(place["display_name"], "Phường Minh Xuân");
    assert_eq!(
        (&place["address"], &place["contact_mark"]),
        (&json!(""), &json!("MARK_UNKNOWN"))
    );
    assert_eq!(place["hours"], "7:30–11:30, 13:30–17:00");
    assert_eq!(place["hours_mark"], "MARK_DERIVED");

    // A repeated request is the same print. A new request, or one by somebody else, is another
    // print.
    world.set("2026-08-04 09:00");
    assert_eq!(json.call(&desk, "GetReceipt", &first).await.good(), sheet);
    let again = json.call(&leader, "GetReceipt", &print(&code)).await.good();
    assert_eq!(again["print_number"], 2);
    assert_eq!(again["pin"], pin);
    let other = world.receive(WARD, THREE_DAYS).await;
    let mut reused = first.clone();
    reused["name"] = json!(other.dossier.label());
    let reused = json.call(&desk, "GetReceipt", &reused).await;
    let expected = (400, "INVALID_ARGUMENT", "REQUEST_ID_REUSED");
    assert_eq!(reused.refused(), expected);

    // The log has the person and the moment; the dossier has not moved.
    let read = world.store.read().await.unwrap();
    let key = (received.dossier.province.clone(), received.dossier.id);
    let log = read.prints(&key, &PrintedForm::RECEIPT).await.unwrap();
    let told: Vec<_> = log.iter().map(|print| (print.number, print.at)).collect();
    let times = [moment("2026-08-03 10:00"), moment("2026-08-04 09:00")];
    assert_eq!(told, [(1, times[0]), (2, times[1])]);
    assert_ne!(log[0].actor, log[1].actor);
    drop(read);
    let after = json.call(&desk, "GetDossier", &named).await.good();
    assert_eq!(after["etag"], before["etag"]);
    let unmoved = json.call(&desk, "ListDossierEvents", &named).await.good();
    assert_eq!(unmoved, history);
}

/// The explanation of the due time in the answer to the reception.
fn received_lines(received: &app::view::View) -> Value {
    let receipt = received.receipt.as_ref().unwrap();
    let explained = receipt.explanation.as_ref().unwrap();
    json!(explained.lines(domain::deadline::Language::Vietnamese))
}

on_every_database!(printers_at_once_have_each_their_own_number);

async fn printers_at_once_have_each_their_own_number(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let code = world.receive(WARD, THREE_DAYS).await.dossier.label();
    let prints = (0..6).map(|_| async {
        let sheet = json.call(&desk, "GetReceipt", &print(&code)).await.good();
        sheet["print_number"].as_u64().unwrap()
    });
    let mut numbers = join_all(prints).await;
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

on_both!(whoever_scans_the_paper_sees_what_the_pin_opens);

async fn whoever_scans_the_paper_sees_what_the_pin_opens(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let other = world.receive(WARD, THREE_DAYS).await.dossier.label();
    let code = received.dossier.label();
    let sheet = json.call(&desk, "GetReceipt", &print(&code)).await.good();
    let (pin, token) = (&sheet["pin"], &sheet["lookup_token"]);
    let look = async |body: Value| json.call("", "LookupDossier", &body).await;
    let by_pin = look(json!({ "code": code, "pin": pin })).await.good();
    let by_token = look(json!({ "code": code, "token": token })).await.good();
    assert_ne!(by_pin["details"], Value::Null);
    assert_eq!(by_token, by_pin);

    // The token opens its own dossier and no other, and is no PIN.
    let nowhere = (404, "NOT_FOUND", "NOT_FOUND");
    let elsewhere = look(json!({ "code": other, "token": token })).await;
    assert_eq!(elsewhere.refused(), nowhere);
    let as_pin = look(json!({ "code": code, "pin": token })).await;
    assert_eq!(as_pin.refused(), nowhere);
    let both = look(json!({ "code": code, "pin": pin, "token": token })).await;
    assert_eq!(both.wrong()[0].0, "token");
}

on_both!(a_receipt_says_what_is_missing_and_when_the_date_has_moved);

async fn a_receipt_says_what_is_missing_and_when_the_date_has_moved(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let chairman = world.token(Role::Chairman, WARD).await;
    let mut body = crate::access::ways::reception(WARD);
    body["components"] = json!([]);
    body["accept_incomplete"] = json!({ "reason": "công dân hẹn nộp trong ngày" });
    let received = json.call(&desk, "ReceiveDossier", &body).await.good();
    let code = received["code"].as_str().unwrap();
    let sheet = json.call(&desk, "GetReceipt", &print(code)).await.good();
    assert_eq!(sheet["papers"], json!([]));
    let missing = sheet["missing_papers"].as_array().unwrap();
    let codes: Vec<_> = missing.iter().map(|paper| &paper["component"]).collect();
    assert_eq!(json!(codes), received["missing_components"]);
    assert_eq!(sheet["components_unconfirmed"], true);
    assert_eq!(sheet["promised_due_time"], Value::Null);

    let apology = json!({ "reason": "quá tải", "due_time": "2026-08-10T10:00:00Z" });
    let extended = json!({
        "name": code, "etag": received["etag"], "request_id": fresh_id(), "apology": apology,
    });
    json.call(&chairman, "ExtendDossier", &extended)
        .await
        .good();
    let sheet = json.call(&desk, "GetReceipt", &print(code)).await.good();
    assert_eq!(sheet["due_time"], received["original_due_time"]);
    assert_eq!(sheet["promised_due_time"], "2026-08-10T10:00:00Z");
    assert_ne!(
        sheet["explanation"],
        Value::Null,
        "of the date given at reception"
    );
}

#[tokio::test]
async fn what_another_system_received_has_no_pin_of_ours() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let portal = world.token(Role::Portal, PROVINCE).await;
    let mirror = ready_for(&world, "RecordMirroredStatus", Units::only(WARD)).await;
    let (Way::Named(told) | Way::Unnamed(told)) =
        ways("RecordMirroredStatus", WARD, &mirror).remove(0);
    json.call(&portal, "RecordMirroredStatus", &told)
        .await
        .good();
    let name = mirror.dossier.id.to_string();
    let sheet = json.call(&desk, "GetReceipt", &print(&name)).await.good();
    assert_eq!(
        (&sheet["pin"], &sheet["lookup_token"]),
        (&json!(""), &json!(""))
    );
}

#[tokio::test]
async fn a_desk_that_the_catalogue_knows_is_printed_with_its_mark() {
    let world = World::at("2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let row =
        "H60.02215,\"Số 1 đường Mẫu\",0200 000 0000,\"7:00–11:00, thứ Hai\",recalled,thông báo\n";
    let contacts = SourceFile {
        path: "units/08.contacts.csv".to_owned(),
        text: format!("unit,address,telephone,hours,mark,source\n{row}"),
    };
    let engine = Engine::start(Parts {
        store: Arc::clone(&world.store) as Arc<dyn Store>,
        catalogue: Arc::new(catalogue().with(&[contacts]).unwrap()),
        clock: Arc::new(StandingClock::at(moment("2026-08-03 10:00"))) as Arc<dyn Clock>,
        ids: Arc::new(NumberedIds::default()),
        secret: SECRET.to_vec(),
        queue: 16,
    });
    let name = DossierName::Id(received.dossier.id);
    let request = RequestId::parse(&fresh_id()).unwrap();
    let desk = who(Role::Receptionist, WARD);
    let sheet = engine.print_receipt(&desk, &name, request).await.unwrap();
    let place = &sheet.receiving;
    assert_eq!(place.address, "Số 1 đường Mẫu");
    assert_eq!(place.telephone, "0200 000 0000");
    assert_eq!(
        (place.hours.as_str(), place.hours_mark),
        ("7:00–11:00, thứ Hai", Mark::Recalled)
    );
    assert_eq!(place.mark, Mark::Recalled);
    let elsewhere = who(Role::Receptionist, OTHER_WARD);
    let request = RequestId::parse(&fresh_id()).unwrap();
    let told = engine.print_receipt(&elsewhere, &name, request).await;
    assert_eq!(told.unwrap_err().reason(), "NOT_FOUND");
}
