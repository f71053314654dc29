//! `cargo demo`: runs everything together until Ctrl-C, and has commands for a running demo.

use std::process::ExitCode;

use anyhow::Context as _;
use bowline_demo::{App, DemoOptions, Place};
use bowline_launch::{Arguments, Command, Steps};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::read()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("cargo demo", error.as_ref()),
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if let Some(Command::AddApp { name, return_urls, scopes, webhook_url, port }) = arguments.command {
        return bowline_demo::add_app(&App { name, return_urls, scopes, webhook_url }, port).await;
    }
    let stop = stop_signal()?;
    let place = Place::prepare(arguments.keep.as_deref())?;
    let steps = match place.kept() {
        Some(directory) => Steps::kept(&directory.join("logs"))?,
        None => Steps::temporary()?,
    };
    log_into(&steps)?;
    let Arguments { port, app, return_urls, scopes, webhook_url, .. } = arguments;
    let app = app.map(|name| App { name, return_urls, scopes, webhook_url });
    bowline_demo::run(DemoOptions { port, app }, place, &steps, stop).await
}

/// Rocket's messages concern the internals of the simulator and Acme. They go to a file or, if `RUST_LOG` is set, to
/// standard error.
fn log_into(steps: &Steps) -> anyhow::Result<()> {
    if let Ok(filter) = EnvFilter::try_from_default_env() {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        return Ok(());
    }
    let path = steps.file("demo.log");
    let file = std::fs::File::options().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    let filter = EnvFilter::new("warn,bowline_demo=info,rocket=error");
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).init();
    Ok(())
}

/// Resolves at the first Ctrl-C, SIGTERM or end of the terminal.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
            _ = hang_up.recv() => (),
        }
    })
}
