//! `bowline-server serve`: the two listeners and the workers, from the startup checks to the shutdown.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bowline_stdio::println;
use bowline_vault::KeyRing;
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket, Shutdown};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::development;
use super::startup::boot_checks;
use crate::app::App;
use crate::http::every_request::EveryRequest;
use crate::http::problem;
use crate::route::list::Listener;
use crate::settings::{Configuration, LACKS_PROXIES};
use crate::telemetry::Telemetry;
use crate::{metrics, route, worker};

/// The arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// For development: run with a private Postgres and key ring; the provider may be a simulator.
    #[arg(long)]
    pub dev: bool,
    /// Directory for the data of `--dev`; by default one that is kept between runs.
    #[arg(long, requires = "dev", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// If a check fails before the first request: wrong key ring, wrong role, missing migrations, a port in use.
pub async fn run(
    arguments: Arguments,
    configuration: Configuration,
    telemetry: Option<Telemetry>,
) -> anyhow::Result<()> {
    let (configuration, development) = if arguments.dev {
        let (configuration, development) = development::prepare(arguments.data, configuration).await?;
        (configuration, Some(development))
    } else {
        (configuration, None)
    };
    let outcome = Box::pin(serve_listener(configuration, telemetry.is_some())).await;
    if let Some(telemetry) = telemetry {
        telemetry.stop().await;
    }
    // Postgres stops last, because the workers write until the end.
    if let Some(development) = development {
        development.stop().await?;
    }
    outcome
}

async fn serve_listener(configuration: Configuration, traced: bool) -> anyhow::Result<()> {
    let Configuration { figment, settings } = configuration;
    for warning in settings.warnings() {
        tracing::warn!(warning, "a setting is unsafe");
    }
    let file = settings.key_ring_file.clone().context(
        "no key ring is configured: make one with `bowline-server keys init` and set bowline.key_ring_file",
    )?;
    let ring = KeyRing::load(&file).with_context(|| format!("the key ring {}", file.display()))?;
    let recorder = metrics::install()?;
    let upkeep = recorder.clone();
    let internal =
        figment.clone().merge(("address", settings.internal.address)).merge(("port", settings.internal.port));
    if settings.lacks_proxies() {
        tracing::warn!("{}", LACKS_PROXIES);
    }
    let app = App::new(settings, ring)?;
    boot_checks(&app).await?;

    let (ready, mut listening) = mpsc::channel(2);
    let public = listener(figment, "public", route::public(), traced, &app, &ready)
        .register("/link", route::link_catchers());
    let internal = listener(internal, "internal", route::internal(), traced, &app, &ready).manage(recorder);
    let public = public.ignite().await?;
    let internal = internal.ignite().await?;
    metrics::http().register(public.routes().chain(internal.routes()));
    let shutdowns = [public.shutdown(), internal.shutdown()];
    let (stop, stopped) = watch::channel(false);
    let mut workers = worker::start(&app, &stopped);
    tokio::spawn(stop_on_signal(Arc::clone(&app), shutdowns.clone()));
    tokio::spawn(async move {
        let mut urls = serde_json::Map::new();
        while let Some((name, url)) = listening.recv().await {
            urls.insert(name, json!(url));
            if urls.len() == 2 {
                // For a parent process that chose port 0.
                if let Err(error) = println!("{}", json!({ "event": "ready", "listeners": urls })) {
                    tracing::warn!(%error, "the ready message could not be printed; serving continues");
                }
            }
        }
    });
    let upkeep = tokio::spawn(metrics::upkeep(upkeep));
    let outcome = tokio::join!(
        until_end(public, shutdowns.clone(), "public"),
        until_end(internal, shutdowns, "internal"),
    );
    stop.send_replace(true);
    while workers.join_next().await.is_some() {}
    app.store.close();
    upkeep.abort();
    outcome.0.and(outcome.1)
}

type Ready = mpsc::Sender<(String, String)>;

fn listener(
    figment: rocket::figment::Figment,
    name: &'static str,
    routes: Listener,
    traced: bool,
    app: &Arc<App>,
    ready: &Ready,
) -> Rocket<Build> {
    let ready = ready.clone();
    let rocket = rocket::custom(figment)
        .manage(Arc::clone(app))
        .register("/", problem::catchers())
        .attach(EveryRequest { listener: name })
        .attach(AdHoc::on_liftoff("ready", move |rocket| {
            Box::pin(async move {
                let url = format!("http://{}:{}", rocket.config().address, rocket.config().port);
                tracing::info!(listener = name, url, "listening");
                ready.send((name.to_owned(), url)).await.ok();
            })
        }));
    routes.mount(rocket, traced)
}

/// Runs a listener. When it ends for any reason, the other one is stopped as well.
async fn until_end(
    rocket: Rocket<rocket::Ignite>,
    others: [Shutdown; 2],
    name: &'static str,
) -> anyhow::Result<()> {
    let outcome = rocket.launch().await;
    for other in others {
        other.notify();
    }
    outcome.map(drop).map_err(|error| {
        let text = error.to_string();
        error.pretty_print();
        anyhow::anyhow!("the {name} listener: {text}")
    })
}

/// On SIGTERM or SIGINT, reports "not ready", then stops accepting connections, then lets requests finish. A second
/// SIGINT ends the process at once.
async fn stop_on_signal(app: Arc<App>, shutdowns: [Shutdown; 2]) {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received; this process can be stopped only with SIGKILL");
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("stopping");
    app.drain();
    let drained = async {
        tokio::time::sleep(Duration::from_secs(app.settings.drain_seconds)).await;
        for shutdown in shutdowns {
            shutdown.notify();
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = drained => {}
        _ = int.recv() => {
            // A second Ctrl-C means that the user does not want to wait. Everything acknowledged is committed.
            tracing::warn!("the process stops immediately; requests in progress get no response");
            std::process::exit(130);
        }
    }
}
