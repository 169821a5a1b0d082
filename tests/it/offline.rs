//! Reception while offline: numbers reserved, used, voided, and a day without a gap.

use std::collections::BTreeMap;

use app::error::Error;
use app::offline::OfflineReception;
use app::ports::{Block, Scope, Store as _};
use app::report::{RateUnits, RatesQuery, UnitBasis};
use app::view::View;
use chrono::NaiveDate;
use domain::dossier::{Channel, Reception, Refusal};
use domain::number::{NumberState, VoidReason};
use domain::role::Role;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{
    OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, contents, moment, procedure_code, unit, who,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn reserve(world: &World, of: &str, count: u32) -> Result<Block, Error> {
    let clerk = who(Role::Receptionist, WARD);
    let identity = world.identity();
    let engine = &world.engine;
    engine
        .reserve_numbers(&clerk, identity, &unit(WARD), day(of), count)
        .await
}

fn written_down(world: &World, number: u32, at: &str) -> OfflineReception {
    OfflineReception {
        identity: world.identity(),
        number,
        at: moment(at),
        procedure: procedure_code(THREE_DAYS),
        reception: Reception {
            receiving: unit(WARD),
            channel: Channel::Desk,
            content: contents(THREE_DAYS),
        },
    }
}

async fn import(world: &World, of: &str, all: Vec<OfflineReception>) -> Vec<Result<View, Error>> {
    let clerk = who(Role::Receptionist, WARD);
    let desk = unit(WARD);
    let entered = world.engine.import_receptions(&clerk, &desk, day(of), all);
    entered.await.unwrap()
}

async fn void(world: &World, of: &str, numbers: &[u32]) -> Result<Vec<Block>, Error> {
    let clerk = who(Role::Receptionist, WARD);
    let (numbers, reason) = (numbers.to_vec(), VoidReason::Unused);
    let engine = &world.engine;
    engine
        .void_numbers(&clerk, &unit(WARD), day(of), numbers, reason, None)
        .await
}

/// Every number of a day up to its last, with its owner.
async fn whole_day(world: &World, of: &str) -> Vec<&'static str> {
    let clerk = who(Role::Receptionist, WARD);
    let blocks = world
        .engine
        .number_blocks(&clerk, &unit(WARD), day(of)..=day(of))
        .await;
    let mut owners: BTreeMap<u32, Vec<&'static str>> = BTreeMap::new();
    let mut used = 0;
    for (number, state) in blocks.unwrap().0.iter().flat_map(|block| &block.numbers) {
        match state {
            // A used number is counted by its dossier, which the code finds.
            NumberState::Used(_) => used += 1,
            NumberState::Open => owners.entry(*number).or_default().push("open"),
            NumberState::Void { .. } => owners.entry(*number).or_default().push("void"),
        }
    }
    let list = app::ports::List::all(Scope::Province(clerk.province), None, 10_000);
    let found = world.store.read().await.unwrap().list(&list).await.unwrap();
    let prefix = format!("{WARD}-{}-", day(of).format("%y%m%d"));
    let mut borne = 0;
    for code in found.iter().filter_map(|dossier| dossier.code.as_ref()) {
        if let Some(serial) = code.as_str().strip_prefix(&prefix) {
            borne += 1;
            owners
                .entry(serial.parse().unwrap())
                .or_default()
                .push("dossier");
        }
    }
    assert!(used <= borne);
    let numbers: Vec<u32> = owners.keys().copied().collect();
    let all: Vec<u32> = (1..=u32::try_from(owners.len()).unwrap()).collect();
    assert_eq!(numbers, all, "no number is missing");
    owners
        .into_values()
        .map(|owners| {
            assert_eq!(owners.len(), 1, "each number belongs to one: {owners:?}");
            owners[0]
        })
        .collect()
}

on_every_database!(a_block_is_used_and_given_back_and_the_day_has_no_gap);

