//! The arrival at the competent agency, as it is asked for and told.

use domain::dossier::acts::arrive::{Arrive, Arrived};

use super::{Details, Tells, command_request};

command_request!(ArriveDossierRequest => Arrive, |given, fields, known| {
    let time = given.arrive_time.as_ref();
    let arrived = fields.fact("arrive_time", time, known.calendar(None), known.now);
    Some(Arrive { arrived })
});

impl Tells for Arrived {
    fn tell(&self, details: &mut Details) {
        details.time("arrive_time", self.at);
        details.moved(self.moved.as_ref());
    }
}
