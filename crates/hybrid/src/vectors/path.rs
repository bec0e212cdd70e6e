//! `relay.json`: request paths, the routing-ID header and the payload of linked client platforms.

use serde_json::Value as Json;

use super::{fields, list, text};
use crate::paths::{self, RequestPath};
use crate::{LinkedRequest, RoutingId};

pub(super) fn run(file: &Json) {
    fields(
        file,
        &[
            "paths_valid",
            "paths_invalid",
            "subprotocol",
            "routing_id_header_name",
            "routing_id_header_values",
            "client_payload",
            "observed_chromium_156_connect_headers",
        ],
    );
    for path in list(&file["paths_valid"]).iter().map(text) {
        let written = match RequestPath::parse(path).unwrap_or_else(|error| panic!("{error}: {path}")) {
            RequestPath::New(tunnel_id) => paths::new_tunnel(&tunnel_id),
            RequestPath::Connect(routing_id, tunnel_id) => paths::connect(&routing_id, &tunnel_id),
            RequestPath::Contact(contact_id) => paths::contact(&contact_id),
        };
        assert!(written.eq_ignore_ascii_case(path));
        assert_eq!(RequestPath::parse(&written), RequestPath::parse(path));
    }
    for path in list(&file["paths_invalid"]).iter().map(text) {
        assert!(RequestPath::parse(path).is_err(), "{path}");
    }
    assert_eq!(paths::SUBPROTOCOL, text(&file["subprotocol"]));
    assert_eq!(paths::ROUTING_ID_HEADER, text(&file["routing_id_header_name"]));
    for case in list(&file["routing_id_header_values"]) {
        let parsed = text(&case["header"]).parse::<RoutingId>();
        assert_eq!(parsed.is_ok(), case["ok"].as_bool().unwrap(), "{case}");
    }
    for case in list(&file["client_payload"]["accept"]) {
        let request = LinkedRequest::from_header(text(&case["header"])).unwrap();
        let extra = text(&case["name"]).contains("extra");
        assert_eq!(request.to_header() == text(&case["header"]), !extra, "{case}");
    }
    for case in list(&file["client_payload"]["reject"]) {
        assert!(
            LinkedRequest::from_header(text(&case["header"])).is_err(),
            "{case}"
        );
    }
}
