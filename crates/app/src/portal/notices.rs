//! Citizens are told of their dossiers, if they agreed to it, and of each event once at most.

use domain::id::{DossierId, ProvinceCode};
use domain::language::Language;

use crate::access::Caller;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{Agreement, NoticeEnd, NoticeKey};

impl Engine {
    /// Notes how a citizen agreed to be told of a dossier; the caller has just handed it in, or looks
    /// after the installation.
    pub async fn agree_to_notices(
        &self,
        caller: &Caller,
        dossier: DossierId,
        channel: &str,
        address: &str,
        language: Language,
    ) -> Result<(), Error> {
        let agreed = Agreement {
            channel: channel.to_owned(),
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
        channel: &str,
    ) -> Result<(), Error> {
        let store = &self.context.store;
        Ok(store.disagree(&caller.province, dossier, channel).await?)
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
