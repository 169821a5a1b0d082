//! Reading: pages, search, worklists, look-up, feed.

use std::net::{IpAddr, Ipv4Addr};

use app::Error;
use app::lookup::Stage;
use app::page::PageQuery;
use app::ports::DossierFilter;
use app::read::ListQuery;
use app::receipt::Proof;
use app::worklist::{Whose, WorklistFilter, WorklistQuery};
use chrono::TimeDelta;
use domain::dossier::acts::RequestSupplement;
use domain::dossier::private::Person;
use domain::dossier::{Command, Status};
use domain::role::Role;

use crate::backend::Backend;
use crate::world::{
    OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, at_the_desk, moment, procedure_code, unit, who,
};

async fn received_by(world: &World, name: &str, phone: &str) -> app::view::View {
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    reception.content.applicant = Person {
        name: name.into(),
        phone: phone.into(),
        ..Person::default()
    };
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(THREE_DAYS);
    world
        .engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .unwrap()
}

/// The address from which a citizen asks.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// The address of another citizen.
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

on_both!(names_are_found_without_accents_and_telephones_by_their_digits);

async fn names_are_found_without_accents_and_telephones_by_their_digits(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let hoa = received_by(&world, "Đặng Thị Hoà", "+84 900 000 001").await;
    received_by(&world, "Trần Văn Bình", "0900000002").await;
    let clerk = who(Role::Receptionist, WARD);
    for text in [
        "dang thi hoa",
        "HÒA đặng",
        "Hoà",
        "0900000001",
        "0900 000 001",
        &hoa.dossier.label(),
    ] {
        let found = world.engine.search(&clerk, text, 0).await.unwrap();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].dossier.id, hoa.dossier.id, "{text}");
    }
    let codes = world
        .engine
        .search(&clerk, "H60.02215-260803", 0)
        .await
        .unwrap();
    assert_eq!(codes.len(), 2, "the beginning of a code is enough");
    assert!(
        world
            .engine
            .search(&clerk, "nobody", 0)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(matches!(
        world.engine.search(&clerk, " ", 0).await,
        Err(Error::Invalid(_))
    ));
}

on_both!(who_may_not_see_people_cannot_find_them_by_name);

async fn who_may_not_see_people_cannot_find_them_by_name(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let hoa = received_by(&world, "Đặng Thị Hoà", "0900000001").await;
    let auditor = who(Role::Auditor, PROVINCE);
    assert!(
        world
            .engine
            .search(&auditor, "hoà", 0)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        world
            .engine
            .search(&auditor, "0900000001", 0)
            .await
            .unwrap()
            .is_empty()
    );
    let by_code = world
        .engine
        .search(&auditor, &hoa.dossier.label(), 0)
        .await
        .unwrap();
    assert_eq!(by_code.len(), 1);
    assert_eq!(by_code[0].applicant, None);
    let portal = who(Role::Portal, PROVINCE);
    let masked = world
        .engine
        .search(&portal, &hoa.dossier.label(), 0)
        .await
        .unwrap();
    assert_eq!(masked[0].applicant.as_ref().unwrap().name, "Đ. T. H.");
    let stranger = who(Role::Receptionist, OTHER_WARD);
    assert!(
        world
            .engine
            .search(&stranger, "hoà", 0)
            .await
            .unwrap()
            .is_empty()
    );
}

on_both!(pages_are_complete_without_doubles_while_dossiers_arrive);

async fn pages_are_complete_without_doubles_while_dossiers_arrive(on: Backend) {
    let world = World::on(on, "2026-08-03 08:00").await;
    let mut expected = Vec::new();
    for _ in 0..7 {
        world.pass(TimeDelta::minutes(1));
        expected.push(world.receive(WARD, THREE_DAYS).await.dossier.id);
    }
    world.receive(OTHER_WARD, THREE_DAYS).await;
    let clerk = who(Role::Receptionist, WARD);
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = PageQuery { size: 3, token };
        let query = ListQuery {
            page,
            ..ListQuery::default()
        };
        let page = world.engine.list(&clerk, query).await.unwrap();
        seen.extend(page.items.iter().map(|view| view.dossier.id));
        if page.next.is_empty() {
            break;
        }
        token = page.next;
    }
    assert_eq!(seen, expected);
}

