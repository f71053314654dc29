//! Requests and answers as values, so that the pure core does not depend on HTTP, and the one gate through which every
//! request of the terminal client and every change of the command line goes.

use std::future::pending;

use bowline_api::admin::{
    AccountDetail, AccountState, AccountSummary, ApiKey, AuditEvent, AuditVerification, Connector, DrainStop,
    Job, JobDetail, JobItem, LoginMethods, NewApiKey, NewSession, Operator, OperatorSession, Overview,
    RecoveryCodes, ReplacedAppSecret, RotatedApiKey, Tenant, TokenHolders, TotpSecret,
};
use bowline_api::status::{JobItemState, WebhookDeliveryState};
use bowline_api::v1::{NewWebhookEndpoint, ResentWebhooks, WebhookDelivery, WebhookEndpoint, WebhookTest};
use bowline_api::{AccountId, AnyOf, JobId, OperatorId, Page, WebhookEndpointId};

use crate::danger::Danger;

use super::{
    AccountSearch, Act, AuditSearch, Client, Failure, PageQuery, Proof, SignOnStep, SignOnWay, TenantRef,
};

/// A request to the server.
#[derive(Debug, Clone)]
pub enum Request {
    /// Exchanges a password for a session.
    Login {
        /// Login name.
        name: String,
        /// The password and, if the server has asked for one, a code.
        proof: Proof,
    },
    /// Logs in at the identity provider.
    SignOn(SignOnWay),
    /// Asks how operators log in.
    LoginMethods,
    /// Ends the session.
    Logout,
    /// Asks for the logged-in operator.
    WhoAmI,
    /// How much there is, what happens, and what does not work now.
    Overview,
    /// A page of tenants.
    Tenants(PageQuery),
    /// A page of accounts.
    Accounts(AccountSearch, PageQuery),
    /// One account.
    Account(AccountId),
    /// The state of one account; the server does not record this read.
    AccountState(AccountId),
    /// Which API keys have received an account's token.
    TokenHolders(AccountId),
    /// A page of an account's timeline.
    Timeline(AccountId, PageQuery),
    /// A page of audit logs.
    Audit(Box<AuditSearch>, PageQuery),
    /// Checks the chain of one audit log: a tenant's, or the service's own.
    VerifyAudit(Option<TenantRef>),
    /// A tenant's connectors, all on one page.
    Connectors(TenantRef),
    /// A tenant's API keys, all on one page.
    ApiKeys(TenantRef),
    /// A page of operators.
    Operators(PageQuery),
    /// The operator's own sessions, or another operator's, all on one page.
    Sessions(Option<OperatorId>),
    /// A page of jobs.
    Jobs(Option<TenantRef>, PageQuery),
    /// One job.
    Job(JobId),
    /// A page of a job's accounts, all or those in any of some states.
    JobItems(JobId, Option<AnyOf<JobItemState>>, PageQuery),
    /// A tenant's endpoints for webhooks, all on one page.
    Webhooks(TenantRef),
    /// A page of what was delivered to an endpoint, or of what is in one state.
    Deliveries(TenantRef, WebhookEndpointId, Option<AnyOf<WebhookDeliveryState>>, PageQuery),
    /// Changes something.
    Act(Act),
}

