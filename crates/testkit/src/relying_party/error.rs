//! What a relying party can object to, sorted by who is at fault.

use webauthn_rp::response::auth::error::AuthCeremonyErr;
use webauthn_rp::response::register::error::RegCeremonyErr;

/// Why the relying party said no.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelyingPartyError {
    /// The response is not the JSON that WebAuthn prescribes.
    #[error("the response is malformed")]
    Malformed(#[source] serde_json::Error),
    /// The challenge in the client data is none of ours, or was used already.
    #[error("no such ceremony is under way")]
    NoSuchCeremony,
    /// The registration does not verify (WebAuthn L3 §7.1).
    #[error("the registration does not verify")]
    Registration(#[source] RegCeremonyErr),
    /// The assertion does not verify (WebAuthn L3 §7.2).
    #[error("the assertion does not verify")]
    Authentication(#[source] AuthCeremonyErr),
    /// The answer to a discoverable request names no user (WebAuthn L3 §7.2 step 6).
    #[error("the user handle is missing")]
    UserHandleMissing,
    /// The credential ID is registered already (WebAuthn L3 §7.1 step 26).
    #[error("the credential is registered already")]
    AlreadyRegistered,
    /// Nobody registered this credential ID.
    #[error("nobody has this credential")]
    UnknownCredential,
    /// The public key is of an algorithm that was never asked for.
    #[error("the public key's algorithm was not asked for")]
    UnwantedAlgorithm,
    /// The page sent a PRF output, a secret of the person's, to the server.
    #[error("a PRF output was sent to the server")]
    PrfOutputReachedServer,
    /// The account does not exist, or has no passkey.
    #[error("no such account, or no passkey in it")]
    UnknownAccount,
    /// The request can't be made into options.
    #[error("the request can't be made into options")]
    Request(#[source] BoxError),
    /// The RP ID or the origin is not a domain.
    #[error("the RP ID or the origin is not a domain")]
    RpId(#[source] BoxError),
    /// Too many ceremonies were started and never ended.
    #[error("too many ceremonies are under way")]
    TooManyCeremonies,
}

/// The cause below an error.
type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;
