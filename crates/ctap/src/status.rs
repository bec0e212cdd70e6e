//! The first byte of a response (CTAP 2.3 §8.2).

macro_rules! status_codes {
    ($($(#[$doc:meta])* $name:ident = $byte:literal,)*) => {
        /// A CTAP status code.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum StatusCode {
            $($(#[$doc])* $name,)*
            /// A code that CTAP 2.3 does not assign, or assigns to an extension or a vendor.
            Unassigned(u8),
        }

        impl StatusCode {
            /// Returns the byte on the wire.
            #[must_use]
            pub fn byte(self) -> u8 {
                match self {
                    $(Self::$name => $byte,)*
                    Self::Unassigned(byte) => byte,
                }
            }
        }

        impl From<u8> for StatusCode {
            fn from(byte: u8) -> Self {
                match byte {
                    $($byte => Self::$name,)*
                    _ => Self::Unassigned(byte),
                }
            }
        }
    };
}

status_codes! {
    /// Success.
    Ok = 0x00,
    /// The command is not supported.
    InvalidCommand = 0x01,
    /// A parameter has a value that is not allowed.
    InvalidParameter = 0x02,
    /// The message or an item has a wrong length.
    InvalidLength = 0x03,
    /// The message sequence is wrong.
    InvalidSequence = 0x04,
    /// The message timed out.
    Timeout = 0x05,
    /// The channel is busy.
    ChannelBusy = 0x06,
    /// The command needs a channel lock.
    LockRequired = 0x0A,
    /// The command is not allowed on this channel.
    InvalidChannel = 0x0B,
    /// A CBOR item has another type than the parameter demands.
    CborUnexpectedType = 0x11,
    /// The parameters are not canonical CBOR.
    InvalidCbor = 0x12,
    /// A required parameter is missing.
    MissingParameter = 0x14,
    /// A limit on number or size of items is exceeded.
    LimitExceeded = 0x15,
    /// The fingerprint database is full.
    FpDatabaseFull = 0x17,
    /// The large blob storage is full.
    LargeBlobStorageFull = 0x18,
    /// A credential of the exclude list exists here.
    CredentialExcluded = 0x19,
    /// Processing goes on.
    Processing = 0x21,
    /// The credential is not valid for this authenticator.
    InvalidCredential = 0x22,
    /// The person has to act.
    UserActionPending = 0x23,
    /// An operation is pending.
    OperationPending = 0x24,
    /// No operation is pending.
    NoOperations = 0x25,
    /// None of the algorithms is supported.
    UnsupportedAlgorithm = 0x26,
    /// The person, or a rule, said no.
    OperationDenied = 0x27,
    /// There is no room for another credential.
    KeyStoreFull = 0x28,
    /// An option is not supported.
    UnsupportedOption = 0x2B,
    /// An option is not valid for this operation.
    InvalidOption = 0x2C,
    /// A pending operation was cancelled.
    KeepaliveCancel = 0x2D,
    /// There is no credential for this request.
    NoCredentials = 0x2E,
    /// The person did not act in time.
    UserActionTimeout = 0x2F,
    /// The command is not allowed at this point.
    NotAllowed = 0x30,
    /// The PIN is wrong.
    PinInvalid = 0x31,
    /// The PIN is blocked.
    PinBlocked = 0x32,
    /// `pinUvAuthParam` does not verify.
    PinAuthInvalid = 0x33,
    /// PIN authentication is blocked until the next power cycle.
    PinAuthBlocked = 0x34,
    /// No PIN is set.
    PinNotSet = 0x35,
    /// A `pinUvAuthToken` is required.
    PuatRequired = 0x36,
    /// The PIN breaks the PIN policy.
    PinPolicyViolation = 0x37,
    /// The message is too large.
    RequestTooLarge = 0x39,
    /// The action took too long.
    ActionTimeout = 0x3A,
    /// User presence is required.
    UpRequired = 0x3B,
    /// Built-in user verification is blocked.
    UvBlocked = 0x3C,
    /// A checksum is wrong.
    IntegrityFailure = 0x3D,
    /// The subcommand is not supported.
    InvalidSubcommand = 0x3E,
    /// Built-in user verification failed.
    UvInvalid = 0x3F,
    /// The permission is not granted to this token.
    UnauthorizedPermission = 0x40,
    /// Any other error.
    Other = 0x7F,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_one_code_and_back() {
        for byte in 0..=u8::MAX {
            assert_eq!(StatusCode::from(byte).byte(), byte);
        }
        assert_eq!(StatusCode::from(0x13), StatusCode::Unassigned(0x13));
    }
}
