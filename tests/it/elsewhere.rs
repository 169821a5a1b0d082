//! Parts of other units, a leg and a consultation, from the wire to both units' worklists.

use app::ports::{Scope, WorklistPage};
use domain::dossier::Interest;
use domain::role::Role;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, unit, who};

/// A ward that has no part in the dossier.
const STRANGER: &str = "H60.00694";

/// People of several units on one wire.
struct Desks {
    world: World,
    json: Json,
}

impl Desks {
    async fn on(backend: Backend) -> Self {
        let world = World::on(backend, "2026-08-03 10:00").await;
        let json = Json::over(&world);
        Self { world, json }
    }

    async fn asks(&self, role: Role, unit: &str, method: &str, body: Value) -> Value {
        let token = self.world.token(role, unit).await;
        self.json.call(&token, method, &body).await.good()
    }

    /// Calls a method on a dossier in its present version.
    async fn acts(&self, role: Role, unit: &str, method: &str, on: &Value, more: Value) -> Value {
        self.asks(role, unit, method, addressed(on, more)).await
    }

    async fn denied(&self, role: Role, unit: &str, method: &str, body: Value) -> String {
        let token = self.world.token(role, unit).await;
        let answer = self.json.call(&token, method, &body).await;
        answer.refused().2.to_owned()
    }

    /// The dossiers on a unit's worklist, in order.
    async fn worklist(&self, unit: &str) -> Vec<String> {
        let listed = self.asks(Role::Officer, unit, "ListWorklist", json!({}));
        let listed = listed.await;
        let dossiers = listed["dossiers"].as_array().unwrap();
        let name = |dossier: &Value| dossier["name"].as_str().unwrap().to_owned();
        dossiers.iter().map(name).collect()
    }

    async fn counts(&self, unit: &str) -> Value {
        let counts = self.asks(Role::Officer, unit, "GetWorklistCounts", json!({}));
        counts.await
    }

    async fn read(&self, unit: &str, dossier: &Value) -> Value {
        let body = json!({ "name": dossier["name"] });
        self.asks(Role::Officer, unit, "GetDossier", body).await
    }
}

fn addressed(on: &Value, more: Value) -> Value {
    let mut body = more;
    body["name"] = on["name"].clone();
    body["etag"] = on["etag"].clone();
    body["request_id"] = json!(fresh_id());
    body
}

async fn received(desks: &Desks) -> Value {
    let view = desks.world.receive(WARD, THREE_DAYS).await;
    desks
        .read(WARD, &json!({ "name": view.dossier.label() }))
        .await
}

fn a_leg(limit: &str) -> Value {
    json!({ "unit": OTHER_WARD, "task": "cấp thẻ bảo hiểm y tế", "limit": limit })
}

fn a_question(limit: &str) -> Value {
    json!({ "unit": OTHER_WARD, "question": "có thường trú không", "limit": limit })
}

on_every_database!(the_unit_of_a_leg_sees_reads_and_closes_it_and_nothing_else);

