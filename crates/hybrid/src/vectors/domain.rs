//! `tunnel_domains.json`: host names of tunnel services.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{bytes, list, number};
use crate::TunnelDomain;

pub(super) fn run(file: &Json) {
    for case in list(&file["domains"]) {
        let id = u16::try_from(number(&case["encoded"])).unwrap();
        assert_eq!(id.to_le_bytes().to_vec(), bytes(&case["le_bytes"]));
        let host = TunnelDomain::new(id).ok().map(TunnelDomain::host);
        assert_eq!(host.as_deref(), case["domain"].as_str(), "{case}");
    }
    let mut lengths = BTreeMap::<usize, u64>::new();
    for id in 256..=u16::MAX {
        let host = TunnelDomain::new(id).unwrap().host();
        let label = host.split('.').nth(1).unwrap();
        *lengths.entry(label.len()).or_default() += 1;
    }
    let histogram = file
        .as_object()
        .unwrap()
        .iter()
        .find(|(name, _)| name.contains("length"))
        .unwrap()
        .1;
    let expected: BTreeMap<usize, u64> = histogram
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(length, count)| Some((length.parse().ok()?, count.as_u64()?)))
        .collect();
    assert_eq!(lengths, expected);
}
