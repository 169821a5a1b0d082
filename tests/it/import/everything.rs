//! An export contains everything that can be recorded about a dossier, and an import restores it.

use app::ports::{Rated, RatingsWanted, Scope, Store};
use domain::dossier::{Dossier, Record};
use domain::id::ProvinceCode;
use domain::procedure::Kind;
use domain::role::Role;
use serde_json::{Value, json};
use store::{Options, SeaStore};

use super::export::{dossiers, export, import_again, same_rates};
use crate::access::ways::{caller_of, every_write, fresh_code, reception};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{PROVINCE, WARD, World, moment};

const HASH: &str = "a3f1c2d4e5b60718293a4b5c6d7e8f90a3f1c2d4e5b60718293a4b5c6d7e8f90";

/// The desk that acts on one dossier after the other.
struct Desk<'a> {
    json: &'a Json,
    token: String,
}

impl Desk<'_> {
    async fn begins(&self, method: &str, body: Value) -> Value {
        self.json.call(&self.token, method, &body).await.good()
    }

    async fn does(&self, method: &str, on: &Value, more: Value) -> Value {
        let mut body = more;
        body["name"] = on["name"].clone();
        body["etag"] = on["etag"].clone();
        body["request_id"] = json!(fresh_id());
        self.begins(method, body).await
    }
}

/// Papers of every kind, a signed result, and a satisfied citizen.
async fn a_dossier_with_papers_and_a_result(world: &World, desk: &Desk<'_>) {
    let mut online = reception(WARD);
    online["portal_code"] = json!(fresh_code());
    online["components"] = json!([]);
    online["papers"] = json!([{ "component": "to-khai", "copy": "PAPER_COPY_ELECTRONIC" }]);
    let submitted = desk.begins("SubmitDossier", online).await;
    let brought = json!({ "papers": [
        {
            "component": "to-khai", "copy": "PAPER_COPY_ORIGINAL", "digitised": true,
            "file": { "sha256": HASH, "size_bytes": 81_234 },
        },
        {
            "component": "giay-to-ly-hon-hoac-khai-tu", "copy": "PAPER_COPY_ELECTRONIC",
            "reuse": { "source": "SOURCE_DATABASE", "reference": "CSDLQG-HT" },
        },
    ] });
    let received = desk.does("ReceiveDossier", &submitted, brought).await;
    let appraise = json!({ "step": "appraise" });
    let appraised = desk.does("AdvanceDossier", &received, appraise).await;
    let sign = json!({ "step": "sign" });
    let signing = desk.does("AdvanceDossier", &appraised, sign).await;
    world.set("2026-08-20 09:00");
    let result = json!({
        "number": "123/GXN-UBND", "media_type": "application/pdf",
        "file": { "sha256": HASH, "size_bytes": 20_480 },
        "signatures": [{
            "format": "SIGNATURE_FORMAT_PADES", "certificate_serial": "54010b6f",
            "issuer": "CN=CA mẫu,O=Cơ quan mẫu,C=VN", "sign_time": "2026-08-20T01:00:00Z",
        }],
    });
    let results = json!({ "results": [result] });
    let resolved = desk.does("ResolveDossier", &signing, results).await;
    let returned = desk.does("ReturnResult", &resolved, json!({})).await;
    world.set("2026-09-01 08:00");
    let content = json!({ "score": 5, "method": "RATING_METHOD_SURVEY", "comment": "nhanh" });
    desk.does("RateDossier", &returned, content).await;
}

/// Two reserved numbers, one of them used while the desk was offline.
async fn a_reception_without_a_line(world: &World, desk: &Desk<'_>) {
    let day = "2026-09-02";
    world.set("2026-09-02 07:00");
    let block = json!({ "unit": WARD, "day": day, "count": 2, "request_id": fresh_id() });
    desk.begins("ReserveNumbers", block).await;
    world.set("2026-09-02 16:00");
    let mut one = reception(WARD);
    one.as_object_mut().unwrap().remove("receiving_unit");
    one["number"] = json!(1);
    one["receive_time"] = json!("2026-09-02T08:15:00+07:00");
    let entered = json!({ "unit": WARD, "day": day, "requests": [one] });
    desk.begins("ImportReceptions", entered).await;
}

