//! Whom TLS trusts: the platform's root certificates, read once.
//!
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` replace them, as everywhere on this platform.

use std::io;
use std::sync::Arc;

use roamkey_session::TunnelError;
use rustls::crypto::ring;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use tokio::sync::OnceCell;

/// TLS settings that are made when they are needed first. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    /// Instead of the platform's.
    roots: Option<RootCertStore>,
    config: Arc<OnceCell<Arc<ClientConfig>>>,
}

impl Trust {
    /// Trusts these certificates and no others. Those that are none are left out.
    pub(crate) fn in_roots(roots: Vec<CertificateDer<'static>>) -> Self {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots);
        Self {
            roots: Some(store),
            config: Arc::default(),
        }
    }

    /// The settings. Reading the certificates blocks for some tens of milliseconds, so another thread does it.
    ///
    /// # Errors
    ///
    /// [`TunnelError::Tls`] if this machine trusts nobody.
    pub(crate) async fn config(&self) -> Result<Arc<ClientConfig>, TunnelError> {
        let load = || async {
            let roots = self.roots.clone();
            let loaded = tokio::task::spawn_blocking(move || configure(roots)).await;
            loaded
                .map_err(|panic| TunnelError::Tls(Box::new(panic)))?
                .map_err(|error| TunnelError::Tls(Box::new(error)))
        };
        self.config.get_or_try_init(load).await.cloned()
    }
}

/// Why there are no TLS settings.
#[derive(Debug, thiserror::Error)]
enum TrustError {
    #[error("no root certificate was found on this machine")]
    NoRoots(#[source] Option<rustls_native_certs::Error>),
    #[error("the crypto library has no usable TLS version")]
    Versions(#[source] rustls::Error),
}

fn configure(roots: Option<RootCertStore>) -> Result<Arc<ClientConfig>, TrustError> {
    let roots = roots.map_or_else(platform_roots, Ok)?;
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TrustError::Versions)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // WebSocket starts with HTTP/1.1; a service in front of several protocols must not choose another one.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn platform_roots() -> Result<RootCertStore, TrustError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Platforms carry a few certificates that are no roots or that nobody can parse; those are left out.
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        return Err(TrustError::NoRoots(found.errors.into_iter().next()));
    }
    Ok(roots)
}

/// Tells a TLS fault from a connection that broke during the handshake.
pub(crate) fn tls_error(error: io::Error) -> TunnelError {
    if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        TunnelError::Tls(Box::new(error))
    } else {
        TunnelError::Failed(Box::new(error))
    }
}
