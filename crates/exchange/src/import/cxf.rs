//! FIDO Credential Exchange Format 1.0 (proposed standard of 2025-08-14), and the drafts before it.
//!
//! ```text
//! { version { major, minor }, accounts [ { items [ { title, creationAt, credentials [ … ], extensions [ … ] } ],
//!                                          extensions [ … ] } ] }
//! passkey: credentialId rpId username userDisplayName userHandle key(PKCS#8)
//!          fido2Extensions { hmacCredentials { credWithUV credWithoutUV } credBlob largeBlob { uncompressedSize data } }
//! ```
//!
//! Drafts had type names in CamelCase, `userName`, one `hmacSecret`, and another `largeBlob`. An extension named
//! `roamkey` on an item carries what CXF has no field for, and one on the account what a backup says of itself (see
//! [`crate::backup`]). Credentials of other types are counted.

use roamkey_authenticator::{LargeBlob, PrfSeeds};
use roamkey_ctap::CredProtect;
use serde_json::value::RawValue;

use super::{BackupFlags, EntryPlace, Format, Import, ImportError, Options, Parts, Reason, SYNCED, seed};
use crate::backup::{BackupInfo, EXTENSION, EXTENSION_VERSION};
use crate::fields::Fields;
use crate::passkey::{Foreign, Passkey};

pub(super) fn read(text: &str, options: &mut Options<'_>) -> Result<Import, ImportError> {
    let mut top = Fields::parse(text).ok_or(ImportError::Damaged)?;
    check_version(&mut top)?;
    let mut import = Import::new(Format::Cxf);
    let accounts = top.array(&["accounts"]).map_err(|_| ImportError::Damaged)?;
    let mut number = 0_usize;
    for account in accounts {
        let mut account = Fields::of(account).ok_or(ImportError::Damaged)?;
        let own = own_extension(&mut account).map_err(|_| ImportError::Damaged)?;
        if let Some(own) = own {
            import.backup = Some(backup_info(own)?);
        }
        for item in account.array(&["items"]).map_err(|_| ImportError::Damaged)? {
            number = number.saturating_add(1);
            read_item(item, number, &mut import, options);
        }
    }
    Ok(import)
}

fn check_version(top: &mut Fields<'_>) -> Result<(), ImportError> {
    let major = match top.object(&["version"]) {
        Ok(Some(mut version)) => version.number(&["major"]).ok().flatten(),
        // Drafts had a plain number, 0.
        Ok(None) | Err(_) => None,
    };
    if major.is_some_and(|major| major > 1) {
        return Err(ImportError::NewerVersion);
    }
    Ok(())
}

/// What an item says of all its credentials.
struct Item<'a> {
    title: Option<String>,
    created_at: Option<u64>,
    own: Option<Fields<'a>>,
}

fn read_item(raw: &RawValue, number: usize, import: &mut Import, options: &mut Options<'_>) {
    let read = || -> Result<_, Reason> {
        let mut fields = Fields::of(raw).ok_or(Reason::Unreadable)?;
        let item = Item {
            title: fields.plain(&["title", "name"])?,
            created_at: fields.number(&["creationAt"])?,
            own: own_extension(&mut fields)?,
        };
        Ok((item, fields.array(&["credentials"])?))
    };
    let (mut item, credentials) = match read() {
        Ok(read) => read,
        Err(reason) => {
            import.add(EntryPlace::Item(number), None, Err(reason));
            return;
        }
    };
    for (index, credential) in (1_usize..).zip(credentials) {
        let place = EntryPlace::Credential {
            item: number,
            credential: index,
        };
        let Some(mut fields) = Fields::of(credential) else {
            import.add(place, None, Err(Reason::Unreadable));
            continue;
        };
        let kind = fields.plain(&["type"]).ok().flatten();
        if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("passkey")) {
            import.others = import.others.saturating_add(1);
            continue;
        }
        let rp_id = fields.plain(&["rpId"]).ok().flatten();
        let entry = passkey(fields, rp_id.clone(), &mut item, options, &mut import.trimmed);
        import.add(place, rp_id, entry);
    }
}

fn passkey(
    mut fields: Fields<'_>,
    rp_id: Option<String>,
    item: &mut Item<'_>,
    options: &mut Options<'_>,
    trimmed: &mut usize,
) -> Result<Passkey, Reason> {
    if fields
        .number(&["counter", "signCount"])?
        .is_some_and(|count| count != 0)
    {
        return Err(Reason::Counter);
    }
    let key = fields.bytes(&["key"])?.ok_or(Reason::Missing("key"))?;
    let mut extensions = fields.object(&["fido2Extensions"])?;
    let mut own = Own::read(item.own.take())?;
    let parts = Parts {
        credential_id: fields
            .bytes(&["credentialId"])?
            .ok_or(Reason::Missing("credentialId"))?
            .to_vec(),
        user_id: fields.bytes(&["userHandle"])?.map(|id| id.to_vec()),
        user_name: fields.plain(&["username", "userName"])?,
        user_display_name: fields.plain(&["userDisplayName"])?,
        key: crate::key::from_pkcs8(&key)?,
        seeds: extensions.as_mut().map_or(Ok(None), seeds)?,
        created_at: item.created_at,
        flags: options.backup_flags.or(own.flags).unwrap_or(SYNCED),
        rp_id,
    };
    let mut credential = parts.credential(options)?;
    let mut large_blob = None;
    if let Some(extensions) = &mut extensions {
        credential.cred_blob = extensions.bytes(&["credBlob"])?.map(|blob| blob.to_vec());
        large_blob = read_large_blob(extensions)?;
    }
    credential.cred_protect = own.cred_protect;
    credential.discoverable = own.discoverable;
    let title = item
        .title
        .take()
        .filter(|title| title != credential.rp_id.as_str());
    let foreign = match own.foreign.take() {
        Some(foreign) => Some(foreign),
        None => match foreign(fields, extensions) {
            Some(json) => {
                let kept = Foreign::new(Format::Cxf, json);
                *trimmed = trimmed.saturating_add(usize::from(kept.is_none()));
                kept
            }
            None => None,
        },
    };
    Ok(Passkey {
        credential,
        label: if own.present { own.label } else { title },
        large_blob,
        foreign,
    })
}

