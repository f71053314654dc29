//! The state shared by every request and every worker of one process. None of it is authoritative; Postgres is.

use std::path::Path;
use std::sync::{Arc, Once, Weak};
use std::time::Duration;

use anyhow::Context as _;
use bowline_api::OperatorId;
use bowline_provider::dropbox::{Dropbox, Endpoints};
use bowline_provider::openid::{OpenId, Registration};
use bowline_provider::sandbox::Sandbox;
use bowline_provider::{HttpClient, HttpOptions, Provider};
use bowline_vault::KeyRing;
use tokio::sync::{Notify, watch};

use crate::service::activity::Activity;
use crate::service::audit::checks::LogChecks;
use crate::service::drain::Drains;
use crate::service::event_tail::Feed;
use crate::service::limit::by_address::ByAddress;
use crate::service::limit::by_tenant::ByTenant;
use crate::service::limit::delays::Delays;
use crate::service::limit::metered::Metered;
use crate::service::link::Waits;
use crate::service::notice::Senders;
use crate::service::operator::password::PasswordHasher;
use crate::service::tenant_freeze::FrozenTenants;
use crate::service::token::{Breakers, HoldingLog, RefreshAhead, RefreshFlights};
use crate::service::vault::Vault;
use crate::service::webhook::send::Sending;
use crate::settings::Settings;
use crate::store::Store;

/// The state shared by every request and every worker of one process.
pub struct App {
    /// The settings.
    pub settings: Settings,
    /// The database.
    pub store: Store,
    /// Seals and opens values.
    pub vault: Vault,
    /// The provider that accounts are linked at.
    pub provider: Provider,
    /// The identity provider at which operators log in, if there is one.
    pub sign_on: Option<OpenId>,
    /// Refreshes in progress in this process.
    pub refreshes: RefreshFlights,
    /// Background refreshes after responses.
    pub ahead: RefreshAhead,
    /// Outcomes that have not been reported to the circuit breakers yet.
    pub breakers: Breakers,
    /// Repeated issues that are not written yet.
    pub holdings: HoldingLog,
    /// Counts of the current minute that are not written yet.
    pub activity: Activity,
    /// What the keys of tenants with an automatic stop got in the current minute.
    pub drains: Drains,
    /// The rate at which invalid API keys and sessions are rejected.
    pub wrong_keys: Delays,
    /// Which tenants were frozen at the last look.
    pub frozen_tenants: FrozenTenants,
    /// The rate at which callers above a limit are rejected.
    pub limited: Delays,
    /// The limits per tenant.
    pub tenants: ByTenant,
    /// The limit per client address for link pages.
    pub link_pace: ByAddress,
    /// The limit per client address for notices of the provider.
    pub notice_pace: ByAddress,
    /// The connectors whose notices can be verified without the database.
    pub senders: Senders,
    /// Notified when accounts are marked as changed.
    pub account_changed: Notify,
    /// The limit per client address for password attempts.
    pub login_pace: ByAddress,
    /// The limit per client address for polls of logins on another device.
    pub poll_pace: ByAddress,
    /// The limit per operator.
    pub operator_pace: Metered<OperatorId>,
    /// Whether the warning about an unlisted proxy was logged.
    pub unlisted_proxy: Once,
    /// Whether an audit log is being checked.
    pub log_checks: LogChecks,
    /// Hashes operators' passwords, a few at a time.
    pub passwords: PasswordHasher,
    /// Notified when a revocation is queued.
    pub revocation_queued: Notify,
    /// Notified when a job is confirmed, approved or tried again.
    pub job_queued: Notify,
    /// The calls that wait for a link session to change.
    pub link_waits: Waits,
    /// Events on their way to those who follow them.
    pub events: Feed,
    /// What delivers events to tenants' endpoints.
    pub webhooks: Sending,
    draining: watch::Sender<bool>,
    this: Weak<Self>,
}

