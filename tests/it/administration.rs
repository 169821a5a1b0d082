//! Who may do what, changed over the wire: users with several roles, their tokens, and the log that says who
//! changed it.

use app::ports::{Store, WriteTokens};
use domain::role::Role;
use domain::time::rfc3339;
use serde_json::{Value, json};

use crate::access::ways::reception;
use crate::backend::Backend;
use crate::calling::{Answer, Json, fresh_id};
use crate::world::{OTHER_WARD, PROVINCE, WARD, World};

/// An administrator of the province at work.
struct Admin {
    world: World,
    json: Json,
    token: String,
}

impl Admin {
    async fn on(on: Backend) -> Self {
        let world = World::on(on, "2026-08-03 10:00").await;
        Self {
            json: Json::over(&world),
            token: world.token(Role::Admin, PROVINCE).await,
            world,
        }
    }

    async fn ask(&self, method: &str, mut body: Value) -> Answer {
        if !method.starts_with("List") && body["request_id"].is_null() {
            body["request_id"] = json!(fresh_id());
        }
        self.json.call(&self.token, method, &body).await
    }

    /// Adds somebody and gives them a token.
    async fn add(&self, name: &str, roles: &[&str], units: &[&str]) -> String {
        let terms = json!({
            "name": name, "full_name": "Lê Thị Trang", "roles": roles, "units": units,
        });
        self.ask("CreateUser", terms).await.good();
        let made = self.ask("IssueToken", json!({ "user": name })).await.good();
        made["secret"].as_str().unwrap().to_owned()
    }

    /// The log in short, the oldest first.
    async fn log(&self) -> Vec<String> {
        let log = self.ask("ListAccessEvents", json!({})).await.good();
        let events = log["events"].as_array().unwrap().iter().rev();
        events
            .map(|event| {
                let word = |field: &str| event[field].as_str().unwrap().to_owned();
                format!("{} {} {}", word("kind"), word("user"), word("detail"))
            })
            .collect()
    }
}

on_every_database!(one_person_receives_processes_and_signs_with_one_token);

/// A small commune: the same person does what three do elsewhere, and the history says in which part.
async fn one_person_receives_processes_and_signs_with_one_token(on: Backend) {
    let admin = Admin::on(on).await;
    let token = admin
        .add("trang.lt", &["receptionist", "officer", "leader"], &[WARD])
        .await;
    let desk = async |method: &str, body: Value| admin.json.call(&token, method, &body).await;
    let mut dossier = desk("ReceiveDossier", reception(WARD)).await.good();
    let buttons = dossier["allowed_actions"].as_array().unwrap();
    for of_a_role in ["AdvanceDossier", "AssignDossier", "StopDossier"] {
        assert!(buttons.contains(&json!(of_a_role)), "{buttons:?}");
    }
    assert_eq!(
        dossier["applicant"]["name"].as_str().map(str::is_empty),
        Some(false)
    );
    for (method, more) in [
        ("AdvanceDossier", json!({ "step": "appraise" })),
        ("AdvanceDossier", json!({ "step": "sign" })),
        ("ResolveDossier", json!({})),
        ("ReturnResult", json!({ "channel": "CHANNEL_DESK" })),
    ] {
        let mut body = more;
        body["name"] = dossier["name"].clone();
        body["etag"] = dossier["etag"].clone();
        body["request_id"] = json!(fresh_id());
        dossier = desk(method, body).await.good();
    }
    let name = json!({ "name": dossier["name"] });
    let history = desk("ListDossierEvents", name).await.good();
    let roles: Vec<&str> = (history["events"].as_array().unwrap().iter())
        .map(|event| event["role"].as_str().unwrap())
        .collect();
    let each = [
        "receptionist",
        "receptionist",
        "officer",
        "leader",
        "receptionist",
    ];
    assert_eq!(roles, each, "each step belongs to a role");
    let list = desk("ListWorklist", json!({})).await;
    assert_eq!(list.http, 200, "one of the roles sees it");
    let change = json!({ "user": "trang.lt", "request_id": fresh_id() });
    assert_eq!(desk("DisableUser", change).await.refused().2, "ROLE_DENIED");
}

on_every_database!(every_change_is_in_the_log_and_no_secret_is);

