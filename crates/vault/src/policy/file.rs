//! Reading a file that nobody but the administrator can have written.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::PolicyError;

/// Reads the file; `None` if there is none. File and folder must belong to `owner` alone to write.
pub(super) fn read(path: &Path, owner: u32) -> Result<Option<String>, PolicyError> {
    // Links are followed first, so that the folder looked at is the one that the file is in.
    let path = match path.canonicalize() {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PolicyError::Unreadable(error)),
    };
    let file = File::open(&path).map_err(PolicyError::Unreadable)?;
    let metadata = file.metadata().map_err(PolicyError::Unreadable)?;
    if !metadata.is_file() {
        return Err(PolicyError::NotAFile);
    }
    written_by(&metadata, owner)?;
    if let Some(folder) = path.parent() {
        let folder = std::fs::metadata(folder).map_err(PolicyError::Unreadable)?;
        written_by(&folder, owner)?;
    }
    let mut bytes = Vec::new();
    file.take(MAX_LENGTH.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(PolicyError::Unreadable)?;
    if u64::try_from(bytes.len()).map_or(true, |length| length > MAX_LENGTH) {
        return Err(PolicyError::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_bytes| PolicyError::NotUtf8)?;
    Ok(Some(text))
}

#[cfg(unix)]
fn written_by(metadata: &std::fs::Metadata, owner: u32) -> Result<(), PolicyError> {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.uid() != owner {
        return Err(PolicyError::NotTheAdministrators);
    }
    if metadata.mode() & GROUP_OR_OTHERS_WRITE != 0 {
        return Err(PolicyError::WritableByOthers);
    }
    Ok(())
}

/// Who may write is in access control lists, which can't be read here without unsafe code.
#[cfg(not(unix))]
fn written_by(_metadata: &std::fs::Metadata, _owner: u32) -> Result<(), PolicyError> {
    Err(PolicyError::Unsupported)
}

/// The administrator.
pub(super) const ROOT: u32 = 0;

/// Bytes. A rule for each of a thousand sites fits.
const MAX_LENGTH: u64 = 64 * 1024;

#[cfg(unix)]
const GROUP_OR_OTHERS_WRITE: u32 = 0o022;
