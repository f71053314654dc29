//! Requests and responses of `/admin/v1`, the operators' API.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod branding;
pub mod connector;
pub mod drain_stop;
pub mod freeze;
pub mod holder;
pub mod job;
pub mod lost_exchange;
pub mod oauth1_service;
pub mod operator;
pub mod overview;
pub mod proof;
pub mod session;
pub mod sign_on;
pub mod tenant;
pub mod totp;
pub mod webhook;

pub use account::{
    AccountCondition, AccountDetail, AccountSort, AccountState, AccountSummary, ChangeAccount,
    MigrateAccount, RevocationFacts, TokenFacts,
};
pub use api_key::{ApiKey, ApiKeySuspension, CreateApiKey, NewApiKey, RotateApiKey, RotatedApiKey};
pub use audit::{Actor, AuditEvent, AuditVerification};
pub use branding::{Accent, Branding, EditBranding, Shade};
pub use connector::{
    ChangeConnector, Connector, CreateConnector, EditConnector, RemoveConnector, ReplaceAppSecret,
    ReplacedAppSecret,
};
pub use drain_stop::{AnnounceFetch, DrainStop, ResumeApiKey, SetDrainStop};
pub use freeze::{Freeze, LiftFreeze};
pub use holder::{TokenHolder, TokenHolders};
pub use job::{ConfirmJob, CreateJob, Job, JobDetail, JobFilter, JobItem, StopJob};
pub use lost_exchange::LostExchange;
pub use oauth1_service::OAuth1Service;
pub use operator::{
    ChangeOwnPassword, ChangePassword, ChangeRole, CreateOperator, EnableOperator, LimitOperator, Operator,
};
pub use overview::{
    Activity, Failing, FailingConnector, FailingWebhook, LateWorker, Overview, PendingRevocations,
    StatusCount, TenantPace,
};
pub use proof::ProvePassword;
pub use session::{CreateSession, EndedSessions, NewSession, OperatorSession};
pub use sign_on::{
    BeginBrowserSignOn, BrowserSignOn, DeviceSignOn, FinishBrowserSignOn, LoginMethods, PollDeviceSignOn,
    PolledSignOn, SingleSignOn,
};
pub use tenant::{ChangeTenant, CreateTenant, Tenant, TenantFreeze};
pub use totp::{ConfirmTotp, RecoveryCodes, TotpSecret};
pub use webhook::{AddWebhookEndpoint, ChangeWebhookEndpoint, ReplaceWebhookSecret};
