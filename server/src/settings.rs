//! The settings: the built-in `Rocket.toml`, then a file, then the environment.

mod address;
pub(crate) mod database_url;
mod network;
mod pool;
mod redaction;
mod sandbox;
mod secret;
mod sign_on;
mod webhooks;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

pub(crate) use address::without_credentials;
pub use network::Network;
pub use pool::PoolOptions;
pub use sandbox::Sandbox;
use secret::secret;
pub use sign_on::{GroupRole, LocalPasswords, Prompt, SignOn};
pub use webhooks::Webhooks;

/// Everything under `[default.bowline]`; see the comments in `Rocket.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Settings {
    #[serde(deserialize_with = "address::read")]
    pub public_url: Url,
    pub drain_seconds: u64,
    pub body_seconds: u64,
    pub log: String,
    pub key_ring_file: Option<PathBuf>,
    pub trusted_proxies: Vec<Network>,
    pub development: bool,
    pub internal: Listener,
    pub database: Database,
    pub pool: Pool,
    pub dropbox: Dropbox,
    pub sandbox: Sandbox,
    pub oauth1: OAuth1,
    pub link: Link,
    pub webhooks: Webhooks,
    pub limits: Limits,
    pub worker: Worker,
    pub operators: Operators,
    pub sign_on: SignOn,
    pub metrics: Metrics,
    pub tracing: Tracing,
}

/// `[default.bowline.internal]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Listener {
    pub address: IpAddr,
    pub port: u16,
}

/// `[default.bowline.database]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Database {
    pub url: Option<SecretString>,
    pub url_file: Option<PathBuf>,
    pub owner_url: Option<SecretString>,
    pub owner_url_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
    pub sharded: bool,
}

/// `[default.bowline.pool]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Pool {
    pub size: usize,
    pub wait_seconds: u64,
    pub statement_seconds: u64,
    pub prepared_statements: bool,
}

/// `[default.bowline.dropbox]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Dropbox {
    #[serde(deserialize_with = "address::read")]
    pub web_url: Url,
    #[serde(deserialize_with = "address::read")]
    pub api_url: Url,
    pub ca_file: Option<PathBuf>,
    pub connect_seconds: u64,
    pub total_seconds: u64,
}

/// `[default.bowline.oauth1]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct OAuth1 {
    #[serde(deserialize_with = "address::read_list")]
    pub origins: Vec<Url>,
    pub allow_1_0: bool,
}

/// `[default.bowline.link]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Link {
    pub session_seconds: u64,
    pub completion_seconds: u64,
}

/// `[default.bowline.limits]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Limits {
    pub link_per_second: u32,
    pub link_burst: u32,
    pub notices_per_second: u32,
    pub notices_burst: u32,
    pub changes_per_second: u32,
    pub changes_burst: u32,
    pub logins_per_minute: u32,
    pub logins_burst: u32,
    pub tokens_per_second: u32,
    pub tokens_burst: u32,
    pub calls_per_second: u32,
    pub calls_burst: u32,
    pub tenant_connections: usize,
    pub tenant_lookups: usize,
    pub tenant_waits: usize,
    pub tenant_streams: usize,
    pub all_tenant_streams: usize,
    pub operator_calls_per_second: u32,
    pub operator_calls_burst: u32,
    pub operator_connections: usize,
    pub operator_streams: usize,
    pub streams: usize,
}

/// `[default.bowline.worker]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Worker {
    pub enabled: bool,
    pub poll_seconds: u64,
}

/// `[default.bowline.operators]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Operators {
    pub idle_seconds: u64,
    pub session_seconds: u64,
    pub approve_jobs: bool,
    pub require_totp: bool,
    pub search_milliseconds: u64,
}

/// `[default.bowline.metrics]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Metrics {
    pub sample_seconds: u64,
}

/// `[default.bowline.tracing]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Rocket.toml documents each setting")]
pub struct Tracing {
    #[serde(default, deserialize_with = "address::read_optional")]
    pub otlp_endpoint: Option<Url>,
    pub sample_ratio: f64,
    pub service_name: String,
    pub resource: BTreeMap<String, String>,
}

