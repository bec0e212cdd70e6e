//! The `largeBlob` extension as authenticators do it by themselves (CTAP 2.3 §12.3, WebAuthn L3 §10.1.5).
//!
//! ```text
//! create   in {"support": "required" or "preferred"}                    out {"supported": bool}
//! get      in {"read": true}                                            out {"blob": DEFLATE bytes, "originalSize": n}?
//!          in {"write": DEFLATE bytes, "originalSize": n}               out {"written": bool}
//! ```
//!
//! Sites see plain bytes; compressing and expanding is the client platform's.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use roamkey_cbor::Map;

use crate::error::AnswerError;
use crate::request_options::LargeBlobRequest;

/// The name of the extension on both sides.
pub(crate) const NAME: &str = "largeBlob";

/// What a sign-in asks.
pub(crate) fn request(request: &LargeBlobRequest) -> Map<'static> {
    match request {
        LargeBlobRequest::Read => Map::new().with("read", true),
        LargeBlobRequest::Write(bytes) => Map::new()
            .with("write", compressed(bytes))
            .with("originalSize", u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
    }
}

/// The extension's output in a reply, if there is one.
pub(crate) fn output<'m, 'v>(unsigned: Option<&'m Map<'v>>) -> Result<Option<&'m Map<'v>>, AnswerError> {
    unsigned
        .and_then(|outputs| outputs.get(NAME))
        .map(|output| output.as_map().ok_or(AnswerError::Malformed(NAME)))
        .transpose()
}

/// A member that is true or false, if it is there.
pub(crate) fn flag(output: &Map<'_>, name: &'static str) -> Result<Option<bool>, AnswerError> {
    output
        .get(name)
        .map(|flag| flag.as_bool().ok_or(AnswerError::Malformed(NAME)))
        .transpose()
}

/// The blob in a reply, expanded to the size that it says, and to no more.
pub(crate) fn blob(output: &Map<'_>) -> Result<Option<Vec<u8>>, AnswerError> {
    let Some(blob) = output.get("blob") else {
        return Ok(None);
    };
    let malformed = AnswerError::Malformed(NAME);
    let blob = blob.as_bytes().ok_or(malformed)?;
    let size = output
        .get("originalSize")
        .and_then(roamkey_cbor::Value::as_u64)
        .filter(|size| *size <= MAX_BLOB)
        .ok_or(malformed)?;
    let mut bytes = Vec::new();
    DeflateDecoder::new(blob)
        .take(size.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|_| malformed)?;
    if u64::try_from(bytes.len()) != Ok(size) {
        return Err(malformed);
    }
    Ok(Some(bytes))
}

/// Writing to memory does not fail.
fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Longest blob that is expanded, in bytes: as much as a frame of the tunnel can carry without compression.
const MAX_BLOB: u64 = 1 << 20;
