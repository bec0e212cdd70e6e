//! What an authenticator sends to a client platform: responses, getInfo and authenticator data.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_ctap::get_info::Info;
use roamkey_ctap::{AuthenticatorData, KeyAgreement, get_assertion, make_credential};

fuzz_target!(|data: &[u8]| {
    if let Ok(response) = make_credential::Response::decode(data) {
        assert_eq!(
            make_credential::Response::decode(&response.encode()),
            Ok(response)
        );
    }
    if let Ok(response) = get_assertion::Response::decode(data) {
        assert_eq!(
            get_assertion::Response::decode(&response.encode()).map(|again| again.encode()),
            Ok(response.encode())
        );
    }
    if let Ok(response) = KeyAgreement::decode(data) {
        assert_eq!(KeyAgreement::decode(&response.encode()), Ok(response));
    }
    if let Ok(info) = Info::decode(data) {
        assert_eq!(
            Info::decode(&info.encode()).map(|again| again.encode()),
            Ok(info.encode())
        );
    }
    if let Ok(parsed) = AuthenticatorData::decode(data) {
        assert_eq!(
            parsed
                .encode()
                .and_then(|bytes| AuthenticatorData::decode(&bytes)),
            Ok(parsed)
        );
    }
});
