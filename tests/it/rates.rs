//! On-time and online rates through the engine, as a desk would read them.

use app::Error;
use app::read::ListQuery;
use app::report::{RateUnits, RatesQuery};
use chrono::NaiveDate;
use domain::dossier::Command;
use domain::dossier::acts::{Accept, Refuse, Stop, Withdraw};
use domain::dossier::private::Words;
use domain::id::ProvinceCode;
use domain::indicator::{Report, Row};
use domain::procedure::Kind;
use domain::role::Role;

use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, moment, unit, who};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub async fn rates(world: &World, from: &str, to: &str, as_of: Option<&str>) -> Report {
    let asked = async |as_of| {
        let query = RatesQuery {
            units: RateUnits::One(unit(WARD)),
            from: day(from),
            to: day(to),
            as_of,
            basis: app::report::UnitBasis::Recorded,
        };
        let chairman = who(Role::Chairman, WARD);
        world.engine.rates(&chairman, query).await.unwrap()
    };
    let report = asked(as_of.map(moment)).await;
    if as_of.is_none() {
        let read_anew = asked(Some(world.engine.now())).await;
        assert_eq!(report, read_anew, "sums and histories say the same");
    }
    report
}

fn identity_holds(row: &Row) {
    assert_eq!(
        row.carried_over + row.received,
        row.resolved + row.pending_in_time + row.pending_late,
        "{row:?}"
    );
    assert_eq!(row.resolved, row.in_time + row.late + row.no_due, "{row:?}");
}

on_both!(a_month_adds_up_and_stays_as_it_was);

async fn a_month_adds_up_and_stays_as_it_was(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    // A dossier on time, at the desk.
    let one = world.receive(WARD, THREE_DAYS).await;
    // A dossier submitted online and accepted, which will be late.
    let two = world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    let accept = Command::Receive(Accept {
        components: Vec::new(),
        papers: Vec::new(),
        accept_incomplete: Words::default(),
    });
    let two = world.act(&two, Role::Receptionist, accept).await.unwrap();
    // A dossier that is still pending at the end of the month.
    world.receive(WARD, "1.013225").await;
    world.set("2026-08-05 09:00");
    world.finish(one).await;
    world.set("2026-08-10 09:00");
    world.finish(two).await;

    let august = rates(&world, "2026-08-01", "2026-08-31", None).await;
    let row = &august.units[0];
    identity_holds(row);
    assert_eq!(
        (row.received, row.received_online, row.received_desk),
        (3, 1, 2)
    );
    assert_eq!(
        (row.resolved, row.early, row.on_due, row.late),
        (2, 1, 0, 1)
    );
    assert_eq!(row.pending_in_time, 1);
    assert_eq!((row.in_time_rate.num, row.in_time_rate.den), (1, 2));
    assert_eq!(row.online_rate.rate, Some(1.0 / 3.0));
    assert!(row.small);

    // As of 6 August one dossier is resolved, and the late one is not late yet.
    let early = rates(&world, "2026-08-01", "2026-08-31", Some("2026-08-06 12:00")).await;
    let row = &early.units[0];
    identity_holds(row);
    assert_eq!(
        (row.resolved, row.pending_in_time, row.pending_late),
        (1, 2, 0)
    );

    // Later events do not change the old report.
    world.set("2026-09-15 09:00");
    let ward = world.receive(WARD, THREE_DAYS).await;
    world.finish(ward).await;
    let again = rates(&world, "2026-08-01", "2026-08-31", None).await;
    let (then, now) = (&august.units[0], &again.units[0]);
    assert_eq!((then.received, then.resolved), (now.received, now.resolved));
    let september = rates(&world, "2026-09-01", "2026-09-30", None).await;
    assert_eq!(september.units[0].carried_over, 1);
    identity_holds(&september.units[0]);
}

on_both!(stopped_and_withdrawn_are_resolved_and_shown_again_and_refused_never_counted);

