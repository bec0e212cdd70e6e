//! The data folder: there or to be made, writable, private, with room.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::Verdict;
use crate::ErrorCode;

/// What is known about the data folder.
#[derive(Clone, Debug)]
pub struct FolderFacts {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is there; it is made when something is written first.
    pub exists: bool,
    /// Whether nobody else may look into it.
    pub private: Option<bool>,
    /// Bytes that are free for this user.
    pub free: Option<u64>,
}

/// Looks at the folder. A file is made in it and removed again if it is there.
pub(super) fn look(dir: &Path) -> (Verdict, FolderFacts) {
    let exists = dir.exists();
    let place = dir
        .ancestors()
        .find(|place| place.exists())
        .unwrap_or_else(|| Path::new("/"));
    let facts = FolderFacts {
        path: dir.to_owned(),
        exists,
        private: exists.then(|| is_private(dir)).flatten(),
        free: free(place),
    };
    let writable = if exists { write(dir) } else { may_write(place) };
    let verdict = match (writable, &facts) {
        (Err(error), _) => {
            tracing::info!(%error, "the data folder can't be written to");
            Verdict::Broken(ErrorCode::FolderUnusable)
        }
        (Ok(()), FolderFacts { free: Some(free), .. }) if *free < ENOUGH_BYTES => {
            Verdict::Remark(ErrorCode::FolderFull)
        }
        (
            Ok(()),
            FolderFacts {
                private: Some(false), ..
            },
        ) => Verdict::Remark(ErrorCode::FolderNotPrivate),
        (Ok(()), _) => Verdict::Works,
    };
    (verdict, facts)
}

fn write(dir: &Path) -> io::Result<()> {
    let file = dir.join(format!("doctor.{}", std::process::id()));
    let made = OpenOptions::new().write(true).create_new(true).open(&file);
    let written = made.and_then(|mut made| {
        io::Write::write_all(&mut made, b"roamkey doctor")?;
        made.sync_all()
    });
    match fs::remove_file(&file) {
        Err(error) if written.is_ok() => Err(error),
        Ok(()) | Err(_) => written,
    }
}

#[cfg(unix)]
fn may_write(place: &Path) -> io::Result<()> {
    use rustix::fs::Access;
    Ok(rustix::fs::access(place, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(not(unix))]
fn may_write(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_private(dir: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(dir).ok()?.permissions().mode();
    Some(mode & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> Option<bool> {
    None
}

#[cfg(unix)]
fn free(place: &Path) -> Option<u64> {
    let space = rustix::fs::statvfs(place).ok()?;
    space.f_bavail.checked_mul(space.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

/// The index of 10,000 passkeys, twice over: a change is written beside what it replaces.
const ENOUGH_BYTES: u64 = 32 * 1024 * 1024;

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_fine_if_it_can_be_made() {
        let dir = tempfile::tempdir().unwrap();
        let (verdict, facts) = look(&dir.path().join("a/b"));
        assert_eq!(verdict, Verdict::Works);
        assert!(!facts.exists && facts.free.is_some());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_others_may_read_is_pointed_out() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(look(dir.path()).0, Verdict::Works);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o750)).unwrap();
        assert_eq!(look(dir.path()).0, Verdict::Remark(ErrorCode::FolderNotPrivate));
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            0,
            "nothing is left behind"
        );
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_broken() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, b"").unwrap();
        assert_eq!(look(&file).0, Verdict::Broken(ErrorCode::FolderUnusable));
    }
}
