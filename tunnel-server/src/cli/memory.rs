//! Gives memory back to the system after many tunnels have ended.
//!
//! The GNU C library keeps what was freed below anything that is still in use; only `malloc_trim` returns those pages.
//! Other C libraries do by themselves, or not at all, and this does nothing there.

use std::time::Duration;

use tokio::time::sleep;

/// Looks after the memory for ever. `tunnels` tells how many are in use.
pub(crate) async fn tend(tunnels: impl Fn() -> usize) {
    let mut most = 0;
    loop {
        sleep(EVERY).await;
        let now = tunnels();
        most = most.max(now);
        if most >= WORTH_IT && now <= most / 2 {
            // It takes some milliseconds of walking the heap; a failure would change nothing.
            let _ = tokio::task::spawn_blocking(trim).await;
            most = now;
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the C library has no safe interface to its allocator")]
fn trim() {
    // SAFETY: malloc_trim takes no pointer, may be called at any time from any thread, and locks what it walks.
    unsafe { libc::malloc_trim(0) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}

/// Short enough to see how high a burst of tunnels went; looking costs next to nothing.
const EVERY: Duration = Duration::from_millis(500);

/// Fewer tunnels leave less than 2 MiB behind.
const WORTH_IT: usize = 256;
