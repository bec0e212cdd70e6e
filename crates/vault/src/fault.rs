//! Points at which a test lets the process die, to see what is left. In anything but a test there is nothing here.

/// The process is at this point.
#[cfg(not(test))]
pub(crate) fn point(_name: &'static str) {}

/// Ends the process as `kill -9` does if the test asked for it: at the point of this name, or at the so many-th point
/// of any name. Within [`dying_at`], ends that.
#[cfg(test)]
pub(crate) fn point(name: &'static str) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    match LEFT.get() {
        Some(1) => {
            LEFT.set(None);
            std::panic::resume_unwind(Box::new(Killed));
        }
        left => LEFT.set(left.map(|left| left - 1)),
    }
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

/// Runs `work` as a process would that is killed at its so many-th point, on this thread; `None` if it got there. Locks
/// are released and transactions undone, as they are after a kill; whatever `work` would have done next is not.
#[cfg(test)]
pub(crate) fn dying_at<T>(number: usize, work: impl FnOnce() -> T) -> Option<T> {
    LEFT.set(Some(number));
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    LEFT.set(None);
    match done {
        Ok(done) => Some(done),
        Err(end) if end.is::<Killed>() => None,
        Err(failure) => std::panic::resume_unwind(failure),
    }
}

#[cfg(test)]
struct Killed;

#[cfg(test)]
thread_local! {
    /// Points until the end.
    static LEFT: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
}

/// Names or numbers the point.
#[cfg(test)]
pub(crate) const FAULT_VARIABLE: &str = "ROAMKEY_TEST_FAULT";
