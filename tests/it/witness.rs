//! Notices any write to a world's database, whoever makes it.

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};

use crate::world::World;

/// A connection that only watches. SQLite reports how often others have committed a change, so the
/// witness sees a write to any table, even one that no call shows.
pub struct Witness(DatabaseConnection);

impl Witness {
    pub async fn of(world: &World) -> Self {
        let mut options = ConnectOptions::new(&world.url);
        // SQLite counts per connection, so the pool must keep the same one.
        options
            .max_connections(1)
            .min_connections(1)
            .sqlx_logging(false);
        let witness = Self(Database::connect(options).await.unwrap());
        witness.seen().await;
        witness
    }

    /// A number that changes with every commit of somebody else.
    pub async fn seen(&self) -> i64 {
        let ask = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version");
        let row = self.0.query_one_raw(ask).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }
}

#[tokio::test]
async fn the_witness_sees_a_commit_and_nothing_else() {
    let world = World::at("2026-08-03 10:00").await;
    let witness = Witness::of(&world).await;
    let before = witness.seen().await;
    assert_eq!(witness.seen().await, before);
    world
        .receive(crate::world::WARD, crate::world::THREE_DAYS)
        .await;
    assert_ne!(witness.seen().await, before);
}