async fn stopped_and_withdrawn_are_resolved_and_shown_again_and_refused_never_counted(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let stopped = world.receive(WARD, THREE_DAYS).await;
    let stop = Command::Stop(Stop {
        reason: Words::new("lý do"),
        legal_basis: Words::new("căn cứ"),
    });
    world.act(&stopped, Role::Leader, stop).await.unwrap();
    let withdrawn = world.receive(WARD, THREE_DAYS).await;
    let withdraw = Command::Withdraw(Withdraw {
        reason: Words::default(),
    });
    world
        .act(&withdrawn, Role::Receptionist, withdraw)
        .await
        .unwrap();
    let refused = world.submit(WARD, THREE_DAYS, "G22.99-260803-000009").await;
    let refuse = Command::Refuse(Refuse {
        reason: Words::new("sai thẩm quyền"),
        competent: None,
    });
    world
        .act(&refused, Role::Receptionist, refuse)
        .await
        .unwrap();
    world.submit(WARD, "1.004222", "G22.99-260803-000010").await;
    let petition = "x-phan-anh-hien-truong";
    world.submit(WARD, petition, "G22.99-260803-000011").await;
    let received = world.receive(WARD, petition).await;
    let withdraw = Command::Withdraw(Withdraw {
        reason: Words::default(),
    });
    world
        .act(&received, Role::Receptionist, withdraw)
        .await
        .unwrap();
    for (kind, expected) in [(Kind::Petition, 2), (Kind::Procedure, 4)] {
        let query = ListQuery {
            kind: Some(kind),
            ..ListQuery::default()
        };
        let listed = world.engine.list(&who(Role::Chairman, WARD), query).await;
        let listed = listed.unwrap().items;
        assert!(listed.iter().all(|view| view.dossier.kind == kind));
        assert_eq!(listed.len(), expected, "{kind:?}");
    }

    let report = rates(&world, "2026-08-01", "2026-08-31", None).await;
    let row = &report.units[0];
    identity_holds(row);
    assert_eq!((row.received, row.resolved), (2, 2));
    assert_eq!((row.withdrawn, row.refused_after_receipt), (1, 1));
    assert_eq!(row.mirrored, 1);
    assert_eq!(row.in_time, 2, "judged by their own end");
}

on_both!(the_province_sees_every_unit_and_a_ward_only_itself);

async fn the_province_sees_every_unit_and_a_ward_only_itself(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    world.receive(OTHER_WARD, THREE_DAYS).await;
    let query = |units| RatesQuery {
        units,
        from: day("2026-08-01"),
        to: day("2026-08-31"),
        as_of: None,
        basis: app::report::UnitBasis::Recorded,
    };
    let code = ProvinceCode::parse("08").unwrap();
    let province = who(Role::Province, PROVINCE);
    let all = world
        .engine
        .rates(&province, query(RateUnits::Province(code.clone())))
        .await
        .unwrap();
    assert_eq!(
        all.units.len(),
        125,
        "124 communes and the provincial centre"
    );
    assert_eq!(all.total.received, 2);
    assert_eq!(all.units.iter().map(|row| row.received).sum::<u32>(), 2);
    let ward = who(Role::Chairman, WARD);
    for units in [
        RateUnits::Province(code),
        RateUnits::All,
        RateUnits::One(unit(OTHER_WARD)),
    ] {
        let error = world.engine.rates(&ward, query(units)).await.unwrap_err();
        assert!(matches!(error, Error::UnitDenied { .. }), "{error:?}");
    }
}

on_both!(the_same_dossier_counts_where_it_is_resolved);

async fn the_same_dossier_counts_where_it_is_resolved(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let mut reception = crate::world::at_the_desk(OTHER_WARD, THREE_DAYS);
    reception.content.resolving = Some(unit(WARD));
    let clerk = who(Role::Receptionist, OTHER_WARD);
    let code = crate::world::procedure_code(THREE_DAYS);
    world
        .engine
        .receive(&clerk, world.identity(), &code, reception)
        .await
        .unwrap();
    let report = rates(&world, "2026-08-01", "2026-08-31", None).await;
    assert_eq!(report.units[0].received, 1);
    let query = RatesQuery {
        units: RateUnits::One(unit(OTHER_WARD)),
        from: day("2026-08-01"),
        to: day("2026-08-31"),
        as_of: None,
        basis: app::report::UnitBasis::Recorded,
    };
    let other = world
        .engine
        .rates(&who(Role::Chairman, OTHER_WARD), query)
        .await
        .unwrap();
    assert_eq!(other.units[0].received, 0);
}