async fn every_change_is_in_the_log_and_no_secret_is(on: Backend) {
    let admin = Admin::on(on).await;
    let terms = json!({
        "name": "Trang.LT", "full_name": "Lê Thị Trang", "position": "Công chức",
        "roles": ["officer"], "units": [WARD],
    });
    let added = admin.ask("CreateUser", terms.clone()).await.good();
    assert_eq!(added["user"]["name"], "trang.lt");
    let mut secrets = vec![added["password"].as_str().unwrap().to_owned()];
    let user = json!({ "user": "trang.lt" });
    let first = admin.ask("IssueToken", user.clone()).await.good();
    let first_id = first["token"]["id"].clone();
    let rotate = json!({ "token_id": first_id, "overlap_minutes": 60 });
    let second = admin.ask("RotateToken", rotate).await.good();
    let reset = admin.ask("ResetPassword", user.clone()).await.good();
    secrets.push(reset["password"].as_str().unwrap().to_owned());
    let second_id = json!({ "token_id": second["token"]["id"] });
    admin.ask("RevokeToken", second_id).await.good();
    admin.ask("DisableUser", user).await.good();
    for made in [&first, &second] {
        secrets.push(made["secret"].as_str().unwrap().to_owned());
    }

    let until = rfc3339(admin.world.engine.now() + chrono::TimeDelta::days(365));
    let soon = rfc3339(admin.world.engine.now() + chrono::TimeDelta::hours(1));
    let id = first_id.as_str().unwrap();
    let granted = format!("roles officer; units {WARD}");
    assert_eq!(
        admin.log().await,
        [
            format!("user_added trang.lt {granted}"),
            format!("token_issued trang.lt {granted}; until {until}"),
            format!(
                "token_rotated trang.lt {granted}; until {until}; replaces {id}, which ends {soon}"
            ),
            "password_set trang.lt ".to_owned(),
            "token_revoked trang.lt ".to_owned(),
            "user_disabled trang.lt ".to_owned(),
        ]
    );
    // An auditor reads it, page by page, and may change nothing.
    let auditor = admin.world.token(Role::Auditor, PROVINCE).await;
    let (mut token, mut kinds) = (json!(""), Vec::new());
    loop {
        let body = json!({ "page_size": 2, "page_token": token, "user": "trang.lt" });
        let page = admin
            .json
            .call(&auditor, "ListAccessEvents", &body)
            .await
            .good();
        let text = page.to_string();
        assert!(
            secrets.iter().all(|secret| !text.contains(secret)),
            "{text}"
        );
        let events = page["events"].as_array().unwrap().iter();
        kinds.extend(events.map(|event| event["kind"].as_str().unwrap().to_owned()));
        token = page["next_page_token"].clone();
        if token == "" {
            break;
        }
    }
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    assert_eq!(kinds[0], "user_disabled", "the newest first");
    let mut by_auditor = terms;
    by_auditor["request_id"] = json!(fresh_id());
    let by = admin.json.call(&auditor, "CreateUser", &by_auditor).await;
    assert_eq!(by.refused().2, "ROLE_DENIED");
}

on_every_database!(a_request_that_comes_twice_changes_once_and_tells_a_secret_once);

async fn a_request_that_comes_twice_changes_once_and_tells_a_secret_once(on: Backend) {
    let admin = Admin::on(on).await;
    admin.add("trang.lt", &["officer"], &[WARD]).await;
    let issue = json!({ "user": "trang.lt", "request_id": fresh_id() });
    let first = admin.ask("IssueToken", issue.clone()).await.good();
    let again = admin.ask("IssueToken", issue.clone()).await.good();
    assert_eq!(first["token"], again["token"]);
    assert_ne!(first["secret"], "");
    assert_eq!(again["secret"], "", "a secret is told once");
    let mut other = issue;
    other["days"] = json!(7);
    let reused = admin.ask("IssueToken", other).await;
    assert_eq!(reused.refused().2, "REQUEST_ID_REUSED");
    let tokens = admin
        .ask("ListTokens", json!({ "user": "trang.lt" }))
        .await
        .good();
    assert_eq!(tokens["tokens"].as_array().unwrap().len(), 2);
    assert_eq!(admin.log().await.len(), 3);
}

on_every_database!(whoever_may_do_less_loses_the_tokens_that_could_do_more);

