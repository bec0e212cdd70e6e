//! What a person reads when a sign-in ends other than well: one sentence on what happened, one on what to do.
//! The match has no catch-all arm: a new [`ErrorCode`] does not compile without its text.

use roamkey_device::ErrorCode;

/// The text for one error code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    /// What happened.
    pub(crate) title: &'static str,
    /// What to do about it.
    pub(crate) hint: &'static str,
    /// The process's exit code.
    pub(crate) exit: u8,
}

const NEW_CODE: &str = "Start again in the browser: it will show a new code.";

/// The text for `code`.
#[expect(clippy::too_many_lines, reason = "a table, one line of thought for each code")]
pub(crate) fn message(code: ErrorCode) -> Message {
    use ErrorCode as E;
    let (title, hint) = match code {
        E::PictureUnreadable => (
            "The picture file can't be read.",
            "Check its name and whether you may read it.",
        ),
        E::NotAPicture => (
            "The file is not a PNG, JPEG or WebP picture.",
            "Take a screenshot of the QR code and give its file.",
        ),
        E::PictureTooLarge => (
            "The picture is too large.",
            "Cut it down to the part with the QR code.",
        ),
        E::NoCodeInPicture => (
            "There is no readable QR code in the picture.",
            "Make sure that the whole code is visible and sharp, then try again.",
        ),
        E::NoCodeInClipboard => (
            "The clipboard holds neither a picture nor text.",
            "Copy the QR code's picture or its text, then try again.",
        ),
        E::ScreenUnavailable => (
            "The desktop shows no picture of its screen.",
            "Allow it when the desktop asks, or take a screenshot and open its file.",
        ),
        E::NotASignInCode => (
            "This is not a sign-in code.",
            "A sign-in code starts with FIDO:/ and is shown by a browser that offers “use a phone or tablet”.",
        ),
        E::DamagedCode => (
            "The sign-in code is incomplete or damaged.",
            "Copy or scan the whole code again.",
        ),
        E::CodeTooOld => ("The sign-in code is too old.", NEW_CODE),
        E::CodeFromTheFuture => (
            "The sign-in code was made in the future.",
            "Check the clocks of both devices, then start again in the browser.",
        ),
        E::CodeUsed => ("This sign-in code has been used already.", NEW_CODE),
        E::TunnelServiceUnassigned => (
            "No tunnel service has this number.",
            "Choose 0, 1, or a number from 256 to 65535 with --tunnel.",
        ),
        E::TunnelServiceUnknownToBrowser => (
            "The browser does not know the chosen tunnel service.",
            "Choose another one with --tunnel.",
        ),
        E::BluetoothNoService => (
            "No Bluetooth service is running.",
            "Start it, for instance with: sudo systemctl enable --now bluetooth",
        ),
        E::BluetoothNoAdapter => (
            "This machine has no Bluetooth adapter.",
            "Plug one in. Bluetooth proves that both devices are in the same place, so there is no way around it.",
        ),
        E::BluetoothOff => (
            "Bluetooth is switched off.",
            "Switch it on, for instance with: bluetoothctl power on",
        ),
        E::BluetoothNotPermitted => (
            "You may not use Bluetooth on this machine.",
            "Run this in your own desktop session, or ask the administrator to add you to the group “bluetooth”.",
        ),
        E::BluetoothCannotAdvertise => (
            "This Bluetooth adapter can't advertise right now.",
            "End other programs that advertise, or use another adapter.",
        ),
        E::BluetoothTimeout => (
            "The Bluetooth service does not answer.",
            "Restart it, for instance with: sudo systemctl restart bluetooth",
        ),
        E::BluetoothFailed => (
            "The Bluetooth service reported an error.",
            "Restart it, for instance with: sudo systemctl restart bluetooth",
        ),
        E::TunnelNameLookup => (
            "The tunnel service's name could not be looked up.",
            "Check the network connection, or choose another service with --tunnel.",
        ),
        E::TunnelUnreachable => (
            "The tunnel service could not be reached.",
            "Check the network connection, or choose another service with --tunnel.",
        ),
        E::TunnelNotTrusted => (
            "The tunnel service's certificate is not trusted.",
            "If this network intercepts connections, use another one. For a private CA set SSL_CERT_FILE.",
        ),
        E::TunnelRefused => (
            "The tunnel service refused.",
            "Try again in a minute, or choose another service with --tunnel.",
        ),
        E::TunnelProtocol => (
            "What answered is not a tunnel service.",
            "Check --tunnel and --tunnel-address; a proxy on this network may stand between.",
        ),
        E::TunnelTimeout => (
            "The tunnel service does not answer.",
            "Check the network connection, or choose another service with --tunnel.",
        ),
        E::TunnelLost => ("The connection broke before the answer.", NEW_CODE),
        E::NobodyCame => (
            "No device answered over Bluetooth.",
            "Switch Bluetooth on at the device that shows the code, bring both together, and start again there.",
        ),
        E::HandshakeFailed => (
            "The other device could not prove that it made this code.",
            "Start again in the browser with a new code. If it happens again, somebody may be interfering.",
        ),
        E::PeerBrokeProtocol => ("The other device sent something that makes no sense.", NEW_CODE),
        E::NoRequest => ("The other device connected and then asked nothing.", NEW_CODE),
        E::AnswerLost => (
            "It was done here, but the connection broke before the other device learnt of it.",
            "Try to sign in once more. A passkey that the site does not know can be removed.",
        ),
        E::RequestNotSupported => (
            "The site asks for something that Roamkey can't do.",
            "Use another passkey or another way to sign in.",
        ),
        E::Refused => ("You refused.", "Nothing was signed."),
        E::QuestionTimeout => ("The question was not answered in time.", NEW_CODE),
        E::Withdrawn => (
            "The browser took its request back.",
            "Nothing was signed. Start again there if you want to.",
        ),
        E::NobodyToAsk => (
            "There is no terminal to ask you on.",
            "Run this command in a terminal: nothing is signed without your answer.",
        ),
        E::AlreadyRegistered => (
            "This device already holds a passkey for that account.",
            "Sign in with it instead of creating another one.",
        ),
        E::NoPasskey => (
            "This device holds no passkey that the site accepts.",
            "Use the device that holds it, or sign in another way and create a passkey here.",
        ),
        E::PinNotSet => (
            "No PIN has been set up.",
            "Choose one: roamkey pin set. Or let the operating system ask you: roamkey verification os.",
        ),
        E::PinNotAllowed => (
            "A policy of this device does not count the PIN.",
            "Let the operating system ask you: roamkey verification os.",
        ),
        E::PinTooShort => (
            "A policy of this device asks for a longer PIN.",
            "See roamkey policy for how long, then choose another one: roamkey pin change.",
        ),
        E::PinAlreadySet => (
            "There is a PIN already.",
            "Change it with: roamkey pin change. If it is forgotten: roamkey pin reset.",
        ),
        E::PinWrong => (
            "The PIN was wrong.",
            "Nothing was signed or changed. Try again; for a sign-in, start again in the browser with a new code.",
        ),
        E::PinLocked => (
            "There were too many wrong PINs.",
            "Wait before the next try. The wait grows with each wrong PIN.",
        ),
        E::PinUnfit => (
            "This PIN can't be used.",
            "Choose 4 to 63 characters and type the same twice.",
        ),
        E::OsVerificationRoot => (
            "The operating system's check is not used for root: it would let root pass without asking.",
            "Run Roamkey as an ordinary user, or use the PIN: roamkey verification pin.",
        ),
        E::OsVerificationMissing => (
            "The operating system has nothing here that could make sure that it is you.",
            "Install and start polkit, or use the PIN: roamkey verification pin.",
        ),
        E::OsVerificationNotInstalled => (
            "The operating system does not know Roamkey's question.",
            "Install the package roamkey-cli, or copy packaging/polkit/org.roamkey.policy to /usr/share/polkit-1/actions; or use the PIN.",
        ),
        E::OsVerificationUnasked => (
            "The operating system would say yes without asking you, so its answer is worth nothing.",
            "Ask the administrator to set org.roamkey.verify to auth_self, or use the PIN.",
        ),
        E::OsVerificationNotAllowed => (
            "The administrator does not allow the operating system's check here.",
            "Use the PIN: roamkey verification pin.",
        ),
        E::OsVerificationNoPrompt => (
            "Nothing in this session can show the operating system's question.",
            "Run this in your desktop session, start an agent such as pkttyagent, or use the PIN.",
        ),
        E::OsVerificationTimeout => (
            "The operating system's question was not answered in time.",
            "Look for its window and try again, or use the PIN: roamkey verification pin.",
        ),
        E::OsVerificationFailed => (
            "The operating system could not confirm that it is you.",
            "Try again. If it never works, use the PIN: roamkey verification pin.",
        ),
        E::KeyringLocked => (
            "The keyring is locked.",
            "Unlock it (on GNOME: Passwords and Keys) and try again. Your passkeys are still there.",
        ),
        E::KeyringMissing => (
            "There is no keyring on this machine, or not in this session.",
            "Run this in your desktop session, or install a Secret Service such as gnome-keyring.",
        ),
        E::KeyringTimeout => (
            "The keyring did not answer in time.",
            "Look for its password prompt behind other windows and try again.",
        ),
        E::KeyringFailed => (
            "The keyring reported an error.",
            "Try again; if it stays, sign out and in again to restart the keyring service.",
        ),
        E::KeyringOther => (
            "This is not the keyring that your passkeys are in.",
            "Open the keyring with which you created them, or restore it from a backup. If it is lost for good, move \
             index.sqlite3 out of the data folder: the list is then made anew from this keyring.",
        ),
        E::PasskeyDamaged => (
            "The passkey's record in the keyring is damaged.",
            "Nothing was changed. Restore the keyring from a backup, or create a new passkey at the site.",
        ),
        E::PasskeyTooNew => (
            "The passkey was saved by a newer version of Roamkey.",
            "Update Roamkey and try again.",
        ),
        E::VaultBusy => (
            "Another Roamkey is changing the passkeys.",
            "Finish what it is doing and try again.",
        ),
        E::VaultFailed => (
            "The passkey list could not be read or written.",
            "Check free space and permissions of the data folder, then try again.",
        ),
        E::PasskeyNotFound => (
            "There is no such passkey.",
            "Look for its id with: roamkey list, or roamkey list --state removed.",
        ),
        E::PasskeyIdAmbiguous => (
            "Several passkeys have ids that begin like this.",
            "Type more of the id.",
        ),
        E::PasskeyIdUnfit => (
            "This is not the beginning of a passkey's id.",
            "An id has 1 to 32 hexadecimal digits; roamkey list shows it in the first column.",
        ),
        E::PasskeyRemoved => (
            "This passkey was removed.",
            "Take it back first: roamkey restore-removed.",
        ),
        E::PasskeyNotRemoved => (
            "This passkey was not removed.",
            "Remove it first: roamkey remove. Nothing was changed.",
        ),
        E::LabelUnfit => (
            "This can't be a label.",
            "A label has 1 to 64 characters on one line.",
        ),
        E::NotConfirmed => ("You did not say yes.", "Nothing was changed."),
        E::NobodyToConfirm => (
            "There is no terminal to ask you on, and this needs your yes.",
            "Nothing was changed. Run this in a terminal, or say --yes.",
        ),
        E::PassphraseNeeded => (
            "The passkeys are in a file, and its passphrase is needed.",
            "Run this in a terminal, or name a file that holds it: --passphrase-file.",
        ),
        E::PassphraseWrong => (
            "This is not the passphrase of the passkeys' file.",
            "Try again. Nothing was changed; without the passphrase the file can't be opened by anybody.",
        ),
        E::PassphraseUnfit => (
            "This can't be the passphrase.",
            "Choose 12 to 1024 characters and type the same twice. Six words make a good one.",
        ),
        E::PassphraseUnreadable => (
            "The passphrase file can't be read.",
            "It is a text file with the passphrase in its first line. Check its name and whether you may read it.",
        ),
        E::StoreThere => (
            "There is a file of passkeys already.",
            "Nothing was changed. Use it, or choose another data folder with --data-dir.",
        ),
        E::StoreInKeyring => (
            "The passkeys of this data folder are in the OS keyring.",
            "Nothing was changed. For a file, choose another data folder with --data-dir.",
        ),
        E::StoreDamaged => (
            "The file of passkeys is missing or damaged.",
            "Nothing was changed. Restore secrets.sealed in the data folder from a backup.",
        ),
        E::PolicyUnusable => (
            "The policy of this device can't be used, so nothing is signed.",
            "Ask the administrator to correct /etc/roamkey/policy.toml; --verbose says what is wrong with it.",
        ),
        E::PolicyBlocked => (
            "A policy of this device blocks this passkey.",
            "Nothing was signed. See roamkey policy, sign in another way, and create a new passkey at the site.",
        ),
        E::ActivityUnreadable => (
            "The activity log could not be read or written.",
            "Check free space and permissions of the data folder. Passkeys are not concerned.",
        ),
        E::ActivityBroken => (
            "The activity log is not what Roamkey wrote.",
            "Find out who else can write to the data folder. Then keep this log and begin a new one: roamkey activity restart.",
        ),
        E::ClockWrong => (
            "This machine's clock is wrong.",
            "Set it, for instance with: sudo timedatectl set-ntp true. Sign-in codes are good for a few minutes only.",
        ),
        E::FolderUnusable => (
            "The data folder can't be used.",
            "Check its permissions and free space, or name another one with --data-dir.",
        ),
        E::FolderFull => (
            "There is little room left for the data folder.",
            "Free some space on that disk: what can't be written is not created.",
        ),
        E::FolderNotPrivate => (
            "Other users of this machine may look into the data folder.",
            "Close it to them: chmod 700 and the folder's name. What is inside is encrypted all the same.",
        ),
        E::SettingsDamaged => (
            "The settings file can't be understood.",
            "Correct settings.toml in the data folder, or remove it and choose again: roamkey verification.",
        ),
        E::OptionsInvalid => (
            "The site's options are not WebAuthn's.",
            "Correct the member that is named, or ask the site for its options once more.",
        ),
        E::OriginInvalid => (
            "This is not an origin that may use passkeys.",
            "Give the scheme and host of the site's page, as in --origin https://login.example.org.",
        ),
        E::OptionsUnreadable => (
            "The file can't be read.",
            "Check its name and whether you may read it, or give - and the text on standard input.",
        ),
        E::RpIdMismatch => (
            "The origin may not use this RP ID.",
            "Give the origin of the page that the options came from.",
        ),
        E::OriginNotRelated => (
            "The site of this RP ID does not list the origin as related.",
            "Give the origin of the page that the options came from, or have the site list it in /.well-known/webauthn.",
        ),
        E::RelatedOriginsUnreachable => (
            "The RP ID's list of related origins can't be fetched.",
            "Check the RP ID and the network of this machine, then run the command again.",
        ),
        E::RelatedOriginsInvalid => (
            "What the RP ID's site has as its list of related origins is none.",
            "The site has to correct /.well-known/webauthn. A login page of this network may stand between: use another one.",
        ),
        E::PictureUnwritable => (
            "The picture of the code can't be written.",
            "Check the folder and whether you may write there.",
        ),
        E::BluetoothCannotListen => (
            "Roamkey can't listen over Bluetooth here.",
            "Use another adapter, or a machine with Linux: other systems are not supported yet.",
        ),
        E::TunnelRedirected => (
            "The tunnel service sends us to another address.",
            "A proxy or a login page of this network may stand between: use another network.",
        ),
        E::Cancelled => (
            "You ended it.",
            "Nothing was signed, unless you had approved on the phone already.",
        ),
        E::NobodyScanned => (
            "No phone answered within five minutes.",
            "Run the command again; scan the code with the phone's camera, with Bluetooth on and the phone close by.",
        ),
        E::PhoneHandshakeTimeout => (
            "The phone was found, and did not shake hands within 30 seconds.",
            "Check the phone's network connection and run the command again.",
        ),
        E::PhoneIntroductionTimeout => (
            "The phone shook hands, and did not introduce itself within 30 seconds.",
            "Check the phone's network connection and run the command again.",
        ),
        E::PhonePersonTimeout => (
            "Nobody answered at the phone in time.",
            "Run the command again, and answer on the phone within two minutes.",
        ),
        E::PhoneTunnelUnassigned => (
            "The phone uses a tunnel service that does not exist.",
            "Update the phone. If it happens again, somebody may be interfering.",
        ),
        E::PhoneTooNew => (
            "The phone speaks a later version of the protocol.",
            "Update Roamkey and try again.",
        ),
        E::PhoneHandshakeFailed => (
            "The phone could not prove that it scanned this code.",
            "Run the command again for a new code. If it happens again, somebody may be interfering.",
        ),
        E::PhoneIntroductionWrong => (
            "The phone introduced itself in a way that makes no sense.",
            "Update the phone, or use another one.",
        ),
        E::PhoneIntroductionTooLong => (
            "The phone introduced itself with far more than any phone has to say.",
            "Use another phone: this one is broken, or it is no phone.",
        ),
        E::PhoneOffersNoPasskeys => (
            "The phone offers something else than passkeys.",
            "Choose a passkey app on the phone, or use another phone.",
        ),
        E::PhoneOutOfTurn => (
            "The phone answered before it was asked.",
            "Run the command again. If it happens again, use another phone.",
        ),
        E::PhoneBrokeProtocol => (
            "The phone sent something that makes no sense.",
            "Run the command again. If it happens again, use another phone.",
        ),
        E::PhoneLeft => (
            "The phone went away without an answer.",
            "Run the command again and keep the phone on until it says that it is done.",
        ),
        E::PhoneRefused => (
            "The request was refused on the phone.",
            "Nothing was signed. Run the command again if you did not mean to.",
        ),
        E::PhoneAlreadyRegistered => (
            "The phone already holds a passkey for that account.",
            "Sign in with it instead of creating another one.",
        ),
        E::PhoneNoPasskey => (
            "The phone holds no passkey that the site accepts.",
            "Use the phone that holds it, or sign in another way and create a passkey.",
        ),
        E::PhoneNotVerified => (
            "The phone could not verify that it is you.",
            "Unlock the phone with its PIN once, then run the command again.",
        ),
        E::PhoneCannotVerify => (
            "The phone has no way to verify that it is you, and the site demands it.",
            "Set up a screen lock on the phone, then run the command again.",
        ),
        E::PhoneCannot => (
            "The phone can't do what the site demands.",
            "Update the phone, or use another one.",
        ),
        E::PhoneFull => (
            "The phone has no room for another passkey.",
            "Remove passkeys on the phone that you no longer need, or use another phone.",
        ),
        E::PhoneFailed => (
            "The phone reported an error.",
            "Run the command again. If it happens again, restart the phone.",
        ),
        E::PhoneAnswerMalformed => (
            "The phone's answer is malformed.",
            "Nothing was accepted. Update the phone, or use another one.",
        ),
        E::PhoneAnswerOtherSite => (
            "The phone's answer is for another site.",
            "Nothing was accepted. If it happens again, somebody may be interfering.",
        ),
        E::PhoneAnswerOtherPasskey => (
            "The phone answered with a passkey that was not asked for.",
            "Nothing was accepted. If it happens again, somebody may be interfering.",
        ),
        E::PhoneAnswerOtherAlgorithm => (
            "The phone made a key of a kind that was not asked for.",
            "Nothing was accepted. Update the phone, or use another one.",
        ),
        E::PhoneAnswerUnverified => (
            "The phone's answer says that nobody was there, or that nobody was verified.",
            "Nothing was accepted. Set up a screen lock on the phone and try again.",
        ),
        E::PhoneAnswerBadSignature => (
            "The signature in the phone's answer is wrong.",
            "Nothing was accepted. Check the file given with --registered; if it is right, somebody may be interfering.",
        ),
        E::PhoneKeyAgreementFailed => (
            "The phone gave a key for prf that it can't use itself.",
            "Nothing was accepted. Update the phone, or use another one; without prf it may work.",
        ),
        E::RecoveryNotSetUp => (
            "Recovery is not set up on this device.",
            "Set it up: roamkey recovery setup. It shows 24 words to write down.",
        ),
        E::RecoveryAlreadySetUp => (
            "Recovery is set up already, with other words.",
            "Your backups open with those words. To begin with new ones, and new backups: roamkey recovery setup --anew.",
        ),
        E::WordsWrong => (
            "These are not 24 words of the list.",
            "Compare each word with your sheet; all are English words, and there are 24.",
        ),
        E::WordsDoNotFit => (
            "The words do not fit together.",
            "One word is wrong, or two have changed places. Compare them with your sheet, in their order.",
        ),
        E::WordsNotConfirmed => (
            "The words that you typed back are not those that were shown.",
            "Nothing was set up. Begin again; it will be new words: roamkey recovery setup.",
        ),
        E::WordsOfAnother => (
            "This file does not open with these words, or this passphrase.",
            "It belongs to other words, or was altered. The sheet says which backups its words open.",
        ),
        E::SharesWrong => (
            "The shares are mistyped, or are not of one split.",
            "Compare each with its paper. Shares of an earlier split do not fit later ones.",
        ),
        E::SharesTooFew => (
            "There are not enough shares.",
            "Bring as many as were asked for when the words were split.",
        ),
        E::SharesNumbers => (
            "The words can't be split like that.",
            "Choose at least 2 needed shares, and at most 16 in all.",
        ),
        E::PassphraseWeak => (
            "This passphrase could be guessed.",
            "Take five or more random words, or let a password manager make one.",
        ),
        E::FilePassphraseWrong => (
            "The passphrase, or the file's password, is wrong.",
            "Type it again. It is the one that the file was made with.",
        ),
        E::KeyOfOtherKind => (
            "This file opens with the other kind of key.",
            "A copy under a passphrase wants the passphrase; every other backup wants the 24 words.",
        ),
        E::FileUnreadable => (
            "The file can't be read.",
            "Check its name and whether you may read it.",
        ),
        E::FileNotWritten => (
            "The file can't be written.",
            "Check that the folder is there, that you may write to it, and that the disk has room.",
        ),
        E::FileExists => (
            "There is a file or folder of that name already.",
            "Nothing is overwritten. Choose another name.",
        ),
        E::FileTooLarge => (
            "The file is too large to be one of passkeys.",
            "Give the export itself. 64 MiB hold more than 50,000 passkeys.",
        ),
        E::FileUnknown => (
            "The file is of no format that Roamkey reads.",
            "It reads its own backups, CXF (JSON or zip), Bitwarden's JSON and KeePassXC's .passkey.",
        ),
        E::FileDamaged => (
            "The file is damaged: altered, or cut off.",
            "Nothing was taken from it. Use another copy, or export it again.",
        ),
        E::FileCutOff => (
            "The file ends too early.",
            "Nothing was taken from it. Copy it again, whole, or use another copy.",
        ),
        E::FileTooNew => (
            "A newer version made this file.",
            "Update Roamkey, then try again.",
        ),
        E::FileUnsafe => (
            "Opening this file would take too much memory or work.",
            "Nothing was opened. It may be made to do harm; export it again with usual settings.",
        ),
        E::FileProtected => (
            "The file is protected.",
            "Give the words (--words-file) or the passphrase (--password-file), or run this on a terminal.",
        ),
        E::FileOfAccount => (
            "Only the account that exported this file can read it.",
            "Export it again in Bitwarden as “password protected” or as plain JSON.",
        ),
        E::BackupKeysFail => (
            "Some keys in this backup do not work.",
            "Do not rely on it. Make a new one now: roamkey backup now, and drill that.",
        ),
        E::ScheduleFailed => (
            "The regular backup could not be set up.",
            "It needs systemd in your session (systemctl --user). Otherwise run roamkey backup now regularly.",
        ),
        E::RestoreIncomplete => (
            "Some passkeys could not be taken in.",
            "Those that were are complete. Run it again; it goes on with the rest.",
        ),
        E::DialogUnavailable => (
            "The desktop shows no window to choose a file.",
            "Start Roamkey in your desktop session, or use the command: roamkey backup, roamkey restore.",
        ),
        E::FileNotOpened => (
            "No program opened the file.",
            "Open it yourself; its name is shown.",
        ),
        E::AutostartFailed => (
            "Starting with the session could not be changed.",
            "Check whether you may write to the folder autostart in your configuration folder.",
        ),
        E::Internal => (
            "Roamkey failed in a way that it should not.",
            "Please report this with the output of the same command and --verbose.",
        ),
    };
    let exit = code.exit();
    Message { title, hint, exit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_code_says_what_happened_and_what_to_do() {
        for code in ErrorCode::ALL {
            let message = message(*code);
            assert!(
                message.title.ends_with('.') && message.title.len() > 8,
                "{}",
                code.as_str()
            );
            assert!(message.hint.len() > 8, "{}", code.as_str());
            assert!(message.exit != 0 && message.exit != 2, "{}", code.as_str());
        }
    }

    #[test]
    fn the_user_guide_explains_every_error_code() {
        let guide =
            std::fs::read_to_string("../../docs/user/cli.md").expect("docs/user/cli.md is in the tree");
        for code in ErrorCode::ALL {
            assert!(
                guide.contains(&format!("`{}`", code.as_str())),
                "{} is not in cli.md",
                code.as_str()
            );
        }
    }
}