/// Both seeds; a draft's only one stands for both.
fn seeds(extensions: &mut Fields<'_>) -> Result<Option<PrfSeeds>, Reason> {
    if let Some(mut both) = extensions.object(&["hmacCredentials"])? {
        let with_uv = seed(both.bytes(&["credWithUV"])?.as_ref(), "credWithUV")?;
        let without_uv = seed(both.bytes(&["credWithoutUV"])?.as_ref(), "credWithoutUV")?;
        return Ok(match (with_uv, without_uv) {
            (Some(with_uv), Some(without_uv)) => Some(PrfSeeds { with_uv, without_uv }),
            _ => return Err(Reason::Missing("hmacCredentials")),
        });
    }
    let Some(mut one) = extensions.object(&["hmacSecret"])? else {
        return Ok(None);
    };
    let secret = one.bytes(&["secret"])?;
    let pair = (seed(secret.as_ref(), "secret")?, seed(secret.as_ref(), "secret")?);
    Ok(match pair {
        (Some(with_uv), Some(without_uv)) => Some(PrfSeeds { with_uv, without_uv }),
        _ => None,
    })
}

fn read_large_blob(extensions: &mut Fields<'_>) -> Result<Option<LargeBlob>, Reason> {
    let Some(mut blob) = extensions.object(&["largeBlob"])? else {
        return Ok(None);
    };
    let data = blob
        .bytes(&["data"])?
        .map(|data| data.to_vec())
        .unwrap_or_default();
    if data.len() > LargeBlob::MAX_LENGTH {
        return Err(Reason::Field("largeBlob"));
    }
    let original_size = blob.number(&["uncompressedSize", "size"])?.unwrap_or_default();
    Ok((!data.is_empty()).then_some(LargeBlob { data, original_size }))
}

/// Unknown fields as `{"credential": {…}, "fido2Extensions": {…}}`.
fn foreign(credential: Fields<'_>, extensions: Option<Fields<'_>>) -> Option<String> {
    let parts = [
        ("credential", credential.rest()),
        ("fido2Extensions", extensions.and_then(Fields::rest)),
    ];
    let parts = parts
        .into_iter()
        .filter_map(|(name, rest)| Some(format!("\"{name}\":{}", rest?)));
    let parts: Vec<_> = parts.collect();
    (!parts.is_empty()).then(|| format!("{{{}}}", parts.join(",")))
}

/// What our extension says of a passkey.
struct Own {
    present: bool,
    label: Option<String>,
    flags: Option<BackupFlags>,
    cred_protect: CredProtect,
    discoverable: bool,
    foreign: Option<Foreign>,
}

impl Own {
    fn read(fields: Option<Fields<'_>>) -> Result<Self, Reason> {
        let mut own = Self {
            present: fields.is_some(),
            label: None,
            flags: None,
            cred_protect: CredProtect::UserVerificationOptional,
            discoverable: true,
            foreign: None,
        };
        let Some(mut fields) = fields else { return Ok(own) };
        own.label = fields.plain(&["label"])?;
        if let (Some(eligible), Some(state)) = (
            fields.truth(&["backupEligible"])?,
            fields.truth(&["backupState"])?,
        ) {
            own.flags = Some(BackupFlags { eligible, state });
        }
        if let Some(level) = fields.number(&["credProtect"])? {
            own.cred_protect = CredProtect::from_level(level).ok_or(Reason::Field("credProtect"))?;
        }
        own.discoverable = fields.truth(&["discoverable"])?.unwrap_or(true);
        if let Some(foreign) = fields.text(&["foreign"])? {
            own.foreign = Foreign::from_bytes(foreign.as_str().as_bytes());
        }
        Ok(own)
    }
}

/// Takes the extension that is named as ours.
fn own_extension<'a>(fields: &mut Fields<'a>) -> Result<Option<Fields<'a>>, Reason> {
    for extension in fields.array(&["extensions"])? {
        let Some(mut extension) = Fields::of(extension) else {
            continue;
        };
        if extension.plain(&["name"])?.as_deref() == Some(EXTENSION) {
            return Ok(Some(extension));
        }
    }
    Ok(None)
}

fn backup_info(mut fields: Fields<'_>) -> Result<BackupInfo, ImportError> {
    let mut number = |name| fields.number(&[name]).ok().flatten();
    if number("version").ok_or(ImportError::Damaged)? > EXTENSION_VERSION {
        return Err(ImportError::NewerVersion);
    }
    let (made_at, count) = (number("madeAt"), number("count"));
    Ok(BackupInfo {
        made_at: made_at.ok_or(ImportError::Damaged)?,
        count: count.ok_or(ImportError::Damaged)?,
        activity_head: fields.plain(&["activityHead"]).ok().flatten(),
    })
}
