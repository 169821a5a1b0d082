//! How citizens agreed to be told, and which events they were told of.

use app::ports::{Agreement, NoticeEnd, NoticeKey, ReadNotices, StoreError, WriteNotices};
use async_trait::async_trait;
use domain::id::{DossierId, ProvinceCode};
use domain::language::Language;
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};

use crate::SeaStore;
use crate::fault::store_error;
use crate::read::Reading;
use crate::row::Place;

#[async_trait]
impl WriteNotices for SeaStore {
    async fn agree(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
        agreed: &Agreement,
    ) -> Result<(), StoreError> {
        let language = match agreed.language {
            Language::Vietnamese => "vi",
            Language::English => "en",
        };
        let values = vec![
            province.as_str().into(),
            dossier.to_string().into(),
            agreed.channel.as_str().into(),
            agreed.address.as_str().into(),
            language.into(),
            agreed.agreed.timestamp_micros().into(),
            agreed.noted_by.as_str().into(),
            province.as_str().into(),
            dossier.to_string().into(),
        ];
        let sql = "INSERT INTO contact (province, dossier, channel, address, language, agreed, noted_by) \
             SELECT ?, ?, ?, ?, ?, CAST(? AS BIGINT), ? \
             WHERE NOT EXISTS (SELECT 1 FROM secret \
                 WHERE province = ? AND dossier = ? AND salt IS NULL) \
             ON CONFLICT (province, dossier, channel) DO UPDATE SET address = excluded.address, \
                 language = excluded.language, agreed = excluded.agreed, \
                 noted_by = excluded.noted_by \
             WHERE contact.address <> excluded.address OR contact.language <> excluded.language";
        self.writing().run(sql, values).await.map_err(store_error)?;
        Ok(())
    }

    async fn disagree(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
        channel: &str,
    ) -> Result<(), StoreError> {
        let values = vec![
            province.as_str().into(),
            dossier.to_string().into(),
            channel.into(),
        ];
        let sql = "DELETE FROM contact WHERE province = ? AND dossier = ? AND channel = ?";
        self.writing().run(sql, values).await.map_err(store_error)?;
        Ok(())
    }

    async fn claim_notice(&self, notice: &NoticeKey, at: Instant) -> Result<bool, StoreError> {
        let mut values = key(notice);
        values.push(at.timestamp_micros().into());
        let sql = "INSERT INTO notice (province, dossier, version, channel, begun, state) \
             VALUES (?, ?, ?, ?, ?, 'sending') \
             ON CONFLICT (province, dossier, version, channel) DO NOTHING";
        let claimed = self.writing().run(sql, values).await;
        Ok(claimed.map_err(store_error)? > 0)
    }

    async fn settle_notice(&self, notice: &NoticeKey, end: NoticeEnd) -> Result<(), StoreError> {
        let place = "WHERE province = ? AND dossier = ? AND version = ? AND channel = ? \
             AND state = 'sending'";
        let sql = match end {
            NoticeEnd::Sent => format!("UPDATE notice SET state = 'sent' {place}"),
            NoticeEnd::Unknown => format!("UPDATE notice SET state = 'unknown' {place}"),
            NoticeEnd::NotSent => format!("DELETE FROM notice {place}"),
        };
        let settled = self.writing().run(&sql, key(notice)).await;
        settled.map_err(store_error)?;
        Ok(())
    }
}

fn key(notice: &NoticeKey) -> Vec<Value> {
    vec![
        notice.province.as_str().into(),
        notice.dossier.to_string().into(),
        i64::from(notice.version).into(),
        notice.channel.as_str().into(),
    ]
}

#[async_trait]
impl ReadNotices for Reading {
    async fn agreements(
        &self,
        province: &ProvinceCode,
        dossier: DossierId,
    ) -> Result<Vec<Agreement>, StoreError> {
        let sql = "SELECT channel, address, language, agreed, noted_by FROM contact \
             WHERE province = ? AND dossier = ? ORDER BY channel";
        let values = vec![province.as_str().into(), dossier.to_string().into()];
        let rows: Vec<ContactRow> = self.db().all(sql, values).await.map_err(store_error)?;
        rows.into_iter().map(Agreement::try_from).collect()
    }
}

#[derive(Debug, FromQueryResult)]
struct ContactRow {
    channel: String,
    address: String,
    language: String,
    agreed: i64,
    noted_by: String,
}

impl TryFrom<ContactRow> for Agreement {
    type Error = StoreError;

    fn try_from(row: ContactRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "contact",
            id: &row.channel,
        };
        Ok(Agreement {
            language: match row.language.as_str() {
                "en" => Language::English,
                _ => Language::Vietnamese,
            },
            agreed: place.instant("agreed", row.agreed)?,
            noted_by: place.parse("noted_by", &row.noted_by)?,
            channel: row.channel.clone(),
            address: row.address,
        })
    }
}
