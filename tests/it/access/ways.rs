//! For each method, a request that succeeds on a dossier of a given unit.

mod ready;

use std::cell::RefCell;
use std::collections::HashMap;

use app::administration::{SignIn, UserTerms};
use app::foresight::{Flag, Level};
use app::keys::Keys;
use app::portal::NewWebhook;
use app::ports::WriteForecasts;
use app::ports::{
    Fault, Lease, LeaseClaim, ParcelOutcome, Posting, Settlement, Store, Token, WritePortal,
    WriteTokens,
};
use app::view::{DossierName, View};
use chrono::TimeDelta;
use domain::code::AnyCode;
use domain::dossier::acts::Correct;
use domain::dossier::correction::Corrected;
use domain::dossier::mirror::Claim;
use domain::dossier::private::Words;
use domain::dossier::{Channel, Command, Reception, Status, Submission};
use domain::id::{ActorId, DossierId, Reference, SystemName};
use domain::role::Role;
use domain::time::{local_day, rfc3339};
use prost_reflect::MethodDescriptor;
use serde_json::{Value, json};

use crate::calling::{fresh_id, methods};
use crate::publication::shipped;
use crate::world::{
    OTHER_WARD, PROVINCE, SECRET, THREE_DAYS, WARD, World, contents, procedure_code, unit, who,
};

pub use ready::ready_for;

/// A procedure that another system decides; its `mirrored_from` names the system.
pub const MIRRORED: &str = "1.004194";
pub const AUTHORITY: &str = "Hệ thống thông tin về cư trú của Bộ Công an";

/// A procedure with the result at once, so that the desk itself may resolve.
pub const ON_THE_SPOT: &str = "2.000884";

/// Xã Yên Sơn: a unit of the province that has no part in these dossiers.
pub const ELSEWHERE: &str = "H60.02473";

/// The units of one dossier.
#[derive(Debug, Clone, Copy)]
pub struct Units<'a> {
    pub receiving: &'a str,
    pub resolving: &'a str,
    pub returning: &'a str,
}

impl<'a> Units<'a> {
    pub fn only(unit: &'a str) -> Self {
        Self {
            receiving: unit,
            resolving: unit,
            returning: unit,
        }
    }
}

/// One way to call a method.
pub enum Way {
    /// The request names a dossier or a unit.
    Named(Value),
    /// The request names none: the answer covers whatever the caller may see.
    Unnamed(Value),
}

/// A user of the ward, and the id of a token of theirs.
pub const USER: &str = "binh.nv";
/// Another one, who is shut out.
const LEAVER: &str = "roi.di";
pub const TOKEN: &str = "00000000000a";

/// Adds the user and the token, unless they are there.
async fn a_user_with_a_token(world: &World) {
    let actor = ActorId::parse(USER).unwrap();
    let read = world.store.read().await.unwrap();
    if read.user(&actor).await.unwrap().is_some() {
        return;
    }
    let admin = who(Role::Admin, PROVINCE);
    let terms = UserTerms {
        full_name: "Nguyễn Văn Bình".to_owned(),
        position: String::new(),
        roles: vec![Role::Receptionist, Role::Officer],
        units: vec![unit(WARD), unit(OTHER_WARD)],
    };
    for name in [USER, LEAVER] {
        let (actor, terms) = (ActorId::parse(name).unwrap(), terms.clone());
        (world.engine)
            .create_user(&admin, &world.identity(), &actor, terms, SignIn::TokensOnly)
            .await
            .unwrap();
    }
    let token = Token {
        id: TOKEN.to_owned(),
        hash: "of a secret that nobody has".to_owned(),
        actor,
        role: Role::Receptionist,
        also: Vec::new(),
        province: admin.province,
        units: vec![unit(WARD)],
        created: world.engine.now(),
        expires: world.engine.now() + TimeDelta::days(30),
        revoked: None,
        used: None,
    };
    world.store.add_token(&token).await.unwrap();
}

/// The remote of these tests.
pub const REMOTE: &str = "cong";

/// The webhook that a method is tried with.
fn webhook_of(method: &str) -> String {
    method.to_ascii_lowercase()
}

