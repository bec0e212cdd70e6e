//! `largeBlob` in its unsigned form: asked for at creation, written and read while signing in.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use ciborium::Value;
use common::*;
use roamkey_authenticator::{Outcome, StoreError};
use roamkey_ctap::get_info::Info;
use roamkey_ctap::{Command, LargeBlob, LargeBlobInput, LargeBlobSupport};
use roamkey_testkit::store::Fault;

fn device() -> Device {
    let mut device = Device::new();
    device.create(good_creation());
    device
}

fn blob(length: usize) -> LargeBlob {
    LargeBlob {
        data: vec![7; length],
        original_size: 1000,
    }
}

/// Signs in with this input and returns the `largeBlob` output.
fn output(device: &mut Device, input: LargeBlobInput) -> Option<Value> {
    let mut request = good_assertion();
    request.extensions.large_blob = Some(input);
    let unsigned = device.sign_in(request).unsigned?;
    Some(text_item(&unsigned, "largeBlob").clone())
}

fn written(value: bool) -> Option<Value> {
    Some(Value::Map(vec![("written".into(), value.into())]))
}

fn kept(blob: &LargeBlob) -> Option<Value> {
    let entries = vec![
        ("blob".into(), Value::Bytes(blob.data.clone())),
        ("originalSize".into(), blob.original_size.into()),
    ];
    Some(Value::Map(entries))
}

#[test]
fn what_was_written_is_read_until_it_is_replaced() {
    let mut device = device();
    assert_eq!(output(&mut device, LargeBlobInput::Read), None);
    for length in [1, 200, LargeBlob::MAX_LENGTH] {
        let blob = blob(length);
        let answer = output(&mut device, LargeBlobInput::Write(blob.clone()));
        assert_eq!(answer, written(true));
        assert_eq!(output(&mut device, LargeBlobInput::Read), kept(&blob));
    }
}

#[test]
fn writing_nothing_deletes_what_is_kept() {
    let mut device = device();
    output(&mut device, LargeBlobInput::Write(blob(3)));
    assert_eq!(output(&mut device, LargeBlobInput::Write(blob(0))), written(true));
    assert_eq!(output(&mut device, LargeBlobInput::Read), None);
}

#[test]
fn a_blob_beyond_the_limit_is_not_written_and_the_old_one_stays() {
    let mut device = device();
    output(&mut device, LargeBlobInput::Write(blob(3)));
    let too_long = LargeBlobInput::Write(blob(LargeBlob::MAX_LENGTH + 1));
    assert_eq!(output(&mut device, too_long), written(false));
    assert_eq!(output(&mut device, LargeBlobInput::Read), kept(&blob(3)));
}

#[test]
fn every_passkey_has_a_blob_of_its_own() {
    let mut device = device();
    output(&mut device, LargeBlobInput::Write(blob(3)));
    let mut other = good_creation();
    other.user = user(b"bob", "bob");
    let other = device.create(other);
    let mut request = good_assertion();
    request.allow_list = vec![descriptor(&other.id)];
    request.extensions.large_blob = Some(LargeBlobInput::Read);
    assert_eq!(device.sign_in(request).unsigned, None);
}

#[test]
fn a_refused_request_writes_nothing() {
    let mut device = device();
    let mut request = good_assertion();
    request.extensions.large_blob = Some(LargeBlobInput::Write(blob(3)));
    let refusal = Person::Refuses(roamkey_authenticator::Refusal::Denied);
    assert_eq!(device.run(get(request), refusal).bytes(), [0x27]);
    assert_eq!(output(&mut device, LargeBlobInput::Read), None);
}

#[test]
fn a_store_that_can_not_keep_it_does_not_spoil_the_sign_in() {
    let mut device = device();
    let mut request = good_assertion();
    for (input, expected) in [
        (LargeBlobInput::Write(blob(3)), written(false)),
        (LargeBlobInput::Read, None),
    ] {
        device.store.set_large_blob_fault(Some(Fault::Locked));
        request.extensions.large_blob = Some(input);
        let answer = device.run(get(request.clone()), Person::Approves(0));
        assert!(matches!(answer.outcome(), Outcome::SignedIn));
        assert!(matches!(answer.unrecorded(), Some(StoreError::Locked)));
        let unsigned = Signed::read(answer.bytes()).unsigned;
        assert_eq!(
            unsigned.map(|unsigned| text_item(&unsigned, "largeBlob").clone()),
            expected
        );
    }
}

#[test]
fn support_is_confirmed_at_creation_when_asked_for() {
    let mut device = Device::new();
    assert_eq!(device.create(good_creation()).unsigned, None);
    for support in [LargeBlobSupport::Required, LargeBlobSupport::Preferred] {
        let mut request = good_creation();
        request.extensions.large_blob = Some(support);
        let unsigned = device.create(request).unsigned.unwrap();
        let answer = text_item(text_item(&unsigned, "largeBlob"), "supported");
        assert_eq!(answer.as_bool(), Some(true));
    }
}

#[test]
fn get_info_names_it() {
    let info = Info::decode(&Device::new().authenticator.get_info()).unwrap();
    assert_eq!(info.extensions, ["largeBlob", "prf"]);
}

#[test]
fn inputs_that_contradict_themselves_have_a_status_each() {
    let status = |input: Value| {
        let request = Value::Map(vec![
            (1.into(), "example.com".into()),
            (2.into(), Value::Bytes(vec![0; 32])),
            (4.into(), Value::Map(vec![("largeBlob".into(), input)])),
        ]);
        let mut message = vec![0x02];
        ciborium::into_writer(&request, &mut message).unwrap();
        Command::decode(&message).map_err(|error| error.status().byte())
    };
    let map = |entries: &[(&str, Value)]| {
        let entries = entries.iter();
        Value::Map(
            entries
                .map(|(key, value)| ((*key).into(), value.clone()))
                .collect(),
        )
    };
    let (bytes, size, yes) = (Value::Bytes(vec![1]), Value::from(1), Value::from(true));
    let write = ("write", bytes.clone());
    assert_eq!(status(yes.clone()), Err(0x11));
    assert_eq!(status(map(&[("read", size.clone())])), Err(0x11));
    assert_eq!(status(map(&[("write", yes.clone())])), Err(0x11));
    assert_eq!(status(map(std::slice::from_ref(&write))), Err(0x14));
    assert_eq!(status(map(&[("originalSize", size.clone())])), Err(0x02));
    assert_eq!(
        status(map(&[("read", yes), write, ("originalSize", size)])),
        Err(0x02)
    );
    assert!(status(map(&[])).is_ok() && status(map(&[("read", false.into())])).is_ok());
}
