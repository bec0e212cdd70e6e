//! Brightness alone, as a camera gives it: the search for QR codes. Its first byte is the width.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_device::Code;

fuzz_target!(|data: &[u8]| {
    let Some((width, luma)) = data.split_first() else {
        return;
    };
    let width = u32::from(*width);
    let height = u32::try_from(luma.len())
        .ok()
        .and_then(|pixels| pixels.checked_div(width));
    if let Some(height) = height {
        let _any_answer = Code::from_luma(width, height, luma.to_vec());
    }
});