async fn a_block_is_used_and_given_back_and_the_day_has_no_gap(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    world.receive(WARD, THREE_DAYS).await;
    let block = reserve(&world, "2026-08-03", 4).await.unwrap();
    assert_eq!((block.first, block.last), (2, 5));
    // Online numbering continues after the block.
    let online = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(online.dossier.label(), "H60.02215-260803-0006");
    assert_eq!(
        whole_day(&world, "2026-08-03").await,
        ["dossier", "open", "open", "open", "open", "dossier"]
    );

    world.set("2026-08-05 09:00");
    let entered = vec![
        written_down(&world, 3, "2026-08-03 10:00"),
        written_down(&world, 2, "2026-08-03 09:00"),
    ];
    let first = import(&world, "2026-08-03", entered.clone()).await;
    let view = first[0].as_ref().unwrap();
    assert_eq!(view.dossier.label(), "H60.02215-260803-0003");
    assert_eq!(view.dossier.received, Some(moment("2026-08-03 10:00")));
    assert_eq!(
        view.dossier.due(),
        Some(moment("2026-08-06 17:00")),
        "due times count from the desk's time"
    );
    let offline = view.dossier.offline.unwrap();
    assert_eq!(offline.number, 3);
    assert_eq!(
        offline.entered,
        moment("2026-08-05 09:00"),
        "and it says when"
    );
    assert_eq!(online.dossier.offline, None);
    let again = import(&world, "2026-08-03", entered).await;
    for (one, other) in first.iter().zip(&again) {
        let (one, other) = (one.as_ref().unwrap(), other.as_ref().unwrap());
        assert_eq!(one.dossier, other.dossier, "a repeat gets the first answer");
    }

    void(&world, "2026-08-03", &[4, 5]).await.unwrap();
    void(&world, "2026-08-03", &[5]).await.unwrap();
    assert_eq!(
        whole_day(&world, "2026-08-03").await,
        ["dossier", "dossier", "dossier", "void", "void", "dossier"]
    );
    // A settled number stays settled, and a list of numbers is voided as a whole or not at all.
    for numbers in [&[2][..], &[9], &[1]] {
        assert!(matches!(
            void(&world, "2026-08-03", numbers).await,
            Err(Error::Refused {
                refusal: Refusal::NumberNotOpen { .. },
                ..
            })
        ));
    }
    let late = [3, 4, 9].map(|number| written_down(&world, number, "2026-08-03 11:00"));
    for (outcome, expected) in import(&world, "2026-08-03", late.to_vec())
        .await
        .iter()
        .zip([Some("used"), Some("void"), None])
    {
        let Err(Error::Refused {
            refusal: Refusal::NumberNotOpen { state, .. },
            ..
        }) = outcome
        else {
            panic!("{outcome:?}")
        };
        assert_eq!(*state, expected);
    }
}

on_every_database!(a_block_ahead_does_not_move_the_day_and_a_day_that_is_over_gives_none);

async fn a_block_ahead_does_not_move_the_day_and_a_day_that_is_over_gives_none(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let ahead = reserve(&world, "2026-08-04", 3).await.unwrap();
    assert_eq!((ahead.first, ahead.last), (1, 3));
    let today = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(today.dossier.label(), "H60.02215-260803-0001");
    world.set("2026-08-04 08:00");
    let online = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(online.dossier.label(), "H60.02215-260804-0004");
    let more = reserve(&world, "2026-08-04", 2).await.unwrap();
    assert_eq!((more.first, more.last), (5, 6));
    // The clock goes back, but the day of the numbers does not.
    world.set("2026-08-03 23:00");
    let refused = reserve(&world, "2026-08-03", 1).await;
    assert!(matches!(
        refused,
        Err(Error::Refused {
            refusal: Refusal::DayOver { .. },
            ..
        })
    ));
    for (of, count) in [
        ("2026-08-02", 1),
        ("2026-09-04", 1),
        ("2026-08-03", 0),
        ("2026-08-03", 501),
    ] {
        let refused = reserve(&world, of, count).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{of} {count}");
    }
    world.set("2026-08-04 08:05");
    let online = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(online.dossier.label(), "H60.02215-260804-0007");
}

on_every_database!(desks_at_once_never_get_the_same_number);

