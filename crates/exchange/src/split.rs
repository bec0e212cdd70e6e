//! Splitting the recovery identity: any `k` of `n` shares make it, fewer tell nothing (Shamir, by `blahaj`).
//!
//! ```text
//! share   bech32m, "rkshare": k (1) ‖ set (4) ‖ x (1) ‖ y (32)
//! set     the first 4 bytes of SHA-256(recipient): tells shares of different splits apart, and checks the result
//! ```

use std::collections::BTreeMap;
use std::fmt;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32m, Hrp};
use blahaj::{Share, Sharks};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::RecoveryWords;

/// Most shares that a split can have; more are of no use to a person.
pub const MAX_SHARES: u8 = 16;

/// Why shares do not make recovery words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// The numbers make no sense: 2 ≤ k ≤ n ≤ [`MAX_SHARES`].
    #[error("a split needs at least 2 of at most {MAX_SHARES} shares")]
    Numbers,
    /// A share is mistyped; counted from 1.
    #[error("share {0} is mistyped or is no share")]
    Typo(usize),
    /// Shares of different splits.
    #[error("the shares are of different splits")]
    Mixed,
    /// Not enough different shares.
    #[error("there are {have} different shares, and {need} are needed")]
    TooFew {
        /// How many there are.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// The shares are whole and do not fit together.
    #[error("the shares do not fit together")]
    Mismatch,
}

/// A share as text, for one person to keep.
pub struct ShareText(Zeroizing<String>);

impl ShareText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ShareText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareText(..)")
    }
}

/// Splits the words into `count` shares of which `threshold` are needed.
///
/// # Errors
///
/// [`SplitError::Numbers`].
pub fn split(
    words: &RecoveryWords,
    threshold: u8,
    count: u8,
    mut rng: &mut dyn CryptoRng,
) -> Result<Vec<ShareText>, SplitError> {
    if threshold < 2 || threshold > count || count > MAX_SHARES {
        return Err(SplitError::Numbers);
    }
    let secret = words.to_bytes();
    let set = set_of(words);
    let shares = Sharks(threshold).dealer_rng(secret.as_slice(), &mut rng);
    let text = |share: Share| {
        let point = Zeroizing::new(Vec::from(&share));
        let bytes = Zeroizing::new([&[threshold], set.as_slice(), &point].concat());
        // 72 characters are within what bech32 allows.
        ShareText(Zeroizing::new(
            bech32::encode_lower::<Bech32m>(PREFIX, &bytes).unwrap_or_default(),
        ))
    };
    Ok(shares.take(count.into()).map(text).collect())
}

/// Puts shares together.
///
/// # Errors
///
/// [`SplitError`].
pub fn combine(shares: &[&str]) -> Result<RecoveryWords, SplitError> {
    let mut points: BTreeMap<u8, Share> = BTreeMap::new();
    let mut of: Option<(u8, [u8; 4])> = None;
    for (number, text) in (1_usize..).zip(shares) {
        let (threshold, set, point) = read(text).ok_or(SplitError::Typo(number))?;
        if *of.get_or_insert((threshold, set)) != (threshold, set) {
            return Err(SplitError::Mixed);
        }
        let share = Share::try_from(point.as_slice()).map_err(|_| SplitError::Typo(number))?;
        points.insert(point.first().copied().unwrap_or_default(), share);
    }
    let (threshold, set) = of.ok_or(SplitError::TooFew { have: 0, need: 2 })?;
    let (have, need) = (points.len(), usize::from(threshold));
    if have < need {
        return Err(SplitError::TooFew { have, need });
    }
    let secret = Sharks(threshold)
        .recover(points.values())
        .map_err(|_| SplitError::Mismatch)?;
    let secret = Zeroizing::new(secret);
    let bytes: &[u8; 32] = secret.as_slice().try_into().map_err(|_| SplitError::Mismatch)?;
    let words = RecoveryWords::from_bytes(bytes);
    if set_of(&words) == set {
        Ok(words)
    } else {
        Err(SplitError::Mismatch)
    }
}

const PREFIX: Hrp = Hrp::parse_unchecked("rkshare");

fn set_of(words: &RecoveryWords) -> [u8; 4] {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(words.recipient().as_bytes()));
    [a, b, c, d]
}

/// Threshold, set and point of a share.
fn read(text: &str) -> Option<(u8, [u8; 4], Zeroizing<Vec<u8>>)> {
    let checked = CheckedHrpstring::new::<Bech32m>(text.trim()).ok()?;
    let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(checked.byte_iter().collect());
    let (threshold, rest) = bytes.split_first()?;
    let (set, point) = rest.split_first_chunk()?;
    let whole = checked.hrp() == PREFIX && point.len() == 33 && (2..=MAX_SHARES).contains(threshold);
    whole.then(|| (*threshold, *set, Zeroizing::new(point.to_vec())))
}
