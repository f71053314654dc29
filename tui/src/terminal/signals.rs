//! The signals that a terminal program handles.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::hangup::HUNG_UP;

/// The reaction that a signal requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignalAction {
    /// End with this exit code (128 + the signal's number).
    End(u8),
    /// Stop until continued (SIGTSTP).
    Suspend,
    /// Redraw, because the process was continued and the screen may have changed.
    Redraw,
}

/// The signals that the event loop listens for.
pub(super) struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    stop: Signal,
    continued: Signal,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        let raw = |s: nix::sys::signal::Signal| signal(SignalKind::from_raw(s as i32));
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: raw(nix::sys::signal::Signal::SIGTSTP)?,
            continued: raw(nix::sys::signal::Signal::SIGCONT)?,
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> SignalAction {
        tokio::select! {
            _ = self.terminate.recv() => SignalAction::End(128 + 15),
            _ = self.hang_up.recv() => SignalAction::End(HUNG_UP),
            _ = self.interrupt.recv() => SignalAction::End(128 + 2),
            _ = self.stop.recv() => SignalAction::Suspend,
            _ = self.continued.recv() => SignalAction::Redraw,
        }
    }
}
