//! Where this run's passkeys are, and how it gets at them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use roamkey_device::ErrorCode;
use roamkey_device::vault::{Passphrase, Rebuilt, StoreKind, Vault, VaultConfig};
use zeroize::Zeroizing;

use crate::output::Stop;
use crate::terminal::{Echo, Terminal};

/// The data folder, and where the passphrase comes from if one is needed.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) passphrase_file: Option<PathBuf>,
}

impl Place {
    /// The vault, not opened yet. If its passkeys are in a file, this asks for the passphrase.
    pub(crate) fn vault(&self) -> Result<Vault, Stop> {
        Ok(Vault::open(self.config()?)?)
    }

    /// What opens the vault.
    pub(crate) fn config(&self) -> Result<VaultConfig, Stop> {
        let config = VaultConfig::new(&self.dir).on_rebuilt(say_rebuilt);
        match config.store_kind() {
            StoreKind::OsKeyring => Ok(config),
            StoreKind::PassphraseFile => {
                let passphrase = self.passphrase("Passphrase of the passkeys' file: ")?;
                Ok(config.passphrase(passphrase))
            }
        }
    }

    /// A new passphrase: typed twice, or the file's.
    pub(crate) fn new_passphrase(&self) -> Result<Passphrase, Stop> {
        let first = self.typed("New passphrase, at least 12 characters (nothing shows as you type): ")?;
        if self.passphrase_file.is_none() {
            let again = self.typed("The same passphrase again: ")?;
            if *first != *again {
                return Err(ErrorCode::PassphraseUnfit.into());
            }
        }
        Passphrase::new(first).map_err(|_| ErrorCode::PassphraseUnfit.into())
    }

    fn passphrase(&self, question: &str) -> Result<Passphrase, Stop> {
        // What can't be a passphrase is not this one.
        Passphrase::new(self.typed(question)?).map_err(|_| ErrorCode::PassphraseWrong.into())
    }

    fn typed(&self, question: &str) -> Result<Zeroizing<String>, Stop> {
        if let Some(file) = &self.passphrase_file {
            return first_line(file).ok_or_else(|| ErrorCode::PassphraseUnreadable.into());
        }
        let terminal = Terminal::open().map_err(|_| ErrorCode::PassphraseNeeded)?;
        let typed = terminal.ask_now(question, Echo::Off);
        typed.map_err(|_| ErrorCode::Refused.into())
    }
}

/// Says what happened to the list, whatever the command was about. On standard error, where a program that reads the
/// output does not stumble over it.
#[expect(
    clippy::print_stderr,
    reason = "the vault tells in the middle of whatever it was asked"
)]
fn say_rebuilt(rebuilt: &Rebuilt) {
    let what = match &rebuilt.kept {
        Some(kept) => format!("was damaged ({} is what is left of it)", kept.display()),
        None => "was gone".to_owned(),
    };
    eprintln!(
        "The list of your passkeys {what}. It was made anew; passkeys found: {}.\n\
         Not in it any more: labels, when and how often a passkey was used, what sites kept with it, and which ones you \
         had removed (those are back).\n\
         If one is missing: roamkey restore FILE adds what a backup has and this device has not.\n",
        rebuilt.passkeys
    );
}

/// The first line of a small text file.
fn first_line(path: &Path) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES));
    let limit = u64::try_from(MAX_BYTES).ok()?;
    let read = File::open(path).and_then(|file| file.take(limit).read_to_string(&mut text));
    if let Err(error) = read {
        tracing::warn!(%error, "can't read the passphrase file");
        return None;
    }
    Some(Zeroizing::new(text.lines().next()?.to_owned()))
}

/// Four bytes for each of the most characters that a passphrase may have.
const MAX_BYTES: usize = 4096;
