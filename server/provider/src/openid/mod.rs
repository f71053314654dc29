//! OpenID Connect: an identity provider tells who a person is. The flows are the authorization code with PKCE, and the
//! device authorization grant (RFC 8628).

mod claims;
mod device;
mod discovery;
mod error;
mod identity;
mod known;
mod open_id;
mod registration;
mod sign_on;
mod token;

pub use device::{DeviceAuthorization, Polled};
pub use error::OpenIdError;
pub use identity::Identity;
pub use open_id::OpenId;
pub use registration::Registration;
pub use sign_on::{Ask, Secrets};
