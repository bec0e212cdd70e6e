//! How long it takes to find a code: in a real screenshot of a full-HD screen, as a desktop hands it over (brightness
//! alone), and from its file; and in a camera's picture.

#![expect(clippy::unwrap_used, reason = "a benchmark that can't run shall stop")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use image::imageops::FilterType;
use roamkey_device::Code;

/// A screen of 1920 × 1080 with Chromium's own dialog on it, and our app beside it.
const SCREEN: &[u8] = include_bytes!("../tests/images/full_hd.png");

fn scan(criterion: &mut Criterion) {
    let picture = image::load_from_memory(SCREEN).unwrap().into_luma8();
    let (width, height) = picture.dimensions();
    assert_eq!((width, height), (1920, 1080));
    let luma = picture.clone().into_raw();
    let read = |luma| Code::from_luma(width, height, luma).unwrap();
    criterion.bench_function("QR code in a full-HD screenshot", |bencher| {
        bencher.iter_batched(
            || luma.clone(),
            |luma| black_box(read(luma)),
            BatchSize::LargeInput,
        );
    });
    criterion.bench_function("QR code in a full-HD screenshot's file", |bencher| {
        bencher.iter(|| black_box(Code::from_picture(SCREEN).unwrap()));
    });
    let (width, height) = (1280, 720);
    let frame = image::imageops::resize(&picture, width, height, FilterType::Triangle).into_raw();
    criterion.bench_function("QR code in a camera's picture", |bencher| {
        bencher.iter_batched(
            || frame.clone(),
            |luma| black_box(Code::from_luma(width, height, luma)),
            BatchSize::LargeInput,
        );
    });
    let empty = vec![200; usize::try_from(width * height).unwrap()];
    criterion.bench_function("camera's picture without a code", |bencher| {
        bencher.iter_batched(
            || empty.clone(),
            |luma| black_box(Code::from_luma(width, height, luma)),
            BatchSize::LargeInput,
        );
    });
}

criterion_group!(benches, scan);
criterion_main!(benches);