async fn desks_at_once_never_get_the_same_number(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let desks = (0..8).map(async |desk| {
        if desk % 2 == 0 {
            reserve(&world, "2026-08-03", 5).await.unwrap();
        } else {
            world.receive(WARD, THREE_DAYS).await;
        }
    });
    join_all(desks).await;
    let whole = whole_day(&world, "2026-08-03").await;
    assert_eq!(whole.len(), 4 * 5 + 4);
    // Two desks enter the same slip; one of them is refused.
    let open = whole.iter().position(|owner| *owner == "open").unwrap();
    let number = u32::try_from(open).unwrap() + 1;
    let twice = (0..2).map(async |_| {
        let one = vec![written_down(&world, number, "2026-08-03 09:30")];
        import(&world, "2026-08-03", one).await.remove(0)
    });
    let outcomes = join_all(twice).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    whole_day(&world, "2026-08-03").await;
    // A repeated request gets the same block. With another count it gets none.
    let clerk = who(Role::Receptionist, WARD);
    let identity = world.identity();
    let take = async |count| {
        let engine = &world.engine;
        let of = day("2026-08-03");
        engine
            .reserve_numbers(&clerk, identity.clone(), &unit(WARD), of, count)
            .await
    };
    let first = take(2).await.unwrap();
    assert_eq!(take(2).await.unwrap(), first);
    assert!(matches!(take(3).await, Err(Error::RequestReused { .. })));
}

on_both!(a_report_counts_by_the_desks_time_and_knows_when_it_was_entered);

async fn a_report_counts_by_the_desks_time_and_knows_when_it_was_entered(on: Backend) {
    let world = World::on(on, "2026-08-03 08:00").await;
    reserve(&world, "2026-08-03", 1).await.unwrap();
    world.set("2026-08-05 09:00");
    let one = vec![written_down(&world, 1, "2026-08-03 09:00")];
    import(&world, "2026-08-03", one).await.remove(0).unwrap();
    let received = async |as_of: Option<&str>| {
        let query = RatesQuery {
            units: RateUnits::One(unit(WARD)),
            from: day("2026-08-03"),
            to: day("2026-08-03"),
            as_of: as_of.map(moment),
            basis: UnitBasis::Recorded,
        };
        let caller = who(Role::Province, PROVINCE);
        world
            .engine
            .rates(&caller, query)
            .await
            .unwrap()
            .total
            .received
    };
    assert_eq!(received(None).await, 1, "by the desk's time");
    assert_eq!(received(Some("2026-08-05 09:00")).await, 1);
    assert_eq!(
        received(Some("2026-08-04 23:59")).await,
        0,
        "it was not entered yet"
    );
}

on_both!(what_a_unit_received_before_it_was_merged_goes_to_its_heir_when_entered);

async fn what_a_unit_received_before_it_was_merged_goes_to_its_heir_when_entered(on: Backend) {
    let world = crate::merger::june(on).await;
    world.set("2025-06-30 08:00");
    let old = unit(crate::merger::TAN_QUANG);
    let mut clerk = who(Role::Receptionist, crate::merger::TAN_QUANG);
    let engine = &world.engine;
    let of = day("2025-06-30");
    engine
        .reserve_numbers(&clerk, world.identity(), &old, of, 1)
        .await
        .unwrap();
    world.set("2025-07-02 08:00");
    let mut one = written_down(&world, 1, "2025-06-30 09:00");
    one.procedure = procedure_code(crate::merger::BEFORE);
    one.reception.receiving = old.clone();
    one.reception.content = crate::merger::contents();
    clerk.former = vec![old.clone()];
    clerk.units = vec![unit(WARD)];
    let mut entered = engine
        .import_receptions(&clerk, &old, of, vec![one])
        .await
        .unwrap();
    let view = entered.remove(0).unwrap();
    assert_eq!(view.dossier.label(), "H60.02206-250630-0001");
    let name = app::view::DossierName::Id(view.dossier.id);
    let now = engine
        .dossier(&who(Role::Chairman, WARD), &name)
        .await
        .unwrap();
    assert_eq!(now.dossier.resolving, unit(WARD));
    assert_eq!(now.dossier.code, view.dossier.code);
}

