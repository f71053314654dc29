//! How many streams of events are open in this process: of each who follows, and of all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::{Code, Result};
use crate::metrics::{self, LimitKind};

/// When somebody who found no place may try again.
const STREAM_TRY_AGAIN: Duration = Duration::from_secs(5);

/// The open streams, by who follows.
#[derive(Debug)]
pub struct Streams<Id> {
    taken: Mutex<HashMap<Id, usize>>,
    of_one: usize,
    of_all: usize,
}

/// The right to one stream. It is returned when it is dropped.
#[derive(Debug)]
pub struct StreamPlace<Id: Copy + Eq + Hash> {
    streams: Arc<Streams<Id>>,
    of: Id,
}

impl<Id: Copy + Eq + Hash> Streams<Id> {
    /// None is open. `of_one` is how many each may have, `of_all` how many all together.
    pub fn new(of_one: usize, of_all: usize) -> Arc<Self> {
        Arc::new(Self { taken: Mutex::default(), of_one, of_all })
    }

    /// The right of `of` to one more stream.
    ///
    /// # Errors
    /// `rate_limited` if they have as many as they may, or all together have.
    pub fn place(self: &Arc<Self>, of: Id) -> Result<StreamPlace<Id>> {
        let mut taken = self.taken_places();
        let own = taken.get(&of).copied().unwrap_or_default();
        let detail = if own >= self.of_one {
            "you have as many streams of events open at this server as you may; close one, or let your processes share one"
        } else if taken.values().sum::<usize>() >= self.of_all {
            "all streams of events that this server allows are open; try again later"
        } else {
            taken.insert(of, own + 1);
            return Ok(StreamPlace { streams: Arc::clone(self), of });
        };
        metrics::limited(LimitKind::Places);
        Err(Code::RateLimited.because(detail).retry_after(STREAM_TRY_AGAIN).into())
    }

    fn taken_places(&self) -> MutexGuard<'_, HashMap<Id, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Id: Copy + Eq + Hash> Drop for StreamPlace<Id> {
    fn drop(&mut self) {
        if let Entry::Occupied(mut own) = self.streams.taken_places().entry(self.of) {
            *own.get_mut() = own.get().saturating_sub(1);
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}
