//! The vault's folder: names of files, who may read them, and locks between processes.
//!
//! ```text
//! index.sqlite3 (-wal, -shm)         the index
//! index.damaged-N.sqlite3            a damaged index, moved aside and kept
//! vault.lock                         held while a passkey is created or removed, or the index is rebuilt
//! pin.lock                           held while a PIN is checked or set
//! secrets.sealed (.new, .lock)       the passkeys themselves, on a machine without a keyring
//! activity.log                       the activity log
//! activity.broken-N.log              a log that was changed, moved aside and kept
//! activity.lock                      held while it is written or read
//! ```
//!
//! The folder is for its owner only (0700). A lock ends with the process that holds it, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folder. It need not exist until something is written.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// A lock that other processes respect; dropping it releases it.
#[derive(Debug)]
pub(crate) struct FileLock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// Why a lock could not be had.
#[derive(Debug)]
pub(crate) enum NoLock {
    /// Somebody else held it for all the time.
    Held,
    /// The file can't be opened or locked.
    Failed(io::Error),
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.0.join("index.sqlite3")
    }

    /// Makes the folder if it is not there.
    pub(crate) fn make(&self) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }

    /// Takes the lock for changes to the passkeys.
    pub(crate) fn lock_vault(&self, limit: Duration) -> Result<FileLock, NoLock> {
        self.lock("vault.lock", limit)
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.0.join("secrets.sealed")
    }

    pub(crate) fn activity(&self) -> PathBuf {
        self.0.join("activity.log")
    }

    /// Takes the lock for the activity log.
    pub(crate) fn lock_activity(&self, limit: Duration) -> Result<FileLock, NoLock> {
        self.lock("activity.lock", limit)
    }

    /// Takes the lock for the PIN.
    pub(crate) fn lock_pin(&self, limit: Duration) -> Result<FileLock, NoLock> {
        self.lock("pin.lock", limit)
    }

    fn lock(&self, name: &str, limit: Duration) -> Result<FileLock, NoLock> {
        self.make().map_err(NoLock::Failed)?;
        lock_file(&self.0.join(name), limit)
    }

    /// Removes what SQLite left beside an index that is gone: with another file of that name it would be taken for
    /// changes to that one.
    pub(crate) fn remove_index_leftovers(&self) -> io::Result<()> {
        for suffix in ["-wal", "-shm"] {
            match std::fs::remove_file(with_suffix(&self.index(), suffix)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Moves the index aside, with the files that SQLite keeps beside it. Nothing is deleted.
    pub(crate) fn set_index_aside(&self) -> io::Result<PathBuf> {
        let free = self.free_name("index.damaged", "sqlite3")?;
        for suffix in ["-wal", "-shm", ""] {
            rename_if_there(&with_suffix(&self.index(), suffix), &with_suffix(&free, suffix))?;
        }
        Ok(free)
    }

    /// Moves the activity log out of the way, under a name that says so, and returns that; `None` if there is none.
    pub(crate) fn set_activity_aside(&self) -> io::Result<Option<PathBuf>> {
        let free = self.free_name("activity.broken", "log")?;
        let moved = rename_if_there(&self.activity(), &free)?;
        Ok(moved.then_some(free))
    }

    /// A name in the folder that nothing has.
    fn free_name(&self, stem: &str, extension: &str) -> io::Result<PathBuf> {
        let mut number = 1_u32;
        loop {
            let candidate = self.0.join(format!("{stem}-{number}.{extension}"));
            if !candidate.try_exists()? {
                return Ok(candidate);
            }
            number = number.checked_add(1).ok_or(io::ErrorKind::QuotaExceeded)?;
        }
    }
}

/// Tells whether there was something to rename.
fn rename_if_there(from: &Path, to: &Path) -> io::Result<bool> {
    match std::fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes the lock that a file stands for, and makes the file if it is not there.
pub(crate) fn lock_file(path: &Path, limit: Duration) -> Result<FileLock, NoLock> {
    let file = open_private_file(path).map_err(NoLock::Failed)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(FileLock(file)),
            // There is no way to wait for a file lock with a limit but to ask again.
            Err(TryLockError::WouldBlock) if begun.elapsed() < limit => std::thread::sleep(LOCK_INTERVAL),
            Err(TryLockError::WouldBlock) => return Err(NoLock::Held),
            Err(TryLockError::Error(error)) => return Err(NoLock::Failed(error)),
        }
    }
}

/// Makes an empty file that only its owner may read, over what was there.
pub(crate) fn make_private_file(path: &Path) -> io::Result<()> {
    private_options().truncate(true).open(path).map(drop)
}

/// Opens a file to read and write that only its owner may read, and makes it if it is not there.
pub(crate) fn open_private_file(path: &Path) -> io::Result<File> {
    private_options().open(path)
}

/// Sees to it that a file that was made or renamed keeps its name after a power failure.
#[cfg(unix)]
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Elsewhere the file system does so by itself, and a folder can't be opened.
#[cfg(not(unix))]
pub(crate) fn sync_folder_of(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// What tells one file from another that has taken its name since.
#[cfg(unix)]
pub(crate) fn file_identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// Elsewhere an open file can't be moved away.
#[cfg(not(unix))]
pub(crate) fn file_identity(path: &Path) -> Option<(u64, u64)> {
    path.exists().then_some((0, 0))
}

fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

const LOCK_INTERVAL: Duration = Duration::from_millis(10);
