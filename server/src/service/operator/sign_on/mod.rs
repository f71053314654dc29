//! Single sign-on (OpenID Connect): operators log in at an identity provider. This server is its client; the terminal only brings code
//! and state back, or shows a code for another device.

mod admit;
pub mod browser;
pub mod device;
mod failure;
mod grant;
mod idp;
pub(super) mod proof;
mod prove;
mod redirect;
mod secrets;

pub use idp::methods;