on_both!(a_page_token_of_another_question_is_refused);

async fn a_page_token_of_another_question_is_refused(on: Backend) {
    let world = World::on(on, "2026-08-03 08:00").await;
    for _ in 0..3 {
        world.receive(WARD, THREE_DAYS).await;
    }
    let clerk = who(Role::Receptionist, WARD);
    let page = PageQuery {
        size: 2,
        token: String::new(),
    };
    let first = world
        .engine
        .list(
            &clerk,
            ListQuery {
                page,
                ..ListQuery::default()
            },
        )
        .await
        .unwrap();
    let page = PageQuery {
        size: 2,
        token: first.next,
    };
    let other = ListQuery {
        filter: DossierFilter {
            statuses: vec![Status::Received],
            ..DossierFilter::default()
        },
        page,
        ..ListQuery::default()
    };
    assert!(matches!(
        world.engine.list(&clerk, other).await,
        Err(Error::Invalid(_))
    ));
}

fn of(ward: &str) -> Whose {
    Whose {
        unit: Some(unit(ward)),
        ..Whose::default()
    }
}

on_both!(the_most_urgent_comes_first_and_what_is_done_is_gone);

async fn the_most_urgent_comes_first_and_what_is_done_is_gone(on: Backend) {
    let world = World::on(on, "2026-08-03 08:00").await;
    let slow = world.receive(WARD, "1.013225").await;
    let quick = world.receive(WARD, THREE_DAYS).await;
    let done = world.receive(WARD, THREE_DAYS).await;
    world.finish(done).await;
    let chairman = who(Role::Chairman, WARD);
    let page = world
        .engine
        .worklist(&chairman, WorklistQuery::default())
        .await
        .unwrap();
    let order: Vec<_> = page.items.iter().map(|view| view.dossier.id).collect();
    assert_eq!(order, [quick.dossier.id, slow.dossier.id]);

    world.set("2026-08-06 09:00");
    let counts = world
        .engine
        .worklist_counts(&chairman, &Whose::default())
        .await
        .unwrap();
    assert_eq!(
        (
            counts.open,
            counts.of(WorklistFilter::Overdue),
            counts.of(WorklistFilter::NearDue),
            counts.of(WorklistFilter::DueToday)
        ),
        (2, 0, 1, 1)
    );
    world.set("2026-08-07 07:30");
    let page = world
        .engine
        .worklist(&chairman, WorklistQuery::default())
        .await
        .unwrap();
    assert!(page.items[0].timing.overdue, "due yesterday at 17:00");
    assert_eq!(
        page.items[0].timing.working_time_left,
        Some(TimeDelta::zero())
    );
    let counts = world
        .engine
        .worklist_counts(&chairman, &of(WARD))
        .await
        .unwrap();
    assert_eq!(
        (
            counts.of(WorklistFilter::Overdue),
            counts.of(WorklistFilter::NearDue)
        ),
        (1, 0)
    );
    let error = world
        .engine
        .worklist_counts(&chairman, &of(OTHER_WARD))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UnitDenied { .. }));
}

on_both!(the_code_alone_tells_little_and_the_pin_tells_steps_and_dates);

async fn the_code_alone_tells_little_and_the_pin_tells_steps_and_dates(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let pin = received.receipt.clone().unwrap().pin;
    let code = received.dossier.label();
    world.advance(&received, Role::Receptionist).await;
    let engine = &world.engine;
    let little = engine.lookup(&code.to_lowercase(), None, HERE).await;
    let little = little.unwrap();
    assert_eq!(little.stage, Stage::Handled);
    assert!(little.completion_percent > 20 && little.completion_percent < 90);
    assert!(little.details.is_none());
    let pin = pin.to_lowercase();
    let more = engine
        .lookup(&code, Some(Proof::Pin(&pin)), HERE)
        .await
        .unwrap();
    let details = more.details.unwrap();
    assert_eq!(details.status, Status::Processing);
    assert_eq!(details.promised_due, Some(moment("2026-08-06 17:00")));
    assert_eq!(details.steps[0].label_vi, "Đã tiếp nhận");
    assert_eq!(details.steps.len(), 2);
}

