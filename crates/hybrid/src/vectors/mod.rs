//! Runs every file under `vectors/`: one that no test here knows fails, and so does a field that no test reads.

mod advert;
mod channel;
mod chromium;
mod derive;
mod domain;
mod external;
mod first_message;
mod noise;
mod path;
mod qr;
mod session;
mod update;

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value as Json;

#[test]
fn every_vector_file_is_run() {
    let folders: BTreeSet<_> = names(&root()).into_iter().collect();
    assert_eq!(
        folders,
        ["README.md", "chromium", "protocol"].map(str::to_owned).into()
    );
    for name in names(&root().join("protocol")) {
        let file = load(&root().join("protocol").join(&name));
        match name.as_str() {
            "crypter.json" => channel::run(&file),
            "derive.json" => derive::run(&file),
            "eid.json" => advert::run(&file),
            "external.json" => external::run(&file),
            "noise_knpsk0.json" => noise::run_qr_initiated(&file),
            "noise_nkpsk0.json" => noise::run_state_assisted(&file),
            "post_handshake.json" => first_message::run(&file),
            "qr.json" => qr::run(&file),
            "relay.json" => path::run(&file),
            "session_linked.json" => session::run_state_assisted(&file),
            "session_qr.json" => session::run_qr_initiated(&file),
            "tunnel_domains.json" => domain::run(&file),
            "update_linking.json" => update::run(&file),
            unknown => panic!("no test knows {unknown}"),
        }
    }
}

#[test]
fn every_recorded_chromium_session_replays() {
    let names = names(&root().join("chromium"));
    assert_eq!(names.len(), 14);
    for name in names {
        chromium::run(&name, &load(&root().join("chromium").join(&name)));
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{} is empty", folder.display());
    names
}

fn load(path: &Path) -> Json {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Fails unless the object has these fields and no others, besides the two that only explain.
fn fields(object: &Json, expected: &[&str]) {
    let explaining = ["origin", "notes"];
    let actual: BTreeSet<_> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .filter(|key| !explaining.contains(key))
        .collect();
    assert_eq!(actual, expected.iter().copied().collect());
}

fn list(value: &Json) -> &[Json] {
    let list = value.as_array().unwrap();
    assert!(!list.is_empty());
    list
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap()
}

fn bytes(value: &Json) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

fn array<const N: usize>(value: &Json) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn number(value: &Json) -> u64 {
    value.as_u64().unwrap()
}

fn private(value: &Json) -> crate::PrivateKey {
    crate::PrivateKey::from_bytes(&array(value)).unwrap()
}

fn public(value: &Json) -> crate::PublicKey {
    crate::PublicKey::from_uncompressed(&bytes(value)).unwrap()
}

/// A generator that returns what it was given and panics when that is used up.
struct Script(VecDeque<u8>);

impl Script {
    fn new(parts: &[&[u8]]) -> Self {
        Self(parts.concat().into())
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(
                self.0.is_empty(),
                "{} scripted bytes were not drawn",
                self.0.len()
            );
        }
    }
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("keys and nonces are drawn as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("keys and nonces are drawn as bytes")
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for byte in dst {
            *byte = self.0.pop_front().expect("the script is used up");
        }
        Ok(())
    }
}

impl TryCryptoRng for Script {}
