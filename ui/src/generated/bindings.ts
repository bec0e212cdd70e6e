// Written by the test `bindings` of src-tauri from the types in its `view` and `action`.

export type ErrorCode =
  | 'picture_unreadable'
  | 'not_a_picture'
  | 'picture_too_large'
  | 'no_code_in_picture'
  | 'no_code_in_clipboard'
  | 'screen_unavailable'
  | 'not_a_sign_in_code'
  | 'damaged_code'
  | 'code_too_old'
  | 'code_from_the_future'
  | 'code_used'
  | 'tunnel_service_unassigned'
  | 'tunnel_service_unknown_to_browser'
  | 'bluetooth_no_service'
  | 'bluetooth_no_adapter'
  | 'bluetooth_off'
  | 'bluetooth_not_permitted'
  | 'bluetooth_cannot_advertise'
  | 'bluetooth_timeout'
  | 'bluetooth_failed'
  | 'tunnel_name_lookup'
  | 'tunnel_unreachable'
  | 'tunnel_not_trusted'
  | 'tunnel_refused'
  | 'tunnel_protocol'
  | 'tunnel_timeout'
  | 'tunnel_lost'
  | 'nobody_came'
  | 'handshake_failed'
  | 'peer_broke_protocol'
  | 'no_request'
  | 'answer_lost'
  | 'request_not_supported'
  | 'refused'
  | 'question_timeout'
  | 'withdrawn'
  | 'nobody_to_ask'
  | 'already_registered'
  | 'no_passkey'
  | 'pin_not_set'
  | 'pin_already_set'
  | 'pin_not_allowed'
  | 'pin_too_short'
  | 'pin_wrong'
  | 'pin_locked'
  | 'pin_unfit'
  | 'os_verification_root'
  | 'os_verification_missing'
  | 'os_verification_not_installed'
  | 'os_verification_unasked'
  | 'os_verification_not_allowed'
  | 'os_verification_no_prompt'
  | 'os_verification_timeout'
  | 'os_verification_failed'
  | 'keyring_locked'
  | 'keyring_missing'
  | 'keyring_timeout'
  | 'keyring_failed'
  | 'keyring_other'
  | 'passkey_damaged'
  | 'passkey_too_new'
  | 'vault_busy'
  | 'vault_failed'
  | 'passkey_not_found'
  | 'passkey_id_ambiguous'
  | 'passkey_id_unfit'
  | 'passkey_removed'
  | 'passkey_not_removed'
  | 'label_unfit'
  | 'not_confirmed'
  | 'nobody_to_confirm'
  | 'passphrase_needed'
  | 'passphrase_wrong'
  | 'passphrase_unfit'
  | 'passphrase_unreadable'
  | 'store_there'
  | 'store_in_keyring'
  | 'store_damaged'
  | 'policy_unusable'
  | 'policy_blocked'
  | 'activity_unreadable'
  | 'activity_broken'
  | 'clock_wrong'
  | 'folder_unusable'
  | 'folder_full'
  | 'folder_not_private'
  | 'settings_damaged'
  | 'origin_invalid'
  | 'options_invalid'
  | 'options_unreadable'
  | 'rp_id_mismatch'
  | 'picture_unwritable'
  | 'bluetooth_cannot_listen'
  | 'tunnel_redirected'
  | 'cancelled'
  | 'nobody_scanned'
  | 'phone_handshake_timeout'
  | 'phone_introduction_timeout'
  | 'phone_person_timeout'
  | 'phone_tunnel_unassigned'
  | 'phone_too_new'
  | 'phone_handshake_failed'
  | 'phone_introduction_wrong'
  | 'phone_introduction_too_long'
  | 'phone_offers_no_passkeys'
  | 'phone_out_of_turn'
  | 'phone_broke_protocol'
  | 'phone_left'
  | 'phone_refused'
  | 'phone_already_registered'
  | 'phone_no_passkey'
  | 'phone_not_verified'
  | 'phone_cannot_verify'
  | 'phone_cannot'
  | 'phone_full'
  | 'phone_failed'
  | 'phone_answer_malformed'
  | 'phone_answer_other_site'
  | 'phone_answer_other_passkey'
  | 'phone_answer_other_algorithm'
  | 'phone_answer_unverified'
  | 'phone_answer_bad_signature'
  | 'recovery_not_set_up'
  | 'recovery_already_set_up'
  | 'words_wrong'
  | 'words_do_not_fit'
  | 'words_not_confirmed'
  | 'words_of_another'
  | 'shares_wrong'
  | 'shares_too_few'
  | 'shares_numbers'
  | 'passphrase_weak'
  | 'file_passphrase_wrong'
  | 'key_of_other_kind'
  | 'file_unreadable'
  | 'file_not_written'
  | 'file_exists'
  | 'file_too_large'
  | 'file_unknown'
  | 'file_damaged'
  | 'file_cut_off'
  | 'file_too_new'
  | 'file_unsafe'
  | 'file_protected'
  | 'file_of_account'
  | 'backup_keys_fail'
  | 'schedule_failed'
  | 'restore_incomplete'
  | 'internal'