async fn the_unit_of_a_leg_sees_reads_and_closes_it_and_nothing_else(on: Backend) {
    let desks = Desks::on(on).await;
    let dossier = received(&desks).await;
    assert!(desks.worklist(OTHER_WARD).await.is_empty());
    let body = json!({ "name": dossier["name"] });
    let told = desks
        .denied(Role::Officer, OTHER_WARD, "GetDossier", body)
        .await;
    assert_eq!(told, "NOT_FOUND");

    let sent = desks
        .acts(Role::Officer, WARD, "OpenLeg", &dossier, a_leg("1wd"))
        .await;
    let leg = &sent["legs"][0];
    assert_eq!(leg["unit"], format!("units/{OTHER_WARD}"));
    assert_eq!((&leg["number"], &leg["limit"]), (&json!(1), &json!("1wd")));
    assert_eq!(
        leg["due_time"], "2026-08-04T10:00:00Z",
        "17:00 of the next day here"
    );
    let own = json!({ "unit": WARD, "task": "chủ trì", "limit": "2wd", "lead": true });
    let sent = desks.acts(Role::Officer, WARD, "OpenLeg", &sent, own).await;

    assert_eq!(
        desks.worklist(OTHER_WARD).await,
        [sent["name"].as_str().unwrap()]
    );
    let seen = desks.read(OTHER_WARD, &sent).await;
    assert_eq!(seen["applicant"]["name"], "Nguyễn Văn Mẫu");
    assert_eq!(seen["allowed_actions"], json!(["CloseLeg"]));
    for (method, more) in [
        ("OpenLeg", a_leg("1wd")),
        ("ResolveDossier", json!({})),
        ("CloseLeg", json!({ "number": 2 })),
    ] {
        let told = desks.denied(Role::Officer, OTHER_WARD, method, addressed(&seen, more));
        assert_eq!(told.await, "UNIT_DENIED", "{method}");
    }
    let strange = addressed(&seen, json!({ "number": 1 }));
    let told = desks
        .denied(Role::Officer, STRANGER, "CloseLeg", strange)
        .await;
    assert_eq!(told, "NOT_FOUND");

    let done = json!({ "number": 1, "result": "đã cấp thẻ" });
    let closed = desks
        .acts(Role::Officer, OTHER_WARD, "CloseLeg", &seen, done)
        .await;
    assert_eq!(closed["legs"][0]["open"], false);
    assert_eq!(closed["legs"][0]["close_time"], "2026-08-03T03:00:00Z");
    assert_eq!(closed["allowed_actions"], json!([]), "that was all");
    assert!(
        desks.worklist(OTHER_WARD).await.is_empty(),
        "and it has nothing to do any more"
    );
    let history = desks
        .asks(
            Role::Officer,
            OTHER_WARD,
            "ListDossierEvents",
            json!({ "name": seen["name"] }),
        )
        .await;
    let last = history["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["kind"], "leg_closed");
    assert_eq!(last["unit"], format!("units/{OTHER_WARD}"));
    assert_eq!(last["texts"]["result"], "đã cấp thẻ");
}

on_every_database!(a_linked_dossier_is_with_its_agencies_from_reception_on_also_when_repeated);

async fn a_linked_dossier_is_with_its_agencies_from_reception_on_also_when_repeated(on: Backend) {
    let desks = Desks::on(on).await;
    desks.world.set("2026-09-07 10:00");
    let body = json!({
        "request_id": fresh_id(),
        "receiving_unit": OTHER_WARD,
        "resolving_unit": WARD,
        "procedure": "3.000722",
        "channel": "CHANNEL_DESK",
        "applicant": { "name": "Nguyễn Văn Mẫu" },
        "components": ["to-khai-dien-tu", "giay-chung-sinh"],
    });
    let first = desks.asks(
        Role::Receptionist,
        OTHER_WARD,
        "ReceiveDossier",
        body.clone(),
    );
    let first = first.await;
    let told = |dossier: &Value| {
        let legs = dossier["legs"].as_array().unwrap().iter();
        let told = legs.map(|leg| {
            let of = |name: &str| leg[name].as_str().unwrap().to_owned();
            [of("leg_id"), of("agency"), of("unit"), of("due_time")].join(", ")
        });
        told.collect::<Vec<_>>()
    };
    let unit = format!("units/{WARD}");
    let expected = [
        format!("birth, , {unit}, 2026-09-10T10:00:00Z"),
        format!("residence, Công an cấp xã, {unit}, 2026-09-09T10:00:00Z"),
        format!("insurance, Bảo hiểm xã hội, {unit}, 2026-09-10T10:00:00Z"),
    ];
    assert_eq!(told(&first), expected);
    assert_eq!(first["legs"][0]["lead"], true);
    assert_eq!(first["legs"][1]["display_name"], "Đăng ký thường trú");
    assert_eq!(first["procedure_version"], 3);
    assert!(!first["code"].as_str().unwrap().is_empty());

    let seen = desks.read(WARD, &first).await;
    let closed = desks.acts(
        Role::Officer,
        WARD,
        "CloseLeg",
        &seen,
        json!({ "number": 2 }),
    );
    assert_eq!(closed.await["legs"][1]["open"], false);
    let again = desks.asks(Role::Receptionist, OTHER_WARD, "ReceiveDossier", body);
    let again = again.await;
    for same in ["name", "code", "etag", "legs", "receipt"] {
        assert_eq!(again[same], first[same], "{same}: as it was answered first");
    }

    let body = json!({ "name": first["name"] });
    let history = desks
        .asks(Role::Officer, WARD, "ListDossierEvents", body)
        .await;
    let events = history["events"].as_array().unwrap();
    let kinds: Vec<_> = events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "received",
            "leg_opened",
            "leg_opened",
            "leg_opened",
            "leg_closed"
        ]
    );
    assert_eq!(events[2]["details"]["leg_id"], "residence");
    assert_eq!(events[2]["details"]["agency"], "Công an cấp xã");
    assert_eq!(events[2]["texts"]["task"], "Đăng ký thường trú");
}