impl Request {
    /// How dangerous the request is. Beginning and ending one's own session changes nothing else, so it counts as
    /// reading.
    pub fn danger(&self) -> Danger {
        match self {
            Self::Act(act) => act.danger(),
            Self::Login { .. }
            | Self::SignOn(_)
            | Self::LoginMethods
            | Self::Logout
            | Self::WhoAmI
            | Self::Overview
            | Self::Tenants(_)
            | Self::Accounts(..)
            | Self::Account(_)
            | Self::AccountState(_)
            | Self::TokenHolders(_)
            | Self::Timeline(..)
            | Self::Audit(..)
            | Self::VerifyAudit(_)
            | Self::Connectors(_)
            | Self::ApiKeys(_)
            | Self::Operators(_)
            | Self::Sessions(_)
            | Self::Jobs(..)
            | Self::Job(_)
            | Self::JobItems(..)
            | Self::Webhooks(_)
            | Self::Deliveries(..) => Danger::Reads,
        }
    }
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A new session, which is not saved yet.
    Session(Box<NewSession>),
    /// How operators log in.
    LoginMethods(LoginMethods),
    /// The session has ended.
    LoggedOut,
    /// The logged-in operator.
    Operator(Operator),
    /// How much there is, what happens, and what does not work now.
    Overview(Box<Overview>),
    /// A page of tenants.
    Tenants(Page<Tenant>),
    /// A page of accounts.
    Accounts(Page<AccountSummary>),
    /// One account.
    Account(Box<AccountDetail>),
    /// The state of one account.
    AccountState(AccountState),
    /// Which API keys have received an account's token.
    TokenHolders(Box<TokenHolders>),
    /// A page of an audit log.
    Events(Page<AuditEvent>),
    /// What the check of an audit log found.
    Verified(AuditVerification),
    /// A tenant's connectors.
    Connectors(Page<Connector>),
    /// A connector that was changed.
    Connector(Box<Connector>),
    /// A connector whose app secret was replaced, and what the provider says about the new one.
    ReplacedSecret(Box<ReplacedAppSecret>),
    /// A tenant's API keys.
    ApiKeys(Page<ApiKey>),
    /// An API key that was changed.
    ApiKey(ApiKey),
    /// A page of operators.
    Operators(Page<Operator>),
    /// A tenant that was changed.
    Tenant(Box<Tenant>),
    /// A new API key with its secret, which is shown once.
    NewApiKey(Box<NewApiKey>),
    /// A new API key with its secret, which is shown once, and the one that it replaces.
    RotatedApiKey(Box<RotatedApiKey>),
    /// A tenant's automatic stop.
    DrainStop(DrainStop),
    /// An operator who was changed.
    ChangedOperator(Operator),
    /// An operator who was added.
    AddedOperator(Operator),
    /// A secret for one-time codes, which is shown once.
    TotpSecret(TotpSecret),
    /// Recovery codes, which are shown once.
    RecoveryCodes(RecoveryCodes),
    /// Sessions of an operator.
    Sessions(Page<OperatorSession>),
    /// This number of sessions was ended.
    SessionsEnded(usize),
    /// A page of jobs.
    Jobs(Page<Job>),
    /// One job, as it is or as a decision has left it.
    Job(Box<JobDetail>),
    /// A page of a job's accounts.
    JobItems(Page<JobItem>),
    /// A tenant's endpoints for webhooks.
    Webhooks(Page<WebhookEndpoint>),
    /// An endpoint for webhooks that was changed.
    Webhook(Box<WebhookEndpoint>),
    /// An endpoint for webhooks with a new secret, which is shown once.
    NewWebhook(Box<NewWebhookEndpoint>),
    /// A test event that is on its way.
    WebhookTest(WebhookTest),
    /// This number of events is sent again.
    Resent(ResentWebhooks),
    /// A page of what was delivered to an endpoint.
    Deliveries(Page<WebhookDelivery>),
    /// A change whose result has no body.
    Done,
}

impl Answer {
    /// The connector that was changed, if one was.
    pub fn connector(&self) -> Option<&Connector> {
        match self {
            Self::Connector(connector) => Some(connector),
            Self::ReplacedSecret(replaced) => Some(&replaced.connector),
            _ => None,
        }
    }
}

impl Client {
    /// Sends the request, unless it is more dangerous than this client may be. Every change goes through here, whether a
    /// key or a command asks for it.
    pub async fn perform(&self, request: Request) -> Result<Answer, Failure> {
        self.perform_and_tell(request, |_| (), pending()).await
    }

