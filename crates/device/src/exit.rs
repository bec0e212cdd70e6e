//! Exit codes: what a program's end tells the one that started it. `docs/user/cli.md` lists them; 0 is success, 2 a wrong
//! command line.

use crate::ErrorCode;

/// A fault of Roamkey's own.
pub const INTERNAL: u8 = 1;
/// Somebody said no, or nobody answered.
pub const REFUSED: u8 = 3;
/// The other end took its request back.
pub const WITHDRAWN: u8 = 4;
/// The code, the picture or the options are not what they should be.
pub const CODE: u8 = 5;
/// Bluetooth.
pub const BLUETOOTH: u8 = 6;
/// The tunnel service, or the way to it.
pub const TUNNEL: u8 = 7;
/// The other end.
pub const PEER: u8 = 8;
/// The keyring, or a passkey in it.
pub const KEYRING: u8 = 9;
/// The person could not be verified.
pub const VERIFICATION: u8 = 10;
/// No passkey fits, or one does that should not.
pub const NO_MATCH: u8 = 11;
/// This machine: its clock, its folders, its policy.
pub const MACHINE: u8 = 12;
/// Backups, words and files of passkeys.
pub const RECOVERY: u8 = 13;

impl ErrorCode {
    /// The exit code of a program that ends for this reason.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table without a catch-all")]
    pub fn exit(self) -> u8 {
        match self {
            Self::PictureUnreadable
            | Self::NotAPicture
            | Self::PictureTooLarge
            | Self::NoCodeInPicture
            | Self::NoCodeInClipboard
            | Self::ScreenUnavailable
            | Self::NotASignInCode
            | Self::DamagedCode
            | Self::CodeTooOld
            | Self::CodeFromTheFuture
            | Self::CodeUsed
            | Self::OptionsInvalid
            | Self::OriginInvalid
            | Self::OptionsUnreadable
            | Self::RpIdMismatch
            | Self::PictureUnwritable
            | Self::OriginNotRelated
            | Self::RelatedOriginsUnreachable
            | Self::RelatedOriginsInvalid => CODE,
            Self::TunnelServiceUnassigned
            | Self::TunnelServiceUnknownToBrowser
            | Self::TunnelNameLookup
            | Self::TunnelUnreachable
            | Self::TunnelNotTrusted
            | Self::TunnelRefused
            | Self::TunnelProtocol
            | Self::TunnelTimeout
            | Self::TunnelLost
            | Self::TunnelRedirected => TUNNEL,
            Self::BluetoothNoService
            | Self::BluetoothNoAdapter
            | Self::BluetoothOff
            | Self::BluetoothNotPermitted
            | Self::BluetoothCannotAdvertise
            | Self::BluetoothTimeout
            | Self::BluetoothFailed
            | Self::BluetoothCannotListen => BLUETOOTH,
            Self::NobodyCame
            | Self::HandshakeFailed
            | Self::PeerBrokeProtocol
            | Self::NoRequest
            | Self::AnswerLost
            | Self::RequestNotSupported
            | Self::NobodyScanned
            | Self::PhoneHandshakeTimeout
            | Self::PhoneIntroductionTimeout
            | Self::PhonePersonTimeout
            | Self::PhoneTunnelUnassigned
            | Self::PhoneTooNew
            | Self::PhoneHandshakeFailed
            | Self::PhoneIntroductionWrong
            | Self::PhoneIntroductionTooLong
            | Self::PhoneOffersNoPasskeys
            | Self::PhoneOutOfTurn
            | Self::PhoneBrokeProtocol
            | Self::PhoneLeft
            | Self::PhoneCannot
            | Self::PhoneFull
            | Self::PhoneFailed
            | Self::PhoneAnswerMalformed
            | Self::PhoneAnswerOtherSite
            | Self::PhoneAnswerOtherPasskey
            | Self::PhoneAnswerOtherAlgorithm
            | Self::PhoneAnswerUnverified
            | Self::PhoneAnswerBadSignature
            | Self::PhoneKeyAgreementFailed => PEER,
            Self::Refused
            | Self::QuestionTimeout
            | Self::NobodyToAsk
            | Self::NotConfirmed
            | Self::NobodyToConfirm
            | Self::Cancelled
            | Self::PhoneRefused => REFUSED,
            Self::Withdrawn => WITHDRAWN,
            Self::AlreadyRegistered
            | Self::NoPasskey
            | Self::PasskeyNotFound
            | Self::PasskeyIdAmbiguous
            | Self::PasskeyIdUnfit
            | Self::PasskeyRemoved
            | Self::PasskeyNotRemoved
            | Self::LabelUnfit
            | Self::PolicyBlocked
            | Self::PhoneAlreadyRegistered
            | Self::PhoneNoPasskey => NO_MATCH,
            Self::PinNotSet
            | Self::PinNotAllowed
            | Self::PinTooShort
            | Self::PinAlreadySet
            | Self::PinWrong
            | Self::PinLocked
            | Self::PinUnfit
            | Self::OsVerificationRoot
            | Self::OsVerificationMissing
            | Self::OsVerificationNotInstalled
            | Self::OsVerificationUnasked
            | Self::OsVerificationNotAllowed
            | Self::OsVerificationNoPrompt
            | Self::OsVerificationTimeout
            | Self::OsVerificationFailed
            | Self::PhoneNotVerified
            | Self::PhoneCannotVerify => VERIFICATION,
            Self::KeyringLocked
            | Self::KeyringMissing
            | Self::KeyringTimeout
            | Self::KeyringFailed
            | Self::KeyringOther
            | Self::PasskeyDamaged
            | Self::PasskeyTooNew
            | Self::VaultBusy
            | Self::VaultFailed
            | Self::PassphraseNeeded
            | Self::PassphraseWrong
            | Self::PassphraseUnfit
            | Self::PassphraseUnreadable
            | Self::StoreThere
            | Self::StoreInKeyring
            | Self::StoreDamaged
            | Self::ActivityUnreadable
            | Self::ActivityBroken => KEYRING,
            Self::PolicyUnusable
            | Self::ClockWrong
            | Self::FolderUnusable
            | Self::FolderFull
            | Self::FolderNotPrivate
            | Self::SettingsDamaged
            | Self::DialogUnavailable
            | Self::FileNotOpened
            | Self::AutostartFailed => MACHINE,
            Self::RecoveryNotSetUp
            | Self::RecoveryAlreadySetUp
            | Self::WordsWrong
            | Self::WordsDoNotFit
            | Self::WordsNotConfirmed
            | Self::WordsOfAnother
            | Self::SharesWrong
            | Self::SharesTooFew
            | Self::SharesNumbers
            | Self::PassphraseWeak
            | Self::FilePassphraseWrong
            | Self::KeyOfOtherKind
            | Self::FileUnreadable
            | Self::FileNotWritten
            | Self::FileExists
            | Self::FileTooLarge
            | Self::FileUnknown
            | Self::FileDamaged
            | Self::FileCutOff
            | Self::FileTooNew
            | Self::FileUnsafe
            | Self::FileProtected
            | Self::FileOfAccount
            | Self::BackupKeysFail
            | Self::ScheduleFailed
            | Self::RestoreIncomplete => RECOVERY,
            Self::Internal => INTERNAL,
        }
    }
}
