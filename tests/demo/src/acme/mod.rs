//! Acme Photos, the sample tenant app: the code that a customer of Bowline writes, from the button to the user's files.
//!
//! Bowline requires `bowline.rs` and `route.rs`; every app has the rest anyway.

mod bowline;
mod dropbox;
mod page;
mod route;
mod session;
mod state;

pub(crate) use session::random as random_secret;
pub use state::AcmeConfig;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use anyhow::Context as _;
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use state::Acme;

/// A running Acme Photos; dropping it stops it.
#[derive(Debug)]
pub struct AcmePhotos {
    acme: Arc<Acme>,
    url: Url,
    shutdown: rocket::Shutdown,
    application: Option<JoinHandle<()>>,
}

impl AcmePhotos {
    /// Starts it on the current tokio runtime and waits until it listens.
    pub async fn start(config: AcmeConfig) -> anyhow::Result<Self> {
        let acme = Arc::new(Acme::new(&config)?);
        let (ready, is_ready) = oneshot::channel();
        let liftoff = AdHoc::on_liftoff("port", move |rocket| {
            // There is no receiver only if the start was given up.
            let _: Result<(), u16> = ready.send(rocket.config().port);
            Box::pin(std::future::ready(()))
        });
        let rocket = build(Arc::clone(&acme), config.port)
            .attach(liftoff)
            .ignite()
            .await
            .map_err(|error| anyhow::anyhow!("Acme Photos does not start: {error}"))?;
        let shutdown = rocket.shutdown();
        let application = tokio::spawn(async move {
            if let Err(error) = rocket.launch().await {
                // Rocket panics if an error is dropped that was not inspected.
                tracing::error!(%error, "Acme Photos ended");
            }
        });
        let port =
            is_ready.await.with_context(|| format!("Acme Photos cannot listen on port {}", config.port))?;
        let url = Url::parse(&format!("http://{}:{port}", Ipv4Addr::LOCALHOST))?;
        let _: Result<(), Url> = acme.origin.set(url.clone());
        Ok(Self { acme, url, shutdown, application: Some(application) })
    }

    /// Its origin, such as `http://127.0.0.1:8080/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The return URL to register with the connector.
    pub fn return_url(&self) -> Option<Url> {
        self.acme.return_url()
    }

    /// Stops it and waits until it has ended.
    pub async fn stop(mut self) {
        self.shutdown.clone().notify();
        if let Some(application) = self.application.take() {
            // This fails only if it has been stopped already.
            let _: Result<(), tokio::task::JoinError> = application.await;
        }
    }
}

impl Drop for AcmePhotos {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
    }
}

/// Rocket's settings, without a `Rocket.toml` or the environment.
fn figment(port: u16) -> Figment {
    Figment::from(rocket::Config::default())
        .merge(("address", IpAddr::V4(Ipv4Addr::LOCALHOST)))
        .merge(("port", port))
        .merge(("log_level", "off"))
        .merge(("cli_colors", false))
        .merge(("ident", false))
        .merge(("ip_header", false))
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", Vec::<String>::new()))
        .merge(("shutdown.grace", 0))
        .merge(("shutdown.mercy", 0))
}

fn build(acme: Arc<Acme>, port: u16) -> rocket::Rocket<rocket::Build> {
    let policy = page::content_policy(&acme.bowline);
    rocket::custom(figment(port))
        .manage(acme)
        .mount("/", route::all())
        .register("/", route::catchers())
        .attach(AdHoc::on_response("headers", move |_, response| {
            let policy = policy.clone();
            Box::pin(async move {
                response.set_raw_header("Content-Security-Policy", policy);
                response.set_raw_header("Referrer-Policy", "no-referrer");
                if response.headers().get_one("Cache-Control").is_none() {
                    response.set_raw_header("Cache-Control", "no-store");
                }
            })
        }))
}

#[cfg(test)]
mod tests;
