//! OAuth 2.0 with PKCE, as every provider speaks it (RFC 6749, RFC 7636).

mod authorize;
mod credentials;
mod error;
mod pkce;
mod salvage;
mod scope;
mod token;

pub use authorize::AuthorizeRequest;
pub use credentials::AppCredentials;
pub(crate) use scope::is_scope;

pub use pkce::{Challenge, Pkce};
pub use token::{RefreshedToken, TokenAnswer, exchange_code, refresh};
