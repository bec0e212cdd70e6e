//! The file of the activity log: frames one after another, and nothing else.
//!
//! ```text
//! append   lock → cut off what an interrupted write left → frame at the end, on the disk → head into the keyring → unlock
//! ```
//!
//! Before the first entry of all, a head that knows none is put into the keyring.
//!
//! Each entry names the hash of the frame before it, and the head in the keyring names the last one. So an entry that
//! was changed, moved, removed or put back is found, and so is a log that was cut off at the end, or replaced by an
//! older copy of itself. A process that is killed between the last two steps leaves an entry that the head does not know
//! yet: it follows on the one before it, and counts.
//!
//! To a log that is broken, new entries are added all the same, numbered on from the head. What is wrong stays to be
//! found, and what can be read is read.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use roamkey_authenticator::UnixTime;

use super::entry::Entry;
use super::frame::{FRAME_LENGTH, Frame, LogKey};
use super::{Activity, ActivityDamage, ActivityEntry, ActivityError, ActivityReport, Head};
use crate::fault;

/// Adds an entry, and returns the head with it. To be called with the log's lock.
pub(crate) fn append(
    path: &Path,
    key: &LogKey,
    head: Head,
    activity: &Activity,
    at: UnixTime,
) -> Result<Head, ActivityError> {
    let mut file = crate::folder::open_private_file(path).map_err(ActivityError::File)?;
    let (end, last) = end_of(&mut file, key, head).map_err(ActivityError::File)?;
    let entry = Entry {
        previous: last.hash,
        at,
        activity: activity.clone(),
    };
    let sequence = last.sequence.saturating_add(1);
    let frame = Frame::seal(key, sequence, &entry)?;
    fault::point("activity about to be written");
    write_at(&mut file, end, &frame).map_err(ActivityError::File)?;
    if end == 0 {
        crate::folder::sync_folder_of(path).map_err(ActivityError::File)?;
    }
    fault::point("activity written");
    Ok(Head {
        sequence,
        hash: frame.hash(),
    })
}

/// Reads all entries that can be read, in their order.
pub(crate) fn read(path: &Path, key: &LogKey) -> Result<Vec<ActivityEntry>, ActivityError> {
    let mut entries = Vec::new();
    for frame in frames(path).map_err(ActivityError::File)? {
        if let Some((sequence, entry)) = frame.map_err(ActivityError::File)?.open(key) {
            entries.push(ActivityEntry {
                sequence,
                at: entry.at,
                activity: entry.activity,
            });
        }
    }
    entries.sort_by_key(|entry| entry.sequence);
    Ok(entries)
}

/// Looks at every entry, at the chain from one to the next, and at the end.
///
/// Without a head nobody can tell where a log should end: it counts as cut off.
pub(crate) fn verify(path: &Path, key: &LogKey, head: Option<Head>) -> Result<ActivityReport, ActivityError> {
    let is_anchored = head.is_some();
    let head = head.unwrap_or_default();
    let mut last = Head::default();
    let mut frames = frames(path).map_err(ActivityError::File)?;
    while let Some(frame) = frames.next() {
        let frame = frame.map_err(ActivityError::File)?;
        let expected = last.sequence.saturating_add(1);
        let what = match frame.open(key) {
            Some((sequence, entry)) if sequence == expected && entry.previous == last.hash => None,
            Some((sequence, _)) if sequence == expected => Some(ActivityDamage::Changed),
            Some((sequence, _)) if sequence < expected => Some(ActivityDamage::Reordered),
            Some(_) => Some(missing_or_reordered(&mut frames, key, expected)?),
            // The process, or the machine, ended during the write: this entry was never finished.
            None if expected > head.sequence && frames.is_at_end() => break,
            None => Some(ActivityDamage::Changed),
        };
        last = Head {
            sequence: expected,
            hash: frame.hash(),
        };
        let foreign = last.sequence == head.sequence && last != head;
        if let Some(what) = what.or(foreign.then_some(ActivityDamage::Changed)) {
            return Ok(ActivityReport::Broken {
                first_bad: expected,
                what,
            });
        }
    }
    if last.sequence < head.sequence || (!is_anchored && last.sequence > 0) {
        return Ok(ActivityReport::Broken {
            first_bad: last.sequence.saturating_add(1),
            what: ActivityDamage::Truncated,
        });
    }
    Ok(ActivityReport::Intact {
        entries: last.sequence,
    })
}

