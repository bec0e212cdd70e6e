//! Zip archives, read within bounds: `stored` and `deflate`, no encryption, no zip64.
//!
//! ```text
//! end of central directory, found from the back:  PK 05 06 … entries (2) … offset of the directory (4)
//! central directory, one record a file:           PK 01 02 … flags, method, CRC-32, both sizes, offset, name
//! the file itself:                                PK 03 04 … name and extra lengths, then the data
//! ```
//!
//! What counts are the sizes that come out, not those that the archive claims: unpacking stops at the bound. Two
//! entries that share bytes, which is how small archives unpack to a lot, are refused.

use std::ops::Range;

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use zeroize::Zeroizing;

use super::{ImportError, MAX_FILE};

/// More files than this are no export.
const MAX_ENTRIES: usize = 10_000;
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Length of the end record without its comment, which may have 65535 bytes.
const END_LENGTH: usize = 22;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;

/// Tells whether a file begins as an archive does.
pub(super) fn is_zip(file: &[u8]) -> bool {
    file.starts_with(LOCAL) || file.starts_with(END)
}

/// Unpacks the files whose name is `wanted`.
pub(super) fn read(
    file: &[u8],
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Zeroizing<Vec<u8>>>, ImportError> {
    let end = find_end(file).ok_or(ImportError::Damaged)?;
    let count = number(file, end, 10, 2).ok_or(ImportError::Damaged)?;
    let mut position = number(file, end, 16, 4).ok_or(ImportError::Damaged)?;
    if count > MAX_ENTRIES || position == 0xffff_ffff {
        return Err(ImportError::UnsafeArchive);
    }
    let mut contents = Vec::new();
    let mut room = MAX_FILE;
    let mut used: Vec<Range<usize>> = Vec::new();
    for _ in 0..count {
        let entry = Entry::read(file, position).ok_or(ImportError::Damaged)?;
        position = position.saturating_add(entry.record_length);
        if !wanted(entry.name) {
            continue;
        }
        let place = entry.place(file).ok_or(ImportError::Damaged)?;
        let data = file.get(place.clone()).ok_or(ImportError::Damaged)?;
        if used
            .iter()
            .any(|other| place.start < other.end && other.start < place.end)
        {
            return Err(ImportError::UnsafeArchive);
        }
        used.push(place);
        let content = entry.unpack(data, room)?;
        room = room.saturating_sub(content.len());
        contents.push(content);
    }
    Ok(contents)
}

/// One record of the central directory.
struct Entry<'a> {
    name: &'a str,
    encrypted: bool,
    method: usize,
    crc: usize,
    packed: usize,
    offset: usize,
    record_length: usize,
}

impl<'a> Entry<'a> {
    fn read(file: &'a [u8], at: usize) -> Option<Self> {
        if !file.get(at..)?.starts_with(CENTRAL) {
            return None;
        }
        let field = |offset, length| number(file, at, offset, length);
        let begin = at.checked_add(CENTRAL_LENGTH)?;
        let name = file.get(begin..begin.checked_add(field(28, 2)?)?)?;
        let lengths = [field(28, 2)?, field(30, 2)?, field(32, 2)?];
        Some(Self {
            name: std::str::from_utf8(name).unwrap_or_default(),
            encrypted: field(8, 2)? & 1 == 1,
            method: field(10, 2)?,
            crc: field(16, 4)?,
            packed: field(20, 4)?,
            offset: field(42, 4)?,
            record_length: lengths
                .iter()
                .try_fold(CENTRAL_LENGTH, |sum, length| sum.checked_add(*length))?,
        })
    }

    /// Where its data are.
    fn place(&self, file: &[u8]) -> Option<Range<usize>> {
        if !file.get(self.offset..)?.starts_with(LOCAL) {
            return None;
        }
        let names = number(file, self.offset, 26, 2)?.checked_add(number(file, self.offset, 28, 2)?)?;
        let begin = self.offset.checked_add(LOCAL_LENGTH)?.checked_add(names)?;
        Some(begin..begin.checked_add(self.packed)?)
    }

    fn unpack(&self, data: &[u8], room: usize) -> Result<Zeroizing<Vec<u8>>, ImportError> {
        use miniz_oxide::inflate::TINFLStatus;
        let content = match self.method {
            _ if self.encrypted => return Err(ImportError::Encrypted),
            0 if data.len() > room => return Err(ImportError::UnsafeArchive),
            0 => Zeroizing::new(data.to_vec()),
            8 => match decompress_to_vec_with_limit(data, room) {
                Ok(content) => Zeroizing::new(content),
                Err(error) if error.status == TINFLStatus::HasMoreOutput => {
                    return Err(ImportError::UnsafeArchive);
                }
                Err(_) => return Err(ImportError::Damaged),
            },
            _ => return Err(ImportError::UnsafeArchive),
        };
        if usize::try_from(crc32fast::hash(&content)) == Ok(self.crc) {
            Ok(content)
        } else {
            Err(ImportError::Damaged)
        }
    }
}

/// The end record, which stands before a comment that may be long.
fn find_end(file: &[u8]) -> Option<usize> {
    let last = file.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last)
        .rev()
        .find(|at| file.get(*at..).is_some_and(|rest| rest.starts_with(END)))
}

/// A little-endian number of `length` bytes, `offset` bytes after `at`.
fn number(file: &[u8], at: usize, offset: usize, length: usize) -> Option<usize> {
    let begin = at.checked_add(offset)?;
    let bytes = file.get(begin..begin.checked_add(length)?)?;
    let mut digits = bytes.iter().rev();
    digits.try_fold(0_usize, |value, byte| {
        value.checked_mul(256)?.checked_add(usize::from(*byte))
    })
}
