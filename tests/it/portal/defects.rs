//! Eight faults that were found in programs of this kind, none of which may be here.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::view::View;
use chrono::{NaiveDate, TimeDelta};
use domain::catalogue::Catalogue;
use domain::deadline;
use domain::dossier::acts::{
    Advance, RecordPayment, RecordSupplement, Refuse, RequestPayment, Resolve, Stop, Withdraw,
};
use domain::dossier::private::Words;
use domain::dossier::{Command, ElectronicFile, FileHash, Paper, PaperCopy, PaymentMethod, Status};
use domain::limit::Limit;
use domain::role::Role;
use portal::outbound::{ADAPTER, Map, Milestone, Story, tell};
use portal::simulate::{Fault, Faults, Simulator};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::world::{
    OTHER_WARD, THREE_DAYS, WARD, World, ask_for_papers, at_the_desk, catalogue, identity, moment,
    procedure_code, who,
};

/// What a dossier tells a remote.
async fn story(world: &World, view: &View) -> Story {
    let id = view.dossier.id;
    let province = &view.dossier.province;
    let stories = world.engine.portal_stories(province, &[id]).await.unwrap();
    let kept = &stories[&id];
    tell(&kept.records, &kept.private, &catalogue(), u32::MAX).unwrap()
}

/// A dossier as the adapter protocol writes it.
async fn written(world: &World, view: &View) -> Value {
    let map = Map::parse(ADAPTER).unwrap();
    map.dossier(&story(world, view).await.card).unwrap().into()
}

fn rows(milestones: &[Milestone]) -> Vec<Value> {
    let map = Map::parse(ADAPTER).unwrap();
    let cards: Vec<_> = milestones.iter().map(|milestone| &milestone.card).collect();
    map.progress(&cards).unwrap()
}

fn why() -> Words {
    Words::new("theo quy định")
}

/// A dossier in each status that a dossier can have here.
async fn in_every_status(world: &World) -> Vec<(Status, View)> {
    let mut number = 0;
    let mut submit = async || {
        number += 1;
        let code = format!("G22.98-260803-{number:06}");
        world.submit(WARD, THREE_DAYS, &code).await
    };
    let submitted = submit().await;
    let to_refuse = submit().await;
    let refuse = Command::Refuse(Refuse {
        reason: why(),
        competent: None,
    });
    let refused = world.act(&to_refuse, Role::Chairman, refuse).await.unwrap();
    let received = world.receive(WARD, THREE_DAYS).await;
    let started = async || {
        let view = world.receive(WARD, THREE_DAYS).await;
        world.advance(&view, Role::Receptionist).await
    };
    let processing = started().await;
    let view = started().await;
    let supplement = world
        .act(&view, Role::Chairman, ask_for_papers())
        .await
        .unwrap();
    let view = started().await;
    let pay = Command::RequestPayment(RequestPayment {
        amount_vnd: 8_000,
        reason: why(),
    });
    let payment = world.act(&view, Role::Chairman, pay).await.unwrap();
    let view = started().await;
    let withdraw = Command::Withdraw(Withdraw { reason: why() });
    let withdrawn = world.act(&view, Role::Chairman, withdraw).await.unwrap();
    let view = started().await;
    let stop = Command::Stop(Stop {
        reason: why(),
        legal_basis: why(),
    });
    let stopped = world.act(&view, Role::Chairman, stop).await.unwrap();
    let mut view = started().await;
    while !view.allowed.contains(&domain::dossier::Action::Resolve) {
        let step = view.next_steps.first().cloned();
        let advance = Command::Advance(Advance {
            step,
            assignee: None,
        });
        view = world.act(&view, Role::Chairman, advance).await.unwrap();
    }
    let resolve = Command::Resolve(Resolve {
        results: Vec::new(),
    });
    let resolved = world.act(&view, Role::Chairman, resolve).await.unwrap();
    let returned = world.receive(WARD, THREE_DAYS).await;
    let returned = world.finish(returned).await;
    vec![
        (Status::Submitted, submitted),
        (Status::Received, received),
        (Status::Refused, refused),
        (Status::Processing, processing),
        (Status::SupplementRequested, supplement),
        (Status::PaymentRequested, payment),
        (Status::Withdrawn, withdrawn),
        (Status::Stopped, stopped),
        (Status::Resolved, resolved),
        (Status::Returned, returned),
    ]
}

