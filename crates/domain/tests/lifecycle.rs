//! What may happen to a dossier: a matrix, histories in the desk's words, and random lives.

#[path = "lifecycle/boundary.rs"]
mod boundary;
#[path = "lifecycle/buttons.rs"]
mod buttons;
#[path = "lifecycle/clock.rs"]
mod clock;
#[path = "lifecycle/corrections.rs"]
mod corrections;
#[path = "lifecycle/custody.rs"]
mod custody;
#[path = "lifecycle/desk.rs"]
mod desk;
#[path = "lifecycle/drawn.rs"]
mod drawn;
#[path = "lifecycle/elsewhere.rs"]
mod elsewhere;
#[path = "lifecycle/extensions.rs"]
mod extensions;
#[path = "lifecycle/fees.rs"]
mod fees;
#[path = "lifecycle/intake.rs"]
mod intake;
#[path = "lifecycle/matrix.rs"]
mod matrix;
#[path = "lifecycle/migration.rs"]
mod migration;
#[path = "lifecycle/mirrors.rs"]
mod mirrors;
#[path = "lifecycle/outages.rs"]
mod outages;
#[path = "lifecycle/overdue.rs"]
mod overdue;
#[path = "lifecycle/paper_rules.rs"]
mod paper_rules;
#[path = "lifecycle/papers.rs"]
mod papers;
#[path = "lifecycle/petitions.rs"]
mod petitions;
#[path = "lifecycle/privacy.rs"]
mod privacy;
#[path = "lifecycle/properties.rs"]
mod properties;
#[path = "lifecycle/random.rs"]
mod random;
#[path = "lifecycle/rates.rs"]
mod rates;
#[path = "lifecycle/ratings.rs"]
mod ratings;
#[path = "lifecycle/recalculation.rs"]
mod recalculation;
#[path = "lifecycle/record.rs"]
mod record;
#[path = "lifecycle/results.rs"]
mod results;
#[path = "lifecycle/silence.rs"]
mod silence;
#[path = "lifecycle/statistics.rs"]
mod statistics;
#[path = "lifecycle/steps.rs"]
mod steps;
#[path = "lifecycle/story.rs"]
mod story;
#[path = "lifecycle/supplements.rs"]
mod supplements;
#[path = "lifecycle/tallies.rs"]
mod tallies;
#[path = "lifecycle/times.rs"]
mod times;
