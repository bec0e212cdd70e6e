//! Why bytes are not canonical CBOR (CTAP 2.3 §8).

/// Why bytes are not one item of canonical CBOR. The sender is at fault in every case.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input ends inside an item, or an item claims to be longer than the input.
    #[error("the input ends inside an item")]
    Truncated,
    /// Bytes follow the item.
    #[error("bytes follow the item")]
    Trailing,
    /// An integer or a length is written in more bytes than it needs.
    #[error("an integer or length is not written in its shortest form")]
    NotShortest,
    /// A string, array or map has no definite length.
    #[error("an item has no definite length")]
    Indefinite,
    /// A tag; CTAP2 forbids them.
    #[error("an item is tagged")]
    Tagged,
    /// An additional information value (28 to 30), or a break without a beginning, that CBOR reserves.
    #[error("an item begins with a reserved byte")]
    Reserved,
    /// A simple value other than false, true, null and undefined.
    #[error("an unassigned simple value")]
    UnassignedSimple,
    /// A text string that is not UTF-8.
    #[error("a text string is not UTF-8")]
    NotUtf8,
    /// A map has the same key twice.
    #[error("a map has the same key twice")]
    DuplicateKey,
    /// A map's keys are not in canonical order.
    #[error("the keys of a map are not in canonical order")]
    UnsortedKeys,
    /// Maps and arrays are nested deeper than allowed.
    #[error("maps and arrays are nested too deep")]
    TooDeep,
}
