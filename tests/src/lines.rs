//! What a process says, as it says it: text that grows, and waits for something to stand in it.

use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::Result;

/// Text that grows until its source ends. Clones share it.
#[derive(Clone)]
pub struct Lines {
    name: Arc<str>,
    text: Arc<Mutex<Text>>,
    changed: watch::Sender<usize>,
}

#[derive(Default)]
struct Text {
    content: String,
    ended: bool,
}

/// A place in the text: waits look at what comes after it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mark(usize);

impl Lines {
    /// Empty text of this name, which stands in error messages.
    pub fn new(name: &str) -> Self {
        Self {
            name: Arc::from(name),
            text: Arc::default(),
            changed: watch::Sender::new(0),
        }
    }

    /// Adds text.
    pub fn push(&self, text: &str) {
        self.locked().content.push_str(text);
        self.changed.send_modify(|version| *version += 1);
    }

    /// Says that nothing more will come.
    pub fn end(&self) {
        self.locked().ended = true;
        self.changed.send_modify(|version| *version += 1);
    }

    /// The place after everything said so far.
    pub fn mark(&self) -> Mark {
        Mark(self.locked().content.len())
    }

    /// Everything said so far.
    pub fn text(&self) -> String {
        self.locked().content.clone()
    }

    /// Waits for a whole line after `mark` of which `pick` makes something, and returns that and the place after it.
    ///
    /// # Errors
    ///
    /// The source ended, or the limit was reached, without one. The message names `what` and the last lines.
    pub async fn line<T>(
        &self,
        mark: Mark,
        limit: Duration,
        what: &str,
        mut pick: impl FnMut(&str) -> Option<T>,
    ) -> Result<(T, Mark)> {
        self.wait(limit, what, |text| {
            let mut at = mark.0;
            for line in text.get(mark.0..)?.split_inclusive('\n') {
                at += line.len();
                if let Some(picked) = line.strip_suffix('\n').and_then(&mut pick) {
                    return Some((picked, Mark(at)));
                }
            }
            None
        })
        .await
    }

    /// Waits until `wanted` stands after `mark`, on a line or not yet, and returns the place after it.
    ///
    /// # Errors
    ///
    /// As [`line`](Self::line).
    pub async fn phrase(&self, mark: Mark, limit: Duration, wanted: &str) -> Result<Mark> {
        self.wait(limit, wanted, |text| {
            let found = text.get(mark.0..)?.find(wanted)?;
            Some(Mark(mark.0 + found + wanted.len()))
        })
        .await
    }

    /// Waits until the source ends, and returns everything it said.
    ///
    /// # Errors
    ///
    /// It goes on beyond the limit.
    pub async fn finished(&self, limit: Duration) -> Result<String> {
        let mut changes = self.changed.subscribe();
        let ended = tokio::time::timeout(limit, async {
            while !self.locked().ended {
                changes.changed().await.ok()?;
            }
            Some(())
        });
        ended
            .await
            .map_err(|_elapsed| self.complaint("went on", "an end"))?;
        Ok(self.text())
    }

    async fn wait<T>(
        &self,
        limit: Duration,
        what: &str,
        mut look: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        let mut changes = self.changed.subscribe();
        let found = tokio::time::timeout(limit, async {
            loop {
                changes.borrow_and_update();
                {
                    let text = self.locked();
                    if let Some(found) = look(&text.content) {
                        return Some(found);
                    }
                    if text.ended {
                        return None;
                    }
                }
                changes.changed().await.ok()?;
            }
        })
        .await;
        match found {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(self.complaint("ended", what).into()),
            Err(_elapsed) => Err(self.complaint(&format!("was silent for {limit:?}"), what).into()),
        }
    }

    fn complaint(&self, fate: &str, what: &str) -> String {
        let text = self.text();
        let last: Vec<&str> = text.lines().rev().take(SHOWN_LINES).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        format!(
            "{} {fate} without: {what}. Its last lines:\n{}",
            self.name,
            last.join("\n")
        )
    }

    fn locked(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Debug for Lines {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Lines of a process that an error message shows.
const SHOWN_LINES: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn line_is_found_only_when_it_is_whole_and_after_the_mark() {
        let lines = Lines::new("test");
        lines.push("one\ntw");
        let (one, mark) = lines
            .line(Mark::default(), LIMIT, "one", |line| (line == "one").then_some(1))
            .await
            .unwrap();
        assert_eq!(one, 1);
        let waiting = lines.line(mark, LIMIT, "two", |line| Some(line.to_owned()));
        let (found, ()) = tokio::join!(waiting, async { lines.push("o\nthree\n") });
        assert_eq!(found.unwrap().0, "two");
    }

    #[tokio::test]
    async fn end_of_the_source_ends_a_wait_with_its_last_lines() {
        let lines = Lines::new("test");
        lines.push("last words\n");
        let waiting = lines.line(Mark::default(), LIMIT, "more", |line| {
            (line == "more").then_some(())
        });
        let (found, ()) = tokio::join!(waiting, async { lines.end() });
        let error = found.unwrap_err().to_string();
        assert!(
            error.contains("test ended without: more") && error.contains("last words"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn phrase_is_found_before_its_line_ends() {
        let lines = Lines::new("test");
        lines.push("Are you sure? ");
        lines.phrase(Mark::default(), LIMIT, "sure?").await.unwrap();
    }
}
