#![doc = include_str!("../README.md")]

mod bowline;
mod calls;
mod code;
mod error;
mod links;
mod outcome;
mod random;
mod retry;
mod tls;
mod token;
mod transport;
mod webhooks;

pub use bowline::{Bowline, Builder};
pub use bowline_api as api;
pub use bowline_api::v1::{AccessToken, Account, CreateLinkSession, CreateManageSession, OAuth1Token};
pub use calls::{AccountsQuery, DeliveriesQuery, LinkSessionsQuery, Wait};
pub use code::{Code, UnknownCode};
pub use error::{Error, Refusal};
pub use links::{Begun, Links, Returned};
pub use outcome::{NotLinked, Outcome};
pub use retry::Retries;
pub use token::{Relinking, TokenOptions, Whose};
pub use transport::Calls;
pub use webhooks::{BadSecret, Event, InvalidMessage, Webhooks};
