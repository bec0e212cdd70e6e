//! Spans of time in words, and dates.

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

/// `2026-11-20`, in UTC.
pub(crate) fn date(time: UnixTime) -> String {
    let (year, month, day) = civil(time.0 / SECONDS_A_DAY);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-11-20 16:37 UTC`.
pub(crate) fn date_time(time: UnixTime) -> String {
    let seconds = time.0 % SECONDS_A_DAY;
    format!(
        "{} {:02}:{:02} UTC",
        date(time),
        seconds / 3_600,
        seconds % 3_600 / 60
    )
}

/// Year, month and day of the day that is so many days after 1970-01-01.
fn civil(days: u64) -> (u64, u64, u64) {
    let (mut year, mut left) = (1970, days);
    // 400 years have the same number of days wherever they begin.
    year += left / DAYS_IN_400_YEARS * 400;
    left %= DAYS_IN_400_YEARS;
    while left >= days_in_year(year) {
        left -= days_in_year(year);
        year += 1;
    }
    let mut month = 1;
    while left >= days_in_month(year, month) {
        left -= days_in_month(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// The start of a day written `YYYY-MM-DD`, in UTC; `None` for what is no day since 1970.
pub(crate) fn parse_date(text: &str) -> Option<UnixTime> {
    let mut parts = text.splitn(3, '-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes().all(|digit| digit.is_ascii_digit()).then_some(())?;
        part.parse::<u64>().ok()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    let years: u64 = (1970..year).map(days_in_year).sum();
    let months: u64 = (1..month).map(|month| days_in_month(year, month)).sum();
    Some(UnixTime((years + months + day - 1) * SECONDS_A_DAY))
}

fn days_in_year(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const SECONDS_A_DAY: u64 = 86_400;
const DAYS_IN_400_YEARS: u64 = 146_097;

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

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_795_192_651, "2026-11-20 16:37 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(date_time(UnixTime(seconds)), text);
        }
    }

    #[test]
    fn every_day_reads_back_and_what_is_no_day_is_refused() {
        for day in (0..200_000).step_by(13) {
            let time = UnixTime(day * SECONDS_A_DAY);
            assert_eq!(parse_date(&date(time)), Some(time));
        }
        for text in [
            "",
            "2026",
            "2026-11",
            "2026-13-01",
            "2026-02-29",
            "2026-11-31",
            "1969-12-31",
            "26-11-20",
            "2026-11-20x",
            "+026-11-20",
            "2026-00-10",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
