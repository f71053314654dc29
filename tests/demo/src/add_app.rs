//! Makes the user's own app a tenant of a running demo, and prints shell variables with which the app reaches it.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use bowline_process::Program;
use bowline_stdio::println;
use secrecy::ExposeSecret as _;

use crate::place::{ca_bundle, ca_file, seed_file};
use crate::running::Running;
use crate::seed::Seed;
use crate::settings::{public_url, server};
use crate::shell::Variables;
use crate::tenant::{App, Tenant, slug_of, tenant_name};
use crate::webhook::Webhook;

/// Variables that name a machine's proxy. Calls to the demo must not use it.
const PROXIES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Registers `app` with the running demo (the one at `port`, if there are several), and prints its variables on
/// standard output.
///
/// # Errors
/// If no demo runs, or Bowline refuses the app.
pub async fn add_app(app: &App, port: Option<u16>) -> anyhow::Result<()> {
    let own = std::env::current_exe()?;
    let programs = own.parent().context("this program has no directory")?;
    let running = Running::find(programs, port)?;
    let variables = register(&running, programs, app).await?;
    Ok(println!("{}", variables.to_string().trim_end())?)
}

/// Registers `app` with Bowline and with the simulated Dropbox. An app that is registered already is not changed.
pub(crate) async fn register(running: &Running, programs: &Path, app: &App) -> anyhow::Result<Variables> {
    // One at a time, because each reads, changes and writes the demo's file.
    let lock_path = seed_file(&running.place).with_extension("lock");
    let _lock = tokio::task::spawn_blocking(move || lock(&lock_path)).await??;
    let mut seed = Seed::read(&running.place)?.context("the demo has no data")?;
    let known = seed.tenants.iter().position(|tenant| app.is(tenant));
    let mut tenant = if let Some(known) = known {
        seed.tenants.remove(known)
    } else {
        let same = seed.tenants.iter().find(|tenant| tenant.name == app.name);
        if let Some(same) = same {
            bail!(
                "the demo has an app {:?} already, with other return URLs ({}) or scopes: choose another name",
                same.name,
                same.return_urls.join(", ")
            );
        }
        let server = server(programs, &running.place);
        let slug = free_slug(&server, &seed, app).await?;
        Tenant::add(&server, &slug, app).await?
    };
    tell_dropbox(running, &tenant).await?;
    let told = tell_bowline(&seed, &mut tenant, app.webhook_url.as_deref()).await;
    let variables = variables(running, &seed, &tenant, app.webhook_url.as_deref())?;
    // Kept even if the webhook was refused, so that another attempt finds the app.
    seed.tenants.insert(known.unwrap_or(seed.tenants.len()), tenant);
    seed.write(&running.place)?;
    told.and(Ok(variables))
}

/// Makes the app's webhook endpoint, unless it has this one already.
async fn tell_bowline(seed: &Seed, tenant: &mut Tenant, url: Option<&str>) -> anyhow::Result<()> {
    if let Some(url) = url.filter(|url| tenant.webhook(url).is_none()) {
        let webhook = Webhook::add(&http()?, &public_url(seed.ports), &tenant.api_key, url).await?;
        tenant.webhooks.push(webhook);
    }
    Ok(())
}

fn lock(path: &Path) -> anyhow::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}

/// A short name that no other app has. A tenant of this name without an app was left by an earlier attempt that failed
/// half-way, and is used again.
async fn free_slug(server: &Program, seed: &Seed, app: &App) -> anyhow::Result<String> {
    for number in 1..100 {
        let slug = slug_of(&app.name, number);
        if seed.tenants.iter().any(|tenant| tenant.slug == slug) {
            continue;
        }
        if tenant_name(server, &slug).await?.is_none_or(|name| name == app.name) {
            return Ok(slug);
        }
    }
    bail!("there are too many apps of this name")
}

async fn tell_dropbox(running: &Running, tenant: &Tenant) -> anyhow::Result<()> {
    let url = format!("{}/sim/apps", running.dropbox_url);
    let answer = http()?.post(url).json(&tenant.dropbox_app_json()).send().await;
    let answer = answer.context("the simulated Dropbox cannot be reached")?;
    ensure!(answer.status().is_success(), "the simulated Dropbox answered {}", answer.status());
    Ok(())
}

/// A client for plain HTTP on loopback, past any proxy. A slim machine has no authorities to load.
fn http() -> anyhow::Result<reqwest::Client> {
    // The process may already have installed a cryptography provider.
    let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().tls_certs_only([]).no_proxy().build()?)
}

/// The variables for the app's own terminal. Everything that is not a fixed word is quoted.
fn variables(
    running: &Running,
    seed: &Seed,
    tenant: &Tenant,
    webhook_url: Option<&str>,
) -> anyhow::Result<Variables> {
    let mut all = Variables::default();
    all.set("BOWLINE_URL", &public_url(seed.ports))?;
    all.set("BOWLINE_API_KEY", tenant.api_key.expose_secret())?;
    all.set("BOWLINE_TENANT", &tenant.slug)?;
    all.set("BOWLINE_CONNECTOR", &tenant.connector)?;
    all.set("RETURN_URL", tenant.return_urls.first().map_or("", String::as_str))?;
    if let Some(webhook) = webhook_url.and_then(|url| tenant.webhook(url)) {
        all.set("WEBHOOK_SECRET", webhook.secret.expose_secret())?;
    }
    all.set("DROPBOX_APP_KEY", &tenant.app_key)?;
    all.set("DROPBOX_APP_SECRET", tenant.app_secret.expose_secret())?;
    for name in
        ["DROPBOX_API_HOST", "DROPBOX_API_CONTENT_HOST", "DROPBOX_API_NOTIFY_HOST", "DROPBOX_WEB_HOST"]
    {
        all.set(name, &running.dropbox_host)?;
    }
    all.set("DROPBOX_CA_FILE", text(&ca_file(&running.place))?)?;
    // `requests`, on which Dropbox's Python package is built, reads its authorities from here.
    all.set("REQUESTS_CA_BUNDLE", text(&ca_bundle(&running.place))?)?;
    if PROXIES.iter().any(|name| std::env::var_os(name).is_some()) {
        for name in ["NO_PROXY", "no_proxy"] {
            let others = std::env::var(name).unwrap_or_default();
            let comma = if others.is_empty() { "" } else { "," };
            all.set(name, &format!("{others}{comma}localhost,127.0.0.1"))?;
        }
    }
    Ok(all)
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str()
        .with_context(|| format!("{} is not UTF-8, which shell variables must be here", path.display()))
}
