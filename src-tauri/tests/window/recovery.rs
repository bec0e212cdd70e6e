//! The day on which everything is lost, and the day before.

use std::path::{Path, PathBuf};

use roamkey_testkit::relying_party::AuthenticationRequest;
use roamkey_tests::Result;
use roamkey_tests::bench::Ask;

use crate::person::{Look, Person};
use crate::scenarios::{Place, agreed, creates};
use crate::x11::{Hands, WindowManager};

/// Recovery is set up, a backup goes to a stick, the device is lost with its keyring and all folders; on another one the
/// words and the file bring the passkey back, and it signs in. Dialogs that are left change nothing.
pub(crate) async fn all_is_lost((bench, folder): Place<'_>) -> Result<()> {
    let hands = Hands::at(bench, folder);
    let _manager = WindowManager::start(&hands).await?;
    let stick = folder.join("stick");
    std::fs::create_dir_all(&stick)?;
    let pictures = folder.join("pictures").join("recovery");

    let person = Person::new(bench, folder, Look::Light)
        .await?
        .with_pictures(pictures.clone())?;
    person.begins().await?;
    creates(bench, &person, "rosa").await?;
    let words = sets_up(&hands, &person, &stick.join("sheet.html")).await?;
    let backup = backs_up(&hands, &person, &stick).await?;
    person.loses_the_device().await?;

    let person = Person::new(bench, folder, Look::Light)
        .await?
        .with_pictures(pictures)?;
    restores(&hands, &person, &words, &backup).await?;
    let ceremony = bench
        .show(&Ask::SignIn(AuthenticationRequest::discoverable()))
        .await?;
    person.window.click("Sign in elsewhere").await?;
    person.pastes(&ceremony.code).await?;
    person.window.reads("rosa").await?;
    person.approves("Sign in").await?;
    person.window.reads("Signed in").await?;
    agreed(ceremony.page.outcome().await?, "rosa")?;
    person.window.close().await
}

/// Writes the words down, answers for three of them, and saves the sheet; returns the words.
async fn sets_up(hands: &Hands, person: &Person, sheet: &Path) -> Result<String> {
    let window = &person.window;
    window.click("Safety").await?;
    window
        .reads("Nothing is backed up: 1 passkey is only here.")
        .await?;
    window.click("Set up recovery").await?;
    window.click("Show me the words").await?;
    let words = window.until_script("the words", WORDS).await?;
    let words: Vec<String> = serde_json::from_value(words)?;
    person.picture("words").await?;
    window.click("I have written them down").await?;
    window.reads("Type these three words from your sheet.").await?;
    let places: Vec<usize> = serde_json::from_value(window.script(PLACES).await?)?;
    for (field, place) in places.iter().enumerate() {
        let field = format!("form label:nth-of-type({}) input", field + 1);
        window.fill(&field, &words[place - 1]).await?;
    }
    person.picture("confirm").await?;
    window.click("Check").await?;
    window.reads("Recovery is set up").await?;

    window.click("Print the emergency sheet…").await?;
    hands.file_dialog("Save as").await?.cancels().await?;
    window.click("Print the emergency sheet…").await?;
    hands.file_dialog("Save as").await?.takes(sheet).await?;
    window.reads(&sheet.display().to_string()).await?;
    person.picture("sheet").await?;
    let written = std::fs::read_to_string(sheet)?;
    assert!(
        !written.contains(&words.join(" ")),
        "the words are not on the sheet"
    );
    Ok(words.join(" "))
}

/// Writes a backup to a folder of the person's choice; returns the file.
async fn backs_up(hands: &Hands, person: &Person, stick: &Path) -> Result<PathBuf> {
    let window = &person.window;
    window.click("Next: write a first backup").await?;
    window.reads("It goes to").await?;
    let before = window.text().await?;
    window.click("Choose another folder…").await?;
    hands.file_dialog("Choose a folder").await?.cancels().await?;
    assert_eq!(window.text().await?, before, "the dialog was left");
    assert!(!before.contains(&stick.display().to_string()));

    window.click("Choose another folder…").await?;
    hands.file_dialog("Choose a folder").await?.takes(stick).await?;
    window.reads(&stick.display().to_string()).await?;
    person.picture("back-up").await?;
    window.click("Write the backup").await?;
    window.reads("The backup is written").await?;
    window.reads("1 passkey is in it.").await?;
    let files = std::fs::read_dir(stick)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut files = files.into_iter().map(|file| file.path());
    let backup = files.find(|file| file.extension().is_some_and(|kind| kind == "age"));
    backup.ok_or_else(|| "no backup on the stick".into())
}

/// The first start on another device: the words open the file, and its passkey comes in.
async fn restores(hands: &Hands, person: &Person, words: &str, backup: &Path) -> Result<()> {
    let window = &person.window;
    person.chooses_pin().await?;
    window.click("Restore from a backup").await?;
    window.reads("None is changed or taken away").await?;
    let before = window.text().await?;
    window.click("Choose a file…").await?;
    hands.file_dialog("Choose a file").await?.cancels().await?;
    assert_eq!(window.text().await?, before, "the dialog was left");

    window.click("Choose a file…").await?;
    hands.file_dialog("Choose a file").await?.takes(backup).await?;
    window.reads("The words that open it").await?;
    window.fill("textarea", words).await?;
    person.picture("unlock").await?;
    window.click("Open").await?;
    window.reads("What would happen").await?;
    person.picture("plan").await?;
    window.click("Add 1 passkey").await?;
    window.reads("Passkeys were added").await?;
    person.picture("taken-in").await?;
    window.click("Done").await
}

/// The words that the wizard shows, once they are there.
pub(crate) const WORDS: &str = "
    const words = [...document.querySelectorAll('.words li')].map((word) => word.lastChild.textContent.trim());
    return words.length === 24 && words;
";

/// The places of the words that the wizard asks for.
pub(crate) const PLACES: &str = "return [...document.querySelectorAll('form label span')].map((place) => Number(place.textContent.match(/\\d+/)[0]))";
