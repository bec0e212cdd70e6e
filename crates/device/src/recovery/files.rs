//! Files: read within a bound, written whole or not at all, and old backups removed.
//!
//! ```text
//! NAME.part, for its owner only ─ written, on the disk ─▶ renamed to NAME ─▶ the folder on the disk ─▶ old ones removed
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read as _, Write};
use std::path::{Path, PathBuf};

use roamkey_authenticator::UnixTime;
use roamkey_exchange::import::{ImportError, MAX_FILE};
use zeroize::Zeroizing;

use super::{RecoveryError, fault};

/// Reads a file that is not larger than any that we read. `-` is standard input.
///
/// # Errors
///
/// [`RecoveryError::Read`]; [`ImportError::TooLarge`] for a file that is larger, before it is read.
pub fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, RecoveryError> {
    // An encrypted file is longer than its content by a header and 16 bytes for each chunk.
    let most = u64::try_from(MAX_FILE.saturating_add(MAX_FILE / 1024)).unwrap_or(u64::MAX);
    let mut bytes = Zeroizing::new(Vec::new());
    let room = most.saturating_add(1);
    if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(room)
            .read_to_end(&mut bytes)
            .map_err(RecoveryError::Read)?;
    } else {
        let file = File::open(path).map_err(RecoveryError::Read)?;
        let length = file.metadata().map_err(RecoveryError::Read)?.len();
        if length > most {
            return Err(RecoveryError::Import(ImportError::TooLarge));
        }
        bytes.reserve_exact(usize::try_from(length).unwrap_or_default().saturating_add(1));
        file.take(room)
            .read_to_end(&mut bytes)
            .map_err(RecoveryError::Read)?;
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(RecoveryError::Import(ImportError::TooLarge));
    }
    Ok(bytes)
}

/// Writes a file: under another name first, and only when it is whole under its own. Nothing is overwritten.
pub(crate) fn write_new<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, RecoveryError>,
) -> Result<T, RecoveryError> {
    if path.try_exists().map_err(RecoveryError::Write)? {
        return Err(RecoveryError::Exists);
    }
    replace(path, write)
}

/// Writes a file in the place of one that may be there: that stays until the new one is whole.
pub(super) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, RecoveryError>,
) -> Result<T, RecoveryError> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(PART);
    let unfinished = PathBuf::from(unfinished);
    let written = write_part(&unfinished, write).and_then(|done| {
        fault::point("written");
        fs::rename(&unfinished, path).map_err(RecoveryError::Write)?;
        fault::point("renamed");
        sync_folder(path).map_err(RecoveryError::Write)?;
        Ok(done)
    });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Writes a folder of files: under another name first, and only when it is whole under its own.
pub(super) fn write_new_folder<T>(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<T, RecoveryError>,
) -> Result<T, RecoveryError> {
    if path.try_exists().map_err(RecoveryError::Write)? {
        return Err(RecoveryError::Exists);
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(PART);
    let unfinished = PathBuf::from(unfinished);
    if unfinished.try_exists().map_err(RecoveryError::Write)? {
        // What an interrupted one has left.
        fs::remove_dir_all(&unfinished).map_err(RecoveryError::Write)?;
    }
    make_folder(&unfinished)?;
    let written = write(&unfinished).and_then(|done| {
        fs::rename(&unfinished, path).map_err(RecoveryError::Write)?;
        sync_folder(path).map_err(RecoveryError::Write)?;
        Ok(done)
    });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_dir_all(&unfinished);
    }
    written
}

fn write_part<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, RecoveryError>,
) -> Result<T, RecoveryError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(RecoveryError::Write)?;
    fault::point("opened");
    let mut file = BufWriter::new(file);
    let done = write(&mut file)?;
    file.flush().map_err(RecoveryError::Write)?;
    file.get_ref().sync_all().map_err(RecoveryError::Write)?;
    Ok(done)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => File::open(parent)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a folder for its owner only.
pub(super) fn make_folder(path: &Path) -> Result<(), RecoveryError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(RecoveryError::Write)
}

/// Where a backup of this moment goes: under its second, or the next one under which there is none. Names sort in the
/// order in which the files were written.
///
/// # Errors
///
/// [`RecoveryError::Exists`] if the names of the next minute are all taken.
pub(super) fn free_backup_path(folder: &Path, at: UnixTime) -> Result<PathBuf, RecoveryError> {
    for ahead in 0..MAX_SECONDS_AHEAD {
        let name = backup_name(UnixTime(at.0.saturating_add(ahead)));
        let (path, unfinished) = (folder.join(&name), folder.join(name + PART));
        let taken = path.try_exists().map_err(RecoveryError::Write)?
            || unfinished.try_exists().map_err(RecoveryError::Write)?;
        if !taken {
            return Ok(path);
        }
    }
    Err(RecoveryError::Exists)
}

/// The name of a backup of this moment. Names sort as their times do.
fn backup_name(at: UnixTime) -> String {
    format!("{PREFIX}{}{SUFFIX}", stamp(at))
}

