//! Related origins (WebAuthn L3 §5.11): origins elsewhere that may use an RP ID, as a list at the RP ID's own host.
//!
//! ```text
//! https://RP-ID/.well-known/webauthn     {"origins": ["https://example.co.uk", "https://example.de", …]}
//! ```
//!
//! Nothing here fetches: the list comes in as bytes. It is asked for only where the RP ID is not the origin's own
//! ([`RelatedOrigins::wanted`]).

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;
use url::{Host, Url};

use crate::{Origin, RpIdError};

/// The origins that one RP ID lists.
///
/// # Privacy
///
/// Names a site. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct RelatedOrigins {
    rp_id: String,
    /// Origins that count, as they are written in client data.
    origins: BTreeSet<String>,
}

/// Why a list is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelatedOriginsError {
    /// Longer than [`RelatedOrigins::MAX_LENGTH`].
    #[error("the list of related origins is longer than 256 KiB")]
    TooLong,
    /// Not a JSON object.
    #[error("the list of related origins is not a JSON object")]
    NotJson,
    /// No array of texts named `origins`.
    #[error("the list of related origins has no array of texts named origins")]
    NoOrigins,
}

impl RelatedOrigins {
    /// Longest list that is read, in bytes: as long as Chromium reads.
    pub const MAX_LENGTH: usize = 256 * 1024;

    /// Tells at which URL the list is that could let `origin` use the RP ID that it names. `None` if none can, or none
    /// is needed.
    #[must_use]
    pub fn wanted(origin: &Origin, named: Option<&str>) -> Option<String> {
        let rp_id = named.filter(|_| origin.rp_id(named) == Err(RpIdError::OtherDomain))?;
        Some(format!("https://{rp_id}/.well-known/webauthn"))
    }

    /// Reads the list of an RP ID.
    ///
    /// # Errors
    ///
    /// Each variant of [`RelatedOriginsError`]. Entries that are no origins are passed over.
    pub fn parse(rp_id: &str, list: &[u8]) -> Result<Self, RelatedOriginsError> {
        if list.len() > Self::MAX_LENGTH {
            return Err(RelatedOriginsError::TooLong);
        }
        let list: Value = serde_json::from_slice(list).map_err(|_| RelatedOriginsError::NotJson)?;
        let members = list.as_object().ok_or(RelatedOriginsError::NotJson)?;
        let entries = members.get("origins").and_then(Value::as_array);
        let entries: Option<Vec<&str>> =
            entries.and_then(|entries| entries.iter().map(Value::as_str).collect());
        let (mut origins, mut labels) = (BTreeSet::new(), BTreeSet::new());
        // §5.11.1 step 4. Whether an entry counts does not depend on who asks: one that is asked for ends the standard's
        // loop, and what comes after it no longer matters.
        for entry in entries.ok_or(RelatedOriginsError::NoOrigins)? {
            let Some((origin, label)) = origin_and_label(entry) else {
                continue;
            };
            if labels.len() < MAX_LABELS {
                labels.insert(label.clone());
            }
            if labels.contains(&label) {
                origins.insert(origin);
            }
        }
        Ok(Self {
            rp_id: rp_id.to_owned(),
            origins,
        })
    }

    /// Returns the RP ID if this is its list and the list names the origin.
    ///
    /// # Errors
    ///
    /// [`RpIdError::NotListed`].
    pub(crate) fn rp_id(&self, origin: &Origin, named: Option<&str>) -> Result<String, RpIdError> {
        if named == Some(&self.rp_id) && self.origins.contains(origin.as_str()) {
            return Ok(self.rp_id.clone());
        }
        Err(RpIdError::NotListed)
    }
}

impl fmt::Debug for RelatedOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelatedOrigins(..)")
    }
}

/// An entry's origin, and the first label of its registrable domain. An entry may be any URL of the origin.
fn origin_and_label(entry: &str) -> Option<(String, String)> {
    let url = Url::parse(entry).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let (label, _) = psl::domain_str(host)?.split_once('.')?;
    (!label.is_empty()).then(|| (url.origin().ascii_serialization(), label.to_owned()))
}

/// How many different registrable labels count, in their order: the least that WebAuthn L3 §5.11 allows a client, and
/// what browsers have.
const MAX_LABELS: usize = 5;
