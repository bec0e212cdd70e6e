//! One stable code for each way a sign-in can end other than well.
//!
//! A code is what a window switches on, what `--json` prints and what the user guide explains. It never changes its
//! meaning; [`ErrorCode::ALL`] lets a test demand a text for each.

/// Defines the enum, its wire names and the list of all, so that they can't drift apart.
macro_rules! error_codes {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal,)+) => {
        /// A stable name for what went wrong, grouped by what the person can do about it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])+ $variant,)+ }

        impl ErrorCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it is printed and documented, in snake case.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

error_codes! {
    /// The file can't be read.
    PictureUnreadable = "picture_unreadable",
    /// The file is no picture.
    NotAPicture = "not_a_picture",
    /// The picture is too large.
    PictureTooLarge = "picture_too_large",
    /// The picture shows no QR code.
    NoCodeInPicture = "no_code_in_picture",
    /// The clipboard holds neither a picture nor text.
    NoCodeInClipboard = "no_code_in_clipboard",
    /// The desktop shows no picture of its screen.
    ScreenUnavailable = "screen_unavailable",
    /// The text or code is not a FIDO one.
    NotASignInCode = "not_a_sign_in_code",
    /// A FIDO code that is cut off, altered or made wrongly.
    DamagedCode = "damaged_code",
    /// A code older than a few minutes.
    CodeTooOld = "code_too_old",
    /// A code from the future: a clock is wrong.
    CodeFromTheFuture = "code_from_the_future",
    /// A code that was used before.
    CodeUsed = "code_used",
    /// No tunnel service has this id.
    TunnelServiceUnassigned = "tunnel_service_unassigned",
    /// The browser does not know the chosen tunnel service.
    TunnelServiceUnknownToBrowser = "tunnel_service_unknown_to_browser",

    /// No Bluetooth service runs.
    BluetoothNoService = "bluetooth_no_service",
    /// No Bluetooth adapter.
    BluetoothNoAdapter = "bluetooth_no_adapter",
    /// Bluetooth is off.
    BluetoothOff = "bluetooth_off",
    /// This user may not use Bluetooth.
    BluetoothNotPermitted = "bluetooth_not_permitted",
    /// This adapter or system can't advertise.
    BluetoothCannotAdvertise = "bluetooth_cannot_advertise",
    /// The Bluetooth service does not answer.
    BluetoothTimeout = "bluetooth_timeout",
    /// The Bluetooth service failed otherwise.
    BluetoothFailed = "bluetooth_failed",

    /// The tunnel service's name has no address.
    TunnelNameLookup = "tunnel_name_lookup",
    /// The tunnel service can't be reached.
    TunnelUnreachable = "tunnel_unreachable",
    /// The tunnel service's certificate is not trusted.
    TunnelNotTrusted = "tunnel_not_trusted",
    /// The tunnel service said no.
    TunnelRefused = "tunnel_refused",
    /// What answered is no tunnel service.
    TunnelProtocol = "tunnel_protocol",
    /// The tunnel service does not answer.
    TunnelTimeout = "tunnel_timeout",
    /// The tunnel broke in the middle.
    TunnelLost = "tunnel_lost",

    /// Nobody heard the advert.
    NobodyCame = "nobody_came",
    /// The other device failed the handshake.
    HandshakeFailed = "handshake_failed",
    /// The other device broke the protocol.
    PeerBrokeProtocol = "peer_broke_protocol",
    /// The other device connected and asked nothing.
    NoRequest = "no_request",
    /// Done here, and the answer did not get through.
    AnswerLost = "answer_lost",
    /// The request is not one that this authenticator can serve.
    RequestNotSupported = "request_not_supported",

    /// The person said no.
    Refused = "refused",
    /// Nobody answered the question.
    QuestionTimeout = "question_timeout",
    /// The browser took the request back.
    Withdrawn = "withdrawn",
    /// There is no terminal to ask on.
    NobodyToAsk = "nobody_to_ask",

    /// A passkey of this device is already registered with the site.
    AlreadyRegistered = "already_registered",
    /// No passkey for this site.
    NoPasskey = "no_passkey",

    /// No PIN has been set up.
    PinNotSet = "pin_not_set",
    /// There is a PIN already.
    PinAlreadySet = "pin_already_set",
    /// A policy does not count the PIN.
    PinNotAllowed = "pin_not_allowed",
    /// The PIN is shorter than a policy asks for.
    PinTooShort = "pin_too_short",
    /// The PIN was wrong too often.
    PinWrong = "pin_wrong",
    /// Too many wrong PINs: wait.
    PinLocked = "pin_locked",
    /// The new PIN is too short, too long or was mistyped.
    PinUnfit = "pin_unfit",
    /// The operating system would let root pass unasked.
    OsVerificationRoot = "os_verification_root",
    /// The operating system has nothing that verifies its user.
    OsVerificationMissing = "os_verification_missing",
    /// Roamkey's polkit policy is not installed.
    OsVerificationNotInstalled = "os_verification_not_installed",
    /// The operating system is set up to say yes without asking.
    OsVerificationUnasked = "os_verification_unasked",
    /// The operating system is set up to say no without asking.
    OsVerificationNotAllowed = "os_verification_not_allowed",
    /// Nothing in this session can show the operating system's question.
    OsVerificationNoPrompt = "os_verification_no_prompt",
    /// The operating system did not answer.
    OsVerificationTimeout = "os_verification_timeout",
    /// The operating system did not recognise the person.
    OsVerificationFailed = "os_verification_failed",

    /// The keyring is locked.
    KeyringLocked = "keyring_locked",
    /// There is no keyring.
    KeyringMissing = "keyring_missing",
    /// The keyring does not answer.
    KeyringTimeout = "keyring_timeout",
    /// The keyring failed otherwise.
    KeyringFailed = "keyring_failed",
    /// This is not the keyring that the listed passkeys are in.
    KeyringOther = "keyring_other",
    /// A passkey's record can't be read.
    PasskeyDamaged = "passkey_damaged",
    /// A passkey's record was made by a newer version.
    PasskeyTooNew = "passkey_too_new",
    /// Another Roamkey is changing the vault.
    VaultBusy = "vault_busy",
    /// The list of passkeys can't be read or written.
    VaultFailed = "vault_failed",

    /// No passkey has this id.
    PasskeyNotFound = "passkey_not_found",
    /// Several passkeys have ids that begin like this.
    PasskeyIdAmbiguous = "passkey_id_ambiguous",
    /// The text is no id.
    PasskeyIdUnfit = "passkey_id_unfit",
    /// The passkey was removed.
    PasskeyRemoved = "passkey_removed",
    /// The passkey was not removed.
    PasskeyNotRemoved = "passkey_not_removed",
    /// The text is no label.
    LabelUnfit = "label_unfit",
    /// The person did not say yes to a change.
    NotConfirmed = "not_confirmed",
    /// There is no terminal to confirm a change on.
    NobodyToConfirm = "nobody_to_confirm",
    /// The passkeys are in a file, and its passphrase is needed.
    PassphraseNeeded = "passphrase_needed",
    /// Not the passphrase.
    PassphraseWrong = "passphrase_wrong",
    /// The new passphrase is too short, too long or was mistyped.
    PassphraseUnfit = "passphrase_unfit",
    /// The passphrase file can't be read.
    PassphraseUnreadable = "passphrase_unreadable",
    /// There is a file of passkeys already.
    StoreThere = "store_there",
    /// The passkeys of this folder are in the keyring.
    StoreInKeyring = "store_in_keyring",
    /// The file of passkeys is damaged or not ours.
    StoreDamaged = "store_damaged",
    /// The policy file can't be used.
    PolicyUnusable = "policy_unusable",
    /// A policy of this managed device blocks the passkey.
    PolicyBlocked = "policy_blocked",
    /// The activity log can't be read or written.
    ActivityUnreadable = "activity_unreadable",
    /// The activity log is not what was written.
    ActivityBroken = "activity_broken",

    /// The clock is wrong.
    ClockWrong = "clock_wrong",
    /// The data folder can't be written to.
    FolderUnusable = "folder_unusable",
    /// The data folder's disk is nearly full.
    FolderFull = "folder_full",
    /// Others may look into the data folder.
    FolderNotPrivate = "folder_not_private",
    /// The settings file can't be understood.
    SettingsDamaged = "settings_damaged",
    /// The origin is none that may use passkeys.
    OriginInvalid = "origin_invalid",
    /// A member of the site's options is wrong.
    OptionsInvalid = "options_invalid",
    /// The file with the site's options can't be read.
    OptionsUnreadable = "options_unreadable",
    /// The origin may not use this RP ID.
    RpIdMismatch = "rp_id_mismatch",
    /// The RP ID is of another domain, which does not list the origin as related.
    OriginNotRelated = "origin_not_related",
    /// The RP ID's list of related origins can't be fetched.
    RelatedOriginsUnreachable = "related_origins_unreachable",
    /// What the RP ID's site has in the place of such a list is none.
    RelatedOriginsInvalid = "related_origins_invalid",
    /// The picture of the QR code can't be written.
    PictureUnwritable = "picture_unwritable",
    /// This adapter or system can't listen.
    BluetoothCannotListen = "bluetooth_cannot_listen",
    /// The tunnel service sends us elsewhere.
    TunnelRedirected = "tunnel_redirected",
    /// The person ended it here.
    Cancelled = "cancelled",

    /// No phone answered the code.
    NobodyScanned = "nobody_scanned",
    /// The phone did not shake hands in time.
    PhoneHandshakeTimeout = "phone_handshake_timeout",
    /// The phone did not introduce itself in time.
    PhoneIntroductionTimeout = "phone_introduction_timeout",
    /// Nobody answered at the phone in time.
    PhonePersonTimeout = "phone_person_timeout",
    /// The phone uses a tunnel service that does not exist.
    PhoneTunnelUnassigned = "phone_tunnel_unassigned",
    /// The phone speaks a later version of the protocol.
    PhoneTooNew = "phone_too_new",
    /// The phone failed the handshake.
    PhoneHandshakeFailed = "phone_handshake_failed",
    /// The phone introduced itself wrongly.
    PhoneIntroductionWrong = "phone_introduction_wrong",
    /// The phone introduced itself with more than anybody would read.
    PhoneIntroductionTooLong = "phone_introduction_too_long",
    /// The phone offers something else than passkeys.
    PhoneOffersNoPasskeys = "phone_offers_no_passkeys",
    /// The phone replied before it was asked.
    PhoneOutOfTurn = "phone_out_of_turn",
    /// The phone broke the protocol.
    PhoneBrokeProtocol = "phone_broke_protocol",
    /// The phone went without an answer.
    PhoneLeft = "phone_left",

    /// The person refused at the phone.
    PhoneRefused = "phone_refused",
    /// The phone holds a passkey for this account already.
    PhoneAlreadyRegistered = "phone_already_registered",
    /// The phone holds no passkey that the site accepts.
    PhoneNoPasskey = "phone_no_passkey",
    /// The phone could not verify its user.
    PhoneNotVerified = "phone_not_verified",
    /// The phone has no way to verify its user.
    PhoneCannotVerify = "phone_cannot_verify",
    /// The phone can't do what the site demands.
    PhoneCannot = "phone_cannot",
    /// The phone has no room for another passkey.
    PhoneFull = "phone_full",
    /// The phone reported another error.
    PhoneFailed = "phone_failed",

    /// The phone's answer is malformed.
    PhoneAnswerMalformed = "phone_answer_malformed",
    /// The phone's answer is for another site.
    PhoneAnswerOtherSite = "phone_answer_other_site",
    /// The phone's answer is by a passkey that was not asked for.
    PhoneAnswerOtherPasskey = "phone_answer_other_passkey",
    /// The phone made a key of an algorithm that was not asked for.
    PhoneAnswerOtherAlgorithm = "phone_answer_other_algorithm",
    /// The phone's answer says that nobody was there, or that nobody was verified.
    PhoneAnswerUnverified = "phone_answer_unverified",
    /// The signature in the phone's answer does not verify.
    PhoneAnswerBadSignature = "phone_answer_bad_signature",
    /// The phone's key for the inputs of `prf` is none, or not the one that it then used.
    PhoneKeyAgreementFailed = "phone_key_agreement_failed",

    /// Recovery was not set up yet.
    RecoveryNotSetUp = "recovery_not_set_up",
    /// Recovery is set up with other words.
    RecoveryAlreadySetUp = "recovery_already_set_up",
    /// Not 24 words, or one that is not in the list.
    WordsWrong = "words_wrong",
    /// All words are in the list, and one is wrong or in another place.
    WordsDoNotFit = "words_do_not_fit",
    /// The words that were asked back were others.
    WordsNotConfirmed = "words_not_confirmed",
    /// The words, or the passphrase, open other files.
    WordsOfAnother = "words_of_another",
    /// A share is mistyped, or shares are of different splits.
    SharesWrong = "shares_wrong",
    /// Not enough shares.
    SharesTooFew = "shares_too_few",
    /// A split with numbers that make no sense.
    SharesNumbers = "shares_numbers",
    /// The passphrase could be guessed.
    PassphraseWeak = "passphrase_weak",
    /// The passphrase or password of a file is wrong.
    FilePassphraseWrong = "file_passphrase_wrong",
    /// Words for a file with a passphrase, or the other way round.
    KeyOfOtherKind = "key_of_other_kind",
    /// The file can't be read.
    FileUnreadable = "file_unreadable",
    /// The file can't be written.
    FileNotWritten = "file_not_written",
    /// There is a file of that name already.
    FileExists = "file_exists",
    /// The file is larger than any export.
    FileTooLarge = "file_too_large",
    /// The file is of no format that is read.
    FileUnknown = "file_unknown",
    /// The file is altered, or cut off.
    FileDamaged = "file_damaged",
    /// The file ends too early.
    FileCutOff = "file_cut_off",
    /// A newer version made the file.
    FileTooNew = "file_too_new",
    /// The file would take too much memory or work to open.
    FileUnsafe = "file_unsafe",
    /// The file wants words, a passphrase or a password.
    FileProtected = "file_protected",
    /// Only the account that exported the file can read it.
    FileOfAccount = "file_of_account",
    /// Keys in the backup do not work.
    BackupKeysFail = "backup_keys_fail",
    /// The scheduler did not take the schedule.
    ScheduleFailed = "schedule_failed",
    /// Some passkeys could not be taken in.
    RestoreIncomplete = "restore_incomplete",
    /// The desktop shows no dialog to choose a file.
    DialogUnavailable = "dialog_unavailable",
    /// No program opened the file.
    FileNotOpened = "file_not_opened",
    /// The session would not start the app.
    AutostartFailed = "autostart_failed",

    /// A fault of Roamkey's own.
    Internal = "internal",
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_in_snake_case() {
        let names: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        assert!(
            names
                .iter()
                .all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        );
    }
}
