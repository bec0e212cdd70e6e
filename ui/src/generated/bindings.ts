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
  | 'origin_not_related'
  | 'related_origins_unreachable'
  | 'related_origins_invalid'
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
  | 'phone_key_agreement_failed'
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
  | 'dialog_unavailable'
  | 'file_not_opened'
  | 'autostart_failed'
  | 'internal'

export type ActivityKind =
  | 'created'
  | 'signed_in'
  | 'refused'
  | 'labelled'
  | 'removed'
  | 'restored_removed'
  | 'destroyed'
  | 'pin_set'
  | 'pin_changed'
  | 'pin_reset'
  | 'policy_warned'
  | 'policy_blocked'
  | 'imported'
  | 'exported'
  | 'backed_up'
  | 'drilled'
  | 'restored_from_backup'
  | 'used_phone'
  | 'list_rebuilt'
  | 'other'

export type Because =
  | 'denied'
  | 'verification_failed'
  | 'timed_out'
  | 'withdrawn'
  | 'no_passkey'
  | 'already_registered'
  | 'policy'
  | 'not_supported'
  | 'vault_failed'
  | 'other'

export type Damage =
  | 'changed'
  | 'missing'
  | 'reordered'
  | 'truncated'

export type FileFormat =
  | 'cxf'
  | 'bitwarden'
  | 'bitwarden_protected'
  | 'keepassxc'

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
 * Where they are kept.
 */
store: Store, 
/**
 * The list of passkeys had to be built anew, and the person has not read that yet.
 */
rebuilt: Rebuilt | null, 
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
bluetooth: Bluetooth, 
/**
 * What a loss of this device would cost.
 */
safety: Safety, 
/**
 * The wizard of the page about safety that is open.
 */
wizard: Wizard, 
/**
 * What happened on this device.
 */
activity: ActivityLog, 
/**
 * What the person chose.
 */
settings: Settings, 
/**
 * Help at the moment it is needed.
 */
tips: Tips, };

export type Place = "welcome" | "sign_in" | "passkeys" | "phone" | "safety" | "activity" | "settings" | "help";

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

export type Store = "keyring" | "file";

export type Rebuilt = { 
/**
 * Passkeys that were found.
 */
passkeys: number, 
/**
 * Where the damaged list is kept, if there was one.
 */
kept: string | null, };

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
 * The least characters of one, by the policy or else by CTAP.
 */
least: number, 
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