    /// The same; `tell` learns what the operator has to do meanwhile. If `given_up` ends before they have logged in anew for a change, the
    /// change is not made; after that it changes nothing.
    pub async fn perform_and_tell(
        &self,
        request: Request,
        tell: impl Fn(SignOnStep),
        given_up: impl Future<Output = ()>,
    ) -> Result<Answer, Failure> {
        if request.danger() > Danger::Reads {
            self.may_change()?;
        }
        Ok(match request {
            Request::Login { name, proof } => Answer::Session(Box::new(self.login(&name, proof).await?)),
            Request::SignOn(way) => Answer::Session(Box::new(self.sign_on(way, tell).await?)),
            Request::LoginMethods => Answer::LoginMethods(self.login_methods().await?),
            Request::Logout => {
                self.logout().await?;
                Answer::LoggedOut
            }
            Request::WhoAmI => Answer::Operator(self.whoami().await?),
            Request::Overview => Answer::Overview(Box::new(self.overview().await?)),
            Request::Tenants(page) => Answer::Tenants(self.tenants(page).await?),
            Request::Accounts(filter, page) => Answer::Accounts(self.accounts(&filter, page).await?),
            Request::Account(id) => Answer::Account(Box::new(self.account(id).await?)),
            Request::AccountState(id) => Answer::AccountState(self.account_state(id).await?),
            Request::TokenHolders(id) => Answer::TokenHolders(Box::new(self.token_holders(id, None).await?)),
            Request::Timeline(id, page) => Answer::Events(self.timeline(id, page).await?),
            Request::Audit(search, page) => Answer::Events(self.audit(&search, page).await?),
            Request::VerifyAudit(tenant) => Answer::Verified(self.verify_audit(tenant.as_ref()).await?),
            Request::Connectors(tenant) => Answer::Connectors(self.connectors(&tenant).await?),
            Request::ApiKeys(tenant) => Answer::ApiKeys(self.api_keys(&tenant).await?),
            Request::Operators(page) => Answer::Operators(self.operators(page).await?),
            Request::Sessions(of) => Answer::Sessions(self.sessions(of).await?),
            Request::Jobs(tenant, page) => Answer::Jobs(self.jobs(tenant.as_ref(), page).await?),
            Request::Job(id) => Answer::Job(Box::new(self.job(id).await?)),
            Request::JobItems(id, state, page) => {
                Answer::JobItems(self.job_items(id, state.as_ref(), page).await?)
            }
            Request::Webhooks(tenant) => Answer::Webhooks(self.webhooks(&tenant).await?),
            Request::Deliveries(tenant, id, state, page) => {
                Answer::Deliveries(self.deliveries(&tenant, id, state.as_ref(), page).await?)
            }
            Request::Act(mut act) => {
                if let Some(way) = act.proof_mut().and_then(|proof| proof.anew) {
                    let proof = tokio::select! {
                        biased;
                        () = given_up => return Err(Failure::Unproven("you have given up".to_owned())),
                        proof = self.prove_anew(way, &tell) => proof.map_err(Failure::unproven)?,
                    };
                    tell(SignOnStep::LoggedIn);
                    act = act.proven(proof);
                }
                self.act(act).await?
            }
        })
    }
}

