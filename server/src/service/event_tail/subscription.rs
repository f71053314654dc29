//! An operator's stream of events: first what happened since it broke off, from the table, then what the reader of this
//! process tells. It holds no connection while it waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bowline_api::{EventId, OperatorId, TenantId};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::feed::Batch;
use super::frame::{End, TailFrame};
use super::poll::{TAIL_BATCH, is_beyond, is_full};
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Code, Error, Result, chain};
use crate::service::audit::log::to_wire;
use crate::service::limit::streams::StreamPlace;
use crate::service::operator::session::{self, Identified};
use crate::store::event_tail::{TailKey, TailRow};

/// The interval between two signs of life, at which the session is checked as well.
const STREAM_BEAT: Duration = Duration::from_secs(15);

/// The events that are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only events in the log of this tenant.
    pub tenant: Option<TenantId>,
    /// Only events with one of these actions; all if it is empty.
    pub actions: Vec<&'static str>,
    /// Only events about this subject.
    pub subject: Option<String>,
}

/// Where a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    Now,
    After(EventId),
    /// After an event that cannot exist.
    Unknown,
}

/// How the stream gets its next events.
enum Source {
    /// It has not begun.
    Start(Begin),
    /// From the table, until that has no more.
    Table,
    /// From the table once more, for what was read from there before this stream was among those who are told.
    Both(Receiver<Batch>),
    /// From the reader of this process.
    Told(Receiver<Batch>),
    /// It has ended.
    Ended,
}

/// An operator's stream of events.
pub struct Subscription {
    app: Arc<App>,
    who: Identified,
    session: Digest,
    wanted: Wanted,
    source: Source,
    /// How far it has read.
    read: Option<TailKey>,
    /// The last event that it has read, wanted or not, and the last that it has told.
    passed: Option<EventId>,
    told: Option<EventId>,
    frames: VecDeque<TailFrame>,
    /// Whether the subscription has told that it is up to date.
    is_ready: bool,
    beat: Interval,
    _place: StreamPlace<OperatorId>,
}

