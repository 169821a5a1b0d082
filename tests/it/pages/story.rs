//! The history on the page of a dossier: how much, what, from whom to whom, until when.

use domain::role::Role;
use serde_json::{Value, json};
use web::Settings;

use super::browser::{Browser, account, router};
use crate::access::ways::{Units, ready_for, reception};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, WARD, World};

/// Acts of the ward's people over the wire.
struct Office<'a> {
    world: &'a World,
    wire: Json,
}

impl Office<'_> {
    async fn does(&self, role: Role, method: &str, dossier: &Value, mut more: Value) -> Value {
        more["name"] = dossier["name"].clone();
        more["etag"] = dossier["etag"].clone();
        more["request_id"] = json!(fresh_id());
        let token = self.world.token(role, WARD).await;
        self.wire.call(&token, method, &more).await.good()
    }
}

on_both!(the_history_of_a_dossier_says_how_much_was_asked_for_paid_and_given_back);

async fn the_history_of_a_dossier_says_how_much_was_asked_for_paid_and_given_back(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let wire = Json::over(&world);
    let office = Office {
        world: &world,
        wire,
    };
    let ready = ready_for(&world, "RequestPayment", Units::only(WARD)).await;
    let token = world.token(Role::Receptionist, WARD).await;
    let name = json!({ "name": ready.dossier.label() });
    let dossier = office.wire.call(&token, "GetDossier", &name).await.good();
    let desk = Role::Receptionist;
    let fee = json!({ "amount_vnd": 1_250_000, "reason": "lệ phí trước bạ" });
    let asked = office.does(desk, "RequestPayment", &dossier, fee).await;
    let part = json!({
        "amount_vnd": 250_000, "method": "PAYMENT_METHOD_QR", "reference": "FT26215/0001",
    });
    let part = office.does(desk, "RecordPayment", &asked, part).await;
    let rest = json!({ "amount_vnd": 1_000_000, "method": "PAYMENT_METHOD_CASH" });
    let paid = office.does(desk, "RecordPayment", &part, rest).await;
    let back = json!({ "amount_vnd": 50_000, "reason": "thu thừa" });
    office.does(desk, "RefundPayment", &paid, back).await;

    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let code = ready.dossier.label();
    let page = browser.get(&format!("/dossiers/{code}")).await;
    for said in [
        "1.250.000 đồng",
        "250.000 đồng · Quét mã QR · số FT26215/0001",
        "1.000.000 đồng · Tiền mặt",
        "50.000 đồng",
        "trực tiếp",
        "hẹn trả 17:00",
    ] {
        assert!(page.says(said), "{said}: {}", page.text());
    }
}

on_both!(the_history_of_a_dossier_says_from_whom_to_whom_and_until_when);

async fn the_history_of_a_dossier_says_from_whom_to_whom_and_until_when(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    account(&world, "binh.nv", "Nguyễn Văn Bình", Role::Officer, WARD).await;
    let wire = Json::over(&world);
    let office = Office {
        world: &world,
        wire,
    };
    let token = world.token(Role::Receptionist, WARD).await;
    let mut body = reception(WARD);
    body["papers"] = json!([
        { "component": "to-khai", "copy": "PAPER_COPY_ORIGINAL", "count": 1 },
    ]);
    let received = office
        .wire
        .call(&token, "ReceiveDossier", &body)
        .await
        .good();
    let given = json!({ "receiver": "binh.nv", "on_paper": true });
    let given = office
        .does(Role::Receptionist, "HandOverDossier", &received, given)
        .await;
    let assigned = json!({ "assignee": "binh.nv" });
    let assigned = office
        .does(Role::Leader, "AssignDossier", &given, assigned)
        .await;
    let apology = json!({
        "apology": { "reason": "chờ xác minh", "due_time": "2026-08-10T17:00:00+07:00" },
    });
    let later = office
        .does(Role::Leader, "ExtendDossier", &assigned, apology)
        .await;
    let asked = json!({
        "items": [{ "component": "to-khai", "note": "thiếu chữ ký" }], "reason": "chưa ký",
        "respond_by_time": "2026-08-20T17:00:00+07:00",
    });
    office
        .does(Role::Officer, "RequestSupplement", &later, asked)
        .await;

    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let code = received["code"].as_str().unwrap();
    let page = browser.get(&format!("/dossiers/{code}")).await;
    for said in [
        "trực tiếp · 1 giấy tờ · hẹn trả 17:00 thứ Năm, 06/08/2026",
        " → Nguyễn Văn Bình",
        "giao Nguyễn Văn Bình",
        "hẹn mới 17:00 thứ Hai, 10/08/2026",
        "Chờ xác minh",
        "còn thiếu: Tờ khai",
        "trước 17:00 thứ Năm, 20/08/2026",
    ] {
        assert!(page.says(said), "{said}: {}", page.text());
    }
    let sent = json!({ "resolving_unit": OTHER_WARD, "reason": "thuộc địa bàn phường khác" });
    let other = office
        .wire
        .call(&token, "ReceiveDossier", &reception(WARD))
        .await
        .good();
    let other = office
        .does(Role::Leader, "TransferDossier", &other, sent)
        .await;
    let code = other["code"].as_str().unwrap();
    let page = browser.get(&format!("/dossiers/{code}")).await;
    assert!(
        page.says("Phường Minh Xuân → Phường Nông Tiến"),
        "{}",
        page.text()
    );
}
