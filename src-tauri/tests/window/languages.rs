//! Every page in every language, light and dark, as the person's own web view draws it; and what the desktop shows in
//! that language: the icon's menu, the notification, the words over the screen.

use std::path::Path;

use roamkey_testkit::desktop::Sharing;
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;

use crate::desktop::{chooser_is_there, menu_reads};
use crate::person::{Look, Person, Surroundings};
use crate::scenarios::{Place, refused, register};
use crate::x11::Hands;

/// A language: its tag, the direction of its lines, and what the desktop shows in it: the entry that ends the app, the
/// state of Bluetooth, and what a notification says.
struct Spoken {
    tag: &'static str,
    direction: &'static str,
    quit: &'static str,
    bluetooth: &'static str,
    question: &'static str,
}

const LANGUAGES: [Spoken; 4] = [
    Spoken {
        tag: "de",
        direction: "ltr",
        quit: "Beenden",
        bluetooth: "Bluetooth: bereit",
        question: "Eine Anmeldung wartet auf Ihre Antwort",
    },
    Spoken {
        tag: "ja",
        direction: "ltr",
        quit: "終了",
        bluetooth: "Bluetooth: 使えます",
        question: "サインインがあなたの回答を待っています",
    },
    Spoken {
        tag: "ar",
        direction: "rtl",
        quit: "إنهاء",
        bluetooth: "البلوتوث: جاهز",
        question: "تسجيل دخول ينتظر إجابتك",
    },
    Spoken {
        tag: "en",
        direction: "ltr",
        quit: "Quit",
        bluetooth: "Bluetooth: ready",
        question: "A sign-in waits for your answer",
    },
];

pub(crate) async fn everywhere((bench, folder): Place<'_>) -> Result<()> {
    let surroundings = Surroundings {
        desktop: Some(Sharing::Cancels),
        ..Surroundings::bare(Look::Light)
    };
    let pictures = folder.join("pictures").join("languages");
    let person = Person::on(bench, folder, surroundings)
        .await?
        .with_pictures(pictures)?;
    person.begins().await?;
    person
        .desktop()?
        .until("an icon", |seen| !seen.icons.is_empty())
        .await?;
    for (number, language) in LANGUAGES.iter().enumerate() {
        choose(&person, "ar", language.tag).await?;
        let speaks = format!(
            "const root = document.documentElement; return root.lang === '{}' && root.dir === '{}'",
            language.tag, language.direction
        );
        person.window.until_script(language.tag, &speaks).await?;
        for theme in ["light", "dark"] {
            choose(&person, "dark", theme).await?;
            let painted = format!(
                "return getComputedStyle(document.body).backgroundColor === '{}'",
                paper(theme)
            );
            person.window.until_script(theme, &painted).await?;
            pages(&person, language.tag, theme).await?;
        }
        menu_reads(&person, &[language.quit, language.bluetooth]).await?;
        // Other scenarios see the rest in English.
        if language.tag != "en" {
            over_the_screen(bench, folder, &person, language.tag).await?;
            notified(bench, &person, number, language).await?;
        }
    }
    person.window.close().await
}

/// What a page of this theme is painted on.
fn paper(theme: &str) -> &'static str {
    if theme == "dark" {
        "rgb(21, 23, 28)"
    } else {
        "rgb(245, 246, 248)"
    }
}

/// Chooses a value in the field of the settings that offers this one.
async fn choose(person: &Person, offers: &str, value: &str) -> Result<()> {
    page(person, SETTINGS).await?;
    let script = format!(
        "const field = [...document.querySelectorAll('main select')]
           .find((field) => [...field.options].some((option) => option.value === '{offers}'));
         if (!field) return false;
         field.value = '{value}';
         field.dispatchEvent(new Event('change', {{ bubbles: true }}));
         return true;"
    );
    person.window.until_script(value, &script).await.map(drop)
}

