//! Citizens are told of their dossiers, if they agreed to it, and of each event once at most.

use domain::id::{DossierId, ProvinceCode};
use domain::language::Language;
use domain::notice::NoticeChannel;

use crate::access::{self, Caller, Method, Visibility};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{Agreement, NoticeEnd, NoticeKey};
use crate::view::DossierName;

/// What a citizen said about being told on a channel.
#[derive(Debug, Clone)]
pub struct NoticeWish {
    /// The channel.
    pub channel: NoticeChannel,
    /// The citizen's address there; empty when the citizen no longer agrees.
    pub address: String,
    /// In which language.
    pub language: Language,
}

impl Engine {
    /// Notes what a citizen said, at a desk or through a portal, about being told of a dossier. Noting it twice is
    /// noting it once. Returns how the citizen agrees now.
    pub async fn set_notice_agreement(
        &self,
        caller: &Caller,
        name: &DossierName,
        wish: &NoticeWish,
    ) -> Result<Vec<Agreement>, Error> {
        let NoticeWish {
            channel,
            address,
            language,
        } = wish;
        let read = self.context.store.read().await?;
        let method = Method::SetNoticeAgreement;
        let dossier = self.readable(read.as_ref(), caller, method, name).await?.id;
        drop(read);
        if address.is_empty() {
            self.disagree_to_notices(caller, dossier, *channel).await?;
        } else {
            if !channel.is_address(address) {
                let expected = match channel {
                    NoticeChannel::Email => "expected a mail address",
                    NoticeChannel::Sms | NoticeChannel::Zalo | NoticeChannel::Vneid => {
                        "expected a telephone number of 8 to 15 digits, such as 0912 345 678"
                    }
                };
                return Err(Error::invalid("address", expected));
            }
            self.agree_to_notices(caller, dossier, *channel, address, *language)
                .await?;
        }
        self.agreed(caller, dossier).await
    }

    /// How a dossier's citizen agreed to be told. Whoever may not see the citizen whole sees no address.
    pub async fn notice_agreements(
        &self,
        caller: &Caller,
        name: &DossierName,
    ) -> Result<Vec<Agreement>, Error> {
        let read = self.context.store.read().await?;
        let method = Method::ListNoticeAgreements;
        let dossier = self.readable(read.as_ref(), caller, method, name).await?;
        let id = dossier.id;
        let view = self.view(read.as_ref(), caller, dossier).await?;
        drop(read);
        self.saw_dossier(caller, &view);
        self.agreed(caller, id).await
    }

    async fn agreed(&self, caller: &Caller, dossier: DossierId) -> Result<Vec<Agreement>, Error> {
        let read = self.context.store.read().await?;
        let mut all = read.agreements(&caller.province, dossier).await?;
        if access::sight(caller) != Visibility::Full {
            all.iter_mut().for_each(|agreed| agreed.address.clear());
        }
        Ok(all)
    }

    /// Notes how a citizen agreed to be told of a dossier; the caller has just handed it in, or looks
    /// after the installation.
    pub async fn agree_to_notices(
        &self,
        caller: &Caller,
        dossier: DossierId,
        channel: NoticeChannel,
        address: &str,
        language: Language,
    ) -> Result<(), Error> {
        let agreed = Agreement {
            channel: channel.as_str().to_owned(),
            address: address.to_owned(),
            language,
            agreed: self.now(),
            noted_by: caller.actor.clone(),
        };
        let store = &self.context.store;
        Ok(store.agree(&caller.province, dossier, &agreed).await?)
    }

    /// Notes that a citizen no longer agrees to a channel.
    pub async fn disagree_to_notices(
        &self,
        caller: &Caller,
        dossier: DossierId,
        channel: NoticeChannel,
    ) -> Result<(), Error> {
        let store = &self.context.store;
        let ended = store.disagree(&caller.province, dossier, channel.as_str());
        Ok(ended.await?)
    }

    /// How a dossier's citizen agreed to be told on a channel, if so.
    pub async fn agreement(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
        channel: &str,
    ) -> Result<Option<Agreement>, Error> {
        let read = self.context.store.read().await?;
        let all = read.agreements(province, dossier).await?;
        Ok(all.into_iter().find(|agreed| agreed.channel == channel))
    }

    /// Claims the one notice of an event on a channel. False if it was told before, or nobody knows.
    pub async fn claim_notice(&self, notice: &NoticeKey) -> Result<bool, Error> {
        let store = &self.context.store;
        Ok(store.claim_notice(notice, self.now()).await?)
    }

    /// Writes what became of a claimed notice.
    pub async fn settle_notice(&self, notice: &NoticeKey, end: NoticeEnd) -> Result<(), Error> {
        Ok(self.context.store.settle_notice(notice, end).await?)
    }
}