on_both!(a_wrong_pin_reads_like_an_unknown_code_and_slows_down_whoever_sends_it);

async fn a_wrong_pin_reads_like_an_unknown_code_and_slows_down_whoever_sends_it(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let code = received.dossier.label();
    let pin = received.receipt.unwrap().pin;
    let engine = &world.engine;
    let guess =
        async |code: &str, pin: &str, peer| engine.lookup(code, Some(Proof::Pin(pin)), peer).await;
    let wrong = guess(&code, "222222", HERE).await.unwrap_err();
    let unknown = guess("H60.02215-260803-0777", "222222", HERE).await;
    let shape = |error: &Error| {
        format!("{} {error}", error.reason())
            .replace("0001", "NNNN")
            .replace("0777", "NNNN")
    };
    assert_eq!(shape(&wrong), shape(&unknown.unwrap_err()));
    for _ in 0..4 {
        guess(&code, "333333", HERE).await.unwrap_err();
    }
    let slowed = guess(&code, &pin, HERE).await.unwrap_err();
    assert!(matches!(slowed, Error::TooMany { seconds: 2 }), "{slowed}");
    // The owner of the receipt has another address, and is not locked out.
    assert!(guess(&code, &pin, ELSEWHERE).await.is_ok());
    assert!(
        engine.lookup(&code, None, HERE).await.is_ok(),
        "the code alone stays open"
    );
    world.pass(TimeDelta::seconds(2));
    assert!(guess(&code, &pin, HERE).await.is_ok(), "and gets in");
}

on_both!(invented_codes_hold_up_nobody_but_whoever_invents_them);

async fn invented_codes_hold_up_nobody_but_whoever_invents_them(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, THREE_DAYS).await;
    let (code, pin) = (received.dossier.label(), received.receipt.unwrap().pin);
    let mut slowed = 0;
    for number in 0..2_000 {
        let invented = format!("H60.02215-260803-{:04}", 1_000 + number);
        let told = world
            .engine
            .lookup(&invented, Some(Proof::Pin("222222")), HERE)
            .await;
        slowed += u32::from(matches!(told, Err(Error::TooMany { .. })));
    }
    assert_eq!(slowed, 1_940, "sixty a minute are looked at");
    let holder = world
        .engine
        .lookup(&code, Some(Proof::Pin(&pin)), ELSEWHERE)
        .await;
    assert!(holder.is_ok());
}

#[tokio::test]
async fn the_code_alone_never_tells_how_it_ended_nor_what_is_to_be_paid() {
    for (status, stage) in [
        (Status::Submitted, Stage::Handled),
        (Status::PaymentRequested, Stage::WaitingForCitizen),
        (Status::SupplementRequested, Stage::WaitingForCitizen),
        (Status::Refused, Stage::Finished),
        (Status::Stopped, Stage::Finished),
        (Status::Withdrawn, Stage::Finished),
        (Status::Resolved, Stage::Finished),
        (Status::Returned, Stage::Finished),
    ] {
        assert_eq!(Stage::of(status), stage, "{status:?}");
    }
    let world = World::at("2026-08-03 10:00").await;
    let json = crate::calling::Json::over(&world);
    let received = world.receive(WARD, THREE_DAYS).await;
    let clerk = world.token(Role::Leader, WARD).await;
    let stop = serde_json::json!({
        "request_id": crate::calling::fresh_id(), "name": received.dossier.label(),
        "etag": received.dossier.etag(), "reason": "không đủ điều kiện",
        "legal_basis": "Điều 5 quy định mẫu",
    });
    json.call(&clerk, "StopDossier", &stop).await.good();
    let asked = serde_json::json!({ "code": received.dossier.label() });
    let told = json.call("", "LookupDossier", &asked).await.good();
    assert_eq!(told["stage"], "STAGE_FINISHED");
    assert_eq!(told["state"], "STATE_UNSPECIFIED");
    assert_eq!(
        (&told["state_name"], &told["completion_percent"]),
        (&"".into(), &100.into())
    );
}

on_both!(the_feed_resumes_after_each_event_without_skipping_or_doubling);

