//! The types that every layer uses and that depend on none.

pub mod accent;
mod account_filter;
pub mod account_reason;
pub mod actor;
pub mod audit_filter;
pub mod credential;
pub mod entropy;
pub mod error;
pub mod event;
pub mod facts;
pub mod fold;
pub mod identity;
mod invisible;
pub mod link_options;
mod reach;
pub mod return_url;
pub mod scope;
mod share;
pub mod state;
pub mod text;
pub mod told;
mod unknown;
pub mod web_url;
mod whose;

pub use account_filter::AccountFilter;
pub use actor::Actor;
pub use error::{About, Code, Error, Refusal, Result, chain};
pub use event::Event;
pub use facts::Facts;
pub use link_options::LinkOptions;
pub use reach::Reach;
pub use share::Share;
pub use unknown::unknown_state;
pub use whose::Whose;
