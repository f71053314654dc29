//! The two statements of the token path, each of which serves many calls at once: the lookup of an account for a
//! presented API key, and the record of a first issue. Both are database functions that verify the key of each call;
//! see migrations 000008 and 000010. Each has a variant for the calls of one tenant, for databases that are sharded by
//! tenant.

use std::time::Duration;

use bowline_api::status::AccountStatus;
use bowline_api::{AccountId, ApiKeyId};
use chrono::{DateTime, Utc};
use diesel::deserialize::Queryable;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz};
use diesel::{QueryResult, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::PresentedApiKey;
use crate::settings::PoolOptions;
use crate::store::Stored;
use crate::store::pg::lane::{Lanes, Together, place};
use crate::telemetry::SPANS;

/// A round trip has a fixed cost however many calls it carries, so a single lane makes fewer and fuller trips. The
/// second lane helps if a trip takes long: after a lost packet, or with more calls than one connection can serve.
const LOOKUP_LANES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(5)];
/// A first issue waits for the disk. While one trip waits, the next one collects calls.
const HOLD_LANES: [Duration; 2] = [Duration::ZERO; 2];
/// In a sharded database a trip carries the calls of one tenant only, so more trips must be in progress at once.
const SHARDED_LANES: [Duration; 8] = [Duration::ZERO; 8];

/// The token path's own connections, in addition to the pool: up to four, or sixteen if the database is sharded.
pub struct TokenPath {
    lookups: Lanes<Lookups>,
    holds: Lanes<Holds>,
}

/// The result of a lookup with a working API key.
#[derive(Debug, Clone)]
pub struct Found {
    /// The id of the presented key.
    pub key: ApiKeyId,
    /// Whether the key has the permission to fetch tokens.
    pub allowed: bool,
    /// When the statement began, by the database's clock.
    pub now: DateTime<Utc>,
    /// The account; `None` if the key's tenant has no such account.
    pub account: Option<TokenRow>,
}

/// The columns of an account that issuing its access token requires.
#[derive(Clone)]
#[expect(missing_docs, reason = "the columns")]
pub struct TokenRow {
    pub id: Uuid,
    pub status: Stored<AccountStatus>,
    pub status_reason: Option<String>,
    pub generation: i64,
    pub external_user_id: String,
    pub provider_account_id: String,
    pub scopes: Vec<String>,
    pub sealed_access_token: Option<Vec<u8>>,
    pub access_expires_at: Option<DateTime<Utc>>,
    /// Whether it is recorded that this key has held this token.
    pub held: bool,
}

/// Whether a token is issued to a key for the first time. Of several simultaneous calls, one is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issue {
    /// This call recorded the issue.
    First,
    /// The issue was recorded before.
    Repeated,
}

impl std::fmt::Debug for TokenRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRow")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

impl TokenPath {
    /// Opens the lanes of the token path, which do not connect yet.
    pub(in crate::store) fn open(options: &PoolOptions) -> Self {
        let lanes = |usual: &'static [Duration]| if options.sharded { &SHARDED_LANES[..] } else { usual };
        Self {
            lookups: Lanes::open(options, lanes(&LOOKUP_LANES)),
            holds: Lanes::open(options, lanes(&HOLD_LANES)),
        }
    }

    /// Looks the account up for the presented key. `None` if the key does not work.
    ///
    /// # Errors
    /// `database_unavailable`.
    pub async fn look_up(&self, presented: PresentedApiKey, account: AccountId) -> Result<Option<Found>> {
        let span = tracing::info_span!(target: SPANS, "database call", operation = "token lookup", otel.kind = "client");
        self.lookups.ask((presented, account.uuid())).instrument(span).await
    }

    /// Records that the token of `generation` is issued to the presented key, if this is the first time. Records
    /// nothing and returns `None` if the key no longer works, or if the account is no longer active or at that
    /// generation.
    ///
    /// # Errors
    /// `database_unavailable` if it is not known whether the issue was recorded.
    pub async fn hold(
        &self,
        presented: PresentedApiKey,
        account: Uuid,
        generation: i64,
    ) -> Result<Option<Issue>> {
        let span = tracing::info_span!(target: SPANS, "database call", operation = "first issue", otel.kind = "client");
        self.holds.ask((presented, account, generation)).instrument(span).await
    }

    /// The number of connections of the token path.
    pub fn connections(&self) -> usize {
        self.lookups.connections() + self.holds.connections()
    }

    /// The number of waiting calls: lookups, and records of first issues.
    pub fn waiting(&self) -> (usize, usize) {
        (self.lookups.waiting(), self.holds.waiting())
    }
}

/// Splits the presented keys into the tenants and digests that the functions take.
fn split_keys<'a>(
    keys: impl Iterator<Item = &'a PresentedApiKey>,
    of: Option<Uuid>,
) -> (CallingTenants, Vec<Vec<u8>>) {
    let (tenants, secrets) = keys.map(|key| (key.tenant.uuid(), key.digest.as_bytes().to_vec())).unzip();
    (of.map_or(CallingTenants::Each(tenants), CallingTenants::One), secrets)
}