/// Adds a webhook, unless it is there.
async fn has_a_webhook(world: &World, name: &str) {
    let admin = who(Role::Admin, PROVINCE);
    let there = world.engine.list_webhooks(&admin).await.unwrap();
    if there.iter().any(|webhook| webhook.name == name) {
        return;
    }
    let new = NewWebhook {
        request: world.identity().request_id,
        name: name.to_owned(),
        address: "https://example.org/motcua".to_owned(),
        is_inside: false,
        kinds: Vec::new(),
        cursor: None,
    };
    world.engine.add_webhook(&admin, new).await.unwrap();
}

/// Lets a process have worked for a remote, and have parked what a dossier has to tell.
pub async fn is_parked(world: &World, dossier: DossierId) {
    let province = who(Role::Admin, PROVINCE).province;
    let at = world.engine.now();
    let claim = LeaseClaim {
        province: province.clone(),
        remote: REMOTE.to_owned(),
        holder: "a process of the tests".to_owned(),
        at,
        until: at,
        alone: false,
        begins: true,
    };
    let remote = world.store.lease_remote(&claim).await.unwrap().unwrap();
    let lease = Lease {
        province,
        remote: REMOTE.to_owned(),
        epoch: remote.epoch,
    };
    let posting = Posting {
        at,
        parcels: vec![(dossier, 1, 1)],
        ..Posting::default()
    };
    assert!(world.store.post_parcels(&lease, &posting).await.unwrap());
    let fault = Fault {
        reason: "REFUSED",
        words: String::new(),
        asked: String::new(),
    };
    let settled = Settlement {
        at,
        outcomes: vec![(dossier, ParcelOutcome::Parked(fault))],
        closed_until: None,
        failures: 0,
        told: Vec::new(),
    };
    assert!(world.store.settle_parcels(&lease, &settled).await.unwrap());
}

thread_local! {
    /// For each prepared dossier, the document that was proposed beside it.
    static DOCUMENTS: RefCell<HashMap<DossierId, u64>> = RefCell::default();
}

/// The request id under which the migration was ordered.
const A_JOB: &str = "00000000-0000-4000-b000-000000000001";

const THREE_DAYS_PATH: &str = "procedures/1.004873.toml";

/// A procedure that no other test proposes.
fn a_procedure() -> (String, String) {
    let code = format!("x-thu-{}", &fresh_id()[24..]);
    let text = shipped("procedures/x-phan-anh-hien-truong.toml");
    let text = text.replace("x-phan-anh-hien-truong", &code);
    (format!("procedures/{code}.toml"), text)
}

/// The procedure of the tests, with a second version of the same content.
fn two_versions() -> String {
    let first = shipped(THREE_DAYS_PATH);
    let (head, version) = first.split_once("[[version]]").unwrap();
    let second = version
        .replace("number = 1", "number = 2")
        .replace("from = 2025-07-01", "from = 2030-01-01");
    format!("{head}[[version]]{version}\n[[version]]{second}")
}

/// The role in which a test calls a method if any permitted role will do.
pub fn caller_of(method: &str) -> Role {
    match method {
        "ProposeDocument"
        | "ApproveDocument"
        | "RejectDocument"
        | "GetDocument"
        | "ListDocuments"
        | "ListCalendarChanges"
        | "ListProcedureBreaks"
        | "MigrateDossiers"
        | "GetJob"
        | "ListJobs" => Role::Province,
        "RecordMirroredStatus" => Role::Portal,
        "GetPortalStatus"
        | "ListParcels"
        | "GetExchangeSheet"
        | "ListExchangeSheets"
        | "ListReadings"
        | "ListDueDifferences"
        | "RetryParcels"
        | "ReconcileRemote"
        | "AddWebhook"
        | "ListWebhooks"
        | "RotateWebhookSecret"
        | "RemoveWebhook"
        | "ReplayWebhook" => Role::Admin,
        "ListUsers" | "CreateUser" | "UpdateUser" | "ResetPassword" | "DisableUser"
        | "ListTokens" | "IssueToken" | "RotateToken" | "RevokeToken" | "ListAccessEvents" => {
            Role::Admin
        }
        _ => Role::Chairman,
    }
}

/// Whether a method changes a dossier that exists.
pub fn changes_a_dossier(method: &MethodDescriptor) -> bool {
    method.input().get_field_by_name("etag").is_some()
}

