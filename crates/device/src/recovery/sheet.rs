//! What follows on new words: asking three of them back, and a sheet to print.

use std::io::Write as _;
use std::path::Path;

use roamkey_exchange::{RecoveryWords, Sheet, SheetLanguage, WORDS, sheet};
use roamkey_vault::Vault;

use super::files::write_new;
use super::{Recovery, RecoveryError, day, rng};
use crate::verification::now;

/// Three words that are asked back. Which, nobody can know before the words are on paper.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Confirmation([usize; 3]);

impl Confirmation {
    /// One of the first, one of the middle and one of the last third.
    #[must_use]
    pub fn draw() -> Self {
        let third = WORDS / 3;
        let mut drawn = [0; 3];
        rand_core::Rng::fill_bytes(&mut rng(), &mut drawn);
        let [first, second, last] = drawn.map(|byte| usize::from(byte) % third);
        Self([
            first,
            third.saturating_add(second),
            (2 * third).saturating_add(last),
        ])
    }

    /// Their places, counted from 1, in rising order.
    #[must_use]
    pub fn places(self) -> [usize; 3] {
        self.0.map(|place| place.saturating_add(1))
    }

    /// Tells whether these are the words at those places. Case and space around them do not count.
    #[must_use]
    pub fn is_by<T: AsRef<str>>(self, typed: &[T], words: &RecoveryWords) -> bool {
        let words: Vec<&str> = words.words().collect();
        let right = |(typed, place): (&T, usize)| {
            words
                .get(place)
                .is_some_and(|word| typed.as_ref().trim().eq_ignore_ascii_case(word))
        };
        typed.len() == self.0.len() && typed.iter().zip(self.0).all(right)
    }
}

/// Writes the sheet to print: room for the words, where the backups are, the steps. The words are not on it.
///
/// # Errors
///
/// [`RecoveryError::NotSetUp`], [`RecoveryError::Exists`], [`RecoveryError::Write`], the vault's.
pub fn write_sheet(
    vault: &Vault,
    dir: &Path,
    path: &Path,
    language: SheetLanguage,
) -> Result<(), RecoveryError> {
    let recovery = Recovery::get(vault)?;
    let folder = recovery.folder_or(dir);
    let page = sheet(&Sheet {
        recipient: &recovery.recipient()?,
        place: Some(&folder.to_string_lossy()),
        date: &day(now()),
        language,
    });
    write_new(path, |out| {
        out.write_all(page.as_bytes()).map_err(RecoveryError::Write)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_words_of_different_thirds_are_asked_back_and_only_they_will_do() {
        for seed in 0..=255 {
            let words = RecoveryWords::from_bytes(&[seed; 32]);
            let asked = Confirmation::draw();
            let [first, second, third] = asked.places();
            assert!((1..=8).contains(&first) && (9..=16).contains(&second) && (17..=24).contains(&third));
            let list: Vec<&str> = words.words().collect();
            let right = [first, second, third].map(|place| format!(" {} ", list[place - 1].to_uppercase()));
            assert!(asked.is_by(&right, &words));
            assert!(!asked.is_by(&right[..2], &words), "two are not three");
            let mut wrong = right.clone();
            wrong[1] = "zebra zebra".to_owned();
            assert!(!asked.is_by(&wrong, &words));
            assert!(!asked.is_by::<&str>(&[], &words));
        }
    }
}
