//! A full queue: whose requests are let in, and what the others are told.

use std::sync::Arc;

use app::ports::Clock;
use app::view::{DossierName, View};
use app::{Caller, Engine, Error, Parts, RequestIdentity};
use domain::dossier::Command;
use domain::dossier::acts::Resolve;
use domain::role::Role;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::held_store::HeldStore;
use crate::world::{
    OTHER_WARD, THREE_DAYS, WARD, World, at_the_desk, catalogue, identity, procedure_code, who,
};

type Asked = JoinHandle<Result<View, Error>>;

/// An office whose database does not answer until the test lets it, with eight waiting places.
struct Busy {
    world: World,
    engine: Arc<Engine>,
    arrived: mpsc::UnboundedReceiver<()>,
    open: Arc<Semaphore>,
}

impl Busy {
    async fn office() -> Self {
        let world = World::at("2026-08-03 10:00").await;
        let (told, arrived) = mpsc::unbounded_channel();
        let open = Arc::new(Semaphore::new(0));
        let held = HeldStore {
            store: world.store.clone(),
            arrived: told,
            open: open.clone(),
        };
        let engine = Engine::start(Parts {
            store: Arc::new(held),
            catalogue: catalogue(),
            clock: world.clock.clone() as Arc<dyn Clock>,
            // Not numbered ids, because the world's own engine has used the first numbers.
            ids: Arc::new(server::clock::SystemIds),
            secret: b"a secret of the tests".to_vec(),
            queue: 8,
        });
        Self {
            world,
            engine,
            arrived,
            open,
        }
    }

    /// The desk of a ward takes in its dossier number `number`.
    fn receives(&self, ward: &'static str, number: u64) -> Asked {
        let engine = self.engine.clone();
        tokio::spawn(async move {
            let clerk = who(Role::Receptionist, ward);
            let reception = at_the_desk(ward, THREE_DAYS);
            engine
                .receive(
                    &clerk,
                    of(ward, number),
                    &procedure_code(THREE_DAYS),
                    reception,
                )
                .await
        })
    }

    fn acts(
        &self,
        caller: Caller,
        view: &View,
        request: RequestIdentity,
        command: Command,
    ) -> Asked {
        let engine = self.engine.clone();
        let (name, etag) = (DossierName::Id(view.dossier.id), view.dossier.etag());
        tokio::spawn(async move {
            engine
                .command(&caller, request, &name, &etag, command)
                .await
        })
    }

    /// Takes dossiers in at a ward's desk until one is refused, and returns those that wait.
    async fn flood(&self, ward: &'static str) -> (Vec<Asked>, Error) {
        let mut waiting = Vec::new();
        for number in 0..100 {
            let mut asked = self.receives(ward, number);
            // On the test's single thread, a refusal is there without waiting.
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            if asked.is_finished() {
                let refused = (&mut asked).await.unwrap().unwrap_err();
                return (waiting, refused);
            }
            waiting.push(asked);
        }
        panic!("a hundred were let in where there are eight places");
    }
}

fn of(ward: &str, number: u64) -> RequestIdentity {
    let ward: u64 = ward.rsplit('.').next().unwrap().parse().unwrap();
    identity(ward * 1_000 + number, "")
}

#[tokio::test]
async fn a_flood_from_one_ward_is_refused_and_its_neighbour_is_still_served() {
    let mut office = Busy::office().await;
    let mut first = vec![office.receives(WARD, 900)];
    office.arrived.recv().await.unwrap();
    let (flood, refused) = office.flood(WARD).await;
    assert_eq!(refused.reason(), "QUEUE_FULL");
    assert_eq!(flood.len(), 4, "half of the places");
    let neighbour = office.receives(OTHER_WARD, 0);
    office.open.add_permits(100);
    neighbour.await.unwrap().unwrap();
    first.extend(flood);
    for asked in first {
        asked.await.unwrap().unwrap();
    }
    // The refused request wrote nothing, so the same request is as good as new.
    let again = office.receives(WARD, 4).await.unwrap().unwrap();
    assert_eq!(again.dossier.version, 1);
}

#[tokio::test]
async fn what_finishes_work_is_let_in_where_new_dossiers_are_not() {
    let mut office = Busy::office().await;
    let ready = office.world.receive(WARD, THREE_DAYS).await;
    let ready = office.world.advance(&ready, Role::Receptionist).await;
    let ready = office.world.advance(&ready, Role::Officer).await;
    let first = office.receives(WARD, 900);
    office.arrived.recv().await.unwrap();
    let (flood, _refused) = office.flood(WARD).await;
    let leader = who(Role::Leader, WARD);
    let resolved = office.acts(
        leader,
        &ready,
        of(WARD, 901),
        Command::Resolve(Resolve {
            results: Vec::new(),
        }),
    );
    office.open.add_permits(100);
    assert!(resolved.await.unwrap().unwrap().dossier.ended.is_some());
    for asked in [first].into_iter().chain(flood) {
        asked.await.unwrap().unwrap();
    }
}
