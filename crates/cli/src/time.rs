//! Spans of time in words.

use roamkey_device::UnixTime;

/// `12 seconds`, `3 minutes`, `2 days`: the largest unit, rounded down.
pub(crate) fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// How long ago `then` was.
pub(crate) fn ago(then: UnixTime, now: UnixTime) -> String {
    match now.0.saturating_sub(then.0) {
        0..60 => "just now".to_owned(),
        seconds => format!("{} ago", span(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_largest_unit() {
        for (seconds, text) in [
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (7_200, "2 hours"),
            (172_799, "1 day"),
        ] {
            assert_eq!(span(seconds), text);
        }
        assert_eq!(ago(UnixTime(100), UnixTime(90)), "just now");
        assert_eq!(ago(UnixTime(0), UnixTime(3_600)), "1 hour ago");
    }
}
