//! A portal hands dossiers in: signed, once, and with an answer for each.

use std::sync::Arc;

use app::ports::{Clock, List, Scope, Store};
use app::view::DossierName;
use app::{Gate, gate};
use axum::Router;
use axum::body::Body;
use domain::role::Role;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use motcua_http::Health;
use portal::inbound::{PATH, PAYMENTS, SUPPLEMENTS, Sender, WITHDRAWALS, part, sign};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::backend::Backend;
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World, ask_for_papers, who};

pub const KEY: &[u8] = b"a key that a portal was given, long enough";

/// A portal that may hand dossiers in.
pub struct Portal<'a> {
    world: &'a World,
    pub router: Router,
}

impl<'a> Portal<'a> {
    pub fn of(world: &'a World) -> Self {
        let sender = |name: &str| Sender {
            name: name.to_owned(),
            province: domain::id::ProvinceCode::parse("08").unwrap(),
            key: KEY.to_vec(),
        };
        let senders = vec![sender("dvcqg"), sender("bo-tu-phap")];
        let gate = Gate::new(&gate::Limits::default());
        let health = Health::new(Arc::clone(&world.engine), gate.clone());
        let part = part(Arc::clone(&world.engine), gate, senders);
        Self {
            world,
            router: motcua_http::site(health, vec![part]),
        }
    }

    pub async fn hand_in(&self, body: &Value) -> (StatusCode, Value) {
        let seconds = self.world.clock.now().timestamp();
        self.send("dvcqg", seconds, KEY, body.to_string().as_bytes())
            .await
    }

    async fn send(&self, name: &str, seconds: i64, key: &[u8], body: &[u8]) -> (StatusCode, Value) {
        self.send_to(PATH, name, seconds, key, body).await
    }

    /// What a citizen did at the portal.
    async fn tell(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.tell_as("dvcqg", path, body).await
    }

    async fn tell_as(&self, name: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let seconds = self.world.clock.now().timestamp();
        let body = body.to_string();
        self.send_to(path, name, seconds, KEY, body.as_bytes())
            .await
    }

