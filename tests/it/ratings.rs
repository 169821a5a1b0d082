//! Citizens' ratings, counted by unit and period.

use app::report::{RateUnits, UnitBasis};
use app::satisfaction::RatingsQuery;
use app::view::View;
use chrono::NaiveDate;
use domain::dossier::acts::{self, Withdraw};
use domain::dossier::private::Words;
use domain::dossier::{Command, RatingMethod, Score};
use domain::indicator::Rate;
use domain::procedure::Kind;
use domain::role::Role;
use domain::satisfaction::Satisfaction;
use serde_json::json;

use crate::backend::Backend;
use crate::calling::Json;
use crate::merger::{self, TAN_QUANG};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, moment, unit, who};

const PETITION: &str = "x-phan-anh-hien-truong";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn of(unit_code: &str, from: &str, to: &str) -> RatingsQuery {
    RatingsQuery {
        units: RateUnits::One(unit(unit_code)),
        kind: Kind::Procedure,
        from: day(from),
        to: day(to),
        as_of: None,
        basis: UnitBasis::Recorded,
    }
}

async fn asked(world: &World, query: RatingsQuery) -> Satisfaction {
    let caller = who(Role::Province, PROVINCE);
    world.engine.ratings(&caller, query).await.unwrap()
}

fn scores(told: &Satisfaction) -> [u32; 5] {
    let mut sum = [0; 5];
    for row in &told.units {
        for (sum, count) in sum.iter_mut().zip(row.scores.counts()) {
            *sum += count;
        }
    }
    assert_eq!(sum, told.total.scores.counts(), "the total is the sum");
    sum
}

fn rate(score: u8) -> Command {
    Command::Rate(acts::RateDossier {
        score: Score::new(score).unwrap(),
        method: RatingMethod::Device,
        comment: Words::default(),
    })
}

/// A dossier that its citizen has withdrawn, ready to be rated.
async fn ended(world: &World, ward: &str, procedure: &str) -> View {
    let received = world.receive(ward, procedure).await;
    withdrawn(world, &received).await
}

async fn withdrawn(world: &World, view: &View) -> View {
    let withdraw = Command::Withdraw(Withdraw {
        reason: Words::default(),
    });
    let withdrawn = world.act(view, Role::Receptionist, withdraw).await;
    withdrawn.unwrap()
}

async fn rated(world: &World, view: &View, score: u8) -> View {
    let rated = world.act(view, Role::Receptionist, rate(score)).await;
    rated.unwrap()
}

on_every_database!(a_rating_counts_on_its_day_at_the_unit_that_decided_and_as_of_any_moment);

async fn a_rating_counts_on_its_day_at_the_unit_that_decided_and_as_of_any_moment(on: Backend) {
    let world = World::on(on, "2026-08-31 09:00").await;
    let first = ended(&world, WARD, THREE_DAYS).await;
    let second = ended(&world, WARD, THREE_DAYS).await;
    let elsewhere = ended(&world, OTHER_WARD, THREE_DAYS).await;
    let petition = ended(&world, WARD, PETITION).await;
    ended(&world, WARD, THREE_DAYS).await;
    rated(&world, &first, 2).await;
    world.set("2026-08-31 23:59");
    rated(&world, &elsewhere, 5).await;
    rated(&world, &petition, 1).await;
    // The rating comes in September, although the dossier ended in August.
    world.set("2026-09-01 00:00");
    rated(&world, &second, 5).await;
    world.set("2026-09-02 08:00");

    let august = asked(&world, of(WARD, "2026-08-01", "2026-08-31")).await;
    assert_eq!(scores(&august), [0, 1, 0, 0, 0]);
    let both = asked(&world, of(WARD, "2026-08-01", "2026-09-30")).await;
    assert_eq!(scores(&both), [0, 1, 0, 0, 1]);
    assert_eq!(both.total.scores.mean(), Some(3.5));
    assert_eq!(both.total.scores.dissatisfied(), Rate::new(1, 2));
    assert!(both.total.is_small());

    // A report as of a moment shows what was known then.
    let mut then = of(WARD, "2026-08-01", "2026-09-30");
    then.as_of = Some(moment("2026-08-31 23:00"));
    assert_eq!(scores(&asked(&world, then).await), [0, 1, 0, 0, 0]);

    let mut of_all = of(WARD, "2026-08-01", "2026-08-31");
    of_all.units = RateUnits::All;
    let of_all = asked(&world, of_all).await;
    assert_eq!(scores(&of_all), [0, 1, 0, 0, 1]);
    assert!(of_all.units.len() > 100, "also units without a rating");
    let mut of_petitions = of(WARD, "2026-08-01", "2026-08-31");
    of_petitions.kind = Kind::Petition;
    assert_eq!(scores(&asked(&world, of_petitions).await), [1, 0, 0, 0, 0]);
}