/// Opens a page by its place in the navigation.
async fn page(person: &Person, number: usize) -> Result<()> {
    let script = format!(
        "const page = document.querySelectorAll('header nav button')[{number}];
         if (page?.ariaCurrent === 'page' || page?.getAttribute('aria-current') === 'page') return true;
         page?.click();
         return false;"
    );
    person.window.until_script("a page", &script).await.map(drop)
}

/// Looks at each page, and each part of it; in the dark at the first, for the colours.
async fn pages(person: &Person, language: &str, theme: &str) -> Result<()> {
    for (number, name) in PAGES.iter().enumerate() {
        page(person, number).await?;
        let parts = person.window.script(PARTS).await?.as_u64().unwrap_or_default();
        let parts = if theme == "dark" { 1 } else { parts.max(1) };
        for part in 0..parts {
            let open = format!("document.querySelectorAll('main nav button')[{part}]?.click(); return true");
            person.window.until_script("a part", &open).await?;
            person
                .picture(&format!("{language}-{theme}-{name}-{part}"))
                .await?;
            let cut = person.window.script(CUT).await?;
            assert_eq!(cut, serde_json::json!([]), "{language}, {name} {part}");
        }
    }
    Ok(())
}

/// The words over the screen, where a part of it is to be chosen.
async fn over_the_screen(bench: &Bench, folder: &Path, person: &Person, language: &str) -> Result<()> {
    page(person, SIGN_IN).await?;
    let choose = "document.querySelector('.ways .row .button')?.click(); return true";
    person.window.until_script("a way", choose).await?;
    chooser_is_there(bench).await?;
    bench.keep_picture(&format!("choosing {language}"))?;
    Hands::at(bench, folder).xdotool(&["key", "Escape"]).await?;
    person.window.shows("#code").await
}

/// A question in a window that nobody looks at, and its refusal.
async fn notified(bench: &mut Bench, person: &Person, before: usize, language: &Spoken) -> Result<()> {
    let ceremony = bench.show(&register(&format!("otto-{}", language.tag))).await?;
    person.window.fill("#code", &ceremony.code).await?;
    let press = |selector: &str| format!("document.querySelector('{selector}')?.click(); return true");
    person.window.script(&press(".line .button")).await?;
    person.window.shows(".note.warn").await?;
    person.window.script(&press("main .button.main")).await?;
    let seen = person
        .desktop()?
        .until("a notification", |seen| seen.notes.len() > before)
        .await?;
    assert_eq!(seen.notes[before].summary, language.question);
    person.picture(&format!("{}-question", language.tag)).await?;
    // Cancel has the focus.
    person.window.keys("\u{e007}").await?;
    person.window.shows("[data-code=refused]").await?;
    refused(ceremony.page.outcome().await?, "NotAllowedError")?;
    person.window.script(&press("main .button.main")).await?;
    person.window.shows("#code").await
}

/// The pages, in the order of their navigation.
const PAGES: [&str; 7] = [
    "sign-in", "passkeys", "phone", "safety", "activity", "settings", "help",
];
const SIGN_IN: usize = 0;
const SETTINGS: usize = 5;

const PARTS: &str = "return document.querySelectorAll('main nav button').length";

/// What is beyond the window's edges, or wider than its box without a way to scroll there.
const CUT: &str = "
    const shown = [...document.body.querySelectorAll('*')].filter((element) =>
      !element.closest('.hidden, svg, .sideways, [role=progressbar]') && element.checkVisibility());
    return shown.filter((element) => {
      const style = getComputedStyle(element), box = element.getBoundingClientRect();
      if (box.width > 0 && (box.left < -1 || box.right > innerWidth + 1)) return true;
      if (['inline', 'contents'].includes(style.display) || ['auto', 'scroll'].includes(style.overflowX)) return false;
      return !['INPUT', 'SELECT', 'TEXTAREA'].includes(element.tagName) && element.scrollWidth > element.clientWidth + 1;
    }).map((element) => `${element.localName}.${element.className}: ${element.textContent.slice(0, 60)}`);
";
