//! Ranges of addresses, as configurations write them: `192.0.2.0/24`, `2001:db8::/32`, or one address alone (RFC 4632,
//! RFC 4291 §2.3).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::Deserialize;

/// All addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AddressRange {
    first: IpAddr,
    bits: u8,
}

/// Why a text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RangeError {
    /// Neither an IPv4 nor an IPv6 address.
    #[error("`{0}` is not an address or a range like 192.0.2.0/24")]
    Address(String),
    /// The number behind the slash.
    #[error("`{text}`: the prefix is a number from 0 to {most}")]
    Prefix {
        /// The whole text.
        text: String,
        /// Bits of an address of this kind.
        most: u8,
    },
    /// An address within the range instead of its first one; it may be a slip in either number.
    #[error("`{text}` has bits behind its prefix; its range is {range}")]
    Host {
        /// The whole text.
        text: String,
        /// The range that this address is in.
        range: AddressRange,
    },
}

impl AddressRange {
    /// Whether `address` is in it. An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is an IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && first_of(address, self.bits) == self.first
    }
}

impl FromStr for AddressRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address
            .parse()
            .map_err(|_| RangeError::Address(text.to_owned()))?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match prefix {
            None => most,
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|bits| *bits <= most && digits.bytes().all(|digit| digit.is_ascii_digit()))
                .ok_or_else(|| RangeError::Prefix {
                    text: text.to_owned(),
                    most,
                })?,
        };
        let range = Self {
            first: first_of(address, bits),
            bits,
        };
        if range.first == address {
            Ok(range)
        } else {
            Err(RangeError::Host {
                text: text.to_owned(),
                range,
            })
        }
    }
}

impl TryFrom<String> for AddressRange {
    type Error = RangeError;

    fn try_from(text: String) -> Result<Self, RangeError> {
        text.parse()
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

/// The address with all bits behind the first `bits` cleared.
fn first_of(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX
                .checked_shl(32_u32.saturating_sub(bits.into()))
                .unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX
                .checked_shl(128_u32.saturating_sub(bits.into()))
                .unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_holds_what_begins_with_its_bits() {
        for (text, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
            ("192.0.2.0/24", "::ffff:192.0.2.1", "::ffff:192.0.3.1"),
        ] {
            assert!(range(text).contains(address(inside)), "{inside} in {text}");
            assert!(!range(text).contains(address(outside)), "{outside} in {text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_range_is_told() {
        for (text, expected) in [
            ("", "not an address"),
            ("localhost", "not an address"),
            ("192.0.2.0/33", "0 to 32"),
            ("2001:db8::/129", "0 to 128"),
            ("192.0.2.0/", "0 to 32"),
            ("192.0.2.0/+8", "0 to 32"),
            ("192.0.2.1/24", "its range is 192.0.2.0/24"),
            ("2001:db8::1/64", "its range is 2001:db8::/64"),
        ] {
            let error = text.parse::<AddressRange>().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = text.parse::<AddressRange>();
        }

        #[test]
        fn a_range_reads_back_and_holds_its_first_address(bits in 0..=128_u8, number in any::<u128>()) {
            let first = first_of(IpAddr::V6(number.into()), bits);
            let range = range(&format!("{first}/{bits}"));
            prop_assert_eq!(range.to_string().parse(), Ok(range));
            // An address that stands for an IPv4 one is in IPv4 ranges only.
            prop_assert_eq!(range.contains(first), first.to_canonical() == first);
        }
    }
}
