//! Papers and electronic files, as requests describe and answers show them.

use domain::dossier::{ElectronicFile, FileHash, Paper, PaperCopy, Reuse};
use domain::id::{ComponentCode, Reference};

use super::fields::Fields;
use crate::proto;

/// The most copies of one paper.
const MOST_COPIES: u32 = 1_000;

/// The largest file, in bytes: far above any scan, far below what overflows a sum.
const LARGEST_FILE: i64 = 1_000_000_000_000;

impl Fields {
    /// The papers of a request. Each kind of copy of a component stands there once.
    pub fn papers(&mut self, field: &str, given: &[proto::Paper]) -> Vec<Paper> {
        let mut papers: Vec<Paper> = Vec::with_capacity(given.len().min(super::fields::MOST_ITEMS));
        if !self.few(field, given.len()) {
            return papers;
        }
        for (at, given) in given.iter().enumerate() {
            let path = format!("{field}[{at}]");
            let mut part = Fields::default();
            let paper = part.paper(given);
            self.part(&path, part);
            let Some(paper) = paper else { continue };
            let twice = papers.iter().any(|other| {
                (&other.component, other.copy, other.file)
                    == (&paper.component, paper.copy, paper.file)
            });
            if twice {
                self.wrong(&path, "must be described once; give the number of copies");
            }
            papers.push(paper);
        }
        papers
    }

    fn paper(&mut self, given: &proto::Paper) -> Option<Paper> {
        let component = self.parse("component", &given.component, ComponentCode::parse);
        let copy = self.paper_copy("copy", given.copy);
        let count = match given.count {
            0 => Some(1),
            count if count <= MOST_COPIES => u16::try_from(count).ok(),
            _ => None,
        };
        if count.is_none() {
            self.wrong("count", format!("must be at most {MOST_COPIES}"));
        }
        let file = given.file.as_ref().map(|file| {
            let mut part = Fields::default();
            let read = part.file(file);
            self.part("file", part);
            read
        });
        if given.digitised && given.file.is_none() {
            self.wrong("file", "must be given when the paper was digitised");
        }
        if given.digitised && copy == Some(PaperCopy::Electronic) {
            self.wrong("digitised", "must be false of what did not come on paper");
        }
        if !given.digitised && given.file.is_some() && copy.is_some_and(is_paper) {
            self.wrong("file", "must be left out unless the paper was digitised");
        }
        let reuse = given.reuse.as_ref().map(|reuse| {
            let mut part = Fields::default();
            let read = part.reuse(reuse);
            self.part("reuse", part);
            read
        });
        Some(Paper {
            component: component?,
            copy: copy?,
            count: count?,
            file: file.unwrap_or_default(),
            reuse: reuse.unwrap_or_default(),
        })
    }

    fn paper_copy(&mut self, field: &str, number: i32) -> Option<PaperCopy> {
        match proto::PaperCopy::try_from(number) {
            Ok(proto::PaperCopy::Original) => Some(PaperCopy::Original),
            Ok(proto::PaperCopy::Certified) => Some(PaperCopy::Certified),
            Ok(proto::PaperCopy::Plain) => Some(PaperCopy::Plain),
            Ok(proto::PaperCopy::Electronic) => Some(PaperCopy::Electronic),
            Ok(proto::PaperCopy::Unspecified) | Err(_) => {
                let names = PaperCopy::ALL.map(|copy| copy_of(copy).as_str_name());
                self.wrong(field, format!("expected one of {}", names.join(", ")));
                None
            }
        }
    }

    /// What is kept of a file.
    pub fn file(&mut self, given: &proto::ElectronicFile) -> Option<ElectronicFile> {
        let sha256 = self.parse("sha256", &given.sha256, FileHash::parse);
        let bytes = u64::try_from(given.size_bytes)
            .ok()
            .filter(|_| (1..=LARGEST_FILE).contains(&given.size_bytes));
        if bytes.is_none() {
            self.wrong(
                "size_bytes",
                format!("expected a size in bytes from 1 to {LARGEST_FILE}"),
            );
        }
        Some(ElectronicFile {
            sha256: sha256?,
            bytes: bytes?,
        })
    }

    fn reuse(&mut self, given: &proto::Reuse) -> Option<Reuse> {
        use proto::reuse::Source;
        match Source::try_from(given.source) {
            Ok(Source::PersonalStore) => Some(Reuse::PersonalStore {
                result: self.optional("reference", &given.reference, Reference::parse),
            }),
            Ok(Source::Database) => Some(Reuse::Database {
                database: self.parse("reference", &given.reference, Reference::parse)?,
            }),
            Ok(Source::EarlierDossier) => Some(Reuse::EarlierDossier {
                result: self.optional("reference", &given.reference, Reference::parse),
            }),
            Ok(Source::Unspecified) | Err(_) => {
                self.wrong(
                    "source",
                    "expected one of SOURCE_PERSONAL_STORE, SOURCE_DATABASE, \
                     SOURCE_EARLIER_DOSSIER",
                );
                None
            }
        }
    }
}

fn is_paper(copy: PaperCopy) -> bool {
    match copy {
        PaperCopy::Original | PaperCopy::Certified | PaperCopy::Plain => true,
        PaperCopy::Electronic => false,
    }
}

/// Draws a paper.
pub fn paper(paper: &Paper) -> proto::Paper {
    proto::Paper {
        component: paper.component.to_string(),
        copy: copy_of(paper.copy).into(),
        count: paper.count.into(),
        digitised: paper.is_digitised(),
        file: paper.file.map(file),
        reuse: paper.reuse.as_ref().map(reuse),
    }
}

/// The record of a file, for the wire.
pub fn file(file: ElectronicFile) -> proto::ElectronicFile {
    proto::ElectronicFile {
        sha256: file.sha256.to_string(),
        size_bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
    }
}

fn reuse(reuse: &Reuse) -> proto::Reuse {
    use proto::reuse::Source;
    let source = match reuse {
        Reuse::PersonalStore { .. } => Source::PersonalStore,
        Reuse::Database { .. } => Source::Database,
        Reuse::EarlierDossier { .. } => Source::EarlierDossier,
    };
    proto::Reuse {
        source: source.into(),
        reference: reuse
            .reference()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

fn copy_of(copy: PaperCopy) -> proto::PaperCopy {
    match copy {
        PaperCopy::Original => proto::PaperCopy::Original,
        PaperCopy::Certified => proto::PaperCopy::Certified,
        PaperCopy::Plain => proto::PaperCopy::Plain,
        PaperCopy::Electronic => proto::PaperCopy::Electronic,
    }
}