/// The minimum length of a network prefix. The widest private network is `fc00::/7`.
const LEAST_PREFIX_LENGTH: u8 = 7;

/// The advice if [`Settings::lacks_proxies`].
pub const LACKS_PROXIES: &str = "public_url is https, so a proxy stands in front, and none is listed: put its address into \
                                 bowline.trusted_proxies, or all clients count as one in the limits for client addresses";

/// The settings, and the part of them that Rocket itself reads.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// Rocket's settings: listener, limits, shutdown.
    pub figment: Figment,
    /// Bowline's settings.
    pub settings: Settings,
}

/// Environment variables with our prefix that belong to the command line, the terminal client, a tenant's app or the
/// tests.
const CLIENT_VARIABLES: [&str; 9] =
    ["api_key", "config", "config_dir", "connector", "server", "tenant", "test_postgres", "theme", "url"];

/// Reads the defaults, then `file` if there is one, then the environment.
///
/// # Errors
/// If a setting is unknown, missing or malformed; the error names it.
pub fn read(file: Option<&Path>) -> anyhow::Result<Configuration> {
    let mut figment = Figment::new().merge(Toml::string(include_str!("../../Rocket.toml")).nested());
    if let Some(file) = file {
        figment = figment.merge(Toml::file_exact(file).nested());
    }
    let ours = Env::prefixed("BOWLINE_")
        .ignore(&CLIENT_VARIABLES)
        .map(|key| format!("bowline.{}", key.as_str().to_ascii_lowercase().replace("__", ".")).into());
    let rockets = Env::prefixed("ROCKET_")
        .ignore(&["profile", "config"])
        .map(|key| key.as_str().to_ascii_lowercase().replace("__", ".").into());
    let figment =
        Figment::from(rocket::Config::default()).merge(figment.select("default")).merge(rockets).merge(ours);
    from(figment)
}

/// Validates the contents of `figment`.
///
/// # Errors
/// If a setting is unknown, missing or invalid; the error names it.
pub fn from(figment: Figment) -> anyhow::Result<Configuration> {
    let settings: Settings = figment
        .extract_inner("bowline")
        .map_err(redaction::without_values)
        .context("the settings under [default.bowline]")?;
    settings.check()?;
    Ok(Configuration { figment, settings })
}

impl Settings {
    fn check(&self) -> anyhow::Result<()> {
        address::check_public(&self.public_url)?;
        address::check_origin("dropbox.web_url", &self.dropbox.web_url)?;
        address::check_origin("dropbox.api_url", &self.dropbox.api_url)?;
        self.sandbox.check([&self.dropbox.web_url, &self.dropbox.api_url])?;
        for origin in &self.oauth1.origins {
            address::check_origin("oauth1.origins", origin)?;
            if origin.scheme() != "https" && !self.development {
                bail!("bowline.oauth1.origins must be https; plain http needs bowline.development = true");
            }
        }
        if let Some(url) = &self.tracing.otlp_endpoint {
            address::check_collector(url)?;
        }
        self.webhooks.check(self.development)?;
        // A refresh holds its lease for 15 seconds, so a longer call could be made twice (service/token/refresh.rs).
        within("dropbox.total_seconds", self.dropbox.total_seconds, 1..=10)?;
        within("dropbox.connect_seconds", self.dropbox.connect_seconds, 1..=10)?;
        within("link.session_seconds", self.link.session_seconds, 1..=86_400)?;
        within("link.completion_seconds", self.link.completion_seconds, 1..=86_400)?;
        within("body_seconds", self.body_seconds, 1..=60)?;
        within("pool.wait_seconds", self.pool.wait_seconds, 1..=60)?;
        within("pool.statement_seconds", self.pool.statement_seconds, 1..=600)?;
        within("operators.idle_seconds", self.operators.idle_seconds, 1..=86_400)?;
        within("operators.session_seconds", self.operators.session_seconds, 1..=86_400)?;
        if self.operators.search_milliseconds > 60_000 {
            bail!("bowline.operators.search_milliseconds must be 0 to 60000");
        }
        within("metrics.sample_seconds", self.metrics.sample_seconds, 1..=3600)?;
        self.sign_on.check(self.development)?;
        if !(0.0..=1.0).contains(&self.tracing.sample_ratio) {
            bail!("bowline.tracing.sample_ratio must be 0.0 to 1.0");
        }
        let limits = &self.limits;
        for (name, value) in [
            ("tenant_connections", limits.tenant_connections),
            ("tenant_lookups", limits.tenant_lookups),
            ("tenant_waits", limits.tenant_waits),
            ("tenant_streams", limits.tenant_streams),
            ("all_tenant_streams", limits.all_tenant_streams),
            ("operator_connections", limits.operator_connections),
            ("operator_streams", limits.operator_streams),
            ("streams", limits.streams),
        ] {
            if value == 0 {
                bail!("bowline.limits.{name} must be at least 1");
            }
        }
        if self.pool.size < 2 {
            bail!("bowline.pool.size must be at least 2: adding a connector takes two connections at once");
        }
        Ok(())
    }

