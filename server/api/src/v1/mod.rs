//! Requests and responses of `/v1`, the tenant apps' API.

pub mod account;
pub mod event;
pub mod link_session;
pub mod manage_session;
pub mod sandbox;
pub mod sign;
pub mod token;
pub mod webhook;

pub use account::{Account, AccountCheck};
pub use event::TenantEvent;
pub use link_session::{CompleteLinkSession, CreateLinkSession, LinkSession, NewLinkSession};
pub use manage_session::{CreateManageSession, NewManageSession};
pub use sandbox::{
    ApproveSandboxLink, ApprovedSandboxLink, FireSandboxEvent, FiredSandboxEvent, SandboxAccount,
    SetSandboxState,
};
pub use sign::{SignRequest, SignedRequest};
pub use token::{
    AccessToken, ForceRefresh, OAuth1Token, Relink, Token, TokenOutcome, TokenRequest, Tokens, TokensRequest,
    UserTokenRequest,
};
pub use webhook::{
    CreateWebhookEndpoint, EditWebhookEndpoint, NewWebhookEndpoint, ResendWebhooks, ResentWebhooks,
    RotateWebhookSecret, WebhookDelivery, WebhookEndpoint, WebhookTest,
};
