//! A morning of a ward: the order of its dossiers, and that each number on the screen leads to
//! exactly the dossiers that it counts.

use std::collections::BTreeMap;

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::{MIRRORED, fresh_code, reception};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, PROVINCE, WARD, World, contents};

/// Fifteen working days.
const LONG: &str = "1.013992";

/// People of the ward, of another ward and of the province, on one wire.
struct Morning {
    world: World,
    json: Json,
    /// The dossiers by their nicknames in the story.
    names: BTreeMap<&'static str, Value>,
}

impl Morning {
    async fn ask(&self, role: Role, unit: &str, method: &str, body: Value) -> Value {
        let token = self.world.token(role, unit).await;
        self.json.call(&token, method, &body).await.good()
    }

    async fn received(&mut self, told: &'static str, local: &str, more: Value) {
        self.world.set(local);
        let mut body = reception(WARD);
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        body["components"] = papers(&body);
        let unit = body["receiving_unit"].as_str().unwrap().to_owned();
        let dossier = self
            .ask(Role::Receptionist, &unit, "ReceiveDossier", body)
            .await;
        self.names.insert(told, dossier["name"].clone());
    }

    async fn submitted(&mut self, told: &'static str, local: &str, procedure: &str) {
        self.world.set(local);
        let mut body = reception(WARD);
        body["procedure"] = json!(procedure);
        body["components"] = papers(&body);
        body["portal_code"] = json!(fresh_code());
        let dossier = self
            .ask(Role::Portal, PROVINCE, "SubmitDossier", body)
            .await;
        self.names.insert(told, dossier["name"].clone());
    }

    /// Somebody acts on a dossier in its present version.
    async fn does(&self, told: &str, local: &str, who: (Role, &str), method: &str, more: Value) {
        self.world.set(local);
        let name = &self.names[told];
        let read = self
            .ask(who.0, who.1, "GetDossier", json!({ "name": name }))
            .await;
        let mut body = more;
        body["name"] = name.clone();
        body["etag"] = read["etag"].clone();
        body["request_id"] = json!(fresh_id());
        self.ask(who.0, who.1, method, body).await;
    }

    /// All rows of a worklist, page by page, and the total on the first page.
    async fn rows(&self, who: (Role, &str), filter: &Value) -> (Vec<Value>, u64) {
        let mut body = filter.clone();
        body["page_size"] = json!(2);
        body["with_total"] = json!(true);
        let (mut rows, mut total) = (Vec::new(), None);
        loop {
            let page = self.ask(who.0, who.1, "ListWorklist", body.clone()).await;
            let told: u64 = page["total_size"].as_str().unwrap().parse().unwrap();
            assert_eq!(*total.get_or_insert(told), told, "on every page");
            rows.extend(page["dossiers"].as_array().unwrap().iter().cloned());
            let next = page["next_page_token"].clone();
            if next == "" {
                return (rows, total.unwrap());
            }
            body["page_token"] = next;
        }
    }

    /// The nicknames of a page's dossiers, in order.
    async fn told(&self, who: (Role, &str), filter: Value) -> Vec<&'static str> {
        let (rows, total) = self.rows(who, &filter).await;
        assert_eq!(rows.len() as u64, total, "{filter}");
        let told = |row: &Value| {
            let known = self.names.iter().find(|(_, name)| **name == row["name"]);
            *known.unwrap().0
        };
        rows.iter().map(told).collect()
    }
}

/// The papers that a procedure requires.
fn papers(body: &Value) -> Value {
    let components = contents(body["procedure"].as_str().unwrap()).components;
    json!(
        components
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    )
}

