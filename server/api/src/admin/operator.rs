//! Operators: the people who run the service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ProvePassword;
use crate::status::Role;
use crate::{Named, OperatorId, TenantId};

/// Body of `POST /admin/v1/operators`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateOperator {
    /// Login name: 1 to 64 characters of `a-z`, `0-9`, `.`, `_`, `-`.
    pub name: String,
    /// The password: 12 to 1,024 bytes, and hard to guess.
    pub password: String,
    /// What the operator may do.
    pub role: Role,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

impl std::fmt::Debug for CreateOperator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateOperator")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operator {
    /// Identifies the operator in the audit log.
    pub id: OperatorId,
    /// Login name.
    pub name: String,
    /// What the operator may do.
    #[cfg_attr(feature = "openapi", schema(value_type = Role))]
    pub role: Named<Role>,
    /// When the operator was added.
    pub created_at: DateTime<Utc>,
    /// When the operator was disabled and lost access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when the operator logs in with one-time codes (TOTP); omitted if they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_since: Option<DateTime<Utc>>,
    /// The only tenants that the operator may see and act on; omitted if the operator is not limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenants: Option<Vec<TenantId>>,
    /// The identity provider at which the operator logs in, which decides about their role and tenants; omitted if they log in with a
    /// password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Body of `PUT /admin/v1/operators/{id}/tenants`, which ends all sessions of the operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitOperator {
    /// The only tenants that the operator may see and act on from now on, by id or short name: 1 to 100. All tenants if `null`.
    pub tenants: Option<Vec<String>>,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// Body of `PUT /admin/v1/whoami/password`, which ends all sessions of the operator.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeOwnPassword {
    /// The current password.
    pub current_password: String,
    /// The new password: 12 to 1,024 bytes, and hard to guess.
    pub new_password: String,
    /// A one-time code or a recovery code, if you log in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl std::fmt::Debug for ChangeOwnPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChangeOwnPassword { .. }")
    }
}

/// Body of `PUT /admin/v1/operators/{id}/role`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeRole {
    /// What the operator may do from now on.
    pub role: Role,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// Body of `POST /admin/v1/operators/{id}/enable`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EnableOperator {
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// Body of `PUT /admin/v1/operators/{id}/password`, which ends all sessions of the operator.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The new password: 12 to 1,024 bytes, and hard to guess.
    pub password: String,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

impl std::fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChangePassword { .. }")
    }
}