#[tokio::test]
async fn first_each_status_goes_out_as_itself_and_no_step_is_made_up() {
    let world = World::at("2026-08-03 10:00").await;
    let all = in_every_status(&world).await;
    let codes: BTreeSet<_> = all.iter().map(|(status, _)| status.code()).collect();
    assert_eq!(codes, (1..=10).collect(), "every status occurs");
    for (status, view) in &all {
        let written = written(&world, view).await;
        let code = status.code().to_string();
        assert_eq!(written["TrangThaiHoSo"], json!(code), "{status:?}");
        let story = story(&world, view).await;
        let rows = rows(&story.milestones);
        assert_eq!(rows.last().unwrap()["TrangThai"], json!(code), "{status:?}");
        let read = app::ports::Store::read(world.store.as_ref()).await.unwrap();
        let key = (view.dossier.province.clone(), view.dossier.id);
        let records = read.records(&key).await.unwrap();
        for (row, milestone) in rows.iter().zip(&story.milestones) {
            let record = &records[milestone.number as usize - 1];
            assert_eq!(row["NguoiXuLy"], json!(record.actor.as_str()));
            assert_eq!(row["ChucDanh"], json!(record.role.name_vi()));
        }
        let ends = written.get("NgayKetThucXuLy").is_some();
        assert_eq!(
            ends,
            view.dossier.ended.is_some() && *status != Status::Refused,
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn first_what_has_no_due_time_is_not_finished_at_reception() {
    let world = World::at("2026-08-03 10:00").await;
    let catalogue: Arc<Catalogue> = catalogue();
    let day = NaiveDate::from_ymd_opt(2026, 8, 3).unwrap();
    let mut seen = 0;
    for procedure in catalogue.procedures.iter() {
        let is_current = catalogue
            .procedures
            .in_force(&procedure.code, day)
            .is_some_and(|current| current.version == procedure.version);
        let ours = procedure.authority == domain::procedure::Authority::Ours;
        if !is_current || !ours {
            continue;
        }
        let reception = at_the_desk(WARD, procedure.code.as_str());
        let clerk = who(Role::Receptionist, WARD);
        let received = world
            .engine
            .receive(&clerk, world.identity(), &procedure.code, reception)
            .await;
        let Ok(view) = received else { continue };
        if view.dossier.due().is_some() {
            continue;
        }
        seen += 1;
        let written = written(&world, &view).await;
        assert_eq!(written["TrangThaiHoSo"], "2", "{}", procedure.code);
        for absent in ["NgayHenTra", "NgayKetThucXuLy", "NgayTra"] {
            assert!(
                written.get(absent).is_none(),
                "{}: {absent}",
                procedure.code
            );
        }
    }
    assert!(seen > 0, "the catalogue has a procedure without a limit");
}

#[tokio::test]
async fn second_nothing_stands_in_for_what_is_not_known() {
    let world = World::at("2026-08-03 10:00").await;
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    let component = reception.content.components[0].clone();
    reception.content.papers = vec![Paper {
        component,
        copy: PaperCopy::Original,
        count: 1,
        file: Some(ElectronicFile {
            sha256: FileHash::parse(&"00ff".repeat(16)).unwrap(),
            bytes: 7,
        }),
        reuse: None,
    }];
    let clerk = who(Role::Receptionist, WARD);
    let procedure = procedure_code(THREE_DAYS);
    let view = world
        .engine
        .receive(&clerk, world.identity(), &procedure, reception)
        .await
        .unwrap();
    let text = written(&world, &view).await;
    assert_eq!(
        text["MaHoSo"],
        json!(view.dossier.code.as_ref().unwrap().as_str())
    );
    for absent in [
        "DinhDanhCHS",
        "SoDienThoai",
        "DSKetNoiCSDL",
        "DanhSachGiayToKetQua",
        "Email",
    ] {
        assert!(text.get(absent).is_none(), "{absent}: {text}");
    }
    assert_eq!(text["HoSoCoThanhPhanSoHoa"], "1", "a paper was digitised");
    assert_eq!(text["DuocThanhToanTrucTuyen"], "0");
    for (method, code) in [(PaymentMethod::Cash, "0"), (PaymentMethod::Portal, "1")] {
        let view = world.receive(WARD, THREE_DAYS).await;
        let pay = Command::RecordPayment(RecordPayment {
            amount_vnd: 8_000,
            method: Some(method),
            reference: None,
        });
        let paid = world.act(&view, Role::Chairman, pay).await.unwrap();
        let text = written(&world, &paid).await;
        assert_eq!(text["DuocThanhToanTrucTuyen"], code, "{method}");
    }
}

#[tokio::test]
async fn third_no_act_makes_an_overdue_dossier_punctual() {
    let world = World::at("2026-08-03 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let due = view.dossier.due().unwrap();
    let first = written(&world, &view).await["NgayHenTra"].clone();
    world.move_to(due + TimeDelta::days(10));
    let late = world.advance(&view, Role::Receptionist).await;
    let asked = world
        .act(&late, Role::Chairman, ask_for_papers())
        .await
        .unwrap();
    world.pass(TimeDelta::days(3));
    let brought = Command::RecordSupplement(RecordSupplement {
        components: Vec::new(),
        papers: Vec::new(),
    });
    let brought = world.act(&asked, Role::Chairman, brought).await.unwrap();
    assert!(brought.timing.overdue);
    assert_eq!(brought.dossier.due(), Some(due));
    assert_eq!(written(&world, &brought).await["NgayHenTra"], first);
    // And no method of the contract is there to do it.
    for method in crate::calling::methods() {
        let name = method.name().to_lowercase();
        assert!(
            name == "resetpassword" || !name.contains("reset") && !name.contains("setdue"),
            "{name}"
        );
    }
}

#[test]
fn fourth_past_days_and_working_saturdays_are_in_the_calendar_and_its_end_is_an_error() {
    let catalogue = catalogue();
    let calendar = catalogue.calendars.for_unit(WARD);
    let due = |from, limit: &str| {
        let limit: Limit = limit.parse().unwrap();
        deadline::due(moment(from), limit, calendar).map(|due| due.at)
    };
    // Monday 31 August is off, Saturday 22 August works instead.
    assert_eq!(
        due("2026-08-20 09:00", "2wd").unwrap(),
        moment("2026-08-22 17:00")
    );
    assert_eq!(
        due("2026-08-28 09:00", "1wd").unwrap(),
        moment("2026-09-03 17:00")
    );
    // Last year, when 2 September was a holiday too.
    assert_eq!(
        due("2025-08-29 09:00", "1wd").unwrap(),
        moment("2025-09-03 17:00")
    );
    due("2027-12-31 09:00", "30wd").unwrap_err();
}

#[tokio::test]
async fn fifth_the_due_day_is_in_time_until_its_end_and_the_end_is_not_the_hand_out() {
    let world = World::at("2026-08-03 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let due = view.dossier.due().unwrap();
    world.move_to(due);
    let returned = world.finish(view).await;
    let report = crate::rates::rates(&world, "2026-08-01", "2026-08-31", None).await;
    assert_eq!((report.total.in_time, report.total.late), (1, 0));
    let resolved = written(&world, &returned).await;
    assert_eq!(resolved["NgayKetThucXuLy"], resolved["NgayHenTra"]);
    // Collected a week later: the end of processing stays what it was.
    let again = world.receive(WARD, THREE_DAYS).await;
    let mut view = again;
    while !view.allowed.contains(&domain::dossier::Action::Resolve) {
        view = world.advance(&view, Role::Chairman).await;
    }
    let resolve = Command::Resolve(Resolve {
        results: Vec::new(),
    });
    let done = world.act(&view, Role::Chairman, resolve).await.unwrap();
    let ended = written(&world, &done).await["NgayKetThucXuLy"].clone();
    world.pass(TimeDelta::days(7));
    let back = Command::Return(domain::dossier::acts::ReturnResult {
        receiver: None,
        proxy: false,
        channel: domain::dossier::Channel::Desk,
    });
    let back = world.act(&done, Role::Receptionist, back).await.unwrap();
    let text = written(&world, &back).await;
    assert_eq!(text["NgayKetThucXuLy"], ended);
    assert_ne!(text["NgayTra"], ended);
}

#[tokio::test]
async fn sixth_what_was_withdrawn_goes_out_as_withdrawn_and_a_rate_without_it_stands_beside() {
    let world = World::at("2026-08-03 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let withdraw = Command::Withdraw(Withdraw { reason: why() });
    let gone = world.act(&view, Role::Chairman, withdraw).await.unwrap();
    let text = written(&world, &gone).await;
    assert_eq!(text["TrangThaiHoSo"], "7");
    assert!(text.get("NgayTra").is_none());
    let token = world.token(Role::Province, crate::world::PROVINCE).await;
    let json = crate::calling::Json::over(&world);
    let period = crate::statistics::province("2026-08-01", "2026-08-31");
    let form = json.call(&token, "GetIi06a", &period).await.json;
    let number = |name| crate::statistics::number(&form, WARD, name);
    assert_eq!(number("withdrawn_in_time"), 1);
    assert_eq!(
        number("in_time_without_withdrawn"),
        0,
        "it is in no rate of its own"
    );
    let refused = world.submit(WARD, THREE_DAYS, "G22.98-260803-000009").await;
    let refuse = Command::Refuse(Refuse {
        reason: why(),
        competent: None,
    });
    let refused = world.act(&refused, Role::Chairman, refuse).await.unwrap();
    let text = written(&world, &refused).await;
    assert_eq!(text["TrangThaiHoSo"], "3");
    assert!(text.get("NgayTuChoi").is_some() && text.get("NgayKetThucXuLy").is_none());
}

on_both!(seventh_two_programs_that_take_in_at_once_give_no_code_twice);

async fn seventh_two_programs_that_take_in_at_once_give_no_code_twice(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let another = app::Engine::start(app::Parts {
        store: Arc::clone(&world.store) as Arc<dyn app::ports::Store>,
        catalogue: catalogue(),
        clock: Arc::clone(&world.clock) as Arc<dyn app::ports::Clock>,
        ids: Arc::new(crate::world::NumberedIds::from(1 << 40)),
        secret: crate::world::SECRET.to_vec(),
        queue: 64,
    });
    let mut receptions = JoinSet::new();
    for number in 0..40 {
        let engine = Arc::clone(if number % 2 == 0 {
            &world.engine
        } else {
            &another
        });
        let ward = if number % 4 < 2 { WARD } else { OTHER_WARD };
        receptions.spawn(async move {
            let clerk = who(Role::Receptionist, ward);
            let mut reception = at_the_desk(ward, THREE_DAYS);
            reception.content.applicant.name = format!("Nguyễn Văn Mẫu {number}");
            let procedure = procedure_code(THREE_DAYS);
            let received = engine
                .receive(&clerk, identity(90_000 + number, ""), &procedure, reception)
                .await;
            received.unwrap().dossier.code.unwrap().to_string()
        });
    }
    let mut codes = BTreeSet::new();
    while let Some(code) = receptions.join_next().await {
        assert!(codes.insert(code.unwrap()), "twice");
    }
    let last = |ward: &str| format!("{ward}-260803-0020");
    assert!(
        codes.contains(&last(WARD)) && codes.contains(&last(OTHER_WARD)),
        "gapless"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn eighth_a_refusal_is_kept_with_its_words_and_a_person_sends_it_again() {
    let world = World::at("2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let settings = remote.settings("procedures = []");
    let mut wrong = settings.clone();
    // Who speaks for nobody is refused, with words that sound friendly enough.
    wrong.organisation = String::new();
    let view = world.receive(WARD, THREE_DAYS).await;
    let working = Working::begin(&world.engine, wrong, "one");
    let admin = who(Role::Admin, crate::world::PROVINCE);
    let parked = async || {
        let status = world.engine.portal_status(&admin).await.unwrap();
        status.first().map_or(0, |status| status.count.parked)
    };
    crate::port::soon("the parked dossier", async {
        while parked().await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    working.stop().await;
    let query = app::portal::ParcelQuery {
        remote: "cong".to_owned(),
        dossier: None,
        parked: true,
        page: app::page::PageQuery::default(),
    };
    let page = world.engine.portal_parcels(&admin, query).await.unwrap();
    let (parcel, code) = &page.items[0];
    assert_eq!(*code, view.dossier.label());
    assert_eq!(parcel.reason, "REFUSED");
    assert!(parcel.words.contains("code -1") && parcel.words.contains("Thiếu madonvi"));
    assert!(parcel.asked.contains("look-up"), "{}", parcel.asked);
    assert!(simulator.ledger().dossiers.is_empty());
    // The cause is mended, and a person sends it again.
    let working = Working::begin(&world.engine, settings, "two");
    let sent = world
        .engine
        .portal_retry(&admin, world.engine.request_id(), "cong", None)
        .await
        .unwrap();
    assert_eq!(sent, 1);
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let ledger = simulator.ledger();
    assert_eq!(ledger.dossiers[&view.dossier.label()].rows.len(), 1);
    assert_eq!(ledger.counts.faults.get(Fault::Lost.as_str()), None);
}
