//! The desktop around the app: its screen, its portal, its clipboard, its icons and notifications.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roamkey_testkit::desktop::{Entry, Sharing};
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;
use roamkey_tests::process::{Process, bound_to_this_thread};

use crate::person::{Look, Person, Surroundings};
use crate::scenarios::{Place, agreed, nothing_was_created, refused, register};
use crate::x11::Hands;

/// The screen by the desktop's portal: shared, refused, a part of it, and without a portal.
pub(crate) async fn portal((bench, folder): Place<'_>) -> Result<()> {
    let shows = Surroundings::wayland(Some(Sharing::Cancels));
    let person = Person::on(bench, folder, shows).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("paula")).await?;
    person.window.click("Look on this screen").await?;
    person
        .window
        .reads("The desktop shows no picture of its screen.")
        .await?;

    let shots = folder.join("portal");
    std::fs::create_dir_all(&shots)?;
    let shared = shots.join("shared.png");
    std::fs::copy(&ceremony.picture, &shared)?;
    let desktop = person.desktop()?;
    desktop.set_sharing(Sharing::Shows(shared.clone()));
    person.window.click("Look on this screen").await?;
    person.window.reads("It was found on this screen").await?;
    person.window.click("Cancel").await?;
    person
        .window
        .click("Choose a region or a window of the screen…")
        .await?;
    person.window.reads("It was found on this screen").await?;
    let seen = desktop
        .until("three requests", |seen| seen.screenshots.len() == 3)
        .await?;
    assert_eq!(
        seen.screenshots,
        [false, false, true],
        "whether a part was to be chosen"
    );
    let left: Vec<_> = std::fs::read_dir(&shots)?.collect::<std::io::Result<_>>()?;
    assert_eq!(left.len(), 1, "the pictures made for the app are gone: {left:?}");

    person.window.click("I started this: continue").await?;
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "paula")?;
    person.window.close().await?;

    let person = Person::on(bench, folder, Surroundings::wayland(None)).await?;
    person.begins().await?;
    person.window.click("Look on this screen").await?;
    person
        .window
        .reads("The desktop shows no picture of its screen.")
        .await?;
    person.window.close().await
}

/// A picture in the clipboard, then text; then a file that is opened.
pub(crate) async fn handed_over_by_hand((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    person.window.click("From the clipboard").await?;
    person
        .window
        .reads("The clipboard holds neither a picture nor text.")
        .await?;

    let ceremony = bench.show(&register("clara")).await?;
    let _holds = copied(bench, folder, &["-t", "image/png", "-i"], &ceremony.picture).await?;
    person.window.click("From the clipboard").await?;
    person.window.reads("It was found in the clipboard").await?;
    person.window.click("Cancel").await?;

    let text = folder.join("code.txt");
    std::fs::write(&text, &ceremony.code)?;
    let _holds = copied(bench, folder, &["-i"], &text).await?;
    // Wherever the focus is, but in a field.
    person.window.script("document.activeElement.blur()").await?;
    person
        .window
        .script("window.dispatchEvent(new ClipboardEvent('paste'))")
        .await?;
    person.window.reads("It was found in the clipboard").await?;
    person.window.click("Cancel").await?;

    person
        .window
        .fill("#picture", &ceremony.picture.display().to_string())
        .await?;
    person.window.reads("It was found in a picture").await?;
    person.window.click("I started this: continue").await?;
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "clara")?;
    person.window.close().await
}

/// Puts a file into the X11 clipboard, for as long as the value lives.
pub(crate) async fn copied(bench: &Bench, folder: &Path, options: &[&str], file: &Path) -> Result<Process> {
    let mut command = bound_to_this_thread("xclip");
    command
        .args(["-quiet", "-selection", "clipboard"])
        .args(options)
        .arg(file);
    command.env("DISPLAY", bench.display()).stdin(Stdio::null());
    let process = Process::start("xclip", command, folder)?;
    // It says so when it owns the clipboard.
    let waits = |line: &str| line.contains("Waiting").then_some(());
    process
        .err()
        .line(Default::default(), LIMIT, "the clipboard", waits)
        .await?;
    Ok(process)
}