impl Client {
    /// Makes the change.
    pub(super) async fn act(&self, act: Act) -> Result<Answer, Failure> {
        let account = |detail| Answer::Account(Box::new(detail));
        let job = |detail| Answer::Job(Box::new(detail));
        let operator = Answer::ChangedOperator;
        let connector = |changed| Answer::Connector(Box::new(changed));
        Ok(match act {
            Act::Revoke { id, reason } => account(self.revoke(id, &reason).await?),
            Act::SuspendAccount { id, reason } => account(self.suspend(id, &reason).await?),
            Act::ResumeAccount { id, reason } => account(self.resume(id, &reason).await?),
            Act::MigrateAccount { id, to, reason } => account(self.migrate(id, to, &reason).await?),
            Act::LiftFreeze { tenant, provider_account_id, reason } => {
                self.lift_freeze(&tenant, &provider_account_id, &reason).await?;
                Answer::Done
            }
            Act::FreezeTenant { tenant, reason } => {
                Answer::Tenant(Box::new(self.switch_tenant(&tenant, "freeze", &reason).await?))
            }
            Act::ThawTenant { tenant, reason } => {
                Answer::Tenant(Box::new(self.switch_tenant(&tenant, "thaw", &reason).await?))
            }
            Act::DisableConnector { tenant, id, reason } => {
                connector(self.switch_connector(&tenant, id, "disable", &reason).await?)
            }
            Act::EnableConnector { tenant, id, reason } => {
                connector(self.switch_connector(&tenant, id, "enable", &reason).await?)
            }
            Act::EditConnector { tenant, id, edit } => {
                connector(self.edit_connector(&tenant, id, &edit).await?)
            }
            Act::ReplaceSecret { tenant, id, secret, proof } => {
                Answer::ReplacedSecret(Box::new(self.replace_secret(&tenant, id, &secret, &proof).await?))
            }
            Act::RemoveConnector { tenant, id, reason, revoke_accounts, new_default } => {
                self.remove_connector(&tenant, id, &reason, revoke_accounts, new_default).await?;
                Answer::Done
            }
            Act::RevokeApiKey { tenant, id } => Answer::ApiKey(self.revoke_api_key(&tenant, id).await?),
            Act::CreateApiKey { tenant, name, permissions, expires_at, proof } => Answer::NewApiKey(
                Box::new(self.create_api_key(&tenant, &name, permissions, expires_at, &proof).await?),
            ),
            Act::RotateApiKey { tenant, id, overlap_hours, proof } => Answer::RotatedApiKey(Box::new(
                self.rotate_api_key(&tenant, id, overlap_hours, &proof).await?,
            )),
            Act::AddOperator { name, role, password, proof } => {
                Answer::AddedOperator(self.add_operator(&name, role, &password, &proof).await?)
            }
            Act::SetRole { id, role, proof } => operator(self.set_role(id, role, &proof).await?),
            Act::SetPassword { id, password, proof } => {
                operator(self.set_password(id, &password, &proof).await?)
            }
            Act::LimitOperator { id, tenants, proof } => {
                operator(self.limit_operator(id, tenants.as_deref(), &proof).await?)
            }
            Act::ResetTotp { id, proof } => {
                Answer::SessionsEnded(self.reset_totp(id, &proof).await?.ended_sessions)
            }
            Act::DisableOperator { id } => operator(self.disable_operator(id).await?),
            Act::EnableOperator { id, proof } => operator(self.enable_operator(id, &proof).await?),
            Act::BeginTotp { proof } => Answer::TotpSecret(self.begin_totp(&proof).await?),
            Act::ConfirmTotp { code } => Answer::RecoveryCodes(self.confirm_totp(&code).await?),
            Act::RenewRecoveryCodes { proof } => {
                Answer::RecoveryCodes(self.renew_recovery_codes(&proof).await?)
            }
            Act::RemoveTotp { proof } => {
                self.remove_totp(&proof).await?;
                Answer::Done
            }
            Act::ResumeApiKey { tenant, id, reason, proof } => {
                Answer::ApiKey(self.resume_api_key(&tenant, id, &reason, &proof).await?)
            }
            Act::SetDrainStop { tenant, wanted, reason, proof } => {
                Answer::DrainStop(self.set_drain_stop(&tenant, wanted, &reason, &proof).await?)
            }
            Act::AnnounceFetch { tenant, minutes, key, reason, proof } => {
                Answer::DrainStop(self.announce_fetch(&tenant, (minutes, key), &reason, &proof).await?)
            }
            Act::EndSession { of, id } => {
                self.end_session(of, id).await?;
                Answer::SessionsEnded(1)
            }
            Act::EndSessions { of } => Answer::SessionsEnded(self.end_sessions(of).await?.ended_sessions),
            Act::PrepareJob { wanted } => job(self.prepare_job(&wanted).await?),
            Act::ConfirmJob { id, phrase, proof } => job(self.confirm_job(id, &phrase, &proof).await?),
            Act::ApproveJob { id, proof } => job(self.prove_for_job(id, "approve", &proof).await?),
            Act::RetryJob { id, proof } => job(self.prove_for_job(id, "retry", &proof).await?),
            Act::StopJob { id, reason } => job(self.stop_job(id, &reason).await?),
            Act::Webhook { tenant, act } => self.act_on_webhook(&tenant, act).await?,
            Act::ChangePassword { current, new } => {
                Answer::ChangedOperator(self.change_password(&current, &new).await?)
            }
        })
    }
}
