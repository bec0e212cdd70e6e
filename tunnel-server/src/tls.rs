//! TLS from files: a certificate chain and its key in PEM.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::crypto::ring;
use rustls::server::NoServerSessionStorage;
use rustls::server::WantsServerCert;
use rustls::{ConfigBuilder, ServerConfig};
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// Where the certificate is.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The chain in PEM, our own certificate first.
    pub certificate: PathBuf,
    /// Its private key in PEM (PKCS#8, SEC1 or PKCS#1).
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The certificate file can't be read or is not PEM.
    #[error("the certificate file {path} can't be used")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: pem::Error,
    },
    /// The key file can't be read or is not PEM.
    #[error("the key file {path} can't be used")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: pem::Error,
    },
    /// The two do not belong together, or the kind of key is not supported.
    #[error("the certificate and the key can't be used together")]
    Pair(#[source] rustls::Error),
    /// The folder for ACME's account and certificate can't be made.
    #[error("the folder {path} can't be used")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The crypto library refused its own protocol versions.
    #[error("TLS 1.2 and 1.3 are not available")]
    Versions(#[source] rustls::Error),
}

/// What a file looks like from outside; another stamp means another content.
pub(crate) type Stamp = [Option<(SystemTime, u64)>; 2];

impl TlsFiles {
    pub(crate) fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        })
    }

    /// Reads the files.
    ///
    /// # Errors
    ///
    /// The file that is wrong.
    pub fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let certificate = |source| TlsError::Certificate {
            path: self.certificate.clone(),
            source,
        };
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(certificate)?;
        if chain.is_empty() {
            return Err(certificate(pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|source| TlsError::Key {
            path: self.key.clone(),
            source,
        })?;
        let config = builder()?.with_single_cert(chain, key).map_err(TlsError::Pair)?;
        Ok(finish(config))
    }
}

/// TLS 1.2 and 1.3, and no certificate of the client.
pub(crate) fn builder() -> Result<ConfigBuilder<ServerConfig, WantsServerCert>, TlsError> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(TlsError::Versions)?;
    Ok(builder.with_no_client_auth())
}

/// Sessions are not resumed: a client comes once per transaction, and a ticket would let us recognise it.
pub(crate) fn finish(mut config: ServerConfig) -> Arc<ServerConfig> {
    // A client that offers HTTP/2 as well must not choose it: WebSocket starts with HTTP/1.1.
    config.alpn_protocols.insert(0, b"http/1.1".to_vec());
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Arc::new(config)
}
