//! Several codes on one screen, under a window manager: the person is asked which, and chooses a window by a click or by the
//! keyboard; and a picture that is dragged out of another program's window.

use std::convert::Infallible;
use std::path::Path;

use roamkey_testkit::relying_party::AuthenticationRequest;
use roamkey_tests::Result;
use roamkey_tests::bench::Ask;

use crate::desktop::chooser_is_there;
use crate::person::{Look, Person};
use crate::picture::PictureWindow;
use crate::scenarios::{Place, agreed, register};
use crate::x11::{Hands, WindowManager};

/// A code for a sign-in in a picture, one for a creation in the browser. What is chosen is what is used.
pub(crate) async fn several((bench, folder): Place<'_>) -> Result<()> {
    let hands = Hands::at(bench, folder);
    let _manager = WindowManager::start(&hands).await?;
    let sign_in = bench
        .show(&Ask::SignIn(AuthenticationRequest::discoverable()))
        .await?;
    let picture = folder.join("sign-in.png");
    cut_out(&sign_in.picture, &picture)?;
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let window = &person.window;
    window.place(1240, 0, 940, 480).await?;
    let create = bench.show(&register("sven")).await?;
    let _picture = PictureWindow::shows(&hands, &picture, PICTURE_AT).await?;

    // By a click on the picture.
    window.click("Look on this screen").await?;
    chooser_is_there(bench).await?;
    let click = format!("mousemove {} {} click 1", PICTURE_MIDDLE.0, PICTURE_MIDDLE.1);
    hands.xdotool(&click.split(' ').collect::<Vec<_>>()).await?;
    window.reads("Sign in with this code?").await?;
    window.reads("It was found on this screen").await?;
    window.click("Cancel").await?;

    // By a drag of the picture onto the app.
    drags_onto(&hands, &person).await?;
    window.reads("Sign in with this code?").await?;
    window.reads("It was found in a picture").await?;
    window.click("Cancel").await?;

    // By the keyboard: the topmost window first, then the browser's.
    window.click("Look on this screen").await?;
    chooser_is_there(bench).await?;
    hands.xdotool(&["key", "Tab", "Tab"]).await?;
    hands.xdotool(&["key", "Return"]).await?;
    window.reads("Create a passkey with this code?").await?;
    window.click("I started this: continue").await?;
    person.approves("Create passkey").await?;
    window.reads("Passkey created").await?;
    agreed(create.page.outcome().await?, "sven")?;
    person.window.close().await
}

/// Drags the picture out of its window and drops it on the app's, once that says what it would do with it.
async fn drags_onto(hands: &Hands, person: &Person) -> Result<()> {
    let (x, y) = PICTURE_MIDDLE;
    let drag = format!(
        "mousemove {x} {y} mousedown 1 mousemove {x} {} mousemove 1800 300",
        y - 40
    );
    hands.xdotool(&drag.split(' ').collect::<Vec<_>>()).await?;
    // A hand does not hold still, and the web view is told of nothing but movement.
    let waits = person.window.reads("Drop the picture to read its code");
    tokio::select! {
        told = waits => told?,
        never = keeps_moving(hands) => match never? {},
    }
    hands.xdotool(&["mouseup", "1"]).await.map(drop)
}

async fn keeps_moving(hands: &Hands) -> Result<Infallible> {
    loop {
        for y in ["300", "308"] {
            hands.xdotool(&["mousemove", "1800", y]).await?;
        }
    }
}

/// Cuts the browser's code out of a picture of the screen.
fn cut_out(screen: &Path, to: &Path) -> Result<()> {
    Ok(image::open(screen)?.crop_imm(440, 200, SIDE, SIDE).save(to)?)
}

const SIDE: u32 = 320;
/// Below the app's window.
const PICTURE_AT: (i32, i32) = (1500, 620);
const PICTURE_MIDDLE: (i32, i32) = (1660, 800);