/// All backups in a folder, the newest first.
pub(super) fn backups(folder: &Path) -> Result<Vec<PathBuf>, RecoveryError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RecoveryError::Read(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(RecoveryError::Read)?.path();
        if path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(is_backup_name)
        {
            found.push(path);
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    Ok(found)
}

/// Removes all backups but the newest, and what an interrupted one has left.
pub(super) fn prune(folder: &Path, keep: usize) -> Result<usize, RecoveryError> {
    let mut removed = 0_usize;
    for old in backups(folder)?.iter().skip(keep.max(1)) {
        fs::remove_file(old).map_err(RecoveryError::Write)?;
        fault::point("pruned one");
        removed = removed.saturating_add(1);
    }
    for entry in fs::read_dir(folder).map_err(RecoveryError::Read)?.flatten() {
        let name = entry.file_name();
        let part = name.to_str().and_then(|name| name.strip_suffix(PART));
        if part.is_some_and(is_backup_name) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(removed)
}

fn is_backup_name(name: &str) -> bool {
    let stamp = name
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX));
    stamp.is_some_and(|stamp| {
        stamp.len() == STAMP && stamp.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    })
}

const PREFIX: &str = "roamkey-";
const SUFFIX: &str = ".age";
const PART: &str = ".part";
/// `20261120-183501`
const STAMP: usize = 15;
/// Seconds. Nobody writes so many backups at once, and a name that is further ahead would tell a wrong time.
const MAX_SECONDS_AHEAD: u64 = 60;

/// A moment as `20261120-183501`, in UTC.
pub(super) fn stamp(at: UnixTime) -> String {
    let (days, seconds) = (at.0 / 86_400, at.0 % 86_400);
    // Days since the first of March of the year 0; years that begin in March, eras of 400 of them.
    let days = days.saturating_add(719_468);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = year + era * 400 + next;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_time_in_utc() {
        for (seconds, expected) in [
            (0, "19700101-000000"),
            (1_709_251_199, "20240229-235959"),
            (1_717_769_556, "20240607-141236"),
            (951_868_800, "20000301-000000"),
        ] {
            assert_eq!(stamp(UnixTime(seconds)), expected);
            assert!(is_backup_name(&backup_name(UnixTime(seconds))));
        }
    }

    #[test]
    fn backups_of_one_second_get_names_of_their_own_that_sort_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = UnixTime(1_717_769_599);
        let mut written = Vec::new();
        for _ in 0..3 {
            let path = free_backup_path(folder.path(), at).unwrap();
            write_new(&path, |_| Ok(())).unwrap();
            written.insert(0, path);
        }
        assert_eq!(backups(folder.path()).unwrap(), written);
        assert_eq!(prune(folder.path(), 2).unwrap(), 1);
        assert_eq!(backups(folder.path()).unwrap(), written[..2], "the oldest goes");
    }

    #[test]
    fn a_name_is_not_taken_from_a_backup_that_is_being_written_nor_further_ahead_than_a_minute() {
        let folder = tempfile::tempdir().unwrap();
        let at = UnixTime(1_717_769_556);
        fs::write(folder.path().join("roamkey-20240607-141236.age.part"), b"x").unwrap();
        let free = free_backup_path(folder.path(), at).unwrap();
        assert_eq!(free, folder.path().join("roamkey-20240607-141237.age"));
        for ahead in 0..MAX_SECONDS_AHEAD {
            fs::write(folder.path().join(backup_name(UnixTime(at.0 + ahead))), b"x").unwrap();
        }
        let error = free_backup_path(folder.path(), at).unwrap_err();
        assert!(matches!(error, RecoveryError::Exists));
    }

    #[test]
    fn only_our_own_old_backups_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "roamkey-20240101-000000.age",
            "roamkey-20240102-000000.age",
            "roamkey-20240103-000000.age",
        ];
        let others = ["roamkey-copy.age", "photo.age", "roamkey-20240101-000000.age.bak"];
        let part = "roamkey-20240104-000000.age.part";
        for name in names.iter().chain(&others).chain([&part]) {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        assert_eq!(prune(folder.path(), 2).unwrap(), 1);
        for (name, stays) in [
            (names[0], false),
            (names[1], true),
            (names[2], true),
            (part, false),
        ] {
            assert_eq!(folder.path().join(name).exists(), stays, "{name}");
        }
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
        assert_eq!(prune(folder.path(), 0).unwrap(), 1, "one is always kept");
    }

    #[test]
    fn a_file_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, b"mine").unwrap();
        let error = write_new(&path, |_| Ok(())).unwrap_err();
        assert!(matches!(error, RecoveryError::Exists));
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }

    #[test]
    fn a_file_that_could_not_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let full =
            |_: &mut BufWriter<File>| Err::<(), _>(RecoveryError::Write(ErrorKind::StorageFull.into()));
        assert!(write_new(&path, full).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