/// The tenants whose calls a statement carries. They are its first argument, and select one of two functions.
enum CallingTenants {
    Each(Vec<Uuid>),
    One(Uuid),
}

impl CallingTenants {
    fn walk<'b>(&'b self, function: &str, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM ");
        out.push_sql(function);
        match self {
            Self::Each(tenants) => {
                out.push_sql("(");
                out.push_bind_param::<Array<sql_types::Uuid>, _>(tenants)
            }
            Self::One(tenant) => {
                out.push_sql("_of(");
                out.push_bind_param::<sql_types::Uuid, _>(tenant)
            }
        }
    }
}

struct Lookups;

struct LookupQuery {
    tenants: CallingTenants,
    secrets: Vec<Vec<u8>>,
    accounts: Vec<Uuid>,
}

impl QueryFragment<Pg> for LookupQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.tenants.walk("bowline_token_lookup", &mut out)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.secrets)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<sql_types::Uuid>, _>(&self.accounts)?;
        out.push_sql(")");
        Ok(())
    }
}

/// The statement is prepared by its text, because there are two texts.
impl QueryId for LookupQuery {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for LookupQuery {
    type SqlType = (
        Integer,
        sql_types::Uuid,
        Bool,
        Timestamptz,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Array<Text>>,
        Nullable<Binary>,
        Nullable<Timestamptz>,
        Bool,
    );
}

#[derive(Queryable)]
struct LookupRow {
    call: i32,
    key: Uuid,
    allowed: bool,
    now: DateTime<Utc>,
    status: Option<Stored<AccountStatus>>,
    status_reason: Option<String>,
    generation: Option<i64>,
    external_user_id: Option<String>,
    provider_account_id: Option<String>,
    scopes: Option<Vec<String>>,
    sealed_access_token: Option<Vec<u8>>,
    access_expires_at: Option<DateTime<Utc>>,
    held: bool,
}

impl LookupRow {
    fn found(self, id: Uuid) -> Found {
        let account = self.status.map(|status| TokenRow {
            id,
            status,
            status_reason: self.status_reason,
            generation: self.generation.unwrap_or_default(),
            external_user_id: self.external_user_id.unwrap_or_default(),
            provider_account_id: self.provider_account_id.unwrap_or_default(),
            scopes: self.scopes.unwrap_or_default(),
            sealed_access_token: self.sealed_access_token,
            access_expires_at: self.access_expires_at,
            held: self.held,
        });
        Found { key: self.key.into(), allowed: self.allowed, now: self.now, account }
    }
}

impl Together for Lookups {
    type Call = (PresentedApiKey, Uuid);
    type Answer = Option<Found>;

    fn tenant((key, _): &Self::Call) -> Uuid {
        key.tenant.uuid()
    }

    async fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        of: Option<Uuid>,
    ) -> QueryResult<Vec<Option<Found>>> {
        let (tenants, secrets) = split_keys(calls.iter().map(|(key, _)| key), of);
        let accounts = calls.iter().map(|(_, account)| *account).collect();
        let rows: Vec<LookupRow> = LookupQuery { tenants, secrets, accounts }.load(connection).await?;
        let mut answers: Vec<Option<Found>> = calls.iter().map(|_| None).collect();
        for row in rows {
            if let Some(place) = place(row.call, calls.len()) {
                answers[place] = Some(row.found(calls[place].1));
            }
        }
        Ok(answers)
    }
}

struct Holds;

struct HoldQuery {
    tenants: CallingTenants,
    secrets: Vec<Vec<u8>>,
    accounts: Vec<Uuid>,
    generations: Vec<i64>,
}

impl QueryFragment<Pg> for HoldQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.tenants.walk("bowline_token_hold", &mut out)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.secrets)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<sql_types::Uuid>, _>(&self.accounts)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.generations)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for HoldQuery {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for HoldQuery {
    type SqlType = (Integer, Bool);
}

impl Together for Holds {
    type Call = (PresentedApiKey, Uuid, i64);
    type Answer = Option<Issue>;

    fn tenant((key, ..): &Self::Call) -> Uuid {
        key.tenant.uuid()
    }

    async fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        of: Option<Uuid>,
    ) -> QueryResult<Vec<Option<Issue>>> {
        let (tenants, secrets) = split_keys(calls.iter().map(|(key, ..)| key), of);
        let accounts = calls.iter().map(|(_, account, _)| *account).collect();
        let generations = calls.iter().map(|(.., generation)| *generation).collect();
        let query = HoldQuery { tenants, secrets, accounts, generations };
        let mut answers = vec![None; calls.len()];
        for (call, is_first) in query.load::<(i32, bool)>(connection).await? {
            if let Some(place) = place(call, calls.len()) {
                answers[place] = Some(if is_first { Issue::First } else { Issue::Repeated });
            }
        }
        Ok(answers)
    }
}
