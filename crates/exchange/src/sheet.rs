//! The emergency sheet: one HTML page to print, with room for the words, where the backups are, and the steps.
//!
//! The words are not on it: they are written on the paper by hand, so that no printer and no file has them.

use std::fmt::Write as _;

use crate::WORDS;
use crate::age::Recipient;

/// What the sheet says.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Which recovery identity it is for.
    pub recipient: &'a Recipient,
    /// Where backups are written, as the person knows the place.
    pub place: Option<&'a str>,
    /// The day it is printed, for people.
    pub date: &'a str,
    /// The language of the person.
    pub language: SheetLanguage,
}

/// A language that the sheet is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetLanguage {
    /// English.
    English,
    /// German.
    German,
    /// Japanese.
    Japanese,
    /// Arabic, from right to left.
    Arabic,
}

impl SheetLanguage {
    /// Its tag as in BCP 47, the direction of its lines, the title, and what stands under it.
    const fn page(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::English => (
                "en",
                "ltr",
                "Roamkey emergency sheet",
                include_str!("sheet/en.html"),
            ),
            Self::German => ("de", "ltr", "Roamkey-Notfallblatt", include_str!("sheet/de.html")),
            Self::Japanese => ("ja", "ltr", "Roamkey 緊急用シート", include_str!("sheet/ja.html")),
            Self::Arabic => (
                "ar",
                "rtl",
                "ورقة الطوارئ من Roamkey",
                include_str!("sheet/ar.html"),
            ),
        }
    }
}

/// Makes the page. It loads nothing and runs nothing.
#[must_use]
pub fn sheet(sheet: &Sheet<'_>) -> String {
    let mut words = String::new();
    for number in 1..=WORDS {
        // Writing to a text can't fail.
        let _ = write!(words, "<li><span class=\"n\">{number}</span></li>");
    }
    let recipient = sheet.recipient.to_string();
    let place = sheet
        .place
        .map_or_else(|| "<span class=\"blank\"></span>".to_owned(), code);
    let (tag, direction, title, body) = sheet.language.page();
    PAGE.replace("{lang}", tag)
        .replace("{dir}", direction)
        .replace("{title}", title)
        .replace("{body}", body)
        .replace("{words}", &words)
        .replace("{recipient}", &escape(&recipient))
        .replace("{place}", &place)
        .replace(
            "{date}",
            &format!("<bdi dir=\"ltr\">{}</bdi>", escape(sheet.date)),
        )
}

/// A path, which keeps its direction in every language.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '{' => escaped.push_str("&#123;"),
            sign if sign.is_control() => {}
            sign => escaped.push(sign),
        }
    }
    escaped
}

const PAGE: &str = include_str!("sheet/page.html");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_has_room_for_all_words_and_says_which_backups_it_opens() {
        let recipient = Recipient::from_bytes([9; 32]);
        for language in [
            SheetLanguage::English,
            SheetLanguage::German,
            SheetLanguage::Japanese,
            SheetLanguage::Arabic,
        ] {
            let page = sheet(&Sheet {
                recipient: &recipient,
                place: Some("<b>{date}</b>"),
                date: "2026-11-20",
                language,
            });
            assert_eq!(page.matches("class=\"n\"").count(), WORDS, "{language:?}");
            assert!(page.contains(&recipient.to_string()), "{language:?}");
            assert_eq!(page.matches("2026-11-20").count(), 1, "{language:?}");
            assert!(
                page.contains("&lt;b&gt;&#123;date}"),
                "what is filled in is text, not markup"
            );
            for command in ["roamkey backup drill FILE", "roamkey restore FILE"] {
                assert!(page.contains(command), "{language:?} names {command}");
            }
            for foreign in ["http", "<script", "url("] {
                assert!(!page.contains(foreign), "the page is whole without {foreign}");
            }
            let open = page.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            let mut open = open.filter(|(name, _)| name.chars().all(|sign| sign.is_ascii_lowercase()));
            assert_eq!(open.next(), None, "{language:?}: nothing is left to be filled in");
        }
    }
}
