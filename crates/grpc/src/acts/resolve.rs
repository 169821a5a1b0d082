//! A result that is ready, as it is asked for and told.

use domain::dossier::acts::resolve::{Resolve, Resolved};

use super::{Details, Tells, command_request};

command_request!(ResolveDossierRequest => Resolve, |given, fields, context| {
    let results = fields.results("results", &given.results, context);
    Some(Resolve { results })
});

impl Tells for Resolved {
    fn tell(&self, details: &mut Details) {
        details.list("results", &self.results);
    }
}
