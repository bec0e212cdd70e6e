//! What a client platform does between a site and an authenticator (WebAuthn L3 §5.1.3 and §5.1.4), as bytes.
//!
//! ```text
//! PublicKeyCredentialCreationOptionsJSON ─▶ CreationOptions ─┐
//!                                           Origin ──────────┴▶ Creation ─ask─▶ CTAP2 request
//! RegistrationResponseJSON ◀─ to_json ─ Registration ◀─finish─ CTAP2 reply
//! ```
//!
//! and the same with [`RequestOptions`], [`Assertion`] and [`SignIn`]. The origin is checked against the RP ID on the
//! way in, by the public suffix list or by the RP ID's list of related origins; the reply is taken apart and checked on the way out, for an authenticator can
//! claim anything: whose site, whose passkey, which key, whether a person was there.
//!
//! Requests and replies are written and read on CBOR: `roamkey-ctap`'s types know what our own authenticator can do,
//! and a client platform carries what sites and other authenticators speak.
//!
//! ```
//! use roamkey_webauthn::{Assertion, Capabilities, Origin, RequestOptions};
//!
//! let options = RequestOptions::from_json(r#"{"challenge": "AAECAw", "rpId": "example.org"}"#)?;
//! let assertion = Assertion::new(options, &Origin::parse("https://login.example.org")?)?;
//! let request = assertion.ask(&Capabilities::default())?;
//! assert_eq!(request[0], 0x02); // authenticatorGetAssertion
//! let refused = assertion.finish(&[0x27], &[]);
//! assert!(refused.is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod answer;
mod assertion;
mod authenticator_data;
mod capabilities;
mod client_data;
mod creation;
mod creation_options;
mod error;
mod hmac_secret;
mod json;
mod large_blob;
mod origin;
mod pin_protocol;
mod prf;
mod public_key;
mod related_origins;
mod request_options;

pub use assertion::{Assertion, KnownPasskey, SignIn};
pub use capabilities::Capabilities;
pub use creation::{Asked, Creation, Registration};
pub use creation_options::{
    CreationExtensions, CreationOptions, CredProtect, LargeBlobSupport, RelyingParty, Requirement, User,
};
pub use error::{AnswerError, CeremonyError, SignatureCheck};
pub use hmac_secret::{KeyAgreement, SealedSalts};
pub use json::{MAX_JSON_BYTES, OptionsError, Problem};
pub use origin::{Origin, OriginError, RpIdError};
pub use prf::PrfInput;
pub use public_key::PublicKey;
pub use related_origins::{RelatedOrigins, RelatedOriginsError};
pub use request_options::{LargeBlobRequest, RequestExtensions, RequestOptions};
pub use roamkey_ctap::{PrfEvaluation, StatusCode};
