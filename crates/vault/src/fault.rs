//! Points at which a test lets the process die, to see what is left. In anything but a test there is nothing here.

/// The process is at this point.
#[cfg(not(test))]
pub(crate) fn point(_name: &'static str) {}

/// Ends the process as `kill -9` does if the test asked for it: at the point of this name, or at the so many-th point
/// of any name.
#[cfg(test)]
pub(crate) fn point(name: &'static str) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let Ok(wanted) = std::env::var(FAULT_VARIABLE) else {
        return;
    };
    let number = PASSED.fetch_add(1, Ordering::SeqCst).saturating_add(1);
    if wanted == name || wanted == number.to_string() {
        eprintln!("killed at point {number}, {name}");
        let pid = std::process::id().to_string();
        let _killed = std::process::Command::new("kill").args(["-9", &pid]).status();
        panic!("still alive");
    }
}

/// Names or numbers the point.
#[cfg(test)]
pub(crate) const FAULT_VARIABLE: &str = "ROAMKEY_TEST_FAULT";