async fn a_morning(on: Backend) -> Morning {
    let world = World::on(on, "2026-08-03 08:00").await;
    let json = Json::over(&world);
    let mut ward = Morning {
        world,
        json,
        names: BTreeMap::new(),
    };
    let chairman = (Role::Chairman, WARD);
    let ask = json!({ "items": [{ "note": "bản gốc" }], "reason": "thiếu bản gốc" });

    ward.received("waits since Tuesday", "2026-08-03 08:00", json!({}))
        .await;
    ward.received("overdue since Thursday", "2026-08-03 08:10", json!({}))
        .await;
    ward.received("waits since Wednesday", "2026-08-03 08:20", json!({}))
        .await;
    let long = json!({ "procedure": LONG });
    ward.received("due in weeks", "2026-08-03 08:30", long)
        .await;
    let elsewhere = json!({ "procedure": LONG, "receiving_unit": OTHER_WARD });
    ward.received(
        "another ward's, with a late leg of ours",
        "2026-08-03 09:00",
        elsewhere.clone(),
    )
    .await;
    ward.received(
        "another ward's, with a late question to us",
        "2026-08-03 09:10",
        elsewhere,
    )
    .await;
    ward.received("overdue since Friday", "2026-08-04 08:00", json!({}))
        .await;
    let who = (Role::Officer, WARD);
    let moment = "2026-08-04 09:00";
    ward.does(
        "waits since Tuesday",
        moment,
        who,
        "RequestSupplement",
        ask.clone(),
    )
    .await;
    let moment = "2026-08-05 09:00";
    ward.does(
        "waits since Wednesday",
        moment,
        who,
        "RequestSupplement",
        ask,
    )
    .await;
    ward.received("due today, with a person", "2026-08-05 10:00", json!({}))
        .await;
    let other = (Role::Officer, OTHER_WARD);
    let leg = json!({ "unit": WARD, "task": "xác minh", "limit": "1wd" });
    ward.does(
        "another ward's, with a late leg of ours",
        "2026-08-05 10:10",
        other,
        "OpenLeg",
        leg,
    )
    .await;
    let question = json!({ "unit": WARD, "question": "có thường trú không", "limit": "2wd" });
    let told = "another ward's, with a late question to us";
    ward.does(
        told,
        "2026-08-05 10:20",
        other,
        "OpenConsultation",
        question,
    )
    .await;
    let person = json!({ "assignee": "nv-an" });
    ward.does(
        "due today, with a person",
        "2026-08-05 11:00",
        chairman,
        "AssignDossier",
        person,
    )
    .await;
    ward.submitted("to be answered today", "2026-08-07 11:00", "1.004873")
        .await;
    ward.submitted("another system's", "2026-08-07 11:10", MIRRORED)
        .await;
    ward.received("fresh", "2026-08-10 08:00", json!({})).await;
    ward.submitted("to be answered tomorrow", "2026-08-10 08:30", "1.004873")
        .await;
    ward.world.set("2026-08-10 08:45");
    ward
}

on_every_database!(a_worklist_goes_from_what_is_overdue_longest_to_whom_we_wait_for);

async fn a_worklist_goes_from_what_is_overdue_longest_to_whom_we_wait_for(on: Backend) {
    let ward = a_morning(on).await;
    let chairman = (Role::Chairman, WARD);
    assert_eq!(
        ward.told(chairman, json!({})).await,
        [
            "overdue since Thursday",
            "another ward's, with a late leg of ours",
            "another ward's, with a late question to us",
            "overdue since Friday",
            "to be answered today",
            "due today, with a person",
            "to be answered tomorrow",
            "fresh",
            "due in weeks",
            "waits since Tuesday",
            "waits since Wednesday",
        ]
    );
    // The row of another unit's dossier shows this unit's own part, and that it is late.
    let (rows, _) = ward.rows(chairman, &json!({})).await;
    let leg = &rows[1];
    assert_eq!(leg["due_for_unit_time"], "2026-08-06T10:00:00Z");
    assert_eq!(
        (&leg["overdue_for_unit"], &leg["overdue"]),
        (&json!(true), &json!(false))
    );
    let (rows, _) = ward.rows((Role::Chairman, OTHER_WARD), &json!({})).await;
    assert_eq!(rows[0]["name"], leg["name"]);
    assert_eq!(rows[0]["due_for_unit_time"], rows[0]["effective_due_time"]);
    assert_eq!(rows[0]["overdue_for_unit"], false);
    // For the province only the dossiers' own due times count, and the order is the same.
    let province = ward.told((Role::Province, PROVINCE), json!({})).await;
    assert_eq!(
        province[..2],
        ["overdue since Thursday", "overdue since Friday"]
    );
    assert_eq!(
        province[9..],
        ["waits since Tuesday", "waits since Wednesday"]
    );
    // The citizen comes back: the clock runs again, and the dossier is in its place.
    let back = json!({ "components": [] });
    let clerk = (Role::Receptionist, WARD);
    ward.does(
        "waits since Tuesday",
        "2026-08-10 08:50",
        clerk,
        "RecordSupplement",
        back,
    )
    .await;
    let told = ward.told(chairman, json!({})).await;
    assert_eq!(told.last(), Some(&"waits since Wednesday"));
    assert_eq!(told.len(), 11);
}

