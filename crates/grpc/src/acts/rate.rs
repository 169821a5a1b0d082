//! Ratings, as they are taken down and told.

use domain::dossier::acts::rate::{RateDossier, Rated};

use super::{Details, Tells, command_request};

command_request!(RateDossierRequest => RateDossier, |given, fields, _known| {
    let score = fields.score("score", given.score);
    let method = fields.rating_method("method", given.method);
    let comment = fields.optional_words("comment", &given.comment);
    Some(RateDossier {
        score: score?,
        method: method?,
        comment,
    })
});

impl Tells for Rated {
    fn tell(&self, details: &mut Details) {
        details.put("score", &self.score);
        details.put("method", &self.method);
    }
}
