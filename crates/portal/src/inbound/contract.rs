//! The inbound road as OpenAPI 3.1: paths and schemas, to stand beside those of other adapters.

use serde_json::{Value, json};

use super::problem::REASONS;
use super::reader::MOST_ITEMS;
use super::{PATH, PAYMENTS, SUPPLEMENTS, WITHDRAWALS};

/// Paths, schemas and the way to sign, as the members of an OpenAPI document.
#[must_use]
pub fn describe() -> Value {
    json!({
        "tags": [{
            "name": "Portal",
            "description": "Dossiers that a portal hands in, and what their citizens do there. A call holds \
                one item, a list, or a list under `data`. Every value is a string. \
                `x-portal-signature` is `v1=` and HMAC-SHA-256 in hexadecimal of the time, a dot and the \
                body.",
        }],
        "paths": {
            PATH: { "post": operation(
                "handInDossiers",
                "Hands dossiers in",
                "The code is the key: the same dossier twice is one dossier, with the first answer.",
                "Portal.Dossier",
            ) },
            SUPPLEMENTS: { "post": operation(
                "bringPapers",
                "Brings papers that the citizen was asked for",
                "Of a dossier that this portal handed in.",
                "Portal.Supplement",
            ) },
            WITHDRAWALS: { "post": operation(
                "withdrawDossiers",
                "Takes dossiers back for their citizens",
                "Of a dossier that this portal handed in.",
                "Portal.Withdrawal",
            ) },
            PAYMENTS: { "post": operation(
                "tellPayments",
                "Tells payments",
                "A second payment with the same transaction is the same payment.",
                "Portal.Payment",
            ) },
        },
        "schemas": {
            "Portal.Dossier": dossier(),
            "Portal.Paper": paper(),
            "Portal.Supplement": deed(&["TaiLieuNop"], &json!({
                "TaiLieuNop": { "type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": to("Portal.Paper") },
            })),
            "Portal.Withdrawal": deed(&[], &json!({
                "LyDo": { "type": "string", "maxLength": 2_000, "description": "Why, if the citizen said." },
            })),
            "Portal.Payment": deed(&["SoTien", "MaGiaoDich"], &json!({
                "SoTien": { "type": "string", "pattern": "^[0-9]{1,13}$", "description": "The amount in đồng." },
                "MaGiaoDich": { "type": "string", "description": "The transaction on the payment platform." },
            })),
            "Portal.Answer": answer(),
            "Portal.Item": item(),
            "Portal.Problem": problem(),
        },
        "securitySchemes": {
            "portalName": { "type": "apiKey", "in": "header", "name": "x-portal" },
            "portalTime": { "type": "apiKey", "in": "header", "name": "x-portal-timestamp" },
            "portalSignature": { "type": "apiKey", "in": "header", "name": "x-portal-signature" },
        },
    })
}

fn to(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn operation(id: &str, summary: &str, about: &str, item: &str) -> Value {
    let list = json!({ "type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": to(item) });
    let under_data =
        json!({ "type": "object", "required": ["data"], "properties": { "data": list.clone() } });
    let answered = |about: &str| {
        json!({
            "description": about,
            "content": { "application/json": { "schema": to("Portal.Answer") } },
        })
    };
    json!({
        "operationId": id,
        "tags": ["Portal"],
        "summary": summary,
        "description": about,
        "security": [{ "portalName": [], "portalTime": [], "portalSignature": [] }],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": { "anyOf": [to(item), list, under_data] } } },
        },
        "responses": {
            "200": answered("Every item is taken."),
            "207": answered("Some are taken; the others say why not."),
            "401": answered("The signature is missing, wrong or too old; nothing is read."),
            "default": answered("None is taken; each says why, or `errors` says what is wrong with the whole."),
        },
    })
}

