//! An overview of the service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Job;
use crate::page::Total;
use crate::status::{AccountStatus, ConnectorStatus, WebhookState};
use crate::{ConnectorId, Named, TenantId, WebhookEndpointId};

/// Response of `GET /admin/v1/overview`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// The number of accounts per status; every status occurs once.
    pub accounts: Vec<StatusCount>,
    /// What happened in each minute of the last hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// What does not work now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<Failing>,
    /// Up to 20 jobs that run or wait for a second operator, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<Job>,
    /// Up to five tenants whose refreshes took longest in the last 15 minutes, slowest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slowest: Vec<TenantPace>,
}

/// The number of accounts with one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCount {
    /// The status.
    #[cfg_attr(feature = "openapi", schema(value_type = AccountStatus))]
    pub status: Named<AccountStatus>,
    /// The number of accounts that have it.
    pub total: Total,
}

/// What happened in each minute of the last hour, over all replicas. Each list has 60 numbers, the oldest first. The last one is of the
/// current minute, which is not over. Tokens and refreshes are counted in memory and appear within ten seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// When the first of these minutes began.
    pub since: DateTime<Utc>,
    /// Accounts that were linked, for the first time or again.
    pub links: Vec<u64>,
    /// Link sessions that failed. Those that users cancelled or let expire are not among them.
    pub failed_links: Vec<u64>,
    /// Refreshes that succeeded.
    pub refreshes: Vec<u64>,
    /// Refreshes that failed.
    pub failed_refreshes: Vec<u64>,
    /// Tokens that were issued to tenants' apps.
    pub issues: Vec<u64>,
}

/// What does not work now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failing {
    /// Up to 50 connectors that do not work although nobody has disabled them, by tenant.
    pub connectors: Vec<FailingConnector>,
    /// Whether there are more such connectors.
    pub more_connectors: bool,
    /// Up to 50 webhook endpoints that have accepted nothing for five minutes, or that the server has disabled by itself, the last one to fail
    /// first; none that began to fail more than 30 days ago, because no event is left for it.
    #[serde(default)]
    pub webhooks: Vec<FailingWebhook>,
    /// Whether there are more such endpoints.
    #[serde(default)]
    pub more_webhooks: bool,
    /// The revocations that are not done at the provider.
    pub revocations: PendingRevocations,
    /// Workers whose work has waited for too long; empty if all keep up.
    pub workers: Vec<LateWorker>,
}

/// A connector whose app key or secret the provider refuses, or to whose provider calls are paused after failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailingConnector {
    /// The connector.
    pub id: ConnectorId,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// The tenant's short name.
    pub tenant: String,
    /// Shown to end users as the app that requests access.
    pub name: String,
    /// `broken` if the provider refuses its app key or secret.
    #[cfg_attr(feature = "openapi", schema(value_type = ConnectorStatus))]
    pub status: Named<ConnectorStatus>,
    /// Why it is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Since when calls to the provider are paused after failures; absent if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_since: Option<DateTime<Utc>>,
    /// When a call tries whether the provider is back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<DateTime<Utc>>,
}

/// A webhook endpoint to which no event gets although nobody has disabled it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailingWebhook {
    /// The endpoint.
    pub id: WebhookEndpointId,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// The tenant's short name.
    pub tenant: String,
    /// Where events are sent.
    pub url: String,
    /// `disabled` if the server sends nothing more.
    #[cfg_attr(feature = "openapi", schema(value_type = WebhookState))]
    pub state: Named<WebhookState>,
    /// Why it is disabled: `gone`, `failing` or `integrity_error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Since when no delivery was accepted although some were tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<DateTime<Utc>>,
}

/// Grants that Bowline has ended and the provider has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingRevocations {
    /// How many wait, at most 100,000.
    pub due: u64,
    /// How many of them have failed at the provider before, at most 100,000.
    pub retried: u64,
    /// The age of the oldest in seconds; 0 if none waits.
    pub oldest_seconds: u64,
    /// How many were given up in the last 24 hours.
    pub given_up: u64,
}

/// A worker that does not keep up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateWorker {
    /// Its name, as in metrics and log.
    pub worker: String,
    /// How many seconds its oldest work has waited.
    pub seconds: u64,
}

/// How long the refreshes of a tenant took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantPace {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its short name.
    pub tenant: String,
    /// Its refreshes, the failed ones included.
    pub refreshes: u64,
    /// Those that failed.
    pub failed: u64,
    /// Their mean duration in milliseconds.
    pub mean_millis: u64,
}