on_every_database!(each_number_of_a_worklist_has_exactly_its_dossiers);

async fn each_number_of_a_worklist_has_exactly_its_dossiers(on: Backend) {
    const FILTERS: [(&str, &str); 13] = [
        ("overdue", "OVERDUE"),
        ("near_due", "NEAR_DUE"),
        ("due_today", "DUE_TODAY"),
        ("answer_due_today", "ANSWER_DUE_TODAY"),
        ("waiting_for_citizen", "WAITING_FOR_CITIZEN"),
        ("submitted", "SUBMITTED"),
        ("unassigned", "UNASSIGNED"),
        ("not_handed_over", "NOT_HANDED_OVER"),
        ("hand_over_late", "HAND_OVER_LATE"),
        ("late_legs", "LATE_LEG"),
        ("late_consultations", "LATE_CONSULTATION"),
        ("in_conflict", "IN_CONFLICT"),
        ("alerted", "ALERTED"),
    ];
    let ward = a_morning(on).await;
    let mut seen = BTreeMap::new();
    for who in [
        (Role::Chairman, WARD),
        (Role::Chairman, OTHER_WARD),
        (Role::Province, PROVINCE),
    ] {
        for mirrored in [false, true] {
            let asked = json!({ "with_breakdown": true, "with_mirrored": mirrored });
            let counts = ward.ask(who.0, who.1, "GetWorklistCounts", asked).await;
            let same = async |filter: Value, number: &Value, told: &str| {
                let mut filter = filter;
                filter["with_mirrored"] = json!(mirrored);
                let (rows, total) = ward.rows(who, &filter).await;
                assert_eq!(rows.len() as u64, total, "{who:?} {told}");
                assert_eq!(number, &json!(total), "{who:?} {told}");
                total
            };
            same(json!({}), &counts["open"], "open").await;
            for (count, filter) in FILTERS {
                let only = json!({ "only": [format!("WORKLIST_FILTER_{filter}")] });
                *seen.entry(count).or_default() += same(only, &counts[count], count).await;
            }
            for counted in counts["levels"].as_array().unwrap() {
                let levels = json!({ "levels": [counted["level"]] });
                let total = same(levels, &counted["dossiers"], "levels").await;
                *seen.entry("levels").or_default() += total;
            }
            for counted in counts["steps"].as_array().unwrap() {
                let step = json!({ "step": counted["step"] });
                let total = same(step, &counted["dossiers"], "steps").await;
                *seen.entry("steps").or_default() += total;
            }
        }
    }
    let never = |what: &&str| seen.get(what) == Some(&0_u64);
    let empty: Vec<_> = FILTERS
        .iter()
        .map(|(count, _)| *count)
        .filter(never)
        .collect();
    assert_eq!(empty, ["in_conflict"], "nothing is compared with nothing");
    assert!(seen["levels"] > 0);
}

on_every_database!(filters_narrow_a_worklist_and_a_list_together);