/// Tells whether the entry that is not in its place is in a later one.
fn missing_or_reordered(
    rest: &mut Frames,
    key: &LogKey,
    expected: u64,
) -> Result<ActivityDamage, ActivityError> {
    for frame in rest {
        let opened = frame.map_err(ActivityError::File)?.open(key);
        if opened.is_some_and(|(sequence, _)| sequence == expected) {
            return Ok(ActivityDamage::Reordered);
        }
    }
    Ok(ActivityDamage::Missing)
}

/// Where the next frame goes, and what it follows on. Cuts off what an interrupted write has left: a part of a frame,
/// or a frame that the head does not know and that does not open.
fn end_of(file: &mut File, key: &LogKey, head: Head) -> io::Result<(u64, Head)> {
    let frame_length = u64::try_from(FRAME_LENGTH).map_err(io::Error::other)?;
    let length = file.metadata()?.len();
    let mut frames = length / frame_length;
    let mut last = frame_before(file, frames, frame_length)?;
    if let Some(broken) = &last
        && broken.open(key).is_none()
    {
        let before = frame_before(file, frames.saturating_sub(1), frame_length)?;
        let known = match &before {
            Some(before) => before
                .open(key)
                .is_some_and(|(sequence, _)| sequence >= head.sequence),
            None => head.sequence == 0,
        };
        if known {
            frames = frames.saturating_sub(1);
            last = before;
        }
    }
    let end = frames.saturating_mul(frame_length);
    if end < length {
        file.set_len(end)?;
    }
    let beyond_head = last.and_then(|frame| {
        let (sequence, _) = frame.open(key)?;
        (sequence > head.sequence).then(|| Head {
            sequence,
            hash: frame.hash(),
        })
    });
    Ok((end, beyond_head.unwrap_or(head)))
}

/// The last of the first `count` frames.
fn frame_before(file: &mut File, count: u64, frame_length: u64) -> io::Result<Option<Frame>> {
    let Some(index) = count.checked_sub(1) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(index.saturating_mul(frame_length)))?;
    let mut frame = Frame([0; FRAME_LENGTH]);
    file.read_exact(&mut frame.0)?;
    Ok(Some(frame))
}

fn write_at(file: &mut File, end: u64, frame: &Frame) -> io::Result<()> {
    file.seek(SeekFrom::Start(end))?;
    file.write_all(&frame.0)?;
    file.sync_data()
}

/// The whole frames of a file; of a file that is not there, none.
fn frames(path: &Path) -> io::Result<Frames> {
    match File::open(path) {
        Ok(file) => {
            let left = file.metadata()?.len() / u64::try_from(FRAME_LENGTH).map_err(io::Error::other)?;
            let file = Some(BufReader::with_capacity(BUFFER_LENGTH, file));
            Ok(Frames { file, left })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Frames { file: None, left: 0 }),
        Err(error) => Err(error),
    }
}

/// Reads frame by frame.
struct Frames {
    file: Option<BufReader<File>>,
    left: u64,
}

impl Frames {
    fn is_at_end(&self) -> bool {
        self.left == 0
    }
}

impl Iterator for Frames {
    type Item = io::Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        let file = self.file.as_mut()?;
        self.left = self.left.checked_sub(1)?;
        let mut frame = Frame([0; FRAME_LENGTH]);
        Some(file.read_exact(&mut frame.0).map(|()| frame))
    }
}

const BUFFER_LENGTH: usize = 256 * FRAME_LENGTH;
