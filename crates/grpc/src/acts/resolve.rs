//! A result that is ready, as it is asked for and told.

use domain::dossier::acts::resolve::{Resolve, Resolved};

use super::{Details, Tells, moves};

moves!(ResolveDossierRequest => Resolve, |given, fields, known| {
    let results = fields.results("results", &given.results, known);
    Some(Resolve { results })
});

impl Tells for Resolved {
    fn tell(&self, details: &mut Details) {
        details.list("results", &self.results);
    }
}
