//! stub
#[derive(clap::Args, Debug)]
pub(crate) struct Demo {}
pub(crate) async fn run(_: Demo) -> u8 {
    0
}
