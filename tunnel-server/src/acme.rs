//! Certificates that the server gets and renews by itself: ACME (RFC 8555) with the challenge TLS-ALPN-01 (RFC 8737).
//!
//! The authority connects to port 443 of the host name and asks for the protocol `acme-tls/1`; the answer is a
//! certificate that only who ordered can make. Nothing else has to listen, and no file has to be served. Renewal begins
//! after two thirds of a certificate's life. Whatever fails is tried again, with growing pauses, while the service goes
//! on with the certificate it has.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use futures_util::StreamExt as _;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection};
use rustls_acme::acme::ACME_TLS_ALPN_NAME;
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, AcmeState, EventOk};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tracing::{info, warn};

use crate::shared::Shared;
use crate::tls::{self, TlsError};

/// What to order, where, and where to keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acme {
    /// Host names that the certificate is for.
    pub hosts: Vec<String>,
    /// Where the authority may write to: `mailto:` addresses.
    pub contacts: Vec<String>,
    /// The authority's directory (RFC 8555 §7.1.1).
    pub directory: String,
    /// A folder for account key and certificate. Without it each restart would order anew, and soon be refused.
    pub folder: PathBuf,
    /// Trust the certificates in this PEM file for the directory, instead of this machine's.
    pub roots: Option<PathBuf>,
}

/// An order that goes on for ever.
pub(crate) type Orders = AcmeState<io::Error>;

impl Acme {
    /// Let's Encrypt. Who gives no other directory agrees to its terms of service.
    pub const LETS_ENCRYPT: &'static str = "https://acme-v02.api.letsencrypt.org/directory";

    /// Makes the folder ready. Nothing is ordered before [`renew`] runs.
    pub(crate) fn start(&self) -> Result<(Arc<ServerConfig>, Orders), TlsError> {
        private_folder(&self.folder).map_err(|source| TlsError::Folder {
            path: self.folder.clone(),
            source,
        })?;
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Versions)?
            .with_root_certificates(self.trusted()?)
            .with_no_client_auth();
        let orders = AcmeConfig::new_with_client_config(&self.hosts, Arc::new(client))
            .contact(&self.contacts)
            .directory(&self.directory)
            .cache(DirCache::new(self.folder.clone()))
            .state();
        let mut config = tls::builder()?.with_cert_resolver(orders.resolver());
        config.alpn_protocols.push(ACME_TLS_ALPN_NAME.to_vec());
        Ok((tls::finish(config), orders))
    }

    fn trusted(&self) -> Result<RootCertStore, TlsError> {
        let mut roots = RootCertStore::empty();
        match &self.roots {
            None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
            Some(path) => {
                let unusable = |source| TlsError::Certificate {
                    path: path.clone(),
                    source,
                };
                for certificate in CertificateDer::pem_file_iter(path).map_err(unusable)? {
                    roots
                        .add(certificate.map_err(unusable)?)
                        .map_err(TlsError::Pair)?;
                }
            }
        }
        Ok(roots)
    }
}

/// Gets the first certificate and every later one.
pub(crate) async fn renew(mut orders: Orders, shared: Arc<Shared>) {
    while let Some(event) = orders.next().await {
        match event {
            Ok(EventOk::DeployedCachedCert) => {
                shared.metrics.certificate_loaded();
                info!("certificate loaded from the folder");
            }
            Ok(EventOk::DeployedNewCert) => {
                shared.metrics.certificate_loaded();
                info!("new certificate ordered and loaded");
            }
            Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
            Err(error) => {
                shared.metrics.certificate_failed();
                warn!(%error, "no new certificate; it will be tried again");
            }
        }
    }
}

/// Whether a connection was the authority's challenge, which ends with the handshake.
pub(crate) fn is_challenge(connection: &ServerConnection) -> bool {
    connection.alpn_protocol() == Some(ACME_TLS_ALPN_NAME)
}

/// A folder that nobody else may look into: it holds private keys.
#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    if fs::metadata(folder)?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::other("others may look into it: chmod 700"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
