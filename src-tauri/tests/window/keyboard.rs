//! The keyboard alone: everything that this person does is a key, and what has the focus can be seen.

use roamkey_testkit::relying_party::AuthenticationRequest;
use roamkey_tests::Result;
use roamkey_tests::bench::{Ask, Bench};

use crate::desktop::copied;
use crate::driver::Window;
use crate::person::{Look, PIN, Person};
use crate::recovery::{PLACES, WORDS};
use crate::scenarios::{Place, agreed, register};
use crate::x11::{Hands, WindowManager};

/// First start, two passkeys, a sign-in with the second account, a label, a removal that is taken back; recovery with
/// everything twice as large.
pub(crate) async fn alone((bench, folder): Place<'_>) -> Result<()> {
    // Without one, no window has the focus, and a web view shows none.
    let hands = Hands::at(bench, folder);
    let _manager = WindowManager::start(&hands).await?;
    let person = Person::new(bench, folder, Look::Light).await?;
    let keys = &Keys {
        window: &person.window,
        hands,
    };
    let window = keys.window;
    begins(keys).await?;
    for account in ["berta", "bruno"] {
        let ceremony = bench.show(&register(account)).await?;
        // From the clipboard by its shortcut, then as text in its field.
        if account == "berta" {
            let text = folder.join("code.txt");
            std::fs::write(&text, &ceremony.code)?;
            let _holds = copied(bench, folder, &["-i"], &text).await?;
            keys.tabs_to("Scan with the camera").await?;
            window.chord(CONTROL, "v").await?;
            window.reads("It was found in the clipboard").await?;
        } else {
            keys.tabs_to("Or the code’s text").await?;
            window.keys(&ceremony.code).await?;
            window.press(ENTER).await?;
            window.reads("It was given as text").await?;
        }
        assert_eq!(window.focus().await?, "Cancel");
        keys.tabs_to("I started this: continue").await?;
        window.press(ENTER).await?;
        window.reads("wants to create a passkey").await?;
        approves(keys, "Create passkey").await?;
        window.reads("Passkey created").await?;
        agreed(ceremony.page.outcome().await?, account)?;
        assert_eq!(window.focus().await?, "Done");
        window.press(SPACE).await?;
    }
    second_account(bench, keys).await?;
    looks_after(keys).await?;
    zooms_to_double(keys).await?;
    sets_recovery_up(keys).await?;
    person.window.close().await
}

async fn begins(keys: &Keys<'_>) -> Result<()> {
    let window = keys.window;
    window.reads("Your passkeys, on this device").await?;
    keys.tabs_to("Continue").await?;
    window.press(ENTER).await?;
    window.reads("So that it is really you").await?;
    keys.tabs_to("New PIN, 4 to 63 characters").await?;
    window.keys(PIN).await?;
    window.press(TAB).await?;
    window.keys(PIN).await?;
    window.press(ENTER).await?;
    window.reads("A PIN is set.").await?;
    keys.tabs_to("Back").await?;
    window.press(SPACE).await?;
    window.reads("Step 1 of 3").await?;
    for told in ["A PIN is set.", "Ready"] {
        keys.tabs_to("Continue").await?;
        window.press(SPACE).await?;
        window.reads(told).await?;
    }
    keys.tabs_to("Begin").await?;
    window.press(ENTER).await?;
    window.reads("Sign in on another device").await
}

/// Says yes to the question, whose focus is on Cancel.
async fn approves(keys: &Keys<'_>, with: &str) -> Result<()> {
    let window = keys.window;
    assert_eq!(window.focus().await?, "Cancel");
    let armed = "return !document.querySelector('.main').disabled";
    window.until_script("a button that is armed", armed).await?;
    keys.tabs_to(with).await?;
    window.press(ENTER).await?;
    window.reads("Enter your PIN").await?;
    window.keys(PIN).await?;
    window.press(ENTER).await
}

/// Two accounts, the second of which is chosen with an arrow.
async fn second_account(bench: &mut Bench, keys: &Keys<'_>) -> Result<()> {
    let window = keys.window;
    let ceremony = bench
        .show(&Ask::SignIn(AuthenticationRequest::discoverable()))
        .await?;
    keys.tabs_to("Or the code’s text").await?;
    window.keys(&ceremony.code).await?;
    window.press(ENTER).await?;
    window.reads("It was given as text").await?;
    keys.tabs_to("I started this: continue").await?;
    window.press(ENTER).await?;
    window.reads("Choose an account").await?;
    let second = "return document.querySelectorAll('.account strong')[1].textContent";
    let second = window.script(second).await?;
    let second = second.as_str().unwrap_or_default();
    window.chord(SHIFT, TAB).await?;
    window.press(DOWN).await?;
    window.press(TAB).await?;
    approves(keys, "Sign in").await?;
    window.reads("Signed in").await?;
    agreed(ceremony.page.outcome().await?, second)
}

