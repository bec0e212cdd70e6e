//! Names of a tunnel: tunnel ID and routing ID (CTAP 2.3 §11.5).
//!
//! In paths and headers they are hexadecimal: upper case when written, any case when read.

use std::fmt;
use std::str::FromStr;

/// Defines a public identifier that is written in hexadecimal.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Length in bytes; the hexadecimal form is twice as long.
            pub const LENGTH: usize = $length;

            /// Takes the bytes as they are.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Lends the bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// Writes upper-case hexadecimal.
            #[must_use]
            pub fn to_hex(&self) -> String {
                hex(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            /// Reads hexadecimal of exactly the right length, upper or lower case.
            fn from_str(text: &str) -> Result<Self, IdError> {
                let mut bytes = [0; $length];
                unhex(text, &mut bytes)?;
                Ok(Self(bytes))
            }
        }

        impl fmt::Debug for $name {
            /// Prints the first four digits: enough to tell two apart in a log.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [first, second, ..] = self.0;
                write!(f, "{}({first:02X}{second:02X}…)", stringify!($name))
            }
        }
    };
}

identifier! {
    /// The name of a tunnel at the tunnel service, derived from the QR secret.
    TunnelId, 16
}

identifier! {
    /// What the tunnel service gave the authenticator so that the client platform's request reaches the same node.
    /// It travels in the advert.
    RoutingId, 3
}

/// Why text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// Longer or shorter than the identifier.
    #[error("wrong number of hexadecimal digits")]
    Length,
    /// A sign that is no hexadecimal digit.
    #[error("not a hexadecimal digit")]
    NotADigit,
}

/// Writes upper-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Reads hexadecimal of either case into the whole of `bytes`.
pub(crate) fn unhex(text: &str, bytes: &mut [u8]) -> Result<(), IdError> {
    if text.len() != bytes.len() * 2 {
        return Err(IdError::Length);
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digits
            .iter()
            .try_fold(0_u8, |value, digit| {
                let digit = char::from(*digit)
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok());
                digit.map(|digit| (value << 4) | digit)
            })
            .ok_or(IdError::NotADigit)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn debug_shortens_to_four_digits() {
        let id = TunnelId::from_bytes([0xE0; 16]);
        assert_eq!(format!("{id:?}"), "TunnelId(E0E0…)");
    }

    proptest! {
        #[test]
        fn hex_round_trips_in_both_cases(bytes: [u8; 16]) {
            let id = TunnelId::from_bytes(bytes);
            prop_assert_eq!(id.to_hex().parse(), Ok(id));
            prop_assert_eq!(id.to_hex().to_lowercase().parse(), Ok(id));
        }

        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            let _ = text.parse::<TunnelId>();
            let _ = text.parse::<RoutingId>();
        }
    }
}
