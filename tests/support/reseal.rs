//! Changes columns to which sealed tokens are bound, as the server would: opens the tokens, changes the rows, and seals
//! them again.
//!
//! It is written from the documents and not from the server's code, so that the two cannot share a mistake.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bowline_postgres::SUPERUSER;
use bowline_vault::{Context, Facts, KeyRing, Purpose, TenantKeys, WrappedDataKey};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretSlice};
use tokio_postgres::{Row, Transaction};
use uuid::Uuid;

use crate::{Database, Postgres};

pub(crate) const ACCOUNT: &str = "tenant_id, id, generation, external_user_id, provider_account_id, access_expires_at, scopes, \
    connector_id, missing_scopes, assurance, sealed_access_token, sealed_refresh_token";
pub(crate) const CONNECTOR: &str =
    "tenant_id, id, app_key, protocol, scopes, return_urls, completion, confirm_page, sealed_app_secret";
pub(crate) const NARROWED: &str = "n.tenant_id, n.account_id, n.scopes_hash, n.generation, a.external_user_id, a.provider_account_id, \
    n.expires_at, n.sealed_access_token";

/// Opens and seals the tokens of one database.
#[derive(Debug, Clone)]
pub struct Resealer {
    postgres: Postgres,
    name: String,
    key_ring: PathBuf,
}

impl Resealer {
    pub(crate) fn new(database: &Database, key_ring: PathBuf) -> Self {
        Self { postgres: database.postgres().clone(), name: database.name().to_owned(), key_ring }
    }

    /// Runs `UPDATE accounts SET {change}` on the accounts with tokens that `which` selects, and returns their number.
    pub async fn edit_accounts(&self, change: &str, which: &str) -> Result<u64> {
        let mut client = self.postgres.connect(SUPERUSER, &self.name).await?;
        let transaction = client.transaction().await?;
        let mut keys = Keys::new(&self.key_ring)?;
        let lock = format!(
            "SELECT {ACCOUNT} FROM accounts WHERE sealed_access_token IS NOT NULL AND ({which}) ORDER BY id FOR UPDATE"
        );
        let mut opened = HashMap::new();
        for row in transaction.query(&lock, &[]).await? {
            let keys = keys.of(&transaction, row.get(0)).await?;
            let account = Account::from(&row);
            let access = keys.open(&account.access(), row.get(10))?;
            let refresh: Option<&[u8]> = row.get(11);
            let refresh = refresh.map(|sealed| keys.open(&account.refresh(), sealed)).transpose()?;
            opened.insert(account.id, (access, refresh));
        }
        let ids: Vec<Uuid> = opened.keys().copied().collect();
        let edit = format!("UPDATE accounts SET {change} WHERE id = ANY ($1) RETURNING {ACCOUNT}");
        let (mut edited, mut access, mut refresh) = (Vec::new(), Vec::new(), Vec::new());
        for row in transaction.query(&edit, &[&ids]).await? {
            let keys = keys.of(&transaction, row.get(0)).await?;
            let account = Account::from(&row);
            let tokens = opened.get(&account.id).context("the tokens of the account were not opened")?;
            access.push(keys.seal(&account.access(), tokens.0.expose_secret())?);
            // The edit may have removed the refresh token.
            let kept = row.get::<_, Option<&[u8]>>(11).and(tokens.1.as_ref());
            let seal = |token: &SecretSlice<u8>| keys.seal(&account.refresh(), token.expose_secret());
            refresh.push(kept.map(seal).transpose()?);
            edited.push(account.id);
        }
        let reseal = "UPDATE accounts SET sealed_access_token = s.access, sealed_refresh_token = s.refresh
            FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS s (id, access, refresh) WHERE accounts.id = s.id";
        let count = transaction.execute(reseal, &[&edited, &access, &refresh]).await?;
        transaction.commit().await?;
        Ok(count)
    }