/// A label, a removal, and the way back.
async fn looks_after(keys: &Keys<'_>) -> Result<()> {
    let window = keys.window;
    window.chord(CONTROL, "2").await?;
    window.reads("2 passkeys").await?;
    keys.tabs_to("Passkeys by site").await?;
    window.press(DOWN).await?;
    window.reads("Times used").await?;
    keys.tabs_to("Label (only you see it)").await?;
    window.keys("the first").await?;
    window.press(ENTER).await?;
    window
        .until_script(
            "the label",
            "return document.querySelector('h2').innerText === 'the first'",
        )
        .await?;
    keys.tabs_to("Remove…").await?;
    window.press(ENTER).await?;
    window.reads("Remove the first?").await?;
    assert_eq!(window.focus().await?, "Cancel");
    keys.tabs_to("Remove here").await?;
    window.press(ENTER).await?;
    window.reads("1 passkey").await?;
    keys.tabs_to("Undo").await?;
    window.press(ENTER).await?;
    window.reads("2 passkeys").await
}

/// Five steps of a fifth each.
async fn zooms_to_double(keys: &Keys<'_>) -> Result<()> {
    let window = keys.window;
    let width = window.script("return innerWidth").await?;
    for _ in 0..5 {
        window.chord(CONTROL, "+").await?;
    }
    let doubled = format!("return Math.abs(innerWidth * 2 - {width}) < 3");
    window
        .until_script("everything twice as large", &doubled)
        .await
        .map(drop)
}

async fn sets_recovery_up(keys: &Keys<'_>) -> Result<()> {
    let window = keys.window;
    window.chord(CONTROL, "4").await?;
    window
        .reads("Nothing is backed up: 2 passkeys are only here.")
        .await?;
    keys.tabs_to("Set up recovery").await?;
    window.press(ENTER).await?;
    window.reads("Take a pen and paper.").await?;
    keys.tabs_to("Show me the words").await?;
    window.press(SPACE).await?;
    let words: Vec<String> = serde_json::from_value(window.until_script("the words", WORDS).await?)?;
    keys.tabs_to("I have written them down").await?;
    window.press(ENTER).await?;
    window.reads("Type these three words from your sheet.").await?;
    let places: Vec<usize> = serde_json::from_value(window.script(PLACES).await?)?;
    for place in places {
        keys.tabs_to(&format!("Word {place}")).await?;
        window.keys(&words[place - 1]).await?;
    }
    window.press(ENTER).await?;
    window.reads("Recovery is set up").await?;
    keys.tabs_to("Print the emergency sheet…").await?;
    window.chord(SHIFT, TAB).await?;
    assert_eq!(keys.stop().await?, "Later", "the way back is the way there");
    window.press(ENTER).await?;
    window.reads("Back up without being asked").await
}

/// A person without a pointer.
struct Keys<'a> {
    window: &'a Window,
    hands: Hands,
}

impl Keys<'_> {
    /// Goes on with Tab until what has the focus is called this.
    async fn tabs_to(&self, name: &str) -> Result<()> {
        let mut passed = Vec::new();
        for _ in 0..STOPS {
            self.window.press(TAB).await?;
            let at = self.stop().await?;
            if at == name {
                return Ok(());
            }
            passed.push(at);
        }
        let shown = self.window.text().await?;
        Err(format!("Tab never came to {name:?}, but to {passed:?}; the window shows:\n{shown}").into())
    }

    /// The name of what has the focus, once a person can see it: it scrolls into sight.
    async fn stop(&self) -> Result<String> {
        // The browser puts itself in front whenever it shows a dialog; and a window without the focus shows none.
        if self.window.script("return document.hasFocus()").await? == false {
            self.hands.bring_app_to_front().await?;
        }
        let stop = self.window.until_script("the focus in sight", STOP).await?;
        Ok(stop.as_str().unwrap_or_default().to_owned())
    }
}

const STOP: &str = "
    const at = document.activeElement;
    const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText
      ?? at.querySelector('strong')?.innerText ?? (at === document.body ? '' : at.innerText);
    const { top, bottom, left, right } = at.getBoundingClientRect();
    const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    const marked = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
    return (at === document.body || (inside && marked)) && name.trim();
";

/// No screen has as many stops.
const STOPS: usize = 60;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const SHIFT: &str = "\u{e008}";
const CONTROL: &str = "\u{e009}";
const SPACE: &str = " ";
const DOWN: &str = "\u{e015}";