export type View = { 
/**
 * Which page is open.
 */
place: Place, 
/**
 * Using a phone here.
 */
phone: Phone, 
/**
 * Signing in on another device.
 */
signIn: SignIn, 
/**
 * The passkeys of this device.
 */
passkeys: Passkeys, 
/**
 * What became of the last change to a passkey.
 */
notice: Notice, 
/**
 * How the person is verified here.
 */
pin: PinSetup, 
/**
 * Whether other devices can hear this one.
 */
bluetooth: Bluetooth, };

export type Place = "welcome" | "sign_in" | "passkeys" | "phone";

export type SignIn = { "step": "idle", 
/**
 * Why the last try to read one failed.
 */
problem: ErrorCode | null, } | { "step": "looking", 
/**
 * Where.
 */
origin: Origin, } | { "step": "found", 
/**
 * What it says will be asked for.
 */
operation: Hinted, 
/**
 * Where it came from.
 */
origin: Origin, 
/**
 * Seconds since it was made, if it says so.
 */
age: number | null, } | { "step": "choose_pin" } | { "step": "connecting", 
/**
 * How far.
 */
stage: Stage, } | { "step": "question" } & Question | { "step": "done", 
/**
 * What.
 */
what: DoneWhat, 
/**
 * For which site.
 */
site: Site | null, } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, 
/**
 * For a report: no secret, no site, no account.
 */
diagnostics: string, };

export type Hinted = "create" | "sign_in";

export type Stage = "opening" | "tunnel_open" | "on_air" | "nearby" | "secured" | "answered";

export type Question = { 
/**
 * Which question: an answer names it, so that no answer meets another question.
 */
id: number, 
/**
 * What is asked for.
 */
operation: Asked, 
/**
 * Who asks. Nobody has verified it.
 */
site: Site | null, 
/**
 * The accounts to choose from, or the one to be created.
 */
accounts: Array<Account>, 
/**
 * Where the code came from.
 */
origin: Origin, 
/**
 * What the person is to do.
 */
turn: Turn, };

export type Asked = "create" | "sign_in" | "select";

export type Turn = { "to": "decide" } | { "to": "type_pin", 
/**
 * What was wrong with the last one.
 */
problem: PinProblem | null, } | { "to": "asked_by_system" } | { "to": "wait" };

