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
        use ErrorCode as E;
        match self {
            E::PictureUnreadable
            | E::NotAPicture
            | E::PictureTooLarge
            | E::NoCodeInPicture
            | E::NoCodeInClipboard
            | E::ScreenUnavailable
            | E::NotASignInCode
            | E::DamagedCode
            | E::CodeTooOld
            | E::CodeFromTheFuture
            | E::CodeUsed
            | E::OptionsInvalid
            | E::OriginInvalid
            | E::OptionsUnreadable
            | E::RpIdMismatch
            | E::PictureUnwritable
            | E::OriginNotRelated
            | E::RelatedOriginsUnreachable
            | E::RelatedOriginsInvalid => CODE,
            E::TunnelServiceUnassigned
            | E::TunnelServiceUnknownToBrowser
            | E::TunnelNameLookup
            | E::TunnelUnreachable
            | E::TunnelNotTrusted
            | E::TunnelRefused
            | E::TunnelProtocol
            | E::TunnelTimeout
            | E::TunnelLost
            | E::TunnelRedirected => TUNNEL,
            E::BluetoothNoService
            | E::BluetoothNoAdapter
            | E::BluetoothOff
            | E::BluetoothNotPermitted
            | E::BluetoothCannotAdvertise
            | E::BluetoothTimeout
            | E::BluetoothFailed
            | E::BluetoothCannotListen => BLUETOOTH,
            E::NobodyCame
            | E::HandshakeFailed
            | E::PeerBrokeProtocol
            | E::NoRequest
            | E::AnswerLost
            | E::RequestNotSupported
            | E::NobodyScanned
            | E::PhoneHandshakeTimeout
            | E::PhoneIntroductionTimeout
            | E::PhonePersonTimeout
            | E::PhoneTunnelUnassigned
            | E::PhoneTooNew
            | E::PhoneHandshakeFailed
            | E::PhoneIntroductionWrong
            | E::PhoneIntroductionTooLong
            | E::PhoneOffersNoPasskeys
            | E::PhoneOutOfTurn
            | E::PhoneBrokeProtocol
            | E::PhoneLeft
            | E::PhoneCannot
            | E::PhoneFull
            | E::PhoneFailed
            | E::PhoneAnswerMalformed
            | E::PhoneAnswerOtherSite
            | E::PhoneAnswerOtherPasskey
            | E::PhoneAnswerOtherAlgorithm
            | E::PhoneAnswerUnverified
            | E::PhoneAnswerBadSignature
            | E::PhoneKeyAgreementFailed => PEER,
            E::Refused
            | E::QuestionTimeout
            | E::NobodyToAsk
            | E::NotConfirmed
            | E::NobodyToConfirm
            | E::Cancelled
            | E::PhoneRefused => REFUSED,
            E::Withdrawn => WITHDRAWN,
            E::AlreadyRegistered
            | E::NoPasskey
            | E::PasskeyNotFound
            | E::PasskeyIdAmbiguous
            | E::PasskeyIdUnfit
            | E::PasskeyRemoved
            | E::PasskeyNotRemoved
            | E::LabelUnfit
            | E::PolicyBlocked
            | E::PhoneAlreadyRegistered
            | E::PhoneNoPasskey => NO_MATCH,
            E::PinNotSet
            | E::PinNotAllowed
            | E::PinTooShort
            | E::PinAlreadySet
            | E::PinWrong
            | E::PinLocked
            | E::PinUnfit
            | E::OsVerificationRoot
            | E::OsVerificationMissing
            | E::OsVerificationNotInstalled
            | E::OsVerificationUnasked
            | E::OsVerificationNotAllowed
            | E::OsVerificationNoPrompt
            | E::OsVerificationTimeout
            | E::OsVerificationFailed
            | E::PhoneNotVerified
            | E::PhoneCannotVerify => VERIFICATION,
            E::KeyringLocked
            | E::KeyringMissing
            | E::KeyringTimeout
            | E::KeyringFailed
            | E::KeyringOther
            | E::PasskeyDamaged
            | E::PasskeyTooNew
            | E::VaultBusy
            | E::VaultFailed
            | E::PassphraseNeeded
            | E::PassphraseWrong
            | E::PassphraseUnfit
            | E::PassphraseUnreadable
            | E::StoreThere
            | E::StoreInKeyring
            | E::StoreDamaged
            | E::ActivityUnreadable
            | E::ActivityBroken => KEYRING,
            E::PolicyUnusable
            | E::ClockWrong
            | E::FolderUnusable
            | E::FolderFull
            | E::FolderNotPrivate
            | E::SettingsDamaged
            | E::DialogUnavailable
            | E::FileNotOpened
            | E::AutostartFailed => MACHINE,
            E::RecoveryNotSetUp
            | E::RecoveryAlreadySetUp
            | E::WordsWrong
            | E::WordsDoNotFit
            | E::WordsNotConfirmed
            | E::WordsOfAnother
            | E::SharesWrong
            | E::SharesTooFew
            | E::SharesNumbers
            | E::PassphraseWeak
            | E::FilePassphraseWrong
            | E::KeyOfOtherKind
            | E::FileUnreadable
            | E::FileNotWritten
            | E::FileExists
            | E::FileTooLarge
            | E::FileUnknown
            | E::FileDamaged
            | E::FileCutOff
            | E::FileTooNew
            | E::FileUnsafe
            | E::FileProtected
            | E::FileOfAccount
            | E::BackupKeysFail
            | E::ScheduleFailed
            | E::RestoreIncomplete => RECOVERY,
            E::Internal => INTERNAL,
        }
    }
}
