//! Strict canonical CBOR as CTAP2 demands it, both ways.
//!
//! CTAP 2.3 §8 ("Message Encoding") allows one encoding per value, the *CTAP2 canonical CBOR encoding form*:
//!
//! ```text
//! integers, lengths   as short as possible
//! lengths             definite
//! map keys            unique; sorted by major type, then by encoded length, then byte by byte
//! tags                none
//! nesting             at most 4 levels of maps and arrays
//! input               exactly one item, no bytes after it
//! ```
//!
//! [`decode`] accepts nothing else and borrows from its input; [`encode`] can't write anything else, because a
//! [`Map`] keeps its keys unique and in order. Peers are as strict: a map in the wrong order is fatal for Chromium.
//!
//! ```
//! use roamkey_cbor::{Map, Value, decode, encode};
//!
//! let descriptor = Map::new().with("type", "public-key").with("id", &[1_u8, 2, 3]);
//! let bytes = encode(&Value::from(descriptor));
//!
//! let value = decode(&bytes)?;
//! let map = value.as_map().ok_or("not a map")?;
//! assert_eq!(map.get("id").and_then(Value::as_bytes), Some(&[1, 2, 3][..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod convert;
mod decode;
mod encode;
mod error;
mod map;
mod value;

pub use decode::{MAX_DEPTH, decode, decode_prefix, decode_with_depth};
pub use encode::{encode, encode_into, encoded_len};
pub use error::Error;
pub use map::Map;
pub use value::{Float, Value};
