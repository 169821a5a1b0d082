//! The catalogue: units, calendars and procedures, read from text files.
//!
//! One wrong line refuses the whole catalogue, and the answer lists every fault with its file, its
//! line and its reason. This module reads no files; their texts come in as [`SourceFile`]s.

mod boundary;
mod calendar;
mod case;
mod codes;
mod contacts;
mod dated;
mod exchange;
pub(crate) mod file;
mod intake;
mod leg;
mod opinions;
mod outages;
mod papers;
mod placed;
mod places;
mod procedures;
mod published;
mod successors;
mod table;
mod timing;
mod units;
mod version;

use std::fmt;
use std::sync::Arc;

pub use exchange::Exchange;
pub use intake::Intake;
pub use successors::Successors;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::calendar::Calendars;
use crate::code::CodeRules;
use crate::contact::Contacts;
use crate::lineage::Lineage;
use crate::place::UnitPlaces;
use crate::procedure::{Boundaries, OpinionRules, PaperRules, Procedures};
use crate::unit::Units;

/// One file of the catalogue, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path inside the catalogue, such as `units/provinces.csv`; only the end decides.
    pub path: String,
    /// Its contents.
    pub text: String,
}

impl SourceFile {
    /// Its folder and name, which say what it is: the last two parts of its path.
    fn place(&self) -> Option<(&str, &str)> {
        let mut parts = self.path.rsplit(['/', '\\']);
        let name = parts.next()?;
        Some((parts.next()?, name))
    }
}

/// Something wrong in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct Fault {
    /// The file, as it was named in its [`SourceFile`].
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub reason: String,
}

impl Fault {
    /// A fault that the TOML reader found in a file.
    #[must_use]
    pub fn toml(file: &SourceFile, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| file.text.get(..span.start));
        Self {
            file: file.path.clone(),
            line: before.map_or(1, |before| before.matches('\n').count() + 1),
            reason: error.message().to_owned(),
        }
    }

    /// Whether the whole file is missing, which makes many others wrong.
    #[must_use]
    pub fn is_of_a_missing_file(&self) -> bool {
        self.reason == MISSING
    }
}

const MISSING: &str = "the file is missing";

/// Everything that the product ships or an office adds, parsed once.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Provinces, centres and communes, including those that have ended.
    pub units: Units,
    /// Where their desks are, as far as that is known.
    pub contacts: Contacts,
    /// Where they lie, for maps.
    pub places: UnitPlaces,
    /// Who took over from them.
    pub lineage: Lineage,
    /// The national calendar and the units' own.
    pub calendars: Calendars,
    /// Procedures with all their versions.
    pub procedures: Procedures,
    /// Rules of reception that no single procedure states.
    pub intake: Intake,
    /// Where dossiers may be received that another unit decides.
    pub boundaries: Boundaries,
    /// Which papers are not scanned, and which a database replaces.
    pub papers: PaperRules,
    /// How long agencies have that are asked for an opinion, and what their silence means.
    pub opinions: OpinionRules,
    /// Which shapes codes have.
    pub codes: CodeRules,
    /// How fast systems have to exchange.
    pub exchange: Exchange,
    sources: Arc<[SourceFile]>,
}

impl Catalogue {
    /// Reads the whole catalogue.
    ///
    /// Errors: every fault, by file and line. A file that is not well-formed TOML or CSV reports
    /// only its first fault, because nothing after it can be trusted.
    pub fn parse(files: &[SourceFile]) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let sorted = Sorted::of(files, &mut faults);
        let mut units = units::parse(&sorted, &mut faults);
        let lineage = successors::parse(&sorted, &mut units, &mut faults);
        let contacts = contacts::parse(&sorted, &units, &mut faults);
        let places = places::parse(&sorted, &mut faults);
        let calendars = calendar::parse(&sorted, &units, &mut faults);
        let calendars = calendars.map(|calendars| {
            let outages = outages::parse(&sorted, &units, &calendars, &mut faults);
            calendars.with_outages(outages)
        });
        let procedures = procedures::parse(&sorted, &mut faults);
        let intake = intake::parse(&sorted, &mut faults);
        let codes = codes::parse(&sorted, &mut faults);
        let exchange = exchange::parse(&sorted, &mut faults);
        let boundaries = boundary::parse(&sorted, &units, &procedures, &mut faults);
        let papers = papers::parse(&sorted, &procedures, &mut faults);
        let opinions = opinions::parse(&sorted, &procedures, &mut faults);
        faults.sort();
        faults.dedup();
        match calendars {
            Some(calendars) if faults.is_empty() => Ok(Self {
                units,
                contacts,
                places,
                lineage,
                calendars,
                procedures,
                intake,
                boundaries,
                papers,
                opinions,
                codes,
                exchange,
                sources: files.into(),
            }),
            Some(_) | None => Err(faults),
        }
    }

    /// Whether the catalogue was read from exactly this text, among others.
    #[must_use]
    pub fn has(&self, text: &SourceFile) -> bool {
        let mut files = self.sources.iter();
        files.any(|file| file.place() == text.place() && file.text == text.text)
    }

    /// The text of a file, by its folder and name.
    #[must_use]
    pub fn text(&self, folder: &str, name: &str) -> Option<&str> {
        let mut files = self.sources.iter();
        let found = files.find(|file| file.place() == Some((folder, name)));
        found.map(|file| file.text.as_str())
    }

    /// The TOML files of a folder whose meaning another part of the program knows, such as `reports`.
    pub fn texts<'c>(&'c self, folder: &'c str) -> impl Iterator<Item = &'c SourceFile> {
        self.files(folder)
            .filter(|file| file.path.ends_with(".toml"))
    }

    /// All files of such a folder.
    pub fn files<'c>(&'c self, folder: &'c str) -> impl Iterator<Item = &'c SourceFile> {
        let within = move |file: &&SourceFile| file.place().is_some_and(|(of, _)| of == folder);
        self.sources.iter().filter(within)
    }

    /// This catalogue with other texts on top. A text replaces an earlier one, of the catalogue or
    /// of the list, with the same folder and name.
    ///
    /// Errors: as [`Catalogue::parse`], for the whole.
    pub fn with(&self, texts: &[SourceFile]) -> Result<Self, Vec<Fault>> {
        let mut files = self.sources.to_vec();
        for text in texts {
            match files.iter_mut().find(|file| file.place() == text.place()) {
                Some(file) => *file = text.clone(),
                None => files.push(text.clone()),
            }
        }
        Self::parse(&files)
    }
}

