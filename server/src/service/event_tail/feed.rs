//! What the one reader of a process and those who follow share: a bounded queue of batches, and how far it is read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bowline_api::OperatorId;
use tokio::sync::{Notify, broadcast, watch};

use crate::domain::Result;
use crate::service::limit::streams::{StreamPlace, Streams};
use crate::settings;
use crate::store::event_tail::{TailKey, TailRow};

/// The number of batches that wait for the slowest of those who follow.
const QUEUED_BATCHES: usize = 64;

/// What those who follow get.
#[derive(Debug, Clone)]
pub(super) enum Batch {
    /// Events, in order.
    Events(Arc<[TailRow]>),
    /// Events are missing here: what had been read is not kept any more.
    Gap,
}

/// How far the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// It does not read, because nobody follows or because it has not begun.
    Idle,
    /// It has read up to this event; nothing before the first event of all.
    At(Option<TailKey>),
}

/// Events that go from one reader to all who follow in this process.
pub struct Feed {
    batches: broadcast::Sender<Batch>,
    reader: watch::Sender<Reader>,
    /// Held while somebody begins to follow and while the reader decides that nobody does.
    turn: Mutex<()>,
    wanted: Notify,
    streams: Arc<Streams<OperatorId>>,
}

impl Feed {
    /// Nobody follows yet.
    pub fn new(limits: &settings::Limits) -> Self {
        Self {
            batches: broadcast::Sender::new(QUEUED_BATCHES),
            reader: watch::Sender::new(Reader::Idle),
            turn: Mutex::default(),
            wanted: Notify::new(),
            streams: Streams::new(limits.operator_streams, limits.streams),
        }
    }

    /// The right of `operator` to one more stream.
    ///
    /// # Errors
    /// `rate_limited` if they have as many as they may, or all operators together have.
    pub(super) fn place(&self, operator: OperatorId) -> Result<StreamPlace<OperatorId>> {
        self.streams.place(operator)
    }

    /// Everything that the reader reads from now on. Waits until it reads.
    pub(super) async fn join(&self) -> broadcast::Receiver<Batch> {
        let batches = {
            let _turn = lock(&self.turn);
            self.batches.subscribe()
        };
        self.wanted.notify_one();
        // The sender lives as long as the feed.
        self.reader.subscribe().wait_for(|reader| *reader != Reader::Idle).await.ok();
        batches
    }

    /// Waits until somebody follows.
    pub(super) async fn wanted(&self) {
        while self.batches.receiver_count() == 0 {
            self.wanted.notified().await;
        }
    }

    /// Whether somebody follows. If not, the reader is nowhere from now on.
    pub(super) fn is_wanted(&self) -> bool {
        let _turn = lock(&self.turn);
        let is_wanted = self.batches.receiver_count() > 0;
        if !is_wanted {
            self.reader.send_replace(Reader::Idle);
        }
        is_wanted
    }

    /// How far the reader is.
    pub(super) fn reader(&self) -> Reader {
        *self.reader.borrow()
    }

    /// The reader is at `key` now. Whatever comes after it will be told.
    pub(super) fn begin(&self, key: Option<TailKey>) {
        self.reader.send_replace(Reader::At(key));
    }

    /// Gives the next events to all who follow.
    pub(super) fn tell(&self, rows: Vec<TailRow>) {
        let Some(last) = rows.last().map(|row| row.key) else { return };
        // It fails if nobody follows any more.
        let _nobody = self.batches.send(Batch::Events(rows.into()));
        self.reader.send_replace(Reader::At(Some(last)));
    }

    /// Tells all who follow that events are missing, and forgets how far the reader was.
    pub(super) fn gap(&self) {
        let _nobody = self.batches.send(Batch::Gap);
        self.reader.send_replace(Reader::Idle);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use bowline_api::OperatorId;

    use super::*;
    use crate::domain::entropy;

    #[test]
    fn streams_are_limited_for_one_operator_and_for_all_and_a_place_is_given_back() {
        let mut limits = crate::settings::read(None).expect("the defaults").settings.limits;
        (limits.operator_streams, limits.streams) = (2, 3);
        let feed = Feed::new(&limits);
        let (one, other): (OperatorId, OperatorId) = (entropy::id(), entropy::id());
        let first = feed.place(one).unwrap();
        let _second = feed.place(one).unwrap();
        assert!(feed.place(one).is_err(), "too many of one");
        let _third = feed.place(other).unwrap();
        assert!(feed.place(other).is_err(), "too many of all");
        drop(first);
        assert!(feed.place(one).is_ok());
    }

    #[tokio::test]
    async fn the_reader_stands_still_while_nobody_follows() {
        let feed = Feed::new(&crate::settings::read(None).expect("the defaults").settings.limits);
        feed.begin(None);
        assert!(!feed.is_wanted());
        assert_eq!(feed.reader(), Reader::Idle, "the next one who follows waits until the reader begins");
        let (followed, ()) = tokio::join!(feed.join(), async {
            feed.wanted().await;
            feed.begin(None);
        });
        assert!(feed.is_wanted());
        drop(followed);
        assert!(!feed.is_wanted());
    }
}
