//! From a finished advert to its being on air, over a private bus with a mock BlueZ: connection, adapter, registration.
//! Part of the 50 ms from QR code to advert.
#![allow(clippy::unwrap_used, reason = "a benchmark that can't run must say so")]

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::{Duration, Instant};

    use criterion::Criterion;
    use roamkey_ble::Advertiser;
    use roamkey_hybrid::Advert;
    use roamkey_session::{Advertising as _, Air as _};
    use roamkey_testkit::bluez::{HostConfig, MockBluez};
    use roamkey_testkit::bus::PrivateBus;
    use tokio::runtime::Runtime;

    pub(super) fn main() {
        let runtime = Runtime::new().unwrap();
        let (_bluez, bus) = runtime.block_on(async {
            let bus = PrivateBus::start().await.unwrap();
            (
                MockBluez::start([HostConfig::new(bus.address())]).await.unwrap(),
                bus,
            )
        });
        let advertiser = Advertiser::on_bus(bus.address());
        let advert = Advert::from_service_data(&[0xA5; 20]).unwrap();

        let mut criterion = Criterion::default().configure_from_args();
        criterion.bench_function("advertise until registered", |bencher| {
            bencher.iter_custom(|iterations| {
                runtime.block_on(async {
                    let mut total = Duration::ZERO;
                    for _ in 0..iterations {
                        let started = Instant::now();
                        let on_air = advertiser.advertise(&advert).await.unwrap();
                        total += started.elapsed();
                        on_air.stop().await;
                    }
                    total
                })
            });
        });
        criterion.bench_function("probe", |bencher| {
            bencher.iter(|| runtime.block_on(advertiser.probe()).unwrap());
        });
        criterion.final_summary();
    }
}
