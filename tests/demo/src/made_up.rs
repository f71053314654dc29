//! Made-up accounts, sealed with their tenant's real data key. No provider knows their tokens.

use std::path::Path;

use anyhow::Context as _;
use bowline_vault::{Context, Facts, KeyRing, Purpose, TenantKeys, WrappedDataKey};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Transaction};
use uuid::Uuid;

const FIRST: [&str; 8] = ["Chidi", "Eve", "Farid", "Jun", "Lina", "Mila", "Noor", "Priya"];
const LAST: [&str; 8] = ["Fuchs", "Ito", "Jansen", "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov"];
const SCOPES: [&str; 3] = ["account_info.read", "files.content.read", "files.metadata.read"];

const INSERT: &str = "INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email,
        display_name, search_text, status, status_reason, scopes, missing_scopes, assurance, generation,
        access_expires_at, refreshed_at, sealed_access_token, sealed_refresh_token, linked_at, updated_at, last_used_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '{}', $12, 1, $13, $14, $15, $16, $17, $18, $19)";

/// Adds `count` accounts of a tenant's first connector, in different states, to the database at `owner_url`.
///
/// # Errors
/// If the tenant has no connector, the key ring is not that of the database, or a statement fails.
pub async fn add_accounts(
    owner_url: &str,
    key_ring: &Path,
    tenant_slug: &str,
    count: u32,
) -> anyhow::Result<()> {
    let (mut client, connection) = tokio_postgres::connect(owner_url, NoTls).await?;
    tokio::spawn(connection);
    let transaction = client.transaction().await?;
    let select = "SELECT t.id, c.id, now() FROM tenants t JOIN connectors c ON c.tenant_id = t.id
        WHERE t.slug = $1 ORDER BY c.id LIMIT 1";
    let row = transaction.query_opt(select, &[&tenant_slug]).await?;
    let row = row.context("the tenant has no connector yet")?;
    let (tenant, connector, now) = (row.get(0), row.get(1), row.get(2));
    let keys = keys(&transaction, &KeyRing::load(key_ring)?, tenant).await?;
    let insert = transaction.prepare(INSERT).await?;
    for number in 0..count {
        let account = Account::made_up(connector, now, number);
        let sealed = account.access_expires_at.map(|_| account.tokens(&keys)).transpose()?;
        let (access, refresh) = sealed.unzip();
        let search_text = account.search_text();
        let values: [&(dyn ToSql + Sync); 19] = [
            &tenant,
            &account.id,
            &connector,
            &account.external_user_id,
            &account.provider_account_id,
            &account.email,
            &account.display_name,
            &search_text,
            &account.status,
            &account.status_reason,
            &SCOPES.as_slice(),
            &account.assurance,
            &account.access_expires_at,
            &account.refreshed_at,
            &access,
            &refresh,
            &(now - TimeDelta::hours(i64::from(number % 5000))),
            &(now - TimeDelta::minutes(i64::from(number % 5000))),
            &(!number.is_multiple_of(3)).then(|| now - TimeDelta::minutes(i64::from(number % 9000))),
        ];
        transaction.execute(&insert, &values).await?;
    }
    Ok(transaction.commit().await?)
}

/// The tenant's data keys, which the server has made.
async fn keys(transaction: &Transaction<'_>, ring: &KeyRing, tenant: Uuid) -> anyhow::Result<TenantKeys> {
    let select = "SELECT version, kek_version, wrapped FROM data_keys WHERE tenant_id = $1 ORDER BY version";
    let mut keys = Vec::new();
    for row in transaction.query(select, &[&tenant]).await? {
        let (version, kek_version): (i32, i32) = (row.get(0), row.get(1));
        let wrapped = WrappedDataKey { kek_version: kek_version.try_into()?, bytes: row.get(2) };
        keys.push(ring.unwrap(tenant, version.try_into()?, &wrapped)?);
    }
    let newest = keys.last().context("the tenant has no data key")?.version();
    Ok(TenantKeys::new(tenant, newest, keys)?)
}

struct Account {
    id: Uuid,
    connector: Uuid,
    external_user_id: String,
    provider_account_id: String,
    email: String,
    display_name: String,
    status: &'static str,
    status_reason: Option<&'static str>,
    assurance: &'static str,
    /// The expiry of the access token; a revoked account has none.
    access_expires_at: Option<DateTime<Utc>>,
    refreshed_at: Option<DateTime<Utc>>,
}

impl Account {
    #[expect(
        clippy::disallowed_methods,
        reason = "made-up accounts need ids that differ from one run to the next"
    )]
    fn made_up(connector: Uuid, now: DateTime<Utc>, number: u32) -> Self {
        let pick = |shift: u32| usize::try_from((number >> shift) & 7).unwrap_or_default();
        let (first, last) = (FIRST[pick(0)], LAST[pick(3)]);
        let (status, status_reason) = match number % 20 {
            0 => ("needs_reauth", Some("refresh_token_revoked")),
            1 => ("suspended", Some("asked for by the tenant")),
            2 => ("revoked", Some("deleted by the tenant")),
            _ => ("active", None),
        };
        let minutes = |minutes: u32| TimeDelta::minutes(i64::from(minutes));
        let has_token = status != "revoked";
        let id = Uuid::now_v7();
        Self {
            id,
            connector,
            external_user_id: format!("user-{number:06}"),
            provider_account_id: format!("dbid:{:0>35}", id.simple()),
            email: format!("{}.{}.{number}@example.com", first.to_lowercase(), last.to_lowercase()),
            display_name: format!("{first} {last}"),
            status,
            status_reason,
            assurance: if number.is_multiple_of(7) { "browser" } else { "confirmed" },
            access_expires_at: has_token.then(|| now + minutes(number % 240)),
            refreshed_at: has_token.then(|| now - minutes(240 - number % 240)),
        }
    }

    /// The sealed access token and refresh token.
    fn tokens(&self, keys: &TenantKeys) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
        let place = |purpose, column, facts| {
            Context::new(purpose, column, &self.id)
                .generation(1)
                .external_user(&self.external_user_id)
                .provider_account(&self.provider_account_id)
                .facts(facts)
        };
        let granted = || Facts::new().time("access_expires_at", self.access_expires_at).set("scopes", SCOPES);
        let linked = granted()
            .bytes("connector_id", Some(self.connector.as_bytes()))
            .set("missing_scopes", [])
            .text("assurance", self.assurance);
        let token = |kind: &str| format!("sl.made-up.{kind}.{}", self.id.simple()).into_bytes();
        let access = place(Purpose::AccessToken, "accounts.access_token", granted());
        let refresh = place(Purpose::RefreshToken, "accounts.refresh_token", linked);
        Ok((keys.seal(&access, &token("access"))?, keys.seal(&refresh, &token("refresh"))?))
    }

    /// The search text as the server would fold it; all of it is ASCII.
    fn search_text(&self) -> String {
        [&self.email, &self.display_name, &self.external_user_id, &self.provider_account_id]
            .map(|text| text.to_ascii_lowercase())
            .join(" ")
    }
}
