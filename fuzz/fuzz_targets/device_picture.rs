//! Pictures that may hold a QR code: files of any kind, and brightness alone, as a camera gives it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_device::Code;

fuzz_target!(|data: &[u8]| {
    let _any_answer = Code::from_picture(data);
    // The first byte is the width. A code of the smallest version has 21 modules a side.
    if let Some((width, luma)) = data.split_first()
        && let Some(height) = u32::try_from(luma.len())
            .ok()
            .and_then(|pixels| pixels.checked_div((*width).into()))
    {
        let _any_answer = Code::from_luma((*width).into(), height, luma.to_vec());
    }
});