    /// The options of the connection pool.
    ///
    /// # Errors
    /// If no URL is configured, or its file cannot be read.
    pub fn pool_options(&self) -> anyhow::Result<PoolOptions> {
        let database = &self.database;
        let url = secret(database.url.as_ref(), database.url_file.as_deref())?.context(
            "no database is configured: set bowline.database.url (BOWLINE_DATABASE__URL) or url_file, or use `serve --dev`",
        )?;
        Ok(PoolOptions {
            url,
            ca_file: database.ca_file.clone(),
            size: self.pool.size,
            tenant_connections: self.limits.tenant_connections,
            operator_connections: self.limits.operator_connections,
            wait: Duration::from_secs(self.pool.wait_seconds),
            statement: Duration::from_secs(self.pool.statement_seconds),
            prepared_statements: self.pool.prepared_statements,
            sharded: self.database.sharded,
        })
    }

    /// The owner's URL, for migrations.
    ///
    /// # Errors
    /// If none is configured, or its file cannot be read.
    pub fn owner_url(&self) -> anyhow::Result<SecretString> {
        secret(self.database.owner_url.as_ref(), self.database.owner_url_file.as_deref())?
            .context("no owner is configured: set bowline.database.owner_url (BOWLINE_DATABASE__OWNER_URL) or owner_url_file")
    }

    /// Settings that no installation should use, for the log of every start and for `doctor`.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.development {
            warnings.push(
                "bowline.development is on: the provider may be anybody, over plain http; never in production"
                    .to_owned(),
            );
        }
        warnings.extend(self.webhooks.warning());
        if self.trusted_proxies.iter().any(|proxy| proxy.0.prefix_len() < LEAST_PREFIX_LENGTH) {
            warnings.push(
                "bowline.trusted_proxies lists a network that is nobody's own: whoever is in it can name any address as their client's"
                    .to_owned(),
            );
        }
        let database = &self.database;
        for (name, value, file) in [
            ("url", &database.url, &database.url_file),
            ("owner_url", &database.owner_url, &database.owner_url_file),
        ] {
            let url = secret(value.as_ref(), file.as_deref()).ok().flatten();
            if url.is_some_and(|url| database_url::is_in_the_clear(&url)) {
                warnings.push(format!(
                    "bowline.database.{name} says sslmode=disable for another machine: what is sent there can be read and changed on the way"
                ));
            }
        }
        warnings
    }

    /// Whether a proxy must be in front, because this server speaks no TLS itself, but none is listed.
    pub fn lacks_proxies(&self) -> bool {
        self.is_https() && self.trusted_proxies.is_empty()
    }

    /// Whether end users reach the server over https, so that cookies can have the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

fn within(name: &str, seconds: u64, range: std::ops::RangeInclusive<u64>) -> anyhow::Result<()> {
    if !range.contains(&seconds) {
        bail!("bowline.{name} must be {} to {} seconds; it is {seconds}", range.start(), range.end());
    }
    Ok(())
}
