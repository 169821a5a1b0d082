//! The forecast on invented logs: what it learns, what it must not see, and what it survives.
#![expect(
    clippy::unwrap_used,
    reason = "what the invented log lays down is there"
)]

#[path = "forecast/basis.rs"]
mod basis;
#[path = "forecast/broken.rs"]
mod broken;
#[path = "forecast/crosses.rs"]
mod crosses;
#[path = "forecast/invented.rs"]
mod invented;
#[path = "forecast/keeps.rs"]
mod keeps;
#[path = "forecast/knows.rs"]
mod knows;
#[path = "forecast/leaks.rs"]
mod leaks;
#[path = "forecast/learns.rs"]
mod learns;
#[path = "forecast/promises.rs"]
mod promises;
#[path = "forecast/protocol.rs"]
mod protocol;
#[path = "forecast/province.rs"]
mod province;
#[path = "forecast/refits.rs"]
mod refits;
#[path = "forecast/scarce.rs"]
mod scarce;
#[path = "forecast/worlds.rs"]
mod worlds;