    async fn send_to(
        &self,
        path: &str,
        name: &str,
        seconds: i64,
        key: &[u8],
        body: &[u8],
    ) -> (StatusCode, Value) {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("x-portal", name)
            .header("x-portal-timestamp", seconds)
            .header("x-portal-signature", sign(key, seconds, body))
            .body(Body::from(body.to_vec()))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    /// How many dossiers there are.
    async fn dossiers(&self) -> usize {
        let read = self.world.store.read().await.unwrap();
        let province = domain::id::ProvinceCode::parse("08").unwrap();
        let list = List::all(Scope::Province(province), None, 100);
        read.list(&list).await.unwrap().len()
    }
}

pub fn dossier(code: &str, person: u32) -> Value {
    json!({
        "MaHoSo": code,
        "MaTTHC": format!("{THREE_DAYS}.000.00.00.H60"),
        "MaDonViTiepNhan": WARD,
        "KenhThucHien": "2",
        "ChuHoSo": format!("NGUYỄN VĂN MẪU {person}"),
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": format!("{person:012}")}],
        "SoDienThoai": "0900 000 123",
        "NgayNopHoSo": "20260803090000",
        "TaiLieuNop": [{
            "MaThanhPhanHoSo": "to-khai",
            "HashTepTin": "00ff".repeat(16),
            "KichThuoc": "2048",
        }],
        "TrichYeuHoSo": "Đăng ký",
    })
}

on_both!(a_dossier_that_is_handed_in_twice_is_one_dossier);

async fn a_dossier_that_is_handed_in_twice_is_one_dossier(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let portal = Portal::of(&world);
    let body = dossier("G22.98-260803-000001", 1);
    let (status, answer) = portal.hand_in(&body).await;
    assert_eq!(
        (status, &answer["error_code"]),
        (StatusCode::OK, &json!("0")),
        "{answer}"
    );
    let item = &answer["items"][0];
    assert_eq!(item["result"], "TAKEN");
    assert_eq!(item["TrangThaiHoSo"], "1");
    assert_eq!(
        item["ignored"],
        json!(["TrichYeuHoSo"]),
        "nothing is dropped without a word"
    );
    let (status, again) = portal.hand_in(&body).await;
    assert_eq!((status, &again), (StatusCode::OK, &answer));
    assert_eq!(portal.dossiers().await, 1);
    // The same code with other content is another dossier under a code that is taken.
    let mut other = body.clone();
    other["ChuHoSo"] = json!("TRẦN THỊ MẪU");
    let (status, refused) = portal.hand_in(&other).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
    let error = &refused["items"][0]["errors"][0];
    assert_eq!(error["field"], "MaHoSo");
    assert_eq!(error["reason"], "REQUEST_ID_REUSED");
    assert_eq!(portal.dossiers().await, 1);
    // What was told is what the desk sees.
    let read = world.store.read().await.unwrap();
    let province = domain::id::ProvinceCode::parse("08").unwrap();
    let list = List::all(Scope::Province(province), None, 1);
    let kept = read.list(&list).await.unwrap().remove(0);
    assert_eq!(kept.code.as_ref().unwrap().as_str(), "G22.98-260803-000001");
    assert_eq!(
        kept.submitted,
        Some(crate::world::moment("2026-08-03 09:00"))
    );
    assert_eq!(kept.papers[0].file.unwrap().bytes, 2_048);
    assert!(kept.answer_due.is_some(), "the desk has a time to answer");
}

#[tokio::test]
async fn each_wrong_item_is_answered_by_field_and_the_right_ones_are_taken() {
    let world = World::at("2026-08-03 10:00").await;
    let portal = Portal::of(&world);
    let mut wrong = dossier("G22.98-260803-000002", 2);
    wrong["MaTTHC"] = json!("9.999999");
    wrong["MaDonViTiepNhan"] = json!("H60.99999");
    wrong["NgayNopHoSo"] = json!("03/08/2026");
    wrong["DinhDanhCHS"] = json!([{"LoaiDinhDanh": "1", "SoDinhDanh": "123"}]);
    wrong["ChuHoSo"] = json!("Nguyễn\u{0}Văn Mẫu");
    wrong["SoDienThoai"] = json!(900_000_123);
    wrong["TaiLieuNop"][0]["HashTepTin"] = json!("xyz");
    let mut other_ward = dossier("G22.98-260803-000003", 3);
    other_ward["MaDonViTiepNhan"] = json!(OTHER_WARD);
    let batch = json!({"data": [dossier("G22.98-260803-000001", 1), wrong, other_ward, 7]});
    let (status, answer) = portal.hand_in(&batch).await;
    assert_eq!(status, StatusCode::MULTI_STATUS);
    assert_eq!(answer["error_code"], "1");
    let results: Vec<_> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| &i["result"])
        .collect();
    assert_eq!(results, ["TAKEN", "REFUSED", "TAKEN", "REFUSED"]);
    let errors = answer["items"][1]["errors"].as_array().unwrap();
    let fields: Vec<_> = errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "MaTTHC",
            "MaDonViTiepNhan",
            "NgayNopHoSo",
            "ChuHoSo",
            "SoDienThoai",
            "DinhDanhCHS[0].SoDinhDanh",
            "TaiLieuNop[0].HashTepTin",
        ]
    );
    for error in errors {
        for language in ["vi", "en"] {
            assert!(!error[language].as_str().unwrap().is_empty(), "{error}");
        }
    }
    assert_eq!(errors[0]["reason"], "UNKNOWN_PROCEDURE");
    assert_eq!(portal.dossiers().await, 2);
}

#[tokio::test]
async fn a_unit_is_found_by_the_name_that_units_before_it_had_too() {
    let world = World::at("2026-08-03 10:00").await;
    let portal = Portal::of(&world);
    let mut named = dossier("G22.98-260803-000011", 11);
    let fields = named.as_object_mut().unwrap();
    fields.remove("MaDonViTiepNhan");
    fields.insert("DonViXuLy".into(), json!("phường minh xuân"));
    let (status, answer) = portal.hand_in(&named).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(portal.dossiers().await, 1);
}

