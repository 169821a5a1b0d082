//! A store whose commits a test can hold up.

use std::sync::Arc;

use app::foresight::{Flag, Foretold, KeptModel};
use app::ports::{
    AccessChange, AccessOutcome, Agreement, Batch, BlockWanted, CommitError, Committed, Document,
    FeedHead, Job, KeptText, Key, Lease, LeaseClaim, Loaded, LookAtEnds, NoticeEnd, NoticeKey,
    ParcelOrder, Posting, PrintWanted, Printed, Proposal, Published, ReadTx, Remote, Reserved,
    Settlement, Store, StoreError, SystemReading, Token, Verdict, Viewed, VoidWanted, Voided,
    Wanted, Webhook, WriteAccess, WriteBatches, WriteCatalogue, WriteForecasts, WriteJobs,
    WriteNotices, WriteNumbers, WritePins, WritePortal, WritePrints, WriteReadings, WriteTokens,
    WriteWebhooks, WrongPin,
};
use async_trait::async_trait;
use domain::id::{DossierId, ProvinceCode, RequestId};
use domain::time::Instant;
use store::SeaStore;
use tokio::sync::{Semaphore, mpsc};

/// A store whose commits wait until the test lets them through.
pub struct HeldStore {
    pub store: Arc<SeaStore>,
    /// Gets a message before each commit.
    pub arrived: mpsc::UnboundedSender<()>,
    /// Lets through as many commits as it has permits.
    pub open: Arc<Semaphore>,
}

#[async_trait]
impl LookAtEnds for HeldStore {
    async fn feed_head(&self) -> Result<FeedHead, StoreError> {
        self.store.feed_head().await
    }

    async fn flags_head(&self) -> Result<FeedHead, StoreError> {
        self.store.flags_head().await
    }
}

#[async_trait]
impl Store for HeldStore {
    async fn read(&self) -> Result<Box<dyn ReadTx>, StoreError> {
        self.store.read().await
    }
}

#[async_trait]
impl WriteBatches for HeldStore {
    async fn load(&self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        self.store.load(wanted).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.arrived.send(()).unwrap();
        self.open.acquire().await.unwrap().forget();
        self.store.commit(batch).await
    }
}

#[async_trait]
impl WriteNumbers for HeldStore {
    async fn reserve_block(&self, wanted: &BlockWanted) -> Result<Reserved, StoreError> {
        self.store.reserve_block(wanted).await
    }

    async fn void_numbers(&self, wanted: &VoidWanted) -> Result<Voided, StoreError> {
        self.store.void_numbers(wanted).await
    }
}

#[async_trait]
impl WritePins for HeldStore {
    async fn count_lookups(
        &self,
        visitor: &str,
        cost: chrono::TimeDelta,
        now: Instant,
    ) -> Result<Option<Instant>, StoreError> {
        self.store.count_lookups(visitor, cost, now).await
    }

    async fn count_wrong_pins(
        &self,
        wrong: &[WrongPin],
        forget: Instant,
    ) -> Result<(), StoreError> {
        self.store.count_wrong_pins(wrong, forget).await
    }

    async fn forgive_pins(&self, dossier: &Key, peer: &str) -> Result<(), StoreError> {
        self.store.forgive_pins(dossier, peer).await
    }
}

#[async_trait]
impl WritePrints for HeldStore {
    async fn record_print(&self, wanted: &PrintWanted) -> Result<Printed, StoreError> {
        self.store.record_print(wanted).await
    }
}

#[async_trait]
impl WriteTokens for HeldStore {
    async fn add_token(&self, token: &Token) -> Result<(), StoreError> {
        self.store.add_token(token).await
    }

    async fn revoke_token(&self, id: &str, at: Instant) -> Result<bool, StoreError> {
        self.store.revoke_token(id, at).await
    }

    async fn note_token_uses(&self, uses: &[(String, Instant)]) -> Result<(), StoreError> {
        self.store.note_token_uses(uses).await
    }
}

#[async_trait]
impl WriteAccess for HeldStore {
    async fn change_access(&self, change: &AccessChange) -> Result<AccessOutcome, StoreError> {
        self.store.change_access(change).await
    }

    async fn forget_viewed(
        &self,
        province: &ProvinceCode,
        before: Instant,
        most: u32,
    ) -> Result<u64, StoreError> {
        self.store.forget_viewed(province, before, most).await
    }

