//! A passkey as the server stores it: a public key and what the last ceremony said, no secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use webauthn_rp::request::PublicKeyCredentialDescriptor;
use webauthn_rp::request::register::UserHandle16;
use webauthn_rp::response::register::{
    Attestation, CompressedP256PubKey, CompressedPubKey, DynamicState, Ed25519PubKey, StaticState,
    UncompressedPubKey,
};
use webauthn_rp::response::{AuthTransports, Backup, CredentialId};
use webauthn_rp::{AuthenticatedCredential, RegisteredCredential};

use super::{Algorithm, Registered, RelyingPartyError, SignedIn};

/// A registered passkey.
#[derive(Debug)]
pub(super) struct Passkey {
    pub(super) id: Vec<u8>,
    pub(super) account: String,
    handle: UserHandle16,
    transports: AuthTransports,
    fixed: StaticState<StoredKey>,
    pub(super) changing: DynamicState,
}

/// A public key, compressed where the algorithm allows for it. Only ES256 and EdDSA are asked for.
type StoredKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

impl Passkey {
    /// Takes what the server library verified.
    pub(super) fn new(
        account: &str,
        credential: &RegisteredCredential<'_, 16>,
        prf_enabled: Option<bool>,
    ) -> Result<(Self, Registered), RelyingPartyError> {
        let id = credential.id().as_ref().to_vec();
        let (algorithm, key) = stored_key(credential.static_state().credential_public_key)?;
        let (changing, metadata) = (credential.dynamic_state(), credential.metadata());
        let registered = Registered {
            account: account.to_owned(),
            credential_id: URL_SAFE_NO_PAD.encode(&id),
            algorithm,
            attestation: match metadata.attestation {
                Attestation::None => "none",
                Attestation::Surrogate => "packed",
            },
            aaguid: metadata
                .aaguid
                .data()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            user_verified: changing.user_verified,
            backup_eligible: changing.backup != Backup::NotEligible,
            backed_up: changing.backup == Backup::Exists,
            sign_count: changing.sign_count,
            prf_enabled,
        };
        let passkey = Self {
            id,
            account: account.to_owned(),
            handle: *credential.user_id(),
            transports: credential.transports(),
            fixed: StaticState {
                credential_public_key: key,
                extensions: credential.static_state().extensions,
            },
            changing,
        };
        Ok((passkey, registered))
    }

    /// The form in which the server library verifies against it.
    pub(super) fn authenticated<'id, 'passkey: 'id>(
        &'passkey self,
        id: CredentialId<&'id [u8]>,
    ) -> Result<AuthenticatedCredential<'id, 'passkey, 16, StoredKey>, RelyingPartyError> {
        let fixed = StaticState {
            credential_public_key: self.fixed.credential_public_key.clone(),
            extensions: self.fixed.extensions,
        };
        AuthenticatedCredential::new(id, &self.handle, fixed, self.changing)
            .map_err(|e| RelyingPartyError::Request(e.into()))
    }

    /// An entry of an allow or exclude list.
    pub(super) fn descriptor(&self) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, RelyingPartyError> {
        let id = CredentialId::try_from(self.id.clone()).map_err(|e| RelyingPartyError::Request(e.into()))?;
        Ok(PublicKeyCredentialDescriptor {
            id,
            transports: self.transports,
        })
    }

    /// The verdict on a verified assertion that left `changing` behind.
    pub(super) fn signed_in(
        &self,
        changing: DynamicState,
        discoverable: bool,
        user_handle: bool,
    ) -> SignedIn {
        SignedIn {
            account: self.account.clone(),
            credential_id: URL_SAFE_NO_PAD.encode(&self.id),
            discoverable,
            user_handle,
            user_verified: changing.user_verified,
            backed_up: changing.backup == Backup::Exists,
            sign_count: changing.sign_count,
        }
    }
}

fn stored_key(key: UncompressedPubKey<'_>) -> Result<(Algorithm, StoredKey), RelyingPartyError> {
    match key {
        UncompressedPubKey::Ed25519(key) => {
            let bytes =
                <[u8; 32]>::try_from(*key.inner()).map_err(|e| RelyingPartyError::Request(e.into()))?;
            Ok((Algorithm::EdDsa, StoredKey::Ed25519(Ed25519PubKey::from(bytes))))
        }
        UncompressedPubKey::P256(key) => {
            let x = <[u8; 32]>::try_from(key.x()).map_err(|e| RelyingPartyError::Request(e.into()))?;
            Ok((
                Algorithm::Es256,
                StoredKey::P256(CompressedP256PubKey::from((x, key.y_is_odd()))),
            ))
        }
        UncompressedPubKey::P384(_) | UncompressedPubKey::Rsa(_) => Err(RelyingPartyError::UnwantedAlgorithm),
    }
}
