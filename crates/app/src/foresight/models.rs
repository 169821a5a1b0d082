//! The models in use, in the memory of every process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::digest::{hex, sha256};
use domain::id::ProvinceCode;
use domain::procedure::Kind;
use domain::time::Instant;
use forecast::artefact::Artefact;
use forecast::model::Unreadable;

use crate::error::Error;
use crate::ports::ReadTx;

/// A model in force.
pub(crate) struct Fitted {
    /// Counts the province's models.
    pub number: u64,
    /// The first moment that the fit did not look at.
    pub until: Instant,
    pub artefact: Arc<Artefact>,
}

/// The models in use of all provinces.
#[derive(Default)]
pub(crate) struct Models(RwLock<HashMap<ProvinceCode, Own>>);

/// The models of one province.
#[derive(Default, Clone)]
struct Own {
    /// The number of the latest.
    number: u64,
    procedures: Option<Arc<Fitted>>,
    petitions: Option<Arc<Fitted>>,
}

impl Models {
    /// The model for dossiers of a kind; none if no model was fitted.
    pub fn of(&self, province: &ProvinceCode, matter: Kind) -> Option<Arc<Fitted>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let own = known.get(province)?;
        match matter {
            Kind::Procedure => own.procedures.clone(),
            Kind::Petition => own.petitions.clone(),
        }
    }

    /// The moment up to which the newest model of a province learned; none if no model was fitted.
    pub fn until(&self, province: &ProvinceCode) -> Option<Instant> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let own = known.get(province)?;
        let both = [&own.procedures, &own.petitions];
        both.into_iter().flatten().map(|fitted| fitted.until).max()
    }

    /// Reads what was fitted since, by this process or another. Returns the provinces whose models
    /// changed.
    ///
    /// A model that this version of motcua cannot read is skipped, and the log says so: a forecast
    /// from planned allowances is better than none.
    pub async fn refresh(&self, read: &dyn ReadTx) -> Result<Vec<ProvinceCode>, Error> {
        let mut changed = Vec::new();
        for (province, number) in read.model_numbers().await? {
            if self.number(&province) == number {
                continue;
            }
            let mut own = Own {
                number,
                ..Own::default()
            };
            for kept in read.models(&province).await? {
                let Some(bytes) = &kept.bytes else { continue };
                let artefact = match read_artefact(bytes, &kept.hash) {
                    Ok(artefact) => Arc::new(artefact),
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, model = kept.number, "cannot read a model");
                        continue;
                    }
                };
                let fitted = Some(Arc::new(Fitted {
                    number: kept.number,
                    until: kept.until,
                    artefact,
                }));
                match kept.matter {
                    Kind::Procedure => own.procedures = fitted,
                    Kind::Petition => own.petitions = fitted,
                }
            }
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(province.clone(), own);
            changed.push(province);
        }
        Ok(changed)
    }

    /// The number of the latest model of a province; 0 if no model was fitted.
    pub fn number(&self, province: &ProvinceCode) -> u64 {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(province).map_or(0, |own| own.number)
    }
}

fn read_artefact(bytes: &[u8], hash: &str) -> Result<Artefact, Unreadable> {
    let digest = sha256(bytes);
    if hex(&digest) != hash {
        return Err(Unreadable::Altered);
    }
    Artefact::from_bytes(bytes, &digest)
}
