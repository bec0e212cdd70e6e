//! The recovery words: 24 words of BIP39's English list ⇄ 32 bytes ⇄ an age identity.
//!
//! The 32 bytes are the identity, without any derivation: whoever has the words and no Roamkey gets at the backups with
//! any BIP39 tool and `age`.

use std::fmt;

use bip39::{Language, Mnemonic};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::age::{Identity, Recipient};

/// 24 words. They open every backup: shown once, never kept.
pub struct RecoveryWords(Mnemonic);

/// Why words are not recovery words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// Not 24 words.
    #[error("there are {0} words, not 24")]
    Count(usize),
    /// A word that is not in the list.
    #[error("word {0} is not in the list")]
    Unknown(usize),
    /// All words are in the list, and their checksum is wrong: a word was exchanged, or two have changed places.
    #[error("the words do not fit together")]
    Checksum,
}

impl RecoveryWords {
    /// Draws new words.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self::from_bytes(&bytes)
    }

    /// Takes the 32 bytes that the words stand for.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "32 bytes are one of the lengths that BIP39 has"
    )]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Mnemonic::from_entropy(bytes).expect("32 bytes make 24 words"))
    }

    /// Reads words as people type them: in any case, with numbers, commas or line ends between them.
    ///
    /// # Errors
    ///
    /// [`WordsError`], with the number of the first word that is in no list, counted from 1.
    pub fn parse(text: &str) -> Result<Self, WordsError> {
        let mut normal = Zeroizing::new(String::with_capacity(text.len()));
        let mut count = 0_usize;
        let separated = |sign: char| !sign.is_alphabetic();
        for word in text.split(separated).filter(|word| !word.is_empty()) {
            if count > 0 {
                normal.push(' ');
            }
            normal.extend(word.chars().flat_map(char::to_lowercase));
            count = count.saturating_add(1);
        }
        if count != WORDS {
            return Err(WordsError::Count(count));
        }
        match Mnemonic::parse_in_normalized(Language::English, &normal) {
            Ok(mnemonic) => Ok(Self(mnemonic)),
            Err(bip39::Error::UnknownWord(index)) => Err(WordsError::Unknown(index.saturating_add(1))),
            Err(_) => Err(WordsError::Checksum),
        }
    }

    /// The words, in their order.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.words()
    }

    /// The 32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let (padded, _) = self.0.to_entropy_array();
        let padded = Zeroizing::new(padded);
        let mut bytes = Zeroizing::new([0; 32]);
        bytes
            .iter_mut()
            .zip(padded.iter())
            .for_each(|(to, from)| *to = *from);
        bytes
    }

    /// The identity that opens the backups.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::from_bytes(&self.to_bytes())
    }

    /// The recipient that backups are encrypted for.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        self.identity().recipient()
    }
}

impl fmt::Debug for RecoveryWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryWords(..)")
    }
}

/// 256 bits and a checksum of 8, in words of 11.
pub const WORDS: usize = 24;
