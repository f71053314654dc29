//! What can be done to a replica besides starting and stopping it.

use anyhow::Context as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Server;

impl Server {
    /// Sets a variable of its environment, over what it had; in force from its next start on.
    pub fn set_variable(&mut self, name: &str, value: impl Into<String>) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.into()));
    }

    /// Any signal, without waiting for what comes of it: SIGSTOP freezes it, SIGCONT wakes it.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let child = self.child.as_ref().context("it does not run")?;
        let pid = i32::try_from(child.id().context("it has ended")?)?;
        Ok(kill(Pid::from_raw(pid), signal)?)
    }
}
