//! Floods, and what they leave in the memory of the process.

use std::net::TcpStream;

use crate::serving::*;

#[test]
fn ten_thousand_connects_to_unknown_tunnels_leave_the_memory_where_it_was() {
    let server = Serving::run(program().args(DEV).env("ROAMKEY_LOG", "warn"));
    let flood = |from: u32| {
        for number in from..from + 1000 {
            let tcp = TcpStream::connect(server.address).unwrap();
            let (status, _) = get_on(tcp, &format!("/cable/connect/000000/{number:032x}"));
            assert_eq!(status, "404");
        }
    };
    // What the first thousand cost is there for good: buffers, threads, tables.
    flood(0);
    let before = server.resident_kib();
    for round in 1..10 {
        flood(round * 1000);
    }
    let after = server.resident_kib();
    assert!(after < before + 1024, "{before} KiB became {after} KiB");
}
