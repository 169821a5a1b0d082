//! A procedure gets a new version while dossiers run.

use app::Error;
use app::page::PageQuery;
use app::publication::Draft;
use app::publication::procedure::{Migration, Target};
use app::view::View;
use domain::dossier::change::migration::{Break, StepMap};
use domain::id::{RequestId, StepId};
use domain::role::Role;

use super::{carried_out, dossier, of_the_province, propose, publish, shipped};
use crate::backend::Backend;
use crate::world::{OTHER_WARD, WARD, World, moment, procedure_code};

/// Fifteen working days, by way of the land office and the tax office.
const LAND: &str = "1.013992";
const PATH: &str = "procedures/1.013992.toml";

/// Both versions. The second has 12 days instead of 15, and no step at the tax office.
fn with_a_second_version() -> String {
    let first = shipped(PATH);
    let (head, version) = first.split_once("[[version]]").unwrap();
    let second = version
        .replace("number = 1", "number = 2")
        .replace("from = 2025-07-01", "from = 2026-08-01")
        .replace("limit = \"15wd\"", "limit = \"12wd\"")
        .replace("next = [\"tax\"]", "next = [\"sign\"]");
    let (before, tax) = second.split_once("[[version.step]]\nid = \"tax\"").unwrap();
    let (_, after) = tax.split_once("[[version.step]]").unwrap();
    format!("{head}[[version]]{version}\n[[version]]{before}[[version.step]]{after}")
}

/// Three dossiers: received, at the appraisal, and at the tax office.
async fn running(world: &World) -> [View; 3] {
    let received = world.receive(WARD, LAND).await;
    let appraised = world.receive(OTHER_WARD, LAND).await;
    let appraised = world.advance(&appraised, Role::Receptionist).await;
    let taxed = world.receive(WARD, LAND).await;
    let taxed = world.advance(&taxed, Role::Receptionist).await;
    let taxed = world.advance(&taxed, Role::Officer).await;
    let taxed = world.advance(&taxed, Role::Officer).await;
    [received, appraised, taxed]
}

fn step(id: &str) -> StepId {
    StepId::parse(id).unwrap()
}

fn migration(map: StepMap) -> Migration {
    Migration {
        procedure: procedure_code(LAND),
        from: 1,
        to: 2,
        map,
    }
}

fn request(number: u8) -> RequestId {
    RequestId::parse(&format!("00000000-0000-4000-a000-0000000000{number:02}")).unwrap()
}

on_both!(running_dossiers_stay_on_their_version_until_they_are_migrated_with_their_due_times);

