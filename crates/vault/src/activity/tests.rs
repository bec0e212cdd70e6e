//! The log's file: whatever is done to it is found, and what an interruption leaves is not taken for an attack.

use std::path::PathBuf;

use proptest::prelude::*;
use roamkey_authenticator::UnixTime;
use tempfile::TempDir;

use super::frame::FRAME_LENGTH;
use super::log::{append, read, verify};
use super::*;

/// A log in a folder of its own, and its head.
struct Log {
    folder: TempDir,
    key: LogKey,
    head: Option<Head>,
}

impl Log {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            key: LogKey::new(&[7; 32]),
            head: None,
        }
    }

    fn with(entries: u64) -> Self {
        let mut log = Self::new();
        (0..entries).for_each(|number| log.append(number));
        log
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("activity.log")
    }

    /// Adds an entry without telling the keyring, as a process does that is killed in between.
    fn append_unanchored(&self, number: u64) -> Head {
        let activity = Activity {
            rp_id: Some(format!("site-{number}.example")),
            ..Activity::of(Event::SignedIn)
        };
        let head = self.head.unwrap_or_default();
        append(&self.path(), &self.key, head, &activity, UnixTime(number)).unwrap()
    }

    fn append(&mut self, number: u64) {
        self.head = Some(self.append_unanchored(number));
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    fn write(&self, bytes: &[u8]) {
        std::fs::write(self.path(), bytes).unwrap();
    }

    fn verify(&self) -> ActivityReport {
        verify(&self.path(), &self.key, self.head).unwrap()
    }

    fn sequences(&self) -> Vec<u64> {
        let entries = read(&self.path(), &self.key).unwrap();
        entries.iter().map(|entry| entry.sequence).collect()
    }
}

fn broken(first_bad: u64, what: ActivityDamage) -> ActivityReport {
    ActivityReport::Broken { first_bad, what }
}

#[test]
fn entries_read_as_they_were_written_in_their_order() {
    let log = Log::with(3);
    assert_eq!(log.verify(), ActivityReport::Intact { entries: 3 });
    let entries = read(&log.path(), &log.key).unwrap();
    let sites: Vec<_> = entries
        .iter()
        .map(|entry| (entry.sequence, entry.at.0, entry.activity.rp_id.clone().unwrap()))
        .collect();
    assert_eq!(sites[0], (1, 0, "site-0.example".to_owned()));
    assert_eq!(sites[2], (3, 2, "site-2.example".to_owned()));
}

#[test]
fn the_file_names_no_site() {
    let bytes = Log::with(2).bytes();
    assert!(!bytes.windows(7).any(|window| window == b"example"));
    assert_eq!(bytes.len(), 2 * FRAME_LENGTH);
}

#[test]
fn a_clock_set_back_changes_no_order() {
    let mut log = Log::new();
    [500, 100, 300].into_iter().for_each(|at| log.append(at));
    let entries = read(&log.path(), &log.key).unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry.at.0).collect::<Vec<_>>(),
        [500, 100, 300]
    );
    assert_eq!(log.verify(), ActivityReport::Intact { entries: 3 });
}

#[test]
fn a_change_of_any_byte_is_found_where_it_is() {
    let log = Log::with(3);
    let whole = log.bytes();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        log.write(&bytes);
        let entry = u64::try_from(at / FRAME_LENGTH).unwrap() + 1;
        assert_eq!(log.verify(), broken(entry, ActivityDamage::Changed), "byte {at}");
        assert_eq!(log.sequences().len(), 2, "the others are still read");
    }
}

#[test]
fn a_log_cut_off_anywhere_is_found_and_the_rest_is_read() {
    let log = Log::with(3);
    let whole = log.bytes();
    for length in 0..whole.len() {
        log.write(&whole[..length]);
        let left = u64::try_from(length / FRAME_LENGTH).unwrap();
        assert_eq!(
            log.verify(),
            broken(left + 1, ActivityDamage::Truncated),
            "{length}"
        );
        assert_eq!(log.sequences(), (1..=left).collect::<Vec<_>>());
    }
    std::fs::remove_file(log.path()).unwrap();
    assert_eq!(log.verify(), broken(1, ActivityDamage::Truncated));
}

#[test]
fn an_entry_taken_out_is_missing_and_one_that_was_moved_is_reordered() {
    let log = Log::with(4);
    let whole = log.bytes();
    let frame = |number: usize| &whole[(number - 1) * FRAME_LENGTH..number * FRAME_LENGTH];
    log.write(&[frame(1), frame(3), frame(4)].concat());
    assert_eq!(log.verify(), broken(2, ActivityDamage::Missing));
    log.write(&[frame(1), frame(3), frame(2), frame(4)].concat());
    assert_eq!(log.verify(), broken(2, ActivityDamage::Reordered));
    assert_eq!(log.sequences(), [1, 2, 3, 4]);
    log.write(&[frame(1), frame(2), frame(2), frame(4)].concat());
    assert_eq!(log.verify(), broken(3, ActivityDamage::Reordered));
}

