//! Points at which a test lets the process die, to see what is left. In anything but a test there is nothing here.

/// The process is at this point.
#[cfg(not(test))]
pub(crate) fn point(_name: &'static str) {}

/// Ends the process as `kill -9` does if the test named this point.
#[cfg(test)]
pub(crate) fn point(name: &'static str) {
    if std::env::var(FAULT_VARIABLE).is_ok_and(|wanted| wanted == name) {
        let pid = std::process::id().to_string();
        let _killed = std::process::Command::new("kill").args(["-9", &pid]).status();
        panic!("still alive");
    }
}

/// Names the point.
#[cfg(test)]
pub(crate) const FAULT_VARIABLE: &str = "ROAMKEY_TEST_FAULT";