    async fn record_viewed(&self, viewed: &[Viewed]) -> Result<(), StoreError> {
        self.store.record_viewed(viewed).await
    }
}

#[async_trait]
impl WriteCatalogue for HeldStore {
    async fn publish(&self, versions: &[Published]) -> Result<Vec<Published>, StoreError> {
        self.store.publish(versions).await
    }

    async fn propose(&self, proposal: &Proposal) -> Result<Document, StoreError> {
        self.store.propose(proposal).await
    }

    async fn decide(&self, verdict: &Verdict) -> Result<bool, StoreError> {
        self.store.decide(verdict).await
    }
}

#[async_trait]
impl WriteJobs for HeldStore {
    async fn keep_job(&self, job: &Job) -> Result<(), StoreError> {
        self.store.keep_job(job).await
    }
}

#[async_trait]
impl WriteForecasts for HeldStore {
    async fn keep_model(&self, model: &KeptModel) -> Result<KeptModel, StoreError> {
        self.store.keep_model(model).await
    }

    async fn raise(&self, flags: &[Flag]) -> Result<u64, StoreError> {
        self.store.raise(flags).await
    }

    async fn foretell(&self, foretold: &[Foretold]) -> Result<(), StoreError> {
        self.store.foretell(foretold).await
    }
}

#[async_trait]
impl WritePortal for HeldStore {
    async fn lease_remote(&self, claim: &LeaseClaim) -> Result<Option<Remote>, StoreError> {
        self.store.lease_remote(claim).await
    }

    async fn post_parcels(&self, lease: &Lease, posting: &Posting) -> Result<bool, StoreError> {
        self.store.post_parcels(lease, posting).await
    }

    async fn settle_parcels(&self, lease: &Lease, done: &Settlement) -> Result<bool, StoreError> {
        self.store.settle_parcels(lease, done).await
    }

    async fn unpark(
        &self,
        province: &ProvinceCode,
        remote: &str,
        dossier: Option<DossierId>,
        order: &ParcelOrder,
    ) -> Result<u64, StoreError> {
        self.store.unpark(province, remote, dossier, order).await
    }

    async fn order_walk(
        &self,
        province: &ProvinceCode,
        remote: &str,
        order: &ParcelOrder,
    ) -> Result<(), StoreError> {
        self.store.order_walk(province, remote, order).await
    }

    async fn keep_sheet(&self, kept: &KeptText) -> Result<(), StoreError> {
        self.store.keep_sheet(kept).await
    }
}

#[async_trait]
impl WriteWebhooks for HeldStore {
    async fn add_webhook(&self, webhook: &Webhook, cursor: &str) -> Result<bool, StoreError> {
        self.store.add_webhook(webhook, cursor).await
    }

    async fn rotate_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
        request: &RequestId,
        old_until: Instant,
    ) -> Result<Option<Webhook>, StoreError> {
        let store = &self.store;
        store
            .rotate_webhook(province, name, request, old_until)
            .await
    }

    async fn remove_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
    ) -> Result<bool, StoreError> {
        self.store.remove_webhook(province, name).await
    }

    async fn rewind_webhook(
        &self,
        province: &ProvinceCode,
        name: &str,
        request: &RequestId,
        cursor: &str,
    ) -> Result<bool, StoreError> {
        let store = &self.store;
        store.rewind_webhook(province, name, request, cursor).await
    }
}

#[async_trait]
impl WriteReadings for HeldStore {
    async fn note_reading(&self, reading: &SystemReading) -> Result<(), StoreError> {
        self.store.note_reading(reading).await
    }
}

#[async_trait]
impl WriteNotices for HeldStore {
    async fn agree(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
        agreed: &Agreement,
    ) -> Result<(), StoreError> {
        self.store.agree(province, dossier, agreed).await
    }

    async fn disagree(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
        channel: &str,
    ) -> Result<(), StoreError> {
        self.store.disagree(province, dossier, channel).await
    }

    async fn claim_notice(&self, notice: &NoticeKey, at: Instant) -> Result<bool, StoreError> {
        self.store.claim_notice(notice, at).await
    }

    async fn settle_notice(&self, notice: &NoticeKey, end: NoticeEnd) -> Result<(), StoreError> {
        self.store.settle_notice(notice, end).await
    }
}
