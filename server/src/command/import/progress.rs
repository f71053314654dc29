//! How far an import is: a bar on a terminal, and otherwise a line now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bowline_stdio::eprintln;
use indicatif::{ProgressBar, ProgressStyle};

use super::report::Counts;

/// Without a terminal, a line follows after this many grants.
const LINE_EVERY: u64 = 5_000;

/// Shows the progress on standard error.
pub(super) struct Progress {
    bar: ProgressBar,
    read: Arc<AtomicU64>,
}

impl Progress {
    /// Progress in a file of this length, if it is known, of which `read` bytes have been read.
    pub(super) fn new(length: Option<u64>, read: Arc<AtomicU64>) -> anyhow::Result<Self> {
        let (bar, template) = match length {
            Some(length) => (ProgressBar::new(length), "{wide_bar} {percent:>3}%  {elapsed_precise}  {msg}"),
            None => (ProgressBar::no_length(), "{spinner} {elapsed_precise}  {msg}"),
        };
        bar.set_style(ProgressStyle::with_template(template)?);
        bar.enable_steady_tick(Duration::from_millis(200));
        Ok(Self { bar, read })
    }

    /// Shows these counts.
    pub(super) fn show(&self, counts: &Counts) {
        let done = counts.all();
        let refused = counts.all_refused() + counts.deferred;
        let text = || format!("{done} grants, {refused} refused or deferred");
        if !self.bar.is_hidden() {
            self.bar.set_position(self.read.load(Ordering::Relaxed));
            self.bar.set_message(text());
        } else if done.is_multiple_of(LINE_EVERY) {
            eprintln!("{}", text());
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
