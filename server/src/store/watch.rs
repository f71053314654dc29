//! Watches each connection: one on which Postgres has gone silent in the middle of something is closed, and whoever waits for
//! it is told that the database is not available, instead of waiting for as long as the network stays quiet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tokio::sync::Notify;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{AsyncMessage, Connection, Socket};

/// How often a connection is looked at; it is closed at most this much too late.
const LOOK: Duration = Duration::from_millis(500);
/// Nothing is under way.
const IDLE: u64 = u64::MAX;

/// What the user of a connection and its driver know of each other.
#[derive(Debug)]
struct State {
    born: Instant,
    /// Milliseconds from birth to the last sign of progress, while something is under way.
    waiting_since: AtomicU64,
    doomed: AtomicBool,
    doom: Notify,
}

impl State {
    fn doom(&self) {
        self.doomed.store(true, Ordering::Relaxed);
        self.doom.notify_one();
    }

    fn now(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(IDLE - 1)
    }

    fn is_silent(&self, limit: Duration) -> bool {
        let since = self.waiting_since.load(Ordering::Relaxed);
        since != IDLE && u128::from(self.now().saturating_sub(since)) >= limit.as_millis()
    }
}

/// Sees every statement of one connection. Dropped with the connection, it ends the driver.
#[derive(Debug)]
pub(super) struct Watch {
    state: Arc<State>,
    /// Statements sent and not yet answered: more than one where they are pipelined.
    unanswered: u32,
    in_transaction: bool,
    ending: bool,
}

impl Watch {
    /// Drives `connection` in the background until it ends, its user drops it, or Postgres says nothing for `silence` (never,
    /// if there is none) while a statement is unanswered or a transaction is open.
    pub(super) fn drive<S>(connection: Connection<Socket, S>, silence: Option<Duration>) -> Self
    where
        S: TlsStream + Unpin + Send + 'static,
    {
        let state = Arc::new(State {
            born: Instant::now(),
            waiting_since: AtomicU64::new(IDLE),
            doomed: AtomicBool::new(false),
            doom: Notify::new(),
        });
        tokio::spawn(run(connection, Arc::clone(&state), silence));
        Self { state, unanswered: 0, in_transaction: false, ending: false }
    }

    fn started(&mut self) {
        self.unanswered += 1;
        // A statement that is only queued behind others is no progress.
        let now = self.state.now();
        let waiting = &self.state.waiting_since;
        waiting.compare_exchange(IDLE, now, Ordering::Relaxed, Ordering::Relaxed).ok();
    }

    fn finished(&mut self, error: Option<&DieselError>) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if std::mem::take(&mut self.ending) {
            self.in_transaction = false;
        }
        let under_way = self.unanswered > 0 || self.in_transaction;
        let since = if under_way { self.state.now() } else { IDLE };
        self.state.waiting_since.store(since, Ordering::Relaxed);
        // The primary became a standby beneath us: the next connection finds the new primary.
        if matches!(error, Some(DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _))) {
            self.state.doom();
        }
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.started(),
            InstrumentationEvent::FinishQuery { error, .. } => self.finished(error),
            InstrumentationEvent::BeginTransaction { .. } => self.in_transaction = true,
            InstrumentationEvent::CommitTransaction { .. }
            | InstrumentationEvent::RollbackTransaction { .. } => self.ending = true,
            _ => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.state.doom();
    }
}

async fn run<S>(mut connection: Connection<Socket, S>, state: Arc<State>, silence: Option<Duration>)
where
    S: TlsStream + Unpin + Send + 'static,
{
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !state.doomed.load(Ordering::Relaxed) {
        tokio::select! {
            // What has arrived counts before the clock does: a process that was stopped itself is no silent Postgres.
            biased;
            () = state.doom.notified() => {}
            message = std::future::poll_fn(|cx| connection.poll_message(cx)) => match message {
                Some(Ok(AsyncMessage::Notice(notice))) if is_unreplicated(&notice) => {
                    tracing::error!("a commit was not waited for until the standby had it; it is not confirmed");
                    return;
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    tracing::debug!(%error, "a database connection ended");
                    return;
                }
                None => return,
            },
            _ = look.tick() => {
                if silence.is_some_and(|limit| state.is_silent(limit)) {
                    tracing::warn!("a database connection is closed: Postgres has gone silent on it");
                    return;
                }
            }
        }
    }
}

/// Whether somebody cancelled the wait for a synchronous standby. Postgres then reports the commit as done, although a
/// failover would lose it; the connection is closed before that report is read, so that nobody takes it for an answer.
fn is_unreplicated(notice: &DbError) -> bool {
    *notice.code() == SqlState::WARNING
        && notice.message().starts_with("canceling wait for synchronous replication")
}
