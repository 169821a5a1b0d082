//! Electronic results and their signatures, as requests describe and answers show them.

use domain::dossier::{ElectronicResult, FileHash, Signature, SignatureFormat};
use domain::fold;
use domain::id::{CertificateSerial, DistinguishedName, DocumentNumber, MediaType, Reference};

use super::fields::Fields;
use super::paper;
use super::request_context::RequestContext;
use super::time::timestamp;
use crate::proto;

impl Fields {
    /// The files of a result, each once.
    pub fn results(
        &mut self,
        field: &str,
        given: &[proto::ElectronicResult],
        context: &RequestContext,
    ) -> Vec<ElectronicResult> {
        let mut results: Vec<ElectronicResult> = Vec::new();
        if !self.few(field, given.len()) {
            return results;
        }
        for (at, given) in given.iter().enumerate() {
            let path = format!("{field}[{at}]");
            let mut part = Fields::default();
            let result = part.result(given, context);
            self.part(&path, part);
            let Some(result) = result else { continue };
            if results.iter().any(|other| other.file == result.file) {
                self.wrong(&path, "must be given once; another one is the same file");
            }
            results.push(result);
        }
        results
    }

    fn result(
        &mut self,
        given: &proto::ElectronicResult,
        context: &RequestContext,
    ) -> Option<ElectronicResult> {
        let code = self.optional("result_code", &given.result_code, Reference::parse);
        let number = self.optional(
            "number",
            &fold::compose(&given.number),
            DocumentNumber::parse,
        );
        let file = match &given.file {
            Some(file) => {
                let mut part = Fields::default();
                let read = part.file(file);
                self.part("file", part);
                read
            }
            None => {
                self.wrong("file", "must be given; expected hash and size of the file");
                None
            }
        };
        let media_type = self.parse("media_type", &given.media_type, MediaType::parse);
        let mut signatures = Vec::new();
        if self.few("signatures", given.signatures.len()) {
            for (at, given) in given.signatures.iter().enumerate() {
                let mut part = Fields::default();
                signatures.extend(part.signature(given, context));
                self.part(&format!("signatures[{at}]"), part);
            }
        }
        Some(ElectronicResult {
            code,
            number,
            file: file?,
            media_type: media_type?,
            signatures,
        })
    }

    fn signature(
        &mut self,
        given: &proto::Signature,
        context: &RequestContext,
    ) -> Option<Signature> {
        let format = self.signature_format("format", given.format);
        let serial = &given.certificate_serial;
        let certificate = self.parse("certificate_serial", serial, CertificateSerial::parse);
        let issuer = fold::compose(&given.issuer);
        let issuer = self.parse("issuer", &issuer, DistinguishedName::parse);
        if given.sign_time.is_none() {
            self.wrong("sign_time", "must be given; expected when it was signed");
        }
        let signed = self.fact(
            "sign_time",
            given.sign_time.as_ref(),
            context.calendar(None),
            context.now,
        );
        let detached = self.optional("detached_sha256", &given.detached_sha256, FileHash::parse);
        Some(Signature {
            format: format?,
            certificate: certificate?,
            issuer: issuer?,
            signed: signed?,
            detached,
        })
    }

    fn signature_format(&mut self, field: &str, number: i32) -> Option<SignatureFormat> {
        match proto::SignatureFormat::try_from(number) {
            Ok(proto::SignatureFormat::Pades) => Some(SignatureFormat::Pades),
            Ok(proto::SignatureFormat::Xades) => Some(SignatureFormat::Xades),
            Ok(proto::SignatureFormat::Cades) => Some(SignatureFormat::Cades),
            Ok(proto::SignatureFormat::Unspecified) | Err(_) => {
                let names = SignatureFormat::ALL.map(|format| format_of(format).as_str_name());
                self.wrong(field, format!("expected one of {}", names.join(", ")));
                None
            }
        }
    }
}

/// Draws a file of a result.
pub fn result(result: &ElectronicResult) -> proto::ElectronicResult {
    let text = |code: Option<&dyn ToString>| code.map(ToString::to_string).unwrap_or_default();
    proto::ElectronicResult {
        result_code: text(result.code.as_ref().map(|code| code as _)),
        number: text(result.number.as_ref().map(|number| number as _)),
        file: Some(paper::file(result.file)),
        media_type: result.media_type.to_string(),
        signatures: result.signatures.iter().map(signature).collect(),
    }
}

fn signature(signature: &Signature) -> proto::Signature {
    proto::Signature {
        format: format_of(signature.format).into(),
        certificate_serial: signature.certificate.to_string(),
        issuer: signature.issuer.to_string(),
        sign_time: Some(timestamp(signature.signed)),
        detached_sha256: signature
            .detached
            .map(|hash| hash.to_string())
            .unwrap_or_default(),
    }
}

fn format_of(format: SignatureFormat) -> proto::SignatureFormat {
    match format {
        SignatureFormat::Pades => proto::SignatureFormat::Pades,
        SignatureFormat::Xades => proto::SignatureFormat::Xades,
        SignatureFormat::Cades => proto::SignatureFormat::Cades,
    }
}
