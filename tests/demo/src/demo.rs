//! Starts all parts in order, prints what to try, and stops them in the reverse order.

use std::path::Path;

use anyhow::{Context as _, bail};
use bowline_launch::Steps;
use bowline_postgres::{Cluster, Options, SUPERUSER};
use bowline_process::{Program, Service};
use bowline_stdio::println;
use dropbox_sim::Simulator;
use tokio::task::spawn_blocking;
use url::Url;

use crate::acme::{AcmeConfig, AcmePhotos};
use crate::place::{Place, key_ring};
use crate::ports::{Ports, Reserved};
use crate::running::Running;
use crate::seed::Seed;
use crate::settings::{DATABASE, owner_url, public_url};
use crate::tenant::App;
use crate::{add_app, authorities, settings, try_it};

/// Options of the demo.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// First of five ports; if `None`, the default ones, or free ones.
    pub port: Option<u16>,
    /// An app to register at the start.
    pub app: Option<App>,
}

/// Runs the demo until `stop` resolves or a part of it ends. Nothing is left behind except what is to be kept.
///
/// Call it on the main thread: `bowline-server` is told to stop when the thread that spawned it dies.
pub async fn run(
    options: DemoOptions,
    place: Place,
    steps: &Steps,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    tokio::pin!(stop);
    let mut parts = Parts::default();
    // `stop` is polled first, because a signal that also reached the parts ends them at the same moment.
    let ended = tokio::select! {
        biased;
        () = &mut stop => Ok(()),
        ended = parts.run(&options, &place, steps) => ended.map(|never| match never {}),
    };
    let stopped = parts.stop().await;
    ended.and(stopped).and(place.close())
}

/// The parts that have been started.
#[derive(Debug, Default)]
struct Parts {
    // If this is dropped, the parts are dropped in this order.
    acme: Option<AcmePhotos>,
    service: Option<Service>,
    simulator: Option<Simulator>,
    cluster: Option<Cluster>,
}

impl Parts {
    /// Starts everything, prints what to try, and waits. It ends only with an error, or when it is dropped.
    async fn run(
        &mut self,
        options: &DemoOptions,
        place: &Place,
        steps: &Steps,
    ) -> anyhow::Result<std::convert::Infallible> {
        let own = std::env::current_exe()?;
        let programs = own.parent().context("this program has no directory")?;
        let kept = Seed::read(place.path())?;
        let mut reserved = reserve_ports(options.port, kept.as_ref())?;
        let ports = reserved.ports;

        let step = steps.begin("Postgres");
        let cluster = start_cluster(place.cluster()).await;
        let cluster = step.end(cluster, |_| "private, by a unix socket only".to_owned())?;
        let owner_url = owner_url(self.cluster.insert(cluster));

        reserved.release(&[ports.dropbox, ports.dropbox_tls]);
        let step = steps.begin("simulated Dropbox");
        let simulator = start_simulator(ports, place.path()).await;
        let simulator = step.end(simulator, Simulator::http_url)?;
        let simulator = self.simulator.insert(simulator);

        let cluster = self.cluster.as_ref().context("Postgres is not running")?;
        settings::write(place.path(), ports, cluster, &simulator.http_url())?;
        let server = settings::server(programs, place.path());
        let seed = prepare_data(&server, &owner_url, kept, ports, place.path(), steps).await?;
        for tenant in &seed.tenants {
            simulator.put_app(tenant.dropbox_app());
        }
        let running = Running {
            port: ports.public,
            place: place.path().to_owned(),
            dropbox_url: simulator.http_url(),
            dropbox_host: simulator.https_url().replace("https://", ""),
        };

        reserved.release(&[ports.public, ports.internal]);
        let step = steps.begin("bowline-server");
        let started = match server.serve(step.output()?) {
            // Kept before it is ready, so that it is stopped even if this future is dropped meanwhile.
            Ok(service) => self.service.insert(service).ready().await.map(drop),
            Err(error) => Err(error),
        };
        step.end(started, |()| public_url(ports))?;

        reserved.release(&[ports.acme]);
        let step = steps.begin("Acme Photos");
        let acme = step.end(start_acme(&seed, simulator).await, |acme| acme.url().to_string())?;
        self.acme = Some(acme);

        let _announced = running.announce(programs)?;
        let mut text = try_it::text(&seed, programs, place.path(), &owner_url, place.kept().is_some())?;
        if let Some(app) = &options.app {
            let step = steps.begin("your app");
            let added = add_app::register(&running, programs, app).await;
            let variables = step.end(added, |_| app.name.escape_debug().to_string())?;
            text = format!("{text}\nFor the terminal of your app:\n\n{variables}");
        }
        println!("{}", text.trim_end())?;
        let service = self.service.as_mut().context("the server is not running")?;
        let status = service.ended().await?;
        steps.keep();
        bail!("bowline-server ended ({status}); its log is {}", steps.file("bowline-server.log").display())
    }

