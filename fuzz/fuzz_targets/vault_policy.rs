//! Policy files: whatever the text, a policy or an error that can be printed; and a policy judges any passkey.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_authenticator::UnixTime;
use roamkey_vault::Policy;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Policy::parse(text) {
        Ok(policy) => {
            let now = UnixTime(1_796_000_000);
            let verdict = policy.verdict("a.example.org", UnixTime(1_700_000_000), None, now);
            assert!(!(policy.is_empty() && verdict.is_blocked()));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
