//! The payload: chunks of 64 KiB, each sealed under a counter and a mark on the last one (STREAM).
//!
//! ```text
//! key     HKDF-SHA-256(file key, salt: nonce, "payload")
//! nonce   counter (11, big endian) ‖ 1 if it is the last chunk, else 0
//! chunk   up to 65536 bytes ‖ tag (16); the last one is empty only if the whole content is
//! ```

use std::fmt;
use std::io::{self, Write};

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{AgeError, FileKey};

const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const NONCE: usize = 16;

/// Encrypts what is written to it. What is not ended with [`finish`](Self::finish) does not open.
pub struct Encryptor<W> {
    out: W,
    cipher: ChaCha20Poly1305,
    counter: Counter,
    chunk: Zeroizing<Vec<u8>>,
}

impl<W: Write> Encryptor<W> {
    pub(super) fn new(file_key: &FileKey, nonce: &[u8; NONCE], out: W) -> Self {
        Self {
            out,
            cipher: cipher(file_key, nonce),
            counter: Counter::default(),
            // As much as is ever in it: it never moves and leaves no copy behind.
            chunk: Zeroizing::new(Vec::with_capacity(CHUNK.saturating_add(TAG))),
        }
    }

    /// Seals the last chunk and gives back the writer.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.out)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let nonce = self.counter.next(last);
        self.cipher
            .encrypt_in_place(&nonce.into(), b"", &mut *self.chunk)
            .map_err(|_| io::Error::other("a chunk can't be encrypted"))?;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}

impl<W: Write> Write for Encryptor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk is sealed only when more comes: it might be the last.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let room = CHUNK.saturating_sub(self.chunk.len());
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.chunk.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W> fmt::Debug for Encryptor<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encryptor(..)")
    }
}

/// Opens a whole payload.
pub(super) fn decrypt(file_key: &FileKey, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let (nonce, mut rest) = payload.split_first_chunk().ok_or(AgeError::CutOff)?;
    let cipher = cipher(file_key, nonce);
    let mut counter = Counter::default();
    let mut plain = Zeroizing::new(Vec::with_capacity(rest.len()));
    let mut chunk = Zeroizing::new(Vec::with_capacity(CHUNK.saturating_add(TAG)));
    loop {
        let (sealed, after) = rest
            .split_at_checked(CHUNK.saturating_add(TAG))
            .unwrap_or((rest, &[]));
        rest = after;
        chunk.clear();
        chunk.extend_from_slice(sealed);
        let last = rest.is_empty();
        let nonce = counter.next(last);
        if cipher.decrypt_in_place(&nonce.into(), b"", &mut *chunk).is_err() {
            return Err(why(&cipher, nonce, sealed, last));
        }
        if last && chunk.is_empty() && !plain.is_empty() {
            return Err(AgeError::Damaged);
        }
        plain.extend_from_slice(&chunk);
        if last {
            return Ok(plain);
        }
    }
}

/// A last chunk that opens as one with more to come, or that has no whole tag: the rest is missing. Of any other that
/// does not open, it can't be told whether its bytes were altered or are too few.
fn why(cipher: &ChaCha20Poly1305, mut nonce: [u8; 12], sealed: &[u8], last: bool) -> AgeError {
    let [.., mark] = &mut nonce;
    *mark = 0;
    let mut chunk = Zeroizing::new(sealed.to_vec());
    let mut goes_on = || cipher.decrypt_in_place(&nonce.into(), b"", &mut *chunk).is_ok();
    if last && (sealed.len() < TAG || goes_on()) {
        AgeError::CutOff
    } else {
        AgeError::Damaged
    }
}

fn cipher(file_key: &FileKey, nonce: &[u8; NONCE]) -> ChaCha20Poly1305 {
    let mut key = Zeroizing::new([0; 32]);
    // HKDF-SHA-256 refuses only more than 8160 bytes.
    let _ = Hkdf::<Sha256>::new(Some(nonce), file_key.as_slice()).expand(b"payload", key.as_mut_slice());
    ChaCha20Poly1305::new((&*key).into())
}

/// Counts chunks; 64 bits of the 88 are more than any file has.
#[derive(Default)]
struct Counter(u64);

impl Counter {
    fn next(&mut self, last: bool) -> [u8; 12] {
        let mut nonce = [0; 12];
        if let Some(place) = nonce.get_mut(3..11) {
            place.copy_from_slice(&self.0.to_be_bytes());
        }
        let [.., mark] = &mut nonce;
        *mark = u8::from(last);
        self.0 = self.0.saturating_add(1);
        nonce
    }
}