on_every_database!(a_worklist_is_in_the_order_of_what_each_unit_has_to_meet);

async fn a_worklist_is_in_the_order_of_what_each_unit_has_to_meet(on: Backend) {
    let desks = Desks::on(on).await;
    let mut received_in_order = Vec::new();
    for (day, limit) in [(3, "5wd"), (4, "1wd"), (5, "2wd"), (6, "1wd")] {
        desks.world.set(&format!("2026-08-{day:02} 10:00"));
        let dossier = received(&desks).await;
        desks
            .acts(Role::Officer, WARD, "OpenLeg", &dossier, a_leg(limit))
            .await;
        received_in_order.push(dossier["name"].as_str().unwrap().to_owned());
    }
    assert_eq!(desks.worklist(WARD).await, received_in_order);
    // Due on Monday the 10th, on Wednesday the 5th, and two on Friday the 7th.
    let names = [1, 2, 3, 0].map(|at: usize| received_in_order[at].clone());
    assert_eq!(desks.worklist(OTHER_WARD).await, names);

    let mut paged = Vec::new();
    let mut token = String::new();
    loop {
        let body = json!({ "page_size": 1, "page_token": token });
        let page = desks
            .asks(Role::Officer, OTHER_WARD, "ListWorklist", body)
            .await;
        for dossier in page["dossiers"].as_array().unwrap() {
            paged.push(dossier["name"].as_str().unwrap().to_owned());
        }
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, names, "page by page as in one");
}

on_both!(a_late_answer_shows_on_the_dossier_and_in_the_counts_of_both_units);

async fn a_late_answer_shows_on_the_dossier_and_in_the_counts_of_both_units(on: Backend) {
    let desks = Desks::on(on).await;
    let dossier = received(&desks).await;
    let asked = desks
        .acts(
            Role::Officer,
            WARD,
            "OpenConsultation",
            &dossier,
            a_question("1wd"),
        )
        .await;
    desks
        .acts(Role::Officer, WARD, "OpenLeg", &asked, a_leg("2wd"))
        .await;
    desks.world.set("2026-08-04 16:00");
    let counts = desks.counts(OTHER_WARD).await;
    for (what, count) in [
        ("open", 1),
        ("due_today", 1),
        ("near_due", 1),
        ("overdue", 0),
    ] {
        assert_eq!(counts[what], count, "{what}: {counts}");
    }
    assert_eq!(counts["unassigned"], 0, "that is for the ward to do");

    desks.world.set("2026-08-04 17:01");
    for (unit, overdue) in [(WARD, 0), (OTHER_WARD, 1)] {
        let counts = desks.counts(unit).await;
        assert_eq!(counts["late_consultations"], 1, "{unit}");
        assert_eq!(counts["late_legs"], 0, "{unit}");
        assert_eq!(
            counts["overdue"], overdue,
            "{unit}: by what it has to meet itself"
        );
        let seen = desks.read(unit, &dossier).await;
        assert_eq!(seen["consultations"][0]["late"], true, "{unit}");
        assert_eq!(seen["late_units"], json!([format!("units/{OTHER_WARD}")]));
        assert_eq!(seen["overdue"], false, "the citizen's time is another");
    }
    let seen = desks.read(OTHER_WARD, &dossier).await;
    let answer = json!({ "number": 1, "answer": "có" });
    let answered = desks
        .acts(Role::Leader, OTHER_WARD, "CloseConsultation", &seen, answer)
        .await;
    assert_eq!(answered["consultations"][0]["open"], false);
    assert_eq!(answered["consultations"][0]["late"], true, "late it was");
    assert_eq!(desks.counts(WARD).await["late_consultations"], 0);
    assert_eq!(desks.counts(OTHER_WARD).await["open"], 1, "the leg is left");

    desks.world.set("2026-08-05 17:01");
    assert_eq!(desks.counts(WARD).await["late_legs"], 1);
    assert_eq!(desks.counts(OTHER_WARD).await["late_legs"], 1);
}

on_both!(a_unit_of_another_province_or_the_province_itself_gets_no_part);

