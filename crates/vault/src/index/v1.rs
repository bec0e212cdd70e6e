//! The first layout of the index, to read it once: see [`OldIndex::migrate`](super::OldIndex::migrate).
//!
//! ```text
//! passkey    record_id, rp, credential as in the present layout
//!            fixed     sealed, for rp and credential too: map of layout (1), 2 to 11: the facts as in the record
//!            changing  sealed: map of layout (1), 2: last use (s), 3: uses, 4: label, 5: state, 6: backup state
//! pending, seal        as in the present layout
//! seal key   HKDF-SHA-256(index key, info "roamkey index seal v1")
//! sealed     nonce (24) ‖ XChaCha20-Poly1305(seal key, nonce, padded CBOR, place) ‖ tag (16)
//! place      column (1) ‖ record id (16) ‖ rp, credential; columns are 1: fixed, 2: changing, 3: check
//! ```

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use roamkey_cbor::Value;
use rusqlite::Connection;
use zeroize::Zeroizing;

use super::seal::{SealBroken, read_padded};
use super::{Changing, IndexError, RecordId, Row, RowState};
use crate::record::Facts;

/// Opens columns of the first layout.
pub(super) struct Seal(XChaCha20Poly1305);

/// A row of the first layout: opened, or with what is left of one that does not open.
pub(super) enum OldRow {
    Open(Box<Row>),
    Broken(RecordId),
}

impl Seal {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Reads the constant that shows whether the key is the right one.
    pub(super) fn check(&self, proof: &[u8]) -> Result<i64, SealBroken> {
        self.open(CHECK, &[0; 16], &[], proof, |value| value.as_i64())
    }

    fn open<T>(
        &self,
        column: u8,
        record_id: &[u8],
        bound: &[u8],
        sealed: &[u8],
        read: impl FnOnce(Value<'_>) -> Option<T>,
    ) -> Result<T, SealBroken> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>().ok_or(SealBroken)?;
        let payload = Payload {
            msg: sealed,
            aad: &[&[column], record_id, bound].concat(),
        };
        let plain = self
            .0
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|chacha20poly1305::Error| SealBroken)?;
        read_padded(Zeroizing::new(plain), read)
    }
}

/// Reads all rows.
pub(super) fn rows(connection: &Connection, seal: &Seal) -> Result<Vec<OldRow>, IndexError> {
    let mut statement =
        connection.prepare("SELECT record_id, rp, credential, fixed, changing FROM passkey")?;
    let rows = statement.query_map([], |row| {
        let id = RecordId(row.get(0)?);
        let columns: Columns = (row.get(1)?, row.get(2)?, row.get(3)?);
        let changing: Vec<u8> = row.get(4)?;
        Ok(open_row(seal, id, columns, &changing)
            .map_or(OldRow::Broken(id), |row| OldRow::Open(Box::new(row))))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

type Columns = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

fn open_row(seal: &Seal, id: RecordId, columns: Columns, changing: &[u8]) -> Result<Row, SealBroken> {
    let facts = match columns {
        (Some(rp), Some(credential), Some(fixed)) => {
            let bound = [rp, credential].concat();
            Some(seal.open(FIXED, &id.0, &bound, &fixed, |value| {
                Facts::take_from(&mut value.into_map()?).ok()
            })?)
        }
        (None, None, None) => None,
        _ => return Err(SealBroken),
    };
    let changing = seal.open(CHANGING, &id.0, &[], changing, read_changing)?;
    Ok(Row {
        record_id: id,
        facts,
        changing,
    })
}

fn read_changing(value: Value<'_>) -> Option<Changing> {
    let mut map = value.into_map()?;
    let state = RowState::from_number(map.take(5_u8)?.as_u64()?)?;
    let mut changing = Changing::new(state, map.take(6_u8)?.as_bool()?);
    changing.last_used = map.take(2_u8).and_then(|seconds| seconds.as_u64());
    changing.uses = map.take(3_u8)?.as_u64()?;
    changing.label = map.take(4_u8).and_then(Value::into_text).map(String::from);
    Some(changing)
}

const FIXED: u8 = 1;
const CHANGING: u8 = 2;
const CHECK: u8 = 3;
