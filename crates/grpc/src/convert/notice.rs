//! How citizens agree to be told, for the wire.

use app::Error;
use app::portal::NoticeWish;
use app::ports::Agreement;
use app::view::DossierName;
use domain::id::RequestId;
use domain::language::Language;
use domain::notice::NoticeChannel as Channel;

use super::fields::Fields;
use super::time::timestamp;
use crate::proto;
use crate::proto::NoticeChannel;

/// The longest address.
const LONGEST_ADDRESS: usize = 200;

/// The channels, by their names in the contract.
const CHANNELS: [(NoticeChannel, Channel); 4] = [
    (NoticeChannel::Email, Channel::Email),
    (NoticeChannel::Sms, Channel::Sms),
    (NoticeChannel::Zalo, Channel::Zalo),
    (NoticeChannel::Vneid, Channel::Vneid),
];

/// Reads what a citizen said, and about which dossier.
pub fn wish(
    request: &proto::SetNoticeAgreementRequest,
) -> Result<(DossierName, NoticeWish), Error> {
    let mut fields = Fields::default();
    let id = fields.parse(
        "request_id",
        &request.request_id.to_ascii_lowercase(),
        RequestId::parse,
    );
    let name = fields.parse("name", &request.name, DossierName::parse);
    let mut channels = CHANNELS.into_iter();
    let channel = channels.find(|(known, _)| *known as i32 == request.channel);
    if channel.is_none() {
        let names = CHANNELS.map(|(known, _)| known.as_str_name());
        fields.wrong("channel", format!("expected one of {}", names.join(", ")));
    }
    let address = fields.text("address", &request.address, LONGEST_ADDRESS);
    let all = id.zip(name).zip(channel);
    let ((_, name), (_, channel)) = fields.done(all)?;
    let wish = NoticeWish {
        channel,
        address,
        language: match request.english {
            true => Language::English,
            false => Language::Vietnamese,
        },
    };
    Ok((name, wish))
}

/// Draws how a citizen agreed to be told.
pub fn agreements(all: &[Agreement]) -> proto::NoticeAgreements {
    let channel = |agreed: &Agreement| {
        let mut channels = CHANNELS.into_iter();
        let found = channels.find(|(_, channel)| channel.as_str() == agreed.channel);
        found.map_or(NoticeChannel::Unspecified, |(known, _)| known)
    };
    let draw = |agreed: &Agreement| proto::NoticeAgreement {
        channel: channel(agreed).into(),
        address: agreed.address.clone(),
        english: agreed.language == Language::English,
        agree_time: Some(timestamp(agreed.agreed)),
        noted_by: agreed.noted_by.to_string(),
    };
    proto::NoticeAgreements {
        agreements: all.iter().map(draw).collect(),
    }
}