fn dossier() -> Value {
    json!({
        "type": "object",
        "description": "A dossier, with the names of fields of the adapter protocol. Fields besides these \
            are not kept, and are named in `ignored`.",
        "required": ["MaHoSo", "MaTTHC", "ChuHoSo"],
        "anyOf": [{ "required": ["MaDonViTiepNhan"] }, { "required": ["DonViXuLy"] }],
        "properties": {
            "MaHoSo": code(),
            "MaTTHC": { "type": "string", "description": "The procedure; a locality's suffix is ignored.", "examples": ["1.004873"] },
            "MaDonViTiepNhan": { "type": "string", "description": "The receiving unit, by code.", "examples": ["H60.02215"] },
            "DonViXuLy": { "type": "string", "description": "Its name, where no code is given." },
            "KenhThucHien": { "type": "string", "enum": ["", "2", "3"], "description": "2 online, also when it is not there; 3 public post." },
            "ChuHoSo": { "type": "string", "minLength": 1, "maxLength": 200, "description": "The applicant." },
            "SoDienThoai": { "type": "string" },
            "DiaChi": { "type": "string", "maxLength": 500 },
            "DinhDanhCHS": { "type": "array", "maxItems": MOST_ITEMS, "items": {
                "type": "object",
                "required": ["LoaiDinhDanh", "SoDinhDanh"],
                "properties": {
                    "LoaiDinhDanh": { "type": "string", "enum": ["1", "2"], "description": "1: twelve digits; 2: nine digits." },
                    "SoDinhDanh": { "type": "string", "pattern": "^([0-9]{12}|[0-9]{9})$" },
                },
            } },
            "NgayNopHoSo": { "type": "string", "description": "yyyyMMddHHmmss, local time.", "examples": ["20261120205900"] },
            "TaiLieuNop": { "type": "array", "maxItems": MOST_ITEMS, "items": to("Portal.Paper") },
            "Email": { "type": "string", "maxLength": 200 },
            "DongYNhanThongBao": { "type": "string", "description": "The channels on which the citizen agreed to be told, separated by commas: email, sms, zalo, vneid." },
            "TrungCoChuDich": flag("1: the portal knows of an open dossier of the same person and procedure, and hands in a second one on purpose."),
        },
    })
}

fn paper() -> Value {
    json!({
        "type": "object",
        "required": ["MaThanhPhanHoSo"],
        "properties": {
            "MaThanhPhanHoSo": { "type": "string", "description": "The component of the procedure." },
            "HashTepTin": { "type": "string", "pattern": "^[0-9a-fA-F]{64}$", "description": "SHA-256 of the file; with it, its size." },
            "KichThuoc": { "type": "string", "pattern": "^[1-9][0-9]{0,17}$", "description": "Bytes of the file." },
            "DuocLayTuKhoDMQG": flag("1: from the citizen's store on the national portal."),
            "MaKetQuaThayThe": { "type": "string", "description": "The result that stands for the paper." },
        },
    })
}

fn flag(about: &str) -> Value {
    json!({ "type": "string", "enum": ["", "0", "1"], "description": about })
}

fn code() -> Value {
    json!({
        "type": "string",
        "description": "The portal's code, which stays the dossier's.",
        "examples": ["G22.98-261130-000001"],
    })
}

fn deed(required: &[&str], own: &Value) -> Value {
    let mut names = vec!["MaYeuCau", "MaHoSo"];
    names.extend(required);
    let mut properties = json!({
        "MaYeuCau": { "type": "string", "format": "uuid", "description": "The portal's own id of this act: the same one is done once." },
        "MaHoSo": code(),
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut properties, own) {
        all.extend(own.clone());
    }
    json!({ "type": "object", "required": names, "properties": properties })
}

fn answer() -> Value {
    json!({
        "type": "object",
        "required": ["error_code", "items"],
        "properties": {
            "error_code": { "type": "string", "enum": ["0", "1", "-1"], "description": "0: all were taken; 1: some; -1: none." },
            "items": { "type": "array", "items": to("Portal.Item") },
            "errors": { "type": "array", "items": to("Portal.Problem"), "description": "What is wrong with the whole." },
        },
    })
}

fn item() -> Value {
    json!({
        "type": "object",
        "required": ["MaHoSo", "result"],
        "properties": {
            "MaHoSo": { "type": "string" },
            "MaYeuCau": { "type": "string" },
            "result": { "type": "string", "enum": ["TAKEN", "REFUSED"] },
            "dossier": { "type": "string", "pattern": "^dossiers/" },
            "TrangThaiHoSo": { "type": "string", "pattern": "^([1-9]|10)$", "description": "The national status." },
            "ignored": { "type": "array", "items": { "type": "string" }, "description": "Fields that are not kept." },
            "errors": { "type": "array", "minItems": 1, "items": to("Portal.Problem") },
        },
    })
}

fn problem() -> Value {
    let own = REASONS.join("`, `");
    json!({
        "type": "object",
        "required": ["field", "reason", "vi", "en"],
        "properties": {
            "field": { "type": "string", "description": "By its name here; empty for the whole item." },
            "reason": { "type": "string", "description": format!("Stable: `{own}`, and those of every act (docs/errors.md).") },
            "vi": { "type": "string" },
            "en": { "type": "string" },
        },
    })
}