/// A petition with area and place of the incident, and a dissatisfied citizen.
async fn a_petition_about_a_place(desk: &Desk<'_>) {
    let mut petition = reception(WARD);
    petition["procedure"] = json!("x-phan-anh-hien-truong");
    petition["portal_code"] = json!(fresh_code());
    petition["components"] = json!([]);
    petition["incident_place"] = json!("trước cửa nhà số 5, ngõ Mẫu");
    petition["incident_area"] = json!("02212");
    let submitted = desk.begins("SubmitDossier", petition).await;
    let received = desk.does("ReceiveDossier", &submitted, json!({})).await;
    let withdrawn = desk.does("WithdrawDossier", &received, json!({})).await;
    let rating = json!({ "score": 1, "method": "RATING_METHOD_ONLINE" });
    desk.does("RateDossier", &withdrawn, rating).await;
}

async fn ratings(url: &str) -> Vec<Rated> {
    let store = SeaStore::open(url, Options::default()).await.unwrap();
    let read = store.read().await.unwrap();
    let mut all = Vec::new();
    for kind in [Kind::Procedure, Kind::Petition] {
        for (from, until) in [("2026-08-01", "2026-09-01"), ("2026-09-01", "2026-10-01")] {
            let wanted = RatingsWanted {
                scope: Scope::Province(ProvinceCode::parse("08").unwrap()),
                kind,
                from: moment(&format!("{from} 00:00")),
                until: moment(&format!("{until} 00:00")),
                as_of: moment("2100-01-01 00:00"),
            };
            let mut rated = read.ratings(&wanted).await.unwrap();
            rated.sort_by_key(|rated| (rated.unit.clone(), rated.score));
            all.extend(rated);
        }
    }
    all
}

on_both!(whatever_can_be_written_comes_back_with_its_reports);

async fn whatever_can_be_written_comes_back_with_its_reports(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    for (method, body) in every_write(&world).await {
        let token = world.token(caller_of(&method), PROVINCE).await;
        json.call(&token, &method, &body).await.good();
    }
    let desk = Desk {
        token: world.token(Role::Chairman, WARD).await,
        json: &json,
    };
    a_dossier_with_papers_and_a_result(&world, &desk).await;
    a_petition_about_a_place(&desk).await;
    a_reception_without_a_line(&world, &desk).await;

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    export(&world.url, &out, &[]).await.unwrap();
    let other = on.empty().await;
    import_again(&out, &other.url).await;

    let said = ratings(&world.url).await;
    let counted: u32 = said.iter().map(|rated| rated.count).sum();
    assert!(counted >= 3, "{said:?}");
    assert_eq!(ratings(&other.url).await, said);
    same_rates(&world.url, &other.url).await;
    let before = dossiers(&world.url).await;
    let after = dossiers(&other.url).await;
    assert_eq!(before.len(), after.len());
    for ((was, _), (is, _)) in before.iter().zip(&after) {
        assert_eq!(*was, as_it_was(is));
    }
    lines_say_the_same(&out, &before);
    let of_everything = |has: fn(&Dossier) -> bool| before.iter().any(|(was, _)| has(was));
    assert!(of_everything(|was| was.digitised() + was.reused() == 2));
    assert!(of_everything(|was| !was.results.is_empty()));
    assert!(of_everything(|was| was.offline.is_some()));
    assert!(of_everything(|was| was.circumstances.incident.is_some()));
    assert!(of_everything(|was| was.rating.is_some()));
}

/// A dossier without the mark of its import.
fn as_it_was(dossier: &Dossier) -> Dossier {
    Dossier {
        imported: None,
        ..dossier.clone()
    }
}

/// Asserts that each exported line is a dossier with its events, exactly as stored.
fn lines_say_the_same(out: &std::path::Path, kept: &[(Dossier, Vec<Record>)]) {
    let lines = std::fs::read_to_string(out.join("dossiers.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), kept.len());
    for (line, (dossier, records)) in lines.lines().zip(kept) {
        let line: Value = serde_json::from_str(line).unwrap();
        let told: Dossier = serde_json::from_value(line["dossier"].clone()).unwrap();
        assert_eq!(told, *dossier);
        let events: Vec<Record> = (line["events"].as_array().unwrap().iter())
            .map(|event| Record::from_bytes(event.to_string().as_bytes()).unwrap())
            .collect();
        assert_eq!(events, *records);
    }
}
