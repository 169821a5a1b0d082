//! On-time and online rates: what counts in which number, and by which measure.

#[path = "lifecycle/desk.rs"]
#[expect(dead_code, reason = "the lifecycle tests use the rest of it")]
mod desk;
#[path = "indicators/ledger.rs"]
mod ledger;
#[path = "indicators/measures.rs"]
mod measures;
#[path = "indicators/pending.rs"]
mod pending;
#[path = "indicators/report.rs"]
mod report;
#[path = "lifecycle/story.rs"]
#[expect(dead_code, reason = "the lifecycle tests use the rest of it")]
mod story;
