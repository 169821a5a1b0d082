//! Electronic results (*kết quả điện tử*): what is recorded of the files that a citizen gets.
//!
//! The record holds a signature as given. Nothing here verifies it: that needs the file and the
//! chain of certificates, so the system that has the file does it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::file::{ElectronicFile, FileHash};
use crate::id::{CertificateSerial, DistinguishedName, DocumentNumber, MediaType, Reference};
use crate::time::Instant;

/// How a file is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureFormat {
    /// In a PDF file: PAdES.
    Pades,
    /// In an XML file: XAdES.
    Xades,
    /// Of any file: CAdES.
    Cades,
}

impl SignatureFormat {
    /// Every format.
    pub const ALL: [SignatureFormat; 3] = [
        SignatureFormat::Pades,
        SignatureFormat::Xades,
        SignatureFormat::Cades,
    ];
}

/// A digital signature (*chữ ký số*) as it was given, not verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Its format.
    pub format: SignatureFormat,
    /// The serial number of the signer's certificate.
    pub certificate: CertificateSerial,
    /// Who issued that certificate.
    pub issuer: DistinguishedName,
    /// The signing time that the signature states.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub signed: Instant,
    /// The hash of the signature's own bytes, if it lies apart from the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detached: Option<FileHash>,
}

/// One file of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElectronicResult {
    /// The code of the kind of result (*mã giấy tờ kết quả*), if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Reference>,
    /// Its number and symbol (*số, ký hiệu*), if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<DocumentNumber>,
    /// The file.
    pub file: ElectronicFile,
    /// What kind of file.
    pub media_type: MediaType,
    /// Its signatures, in the given order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Signature>,
}

impl fmt::Display for ElectronicResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = &self.number {
            write!(f, "{number} ")?;
        }
        let signatures = self.signatures.len();
        write!(
            f,
            "{} sha256:{} signatures:{signatures}",
            self.media_type, self.file.sha256
        )
    }
}
