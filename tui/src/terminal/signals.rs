//! Signals that concern a program with a terminal.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// End, with this exit code (128 + the signal's number).
    End(u8),
    /// Stop until continued (SIGTSTP).
    Suspend,
    /// We were continued: the screen is not ours any more.
    Redraw,
}

/// The signals being listened to.
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

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::End(128 + 15),
            _ = self.hang_up.recv() => Asked::End(128 + 1),
            _ = self.interrupt.recv() => Asked::End(128 + 2),
            _ = self.stop.recv() => Asked::Suspend,
            _ = self.continued.recv() => Asked::Redraw,
        }
    }
}