/// Begins a stream. With `after` it goes on after that event; otherwise it begins now.
///
/// # Errors
/// `not_found` in a database that is sharded; `rate_limited` if too many streams are open.
pub fn subscribe(
    app: Arc<App>,
    who: &Identified,
    session: Digest,
    wanted: Wanted,
    after: Option<&str>,
) -> Result<Subscription> {
    if app.store.is_sharded() {
        let detail = "events cannot be followed in a sharded database, whose nodes have no common order; list the audit log";
        return Err(Code::NotFound.because(detail).into());
    }
    let place = app.events.place(who.id)?;
    let from = match after.map(str::parse::<EventId>) {
        None => Begin::Now,
        Some(Ok(id)) => Begin::After(id),
        Some(Err(_)) => Begin::Unknown,
    };
    let mut beat = interval(STREAM_BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.reset();
    Ok(Subscription {
        app,
        who: who.clone(),
        session,
        wanted,
        source: Source::Start(from),
        read: None,
        passed: None,
        told: None,
        frames: VecDeque::new(),
        is_ready: false,
        beat,
        _place: place,
    })
}

impl Subscription {
    /// What the stream tells next. `None` once it has ended.
    pub async fn next(&mut self) -> Option<TailFrame> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                self.note(&frame);
                return Some(frame);
            }
            if let Err(end) = self.step().await? {
                self.source = Source::Ended;
                self.frames.clear();
                return Some(TailFrame::End(end, self.told));
            }
        }
    }

    fn note(&mut self, frame: &TailFrame) {
        self.told = match frame {
            TailFrame::Event(event) => Some(event.id),
            TailFrame::Passed(id) => Some(*id),
            TailFrame::Ready(id) => *id,
            TailFrame::Gap | TailFrame::Beat | TailFrame::End(..) => self.told,
        };
    }

    /// Reads or waits for something once. `None` if the stream has ended.
    async fn step(&mut self) -> Option<Result<(), End>> {
        if self.app.is_draining() && !matches!(self.source, Source::Ended) {
            return Some(Err(End::Stopping));
        }
        // It is put back unless it changes.
        Some(match std::mem::replace(&mut self.source, Source::Ended) {
            Source::Start(from) => self.start(from).await,
            Source::Table => self.catch_up().await,
            Source::Both(batches) => self.catch_up_again(batches).await,
            Source::Told(batches) => self.listen_to_feed(batches).await,
            Source::Ended => return None,
        })
    }

    async fn start(&mut self, from: Begin) -> Result<(), End> {
        if let Begin::After(id) = from {
            let found = self.app.store.operator(async |tx| tx.event_position(id).await).await;
            if let Some(key) = found.map_err(tail_unavailable)? {
                (self.read, self.passed, self.told) = (Some(key), Some(id), Some(id));
                self.source = Source::Table;
                return Ok(());
            }
        }
        if from != Begin::Now {
            self.frames.push_back(TailFrame::Gap);
        }
        self.begin_now().await
    }

    /// Goes on with what happens from now on.
    async fn begin_now(&mut self) -> Result<(), End> {
        let last = self.app.store.operator(async |tx| tx.last_event().await).await;
        let last = last.map_err(tail_unavailable)?;
        (self.read, self.passed) = last.unzip();
        (self.told, self.is_ready) = (self.passed, false);
        self.source = Source::Table;
        Ok(())
    }

    async fn catch_up(&mut self) -> Result<(), End> {
        self.stands_if_due().await?;
        match self.read_table().await? {
            None => self.begin_now().await?,
            Some(true) => self.source = Source::Table,
            Some(false) => {
                let batches = tokio::select! {
                    batches = self.app.events.join() => batches,
                    () = self.app.drained() => return Err(End::Stopping),
                };
                self.source = Source::Both(batches);
            }
        }
        Ok(())
    }

    /// The reader may have told others something between the last look into the table and now.
    async fn catch_up_again(&mut self, batches: Receiver<Batch>) -> Result<(), End> {
        match self.read_table().await? {
            None => self.begin_now().await?,
            // This stream would not keep up with what it is told meanwhile.
            Some(true) => self.source = Source::Table,
            Some(false) => {
                if !std::mem::replace(&mut self.is_ready, true) {
                    self.frames.push_back(TailFrame::Ready(self.passed));
                }
                self.source = Source::Told(batches);
            }
        }
        Ok(())
    }

    /// Reads the next events from the table. Whether there are more; `None` after a gap.
    async fn read_table(&mut self) -> Result<Option<bool>, End> {
        let read = self.read;
        let rows = self.app.store.operator(async |tx| tx.events_after(read, TAIL_BATCH).await).await;
        let Some(rows) = rows.map_err(tail_unavailable)? else {
            self.frames.push_back(TailFrame::Gap);
            return Ok(None);
        };
        self.take(&rows).await?;
        Ok(Some(is_full(rows.len())))
    }

    async fn listen_to_feed(&mut self, mut batches: Receiver<Batch>) -> Result<(), End> {
        tokio::select! {
            () = self.app.drained() => return Err(End::Stopping),
            batch = batches.recv() => match batch {
                Ok(Batch::Events(rows)) => self.take(&rows).await?,
                Ok(Batch::Gap) => {
                    self.frames.push_back(TailFrame::Gap);
                    return self.begin_now().await;
                }
                Err(RecvError::Lagged(_)) => return Err(End::TooSlow),
                Err(RecvError::Closed) => return Err(End::Stopping),
            },
            _ = self.beat.tick() => {
                self.session_stands().await?;
                let passed = self.passed.filter(|_| self.passed != self.told);
                self.frames.push_back(passed.map_or(TailFrame::Beat, TailFrame::Passed));
            }
        }
        self.source = Source::Told(batches);
        Ok(())
    }

    /// Takes what is new and wanted. What an operator did to this session takes effect before anything else is told.
    async fn take(&mut self, rows: &[TailRow]) -> Result<(), End> {
        let mut is_about_me = false;
        for tail_row in rows.iter().filter(|tail_row| is_beyond(tail_row.key, self.read)) {
            is_about_me |= self.concerns_me(tail_row);
            if self.wants_event(tail_row) {
                self.frames.push_back(TailFrame::Event(Box::new(to_wire(tail_row.entry.clone()))));
            }
            self.passed = Some(tail_row.entry.id.into());
        }
        self.read = self.read.max(rows.last().map(|tail_row| tail_row.key));
        if is_about_me { self.session_stands().await } else { Ok(()) }
    }

    fn wants_event(&self, tail_row: &TailRow) -> bool {
        let entry = &tail_row.entry;
        let log = (!entry.tenant_id.is_nil()).then(|| TenantId::from(entry.tenant_id));
        let wanted = &self.wanted;
        self.who.reach.includes(log)
            && (wanted.tenant.is_none() || wanted.tenant == log)
            && (wanted.actions.is_empty() || wanted.actions.contains(&entry.action.as_str()))
            && (wanted.subject.is_none() || wanted.subject == entry.subject)
    }

    /// Whether the event may have ended this session.
    fn concerns_me(&self, tail_row: &TailRow) -> bool {
        let me = self.who.id.to_string();
        let entry = &tail_row.entry;
        entry.action.starts_with("operator.")
            && [&entry.subject, &entry.actor_id].into_iter().any(|id| id.as_ref() == Some(&me))
    }

    /// Checks the session if that is due, while the stream is busy with the past.
    async fn stands_if_due(&mut self) -> Result<(), End> {
        let is_due =
            std::future::poll_fn(|cx| std::task::Poll::Ready(self.beat.poll_tick(cx).is_ready())).await;
        if is_due { self.session_stands().await } else { Ok(()) }
    }

    /// Checks that the session has not ended. A stream is not a use of it: an unattended client must be logged out.
    async fn session_stands(&self) -> Result<(), End> {
        match session::stands(&self.app, self.session).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(End::SessionEnded),
            Err(error) => Err(tail_unavailable(error)),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn tail_unavailable(error: Error) -> End {
    tracing::warn!(error = %chain(&error), "a stream of events ends, because the database does not answer");
    End::Unavailable
}