/// The files by what they hold.
#[derive(Default)]
struct Sorted<'a> {
    provinces: Vec<&'a SourceFile>,
    communes: Vec<&'a SourceFile>,
    contacts: Vec<&'a SourceFile>,
    former: Vec<&'a SourceFile>,
    places: Vec<&'a SourceFile>,
    successors: Vec<&'a SourceFile>,
    national: Vec<&'a SourceFile>,
    hours: Vec<&'a SourceFile>,
    outages: Vec<&'a SourceFile>,
    procedures: Vec<&'a SourceFile>,
    published: Vec<&'a SourceFile>,
    intake: Vec<&'a SourceFile>,
    boundary: Vec<&'a SourceFile>,
    papers: Vec<&'a SourceFile>,
    opinions: Vec<&'a SourceFile>,
    starts: Vec<&'a SourceFile>,
    codes: Vec<&'a SourceFile>,
    exchange: Vec<&'a SourceFile>,
}

impl<'a> Sorted<'a> {
    fn of(files: &'a [SourceFile], faults: &mut Vec<Fault>) -> Self {
        let mut sorted = Self::default();
        for file in files {
            let Some((folder, name)) = file.place() else {
                continue;
            };
            let place = match (folder, name) {
                ("units", "provinces.csv") => &mut sorted.provinces,
                ("units", "communes.csv") => &mut sorted.communes,
                ("units", "contacts.csv") => &mut sorted.contacts,
                ("units", "former.csv") => &mut sorted.former,
                ("units", "places.csv") => &mut sorted.places,
                ("units", name) if successors::is_name(name) => &mut sorted.successors,
                // Texts added at run time stand beside the shipped ones.
                ("units", name) if name.ends_with(".provinces.csv") => &mut sorted.provinces,
                ("units", name) if name.ends_with(".communes.csv") => &mut sorted.communes,
                ("units", name) if name.ends_with(".contacts.csv") => &mut sorted.contacts,
                ("calendar", "national.csv") => &mut sorted.national,
                ("calendar", "hours.csv") => &mut sorted.hours,
                ("calendar", "outages.csv") => &mut sorted.outages,
                ("procedures", "published.csv") => &mut sorted.published,
                ("intake", "rules.csv") => &mut sorted.intake,
                ("intake", "boundary.csv") => &mut sorted.boundary,
                ("intake", "papers.csv") => &mut sorted.papers,
                ("intake", "opinions.csv") => &mut sorted.opinions,
                ("intake", "starts.csv") => &mut sorted.starts,
                ("intake", "codes.csv") => &mut sorted.codes,
                ("intake", "exchange.csv") => &mut sorted.exchange,
                ("procedures", name) if name.ends_with(".toml") => &mut sorted.procedures,
                ("units" | "calendar" | "procedures" | "intake", name)
                    if !name.ends_with(".md") =>
                {
                    faults.push(fault(file, 1, "the catalogue knows no file of this name"));
                    continue;
                }
                _ => continue,
            };
            place.push(file);
            if let Some(line) = first_line_not_composed(&file.text) {
                faults.push(fault(
                    file,
                    line,
                    "text is not in Unicode NFC: save it composed",
                ));
            }
        }
        sorted.procedures.sort_by(|a, b| a.path.cmp(&b.path));
        sorted
    }
}

fn fault(file: &SourceFile, line: usize, reason: impl fmt::Display) -> Fault {
    Fault {
        file: file.path.clone(),
        line,
        reason: reason.to_string(),
    }
}

fn missing(path: &str) -> Fault {
    Fault {
        file: path.to_owned(),
        line: 1,
        reason: MISSING.to_owned(),
    }
}

/// Some systems write Vietnamese decomposed; such a text equals no composed text that looks the
/// same.
fn first_line_not_composed(text: &str) -> Option<usize> {
    let composed = |line: &str| match is_nfc_quick(line.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => line.nfc().eq(line.chars()),
    };
    text.lines()
        .position(|line| !composed(line))
        .map(|at| at + 1)
}
