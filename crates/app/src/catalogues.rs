//! The catalogue of each province: the shipped one, with the province's published texts on top.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use domain::catalogue::{Catalogue, SourceFile};
use domain::dossier::legal::Law;
use domain::id::ProvinceCode;
use domain::time::Instant;
use domain::unit::Unit;

use crate::error::Error;
use crate::ports::{Document, DocumentState, ReadTx};

/// The catalogues of all provinces.
pub struct Catalogues {
    shipped: Arc<Catalogue>,
    /// The provinces of its units.
    provinces: BTreeSet<ProvinceCode>,
    own: RwLock<HashMap<ProvinceCode, Own>>,
}

/// What a province has published.
struct Own {
    /// How many texts it had published.
    edition: u64,
    catalogue: Arc<Catalogue>,
    /// When a person last put a text in force.
    last: Option<Instant>,
    /// What was counted by when only so many of the texts were in force: the one that was last asked for.
    earlier: Option<(usize, Arc<Catalogue>)>,
}

impl Catalogues {
    /// Gives every province the shipped catalogue, until [`Catalogues::refresh`] finds more.
    #[must_use]
    pub fn new(shipped: Arc<Catalogue>) -> Self {
        let provinces = shipped.units.iter().map(|unit| unit.province.clone());
        Self {
            provinces: provinces.collect(),
            shipped,
            own: RwLock::default(),
        }
    }

    /// Every province's catalogue, as a database has it now.
    pub async fn read(shipped: Arc<Catalogue>, read: &dyn ReadTx) -> Result<Self, Error> {
        let catalogues = Self::new(shipped);
        catalogues.refresh(read).await?;
        Ok(catalogues)
    }

    /// The shipped catalogue, or the folder that replaces it.
    #[must_use]
    pub fn shipped(&self) -> &Arc<Catalogue> {
        &self.shipped
    }

    /// The catalogue of a province.
    #[must_use]
    pub fn of(&self, province: &ProvinceCode) -> Arc<Catalogue> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.get(province).map_or_else(
            || Arc::clone(&self.shipped),
            |own| Arc::clone(&own.catalogue),
        )
    }

    /// The unit that a person means by an identifier or a statistics code, of any province.
    #[must_use]
    pub fn find_unit(&self, text: &str) -> Option<Unit> {
        let mut provinces = self.provinces().into_iter();
        provinces.find_map(|province| {
            let catalogue = self.of(&province);
            let found = catalogue.units.find(text);
            found.filter(|unit| unit.province == province).cloned()
        })
    }

    /// Every province that has a catalogue, in order.
    #[must_use]
    pub fn provinces(&self) -> Vec<ProvinceCode> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        let all: BTreeSet<&ProvinceCode> = self.provinces.iter().chain(own.keys()).collect();
        all.into_iter().cloned().collect()
    }

    /// Reads what was published since the last call. False if nothing was.
    ///
    /// Errors: a published text that this version of motcua cannot read; the province then keeps
    /// its present catalogue.
    pub async fn refresh(&self, read: &dyn ReadTx) -> Result<bool, Error> {
        let mut changed = false;
        for (province, edition) in read.editions().await? {
            if self.edition(&province) == edition {
                continue;
            }
            let documents = read.documents(&province).await?;
            let catalogue = laid_over(&self.shipped, &documents)?;
            let own = Own {
                edition,
                catalogue: Arc::new(catalogue),
                last: documents.iter().filter_map(in_force_since).max(),
                earlier: None,
            };
            self.own
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(province, own);
            changed = true;
        }
        Ok(changed)
    }

    /// The catalogue of a province by which a report as of a moment counts: with the calendars and the rules of
    /// papers that were in force then, so that a day off announced since changes no number that was printed. Units
    /// and procedures are those of today, for their versions never change.
    pub async fn as_of(
        &self,
        read: &dyn ReadTx,
        province: &ProvinceCode,
        at: Instant,
    ) -> Result<Arc<Catalogue>, Error> {
        let current = self.of(province);
        if self.last(province).is_none_or(|last| last <= at) {
            return Ok(current);
        }
        let mut documents = read.documents(province).await?;
        documents.retain(|document| {
            let is_published = matches!(document.state, DocumentState::Published { .. });
            is_published && in_force_since(document).is_none_or(|since| since <= at)
        });
        let known = documents.len();
        if let Some(earlier) = self.earlier(province, known) {
            return Ok(earlier);
        }
        let then = laid_over(&self.shipped, &documents)?;
        let mut counted = Catalogue::clone(&current);
        counted.calendars = then.calendars;
        counted.papers = then.papers;
        let counted = Arc::new(counted);
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = own.get_mut(province) {
            own.earlier = Some((known, Arc::clone(&counted)));
        }
        Ok(counted)
    }

    fn last(&self, province: &ProvinceCode) -> Option<Instant> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.get(province)?.last
    }

    fn earlier(&self, province: &ProvinceCode, known: usize) -> Option<Arc<Catalogue>> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        let (count, catalogue) = own.get(province)?.earlier.as_ref()?;
        (*count == known).then(|| Arc::clone(catalogue))
    }

    fn edition(&self, province: &ProvinceCode) -> u64 {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.get(province).map_or(0, |own| own.edition)
    }
}

/// The law by which due times are counted, from a catalogue.
#[must_use]
pub(crate) fn law(catalogue: &Catalogue) -> Law<'_> {
    Law {
        calendars: &catalogue.calendars,
        answer_limit: catalogue.intake.answer,
        procedures: &catalogue.procedures,
    }
}

/// Since when a text is in force that a second person approved. One that its own author put in force came with an
/// import, whose dossiers are older than it: it counts for all of them.
fn in_force_since(document: &Document) -> Option<Instant> {
    match &document.state {
        DocumentState::Published { by, at } if *by != document.proposal.author => Some(*at),
        DocumentState::Published { .. }
        | DocumentState::Proposed
        | DocumentState::Rejected { .. } => None,
    }
}

/// Lays the published texts over the shipped ones. Of two with the same path the later one counts.
fn laid_over(shipped: &Catalogue, documents: &[Document]) -> Result<Catalogue, Error> {
    let files: Vec<SourceFile> = documents
        .iter()
        .filter(|document| match document.state {
            DocumentState::Published { .. } => true,
            DocumentState::Proposed | DocumentState::Rejected { .. } => false,
        })
        .map(|document| SourceFile {
            path: document.proposal.path.clone(),
            text: document.proposal.text.clone(),
        })
        .collect();
    shipped.with(&files).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Error::Internal(format!("published texts cannot be read: {}", faults.join("; ")).into())
    })
}
