//! `bowline-server dev`: made-up data for the demo and for trying things out; refused unless `bowline.development` is set.

use anyhow::{Context as _, bail};
use bowline_api::TenantId;
use bowline_api::status::{AccountStatus, Assurance};
use bowline_stdio::println;
use bowline_vault::KeyRing;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::domain::entropy;
use crate::service::account::places;
use crate::service::vault;
use crate::settings::Configuration;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// Accounts of one statement.
const BATCH: usize = 500;

const FIRST: [&str; 16] = [
    "Ada", "Bela", "Chidi", "Dilan", "Eve", "Farid", "Grete", "Hana", "Ines", "Jun", "Kofi", "Lina", "Mila",
    "Noor", "Oskar", "Priya",
];
const LAST: [&str; 16] = [
    "Abe",
    "Brandt",
    "Costa",
    "Diallo",
    "Eriksen",
    "Fuchs",
    "Garcia",
    "Haddad",
    "Ito",
    "Jansen",
    "Kaya",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
];

/// What `dev` can do.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Adds made-up accounts, whose tokens no provider knows.
    SeedAccounts {
        /// The tenant: its short name or its id.
        #[arg(long)]
        tenant: String,
        /// How many.
        #[arg(long, default_value_t = 1000)]
        count: u32,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Does what was asked.
///
/// # Errors
/// Where development is off, or there is no such tenant.
pub async fn run(arguments: Arguments, configuration: Configuration) -> anyhow::Result<()> {
    let settings = configuration.settings;
    if !settings.development {
        bail!(
            "`dev` needs bowline.development = true (BOWLINE_DEVELOPMENT=true); never set it in production"
        );
    }
    let file = settings.key_ring_file.clone().context("set bowline.key_ring_file")?;
    let app = App::new(settings, KeyRing::load(&file)?)?;
    let Command::SeedAccounts { tenant, count, json } = arguments.command;
    seed(&app, super::tenant::named(&app, &tenant).await?, count).await?;
    if json {
        println!("{}", json!({ "tenant": tenant, "accounts": count }))?;
    } else {
        println!("{count} made-up accounts added to {tenant}")?;
    }
    Ok(())
}

async fn seed(app: &App, tenant: TenantId, count: u32) -> anyhow::Result<()> {
    let mut tx = app.store.scoped(tenant).await?;
    let connectors = tx.connectors().await?;
    let now = tx.now().await?;
    tx.commit().await?;
    let connector = connectors.first().context("the tenant has no connector yet")?.id;
    let mut numbers = 0..count;
    loop {
        let batch: Vec<u32> = numbers.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(());
        }
        let mut tx = app.store.scoped(tenant).await?;
        let outcome = insert(app, &mut tx, connector, now, &batch).await;
        tx.finish(outcome).await?;
    }
}

async fn insert(
    app: &App,
    tx: &mut TenantTx,
    connector: Uuid,
    now: DateTime<Utc>,
    numbers: &[u32],
) -> crate::domain::Result<()> {
    let keys = app.vault.keys(tx).await?;
    let mut rows = Vec::with_capacity(numbers.len());
    for number in numbers {
        let mut row = made_up(tx.tenant(), connector, now, *number);
        if row.status != AccountStatus::Revoked {
            let token = |kind| SecretString::from(format!("sl.made-up.{kind}.{}", row.id.simple()));
            row.access_expires_at = Some(now + TimeDelta::minutes(i64::from(number % 240)));
            row.sealed_access_token =
                Some(vault::seal(&keys, &places::access_token(&row), &token("access"))?);
            row.sealed_refresh_token =
                Some(vault::seal(&keys, &places::refresh_token(&row), &token("refresh"))?);
            row.refreshed_at = Some(now - TimeDelta::minutes(i64::from(240 - number % 240)));
        }
        rows.push(row);
    }
    tx.insert_accounts(&rows).await
}

fn made_up(tenant: TenantId, connector: Uuid, now: DateTime<Utc>, number: u32) -> AccountRow {
    let id = entropy::id::<bowline_api::id::Account>().uuid();
    let bits = id.as_u128();
    let pick = |shift: u32| usize::try_from((bits >> shift) & 15).unwrap_or_default();
    let (first, last) = (FIRST[pick(0)], LAST[pick(4)]);
    let (status, reason) = match number % 20 {
        0 => (AccountStatus::NeedsReauth, Some("refresh_token_revoked")),
        1 => (AccountStatus::Suspended, Some("asked for by the tenant")),
        2 => (AccountStatus::Revoked, Some("deleted by the tenant")),
        _ => (AccountStatus::Active, None),
    };
    let scopes =
        ["account_info.read", "files.content.read", "files.metadata.read"].map(str::to_owned).to_vec();
    AccountRow {
        tenant_id: tenant.uuid(),
        id,
        connector_id: connector,
        external_user_id: format!("user-{number:06}"),
        provider_account_id: format!("dbid:{:0>35}", id.simple()),
        email: format!("{}.{}.{number}@example.com", first.to_lowercase(), last.to_lowercase()),
        display_name: format!("{first} {last}"),
        status: status.into(),
        status_reason: reason.map(str::to_owned),
        scopes,
        missing_scopes: Vec::new(),
        assurance: if number.is_multiple_of(7) { Assurance::Browser } else { Assurance::Confirmed }.into(),
        generation: 1,
        sealed_access_token: None,
        access_expires_at: None,
        sealed_refresh_token: None,
        refreshed_at: None,
        linked_at: now - TimeDelta::hours(i64::from(number % 5000)),
        updated_at: now - TimeDelta::minutes(i64::from(number % 5000)),
        last_used_at: (!number.is_multiple_of(3)).then(|| now - TimeDelta::minutes(i64::from(number % 9000))),
    }
}
