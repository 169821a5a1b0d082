//! Which installation a database belongs to.

use app::ports::{KeyMark, StoreError};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::executor::Executor;
use crate::fault::store_error;
use crate::row::Place;

#[derive(FromQueryResult)]
struct CheckRow {
    key_check: String,
}

#[derive(FromQueryResult)]
struct ReceiptRow {
    dossier: String,
    pin_hash: Option<String>,
}

/// By what the installation's key is known again.
pub(crate) async fn key_mark<C: ConnectionTrait>(
    db: &Executor<'_, C>,
) -> Result<KeyMark, StoreError> {
    let checks: Vec<CheckRow> = db
        .all("SELECT key_check FROM installation", Vec::new())
        .await
        .map_err(store_error)?;
    if let Some(row) = checks.into_iter().next() {
        return Ok(KeyMark {
            check: Some(row.key_check),
            receipt: None,
            is_used: true,
        });
    }
    // Some dossiers of our own, taken before they are joined, lest a start reads all of them; those of
    // imports have no PIN.
    let receipts: Vec<ReceiptRow> = db
        .all(
            "SELECT s.dossier, s.pin_hash \
             FROM (SELECT province, dossier FROM event WHERE seq > 0 LIMIT 100) e \
             JOIN secret s ON s.province = e.province AND s.dossier = e.dossier",
            Vec::new(),
        )
        .await
        .map_err(store_error)?;
    let is_used = !receipts.is_empty();
    let receipt = receipts.into_iter().find_map(|row| {
        let dossier = row.dossier;
        row.pin_hash.map(|hash| (dossier, hash))
    });
    let receipt = receipt.map(|(dossier, hash)| {
        let place = Place {
            table: "secret",
            id: &dossier,
        };
        Ok::<_, StoreError>((place.parse("dossier", &dossier)?, hash))
    });
    Ok(KeyMark {
        check: None,
        receipt: receipt.transpose()?,
        is_used,
    })
}

/// Keeps a check value: of two processes that start at once, that of the first one.
pub(crate) async fn keep_key_check<C: ConnectionTrait>(
    db: &Executor<'_, C>,
    check: &str,
    replaces: bool,
) -> Result<(), StoreError> {
    let then = if replaces {
        "DO UPDATE SET key_check = excluded.key_check"
    } else {
        "DO NOTHING"
    };
    let sql =
        format!("INSERT INTO installation (one, key_check) VALUES (1, ?) ON CONFLICT (one) {then}");
    db.run(&sql, vec![check.into()])
        .await
        .map_err(store_error)?;
    Ok(())
}
