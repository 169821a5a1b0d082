//! Texts of the catalogue that an office proposes, and their state.

use std::collections::HashMap;

use app::ports::{Document, DocumentState, Proposal, StoreError, Verdict};
use domain::digest;
use domain::id::ProvinceCode;
use sea_orm::{ConnectionTrait, FromQueryResult, SqlErr};

use crate::executor::{Dialect, Executor};
use crate::fault::store_error;
use crate::row::Place;

/// How often a number is taken again if another process took it at the same moment.
const TRIES: usize = 5;

pub(crate) async fn propose<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    proposal: &Proposal,
) -> Result<Document, StoreError> {
    let hash = digest::hex(&digest::sha256(proposal.text.as_bytes()));
    let mut tries = 0;
    loop {
        tries += 1;
        let numbered: Result<Vec<NumberRow>, _> = db
            .all(
                "INSERT INTO document \
                 (province, number, path, text, hash, reason, state, author, proposed) \
                 SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, 'proposed', ?, ? \
                 FROM document WHERE province = ? RETURNING number",
                vec![
                    proposal.province.as_str().into(),
                    proposal.path.as_str().into(),
                    proposal.text.as_str().into(),
                    hash.as_str().into(),
                    proposal.reason.as_str().into(),
                    proposal.author.as_str().into(),
                    proposal.at.timestamp_micros().into(),
                    proposal.province.as_str().into(),
                ],
            )
            .await;
        let rows = match numbered {
            Err(error)
                if tries < TRIES
                    && matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) =>
            {
                continue;
            }
            other => other.map_err(store_error)?,
        };
        let place = Place {
            table: "document",
            id: &proposal.path,
        };
        let row = rows.first().ok_or_else(|| place.wrong("number"))?;
        return Ok(Document {
            number: place.number("number", row.number)?,
            proposal: proposal.clone(),
            hash,
            state: DocumentState::Proposed,
        });
    }
}

/// Puts texts into force within a caller's transaction.
pub(crate) async fn create<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    texts: &[Proposal],
) -> Result<(), StoreError> {
    if texts.is_empty() {
        return Ok(());
    }
    if db.dialect() == Dialect::Postgres {
        // The lock makes processes take numbers one after another: a clash would undo the caller's
        // transaction.
        db.run(
            "LOCK TABLE document IN SHARE ROW EXCLUSIVE MODE",
            Vec::new(),
        )
        .await
        .map_err(store_error)?;
    }
    for text in texts {
        let document = propose(db, text).await?;
        let verdict = Verdict {
            province: text.province.clone(),
            number: document.number,
            publish: true,
            by: text.author.clone(),
            at: text.at,
        };
        decide(db, &verdict).await?;
    }
    Ok(())
}

/// False if there is no such text, or if it was already decided.
pub(crate) async fn decide<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    verdict: &Verdict,
) -> Result<bool, StoreError> {
    let number = i64::try_from(verdict.number).unwrap_or(i64::MAX);
    let state = if verdict.publish { PUBLISHED } else { REJECTED };
    let changed = db
        .run(
            "UPDATE document SET state = ?, decider = ?, decided = ? \
             WHERE province = ? AND number = ? AND state = 'proposed'",
            vec![
                state.into(),
                verdict.by.as_str().into(),
                verdict.at.timestamp_micros().into(),
                verdict.province.as_str().into(),
                number.into(),
            ],
        )
        .await
        .map_err(store_error)?;
    Ok(changed > 0)
}

pub(crate) async fn editions<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<HashMap<ProvinceCode, u64>, StoreError> {
    let rows: Vec<EditionRow> = db
        .all(
            "SELECT province, count(*) AS published FROM document \
             WHERE state = 'published' GROUP BY province",
            Vec::new(),
        )
        .await
        .map_err(store_error)?;
    rows.iter()
        .map(|row| {
            let place = Place {
                table: "document",
                id: &row.province,
            };
            Ok((
                place.parse("province", &row.province)?,
                place.number("number", row.published)?,
            ))
        })
        .collect()
}

pub(crate) async fn documents<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    province: &ProvinceCode,
) -> Result<Vec<Document>, StoreError> {
    let rows: Vec<DocumentRow> = db
        .all(
            "SELECT province, number, path, text, hash, reason, state, author, proposed, \
             decider, decided FROM document WHERE province = ? ORDER BY number",
            vec![province.as_str().into()],
        )
        .await
        .map_err(store_error)?;
    rows.into_iter().map(Document::try_from).collect()
}

const PUBLISHED: &str = "published";
const REJECTED: &str = "rejected";

#[derive(Debug, FromQueryResult)]
struct NumberRow {
    number: i64,
}

#[derive(Debug, FromQueryResult)]
struct EditionRow {
    province: String,
    published: i64,
}

#[derive(Debug, FromQueryResult)]
struct DocumentRow {
    province: String,
    number: i64,
    path: String,
    text: String,
    hash: String,
    reason: String,
    state: String,
    author: String,
    proposed: i64,
    decider: Option<String>,
    decided: Option<i64>,
}

impl TryFrom<DocumentRow> for Document {
    type Error = StoreError;

    fn try_from(row: DocumentRow) -> Result<Self, StoreError> {
        let place = Place {
            table: "document",
            id: &row.path,
        };
        let decided = match (&row.decider, row.decided) {
            (Some(by), Some(at)) => {
                Some((place.parse("decider", by)?, place.instant("decided", at)?))
            }
            (None, _) | (_, None) => None,
        };
        let state = match (row.state.as_str(), decided) {
            ("proposed", None) => DocumentState::Proposed,
            (PUBLISHED, Some((by, at))) => DocumentState::Published { by, at },
            (REJECTED, Some((by, at))) => DocumentState::Rejected { by, at },
            _ => return Err(place.wrong("state")),
        };
        Ok(Document {
            number: place.number("number", row.number)?,
            proposal: Proposal {
                province: place.parse("province", &row.province)?,
                author: place.parse("author", &row.author)?,
                at: place.instant("proposed", row.proposed)?,
                reason: row.reason,
                text: row.text,
                path: row.path.clone(),
            },
            hash: row.hash,
            state,
        })
    }
}
