//! OAuth 2.0 with PKCE, as most providers implement it (RFC 6749, RFC 7636).

mod authorize;
mod error;
mod pkce;
mod returned;
mod salvage;
mod scope;
mod token;
mod token_text;

pub use authorize::AuthorizeRequest;
pub use pkce::{Challenge, Pkce};
pub(crate) use returned::read_return;
pub(crate) use scope::is_scope;
pub(crate) use token::lifetime;
pub use token::{TokenAnswer, exchange_code, refresh};
pub(crate) use token_text::is_token;
