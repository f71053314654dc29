//! Jobs: one act on many accounts of a tenant.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::AccountSummary;
use crate::named::readable;
use crate::status::{AccountStatus, JobItemState, JobKind, JobState};
use crate::{AccountId, Age, Ages, AnyOf, ConnectorId, JobId, Named, TenantId};

/// Body of `POST /admin/v1/jobs`: which accounts, and why. Nothing is done to them yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateJob {
    /// What is to be done.
    pub kind: JobKind,
    /// The tenant: its id or its short name.
    pub tenant: String,
    /// The accounts. Either these or `filter`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<AccountId>>,
    /// All accounts that match now. Accounts that match later are not part of the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<JobFilter>,
    /// The reason for the audit log, which each account gets: 3 to 500 characters.
    pub reason: String,
}

/// Selects accounts of a tenant, as the list of accounts does. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JobFilter {
    /// Only accounts with this status, or with any of several, such as `active,needs_reauth`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub status: Option<AnyOf<AccountStatus>>,
    /// Only accounts that were linked through this connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorId>,
    /// Only accounts with this granted scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Only accounts that this text finds, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only accounts that were neither used nor linked from this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unused_since: Option<DateTime<Utc>>,
    /// Only accounts that were used within this time, such as `90d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub used_within: Option<Age>,
    /// Only accounts that were not used for this time, such as `90d`, and not linked within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub unused_for: Option<Age>,
    /// Only accounts that were first linked within this time, such as `7d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub linked_within: Option<Age>,
    /// Only accounts that were first linked longer ago than this, such as `365d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub linked_for: Option<Age>,
}

impl JobFilter {
    /// The filters by age.
    #[must_use]
    pub fn ages(&self) -> Ages {
        let Self { used_within, unused_for, linked_within, linked_for, .. } = *self;
        Ages { used_within, unused_for, linked_within, linked_for }
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Identifies it here and in the audit log.
    pub id: JobId,
    /// What it does.
    #[cfg_attr(feature = "openapi", schema(value_type = JobKind))]
    pub kind: Named<JobKind>,
    /// How far it is.
    #[cfg_attr(feature = "openapi", schema(value_type = JobState))]
    pub state: Named<JobState>,
    /// The tenant whose accounts these are.
    pub tenant_id: TenantId,
    /// The tenant's short name.
    pub tenant: String,
    /// Why.
    pub reason: String,
    /// What selected the accounts; absent if they were listed.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "readable")]
    pub filter: Option<JobFilter>,
    /// The number of accounts, which never changes.
    pub total: u64,
    /// The accounts that are done.
    pub done: u64,
    /// The accounts that could not be done; see the job's items.
    pub failed: u64,
    /// What has to be typed to confirm it, while it waits for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// When it was prepared.
    pub created_at: DateTime<Utc>,
    /// The operator who prepared it.
    pub created_by: String,
    /// Until when it can be confirmed and approved.
    pub expires_at: DateTime<Utc>,
    /// When it was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The operator who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// When it was finished, stopped or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
}

/// A job with what helps to decide about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobDetail {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// Some of its accounts: at most ten.
    pub sample: Vec<AccountSummary>,
    /// The accounts that are done here and whose grants still have to end at the provider.
    pub pending_at_provider: u64,
}

/// An account of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobItem {
    /// The account.
    pub account_id: AccountId,
    /// How far it is.
    #[cfg_attr(feature = "openapi", schema(value_type = JobItemState))]
    pub state: Named<JobItemState>,
    /// Why it failed: the code of a problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Body of `POST /admin/v1/jobs/{id}/confirm`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmJob {
    /// The job's `confirm`, such as `revoke 50 accounts of acme`.
    pub confirm: String,
    /// Your own password.
    pub password: String,
    /// A one-time code or a recovery code, if you log in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Body of `POST /admin/v1/jobs/{id}/stop`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StopJob {
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}

impl std::fmt::Debug for ConfirmJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmJob").field("confirm", &self.confirm).finish_non_exhaustive()
    }
}
