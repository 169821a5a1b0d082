//! Reminding whoever is to move, as it is asked for and told.

use domain::dossier::acts::remind::{Remind, Reminded};
use domain::id::ActorId;

use super::{Details, Tells, command_request};

command_request!(RemindDossierRequest => Remind, |given, fields, _known| {
    let receiver = fields.optional("receiver", &given.receiver, ActorId::parse);
    let words = fields.words("words", &given.words);
    Some(Remind { receiver, words })
});

impl Tells for Reminded {
    fn tell(&self, details: &mut Details) {
        details.put("role", &self.role);
        details.some("receiver", self.receiver.as_ref());
    }
}