async fn running_dossiers_stay_on_their_version_until_they_are_migrated_with_their_due_times(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let lan = of_the_province("lan");
    let [received, appraised, taxed] = running(&world).await;
    let document = propose(&world, PATH, with_a_second_version()).await;

    // Before publication, the trial lists what would break.
    let target = Target::Document(document.number);
    let breaks = async |target: &Target, map: &StepMap| {
        let page = PageQuery::default();
        let found = world.engine.procedure_breaks(&lan, target, map, &page);
        found.await.unwrap()
    };
    let (replayed, page) = breaks(&target, &StepMap::new()).await;
    assert_eq!((replayed.seen, replayed.barred), (3, 1));
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].dossier.id, taxed.dossier.id);
    assert_eq!(
        page.items[0].breaks,
        [
            Break::StepGone {
                step: Some(step("tax"))
            },
            Break::MoveNotAllowed {
                version: 4,
                step: Some(step("tax"))
            }
        ]
    );

    // After publication, new dossiers use the new version, and running ones keep theirs.
    let mai = of_the_province("mai");
    let number = document.number;
    world.engine.approve_document(&mai, number).await.unwrap();
    carried_out(&world).await;
    let new = world.receive(WARD, LAND).await;
    assert_eq!(new.dossier.procedure_version, 2);
    assert_eq!(new.dossier.due(), Some(moment("2026-08-19 17:00")));
    for old in [&received, &appraised, &taxed] {
        assert_eq!(dossier(&world, old.dossier.id).await, old.dossier);
    }

    // A migration without a place for the tax office moves two dossiers, and one stays.
    let job = world
        .engine
        .migrate_dossiers(&lan, &request(1), &migration(StepMap::new()))
        .await
        .unwrap();
    assert!(job.ended.is_none());
    carried_out(&world).await;
    let job = world.engine.job(&lan, &job.id).await.unwrap();
    assert_eq!((job.changed, job.ended.is_some()), (2, true));
    for old in [&received, &appraised] {
        let now = dossier(&world, old.dossier.id).await;
        assert_eq!(now.procedure_version, 2);
        assert_eq!(now.clock, old.dossier.clock, "the due times stay");
        assert_eq!(now.state, old.dossier.state);
    }
    assert_eq!(dossier(&world, taxed.dossier.id).await, taxed.dossier);
    let again = world
        .engine
        .migrate_dossiers(&lan, &request(1), &migration(StepMap::new()))
        .await
        .unwrap();
    assert_eq!(again, job, "the same request is the same job");

    // With a place named, the dossier goes there and continues from there.
    let map = StepMap::from([(Some(step("tax")), step("land-office"))]);
    let target = Target::Version(procedure_code(LAND), 2);
    let (replayed, _) = breaks(&target, &map).await;
    assert_eq!((replayed.seen, replayed.barred), (1, 0), "dry run");
    world
        .engine
        .migrate_dossiers(&lan, &request(2), &migration(map))
        .await
        .unwrap();
    carried_out(&world).await;
    let now = dossier(&world, taxed.dossier.id).await;
    assert_eq!(now.state.step(), Some(&step("land-office")));
    assert_eq!(now.due(), taxed.dossier.due());
    let (replayed, _) = breaks(&target, &StepMap::new()).await;
    assert_eq!(replayed.seen, 0, "nobody is left behind");
    let name = app::view::DossierName::Id(taxed.dossier.id);
    let chairman = crate::world::who(Role::Chairman, WARD);
    let view = world.engine.dossier(&chairman, &name).await.unwrap();
    assert_eq!(view.next_steps, [step("sign")]);
    let signed = world.advance(&view, Role::Officer).await;
    assert_eq!(signed.dossier.state.step(), Some(&step("sign")));
}

#[tokio::test]
async fn a_version_in_use_can_never_say_anything_else() {
    let world = World::at("2026-08-03 10:00").await;
    let refused = async |text: String| {
        let draft = Draft {
            path: PATH.into(),
            text,
            reason: "thử".into(),
        };
        let lan = of_the_province("lan");
        match world.engine.propose_document(&lan, draft).await {
            Err(Error::Invalid(wrong)) => wrong[0].problem.clone(),
            other => panic!("{other:?}"),
        }
    };
    let changed = shipped(PATH).replace("limit = \"15wd\"", "limit = \"9wd\"");
    let told = refused(changed).await;
    assert!(told.contains("version 1"), "{told}");

    publish(&world, PATH, with_a_second_version()).await;
    let changed = with_a_second_version().replace("limit = \"12wd\"", "limit = \"11wd\"");
    let told = refused(changed).await;
    assert!(
        told.contains("version 2 of 1.013992 was published"),
        "{told}"
    );
    let gone = shipped(PATH);
    let told = refused(gone).await;
    assert!(
        told.contains("version 2 of 1.013992 was published"),
        "{told}"
    );
}

#[tokio::test]
async fn a_migration_names_versions_and_steps_that_there_are() {
    let world = World::at("2026-08-03 10:00").await;
    publish(&world, PATH, with_a_second_version()).await;
    let lan = of_the_province("lan");
    let fields = async |migration: Migration| {
        let id = request(1);
        let asked = world.engine.migrate_dossiers(&lan, &id, &migration);
        match asked.await {
            Err(Error::Invalid(wrong)) => {
                wrong.into_iter().map(|one| one.field).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    let plain = || migration(StepMap::new());
    assert_eq!(fields(Migration { to: 3, ..plain() }).await, ["to_version"]);
    assert_eq!(
        fields(Migration { from: 7, ..plain() }).await,
        ["from_version"]
    );
    assert_eq!(fields(Migration { to: 1, ..plain() }).await, ["to_version"]);
    let map = StepMap::from([(Some(step("appraise")), step("tax"))]);
    assert_eq!(fields(migration(map)).await, ["steps"]);

    world
        .engine
        .migrate_dossiers(&lan, &request(1), &plain())
        .await
        .unwrap();
    let map = StepMap::from([(Some(step("tax")), step("land-office"))]);
    let other = world
        .engine
        .migrate_dossiers(&lan, &request(1), &migration(map))
        .await;
    assert_eq!(other.unwrap_err().reason(), "REQUEST_ID_REUSED");
}