#[test]
fn an_older_copy_of_the_log_is_found_even_after_new_entries() {
    let mut log = Log::with(2);
    let old = log.bytes();
    log.append(2);
    log.append(3);
    log.write(&old);
    assert_eq!(log.verify(), broken(3, ActivityDamage::Truncated));
    log.append(4);
    assert_eq!(log.verify(), broken(3, ActivityDamage::Missing));
    assert_eq!(log.sequences(), [1, 2, 5]);
}

#[test]
fn an_entry_of_another_history_is_found() {
    let mut log = Log::with(2);
    let (old, head) = (log.bytes(), log.head);
    log.append(2);
    let first_history = log.bytes();
    log.write(&old);
    log.head = head;
    log.append(99);
    log.write(&first_history);
    assert_eq!(log.verify(), broken(3, ActivityDamage::Changed));
}

#[test]
fn a_log_of_another_key_is_broken_from_its_beginning() {
    let mut log = Log::with(2);
    log.key = LogKey::new(&[8; 32]);
    assert_eq!(log.verify(), broken(1, ActivityDamage::Changed));
    log.append(2);
    assert_eq!(log.sequences(), [3]);
}

#[test]
fn an_entry_that_the_keyring_does_not_know_yet_counts() {
    let mut log = Log::with(2);
    log.append_unanchored(2);
    assert_eq!(log.verify(), ActivityReport::Intact { entries: 3 });
    log.append(3);
    assert_eq!(log.verify(), ActivityReport::Intact { entries: 4 });
    assert_eq!(log.sequences(), [1, 2, 3, 4]);
}

#[test]
fn an_append_cut_off_at_any_byte_leaves_the_old_log() {
    for before in [0, 2] {
        let mut log = Log::with(before);
        let head = log.head;
        let start = usize::try_from(before).unwrap() * FRAME_LENGTH;
        log.append(90);
        let whole = log.bytes();
        // The second half of a frame that did not reach the disk may be there as zeros.
        for length in (start..whole.len()).step_by(17).chain([whole.len() - 1]) {
            for padded in [false, true] {
                log.head = head;
                let mut bytes = whole[..length].to_vec();
                if padded {
                    bytes.resize(whole.len(), 0);
                }
                if bytes == whole {
                    continue;
                }
                log.write(&bytes);
                assert_eq!(
                    log.verify(),
                    ActivityReport::Intact { entries: before },
                    "{length}"
                );
                log.append(91);
                assert_eq!(
                    log.verify(),
                    ActivityReport::Intact { entries: before + 1 },
                    "{length}"
                );
                assert_eq!(log.bytes().len(), whole.len());
            }
        }
    }
}

#[test]
fn without_its_head_no_log_can_be_called_whole() {
    for entries in [1, 3] {
        let mut log = Log::with(entries);
        log.head = None;
        assert_eq!(log.verify(), broken(entries + 1, ActivityDamage::Truncated));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_is_done_to_a_large_log_is_found(
        at in 0..80_usize * FRAME_LENGTH,
        bit in 0..8_u32,
        cut in 0..80_usize * FRAME_LENGTH,
        swap in (0..80_usize, 0..80_usize),
    ) {
        let (log, whole) = &*LARGE;
        let check = |bytes: &[u8]| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("activity.log");
            std::fs::write(&path, bytes).unwrap();
            verify(&path, &log.key, log.head).unwrap()
        };
        let mut changed = whole.clone();
        changed[at] ^= 1 << bit;
        let entry = u64::try_from(at / FRAME_LENGTH).unwrap() + 1;
        prop_assert_eq!(check(&changed), broken(entry, ActivityDamage::Changed));
        let left = u64::try_from(cut / FRAME_LENGTH).unwrap();
        prop_assert_eq!(check(&whole[..cut]), broken(left + 1, ActivityDamage::Truncated));
        if swap.0 != swap.1 {
            let mut frames: Vec<_> = whole.chunks(FRAME_LENGTH).collect();
            frames.swap(swap.0, swap.1);
            let first = u64::try_from(swap.0.min(swap.1)).unwrap() + 1;
            prop_assert_eq!(check(&frames.concat()), broken(first, ActivityDamage::Reordered));
        }
    }

    #[test]
    fn a_file_of_arbitrary_bytes_never_panics_and_takes_entries(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let mut log = Log::with(1);
        log.write(&bytes);
        let _report = log.verify();
        log.append(1);
        prop_assert_eq!(log.sequences(), [2]);
    }
}

static LARGE: std::sync::LazyLock<(Log, Vec<u8>)> = std::sync::LazyLock::new(|| {
    let log = Log::with(80);
    let bytes = log.bytes();
    (log, bytes)
});
