//! Certificates: read from files, taken anew when the files change, while connections go on.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

use crate::expiry;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file of the certificate, or that of its key.
    #[error("{}: {why}; expected {expected} in PEM", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What should be in it.
        expected: &'static str,
        /// Why it cannot be read.
        why: String,
    },
    /// The two do not belong together.
    #[error(
        "{} is not the certificate of the key {}: {why}; put the pair there that was issued together",
        certificate.display(),
        key.display()
    )]
    Unfit {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of its key.
        key: PathBuf,
        /// Why they do not fit.
        why: rustls::Error,
    },
}

/// A certificate with its key, as they are in their files.
#[derive(Debug)]
pub struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
    read: RwLock<[Option<SystemTime>; 2]>,
}

/// The pair that new connections get.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl Certificate {
    /// Reads a certificate with its chain, and its key.
    pub fn read(certificate: &Path, key: &Path) -> Result<Arc<Self>, CertificateError> {
        let changed = [changed(certificate), changed(key)];
        let provider = Arc::new(ring::default_provider());
        let pair = pair(certificate, key, &provider)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(pair))));
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(&current);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current,
            config: Arc::new(config),
            read: RwLock::new(changed),
        }))
    }

    /// Reads the files again if they have changed; true if new connections get another certificate.
    /// If they cannot be used, the one before stays.
    pub fn renew(&self) -> Result<bool, CertificateError> {
        let found = [changed(&self.certificate), changed(&self.key)];
        {
            let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
            if *read == found {
                return Ok(false);
            }
            // Also if they do not fit, so that the log says it once: the other of the two files will
            // change, too.
            *read = found;
        }
        let pair = pair(&self.certificate, &self.key, self.config.crypto_provider())?;
        let mut current = self.current.0.write();
        **current
            .as_mut()
            .unwrap_or_else(|poisoned| poisoned.get_mut()) = Arc::new(pair);
        Ok(true)
    }

    /// Until when the certificate holds, in seconds since 1970; none if it does not say it as usual.
    #[must_use]
    pub fn expires(&self) -> Option<i64> {
        let current = self
            .current
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        current
            .end_entity_cert()
            .ok()
            .and_then(|der| expiry::not_after(der))
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

fn pair(
    certificate: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, CertificateError> {
    let unreadable = |file: &Path, expected, why: String| CertificateError::Unreadable {
        file: file.to_owned(),
        expected,
        why,
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(certificate, "a certificate", error.to_string()))?;
    if chain.is_empty() {
        let none = "there is none in it".to_owned();
        return Err(unreadable(certificate, "a certificate", none));
    }
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| unreadable(key, "a private key", error.to_string()))?;
    CertifiedKey::from_der(chain, private, provider).map_err(|why| CertificateError::Unfit {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        why,
    })
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file)
        .and_then(|found| found.modified())
        .ok()
}
