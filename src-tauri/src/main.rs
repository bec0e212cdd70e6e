//! The desktop app: `roamkey_app::run` and no more, so that mobile builds have the same beginning.

fn main() {
    roamkey_app::run();
}
