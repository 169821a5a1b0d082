//! `/dossiers/{name}/notices`: whether the citizen is to be told, noted at the desk.

use std::sync::Arc;

use app::access::Method;
use app::portal::NoticeWish;
use app::view::DossierName;
use app::{Caller, Engine, Error};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::language::Language;
use domain::notice::NoticeChannel;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::visit::Staff;
use crate::words::{Markup, Words};

pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/dossiers/{name}/notices", post(noted))
}

/// How the citizen is told, and what the desk may note.
pub struct Notices {
    pub agreed: Vec<AgreedShown>,
    pub channels: Vec<(&'static str, Markup)>,
    pub wrong: bool,
}

/// A channel that the citizen agreed to.
pub struct AgreedShown {
    pub channel: String,
    pub name: Markup,
    pub address: String,
}

fn name_of(channel: NoticeChannel, words: &Words) -> Markup {
    words.t(match channel {
        NoticeChannel::Email => "dossier.notice_email",
        NoticeChannel::Sms => "dossier.notice_sms",
        NoticeChannel::Zalo => "dossier.notice_zalo",
        NoticeChannel::Vneid => "dossier.notice_vneid",
    })
}

/// What stands on the page of a dossier; none for who may not note it there.
pub async fn of(
    engine: &Engine,
    caller: &Caller,
    name: &DossierName,
    words: &Words,
    fields: &Fields,
) -> Result<Option<Notices>, Fault> {
    if !caller.may(Method::SetNoticeAgreement) {
        return Ok(None);
    }
    let agreed = match engine.notice_agreements(caller, name).await {
        Ok(agreed) => agreed,
        Err(Error::UnitDenied { .. }) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let shown = agreed.into_iter().filter_map(|agreed| {
        let channel = NoticeChannel::named(&agreed.channel)?;
        Some(AgreedShown {
            name: name_of(channel, words),
            channel: agreed.channel,
            address: agreed.address,
        })
    });
    let channels = NoticeChannel::ALL.into_iter();
    Ok(Some(Notices {
        agreed: shown.collect(),
        channels: channels
            .map(|channel| (channel.as_str(), name_of(channel, words)))
            .collect(),
        wrong: fields.has("notice_wrong"),
    }))
}

async fn noted(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(dossier): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let name = DossierName::parse(&dossier).map_err(|_not_a_name| Fault::NoPage)?;
    let channel = NoticeChannel::named(fields.get("channel")).ok_or(Fault::ForeignForm)?;
    let wish = NoticeWish {
        channel,
        address: match fields.has("end") {
            true => String::new(),
            false => fields.get("address").to_owned(),
        },
        language: Language::Vietnamese,
    };
    let page = format!("/dossiers/{dossier}");
    // An empty field agrees to nothing, and ends nothing either.
    if wish.address.is_empty() && !fields.has("end") {
        return Ok(Redirect::to(&format!("{page}?notice_wrong#notices")).into_response());
    }
    let noted = pages
        .engine
        .set_notice_agreement(staff.caller(), &name, &wish);
    match noted.await {
        Ok(_) => Ok(Redirect::to(&format!("{page}#notices")).into_response()),
        Err(Error::Invalid(_)) => {
            Ok(Redirect::to(&format!("{page}?notice_wrong#notices")).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