/// The icon says how things stand and keeps the app; a notification says that a question waits, and goes with it.
pub(crate) async fn icon_and_notifications((bench, folder): Place<'_>) -> Result<()> {
    let surroundings = Surroundings {
        desktop: Some(Sharing::Cancels),
        ..Surroundings::bare(Look::Light)
    };
    let person = Person::on(bench, folder, surroundings).await?;
    person.begins().await?;
    let desktop = person.desktop()?;
    desktop.until("an icon", |seen| !seen.icons.is_empty()).await?;
    menu_reads(
        &person,
        &["Bluetooth: ready", "Tunnel: none open", "Passkeys: unlocked"],
    )
    .await?;
    bench.bluez.set_powered(1, 0, false);
    person.window.click("Use a phone here").await?;
    menu_reads(&person, &["Bluetooth: not ready"]).await?;
    bench.bluez.set_powered(1, 0, true);
    person.window.click("Sign in elsewhere").await?;
    menu_reads(&person, &["Bluetooth: ready"]).await?;

    let ceremony = bench.show(&register("nora")).await?;
    person.types(&ceremony.code).await?;
    // Whoever looks at the app needs no notification.
    Hands::at(bench, folder).turn_to_browser().await?;
    person.window.click("I started this: continue").await?;
    let seen = desktop
        .until("a notification", |seen| seen.notes.len() == 1)
        .await?;
    let note = &seen.notes[0];
    assert_eq!(note.summary, "A sign-in waits for your answer");
    assert!(
        !note.body.contains("localhost"),
        "others may see it: {}",
        note.body
    );
    menu_reads(&person, &["Tunnel: open"]).await?;
    desktop.click_note(note.id).await?;
    bench.chromium.stop().await?;
    person.window.shows("[data-code=withdrawn]").await?;
    desktop
        .until("no notification", |seen| seen.notes[0].closed)
        .await?;
    menu_reads(&person, &["Tunnel: none open"]).await?;
    refused(ceremony.page.outcome().await?, "AbortError")?;
    nothing_was_created(bench, "nora")?;
    person.window.close().await
}

/// The window comes back where it was left.
pub(crate) async fn window_state((bench, folder): Place<'_>) -> Result<()> {
    let surroundings = Surroundings {
        desktop: Some(Sharing::Cancels),
        ..Surroundings::bare(Look::Light)
    };
    let mut person = Person::on(bench, folder, surroundings).await?;
    person.begins().await?;
    person
        .desktop()?
        .until("an icon", |seen| !seen.icons.is_empty())
        .await?;
    person.window.place(1300, 60, 720, 540).await?;
    let size = "return window.innerWidth === 720 && window.innerHeight === 540";
    person.window.until_script("the size", size).await?;
    let quit = menu_reads(&person, &["Quit"]).await?;
    person.desktop()?.click(&quit).await?;
    person.window.gone().await?;
    person.starts_again(folder).await?;
    person.window.reads("Sign in on another device").await?;
    person.window.until_script("the size that it had", size).await?;
    let at = person
        .window
        .script("return [window.screenX, window.screenY]")
        .await?;
    assert_eq!(at, serde_json::json!([1300, 60]), "the place that it had");
    person.window.close().await
}

/// Waits until the icon's menu has these entries, and returns the first.
pub(crate) async fn menu_reads(person: &Person, wanted: &[&str]) -> Result<Entry> {
    let desktop = person.desktop()?;
    let waited = tokio::time::timeout(LIMIT, async {
        let mut looks = tokio::time::interval(BETWEEN_LOOKS);
        loop {
            looks.tick().await;
            let menu = desktop.menu().await?;
            let entry = |text: &str| menu.iter().find(|entry| entry.label == text).cloned();
            if let Some(found) = wanted.iter().map(|text| entry(text)).collect::<Option<Vec<_>>>() {
                return Ok(found[0].clone());
            }
        }
    });
    match waited.await {
        Ok(found) => found,
        Err(_elapsed) => Err(format!("no {wanted:?} in {:?}", desktop.menu().await?).into()),
    }
}

