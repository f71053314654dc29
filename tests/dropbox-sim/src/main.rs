//! The simulator as a program. It prints one JSON line with its URLs when it is ready and runs until it is stopped.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use bowline_stdio::println;
use clap::Parser;
use dropbox_sim::{AppConfig, Config, Simulator};

/// Simulate Dropbox's authorization on this machine, with faults on demand
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// TOML file with addresses, apps, users and settings; the other options override it
    #[arg(long)]
    config: Option<PathBuf>,
    /// Address of both listeners
    #[arg(long)]
    address: Option<IpAddr>,
    /// Port of plain HTTP; 0 selects a free one
    #[arg(long)]
    port: Option<u16>,
    /// Port of TLS; 0 selects a free one
    #[arg(long)]
    tls_port: Option<u16>,
    /// Serve the sandboxes of a Bowline server: accept apps as they come, and offer no control API but that of each app for itself
    #[arg(long)]
    sandbox: bool,
    /// App with its key, secret and redirect URIs; may be repeated
    #[arg(long = "app", value_name = "KEY:SECRET:URI[,URI]", value_parser = app)]
    apps: Vec<AppConfig>,
    /// Approve everything immediately as this user: address, account id, or `new` for a new user each time
    #[arg(long, value_name = "USER")]
    auto_approve: Option<String>,
    /// Lifetime of access tokens in seconds
    #[arg(long, value_name = "SECONDS")]
    token_seconds: Option<i64>,
    /// Write the certificate authority to this file as PEM
    #[arg(long, value_name = "PATH")]
    ca_file: Option<PathBuf>,
}

fn app(text: &str) -> Result<AppConfig, String> {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(key), Some(secret), Some(uris)) if !key.is_empty() && !secret.is_empty() => {
            let app = AppConfig::new(key, secret);
            Ok(uris.split(',').filter(|uri| !uri.is_empty()).fold(app, AppConfig::redirect_uri))
        }
        _ => Err("expected KEY:SECRET:REDIRECT_URI[,REDIRECT_URI]".to_owned()),
    }
}

fn read(path: &Path) -> Result<Config> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("understanding {}", path.display()))
}

impl Arguments {
    fn config(self) -> Result<Config> {
        let mut config = self.config.as_deref().map(read).transpose()?.unwrap_or_default();
        config.address = self.address.unwrap_or(config.address);
        config.port = self.port.unwrap_or(config.port);
        config.tls_port = self.tls_port.unwrap_or(config.tls_port);
        config.sandbox |= self.sandbox;
        config.apps.extend(self.apps);
        config.settings.auto_approve = self.auto_approve.or(config.settings.auto_approve);
        if let Some(seconds) = self.token_seconds {
            config.settings.access_token_seconds = seconds;
        }
        Ok(config)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("dropbox-sim", error.as_ref()),
    }
}

async fn run() -> Result<()> {
    let arguments: Arguments = bowline_stdio::arguments("dropbox-sim");
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    let ca_file = arguments.ca_file.clone();
    let sim = Simulator::start(arguments.config()?).await?;
    if let Some(path) = &ca_file {
        std::fs::write(path, sim.ca_pem()).with_context(|| format!("writing {}", path.display()))?;
    }
    let ready = serde_json::json!({
        "http": sim.http_url(),
        "https": sim.https_url(),
        "ca_file": ca_file,
    });
    let outcome = match println!("{ready}") {
        Ok(()) => stopped().await,
        // Nobody knows the simulator's URLs, so it stops.
        Err(unseen) => Err(unseen.into()),
    };
    sim.stop().await;
    outcome
}

/// Waits for Ctrl-C or SIGTERM.
async fn stopped() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ctrl_c = tokio::signal::ctrl_c() => ctrl_c?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