    /// Stops the running parts in the reverse order of their start, so that none calls a part that is gone.
    async fn stop(self) -> anyhow::Result<()> {
        if let Some(acme) = self.acme {
            acme.stop().await;
            tracing::info!(part = "Acme Photos", "stopped");
        }
        let mut outcome = Ok(());
        if let Some(service) = self.service {
            outcome = service.stop().await;
            tracing::info!(part = "bowline-server", "stopped");
        }
        if let Some(simulator) = self.simulator {
            simulator.stop().await;
            tracing::info!(part = "simulated Dropbox", "stopped");
        }
        if let Some(cluster) = self.cluster {
            outcome = outcome.and(spawn_blocking(move || cluster.stop()).await?.map_err(Into::into));
            tracing::info!(part = "Postgres", "stopped");
        }
        outcome
    }
}

fn reserve_ports(wanted: Option<u16>, kept: Option<&Seed>) -> anyhow::Result<Reserved> {
    match kept {
        Some(kept) if wanted.is_some_and(|port| port != kept.ports.public) => {
            bail!("the kept data belongs to port {}", kept.ports.public)
        }
        Some(kept) => kept.ports.reserve(),
        None => Ports::choose(wanted),
    }
}

async fn start_cluster(options: Options) -> anyhow::Result<Cluster> {
    spawn_blocking(move || {
        let cluster = Cluster::start(options)?;
        let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{DATABASE}';");
        if cluster.execute(SUPERUSER, &exists)?.is_empty() {
            cluster.create_database(DATABASE, None)?;
        }
        Ok(cluster)
    })
    .await?
}

async fn start_simulator(ports: Ports, place: &Path) -> anyhow::Result<Simulator> {
    let simulator = Simulator::builder().ports(ports.dropbox, ports.dropbox_tls).start().await?;
    authorities::write(place, simulator.ca_pem())?;
    Ok(simulator)
}

/// Creates keys and tables, and in a new database the data that the demo shows.
async fn prepare_data(
    server: &Program,
    owner_url: &str,
    kept: Option<Seed>,
    ports: Ports,
    place: &Path,
    steps: &Steps,
) -> anyhow::Result<Seed> {
    let step = steps.begin("keys and tables");
    step.end(keys_and_tables(server, place).await, |()| "ready".to_owned())?;
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let step = steps.begin("made-up data");
    let planted = Seed::plant(server, owner_url, &key_ring(place), ports).await;
    let planted = planted.and_then(|seed| seed.write(place).map(|()| seed));
    step.end(planted, |_| "two tenants, a few thousand accounts, one operator".to_owned())
}

async fn keys_and_tables(server: &Program, place: &Path) -> anyhow::Result<()> {
    if !key_ring(place).exists() {
        server.run(&["keys", "init", "--json"], None).await?;
    }
    server.run(&["migrate", "--json"], None).await?;
    Ok(())
}

async fn start_acme(seed: &Seed, simulator: &Simulator) -> anyhow::Result<AcmePhotos> {
    let tenant = seed.tenants.first().context("there is no tenant")?;
    AcmePhotos::start(AcmeConfig {
        bowline_url: Url::parse(&public_url(seed.ports))?,
        api_key: tenant.api_key.clone(),
        dropbox_url: Url::parse(&simulator.http_url())?,
        port: seed.ports.acme,
    })
    .await
}