async fn whoever_may_do_less_loses_the_tokens_that_could_do_more(on: Backend) {
    let admin = Admin::on(on).await;
    let both = admin
        .add(
            "trang.lt",
            &["receptionist", "officer"],
            &[WARD, OTHER_WARD],
        )
        .await;
    let narrow = json!({ "user": "trang.lt", "roles": ["officer"], "units": [WARD] });
    let narrow = admin.ask("IssueToken", narrow).await.good();
    let narrow = narrow["secret"].as_str().unwrap().to_owned();
    let beyond = json!({ "user": "trang.lt", "roles": ["chairman"] });
    let beyond = admin.ask("IssueToken", beyond).await;
    assert_eq!(
        beyond.wrong()[0].0,
        "user",
        "a token can do no more than its user"
    );

    let less = json!({
        "user": "trang.lt", "full_name": "Lê Thị Trang", "roles": ["officer"], "units": [WARD],
    });
    let less = admin.ask("UpdateUser", less).await.good();
    assert_eq!(less["roles"], json!(["officer"]));
    let last = admin.log().await.pop().unwrap();
    assert!(
        last.starts_with("user_changed") && last.contains("revoked"),
        "{last}"
    );
    // Within a second, as every revocation.
    let refused = async |token: &str| loop {
        let answer = admin.json.call(token, "ListDossiers", &json!({})).await;
        if answer.http == 401 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    crate::port::soon("the refusal", refused(&both)).await;
    (admin.json.call(&narrow, "ListDossiers", &json!({})).await).good();
    let user = json!({ "user": "trang.lt" });
    admin.ask("DisableUser", user.clone()).await.good();
    crate::port::soon("the refusal", refused(&narrow)).await;
    let late = admin.ask("IssueToken", user).await;
    assert_eq!(late.wrong()[0].0, "user", "who is shut out gets no token");
}

on_both!(nobody_changes_their_own_access_or_hides_behind_a_shared_name);

async fn nobody_changes_their_own_access_or_hides_behind_a_shared_name(on: Backend) {
    let admin = Admin::on(on).await;
    let hoa = admin.add("hoa.qt", &["admin"], &[PROVINCE]).await;
    for (method, more) in [
        (
            "UpdateUser",
            json!({ "full_name": "Hoa", "roles": ["chairman"], "units": [PROVINCE] }),
        ),
        ("IssueToken", json!({})),
        ("DisableUser", json!({})),
    ] {
        let mut body = more;
        body["user"] = json!("hoa.qt");
        body["request_id"] = json!(fresh_id());
        let own = admin.json.call(&hoa, method, &body).await;
        assert_eq!(
            own.refused(),
            (403, "PERMISSION_DENIED", "OWN_ACCESS"),
            "{method}"
        );
        assert!(own.vietnamese().contains("người quản trị khác"));
    }
    for (name, roles, field) in [
        ("receptionist", ["officer", "leader"], "name"),
        ("officer-H60.02215", ["officer", "leader"], "name"),
        ("hoa.qt", ["officer", "leader"], "name"),
        ("binh.tt", ["auditor", "officer"], "roles"),
        ("binh.tt", ["admin", "chairman"], "roles"),
    ] {
        let terms = json!({
            "name": name, "full_name": "Bình", "roles": roles, "units": [WARD],
        });
        let wrong = admin.ask("CreateUser", terms).await;
        assert_eq!(
            wrong.wrong()[0].0,
            field,
            "{name} {roles:?}: {}",
            wrong.json
        );
    }
    let foreign = json!({
        "name": "binh.tt", "full_name": "Bình", "roles": ["officer"], "units": ["H26"],
    });
    let foreign = admin.ask("CreateUser", foreign).await;
    assert_eq!(foreign.wrong()[0].0, "units[0]", "{}", foreign.json);
}

on_every_database!(the_last_use_of_a_token_is_told);

async fn the_last_use_of_a_token_is_told(on: Backend) {
    let admin = Admin::on(on).await;
    let token = admin.add("trang.lt", &["officer"], &[WARD]).await;
    let used = async || {
        let whose = json!({ "user": "trang.lt" });
        let tokens = admin.ask("ListTokens", whose).await.good();
        tokens["tokens"][0]["use_time"].clone()
    };
    admin.world.engine.note_token_uses().await.unwrap();
    assert_eq!(used().await, Value::Null, "never so far");
    admin.world.pass(chrono::TimeDelta::hours(2));
    (admin.json.call(&token, "ListDossiers", &json!({})).await).good();
    admin.world.engine.note_token_uses().await.unwrap();
    assert_eq!(used().await, "2026-08-03T05:00:00Z");
    // Another process that was asked earlier and writes later does not turn the time back.
    let read = admin.world.store.read().await.unwrap();
    let kept = read.tokens().await.unwrap();
    let kept = kept
        .iter()
        .find(|kept| kept.actor.as_str() == "trang.lt")
        .unwrap();
    let earlier = admin.world.engine.now() - chrono::TimeDelta::hours(1);
    let late = [(kept.hash.clone(), earlier)];
    admin.world.store.note_token_uses(&late).await.unwrap();
    assert_eq!(used().await, "2026-08-03T05:00:00Z");
}

on_servers!(
    two_processes_change_access_at_once_and_the_log_has_both,
    flavor = "multi_thread"
);

async fn two_processes_change_access_at_once_and_the_log_has_both(on: Backend) {
    let admin = Admin::on(on).await;
    let other = crate::several::Process::beside(&admin.world, "2026-08-03 10:00").await;
    let there =
        Json(crate::port::Site::over(&other.engine, &crate::port::Settings::default()).router);
    for turn in 0..15 {
        let add = |name: String| {
            json!({
                "request_id": fresh_id(), "name": name, "full_name": "Trần Văn Thử",
                "roles": ["officer"], "units": [WARD], "tokens_only": true,
            })
        };
        let (one, two) = (add(format!("an.{turn}")), add(format!("binh.{turn}")));
        let (one, two) = futures::future::join(
            admin.json.call(&admin.token, "CreateUser", &one),
            there.call(&admin.token, "CreateUser", &two),
        )
        .await;
        one.good();
        two.good();
    }
    assert_eq!(admin.log().await.len(), 30);
}
