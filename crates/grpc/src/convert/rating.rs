//! What citizens thought of their dossiers, as requests name and answers show it.

use domain::dossier::rating::{Rating, RatingMethod, Score};

use super::fields::Fields;
use super::time::timestamp;
use crate::proto;

impl Fields {
    /// A score that must be given.
    pub fn score(&mut self, field: &str, score: u32) -> Option<Score> {
        let score = u8::try_from(score).ok().and_then(Score::new);
        if score.is_none() {
            self.wrong(field, "expected a score from 1 to 5");
        }
        score
    }

    /// How a rating was given, which must be said.
    pub fn rating_method(&mut self, field: &str, number: i32) -> Option<RatingMethod> {
        match proto::RatingMethod::try_from(number) {
            Ok(proto::RatingMethod::Device) => Some(RatingMethod::Device),
            Ok(proto::RatingMethod::Online) => Some(RatingMethod::Online),
            Ok(proto::RatingMethod::Survey) => Some(RatingMethod::Survey),
            Ok(proto::RatingMethod::Unspecified) | Err(_) => {
                let names = RatingMethod::ALL.map(|method| method_of(method).as_str_name());
                self.wrong(field, format!("expected one of {}", names.join(", ")));
                None
            }
        }
    }
}

/// Draws a rating.
pub fn rating(rating: Rating) -> proto::Rating {
    proto::Rating {
        score: rating.score.get().into(),
        method: method_of(rating.method).into(),
        rate_time: Some(timestamp(rating.at)),
    }
}

fn method_of(method: RatingMethod) -> proto::RatingMethod {
    match method {
        RatingMethod::Device => proto::RatingMethod::Device,
        RatingMethod::Online => proto::RatingMethod::Online,
        RatingMethod::Survey => proto::RatingMethod::Survey,
    }
}
