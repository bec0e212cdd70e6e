//! The rules of a managed device: one file that only its administrator can write.
//!
//! A rule limits a passkey's age or disuse by site. Close to the limit its owner is warned; beyond it the passkey can't
//! be used. It is never deleted: the owner sees it, and a rule that changes lets it work again.
//!
//! Ages are counted by the clock of the machine: who may set that may shorten or prolong them.

use std::path::{Path, PathBuf};

use roamkey_authenticator::{PolicyLimit, PolicyVerdict, UnixTime, VerificationMethod};

mod error;
mod file;
mod parse;
mod pattern;
#[cfg(test)]
mod tests;

pub use error::PolicyError;
use pattern::Pattern;

/// The rules. By default there are none.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Policy {
    minimum_pin_length: Option<u8>,
    allowed_verification: Option<Vec<VerificationMethod>>,
    /// The most specific pattern first.
    passkey_rules: Vec<PasskeyRule>,
}

/// What holds for the passkeys of some sites, to be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PolicyRule {
    /// A site, `*.` and a domain for all below it, or `*` for all.
    pub sites: String,
    /// Days after which a passkey can't be used any more.
    pub maximum_age_days: Option<u32>,
    /// Days without use after which it can't.
    pub maximum_disuse_days: Option<u32>,
    /// Days before that, from which on its owner is warned.
    pub warn_days: u32,
}

/// What holds for the passkeys of some sites.
#[derive(Clone, Debug, Eq, PartialEq)]
struct PasskeyRule {
    pattern: Pattern,
    maximum_age_days: Option<u32>,
    maximum_disuse_days: Option<u32>,
    warn_days: u32,
}

impl Policy {
    /// Reads rules from the text of a policy file, `docs/operator/policy.md`.
    ///
    /// # Errors
    ///
    /// What is wrong, and at which key.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        parse::policy(text)
    }

    /// Reads a policy file. If there is none, there are no rules.
    ///
    /// # Errors
    ///
    /// [`PolicyError::NotTheAdministrators`] or [`PolicyError::WritableByOthers`] if others than root could have
    /// written it, [`PolicyError::Unreadable`], and those of [`parse`](Self::parse). A file that can't be used is never
    /// the same as none.
    pub fn load(path: &Path) -> Result<Self, PolicyError> {
        match file::read(path, file::ROOT)? {
            Some(text) => Self::parse(&text),
            None => Ok(Self::default()),
        }
    }

    /// Where the policy file is looked for if nothing else is said.
    #[must_use]
    pub fn default_path() -> PathBuf {
        PathBuf::from("/etc/roamkey/policy.toml")
    }

    /// Tells whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The least characters of a new PIN.
    #[must_use]
    pub fn minimum_pin_length(&self) -> Option<u8> {
        self.minimum_pin_length
    }

    /// Tells whether this way to verify the user counts here.
    #[must_use]
    pub fn allows(&self, method: VerificationMethod) -> bool {
        self.allowed_verification
            .as_ref()
            .is_none_or(|allowed| allowed.contains(&method))
    }

    /// The rules for passkeys, the most specific first.
    pub fn passkey_rules(&self) -> impl Iterator<Item = PolicyRule> + '_ {
        self.passkey_rules.iter().map(|rule| PolicyRule {
            sites: rule.pattern.to_string(),
            maximum_age_days: rule.maximum_age_days,
            maximum_disuse_days: rule.maximum_disuse_days,
            warn_days: rule.warn_days,
        })
    }

    /// The verdict on a passkey. Of several rules, the one with the most specific pattern counts: a site's own, then
    /// the longest `*.` pattern, then `*`. Of its two limits, the one that ends first.
    #[must_use]
    pub fn verdict(
        &self,
        rp_id: &str,
        created_at: UnixTime,
        last_used: Option<UnixTime>,
        now: UnixTime,
    ) -> PolicyVerdict {
        let rule = self.passkey_rules.iter().find(|rule| rule.pattern.matches(rp_id));
        let Some(rule) = rule else {
            return PolicyVerdict::Allowed;
        };
        let age = rule.maximum_age_days.map(|maximum_days| {
            let limit = PolicyLimit::Age { maximum_days };
            (end(created_at, maximum_days), limit)
        });
        let disuse = rule.maximum_disuse_days.map(|maximum_days| {
            let limit = PolicyLimit::Disuse { maximum_days };
            (end(last_used.unwrap_or(created_at), maximum_days), limit)
        });
        let first = age.into_iter().chain(disuse).min_by_key(|(end, _)| *end);
        match first {
            None => PolicyVerdict::Allowed,
            Some((end, why)) if now.0 >= end => PolicyVerdict::Blocked { why },
            Some((end, limit)) => {
                let left = end.saturating_sub(now.0);
                if left > u64::from(rule.warn_days).saturating_mul(DAY) {
                    return PolicyVerdict::Allowed;
                }
                let days_left = u32::try_from(left / DAY).unwrap_or(u32::MAX);
                PolicyVerdict::Warned { days_left, limit }
            }
        }
    }
}

/// The first second that is beyond the limit.
fn end(from: UnixTime, days: u32) -> u64 {
    from.0.saturating_add(u64::from(days).saturating_mul(DAY))
}

/// Seconds.
const DAY: u64 = 86_400;
