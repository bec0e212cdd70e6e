//! Whether two places are on the same disk, and so are lost together.
//!
//! ```text
//! path ─▶ device number of its file system ─▶ whole disks under it, through partitions and device mapper (Linux: sysfs)
//!           └ 0:x (btrfs and others): its mount's source, if that is a block device
//! ```

use std::path::Path;

/// Where one place is, seen from another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FolderPlace {
    /// On the same disk: lost together.
    ThisDisk,
    /// On another disk, on another machine, or in memory.
    Elsewhere,
    /// It is not there now.
    Missing,
}

/// Tells where `folder` is, seen from `dir`.
pub(super) fn place(folder: &Path, dir: &Path) -> FolderPlace {
    let Ok(folder) = folder.canonicalize() else {
        return FolderPlace::Missing;
    };
    // A data folder that is to be made will be where the folder above it is.
    let dir = dir.ancestors().find_map(|dir| dir.canonicalize().ok());
    if dir.is_some_and(|dir| is_same_disk(&folder, &dir)) {
        FolderPlace::ThisDisk
    } else {
        FolderPlace::Elsewhere
    }
}

#[cfg(not(target_os = "linux"))]
fn is_same_disk(folder: &Path, dir: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let device = |path: &Path| std::fs::metadata(path).ok().map(|meta| meta.dev());
        device(folder) == device(dir)
    }
    #[cfg(not(unix))]
    {
        folder.components().next() == dir.components().next()
    }
}

#[cfg(target_os = "linux")]
fn is_same_disk(folder: &Path, dir: &Path) -> bool {
    use linux::{device_of, disks};
    let (Some(folder), Some(dir)) = (device_of(folder), device_of(dir)) else {
        return false;
    };
    let sys = Path::new("/sys/dev/block");
    folder == dir || !disks(sys, folder).is_disjoint(&disks(sys, dir))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::{Path, PathBuf};

    use rustix::fs::{major, makedev, minor};

    /// The number of the block device that a path is on; for file systems that have none, a number of their own.
    pub(super) fn device_of(path: &Path) -> Option<u64> {
        let device = fs::metadata(path).ok()?.dev();
        if major(device) != 0 {
            return Some(device);
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let source = source_of(&mounts, path).and_then(|source| fs::metadata(source).ok());
        Some(source.map_or(device, |source| source.rdev()))
    }

    /// The block device from which the file system at `path` is mounted.
    pub(super) fn source_of(mounts: &str, path: &Path) -> Option<PathBuf> {
        let mount = |line: &str| {
            let (left, right) = line.split_once(" - ")?;
            let point = unescaped(left.split(' ').nth(4)?);
            let source = unescaped(right.split(' ').nth(1)?);
            path.starts_with(&point)
                .then(|| (point.len(), PathBuf::from(source)))
        };
        let (_, source) = mounts
            .lines()
            .filter_map(mount)
            .max_by_key(|(length, _)| *length)?;
        source.starts_with("/dev").then_some(source)
    }

    /// Spaces and the like stand as `\040`.
    fn unescaped(text: &str) -> String {
        let mut parts = text.split('\\');
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let sign = part
                .get(..3)
                .and_then(|digits| u8::from_str_radix(digits, 8).ok());
            plain.extend(sign.map(char::from));
            plain.push_str(part.get(3..).unwrap_or_default());
        }
        plain
    }

    /// The whole disks under a block device: those of partitions, of what lies under device mapper, of itself.
    pub(super) fn disks(sys: &Path, device: u64) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut left = vec![device];
        for _ in 0..MOST_LAYERS {
            let Some(device) = left.pop() else { break };
            let entry = sys.join(format!("{}:{}", major(device), minor(device)));
            let Ok(entry) = entry.canonicalize() else { continue };
            let whole = if entry.join("partition").exists() {
                entry.parent().map(Path::to_owned).unwrap_or_default()
            } else {
                entry
            };
            let under: Vec<u64> = fs::read_dir(whole.join("slaves"))
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|slave| number(&fs::read_to_string(slave.path().join("dev")).ok()?))
                .collect();
            if under.is_empty() {
                found.insert(whole);
            }
            left.extend(under);
        }
        found
    }

    fn number(text: &str) -> Option<u64> {
        let (major, minor) = text.trim().split_once(':')?;
        Some(makedev(major.parse().ok()?, minor.parse().ok()?))
    }

    /// RAID over LVM over LUKS over some partitions is far below.
    const MOST_LAYERS: usize = 64;
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use rustix::fs::makedev;

    use super::linux::{disks, source_of};
    use super::*;

    #[test]
    fn the_same_folder_is_on_the_same_disk_and_one_that_is_not_there_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(place(dir.path(), dir.path()), FolderPlace::ThisDisk);
        assert_eq!(
            place(dir.path(), &dir.path().join("later")),
            FolderPlace::ThisDisk
        );
        assert_eq!(place(&dir.path().join("stick"), dir.path()), FolderPlace::Missing);
    }

    /// A disk with two partitions, the second under LUKS, and a stick.
    #[test]
    fn partitions_and_what_is_mapped_onto_them_lead_to_the_whole_disk() {
        let sys = tempfile::tempdir().unwrap();
        let at = |path: &str| sys.path().join(path);
        for (path, dev) in [
            ("sda", "8:0"),
            ("sda/sda1", "8:1"),
            ("sda/sda2", "8:2"),
            ("sdb", "8:16"),
            ("sdb/sdb1", "8:17"),
            ("dm-0", "253:0"),
        ] {
            fs::create_dir_all(at(path)).unwrap();
            fs::write(at(path).join("dev"), dev).unwrap();
            if path.contains('/') {
                fs::write(at(path).join("partition"), "1").unwrap();
            }
            symlink(at(path), at(dev)).unwrap();
        }
        fs::create_dir(at("dm-0/slaves")).unwrap();
        symlink(at("sda/sda2"), at("dm-0/slaves/sda2")).unwrap();
        let whole = |major, minor| disks(sys.path(), makedev(major, minor));
        assert_eq!(
            whole(8, 1),
            whole(253, 0),
            "a plain partition, and an encrypted one"
        );
        assert!(whole(8, 17).is_disjoint(&whole(8, 1)), "the stick");
        assert!(whole(9, 9).is_empty(), "a device that nobody knows");
    }

    #[test]
    fn the_longest_mount_point_counts_and_its_source_only_if_it_is_a_device() {
        let mounts = "22 1 0:20 / / rw shared:1 - btrfs /dev/sda2 rw,subvol=/root\n\
                      23 22 0:20 /home /home rw - btrfs /dev/sda2 rw,subvol=/home\n\
                      24 22 0:31 / /media/my\\040stick rw - fuseblk /dev/sdb1 rw\n\
                      25 22 0:32 / /net rw - nfs server:/export rw\n";
        let source = |path: &str| source_of(mounts, Path::new(path));
        assert_eq!(source("/home/alice/backups"), Some(PathBuf::from("/dev/sda2")));
        assert_eq!(
            source("/media/my stick/backups"),
            Some(PathBuf::from("/dev/sdb1"))
        );
        assert_eq!(source("/net/backups"), None);
        assert_eq!(source_of("what the kernel never writes", Path::new("/")), None);
    }
}