    /// Runs `UPDATE connectors SET {change}` on every connector.
    pub async fn edit_connectors(&self, change: &str) -> Result<()> {
        let mut client = self.postgres.connect(SUPERUSER, &self.name).await?;
        let transaction = client.transaction().await?;
        let mut keys = Keys::new(&self.key_ring)?;
        for row in transaction.query(&format!("SELECT {CONNECTOR} FROM connectors FOR UPDATE"), &[]).await? {
            let keys = keys.of(&transaction, row.get(0)).await?;
            let id: Uuid = row.get(1);
            let secret = keys.open(&app_secret(&id, &row), row.get(8))?;
            let edit = format!("UPDATE connectors SET {change} WHERE id = $1 RETURNING {CONNECTOR}");
            let edited = transaction.query_one(&edit, &[&id]).await?;
            let sealed = keys.seal(&app_secret(&id, &edited), secret.expose_secret())?;
            let reseal = "UPDATE connectors SET sealed_app_secret = $1 WHERE id = $2";
            transaction.execute(reseal, &[&sealed, &id]).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Like [`edit_accounts`](Self::edit_accounts), for the rows of `narrowed_tokens` that hold a token (`n` in
    /// `which`). Only `expires_at` can be changed.
    pub async fn expire_narrowed(&self, expires_at: &str, which: &str) -> Result<u64> {
        let mut client = self.postgres.connect(SUPERUSER, &self.name).await?;
        let transaction = client.transaction().await?;
        let mut keys = Keys::new(&self.key_ring)?;
        let lock = format!(
            "SELECT {NARROWED}, {expires_at} FROM narrowed_tokens n JOIN accounts a ON a.tenant_id = n.tenant_id AND
                a.id = n.account_id WHERE n.sealed_access_token IS NOT NULL AND ({which}) FOR UPDATE OF n"
        );
        let rows = transaction.query(&lock, &[]).await?;
        for row in &rows {
            let keys = keys.of(&transaction, row.get(0)).await?;
            let (account, hash): (Uuid, Vec<u8>) = (row.get(1), row.get(2));
            let key = [account.as_bytes().as_slice(), &hash].concat();
            let place = |expires_at: DateTime<Utc>| {
                Context::keyed(Purpose::NarrowedToken, "narrowed_tokens.sealed_access_token", &key)
                    .generation(row.get(3))
                    .external_user(row.get(4))
                    .provider_account(row.get(5))
                    .facts(Facts::new().time("expires_at", Some(expires_at)))
            };
            let token = keys.open(&place(row.get(6)), row.get(7))?;
            let until: DateTime<Utc> = row.get(8);
            let sealed = keys.seal(&place(until), token.expose_secret())?;
            let update = "UPDATE narrowed_tokens SET sealed_access_token = $1, expires_at = $2
                WHERE account_id = $3 AND scopes_hash = $4";
            transaction.execute(update, &[&sealed, &until, &account, &hash]).await?;
        }
        transaction.commit().await?;
        Ok(rows.len() as u64)
    }
}

/// Where the app secret of a connector belongs, by its row with the columns of [`CONNECTOR`].
pub(crate) fn app_secret<'a>(id: &'a Uuid, row: &'a Row) -> Context<'a> {
    let facts = Facts::new()
        .text("app_key", row.get(2))
        .text("protocol", row.get(3))
        .set("scopes", row.get::<_, Vec<&str>>(4))
        .set("return_urls", row.get::<_, Vec<&str>>(5))
        .text("completion", row.get(6))
        .text("confirm_page", if row.get(7) { "yes" } else { "no" });
    Context::new(Purpose::AppSecret, "connectors.app_secret", id).facts(facts)
}

/// The columns to which the tokens of an account are bound.
pub(crate) struct Account<'a> {
    pub(crate) id: Uuid,
    generation: i64,
    external_user: &'a str,
    provider_id: &'a str,
    access_expires_at: Option<DateTime<Utc>>,
    scopes: Vec<&'a str>,
    connector: Uuid,
    missing_scopes: Vec<&'a str>,
    assurance: &'a str,
}

impl<'a> From<&'a Row> for Account<'a> {
    fn from(row: &'a Row) -> Self {
        Self {
            id: row.get(1),
            generation: row.get(2),
            external_user: row.get(3),
            provider_id: row.get(4),
            access_expires_at: row.get(5),
            scopes: row.get(6),
            connector: row.get(7),
            missing_scopes: row.get(8),
            assurance: row.get(9),
        }
    }
}

impl Account<'_> {
    fn place<'b>(&'b self, purpose: Purpose, column: &'b str) -> Context<'b> {
        Context::new(purpose, column, &self.id)
            .generation(self.generation)
            .external_user(self.external_user)
            .provider_account(self.provider_id)
    }

    fn granted(&self) -> Facts {
        Facts::new()
            .time("access_expires_at", self.access_expires_at)
            .set("scopes", self.scopes.iter().copied())
    }

    pub(crate) fn access(&self) -> Context<'_> {
        self.place(Purpose::AccessToken, "accounts.access_token").facts(self.granted())
    }

    pub(crate) fn refresh(&self) -> Context<'_> {
        let linked = self
            .granted()
            .bytes("connector_id", Some(self.connector.as_bytes()))
            .set("missing_scopes", self.missing_scopes.iter().copied())
            .text("assurance", self.assurance);
        self.place(Purpose::RefreshToken, "accounts.refresh_token").facts(linked)
    }
}

/// The data keys of the requested tenants.
pub(crate) struct Keys {
    ring: KeyRing,
    tenants: HashMap<Uuid, Tenant>,
}

pub(crate) struct Tenant(TenantKeys);

impl Tenant {
    pub(crate) fn open(&self, place: &Context<'_>, sealed: &[u8]) -> Result<SecretSlice<u8>> {
        self.0.open(place, sealed).context("a token does not open")
    }

    pub(crate) fn seal(&self, place: &Context<'_>, token: &[u8]) -> Result<Vec<u8>> {
        Ok(self.0.seal(place, token)?)
    }
}

impl Keys {
    pub(crate) fn new(key_ring: &std::path::Path) -> Result<Self> {
        Ok(Self { ring: KeyRing::load(key_ring)?, tenants: HashMap::new() })
    }

    pub(crate) async fn of(&mut self, transaction: &Transaction<'_>, tenant: Uuid) -> Result<&Tenant> {
        if !self.tenants.contains_key(&tenant) {
            let select =
                "SELECT version, kek_version, wrapped FROM data_keys WHERE tenant_id = $1 ORDER BY version";
            let mut keys = Vec::new();
            for row in transaction.query(select, &[&tenant]).await? {
                let (version, kek_version): (i32, i32) = (row.get(0), row.get(1));
                let wrapped = WrappedDataKey { kek_version: kek_version.try_into()?, bytes: row.get(2) };
                keys.push(self.ring.unwrap(tenant, version.try_into()?, &wrapped)?);
            }
            let newest = keys.last().context("the tenant has no data key")?.version();
            self.tenants.insert(tenant, Tenant(TenantKeys::new(tenant, newest, keys)?));
        }
        self.tenants.get(&tenant).context("the tenant has no keys")
    }
}
