//! Papers that change hands, as it is asked for and told.

use domain::dossier::acts::hand_over::{HandOver, HandedOver};
use domain::id::{ActorId, ComponentCode};

use super::{Details, Tells, command_request};
use crate::convert::request_context::unit_name;

command_request!(HandOverDossierRequest => HandOver, |given, fields, context| {
    let giver = fields.optional("giver", &given.giver, ActorId::parse);
    let receiver = fields.parse("receiver", &given.receiver, ActorId::parse);
    let receiver_unit = context.optional_unit(fields, "receiver_unit", &given.receiver_unit);
    let components = fields.list("components", &given.components, ComponentCode::parse);
    let originals = fields.list("originals", &given.originals, ComponentCode::parse);
    Some(HandOver {
        giver,
        receiver: receiver?,
        receiver_unit,
        components,
        originals,
        on_paper: given.on_paper,
    })
});

impl Tells for HandedOver {
    fn tell(&self, details: &mut Details) {
        details.put("giver", &self.from.actor);
        details.put("giver_unit", &unit_name(&self.from.unit));
        details.put("receiver", &self.to.actor);
        details.put("receiver_unit", &unit_name(&self.to.unit));
        details.list("components", &self.components);
        details.list("originals", &self.originals);
        details.put("on_paper", &self.on_paper);
        details.put("late", &self.late);
    }
}