export type Safety = { "state": "reading" } | { "state": "ready" } & Backups | { "state": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Backups = { 
/**
 * Grows with every change to where passkeys are: then `whereabouts` is to be fetched anew.
 */
revision: number, 
/**
 * What stands on every page; none once a drill has passed.
 */
banner: Banner, 
/**
 * How many passkeys are where.
 */
counts: PlaceCounts, 
/**
 * What is set up.
 */
recovery: Recovery, 
/**
 * What a loss of this device would cost today.
 */
loss: Loss, };

export type Banner = "none" | "set_up" | "back_up" | "drill";

export type PlaceCounts = { 
/**
 * All passkeys of this device, those that can't be used too.
 */
all: number, 
/**
 * Here and nowhere else, as far as this device knows.
 */
onlyHere: number, 
/**
 * In a backup that nobody has tried out.
 */
inBackup: number, 
/**
 * In a backup that was tried out.
 */
inDrilledBackup: number, 
/**
 * On another device or in another program, from where they came.
 */
elsewhere: number, };

export type Recovery = { "is": "not_set_up" } | { "is": "set_up", 
/**
 * Since when, Unix seconds.
 */
since: number, 
/**
 * Which words: the age recipient that they stand for. It is no secret.
 */
recipient: string, 
/**
 * The folder that backups go to.
 */
folder: string, 
/**
 * Where that folder is.
 */
folderPlace: FolderPlace, 
/**
 * Backups in it.
 */
files: number, 
/**
 * How many are kept there.
 */
keep: number, 
/**
 * The last backup.
 */
lastBackup: Deed | null, 
/**
 * The last drill that passed.
 */
lastDrill: Deed | null, 
/**
 * Regular backups.
 */
schedule: Schedule, 
/**
 * Why the schedule that was chosen last could not be set up.
 */
scheduleProblem: ErrorCode | null, };

export type Deed = { 
/**
 * When, Unix seconds.
 */
at: number, 
/**
 * With how many passkeys.
 */
passkeys: number, };

export type FolderPlace = "this_disk" | "elsewhere" | "missing";

export type Schedule = "never" | "daily" | "weekly";

export type Loss = { 
/**
 * Come back with the words and the newest backup, as a drill has shown.
 */
comeBack: number, 
/**
 * Should come back: they are in a backup that nobody has tried out, or in one on this disk only.
 */
mayComeBack: number, 
/**
 * Are still on another device or in another program.
 */
stayElsewhere: number, 
/**
 * Are gone.
 */
gone: number, 
/**
 * All backups that are known are on the disk of this device, and are gone with it.
 */
backupsAreHere: boolean, };

export type Whereabouts = { 
/**
 * Its name in the keyring, as in the list of passkeys.
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
 * What its owner calls it.
 */
label: string | null, 
/**
 * The safest of its places.
 */
place: PasskeyPlace, };

export type PasskeyPlace = "only_here" | "backup" | "drilled_backup" | "elsewhere";

export type Wizard = { "wizard": "none" } | { "wizard": "set_up" } & SetUp | { "wizard": "back_up" } & BackUp | { "wizard": "drill" } & Drill | { "wizard": "restore" } & TakeIn | { "wizard": "import" } & TakeIn | { "wizard": "export" } & Export | { "wizard": "copy" } & CopyUnder | { "wizard": "split" } & Split;

export type SetUp = { "step": "begin", 
/**
 * There are words already: they go on opening the backups made so far, and no later ones.
 */
anew: boolean, 
/**
 * What is wrong with the words that were typed.
 */
problem: ErrorCode | null, } | { "step": "words", 
/**
 * As above.
 */
anew: boolean, } | { "step": "confirm", 
/**
 * Which, counted from 1, in rising order.
 */
places: [number, number, number], 
/**
 * The ones that were typed are not these.
 */
problem: ErrorCode | null, } | { "step": "saving" } | { "step": "done", 
/**
 * The sheet to print. It has room for the words, and does not name them.
 */
sheet: Sheet, } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Sheet = { "is": "not_written", 
/**
 * Why it could not be.
 */
problem: ErrorCode | null, } | { "is": "written", 
/**
 * Where: an HTML file.
 */
path: string, 
/**
 * Why no program opened it.
 */
problem: ErrorCode | null, };

export type Progress = { 
/**
 * Passkeys done.
 */
done: number, 
/**
 * Passkeys in all; 0 while that is not known.
 */
total: number, 
/**
 * The person wants it to stop; it does after the passkey, or the batch, that it is at.
 */
stopping: boolean, };

export type WrittenFile = { 
/**
 * Where; a folder for `.passkey` files.
 */
path: string, 
/**
 * Passkeys in it.
 */
passkeys: number, 
/**
 * Passkeys that are listed and could not be read: they are not in it.
 */
leftOut: number, 
/**
 * Older backups that were removed.
 */
removed: number, };

export type BackUp = { "step": "ready", 
/**
 * The folder.
 */
folder: string, 
/**
 * The folder that was chosen can't be used.
 */
problem: ErrorCode | null, } | { "step": "working" } & Progress | { "step": "done" } & WrittenFile | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Suggested = { 
/**
 * The newest backup in the folder of backups.
 */
path: string, 
/**
 * When it was last written, Unix seconds.
 */
at: number | null, };

export type Wants = "words" | "passphrase" | "password";

export type Drill = { "step": "choose_file", 
/**
 * The one that is nearest.
 */
suggested: Suggested | null, 
/**
 * What is wrong with the file that was chosen.
 */
problem: ErrorCode | null, } | { "step": "unlock", 
/**
 * The file.
 */
path: string, 
/**
 * What opens it.
 */
wants: Wants, 
/**
 * What was wrong with what was typed.
 */
problem: ErrorCode | null, } | { "step": "opening" } | { "step": "working" } & Progress | { "step": "done", 
/**
 * When the backup was made, Unix seconds; none for a file that Roamkey did not make.
 */
madeAt: number | null, 
/**
 * Passkeys in it.
 */
working: number, 
/**
 * Of them, those that this device holds: they count as backed up from now on.
 */
backedUp: number, 
/**
 * Passkeys of this device that are not in it.
 */
notInIt: number, } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type TakeIn = { "step": "choose_file", 
/**
 * The one that is nearest; only for a restore.
 */
suggested: Suggested | null, 
/**
 * Which backup flags passkeys get whose file has none; only for an import.
 */
backupFlags: BackupFlags | null, 
/**
 * What is wrong with the file that was chosen.
 */
problem: ErrorCode | null, } | { "step": "unlock", 
/**
 * The file.
 */
path: string, 
/**
 * What opens it.
 */
wants: Wants, 
/**
 * What was wrong with what was typed.
 */
problem: ErrorCode | null, } | { "step": "opening" } | { "step": "plan" } & Plan | { "step": "working" } & Progress | { "step": "done", 
/**
 * Passkeys that are here now and were not before.
 */
added: number, 
/**
 * Passkeys that were here already.
 */
hereAlready: number, 
/**
 * Passkeys that are in the trash of this device, and stay there.
 */
inTrash: number, 
/**
 * Passkeys that this keyring can't hold, or that could not be kept.
 */
failed: number, 
/**
 * The person stopped it: this many were not tried. Doing it again goes on.
 */
notTried: number, } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type BackupFlags = "as_usual" | "on" | "off";

export type Plan = { 
/**
 * The file.
 */
path: string, 
/**
 * The format that was recognised; of an age file, that of what is in it.
 */
format: FileFormat, 
/**
 * When the backup was made, Unix seconds, if it is one of ours.
 */
madeAt: number | null, 
/**
 * Passkeys that this device holds now.
 */
held: number, 
/**
 * Passkeys that would be added.
 */
new: number, 
/**
 * Passkeys that are here already.
 */
same: number, 
/**
 * Passkeys that are here with the same id and are not the same: they stay as they are here.
 */
conflicts: number, 
/**
 * Passkeys that are in the trash of this device: they stay there, and can be brought back from it.
 */
inTrash: number, 
/**
 * Entries that were left out, with a reason each.
 */
skipped: number, 
/**
 * Entries that are no passkeys.
 */
others: number, 
/**
 * Passkeys whose further fields were too long to keep.
 */
trimmed: number, };

export type PlanRow = { "row": "conflict", 
/**
 * The file's site.
 */
site: Site, 
/**
 * The file's account.
 */
name: string, } | { "row": "skipped", 
/**
 * Where in the file.
 */
place: EntryPlace, 
/**
 * Its site, if it is known.
 */
site: Site | null, 
/**
 * Why.
 */
reason: SkipReason, 
/**
 * The name of the field, where the reason is one.
 */
field: string | null, } | { "row": "in_trash", 
/**
 * The site.
 */
site: Site, 
/**
 * The account.
 */
name: string, } | { "row": "new", 
/**
 * The site.
 */
site: Site, 
/**
 * The account.
 */
name: string, };

export type EntryPlace = { "in": "item", 
/**
 * Which.
 */
item: number, } | { "in": "credential", 
/**
 * Which item.
 */
item: number, 
/**
 * Which credential of it.
 */
credential: number, } | { "in": "passkey", 
/**
 * Which.
 */
number: number, } | { "in": "whole" };

export type SkipReason = "unreadable" | "missing_field" | "bad_field" | "key_damaged" | "key_unsupported" | "key_mismatch" | "counter" | "repeated" | "ambiguous_id" | "other";

export type Export = { "step": "choose", 
/**
 * Whether recovery is set up.
 */
canEncrypt: boolean, 
/**
 * Why nothing was written.
 */
problem: ErrorCode | null, } | { "step": "warn", 
/**
 * How it would be written.
 */
kind: ExportKind, 
/**
 * How many passkeys there are.
 */
passkeys: number, } | { "step": "verify", 
/**
 * How it would be written.
 */
kind: ExportKind, 
/**
 * What the person is to do.
 */
check: Check, } | { "step": "working" } & Progress | { "step": "done", 
/**
 * How.
 */
kind: ExportKind, 
/**
 * The file.
 */
file: WrittenFile, } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type ExportKind = "age" | "cxf" | "keepassxc";

export type Check = { "to": "type_pin", 
/**
 * What was wrong with the last one.
 */
problem: PinProblem | null, } | { "to": "asked_by_system" } | { "to": "wait" } | { "to": "passed", 
/**
 * By which way.
 */
way: VerificationWay, };

export type CopyUnder = { "step": "choose", 
/**
 * What was wrong with the last one.
 */
problem: ErrorCode | null, } | { "step": "working" } & Progress | { "step": "done" } & WrittenFile | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Strength = { 
/**
 * 0 (guessed at once) to 4 (out of reach).
 */
score: number, 
/**
 * Decimal logarithm of the number of guesses.
 */
guessesLog10: number, 
/**
 * Whether it will do for a file that anybody may copy.
 */
enough: boolean, };

export type Split = { "step": "type", 
/**
 * What was wrong with what was typed.
 */
problem: ErrorCode | null, } | { "step": "shares", 
/**
 * How many of them make the words.
 */
needed: number, 
/**
 * How many there are.
 */
shares: number, };

export type ActivityLog = { "state": "reading" } | { "state": "ready", 
/**
 * Grows with every change: then rows and charts are to be fetched anew.
 */
revision: number, 
/**
 * Entries in the log.
 */
entries: number, 
/**
 * Something that happened since the start could not be noted.
 */
unnoted: boolean, 
/**
 * Whether the log is what was written.
 */
check: LogCheck, 
/**
 * The last export.
 */
export: LogExport, } | { "state": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type LogCheck = { "is": "not_checked" } | { "is": "checking" } | { "is": "intact", 
/**
 * Entries in it.
 */
entries: number, } | { "is": "broken", 
/**
 * The sequence of the first entry that is not what was written.
 */
firstBad: number, 
/**
 * What is wrong with it.
 */
what: Damage, } | { "is": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type LogExport = { "is": "none" } | { "is": "writing" } | { "is": "written", 
/**
 * Where.
 */
path: string, 
/**
 * Entries in it.
 */
entries: number, } | { "is": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type LogFormat = "json_lines" | "csv";

export type ActivityFilter = { 
/**
 * What happened.
 */
kinds: Array<ActivityKind>, 
/**
 * The site, exactly.
 */
site: string | null, 
/**
 * At this time or later, Unix seconds.
 */
since: number | null, 
/**
 * Before this time, Unix seconds.
 */
until: number | null, 
/**
 * Part of site, account or other end, in upper or lower case.
 */
text: string, };

export type ActivityPage = { 
/**
 * Of which revision this is.
 */
revision: number, 
/**
 * How many entries fit.
 */
matching: number, 
/**
 * Those that were asked for.
 */
rows: Array<ActivityRow>, };

export type ActivityRow = { 
/**
 * Counts from 1. It gives the order, whatever clocks said.
 */
sequence: number, 
/**
 * When, by the clock of that moment, Unix seconds.
 */
at: number, 
/**
 * What.
 */
kind: ActivityKind, 
/**
 * Why it was refused, if it was.
 */
because: Because | null, 
/**
 * The site.
 */
site: Site | null, 
/**
 * The account's name there.
 */
account: string | null, 
/**
 * The passkey's name in the keyring.
 */
passkey: string | null, 
/**
 * Whether the person was verified.
 */
userVerified: boolean | null, 
/**
 * What is known of the other end.
 */
peer: string | null, 
/**
 * How many passkeys, where it is not one.
 */
count: number | null, };

export type Statistics = { 
/**
 * Of which revision of the log this is.
 */
revision: number, 
/**
 * All requests.
 */
total: Counts, 
/**
 * Requests that ended without a signature, by reason, the most frequent first. Reasons that never occurred are
 * left out.
 */
refusals: Array<RefusalCount>, 
/**
 * By site, the one with the most requests first. Requests of which no site is known are left out.
 */
sites: Array<SiteCounts>, 
/**
 * By calendar month in UTC, the earliest first, without gaps.
 */
months: Array<MonthCounts>, };

export type Counts = { 
/**
 * Passkeys created.
 */
created: number, 
/**
 * Sign-ins.
 */
signedIn: number, 
/**
 * Requests that ended without a signature.
 */
refused: number, };

export type RefusalCount = { 
/**
 * The reason.
 */
because: Because, 
/**
 * How often.
 */
count: number, };

export type SiteCounts = { 
/**
 * The site.
 */
site: Site, 
/**
 * Its counts.
 */
counts: Counts, };

export type MonthCounts = { 
/**
 * The year.
 */
year: number, 
/**
 * 1 to 12.
 */
month: number, 
/**
 * Its counts.
 */
counts: Counts, };

export type Settings = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * The language of everything.
 */
language: Language, 
/**
 * The language that `system` stands for.
 */
systemLanguage: Language, 
/**
 * Starting with the session.
 */
autostart: Autostart, 
/**
 * The tunnel service.
 */
tunnel: Tunnel, 
/**
 * The live check of a tunnel service.
 */
tunnelCheck: TunnelCheck, 
/**
 * How the person is verified.
 */
verification: Verification, 
/**
 * The rules of a managed device.
 */
policy: Policy, 
/**
 * The look at everything that a sign-in needs.
 */
doctor: Doctor, 
/**
 * Why a setting could not be read or kept. What is shown is in force until the app ends.
 */
problem: ErrorCode | null, };

export type Theme = "system" | "light" | "dark";

export type Language = "system" | "en" | "de" | "ja" | "ar" | "en-XA";

export type Autostart = { "state": "off" } | { "state": "on" } | { "state": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type Tunnel = { 
/**
 * Which.
 */
service: TunnelName, 
/**
 * It was fixed when the app was started (`ROAMKEY_TUNNEL`), and can't be chosen here.
 */
fixed: boolean, };

export type TunnelName = { 
/**
 * Its number.
 */
id: number, 
/**
 * Its host name, which every browser derives from the number.
 */
host: string, 
/**
 * Whose it is.
 */
operator: Operator, };

export type Operator = "google" | "apple" | "own";

export type TunnelCheck = { "is": "not_run" } | { "is": "running", 
/**
 * Of which service.
 */
service: TunnelName, 
/**
 * The steps that passed.
 */
passed: Array<TunnelStepPassed>, 
/**
 * The step that is under way.
 */
now: TunnelStep, } | { "is": "passed", 
/**
 * Of which service.
 */
service: TunnelName, 
/**
 * The steps.
 */
passed: Array<TunnelStepPassed>, } | { "is": "failed", 
/**
 * Of which service.
 */
service: TunnelName, 
/**
 * The steps that passed.
 */
passed: Array<TunnelStepPassed>, 
/**
 * The step that failed.
 */
at: TunnelStep, 
/**
 * Why.
 */
code: ErrorCode, };

export type TunnelStep = "name" | "address" | "tls" | "web_socket" | "routing_id";

export type TunnelStepPassed = { 
/**
 * Which.
 */
step: TunnelStep, 
/**
 * How long it took.
 */
milliseconds: number, 
/**
 * What was found, as it is: an IP address, a routing id in hex.
 */
found: string | null, };

export type VerificationWay = "pin" | "system";

export type Verification = { "state": "reading" } | { "state": "ready", 
/**
 * What the person chose.
 */
chosen: VerificationWay, 
/**
 * The way that is taken: the PIN stands in where the system can't ask. None if nothing is set up.
 */
way: VerificationWay | null, 
/**
 * The PIN.
 */
pin: PinState, 
/**
 * Whether the operating system would ask; null if it would.
 */
systemProblem: ErrorCode | null, 
/**
 * What is under way.
 */
task: VerificationTask, } | { "state": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type PinState = { "is": "not_set", 
/**
 * The least characters that a policy asks for.
 */
minimum: number | null, } | { "is": "set", 
/**
 * The least characters that a policy asks for.
 */
minimum: number | null, 
/**
 * Tries before the next delay.
 */
triesLeft: number, 
/**
 * Seconds until the next try is taken.
 */
wait: number | null, 
/**
 * A reset without the PIN.
 */
reset: PinReset, };

export type PinReset = { "is": "not_asked", 
/**
 * Whether the operating system's check would do.
 */
systemWouldDo: boolean, 
/**
 * Otherwise: seconds to wait, with the machine on. Until then the PIN goes on to work, and using it calls the
 * reset off.
 */
wait: number, } | { "is": "waiting", 
/**
 * Seconds.
 */
wait: number, } | { "is": "ready" };

export type VerificationTask = { "is": "none" } | { "is": "testing", 
/**
 * What the person is to do, or that it passed.
 */
check: Check, } | { "is": "asked_by_system" } | { "is": "working" } | { "is": "done", 
/**
 * Which.
 */
what: VerificationDone, } | { "is": "pin_problem", 
/**
 * Which of both.
 */
which: WhichPin, 
/**
 * What is wrong.
 */
problem: PinProblem, } | { "is": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type VerificationDone = "pin_set" | "pin_changed" | "pin_reset" | "pin_reset_waits" | "way_chosen";

export type WhichPin = "present" | "new";

export type Policy = { "is": "none", 
/**
 * The file that is not there or says nothing.
 */
path: string, } | { "is": "in_force", 
/**
 * The file.
 */
path: string, 
/**
 * The user who owns it, and so has set it.
 */
owner: string, 
/**
 * The least characters of a PIN.
 */
minimumPinLength: number | null, 
/**
 * The ways that count.
 */
allowed: Array<VerificationWay>, 
/**
 * Rules by site, the most specific first.
 */
rules: Array<PolicyRule>, 
/**
 * Passkeys near a limit or beyond it.
 */
touched: Array<PolicyTouch>, };

export type PolicyRule = { 
/**
 * A site, `*.` and a domain, or `*`.
 */
sites: string, 
/**
 * Days after which a passkey can't be used any more.
 */
maximumAgeDays: number | null, 
/**
 * Days without use after which it can't.
 */
maximumDisuseDays: number | null, 
/**
 * Days before that, from which on its owner is warned.
 */
warnDays: number, };

export type PolicyTouch = { 
/**
 * Its name in the keyring.
 */
id: string, 
/**
 * Its site.
 */
site: Site, 
/**
 * The account's name there.
 */
name: string, 
/**
 * Days that it can still be used; null if it can't.
 */
daysLeft: number | null, 
/**
 * Which limit.
 */
limit: PolicyLimit, };

export type PolicyLimit = { "is": "age", 
/**
 * Days.
 */
days: number, } | { "is": "disuse", 
/**
 * Days.
 */
days: number, } | { "is": "other" };

export type Doctor = { "is": "not_run" } | { "is": "running" } | { "is": "done", 
/**
 * When, Unix seconds.
 */
at: number, 
/**
 * Each part, in the order in which they are shown.
 */
checks: Array<Finding>, };

export type Finding = { 
/**
 * How it was found.
 */
verdict: Verdict, 
/**
 * What is known about it, and which part it is.
 */
facts: Facts, };

export type Verdict = { "is": "works" } | { "is": "remark", 
/**
 * What; its text has the remedy.
 */
code: ErrorCode, } | { "is": "broken", 
/**
 * Why; its text has the remedy.
 */
code: ErrorCode, };

export type Facts = { "part": "store", 
/**
 * In a file under a passphrase instead of the OS keyring.
 */
inFile: boolean, 
/**
 * How many there are.
 */
passkeys: number | null, } | { "part": "bluetooth", 
/**
 * The adapter's name.
 */
adapter: string | null, } | { "part": "tunnel", 
/**
 * Its host name.
 */
host: string, 
/**
 * Where it was connected to, if that is elsewhere.
 */
address: string | null, } | { "part": "clock", 
/**
 * Its time, Unix seconds.
 */
now: number, 
/**
 * Seconds that it is ahead of the tunnel service's clock, negative if behind.
 */
ahead: number | null, } | { "part": "verification", 
/**
 * The way that is taken.
 */
way: VerificationWay | null, } | { "part": "folder", 
/**
 * Where it is.
 */
path: string, 
/**
 * Bytes that are free for this user.
 */
free: number | null, } | { "part": "activity", 
/**
 * Its entries, if it is intact.
 */
entries: number | null, };

export type Tips = { 
/**
 * The one to show now. It stays until it is dismissed or its reason is gone.
 */
due: Tip | null, 
/**
 * Those that were shown, the latest first.
 */
seen: Array<Tip>, };

export type Tip = "first_passkey" | "backup_not_drilled" | "bluetooth_failed" | "first_removal" | "code_from_clipboard" | "first_sign_in" | "readable_export" | "wrong_pin";

export type Action = { "do": "go", 
/**
 * Which.
 */
place: Place, } | { "do": "read_text", 
/**
 * The text.
 */
text: Typed, } | { "do": "read_clipboard" } | { "do": "read_screen", 
/**
 * On how much of it.
 */
part: ScreenPart, } | { "do": "go_ahead" } | { "do": "choose_pin", 
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
trial: Trial, } | { "do": "retry_phone" } | { "do": "leave_phone" } | { "do": "read_passkeys" } | { "do": "label", 
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
id: string, } | { "do": "drop_rebuilt" } | { "do": "drop_notice" } | { "do": "look_at_bluetooth" } | { "do": "end_welcome" } | { "do": "safety" } & SafetyAction | { "do": "activity" } & ActivityAction | { "do": "settings" } & SettingsAction | { "do": "help" } & HelpAction;

export type SafetyAction = { "safety": "read" } | { "safety": "schedule", 
/**
 * How often.
 */
every: Schedule, } | { "safety": "open", 
/**
 * Which.
 */
wizard: WizardKind, } | { "safety": "leave" } | { "safety": "draw_words" } | { "safety": "use_words", 
/**
 * The 24 words, or enough shares of them, one a line.
 */
words: Typed, } | { "safety": "words_written" } | { "safety": "show_words" } | { "safety": "confirm_words", 
/**
 * The words.
 */
words: Array<Typed>, } | { "safety": "save_sheet" } | { "safety": "open_sheet" } | { "safety": "choose_folder" } | { "safety": "back_up" } | { "safety": "choose_backup_flags", 
/**
 * Which.
 */
flags: BackupFlags, } | { "safety": "choose_file" } | { "safety": "use_suggested" } | { "safety": "unlock", 
/**
 * Words, shares, passphrase or password, whichever the step asks for.
 */
secret: Typed, } | { "safety": "apply" } | { "safety": "choose_export", 
/**
 * How.
 */
kind: ExportKind, } | { "safety": "accept_warning" } | { "safety": "type_pin", 
/**
 * The PIN.
 */
pin: Typed, } | { "safety": "write_copy", 
/**
 * The passphrase.
 */
passphrase: Typed, } | { "safety": "split_words", 
/**
 * The 24 words.
 */
words: Typed, 
/**
 * How many shares make the words.
 */
needed: number, 
/**
 * How many shares there are.
 */
shares: number, };

export type WizardKind = "set_up" | "back_up" | "drill" | "restore" | "import" | "export" | "copy" | "split";

export type ActivityAction = { "activity": "read" } | { "activity": "verify" } | { "activity": "export", 
/**
 * In which form.
 */
format: LogFormat, 
/**
 * Which entries.
 */
filter: ActivityFilter, } | { "activity": "drop_export" };

export type SettingsAction = { "settings": "read" } | { "settings": "set_theme", 
/**
 * Which.
 */
theme: Theme, } | { "settings": "set_language", 
/**
 * Which.
 */
language: Language, } | { "settings": "set_autostart", 
/**
 * Whether.
 */
on: boolean, } | { "settings": "set_tunnel", 
/**
 * Its number.
 */
id: number, } | { "settings": "check_tunnel", 
/**
 * Its number.
 */
id: number, } | { "settings": "leave_tunnel_check" } | { "settings": "set_verification", 
/**
 * The way.
 */
way: VerificationWay, } | { "settings": "set_pin", 
/**
 * The PIN.
 */
pin: Typed, } | { "settings": "change_pin", 
/**
 * The present one.
 */
present: Typed, 
/**
 * The new one.
 */
new: Typed, } | { "settings": "reset_pin" } | { "settings": "test_verification" } | { "settings": "type_test_pin", 
/**
 * The PIN.
 */
pin: Typed, } | { "settings": "leave_verification" } | { "settings": "run_doctor" };

export type HelpAction = { "help": "dismiss_tip", 
/**
 * Which.
 */
tip: Tip, } | { "help": "forget_tips" };

export type ScreenPart = "whole" | "chosen";

export type Typed = string;

export type HandedOver = { 
/**
 * What the phone is asked for.
 */
operation: Hinted, 
/**
 * For which site, says the program.
 */
site: Site, 
/**
 * The account that a new passkey is for.
 */
account: string | null, 
/**
 * How far it is.
 */
step: HandedStep, 
/**
 * How the window looks and speaks.
 */
look: Look, };

export type HandedStep = { "at": "starting" } | { "at": "code", 
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
seconds: number, } | { "at": "meeting", 
/**
 * How far it is.
 */
stage: PhoneStage, } | { "at": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type HandedAct = "again" | "leave";

export type Opening = { 
/**
 * What has to be settled first.
 */
step: OpeningStep, 
/**
 * How the window looks and speaks.
 */
look: Look, };

export type OpeningStep = { "is": "looking" } | { "is": "policy", 
/**
 * The file.
 */
path: string, 
/**
 * What is wrong with it.
 */
problem: PolicyProblem, 
/**
 * The same for whoever can mend it, in English.
 */
detail: string, } | { "is": "passphrase", 
/**
 * The file.
 */
path: string, 
/**
 * Why it is still shut.
 */
problem: ErrorCode | null, 
/**
 * A passphrase is being tried.
 */
trying: boolean, } | { "is": "no_keyring", 
/**
 * Where it would be.
 */
path: string, 
/**
 * Why it was not made.
 */
problem: ErrorCode | null, 
/**
 * It is being made.
 */
making: boolean, } | { "is": "failed", 
/**
 * Why.
 */
code: ErrorCode, } | { "is": "open" };

export type PolicyProblem = { "is": "unreadable" } | { "is": "not_the_administrators" } | { "is": "syntax", 
/**
 * The line, from 1.
 */
line: number, } | { "is": "rule", 
/**
 * Its key, with all above it.
 */
key: string, };

export type OpeningAction = { "do": "try_again" } | { "do": "unlock", 
/**
 * With this.
 */
passphrase: Typed, } | { "do": "make_file", 
/**
 * Under this.
 */
passphrase: Typed, } | { "do": "go_on" } | { "do": "quit" };

export type Look = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * The language that was chosen.
 */
language: Language, 
/**
 * The language of this session.
 */
systemLanguage: Language, };