#[tokio::test]
async fn a_call_without_the_right_signature_of_the_last_minutes_takes_nothing_in() {
    let world = World::at("2026-08-03 10:00").await;
    let portal = Portal::of(&world);
    let body = dossier("G22.98-260803-000001", 1).to_string();
    let body = body.as_bytes();
    let now = world.clock.now().timestamp();
    for (name, seconds, key, reason) in [
        ("dvcqg", now, b"another key".as_slice(), "BAD_SIGNATURE"),
        ("nobody", now, KEY, "BAD_SIGNATURE"),
        ("dvcqg", now - 301, KEY, "REPLAYED"),
        ("dvcqg", now + 301, KEY, "REPLAYED"),
    ] {
        let (status, answer) = portal.send(name, seconds, key, body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{reason}");
        assert_eq!(answer["errors"][0]["reason"], reason, "{answer}");
    }
    let unsigned = Request::post(PATH).body(Body::from(body.to_vec())).unwrap();
    let answer = portal.router.clone().oneshot(unsigned).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    for broken in ["", "{", "7", "[]", "{\"data\": 7}"] {
        let (status, answer) = portal.send("dvcqg", now, KEY, broken.as_bytes()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{broken}: {answer}");
        assert!(!answer["errors"][0]["vi"].as_str().unwrap().is_empty());
    }
    assert_eq!(portal.dossiers().await, 0);
    let (status, _taken) = portal.send("dvcqg", now - 299, KEY, body).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn two_people_of_one_name_and_telephone_are_two_and_a_second_dossier_may_be_meant() {
    let world = World::at("2026-08-03 10:00").await;
    let portal = Portal::of(&world);
    let mut first = dossier("G22.98-260803-000001", 1);
    first["ChuHoSo"] = json!("NGUYỄN VĂN MẪU");
    let mut namesake = dossier("G22.98-260803-000002", 2);
    namesake["ChuHoSo"] = json!("NGUYỄN VĂN MẪU");
    let (status, answer) = portal.hand_in(&json!([first, namesake])).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let mut second = first.clone();
    second["MaHoSo"] = json!("G22.98-260803-000003");
    let (status, answer) = portal.hand_in(&second).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    let reason = &answer["items"][0]["errors"][0]["reason"];
    assert_eq!(reason, "POSSIBLE_DUPLICATE");
    second["TrungCoChuDich"] = json!("1");
    let (status, answer) = portal.hand_in(&second).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["items"][0]["ignored"], json!(["TrichYeuHoSo"]));
    second["TrungCoChuDich"] = json!("có");
    second["MaHoSo"] = json!("G22.98-269903-000004");
    let (_, answer) = portal.hand_in(&second).await;
    let errors = answer["items"][0]["errors"].as_array().unwrap();
    let fields: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
    assert_eq!(
        fields,
        ["MaHoSo", "TrungCoChuDich"],
        "no calendar has month 99"
    );
    assert_eq!(portal.dossiers().await, 3);
}

on_both!(papers_payments_and_withdrawals_of_a_portals_own_dossiers_come_in_once);

async fn papers_payments_and_withdrawals_of_a_portals_own_dossiers_come_in_once(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let portal = Portal::of(&world);
    let code = "G22.98-260803-000001";
    let (status, _) = portal.hand_in(&dossier(code, 1)).await;
    assert_eq!(status, StatusCode::OK);
    let id = |number: u32| format!("00000000-0000-4000-a000-9999{number:08}");
    // Nobody has asked for papers.
    let papers = json!({
        "MaYeuCau": id(1), "MaHoSo": code,
        "TaiLieuNop": [{"MaThanhPhanHoSo": "to-khai", "HashTepTin": "11ff".repeat(16), "KichThuoc": "99"}],
    });
    let (status, answer) = portal.tell(SUPPLEMENTS, &papers).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    assert_eq!(answer["items"][0]["errors"][0]["reason"], "WRONG_STATE");
    let clerk = who(Role::Receptionist, WARD);
    let name = DossierName::parse(code).unwrap();
    let view = world.engine.dossier(&clerk, &name).await.unwrap();
    let asked = world.act(&view, Role::Receptionist, ask_for_papers()).await;
    asked.unwrap();
    let (status, told) = portal.tell(SUPPLEMENTS, &papers).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(told["items"][0]["MaYeuCau"], id(1).as_str());
    let (_, again) = portal.tell(SUPPLEMENTS, &papers).await;
    assert_eq!(again, told, "the same act once");
    let paid = json!({
        "MaYeuCau": id(2), "MaHoSo": code, "SoTien": "8000", "MaGiaoDich": "DVC-2026-0001", "KenhThanhToan": "x",
    });
    let (status, told) = portal.tell(PAYMENTS, &paid).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(told["items"][0]["ignored"], json!(["KenhThanhToan"]));
    let mut free = paid.clone();
    free["MaYeuCau"] = json!(id(3));
    free["SoTien"] = json!("0");
    free["MaGiaoDich"] = json!("");
    let (status, answer) = portal.tell(PAYMENTS, &free).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let errors = answer["items"][0]["errors"].as_array().unwrap();
    let fields: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["SoTien", "MaGiaoDich"]);
    // Another portal's dossier is unknown, and so is what a desk received.
    let back = json!({ "MaYeuCau": id(4), "MaHoSo": code, "LyDo": "công dân rút" });
    let (status, answer) = portal.tell_as("bo-tu-phap", WITHDRAWALS, &back).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
    let desk = world.receive(WARD, THREE_DAYS).await;
    let mut others = back.clone();
    others["MaHoSo"] = json!(desk.dossier.label());
    let (status, _) = portal.tell(WITHDRAWALS, &others).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, told) = portal.tell(WITHDRAWALS, &back).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(told["items"][0]["TrangThaiHoSo"], "7");
    let mut reused = back.clone();
    reused["LyDo"] = json!("lý do khác");
    let (status, answer) = portal.tell(WITHDRAWALS, &reused).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer["items"][0]["errors"][0]["reason"],
        "REQUEST_ID_REUSED"
    );
    let unsigned = Request::post(WITHDRAWALS)
        .body(Body::from(back.to_string()))
        .unwrap();
    let answer = portal.router.clone().oneshot(unsigned).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}
