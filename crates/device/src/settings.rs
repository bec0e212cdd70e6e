//! What the person chose, in `settings.toml` in the data folder. No file means that nothing was chosen.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use roamkey_hybrid::TunnelDomain;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// What the person chose.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// How the person wants to be verified.
    pub(crate) verification: VerificationChoice,
    /// The number of the tunnel service.
    pub(crate) tunnel: Option<u16>,
}

/// How the person wants to be verified.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VerificationChoice {
    /// By Roamkey's own PIN.
    #[default]
    Pin,
    /// By the operating system's check; by the PIN where that is not available.
    Os,
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file holds something that this version does not know.
    #[error("settings.toml is not one of this version's")]
    Damaged(#[source] Option<toml::de::Error>),
    /// The file can't be read or written.
    #[error("settings.toml can't be read or written")]
    File(#[source] io::Error),
}

impl Settings {
    /// Reads the settings of the data folder `dir`.
    ///
    /// # Errors
    ///
    /// Both variants of [`SettingsError`]; a choice that can't be read is never taken for none.
    pub(crate) fn read(dir: &Path) -> Result<Self, SettingsError> {
        match fs::read(path(dir)) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(SettingsError::File(error)),
        }
    }

    /// Reads the settings from the file's content.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Damaged`]
    pub(crate) fn parse(text: &[u8]) -> Result<Self, SettingsError> {
        if text.len() > MAX_BYTES {
            return Err(SettingsError::Damaged(None));
        }
        let text = str::from_utf8(text).map_err(|_| SettingsError::Damaged(None))?;
        toml::from_str(text).map_err(|error| SettingsError::Damaged(Some(error)))
    }

    /// The file's content for these settings.
    pub(crate) fn to_text(self) -> String {
        let verification = match self.verification {
            VerificationChoice::Pin => "pin",
            VerificationChoice::Os => "os",
        };
        let mut text = format!("# Written by roamkey.\nverification = \"{verification}\"\n");
        if let Some(tunnel) = self.tunnel {
            text.push_str(&format!("tunnel = {tunnel}\n"));
        }
        text
    }

    /// Writes the settings, all or nothing.
    ///
    /// # Errors
    ///
    /// [`SettingsError::File`]; what was there stays.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), SettingsError> {
        replace(dir, self.to_text().as_bytes()).map_err(SettingsError::File)
    }
}

/// The tunnel service that was chosen for this data folder; `None` if none was.
///
/// # Errors
///
/// [`Failure::Settings`]; a number that names no service is [`SettingsError::Damaged`].
pub fn chosen_tunnel(dir: &Path) -> Result<Option<TunnelDomain>, Failure> {
    let settings = Settings::read(dir).map_err(Failure::Settings)?;
    let domain = settings.tunnel.map(TunnelDomain::new).transpose();
    domain.map_err(|_| Failure::Settings(SettingsError::Damaged(None)))
}

/// Remembers the tunnel service that the person chose.
///
/// # Errors
///
/// [`Failure::Settings`]; what was there stays.
pub fn choose_tunnel(dir: &Path, domain: TunnelDomain) -> Result<(), Failure> {
    let settings = Settings::read(dir).map_err(Failure::Settings)?;
    let tunnel = Some(domain.id());
    Settings { tunnel, ..settings }
        .write(dir)
        .map_err(Failure::Settings)
}

fn replace(dir: &Path, text: &[u8]) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    let new = dir.join(format!("settings.toml.{}", std::process::id()));
    let mut file = fs::File::create(&new)?;
    let written = file.write_all(text).and_then(|()| file.sync_all());
    let moved = written.and_then(|()| fs::rename(&new, path(dir)));
    if moved.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&new);
    }
    moved
}

fn path(dir: &Path) -> PathBuf {
    dir.join("settings.toml")
}

/// A few lines; anything larger is not ours.
const MAX_BYTES: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Settings::read(dir.path()).unwrap(), Settings::default());
        for verification in [VerificationChoice::Os, VerificationChoice::Pin] {
            for tunnel in [None, Some(0), Some(266)] {
                let settings = Settings { verification, tunnel };
                settings.write(dir.path()).unwrap();
                assert_eq!(Settings::read(dir.path()).unwrap(), settings);
            }
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_this_version_does_not_know_is_an_error_and_not_a_default() {
        let dir = tempfile::tempdir().unwrap();
        let cases: [&[u8]; 6] = [
            b"verification = \"face\"",
            b"tunnel = 65536",
            b"colour = \"red\"",
            b"verification = ",
            b"\xff",
            &[b'#'; MAX_BYTES + 1],
        ];
        for text in cases {
            fs::write(path(dir.path()), text).unwrap();
            assert!(matches!(
                Settings::read(dir.path()),
                Err(SettingsError::Damaged(_))
            ));
        }
    }

    #[test]
    fn a_tunnel_service_that_was_chosen_is_kept_beside_the_other_choices() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(chosen_tunnel(dir.path()).unwrap(), None);
        let verification = VerificationChoice::Os;
        let settings = Settings {
            verification,
            ..Settings::default()
        };
        settings.write(dir.path()).unwrap();
        let domain = TunnelDomain::new(266).unwrap();
        choose_tunnel(dir.path(), domain).unwrap();
        assert_eq!(chosen_tunnel(dir.path()).unwrap(), Some(domain));
        assert_eq!(Settings::read(dir.path()).unwrap().verification, verification);
        fs::write(path(dir.path()), "tunnel = 7").unwrap();
        assert!(chosen_tunnel(dir.path()).is_err(), "no service has this number");
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(text: Vec<u8>) {
            let _ = Settings::parse(&text);
        }
    }
}
