//! The header: strict reading of its lines, and its HMAC.
//!
//! There is one way to write each header, and only that is read: LF line ends, canonical base64 without padding, body
//! lines of exactly 64 characters and a last one that is shorter (and empty if need be).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{AgeError, FileKey};
use crate::hmac_of;

/// What every version begins with.
pub(super) const MAGIC: &[u8] = b"age-encryption.org/";

/// One recipient's part of the header.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Stanza<'a> {
    /// The kind, then its arguments; never empty.
    pub(super) arguments: Vec<Cow<'a, str>>,
    pub(super) body: Vec<u8>,
}

/// A header that was read, and what follows it.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) stanzas: Vec<Stanza<'a>>,
    pub(super) payload: &'a [u8],
    /// The bytes that the HMAC is over: up to `---`.
    covered: &'a [u8],
    mac: [u8; 32],
}

/// More than any file has that people make; each costs a key agreement.
const MAX_STANZAS: usize = 256;
const BODY_LINE: usize = 64;
const VERSION: &[u8] = b"age-encryption.org/v1";
const SCRYPT: &str = "scrypt";

impl<'a> Header<'a> {
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, AgeError> {
        let mut lines = Lines { file, position: 0 };
        if !file.starts_with(MAGIC) {
            let cut = !file.is_empty() && MAGIC.starts_with(file);
            return Err(if cut { AgeError::CutOff } else { AgeError::NotAge });
        }
        let version = lines.next_line()?;
        if version != VERSION {
            let later = version.starts_with(b"age-encryption.org/v") && version.len() <= VERSION.len() + 2;
            return Err(if later && version.is_ascii() {
                AgeError::NewerVersion
            } else {
                AgeError::Damaged
            });
        }
        let mut stanzas = Vec::new();
        loop {
            let begin = lines.position;
            let line = std::str::from_utf8(lines.next_line()?).map_err(|_| AgeError::Damaged)?;
            if let Some(mac) = line.strip_prefix("--- ") {
                let covered = file.get(..begin.saturating_add(3)).ok_or(AgeError::Damaged)?;
                let mac = decode(mac)?.try_into().map_err(|_| AgeError::Damaged)?;
                let payload = file.get(lines.position..).unwrap_or_default();
                return Ok(Self {
                    stanzas,
                    payload,
                    covered,
                    mac,
                });
            }
            let arguments = line.strip_prefix("-> ").ok_or(AgeError::Damaged)?;
            if stanzas.len() == MAX_STANZAS {
                return Err(AgeError::Damaged);
            }
            stanzas.push(Stanza {
                arguments: read_arguments(arguments)?,
                body: lines.read_body()?,
            });
        }
    }

    /// Tells whether a passphrase opens it: then that is the only stanza, since whoever adds one to it could read
    /// along.
    pub(super) fn is_for_a_passphrase(&self) -> Result<bool, AgeError> {
        let kinds = self.stanzas.iter().filter_map(|stanza| stanza.arguments.first());
        match kinds.filter(|kind| *kind == SCRYPT).count() {
            0 => Ok(false),
            1 if self.stanzas.len() == 1 => Ok(true),
            _ => Err(AgeError::Damaged),
        }
    }

    /// Checks the HMAC.
    pub(super) fn check(&self, file_key: &FileKey) -> Result<(), AgeError> {
        let mut mac = mac(file_key);
        mac.update(self.covered);
        mac.verify_slice(&self.mac).map_err(|_| AgeError::Damaged)
    }
}

/// Writes a header.
pub(super) fn write(stanzas: &[Stanza<'_>], file_key: &FileKey) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(VERSION).into_owned();
    text.push('\n');
    for stanza in stanzas {
        text.push_str("-> ");
        text.push_str(&stanza.arguments.join(" "));
        text.push('\n');
        let body = BASE64.encode(&stanza.body);
        let mut rest = body.as_str();
        while let Some((line, after)) = rest.split_at_checked(BODY_LINE) {
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text.push_str(rest);
        text.push('\n');
    }
    text.push_str("---");
    let mut mac = mac(file_key);
    mac.update(text.as_bytes());
    text.push(' ');
    text.push_str(&BASE64.encode(mac.finalize().into_bytes()));
    text.push('\n');
    text.into_bytes()
}

fn mac(file_key: &FileKey) -> Hmac<Sha256> {
    let mut key = Zeroizing::new([0; 32]);
    // HKDF-SHA-256 refuses only more than 8160 bytes.
    let _ = Hkdf::<Sha256>::new(None, file_key.as_slice()).expand(b"header", key.as_mut_slice());
    hmac_of(&key)
}

/// Canonical base64: what has bits left over at the end is refused.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, AgeError> {
    BASE64.decode(text).map_err(|_| AgeError::Damaged)
}

fn read_arguments(line: &str) -> Result<Vec<Cow<'_, str>>, AgeError> {
    let arguments: Vec<_> = line.split(' ').collect();
    let printable =
        |argument: &&str| !argument.is_empty() && argument.bytes().all(|byte| byte.is_ascii_graphic());
    if arguments.iter().all(printable) {
        Ok(arguments.into_iter().map(Cow::Borrowed).collect())
    } else {
        Err(AgeError::Damaged)
    }
}

/// Walks over the lines.
struct Lines<'a> {
    file: &'a [u8],
    position: usize,
}

impl<'a> Lines<'a> {
    /// The next line without its LF.
    fn next_line(&mut self) -> Result<&'a [u8], AgeError> {
        let rest = self.file.get(self.position..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or(AgeError::CutOff)?;
        self.position = self.position.saturating_add(end).saturating_add(1);
        rest.get(..end).ok_or(AgeError::CutOff)
    }

    fn read_body(&mut self) -> Result<Vec<u8>, AgeError> {
        let mut body = Vec::new();
        loop {
            let line = std::str::from_utf8(self.next_line()?).map_err(|_| AgeError::Damaged)?;
            if line.len() > BODY_LINE {
                return Err(AgeError::Damaged);
            }
            body.extend(decode(line)?);
            if line.len() < BODY_LINE {
                return Ok(body);
            }
        }
    }
}