on_every_database!(a_void_slip_names_the_dossier_that_its_person_has_later);

async fn a_void_slip_names_the_dossier_that_its_person_has_later(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    let earlier = world.receive(WARD, THREE_DAYS).await.dossier.label();
    let wire = Json::over(&world);
    let clerk = world.token(Role::Receptionist, WARD).await;
    let block = json!({
        "unit": WARD, "day": "2026-08-04", "count": 4, "request_id": fresh_id(),
    });
    wire.call(&clerk, "ReserveNumbers", &block).await.good();
    world.set("2026-08-05 09:00");
    let later = world.receive(WARD, THREE_DAYS).await.dossier;
    let elsewhere = world.receive(OTHER_WARD, THREE_DAYS).await.dossier;

    let void = |numbers: &[i32], later: &str| {
        json!({
            "unit": WARD, "day": "2026-08-04", "numbers": numbers, "reason": "REASON_SPOILT",
            "later_dossier": later, "request_id": fresh_id(),
        })
    };
    let same = format!("dossiers/{}", elsewhere.id);
    for (numbers, named, words) in [
        (
            &[1][..],
            earlier.as_str(),
            "of 2026-08-03, before the slip of 2026-08-04",
        ),
        (
            &[1],
            "dossiers/H60.02215-260805-0999",
            "no dossier that you may read",
        ),
        (&[1], same.as_str(), "no dossier that you may read"),
        (&[1, 2], &later.label(), "one number only"),
        (&[1], "?", "expected a dossier name"),
    ] {
        let refused = wire
            .call(&clerk, "VoidNumbers", &void(numbers, named))
            .await;
        let wrong = refused.wrong();
        assert_eq!(wrong[0].0, "later_dossier", "{wrong:?}");
        assert!(wrong[0].1.contains(words), "{wrong:?}");
        assert!(refused.names_on_the_form("later_dossier"));
    }

    let named = void(&[2], &later.label());
    let told = wire.call(&clerk, "VoidNumbers", &named).await.good();
    wire.call(&clerk, "VoidNumbers", &void(&[3], ""))
        .await
        .good();
    let id = format!("dossiers/{}", later.id);
    let voided = |block: &Value| block["blocks"][0]["voided"].clone();
    let by = |number: i32, later: &str| {
        json!({
            "number": number, "reason": "REASON_SPOILT", "later_dossier": later,
            "code": format!("{WARD}-260804-{number:04}"), "actor": format!("receptionist-{WARD}"),
            "void_time": "2026-08-05T02:00:00Z",
        })
    };
    let first = by(2, &id);
    assert_eq!(voided(&told), json!([first]), "{told}");
    let list = json!({ "unit": WARD, "day": "2026-08-04" });
    let listed = wire.call(&clerk, "ListNumberBlocks", &list).await.good();
    let second = by(3, "");
    assert_eq!(voided(&listed), json!([first, second]), "{listed}");
    assert_eq!(listed["blocks"][0]["void_numbers"], json!([2, 3]));

    // A report over days has them as well, and names the day beside those without any.
    let month = json!({ "unit": WARD, "day": "2026-08-01", "last_day": "2026-08-31" });
    let month = wire.call(&clerk, "ListNumberBlocks", &month).await.good();
    assert_eq!(month["blocks"], listed["blocks"]);
    for last in ["2026-07-31", "2027-08-02", "?"] {
        let wrong = json!({ "unit": WARD, "day": "2026-08-01", "last_day": last });
        let refused = wire.call(&clerk, "ListNumberBlocks", &wrong).await;
        assert_eq!(refused.wrong()[0].0, "last_day", "{last}");
    }

    // Twice is once; another dossier for the same slip is refused.
    wire.call(&clerk, "VoidNumbers", &named).await.good();
    let another = world.receive(WARD, THREE_DAYS).await.dossier.label();
    for other in [another.as_str(), ""] {
        let refused = wire.call(&clerk, "VoidNumbers", &void(&[2], other)).await;
        assert_eq!(refused.refused().2, "NUMBER_NOT_OPEN", "{other}");
    }
}
