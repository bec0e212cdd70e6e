//! Keys and shared secrets: byte arrays that are wiped on drop, print only their name and compare in constant time.

/// Defines a secret of a fixed length.
macro_rules! secret {
    ($(#[$doc:meta])* $vis:vis $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
        $vis struct $name([u8; $length]);

        impl $name {
            /// Takes the bytes as they are.
            #[must_use]
            $vis const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Lends the bytes to be filled.
            #[allow(dead_code, reason = "only derived secrets are filled in place")]
            pub(crate) const fn expose_mut(&mut self) -> &mut [u8; $length] {
                &mut self.0
            }

            /// Lends the bytes. Whoever copies them wipes the copy.
            #[must_use]
            $vis const fn expose(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl subtle::ConstantTimeEq for $name {
            fn ct_eq(&self, other: &Self) -> subtle::Choice {
                self.0.ct_eq(&other.0)
            }
        }
    };
}

secret! {
    /// The 16 random bytes of a QR code, root of all keys of a QR-initiated transaction.
    pub(crate) QrSecret, 16
}

secret! {
    /// The key of an advert: 32 bytes AES-256, 32 bytes HMAC-SHA-256.
    pub(crate) EidKey, 64
}

secret! {
    /// The pre-shared key of the handshake. Only who knows the QR (or link) secret *and* heard the advert has it.
    pub(crate) Psk, 32
}

secret! {
    /// What a linked client platform and the authenticator share instead of a QR secret.
    pub LinkSecret, 32
}

secret! {
    /// The AES-256-GCM key of one direction of a channel.
    pub(crate) TrafficKey, 32
}

secret! {
    /// The plaintext of an advert. It salts the PSK, so it is as secret as the PSK until the transaction is over.
    pub(crate) Eid, 16
}

#[cfg(test)]
mod tests {
    use subtle::ConstantTimeEq as _;

    use super::*;

    #[test]
    fn debug_prints_the_name_only() {
        assert_eq!(format!("{:?}", QrSecret::from_bytes([7; 16])), "QrSecret");
        assert_eq!(format!("{:?}", Psk::from_bytes([7; 32])), "Psk");
    }

    #[test]
    fn secrets_compare_by_content() {
        let psk = Psk::from_bytes([7; 32]);
        assert!(bool::from(psk.ct_eq(&Psk::from_bytes([7; 32]))));
        assert!(!bool::from(psk.ct_eq(&Psk::from_bytes([8; 32]))));
    }
}
