//! Requests that only read are checked as strictly as those that write: every field of each.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::put;
use crate::access::ways::{REMOTE, caller_of, writes};
use crate::calling::{Json, methods};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

const NOT_NEGATIVE: &str = "must not be negative";
const SAME_QUESTION: &str = "must be the next_page_token of the same question";
const A_UNIT: &str = "expected a unit of the catalogue";
const A_DAY: &str = "expected a day such as";
const A_MONTH: &str = "expected a month such as";
const A_DOCUMENT: &str = "expected a document, such as documents/3";
const TOO_LONG: &str = "must have at most 200 characters";
const AN_IMPORT: &str = "expected the name of an import";

/// A method, a good request, and the wrong values of each field with the expected words.
type Row = (
    &'static str,
    Value,
    Vec<(&'static str, Value, &'static str)>,
);

/// The wrong values of a period's parts, followed by the method's own.
fn of_a_period(
    rest: Vec<(&'static str, Value, &'static str)>,
) -> Vec<(&'static str, Value, &'static str)> {
    let mut all = vec![
        ("unit", json!("H60.99999"), A_UNIT),
        ("unit_basis", json!("UNIT_BASIS_OLD"), "expected one of"),
        ("unit_basis", json!(7), "expected one of"),
        ("province", json!("08"), "only one of the alternatives"),
        ("all", json!(true), "only one of the alternatives"),
        ("from", Value::Null, "must not be empty"),
        ("from", json!("2026-8-1"), A_DAY),
        ("from", json!("2026-02-30"), A_DAY),
        ("from", json!("01/08/2026"), A_DAY),
        ("to", Value::Null, "must not be empty"),
        ("to", json!("2026-08-01T00:00:00Z"), A_DAY),
        ("to", json!("2026-07-31"), "must not be before"),
        (
            "as_of",
            json!("2026-08-03T10:00:01+07:00"),
            "must not be in the future",
        ),
        ("as_of", json!("hôm qua"), "expected a time in RFC 3339"),
    ];
    all.extend(rest);
    all
}

