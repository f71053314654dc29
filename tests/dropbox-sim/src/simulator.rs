//! Starts and stops the simulator: the inner application and the two public listeners in front of it.

use std::{io, net::SocketAddr, ops::Deref, sync::Arc};

use rocket::{fairing::AdHoc, figment::Figment};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{config::Config, dropbox::Dropbox, relay::Relay, route, tls};

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port could not be bound.
    #[error("cannot listen")]
    Listen(#[from] io::Error),
    /// No certificate could be created.
    #[error("no certificate")]
    Tls(#[from] tls::TlsError),
    /// The inner application did not start.
    #[error("the application did not start")]
    Application(#[from] Box<rocket::Error>),
    /// The inner application ended before it was ready.
    #[error("the application ended before it was ready")]
    Ended,
}

/// A running simulator. It dereferences to [`Dropbox`], which holds the state. Dropping it stops it.
#[derive(Debug)]
pub struct Simulator {
    dropbox: Arc<Dropbox>,
    http: SocketAddr,
    https: SocketAddr,
    ca_pem: String,
    shutdown: rocket::Shutdown,
    application: JoinHandle<()>,
    relays: [JoinHandle<()>; 2],
}

impl Simulator {
    /// Starts the simulator on the current tokio runtime and waits until it is ready.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let plain = TcpListener::bind((config.address, config.port)).await?;
        let secure = TcpListener::bind((config.address, config.tls_port)).await?;
        let (http, https) = (plain.local_addr()?, secure.local_addr()?);
        let tls = tls::make()?;
        let dropbox = Arc::new(Dropbox::new(&config));
        let (inside, shutdown, application) = launch(Arc::clone(&dropbox), config.sandbox).await?;
        let relays = [(plain, None), (secure, Some(tls.acceptor))].map(|(listener, tls)| {
            let relay =
                Relay { listener, tls, application: inside, connections: Arc::clone(&dropbox.connections) };
            tokio::spawn(relay.run())
        });
        Ok(Self { dropbox, http, https, ca_pem: tls.ca_pem, shutdown, application, relays })
    }

    /// The origin for plain HTTP, without a trailing slash.
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The origin for TLS, without a trailing slash; clients must trust [`Self::ca_pem`].
    pub fn https_url(&self) -> String {
        format!("https://{}", self.https)
    }

    /// The certificate authority that signed the TLS certificate, as PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The shared state, for use in other tasks.
    pub fn dropbox(&self) -> Arc<Dropbox> {
        Arc::clone(&self.dropbox)
    }

    /// Stops the simulator and waits until it has ended.
    pub async fn stop(mut self) {
        self.end();
        // The task has completed or was aborted by `end`; both are fine.
        let _ = (&mut self.application).await;
    }

    fn end(&self) {
        self.dropbox.clear_faults();
        for relay in &self.relays {
            relay.abort();
        }
        self.shutdown.clone().notify();
    }
}

impl Deref for Simulator {
    type Target = Dropbox;

    fn deref(&self) -> &Dropbox {
        &self.dropbox
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.end();
    }
}

/// Rocket's settings. Neither a `Rocket.toml` nor the environment affects them.
fn figment() -> Figment {
    Figment::from(rocket::Config::default())
        .merge(("address", "127.0.0.1"))
        .merge(("port", 0))
        .merge(("log_level", "off"))
        .merge(("cli_colors", false))
        .merge(("ident", false))
        .merge(("ip_header", false))
        .merge(("keep_alive", 60))
        .merge(("limits.string", "4MiB"))
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", Vec::<String>::new()))
        .merge(("shutdown.grace", 0))
        .merge(("shutdown.mercy", 0))
}

async fn launch(
    dropbox: Arc<Dropbox>,
    sandbox: bool,
) -> Result<(SocketAddr, rocket::Shutdown, JoinHandle<()>), StartError> {
    let (ready, is_ready) = oneshot::channel();
    let liftoff = AdHoc::on_liftoff("port", move |rocket| {
        let address = SocketAddr::new(rocket.config().address, rocket.config().port);
        // The receiver is gone only if the start was abandoned.
        let _ = ready.send(address);
        Box::pin(std::future::ready(()))
    });
    let rocket = rocket::custom(figment())
        .manage(dropbox)
        .mount("/", route::all(sandbox))
        .register("/", route::catchers())
        .attach(liftoff)
        // Dropbox's API does not send the headers that Rocket would add.
        .attach(rocket::shield::Shield::new())
        .ignite()
        .await
        .map_err(Box::new)?;
    let shutdown = rocket.shutdown();
    let application = tokio::spawn(async move {
        if let Err(error) = rocket.launch().await {
            tracing::error!(%error, "the application ended");
        }
    });
    let address = is_ready.await.map_err(|_| StartError::Ended)?;
    Ok((address, shutdown, application))
}
