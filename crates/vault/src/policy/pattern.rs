//! Which sites a rule is for: `login.example.org`, `*.example.org` or `*`.

use std::cmp::Reverse;
use std::fmt;

/// A pattern for RP IDs. The more specific one is the lesser.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Pattern {
    /// This RP ID.
    Exact(String),
    /// All RP IDs below this one, at any depth, and not itself; the longest is the most specific.
    Below(Reverse<usize>, String),
    /// All.
    All,
}

impl fmt::Display for Pattern {
    /// As it is written in a policy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Below(_, name) => write!(f, "*.{name}"),
            Self::All => f.write_str("*"),
        }
    }
}

impl Pattern {
    /// Reads a pattern; `None` if it is none. A name is lower-case labels of letters, digits and hyphens, as RP IDs are.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::All);
        }
        let (below, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let is_label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        };
        if name.len() > MAX_NAME_LENGTH || !name.split('.').all(is_label) {
            return None;
        }
        Some(if below {
            Self::Below(Reverse(name.len()), name.to_owned())
        } else {
            Self::Exact(name.to_owned())
        })
    }

    pub(super) fn matches(&self, rp_id: &str) -> bool {
        match self {
            Self::Exact(name) => rp_id == name,
            Self::Below(_, name) => rp_id
                .strip_suffix(name)
                .and_then(|rest| rest.strip_suffix('.'))
                .is_some_and(|rest| !rest.is_empty()),
            Self::All => true,
        }
    }
}

/// Of a domain name, in bytes.
const MAX_NAME_LENGTH: usize = 253;
