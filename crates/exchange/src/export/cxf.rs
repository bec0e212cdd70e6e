//! CXF 1.0, one item for each passkey, written as they come.
//!
//! What CXF has no field for stands in an extension named `roamkey`, which other programs pass over:
//!
//! ```text
//! item     { name, label, backupEligible, backupState, credProtect, discoverable, foreign }
//! account  { name, version, madeAt, count, activityHead }
//! ```
//!
//! Fields that came from another program's CXF stand where they stood there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use roamkey_authenticator::Credential;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::backup::{BackupInfo, EXTENSION, EXTENSION_VERSION};
use crate::fields::base64url;
use crate::{Format, Passkey};

/// Writes a CXF file, passkey by passkey.
pub struct CxfWriter<W> {
    out: W,
    made_at: u64,
    count: u64,
}

impl<W: Write> CxfWriter<W> {
    /// Begins a file that is made at `made_at`, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn new(mut out: W, made_at: u64) -> io::Result<Self> {
        write!(
            out,
            r#"{{"version":{{"major":1,"minor":0}},"exporterRpId":"{EXPORTER}","exporterDisplayName":"Roamkey","#
        )?;
        write!(
            out,
            r#""timestamp":{made_at},"accounts":[{{"id":"{ACCOUNT}","username":"","email":"","collections":[],"items":["#
        )?;
        Ok(Self {
            out,
            made_at,
            count: 0,
        })
    }

    /// Writes a passkey.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn push(&mut self, passkey: &Passkey) -> io::Result<()> {
        if self.count > 0 {
            self.out.write_all(b",")?;
        }
        self.count = self.count.saturating_add(1);
        write_item(&mut self.out, passkey)
    }

    /// Ends the file, and returns the writer and what the file says of itself.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn finish(mut self, activity_head: Option<&str>) -> io::Result<(W, BackupInfo)> {
        let info = BackupInfo {
            made_at: self.made_at,
            count: self.count,
            activity_head: activity_head.map(str::to_owned),
        };
        let own = OwnAccount {
            name: EXTENSION,
            version: EXTENSION_VERSION,
            made_at: info.made_at,
            count: info.count,
            activity_head,
        };
        self.out.write_all(br#"],"extensions":["#)?;
        serde_json::to_writer(&mut self.out, &own)?;
        self.out.write_all(b"]}]}")?;
        Ok((self.out, info))
    }
}

impl<W> fmt::Debug for CxfWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CxfWriter")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// What CXF asks for: a name that is looked up as a relying party's. There is no site behind this program.
const EXPORTER: &str = "roamkey.invalid";
/// Base64url of `roamkey`: there is one account in a file.
const ACCOUNT: &str = "cm9hbWtleQ";

type Fields<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    id: &'a str,
    creation_at: u64,
    modified_at: u64,
    title: &'a str,
    favorite: bool,
    scope: Scope,
    credentials: [Key<'a>; 1],
    tags: [&'a str; 0],
    extensions: [Own<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scope {
    urls: [String; 1],
    android_apps: [String; 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Key<'a> {
    r#type: &'static str,
    credential_id: &'a str,
    rp_id: &'a str,
    username: &'a str,
    user_display_name: &'a str,
    user_handle: &'a str,
    key: &'a str,
    fido2_extensions: Extensions<'a>,
    #[serde(flatten)]
    foreign: Fields<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Extensions<'a> {
    hmac_credentials: Seeds<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cred_blob: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large_blob: Option<Blob<'a>>,
    #[serde(flatten)]
    foreign: Fields<'a>,
}

#[derive(Serialize)]
struct Seeds<'a> {
    algorithm: &'static str,
    #[serde(rename = "credWithUV")]
    with_uv: &'a str,
    #[serde(rename = "credWithoutUV")]
    without_uv: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Blob<'a> {
    uncompressed_size: u64,
    data: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Own<'a> {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    backup_eligible: bool,
    backup_state: bool,
    cred_protect: u8,
    discoverable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    foreign: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnAccount<'a> {
    name: &'static str,
    version: u64,
    made_at: u64,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_head: Option<&'a str>,
}

/// Fields of another program's CXF, as the importer keeps them.
#[derive(Default, Deserialize)]
struct Foreign<'a> {
    #[serde(borrow, default)]
    credential: Fields<'a>,
    #[serde(borrow, default, rename = "fido2Extensions")]
    extensions: Fields<'a>,
}

fn write_item(out: &mut impl Write, passkey: &Passkey) -> io::Result<()> {
    let credential = &passkey.credential;
    let rp_id = credential.rp_id.as_str();
    let key = base64url(&crate::key::to_pkcs8(&credential.key));
    let with_uv = base64url(credential.prf_seeds.with_uv.as_bytes());
    let without_uv = base64url(credential.prf_seeds.without_uv.as_bytes());
    let cred_blob = credential.cred_blob.as_ref().map(|blob| base64url(blob));
    let large_blob = passkey
        .large_blob
        .as_ref()
        .map(|blob| (base64url(&blob.data), blob.original_size));
    let foreign = passkey.foreign.as_ref();
    let own_place = foreign.filter(|foreign| foreign.format() == Format::Cxf);
    let elsewhere = foreign
        .filter(|_| own_place.is_none())
        .map(crate::Foreign::to_bytes);
    let Foreign {
        credential: foreign_fields,
        extensions: foreign_extensions,
    } = match own_place {
        Some(foreign) => serde_json::from_str(foreign.json())?,
        None => Foreign::default(),
    };
    let item = Item {
        id: &base64url(&item_id(credential)),
        creation_at: credential.created_at.0,
        modified_at: credential.created_at.0,
        title: passkey.label.as_deref().unwrap_or(rp_id),
        favorite: false,
        scope: Scope {
            urls: [format!("https://{rp_id}")],
            android_apps: [],
        },
        credentials: [Key {
            r#type: "passkey",
            credential_id: &base64url(credential.id.as_bytes()),
            rp_id,
            username: credential.user.name.as_deref().unwrap_or_default(),
            user_display_name: credential.user.display_name.as_deref().unwrap_or_default(),
            user_handle: &base64url(credential.user.id.as_bytes()),
            key: &key,
            fido2_extensions: Extensions {
                hmac_credentials: Seeds {
                    algorithm: "hmac-sha256",
                    with_uv: &with_uv,
                    without_uv: &without_uv,
                },
                cred_blob: cred_blob.as_ref().map(|text| text.as_str()),
                large_blob: large_blob.as_ref().map(|(data, size)| Blob {
                    uncompressed_size: *size,
                    data,
                }),
                foreign: foreign_extensions,
            },
            foreign: foreign_fields,
        }],
        tags: [],
        extensions: [Own {
            name: EXTENSION,
            label: passkey.label.as_deref(),
            backup_eligible: credential.backup_eligible,
            backup_state: credential.backup_state,
            cred_protect: credential.cred_protect.level(),
            discoverable: credential.discoverable,
            foreign: elsewhere
                .as_ref()
                .and_then(|bytes| std::str::from_utf8(bytes).ok()),
        }],
    };
    serde_json::to_writer(out, &item).map_err(io::Error::from)
}

/// An item's id: the same for the same passkey, and telling nothing else.
fn item_id(credential: &Credential) -> [u8; 16] {
    let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        <[u8; 32]>::from(Sha256::digest(credential.id.as_bytes()));
    id
}