/// The number after the one of a dossier.
/// The day of the unit's numbers.
fn day_of(ready: &View) -> String {
    local_day(ready.dossier.last).to_string()
}

fn next_number(ready: &View) -> u32 {
    let code = ready.dossier.code.as_ref().unwrap().as_str();
    let (_, serial) = code.rsplit_once('-').unwrap();
    serial.parse::<u32>().unwrap() + 1
}

async fn received(world: &World, procedure: &str, units: Units<'_>) -> View {
    let clerk = who(Role::Receptionist, units.receiving);
    let mut content = contents(procedure);
    content.resolving = Some(unit(units.resolving));
    content.returning = Some(unit(units.returning));
    let reception = Reception {
        receiving: unit(units.receiving),
        channel: Channel::Desk,
        content,
    };
    let code = procedure_code(procedure);
    world
        .engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .unwrap()
}

async fn submitted(world: &World, units: Units<'_>) -> View {
    submitted_as(world, THREE_DAYS, units).await
}

async fn submitted_as(world: &World, procedure: &str, units: Units<'_>) -> View {
    let clerk = who(Role::Receptionist, units.receiving);
    let mut content = contents(procedure);
    content.resolving = Some(unit(units.resolving));
    content.returning = Some(unit(units.returning));
    let submission = Submission {
        receiving: unit(units.receiving),
        portal_code: AnyCode::parse(&fresh_code()).unwrap(),
        submitted: None,
        channel: Channel::Online,
        content,
    };
    let code = procedure_code(procedure);
    world
        .engine
        .submit(&clerk, world.identity(), &code, submission)
        .await
        .unwrap()
}

/// Proposes a correction as somebody other than the later caller.
pub async fn proposed(world: &World, view: &View) -> View {
    let command = Command::Correct(Correct {
        corrected: Corrected::Channel(Channel::Post),
        reason: Words::new("nhập nhầm"),
    });
    let mut clerk = who(Role::Officer, view.dossier.resolving.as_str());
    clerk.actor = ActorId::parse("nv-ghi-nham").unwrap();
    let name = DossierName::Id(view.dossier.id);
    let etag = view.dossier.etag();
    let proposed = world
        .engine
        .command(&clerk, world.identity(), &name, &etag, command);
    proposed.await.unwrap()
}
async fn mirrored(world: &World, units: Units<'_>) -> View {
    submitted_as(world, MIRRORED, units).await
}

/// A message of another system about a dossier, as of now.
pub fn claim(world: &World, status: Status) -> Claim {
    Claim {
        system: SystemName::parse(AUTHORITY).unwrap(),
        reference: Reference::parse("BCA-2026/0001").unwrap(),
        status,
        at: world.engine.now(),
        due: None,
    }
}

async fn processing(world: &World, units: Units<'_>) -> View {
    let received = received(world, THREE_DAYS, units).await;
    world.advance(&received, Role::Chairman).await
}

/// A portal's code that no dossier has yet.
pub fn fresh_code() -> String {
    let id = fresh_id();
    let number = u64::from_str_radix(&id[24..], 16).unwrap();
    format!("G22.99.08-260803-{number:06}")
}

