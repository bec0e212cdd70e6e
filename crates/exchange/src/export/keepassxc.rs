//! KeePassXC's `.passkey`, for its importer: one file for each passkey (see the importer for its fields).

use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

use crate::fields::base64url;
use crate::{Format, Passkey};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    relying_party: &'a str,
    url: &'a str,
    username: &'a str,
    credential_id: &'a str,
    user_handle: &'a str,
    private_key: &'a str,
    #[serde(flatten)]
    foreign: BTreeMap<Cow<'a, str>, &'a RawValue>,
}

/// Writes a passkey as KeePassXC reads it. It has no place for PRF seeds, blobs and flags.
///
/// # Errors
///
/// None that a passkey from here can cause; serialising reports them.
pub fn passkey_file(passkey: &Passkey) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let credential = &passkey.credential;
    let rp_id = credential.rp_id.as_str();
    let foreign = passkey
        .foreign
        .as_ref()
        .filter(|foreign| foreign.format() == Format::KeePassXc);
    let pem = crate::key::to_pem(&credential.key);
    let file = File {
        relying_party: rp_id,
        url: &format!("https://{rp_id}"),
        username: credential.user.name.as_deref().unwrap_or_default(),
        credential_id: &base64url(credential.id.as_bytes()),
        user_handle: &base64url(credential.user.id.as_bytes()),
        private_key: &pem,
        foreign: match foreign {
            Some(foreign) => serde_json::from_str(foreign.json())?,
            None => BTreeMap::new(),
        },
    };
    // Room for the largest key, so that the text never moves and leaves no copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(
        pem.len().saturating_mul(2).saturating_add(ROOM),
    ));
    serde_json::to_writer_pretty(&mut *text, &file)?;
    text.push(b'\n');
    Ok(text)
}

/// For all that is not the key.
const ROOM: usize = 8 * 1024;