async fn a_unit_of_another_province_or_the_province_itself_gets_no_part(on: Backend) {
    let desks = Desks::on(on).await;
    let dossier = received(&desks).await;
    for unit in ["00004", PROVINCE] {
        for (method, mut body) in [
            ("OpenLeg", a_leg("1wd")),
            ("OpenConsultation", a_question("1wd")),
        ] {
            body["unit"] = json!(unit);
            let token = desks.world.token(Role::Officer, WARD).await;
            let answer = desks
                .json
                .call(&token, method, &addressed(&dossier, body))
                .await;
            assert_eq!(answer.refused().2, "INVALID_FIELDS", "{method} {unit}");
            let expected = "must be a commune or centre of the caller's province";
            assert_eq!(answer.wrong(), [("unit", expected)]);
        }
    }
}

on_every_database!(the_rows_of_the_worklists_say_what_each_unit_is_and_has_to_meet);

async fn the_rows_of_the_worklists_say_what_each_unit_is_and_has_to_meet(on: Backend) {
    let desks = Desks::on(on).await;
    let dossier = received(&desks).await;
    let asked = desks
        .acts(
            Role::Officer,
            WARD,
            "OpenConsultation",
            &dossier,
            a_question("2wd"),
        )
        .await;
    let sent = desks
        .acts(Role::Officer, WARD, "OpenLeg", &asked, a_leg("1wd"))
        .await;
    let province = who(Role::Officer, OTHER_WARD).province;
    let scope = Scope::Units(province, vec![unit(OTHER_WARD)]);
    let seen = || async {
        let page = WorklistPage::all(scope.clone(), None, 10);
        let read = app::ports::Store::read(desks.world.store.as_ref())
            .await
            .unwrap();
        let found = read.worklist(&page).await.unwrap();
        found.into_iter().next()
    };
    let both = seen().await.unwrap();
    let interest = Interest::of(&both).pop().unwrap();
    assert_eq!(interest.unit, unit(OTHER_WARD));
    assert_eq!(interest.roles, Interest::LEG | Interest::CONSULTED);
    assert_eq!(
        interest.due,
        Some(both.legs[0].due),
        "the earlier of the two"
    );

    let closed = desks
        .acts(
            Role::Officer,
            WARD,
            "CloseLeg",
            &sent,
            json!({ "number": 1 }),
        )
        .await;
    assert_eq!(
        closed["legs"][0]["open"], false,
        "the deciding unit may write it down"
    );
    let left = seen().await.unwrap();
    let interest = Interest::of(&left).pop().unwrap();
    assert_eq!(
        interest.due,
        Some(left.consultations[0].due),
        "what is done counts no more"
    );

    let stop = json!({ "reason": "trùng", "legal_basis": "Điều 19" });
    desks
        .acts(Role::Leader, WARD, "StopDossier", &closed, stop)
        .await;
    assert!(seen().await.is_none(), "what is left ends with the dossier");
}

on_both!(the_times_of_a_dossier_say_who_was_to_move);

async fn the_times_of_a_dossier_say_who_was_to_move(on: Backend) {
    let desks = Desks::on(on).await;
    let dossier = received(&desks).await;
    let sent = desks
        .acts(Role::Officer, WARD, "OpenLeg", &dossier, a_leg("1wd"))
        .await;
    desks.world.set("2026-08-03 14:00");
    let done = json!({ "number": 1 });
    let closed = desks.acts(Role::Officer, WARD, "CloseLeg", &sent, done);
    closed.await;
    desks.world.set("2026-08-03 15:00");
    let body = json!({ "name": dossier["name"] });
    for unit in [WARD, OTHER_WARD] {
        let times = desks.asks(Role::Officer, unit, "GetDossierTimes", body.clone());
        let times = times.await;
        assert_eq!(
            times["spans"],
            json!([
                {
                    "part": "PART_DESK", "unit": format!("units/{WARD}"), "step": "", "number": 0,
                    "start_time": "2026-08-03T03:00:00Z", "end_time": null, "working_time": "10800s",
                },
                {
                    "part": "PART_LEG", "unit": format!("units/{OTHER_WARD}"), "step": "",
                    "number": 1, "start_time": "2026-08-03T03:00:00Z",
                    "end_time": "2026-08-03T07:00:00Z", "working_time": "7200s",
                },
            ])
        );
        assert_eq!(times["as_of_time"], "2026-08-03T08:00:00Z");
        assert_eq!(times["units"][1]["leg_time"], "7200s");
        assert_eq!(
            times["processing"],
            json!({ "own_time": "3600s", "citizen_time": "0s", "others_time": "7200s" })
        );
        assert_eq!(times["waited"], json!({ "working_days": 0 }));
    }
    let told = desks.denied(Role::Officer, STRANGER, "GetDossierTimes", body);
    assert_eq!(told.await, "NOT_FOUND");
}
