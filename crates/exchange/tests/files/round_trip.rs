//! What is written is read again: through CXF, through a backup, through `.passkey`.

use proptest::prelude::*;
use roamkey_exchange::export::{CxfWriter, passkey_file};
use roamkey_exchange::{Passkey, import, key};

use crate::support::{any_passkey, assert_same, assert_same_credential, options, rng, rsa_key};

fn cxf(passkeys: &[&Passkey]) -> Vec<u8> {
    let mut writer = CxfWriter::new(Vec::new(), 1_795_000_000).unwrap();
    for passkey in passkeys {
        writer.push(passkey).unwrap();
    }
    writer.finish(Some("head")).unwrap().0
}

fn read(file: &[u8]) -> import::Import {
    let mut rng = rng(9);
    import::read(file, &mut options(&mut rng)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cxf_keeps_everything(passkey in any_passkey()) {
        let import = read(&cxf(&[&passkey]));
        prop_assert!(import.skipped.is_empty(), "{:?}", import.skipped);
        assert_same(&import.passkeys[0], &passkey);
    }

    #[test]
    fn keepassxc_keeps_what_it_has_a_place_for(passkey in any_passkey()) {
        let import = read(&passkey_file(&passkey).unwrap());
        prop_assert!(import.skipped.is_empty(), "{:?}", import.skipped);
        assert_same_credential(&import.passkeys[0].credential, &passkey.credential);
    }
}

#[test]
fn fields_that_nobody_knows_come_back_in_the_format_they_came_from() {
    for (file, again) in [
        ("cxf_unknown_fields.json", true),
        ("keepassxc_unknown_field.passkey", false),
        ("bitwarden.json", false),
    ] {
        let path = format!("{}/vectors/import/{file}", env!("CARGO_MANIFEST_DIR"));
        let first = read(&std::fs::read(path).unwrap());
        let passkey = &first.passkeys[0];
        assert!(passkey.foreign.is_some(), "{file}");
        let text = cxf(&[passkey]);
        assert_same(&read(&text).passkeys[0], passkey);
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.contains("\"vendorNote\":"), again, "{file}");
        assert_eq!(text.contains("\"payments\":true"), again, "{file}");
    }
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/vectors/import/keepassxc_unknown_field.passkey"
    );
    let passkey = read(&std::fs::read(path).unwrap());
    let text = String::from_utf8(passkey_file(&passkey.passkeys[0]).unwrap().to_vec()).unwrap();
    assert!(text.contains("\"KPEX_PASSKEY_PRF\": \"abc\""), "{text}");
}

#[test]
fn an_rsa_key_is_written_as_it_was_read() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../authenticator/tests/rsa/2048.pkcs8"
    );
    let der = std::fs::read(path).unwrap();
    assert!(*key::to_pkcs8(&rsa_key()) == der, "the same bytes");
}
