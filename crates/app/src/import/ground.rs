//! What a map means in a catalogue.

use std::fmt;
use std::sync::Arc;

use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::import::Map;

/// Why a map does not fit a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// What it creates is wrong.
    Creates(Vec<Fault>),
    /// It names what there is not.
    Names(Vec<Fault>),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, faults) = match self {
            Unfit::Creates(faults) => ("what the map creates is wrong", faults),
            Unfit::Names(faults) => ("the map is wrong", faults),
        };
        write!(f, "{what}:")?;
        faults.iter().try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

/// A map beside the catalogue that its dossiers are judged by.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The map, with the units and procedures of the catalogue.
    pub map: Arc<Map>,
    /// The catalogue, including what the map creates.
    pub catalogue: Arc<Catalogue>,
    /// The texts that the map creates.
    pub creates: Vec<SourceFile>,
}

impl Ground {
    /// Lays what the map creates over a catalogue, and finds what the map names in it.
    ///
    /// Errors: by file and line.
    pub fn of(map: &Map, known: Arc<Catalogue>) -> Result<Self, Unfit> {
        let creates = map.creates.texts(&map.source, &map.province, &known);
        let catalogue = if creates.is_empty() {
            known
        } else {
            Arc::new(known.with(&creates).map_err(Unfit::Creates)?)
        };
        let map = Map::clone(map).resolve(&catalogue);
        let map = Arc::new(map.map_err(Unfit::Names)?);
        Ok(Self {
            map,
            catalogue,
            creates,
        })
    }
}
