//! The rows of an account in the form for COPY, sealed with its tenant's real data key.

use std::time::Duration;

use anyhow::Context as _;
use bowline_vault::{Context, Facts, KeyRing, Purpose, TenantKeys, WrappedDataKey};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::identity;

/// The columns of the rows, in this order.
pub(super) const ACCOUNT_COLUMNS: &str = "tenant_id, id, connector_id, external_user_id, provider_account_id, email, \
     display_name, status, status_reason, scopes, missing_scopes, assurance, generation, sealed_access_token, \
     access_expires_at, sealed_refresh_token, refreshed_at, linked_at, updated_at, last_used_at, \
     held_by, held_generation, search_text";
pub(super) const ACCOUNT_TYPES: [Type; 23] = [
    Type::UUID,
    Type::UUID,
    Type::UUID,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT_ARRAY,
    Type::TEXT_ARRAY,
    Type::TEXT,
    Type::INT8,
    Type::BYTEA,
    Type::TIMESTAMPTZ,
    Type::BYTEA,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::UUID,
    Type::INT8,
    Type::TEXT,
];
/// The lifetime of tokens that stay valid, long enough for data that is reused.
const VALID: TimeDelta = TimeDelta::days(365);
/// The number of different seconds at which valid accounts were last used. All of them are in the future, so that the
/// hourly update of an account's last use is not part of the measurement. The other accounts were never used.
const USES: u64 = 10_000_000;
const SCOPES: [&str; 3] = ["account_info.read", "files.content.read", "files.metadata.read"];
/// A scope of one account in fifty, so that a list by scope has something to find.
pub(crate) const RARE_SCOPE: &str = "files.content.write";
const FIRST: [&str; 8] = ["Ada", "Bela", "Chidi", "Dilan", "Farid", "Grete", "Hana", "Ines"];
const LAST: [&str; 8] = ["Abe", "Brandt", "Costa", "Diallo", "Eriksen", "Garcia", "Haddad", "Kaya"];

/// The condition in which an account is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Active, with a token that stays valid.
    Valid,
    /// Active, with an expired token.
    Expired,
    /// Not active: needs a new link, suspended or revoked, depending on its number.
    Other,
}

/// Creates the rows of one tenant's accounts.
#[derive(Debug)]
pub(super) struct Sealer {
    tenant: Uuid,
    connector: Uuid,
    /// The API key that holds the tokens of valid accounts.
    holder: Uuid,
    keys: TenantKeys,
}

impl Sealer {
    /// Opens the tenant's data key with the server's key ring.
    pub(super) async fn open(
        client: &Client,
        ring: &KeyRing,
        tenant: Uuid,
        connector: Uuid,
        holder: Uuid,
    ) -> anyhow::Result<Self> {
        let statement = "SELECT version, kek_version, wrapped FROM data_keys WHERE tenant_id = $1";
        let mut keys = Vec::new();
        let mut newest = 0;
        for row in client.query(statement, &[&tenant]).await? {
            let (version, kek_version): (i32, i32) = (row.get(0), row.get(1));
            let version = u32::try_from(version)?;
            let wrapped = WrappedDataKey { kek_version: u32::try_from(kek_version)?, bytes: row.get(2) };
            keys.push(ring.unwrap(tenant, version, &wrapped)?);
            newest = newest.max(version);
        }
        let keys = TenantKeys::new(tenant, newest, keys).context("the tenant has no data key")?;
        Ok(Self { tenant, connector, holder, keys })
    }

