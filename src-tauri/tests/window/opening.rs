//! Starts at which the app does not open by itself: passkeys in a file under a passphrase, and no keyring at all.

use roamkey_device::vault::{Passphrase, VaultConfig};
use roamkey_tests::Result;

use crate::person::{Look, Person, Surroundings};
use crate::scenarios::{Place, agreed, register};

const PASSPHRASE: &str = "violet granite tundra whisk marble oboe";

/// The passphrase is asked for at each start, a wrong one told, and a passkey created in the file.
pub(crate) async fn passkeys_in_a_file((bench, folder): Place<'_>) -> Result<()> {
    let surroundings = Surroundings {
        prepare: |data| {
            let passphrase = Passphrase::new(PASSPHRASE.to_owned())?;
            Ok(VaultConfig::new(data).create_passphrase_store(&passphrase)?)
        },
        ..Surroundings::bare(Look::Light)
    };
    let pictures = folder.join("pictures/opening");
    let person = Person::on(bench, folder, surroundings)
        .await?
        .with_pictures(pictures)?;
    person.window.reads("Your passkeys are in a file").await?;
    person.picture("passphrase").await?;
    person
        .window
        .fill("#passphrase", "another horse battery staple")
        .await?;
    person.window.click("Open").await?;
    person
        .window
        .reads("This is not the passphrase of the passkeys’ file.")
        .await?;
    person.picture("passphrase-wrong").await?;
    person.window.fill("#passphrase", PASSPHRASE).await?;
    person.window.click("Open").await?;
    person.begins().await?;

    let ceremony = bench.show(&register("fatima")).await?;
    person.pastes(&ceremony.code).await?;
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "fatima")?;
    person.window.click("Passkeys").await?;
    person.window.reads("kept in a file under a passphrase").await?;
    person.picture("passkeys-in-a-file").await?;

    let person = person.closes_and_starts_again(folder).await?;
    person.window.reads("Your passkeys are in a file").await?;
    person.window.keys(&format!("{PASSPHRASE}\u{e007}")).await?;
    person.window.reads("Sign in on another device").await?;
    person.window.click("Passkeys").await?;
    person.window.reads("1 passkey").await?;
    person.window.close().await
}

/// Without a keyring the app says so, offers a file, and makes it when it is asked to.
pub(crate) async fn no_keyring((bench, folder): Place<'_>) -> Result<()> {
    let surroundings = Surroundings {
        environment: vec![(
            "DBUS_SESSION_BUS_ADDRESS",
            "unix:path=/nonexistent/bus".to_owned(),
        )],
        ..Surroundings::bare(Look::Light)
    };
    let pictures = folder.join("pictures/opening");
    let person = Person::on(bench, folder, surroundings)
        .await?
        .with_pictures(pictures)?;
    person.window.reads("There is no keyring here").await?;
    person.window.click("Try again").await?;
    person.window.reads("There is no keyring here").await?;
    person
        .window
        .script("document.querySelector('details').open = true")
        .await?;
    person.window.fill("#passphrase", PASSPHRASE).await?;
    person.window.fill("#passphrase-again", PASSPHRASE).await?;
    person.picture("no-keyring").await?;
    person.window.click("Make the file").await?;
    person.begins().await?;
    person.window.click("Passkeys").await?;
    person.window.reads("kept in a file under a passphrase").await?;
    person.window.close().await
}
