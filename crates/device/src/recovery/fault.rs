//! Points at which a test lets the process die, to see what is left. In anything but a test there is nothing here.

/// The process is at this point.
#[cfg(not(test))]
pub(super) fn point(_name: &str) {}

/// Ends the process as `kill -9` does if the test named this point.
#[cfg(test)]
pub(super) fn point(name: &str) {
    if std::env::var(FAULT_VARIABLE).is_ok_and(|wanted| wanted == name) {
        let pid = std::process::id().to_string();
        let _killed = std::process::Command::new("kill").args(["-9", &pid]).status();
        panic!("still alive");
    }
}

/// Names the point.
#[cfg(test)]
pub(super) const FAULT_VARIABLE: &str = "ROAMKEY_TEST_FAULT";
