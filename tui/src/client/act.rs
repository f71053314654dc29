//! The requests that change something, each with its danger and the role that it needs.

use bowline_api::admin::{CreateJob, EditConnector, SetDrainStop};
use bowline_api::status::Role;
use bowline_api::{AccountId, ApiKeyId, ConnectorId, JobId, OperatorId, SessionId};
use secrecy::SecretString;

use crate::danger::Danger;

use super::{Proof, TenantRef};

/// How much of the reason of a change stands in the reason for undoing it, in characters.
const UNDONE_CHARS: usize = 480;

/// A change at the server. A `reason` has 3 to 500 characters and is recorded in the audit log.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are what the route's documentation names")]
pub enum Act {
    /// Revokes an account permanently.
    Revoke { id: AccountId, reason: String },
    /// Freezes an account's Dropbox account within the tenant.
    SuspendAccount { id: AccountId, reason: String },
    /// Lifts the freeze of an account's Dropbox account.
    ResumeAccount { id: AccountId, reason: String },
    /// Moves an account to a connector of OAuth 2.
    MigrateAccount { id: AccountId, to: ConnectorId, reason: String },
    /// Lifts the freeze of a Dropbox account.
    LiftFreeze { tenant: TenantRef, provider_account_id: String, reason: String },
    /// Freezes a tenant: all its API keys are refused, and nobody links.
    FreezeTenant { tenant: TenantRef, reason: String },
    /// Thaws a tenant.
    ThawTenant { tenant: TenantRef, reason: String },
    /// Disables a connector.
    DisableConnector { tenant: TenantRef, id: ConnectorId, reason: String },
    /// Enables a connector.
    EnableConnector { tenant: TenantRef, id: ConnectorId, reason: String },
    /// Changes a connector's settings; what is omitted stays as it is.
    EditConnector { tenant: TenantRef, id: ConnectorId, edit: Box<EditConnector> },
    /// Replaces a connector's app secret, which is never shown.
    ReplaceSecret { tenant: TenantRef, id: ConnectorId, secret: SecretString },
    /// Removes a connector, which is permanent.
    RemoveConnector {
        tenant: TenantRef,
        id: ConnectorId,
        reason: String,
        revoke_accounts: bool,
        new_default: Option<ConnectorId>,
    },
    /// Revokes an API key permanently.
    RevokeApiKey { tenant: TenantRef, id: ApiKeyId },
    /// Lets an API key work again that the automatic stop has suspended.
    ResumeApiKey { tenant: TenantRef, id: ApiKeyId, reason: String },
    /// Turns a tenant's automatic stop on or off.
    SetDrainStop { tenant: TenantRef, wanted: Box<SetDrainStop> },
    /// Announces a mass fetch, for which no API key is suspended.
    AnnounceFetch { tenant: TenantRef, minutes: u32, reason: String },
    /// Disables an operator and ends their sessions.
    DisableOperator { id: OperatorId },
    /// Enables an operator.
    EnableOperator { id: OperatorId },
    /// Ends one of the operator's own sessions, or one of another operator's.
    EndSession { of: Option<OperatorId>, id: SessionId },
    /// Ends all of the operator's own sessions but this one, or all of another operator's.
    EndSessions { of: Option<OperatorId> },
    /// Prepares a job: finds the accounts and does nothing to them.
    PrepareJob { wanted: Box<CreateJob> },
    /// Confirms a job that the operator has prepared, with its phrase and their own password.
    ConfirmJob { id: JobId, phrase: String, proof: Proof },
    /// Approves a job of another operator, with the operator's own password.
    ApproveJob { id: JobId, proof: Proof },
    /// Tries what is left of a job, and what failed, with the operator's own password.
    RetryJob { id: JobId, proof: Proof },
    /// Stops a job: no other account is begun.
    StopJob { id: JobId, reason: String },
    /// Changes the operator's own password, which ends all their sessions.
    ChangePassword { current: Proof, new: SecretString },
}

impl Act {
    /// How dangerous the change is.
    pub fn danger(&self) -> Danger {
        match self {
            Self::ConfirmJob { .. } | Self::ApproveJob { .. } | Self::RetryJob { .. } => Danger::Bulk,
            Self::Revoke { .. }
            | Self::MigrateAccount { .. }
            | Self::RemoveConnector { .. }
            | Self::RevokeApiKey { .. } => Danger::Irreversible,
            Self::PrepareJob { .. }
            | Self::StopJob { .. }
            | Self::SuspendAccount { .. }
            | Self::ResumeAccount { .. }
            | Self::LiftFreeze { .. }
            | Self::FreezeTenant { .. }
            | Self::ThawTenant { .. }
            | Self::DisableConnector { .. }
            | Self::EnableConnector { .. }
            | Self::EditConnector { .. }
            | Self::ReplaceSecret { .. }
            | Self::ResumeApiKey { .. }
            | Self::SetDrainStop { .. }
            | Self::AnnounceFetch { .. }
            | Self::DisableOperator { .. }
            | Self::EnableOperator { .. }
            | Self::EndSession { .. }
            | Self::EndSessions { .. }
            | Self::ChangePassword { .. } => Danger::Reversible,
        }
    }

    /// The change that undoes this one and gives that as its reason; `None` if it should not be undone by one key.
    pub fn opposite(&self) -> Option<Self> {
        let undone = |reason: &str| {
            let reason: String = reason.chars().take(UNDONE_CHARS).collect();
            format!("undone at once: {reason}")
        };
        Some(match self {
            Self::SuspendAccount { id, reason } => Self::ResumeAccount { id: *id, reason: undone(reason) },
            Self::ResumeAccount { id, reason } => Self::SuspendAccount { id: *id, reason: undone(reason) },
            Self::DisableConnector { tenant, id, reason } => {
                Self::EnableConnector { tenant: tenant.clone(), id: *id, reason: undone(reason) }
            }
            Self::EnableConnector { tenant, id, reason } => {
                Self::DisableConnector { tenant: tenant.clone(), id: *id, reason: undone(reason) }
            }
            Self::DisableOperator { id } => Self::EnableOperator { id: *id },
            Self::EnableOperator { id } => Self::DisableOperator { id: *id },
            _ => return None,
        })
    }

    /// The least role that may make the change; the server enforces it.
    pub fn role(&self) -> Role {
        match self {
            Self::ChangePassword { .. }
            | Self::EndSession { of: None, .. }
            | Self::EndSessions { of: None } => Role::Viewer,
            Self::Revoke { .. }
            | Self::SuspendAccount { .. }
            | Self::ResumeAccount { .. }
            | Self::LiftFreeze { .. }
            | Self::ResumeApiKey { .. }
            | Self::AnnounceFetch { .. }
            | Self::PrepareJob { .. }
            | Self::ConfirmJob { .. }
            | Self::ApproveJob { .. }
            | Self::RetryJob { .. }
            | Self::StopJob { .. } => Role::Operator,
            Self::MigrateAccount { .. }
            | Self::FreezeTenant { .. }
            | Self::ThawTenant { .. }
            | Self::DisableConnector { .. }
            | Self::EnableConnector { .. }
            | Self::EditConnector { .. }
            | Self::ReplaceSecret { .. }
            | Self::RemoveConnector { .. }
            | Self::RevokeApiKey { .. }
            | Self::SetDrainStop { .. }
            | Self::DisableOperator { .. }
            | Self::EnableOperator { .. }
            | Self::EndSession { of: Some(_), .. }
            | Self::EndSessions { of: Some(_) } => Role::Admin,
        }
    }
}
