//! Several processes on one server: what one of them alone cannot get wrong. A process is an engine
//! with connections of its own.

use std::sync::Arc;

use app::ports::Store;
use app::{Engine, Error, Parts};
use chrono::TimeDelta;
use domain::dossier::Refusal;
use domain::role::Role;
use futures::future::join;
use store::{Options, Patience, SeaStore};

use crate::backend::Backend;
use crate::world::{
    NumberedIds, SECRET, StandingClock, THREE_DAYS, WARD, World, at_the_desk, catalogue, moment,
    procedure_code, who,
};

/// Another process on the database of a world, by a clock of its own.
struct Other {
    engine: Arc<Engine>,
    clock: Arc<StandingClock>,
}

impl Other {
    async fn beside(world: &World, local: &str) -> Self {
        let options = Options {
            patience: Patience::ForCallers,
            ..Options::default()
        };
        let store = SeaStore::open(&world.url, options).await.unwrap();
        let clock = Arc::new(StandingClock::at(moment(local)));
        let ids = NumberedIds::from(10_000);
        let engine = Engine::start(Parts {
            store: Arc::new(store) as Arc<dyn Store>,
            catalogue: catalogue(),
            clock: clock.clone(),
            ids: Arc::new(ids),
            secret: SECRET.to_vec(),
            queue: 1_024,
        });
        Self { engine, clock }
    }
}

async fn receive(engine: &Engine, world: &World, id_number: &str) -> Result<(), Error> {
    let mut reception = at_the_desk(WARD, THREE_DAYS);
    reception.content.applicant.id_number = id_number.into();
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(THREE_DAYS);
    engine
        .receive(&clerk, world.meta(), &code, reception)
        .await
        .map(drop)
}

on_servers!(
    the_same_person_at_two_processes_at_once_has_one_dossier,
    flavor = "multi_thread"
);

async fn the_same_person_at_two_processes_at_once_has_one_dossier(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let other = Other::beside(&world, "2026-08-03 10:00").await;
    for turn in 0..30 {
        let person = format!("0010900{turn:05}");
        let (here, there) = join(
            receive(&world.engine, &world, &person),
            receive(&other.engine, &world, &person),
        )
        .await;
        let taken = [&here, &there]
            .into_iter()
            .filter(|one| one.is_ok())
            .count();
        assert_eq!(taken, 1, "{here:?} {there:?}");
        let refused = here.err().or(there.err()).unwrap();
        assert!(
            matches!(
                refused,
                Error::Refused {
                    refusal: Refusal::PossibleDuplicate { .. },
                    ..
                }
            ),
            "{refused:?}"
        );
    }
}

on_servers!(a_process_whose_clock_is_behind_the_others_writes_nothing);

async fn a_process_whose_clock_is_behind_the_others_writes_nothing(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let other = Other::beside(&world, "2026-08-03 10:00").await;
    receive(&other.engine, &world, "").await.unwrap();
    world.pass(TimeDelta::seconds(40));
    receive(&world.engine, &world, "").await.unwrap();
    let refused = receive(&other.engine, &world, "").await.unwrap_err();
    assert!(matches!(refused, Error::ClockBehind { .. }), "{refused:?}");
    other.clock.set(world.engine.now());
    receive(&other.engine, &world, "").await.unwrap();
}
