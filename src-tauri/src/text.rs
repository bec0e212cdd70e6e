//! The few sentences that the desktop shows and not the web view, in the languages of the web view. Everything else is in
//! `ui/src/text`.

use crate::language::Spoken;
use crate::view::Settings;

/// Texts of one language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// The tray's entry that opens the window.
    pub(crate) open: &'static str,
    /// The tray's entry that ends the app.
    pub(crate) quit: &'static str,
    /// The tray's lines on Bluetooth: not looked at yet, ready, not.
    pub(crate) bluetooth_unknown: &'static str,
    pub(crate) bluetooth_ready: &'static str,
    pub(crate) bluetooth_problem: &'static str,
    /// Its lines on the tunnel: none, being opened, open.
    pub(crate) tunnel_closed: &'static str,
    pub(crate) tunnel_opening: &'static str,
    pub(crate) tunnel_open: &'static str,
    /// Its lines on the passkeys: being read, there, not to be had.
    pub(crate) passkeys_reading: &'static str,
    pub(crate) passkeys_open: &'static str,
    pub(crate) passkeys_locked: &'static str,
    /// What to do where a part of the screen is to be chosen.
    pub(crate) choose_part: &'static str,
    /// The desktop's own dialogs: for a file, for a folder, for where a new file goes.
    pub(crate) choose_file: &'static str,
    pub(crate) choose_folder: &'static str,
    pub(crate) save_as: &'static str,
    /// A notification: a question waits.
    pub(crate) question_title: &'static str,
    /// What to do about it.
    pub(crate) question_body: &'static str,
}

impl Text {
    /// The texts in the language in use.
    pub(crate) fn of(settings: &Settings) -> &'static Self {
        Self::in_language(Spoken::of(settings))
    }

    const fn in_language(language: Spoken) -> &'static Self {
        match language {
            Spoken::English => &ENGLISH,
            Spoken::German => &GERMAN,
            Spoken::Japanese => &JAPANESE,
            Spoken::Arabic => &ARABIC,
        }
    }
}

const ENGLISH: Text = Text {
    open: "Open Roamkey",
    quit: "Quit",
    bluetooth_unknown: "Bluetooth: looking…",
    bluetooth_ready: "Bluetooth: ready",
    bluetooth_problem: "Bluetooth: not ready",
    tunnel_closed: "Tunnel: none open",
    tunnel_opening: "Tunnel: connecting…",
    tunnel_open: "Tunnel: open",
    passkeys_reading: "Passkeys: reading…",
    passkeys_open: "Passkeys: unlocked",
    passkeys_locked: "Passkeys: locked or out of reach",
    choose_part: "Drag over the code, or click its window (Tab and Return do it too). Escape: back",
    choose_file: "Choose a file",
    choose_folder: "Choose a folder",
    save_as: "Save as",
    question_title: "A sign-in waits for your answer",
    question_body: "Open Roamkey to read the question. If you did not start this, refuse.",
};

const GERMAN: Text = Text {
    open: "Roamkey öffnen",
    quit: "Beenden",
    bluetooth_unknown: "Bluetooth: wird geprüft…",
    bluetooth_ready: "Bluetooth: bereit",
    bluetooth_problem: "Bluetooth: nicht bereit",
    tunnel_closed: "Tunnel: keiner offen",
    tunnel_opening: "Tunnel: wird geöffnet…",
    tunnel_open: "Tunnel: offen",
    passkeys_reading: "Passkeys: werden gelesen…",
    passkeys_open: "Passkeys: entsperrt",
    passkeys_locked: "Passkeys: gesperrt oder nicht erreichbar",
    choose_part: "Ziehen Sie einen Rahmen um den Code oder klicken Sie auf sein Fenster (auch mit Tab und Eingabe). Esc: zurück",
    choose_file: "Datei wählen",
    choose_folder: "Ordner wählen",
    save_as: "Speichern unter",
    question_title: "Eine Anmeldung wartet auf Ihre Antwort",
    question_body: "Öffnen Sie Roamkey, um die Frage zu lesen. Wenn Sie das nicht begonnen haben, lehnen Sie ab.",
};

const JAPANESE: Text = Text {
    open: "Roamkeyを開く",
    quit: "終了",
    bluetooth_unknown: "Bluetooth: 確認中…",
    bluetooth_ready: "Bluetooth: 使えます",
    bluetooth_problem: "Bluetooth: 使えません",
    tunnel_closed: "トンネル: 開いていません",
    tunnel_opening: "トンネル: 接続中…",
    tunnel_open: "トンネル: 開いています",
    passkeys_reading: "パスキー: 読み込み中…",
    passkeys_open: "パスキー: ロック解除済み",
    passkeys_locked: "パスキー: ロック中または使えません",
    choose_part: "コードを囲むようにドラッグするか、そのウィンドウをクリックしてください（TabとEnterでも選べます）。Esc: 戻る",
    choose_file: "ファイルを選択",
    choose_folder: "フォルダーを選択",
    save_as: "名前を付けて保存",
    question_title: "サインインがあなたの回答を待っています",
    question_body: "Roamkeyを開いて確認してください。ご自身で始めたものでなければ、拒否してください。",
};

const ARABIC: Text = Text {
    open: "فتح Roamkey",
    quit: "إنهاء",
    bluetooth_unknown: "البلوتوث: جارٍ التحقق…",
    bluetooth_ready: "البلوتوث: جاهز",
    bluetooth_problem: "البلوتوث: غير جاهز",
    tunnel_closed: "النفق: غير مفتوح",
    tunnel_opening: "النفق: جارٍ الاتصال…",
    tunnel_open: "النفق: مفتوح",
    passkeys_reading: "مفاتيح المرور: جارٍ القراءة…",
    passkeys_open: "مفاتيح المرور: غير مقفلة",
    passkeys_locked: "مفاتيح المرور: مقفلة أو يتعذّر الوصول إليها",
    choose_part: "اسحب حول الرمز أو انقر نافذته (أو استخدم Tab وEnter). للرجوع: Esc",
    choose_file: "اختر ملفًا",
    choose_folder: "اختر مجلدًا",
    save_as: "حفظ باسم",
    question_title: "تسجيل دخول ينتظر إجابتك",
    question_body: "افتح Roamkey لقراءة السؤال. إذا لم تكن أنت من بدأ هذا فارفض.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_empty_and_each_language_has_its_own() {
        let all = [&ENGLISH, &GERMAN, &JAPANESE, &ARABIC].map(|text| {
            let Text {
                open,
                quit,
                bluetooth_unknown,
                bluetooth_ready,
                bluetooth_problem,
                tunnel_closed,
                tunnel_opening,
                tunnel_open,
                passkeys_reading,
                passkeys_open,
                passkeys_locked,
                choose_part,
                choose_file,
                choose_folder,
                save_as,
                question_title,
                question_body,
            } = *text;
            [
                open,
                quit,
                bluetooth_unknown,
                bluetooth_ready,
                bluetooth_problem,
                tunnel_closed,
                tunnel_opening,
                tunnel_open,
                passkeys_reading,
                passkeys_open,
                passkeys_locked,
                choose_part,
                choose_file,
                choose_folder,
                save_as,
                question_title,
                question_body,
            ]
        });
        let mut seen: Vec<&str> = all.into_iter().flatten().collect();
        assert!(seen.iter().all(|text| !text.is_empty()));
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count, "a text that two languages share");
    }
}
