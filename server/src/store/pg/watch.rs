//! Watches each connection. If Postgres falls silent during a statement or transaction, the connection is closed and
//! its user gets `database_unavailable` instead of waiting for as long as the network stays silent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tokio::sync::Notify;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{AsyncMessage, Connection, Socket};

/// The check interval. A connection is closed at most this much too late.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);
/// No statement or transaction is in progress.
const NOTHING_IN_PROGRESS: u64 = u64::MAX;

/// The state that the user of a connection and its driver share.
#[derive(Debug)]
struct WatchState {
    born: Instant,
    /// Milliseconds from creation to the last sign of progress, while something is in progress.
    waiting_since: AtomicU64,
    doomed: AtomicBool,
    doom: Notify,
}

impl WatchState {
    fn doom_connection(&self) {
        self.doomed.store(true, Ordering::Relaxed);
        self.doom.notify_one();
    }

    fn now(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(NOTHING_IN_PROGRESS - 1)
    }

    fn is_silent(&self, limit: Duration) -> bool {
        let since = self.waiting_since.load(Ordering::Relaxed);
        since != NOTHING_IN_PROGRESS && u128::from(self.now().saturating_sub(since)) >= limit.as_millis()
    }
}

/// Observes all statements of one connection. Dropping it with the connection ends the driver.
#[derive(Debug)]
pub(super) struct Watch {
    state: Arc<WatchState>,
    /// Statements without an answer; there is more than one if they are pipelined.
    unanswered: u32,
    in_transaction: bool,
    ending: bool,
}

impl Watch {
    /// Drives `connection` in the background until it ends, its user drops it, or Postgres is silent for `silence`
    /// (`None`: no limit) while a statement is unanswered or a transaction is open.
    pub(super) fn drive<S>(connection: Connection<Socket, S>, silence: Option<Duration>) -> Self
    where
        S: TlsStream + Unpin + Send + 'static,
    {
        let state = Arc::new(WatchState {
            born: Instant::now(),
            waiting_since: AtomicU64::new(NOTHING_IN_PROGRESS),
            doomed: AtomicBool::new(false),
            doom: Notify::new(),
        });
        tokio::spawn(drive_connection(connection, Arc::clone(&state), silence));
        Self { state, unanswered: 0, in_transaction: false, ending: false }
    }

    fn work_started(&mut self) {
        self.unanswered += 1;
        // A statement that is only queued behind others is not progress.
        let now = self.state.now();
        let waiting = &self.state.waiting_since;
        waiting.compare_exchange(NOTHING_IN_PROGRESS, now, Ordering::Relaxed, Ordering::Relaxed).ok();
    }

    fn work_finished(&mut self, error: Option<&DieselError>) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if std::mem::take(&mut self.ending) {
            self.in_transaction = false;
        }
        let under_way = self.unanswered > 0 || self.in_transaction;
        let since = if under_way { self.state.now() } else { NOTHING_IN_PROGRESS };
        self.state.waiting_since.store(since, Ordering::Relaxed);
        // The primary has become a standby: the next connection will find the new primary.
        if matches!(error, Some(DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _))) {
            self.state.doom_connection();
        }
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.work_started(),
            InstrumentationEvent::FinishQuery { error, .. } => self.work_finished(error),
            InstrumentationEvent::BeginTransaction { .. } => self.in_transaction = true,
            InstrumentationEvent::CommitTransaction { .. }
            | InstrumentationEvent::RollbackTransaction { .. } => self.ending = true,
            _ => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.state.doom_connection();
    }
}

async fn drive_connection<S>(
    mut connection: Connection<Socket, S>,
    state: Arc<WatchState>,
    silence: Option<Duration>,
) where
    S: TlsStream + Unpin + Send + 'static,
{
    let mut look = tokio::time::interval(WATCH_INTERVAL);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !state.doomed.load(Ordering::Relaxed) {
        tokio::select! {
            // Arrived messages are handled before the clock is checked, because this process may have been stopped
            // itself.
            biased;
            () = state.doom.notified() => {}
            message = std::future::poll_fn(|cx| connection.poll_message(cx)) => match message {
                Some(Ok(AsyncMessage::Notice(notice))) if is_unreplicated(&notice) => {
                    tracing::error!("a commit was not replicated to the standby before Postgres responded; it counts as unconfirmed");
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
                    tracing::warn!("Postgres went silent on a database connection; the connection is closed");
                    return;
                }
            }
        }
    }
}

/// Whether the wait for a synchronous standby was cancelled. Postgres then reports the commit as done, although a
/// failover would lose it. The connection is closed before the report is read, so that nobody takes it for an
/// acknowledgement.
fn is_unreplicated(notice: &DbError) -> bool {
    *notice.code() == SqlState::WARNING
        && notice.message().starts_with("canceling wait for synchronous replication")
}