export type PinProblem = { "is": "unfit" } | { "is": "wrong", 
/**
 * Tries before the next delay.
 */
triesLeft: number, } | { "is": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Site = { 
/**
 * As it is on the wire: letters beyond ASCII stand as `xn--…`.
 */
id: string, 
/**
 * With those letters, if there are any.
 */
readable: string | null, };

export type Account = { 
/**
 * The account's name at the site.
 */
name: string, 
/**
 * The person's name, as the site shows it, if it is another.
 */
displayName: string | null, 
/**
 * What its owner calls the passkey.
 */
label: string | null, 
/**
 * When it was last used, Unix seconds.
 */
lastUsed: number | null, 
/**
 * A policy of this device blocks it.
 */
blocked: boolean, };

export type DoneWhat = "created" | "signed_in" | "informed";

export type Passkeys = { "state": "reading" } | { "state": "ready", 
/**
 * Grows with every change.
 */
revision: number, } | { "state": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Notice = { "is": "nothing" } | { "is": "removed", 
/**
 * Its name in the keyring.
 */
id: string, 
/**
 * What the person knows it by.
 */
name: string, 
/**
 * Its site.
 */
site: string | null, } | { "is": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Phone = { "state": "idle", 
/**
 * A phone made a passkey here, with which it can sign in.
 */
tried: boolean, } | { "state": "starting" } | { "state": "code", 
/**
 * The QR code as SVG.
 */
picture: string, 
/**
 * What it says.
 */
link: string, 
/**
 * How long it is good for.
 */
seconds: number, } | { "state": "meeting", 
/**
 * How far.
 */
stage: PhoneStage, } | { "state": "done", 
/**
 * What.
 */
what: Trial, } | { "state": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type PhoneStage = "nearby" | "connecting" | "secured" | "ask_on_phone";

export type Trial = "create" | "sign_in";

export type Passkey = { 
/**
 * Its name in the keyring.
 */
id: string, 
/**
 * The site; `None` if it could never be read.
 */
site: Site | null, 
/**
 * The account's name at the site.
 */
name: string, 
/**
 * The person's name, as the site shows it, if it is another.
 */
displayName: string | null, 
/**
 * What its owner calls it.
 */
label: string | null, 
/**
 * When it was created, Unix seconds.
 */
createdAt: number | null, 
/**
 * When it last signed in, Unix seconds.
 */
lastUsed: number | null, 
/**
 * How often it signed in.
 */
uses: number, 
/**
 * Whether a verified backup or a second copy of it exists.
 */
backedUp: boolean, 
/**
 * Whether it can be used.
 */
state: PasskeyState, };

export type PasskeyState = "ready" | "unfinished" | "missing" | "damaged" | "newer_version";

export type PinSetup = { "state": "unknown" } | { "state": "not_set", 
/**
 * What was wrong with the one that was chosen.
 */
problem: PinProblem | null, } | { "state": "set" };

export type Bluetooth = { "state": "unknown" } | { "state": "ready" } | { "state": "problem", 
/**
 * Why.
 */
code: ErrorCode, };

export type Origin = "camera" | "screen" | "picture" | "clipboard" | "text" | "link";

export type Action = { "do": "go", 
/**
 * Which.
 */
place: Place, } | { "do": "read_text", 
/**
 * The text.
 */
text: Typed, } | { "do": "read_clipboard" } | { "do": "read_screen" } | { "do": "go_ahead" } | { "do": "choose_pin", 
/**
 * The PIN.
 */
pin: Typed, } | { "do": "approve", 
/**
 * Which.
 */
question: number, 
/**
 * With which of its accounts.
 */
account: number, } | { "do": "type_pin", 
/**
 * Which.
 */
question: number, 
/**
 * The PIN.
 */
pin: Typed, } | { "do": "cancel" } | { "do": "try_phone", 
/**
 * What the phone is asked for.
 */
trial: Trial, } | { "do": "leave_phone" } | { "do": "read_passkeys" } | { "do": "label", 
/**
 * Which.
 */
id: string, 
/**
 * The name.
 */
label: string, } | { "do": "remove", 
/**
 * Which.
 */
id: string, } | { "do": "restore", 
/**
 * Which.
 */
id: string, } | { "do": "drop_notice" } | { "do": "look_at_bluetooth" } | { "do": "end_welcome" };

export type Typed = string;
