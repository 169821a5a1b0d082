//! Citizens' ratings, as requests name and answers show them.

use app::receipt::Opinion;
use app::{Error, RequestIdentity};
use domain::code::AnyCode;
use domain::dossier::rating::{Rating, RatingMethod, Score};

use super::fields::Fields;
use super::identity;
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

    /// The way in which a rating was given that somebody records for the citizen; required.
    pub fn rating_method(&mut self, field: &str, number: i32) -> Option<RatingMethod> {
        match proto::RatingMethod::try_from(number) {
            Ok(proto::RatingMethod::Device) => Some(RatingMethod::Device),
            Ok(proto::RatingMethod::Online) => Some(RatingMethod::Online),
            Ok(proto::RatingMethod::Survey) => Some(RatingMethod::Survey),
            Ok(proto::RatingMethod::Unspecified | proto::RatingMethod::Receipt) | Err(_) => {
                let methods = RatingMethod::ALL.into_iter();
                let names: Vec<&str> = methods
                    .filter(|method| method.is_taken_down())
                    .map(|method| method_of(method).as_str_name())
                    .collect();
                self.wrong(field, format!("expected one of {}", names.join(", ")));
                None
            }
        }
    }
}

/// Longer than any PIN.
pub const LONGEST_PIN: usize = 32;

/// A citizen's rating, with the code and PIN that open the dossier.
pub struct Said {
    pub identity: RequestIdentity,
    pub code: AnyCode,
    pub pin: String,
    pub rating: Opinion,
}

/// Reads what a citizen says.
pub fn submitted(request: &proto::SubmitRatingRequest) -> Result<Said, Error> {
    let mut fields = Fields::default();
    let code = fields.parse("code", &request.code, AnyCode::parse);
    let pin = fields.required("pin", &request.pin, LONGEST_PIN);
    let score = fields.score("score", request.score);
    let comment = fields.optional_words("comment", &request.comment);
    // The PIN opens the dossier and is not part of the rating.
    let without_pin = proto::SubmitRatingRequest {
        pin: String::new(),
        ..request.clone()
    };
    let identity = identity::identity(&without_pin, &mut fields);
    let said = identity.zip(code).zip(score);
    let ((identity, code), score) = fields.done(said)?;
    Ok(Said {
        identity,
        code,
        pin,
        rating: Opinion { score, comment },
    })
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
        RatingMethod::Receipt => proto::RatingMethod::Receipt,
    }
}
