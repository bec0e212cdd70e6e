//! The service data of a Bluetooth advertisement: arbitrary bytes, and a real advert changed by them.

#![no_main]

mod hybrid_fixture;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use roamkey_hybrid::Advert;
use roamkey_hybrid::client::AwaitAdvert;

static SHOWING: LazyLock<AwaitAdvert> = LazyLock::new(hybrid_fixture::showing);
static ADVERT: LazyLock<Advert> = LazyLock::new(|| hybrid_fixture::on_air(&SHOWING).1);

fuzz_target!(|data: &[u8]| {
    let _ = SHOWING.advert_seen(data);
    let mut changed = ADVERT.as_bytes().to_vec();
    changed.resize(data.len().max(Advert::LENGTH), 0);
    changed
        .iter_mut()
        .zip(data)
        .for_each(|(byte, change)| *byte ^= change);
    let untouched = changed.starts_with(ADVERT.as_bytes());
    assert_eq!(SHOWING.advert_seen(&changed).is_ok(), untouched);
});