    /// Creates the row of one account.
    pub(super) fn account(
        &self,
        number: u64,
        condition: Condition,
        token_bytes: usize,
        now: DateTime<Utc>,
    ) -> anyhow::Result<AccountRow> {
        let pick = |shift: u32| usize::try_from((number >> shift) & 7).unwrap_or_default();
        let (first, last) = (FIRST[pick(0)], LAST[pick(3)]);
        let (status, status_reason) = match (condition, number % 4) {
            (Condition::Other, 0 | 1) => ("needs_reauth", Some("refresh_token_revoked")),
            (Condition::Other, 2) => ("suspended", Some("asked for by the tenant")),
            (Condition::Other, _) => ("revoked", Some("deleted by the tenant")),
            _ => ("active", None),
        };
        let ago = |spread: u64, unit: Duration| -> DateTime<Utc> {
            now - unit * u32::try_from(number % spread).unwrap_or_default()
        };
        let mut row = AccountRow {
            tenant: self.tenant,
            id: identity::account_uuid(number),
            connector: self.connector,
            external_user_id: identity::external_user_id(number),
            provider_account_id: identity::provider_account_id(number),
            email: format!("{}.{}.{number}@example.com", first.to_lowercase(), last.to_lowercase()),
            display_name: format!("{first} {last}"),
            status,
            status_reason,
            scopes: SCOPES.iter().copied().chain(number.is_multiple_of(50).then_some(RARE_SCOPE)).collect(),
            missing_scopes: Vec::new(),
            assurance: if number.is_multiple_of(7) { "browser" } else { "confirmed" },
            generation: 1,
            sealed_access_token: None,
            access_expires_at: None,
            sealed_refresh_token: None,
            refreshed_at: None,
            linked_at: ago(500_000, Duration::from_mins(1)),
            updated_at: ago(10_000, Duration::from_mins(1)),
            last_used_at: None,
            held_by: None,
            held_generation: None,
            search_text: String::new(),
        };
        // The text is ASCII, which the server converts to lower case.
        row.search_text = [&row.email, &row.display_name, &row.external_user_id, &row.provider_account_id]
            .map(|text| text.to_ascii_lowercase())
            .join(" ");
        if condition == Condition::Valid {
            // The state in which the server leaves an account whose issues have been counted.
            (row.held_by, row.held_generation) = (Some(self.holder), Some(row.generation));
            row.last_used_at = Some(now + VALID - TimeDelta::seconds(i64::try_from(number % USES)?));
        }
        if status != "revoked" {
            let expired = now - TimeDelta::minutes(1);
            row.access_expires_at = Some(if condition == Condition::Expired { expired } else { now + VALID });
            self.seal(&mut row, number, token_bytes)?;
            row.refreshed_at = Some(ago(200, Duration::from_mins(1)));
        }
        Ok(row)
    }

    fn seal(&self, row: &mut AccountRow, number: u64, token_bytes: usize) -> anyhow::Result<()> {
        let place = |purpose, column| {
            Context::new(purpose, column, &row.id)
                .generation(row.generation)
                .external_user(&row.external_user_id)
                .provider_account(&row.provider_account_id)
        };
        let access = identity::access_token(number, token_bytes);
        let refresh = identity::refresh_token(number);
        let granted = || {
            Facts::new()
                .time("access_expires_at", row.access_expires_at)
                .set("scopes", row.scopes.iter().copied())
        };
        let linked = granted()
            .bytes("connector_id", Some(row.connector.as_bytes()))
            .set("missing_scopes", row.missing_scopes.iter().copied())
            .text("assurance", row.assurance);
        let access_place = place(Purpose::AccessToken, "accounts.access_token").facts(granted());
        let refresh_place = place(Purpose::RefreshToken, "accounts.refresh_token").facts(linked);
        let access = self.keys.seal(&access_place, access.as_bytes())?;
        let refresh = self.keys.seal(&refresh_place, refresh.as_bytes())?;
        (row.sealed_access_token, row.sealed_refresh_token) = (Some(access), Some(refresh));
        Ok(())
    }
}

/// A row of `accounts`.
#[derive(Debug)]
pub(super) struct AccountRow {
    pub(super) tenant: Uuid,
    pub(super) id: Uuid,
    connector: Uuid,
    external_user_id: String,
    provider_account_id: String,
    email: String,
    display_name: String,
    status: &'static str,
    status_reason: Option<&'static str>,
    scopes: Vec<&'static str>,
    missing_scopes: Vec<&'static str>,
    assurance: &'static str,
    generation: i64,
    sealed_access_token: Option<Vec<u8>>,
    access_expires_at: Option<DateTime<Utc>>,
    sealed_refresh_token: Option<Vec<u8>>,
    refreshed_at: Option<DateTime<Utc>>,
    linked_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    held_by: Option<Uuid>,
    held_generation: Option<i64>,
    search_text: String,
}

impl AccountRow {
    /// The values of [`ACCOUNT_COLUMNS`].
    pub(super) fn values(&self) -> [&(dyn ToSql + Sync); 23] {
        [
            &self.tenant,
            &self.id,
            &self.connector,
            &self.external_user_id,
            &self.provider_account_id,
            &self.email,
            &self.display_name,
            &self.status,
            &self.status_reason,
            &self.scopes,
            &self.missing_scopes,
            &self.assurance,
            &self.generation,
            &self.sealed_access_token,
            &self.access_expires_at,
            &self.sealed_refresh_token,
            &self.refreshed_at,
            &self.linked_at,
            &self.updated_at,
            &self.last_used_at,
            &self.held_by,
            &self.held_generation,
            &self.search_text,
        ]
    }
}
