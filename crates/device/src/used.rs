//! A QR code is used once.
//!
//! A browser that has matched one advert ignores every later one, so a second try with the same code can only hang;
//! and a code that somebody else has seen must not open a second session. One empty file for each code, named by a
//! hash of its tunnel ID, remembers it while it could still pass for fresh. Creating the file is the check: it is
//! atomic, also between two processes.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use roamkey_hybrid::TunnelId;
use sha2::{Digest, Sha256};

/// Proof that a code is used for the first time.
#[derive(Debug)]
pub(crate) struct FirstUse {
    mark: PathBuf,
}

/// Codes older than five minutes are refused anyway; the rest is for clocks that differ and codes without a time.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

impl FirstUse {
    /// Claims the code that opens `tunnel_id`, or returns `None` if it has been used.
    pub(crate) fn claim(dir: &Path, tunnel_id: &TunnelId) -> io::Result<Option<Self>> {
        let dir = dir.join("used-codes");
        fs::create_dir_all(&dir)?;
        forget_old(&dir)?;
        let mut name = String::with_capacity(32);
        for byte in Sha256::digest(tunnel_id.as_bytes()).iter().take(16) {
            name.push_str(&format!("{byte:02x}"));
        }
        let mark = dir.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&mark) {
            Ok(_) => Ok(Some(Self { mark })),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives the code back: nothing was on air yet, so the browser still waits for it.
    pub(crate) fn give_back(self) {
        if let Err(error) = fs::remove_file(&self.mark) {
            tracing::debug!(%error, "a used code's mark stays");
        }
    }
}

fn forget_old(dir: &Path) -> io::Result<()> {
    let now = SystemTime::now();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let age = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .map(|then| now.duration_since(then));
        if matches!(age, Ok(Ok(age)) if age > REMEMBERED) {
            // Another process may have been faster.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_can_be_claimed_once_and_again_only_after_it_was_given_back() {
        let dir = tempfile::tempdir().unwrap();
        let [one, other] = [[1; 16], [2; 16]].map(TunnelId::from_bytes);
        let claim = FirstUse::claim(dir.path(), &one).unwrap().unwrap();
        assert!(FirstUse::claim(dir.path(), &one).unwrap().is_none());
        assert!(FirstUse::claim(dir.path(), &other).unwrap().is_some());
        claim.give_back();
        assert!(FirstUse::claim(dir.path(), &one).unwrap().is_some());
    }
}