async fn filters_narrow_a_worklist_and_a_list_together(on: Backend) {
    let ward = a_morning(on).await;
    let chairman = (Role::Chairman, WARD);
    let with = |filter| ward.told(chairman, filter);
    assert_eq!(
        with(json!({ "assignee": "nv-an" })).await,
        ["due today, with a person"]
    );
    let waiting = json!({ "states": ["STATE_SUPPLEMENT_REQUESTED"], "assignee": "-" });
    assert_eq!(
        with(waiting).await,
        ["waits since Tuesday", "waits since Wednesday"]
    );
    let since = json!({ "receive_from_time": "2026-08-10T00:00:00+07:00" });
    assert_eq!(with(since).await, ["fresh"]);
    let until = json!({ "receive_until_time": "2026-08-03T08:20:00+07:00" });
    assert_eq!(
        with(until).await,
        ["overdue since Thursday", "waits since Tuesday"]
    );
    // Dossiers that have changed since the screen was drawn.
    let changed = json!({ "changed_since_time": "2026-08-10T08:00:00+07:00" });
    assert_eq!(with(changed).await, ["to be answered tomorrow", "fresh"]);
    let online = json!({ "channel": "CHANNEL_ONLINE", "only": ["WORKLIST_FILTER_OVERDUE"] });
    assert!(with(online).await.is_empty());
    let long = json!({ "procedure": LONG, "only": ["WORKLIST_FILTER_OVERDUE"] });
    assert_eq!(
        with(long).await.len(),
        2,
        "of this unit a leg and an answer are late"
    );

    // A list takes the same filters as a worklist, and has its own count.
    let listed = async |filter: Value| {
        let mut filter = filter;
        filter["with_total"] = json!(true);
        let page = ward
            .ask(chairman.0, chairman.1, "ListDossiers", filter)
            .await;
        let rows = page["dossiers"].as_array().unwrap().len();
        assert_eq!(page["total_size"], rows.to_string());
        rows
    };
    assert_eq!(listed(json!({})).await, 12);
    assert_eq!(listed(json!({ "assignee": "nv-an" })).await, 1);
    let open = json!({ "states": ["STATE_SUPPLEMENT_REQUESTED"] });
    assert_eq!(listed(open).await, 2);
    let changed = json!({ "changed_since_time": "2026-08-10T08:00:00+07:00" });
    assert_eq!(listed(changed).await, 2);

    let token = ward.world.token(Role::Chairman, WARD).await;
    let wrong = json!({ "step": "không phải", "assignee": " x y" });
    let answer = ward.json.call(&token, "ListWorklist", &wrong).await;
    let fields: Vec<_> = answer.wrong().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["step", "assignee"]);
}

on_every_database!(a_worklist_is_sorted_searched_and_opened_at_any_page);

async fn a_worklist_is_sorted_searched_and_opened_at_any_page(on: Backend) {
    let ward = a_morning(on).await;
    let chairman = (Role::Chairman, WARD);
    let usual = ward.told(chairman, json!({})).await;
    let by = async |order: &str, descending: bool| {
        let filter = json!({ "order": order, "descending": descending });
        ward.told(chairman, filter).await
    };
    for order in ["URGENCY", "PROCEDURE", "STEP", "DUE"] {
        let order = format!("WORKLIST_ORDER_{order}");
        let mut forwards = by(&order, false).await;
        let backwards = by(&order, true).await;
        forwards.reverse();
        assert_eq!(forwards, backwards, "{order}");
        forwards.sort_unstable();
        let mut all = usual.clone();
        all.sort_unstable();
        assert_eq!(forwards, all, "{order} loses none");
    }
    assert_eq!(by("WORKLIST_ORDER_URGENCY", false).await, usual);

    // The third page of two rows: first by its number, then by page tokens.
    let third = json!({ "skip": 4, "page_size": 2 });
    let page = ward
        .ask(chairman.0, chairman.1, "ListWorklist", third.clone())
        .await;
    let names = |page: &Value| -> Vec<Value> {
        let rows = page["dossiers"].as_array().unwrap().iter();
        rows.map(|row| row["name"].clone()).collect()
    };
    let expected = |range: std::ops::Range<usize>| -> Vec<Value> {
        let told = usual[range].iter();
        told.map(|told| ward.names[told].clone()).collect()
    };
    assert_eq!(names(&page), expected(4..6));
    assert_eq!(page["total_size"], usual.len().to_string());
    let mut on = third;
    on["page_token"] = page["next_page_token"].clone();
    let next = ward.ask(chairman.0, chairman.1, "ListWorklist", on).await;
    assert_eq!(names(&next), expected(6..8));

    // Search by words of code, procedure or name, without accents; by names only for roles that see
    // them.
    let code = page["dossiers"][0]["code"].as_str().unwrap().to_lowercase();
    assert_eq!(
        ward.told(chairman, json!({ "text": code })).await,
        usual[4..5]
    );
    let name = page["dossiers"][0]["applicant"]["name"].as_str().unwrap();
    let folded = domain::fold::fold(name);
    assert!(
        !ward
            .told(chairman, json!({ "text": folded }))
            .await
            .is_empty()
    );
    let province = (Role::Province, PROVINCE);
    let unseen = json!({ "text": folded, "unit": WARD });
    assert!(ward.told(province, unseen).await.is_empty());
    let nothing = json!({ "text": "khong co ho so nao nhu the" });
    assert!(ward.told(chairman, nothing).await.is_empty());
}
