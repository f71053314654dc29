//! One replica: started, signalled, killed, stopped, started again on the same ports.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitStatus;

use anyhow::Context as _;
use bowline_process::{Program, Service, last_lines};
use nix::sys::signal::Signal;

use crate::ports::free_port;

/// A replica; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    public_port: u16,
    internal_port: u16,
    program: Program,
    log: PathBuf,
    service: Option<Service>,
}

impl Server {
    /// A replica on ports of its own that logs to `log`. It is not started yet.
    pub(crate) fn new(program: Program, log: PathBuf) -> anyhow::Result<Self> {
        let (public_port, internal_port) = (free_port()?, free_port()?);
        Ok(Self { public_port, internal_port, program, log, service: None })
    }

    /// Origin of the listener for end users and tenant apps. Not 127.0.0.1, so that simulated Dropbox is another site.
    pub fn public_url(&self) -> String {
        format!("http://localhost:{}", self.public_port)
    }

    /// Origin of the listener for operators.
    pub fn internal_url(&self) -> String {
        format!("http://localhost:{}", self.internal_port)
    }

    /// Port of the listener for end users and tenant apps.
    pub fn public_port(&self) -> u16 {
        self.public_port
    }

    /// Port of the listener for operators.
    pub fn internal_port(&self) -> u16 {
        self.internal_port
    }

    pub(crate) fn configure(&mut self, program: Program) {
        self.program = program;
    }

    /// Sets an environment variable from its next start on.
    pub fn set_variable(&mut self, name: &str, value: impl Into<String>) {
        self.program = self.program.clone().variable(name, value);
    }

    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// If it ends before; the error contains the end of its log.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let program = self.program.clone().variables([
            ("ROCKET_PORT", self.public_port.to_string()),
            ("BOWLINE_INTERNAL__PORT", self.internal_port.to_string()),
        ]);
        let mut service = program.serve(log)?;
        let ready = service.ready().await;
        ready.map_err(|error| anyhow::anyhow!("{error:#}\n{}", last_lines(&self.log)))?;
        self.service = Some(service);
        Ok(())
    }

    /// Whether it is running.
    pub fn is_running(&mut self) -> bool {
        self.service.as_mut().is_some_and(Service::is_running)
    }

    /// Kills it (SIGKILL) and waits for its end.
    ///
    /// # Errors
    /// If it is not running.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.take()?.kill().await?)
    }

    /// Sends SIGTERM and does not wait for its effect.
    ///
    /// # Errors
    /// If it is not running.
    pub fn ask_to_stop(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGTERM)
    }

    /// Sends a signal and does not wait for its effect. SIGSTOP freezes it, SIGCONT wakes it.
    ///
    /// # Errors
    /// If it is not running.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        self.service.as_ref().context("the server is not running")?.signal(signal)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// If it is not running, or does not end in time.
    pub async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        self.take()?.stopped().await
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn take(&mut self) -> anyhow::Result<Service> {
        self.service.take().context("the server is not running")
    }
}