impl App {
    /// Assembles the parts. Nothing is connected yet.
    ///
    /// # Errors
    /// If a part cannot be created from the settings.
    pub fn new(settings: Settings, ring: KeyRing) -> anyhow::Result<Arc<Self>> {
        let store = Store::new(&settings.pool_options()?, ring.audit_keys()?)?;
        let provider = provider(&settings)?;
        let sign_on = sign_on(&settings)?;
        let passwords = PasswordHasher::new()?;
        let webhooks = Sending::new(&settings)?;
        Ok(Arc::new_cyclic(|this| Self {
            ahead: RefreshAhead::default(),
            breakers: Breakers::default(),
            vault: Vault::new(ring),
            store,
            provider,
            sign_on,
            refreshes: RefreshFlights::default(),
            holdings: HoldingLog::default(),
            activity: Activity::default(),
            drains: Drains::default(),
            wrong_keys: Delays::default(),
            frozen_tenants: FrozenTenants::default(),
            limited: Delays::default(),
            tenants: ByTenant::new(&settings.limits),
            link_pace: ByAddress::link(&settings.limits),
            notice_pace: ByAddress::notices(&settings.limits),
            senders: Senders::new(&settings.limits),
            account_changed: Notify::new(),
            login_pace: ByAddress::login(&settings.limits),
            poll_pace: ByAddress::poll(&settings.limits),
            operator_pace: Metered::operators(&settings.limits),
            unlisted_proxy: Once::new(),
            log_checks: LogChecks::default(),
            passwords,
            revocation_queued: Notify::new(),
            job_queued: Notify::new(),
            link_waits: Waits::default(),
            events: Feed::new(&settings.limits),
            webhooks,
            draining: watch::Sender::new(false),
            this: Weak::clone(this),
            settings,
        }))
    }

    /// Shared ownership, for work that outlives its request. `None` once the process has released the state.
    pub fn shared(&self) -> Option<Arc<Self>> {
        self.this.upgrade()
    }

    /// Whether the process is about to stop and should get no new work.
    pub fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Marks the process as about to stop.
    pub fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Waits until the process is about to stop.
    pub async fn drained(&self) {
        // The sender lives as long as the state itself.
        self.draining.subscribe().wait_for(|draining| *draining).await.ok();
    }
}

fn provider(settings: &Settings) -> anyhow::Result<Provider> {
    let wanted = &settings.dropbox;
    let http = http_client(settings, wanted.ca_file.as_deref(), settings.development)?;
    let endpoints = Endpoints::at(&wanted.web_url, &wanted.api_url, settings.development)
        .context("bowline.dropbox: web_url and api_url")?;
    let provider = Provider::new(Dropbox::new(http, endpoints)?).with_sandbox(sandbox(settings)?);
    Ok(provider.with_oauth1_at(&settings.oauth1.origins))
}

/// The simulator for sandboxes. It may be reached by plain HTTP, because no secret of anybody is there.
fn sandbox(settings: &Settings) -> anyhow::Result<Option<Sandbox>> {
    let Some(url) = &settings.sandbox.url else { return Ok(None) };
    let http = http_client(settings, settings.dropbox.ca_file.as_deref(), true)?;
    Ok(Some(Sandbox::new(http, url).context("bowline.sandbox.url")?))
}

fn sign_on(settings: &Settings) -> anyhow::Result<Option<OpenId>> {
    let wanted = &settings.sign_on;
    let (Some(issuer), Some(client_id)) = (&wanted.issuer, &wanted.client_id) else { return Ok(None) };
    let registration = Registration {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: wanted.secret()?,
        scopes: wanted.scopes.clone(),
        groups_claim: wanted.groups_claim.clone(),
    };
    Ok(Some(OpenId::new(
        http_client(settings, wanted.ca_file.as_deref(), settings.development)?,
        registration,
    )))
}

/// A client for calls to others, with the limits of the settings for the provider.
fn http_client(settings: &Settings, ca_file: Option<&Path>, plain: bool) -> anyhow::Result<HttpClient> {
    let extra_roots = match ca_file {
        Some(file) => Some(std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?),
        None => None,
    };
    Ok(HttpClient::new(&HttpOptions {
        connect_timeout: Duration::from_secs(settings.dropbox.connect_seconds),
        total_timeout: Duration::from_secs(settings.dropbox.total_seconds),
        extra_roots,
        allow_plain_http: plain,
        ..HttpOptions::default()
    })?)
}
