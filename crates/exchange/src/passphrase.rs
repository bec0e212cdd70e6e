//! How long a passphrase would withstand guessing (zxcvbn), for whoever chooses one.

use zxcvbn::zxcvbn;

/// An estimate of a passphrase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strength {
    /// 0 (guessed at once) to 4 (out of reach), as zxcvbn scores it.
    pub score: u8,
    /// Decimal logarithm of the number of guesses.
    pub guesses_log10: f64,
}

impl Strength {
    /// Whether it will do for a file that anybody may copy and guess at for years: each guess costs 128 MiB and half a
    /// second, and still 10^10 guesses are within reach of an attacker who means it.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.guesses_log10 >= 14.0
    }
}

/// Estimates a passphrase. Long ones are judged by their beginning, which can only be too strict.
#[must_use]
pub fn strength(passphrase: &str) -> Strength {
    let beginning: zeroize::Zeroizing<String> =
        zeroize::Zeroizing::new(passphrase.chars().take(100).collect());
    let estimate = zxcvbn(&beginning, &["roamkey", "passkey", "backup"]);
    let score = u8::from(estimate.score());
    Strength {
        score,
        guesses_log10: estimate.guesses_log10(),
    }
}
