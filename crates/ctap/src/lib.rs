//! CTAP2 messages: commands in, responses out, and the other way round for a client.
//!
//! A request is a command byte and at most one CBOR map, a response a status byte and at most one CBOR map
//! (CTAP 2.3 §8). Everything is decoded strictly; what the standard has an error code for gets it:
//!
//! ```text
//! not canonical CBOR 0x12   wrong type 0x11   parameter missing 0x14   limit exceeded 0x15
//! ```
//!
//! The crate knows shapes and limits. What a command may do is decided in `roamkey-authenticator`.
//!
//! ```
//! use roamkey_ctap::{Command, StatusCode};
//!
//! assert!(matches!(Command::decode(&[0x04]), Ok(Command::GetInfo)));
//! let error = Command::decode(&[0x02, 0xA0]).unwrap_err();
//! assert_eq!(error.status(), StatusCode::MissingParameter);
//! ```

#![forbid(unsafe_code)]

mod authenticator_data;
mod client_pin;
mod command;
mod cose;
mod entity;
mod error;
mod extensions;
mod fields;
pub mod get_assertion;
pub mod get_info;
mod large_blob;
pub mod make_credential;
mod status;

pub use authenticator_data::{AttestedCredentialData, AuthenticatorData, Flags};
pub use client_pin::{ClientPin, KeyAgreement};
pub use command::{Command, MAX_LIST_LENGTH, MAX_MESSAGE_SIZE};
pub use cose::{Algorithm, CoseKey};
pub use entity::{
    Aaguid, CredentialId, PublicKeyCredentialDescriptor, PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity, RpId, UserHandle,
};
pub use error::{DecodeError, ResponseError};
pub use extensions::{CredProtect, HmacSecretInput, PrfEvaluation, PrfInputs, PrfOutputs};
pub use large_blob::{LargeBlob, LargeBlobInput, LargeBlobOutput, LargeBlobSupport};
pub use status::StatusCode;