/// Requests that succeed for a unit, on a dossier that is ready for the method.
///
/// A method that is missing here has no test of access. Add it.
pub fn ways(method: &str, unit: &str, ready: &View) -> Vec<Way> {
    let name = DossierName::Id(ready.dossier.id).to_string();
    let one = |mut more: Value| {
        more["name"] = json!(name);
        more["etag"] = json!(ready.dossier.etag());
        more["request_id"] = json!(fresh_id());
        vec![Way::Named(more)]
    };
    let why = "Lý do thử";
    match method {
        "SubmitDossier" => {
            let mut online = reception(unit);
            online["portal_code"] = json!(fresh_code());
            vec![Way::Named(online)]
        }
        "ReceiveDossier" => {
            let mut both = one(json!({}));
            both.push(Way::Named(reception(unit)));
            both
        }
        "RefuseDossier" | "WithdrawDossier" => one(json!({ "reason": why })),
        "RequestSupplement" => one(json!({ "reason": why, "items": [{ "note": "bản gốc" }] })),
        "RecordSupplement" | "ResolveDossier" | "ReturnResult" => one(json!({})),
        "AdvanceDossier" => one(json!({ "step": next_step(ready) })),
        "AssignDossier" => one(json!({ "assignee": "nv-an" })),
        "TransferDossier" => one(json!({ "resolving_unit": ELSEWHERE, "reason": why })),
        "HandOverDossier" => {
            let holder = ready.dossier.custody.holder.as_ref();
            let giver = holder.map_or("nv-an", |holder| holder.party.actor.as_str());
            one(json!({ "giver": giver, "receiver": "nv-binh", "on_paper": true }))
        }
        "RequestPayment" => one(json!({ "amount_vnd": 8_000, "reason": "lệ phí" })),
        "RecordPayment" => one(json!({ "amount_vnd": 8_000 })),
        "RefundPayment" => one(json!({ "amount_vnd": 8_000, "reason": why })),
        "RateDossier" => one(json!({ "score": 4, "method": "RATING_METHOD_DEVICE" })),
        "SubmitRating" => vec![Way::Named(json!({
            "code": ready.dossier.label(), "pin": pin_of(ready.dossier.id), "score": 4,
            "request_id": fresh_id(),
        }))],
        "RecordMirroredStatus" => one(json!({
            "system": AUTHORITY, "reference": "BCA-2026/0002", "state": "STATE_RECEIVED",
            "status_time": rfc3339(ready.dossier.last),
        })),
        "SettleConflict" => one(json!({ "conflict": 1, "reason": why })),
        "PermitSupplement" => one(json!({ "reason": why })),
        "ArriveDossier" => one(json!({})),
        "RemindDossier" => one(json!({ "words": "đề nghị xử lý trong ngày" })),
        "ExtendDossier" => {
            let apology = json!({ "reason": why, "due_time": "2026-08-20T10:00:00Z" });
            one(json!({ "apology": apology }))
        }
        "StopDossier" => one(json!({ "reason": why, "legal_basis": "Điều 19" })),
        "OpenLeg" => one(json!({ "unit": OTHER_WARD, "task": "cấp thẻ", "limit": "2wd" })),
        "OpenConsultation" => {
            one(json!({ "unit": OTHER_WARD, "question": "có cư trú không", "limit": "2wd" }))
        }
        "CloseLeg" => one(json!({ "number": 1, "result": "đã cấp" })),
        "CloseConsultation" => one(json!({ "number": 1, "answer": "có" })),
        "CorrectDossier" => one(json!({ "reason": why, "channel": "CHANNEL_POST" })),
        "DecideCorrection" => one(json!({ "number": 1, "verdict": "VERDICT_APPROVE" })),
        "GetDossier"
        | "ListDossierEvents"
        | "GetDossierTimes"
        | "GetDossierExchange"
        | "ListNoticeAgreements" => {
            vec![Way::Named(json!({ "name": name }))]
        }
        "ListDossiers" | "ListWorklist" => {
            vec![Way::Named(json!({ "unit": unit })), Way::Unnamed(json!({}))]
        }
        "ListFlags" => vec![
            Way::Named(json!({ "unit": unit })),
            Way::Unnamed(json!({ "limit": 200 })),
        ],
        "GetWorklistCounts" | "WatchWorklist" | "GetOutlook" | "WatchFlags" | "GetFlagRecord" => {
            vec![Way::Named(json!({ "unit": unit }))]
        }
        "SearchDossiers" => {
            let code = ready.dossier.code.as_ref().unwrap();
            vec![Way::Unnamed(json!({ "query": code.as_str() }))]
        }
        "ListEvents" => vec![Way::Unnamed(json!({ "limit": 200 }))],
        "WatchEvents" => vec![Way::Unnamed(json!({}))],
        "GetRates" | "GetRatings" | "GetIi06a" | "GetI766" | "GetPerformance" => {
            vec![Way::Named(
                json!({ "unit": unit, "from": "2026-08-01", "to": "2026-08-31" }),
            )]
        }
        "GetSeries" => {
            vec![Way::Named(json!({
                "unit": unit, "from": "2026-08-01", "to": "2026-08-31", "grain": "GRAIN_MONTH",
            }))]
        }
        "ListReportDossiers" => {
            vec![Way::Named(json!({
                "unit": unit, "from": "2026-08-01", "to": "2026-08-31", "number": "total",
            }))]
        }
        "ListUnits" | "ListProcedures" => vec![Way::Named(json!({ "page_size": 1 }))],
        "GetUnit" => vec![Way::Named(json!({ "name": unit }))],
        "GetProcedure" => vec![Way::Named(json!({ "name": THREE_DAYS }))],
        "GetCalendar" => {
            vec![Way::Named(
                json!({ "unit": unit, "from": "2026-08-03", "to": "2026-08-04" }),
            )]
        }
        "GetReceipt" => vec![Way::Named(
            json!({ "name": name, "request_id": fresh_id() }),
        )],
        "SetNoticeAgreement" => vec![Way::Named(json!({
            "name": name, "request_id": fresh_id(), "channel": "NOTICE_CHANNEL_SMS",
            "address": "0912 345 678",
        }))],
        "PrintForm" => vec![Way::Named(
            json!({ "name": name, "request_id": fresh_id(), "kind": "FORM_KIND_CONTROL" }),
        )],
        "PrintList" => vec![Way::Named(json!({
            "unit": unit, "kind": "LIST_KIND_REGISTER", "day": day_of(ready),
        }))],
        "ReserveNumbers" => vec![Way::Named(json!({
            "unit": unit, "day": day_of(ready), "count": 2,
            "request_id": fresh_id(),
        }))],
        "VoidNumbers" => vec![Way::Named(json!({
            "unit": unit, "day": day_of(ready),
            "numbers": [next_number(ready)],
            "reason": "REASON_UNUSED", "request_id": fresh_id(),
        }))],
        "ListNumberBlocks" => {
            vec![Way::Named(json!({ "unit": unit, "day": day_of(ready) }))]
        }
        "ImportReceptions" => {
            let mut one = reception(unit);
            one.as_object_mut().unwrap().remove("receiving_unit");
            one["number"] = json!(next_number(ready));
            one["receive_time"] = json!(format!("{}T08:00:00+07:00", day_of(ready)));
            vec![Way::Named(
                json!({ "unit": unit, "day": day_of(ready), "requests": [one] }),
            )]
        }
        "MergeUnits" => vec![Way::Named(json!({
            "day": "2025-07-01", "reason": why, "validate_only": true,
            "table": "old_commune_code,new_commune_code,share,is_default\n02206,02215,whole,1\n",
        }))],
        "PreviewDue" => vec![Way::Named(json!({ "unit": unit, "limit": "3wd" }))],
        "ProposeDocument" => {
            let (path, text) = a_procedure();
            vec![Way::Named(
                json!({ "request_id": fresh_id(), "path": path, "text": text, "reason": why }),
            )]
        }
        "ApproveDocument" | "RejectDocument" => {
            vec![Way::Named(
                json!({ "request_id": fresh_id(), "name": document_of(ready) }),
            )]
        }
        "GetDocument" => vec![Way::Named(json!({ "name": document_of(ready) }))],
        "ListDocuments" | "ListJobs" | "GetPortalStatus" => vec![Way::Named(json!({}))],
        "ListParcels" | "ListExchangeSheets" => vec![Way::Named(json!({ "remote": REMOTE }))],
        "GetExchangeSheet" => vec![Way::Named(
            json!({ "remote": REMOTE, "from": "2026-08-01", "to": "2026-08-31" }),
        )],
        "ListReadings" | "ListDueDifferences" => vec![Way::Named(json!({}))],
        "ListUsers" | "ListTokens" | "ListAccessEvents" => vec![Way::Named(json!({}))],
        "CreateUser" => {
            let id = fresh_id();
            vec![Way::Named(json!({
                "request_id": id, "name": format!("moi.{}", &id[24..]), "full_name": "Trần Thị Mới",
                "roles": ["receptionist"], "units": [unit],
            }))]
        }
        "UpdateUser" => vec![Way::Named(json!({
            "request_id": fresh_id(), "user": USER, "full_name": "Nguyễn Văn Bình",
            "roles": ["receptionist", "officer"], "units": [WARD, OTHER_WARD],
        }))],
        "ResetPassword" | "IssueToken" => {
            vec![Way::Named(
                json!({ "request_id": fresh_id(), "user": USER }),
            )]
        }
        "DisableUser" => {
            vec![Way::Named(
                json!({ "request_id": fresh_id(), "user": LEAVER }),
            )]
        }
        "RotateToken" | "RevokeToken" => {
            vec![Way::Named(
                json!({ "request_id": fresh_id(), "token_id": TOKEN }),
            )]
        }
        "RetryParcels" | "ReconcileRemote" => {
            vec![Way::Named(
                json!({ "remote": REMOTE, "request_id": fresh_id() }),
            )]
        }
        "ListWebhooks" => vec![Way::Named(json!({}))],
        "AddWebhook" => vec![Way::Named(json!({
            "name": &fresh_id()[9..],
            "address": "https://example.org/motcua",
            "request_id": fresh_id(),
        }))],
        "RotateWebhookSecret" | "RemoveWebhook" | "ReplayWebhook" => {
            vec![Way::Named(
                json!({ "name": webhook_of(method), "request_id": fresh_id() }),
            )]
        }
        "ListCalendarChanges" => {
            vec![Way::Named(json!({ "off_days": ["2026-08-06"] }))]
        }
        "ListProcedureBreaks" => {
            vec![Way::Named(
                json!({ "version": format!("procedures/{THREE_DAYS}/versions/1") }),
            )]
        }
        "MigrateDossiers" => vec![Way::Named(json!({
            "request_id": fresh_id(), "procedure": THREE_DAYS, "from_version": 1,
            "to_version": 2, "steps": [{ "old_step": "appraise", "new_step": "sign" }],
        }))],
        "GetJob" => {
            vec![Way::Named(
                json!({ "name": format!("jobs/migration-lan-{A_JOB}") }),
            )]
        }
        other => panic!("add a request that calls {other}"),
    }
}

