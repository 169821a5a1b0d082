//! The citizen rates the handling of the dossier (*đánh giá*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::dossier::Dossier;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::rating::{Rating, RatingMethod, Score};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Record the citizen's rating, once.
#[derive(Debug, Clone)]
pub struct RateDossier {
    /// The score.
    pub score: Score,
    /// How it was given.
    pub method: RatingMethod,
    /// The comment beside the rating; empty if there is none.
    pub comment: Words,
}

impl<E: From<Rated>> Act<E> for RateDossier {
    const SPEC: Spec = Spec {
        method: "RateDossier",
        vi: "đánh giá",
        en: "Rate",
        roles: &[
            Role::Receptionist,
            Role::Chairman,
            Role::Portal,
            Role::Citizen,
        ],
        units: Standing::ReturningOrReceiving,
        states: Stages::OVER,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible,
        urgency: Urgency::Running,
        order: 50,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        if let Some(rating) = &on.rating {
            return Err(Refusal::AlreadyRated { at: rating.at });
        }
        let written = !self.comment.is_empty();
        let rated = Rated {
            score: self.score,
            method: self.method,
            comment: written.then(|| private.words("comment", &self.comment)),
        };
        Ok(vec![rated.into()])
    }
}

fn possible(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.rating.is_none()
}

/// The citizen rated the handling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// The score.
    pub score: Score,
    /// How it was given.
    pub method: RatingMethod,
    /// The comment beside the rating, if any.
    pub comment: Option<Commitment>,
}

impl Fact for Rated {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.rating = Some(Rating {
            score: self.score,
            method: self.method,
            at: by.at,
        });
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã đánh giá", "Rated")
    }
}