fn rows() -> Vec<Row> {
    let long = "ế".repeat(201);
    let page = |rest: Vec<(&'static str, Value, &'static str)>| {
        let mut all = vec![
            ("page_size", json!(-1), NOT_NEGATIVE),
            ("page_size", json!("mười"), "expected a whole number"),
            (
                "page_size",
                json!(2_147_483_648_u32),
                "expected a whole number",
            ),
            ("page_token", json!("không phải"), SAME_QUESTION),
            ("page_token", json!("50.000000000000"), SAME_QUESTION),
            ("page_token", json!("."), SAME_QUESTION),
            ("page_token", json!(1), "expected a text"),
        ];
        all.extend(rest);
        all
    };
    let name = |expected| {
        vec![
            ("name", Value::Null, "must not be empty"),
            ("name", json!(" "), "must not be empty"),
            expected,
        ]
    };
    let period = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    vec![
        (
            "GetDossier",
            json!({}),
            name(("name", json!("hồ sơ"), "expected a dossier name")),
        ),
        (
            "ListDossierEvents",
            json!({}),
            name(("name", json!("1"), "expected a dossier name")),
        ),
        (
            "GetDossierTimes",
            json!({}),
            name(("name", json!("?"), "expected a dossier name")),
        ),
        (
            "GetDossierExchange",
            json!({}),
            name(("name", json!("?"), "expected a dossier name")),
        ),
        (
            "ListNoticeAgreements",
            json!({}),
            name(("name", json!("?"), "expected a dossier name")),
        ),
        ("GetUnit", json!({}), name(("name", json!(long), TOO_LONG))),
        (
            "GetProcedure",
            json!({}),
            name(("name", json!(long), TOO_LONG)),
        ),
        (
            "ListDossiers",
            json!({
                "receive_from_time": "2026-08-10T00:00:00+07:00",
                "end_from_time": "2026-08-10T00:00:00+07:00",
            }),
            page(vec![
                (
                    "receive_until_time",
                    json!("2026-08-10T00:00:00+07:00"),
                    "must be after receive_from_time",
                ),
                (
                    "end_until_time",
                    json!("2026-08-10T00:00:00+07:00"),
                    "must be after end_from_time",
                ),
                ("unit", json!("H60.99999"), A_UNIT),
                ("states", json!(["STATE_LOST"]), "expected one of"),
                ("states", json!(["STATE_UNSPECIFIED"]), "expected one of"),
                ("states", json!([1, 99]), "expected one of"),
                ("states", json!("STATE_RECEIVED"), "expected a list"),
                ("states", json!(vec![1; 101]), "at most 100 items"),
                (
                    "procedure",
                    json!("9.999999"),
                    "expected a procedure of the catalogue",
                ),
                ("kind", json!("KIND_OTHER"), "expected one of"),
                ("kind", json!(99), "expected one of"),
                ("channel", json!("CHANNEL_FAX"), "expected one of"),
                ("channel", json!(-1), "expected one of"),
                ("step", json!("không phải"), "expected a step id"),
                ("assignee", json!("không phải"), "expected an actor id"),
                (
                    "receive_from_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
                (
                    "receive_until_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
                (
                    "changed_since_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
                ("with_total", json!(1), "expected true or false"),
                ("resolving_unit", json!("Minh Xuân"), A_UNIT),
                ("receiving_unit", json!("Minh Xuân"), A_UNIT),
                (
                    "end_from_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
                (
                    "end_until_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
            ]),
        ),
        (
            "ListWorklist",
            json!({"receive_from_time": "2026-08-10T00:00:00+07:00"}),
            page(vec![
                (
                    "receive_until_time",
                    json!("2026-08-10T00:00:00+07:00"),
                    "must be after receive_from_time",
                ),
                ("unit", json!("Minh Xuân"), A_UNIT),
                ("not_handed_over", json!("yes"), "expected true or false"),
                ("in_conflict", json!(1), "expected true or false"),
                ("kind", json!("KIND_OTHER"), "expected one of"),
                ("only", json!(["WORKLIST_FILTER_LOST"]), "expected one of"),
                ("only", json!([0]), "expected one of"),
                ("levels", json!([77]), "expected one of"),
                ("states", json!(["STATE_LOST"]), "expected one of"),
                (
                    "procedure",
                    json!("9.999999"),
                    "expected a procedure of the catalogue",
                ),
                ("channel", json!("CHANNEL_FAX"), "expected one of"),
                ("step", json!("không phải"), "expected a step id"),
                ("assignee", json!("không phải"), "expected an actor id"),
                (
                    "receive_from_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
                (
                    "receive_until_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
                (
                    "changed_since_time",
                    json!("hôm qua"),
                    "expected a time in RFC 3339",
                ),
                ("with_mirrored", json!(1), "expected true or false"),
                ("with_total", json!(1), "expected true or false"),
                ("text", json!(long), TOO_LONG),
                ("order", json!("WORKLIST_ORDER_LOST"), "expected one of"),
                ("order", json!(77), "expected one of"),
                ("descending", json!(1), "expected true or false"),
                ("skip", json!(-1), "must not be negative"),
            ]),
        ),
        (
            "GetWorklistCounts",
            json!({}),
            vec![
                ("unit", json!("?"), A_UNIT),
                ("kind", json!("KIND_OTHER"), "expected one of"),
                ("with_mirrored", json!(1), "expected true or false"),
                ("with_breakdown", json!(1), "expected true or false"),
            ],
        ),
        (
            "WatchWorklist",
            json!({}),
            vec![
                ("unit", json!("?"), A_UNIT),
                ("kind", json!("KIND_OTHER"), "expected one of"),
                ("with_mirrored", json!(1), "expected true or false"),
            ],
        ),
        (
            "GetOutlook",
            json!({}),
            vec![
                ("unit", json!("?"), A_UNIT),
                ("month", json!("2026-8"), A_MONTH),
                ("month", json!("2026-13"), A_MONTH),
                ("month", json!("2026-08-01"), A_MONTH),
                ("month", json!("2026-07"), "must not be over"),
                ("month", json!("9999-12"), "published calendar"),
                ("horizon_days", json!(61), "must be at most 60"),
                ("horizon_days", json!(-1), "expected a whole number"),
            ],
        ),
        (
            "GetFlagRecord",
            json!({}),
            vec![
                ("unit", json!("?"), A_UNIT),
                ("month", json!("tháng 8"), A_MONTH),
                ("month", json!("2026-09"), "must not be to come"),
            ],
        ),
        (
            "ListFlags",
            json!({}),
            vec![
                ("unit", json!("?"), A_UNIT),
                (
                    "after",
                    json!("không phải"),
                    "must be a cursor from an earlier answer",
                ),
                ("after", json!(long), TOO_LONG),
                ("limit", json!(-5), NOT_NEGATIVE),
            ],
        ),
        (
            "WatchFlags",
            json!({}),
            vec![
                ("unit", json!("?"), A_UNIT),
                (
                    "after",
                    json!("không phải"),
                    "must be a cursor from an earlier answer",
                ),
                ("after", json!(long), TOO_LONG),
            ],
        ),
        (
            "SearchDossiers",
            json!({ "query": "mau" }),
            vec![
                ("query", Value::Null, "must not be empty"),
                ("query", json!(" "), "must not be empty"),
                ("query", json!(long), TOO_LONG),
                ("query", json!("a\u{0}b"), "control characters"),
                (
                    "query",
                    json!("\u{301}\u{301}"),
                    "must hold a code, a name or a telephone",
                ),
                ("limit", json!(-1), NOT_NEGATIVE),
                ("limit", json!(1.5), "expected a whole number"),
            ],
        ),
        (
            "ListEvents",
            json!({}),
            vec![
                (
                    "after",
                    json!("không phải"),
                    "must be a cursor from an earlier answer",
                ),
                (
                    "after",
                    json!("a-b-c"),
                    "must be a cursor from an earlier answer",
                ),
                ("after", json!(long), TOO_LONG),
                ("limit", json!(-5), NOT_NEGATIVE),
                ("import_name", json!("imports/"), AN_IMPORT),
                ("import_name", json!("imports/0"), AN_IMPORT),
                ("import_name", json!("dossiers/1"), AN_IMPORT),
                ("import_name", json!(long), AN_IMPORT),
            ],
        ),
        (
            "WatchEvents",
            json!({}),
            vec![
                (
                    "after",
                    json!("không phải"),
                    "must be a cursor from an earlier answer",
                ),
                ("after", json!(long), TOO_LONG),
            ],
        ),
        ("GetRates", period.clone(), of_a_period(Vec::new())),
        ("GetIi06a", period.clone(), of_a_period(Vec::new())),
        ("GetI766", period.clone(), of_a_period(Vec::new())),
        ("GetPerformance", period.clone(), of_a_period(Vec::new())),
        (
            "GetSeries",
            json!({
                "unit": WARD, "from": "2026-08-01", "to": "2026-08-31", "grain": "GRAIN_MONTH",
            }),
            of_a_period(vec![
                ("grain", Value::Null, "expected one of"),
                ("grain", json!("GRAIN_HOUR"), "expected one of"),
                ("row", json!(9), "expected one of"),
            ]),
        ),
        (
            "ListReportDossiers",
            json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31", "number": "stops" }),
            page(of_a_period(vec![
                ("number", Value::Null, "expected the name of a number"),
                ("number", json!("trễ"), "expected the name of a number"),
                ("field", json!("Hộ tịch"), "not told by field"),
                ("whole", json!(1), "expected true or false"),
            ])),
        ),
        (
            "GetRatings",
            json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" }),
            vec![
                ("unit", json!("H60.99999"), A_UNIT),
                ("unit_basis", json!(7), "expected one of"),
                ("kind", json!("KIND_COMPLAINT"), "expected one of"),
                ("kind", json!(7), "expected one of"),
                ("province", json!("08"), "only one of the alternatives"),
                ("all", json!(true), "only one of the alternatives"),
                ("from", Value::Null, "must not be empty"),
                ("from", json!("2026-02-30"), A_DAY),
                ("to", Value::Null, "must not be empty"),
                ("to", json!("2026-07-31"), "must not be before"),
                (
                    "as_of",
                    json!("2026-08-03T10:00:01+07:00"),
                    "must not be in the future",
                ),
                ("as_of", json!("hôm qua"), "expected a time in RFC 3339"),
            ],
        ),
        (
            "ListUnits",
            json!({}),
            page(vec![
                (
                    "province",
                    json!("99"),
                    "expected a province of the catalogue",
                ),
                (
                    "province",
                    json!(WARD),
                    "expected a province of the catalogue",
                ),
                ("kind", json!("KIND_DISTRICT"), "expected one of"),
                ("kind", json!(9), "expected one of"),
                ("query", json!(long), TOO_LONG),
            ]),
        ),
        (
            "ListProcedures",
            json!({}),
            page(vec![
                ("day", json!("hôm nay"), A_DAY),
                ("field", json!(long), TOO_LONG),
                ("query", json!(long), TOO_LONG),
                ("receiving_unit", json!("Minh Xuân"), A_UNIT),
            ]),
        ),
        (
            "GetCalendar",
            json!({ "from": "2026-08-03", "to": "2026-08-04" }),
            vec![
                ("unit", json!("?"), A_UNIT),
                (
                    "from",
                    json!("2023-12-31"),
                    "must lie in the published calendar",
                ),
                ("from", json!("2026-13-01"), A_DAY),
                (
                    "to",
                    json!("2028-01-01"),
                    "must lie in the published calendar",
                ),
                ("to", json!("2026-08-02"), "must not be before"),
            ],
        ),
        (
            "ListNumberBlocks",
            json!({ "unit": WARD, "day": "2026-08-03" }),
            vec![
                ("unit", json!("?"), A_UNIT),
                ("unit", Value::Null, "must not be empty"),
                ("day", Value::Null, "must not be empty"),
                ("day", json!("hôm nay"), A_DAY),
                ("last_day", json!("2026-13-01"), A_DAY),
                ("last_day", json!("2026-08-02"), "must be from"),
            ],
        ),
        (
            "PrintList",
            json!({ "unit": WARD, "kind": "LIST_KIND_REGISTER", "day": "2026-08-03" }),
            vec![
                ("unit", json!("?"), A_UNIT),
                ("unit", Value::Null, "must not be empty"),
                ("kind", Value::Null, "expected one of LIST_KIND_REGISTER"),
                ("kind", json!(7), "expected one of LIST_KIND_REGISTER"),
                ("day", Value::Null, "must not be empty"),
                ("day", json!("hôm nay"), A_DAY),
                ("last_day", json!("2026-13-01"), A_DAY),
                ("last_day", json!("2026-08-02"), "must be from"),
                ("last_day", json!("2027-08-04"), "must be from"),
            ],
        ),
        (
            "ImportReceptions",
            json!({ "unit": WARD, "day": "2026-08-03", "requests": [offline()] }),
            wrong_receptions(),
        ),
        (
            "MergeUnits",
            json!({ "day": "2025-07-01", "table": "x", "reason": "NQ 1684" }),
            vec![
                ("day", Value::Null, "must not be empty"),
                ("day", json!("1/7/2025"), A_DAY),
                ("table", Value::Null, "must not be empty"),
                (
                    "choices",
                    json!([{ "new_unit": "02215" }]),
                    "must not be empty",
                ),
                (
                    "choices",
                    json!([{ "old_unit": "02206", "new_unit": "0".repeat(65) }]),
                    "at most 64 characters",
                ),
                ("choices", json!(vec![json!({}); 101]), "at most 100 items"),
                ("reason", Value::Null, "must not be empty"),
                (
                    "reason",
                    json!("a".repeat(2_001)),
                    "at most 2000 characters",
                ),
                ("validate_only", json!("yes"), "expected"),
            ],
        ),
        (
            "PreviewDue",
            json!({ "limit": "3wd" }),
            vec![
                ("unit", json!("?"), A_UNIT),
                ("receiving_unit", json!("?"), A_UNIT),
                (
                    "receive_time",
                    json!("2026-08-03"),
                    "expected a time in RFC 3339",
                ),
                ("limit", json!("3"), "expected a whole number from 1"),
                ("limit", json!("0wd"), "expected a whole number from 1"),
                ("limit", json!("ba ngày"), "expected a whole number from 1"),
                ("limit", json!("65536wd"), "expected a whole number from 1"),
                (
                    "procedure",
                    json!(THREE_DAYS),
                    "only one of the alternatives",
                ),
                (
                    "case_id",
                    json!("standard"),
                    "must be left out without a procedure",
                ),
                (
                    "channel",
                    json!("CHANNEL_DESK"),
                    "must be left out without a procedure",
                ),
                ("channel", json!("CHANNEL_FAX"), "expected one of"),
            ],
        ),
        (
            "GetDocument",
            json!({}),
            name(("name", json!("documents/x"), A_DOCUMENT)),
        ),
        ("ListDocuments", json!({}), page(vec![])),
        (
            "ListCalendarChanges",
            json!({ "off_days": ["2026-08-06"] }),
            page(vec![
                (
                    "document",
                    json!("documents/x"),
                    "must be left out when days are given",
                ),
                ("off_days", json!(["2026-8-6"]), A_DAY),
                ("off_days", json!("2026-08-06"), "expected a list"),
                (
                    "off_days",
                    json!(vec!["2026-08-06"; 101]),
                    "at most 100 items",
                ),
                ("off_days", json!(["2026-08-08"]), "is a weekend already"),
                ("off_days", json!(["2026-09-01"]), "is listed twice"),
                ("off_days", json!(["2028-01-03"]), "is outside the calendar"),
                ("make_up_days", json!(["2026-08-07"]), "is worked anyway"),
                ("make_up_days", json!(["thứ Bảy"]), A_DAY),
            ]),
        ),
        (
            "ListProcedureBreaks",
            json!({ "version": format!("procedures/{THREE_DAYS}/versions/1") }),
            page(vec![
                (
                    "document",
                    json!("documents/1"),
                    "only one of the alternatives",
                ),
                ("version", json!("2"), "expected a version of a procedure"),
                (
                    "version",
                    json!("procedures/9.999999/versions/1"),
                    "expected a version of a procedure",
                ),
                (
                    "steps",
                    json!([{ "old_step": "sign" }]),
                    "must not be empty; expected a step id",
                ),
                (
                    "steps",
                    json!([{ "new_step": "hai chữ" }]),
                    "expected a step id",
                ),
            ]),
        ),
        ("GetJob", json!({}), name(("name", json!(long), TOO_LONG))),
        ("ListJobs", json!({}), page(vec![])),
        (
            "GetPortalStatus",
            json!({}),
            vec![(
                "remote",
                json!("x".repeat(41)),
                "must have at most 40 characters",
            )],
        ),
        (
            "ListWebhooks",
            json!({}),
            vec![(
                "name",
                json!("x".repeat(31)),
                "must have at most 30 characters",
            )],
        ),
        (
            "ListParcels",
            json!({ "remote": REMOTE }),
            page(vec![
                ("remote", Value::Null, "must not be empty"),
                (
                    "remote",
                    json!("x".repeat(41)),
                    "must have at most 40 characters",
                ),
                ("dossier", json!("hồ sơ"), "expected a dossier"),
                ("with_waiting", json!("có"), "expected true or false"),
            ]),
        ),
        (
            "GetExchangeSheet",
            json!({ "remote": REMOTE, "from": "2026-08-01", "to": "2026-08-31" }),
            vec![
                ("remote", Value::Null, "must not be empty"),
                (
                    "remote",
                    json!("x".repeat(41)),
                    "must have at most 40 characters",
                ),
                ("from", json!("hôm qua"), A_DAY),
                ("to", json!("2026-07-31"), "must not be before `from`"),
                ("to", json!("2027-08-31"), "at most 366 days"),
            ],
        ),
        (
            "ListExchangeSheets",
            json!({ "remote": REMOTE }),
            page(vec![
                ("remote", Value::Null, "must not be empty"),
                (
                    "remote",
                    json!("x".repeat(41)),
                    "must have at most 40 characters",
                ),
            ]),
        ),
        (
            "ListReadings",
            json!({}),
            vec![(
                "system",
                json!("x".repeat(41)),
                "must have at most 40 characters",
            )],
        ),
        (
            "ListDueDifferences",
            json!({}),
            page(vec![
                ("unit", json!("phường"), "expected"),
                ("with_ended", json!("có"), "expected true or false"),
            ]),
        ),
        ("ListUsers", json!({}), page(vec![])),
        (
            "ListTokens",
            json!({}),
            page(vec![("user", json!("hai từ"), "expected an actor id")]),
        ),
        (
            "ListAccessEvents",
            json!({}),
            page(vec![("user", json!("hai từ"), "expected an actor id")]),
        ),
        (
            "LookupDossier",
            json!({ "code": "H60.02215-260803-0001" }),
            vec![
                ("code", Value::Null, "expected a dossier code"),
                ("code", json!("0001"), "expected a dossier code"),
                (
                    "pin",
                    json!("1".repeat(33)),
                    "must have at most 32 characters",
                ),
                ("pin", json!(123_456), "expected a text"),
                (
                    "token",
                    json!("1".repeat(33)),
                    "must have at most 32 characters",
                ),
            ],
        ),
    ]
}

/// A reception that a desk entered while it was offline.
fn offline() -> Value {
    let mut one = crate::access::ways::reception(WARD);
    one.as_object_mut().unwrap().remove("receiving_unit");
    one["number"] = json!(1);
    one["receive_time"] = json!("2026-08-03T08:00:00+07:00");
    one
}

/// Whole lists of receptions, each with one thing wrong.
fn wrong_receptions() -> Vec<(&'static str, Value, &'static str)> {
    let with = |field: &str, value: Value| {
        let mut one = offline();
        one[field] = value;
        json!([one])
    };
    let another_day = "must be on 2026-08-03 and not in the future";
    vec![
        ("unit", json!("?"), A_UNIT),
        ("day", json!("3/8"), A_DAY),
        ("requests", json!([]), "must not be empty"),
        ("requests", json!(vec![offline(); 101]), "at most 100 items"),
        (
            "requests",
            with("request_id", json!("1")),
            "expected a request id",
        ),
        ("requests", with("number", json!(0)), "must be 1 or more"),
        (
            "requests",
            with("receive_time", Value::Null),
            "must be given",
        ),
        (
            "requests",
            with("receive_time", json!("2026-08-02T08:00:00+07:00")),
            another_day,
        ),
        (
            "requests",
            with("receive_time", json!("2026-08-03T10:00:01+07:00")),
            another_day,
        ),
        (
            "requests",
            with("procedure", json!("?")),
            "expected a procedure",
        ),
        (
            "requests",
            with("papers", json!([{ "component": "to-khai", "copy": 9 }])),
            "expected one of PAPER_COPY_ORIGINAL",
        ),
        (
            "requests",
            with("case_id", json!("?")),
            "expected a case id",
        ),
        (
            "requests",
            with("channel", json!("CHANNEL_ONLINE")),
            "expected",
        ),
        ("requests", with("resolving_unit", json!("?")), A_UNIT),
        ("requests", with("returning_unit", json!("?")), A_UNIT),
        ("requests", with("applicant", Value::Null), "must"),
        (
            "requests",
            with("components", json!(["?"])),
            "expected a component code",
        ),
        (
            "requests",
            with("external_codes", json!(["?"])),
            "expected a dossier code",
        ),
        (
            "requests",
            with("assisted_by", json!("?")),
            "expected an actor id",
        ),
    ]
}

#[tokio::test]
async fn every_wrong_question_is_told_by_field() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    for (method, good, wrong) in rows() {
        let token = world.token(caller_of(method), PROVINCE).await;
        for (field, value, expected) in wrong {
            let mut body = good.clone();
            put(&mut body, field, value.clone());
            let answer = json.call(&token, method, &body).await;
            let place = format!(
                "{method} with {field} = {:.60}: {}",
                value.to_string(),
                answer.json
            );
            assert_eq!(
                answer.refused(),
                (400, "INVALID_ARGUMENT", "INVALID_FIELDS"),
                "{place}"
            );
            let told = answer.wrong();
            // Of two alternatives, the error names the one that came second.
            let either = expected.contains("alternatives");
            let named = |path: &str| path.split('[').next() == Some(field) || either;
            let fits = |(path, problem): &&(&str, &str)| named(path) && problem.contains(expected);
            let (path, _) = told.iter().find(fits).unwrap_or_else(|| panic!("{place}"));
            assert!(answer.message().contains(path), "{place}");
            assert!(answer.names_on_the_form(path), "{place}");
        }
    }
}

#[test]
fn every_field_of_every_method_that_reads_is_in_the_table() {
    let reading: Vec<_> = methods()
        .into_iter()
        .filter(|method| !writes(method.name()))
        .collect();
    let rows = rows();
    for method in &reading {
        let row = rows.iter().find(|(name, ..)| *name == method.name());
        let (_, _, wrong) =
            row.unwrap_or_else(|| panic!("nothing is tried with {}", method.name()));
        let tried: BTreeSet<_> = wrong
            .iter()
            .map(|(field, ..)| (*field).to_owned())
            .collect();
        let there: BTreeSet<_> = method
            .input()
            .fields()
            .map(|field| field.name().to_owned())
            .collect();
        assert_eq!(tried, there, "{}", method.name());
    }
    assert_eq!(rows.len(), reading.len());
}
