//! Starts everything in its order, says what to try, and stops it all in the opposite order.

use bowline_stdio::eprintln;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use bowline_postgres::{Cluster, Options, SUPERUSER};
use bowline_verify::packages::{self, Need};
use dropbox_sim::Simulator;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::task::spawn_blocking;
use url::Url;

use crate::acme::{AcmeConfig, AcmePhotos};
use crate::ports::Ports;
use crate::seed::Seed;
use crate::server::{Server, Service, Surroundings, public_url};
use crate::try_it;

const DATABASE: &str = "bowline";
/// The role that the migrations make for the server.
const SERVER_ROLE: &str = "bowline_server";

/// What the demo was asked for.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// First of four ports; the usual ones, or free ones, if none.
    pub port: Option<u16>,
    /// Keep all data here, and go on with it the next time.
    pub keep: Option<PathBuf>,
    /// Whether to build the programs first.
    pub build: bool,
}

/// Runs the demo until `stop` resolves or a part of it ends. Nothing is left behind but what was to be kept.
///
/// Call it on the main thread: `bowline-server` is told to stop when the thread that spawned it dies.
pub async fn run(options: DemoOptions, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    tokio::pin!(stop);
    // Whatever has been started is dropped, and so stopped, when the start is given up.
    let mut running = tokio::select! {
        started = Running::start(&options) => started?,
        () = &mut stop => return Ok(()),
    };
    if let Err(unseen) = try_it::print(&running.seed, &running.programs) {
        running.stop().await?;
        return Err(unseen.into());
    }
    let ended = tokio::select! {
        () = stop => None,
        error = running.service.ended() => Some(error),
    };
    eprintln!("\nstopping");
    let stopped = running.stop().await;
    ended.map_or(stopped, Err)
}

/// Everything that runs.
#[derive(Debug)]
struct Running {
    // Should this be dropped, it is in this order.
    acme: AcmePhotos,
    service: Service,
    simulator: Simulator,
    cluster: Cluster,
    place: Place,
    seed: Seed,
    programs: PathBuf,
}

impl Running {
    async fn start(options: &DemoOptions) -> anyhow::Result<Self> {
        let step = Step::begin("packages");
        spawn_blocking(|| packages::ensure(&Need::DEMO)).await??;
        step.done("all there");
        if options.build {
            build().await?;
        }
        let programs = std::env::current_exe()?.parent().context("this program lies nowhere")?.to_owned();

        let place = Place::prepare(options.keep.as_deref())?;
        let kept = Seed::read(&place.seed())?;
        let ports = match &kept {
            Some(kept) if options.port.is_some_and(|port| port != kept.ports.public) => {
                bail!("the kept data belongs to port {}", kept.ports.public)
            }
            Some(kept) => kept.ports.check_free().map(|()| kept.ports)?,
            None => Ports::choose(options.port)?,
        };

        let step = Step::begin("Postgres");
        let cluster = start_cluster(place.cluster()).await?;
        step.done("private, by a unix socket only");

        let step = Step::begin("simulated Dropbox");
        let simulator = Simulator::builder().ports(ports.dropbox, 0).start().await?;
        step.done(&simulator.http_url());

        let key_ring = place.path().join("keys.toml");
        let around = Surroundings {
            ports,
            database_url: cluster.url(SERVER_ROLE, DATABASE),
            owner_url: cluster.url(SUPERUSER, DATABASE),
            dropbox_url: simulator.http_url(),
            key_ring: &key_ring,
            log: place.path().join("bowline-server.log"),
        };
        let server = Server::new(programs.join("bowline-server"), around);
        let seed = prepare_data(&server, kept, ports, &key_ring, &place).await?;
        for tenant in &seed.tenants {
            simulator.put_app(tenant.dropbox_app());
        }

        let step = Step::begin("bowline-server");
        let service = start_service(&server, ports).await?;
        step.done(&public_url(ports));

        let step = Step::begin("Acme Photos");
        let acme = start_acme(&seed, &simulator).await?;
        step.done(acme.url().as_str());
        Ok(Self { acme, service, simulator, cluster, place, seed, programs })
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.acme.stop().await;
        let service = self.service.stop().await;
        self.simulator.stop().await;
        let cluster = spawn_blocking(move || self.cluster.stop()).await?.map_err(Into::into);
        service.and(cluster).and(self.place.close())
    }
}

async fn build() -> anyhow::Result<()> {
    let step = Step::begin("programs");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Its progress goes to standard error, in sight.
    let mut command = Command::new(cargo);
    command.args(["build", "--workspace", "--bins"]).kill_on_drop(true);
    let status = command.status().await.context("cannot run cargo; call this as `cargo demo`")?;
    if !status.success() {
        bail!("cargo build failed");
    }
    step.done("built");
    Ok(())
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

/// Keys, tables, and for a new database what the demo shows.
async fn prepare_data(
    server: &Server,
    kept: Option<Seed>,
    ports: Ports,
    key_ring: &Path,
    place: &Place,
) -> anyhow::Result<Seed> {
    let step = Step::begin("keys and tables");
    if !key_ring.exists() {
        server.run(&["keys", "init", "--json"], None).await?;
    }
    server.run(&["migrate", "--json"], None).await?;
    step.done("ready");
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let step = Step::begin("made-up data");
    let seed = Seed::plant(server, ports).await?;
    seed.write(&place.seed())?;
    step.done("two tenants, a few thousand accounts, one operator");
    Ok(seed)
}

async fn start_service(server: &Server, ports: Ports) -> anyhow::Result<Service> {
    // The process may have chosen its cryptography already.
    let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().tls_certs_only([]).build()?;
    let mut service = server.serve()?;
    service.wait_until_ready(&http, &format!("http://127.0.0.1:{}/readyz", ports.internal)).await?;
    Ok(service)
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

/// Where the demo's files lie.
#[derive(Debug)]
enum Place {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Place {
    fn prepare(keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = keep else {
            return Ok(Self::Temporary(tempfile::Builder::new().prefix("bowline-demo-").tempdir()?));
        };
        std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self::Kept(path.canonicalize()?))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(directory) => directory.path(),
            Self::Kept(path) => path,
        }
    }

    fn seed(&self) -> PathBuf {
        self.path().join("demo.json")
    }

    fn cluster(&self) -> Options {
        match self {
            Self::Temporary(_) => Options::temporary(),
            Self::Kept(path) => Options::in_directory(path.join("postgres")),
        }
    }

    fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Temporary(directory) => directory.close().context("cannot delete the demo's files"),
            Self::Kept(path) => {
                eprintln!("kept in {}", path.display());
                Ok(())
            }
        }
    }
}

/// One line of progress.
#[derive(Debug)]
struct Step {
    name: &'static str,
    started: Instant,
}

impl Step {
    fn begin(name: &'static str) -> Self {
        eprintln!("  …  {name}");
        Self { name, started: Instant::now() }
    }

    fn done(self, what: &str) {
        eprintln!("  ok {:<18} {what} ({:.1} s)", self.name, self.started.elapsed().as_secs_f64());
    }
}