fn document_of(ready: &View) -> String {
    let number = DOCUMENTS.with_borrow(|all| all[&ready.dossier.id]);
    format!("documents/{number}")
}

/// The PIN on the receipt of a dossier.
pub fn pin_of(dossier: DossierId) -> String {
    Keys::new(SECRET).pin(dossier)
}

/// The step after the present one; the first step if there is none.
fn next_step(ready: &View) -> &str {
    ready
        .next_steps
        .first()
        .map_or("appraise", |step| step.as_str())
}

/// A reception at a desk.
pub fn reception(unit: &str) -> Value {
    let components = contents(THREE_DAYS).components;
    json!({
        "request_id": fresh_id(),
        "procedure": THREE_DAYS,
        "receiving_unit": unit,
        "applicant": { "name": "Nguyễn Văn Mẫu" },
        "components": components.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// Writes a flag of a dossier to the flag log.
async fn flagged(world: &World, view: &View) {
    let dossier = &view.dossier;
    let flag = Flag {
        province: dossier.province.clone(),
        dossier: dossier.id,
        ordinal: 1,
        unit: dossier.resolving.clone(),
        at: world.engine.now(),
        before: Level::OnTrack,
        level: Level::Watch,
        late: 0.5,
        reasons: Vec::new(),
        model: None,
    };
    assert_eq!(world.store.raise(&[flag]).await.unwrap(), 1);
}

/// Every write for a ward: method and a request that succeeds.
pub async fn every_write(world: &World) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for method in methods().into_iter().filter(|method| writes(method.name())) {
        let ready = ready_for(world, method.name(), Units::only(WARD)).await;
        for way in ways(method.name(), WARD, &ready) {
            let (Way::Named(body) | Way::Unnamed(body)) = way;
            all.push((method.name().to_owned(), body));
        }
    }
    all
}

/// Whether a method changes something.
pub fn writes(method: &str) -> bool {
    let found = crate::calling::methods()
        .into_iter()
        .find(|found| found.name() == method);
    found
        .unwrap()
        .input()
        .get_field_by_name("request_id")
        .is_some()
}

/// The identifier of the province is a unit too, and stands for all units of the province.
#[test]
fn the_province_is_a_unit_of_the_catalogue() {
    assert_eq!(who(Role::Province, PROVINCE).province.as_str(), "08");
}
