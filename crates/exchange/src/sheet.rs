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
        .map_or_else(|| "<span class=\"blank\"></span>".to_owned(), escape);
    PAGE.replace("{words}", &words)
        .replace("{recipient}", &escape(&recipient))
        .replace("{place}", &place)
        .replace("{date}", &escape(sheet.date))
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

const PAGE: &str = include_str!("sheet.html");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_has_room_for_all_words_and_says_which_backups_it_opens() {
        let recipient = Recipient::from_bytes([9; 32]);
        let page = sheet(&Sheet {
            recipient: &recipient,
            place: Some("<b>{date}</b>"),
            date: "2026-11-20",
        });
        assert_eq!(page.matches("class=\"n\"").count(), WORDS);
        assert!(page.contains(&recipient.to_string()));
        assert!(
            page.contains("&lt;b&gt;&#123;date}"),
            "what is filled in is text, not markup"
        );
        for foreign in ["http", "<script", "url("] {
            assert!(!page.contains(foreign), "the page is whole without {foreign}");
        }
    }
}
