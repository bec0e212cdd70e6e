//! A certificate authority for one run, and the tunnel service's certificate by it.
//!
//! Roamkey trusts the authority because `SSL_CERT_FILE` names it. The browser is told the certificate's key
//! (`--ignore-certificate-errors-spki-list`); every other certificate is judged as usual.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PublicKeyData as _};
use sha2::{Digest as _, Sha256};

use crate::Result;

/// The files of one certificate and its authority.
#[derive(Debug)]
pub struct Trust {
    /// The authority's certificate in PEM.
    pub authority: PathBuf,
    /// The service's certificate in PEM.
    pub certificate: PathBuf,
    /// The service's key in PEM.
    pub key: PathBuf,
    /// SHA-256 of the service's public key (SubjectPublicKeyInfo), base64, as Chromium takes it.
    pub key_hash: String,
}

impl Trust {
    /// Makes everything, for these host names.
    ///
    /// # Errors
    ///
    /// A file can't be written.
    pub fn create(folder: &Path, hosts: &[String]) -> Result<Self> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority
            .distinguished_name
            .push(DnType::CommonName, "Authority of one test run");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let authority_key = KeyPair::generate()?;
        let authority_pem = authority.self_signed(&authority_key)?.pem();
        let issuer = Issuer::new(authority, authority_key);

        let key = KeyPair::generate()?;
        let mut certificate = CertificateParams::new(hosts.to_vec())?;
        certificate
            .distinguished_name
            .push(DnType::CommonName, "Tunnel service of one test run");
        let certificate = certificate.signed_by(&key, &issuer)?;

        let trust = Self {
            authority: folder.join("authority.pem"),
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
            key_hash: STANDARD.encode(Sha256::digest(key.subject_public_key_info())),
        };
        std::fs::write(&trust.authority, authority_pem)?;
        std::fs::write(&trust.certificate, certificate.pem())?;
        std::fs::write(&trust.key, key.serialize_pem())?;
        Ok(trust)
    }
}
