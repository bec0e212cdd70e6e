//! A device is lost, and its passkey is not.

use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest};
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;

use super::steps::{only_passkey_is, register, sign_in};

/// 24 words that stand for bytes of a test.
const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth \
                     useful legal winner thank year wave sausage worth title";

pub(super) async fn from_a_backup(bench: &mut Bench) -> Result<()> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("recovered");
    // What an earlier run left.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let words = folder.join("words");
    std::fs::write(&words, WORDS)?;
    let (words, folder) = (words.to_string_lossy(), folder.to_string_lossy());

    let mut lost = bench.device("lost")?;
    let registered = register(bench, &mut lost, RegistrationRequest::of("resi")).await?;
    lost.run(&["recovery", "setup", "--words-file", &words, "--json"])
        .await?;
    let written = lost.run(&["backup", "now", "--to", &folder, "--json"]).await?;
    let file = written[0]["path"].as_str().ok_or("no path")?.to_owned();
    drop(lost);

    let mut fresh = bench.device("fresh")?;
    fresh
        .run(&["backup", "drill", &file, "--words-file", &words, "--json"])
        .await?;
    assert!(fresh.passkeys().await?.is_empty(), "a drill imports nothing");
    fresh
        .run(&["restore", &file, "--words-file", &words, "--yes", "--json"])
        .await?;
    only_passkey_is(&mut fresh, "resi").await?;

    let verdict = sign_in(bench, &mut fresh, AuthenticationRequest::of("resi"))
        .await?
        .verdict;
    assert_eq!(verdict["credential_id"], registered["credential_id"]);
    assert_eq!(verdict["account"], "resi");
    Ok(())
}
