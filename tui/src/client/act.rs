//! The requests that change something, each with its danger and the role that it needs.

use bowline_api::admin::{CreateJob, EditConnector};
use bowline_api::status::{Permission, Role};
use bowline_api::{AccountId, ApiKeyId, ConnectorId, JobId, OperatorId, SessionId};
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::danger::Danger;

use super::{Proof, TenantRef, WantedStop, WebhookAct};

/// How much of the reason of a change stands in the reason for undoing it, in characters.
const UNDONE_REASON_CHARS: usize = 480;

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
    ReplaceSecret { tenant: TenantRef, id: ConnectorId, secret: SecretString, proof: Proof },
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
    /// Creates an API key. Without permissions, it has the usual ones.
    CreateApiKey {
        tenant: TenantRef,
        name: String,
        permissions: Option<Vec<Permission>>,
        expires_at: Option<DateTime<Utc>>,
        proof: Proof,
    },
    /// Replaces an API key by one with the same permissions; the old one works for these hours, or 24.
    RotateApiKey { tenant: TenantRef, id: ApiKeyId, overlap_hours: Option<u32>, proof: Proof },
    /// Adds an operator.
    AddOperator { name: String, role: Role, password: SecretString, proof: Proof },
    /// Changes an operator's role and ends their sessions.
    SetRole { id: OperatorId, role: Role, proof: Proof },
    /// Changes another operator's password and ends their sessions.
    SetPassword { id: OperatorId, password: SecretString, proof: Proof },
    /// Limits an operator to these tenants, or lifts the limit, and ends their sessions.
    LimitOperator { id: OperatorId, tenants: Option<Vec<TenantRef>>, proof: Proof },
    /// Removes another operator's one-time codes and ends their sessions.
    ResetTotp { id: OperatorId, proof: Proof },
    /// Lets an API key work again that the automatic stop has suspended.
    ResumeApiKey { tenant: TenantRef, id: ApiKeyId, reason: String, proof: Proof },
    /// Turns a tenant's automatic stop on or off.
    SetDrainStop { tenant: TenantRef, wanted: WantedStop, reason: String, proof: Proof },
    /// Announces a mass fetch, for which no API key is suspended, or only this one is not.
    AnnounceFetch { tenant: TenantRef, minutes: u32, key: Option<ApiKeyId>, reason: String, proof: Proof },
    /// Disables an operator and ends their sessions.
    DisableOperator { id: OperatorId },
    /// Enables an operator.
    EnableOperator { id: OperatorId, proof: Proof },
    /// Makes a secret for the operator's own one-time codes, which `ConfirmTotp` puts in use.
    BeginTotp { proof: Proof },
    /// Puts the secret in use.
    ConfirmTotp { code: SecretString },
    /// Replaces the operator's own recovery codes.
    RenewRecoveryCodes { proof: Proof },
    /// Removes the operator's own one-time codes.
    RemoveTotp { proof: Proof },
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
    /// Does something about endpoints for webhooks.
    Webhook { tenant: TenantRef, act: WebhookAct },
}

impl Act {
    /// What proves that it is the operator who asks for the change, to fill it in; `None` if the session is enough.
    pub fn proof_mut(&mut self) -> Option<&mut Proof> {
        match self {
            Self::ReplaceSecret { proof, .. }
            | Self::CreateApiKey { proof, .. }
            | Self::RotateApiKey { proof, .. }
            | Self::ResumeApiKey { proof, .. }
            | Self::SetDrainStop { proof, .. }
            | Self::AnnounceFetch { proof, .. }
            | Self::AddOperator { proof, .. }
            | Self::SetRole { proof, .. }
            | Self::SetPassword { proof, .. }
            | Self::LimitOperator { proof, .. }
            | Self::ResetTotp { proof, .. }
            | Self::EnableOperator { proof, .. }
            | Self::BeginTotp { proof, .. }
            | Self::RenewRecoveryCodes { proof, .. }
            | Self::RemoveTotp { proof, .. }
            | Self::ConfirmJob { proof, .. }
            | Self::ApproveJob { proof, .. }
            | Self::RetryJob { proof, .. }
            | Self::ChangePassword { current: proof, .. } => Some(proof),
            Self::Webhook { act, .. } => act.proof_mut(),
            _ => None,
        }
    }

    /// The same change with this proof, if it needs one.
    #[must_use]
    pub fn proven(mut self, proof: Proof) -> Self {
        if let Some(own) = self.proof_mut() {
            *own = proof;
        }
        self
    }

    /// How dangerous the change is.
    pub fn danger(&self) -> Danger {
        match self {
            Self::ConfirmJob { .. } | Self::ApproveJob { .. } | Self::RetryJob { .. } => Danger::Bulk,
            Self::Revoke { .. }
            | Self::MigrateAccount { .. }
            | Self::RemoveConnector { .. }
            | Self::RevokeApiKey { .. } => Danger::Irreversible,
            Self::Webhook { act, .. } => act.danger(),
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
            | Self::CreateApiKey { .. }
            | Self::RotateApiKey { .. }
            | Self::AddOperator { .. }
            | Self::SetRole { .. }
            | Self::SetPassword { .. }
            | Self::LimitOperator { .. }
            | Self::ResetTotp { .. }
            | Self::BeginTotp { .. }
            | Self::ConfirmTotp { .. }
            | Self::RenewRecoveryCodes { .. }
            | Self::RemoveTotp { .. }
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

    /// The change that undoes this one and gives that as its reason; `None` if one key should not undo it, or
    /// if it needs a password.
    pub fn opposite(&self) -> Option<Self> {
        let undone = |reason: &str| {
            let reason: String = reason.chars().take(UNDONE_REASON_CHARS).collect();
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
            Self::EnableOperator { id, .. } => Self::DisableOperator { id: *id },
            Self::Webhook { tenant, act } => Self::Webhook { tenant: tenant.clone(), act: act.opposite()? },
            _ => return None,
        })
    }

    /// The least role that may make the change; the server enforces it.
    pub fn role(&self) -> Role {
        match self {
            Self::Webhook { act, .. } => act.role(),
            Self::ChangePassword { .. }
            | Self::BeginTotp { .. }
            | Self::ConfirmTotp { .. }
            | Self::RenewRecoveryCodes { .. }
            | Self::RemoveTotp { .. }
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
            | Self::CreateApiKey { .. }
            | Self::RotateApiKey { .. }
            | Self::AddOperator { .. }
            | Self::SetRole { .. }
            | Self::SetPassword { .. }
            | Self::LimitOperator { .. }
            | Self::ResetTotp { .. }
            | Self::SetDrainStop { .. }
            | Self::DisableOperator { .. }
            | Self::EnableOperator { .. }
            | Self::EndSession { of: Some(_), .. }
            | Self::EndSessions { of: Some(_) } => Role::Admin,
        }
    }
}
