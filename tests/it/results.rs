//! Electronic results, from the desk to the database and back.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::{Units, ready_for};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{WARD, World};

const HASH: &str = "a3f1c2d4e5b60718293a4b5c6d7e8f90a3f1c2d4e5b60718293a4b5c6d7e8f90";

/// A confirmation with two signatures, one inside the file and one apart from it.
fn confirmation() -> Value {
    let signature = |format: &str, detached: &str| {
        json!({
            "format": format, "certificate_serial": "54010B6F2C",
            "issuer": "CN=CA phục vụ các cơ quan nhà nước mẫu,O=Cơ quan mẫu,C=VN",
            "sign_time": "2026-08-03T02:59:59.123456Z", "detached_sha256": detached,
        })
    };
    json!({
        "result_code": "KQ.G07.000122", "number": "123/GXN-UBND",
        "file": { "sha256": HASH, "size_bytes": "20480" }, "media_type": "application/pdf",
        "signatures": [
            signature("SIGNATURE_FORMAT_PADES", ""),
            signature("SIGNATURE_FORMAT_CADES", &"0c".repeat(32)),
        ],
    })
}

on_every_database!(a_signed_result_is_shown_as_it_was_given_also_when_the_citizen_has_it);

async fn a_signed_result_is_shown_as_it_was_given_also_when_the_citizen_has_it(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let ready = ready_for(&world, "ResolveDossier", Units::only(WARD)).await;
    let resolve = json!({
        "name": ready.dossier.label(), "etag": ready.dossier.etag(), "request_id": fresh_id(),
        "results": [confirmation()],
    });
    let resolved = json.call(&token, "ResolveDossier", &resolve).await.good();
    assert_eq!(resolved["results"], json!([confirmation()]));
    let give_back = json!({
        "name": resolved["name"], "etag": resolved["etag"], "request_id": fresh_id(),
        "channel": "CHANNEL_ONLINE",
    });
    let returned = json.call(&token, "ReturnResult", &give_back).await.good();
    assert_eq!(returned["results"], json!([confirmation()]));

    let name = json!({ "name": resolved["name"] });
    let history = json.call(&token, "ListDossierEvents", &name).await.good();
    let told: Vec<&Value> = (history["events"].as_array().unwrap().iter())
        .filter_map(|event| event["details"].get("results"))
        .collect();
    let expected = format!("123/GXN-UBND application/pdf sha256:{HASH} signatures:2");
    assert_eq!(told, [expected.as_str()]);
}
