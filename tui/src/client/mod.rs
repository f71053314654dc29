//! The admin API over HTTP: one method per route, with classified failures, and requests and answers as values. Changes
//! are values only ([`Act`]), so that there is one gate for them. Beside it, what `bowline listen` needs: a tenant's stream of
//! events, and calls that pass events on.

mod accounts;
mod act;
mod address;
mod api_keys;
mod audit;
mod call_log;
mod connection;
mod connectors;
mod drain_stop;
mod events;
mod failure;
mod filter;
mod forward;
mod freezes;
mod jobs;
mod links;
mod log_file;
mod news;
mod operators;
mod overview;
mod proof;
mod request;
mod sessions;
mod sign_on;
mod sse;
mod tenant_events;
mod tenants;
mod tls;
mod totp;
mod version;
mod walk;
mod webhook_act;
mod webhooks;

pub use act::Act;
pub use address::ServerUrl;
pub use audit::AuditSearch;
pub use call_log::CallEntry;
pub use connection::{Access, Client, PageQuery};
pub use drain_stop::WantedStop;
pub use events::{EventSearch, EventStream, EventTold};
pub use failure::Failure;
pub use filter::{AccountSearch, SORTS, TenantRef, sort_name, sort_named};
pub use forward::{ForwardTarget, Forwarder, NotForwarded};
pub use jobs::has_ended;
pub use log_file::LogFile;
pub use news::News;
pub use proof::Proof;
pub use request::{Answer, Request};
pub use sign_on::{SignOnStep, SignOnWay};
pub use tenant_events::{Message, TenantClient, TenantStream, TenantTold};
pub use version::{OWN_VERSION, ServerVersion};
pub use walk::Walk;
pub use webhook_act::WebhookAct;