/// A region under X11, then a window; and with two codes on the screen the person is asked which.
pub(crate) async fn part_of_the_screen((bench, folder): Place<'_>) -> Result<()> {
    let hands = Hands::at(bench, folder);
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("regina")).await?;
    person
        .window
        .click("Choose a region or a window of the screen…")
        .await?;
    chooser_is_there(bench).await?;
    bench.keep_picture("choosing")?;
    hands.xdotool(&["key", "Escape"]).await?;
    person.window.reads("Sign in on another device").await?;
    assert!(!person.window.text().await?.contains("You ended it"));

    person
        .window
        .click("Choose a region or a window of the screen…")
        .await?;
    chooser_is_there(bench).await?;
    let drag = "mousemove 10 10 mousedown 1 mousemove 600 500 mousemove 1200 1000 mouseup 1";
    hands.xdotool(&drag.split(' ').collect::<Vec<_>>()).await?;
    person.window.reads("It was found on this screen").await?;
    person.window.click("I started this: continue").await?;
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "regina")?;
    person.window.close().await
}

/// What GTK's light theme draws behind the words of the chooser.
const BEHIND_WORDS: [u8; 3] = [246, 245, 244];

/// Waits until the words of the chooser lie over the screen.
pub(crate) async fn chooser_is_there(bench: &Bench) -> Result<()> {
    let waited = tokio::time::timeout(LIMIT, async {
        // A whole screen to look at each time.
        let mut looks = tokio::time::interval(BETWEEN_LOOKS * 10);
        loop {
            looks.tick().await;
            if bench.look()?.rgb()?.get_pixel(24, 24).0 == BEHIND_WORDS {
                return Ok(());
            }
        }
    });
    waited.await.map_err(|_elapsed| "nothing to choose with")?
}

/// The camera: WebKit's mock device runs through the whole way of a real one, at ten pictures a second; and a stream that
/// shows the browser's code leads to the question at once.
pub(crate) async fn camera((bench, folder): Place<'_>) -> Result<()> {
    let surroundings = Surroundings {
        environment: vec![("ROAMKEY_MOCK_CAMERA", "1".to_owned())],
        ..Surroundings::bare(Look::Light)
    };
    let person = Person::on(bench, folder, surroundings).await?;
    person.begins().await?;
    person.window.script(COUNT_FRAMES).await?;
    person.window.click("Scan with the camera").await?;
    person.window.reads("Looking for a code…").await?;
    let counted = person
        .window
        .until_script("thirty pictures", "return window.rate && window.rate()")
        .await?;
    let rate = counted.as_f64().ok_or("no number")?;
    println!("camera: {rate:.1} pictures looked at in a second");
    assert!(
        rate > 2.0,
        "{rate} pictures a second: ten are promised on a machine with nothing else to do"
    );
    bench.keep_picture("camera")?;
    person.window.click("Back").await?;

    let ceremony = bench.show(&register("karla")).await?;
    let bytes = STANDARD.encode(std::fs::read(&ceremony.picture)?);
    person.window.script(&FILMS.replace("@PICTURE@", &bytes)).await?;
    person.window.click("Scan with the camera").await?;
    person
        .window
        .reads("wants to create a passkey on this device")
        .await?;
    assert!(!person.window.text().await?.contains("anyone could have sent it"));
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "karla")?;
    person.window.close().await
}

/// Counts the pictures that were looked at: the next one is taken when the app has answered to the one before.
const COUNT_FRAMES: &str = "
    const times = [];
    const take = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...area) {
      times.push(performance.now());
      return take.apply(this, area);
    };
    window.rate = () => times.length > 30 && (times.length - 1) / ((times.at(-1) - times[0]) / 1000);
";

/// A camera that sees the picture.
const FILMS: &str = "
    navigator.mediaDevices.getUserMedia = async () => {
      const bytes = Uint8Array.from(atob('@PICTURE@'), (sign) => sign.charCodeAt(0));
      const picture = new Image();
      picture.src = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = picture.naturalWidth;
      canvas.height = picture.naturalHeight;
      const draw = () => canvas.getContext('2d').drawImage(picture, 0, 0);
      draw();
      setInterval(draw, 50);
      return canvas.captureStream(20);
    };
";

const LIMIT: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(30);