async fn the_feed_resumes_after_each_event_without_skipping_or_doubling(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let first = world.receive(WARD, THREE_DAYS).await;
    world.receive(OTHER_WARD, THREE_DAYS).await;
    world.advance(&first, Role::Receptionist).await;
    world.feed_settles(3).await;
    let province = who(Role::Province, PROVINCE);
    let all = world.engine.feed(&province, "", 0).await.unwrap();
    assert_eq!(all.entries.len(), 3);
    assert!(all.done);
    for (at, entry) in all.entries.iter().enumerate() {
        let rest = world
            .engine
            .feed(&province, &entry.cursor, 0)
            .await
            .unwrap();
        assert_eq!(rest.entries.len(), 2 - at);
    }
    let ward = who(Role::Chairman, WARD);
    let own = world.engine.feed(&ward, "", 1).await.unwrap();
    assert_eq!((own.entries.len(), own.done), (1, false));
    let own = world.engine.feed(&ward, &own.next, 0).await.unwrap();
    assert_eq!(
        own.entries.len(),
        1,
        "the other ward's reception is not its business"
    );
    let nothing = world.engine.feed(&ward, &own.next, 0).await.unwrap();
    assert!(nothing.entries.is_empty() && nothing.done);
    world.receive(WARD, THREE_DAYS).await;
    world.feed_settles(4).await;
    let news = world.engine.feed(&ward, &nothing.next, 0).await.unwrap();
    assert_eq!(news.entries.len(), 1);
}

on_both!(now_is_the_present_end_of_the_feed);

async fn now_is_the_present_end_of_the_feed(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    world.feed_settles(1).await;
    let province = who(Role::Province, PROVINCE);
    let end = world.engine.feed(&province, "now", 0).await.unwrap();
    assert!(end.entries.is_empty() && end.done);
    world.receive(WARD, THREE_DAYS).await;
    world.feed_settles(2).await;
    let news = world.engine.feed(&province, &end.next, 0).await.unwrap();
    assert_eq!(news.entries.len(), 1);
}

on_both!(a_cursor_of_another_feed_has_expired);

async fn a_cursor_of_another_feed_has_expired(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    let other = World::on(on, "2026-08-03 10:00").await;
    other.receive(WARD, THREE_DAYS).await;
    let province = who(Role::Province, PROVINCE);
    let cursor = other.engine.feed(&province, "", 0).await.unwrap().next;
    let error = world.engine.feed(&province, &cursor, 0).await.unwrap_err();
    assert!(matches!(error, Error::CursorExpired), "{error:?}");
    let own = world.engine.feed(&province, "", 0).await.unwrap().next;
    let beyond = format!("{own}9");
    let error = world.engine.feed(&province, &beyond, 0).await.unwrap_err();
    assert!(matches!(error, Error::CursorExpired), "{error:?}");
    let error = world.engine.feed(&province, "junk", 0).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
}

on_both!(waiting_for_papers_stops_the_clock_and_the_page_says_so);

async fn waiting_for_papers_stops_the_clock_and_the_page_says_so(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let received = world.receive(WARD, "1.013225").await;
    let ask = Command::RequestSupplement(RequestSupplement {
        items: vec![domain::dossier::acts::SupplementItem {
            component: None,
            note: domain::dossier::private::Words::new("bản vẽ"),
            data_failure: None,
        }],
        reason: domain::dossier::private::Words::new("thiếu bản vẽ"),
        respond_by: None,
        exception: None,
    });
    let waiting = world.act(&received, Role::Officer, ask).await.unwrap();
    let stands = waiting.dossier.clock.as_ref().unwrap().standing.is_some();
    world.set("2027-03-01 10:00");
    let chairman = who(Role::Chairman, WARD);
    let name = app::view::DossierName::Id(received.dossier.id);
    let late = world.engine.dossier(&chairman, &name).await.unwrap();
    assert_eq!(
        late.timing.overdue, !stands,
        "a standing clock does not become overdue"
    );
    let counts = world
        .engine
        .worklist_counts(&chairman, &Whose::default())
        .await
        .unwrap();
    assert_eq!(counts.of(WorklistFilter::WaitingForCitizen), 1);
}
