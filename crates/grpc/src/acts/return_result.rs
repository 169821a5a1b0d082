//! Giving the result back, as it is asked for and told.

use domain::dossier::Channel;
use domain::dossier::acts::return_result::{ReturnResult, Returned};

use super::{Details, Tells, command_request};

command_request!(ReturnResultRequest => ReturnResult, |given, fields, _known| {
    let receiver = given
        .receiver
        .as_ref()
        .map(|receiver| fields.person("receiver", Some(receiver)));
    if given.proxy && receiver.is_none() {
        fields.wrong("receiver", "must be given when a proxy fetches the result");
    }
    let channel = fields
        .channel("channel", given.channel, &Channel::ALL)
        .unwrap_or(Channel::Desk);
    Some(ReturnResult {
        receiver,
        proxy: given.proxy,
        channel,
    })
});

impl Tells for Returned {
    fn tell(&self, details: &mut Details) {
        details.put("by_applicant", &self.receiver.is_none());
        details.put("proxy", &self.proxy);
        details.put("channel", &self.channel);
    }
}
