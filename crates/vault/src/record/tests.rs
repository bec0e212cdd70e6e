//! The record against its committed examples, and against whatever else bytes can be.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Value as Json, json};

use super::*;

/// Each file in `vectors/record` is a test: `record` in hex, `expect` either the whole record or the error.
#[test]
fn every_example_reads_as_it_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/record");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let example: Json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let bytes = hex::decode(example["record"].as_str().unwrap()).unwrap();
        let found = match Record::decode(&bytes) {
            Ok(record) => {
                assert_eq!(
                    *record.encode(),
                    bytes,
                    "{} is not written as it was read",
                    path.display()
                );
                json!({ "record": describe(&record) })
            }
            Err(error) => json!({ "error": format!("{error:?}") }),
        };
        assert_eq!(found, example["expect"], "{}", path.display());
        count += 1;
    }
    assert!(count >= 28, "only {count} examples in {folder}");
}

fn describe(record: &Record) -> Json {
    let Record {
        facts,
        private_key,
        prf_with_uv,
        prf_without_uv,
        backup_state,
        cred_blob,
    } = record;
    json!({
        "credential_id": hex::encode(&facts.credential_id),
        "rp_id": facts.rp_id,
        "user_id": hex::encode(&facts.user_id),
        "user_name": facts.user_name,
        "user_display_name": facts.user_display_name,
        "algorithm": facts.algorithm,
        "cred_protect": facts.cred_protect,
        "backup_eligible": facts.backup_eligible,
        "created_at": facts.created_at,
        "discoverable": facts.discoverable,
        "private_key": hex::encode(private_key.as_slice()),
        "prf_with_uv": hex::encode(prf_with_uv.as_slice()),
        "prf_without_uv": hex::encode(prf_without_uv.as_slice()),
        "backup_state": backup_state,
        "cred_blob": cred_blob.as_ref().map(|blob| hex::encode(blob.as_slice())),
    })
}

#[test]
fn debug_prints_the_names_of_the_types_only() {
    let record = any_record()
        .new_tree(&mut proptest::test_runner::TestRunner::deterministic())
        .unwrap()
        .current();
    assert_eq!(format!("{record:?}{:?}", record.facts), "RecordFacts");
}

prop_compose! {
    fn any_facts()(
        credential_id in proptest::collection::vec(any::<u8>(), 1..100),
        rp_id in "[a-z.]{1,60}",
        user_id in proptest::collection::vec(any::<u8>(), 1..=64),
        user_name in proptest::option::of("\\PC{0,64}"),
        user_display_name in proptest::option::of("\\PC{0,64}"),
        algorithm in any::<i64>(),
        cred_protect in 1_u8..=3,
        backup_eligible in any::<bool>(),
        created_at in any::<u64>(),
        discoverable in any::<bool>(),
    ) -> Facts {
        Facts {
            credential_id, rp_id, user_id, user_name, user_display_name, algorithm, cred_protect, backup_eligible,
            created_at, discoverable,
        }
    }
}

prop_compose! {
    fn any_record()(
        facts in any_facts(),
        private_key in proptest::collection::vec(any::<u8>(), 1..200),
        seeds in any::<([u8; 32], [u8; 32])>(),
        backed_up in any::<bool>(),
        cred_blob in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..32)),
    ) -> Record {
        Record {
            backup_state: backed_up && facts.backup_eligible,
            facts,
            private_key: Zeroizing::new(private_key),
            prf_with_uv: Zeroizing::new(seeds.0),
            prf_without_uv: Zeroizing::new(seeds.1),
            cred_blob: cred_blob.map(Zeroizing::new),
        }
    }
}

proptest! {
    #[test]
    fn a_record_reads_as_it_was_written(record in any_record()) {
        let read = Record::decode(&record.encode()).unwrap();
        prop_assert!(read.facts == record.facts);
        prop_assert_eq!(describe(&read), describe(&record));
    }

    #[test]
    fn no_part_of_a_record_is_a_record(record in any_record(), cut in any::<prop::sample::Index>()) {
        let bytes = record.encode();
        let part = &bytes[..cut.index(bytes.len())];
        prop_assert_eq!(Record::decode(part).unwrap_err(), RecordError::Cbor(roamkey_cbor::Error::Truncated));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _any_answer = Record::decode(&bytes);
    }

    #[test]
    fn a_changed_byte_never_panics(record in any_record(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = record.encode();
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _any_answer = Record::decode(&bytes);
    }
}
