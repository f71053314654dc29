//! The Postgres process and the thread that it is bound to.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long a fast shutdown may take before an immediate one follows.
const FAST: Duration = Duration::from_secs(20);
const IMMEDIATE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(2);

/// A child process that receives SIGINT when this process dies.
///
/// `PR_SET_PDEATHSIG` fires when the *thread* that spawned the child ends, not the process. If a thread pool spawned
/// Postgres, it would stop when the pool retires the worker. A dedicated thread therefore spawns it and lives as long
/// as it is needed.
#[derive(Debug)]
pub(crate) struct BoundChild {
    child: Child,
    release: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl BoundChild {
    pub(crate) fn spawn(mut command: Command) -> io::Result<Self> {
        let (release, released) = mpsc::channel::<()>();
        let (report, reported) = mpsc::channel();
        let thread = thread::Builder::new().name("postgres-parent".to_owned()).spawn(move || {
            let spawned = command.spawn();
            let failed = spawned.is_err();
            if report.send(spawned).is_ok() && !failed {
                // Returns when the sender is dropped.
                let _: Result<(), mpsc::RecvError> = released.recv();
            }
        })?;
        let child = reported.recv().map_err(|_| io::Error::other("the spawning thread died"))??;
        Ok(Self { child, release: Some(release), thread: Some(thread) })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn exited(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Fast shutdown (SIGINT), then immediate (SIGQUIT), then SIGKILL; see "Shutting Down the Server" in the Postgres
    /// manual.
    pub(crate) fn stop(&mut self) -> io::Result<()> {
        let stopped = self.signal_and_wait(Signal::SIGINT, FAST)?
            || self.signal_and_wait(Signal::SIGQUIT, IMMEDIATE)?;
        if !stopped {
            self.child.kill()?;
            self.child.wait()?;
        }
        self.release = None;
        if let Some(thread) = self.thread.take() {
            thread.join().map_err(|_| io::Error::other("the spawning thread panicked"))?;
        }
        Ok(())
    }

    fn signal_and_wait(&mut self, signal: Signal, limit: Duration) -> io::Result<bool> {
        let started = Instant::now();
        if self.exited()?.is_some() {
            return Ok(true);
        }
        let pid = i32::try_from(self.child.id()).map_err(io::Error::other)?;
        kill(Pid::from_raw(pid), signal)?;
        while started.elapsed() < limit {
            if self.exited()?.is_some() {
                return Ok(true);
            }
            thread::sleep(POLL);
        }
        Ok(false)
    }
}

impl Drop for BoundChild {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "Postgres could not be stopped");
        }
    }
}