on_both!(what_citizens_thought_of_a_former_unit_reads_by_the_old_and_by_the_new);

async fn what_citizens_thought_of_a_former_unit_reads_by_the_old_and_by_the_new(on: Backend) {
    let world = merger::june(on).await;
    let here = unit(TAN_QUANG);
    let in_june = withdrawn(&world, &merger::receive(&world, &here, None).await).await;
    let in_july = withdrawn(&world, &merger::receive(&world, &here, None).await).await;
    rated(&world, &in_june, 4).await;
    world.set("2025-07-01 00:05");
    merger::merge(&world, &merger::merger(false, &[])).await;
    // A clerk of the successor unit records the rating.
    let mut clerk = who(Role::Receptionist, WARD);
    clerk.former = vec![here];
    let name = app::view::DossierName::Id(in_july.dossier.id);
    let now = world.engine.dossier(&clerk, &name).await.unwrap();
    let etag = now.dossier.etag();
    let late = (world.engine).command(&clerk, world.identity(), &name, &etag, rate(1));
    late.await.unwrap();

    let asks = async |unit: &str, basis| {
        let query = RatingsQuery {
            basis,
            ..of(unit, "2025-06-01", "2025-07-31")
        };
        scores(&asked(&world, query).await)
    };
    let (old, new) = (UnitBasis::Recorded, UnitBasis::Current);
    assert_eq!(asks(TAN_QUANG, old).await, [1, 0, 0, 1, 0]);
    assert_eq!(asks(WARD, old).await, [0; 5]);
    assert_eq!(asks(WARD, new).await, [1, 0, 0, 1, 0]);
    assert_eq!(asks(PROVINCE, old).await, [1, 0, 0, 1, 0]);
    assert_eq!(asks(PROVINCE, new).await, [1, 0, 0, 1, 0]);
}

#[tokio::test]
async fn ratings_are_told_with_how_many_there_are_and_without_one_there_is_no_mean() {
    let world = World::at("2026-08-31 09:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let month = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let told = json.call(&token, "GetRatings", &month).await.good();
    assert_eq!(told["total"]["scores"], json!([0, 0, 0, 0, 0]));
    assert_eq!(told["total"]["mean_score"], json!(null));
    for score in [5, 4] {
        let ended = ended(&world, WARD, THREE_DAYS).await;
        rated(&world, &ended, score).await;
    }
    let told = json.call(&token, "GetRatings", &month).await.good();
    assert_eq!(told["total"]["scores"], json!([0, 0, 0, 1, 1]));
    assert_eq!(told["total"]["mean_score"], json!(4.5));
    assert_eq!(told["units"][0]["ratings"], json!(2));
    assert_eq!(told["units"][0]["small"], json!(true));
}

#[tokio::test]
async fn what_citizens_think_is_in_no_rate_of_time() {
    let world = World::at("2026-08-03 09:00").await;
    let ended = ended(&world, WARD, THREE_DAYS).await;
    let before = crate::rates::rates(&world, "2026-08-01", "2026-08-31", None).await;
    world.set("2026-08-10 09:00");
    rated(&world, &ended, 1).await;
    let after = crate::rates::rates(&world, "2026-08-01", "2026-08-31", None).await;
    assert_eq!((before.units, before.total), (after.units, after.total));
}
