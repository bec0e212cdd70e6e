//! Bitwarden's JSON export.
//!
//! ```json
//! { "encrypted": false, "items": [ { "type": 1, "name": "GitHub", "login": { "fido2Credentials": [ {
//!   "credentialId": "<uuid> or b64.<base64url>", "keyType": "public-key", "keyAlgorithm": "ECDSA", "keyCurve": "P-256",
//!   "keyValue": "<base64url PKCS#8>", "rpId": "github.com", "userHandle": "<base64url>", "userName": "alice",
//!   "counter": "0", "rpName": "GitHub", "userDisplayName": "Alice", "discoverable": "true",
//!   "creationDate": "2024-06-07T14:12:36.150Z" } ] } } ] }
//! ```
//!
//! A credential id that is a UUID means its 16 bytes. Counter and discoverable are texts. Passkeys of Bitwarden have
//! BE and BS set.

use serde_json::value::RawValue;

use super::{EntryPlace, Format, Import, ImportError, Options, Parts, Reason, SYNCED};
use crate::fields::{Fields, base64};
use crate::passkey::{Foreign, Passkey};

pub(super) fn read(text: &str, options: &mut Options<'_>) -> Result<Import, ImportError> {
    let mut top = Fields::parse(text).ok_or(ImportError::Damaged)?;
    let mut import = Import::new(Format::Bitwarden);
    let items = top.array(&["items"]).map_err(|_| ImportError::Damaged)?;
    for (number, item) in (1_usize..).zip(items) {
        read_item(item, number, &mut import, options);
    }
    Ok(import)
}

fn read_item(raw: &RawValue, number: usize, import: &mut Import, options: &mut Options<'_>) {
    let read = || -> Result<_, Reason> {
        let mut fields = Fields::of(raw).ok_or(Reason::Unreadable)?;
        let name = fields.plain(&["name"])?;
        let login = fields.object(&["login"])?;
        let credentials = login.map_or(Ok(Vec::new()), |mut login| login.array(&["fido2Credentials"]))?;
        Ok((name, credentials))
    };
    let (name, credentials) = match read() {
        Ok(read) => read,
        Err(reason) => {
            import.add(EntryPlace::Item(number), None, Err(reason));
            return;
        }
    };
    if credentials.is_empty() {
        import.others = import.others.saturating_add(1);
    }
    for (index, credential) in (1_usize..).zip(credentials) {
        let place = EntryPlace::Credential {
            item: number,
            credential: index,
        };
        let Some(mut fields) = Fields::of(credential) else {
            import.add(place, None, Err(Reason::Unreadable));
            continue;
        };
        let rp_id = fields.plain(&["rpId"]).ok().flatten();
        let entry = passkey(fields, rp_id.clone(), name.clone(), options, &mut import.trimmed);
        import.add(place, rp_id, entry);
    }
}

fn passkey(
    mut fields: Fields<'_>,
    rp_id: Option<String>,
    name: Option<String>,
    options: &mut Options<'_>,
    trimmed: &mut usize,
) -> Result<Passkey, Reason> {
    if fields.number(&["counter"])?.is_some_and(|count| count != 0) {
        return Err(Reason::Counter);
    }
    let key = fields.bytes(&["keyValue"])?.ok_or(Reason::Missing("keyValue"))?;
    let id = fields
        .plain(&["credentialId"])?
        .ok_or(Reason::Missing("credentialId"))?;
    let created = fields.plain(&["creationDate"])?;
    let discoverable = fields.truth(&["discoverable"])?.unwrap_or(true);
    // The key itself says what it is.
    for told_twice in ["keyType", "keyAlgorithm", "keyCurve"] {
        let _ = fields.plain(&[told_twice])?;
    }
    let parts = Parts {
        credential_id: credential_id(&id).ok_or(Reason::Field("credentialId"))?,
        user_id: fields.bytes(&["userHandle"])?.map(|id| id.to_vec()),
        user_name: fields.plain(&["userName"])?,
        user_display_name: fields.plain(&["userDisplayName"])?,
        key: crate::key::from_pkcs8(&key)?,
        seeds: None,
        created_at: match created {
            Some(date) => Some(seconds(&date).ok_or(Reason::Field("creationDate"))?),
            None => None,
        },
        flags: options.backup_flags.unwrap_or(SYNCED),
        rp_id,
    };
    let mut credential = parts.credential(options)?;
    credential.discoverable = discoverable;
    let rest = fields.rest();
    let foreign = rest
        .as_ref()
        .and_then(|rest| Foreign::new(Format::Bitwarden, rest.clone()));
    *trimmed = trimmed.saturating_add(usize::from(rest.is_some() && foreign.is_none()));
    Ok(Passkey {
        label: name.filter(|name| name != credential.rp_id.as_str()),
        credential,
        large_blob: None,
        foreign,
    })
}

/// `b64.` and base64url, or a UUID.
fn credential_id(text: &str) -> Option<Vec<u8>> {
    if let Some(encoded) = text.strip_prefix("b64.") {
        return base64(encoded).map(|bytes| bytes.to_vec());
    }
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    if groups != [8, 4, 4, 4, 12] {
        return None;
    }
    let number = u128::from_str_radix(&text.replace('-', ""), 16).ok()?;
    Some(number.to_be_bytes().to_vec())
}

/// Seconds since 1970 of `2024-06-07T14:12:36.150Z`.
fn seconds(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time.split('.').next()?, ':')?;
    let valid = (1970..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    if !valid {
        return None;
    }
    // Years that begin in March, so that the leap day comes last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((days.checked_sub(DAYS_TO_1970)? * 86_400) + hour * 3_600 + minute * 60 + second)
}

/// From the first of March of the year 0 to 1970.
const DAYS_TO_1970: u64 = 719_468;

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let parts: Vec<u64> = text
        .split(separator)
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    parts.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_seconds() {
        for (date, expected) in [
            ("1970-01-01T00:00:00.000Z", Some(0)),
            ("2024-06-07T14:12:36.150Z", Some(1_717_769_556)),
            ("2024-02-29T23:59:59Z", Some(1_709_251_199)),
            ("2000-03-01T00:00:00Z", Some(951_868_800)),
            ("1969-12-31T23:59:59Z", None),
            ("2024-13-01T00:00:00Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(seconds(date), expected, "{date}");
        }
    }

    #[test]
    fn a_uuid_means_its_bytes() {
        let id = credential_id("f1d2d2f9-24e9-86ac-86fd-f7b36c94bcdf").unwrap();
        assert_eq!(hex::encode(id), "f1d2d2f924e986ac86fdf7b36c94bcdf");
        assert_eq!(credential_id("b64.AQID").unwrap(), [1, 2, 3]);
        assert_eq!(credential_id("f1d2d2f9"), None);
    }
}
