//! The papers of a dossier (*giấy tờ, thành phần hồ sơ*): what kind of copy came, how many, whether
//! the desk digitised it, and whether the citizen had to bring it at all.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Dossier;
use super::file::ElectronicFile;
use crate::id::{ComponentCode, Reference};

/// The kind of copy. The receipt counts the first three apart: form 01 of Circular 01/2018/TT-VPCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperCopy {
    /// The original (*bản chính*).
    Original,
    /// A certified copy (*bản sao chứng thực*).
    Certified,
    /// A plain copy or photograph (*bản sao, bản chụp*).
    Plain,
    /// No paper came, only a file (*bản điện tử*).
    Electronic,
}

impl PaperCopy {
    /// Every kind.
    pub const ALL: [PaperCopy; 4] = [
        PaperCopy::Original,
        PaperCopy::Certified,
        PaperCopy::Plain,
        PaperCopy::Electronic,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PaperCopy::Original => "original",
            PaperCopy::Certified => "certified",
            PaperCopy::Plain => "plain",
            PaperCopy::Electronic => "electronic",
        }
    }
}

impl fmt::Display for PaperCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The source of a paper that the citizen did not have to bring again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Reuse {
    /// The citizen's own electronic store on the national portal (*kho dữ liệu điện tử của tổ
    /// chức, cá nhân*).
    PersonalStore {
        /// The code of the result that replaces the paper, if it has one.
        result: Option<Reference>,
    },
    /// A national or specialised database, such as that of the population.
    Database {
        /// The code of the database.
        database: Reference,
    },
    /// An earlier dossier. Source: Decree 61/2018/NĐ-CP, Art. 20(5).
    EarlierDossier {
        /// The code of the result that replaces the paper, if it has one.
        result: Option<Reference>,
    },
}

impl Reuse {
    /// The word used in data.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Reuse::PersonalStore { .. } => "personal_store",
            Reuse::Database { .. } => "database",
            Reuse::EarlierDossier { .. } => "earlier_dossier",
        }
    }

    /// The code of the database, or of the result that replaces the paper.
    #[must_use]
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            Reuse::PersonalStore { result } | Reuse::EarlierDossier { result } => result.as_ref(),
            Reuse::Database { database } => Some(database),
        }
    }
}

/// What came of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The component.
    pub component: ComponentCode,
    /// The kind of copy.
    pub copy: PaperCopy,
    /// How many copies.
    pub count: u16,
    /// The electronic file: the digitised paper, or the file that came instead of a paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<ElectronicFile>,
    /// The source of the paper, if the citizen did not bring it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse: Option<Reuse>,
}

impl Paper {
    /// Whether it came on paper and the desk digitised it (*số hóa*).
    #[must_use]
    pub fn is_digitised(&self) -> bool {
        match self.copy {
            PaperCopy::Original | PaperCopy::Certified | PaperCopy::Plain => self.file.is_some(),
            PaperCopy::Electronic => false,
        }
    }
}

impl fmt::Display for Paper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.component, self.copy, self.count)?;
        if let Some(file) = &self.file {
            write!(f, " sha256:{}", file.sha256)?;
        }
        if let Some(reuse) = &self.reuse {
            write!(f, " {}", reuse.as_str())?;
        }
        Ok(())
    }
}

impl Dossier {
    /// The number of papers that a desk digitised. One is enough for the index of Decision
    /// 766/QĐ-TTg to count the dossier as digitised.
    #[must_use]
    pub fn digitised(&self) -> usize {
        let digitised = self.papers.iter().filter(|paper| paper.is_digitised());
        digitised.count()
    }

    /// The number of papers that the citizen did not have to bring. One is enough for the index of
    /// Decision 766/QĐ-TTg to count the dossier as one that reused data.
    #[must_use]
    pub fn reused(&self) -> usize {
        let reused = self.papers.iter().filter(|paper| paper.reuse.is_some());
        reused.count()
    }
}
