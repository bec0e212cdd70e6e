//! KeePassXC's `.passkey`: one JSON object, one passkey.
//!
//! ```json
//! { "relyingParty": "example.org", "url": "https://example.org", "username": "alice", "credentialId": "<base64url>",
//!   "userHandle": "<base64url>", "privateKey": "-----BEGIN PRIVATE KEY-----…" }
//! ```
//!
//! It says nothing of backup flags. KeePassXC used 0/0 for all passkeys until 2.7.12, and uses 1/1 for new ones since:
//! 1/1 is taken unless the person says otherwise.

use super::{EntryPlace, Format, Import, ImportError, Options, Parts, Reason, SYNCED};
use crate::fields::Fields;
use crate::passkey::{Foreign, Passkey};

pub(super) fn read(text: &str, options: &mut Options<'_>) -> Result<Import, ImportError> {
    let mut fields = Fields::parse(text).ok_or(ImportError::Damaged)?;
    let mut import = Import::new(Format::KeePassXc);
    let rp_id = fields.plain(&["relyingParty"]).ok().flatten();
    let entry = passkey(fields, rp_id.clone(), options, &mut import.trimmed);
    import.add(EntryPlace::Whole, rp_id, entry);
    Ok(import)
}

fn passkey(
    mut fields: Fields<'_>,
    rp_id: Option<String>,
    options: &mut Options<'_>,
    trimmed: &mut usize,
) -> Result<Passkey, Reason> {
    let pem = fields
        .text(&["privateKey"])?
        .ok_or(Reason::Missing("privateKey"))?;
    let parts = Parts {
        credential_id: fields
            .bytes(&["credentialId"])?
            .ok_or(Reason::Missing("credentialId"))?
            .to_vec(),
        rp_id,
        user_id: fields.bytes(&["userHandle"])?.map(|id| id.to_vec()),
        user_name: fields.plain(&["username"])?,
        user_display_name: None,
        key: crate::key::from_pem(pem.as_str())?,
        seeds: None,
        created_at: None,
        flags: options.backup_flags.unwrap_or(SYNCED),
    };
    let _ = fields.plain(&["url"])?;
    let credential = parts.credential(options)?;
    let rest = fields.rest();
    let foreign = rest
        .as_ref()
        .and_then(|rest| Foreign::new(Format::KeePassXc, rest.clone()));
    *trimmed = trimmed.saturating_add(usize::from(rest.is_some() && foreign.is_none()));
    Ok(Passkey {
        credential,
        label: None,
        large_blob: None,
        foreign,
    })
}
