#![doc = include_str!("../README.md")]

pub mod admin;
mod age;
mod any_of;
mod given;
pub mod id;
pub mod named;
mod names;
pub mod page;
pub mod problem;
mod sandbox;
mod secret;
pub mod status;
pub mod v1;

pub use age::{Age, Ages, NoAge};
pub use any_of::AnyOf;
pub use id::{
    AccountId, ApiKeyId, ConnectorId, EventId, Id, JobId, LinkSessionId, ManageSessionId, OperatorId,
    SessionId, TenantId, WebhookEndpointId,
};
pub use named::Named;
pub use page::Page;
pub use problem::Problem;
pub use secret::SecretKind;
